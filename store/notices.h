/* store/notices.h: of which persons a system is still to be told (PIX Update Notification, ITI-10,
 * ITI-46).
 *
 * A notice is one person's, for one system, and says no more than that something changed: what
 * holds is asked when it is sent. So any number of changes is one notice, and a system that was
 * away for a week is told of each person once. A notice becomes an errand (store/errands.h) in the
 * job of the change; at most NOTICES_WAITING of a system are errands at a time, the others are late
 * and become errands as those are done. So a system that is away costs a row a person, not an
 * errand a change, and nothing that causes a notice is ever refused for it.
 *
 *	the job of a change		notice_put()
 *	the visit, in its snapshot	notice_of(), notice_get(): whose, and what was told last
 *	the job before it is sent	notice_leaves()
 *	the job that concludes it	notice_concluded()
 *
 * Promises, each with a test of the same name in tests/store/notices_test.c:
 *   N1  a change is told of by an errand that begins after it, whatever is on its way meanwhile
 *   N2  while one waits for a person no second does
 *   N3  beyond the bound nothing is lost: what is late comes as others are done
 *   N4  from when a message leaves until one was taken nobody knows what the system knows
 *
 * Only within a job, unless said. */
#ifndef STORE_NOTICES_H
#define STORE_NOTICES_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/region.h"

struct arena;
struct check_module;
struct errand;
struct store_txn;

/* The kind of errand (gateway/errands/kinds.h). */
#define NOTICE_ERRAND "pix-notification"

enum {
	/* A system that answers takes a hundred in some seconds; one that does not needs no
	 * more. */
	NOTICES_WAITING = 100,
	/* Beyond that the operator has to look first. */
	NOTICES_ASIDE = 100,
	NOTICE_DIGEST = 32
};

struct notice {
	uint64_t person;
	uint64_t change; /* of the person, as this system is concerned: counted */
	uint64_t errand; /* that will tell of it; 0: none */
	/* of what was told last, as who makes the message has it; only if was_told: the system took
	 * it, and no other one left since */
	unsigned char told[NOTICE_DIGEST];
	bool was_told;
};

/* Something changed of what the system may be told of that person. Nothing when it is not told of
 * changes (region_notified()). */
void notice_put(struct store_txn *t, const struct region *r, const struct registered_system *s,
		uint64_t person);

/* In a snapshot or a job. Whose errand it is; 0: it is none of a notice. */
uint64_t notice_of(const struct errand *e);
/* False: there is none (or the store failed); out then says so of that person. */
bool notice_get(struct store_txn *t, struct arena *a, const char *system, uint64_t person,
		struct notice *out);

/* How many of the system are late: not even errands yet. In a snapshot or a job. */
uint64_t notices_late(struct store_txn *t, struct arena *a, const char *system);

/* A message about that person leaves: it may be taken though nobody ever hears of that. */
void notice_leaves(struct store_txn *t, const char *system, uint64_t person);

/* The errand is gone from its queue, done or set aside. seen: the notice as it was when the message
 * was made; told: of what was told, NULL: nothing was. gone: there is no such person any more. */
void notice_concluded(struct store_txn *t, const struct region *r,
		      const struct registered_system *s, const struct notice *seen,
		      const unsigned char told[NOTICE_DIGEST], bool gone);

extern const struct check_module notices_check;

#endif
