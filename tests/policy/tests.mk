# Tests of this room.
unit_tests += tests/policy/decide_test tests/policy/decide_opening_test tests/policy/decide_rules_test \
	tests/policy/policy_file_test tests/policy/exclusion_test
decide_scene = tests/policy/decide_scene.c tests/policy/decide_scene.h tests/store/fixture.h tests/store/people.h
tests_policy_decide_test_SOURCES = tests/policy/decide_test.c $(decide_scene)
tests_policy_decide_test_LDADD = $(TEST_LIBS)
tests_policy_decide_opening_test_SOURCES = tests/policy/decide_opening_test.c $(decide_scene)
tests_policy_decide_opening_test_LDADD = $(TEST_LIBS)
tests_policy_decide_rules_test_SOURCES = tests/policy/decide_rules_test.c $(decide_scene)
tests_policy_decide_rules_test_LDADD = $(TEST_LIBS)
tests_policy_policy_file_test_SOURCES = tests/policy/policy_file_test.c tests/base/suite.h
tests_policy_policy_file_test_LDADD = $(TEST_LIBS)
tests_policy_exclusion_test_SOURCES = tests/policy/exclusion_test.c tests/base/suite.h
tests_policy_exclusion_test_LDADD = $(TEST_LIBS)
# ... and what another community may be given.
unit_tests += tests/policy/across_test
tests_policy_across_test_SOURCES = tests/policy/across_test.c $(decide_scene) tests/base/suite.h
tests_policy_across_test_LDADD = $(TEST_LIBS)
# What the region's rules decide, held against a second program.
check_PROGRAMS += tests/policy/judge
tests_policy_judge_SOURCES = tests/policy/judge.c
tests_policy_judge_LDADD = $(MINATO_LIBS)
TESTS += tests/policy/oracle
# All that a decision is made of, the same.
check_PROGRAMS += tests/policy/decider
tests_policy_decider_SOURCES = tests/policy/decider.c tests/store/fixture.h tests/store/people.h
tests_policy_decider_LDADD = tests/engines/libengines.a $(MINATO_LIBS)
TESTS += tests/policy/whole
EXTRA_DIST += tests/policy/oracle tests/policy/whole tests/cases/policy_file
unit_tests += tests/policy/emergency_test
tests_policy_emergency_test_SOURCES = tests/policy/emergency_test.c tests/store/fixture.h tests/store/people.h
tests_policy_emergency_test_LDADD = $(TEST_LIBS)
