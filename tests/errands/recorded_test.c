/* tests/errands/recorded_test.c: what was sent has its audit record, whatever happens to us or to
 * the errand meanwhile, and one only. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "tests/errands/scene.h"

static const struct behaviour away = { .away = true }, silent = { .silent = true },
			      takes = { .body = SCENE_ACK("AA", "77", "") },
			      busy = { .body = SCENE_ACK("AR", "77", "") },
			      refuses = { .body = SCENE_ACK("AE", "77", "") };

static struct receiver *open_scene(struct scene *s, struct behaviour how)
{
	scene_open(s);
	s->composing = (struct composing){ .text = "MSH|...", .id = "77" };
	scene_node(s, &s->one, "one");
	return scene_consumer(s, "a", how);
}

static void kill_and_come_back(struct scene *s)
{
	scene_kill(&s->one);
	scene_node(s, &s->one, "one");
}

/* The records, each of them told to who delivers them; and whether `minato check` finds
 * anything. */
static void must_have_when(struct scene *s, const char *records, const char *why)
{
	const char *has = scene_records(s);
	if (!text_equal(has, records)) {
		fprintf(stderr, "%s: records are %s, not %s\n", why, has, records);
		CU_FAIL("what was sent is recorded otherwise");
	}
	if (has[0] != '\0' && !text_equal(s->composing.heard, has)) {
		fprintf(stderr, "%s: records are %s, and told was %s\n", why, has,
			s->composing.heard);
		CU_FAIL("who delivers records does not know of them");
	}
	CU_ASSERT_EQUAL(scene_findings(s), 0);
}

static void must_have(struct scene *s, const char *records)
{
	must_have_when(s, records, "in this test");
}

static void each_try(void)
{
	static const struct {
		const struct behaviour *how;
		const char *records;
	} rows[] = {
		{ &takes, "taken" }, { &busy, "later" }, { &refuses, "never" }, { &away, "later" }
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct receiver *p = open_scene(&s, *rows[i].how);
		scene_notice(&s, p);
		scene_run(&s.one);
		must_have(&s, rows[i].records);
		scene_close(&s);
	}
}

/* What is sent without being made when it is sent was recorded with the exchange. */
static void not_of_other_kinds(void)
{
	struct scene s;
	struct receiver *p = open_scene(&s, (struct behaviour){ .status = 202 });
	scene_errand(&s, p, "x");
	scene_run(&s.one);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	must_have(&s, "");
	scene_close(&s);
}

/* ---- What may have become of the errand when we come back from a kill ---- */

static void is_told_again(struct scene *s, struct receiver *p, uint64_t number)
{
	(void)s, (void)number;
	p->how = takes;
}

static void has_nothing_to_say(struct scene *s, struct receiver *p, uint64_t number)
{
	(void)p, (void)number;
	s->composing.text = NULL;
}

static void cannot_be_made(struct scene *s, struct receiver *p, uint64_t number)
{
	(void)p, (void)number;
	s->composing.cannot = true;
}

static void is_not_listed(struct scene *s, struct receiver *p, uint64_t number)
{
	(void)s, (void)number;
	p->unlisted = true;
}

static void is_dropped(struct scene *s, struct receiver *p, uint64_t number)
{
	(void)p;
	CU_ASSERT_TRUE(scene_drop(s, number));
}

static const struct {
	const char *why;
	void (*meanwhile)(struct scene *s, struct receiver *p, uint64_t number);
	const char *records;
} fates[] = {
	{ "told again", is_told_again, "cut short, taken" },
	{ "nothing to be said any more", has_nothing_to_say, "cut short" },
	{ "it cannot be made any more", cannot_be_made, "cut short" },
	{ "it may not be told any more", is_not_listed, "cut short" },
	{ "dropped by the operator", is_dropped, "cut short" },
};

static void killed_on_its_way(void)
{
	for (size_t i = 0; i < COUNT(fates); i++) {
		struct scene s;
		struct receiver *p = open_scene(&s, silent);
		uint64_t number = scene_notice(&s, p);
		scene_run(&s.one);
		CU_ASSERT_EQUAL(scene_got(&s, p), 1);
		must_have(&s, "");
		scene_kill(&s.one);
		fates[i].meanwhile(&s, p, number);
		scene_node(&s, &s.one, "one");
		scene_run(&s.one);
		must_have_when(&s, fates[i].records, fates[i].why);
		scene_pass(&s.one, 600);
		must_have_when(&s, fates[i].records, fates[i].why);
		scene_close(&s);
	}
}

/* Killed again and again: each try that was begun has one. */
static void killed_often(void)
{
	struct scene s;
	struct receiver *p = open_scene(&s, silent);
	scene_notice(&s, p);
	for (unsigned i = 0; i < 3; i++) {
		scene_run(&s.one);
		kill_and_come_back(&s);
	}
	p->how = takes;
	scene_run(&s.one);
	must_have(&s, "cut short, cut short, cut short, taken");
	scene_close(&s);
}

/* The errand is gone when its answer comes, or never comes. */
static void dropped_on_its_way(void)
{
	static const struct {
		const struct behaviour *how;
		const char *records;
	} rows[] = {
		{ &takes, "taken" }, { &busy, "later" }, { &refuses, "never" }, { &away, "later" }
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct receiver *p = open_scene(&s, silent);
		uint64_t number = scene_notice(&s, p);
		scene_run(&s.one);
		CU_ASSERT_TRUE(scene_drop(&s, number));
		p->how = *rows[i].how;
		scene_run(&s.one);
		must_have(&s, rows[i].records);
		CU_ASSERT_EQUAL(s.composing.concluded, 0);
		scene_close(&s);
	}
}

/* ---- Two nodes ---- */

/* Whoever takes the lease over writes it; the answer comes late, to who has lost it. */
static void the_lease_was_lost(void)
{
	struct scene s;
	struct receiver *p = open_scene(&s, silent);
	scene_node(&s, &s.two, "two");
	scene_notice(&s, p);
	scene_run(&s.one);
	CU_ASSERT_EQUAL(scene_run(&s.two), LEASE_SECONDS * (int64_t)SECOND);
	must_have(&s, "");
	s.now += LEASE_SECONDS * (int64_t)SECOND;
	scene_run(&s.two);
	CU_ASSERT_EQUAL(scene_got(&s, p), 2);
	must_have(&s, "cut short");
	p->how = takes;
	scene_run(&s.one);
	must_have(&s, "cut short");
	scene_run(&s.two);
	must_have(&s, "cut short, taken");
	scene_close(&s);
}

/* The other node is done with it, and the lease is free, when the answer comes. */
static void the_lease_was_lost_and_given_back(void)
{
	struct scene s;
	struct receiver *p = open_scene(&s, silent);
	scene_node(&s, &s.two, "two");
	scene_notice(&s, p);
	scene_run(&s.one);
	s.now += LEASE_SECONDS * (int64_t)SECOND;
	p->how = busy;
	scene_run(&s.two);
	must_have(&s, "cut short, later");
	scene_run(&s.one);
	must_have(&s, "cut short, later");
	scene_close(&s);
}

/* ---- When it cannot be kept ---- */

/* Nothing is sent before its record is kept, and what was sent is not sent again for want of it. */
static void a_full_disk(void)
{
	for (int after = 0; after < 3; after++) {
		struct scene s;
		struct receiver *p = open_scene(&s, takes);
		scene_notice(&s, p);
		scene_full(after);
		scene_pass(&s.one, 1800);
		CU_ASSERT_EQUAL(scene_got(&s, p), after > 0);
		must_have(&s, after < 2 ? "" : "taken");
		scene_full(-1);
		scene_pass(&s.one, LONGEST_PAUSE_SECONDS * 5 / 4);
		CU_ASSERT_EQUAL(scene_got(&s, p), 1);
		must_have(&s, "taken");
		scene_close(&s);
	}
}

/* Something has happened since it was made: it is made again. */
static void made_again(void)
{
	struct scene s;
	struct receiver *p = open_scene(&s, takes);
	s.composing.outdated = 2;
	scene_notice(&s, p);
	scene_run(&s.one);
	CU_ASSERT_EQUAL(s.composing.made, 3);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	must_have(&s, "taken");
	scene_close(&s);
}

/* ---- A crowd, at random ---- */

static unsigned draw(struct scene *s)
{
	s->seed = s->seed * 1664525u + 1013904223u;
	return s->seed >> 16;
}

static unsigned count_records(struct scene *s)
{
	unsigned count = 0;
	const char *at = scene_records(s);
	for (count = at[0] != '\0'; (at = strchr(at, ',')) != NULL; at++)
		count++;
	return count;
}

static void meet_anything(struct scene *s, unsigned turn)
{
	const struct behaviour some[] = { takes, takes, busy, refuses, away, silent };
	struct receiver *p = &s->partners[draw(s) % s->partner_count];
	struct node *n = draw(s) % 2 == 0 ? &s->one : &s->two;
	uint64_t number = scene_notice(s, p);
	p->how = some[draw(s) % COUNT(some)];
	s->composing.outdated = draw(s) % 8 == 0;
	if (turn % 7 == 0) {
		scene_kill(n);
		scene_node(s, n, n == &s->one ? "one" : "two");
	}
	scene_full(draw(s) % 8 == 0 ? (int)(draw(s) % 4) : -1);
	scene_pass(n, draw(s) % 20);
	scene_full(-1);
	if (draw(s) % 4 == 0)
		scene_drop(s, number);
}

/* Calls begun and records are as many, when nothing is on its way any more. */
static void a_crowd(void)
{
	enum { CROWD = 4, TURNS = 120, SEEDS = 6 };
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		struct scene s;
		open_scene(&s, takes);
		s.seed = seed;
		scene_node(&s, &s.two, "two");
		for (unsigned i = 1; i < CROWD; i++)
			scene_consumer(&s, (char[]){ (char)('a' + i), '\0' }, takes);
		for (unsigned turn = 0; turn < TURNS; turn++)
			meet_anything(&s, turn);
		for (unsigned i = 0; i < CROWD; i++)
			s.partners[i].how = takes;
		for (unsigned i = 0; i < 3; i++) {
			scene_pass(&s.one, LEASE_SECONDS + 2 * LONGEST_PAUSE_SECONDS);
			scene_pass(&s.two, LEASE_SECONDS + 1);
		}
		CU_ASSERT(s.begun > TURNS / 2);
		CU_ASSERT_EQUAL(count_records(&s), s.begun);
		CU_ASSERT_EQUAL(scene_findings(&s), 0);
		scene_close(&s);
	}
}

static const struct test tests[] = { { "each try", each_try },
				     { "not of other kinds", not_of_other_kinds },
				     { "killed on its way", killed_on_its_way },
				     { "killed often", killed_often },
				     { "dropped on its way", dropped_on_its_way },
				     { "the lease was lost", the_lease_was_lost },
				     { "the lease was lost, and given back",
				       the_lease_was_lost_and_given_back },
				     { "a full disk", a_full_disk },
				     { "made again", made_again },
				     { "a crowd at random", a_crowd },
				     { 0 } };

int main(void)
{
	return suite_run("errands: recorded", tests);
}
