# The array of transactions is made from profiles/transactions.mk: file name = symbol name.
include profiles/transactions.mk
libminato_a_SOURCES += profiles/atna/iti20_record_audit_event.h profiles/pix/iti10_pix_update_notification.h \
	profiles/pix/iti46_pix_update_notification_v3.h profiles/transaction.h profiles/actors/admission.h \
	profiles/actors/authority.c profiles/actors/authority.h \
	profiles/actors/feeding.h profiles/actors/identity_management.c \
	profiles/actors/cross_reference_manager.c profiles/actors/cross_reference_manager.h \
	profiles/feed_audit.c profiles/feed_hearing.c profiles/feed_hearing.h profiles/feed_v2.c profiles/feed_v2.h \
	profiles/feed_v3.c profiles/feed_v3.h profiles/actor.c profiles/actor.h profiles/exchange.c profiles/reply.c profiles/reply.h \
	profiles/stored_query/stored_query.h profiles/stored_query/stored_query_read.c \
	profiles/stored_query/stored_query_filters.c profiles/stored_query/stored_query_rows.c profiles/stored_query/stored_query_rows.h \
	profiles/stored_query/stored_query_values.c profiles/stored_query/stored_query_values.h \
	profiles/actors/document_removal.c profiles/actors/document_removal.h \
	profiles/actors/document_update.c profiles/actors/document_update.h \
	profiles/actors/document_update_register.c profiles/actors/registration.h \
	profiles/actors/known_object.c profiles/actors/known_object.h \
	profiles/xds/registry_updated.c profiles/xds/registry_updated.h \
	profiles/actors/acceptance.c profiles/actors/acceptance.h \
	profiles/actors/document_family.c profiles/actors/document_family.h \
	profiles/actors/retention.c profiles/actors/retention.h \
	profiles/actors/retention_events.c profiles/actors/retention_events.h \
	profiles/actors/retention_jobs.c profiles/actors/retention_run.c profiles/actors/retention_run.h \
	profiles/xcpd/discovery_answer.c profiles/xcpd/discovery_answer.h \
	profiles/xcpd/discovery_asked.c profiles/xcpd/discovery_asked.h \
	profiles/xcpd/discovery_message.h profiles/xcpd/discovery_message_read.c \
	profiles/xcpd/discovery_message_write.c \
	profiles/xcpd/location_asked.c profiles/xcpd/location_asked.h \
	profiles/xcpd/location_message.c profiles/xcpd/location_message.h \
	profiles/dsub/iti53_document_metadata_notify.h profiles/dsub/wsnt.c profiles/dsub/wsnt.h \
	profiles/dsub/notification.c profiles/dsub/notification.h profiles/actors/pull_point.c profiles/actors/pull_point.h \
	profiles/xds/document_requests.c profiles/xds/document_requests.h \
	profiles/xds/retrieving.c profiles/xds/retrieving.h \
	profiles/xca/retrieve_elsewhere.c profiles/xca/retrieve_elsewhere.h \
	profiles/xca/whose_documents.c profiles/xca/whose_documents.h \
	profiles/xds/outcome.c profiles/xds/outcome.h \
	profiles/xds/provided.c profiles/xds/provided.h \
	profiles/xds/providing.c profiles/xds/providing.h \
	profiles/xds/registering.c profiles/xds/registering.h \
	profiles/xds/registry_asked.c profiles/xds/registry_asked.h \
	profiles/xca/community_answer.c profiles/xca/community_answer.h \
	profiles/xca/query_elsewhere.c profiles/xca/query_elsewhere.h \
	profiles/xca/provide_elsewhere.c profiles/xca/provide_elsewhere.h \
	profiles/xca/taking_part.c profiles/xca/taking_part.h \
	profiles/xds/registry_elsewhere.c profiles/xds/registry_elsewhere.h \
	profiles/actors/document_signatures.c profiles/actors/document_signatures.h \
	profiles/admin/bundle.h profiles/admin/bundle_json.c profiles/admin/bundle_names.c \
	profiles/admin/bundle_metadata.c profiles/admin/bundle_metadata.h \
	profiles/admin/bundle_person.c profiles/admin/bundle_person.h \
	profiles/admin/bundle_reader.c profiles/admin/bundle_writer.c \
	profiles/admin/export_audit.c profiles/admin/export_readme.c profiles/admin/export_set.c \
	profiles/admin/export_walk.c profiles/admin/exporting.h \
	profiles/admin/disclosing.c profiles/admin/disclosing.h \
	profiles/admin/disclosing_page.c profiles/admin/disclosing_page.h \
	profiles/admin/export_run.c profiles/admin/looks.c profiles/admin/looks.h \
	profiles/admin/month_documents.c profiles/admin/month_persons.c profiles/admin/month_records.c profiles/admin/month_report.h \
	profiles/admin/provisions.c profiles/admin/provisions.h \
	profiles/admin/import_person.c profiles/admin/import_register.c \
	profiles/admin/import_set.c profiles/admin/importing.h \
	profiles/admin/admin_document.c profiles/admin/admin_document.h \
	profiles/admin/admin_retention.c profiles/admin/admin_retention.h \
	profiles/admin/admin_demographics.c profiles/admin/admin_demographics.h \
	profiles/actors/community_patients.c profiles/actors/community_patients.h \
	profiles/actors/partner_identities.c profiles/actors/partner_identities.h \
	profiles/actors/patient_discovery.c profiles/actors/patient_discovery.h \
	profiles/xcpd/time_to_live.c profiles/xcpd/time_to_live.h \
	profiles/admin/admin_partner.c profiles/admin/admin_partner.h \
	profiles/admin/admin_match.c profiles/admin/admin_match.h \
	profiles/admin/admin_errand.h profiles/admin/admin_exchange.h profiles/admin/admin_lockout.h profiles/admin/region_checks.h profiles/admin/admin_push.h profiles/admin/admin_said.c profiles/admin/admin_said.h profiles/admin/replay_difference.c profiles/admin/replay_difference.h profiles/admin/admin_subscription.h profiles/admin/admin_person.c profiles/admin/admin_person.h profiles/admin/admin_trail.c profiles/admin/admin_trail.h $(TRANSACTIONS) profiles/admin/admin_moment.c profiles/admin/admin_moment.h profiles/admin/consent_told.c profiles/admin/consent_told.h profiles/admin/admin_override.c profiles/admin/admin_override.h profiles/admin/admin_notice.h profiles/admin/admin_disaster.h
nodist_libminato_a_SOURCES = profiles/transactions.c
CLEANFILES += profiles/transactions.c
EXTRA_DIST += profiles/transactions.mk
profiles/transactions.c: $(srcdir)/profiles/transactions.mk
	@$(MKDIR_P) profiles
	$(AM_V_GEN){ echo '/* Made from profiles/transactions.mk. */'; \
	  echo '#include "profiles/transaction.h"'; \
	  for f in $(TRANSACTIONS); do s=`basename $$f .c`; echo "extern const struct transaction $$s;"; done; \
	  echo 'const struct transaction *const transactions[] = {'; \
	  for f in $(TRANSACTIONS); do s=`basename $$f .c`; echo "	&$$s,"; done; \
	  echo '	NULL'; echo '};'; } > $@
libminato_a_SOURCES += \
	profiles/actors/consent_documents.c profiles/actors/consent_documents.h profiles/actors/consent_words.c \
	profiles/consent/appc.c profiles/consent/bppc.c profiles/consent/consent_reader.c profiles/consent/consent_reader.h \
	profiles/actors/consent_manager.c profiles/actors/consent_manager.h \
	profiles/actors/continuations.c profiles/actors/continuations.h \
	profiles/actors/demographics_insured.c profiles/actors/demographics_match.c profiles/actors/demographics_match.h \
	profiles/actors/demographics_supplier.c profiles/actors/demographics_supplier.h \
	profiles/pdq/query_v2.c profiles/pdq/query_v2.h \
	profiles/pdq/query_v3.c profiles/pdq/query_v3.h \
	profiles/pdq/supplier_v2.c profiles/pdq/supplier_v2.h \
	profiles/actors/document_registry.c profiles/actors/document_registry.h \
	profiles/actors/document_registry_query.c \
	profiles/actors/document_registry_submit.c \
	profiles/actors/document_registry_validate.c \
	profiles/actors/on_demand_snapshot.c profiles/actors/on_demand_snapshot.h \
	profiles/actors/on_demand_each.c profiles/actors/on_demand_each.h \
	profiles/actors/on_demand_source.c profiles/actors/on_demand_source.h \
	profiles/views/medication_cda.c profiles/views/medication_fhir.c \
	profiles/views/medication_words.c profiles/views/medication_writers.h \
	profiles/views/prescription.c profiles/views/prescription.h \
	profiles/views/view_cda.c profiles/views/view_cda_head.c \
	profiles/views/view_document.c profiles/views/view_document.h \
	profiles/views/view_fhir.c profiles/views/view_fhir_head.c \
	profiles/views/view_message.c profiles/views/view_message.h \
	profiles/views/view_narrative.c profiles/views/view_pair.c \
	profiles/views/view_path.c profiles/views/view_path.h \
	profiles/views/view_read.c profiles/views/view_read.h \
	profiles/views/view_rows.c profiles/views/view_rows.h profiles/views/view_withdraw.c \
	profiles/views/view_words.c profiles/views/view_writers.h \
	profiles/actors/document_recipient.c profiles/actors/document_recipient.h \
	profiles/actors/document_repository.c profiles/actors/document_repository.h \
	profiles/actors/metadata_type.c profiles/actors/metadata_type.h \
	profiles/actors/notification_broker.c profiles/actors/notification_broker.h profiles/actors/notification_broker_tell.c \
	profiles/actors/submitter.c profiles/actors/submitter.h \
	profiles/actors/registry_match.c profiles/actors/registry_match.h \
	profiles/actors/across_border.c profiles/actors/across_border.h \
	profiles/actors/registry_search.c profiles/actors/registry_search.h \
	profiles/actors/insured_partition.c profiles/actors/insured_partition.h \
	profiles/actors/crowding.c profiles/actors/crowding.h profiles/actors/quota.c profiles/actors/quota.h \
	profiles/actors/submission_index.c profiles/actors/submission_index.h
libminato_a_SOURCES += \
	profiles/national/national_arrived.c profiles/national/national_arrived.h \
	profiles/national/national_cda.c profiles/national/national_check.c profiles/national/national_document.h \
	profiles/national/national_fhir.c \
	profiles/national/national_kinds.c profiles/national/national_kinds.h \
	profiles/national/national_notebook.c \
	profiles/ssmix2/care_date.c profiles/ssmix2/delegated.c profiles/ssmix2/delegated.h \
	profiles/ssmix2/document_entry.c profiles/ssmix2/document_entry.h \
	profiles/ssmix2/export_copy.c profiles/ssmix2/export_copy.h \
	profiles/ssmix2/extended_media.c profiles/ssmix2/extended_media.h \
	profiles/ssmix2/extended_name.c profiles/ssmix2/extended_name.h \
	profiles/ssmix2/extended_types.c profiles/ssmix2/import_extended.c \
	profiles/ssmix2/import.h profiles/ssmix2/import_chunk.h profiles/ssmix2/import_job.c \
	profiles/ssmix2/import_lanes.c profiles/ssmix2/import_lanes.h \
	profiles/ssmix2/import_plan.c profiles/ssmix2/import_prepare.c \
	profiles/ssmix2/import_roots.c profiles/ssmix2/import_roots.h profiles/ssmix2/import_settle.c \
	profiles/ssmix2/import_told.c \
	profiles/ssmix2/message.c profiles/ssmix2/message.h \
	profiles/ssmix2/message_patient.c \
	profiles/ssmix2/shown_path.c profiles/ssmix2/shown_path.h \
	profiles/ssmix2/storage_name.c profiles/ssmix2/storage_name.h profiles/ssmix2/storage_types.c \
	profiles/ssmix2/watch_course.c profiles/ssmix2/watch_course.h \
	profiles/ssmix2/watch_mark.c profiles/ssmix2/watch_mark.h \
	profiles/ssmix2/walk_place.c profiles/ssmix2/walk_place.h \
	profiles/ssmix2/storage_walk.c profiles/ssmix2/storage_walk.h \
	profiles/ssmix2/validate.c profiles/ssmix2/validate.h profiles/ssmix2/validate_inside.h \
	profiles/ssmix2/validate_extended.c profiles/ssmix2/validate_message.c profiles/ssmix2/validate_rules.c \
	profiles/ssmix2/validate_segments.c \
	profiles/ssmix2/transaction_log.c profiles/ssmix2/transaction_log.h \
	profiles/ssmix2/watch.c profiles/ssmix2/watch.h \
	profiles/ssmix2/watch_folders.c profiles/ssmix2/watch_folders.h \
	profiles/ssmix2/root_owners.c profiles/ssmix2/root_owners.h \
	profiles/ssmix2/watch_roots.c profiles/ssmix2/watch_roots.h profiles/ssmix2/watch_shared.c profiles/ssmix2/watch_shared.h profiles/ssmix2/watch_refused.c profiles/ssmix2/watch_refused.h \
	profiles/ssmix2/write.c profiles/ssmix2/write.h profiles/ssmix2/write_log.c \
	profiles/ssmix2/write_message.c profiles/ssmix2/write_types.c
