/* gateway/client/call_groups.c: calls that somebody waits for, in groups. */
#include "gateway/client/call_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"

enum { SECOND = 1000000 };

/* A partner, as long as there are calls to it. */
struct place {
	char *partner;
	unsigned under_way, users;
	struct place *next;
};

struct call_groups {
	struct caller *caller;
	const struct clock *clock;
	struct call_group *first, **last; /* in the order they came */
	unsigned groups;
	struct place *places;
	/* atomic: others look at them */
	uint64_t answered, unanswered;
	unsigned under_way, waiting;
};

struct call_groups *call_groups_create(struct caller *caller, const struct clock *c)
{
	struct call_groups *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	all->caller = caller;
	all->clock = c;
	all->last = &all->first;
	return all;
}

void call_groups_destroy(struct call_groups *all)
{
	free(all);
}

void call_groups_count(const struct call_groups *all, struct call_counts *out)
{
	*out = (struct call_counts){
		.answered = __atomic_load_n(&all->answered, __ATOMIC_RELAXED),
		.unanswered = __atomic_load_n(&all->unanswered, __ATOMIC_RELAXED),
		.under_way = __atomic_load_n(&all->under_way, __ATOMIC_RELAXED),
		.waiting = __atomic_load_n(&all->waiting, __ATOMIC_RELAXED),
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

static void leave_state(struct call_groups *all, struct grouped_call *c)
{
	if (c->state == CALL_UNDER_WAY)
		c->place->under_way--;
	__atomic_fetch_sub(c->state == CALL_WAITS ? &all->waiting : &all->under_way, 1,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(c->call.answered ? &all->answered : &all->unanswered, 1,
			   __ATOMIC_RELAXED);
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
	g->next = NULL;
	*all->last = g;
	all->last = &g->next;
	all->groups++;
	for (struct grouped_call *c = g->calls; c != NULL; c = c->next) {
		c->state = CALL_WAITS;
		c->call.answered = c->call.whole = false;
		__atomic_fetch_add(&all->waiting, 1, __ATOMIC_RELAXED);
		c->place = take_place(all, c->partner);
		if (c->place == NULL)
			end_call(all, c, "no memory for a call");
	}
	if (all->groups > GROUPS_MOST)
		end_calls(all, g, "as many wait for other systems as may");
}

static bool has_place(const struct call_groups *all, const struct grouped_call *c)
{
	return c->state == CALL_WAITS && c->place->under_way < c->connections
	       && __atomic_load_n(&all->under_way, __ATOMIC_RELAXED) < CALLS_AT_ONCE;
}

static void begin_call(struct call_groups *all, struct grouped_call *c, int64_t left)
{
	c->call.total_seconds = (unsigned)((left + SECOND - 1) / SECOND);
	c->state = CALL_UNDER_WAY;
	c->place->under_way++;
	__atomic_fetch_sub(&all->waiting, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&all->under_way, 1, __ATOMIC_RELAXED);
	if (!all->caller->begin(all->caller, &c->call))
		leave_state(all, c);
}

/* Ends what is past, begins what has a place. Microseconds the group has left. */
static int64_t see_to(struct call_groups *all, struct call_group *g)
{
	int64_t left = g->until - all->clock->elapsed(all->clock);
	if (g->unwanted != NULL && atomic_load(g->unwanted))
		end_calls(all, g, "nobody waits for the answer any more");
	if (left <= 0)
		end_calls(all, g, "it has not answered in time");
	for (struct grouped_call *c = g->calls; c != NULL; c = c->next)
		if (has_place(all, c))
			begin_call(all, c, left);
	return left;
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
static bool let_go(struct call_groups *all)
{
	bool any = false;
	struct call_group **at = &all->first;
	while (*at != NULL) {
		struct call_group *g = *at;
		if (!is_over(g)) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		all->groups--;
		any = true;
		g->over(g); /* not ours any more */
	}
	all->last = at;
	return any;
}

int64_t call_groups_step(struct call_groups *all)
{
	int64_t wait = -1;
	bool more = true;
	while (more) {
		wait = -1;
		for (struct call_group *g = all->first; g != NULL; g = g->next) {
			int64_t left = see_to(all, g);
			if (wait < 0 || left < wait)
				wait = left < 0 ? 0 : left;
		}
		more = take_answers(all);
		more = let_go(all) || more;
	}
	return wait;
}

void call_groups_give_up(struct call_groups *all)
{
	for (struct call_group *g = all->first; g != NULL; g = g->next)
		end_calls(all, g, "the service is stopping");
	let_go(all);
}
