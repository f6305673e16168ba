/* gateway/readiness.c: whether we are ready, tried and not assumed. */
#include "gateway/readiness.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/workers.h"
#include "store/audit_log.h"
#include "store/store.h"

static const struct {
	const char *name, *silent, *remedy;
} parts[READY_PARTS] = {
	[READY_WORKERS] = {
		.name = "workers",
		.silent = "no worker has taken a question: all are at work, or stuck",
		.remedy = "look for a disk or a file that does not answer, and for load; raise "
			  "workers in minato.conf if there is only too much to do",
	},
	[READY_STORE] = {
		.name = "store",
		.silent = "what was to be read of the store has not come",
		.remedy = "look at the disk of the data directory and at the log",
	},
	[READY_COMMITTER] = {
		.name = "committer",
		.silent = "nothing was kept and flushed",
		.remedy = "look at the disk of the data directory: a flush does not come back",
	},
	[READY_DISK] = {
		.name = "disk",
		.silent = "the disk has not told what room it has",
		.remedy = "look at the disk of the data directory",
	},
	[READY_AUDIT] = {
		.name = "audit",
		.silent = "it is not known what the audit repositories have",
		.remedy = "look at the audit repository and the line to it; minato status says "
			  "since when it has not been reached",
	},
};

struct probe {
	struct readiness *readiness;
	union {
		struct job job;
		struct store_job write;
	};
	bool outstanding; /* it has not come back, perhaps for longer than one round */
	bool begun;
};

struct readiness {
	struct store *store;
	struct workers *workers;
	const struct clock *clock;
	struct ready_audit audit;
	pthread_t thread;
	pthread_mutex_t lock; /* over all that follows */
	pthread_cond_t changed;
	struct ready_asker *first, **end;
	struct probe worker, reader, writer;
	bool answered[READY_PARTS]; /* in this round */
	struct problem problems[READY_PARTS];
	uint64_t audit_records;
	struct ready_seen last; /* in the round before this one */
	int64_t last_at;        /* when it ended, of the clock's elapsed() */
	bool any;               /* there was one */
	bool ending;
};

/* ---- The parts answer, each on its own thread ---- */

static void answer(struct readiness *r, enum ready_part part, const struct problem *p)
{
	pthread_mutex_lock(&r->lock);
	r->problems[part] = *p;
	r->answered[part] = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

static void note(struct probe *p, bool begun, bool outstanding)
{
	pthread_mutex_lock(&p->readiness->lock);
	p->begun = begun;
	p->outstanding = outstanding;
	pthread_mutex_unlock(&p->readiness->lock);
}

static void take_question(struct job *job)
{
	struct probe *w = (struct probe *)((char *)job - offsetof(struct probe, job));
	struct problem none = { .code = PROBLEM_NONE };
	note(w, false, false);
	answer(w->readiness, READY_WORKERS, &none);
}

struct reading {
	struct store_txn *txn;
	struct audit_heads heads;
	bool read;
};

static void read_heads(void *with)
{
	struct reading *r = with;
	r->read = audit_log_heads(r->txn, store_arena(r->txn), &r->heads);
}

static uint64_t read_store(struct readiness *r, struct problem *p)
{
	struct reading reading = { .txn = store_begin_read(r->store, p) };
	if (reading.txn != NULL && !arena_run(store_arena(reading.txn), read_heads, &reading))
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to read the store");
	if (reading.txn != NULL && store_failed(reading.txn))
		*p = *store_problem(reading.txn);
	store_end(reading.txn);
	if (!reading.read && p->code == PROBLEM_NONE)
		problem_set(p, PROBLEM_INTERNAL, "the end of the audit log cannot be read");
	pthread_mutex_lock(&r->lock);
	if (reading.read)
		r->audit_records = reading.heads.entries;
	pthread_mutex_unlock(&r->lock);
	return reading.heads.entries;
}

static void read_and_look(struct job *job)
{
	struct probe *reader = (struct probe *)((char *)job - offsetof(struct probe, job));
	struct readiness *r = reader->readiness;
	struct problem p = { .code = PROBLEM_NONE }, room = { .code = PROBLEM_NONE };
	note(reader, true, true);
	uint64_t records = read_store(r, &p);
	answer(r, READY_STORE, &p);
	/* Of a log that cannot be read nobody knows what is still to be delivered. */
	if (p.code == PROBLEM_NONE)
		r->audit.look(r->audit.self, records, &p);
	answer(r, READY_AUDIT, &p);
	store_has_room(r->store, &room);
	note(reader, false, false);
	answer(r, READY_DISK, &room);
}

static bool touch(struct store_job *job, struct store_txn *t, struct problem *p)
{
	(void)job;
	return store_touch(t)
	       || problem_set(p, PROBLEM_INTERNAL, "the store could not be written to");
}

static void write_done(struct store_job *job, bool kept)
{
	struct probe *w = (struct probe *)((char *)job - offsetof(struct probe, write));
	struct problem p = { .code = PROBLEM_NONE };
	if (!kept)
		p = job->problem;
	if (!kept && p.code == PROBLEM_NONE)
		problem_set(&p, PROBLEM_INTERNAL, "the store did not keep what was written");
	note(w, false, false);
	answer(w->readiness, READY_COMMITTER, &p);
}

/* ---- A round ---- */

/* True: it is to be asked now. */
static bool due(struct probe *p)
{
	bool was = p->outstanding;
	p->outstanding = true;
	return !was;
}

static void begin_round(struct readiness *r)
{
	for (int i = 0; i < READY_PARTS; i++)
		r->answered[i] = false;
	bool worker = due(&r->worker), reader = due(&r->reader), writer = due(&r->writer);
	pthread_mutex_unlock(&r->lock);
	if (worker) {
		r->worker.job = (struct job){ .run = take_question };
		workers_queue(r->workers, &r->worker.job);
	}
	if (reader) {
		r->reader.job = (struct job){ .run = read_and_look };
		workers_queue(r->workers, &r->reader.job);
	}
	if (writer) {
		r->writer.write = (struct store_job){ .run = touch, .done = write_done };
		store_submit(r->store, &r->writer.write);
	}
	pthread_mutex_lock(&r->lock);
}

static bool all_answered(const struct readiness *r)
{
	bool all = true;
	for (int i = 0; i < READY_PARTS; i++)
		all = all && r->answered[i];
	return all;
}

static void wait_for_answers(struct readiness *r, unsigned within)
{
	int64_t until = r->clock->elapsed(r->clock) + (int64_t)within * 1000000;
	struct timespec at = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
	while (!all_answered(r) && pthread_cond_timedwait(&r->changed, &r->lock, &at) == 0)
		continue;
}

/* Of a reader no worker has taken nothing follows for what it was to look at; nor for disk and
 * audit, of one that has not come back from the store. */
static bool is_unknown(const struct readiness *r, enum ready_part part)
{
	bool stands_in_store = r->reader.begun && !r->answered[READY_STORE];
	return !r->answered[part]
	       && ((part == READY_STORE && !r->reader.begun)
		   || ((part == READY_DISK || part == READY_AUDIT)
		       && (!r->reader.begun || stands_in_store)));
}

static void judge(const struct readiness *r, struct ready_asker *a)
{
	a->seen.audit_records = r->audit_records;
	for (enum ready_part i = 0; i < READY_PARTS; i++) {
		struct problem *p = &a->seen.parts[i].problem;
		p->code = PROBLEM_NONE;
		a->seen.parts[i].unknown = is_unknown(r, i);
		if (r->answered[i])
			*p = r->problems[i];
		else if (!a->seen.parts[i].unknown)
			problem_set(p, PROBLEM_TIMEOUT, "%s (ready-within, %u s)", parts[i].silent,
				    a->within);
	}
}

static void one_round(struct readiness *r)
{
	struct ready_asker *all = r->first;
	r->first = NULL;
	r->end = &r->first;
	begin_round(r);
	wait_for_answers(r, all->within);
	for (struct ready_asker *a = all; a != NULL; a = a->next)
		judge(r, a);
	r->last = all->seen;
	r->last_at = r->clock->elapsed(r->clock);
	r->any = true;
	pthread_mutex_unlock(&r->lock);
	for (struct ready_asker *next; all != NULL; all = next) {
		next = all->next;
		all->answered(all);
	}
	pthread_mutex_lock(&r->lock);
}

static void *rounds(void *self)
{
	struct readiness *r = self;
	pthread_setname_np(pthread_self(), "readiness");
	pthread_mutex_lock(&r->lock);
	while (!r->ending || r->first != NULL) {
		if (r->first != NULL)
			one_round(r);
		else
			pthread_cond_wait(&r->changed, &r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

struct readiness *readiness_start(struct store *s, struct workers *w, const struct clock *c,
				  const struct ready_audit *audit)
{
	struct readiness *r = calloc(1, sizeof *r);
	pthread_condattr_t monotonic;
	if (r == NULL)
		return NULL;
	*r = (struct readiness){ .store = s, .workers = w, .clock = c, .audit = *audit };
	r->end = &r->first;
	r->worker.readiness = r->reader.readiness = r->writer.readiness = r;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&r->lock, NULL);
	if (pthread_create(&r->thread, NULL, rounds, r) == 0)
		return r;
	readiness_destroy(r);
	return NULL;
}

void readiness_ask(struct readiness *r, struct ready_asker *a)
{
	a->next = NULL;
	pthread_mutex_lock(&r->lock);
	bool known = r->any && r->clock->elapsed(r->clock) - r->last_at < a->may_be_old;
	if (known) {
		a->seen = r->last;
	} else {
		*r->end = a;
		r->end = &a->next;
		pthread_cond_signal(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	if (known)
		a->answered(a);
}

void readiness_stop(struct readiness *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
}

void readiness_destroy(struct readiness *r)
{
	if (r == NULL)
		return;
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* ---- What was seen ---- */

enum ready_part ready_first_problem(const struct ready_seen *s)
{
	enum ready_part part = 0;
	while (part < READY_PARTS && s->parts[part].problem.code == PROBLEM_NONE)
		part++;
	return part;
}

const char *ready_part_name(enum ready_part part)
{
	return parts[part].name;
}

const char *ready_remedy(const struct ready_seen *s, enum ready_part part)
{
	const char *of_problem = problem_row(s->parts[part].problem.code)->remedy;
	return of_problem != NULL ? of_problem : parts[part].remedy;
}
