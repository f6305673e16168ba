# Tests of this room; what they compare is written as lines (tests/matching/people.h).
matching_people = tests/matching/people.c tests/matching/people.h tests/base/suite.h
unit_tests += tests/matching/features_test
tests_matching_features_test_SOURCES = tests/matching/features_test.c $(matching_people)
tests_matching_features_test_LDADD = $(TEST_LIBS)
unit_tests += tests/matching/compare_test
tests_matching_compare_test_SOURCES = tests/matching/compare_test.c $(matching_people)
tests_matching_compare_test_LDADD = $(TEST_LIBS)
unit_tests += tests/matching/score_test
tests_matching_score_test_SOURCES = tests/matching/score_test.c $(matching_people)
tests_matching_score_test_LDADD = $(TEST_LIBS)
unit_tests += tests/matching/weights_test
tests_matching_weights_test_SOURCES = tests/matching/weights_test.c tests/base/suite.h
tests_matching_weights_test_LDADD = $(TEST_LIBS)
unit_tests += tests/matching/train_test
tests_matching_train_test_SOURCES = tests/matching/train_test.c $(matching_people)
tests_matching_train_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/match_features tests/cases/match_weights
