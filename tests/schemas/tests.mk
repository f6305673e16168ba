# Tests of this room.
unit_tests += tests/schemas/tables_test
tests_schemas_tables_test_SOURCES = tests/schemas/tables_test.c
tests_schemas_tables_test_LDADD = $(TEST_LIBS)
unit_tests += tests/schemas/paper_test
tests_schemas_paper_test_SOURCES = tests/schemas/paper_test.c tests/base/suite.h
tests_schemas_paper_test_LDADD = $(TEST_LIBS)
