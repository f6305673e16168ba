# Assertions about persons.
unit_tests += tests/assertion/assertion_test
tests_assertion_assertion_test_SOURCES = tests/assertion/assertion_test.c \
	tests/envelope/samples.c tests/envelope/samples.h tests/base/suite.h
tests_assertion_assertion_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/assertion tests/samples/assertions.py
unit_tests += tests/assertion/making_test
tests_assertion_making_test_SOURCES = tests/assertion/making_test.c tests/base/suite.h
tests_assertion_making_test_LDADD = $(TEST_LIBS)
