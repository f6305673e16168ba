# What we keep.
libminato_a_SOURCES += \
	store/acceptances.c store/acceptances.h \
	store/at_rest.c store/at_rest.h store/at_rest_changing.c store/at_rest_copy.c store/at_rest_copy.h store/at_rest_moving.c \
	store/loading.c store/loading.h store/store_bereft.c store/store_bereft.h \
	store/asked_sets.c store/asked_sets.h store/signature_verdicts.c store/signature_verdicts.h \
	store/audit_aside.c store/audit_aside.h \
	store/audit_received.c store/audit_received.h store/audit_received_counts.c store/audit_received_rows.h \
	store/audit_beside.c store/audit_chains.c \
	store/audit_expiring.c store/audit_expiring.h store/audit_sweeping.c \
	store/audit_entries.h store/audit_folding.c store/audit_indexing.c store/audit_log.c store/audit_log.h \
	store/audit_merging.c store/audit_packing.c store/audit_patients.c store/audit_patients_check.c \
	store/audit_search.c store/audit_sheets.c \
	store/audit_verify.c \
	store/backup_files.c store/backup_files.h store/backup_said.c store/backup_said.h \
	store/blob_proof.c store/blob_proof.h \
	store/blob_claims.c store/blob_claims.h store/blob_files.c store/blob_files.h store/blobs.c store/blobs.h store/blobs_open.h \
	store/calls_sent.c store/calls_sent.h \
	store/check.c store/check.h store/check_counts.c store/check_counts.h store/compact_text.c store/compact_text.h \
	store/engine.c store/engine.h store/engine_berkeleydb.c store/engine_berkeleydb.h store/engine_berkeleydb_shadow.c \
	store/engine_berkeleydb_ahead.c store/engine_berkeleydb_peek.c store/engine_berkeleydb_backup.c store/engine_berkeleydb_environment.c \
	store/engine_berkeleydb_scan.c store/engine_berkeleydb_trees.c \
	store/engine_ordered.c store/engine_ordered.h \
	store/engine_past.c store/engine_past.h \
	store/engine_rows.c store/engine_rows.h \
	store/errands.c store/errands.h store/errands_check.c store/errands_room.c store/errands_room.h store/errands_rows.c store/errands_rows.h \
	store/errands_sent.c store/errands_sent.h \
	store/correlations.c store/correlations.h store/awaited.c store/awaited.h \
	store/deferred_questions.c store/deferred_questions.h \
	store/disasters.c store/disasters.h \
	store/exchange_bodies.c store/exchange_bodies.h store/exchange_bodies_files.c store/exchange_bodies_files.h \
	store/exchange_body_file.c store/exchange_body_file.h \
	store/exchange_log.c store/exchange_log.h store/exchange_note.c store/exchange_said.c store/exchange_said.h \
	store/override_check.c store/override_errand.c store/override_rows.c store/override_rows.h store/overrides.c store/overrides.h \
	store/inbox_check.c store/inbox_rows.c store/inbox_rows.h store/inboxes.c store/inboxes.h \
	store/daily.c store/daily.h store/lease.c store/lease.h \
	store/expiries.c store/expiries.h store/lockouts.c store/lockouts.h \
	store/ocsp_said.c store/ocsp_said.h store/revocations.c store/revocations.h \
	store/notices.c store/notices.h \
	store/subscriptions.c store/subscriptions.h store/subscriptions_check.c store/subscriptions_events.c \
	store/subscriptions_rows.c store/subscriptions_rows.h \
	store/pull_points.c store/pull_points.h store/pull_points_check.c store/pull_points_rows.c \
	store/pull_points_rows.h store/pull_points_waiting.c \
	store/disk_reserve.c store/disk_reserve.h store/job_queue.c store/job_queue.h \
	store/file_writer.c store/file_writer.h store/flusher.c store/flusher.h \
	store/key_file.c store/key_file.h store/keys.c store/keys.h \
	store/months.c store/months.h store/names.c store/names.h store/node.c store/node.h store/numbers.c store/numbers.h store/packing.c store/packing.h \
	store/packed.c store/packed.h \
	store/partner_codes.c store/partner_codes.h store/partner_ids.c store/partner_ids.h \
	store/partner_conflicts.c store/partner_ids_rows.c store/partner_ids_rows.h \
	store/pack_files.c store/pack_files.h store/pack_record.c store/pack_record.h store/packs.c store/packs.h \
	store/record.c store/record.h store/region_mark.c store/region_mark.h \
	store/store.c store/store.h store/store_form.c store/store_form.h store/store_migration.c store/store_migration.h store/store_keys.h store/store_lock.c store/store_lock.h store/store_peek.h store/store_txn.c store/store_txn.h store/tries.c store/tries.h \
	store/usage.c store/usage.h store/usage_check.c store/usage_rows.h \
	store/verified_files.c store/verified_files.h

libminato_a_SOURCES += \
	store/registry.c store/registry.h store/registry_sealed.h \
	store/registry_check.c store/registry_codes.c store/registry_codes.h store/registry_fingerprint.c store/registry_hanging.c store/registry_removal.c \
	store/registry_record.c store/registry_record.h store/registry_front.c store/registry_front.h \
	store/registry_submission.c store/registry_keeping.h store/registry_update.c store/registry_moving.c store/registry_forms.c \
	store/repository.c store/repository.h
libminato_a_SOURCES += \
	store/consent.c store/consent.h store/consent_check.c store/consent_ends.c store/consent_events.c \
	store/consent_groups.c store/consent_groups.h store/consent_papers.c store/consent_papers.h store/consent_documents.c store/consent_documents.h \
	store/consent_rows.c store/consent_rows.h store/consent_past.c store/consent_settle.c store/consent_settling.h \
	store/identity.c store/identity.h store/identity_awaited.c \
	store/identity_candidates.c store/identity_candidates.h store/identity_check.c \
	store/identity_core.c store/identity_core.h store/identity_core_kept.c \
	store/identity_forms.c store/identity_forms.h \
	store/dense_text.c store/dense_text.h store/identity_dense.c \
	store/identity_decide.c \
	store/identity_feed.c store/identity_feed.h \
	store/identity_holders.c \
	store/identity_insurances.c \
	store/identity_ahead.c store/identity_closure.c store/identity_closure.h store/identity_join.c \
	store/identity_history.c store/identity_history.h store/identity_past.c store/identity_past.h store/identity_links.c \
	store/identity_making.c store/identity_making.h store/identity_match.c store/identity_match.h \
	store/identity_merge.c store/identity_score.c store/identity_score.h \
	store/match_blocks.c store/match_blocks.h store/match_blocks_made.c \
	store/match_check.c store/match_check.h store/match_queue.c store/match_queue.h \
	store/match_rows.c store/match_rows.h \
	store/identity_packing.c store/identity_packing.h \
	store/identity_own_ids.c store/identity_partition.c store/identity_retired.c \
	store/identity_rows.c store/identity_rows.h \
	store/identity_rules.c \
	store/identity_said.c store/identity_said.h store/identity_sharing.c \
	store/identity_shown.c \
	store/identity_source.c \
	store/identity_unsettled.c \
	store/identity_work.c \
	store/match_look.c store/match_look.h store/match_seek.c store/match_seek.h store/match_walk.c store/match_walk.h
