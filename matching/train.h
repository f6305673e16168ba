/* matching/train.h: weights learnt from a region's own records, without being told who is who.
 *
 * Expectation and maximisation over three classes (matching/weights.h). Two streams are counted, in
 * any order and once: candidates, the pairs that share a key (matching/candidates.h), and pairs
 * drawn at random that share none. All pairs of a region are known in number, so the strangers
 * among the candidates are not mistaken for a fair draw of strangers: what blocking finds is added
 * to what chance finds, each in its number.
 *
 * What was known before (the weights it begins from) counts as some pairs more, so that a level
 * nobody met yet keeps its probability, and a small region does not forget what a large one taught.
 * Thresholds are kept as they were: they are promises, not estimates.
 *
 * Bounded memory: pairs are kept as patterns of levels with their number. One thread at a time. */
#ifndef MATCHING_TRAIN_H
#define MATCHING_TRAIN_H

#include <stdint.h>

#include "matching/compare.h"
#include "matching/weights.h"

struct arena;
struct match_training;

/* from: borrowed until the end; records: how many the region has. */
struct match_training *match_training_begin(struct arena *a, const struct match_weights *from,
					    uint64_t records);
void match_training_record(struct match_training *t, const struct match_features *f);
void match_training_candidate(struct match_training *t, const struct match_comparison *c);
void match_training_random(struct match_training *t, const struct match_comparison *c);

struct match_trained {
	struct match_weights *weights; /* in the arena; fit for use */
	unsigned rounds;
	double same, relatives; /* expected pairs among the candidates */
	uint64_t left_out;      /* pairs and names beyond the bounds */
};

/* False: there were no candidates to learn from. Deterministic. */
bool match_training_end(struct match_training *t, struct match_trained *out);

#endif
