/* tests/accuracy/measure.h: what a set of weights makes of a sample. */
#ifndef TESTS_ACCURACY_MEASURE_H
#define TESTS_ACCURACY_MEASURE_H

#include "matching/score.h"
#include "tests/accuracy/pairs.h"

struct quality {
	uint64_t right, wrong, missed; /* pairs */
};

struct measure {
	uint64_t records, true_pairs, candidates, candidates_true;
	struct quality links;     /* pairs linked without asking */
	struct quality partition; /* the same, and what follows from them: persons */
	struct quality likely; /* pairs that are more likely one person's than not, linked or not */
	struct quality seen;   /* linked, or shown to somebody */
	uint64_t review;       /* pairs shown to somebody */
	uint64_t one_domain;   /* of them true pairs that only RULE_ONE_DOMAIN keeps */
	uint64_t parted;       /* persons that were not made, for two of their records are apart */
	double comparisons;    /* a second */
};

/* show: how many of the wrong links and missed pairs are explained on standard output. */
struct measure measure(struct arena *a, const struct sample *s, const struct pairs *p,
		       const struct match_weights *w, unsigned show);
/* Learnt from it without its truth. */
const struct match_weights *measure_learn(struct arena *a, const struct sample *s,
					  const struct pairs *p, const struct match_weights *from);

double quality_precision(const struct quality *q);
double quality_recall(const struct quality *q);
double quality_f1(const struct quality *q);

#endif
