# Tests of this room.
unit_tests += tests/schemas/tables_test
tests_schemas_tables_test_SOURCES = tests/schemas/tables_test.c
tests_schemas_tables_test_LDADD = $(TEST_LIBS)
