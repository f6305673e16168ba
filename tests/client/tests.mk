# Tests of this room, from the other side of the wire.
unit_tests += tests/client/curl_handle_test
tests_client_curl_handle_test_SOURCES = tests/client/curl_handle_test.c tests/operator/place.c tests/operator/place.h tests/base/suite.h
tests_client_curl_handle_test_LDADD = $(TEST_LIBS)
