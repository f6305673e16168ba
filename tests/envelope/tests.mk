# Tests of this room.

# XML, SOAP, MTOM.
unit_tests += tests/envelope/xml_test
tests_envelope_xml_test_SOURCES = tests/envelope/xml_test.c tests/envelope/samples.c \
	tests/envelope/samples.h tests/base/suite.h
tests_envelope_xml_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/xml_writer_test
tests_envelope_xml_writer_test_SOURCES = tests/envelope/xml_writer_test.c tests/envelope/samples.c \
	tests/envelope/samples.h tests/base/suite.h
tests_envelope_xml_writer_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/xml_time_test
tests_envelope_xml_time_test_SOURCES = tests/envelope/xml_time_test.c
tests_envelope_xml_time_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/soap_test
tests_envelope_soap_test_SOURCES = tests/envelope/soap_test.c tests/envelope/samples.c \
	tests/envelope/samples.h tests/base/suite.h
tests_envelope_soap_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/xml tests/cases/soap
unit_tests += tests/envelope/mtom_test
tests_envelope_mtom_test_SOURCES = tests/envelope/mtom_test.c tests/envelope/samples.c \
	tests/envelope/samples.h tests/base/suite.h
tests_envelope_mtom_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/mtom
unit_tests += tests/envelope/mtom_ranges_test
tests_envelope_mtom_ranges_test_SOURCES = tests/envelope/mtom_ranges_test.c tests/base/suite.h
tests_envelope_mtom_ranges_test_LDADD = $(TEST_LIBS)

# HL7 v2 and its character sets.
unit_tests += tests/envelope/charset_test
tests_envelope_charset_test_SOURCES = tests/envelope/charset_test.c tests/base/suite.h
tests_envelope_charset_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/hl7v2_test
tests_envelope_hl7v2_test_SOURCES = tests/envelope/hl7v2_test.c tests/envelope/samples.c \
	tests/envelope/samples.h tests/base/suite.h
tests_envelope_hl7v2_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/hl7v2_patient_test
tests_envelope_hl7v2_patient_test_SOURCES = tests/envelope/hl7v2_patient_test.c \
	tests/envelope/samples.c tests/envelope/samples.h tests/base/suite.h
tests_envelope_hl7v2_patient_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/hl7v2 tests/cases/charset
unit_tests += tests/envelope/hl7v2_batch_test
tests_envelope_hl7v2_batch_test_SOURCES = tests/envelope/hl7v2_batch_test.c tests/base/suite.h
tests_envelope_hl7v2_batch_test_LDADD = $(TEST_LIBS)

# ebRIM; its corpora are listed in tests/profiles/tests.mk.
unit_tests += tests/envelope/ebrim_test
tests_envelope_ebrim_test_SOURCES = tests/envelope/ebrim_test.c tests/envelope/samples.c \
	tests/envelope/samples.h tests/base/suite.h
tests_envelope_ebrim_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/xml_guard_test
tests_envelope_xml_guard_test_SOURCES = tests/envelope/xml_guard_test.c
tests_envelope_xml_guard_test_LDADD = $(TEST_LIBS)

# Code sets as files; their corpora are listed in tests/fuzz/tests.mk.
unit_tests += tests/envelope/code_file_test
tests_envelope_code_file_test_SOURCES = tests/envelope/code_file_test.c tests/base/suite.h
tests_envelope_code_file_test_LDADD = $(TEST_LIBS)
unit_tests += tests/envelope/audit_message_test
tests_envelope_audit_message_test_SOURCES = tests/envelope/audit_message_test.c tests/envelope/samples.c \
	tests/envelope/samples.h
tests_envelope_audit_message_test_LDADD = $(TEST_LIBS)
