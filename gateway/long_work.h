/* gateway/long_work.h: what takes long has a place of its own: a few threads, and some who wait.
 *
 * The life of a long work, which is embedded in its journey:
 *
 *	long_works_take()	it waits behind those that came before; or is refused, when as many
 *				wait as may
 *	run()			on a thread of the pool when there is a place; or, when it was given
 *				up while it waited, on the thread that noticed: `unwanted` is then
 *				set, and run() concludes it without beginning it
 *	long_works_end()	by run(), before the journey goes on; nobody sees it any more
 *
 * While it is known here anybody may look at it (long_works_each()) or have it end
 * (long_works_cancel()), on any thread. */
#ifndef GATEWAY_LONG_WORK_H
#define GATEWAY_LONG_WORK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "gateway/base/progress.h"
#include "gateway/base/workers.h"
#include "schemas/tables/problem.h"

struct long_works;

/* How many may run: a check and an import at once; who wants a third waits for one of them. */
enum { LONG_WORK_PLACES = 2 };
/* What a client may call its work, so that it can ask for it: letters, digits and '-'. */
enum { LONG_WORK_NAME = 32 };

struct long_work {
	void (*run)(struct long_work *w);
	/* Set by give_up(), and by others when nobody waits for it any more. */
	const atomic_bool *unwanted;
	void (*give_up)(struct long_work *w);
	const char *what, *by, *exchange; /* "ssmix2 import", "uid 0" */
	const char *name;                 /* the client's; NULL: none */
	instant since;
	struct progress progress;
	/* Its own, under the lock of all. */
	struct job job;
	struct long_works *all; /* NULL: not taken */
	struct long_work *next;
	bool waits;
	atomic_bool cancelled; /* somebody said so */
};

struct long_works_counts {
	unsigned at_work, waiting; /* those nobody waits for any more do not count */
	uint64_t refused, cancelled;
};

struct long_works *long_works_create(unsigned places); /* NULL: no memory or threads */
void long_works_destroy(struct long_works *all);       /* runs what waits; NULL is fine */
/* most: how many may wait. False: PROBLEM_NO_PLACE, or its name is one that is in use. */
bool long_works_take(struct long_works *all, struct long_work *w, unsigned most, struct problem *p);
void long_works_end(struct long_work *w); /* one that was not taken is fine */
/* False: PROBLEM_NOT_FOUND. It may be over before it notices. */
bool long_works_cancel(struct long_works *all, const char *name, struct problem *p);
/* In the order they came, under the lock: what is told of one is true at one moment. */
void long_works_each(struct long_works *all, void (*look)(void *with, struct long_work *w),
		     void *with);
void long_works_count(struct long_works *all, struct long_works_counts *out);
bool long_work_name_is_one(const char *name);

#endif
