/* gateway/readiness.h: whether we are ready, tried and not assumed.
 *
 * Each part is asked for something small of what it is there for, and has so long to do it; nobody
 * who asks waits much longer. One thread of its own asks, for all that came meanwhile together; a
 * part that has not answered is not asked again until it has, so that nothing piles up before it.
 * What is answered was done after the question came, but for whoever says that what was seen
 * lately will do. */
#ifndef GATEWAY_READINESS_H
#define GATEWAY_READINESS_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct clock;
struct journey;
struct readiness;
struct store;
struct workers;

enum ready_part {
	READY_WORKERS,   /* one has taken a question */
	READY_STORE,     /* something was read, in a snapshot that did not fail */
	READY_COMMITTER, /* a job was kept, and flushed */
	READY_DISK,      /* has room for documents */
	READY_AUDIT,     /* no audit repository lacks more records than is allowed */
	READY_PARTS
};

struct ready_seen {
	struct {
		bool unknown;           /* it could not be asked, for another part is not ready */
		struct problem problem; /* none: ready, or unknown */
	} parts[READY_PARTS];
	uint64_t audit_records; /* when the store last told */
};

/* Embedded in whoever asks; lives until answered() has been called, on the thread that asks the
 * parts, or within readiness_ask(). */
struct ready_asker {
	void (*answered)(struct ready_asker *a);
	struct journey *journey; /* whose it is; not looked at here */
	unsigned within;         /* seconds */
	/* microseconds: what was seen in a round that ended so lately will do; 0: a new one */
	int64_t may_be_old;
	struct ready_seen seen;
	struct ready_asker *next; /* its own */
};

/* What is still to be delivered, of a log of so many records: false: too much, and p says so. */
struct ready_audit {
	bool (*look)(void *self, uint64_t records, struct problem *p);
	void *self;
};

struct readiness *readiness_start(struct store *s, struct workers *w, const struct clock *c,
				  const struct ready_audit *audit); /* copied */
void readiness_ask(struct readiness *r, struct ready_asker *a);     /* thread-safe */
void readiness_stop(struct readiness *r);                           /* answers all; NULL is fine */
/* When workers and store have ended, too: they may still owe an answer. NULL is fine. */
void readiness_destroy(struct readiness *r);

/* The first part that is not ready; READY_PARTS: all are. */
enum ready_part ready_first_problem(const struct ready_seen *s);
const char *ready_part_name(enum ready_part part); /* "workers" */
/* What to do when that part is not ready. */
const char *ready_remedy(const struct ready_seen *s, enum ready_part part);

#endif
