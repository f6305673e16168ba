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
unit_tests += tests/base/turns_test
tests_base_turns_test_SOURCES = tests/base/turns_test.c tests/base/suite.h
tests_base_turns_test_LDADD = $(TEST_LIBS)
unit_tests += tests/base/shares_test
tests_base_shares_test_SOURCES = tests/base/shares_test.c tests/base/suite.h
tests_base_shares_test_LDADD = $(TEST_LIBS)
unit_tests += tests/base/spool_test
tests_base_spool_test_SOURCES = tests/base/spool_test.c tests/base/open_files.h tests/base/failing.h tests/base/suite.h
tests_base_spool_test_LDADD = $(TEST_LIBS)
tests_base_spool_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=openat,--wrap=pread,--wrap=pwrite,--wrap=fstatvfs
unit_tests += tests/base/json_arena_test
tests_base_json_arena_test_SOURCES = tests/base/json_arena_test.c tests/base/suite.h
tests_base_json_arena_test_LDADD = $(TEST_LIBS)
unit_tests += tests/base/machine_memory_test
tests_base_machine_memory_test_SOURCES = tests/base/machine_memory_test.c tests/base/suite.h
tests_base_machine_memory_test_LDADD = $(TEST_LIBS)
