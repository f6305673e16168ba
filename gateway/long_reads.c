/* gateway/long_reads.c: what a worker has no time for is read where no query waits. */
#include "gateway/long_reads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/base/shares.h"
#include "gateway/base/workers.h"
#include "gateway/config.h"
#include "gateway/journey.h"
#include "gateway/process.h"

/* One each: those who hash share a disk and its cache, and whoever asks for the same documents
 * finds them verified; of those who look, one alone keeps a processor busy. */
enum { THREADS = 1 };

/* By a worker for one exchange: some milliseconds of hashing, and of looking as much as a hundred
 * entries take, with their patient's links and consent. Who asks for more again and again costs the
 * workers that much each time. */
enum { HASHED_AT_ONCE = 1 << 20, LOOKS_AT_ONCE = 256 };

struct long_reads {
	struct workers *hashing, *looking;
	struct shares *waiting; /* by system */
	pthread_mutex_t lock;
	struct long_read *first; /* of those who wait */
	atomic_uint at_work;
	atomic_uint_fast64_t begun;
};

struct long_reads *long_reads_create(void)
{
	struct long_reads *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	l->hashing = workers_create_behind(THREADS);
	l->looking = workers_create_behind(THREADS);
	l->waiting = shares_create();
	if (l->hashing != NULL && l->looking != NULL && l->waiting != NULL)
		return l;
	long_reads_destroy(l);
	return NULL;
}

/* Who looked may still have to hash. */
void long_reads_destroy(struct long_reads *l)
{
	if (l == NULL)
		return;
	if (l->looking != NULL)
		workers_destroy(l->looking);
	if (l->hashing != NULL)
		workers_destroy(l->hashing);
	shares_destroy(l->waiting);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static struct journey *journey_of(struct long_read *r)
{
	return (struct journey *)((char *)r - offsetof(struct journey, long_read));
}

static void wait_in_list(struct long_reads *l, struct long_read *r)
{
	pthread_mutex_lock(&l->lock);
	r->before = NULL;
	r->next = l->first;
	if (r->next != NULL)
		r->next->before = r;
	l->first = r;
	pthread_mutex_unlock(&l->lock);
}

static void wait_no_more(struct long_reads *l, struct long_read *r)
{
	pthread_mutex_lock(&l->lock);
	if (r->before != NULL)
		r->before->next = r->next;
	else
		l->first = r->next;
	if (r->next != NULL)
		r->next->before = r->before;
	pthread_mutex_unlock(&l->lock);
	shares_give(l->waiting, r->share);
}

static bool has_left(const struct journey *j)
{
	return atomic_load(door_left(j->message));
}

static unsigned count_waiting(struct long_reads *l)
{
	unsigned n = 0;
	pthread_mutex_lock(&l->lock);
	for (struct long_read *r = l->first; r != NULL; r = r->next)
		n += !has_left(journey_of(r));
	pthread_mutex_unlock(&l->lock);
	return n;
}

void long_reads_count(struct long_reads *l, struct long_reads_counts *out)
{
	struct shares_counts n;
	shares_count(l->waiting, &n);
	*out = (struct long_reads_counts){ .at_work = atomic_load(&l->at_work),
					   .waiting = count_waiting(l),
					   .begun = atomic_load(&l->begun),
					   .refused = n.refused };
}

/* Operators, and who watches us, have threads of their own: nobody waits behind what they look
 * at. */
void journey_hurry(struct journey *j)
{
	bool clinics = j->head->door != DOOR_LOCAL && j->head->door != DOOR_ADMIN;
	if (j->time != TIME_TO_HASH)
		store_hurry(j->x.txn, HASHED_AT_ONCE,
			    clinics && j->time == IN_A_HURRY ? LOOKS_AT_ONCE : STORE_ALL_LOOKS);
}

/* Where there is time it begins anew: what it found in a hurry is taken back. */
void journey_handle_in_hurry(struct journey *j)
{
	const struct exchange before = j->x;
	const struct arena_mark mark = arena_mark(j->x.arena);
	journey_copy_findings(&j->x);
	journey_handle_in_snapshot(j);
	j->undone = j->x.txn != NULL ? store_left_undone(j->x.txn) : UNDONE_NOTHING;
	if (j->undone == UNDONE_NOTHING) {
		/* Its audit record is composed in that snapshot, whatever that takes. */
		if (j->x.txn != NULL)
			store_hurry_no_more(j->x.txn);
		return;
	}
	journey_end_snapshot(j);
	j->x = before;
	arena_rewind(j->x.arena, &mark);
}

/* What policy remembers was taken back with the rest. */
static void stage_policy_anew(void *with)
{
	journey_begin_policy(with);
}

/* Who has ended his side of the connection while he waited has gone, most likely: what takes long
 * is not done for nobody. He is told so, should he still listen. */
static bool is_waited_for(struct journey *j)
{
	return !has_left(j)
	       || problem_set(&j->x.problem, PROBLEM_BUSY,
			      "it was not begun: who asked has ended the connection");
}

static void handle_with_time(struct job *job)
{
	struct long_read *r = (struct long_read *)job;
	struct journey *j = journey_of(r);
	struct long_reads *l = r->all;
	wait_no_more(l, r);
	atomic_fetch_add(&l->at_work, 1);
	atomic_fetch_add(&l->begun, 1);
	j->read = journey_guard(j, stage_policy_anew) && is_waited_for(j);
	journey_handle(j); /* it may be over, and gone, when this returns */
	atomic_fetch_sub(&l->at_work, 1);
}

bool journey_handle_apart(struct journey *j)
{
	struct long_reads *l = j->gateway->long_reads;
	struct long_read *r = &j->long_read;
	const unsigned most = j->configuration->service.long_reads_waiting;
	bool hashes = j->undone == UNDONE_HASHING;
	j->undone = UNDONE_NOTHING;
	r->share = shares_take(l->waiting, requester_name(&j->x.who), most);
	if (r->share == NULL)
		return problem_set(
			&j->x.problem, PROBLEM_BUSY,
			"%u requests of this system that take long wait already (service "
			"long-reads-waiting)",
			most);
	j->time = hashes ? TIME_TO_HASH : TIME_TO_LOOK;
	r->all = l;
	r->job = (struct job){ .run = handle_with_time, .peer = j->head->peer };
	wait_in_list(l, r);
	workers_queue(hashes ? l->hashing : l->looking, &r->job);
	return true;
}
