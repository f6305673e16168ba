# Fuzz targets (libFuzzer): tests/fuzz/NAME_fuzz.c reads the corpus tests/cases/NAME. To add one,
# add its three lines below and its corpus to EXTRA_DIST. `make fuzz` needs a build configured with
#	CC=clang ./configure --enable-fuzzing --with-sanitizer=address,undefined
# and runs each target for FUZZ_SECONDS; what it finds anew is kept in fuzz-corpus/NAME.
FUZZ_SECONDS = 60
fuzz_engine = $(AM_LDFLAGS) -fsanitize=fuzzer
fuzz_targets += tests/fuzz/http_fuzz
tests_fuzz_http_fuzz_SOURCES = tests/fuzz/http_fuzz.c
tests_fuzz_http_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_http_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/mllp_fuzz
tests_fuzz_mllp_fuzz_SOURCES = tests/fuzz/mllp_fuzz.c
tests_fuzz_mllp_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_mllp_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/http tests/cases/mllp
# Revocation lists of doors.
fuzz_targets += tests/fuzz/revocations_fuzz
tests_fuzz_revocations_fuzz_SOURCES = tests/fuzz/revocations_fuzz.c
tests_fuzz_revocations_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_revocations_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/revocations
# What a responder answers.
fuzz_targets += tests/fuzz/ocsp_fuzz
tests_fuzz_ocsp_fuzz_SOURCES = tests/fuzz/ocsp_fuzz.c tests/fuzz/ocsp_fuzz.h
tests_fuzz_ocsp_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_ocsp_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/ocsp
fuzz_targets += tests/fuzz/xml_fuzz
tests_fuzz_xml_fuzz_SOURCES = tests/fuzz/xml_fuzz.c
tests_fuzz_xml_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_xml_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/soap_fuzz
tests_fuzz_soap_fuzz_SOURCES = tests/fuzz/soap_fuzz.c
tests_fuzz_soap_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_soap_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/mtom_fuzz
tests_fuzz_mtom_fuzz_SOURCES = tests/fuzz/mtom_fuzz.c
tests_fuzz_mtom_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_mtom_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/mtom_ranges_fuzz
tests_fuzz_mtom_ranges_fuzz_SOURCES = tests/fuzz/mtom_ranges_fuzz.c
tests_fuzz_mtom_ranges_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_mtom_ranges_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/mtom_ranges

# Scanned forms of consent, by their octets.
fuzz_targets += tests/fuzz/paper_fuzz
tests_fuzz_paper_fuzz_SOURCES = tests/fuzz/paper_fuzz.c
tests_fuzz_paper_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_paper_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/paper

# What writers of storages tell.
fuzz_targets += tests/fuzz/transaction_log_fuzz
tests_fuzz_transaction_log_fuzz_SOURCES = tests/fuzz/transaction_log_fuzz.c
tests_fuzz_transaction_log_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_transaction_log_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/transaction_log

# What other communities answer.
fuzz_targets += tests/fuzz/community_answer_fuzz
tests_fuzz_community_answer_fuzz_SOURCES = tests/fuzz/community_answer_fuzz.c
tests_fuzz_community_answer_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_community_answer_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/community_answer

# HL7 v2 and character sets; their corpora are listed in tests/envelope/tests.mk.
fuzz_targets += tests/fuzz/hl7v2_fuzz
tests_fuzz_hl7v2_fuzz_SOURCES = tests/fuzz/hl7v2_fuzz.c
tests_fuzz_hl7v2_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_hl7v2_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/iti30_fuzz
tests_fuzz_iti30_fuzz_SOURCES = tests/fuzz/iti30_fuzz.c
tests_fuzz_iti30_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_iti30_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/charset_fuzz
tests_fuzz_charset_fuzz_SOURCES = tests/fuzz/charset_fuzz.c
tests_fuzz_charset_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_charset_fuzz_LDFLAGS = $(fuzz_engine)

# HL7 v3 feeds; their corpus is listed in tests/profiles/tests.mk.
fuzz_targets += tests/fuzz/iti44_fuzz
tests_fuzz_iti44_fuzz_SOURCES = tests/fuzz/iti44_fuzz.c
tests_fuzz_iti44_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_iti44_fuzz_LDFLAGS = $(fuzz_engine)
# Queries for patients of HL7 v3; their corpus is listed in tests/profiles/tests.mk.
fuzz_targets += tests/fuzz/iti47_fuzz
tests_fuzz_iti47_fuzz_SOURCES = tests/fuzz/iti47_fuzz.c
tests_fuzz_iti47_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_iti47_fuzz_LDFLAGS = $(fuzz_engine)
# And of another community.
fuzz_targets += tests/fuzz/iti55_fuzz
tests_fuzz_iti55_fuzz_SOURCES = tests/fuzz/iti55_fuzz.c
tests_fuzz_iti55_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_iti55_fuzz_LDFLAGS = $(fuzz_engine)
# What another community answers.
fuzz_targets += tests/fuzz/discovery_fuzz
tests_fuzz_discovery_fuzz_SOURCES = tests/fuzz/discovery_fuzz.c
tests_fuzz_discovery_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_discovery_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/location_fuzz
tests_fuzz_location_fuzz_SOURCES = tests/fuzz/location_fuzz.c
tests_fuzz_location_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_location_fuzz_LDFLAGS = $(fuzz_engine)
# And of HL7 v2.
fuzz_targets += tests/fuzz/iti21_fuzz
tests_fuzz_iti21_fuzz_SOURCES = tests/fuzz/iti21_fuzz.c
tests_fuzz_iti21_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_iti21_fuzz_LDFLAGS = $(fuzz_engine)
# Acknowledgements of HL7 v3 messages of ours.
fuzz_targets += tests/fuzz/hl7v3_ack_fuzz
tests_fuzz_hl7v3_ack_fuzz_SOURCES = tests/fuzz/hl7v3_ack_fuzz.c
tests_fuzz_hl7v3_ack_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_hl7v3_ack_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/hl7v3_ack

# Documents; their corpora are listed in tests/profiles/tests.mk.
fuzz_targets += tests/fuzz/ebrim_fuzz
tests_fuzz_ebrim_fuzz_SOURCES = tests/fuzz/ebrim_fuzz.c
tests_fuzz_ebrim_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_ebrim_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/update_fuzz
tests_fuzz_update_fuzz_SOURCES = tests/fuzz/update_fuzz.c
tests_fuzz_update_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_update_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/stored_query_fuzz
tests_fuzz_stored_query_fuzz_SOURCES = tests/fuzz/stored_query_fuzz.c
tests_fuzz_stored_query_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_stored_query_fuzz_LDFLAGS = $(fuzz_engine)

# Subscriptions, and the times in them.
fuzz_targets += tests/fuzz/iti52_fuzz
tests_fuzz_iti52_fuzz_SOURCES = tests/fuzz/iti52_fuzz.c
tests_fuzz_iti52_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_iti52_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/xml_time_fuzz
tests_fuzz_xml_time_fuzz_SOURCES = tests/fuzz/xml_time_fuzz.c
tests_fuzz_xml_time_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_xml_time_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/iti52 tests/cases/xml_time

# What a backup says of itself, what a trace is known by, what a scraper would have.
fuzz_targets += tests/fuzz/backup_manifest_fuzz
tests_fuzz_backup_manifest_fuzz_SOURCES = tests/fuzz/backup_manifest_fuzz.c
tests_fuzz_backup_manifest_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_backup_manifest_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/traceparent_fuzz
tests_fuzz_traceparent_fuzz_SOURCES = tests/fuzz/traceparent_fuzz.c
tests_fuzz_traceparent_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_traceparent_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/accept_fuzz
tests_fuzz_accept_fuzz_SOURCES = tests/fuzz/accept_fuzz.c
tests_fuzz_accept_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_accept_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/backup_manifest tests/cases/traceparent tests/cases/accept

# What the store reads back; its corpus is listed in tests/store/tests.mk.
fuzz_targets += tests/fuzz/record_fuzz
tests_fuzz_record_fuzz_SOURCES = tests/fuzz/record_fuzz.c
tests_fuzz_record_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_record_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/pack_record_fuzz
tests_fuzz_pack_record_fuzz_SOURCES = tests/fuzz/pack_record_fuzz.c
tests_fuzz_pack_record_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_pack_record_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/identity_fuzz
tests_fuzz_identity_fuzz_SOURCES = tests/fuzz/identity_fuzz.c
tests_fuzz_identity_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_identity_fuzz_LDFLAGS = $(fuzz_engine)

# What the audit log keeps of an event; its corpus is listed in tests/audit/tests.mk.
fuzz_targets += tests/fuzz/event_record_fuzz
tests_fuzz_event_record_fuzz_SOURCES = tests/fuzz/event_record_fuzz.c
tests_fuzz_event_record_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_event_record_fuzz_LDFLAGS = $(fuzz_engine)

# Audit records of others: frames, headers, messages.
fuzz_targets += tests/fuzz/syslog_fuzz
tests_fuzz_syslog_fuzz_SOURCES = tests/fuzz/syslog_fuzz.c
tests_fuzz_syslog_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_syslog_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/syslog

# A line of a file of anchors; its corpus is listed in tests/audit/tests.mk.
fuzz_targets += tests/fuzz/anchor_fuzz
tests_fuzz_anchor_fuzz_SOURCES = tests/fuzz/anchor_fuzz.c
tests_fuzz_anchor_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_anchor_fuzz_LDFLAGS = $(fuzz_engine)

# What is compared of two records, and weights; their corpora are listed in tests/matching/tests.mk.
fuzz_targets += tests/fuzz/match_features_fuzz
tests_fuzz_match_features_fuzz_SOURCES = tests/fuzz/match_features_fuzz.c
tests_fuzz_match_features_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_match_features_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/match_weights_fuzz
tests_fuzz_match_weights_fuzz_SOURCES = tests/fuzz/match_weights_fuzz.c
tests_fuzz_match_weights_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_match_weights_fuzz_LDFLAGS = $(fuzz_engine)
# Prescriptions that lists are made of.
fuzz_targets += tests/fuzz/prescription_fuzz
tests_fuzz_prescription_fuzz_SOURCES = tests/fuzz/prescription_fuzz.c
tests_fuzz_prescription_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_prescription_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/prescription
fuzz_targets += tests/fuzz/extended_name_fuzz
tests_fuzz_extended_name_fuzz_SOURCES = tests/fuzz/extended_name_fuzz.c
tests_fuzz_extended_name_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_extended_name_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/extended_name
# Messages that views are made of; the corpus lies beside what is made of it.
fuzz_targets += tests/fuzz/views_fuzz
tests_fuzz_views_fuzz_SOURCES = tests/fuzz/views_fuzz.c
tests_fuzz_views_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_views_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/views

# Code sets, one target a form.
fuzz_targets += tests/fuzz/code_table_fuzz
code_file_fuzz = tests/fuzz/code_file_fuzz.c tests/fuzz/code_file_fuzz.h
tests_fuzz_code_table_fuzz_SOURCES = tests/fuzz/code_table_fuzz.c $(code_file_fuzz)
tests_fuzz_code_table_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_code_table_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/codes_xml_fuzz
tests_fuzz_codes_xml_fuzz_SOURCES = tests/fuzz/codes_xml_fuzz.c $(code_file_fuzz)
tests_fuzz_codes_xml_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_codes_xml_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/code_fhir_fuzz
tests_fuzz_code_fhir_fuzz_SOURCES = tests/fuzz/code_fhir_fuzz.c $(code_file_fuzz)
tests_fuzz_code_fhir_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_code_fhir_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/code_table tests/cases/codes_xml tests/cases/code_fhir

# The region's rules; their corpus is listed in tests/policy/tests.mk.
fuzz_targets += tests/fuzz/policy_file_fuzz
tests_fuzz_policy_file_fuzz_SOURCES = tests/fuzz/policy_file_fuzz.c
tests_fuzz_policy_file_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_policy_file_fuzz_LDFLAGS = $(fuzz_engine)

# Documents of consent.
fuzz_targets += tests/fuzz/bppc_fuzz tests/fuzz/appc_fuzz
tests_fuzz_bppc_fuzz_SOURCES = tests/fuzz/bppc_fuzz.c
tests_fuzz_bppc_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_bppc_fuzz_LDFLAGS = $(fuzz_engine)
tests_fuzz_appc_fuzz_SOURCES = tests/fuzz/appc_fuzz.c
tests_fuzz_appc_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_appc_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/bppc tests/cases/appc

# National documents.
fuzz_targets += tests/fuzz/national_fhir_fuzz
tests_fuzz_national_fhir_fuzz_SOURCES = tests/fuzz/national_fhir_fuzz.c
tests_fuzz_national_fhir_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_national_fhir_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/national_cda_fuzz
tests_fuzz_national_cda_fuzz_SOURCES = tests/fuzz/national_cda_fuzz.c
tests_fuzz_national_cda_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_national_cda_fuzz_LDFLAGS = $(fuzz_engine)
fuzz_targets += tests/fuzz/national_notebook_fuzz
tests_fuzz_national_notebook_fuzz_SOURCES = tests/fuzz/national_notebook_fuzz.c
tests_fuzz_national_notebook_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_national_notebook_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/national_fhir tests/cases/national_cda tests/cases/national_notebook

EXTRA_PROGRAMS += $(fuzz_targets)
EXTRA_DIST += tests/fuzz/run
.PHONY: fuzz
if FUZZING
fuzz: $(fuzz_targets)
	$(srcdir)/tests/fuzz/run . $(abs_srcdir)/tests/cases $(FUZZ_SECONDS) $(fuzz_targets)
else
fuzz:
	@echo "make fuzz: configure with CC=clang --enable-fuzzing --with-sanitizer=address" >&2
	@exit 1
endif
# Signatures over documents; their corpus is listed in tests/signature/tests.mk.
fuzz_targets += tests/fuzz/signature_fuzz
tests_fuzz_signature_fuzz_SOURCES = tests/fuzz/signature_fuzz.c
tests_fuzz_signature_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_signature_fuzz_LDFLAGS = $(fuzz_engine)
# Files of an export.
fuzz_targets += tests/fuzz/bundle_fuzz
tests_fuzz_bundle_fuzz_SOURCES = tests/fuzz/bundle_fuzz.c
tests_fuzz_bundle_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_bundle_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/bundle
# Assertions about persons; their corpus is listed in tests/assertion/tests.mk.
fuzz_targets += tests/fuzz/assertion_fuzz
tests_fuzz_assertion_fuzz_SOURCES = tests/fuzz/assertion_fuzz.c
tests_fuzz_assertion_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_assertion_fuzz_LDFLAGS = $(fuzz_engine)
# What a kill, or a disk, left of the message log.
fuzz_targets += tests/fuzz/exchange_said_fuzz
tests_fuzz_exchange_said_fuzz_SOURCES = tests/fuzz/exchange_said_fuzz.c
tests_fuzz_exchange_said_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_exchange_said_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/exchange_said
fuzz_targets += tests/fuzz/exchange_frame_fuzz
tests_fuzz_exchange_frame_fuzz_SOURCES = tests/fuzz/exchange_frame_fuzz.c
tests_fuzz_exchange_frame_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_exchange_frame_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/exchange_frame
# A document on the operator's screen.
fuzz_targets += tests/fuzz/screen_fuzz
tests_fuzz_screen_fuzz_SOURCES = tests/fuzz/screen_fuzz.c
tests_fuzz_screen_fuzz_LDADD = $(MINATO_LIBS)
tests_fuzz_screen_fuzz_LDFLAGS = $(fuzz_engine)
EXTRA_DIST += tests/cases/screen
