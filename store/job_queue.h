/* store/job_queue.h: the jobs that wait for the committer; whose they are takes turns.
 *
 * One peer with a hundred connections may have a hundred jobs waiting, each of a thousand objects:
 * who comes with one job is not to wait for all of them. Of each submitter the oldest job is next,
 * and the submitters go round (gateway/base/turns.h); the order of one submitter's jobs stays.
 * Whose jobs have been dear lately, or who is known to have many, stands behind, with those who
 * have more: they have a fifth of the time while others wait, and all of it when nobody does.
 *
 * What a job will take is guessed by what its submitter's took before. Those that are taken
 * together are told together, so that no more are taken than a given time is enough for: who is
 * among them, or comes meanwhile, waits no longer than that, or than one job.
 *
 * What is remembered of submitters whose names fall on one of JOB_PLACES places is of both: it
 * costs no memory for each of them.
 *
 * Not thread-safe: the store's lock is held, unless said otherwise. */
#ifndef STORE_JOB_QUEUE_H
#define STORE_JOB_QUEUE_H

#include <stdatomic.h>
#include <stdint.h>

#include "gateway/base/turns.h"

struct store_job;

enum { JOB_PLACES = 1024 };
/* Microseconds. Of a submitter nobody knows; from where on his jobs are dear: more than the
 * registration of a document takes. */
enum { JOB_USUAL = 64, JOB_DEAR = 400 };

struct job_queue {
	struct turns turns;
	unsigned count;
	unsigned ahead; /* microseconds that went to who had no turn, while others waited */
	atomic_uint took[JOB_PLACES]; /* microseconds a job, lately; 0: nobody knows */
};

/* Begins with zeros. */
void job_queue_add(struct job_queue *q, struct store_job *j);
/* By turns, at most so many, and as many as may be done in so many microseconds, but one at least;
 * linked by `next`, in the order they are to be run. */
struct store_job *job_queue_take(struct job_queue *q, unsigned most, unsigned us);
/* What was taken and not run: first of its submitters' again, in the same order. */
void job_queue_give_back(struct job_queue *q, struct store_job *rest);
/* So long it took. Needs no lock, but only one thread may call it. */
void job_queue_spent(struct job_queue *q, const struct store_job *j, uint64_t us);

#endif
