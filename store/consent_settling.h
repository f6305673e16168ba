/* store/consent_settling.h: what holds for each record of a person, as it is found out. Only
 * store/consent_settle.c and store/consent_past.c include this. */
#ifndef STORE_CONSENT_SETTLING_H
#define STORE_CONSENT_SETTLING_H

#include "store/consent_rows.h"

struct identity_core;
struct identity_row;
struct identity_work;

/* Who decided: a record as it was then, and whether he speaks for the record that is looked at. */
struct giver {
	uint64_t number, version;
	const struct identity_core *core; /* NULL: nobody can tell any more */
	bool speaks;
	struct giver *next;
};

/* What is kept with a record. */
struct word {
	struct identity_row *row;
	struct consent_row kept;
	struct giver **givers;        /* one an event */
	const char **room;            /* for the facilities excluded */
	const char **room_included;   /* and for those included */
	struct consent_grant *grants; /* room for them */
	bool timed;                   /* some event is */
};

struct settling {
	struct identity_work *work;
	struct word *words;
	size_t count;
	struct giver *givers;
	instant *turns; /* when anything begins or ends */
	size_t turn_count;
	instant now;
};

/* Who gave the word's events, and room for what they say. */
void consent_read_word(struct settling *s, struct word *w);
/* What holds for the word's record at that instant, by all of the words. */
struct participation consent_settled(struct settling *s, const struct word *w, instant at);

#endif
