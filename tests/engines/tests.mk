# Engines that only tests have, and the daemon on them.
check_LIBRARIES = tests/engines/libengines.a
tests_engines_libengines_a_SOURCES = tests/engines/engine_again.c tests/engines/engine_again.h \
	tests/engines/engines.c tests/engines/engines.h
check_PROGRAMS += tests/engines/minatod
tests_engines_minatod_SOURCES = gateway/main.c tests/engines/minatod.c
tests_engines_minatod_LDADD = tests/engines/libengines.a $(MINATO_LIBS)
tests_engines_minatod_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_open
