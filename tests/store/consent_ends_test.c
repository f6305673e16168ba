/* tests/store/consent_ends_test.c: decisions that begin and end by themselves (C6), and what is
 * opened to one facility until its visit ends. */
#include "tests/base/suite.h"

#include <stdio.h>

#include "gateway/base/text.h"
#include "schemas/model/region_policy.h"
#include "store/consent_groups.h"
#include "store/consent_rows.h"
#include "store/record.h"
#include "tests/store/told.h"

static const struct who x = { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };
static const struct who y = { B_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };

static const struct who z = { C_DOMAIN, "3", "スズキ", "ハナ", "19500101", "F", "0399990000",
			      0,        0,   0,        0,      0,          0 };

struct saying {
	uint64_t subject;
	struct consent_event event;
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	struct consent_coverage coverage;
	return consent_record(t, &people_region, s->subject, &s->event, &coverage, p);
}

static enum problem_code say(struct fixture *f, uint64_t subject, struct consent_event e)
{
	struct saying s = { subject, e };
	s.event.reason = "asked for it";
	s.event.by = "clerk";
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

static struct participation holds(struct fixture *f, uint64_t record, instant at)
{
	struct participation now;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, consent_participation(t, f->arena, record, at, &now));
	store_end(t);
	return now;
}

/* d, j or l: default, joined, left; then what is excluded, after -; what is granted, after +. */
static const char *told(struct fixture *f, uint64_t record, instant at)
{
	struct participation p = holds(f, record, at);
	struct buffer b = buffer_in(f->arena);
	buffer_printf(&b, "%c", !p.decided ? 'd' : p.joined ? 'j' : 'l');
	for (size_t i = 0; i < p.excluded_count; i++)
		buffer_printf(&b, "-%s", p.excluded[i]);
	for (size_t i = 0; i < p.grant_count; i++)
		buffer_printf(&b, "+%s:%s", p.grants[i].facility, p.grants[i].groups);
	return buffer_ended(&b);
}

static void tell_finding(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "finding: %s\n", finding);
}

static void check(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &notices_check, &errands_check,
							      NULL };
	struct check_counts counts = { 0 };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_check(f->store, modules, tell_finding, NULL, &counts, &f->problem));
	CU_ASSERT_EQUAL(counts.findings, 0);
}

enum { SAID_MOST = 5, ASKED_MOST = 6 };
#define JOIN .reason = "r", .action = CONSENT_JOIN
#define LEAVE .reason = "r", .action = CONSENT_LEAVE
#define SHUT(whom) .reason = "r", .action = CONSENT_EXCLUDE, .facility = whom
#define LET(whom) .reason = "r", .action = CONSENT_INCLUDE, .facility = whom
#define GRANT(whom, what) .reason = "r", .action = CONSENT_GRANT, .facility = whom, .groups = what
#define REVOKE(whom) .reason = "r", .action = CONSENT_REVOKE, .facility = whom

/* What was said, in this order, at 10, 20 ...; and what holds when somebody asks. */
static const struct {
	const char *why;
	struct consent_event said[SAID_MOST];
	struct {
		instant at;
		const char *holds;
	} asked[ASKED_MOST];
} cases[] = {
	{ "joined until an end: not then any more",
	  { { JOIN, .until = 1000 } },
	  { { 10, "j" }, { 999, "j" }, { 1000, "d" }, { 1001, "d" } } },
	{ "joined from a beginning: from that instant on",
	  { { JOIN, .from = 500 } },
	  { { 10, "d" }, { 499, "d" }, { 500, "j" }, { 501, "j" } } },
	{ "joined from what has passed on: at once",
	  { { JOIN, .from = 5 } },
	  { { 10, "j" }, { 1000, "j" } } },
	{ "joined from what has passed on, until an end",
	  { { JOIN, .from = 5, .until = 1000 } },
	  { { 10, "j" }, { 999, "j" }, { 1000, "d" } } },
	{ "from a beginning that is over: from when it was said on",
	  { { JOIN, .from = 5, .until = 1000 } },
	  { { 10, "j" }, { 999, "j" }, { 1000, "d" } } },
	{ "both",
	  { { JOIN, .from = 500, .until = 600 } },
	  { { 499, "d" }, { 500, "j" }, { 599, "j" }, { 600, "d" } } },
	{ "left for a month: takes part again",
	  { { JOIN }, { LEAVE, .until = 1000 } },
	  { { 20, "l" }, { 999, "l" }, { 1000, "j" } } },
	{ "who joins until an end has joined until that, whatever he said before",
	  { { JOIN }, { JOIN, .until = 1000 } },
	  { { 999, "j" }, { 1000, "d" } } },
	{ "who joins from a beginning on has joined meanwhile as he said before",
	  { { JOIN, .until = 100 }, { JOIN, .from = 500 } },
	  { { 99, "j" }, { 100, "d" }, { 499, "d" }, { 500, "j" } } },
	{ "the last word holds, also over one that has no end",
	  { { LEAVE }, { JOIN, .until = 1000 } },
	  { { 20, "j" }, { 1000, "l" } } },
	{ "one without an end takes back all before",
	  { { JOIN, .until = 1000 }, { LEAVE } },
	  { { 20, "l" }, { 1000, "l" } } },
	{ "one that has not begun yet is taken back as well",
	  { { JOIN, .from = 500 }, { LEAVE } },
	  { { 20, "l" }, { 500, "l" } } },
	{ "and for good, whatever becomes of what took it back",
	  { { LEAVE, .from = 500 }, { JOIN }, { JOIN, .until = 1000 } },
	  { { 30, "j" }, { 500, "j" }, { 1000, "d" } } },
	{ "so does what is no more itself",
	  { { JOIN }, { LEAVE }, { LEAVE, .until = 500 } },
	  { { 30, "l" }, { 499, "l" }, { 500, "d" } } },
	{ "who joins for ever, having joined until an end, has joined for ever",
	  { { JOIN, .until = 1000 }, { JOIN } },
	  { { 20, "j" }, { 1000, "j" } } },
	{ "who says again what holds for ever says nothing new, beside one that ends",
	  { { JOIN }, { JOIN }, { SHUT("b-clinic"), .until = 1000 } },
	  { { 30, "j-b-clinic" }, { 1000, "j" } } },
	{ "shut out until an end",
	  { { JOIN }, { SHUT("b-clinic"), .until = 1000 } },
	  { { 20, "j-b-clinic" }, { 999, "j-b-clinic" }, { 1000, "j" } } },
	{ "shut out from a beginning on, beside what is shut out already",
	  { { JOIN }, { SHUT("b-clinic") }, { SHUT("b-clinic"), .from = 500, .until = 600 } },
	  { { 30, "j-b-clinic" }, { 500, "j-b-clinic" }, { 600, "j" } } },
	{ "let in until an end",
	  { { JOIN }, { SHUT("b-clinic") }, { LET("b-clinic"), .until = 1000 } },
	  { { 30, "j" }, { 999, "j" }, { 1000, "j-b-clinic" } } },
	{ "each has its own end",
	  { { JOIN, .until = 3000 },
	    { SHUT("b-clinic"), .until = 1000 },
	    { SHUT("role/clerk"), .until = 2000 } },
	  { { 30, "j-b-clinic-role/clerk" },
	    { 1000, "j-role/clerk" },
	    { 2000, "j" },
	    { 3000, "d" } } },
	{ "opened to one for a visit",
	  { { GRANT("b-clinic", "note,letter"), .until = 1000 } },
	  { { 10, "d+b-clinic:note,letter" }, { 999, "d+b-clinic:note,letter" }, { 1000, "d" } } },
	{ "of the next visit something else, and of the first nothing any more",
	  { { GRANT("b-clinic", "note"), .until = 1000 },
	    { GRANT("b-clinic", "letter"), .until = 500 } },
	  { { 20, "d+b-clinic:letter" }, { 500, "d" } } },
	{ "of a later visit something else from its beginning on",
	  { { GRANT("b-clinic", "note"), .until = 1000 },
	    { GRANT("b-clinic", "letter"), .from = 500, .until = 1000 } },
	  { { 20, "d+b-clinic:note" },
	    { 499, "d+b-clinic:note" },
	    { 500, "d+b-clinic:letter" },
	    { 1000, "d" } } },
	{ "of one visit after the other each its own",
	  { { GRANT("b-clinic", "note"), .until = 500 },
	    { GRANT("c-hospital", "note"), .from = 500, .until = 1000 } },
	  { { 499, "d+b-clinic:note" }, { 500, "d+c-hospital:note" }, { 1000, "d" } } },
	{ "of two each its own",
	  { { GRANT("b-clinic", "note"), .until = 1000 },
	    { GRANT("c-hospital", "letter"), .until = 500 } },
	  { { 20, "d+b-clinic:note+c-hospital:letter" }, { 500, "d+b-clinic:note" } } },
	{ "taken back",
	  { { GRANT("b-clinic", "note"), .until = 1000 }, { REVOKE("b-clinic") } },
	  { { 20, "d" }, { 1000, "d" } } },
	{ "beside what is shut out: two things",
	  { { GRANT("b-clinic", "note"), .until = 1000 }, { SHUT("b-clinic") } },
	  { { 20, "d-b-clinic+b-clinic:note" }, { 1000, "d-b-clinic" } } },
};

/* One word after the other. moves: the record says something new between any two, so that each is
 * given by another, and all of them are kept. */
static void say_all(struct fixture *f, uint64_t record, const struct consent_event *said,
		    bool moves)
{
	struct who moving = x;
	for (size_t k = 0; k < SAID_MOST && said[k].reason != NULL; k++) {
		struct consent_event e = said[k];
		e.time = 10 * ((instant)k + 1);
		CU_ASSERT_EQUAL(say(f, record, e), PROBLEM_NONE);
		moving.phone = arena_printf(f->arena, "039999000%zu", k);
		if (moves)
			people_feed(f, &moving);
	}
}

/* Whoever gave the words: the same holds, and since the same instant. */
static void begin_and_end(void)
{
	instant since[COUNT(cases)][ASKED_MOST];
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		struct fixture f;
		size_t c = i % COUNT(cases);
		bool moves = i >= COUNT(cases);
		fixture_open(&f);
		uint64_t record = people_feed(&f, &x).record;
		say_all(&f, record, cases[c].said, moves);
		for (size_t k = 0; k < ASKED_MOST && cases[c].asked[k].holds != NULL; k++) {
			const char *is = told(&f, record, cases[c].asked[k].at);
			instant from = holds(&f, record, cases[c].asked[k].at).since;
			if (!moves)
				since[c][k] = from;
			if (!text_equal(is, cases[c].asked[k].holds) || from != since[c][k])
				fprintf(stderr, "%s: at %lld it is %s, since %lld\n", cases[c].why,
					(long long)cases[c].asked[k].at, is, (long long)from);
			CU_ASSERT_STRING_EQUAL(is, cases[c].asked[k].holds);
			CU_ASSERT_EQUAL(from, since[c][k]);
		}
		check(&f);
		fixture_close(&f);
	}
}

/* When it changes the next time, so that who looks can be told. */
static void the_next_turn(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t record = people_feed(&f, &x).record;
	say(&f, record, (struct consent_event){ JOIN, .time = 10 });
	CU_ASSERT_EQUAL(holds(&f, record, 20).until, 0);
	say(&f, record, (struct consent_event){ LEAVE, .time = 20, .from = 500, .until = 600 });
	CU_ASSERT_EQUAL(holds(&f, record, 20).until, 500);
	CU_ASSERT_EQUAL(holds(&f, record, 499).until, 500);
	CU_ASSERT_EQUAL(holds(&f, record, 500).until, 600);
	CU_ASSERT_EQUAL(holds(&f, record, 500).since, 500);
	CU_ASSERT_EQUAL(holds(&f, record, 600).until, 0);
	/* Nobody decides for what is over. */
	say(&f, record, (struct consent_event){ LEAVE, .time = 30, .from = 25 });
	CU_ASSERT_EQUAL(holds(&f, record, 700).since, 30);
	fixture_close(&f);
}

static void what_cannot_be(void)
{
	static const struct consent_event rows[] = {
		{ JOIN, .time = 10, .until = 10 },
		{ JOIN, .time = 10, .until = 9 },
		{ JOIN, .time = 10, .from = 500, .until = 500 },
		{ GRANT("b-clinic", NULL), .time = 10, .until = 20 },
		{ GRANT("b-clinic", ""), .time = 10, .until = 20 },
		{ GRANT(NULL, "note"), .time = 10, .until = 20 },
		{ REVOKE(NULL), .time = 10 },
	};
	struct fixture f;
	fixture_open(&f);
	uint64_t record = people_feed(&f, &x).record;
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(say(&f, record, rows[i]), PROBLEM_REQUEST_INVALID);
	/* So many at once, and one more when one of them is over. */
	instant at = 10;
	for (; at < 42; at++)
		CU_ASSERT_EQUAL(
			say(&f, record,
			    (struct consent_event){ SHUT("b-clinic"), .time = at, .from = 1000 * at,
						    .until = 1000 * at + 1 }),
			PROBLEM_NONE);
	CU_ASSERT_EQUAL(say(&f, record, (struct consent_event){ LEAVE, .time = at, .until = 99 }),
			PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(say(&f, record, (struct consent_event){ LEAVE, .time = at }), PROBLEM_NONE);
	CU_ASSERT_EQUAL(
		say(&f, record, (struct consent_event){ JOIN, .time = 10001, .until = 99999 }),
		PROBLEM_NONE);
	check(&f);
	fixture_close(&f);
}

/* What was said with it is read back, of an event that decides and of one that is history. */
static void all_of_it_is_kept(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t record = people_feed(&f, &x).record;
	say(&f, record,
	    (struct consent_event){ GRANT("b-clinic", "note"), .time = 10, .from = 20,
				    .until = 1000,
				    .proof = { "card-reader", "2026-01-15", "受付" } });
	for (int round = 0; round < 2; round++) {
		const struct record_numbers subjects = { &record, 1 };
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		const struct consent_event *e = consent_history(t, f.arena, &subjects, 0, 9);
		while (e != NULL && e->action != CONSENT_GRANT)
			e = e->next;
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_STRING_EQUAL(e->facility, "b-clinic");
		CU_ASSERT_STRING_EQUAL(e->groups, "note");
		CU_ASSERT_EQUAL(e->from, 20);
		CU_ASSERT_EQUAL(e->until, 1000);
		CU_ASSERT_STRING_EQUAL(e->proof.kind, "card-reader");
		CU_ASSERT_STRING_EQUAL(e->proof.date, "2026-01-15");
		CU_ASSERT_STRING_EQUAL(e->proof.by, "受付");
		CU_ASSERT_EQUAL(consent_history_has(t, record, e->number), round == 1);
		store_end(t);
		say(&f, record, (struct consent_event){ REVOKE("b-clinic"), .time = 30 });
	}
	check(&f);
	fixture_close(&f);
}

/* ---- Against a model: of all that was said, nothing forgotten ---- */

static bool begun(const struct consent_event *e, instant at)
{
	return e->from <= e->time || e->from <= at;
}

static bool timed(const struct consent_event *e)
{
	return e->until != 0 || e->from > e->time;
}

static bool is_live(const struct consent_event *said, size_t count, size_t i, instant at)
{
	if (!begun(&said[i], at) || (said[i].until != 0 && said[i].until <= at))
		return false;
	for (size_t k = i + 1; k < count; k++)
		if (said[k].action / 2 == said[i].action / 2
		    && (!timed(&said[k])
			|| (said[k].action == said[i].action && begun(&said[k], at))))
			return false;
	return true;
}

static const char *expected(struct arena *a, const struct consent_event *said, size_t count,
			    instant at)
{
	char standing = 'd';
	bool shut = false;
	const char *groups = NULL;
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < count; i++) {
		if (!is_live(said, count, i, at))
			continue;
		switch (said[i].action) {
		case CONSENT_JOIN: standing = 'j'; break;
		case CONSENT_LEAVE: standing = 'l'; break;
		case CONSENT_EXCLUDE: shut = true; break;
		case CONSENT_INCLUDE: shut = false; break;
		case CONSENT_GRANT: groups = said[i].groups; break;
		case CONSENT_REVOKE: groups = NULL; break;
		}
	}
	buffer_printf(&b, "%c", standing);
	if (shut)
		buffer_printf(&b, "-b");
	if (groups != NULL)
		buffer_printf(&b, "+b:%s", groups);
	return buffer_ended(&b);
}

/* The whole story is told where they differ: the seed alone is not. */
static void compare(struct fixture *f, uint64_t record, const struct consent_event *said,
		    size_t count, instant at)
{
	const char *is = told(f, record, at), *should = expected(f->arena, said, count, at);
	CU_ASSERT_STRING_EQUAL(is, should);
	if (text_equal(is, should))
		return;
	fprintf(stderr, "at %lld it is %s, not %s, after\n", (long long)at, is, should);
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "\taction %d at %lld from %lld until %lld\n", (int)said[i].action,
			(long long)said[i].time, (long long)said[i].from, (long long)said[i].until);
}

enum { STORIES = 60, WORDS = 14 };

static struct consent_event by_chance(unsigned *seed, instant now)
{
	struct consent_event e = { .action = (enum consent_action)(rand_r(seed) % 6), .time = now };
	if (e.action >= CONSENT_EXCLUDE)
		e.facility = "b";
	if (e.action == CONSENT_GRANT)
		e.groups = rand_r(seed) % 2 == 0 ? "note" : "letter";
	if (rand_r(seed) % 3 == 0)
		e.from = now + 1 + rand_r(seed) % 40;
	if (rand_r(seed) % 2 == 0)
		e.until = (e.from == 0 ? now : e.from) + 1 + rand_r(seed) % 40;
	return e;
}

static void as_a_model_has_it(void)
{
	unsigned seed = 20261201;
	for (unsigned story = 0; story < STORIES; story++) {
		struct consent_event said[WORDS];
		struct fixture f;
		fixture_open(&f);
		uint64_t record = people_feed(&f, &x).record;
		instant now = 1;
		for (size_t i = 0; i < WORDS; i++) {
			said[i] = by_chance(&seed, now);
			CU_ASSERT_EQUAL_FATAL(say(&f, record, said[i]), PROBLEM_NONE);
			for (instant at = now; at < now + 90; at += 1 + rand_r(&seed) % 5)
				compare(&f, record, said, i + 1, at);
			now += 1 + rand_r(&seed) % 20;
		}
		check(&f);
		fixture_close(&f);
	}
}

/* ---- Records that are linked ---- */

/* What one record was told the other has as well, with its end, whether it was said before they
 * were linked or after; where they meet, the stricter. */
static void linked(void)
{
	static const struct {
		struct consent_event a, b;
		const char *before, *after; /* for both, at 100, and at 1000 */
	} rows[] = {
		{ { JOIN, .until = 1000 }, { SHUT("c"), .until = 500 }, "j-c", "d" },
		{ { JOIN, .until = 1000 }, { LEAVE }, "l", "l" },
		{ { JOIN }, { LEAVE, .until = 1000 }, "l", "j" },
		{ { GRANT("c", "note,letter"), .until = 1000 },
		  { GRANT("c", "letter"), .until = 500 },
		  "d+c:letter",
		  "d" },
		{ { GRANT("c", "note"), .until = 1000 }, { REVOKE("c") }, "d", "d" },
		{ { GRANT("c", "note"), .until = 500 },
		  { GRANT("c", "letter"), .until = 500 },
		  "d+c:letter",
		  "d" },
	};
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct fixture f;
		bool linked_late = i >= COUNT(rows);
		const char *before = rows[i % COUNT(rows)].before;
		const char *after = rows[i % COUNT(rows)].after;
		fixture_open(&f);
		struct who apart = y;
		apart.phone = "0399990000"; /* the same identity, and linked by nothing */
		uint64_t a = people_feed(&f, &x).record, b = people_feed(&f, &apart).record;
		struct consent_event one = rows[i % COUNT(rows)].a;
		struct consent_event other = rows[i % COUNT(rows)].b;
		one.time = 10;
		other.time = 20;
		say(&f, a, one);
		if (linked_late)
			say(&f, b, other);
		people_feed(&f, &y);
		fixture_must(&f, people_record(&f, A_DOMAIN, "1").person
					 == people_record(&f, B_DOMAIN, "2").person);
		if (!linked_late)
			say(&f, b, other);
		CU_ASSERT_STRING_EQUAL(told(&f, a, 100), before);
		CU_ASSERT_STRING_EQUAL(told(&f, b, 100), before);
		CU_ASSERT_STRING_EQUAL(told(&f, a, 1000), after);
		CU_ASSERT_STRING_EQUAL(told(&f, b, 1000), after);
		check(&f);
		fixture_close(&f);
	}
}

/* What was said for the name it bears now takes nothing back of what was said for the former one,
 * for whoever bears that. */
static void what_another_name_says(void)
{
	static const struct {
		struct consent_event later, others; /* others: said for the former name */
		const char *own, *own_after, *other, *other_after; /* at 100, and at 1000 */
		bool disputed;                                     /* of the other, at 100 */
	} rows[] = {
		{ { LEAVE }, { .reason = NULL }, "l", "l", "j", "d", false },
		{ { JOIN }, { .reason = NULL }, "j", "j", "j", "d", false },
		{ { JOIN, .until = 200 }, { .reason = NULL }, "j", "d", "j", "d", false },
		{ { LEAVE }, { LEAVE }, "l", "l", "l", "l", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct who married = x, apart = y;
		struct consent_event later = rows[i].later, others = rows[i].others;
		married.family = "スズキ";
		apart.phone = "0399990000";
		later.time = 20;
		fixture_open(&f);
		uint64_t own = people_feed(&f, &x).record, other = people_feed(&f, &apart).record;
		say(&f, own, (struct consent_event){ JOIN, .time = 10, .until = 1000 });
		people_feed(&f, &married);
		CU_ASSERT_EQUAL(say(&f, own, later), PROBLEM_NONE);
		others.time = 15;
		if (others.reason != NULL)
			say(&f, other, others);
		struct told_step link = { .region = &people_region,
					  .record = own,
					  .other = other,
					  .decision = PAIR_TOGETHER };
		fixture_must(&f, told_do(&f, &link));
		CU_ASSERT_TRUE(people_same(&f, &x, &y));
		CU_ASSERT_STRING_EQUAL(told(&f, own, 100), rows[i].own);
		CU_ASSERT_STRING_EQUAL(told(&f, own, 1000), rows[i].own_after);
		CU_ASSERT_STRING_EQUAL(told(&f, other, 100), rows[i].other);
		CU_ASSERT_STRING_EQUAL(told(&f, other, 1000), rows[i].other_after);
		CU_ASSERT_EQUAL(holds(&f, other, 100).disputed, rows[i].disputed);
		CU_ASSERT_FALSE(holds(&f, other, 1000).disputed);
		check(&f);
		fixture_close(&f);
	}
}

/* ---- What is to be done then ---- */

struct telling {
	const struct region *region;
	instant now;
	bool more;
};

static bool tell_job(void *with, struct store_txn *t, struct problem *p)
{
	struct telling *s = with;
	(void)p;
	return consent_ends_tell(t, s->region, s->now, &s->more);
}

static bool due(struct fixture *f, instant now)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool is = consent_ends_due(t, now);
	store_end(t);
	return is;
}

static bool tell(struct fixture *f, const struct region *r, instant now)
{
	struct telling s = { .region = r, .now = now };
	fixture_must(f, store_write(f->store, tell_job, &s, &f->problem));
	return s.more;
}

/* The person's record in the affinity domain, which has no words of its own. */
static uint64_t made_record(struct fixture *f, uint64_t record)
{
	struct patient_record place;
	struct person who;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, identity_place(t, f->arena, record, &place)
				&& identity_person(t, f->arena, place.person, &who));
	store_end(t);
	return who.regional_record;
}

/* Whichever of the person's records is asked about, and after what is said later. */
static void a_clock_that_goes_back(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t first = people_feed(&f, &x).record, second = people_feed(&f, &y).record;
	const struct consent_event visit = { GRANT("b-clinic", "note"), .until = 1000, .time = 10 };
	CU_ASSERT_EQUAL(say(&f, first, visit), PROBLEM_NONE);
	uint64_t records[] = { first, second, made_record(&f, first) };
	for (size_t i = 0; i < COUNT(records); i++)
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 999), "d+b-clinic:note");
	CU_ASSERT_FALSE(tell(&f, &people_region, 999)); /* nothing is over */
	CU_ASSERT_STRING_EQUAL(told(&f, first, 999), "d+b-clinic:note");
	CU_ASSERT_FALSE(tell(&f, &people_region, 1000));
	for (size_t i = 0; i < COUNT(records); i++) {
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 999), "d");
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 1000), "d");
	}
	/* What is said with the clock that went back settles all anew. */
	const struct consent_event next = { GRANT("c-hospital", "note"), .from = 2000,
					    .until = 3000, .time = 500 };
	CU_ASSERT_EQUAL(say(&f, second, next), PROBLEM_NONE);
	for (size_t i = 0; i < COUNT(records); i++) {
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 600), "d");
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 2000), "d+c-hospital:note");
		CU_ASSERT_EQUAL(holds(&f, records[i], 600).until, 2000);
	}
	CU_ASSERT_FALSE(tell(&f, &people_region, 3000));
	for (size_t i = 0; i < COUNT(records); i++)
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 2500), "d");
	check(&f);
	/* Where nothing turns any more there is nothing to note. */
	const struct consent_event leaves = { REVOKE("c-hospital"), .time = 4000 };
	const struct consent_event ends = { REVOKE("b-clinic"), .time = 4001 };
	CU_ASSERT_EQUAL(say(&f, first, leaves), PROBLEM_NONE);
	CU_ASSERT_EQUAL(say(&f, first, ends), PROBLEM_NONE);
	for (size_t i = 0; i < COUNT(records); i++)
		CU_ASSERT_STRING_EQUAL(told(&f, records[i], 999), "d");
	check(&f);
	fixture_close(&f);
}

/* Leaving for a time, and joining from a time on, have begun once they were seen to. */
static void what_has_begun_has_begun(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t record = people_feed(&f, &x).record;
	const struct consent_event joins = { JOIN, .time = 10 };
	const struct consent_event leaves = { LEAVE, .from = 1000, .time = 20 };
	CU_ASSERT_EQUAL(say(&f, record, joins), PROBLEM_NONE);
	CU_ASSERT_EQUAL(say(&f, record, leaves), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&f, record, 999), "j");
	tell(&f, &people_region, 1000);
	CU_ASSERT_STRING_EQUAL(told(&f, record, 999), "l");
	/* What begins and changes nothing. */
	uint64_t other = people_feed(&f, &z).record;
	const struct consent_event again = { JOIN, .from = 2000, .time = 30 };
	CU_ASSERT_EQUAL(say(&f, other, joins), PROBLEM_NONE);
	CU_ASSERT_EQUAL(say(&f, other, again), PROBLEM_NONE);
	CU_ASSERT_TRUE(due(&f, 2000));
	tell(&f, &people_region, 2000);
	CU_ASSERT_STRING_EQUAL(told(&f, other, 1999), "j");
	check(&f);
	fixture_close(&f);
}

static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)p;
	key_begin(&k, SPACE_CONSENT);
	key_short(&k, *(const uint64_t *)with);
	return store_put(t, key_span(&k), bytes_of_text("\x01\xff\xff"));
}

/* What is noted with all of a person's records is noted with none where one cannot be read. */
static void an_end_beside_damage(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t first = people_feed(&f, &x).record, second = people_feed(&f, &y).record;
	const struct consent_event visit = { GRANT("b-clinic", "note"), .until = 1000, .time = 10 };
	struct telling s = { .region = &people_region, .now = 1000 };
	CU_ASSERT_EQUAL(say(&f, first, visit), PROBLEM_NONE);
	fixture_must(&f, store_write(f.store, spoil, &second, &f.problem));
	CU_ASSERT_FALSE(store_write(f.store, tell_job, &s, &f.problem));
	CU_ASSERT_TRUE(due(&f, 1000));
	CU_ASSERT_STRING_EQUAL(told(&f, first, 999), "d+b-clinic:note");
	fixture_close(&f);
}

/* Whoever listens is told of each instant once, also of those that passed while nobody was up. */
static void who_listens_is_told(void)
{
	struct registered_system systems[TOLD_SYSTEMS];
	struct region region = told_region(systems);
	struct fixture f;
	fixture_open(&f);
	uint64_t record = people_feed(&f, &x).record;
	uint64_t person = people_record(&f, A_DOMAIN, "1").person;
	say(&f, record, (struct consent_event){ JOIN, .time = 10, .from = 500, .until = 1000 });
	uint64_t before = told_changes(&f, "c-hospital", person);
	CU_ASSERT_FALSE(due(&f, 499));
	CU_ASSERT_FALSE(tell(&f, &region, 499));
	CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), before);
	CU_ASSERT_TRUE(due(&f, 500));
	tell(&f, &region, 500);
	CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), before + 1);
	CU_ASSERT_EQUAL(told_changes(&f, "a-hospital", person), 0);
	CU_ASSERT_FALSE(due(&f, 999));
	CU_ASSERT_TRUE(due(&f, 5000));
	tell(&f, &region, 5000);
	CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), before + 2);
	CU_ASSERT_FALSE(due(&f, 5000));
	check(&f);
	/* What is taken back before it ends has no end; what was seen to does not come again. */
	say(&f, record, (struct consent_event){ JOIN, .time = 20, .until = 6000 });
	CU_ASSERT_FALSE(due(&f, 5999));
	say(&f, record, (struct consent_event){ LEAVE, .time = 30 });
	CU_ASSERT_FALSE(due(&f, 6000));
	check(&f);
	fixture_close(&f);
}

static void many_at_once(void)
{
	struct registered_system systems[TOLD_SYSTEMS];
	struct region region = told_region(systems);
	struct fixture f;
	fixture_open(&f);
	for (int i = 0; i < 110; i++) {
		struct who w = x;
		w.id = arena_printf(f.arena, "n%d", i);
		w.phone = NULL;
		w.birth = arena_printf(f.arena, "19%02d0101", i % 100);
		w.given = i < 100 ? "イチ" : "ハナコ";
		say(&f, people_feed(&f, &w).record,
		    (struct consent_event){ JOIN, .time = 10, .until = 100 });
	}
	CU_ASSERT_TRUE(tell(&f, &region, 100));
	CU_ASSERT_TRUE(due(&f, 100));
	CU_ASSERT_FALSE(tell(&f, &region, 100));
	CU_ASSERT_FALSE(due(&f, 100));
	fixture_close(&f);
}

struct putting {
	instant at;
	uint64_t subject;
	const char *value;
	bool longer, damaged; /* its key; and the row that it is of is no row */
};

static bool put_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct putting *put = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE_CONSENT_ENDS);
	key_instant(&k, put->at);
	key_short(&k, put->subject);
	if (put->longer)
		key_octet(&k, 0);
	struct key of;
	key_begin(&of, SPACE_CONSENT);
	key_short(&of, put->subject);
	return (!put->damaged || store_put(t, key_span(&of), bytes_of_text("?")))
	       && store_put(t, key_span(&k), bytes_of_text(put->value));
}

static void hear(void *with, const char *finding)
{
	*(unsigned *)with += strstr(finding, "end of a consent") != NULL;
}

/* An end is of a record for which something begins or ends then. */
static void what_belongs_to_nothing(void)
{
	static const struct {
		instant at;
		bool known;
		const char *value;
		unsigned findings;
		bool longer, damaged;
	} rows[] = {
		{ 1000, true, "", 0, false, false },  { 1001, true, "", 1, false, false },
		{ 1000, false, "", 1, false, false }, { 1000, true, "x", 1, false, false },
		{ 1000, true, "", 1, true, false },   { 1000, true, "", 0, false, true },
	};
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct check_counts counts = { 0 };
		unsigned told_of = 0;
		fixture_open(&f);
		uint64_t record = people_feed(&f, &x).record;
		say(&f, record, (struct consent_event){ JOIN, .time = 10, .until = 1000 });
		struct putting put = { rows[i].at, rows[i].known ? record : 77, rows[i].value,
				       rows[i].longer, rows[i].damaged };
		fixture_must(&f, store_write(f.store, put_job, &put, &f.problem));
		fixture_must(&f,
			     store_check(f.store, modules, hear, &told_of, &counts, &f.problem));
		/* The row is told of, and that it was asked for. */
		CU_ASSERT_EQUAL(counts.findings, rows[i].findings + (rows[i].damaged ? 2 : 0));
		CU_ASSERT_EQUAL(told_of, rows[i].findings);
		fixture_close(&f);
	}
}

/* Of a record that is gone nobody is told, and it is seen to all the same. */
static void an_end_of_a_record_that_is_gone(void)
{
	struct registered_system systems[TOLD_SYSTEMS];
	struct region region = told_region(systems);
	struct putting put = { 500, 77, "", false, false };
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &x);
	uint64_t person = people_record(&f, A_DOMAIN, "1").person;
	uint64_t before = told_changes(&f, "c-hospital", person);
	fixture_must(&f, store_write(f.store, put_job, &put, &f.problem));
	CU_ASSERT_TRUE(due(&f, 500));
	CU_ASSERT_FALSE(tell(&f, &region, 500));
	CU_ASSERT_FALSE(due(&f, 500));
	CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), before);
	fixture_close(&f);
}

/* ---- Rows by hand ---- */

enum { ROW = 3, HOLDS = 2, GRANT_FIELD = 5, TURN = 6, TURN_AT = 7, LATER = 99 };

static void write_turn(struct record_writer *w, instant at, struct bytes grant)
{
	record_open(w, TURN);
	if (at != 0)
		record_instant(w, TURN_AT, at);
	if (grant.length != 0)
		record_bytes(w, GRANT_FIELD, grant);
	record_number(w, LATER, 1);
	record_close(w);
}

/* Turns are in time, and what they say can be read; what a later version says is passed over. */
static void damaged_turns(void)
{
	static const struct {
		instant first, second;
		struct bytes grant;
		bool read;
	} rows[] = {
		{ 5, 6, { (const unsigned char *)"b\0note", 7 }, true },
		{ 5, 6, { NULL, 0 }, true },
		{ 0, 6, { NULL, 0 }, false },
		{ 6, 6, { NULL, 0 }, false },
		{ 6, 5, { NULL, 0 }, false },
		{ 5, 6, { (const unsigned char *)"b", 2 }, false },
		{ 5, 6, { (const unsigned char *)"b\0note\0", 8 }, false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record_writer w = record_begin(a, ROW);
		struct consent_row row;
		record_number(&w, HOLDS, 1);
		write_turn(&w, rows[i].first, rows[i].grant);
		write_turn(&w, rows[i].second, (struct bytes){ NULL, 0 });
		CU_ASSERT_EQUAL(consent_row_read(a, 7, record_end(&w), &row), rows[i].read);
	}
	arena_destroy(a);
}

/* ---- Groups ---- */

static void groups_in_common(void)
{
	static const struct {
		const char *x, *y, *common;
	} rows[] = {
		{ "note", "note", "note" },
		{ "note,letter", "letter", "letter" },
		{ "letter", "note,letter", "letter" },
		{ "note", "letter", NULL },
		{ "a,b,c", "c,b", "b,c" },
		{ "note", "not", NULL },
		{ "not", "note", NULL },
		{ NULL, "note", NULL },
		{ "note", NULL, NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_TRUE(
			text_equal(consent_groups_common(a, rows[i].x, rows[i].y), rows[i].common));
	arena_destroy(a);
}

/* As many as the rules can name, and not one more. */
static void groups_that_are_known(void)
{
	static const char *const names[] = { "unsaid", "note", NULL };
	const struct region_policy policy = { .names[POLICY_DOCUMENTS] = names };
	const struct region ruled = { .policy = &policy }, bare = { .policy = NULL };
	struct arena *a = arena_create(1 << 20);
	const char *what;
	struct buffer most = buffer_in(a);
	buffer_printf(&most, "note");
	for (unsigned i = 1; i < CONSENT_GROUPS_MOST; i++)
		buffer_printf(&most, ",note");
	const char *all = arena_text(a, buffer_ended(&most));
	CU_ASSERT_TRUE(consent_groups_known(a, &ruled, all, &what));
	CU_ASSERT_FALSE(consent_groups_known(a, &ruled, arena_printf(a, "%s,note", all), &what));
	CU_ASSERT_STRING_EQUAL(what, "note");
	CU_ASSERT_FALSE(consent_groups_known(a, &ruled, "note,letter", &what));
	CU_ASSERT_STRING_EQUAL(what, "letter");
	const char *lengthy = arena_printf(a, "%0*d", CONSENT_GROUP_OCTETS + 1, 0);
	CU_ASSERT_FALSE(consent_groups_known(a, &ruled, lengthy, &what));
	CU_ASSERT_STRING_EQUAL(what, lengthy);
	CU_ASSERT_FALSE(consent_groups_known(a, &bare, "note", &what));
	CU_ASSERT_FALSE(consent_groups_known(a, &ruled, NULL, &what));
	CU_ASSERT_STRING_EQUAL(what, "");
	arena_destroy(a);
}

static const struct test tests[] = { { "C6 decisions begin and end", begin_and_end },
				     { "C6 when it changes the next time", the_next_turn },
				     { "what cannot be decided", what_cannot_be },
				     { "C2 all of a decision is kept", all_of_it_is_kept },
				     { "C6 as a model has it", as_a_model_has_it },
				     { "C4 C6 records that are linked", linked },
				     { "C3 C6 what another name says", what_another_name_says },
				     { "who listens is told of an end", who_listens_is_told },
				     { "C8 a clock that goes back", a_clock_that_goes_back },
				     { "C8 what has begun has begun", what_has_begun_has_begun },
				     { "C8 an end beside damage", an_end_beside_damage },
				     { "many end at once", many_at_once },
				     { "an end that belongs to nothing", what_belongs_to_nothing },
				     { "an end of a record that is gone",
				       an_end_of_a_record_that_is_gone },
				     { "groups that are known", groups_that_are_known },
				     { "groups in common", groups_in_common },
				     { "turns that cannot be read", damaged_turns },
				     { 0 } };

int main(void)
{
	return suite_run("store: ends of consent", tests);
}
