/* store/overrides.h: who broke the glass: in an emergency, to see what a patient had closed.
 *
 * An override is what one asker at one system opens of one person's within a window of time; it
 * begins in the job that records the first of these exchanges, and ends when the window has passed.
 * It waits for two things, each in its own time: somebody reviews it, and the patient is told.
 * Neither is ever taken back, and no override is ever removed. Promises (tests/store/
 * overrides_test.c):
 *   V1  within the window it is one override, and behind it another one
 *   V2  what has begun ends once
 *   V3  it waits for review, and for the patient to be told, until that is said; once
 *   V4  lists are in the order of their beginning, and go on where they ended
 *   V5  the errand by which the patient is told is made once, with the override; what becomes of
 *       it, dropped or not taken, leaves the patient among those untold
 *
 * Only within a job, unless said. Texts are borrowed from the arena. */
#ifndef STORE_OVERRIDES_H
#define STORE_OVERRIDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct errand;
struct partner;
struct store_txn;

/* The kind of errand by which a patient is told. */
#define OVERRIDE_ERRAND "patient-notice"

enum { OVERRIDE_ID = 8 }; /* octets: its second, and chance; told in hexadecimal digits */

struct override {
	const char *id;           /* made when it begins */
	const char *system;       /* by whose certificate */
	const char *asker;        /* what the audit log calls him */
	const char *display;      /* his name, to be read; or NULL */
	const char *role;         /* CODE^SCHEME, the first he was given; or NULL */
	const char *organization; /* organization-id; or NULL */
	const char *purpose;      /* CODE^SCHEME */
	const char *reason;       /* his own words */
	uint64_t person, record;  /* of the first access; numbers of store/identity.h */
	const char *patient;      /* the person's id in the affinity domain then, CX */
	const char *exchange;     /* of the first access */
	instant since, until;
	instant ended; /* 0: it goes on, or nobody has looked since */
	uint64_t accesses;
	instant reviewed; /* 0: not yet; else by whom, and what he found */
	const char *reviewed_by, *review;
	instant told; /* the patient; 0: not yet; else by whom, and how */
	const char *told_by, *told_how;
	uint64_t errand; /* by which he is told; 0: there was none */
	struct override *next;
};

/* What of them is walked. */
enum override_list { OVERRIDES_ALL, OVERRIDES_UNREVIEWED, OVERRIDES_UNTOLD };

/* An access. said: whose, by whom, why, since (now) and until; the rest is made here. The override
 * it belongs to is *out; *began: it is the first of it. Those of the same that are past end, as
 * *ended. False: the store failed. */
bool override_access(struct store_txn *t, struct arena *a, const struct override *said,
		     struct override *out, bool *began, struct override **ended);
/* Those whose window has passed end, so many at most. False: the store failed. */
bool overrides_end(struct store_txn *t, struct arena *a, instant now, unsigned most,
		   struct override **ended);
/* In a snapshot or a job: there is something for overrides_end(). */
bool overrides_are_due(struct store_txn *t, instant now);

/* In a snapshot or a job. False: there is none (or the store failed). */
bool override_get(struct store_txn *t, struct arena *a, const char *id, struct override *out);
/* From the first behind `after` (an id, or NULL: the first). In a snapshot or a job. */
struct override *overrides_list(struct store_txn *t, struct arena *a, enum override_list which,
				const char *after, size_t most, size_t *count);

/* By whom and what he found; how he was told. False: it was before (or the store failed). */
bool override_review(struct store_txn *t, struct override *o, const char *by, const char *found);
bool override_told(struct store_txn *t, struct override *o, const char *by, const char *how);

/* In the job that began it: an errand to that partner, which tells the patient. Where it has too
 * many there is none, and the override waits for a letter as it would without. False: the store
 * failed. */
bool override_send(struct store_txn *t, struct override *o, const struct partner *to);
/* In a snapshot or a job: the override an errand is of. False: of none. */
bool override_of_errand(struct store_txn *t, struct arena *a, const struct errand *e,
			struct override *out);

/* In a snapshot or a job; all that wait are walked. */
struct override_counts {
	uint64_t open, unreviewed, late, untold;
};
/* late: of those unreviewed the ones that began before that. */
void overrides_count(struct store_txn *t, instant before, struct override_counts *out);

extern const struct check_module overrides_check;

#endif
