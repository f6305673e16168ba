# Tests of this room. The calls it lets fail: a full disk.
unit_tests += tests/errands/rounds_test
tests_errands_rounds_test_SOURCES = tests/errands/rounds_test.c tests/errands/scene.c tests/errands/scene.h tests/store/fixture.h
tests_errands_rounds_test_LDADD = $(TEST_LIBS)
tests_errands_rounds_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_write
unit_tests += tests/errands/outbox_test
tests_errands_outbox_test_SOURCES = tests/errands/outbox_test.c tests/base/suite.h tests/store/fixture.h \
	tests/transport/pki.c tests/transport/pki.h
tests_errands_outbox_test_LDADD = $(TEST_LIBS)
unit_tests += tests/errands/recorded_test
tests_errands_recorded_test_SOURCES = tests/errands/recorded_test.c tests/errands/scene.c tests/errands/scene.h tests/store/fixture.h
tests_errands_recorded_test_LDADD = $(TEST_LIBS)
tests_errands_recorded_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_write
