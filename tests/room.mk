# Unit tests: one CUnit program a room. Each room's fragment adds to unit_tests.
include tests/base/tests.mk
include tests/store/tests.mk
include tests/envelope/tests.mk
include tests/transport/tests.mk
include tests/profiles/tests.mk
include tests/fuzz/tests.mk
include tests/faults/tests.mk
include tests/bench/tests.mk
include tests/audit/tests.mk
include tests/policy/tests.mk
include tests/mutation/tests.mk
include tests/operator/tests.mk
TESTS += tests/lint/rooms tests/lint/grammars tests/lint/claims tests/lint/driver tests/lint/samples
EXTRA_DIST += tests/lint/rooms tests/lint/grammars tests/lint/claims tests/lint/driver tests/lint/samples tests/cases/grammar
