# Tests of this room.
unit_tests += tests/base/base_test
tests_base_base_test_SOURCES = tests/base/base_test.c tests/base/suite.h
tests_base_base_test_LDADD = $(TEST_LIBS)
unit_tests += tests/base/normalise_test
tests_base_normalise_test_SOURCES = tests/base/normalise_test.c tests/base/suite.h
tests_base_normalise_test_LDADD = $(TEST_LIBS)
unit_tests += tests/base/regular_file_test
tests_base_regular_file_test_SOURCES = tests/base/regular_file_test.c tests/base/suite.h
tests_base_regular_file_test_LDADD = $(TEST_LIBS)
