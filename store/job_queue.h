/* store/job_queue.h: the jobs that wait for the committer; whose they are takes turns.
 *
 * One peer with a hundred connections may have a hundred jobs waiting, each of a thousand objects:
 * who comes with one job is not to wait for all of them. Of each submitter the oldest job is next,
 * and the submitters go round; the order of one submitter's jobs stays. Submitters whose names fall
 * on one of JOB_TURNS places share a turn: more than a region has, and it costs no memory for each
 * of them.
 *
 * Not thread-safe: the store's lock is held. */
#ifndef STORE_JOB_QUEUE_H
#define STORE_JOB_QUEUE_H

#include <stdint.h>

struct store_job;

enum { JOB_TURNS = 64 };

struct job_queue {
	struct store_job *first[JOB_TURNS], *last[JOB_TURNS];
	uint64_t waiting; /* a bit for each place that has jobs */
	unsigned turn;    /* whose it is next */
	unsigned count;
};

/* Begins with zeros. */
void job_queue_add(struct job_queue *q, struct store_job *j);
/* By turns, at most so many; linked by `next`, in the order they are to be run. */
struct store_job *job_queue_take(struct job_queue *q, unsigned most);
/* What was taken and not run: first of its submitters' again, in the same order. */
void job_queue_give_back(struct job_queue *q, struct store_job *rest);

#endif
