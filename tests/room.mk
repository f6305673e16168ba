# Unit tests: one CUnit program a room. Each room's fragment adds to unit_tests.
include tests/schemas/tests.mk
include tests/engines/tests.mk
include tests/base/tests.mk
include tests/matching/tests.mk
include tests/accuracy/tests.mk
include tests/store/tests.mk
include tests/client/tests.mk
include tests/errands/tests.mk
include tests/envelope/tests.mk
include tests/signature/tests.mk
include tests/assertion/tests.mk
include tests/transport/tests.mk
include tests/profiles/tests.mk
include tests/fuzz/tests.mk
include tests/faults/tests.mk
include tests/bench/tests.mk
include tests/audit/tests.mk
include tests/policy/tests.mk
include tests/mutation/tests.mk
include tests/operator/tests.mk
lints = tests/lint/rooms tests/lint/sealed tests/lint/grammars tests/lint/claims tests/lint/alerts tests/lint/driver \
	tests/lint/names tests/lint/samples tests/lint/columns tests/lint/tables tests/lint/metadata tests/lint/queries \
	tests/lint/leaks
TESTS += $(lints)
# These look at sources and texts and never run what was built: once, in the ordinary build, is as good as
# under each sanitizer. What runs a line of ours is never one of them.
unbuilt_tests = $(lints) tests/operator/bootstrap
# What the gate runs under the thread sanitizer (BRIEF=yes): the rooms that have threads, and black-box cases in which
# many ask at once or wait for others. tsan-check, asan-check and clang-check as they are leave nothing out.
brief_tests = conformance/run tests/base/workers_test tests/base/turns_test tests/base/spool_test \
	$(filter tests/audit/% tests/client/% tests/errands/% tests/transport/%,$(unit_tests)) \
	tests/engines/nodes_test tests/engines/order_test tests/engines/retaining_test tests/operator/long_work_test \
	tests/profiles/import_lanes_test \
	tests/store/blobs_test tests/store/faults_test tests/store/past_test tests/store/stop_test tests/store/store_test \
	tests/faults/long_work tests/faults/elsewhere
brief_cases = watched- again-at-once nobody-waits together beside flood pipelined caller-left ssmix2-import- iti41-s iti43-s
# In the coverage build each program begins with it (-u of configure.ac): itself neither counted nor guarded.
if COUNTED
counted_libs = tests/coverage/libtouched.a
noinst_LIBRARIES += $(counted_libs)
tests_coverage_libtouched_a_SOURCES = tests/coverage/touched.c
tests_coverage_libtouched_a_CFLAGS = -std=c17 -Wall -Wextra -Werror
endif
EXTRA_DIST += tests/coverage/floors tests/coverage/floors.tsv tests/coverage/excluded.tsv
EXTRA_DIST += $(lints) tests/cases/grammar

# Messages of our own making for everything that others' samples show, and tests/samples/make to write them.
# Tests read the samples beside this project where they are, and ours where they are not.
samples_makers = tests/samples/make tests/samples/attacks.py tests/samples/documents.py tests/samples/edge.py \
	tests/samples/ours.py tests/samples/patients_v2.py tests/samples/patients_v3.py tests/samples/people.py \
	tests/samples/ssmix2.py tests/samples/storages.py tests/samples/strangers.py
EXTRA_DIST += $(samples_makers)
check_DATA = own/made
own/made: $(samples_makers) conformance/lib/message.py
	$(AM_V_GEN)$(MKDIR_P) own && $(srcdir)/tests/samples/make own >own/made.new && mv own/made.new own/made
with_samples = test -d "$${MINATO_SHARED:-$(abs_top_srcdir)/../shared}/samples" || \
	{ MINATO_SHARED='$(abs_builddir)/own'; export MINATO_SHARED; };
# The tests that read samples, with ours although others' are there.
sampled_tests = conformance/run tests/base/normalise_test tests/envelope/ebrim_test tests/envelope/hl7v2_test \
	tests/envelope/hl7v2_patient_test tests/envelope/mtom_test tests/envelope/soap_test tests/envelope/xml_test \
	tests/profiles/iti18_test tests/profiles/iti44_test tests/profiles/iti45_test tests/profiles/ssmix2_samples_test \
	tests/transport/parser_test tests/lint/grammars tests/lint/samples
own-check: own/made
	$(AM_V_at)find . -name '*.trs' -delete
	+$(AM_V_at)made=0; MINATO_SHARED='$(abs_builddir)/own' $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(sampled_tests)' || made=$$?; \
		$(abs_top_srcdir)/bootstrap count "$$PWD" || made=1; exit $$made
.PHONY: own-check
