# Tests of this room, from the other side of the wire.
unit_tests += tests/client/curl_handle_test
tests_client_curl_handle_test_SOURCES = tests/client/curl_handle_test.c tests/operator/place.c tests/operator/place.h tests/base/suite.h
tests_client_curl_handle_test_LDADD = $(TEST_LIBS)
unit_tests += tests/client/call_groups_test
tests_client_call_groups_test_SOURCES = tests/client/call_groups_test.c tests/base/suite.h
tests_client_call_groups_test_LDADD = $(TEST_LIBS)
unit_tests += tests/client/answer_files_test
tests_client_answer_files_test_SOURCES = tests/client/answer_files_test.c tests/base/suite.h
tests_client_answer_files_test_LDADD = $(TEST_LIBS)
tests_client_answer_files_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pwrite
unit_tests += tests/client/circuits_test
tests_client_circuits_test_SOURCES = tests/client/circuits_test.c tests/base/suite.h
tests_client_circuits_test_LDADD = $(TEST_LIBS)
unit_tests += tests/client/soap_call_file_test
tests_client_soap_call_file_test_SOURCES = tests/client/soap_call_file_test.c tests/base/failing.h tests/base/suite.h
tests_client_soap_call_file_test_LDADD = $(TEST_LIBS)
tests_client_soap_call_file_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pread
unit_tests += tests/client/client_thread_test
tests_client_client_thread_test_SOURCES = tests/client/client_thread_test.c tests/base/suite.h \
	tests/transport/responder.c tests/transport/responder.h \
	tests/transport/house.c tests/transport/peer.c tests/transport/peer.h \
	tests/transport/pki.c tests/transport/pki.h
tests_client_client_thread_test_LDADD = $(TEST_LIBS)
tests_client_client_thread_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pwrite
unit_tests += tests/client/mllp_calls_test
tests_client_mllp_calls_test_SOURCES = tests/client/mllp_calls_test.c tests/base/suite.h \
	tests/client/mllp_partner.c tests/client/mllp_partner.h tests/transport/pki.c tests/transport/pki.h
tests_client_mllp_calls_test_LDADD = $(TEST_LIBS)
unit_tests += tests/client/probe_test
tests_client_probe_test_SOURCES = tests/client/probe_test.c tests/base/suite.h \
	tests/client/probed_partner.c tests/client/probed_partner.h \
	tests/client/mllp_partner.c tests/client/mllp_partner.h tests/transport/pki.c tests/transport/pki.h
tests_client_probe_test_LDADD = $(TEST_LIBS)
unit_tests += tests/client/hl7v3_call_test
tests_client_hl7v3_call_test_SOURCES = tests/client/hl7v3_call_test.c tests/base/suite.h
tests_client_hl7v3_call_test_LDADD = $(TEST_LIBS)
