# Engines that only tests have, and the daemon on them.
check_LIBRARIES = tests/engines/libengines.a
tests_engines_libengines_a_SOURCES = tests/engines/engine_again.c tests/engines/engine_again.h \
	tests/engines/engine_memory.c tests/engines/engine_memory.h \
	tests/engines/engine_memory_cursor.c tests/engines/engine_memory_cursor.h \
	tests/engines/engine_memory_watch.c \
	tests/engines/engines.c tests/engines/engines.h
check_PROGRAMS += tests/engines/minatod
tests_engines_minatod_SOURCES = gateway/main.c tests/engines/minatod.c
tests_engines_minatod_LDADD = tests/engines/libengines.a $(MINATO_LIBS)
tests_engines_minatod_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_open

# The store's suites on each of them; after the programs it runs were built.
TESTS += tests/engines/over
EXTRA_DIST += tests/engines/over

unit_tests += tests/engines/nodes_test
tests_engines_nodes_test_SOURCES = tests/engines/nodes_test.c tests/engines/nodes.h tests/store/people.h tests/store/fixture.h
tests_engines_nodes_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/audit_nodes_test
tests_engines_audit_nodes_test_SOURCES = tests/engines/audit_nodes_test.c tests/engines/nodes.h \
	tests/store/fixture.h
tests_engines_audit_nodes_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/order_test
tests_engines_order_test_SOURCES = tests/engines/order_test.c tests/engines/nodes.h \
	tests/store/people.h tests/store/fixture.h
tests_engines_order_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/histories_test
tests_engines_histories_test_SOURCES = tests/engines/histories_test.c tests/engines/deeds.c tests/engines/deeds.h \
	tests/engines/nodes.h tests/store/people.h tests/store/fixture.h
tests_engines_histories_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/unrelated_test
tests_engines_unrelated_test_SOURCES = tests/engines/unrelated_test.c tests/engines/deeds.c tests/engines/deeds.h \
	tests/engines/nodes.h tests/store/people.h tests/store/fixture.h
tests_engines_unrelated_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/caches_test
tests_engines_caches_test_SOURCES = tests/engines/caches_test.c tests/engines/nodes.h \
	tests/store/people.h tests/store/fixture.h
tests_engines_caches_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/imports_test
tests_engines_imports_test_SOURCES = tests/engines/imports_test.c tests/engines/deeds.c tests/engines/deeds.h \
	tests/engines/nodes.h $(ssmix2_storage)
tests_engines_imports_test_LDADD = $(TEST_LIBS)
unit_tests += tests/engines/retaining_test
tests_engines_retaining_test_SOURCES = tests/engines/retaining_test.c tests/engines/nodes.h \
	tests/store/people.h tests/store/fixture.h
tests_engines_retaining_test_LDADD = $(TEST_LIBS)
