/* store/job_queue.c: the jobs that wait for the committer. */
#include "store/job_queue.h"

#include <stddef.h>

#include "store/store.h"

/* FNV-1a. Nobody: a place like others. */
static unsigned place_of(const char *submitter)
{
	uint32_t hash = UINT32_C(2166136261);
	for (const char *c = submitter; c != NULL && *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * UINT32_C(16777619);
	return (hash ^ hash >> 16) % JOB_TURNS;
}

void job_queue_add(struct job_queue *q, struct store_job *j)
{
	unsigned place = place_of(j->submitter);
	j->next = NULL;
	if (q->first[place] == NULL)
		q->first[place] = j;
	else
		q->last[place]->next = j;
	q->last[place] = j;
	q->waiting |= UINT64_C(1) << place;
	q->count++;
}

/* The next place that has jobs; there is one. */
static unsigned next_place(const struct job_queue *q)
{
	uint64_t from = q->waiting >> q->turn << q->turn;
	return (unsigned)__builtin_ctzll(from != 0 ? from : q->waiting);
}

static struct store_job *take_one(struct job_queue *q)
{
	unsigned place = next_place(q);
	struct store_job *j = q->first[place];
	q->first[place] = j->next;
	if (q->first[place] == NULL)
		q->waiting &= ~(UINT64_C(1) << place);
	q->turn = (place + 1) % JOB_TURNS;
	q->count--;
	j->next = NULL;
	return j;
}

struct store_job *job_queue_take(struct job_queue *q, unsigned most)
{
	struct store_job *first = NULL, **last = &first;
	for (; most > 0 && q->count > 0; most--) {
		*last = take_one(q);
		last = &(*last)->next;
	}
	return first;
}

static void put_first(struct job_queue *q, struct store_job *j)
{
	unsigned place = place_of(j->submitter);
	if (q->first[place] == NULL)
		q->last[place] = j;
	j->next = q->first[place];
	q->first[place] = j;
	q->waiting |= UINT64_C(1) << place;
	q->count++;
	q->turn = place;
}

void job_queue_give_back(struct job_queue *q, struct store_job *rest)
{
	struct store_job *reversed = NULL;
	for (struct store_job *next; rest != NULL; rest = next) {
		next = rest->next;
		rest->next = reversed;
		reversed = rest;
	}
	for (struct store_job *next; reversed != NULL; reversed = next) {
		next = reversed->next;
		put_first(q, reversed);
	}
}
