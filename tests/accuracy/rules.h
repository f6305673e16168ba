/* tests/accuracy/rules.h: what the exact rules (store/identity_rules.c) would link of a sample. */
#ifndef TESTS_ACCURACY_RULES_H
#define TESTS_ACCURACY_RULES_H

#include "store/identity_rows.h"
#include "tests/accuracy/sample.h"

/* Pairs of records, each counted once for a rule. */
struct rule_measure {
	unsigned long long right, wrong; /* linked, of one person or not */
	unsigned long long alone;        /* right, and by no other rule */
	unsigned long long refused;      /* of two persons, kept apart because they contradict */
};
enum { RULES_END = RULE_HOUSEHOLD + 1 };

void rules_measure(struct arena *a, const struct sample *s, struct rule_measure out[RULES_END]);

#endif
