/* store/job_queue.c: the jobs that wait for the committer. */
#include "store/job_queue.h"

#include <stddef.h>

#include "gateway/base/text.h"
#include "store/store.h"

/* While others wait: of five parts of the time four are theirs. */
enum { OTHERS = 4 };
enum { LONGEST = 10000000 }; /* microseconds: no guess grows beyond twice that */

static struct store_job *job_of(struct job *turn)
{
	return (struct store_job *)((char *)turn - offsetof(struct store_job, turn));
}

static uint64_t peer_of(const char *submitter)
{
	return submitter == NULL ? 0 : text_hash(submitter);
}

static atomic_uint *place_of(struct job_queue *q, const struct store_job *j)
{
	uint64_t peer = peer_of(j->submitter);
	return &q->took[(peer ^ peer >> 32) % JOB_PLACES];
}

static unsigned guess(struct job_queue *q, const struct store_job *j)
{
	unsigned took = atomic_load_explicit(place_of(q, j), memory_order_relaxed);
	return took == 0 ? JOB_USUAL : took;
}

/* By a quarter of the difference; never to more than twice as much at once: a thread that was not
 * on a processor for a while says nothing of its job. */
void job_queue_spent(struct job_queue *q, const struct store_job *j, uint64_t us)
{
	unsigned before = guess(q, j);
	uint64_t most = before < LONGEST ? 5 * (uint64_t)before : before;
	unsigned now = (unsigned)(us < most ? us : most);
	unsigned after = now > before ? before + (now - before) / 4 : before - (before - now) / 4;
	atomic_store_explicit(place_of(q, j), after == 0 ? 1 : after, memory_order_relaxed);
}

void job_queue_add(struct job_queue *q, struct store_job *j)
{
	j->next = NULL;
	j->turn = (struct job){ .peer = peer_of(j->submitter),
				.behind = j->behind || guess(q, j) >= JOB_DEAR };
	turns_put(&q->turns, &j->turn);
	q->count++;
}

/* Who has waited while the others had four times of what he needs; else who has had no turn. */
static struct job *next_turn(struct job_queue *q)
{
	struct turns *t = &q->turns;
	struct job *again = t->again.first;
	bool due = again != NULL && q->ahead >= OTHERS * guess(q, job_of(again));
	struct job *next = due ? turns_take_again(t) : turns_take_fresh(t);
	return next != NULL ? next : turns_take_again(t);
}

/* Where it would take too long it is given back: it stands where it stood. */
static struct store_job *take_one(struct job_queue *q, unsigned us, unsigned *used)
{
	struct job *turn = next_turn(q);
	struct store_job *j = job_of(turn);
	unsigned will = guess(q, j);
	if (*used > 0 && *used + will > us) {
		turns_give_back(&q->turns, turn);
		return NULL;
	}
	*used += will;
	bool others = !turn->had_turn && q->turns.again.first != NULL;
	q->ahead = others ? q->ahead + will : 0;
	q->count--;
	j->next = NULL;
	return j;
}

struct store_job *job_queue_take(struct job_queue *q, unsigned most, unsigned us)
{
	struct store_job *first = NULL, **last = &first;
	unsigned used = 0;
	for (; most > 0 && q->count > 0; most--) {
		*last = take_one(q, us, &used);
		if (*last == NULL)
			break;
		last = &(*last)->next;
	}
	return first;
}

void job_queue_give_back(struct job_queue *q, struct store_job *rest)
{
	struct store_job *reversed = NULL;
	for (struct store_job *next; rest != NULL; rest = next) {
		next = rest->next;
		rest->next = reversed;
		reversed = rest;
	}
	for (; reversed != NULL; reversed = reversed->next) {
		turns_give_back(&q->turns, &reversed->turn);
		q->count++;
	}
}
