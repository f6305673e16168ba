/* matching/score.h: what two records are to each other, and why.
 *
 * Three outcomes. Link: one person, nobody need be asked. Review: somebody must look. Apart:
 * nothing to say. The totals alone never link: chance pairs of one name and birth date grow with
 * the square of a region, and relatives share all that a household has (japan.md C7). So beside the
 * threshold stand rules, each a row with its name: something of where people live or are insured
 * must corroborate (more where something else differs), and what forbids forbids whatever agrees
 * (D7). A rule leaves a pair to review at best; only totals set it apart.
 *
 * A decision is explained by the same numbers that made it: struct match_score has each field's
 * level and weights and the running totals. Pure functions, thread-safe. */
#ifndef MATCHING_SCORE_H
#define MATCHING_SCORE_H

#include "matching/compare.h"
#include "matching/weights.h"

enum match_outcome { MATCH_APART, MATCH_REVIEW, MATCH_LINK };

/* Why a pair above the threshold is not linked, one bit each. */
enum match_rule {
	RULE_GIVEN_NAMES,  /* they agree in no view (D7); twins are called so */
	RULE_BIRTH_DATES,  /* two parts differ, or one is not said */
	RULE_SEXES,        /* they differ, and not all else is the same */
	RULE_ALONE,        /* nothing of where somebody lives or is insured agrees */
	RULE_WEAKNESSES,   /* one thing differs too much for what corroborates, or too many do */
	RULE_OTHER_BRANCH, /* of one household's insurance, another person */
	RULE_ONE_DOMAIN,   /* two living ids of one domain, and not all the same */
	RULE_BIRTH_ORDER,  /* of a multiple birth, and not surely the same one */
	RULE_NO_NAME,      /* a newborn, an unknown or a test patient */
	MATCH_RULES
};

struct match_step {
	enum match_field field;
	unsigned level;
	double stranger, relative;             /* the weights, in bits */
	double total_stranger, total_relative; /* up to here, the priors included */
};

struct match_score {
	enum match_outcome outcome;
	double total_stranger, total_relative, total; /* total: the less of both */
	unsigned rules;                               /* 1 << enum match_rule */
	struct match_step steps[MATCH_FIELDS];
};

/* What `total` stands for: the probability that they are one person. */
double match_probability(const struct match_score *s);
struct match_score match_score(const struct match_comparison *c, const struct match_weights *w);

const char *match_outcome_name(enum match_outcome outcome);
const char *match_rule_name(enum match_rule rule);
/* A line for each field that was said, then thresholds, rules and outcome. No demographics: field
 * and level names, and numbers. */
const char *match_explained(struct arena *a, const struct match_score *s,
			    const struct match_weights *w);

#endif
