/* gateway/client/call_groups.h: calls to partners, in groups: who gave a group is told when the
 * last of it is over.
 *
 * A call waits until its partner has a place for it, is under way, and is over when the partner has
 * answered or cannot be reached, when its time has passed, or when nobody wants the group's answers
 * any more. So a partner that is slow or silent costs its own places and nobody else's, and a group
 * is never longer here than it was given time.
 *
 * Exchanges and errands share a partner's places. Where both wait for one the exchange has it, for
 * somebody waits for that; an errand has the time of its call from when it began, not from when it
 * came.
 *
 * One thread has the groups (client_thread.h). From call_groups_add() until over() a group, its
 * calls and the arenas their answers are kept in are that thread's; over() is the last thing that
 * happens to it here. */
#ifndef GATEWAY_CLIENT_CALL_GROUPS_H
#define GATEWAY_CLIENT_CALL_GROUPS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/client/calls.h"

struct clock;
struct place;

enum {
	/* Of exchanges, and no more than one of so many descriptors of the process. Each is a
	 * socket and some memory of TLS. As many as wait, so that partners who do not answer, each
	 * with all the connections it may have, keep no place from the others. Errands are bounded
	 * by who gives them (gateway/errands/rounds.h). */
	CALLS_AT_ONCE = 1024,
	DESCRIPTORS_PER_CALL = 4,
	/* Each has its exchange's memory: more would only wait for their time to pass. */
	GROUPS_MOST = 1024,
};

/* Who is served first. */
enum call_rank { CALLS_OF_EXCHANGES, CALLS_OF_ERRANDS, CALL_RANKS };

enum call_state { CALL_WAITS, CALL_UNDER_WAY, CALL_OVER };

struct grouped_call {
	struct call call;     /* first */
	const char *partner;  /* whose places it takes */
	unsigned connections; /* that partner's places */
	/* It may take from when it begins, an exchange's no longer than its group; 0: what is left
	 * of its group's time then. */
	unsigned seconds;
	enum call_state state;
	int64_t took; /* when it is over: microseconds since it began; 0: it never did */
	/* call_groups.c's */
	enum call_rank rank; /* its group's */
	int64_t until;       /* its group's, or its own */
	int64_t began;
	struct place *place;
	struct grouped_call *next; /* of its group */
};

struct call_group {
	enum call_rank rank;
	struct grouped_call *calls; /* one at least, waiting */
	/* clock->elapsed(): over at the latest, or begun where a call has seconds of its own */
	int64_t until;
	const atomic_bool *unwanted;        /* NULL: it is always wanted */
	void (*over)(struct call_group *g); /* brief: everybody's calls wait for it */
	struct call_group *next;            /* call_groups.c's */
};

struct call_groups;

struct call_groups *call_groups_create(struct caller *caller,
				       const struct clock *c); /* NULL: no memory */
void call_groups_add(struct call_groups *all, struct call_group *g);
/* All there is to do now; never blocks. Microseconds until there is more, whatever the caller does;
 * less than 0: nothing waits for time. */
int64_t call_groups_step(struct call_groups *all);
/* Ends every call, and tells every group. */
void call_groups_give_up(struct call_groups *all);
void call_groups_destroy(struct call_groups *all); /* none is left; NULL is fine */

struct call_counts {                   /* of exchanges */
	uint64_t answered, unanswered; /* calls that are over */
	unsigned under_way, waiting;
};
void call_groups_count(const struct call_groups *all, struct call_counts *out); /* thread-safe */

#endif
