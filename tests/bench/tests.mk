# `make bench`: the figures the project promises, measured (tests/bench/bench.c).
EXTRA_PROGRAMS += tests/bench/bench
bench_sources = tests/bench/bench.h tests/bench/crowd.c tests/bench/crowd.h tests/bench/goals.c $(bulk_sources) \
	tests/bench/load.c tests/bench/load.h tests/bench/machine.c tests/bench/machine.h \
	tests/bench/messages.c tests/bench/messages.h tests/bench/null_house.c tests/bench/null_house.h \
	tests/bench/people.c tests/bench/people.h tests/bench/place.c tests/bench/place.h \
	tests/bench/rounds.c tests/bench/rounds.h tests/bench/server.c
tests_bench_bench_SOURCES = tests/bench/assertions.c tests/bench/beside.c tests/bench/bench.c tests/bench/checking.c tests/bench/daemon.c \
	tests/bench/handshakes.c tests/bench/held.c tests/bench/long.c \
	tests/bench/misbehaving.c tests/bench/misbehaviours.c tests/bench/misbehaviours.h \
	tests/bench/policy_cost.c tests/bench/rates.c $(bench_sources)
tests_bench_bench_CPPFLAGS = $(AM_CPPFLAGS) \
	-DBENCH_MESSAGES='"$(abs_top_srcdir)/tests/bench/asked"' \
	-DBENCH_POLICIES='"$(abs_top_srcdir)/dist/policies"' \
	-DBENCH_ASSERTIONS='"$(abs_top_srcdir)/tests/cases/assertion"'
tests_bench_bench_LDADD = $(MINATO_LIBS)
EXTRA_DIST += tests/bench/asked

# Regions of any size (tests/bench/bulk.h), and that they are what exchanges would have made.
bulk_sources = tests/bench/bulk.c tests/bench/bulk.h tests/bench/bulk_engine.c tests/bench/bulk_engine.h \
	tests/bench/population.c tests/bench/population.h
unit_tests += tests/bench/bulk_test
tests_bench_bulk_test_SOURCES = tests/bench/bulk_test.c $(bulk_sources) tests/bench/machine.c \
	tests/bench/machine.h tests/bench/messages.c tests/bench/messages.h tests/store/people.h tests/store/fixture.h
tests_bench_bulk_test_CPPFLAGS = $(tests_bench_bench_CPPFLAGS)
tests_bench_bulk_test_LDADD = $(TEST_LIBS)

CLEANFILES += tests/bench/bench

.PHONY: bench
bench: tests/bench/bench $(bin_PROGRAMS) $(sbin_PROGRAMS)
	tests/bench/bench

# What one honest system feels of 32 that misbehave, and of one that is loud. About five minutes, or
# half a minute for one sort of them: make bench-misbehaving SORT="40 MiB"
bench-misbehaving: tests/bench/bench $(bin_PROGRAMS) $(sbin_PROGRAMS)
	BENCH_ONLY=misbehaving BENCH_SORT="$(SORT)" tests/bench/bench
.PHONY: bench-misbehaving

# What the size of a region costs: sizes of BENCH_SIZES, 10,000 and 100,000 persons without it.
EXTRA_PROGRAMS += tests/bench/growth
tests_bench_growth_SOURCES = tests/bench/growth.c tests/bench/growth.h tests/bench/growth_region.c $(bench_sources)
tests_bench_growth_CPPFLAGS = $(tests_bench_bench_CPPFLAGS)
tests_bench_growth_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/bench/growth
bench-growth: tests/bench/growth $(bin_PROGRAMS) $(sbin_PROGRAMS)
	tests/bench/growth
.PHONY: bench-growth

# People as clerks write them down, and the batch deduplication of their records.
residents_sources = tests/bench/residents.c tests/bench/residents.h tests/bench/residents_names.c \
	tests/bench/residents_names.h tests/bench/dedup.c tests/bench/dedup.h tests/bench/dedup_kept.c \
	tests/bench/dedup_kept.h tests/bench/residents_dedup.c tests/bench/residents_dedup.h
unit_tests += tests/bench/residents_test
tests_bench_residents_test_SOURCES = tests/bench/residents_test.c tests/bench/machine.c tests/bench/machine.h \
	tests/bench/population.c tests/bench/population.h $(residents_sources)
tests_bench_residents_test_LDADD = $(TEST_LIBS)
EXTRA_PROGRAMS += tests/bench/dedup
tests_bench_dedup_SOURCES = tests/bench/dedup_main.c tests/bench/machine.c tests/bench/machine.h \
	tests/bench/population.c tests/bench/population.h $(residents_sources)
tests_bench_dedup_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/bench/dedup

# Identity alone: persons loaded in bulk, asked for, fed and matched; the batch deduplication. Sizes
# of BENCH_SIZES, 10,000 and 1,000,000 persons without it.
EXTRA_PROGRAMS += tests/bench/identity
tests_bench_identity_SOURCES = tests/bench/identity.c tests/bench/identity.h tests/bench/identity_asking.c \
	tests/bench/growth.h tests/bench/growth_region.c $(residents_sources) $(bench_sources)
tests_bench_identity_CPPFLAGS = $(tests_bench_bench_CPPFLAGS)
tests_bench_identity_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/bench/identity
bench-identity: tests/bench/identity $(bin_PROGRAMS) $(sbin_PROGRAMS)
	tests/bench/identity
.PHONY: bench-identity

# The Document Registry at the size of a region; of BENCH_SIZES entries, 10,000 and 1,000,000 without it.
EXTRA_PROGRAMS += tests/bench/registry
tests_bench_registry_SOURCES = tests/bench/registry.c tests/bench/growth.h tests/bench/growth_region.c $(bench_sources)
tests_bench_registry_CPPFLAGS = $(tests_bench_bench_CPPFLAGS)
tests_bench_registry_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/bench/registry
bench-registry: tests/bench/registry $(bin_PROGRAMS) $(sbin_PROGRAMS)
	tests/bench/registry
.PHONY: bench-registry

# Audit records by the thousand while their repository is away: BENCH_SECONDS=3600 for an hour, four minutes without it.
EXTRA_PROGRAMS += tests/bench/audit
tests_bench_audit_SOURCES = tests/bench/arr.c tests/bench/arr.h tests/bench/audit.c $(bench_sources)
tests_bench_audit_CPPFLAGS = $(tests_bench_bench_CPPFLAGS)
tests_bench_audit_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/bench/audit
bench-audit: tests/bench/audit $(bin_PROGRAMS) $(sbin_PROGRAMS)
	tests/bench/audit
.PHONY: bench-audit

# Does time tell what is hidden from what is not there? About two minutes.
leak-timing: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/leak-timing --build $(abs_builddir)
.PHONY: leak-timing
EXTRA_DIST += tests/bench/leak-timing

# What an answer of 100,000 entries takes. About three minutes.
long-answers: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/long-answers
.PHONY: long-answers
EXTRA_DIST += tests/bench/long-answers

# How long a link, an unlink, a change of number and a merge of a patient with 100,000 entries take. About three minutes.
moving-patients: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/moving-patients
.PHONY: moving-patients
EXTRA_DIST += tests/bench/moving-patients

# A storage that is watched: first load, a look at what did not change, and the lag.
bench-ssmix2: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/ssmix2
.PHONY: bench-ssmix2
EXTRA_DIST += tests/bench/ssmix2

# Between communities: a document of BENCH_MIB (64) MiB relayed, beside a plain copy; many asked at once.
EXTRA_PROGRAMS += tests/bench/partners
tests_bench_partners_SOURCES = tests/bench/partners.c
tests_bench_partners_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/bench/partners
bench-federation: all tests/bench/partners
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/relay
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/fan-out
.PHONY: bench-federation
EXTRA_DIST += tests/bench/relay tests/bench/fan-out

# What many documents in one answer take. About a minute.
many-documents: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/bench/many-documents
.PHONY: many-documents
EXTRA_DIST += tests/bench/many-documents
