# Tests of this room.
unit_tests += tests/store/record_test
tests_store_record_test_SOURCES = tests/store/record_test.c
tests_store_record_test_LDADD = $(TEST_LIBS)
