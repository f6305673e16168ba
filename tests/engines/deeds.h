/* tests/engines/deeds.h: what is done to a region, each deed a job of the store's own functions;
 * and what all of them have made of it, in words.
 *
 * A deed says who did what, by small numbers, and finds out what came of it. Each leaves a key of
 * its own, refused ones too: its commit tells the place of the deed in the order that the nodes
 * made of all. */
#ifndef TESTS_ENGINES_DEEDS_H
#define TESTS_ENGINES_DEEDS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/keys.h"

struct arena;
struct check_module;
struct store;

enum deed_kind {
	DEED_FEED,    /* a record, by its facility */
	DEED_MERGE,   /* other is merged into it; of one facility */
	DEED_PAIR,    /* it and other: apart, together, undone */
	DEED_CONFIRM, /* it is the same person as before */
	DEED_CONSENT, /* a decision about it */
	DEED_SUBMIT,  /* a document of it, which may replace one */
	DEED_SEND,    /* an errand to a partner */
	DEED_DELIVER, /* what became of the first errand of a partner */
	DEED_KNOW, /* what a partner knows it by: a code is asked for or revoked; an id is mapped,
			 unmapped, settled */
	DEED_KINDS
};

enum { DEED_FACILITIES = 3, DEED_PARTNERS = 3 };

struct deed {
	unsigned name; /* from 1: each another */
	enum deed_kind kind;
	unsigned facility, patient; /* whose record; of errands: patient is the partner */
	unsigned other_facility, other;
	unsigned variant;    /* what is said, decided or became of it */
	unsigned replaces;   /* the name of the deed that submitted what is replaced; 0 */
	bool wide;           /* errands: there is room for many */
	atomic_ulong *turns; /* counted up: within one commit the order of the deeds */
	/* Its last try's: */
	instant now;
	unsigned long turn;
	enum problem_code refused;
	bool kept; /* the job; a refused deed is kept as well */
};

void deed_do(struct deed *d, struct store *s);
struct key deed_key(const struct deed *d);

/* All that can be asked of the region about those patients, deeds and partners; nothing of it says
 * a number. The arena's. */
const char *deeds_portrait(struct store *s, struct arena *a, unsigned patients,
			   const struct deed *deeds, unsigned count);

/* Of whatever deeds write; findings are told to stderr. Returns how many there are. */
unsigned deeds_findings(struct store *s);

#endif
