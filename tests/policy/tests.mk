# Tests of this room.
unit_tests += tests/policy/decide_test
tests_policy_decide_test_SOURCES = tests/policy/decide_test.c tests/store/fixture.h tests/store/people.h
tests_policy_decide_test_LDADD = $(TEST_LIBS)
