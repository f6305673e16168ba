# The few files that see every room.
sbin_PROGRAMS += minatod
minatod_SOURCES = gateway/main.c
minatod_LDADD = $(MINATO_LIBS)

libminato_a_SOURCES += \
	gateway/config_codes.c gateway/config_codes.h gateway/admin_request.c gateway/admin_request.h gateway/admin_road.c gateway/arriving.c gateway/bodies_kept.c gateway/bodies_kept.h gateway/replaying.c gateway/replaying.h gateway/calling.c gateway/calls_kept.c gateway/retaining.c gateway/retaining.h gateway/upkeep.c gateway/upkeep.h gateway/ticks.c gateway/ticks.h gateway/conclude.c gateway/exchange.c gateway/exchange_headers.c gateway/exchange_headers.h gateway/exchanges_noted.c gateway/exchanges_noted.h gateway/expiries.c gateway/expiries.h gateway/expiries_read.c gateway/rehearsal.c gateway/rehearsal.h gateway/grammars.c gateway/grammars.h gateway/looking_ahead.c gateway/weighing.c gateway/emergencies.c gateway/emergencies.h gateway/consents_due.c gateway/consents_due.h \
	gateway/http_routes.c gateway/http_routes.h \
	gateway/doors.c gateway/doors.h gateway/door_failures.c gateway/door_failures.h gateway/door_failure_words.c gateway/watch_road.c \
	gateway/admitting.c gateway/long_reads.c gateway/long_reads.h gateway/hl7_batch.c gateway/hl7_road.c gateway/hl7_road.h gateway/journey.h gateway/locked_out.c gateway/locked_out.h gateway/long_work.c gateway/long_work.h gateway/metrics.c gateway/metrics.h \
	gateway/durations.c gateway/durations.h gateway/exposition.c gateway/exposition.h \
	gateway/metrics_machine.c gateway/metrics_machine.h \
	gateway/composing.c gateway/composing.h gateway/notifying.c gateway/notifying_dialect.h \
	gateway/answering_later.c gateway/notifying_hl7v2.c gateway/notifying_hl7v3.c gateway/notifying_patients.c gateway/notifying_subscribers.c \
	gateway/elsewhere.c gateway/process.c gateway/process.h gateway/process_inside.h gateway/reloading.c gateway/refusals.c gateway/refusals.h gateway/refusals_tell.c gateway/revocations.c gateway/revocations.h gateway/ocsp_asking.c gateway/ocsp_asking.h gateway/ocsp_known.c gateway/ocsp_known.h gateway/ocsp_shown.c gateway/ocsp_shown.h gateway/rates.c gateway/rates.h gateway/readiness.c gateway/readiness.h gateway/audit_backlog.c gateway/audit_backlog.h \
	gateway/one_patient.c gateway/soap_assertion.c gateway/soap_assertion.h gateway/soap_claims.c gateway/soap_claims.h gateway/soap_road.c gateway/turned_away.c gateway/receiving.c gateway/receiving.h gateway/syslog_road.c \
	gateway/status.c gateway/status.h \
	gateway/encrypting.c gateway/secrets.c gateway/secrets.h gateway/starting.c gateway/starting.h gateway/storages.c gateway/storages.h gateway/watching.c gateway/watching.h gateway/walls.c gateway/walls.h gateway/walls_calls.c gateway/walls_calls.h \
	gateway/config.c gateway/config.h \
	gateway/config_machine.c gateway/config_machine.h gateway/config_actors.c gateway/config_actors.h \
	gateway/config_assertions.c gateway/config_assertions.h gateway/config_certificate.c gateway/config_certificate.h \
	gateway/config_doors.c gateway/config_doors.h \
	gateway/config_inbox.c gateway/config_inbox.h \
	gateway/config_keys.c gateway/config_keys.h gateway/config_keys_doors.c gateway/config_keys_named.c gateway/config_key_rows.h \
	gateway/config_parse.c gateway/config_parse.h \
	gateway/config_community.c gateway/config_community.h \
	gateway/config_partner.c gateway/config_partner.h \
	gateway/config_region.c gateway/config_region.h \
	gateway/config_policy.c gateway/config_policy.h \
	gateway/by_ourselves.c gateway/by_ourselves.h \
	gateway/config_retention.c gateway/config_retention.h \
	gateway/config_roots.c gateway/config_roots.h \
	gateway/config_ssmix2.c gateway/config_ssmix2.h \
	gateway/config_set.c gateway/config_set.h \
	gateway/config_running.c gateway/config_running.h gateway/config_test.c \
	gateway/config_text.c gateway/config_text.h \
	gateway/config_units.c gateway/config_units.h \
	gateway/config_signatures.c gateway/config_signatures.h \
	gateway/config_vouching.c gateway/config_vouching.h \
	gateway/config_weights.c gateway/config_weights.h \
	gateway/nearest.c gateway/nearest.h
