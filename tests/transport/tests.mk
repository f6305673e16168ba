# Tests of this room.
unit_tests += tests/transport/parser_test
tests_transport_parser_test_SOURCES = tests/transport/parser_test.c tests/base/suite.h
tests_transport_parser_test_LDADD = $(TEST_LIBS)
