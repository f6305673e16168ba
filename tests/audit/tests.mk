# Tests of this room.
unit_tests += tests/audit/event_record_test
tests_audit_event_record_test_SOURCES = tests/audit/event_record_test.c tests/audit/events.h
tests_audit_event_record_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/event_record

unit_tests += tests/audit/syslog_tls_test
tests_audit_syslog_tls_test_SOURCES = tests/audit/syslog_tls_test.c tests/operator/place.c tests/operator/place.h
tests_audit_syslog_tls_test_LDADD = $(TEST_LIBS)

unit_tests += tests/audit/anchors_test
tests_audit_anchors_test_SOURCES = tests/audit/anchors_test.c tests/store/fixture.h
tests_audit_anchors_test_LDADD = $(TEST_LIBS)

unit_tests += tests/audit/subjects_test
tests_audit_subjects_test_SOURCES = tests/audit/subjects_test.c tests/store/fixture.h tests/store/people.h
tests_audit_subjects_test_LDADD = $(TEST_LIBS)
