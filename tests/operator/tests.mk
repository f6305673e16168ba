# Configuration, regions, the command line.
operator_place = tests/operator/place.c tests/operator/place.h tests/base/suite.h
unit_tests += tests/operator/config_test
tests_operator_config_test_SOURCES = tests/operator/config_test.c $(operator_place)
tests_operator_config_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/region_test
tests_operator_region_test_SOURCES = tests/operator/region_test.c $(operator_place)
tests_operator_region_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/command_test
tests_operator_command_test_SOURCES = tests/operator/command_test.c $(operator_place)
tests_operator_command_test_LDADD = $(TEST_LIBS)
TESTS += tests/lint/docs
EXTRA_DIST += tests/lint/docs
unit_tests += tests/operator/demo_test
tests_operator_demo_test_SOURCES = tests/operator/demo_test.c $(operator_place)
tests_operator_demo_test_LDADD = $(TEST_LIBS)
TESTS += tests/operator/demo
EXTRA_DIST += tests/operator/demo
