/* matching/weights.h: how much each level of each field weighs (Fellegi and Sunter 1969).
 *
 * Two records may be of one person, of two strangers, or of two who live together: relatives share
 * a name, an address, a phone and an insurance, and only who they are tells them apart. So each
 * level has three probabilities, and a pair two totals: against strangers and against relatives,
 * each the sum of log2(same / other) over all fields. A field that is not said weighs nothing.
 *
 * A family's or a given name that is the same weighs by how common it is: against strangers the
 * chance that any two names are the same is exchanged for the share of this one.
 *
 * Constant once made, so that many threads may score with it at once; whoever learns others makes
 * another one, and whoever holds it exchanges the pointer. */
#ifndef MATCHING_WEIGHTS_H
#define MATCHING_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "matching/compare.h"

struct arena;
struct problem;

enum match_class { MATCH_SAME, MATCH_STRANGER, MATCH_RELATIVE, MATCH_CLASSES };

/* How many names have a share of their own. The 5,000 most common family names are most of Japan
 * (japan.md C8); rarer ones weigh as the rest. */
enum { MATCH_RARITIES_MOST = 8192, MATCH_RARITY_TEXT = 128 };

struct match_rarity {
	uint64_t value;   /* struct match_part's */
	const char *form; /* for the text form */
	double share;     /* of all people */
};

/* Of FIELD_GIVEN or FIELD_FAMILY; chance 0: nothing is known, every value weighs the same. */
struct match_rarities {
	double chance;           /* that two people's are the same */
	double rest;             /* the share of one that is not listed */
	struct match_rarity *at; /* by value */
	size_t count;
};

struct match_weights {
	double records; /* of the region the priors are for */
	/* log2 of the odds, before anything is known, that a pair is of one person and not of
	 * strangers, and not of relatives. */
	double prior_stranger, prior_relative;
	/* Totals, in bits: from which a pair is linked without asking, and from which somebody is
	 * asked. Fixed beforehand, not learnt. */
	double link_at, review_at;
	double probability[MATCH_CLASSES][MATCH_FIELDS][MATCH_LEVELS_MOST]; /* 0 for NOT_SAID */
	double bits[MATCH_CLASSES][MATCH_FIELDS][MATCH_LEVELS_MOST]; /* of MATCH_SAME: unused */
	struct match_rarities rarities[2];                           /* FIELD_GIVEN, FIELD_FAMILY */
	uint32_t id; /* match_weights_id(), of those that are not changed any more; else 0 */
};

/* Which they are, short: of their text form, so that a set is known again wherever it is read, and
 * never 0. What is decided is kept with it (store/match_queue.h). Those that were read, and a
 * region's, know it; of others it is made each time. */
uint32_t match_weights_id(const struct match_weights *w);

/* What is shipped. */
struct match_weights *match_weights_default(struct arena *a);
/* By value, as they are looked up. */
void match_rarities_sort(struct match_rarities *r);
/* Probabilities in (0, 1) that add up to one, and bits made of them. After any of them changed. */
void match_weights_settle(struct match_weights *w);
/* As for a region of that many people: among more of them more strangers agree by chance. */
void match_weights_for(struct match_weights *w, double records);

/* Against that class, at that level; value: struct match_comparison's, or 0. */
double match_weight(const struct match_weights *w, enum match_class against, enum match_field field,
		    unsigned level, uint64_t value);

/* The text form, UTF-8, one fact a line:
 *	minato-match-weights 1
 *	records 1000000
 *	prior -20 -1
 *	threshold 10 -3
 *	level given same 0.7 0.0012 0.0003
 *	rarity family 0.00204 1e-05
 *	value family 佐藤 0.0151
 *	end
 * All lines but those of rarities are required, in any order between the first and the last. A
 * line that begins with # is for people. */
struct bytes match_weights_write(struct arena *a, const struct match_weights *w);
/* NULL, and the problem says in which line. */
struct match_weights *match_weights_read(struct arena *a, struct bytes text, struct problem *p);

#endif
