/* gateway/errands/visit.h: one errand on its way: what is sent, and what became of it. */
#ifndef GATEWAY_ERRANDS_VISIT_H
#define GATEWAY_ERRANDS_VISIT_H

#include <stdbool.h>

#include "gateway/client/call_groups.h"
#include "gateway/errands/kinds.h"
#include "gateway/errands/rounds.h"
#include "store/errands.h"

struct rounds_settings;

/* A partner as the configuration has it. */
struct errand_partner {
	const char *name, *url;
	struct client_identity us;
	unsigned connections; /* at a time, to its address */
	unsigned answer_seconds, give_up_seconds;
	const char *device_id; /* of who is told by HL7 v3; or NULL */
	bool locked_out;       /* for whom it is: it waits until that is over */
};

struct visit {
	struct grouped_call call; /* first; only while it is not under way is it the visit's */
	struct call_group group;  /* of that one */
	struct visit *next;       /* outbox.c's */
	struct arena *arena;
	const char *partner, *address;  /* the queue; in the arena */
	const char *lease;              /* its name */
	struct errand errand;           /* number 0: there was none */
	const struct errand_kind *kind; /* NULL: not known here */
	struct errand_message message;  /* of a kind that is composed */
	uint64_t sent;                  /* its try (store/errands_sent.h); 0: it is none */
	unsigned failures;              /* of the queue, before */
	unsigned files;                 /* open for it */
	unsigned connections;           /* to its address, at a time; 0: not known yet */
	instant give_up;                /* not tried again after that */
	bool over;                      /* there is a verdict to be written */
	enum verdict verdict;
	bool answered;
	const char *why;
};

/* NULL: no memory. */
struct visit *visit_create(const char *partner, const char *address);
void visit_destroy(struct visit *v); /* NULL is fine */
/* Reads the first errand of its queue and makes the call of it. False: there is nothing to call
 * for: the verdict is there, or the queue was empty; or, with p set, the store could not be
 * read. */
bool visit_prepare(struct visit *v, const struct rounds_settings *s, struct problem *p);
/* The call is over: the verdict. */
void visit_judge(struct visit *v, instant now);

#endif
