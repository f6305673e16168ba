# Assertions about persons.
unit_tests += tests/assertion/assertion_test
tests_assertion_assertion_test_SOURCES = tests/assertion/assertion_test.c \
	tests/envelope/samples.c tests/envelope/samples.h tests/base/failing.h tests/base/suite.h
tests_assertion_assertion_test_LDADD = $(TEST_LIBS)
tests_assertion_assertion_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=calloc,--wrap=xml_dom_of,--wrap=xml_signature_ready
EXTRA_DIST += tests/cases/assertion tests/samples/assertions.py
unit_tests += tests/assertion/making_test
tests_assertion_making_test_SOURCES = tests/assertion/making_test.c tests/base/failing.h tests/base/suite.h
tests_assertion_making_test_LDADD = $(TEST_LIBS)
tests_assertion_making_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=xml_dom_of,--wrap=xml_signature_ready \
	-Wl,--wrap=xml_signature_part_make
