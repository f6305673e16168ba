/* store/match_seek.h: whom a description may be that is nobody's record, as another community asks
 * (ITI-55): by the rules and weights by which records are linked (store/identity.h, matching/), in
 * a snapshot. Nothing is kept, and nothing waits for anybody: a question is no record.
 *
 * Who asks is shown less than is found: the caller looks at each before it counts.
 *
 * What is made lives in the arena. Thread-safety: as the transaction; a description is constant. */
#ifndef STORE_MATCH_SEEK_H
#define STORE_MATCH_SEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/patient.h"

struct arena;
struct match_description;
struct region;
struct store_txn;

/* Its forms, made once, before there is a store. */
const struct match_description *match_describe(struct arena *a,
					       const struct patient_demographics *d);

/* A record that may be of whom is described: active, a facility's. */
struct match_sight {
	uint64_t record, person, version;
	/* An exact rule, or where the region links by scores the score, makes them one, and the
	 * record does not rest (I7). Else somebody would have to look. */
	bool sure;
	unsigned degree; /* percent; 100: by an exact rule */
	int64_t updated;
	struct match_sight *next;
};

/* Records looked at by one question: all that share a key that is not cut, and more. */
enum { MATCH_SEEK_MOST = 512 };

/* Those that share a key or evidence with it and do not contradict it. NULL: none, or the store
 * failed. */
struct match_sight *match_seek(struct store_txn *t, struct arena *a, const struct region *r,
			       const struct match_description *d);
/* The same of one record, found otherwise. False: it contradicts, does not speak for anybody, or
 * cannot be read. */
bool match_seek_record(struct store_txn *t, struct arena *a, const struct region *r,
		       const struct match_description *d, uint64_t record, struct match_sight *out);

#endif
