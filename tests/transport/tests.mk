# Tests of this room.
unit_tests += tests/transport/parser_test
tests_transport_parser_test_SOURCES = tests/transport/parser_test.c tests/base/suite.h
tests_transport_parser_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/pace_test
tests_transport_pace_test_SOURCES = tests/transport/pace_test.c tests/base/suite.h
tests_transport_pace_test_LDADD = $(TEST_LIBS)
transport_bed = tests/transport/bed.c tests/transport/bed.h tests/base/suite.h \
	tests/transport/house.c tests/transport/peer.c tests/transport/peer.h \
	tests/transport/pki.c tests/transport/pki.h
unit_tests += tests/transport/live_test
tests_transport_live_test_SOURCES = tests/transport/live_test.c $(transport_bed)
tests_transport_live_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/certificates_test
tests_transport_certificates_test_SOURCES = tests/transport/certificates_test.c $(transport_bed)
unit_tests += tests/transport/ocsp_door_test
tests_transport_ocsp_door_test_SOURCES = tests/transport/ocsp_door_test.c $(transport_bed)
tests_transport_ocsp_door_test_LDADD = $(TEST_LIBS)
tests_transport_certificates_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/revocation_lists_test
tests_transport_revocation_lists_test_SOURCES = tests/transport/revocation_lists_test.c tests/base/suite.h
tests_transport_revocation_lists_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/limits_test
tests_transport_limits_test_SOURCES = tests/transport/limits_test.c $(transport_bed)
tests_transport_limits_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/large_test
tests_transport_large_test_SOURCES = tests/transport/large_test.c $(transport_bed)
tests_transport_large_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/ahead_test
tests_transport_ahead_test_SOURCES = tests/transport/ahead_test.c tests/base/suite.h \
	tests/transport/peer.c tests/transport/peer.h
tests_transport_ahead_test_LDADD = $(TEST_LIBS)
unit_tests += tests/transport/ocsp_test
tests_transport_ocsp_test_SOURCES = tests/transport/ocsp_test.c tests/transport/responder.c \
	tests/transport/responder.h tests/base/suite.h
tests_transport_ocsp_test_LDADD = $(TEST_LIBS)
