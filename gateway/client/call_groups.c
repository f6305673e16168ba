/* gateway/client/call_groups.c: calls that somebody waits for, in groups. */
#include "gateway/client/call_groups.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/descriptors.h"

enum { SECOND = 1000000 };

/* A partner, as long as there are calls to it. */
struct place {
	char *partner;
	unsigned under_way, users;
	struct place *next;
};

/* Groups of one rank, in the order they came. */
struct queue {
	struct call_group *first, **last;
	unsigned groups;
	/* atomic: others look at them */
	uint64_t answered, unanswered;
	unsigned under_way, waiting;
};

struct call_groups {
	struct caller *caller;
	const struct clock *clock;
	struct queue queues[CALL_RANKS];
	unsigned at_once[CALL_RANKS]; /* calls */
	struct place *places;
};

/* Of each rank. */
static const unsigned groups_most[CALL_RANKS] = { GROUPS_MOST, UINT_MAX };

struct call_groups *call_groups_create(struct caller *caller, const struct clock *c)
{
	struct call_groups *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	all->caller = caller;
	all->clock = c;
	all->at_once[CALLS_OF_EXCHANGES] = descriptors_share(DESCRIPTORS_PER_CALL, CALLS_AT_ONCE);
	all->at_once[CALLS_OF_ERRANDS] = UINT_MAX;
	for (size_t i = 0; i < CALL_RANKS; i++)
		all->queues[i].last = &all->queues[i].first;
	return all;
}

void call_groups_destroy(struct call_groups *all)
{
	free(all);
}

void call_groups_count(const struct call_groups *all, struct call_counts *out)
{
	const struct queue *q = &all->queues[CALLS_OF_EXCHANGES];
	*out = (struct call_counts){
		.answered = __atomic_load_n(&q->answered, __ATOMIC_RELAXED),
		.unanswered = __atomic_load_n(&q->unanswered, __ATOMIC_RELAXED),
		.under_way = __atomic_load_n(&q->under_way, __ATOMIC_RELAXED),
		.waiting = __atomic_load_n(&q->waiting, __ATOMIC_RELAXED),
	};
}

/* ---- Places ---- */

static struct place *find_place(struct call_groups *all, const char *partner)
{
	struct place *p = all->places;
	while (p != NULL && strcmp(p->partner, partner) != 0)
		p = p->next;
	return p;
}

/* NULL: no memory. */
static struct place *take_place(struct call_groups *all, const char *partner)
{
	struct place *p = find_place(all, partner);
	if (p == NULL) {
		p = calloc(1, sizeof *p);
		char *name = p == NULL ? NULL : strdup(partner);
		if (name == NULL) {
			free(p);
			return NULL;
		}
		*p = (struct place){ .partner = name, .next = all->places };
		all->places = p;
	}
	p->users++;
	return p;
}

static void leave_place(struct call_groups *all, struct place *p)
{
	struct place **at = &all->places;
	if (--p->users != 0)
		return;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p->partner);
	free(p);
}

/* ---- The end of a call ---- */

static struct queue *queue_of(struct call_groups *all, const struct grouped_call *c)
{
	return &all->queues[c->rank];
}

static void leave_state(struct call_groups *all, struct grouped_call *c)
{
	struct queue *q = queue_of(all, c);
	if (c->state == CALL_UNDER_WAY) {
		c->place->under_way--;
		c->took = all->clock->elapsed(all->clock) - c->began;
	}
	__atomic_fetch_sub(c->state == CALL_WAITS ? &q->waiting : &q->under_way, 1,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(c->call.answered ? &q->answered : &q->unanswered, 1, __ATOMIC_RELAXED);
	if (c->place != NULL)
		leave_place(all, c->place);
	c->place = NULL;
	c->state = CALL_OVER;
}

static void end_call(struct call_groups *all, struct grouped_call *c, const char *why)
{
	if (c->state == CALL_OVER)
		return;
	if (c->state == CALL_UNDER_WAY)
		all->caller->give_up(all->caller, &c->call);
	c->call.answered = c->call.whole = false;
	snprintf(c->call.why, sizeof c->call.why, "%s", why);
	leave_state(all, c);
}

static void end_calls(struct call_groups *all, struct call_group *g, const char *why)
{
	for (struct grouped_call *c = g->calls; c != NULL; c = c->next)
		end_call(all, c, why);
}

static bool is_over(const struct call_group *g)
{
	const struct grouped_call *c = g->calls;
	while (c != NULL && c->state == CALL_OVER)
		c = c->next;
	return c == NULL;
}

/* ---- The groups ---- */

void call_groups_add(struct call_groups *all, struct call_group *g)
{
	struct queue *q = &all->queues[g->rank];
	g->next = NULL;
	*q->last = g;
	q->last = &g->next;
	q->groups++;
	for (struct grouped_call *c = g->calls; c != NULL; c = c->next) {
		c->state = CALL_WAITS;
		c->rank = g->rank;
		c->until = g->until;
		c->call.answered = c->call.whole = false;
		__atomic_fetch_add(&q->waiting, 1, __ATOMIC_RELAXED);
		c->place = take_place(all, c->partner);
		if (c->place == NULL)
			end_call(all, c, "no memory for a call");
	}
	if (q->groups > groups_most[g->rank])
		end_calls(all, g, "as many wait for other systems as may");
}

static bool has_place(struct call_groups *all, const struct grouped_call *c)
{
	return c->state == CALL_WAITS && c->place->under_way < c->connections
	       && __atomic_load_n(&queue_of(all, c)->under_way, __ATOMIC_RELAXED)
			  < all->at_once[c->rank];
}

static void begin_call(struct call_groups *all, struct grouped_call *c, int64_t now)
{
	struct queue *q = queue_of(all, c);
	int64_t own = now + (int64_t)c->seconds * SECOND;
	/* Somebody waits for an exchange's: it ends with its group. */
	if (c->seconds != 0 && (c->rank == CALLS_OF_ERRANDS || own < c->until))
		c->until = own;
	c->state = CALL_UNDER_WAY;
	c->began = now;
	c->place->under_way++;
	__atomic_fetch_sub(&q->waiting, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&q->under_way, 1, __ATOMIC_RELAXED);
	if (!all->caller->begin(all->caller, &c->call))
		leave_state(all, c);
}

static void end_past(struct call_groups *all, struct call_group *g, int64_t now)
{
	if (g->unwanted != NULL && atomic_load(g->unwanted))
		end_calls(all, g, "nobody waits for the answer any more");
	for (struct grouped_call *c = g->calls; c != NULL; c = c->next)
		if (c->until <= now)
			end_call(all, c,
				 c->state == CALL_WAITS ? "none of its connections was free in time"
							: "it has not answered in time");
}

static void begin_calls(struct call_groups *all, struct call_group *g, int64_t now)
{
	for (struct grouped_call *c = g->calls; c != NULL; c = c->next)
		if (has_place(all, c))
			begin_call(all, c, now);
}

/* True: there were some, and their places are free. */
static bool take_answers(struct call_groups *all)
{
	bool any = false;
	struct call *over;
	for (; (over = all->caller->over(all->caller)) != NULL; any = true)
		leave_state(all, (struct grouped_call *)over);
	return any;
}

/* True: some were over, and are told. */
static bool let_go(struct queue *q)
{
	bool any = false;
	struct call_group **at = &q->first;
	while (*at != NULL) {
		struct call_group *g = *at;
		if (!is_over(g)) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		q->groups--;
		any = true;
		g->over(g); /* not ours any more */
	}
	q->last = at;
	return any;
}

/* Microseconds until one of them is past; less than 0: there are none. */
static int64_t next_past(const struct call_groups *all, int64_t now)
{
	int64_t first = -1;
	for (size_t i = 0; i < CALL_RANKS; i++)
		for (const struct call_group *g = all->queues[i].first; g != NULL; g = g->next)
			for (const struct grouped_call *c = g->calls; c != NULL; c = c->next)
				if (c->state != CALL_OVER && (first < 0 || c->until - now < first))
					first = c->until - now;
	return first;
}

/* What is past ends before anything begins, and exchanges begin first: of a place that is free an
 * errand gets what they leave. */
static int64_t see_to_all(struct call_groups *all)
{
	int64_t now = all->clock->elapsed(all->clock);
	for (size_t i = 0; i < CALL_RANKS; i++)
		for (struct call_group *g = all->queues[i].first; g != NULL; g = g->next)
			end_past(all, g, now);
	for (size_t i = 0; i < CALL_RANKS; i++)
		for (struct call_group *g = all->queues[i].first; g != NULL; g = g->next)
			begin_calls(all, g, now);
	return next_past(all, now);
}

int64_t call_groups_step(struct call_groups *all)
{
	int64_t wait = -1;
	bool more = true;
	while (more) {
		wait = see_to_all(all);
		more = take_answers(all);
		for (size_t i = 0; i < CALL_RANKS; i++)
			more = let_go(&all->queues[i]) || more;
	}
	return wait;
}

void call_groups_give_up(struct call_groups *all)
{
	for (size_t i = 0; i < CALL_RANKS; i++) {
		for (struct call_group *g = all->queues[i].first; g != NULL; g = g->next)
			end_calls(all, g, "the service is stopping");
		let_go(&all->queues[i]);
	}
}
