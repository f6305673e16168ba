/* tests/client/call_groups_test.c: groups of calls to partners of every sort, and a clock that
 * stands still. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/call_groups.h"

enum { SECOND = 1000000, UNDER_WAY_MOST = 2048, FEW = 256 };

/* The other side: what a call becomes stands in its URL. */
struct scene {
	struct caller caller; /* first */
	struct clock clock;
	int64_t elapsed;
	struct call_groups *groups;
	struct call *under_way[UNDER_WAY_MOST];
	size_t count, begun, most, given_up;
};

static bool begin(struct caller *self, struct call *c)
{
	struct scene *s = (struct scene *)self;
	s->begun++;
	if (text_equal(c->url, "cannot")) {
		snprintf(c->why, sizeof c->why, "no memory for a request");
		return false;
	}
	s->under_way[s->count++] = c;
	if (s->count > s->most)
		s->most = s->count;
	return true;
}

static struct call *over(struct caller *self)
{
	struct scene *s = (struct scene *)self;
	for (size_t i = 0; i < s->count; i++) {
		struct call *c = s->under_way[i];
		if (text_equal(c->url, "silent"))
			continue;
		s->under_way[i] = s->under_way[--s->count];
		c->answered = c->whole = text_equal(c->url, "answers");
		snprintf(c->why, sizeof c->why, "not reached");
		return c;
	}
	return NULL;
}

static void give_up(struct caller *self, struct call *c)
{
	struct scene *s = (struct scene *)self;
	size_t i = 0;
	while (s->under_way[i] != c)
		i++;
	s->under_way[i] = s->under_way[--s->count];
	s->given_up++;
}

static int64_t tell(const struct clock *c)
{
	return ((const struct scene *)((const char *)c - offsetof(struct scene, clock)))->elapsed;
}

static void scene_open(struct scene *s)
{
	*s = (struct scene){ .caller = { begin, over, give_up },
			     .clock = { .elapsed = tell },
			     .elapsed = 1000 };
	s->groups = call_groups_create(&s->caller, &s->clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->groups);
}

static void scene_close(struct scene *s)
{
	call_groups_destroy(s->groups);
}

/* Somebody who waits. */
struct waiter {
	struct call_group group; /* first */
	struct grouped_call calls[4];
	atomic_bool unwanted;
	unsigned told;
};

static void is_told(struct call_group *g)
{
	((struct waiter *)g)->told++;
}

/* urls: apart by blanks; a call's partner is called like its URL. */
static void waits_for(struct scene *s, struct waiter *w, const char *const *urls,
		      unsigned connections)
{
	struct grouped_call **last = &w->group.calls;
	memset(w, 0, sizeof *w);
	w->group.until = s->elapsed + 10 * SECOND;
	w->group.unwanted = &w->unwanted;
	w->group.over = is_told;
	for (size_t i = 0; urls[i] != NULL; i++) {
		w->calls[i] = (struct grouped_call){ .call.url = urls[i],
						     .partner = urls[i],
						     .connections = connections };
		*last = &w->calls[i];
		last = &w->calls[i].next;
	}
	call_groups_add(s->groups, &w->group);
}

/* To the silent one, with one connection and so many seconds of its own. */
static void errand_for(struct scene *s, struct waiter *w, unsigned seconds)
{
	memset(w, 0, sizeof *w);
	w->calls[0] = (struct grouped_call){
		.call.url = "silent", .partner = "silent", .connections = 1, .seconds = seconds
	};
	w->group = (struct call_group){ .rank = CALLS_OF_ERRANDS,
					.calls = w->calls,
					.until = s->elapsed + 10 * SECOND,
					.unwanted = &w->unwanted,
					.over = is_told };
	call_groups_add(s->groups, &w->group);
}

static const char *const answers[] = { "answers", NULL };
static const char *const silent[] = { "silent", NULL };

static void told_when_the_last_is_over(void)
{
	static const char *const three[] = { "answers", "silent", "away", NULL };
	struct scene s;
	struct waiter w;
	scene_open(&s);
	waits_for(&s, &w, three, 8);
	CU_ASSERT(call_groups_step(s.groups) == 10 * SECOND);
	CU_ASSERT(w.told == 0 && w.calls[0].state == CALL_OVER && w.calls[0].call.whole);
	CU_ASSERT(w.calls[2].state == CALL_OVER && !w.calls[2].call.answered);
	CU_ASSERT_STRING_EQUAL(w.calls[2].call.why, "not reached");
	s.under_way[0]->url = "answers";
	CU_ASSERT(call_groups_step(s.groups) < 0 && w.told == 1 && w.calls[1].call.whole);
	scene_close(&s);
}

static void ends_in_time(void)
{
	struct scene s;
	struct waiter w, neighbour;
	scene_open(&s);
	waits_for(&s, &w, silent, 8);
	waits_for(&s, &neighbour, answers, 8);
	CU_ASSERT(call_groups_step(s.groups) == 10 * SECOND && neighbour.told == 1);
	s.elapsed += 10 * SECOND - 1;
	CU_ASSERT(call_groups_step(s.groups) == 1 && w.told == 0);
	s.elapsed++;
	CU_ASSERT(call_groups_step(s.groups) < 0 && w.told == 1);
	CU_ASSERT(s.given_up == 1 && s.count == 0 && !w.calls[0].call.answered);
	CU_ASSERT_STRING_EQUAL(w.calls[0].call.why, "it has not answered in time");
	scene_close(&s);
}

static void ends_when_nobody_waits(void)
{
	struct scene s;
	struct waiter w;
	scene_open(&s);
	waits_for(&s, &w, silent, 8);
	call_groups_step(s.groups);
	atomic_store(&w.unwanted, true);
	CU_ASSERT(call_groups_step(s.groups) < 0 && w.told == 1 && s.given_up == 1);
	CU_ASSERT_STRING_EQUAL(w.calls[0].call.why, "nobody waits for the answer any more");
	/* before it began: nothing leaves */
	waits_for(&s, &w, answers, 8);
	atomic_store(&w.unwanted, true);
	CU_ASSERT(call_groups_step(s.groups) < 0 && w.told == 1 && s.begun == 1);
	scene_close(&s);
}

/* Four at once of twelve; the others as places get free; of another partner at once. */
static void places(void)
{
	struct scene s;
	struct waiter w[12], neighbour;
	struct call_counts seen;
	scene_open(&s);
	for (size_t i = 0; i < COUNT(w); i++)
		waits_for(&s, &w[i], silent, 4);
	waits_for(&s, &neighbour, answers, 4);
	call_groups_step(s.groups);
	call_groups_count(s.groups, &seen);
	CU_ASSERT(seen.under_way == 4 && seen.waiting == 8 && neighbour.told == 1);
	atomic_store(&w[0].unwanted, true);
	atomic_store(&w[11].unwanted, true);
	call_groups_step(s.groups);
	CU_ASSERT(w[0].told == 1 && w[11].told == 1);
	CU_ASSERT(w[4].calls[0].state == CALL_UNDER_WAY && w[5].calls[0].state == CALL_WAITS);
	s.elapsed += 10 * SECOND;
	call_groups_step(s.groups);
	for (size_t i = 0; i < COUNT(w); i++)
		CU_ASSERT(w[i].told == 1 && w[i].calls[0].place == NULL);
	CU_ASSERT(s.begun == 6 && s.most == 5);
	call_groups_count(s.groups, &seen);
	CU_ASSERT(seen.under_way == 0 && seen.waiting == 0 && seen.answered == 1
		  && seen.unanswered == 12);
	scene_close(&s);
}

/* Of a process that may open so many files. */
static void scene_open_with(struct scene *s, rlim_t descriptors)
{
	struct rlimit before, now;
	CU_ASSERT_FATAL(getrlimit(RLIMIT_NOFILE, &before) == 0);
	now = (struct rlimit){ .rlim_cur = descriptors, .rlim_max = before.rlim_max };
	CU_ASSERT_FATAL(setrlimit(RLIMIT_NOFILE, &now) == 0);
	scene_open(s);
	setrlimit(RLIMIT_NOFILE, &before);
}

/* CALLS_AT_ONCE where there are descriptors for them: who is silent keeps none from others. */
static void as_many_as_wait(void)
{
	struct scene s;
	struct waiter *w = calloc(CALLS_AT_ONCE, sizeof *w);
	struct call_counts seen;
	scene_open_with(&s, (rlim_t)CALLS_AT_ONCE * DESCRIPTORS_PER_CALL);
	for (size_t i = 0; i < CALLS_AT_ONCE - 1; i++)
		waits_for(&s, &w[i], silent, 100000);
	waits_for(&s, &w[CALLS_AT_ONCE - 1], answers, 8);
	call_groups_step(s.groups);
	call_groups_step(s.groups);
	CU_ASSERT(w[CALLS_AT_ONCE - 1].told == 1);
	call_groups_count(s.groups, &seen);
	CU_ASSERT(seen.under_way == CALLS_AT_ONCE - 1 && seen.waiting == 0 && seen.answered == 1);
	call_groups_give_up(s.groups);
	free(w);
	scene_close(&s);
}

/* Of few descriptors: calls one in DESCRIPTORS_PER_CALL, and of groups GROUPS_MOST, on each side of
 * it. */
static void bounds(void)
{
	struct scene s;
	struct waiter *w = calloc(GROUPS_MOST + 1, sizeof *w);
	struct call_counts seen;
	scene_open_with(&s, (rlim_t)FEW * DESCRIPTORS_PER_CALL);
	for (size_t i = 0; i < GROUPS_MOST; i++)
		waits_for(&s, &w[i], silent, 100000);
	call_groups_step(s.groups);
	call_groups_count(s.groups, &seen);
	CU_ASSERT(seen.under_way == FEW && seen.waiting == GROUPS_MOST - FEW);
	waits_for(&s, &w[GROUPS_MOST], answers, 8);
	call_groups_step(s.groups);
	CU_ASSERT(w[GROUPS_MOST].told == 1 && w[GROUPS_MOST - 1].told == 0);
	CU_ASSERT_STRING_EQUAL(w[GROUPS_MOST].calls[0].call.why,
			       "as many wait for other systems as may");
	call_groups_give_up(s.groups);
	for (size_t i = 0; i < GROUPS_MOST; i++)
		CU_ASSERT(w[i].told == 1);
	CU_ASSERT(s.count == 0);
	free(w);
	scene_close(&s);
}

/* A group whose call cannot even be begun is told, and a place it had is free. */
static void cannot_begin(void)
{
	static const char *const both[] = { "cannot", "answers", NULL };
	struct scene s;
	struct waiter w;
	scene_open(&s);
	waits_for(&s, &w, both, 1);
	CU_ASSERT(call_groups_step(s.groups) < 0 && w.told == 1);
	CU_ASSERT(!w.calls[0].call.answered && w.calls[1].call.answered);
	scene_close(&s);
}

/* ---- Errands share a partner's places with exchanges ---- */

/* The place that gets free is an exchange's, though an errand came before it. */
static void exchanges_first(void)
{
	struct scene s;
	struct waiter holds, errand, exchange;
	scene_open(&s);
	waits_for(&s, &holds, silent, 1);
	call_groups_step(s.groups);
	errand_for(&s, &errand, 60);
	waits_for(&s, &exchange, silent, 1);
	call_groups_step(s.groups);
	CU_ASSERT(errand.calls[0].state == CALL_WAITS && exchange.calls[0].state == CALL_WAITS);
	atomic_store(&holds.unwanted, true);
	call_groups_step(s.groups);
	CU_ASSERT(exchange.calls[0].state == CALL_UNDER_WAY);
	CU_ASSERT(errand.calls[0].state == CALL_WAITS && s.most == 1);
	atomic_store(&exchange.unwanted, true);
	call_groups_step(s.groups);
	CU_ASSERT(errand.calls[0].state == CALL_UNDER_WAY && s.most == 1);
	call_groups_give_up(s.groups);
	scene_close(&s);
}

/* The place that an errand leaves in the same moment, too. */
static void an_errand_gives_way_at_once(void)
{
	struct scene s;
	struct waiter first, second, exchange;
	scene_open(&s);
	errand_for(&s, &first, 5);
	call_groups_step(s.groups);
	errand_for(&s, &second, 60);
	waits_for(&s, &exchange, silent, 1);
	s.elapsed += 5 * SECOND;
	call_groups_step(s.groups);
	CU_ASSERT(first.told == 1 && exchange.calls[0].state == CALL_UNDER_WAY);
	CU_ASSERT(second.calls[0].state == CALL_WAITS);
	call_groups_give_up(s.groups);
	scene_close(&s);
}

/* An errand has its seconds from when it began; until it began, its group's time. */
static void an_errands_time(void)
{
	struct scene s;
	struct waiter holds, errand, late;
	scene_open(&s);
	waits_for(&s, &holds, silent, 1);
	errand_for(&s, &errand, 60);
	call_groups_step(s.groups);
	s.elapsed += 9 * SECOND;
	atomic_store(&holds.unwanted, true);
	CU_ASSERT(call_groups_step(s.groups) == 60 * SECOND);
	errand_for(&s, &late, 60);
	CU_ASSERT(call_groups_step(s.groups) == 10 * SECOND);
	s.elapsed += 10 * SECOND - 1;
	CU_ASSERT(call_groups_step(s.groups) == 1 && late.told == 0);
	s.elapsed++;
	CU_ASSERT(call_groups_step(s.groups) == 50 * SECOND && late.told == 1);
	CU_ASSERT_STRING_EQUAL(late.calls[0].call.why, "none of its connections was free in time");
	s.elapsed += 50 * SECOND - 1;
	CU_ASSERT(call_groups_step(s.groups) == 1 && errand.told == 0);
	s.elapsed++;
	CU_ASSERT(call_groups_step(s.groups) < 0 && errand.told == 1);
	CU_ASSERT_STRING_EQUAL(errand.calls[0].call.why, "it has not answered in time");
	scene_close(&s);
}

/* What bounds exchanges, in number and in what is counted, is theirs alone. */
static void errands_are_not_counted(void)
{
	struct scene s;
	struct waiter *w = calloc(FEW, sizeof *w), errand, exchange;
	struct call_counts seen;
	scene_open_with(&s, (rlim_t)FEW * DESCRIPTORS_PER_CALL);
	for (size_t i = 0; i < FEW; i++)
		waits_for(&s, &w[i], silent, 100000);
	errand_for(&s, &errand, 60);
	errand.calls[0].connections = 100000;
	waits_for(&s, &exchange, silent, 100000);
	call_groups_step(s.groups);
	CU_ASSERT(errand.calls[0].state == CALL_UNDER_WAY);
	CU_ASSERT(exchange.calls[0].state == CALL_WAITS);
	call_groups_count(s.groups, &seen);
	CU_ASSERT(seen.under_way == FEW && seen.waiting == 1);
	call_groups_give_up(s.groups);
	CU_ASSERT(errand.told == 1 && exchange.told == 1);
	call_groups_count(s.groups, &seen);
	CU_ASSERT(seen.unanswered == FEW + 1);
	free(w);
	scene_close(&s);
}

static const struct test tests[] = {
	{ "a group is told when the last of its calls is over", told_when_the_last_is_over },
	{ "a silent partner costs the time that was given, and nobody else's", ends_in_time },
	{ "nobody waits any more: it ends, or does not begin", ends_when_nobody_waits },
	{ "a partner has its places, and others theirs", places },
	{ "as many at once as may wait", as_many_as_wait },
	{ "as many at once and as many waiting as may", bounds },
	{ "what cannot be begun is over", cannot_begin },
	{ "a place is an exchange's before an errand's", exchanges_first },
	{ "also one that an errand leaves", an_errand_gives_way_at_once },
	{ "an errand has its time from when it began", an_errands_time },
	{ "what bounds exchanges does not count errands", errands_are_not_counted },
	{ 0 }
};

int main(void)
{
	return suite_run("call groups", tests);
}
