/* tests/store/identity_awaited_test.c: links of ids that nobody has yet (ITI TF-2: 3.30.6.6.4), and
 * ids that became other ones: each asked from every side, and `minato check` after each. */
#include "tests/base/suite.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "store/names.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

static const struct who hanako = { A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001",
				   0,        0,   0,        0,        0,          0 };
static const struct who taro = { A_DOMAIN, "1", "タナカ", "タロウ", "19500505", "M", "0312345002",
				 0,        0,   0,        0,        0,          0 };

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

/* ---- What sources say ---- */

struct saying {
	enum { LINK, UNLINK, CHANGE } what;
	const char *one, *other; /* CHANGE: from one to the other */
	int64_t occurred;
	const char *system;
	struct feed_outcome out;
};

static uint64_t number_of(struct store_txn *t, const struct patient_identifier *id)
{
	struct patient_record r;
	return identity_find_place(t, store_arena(t), id->universal_id, id->id, &r) ? r.number : 0;
}

/* As profiles/actors/identity_management.c does it. */
static bool say_of_two(struct store_txn *t, struct saying *s, struct problem *p)
{
	const struct patient_identifier one = { .id = s->one, .universal_id = A_DOMAIN },
					other = { .id = s->other, .universal_id = A_DOMAIN };
	uint64_t x = number_of(t, &one), y = number_of(t, &other);
	const char *system = s->system == NULL ? "a-hospital" : s->system;
	if (x != 0 && y != 0)
		return s->what == LINK
			       ? identity_link(t, &people_region, system, x, y, &s->out, p)
			       : identity_unlink(t, &people_region, system, x, y, &s->out, p);
	return s->what == LINK ? identity_await(t, system, &one, &other, s->occurred, &s->out, p)
			       : identity_await_no_more(t, &one, &other, &s->out, p);
}

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	const struct patient_identifier one = { .id = s->one, .universal_id = A_DOMAIN };
	if (s->what != CHANGE)
		return say_of_two(t, s, p);
	return number_of(t, &one) != 0 ? identity_change_id(t, &people_region, A_DOMAIN, s->one,
							    s->other, s->occurred, &s->out, p)
				       : identity_change_awaited(t, &people_region, A_DOMAIN,
								 s->one, s->other, &s->out, p);
}

static enum problem_code say(struct fixture *f, struct saying *s)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, s, &f->problem);
	return f->problem.code;
}

/* Whether it changed anything. */
static bool link_ids(struct fixture *f, const char *one, const char *other)
{
	struct saying s = { .what = LINK, .one = one, .other = other };
	CU_ASSERT_EQUAL(say(f, &s), PROBLEM_NONE);
	return s.out.effect != FEED_UNCHANGED;
}

static bool unlink_ids(struct fixture *f, const char *one, const char *other)
{
	struct saying s = { .what = UNLINK, .one = one, .other = other };
	CU_ASSERT_EQUAL(say(f, &s), PROBLEM_NONE);
	return s.out.effect != FEED_UNCHANGED;
}

static enum problem_code change(struct fixture *f, const char *from, const char *to,
				int64_t occurred)
{
	struct saying s = { .what = CHANGE, .one = from, .other = to, .occurred = occurred };
	return say(f, &s);
}

static struct feed_outcome feed_at(struct fixture *f, const struct who *w, const char *id,
				   int64_t occurred)
{
	struct patient_identifier named = { .id = id, .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &named,
				  .demographics = people_demographics(f->arena, w),
				  .occurred = occurred };
	CU_ASSERT_EQUAL(people_write(f, &put), PROBLEM_NONE);
	return put.outcome;
}

/* Somebody nobody else is taken for: no phone, no address. */
static void feed(struct fixture *f, const char *id)
{
	struct who w = hanako;
	w.phone = NULL;
	feed_at(f, &w, id, 0);
}

static bool is_known(struct fixture *f, const char *id)
{
	struct patient_record r;
	return people_find(f, A_DOMAIN, id, &r);
}

static bool one(struct fixture *f, const char *x, const char *y)
{
	return people_record(f, A_DOMAIN, x).person == people_record(f, A_DOMAIN, y).person;
}

/* ---- Links ---- */

static void a_link_waits_for_its_ids(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	CU_ASSERT_TRUE(link_ids(&f, "1", "2"));
	CU_ASSERT_FALSE(link_ids(&f, "1", "2"));
	CU_ASSERT_FALSE(link_ids(&f, "2", "1"));
	CU_ASSERT_FALSE(is_known(&f, "2"));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	feed(&f, "2");
	CU_ASSERT_TRUE(one(&f, "1", "2"));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* It is a tie as any, and taken back as any. */
	CU_ASSERT_FALSE(link_ids(&f, "1", "2"));
	CU_ASSERT_TRUE(unlink_ids(&f, "2", "1"));
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	done(&f);
}

static void a_link_waits_for_both(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(link_ids(&f, "1", "2"));
	CU_ASSERT_TRUE(link_ids(&f, "3", "2"));
	feed(&f, "3");
	feed(&f, "1");
	CU_ASSERT_FALSE(one(&f, "1", "3"));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	feed(&f, "2");
	CU_ASSERT_TRUE(one(&f, "1", "2"));
	CU_ASSERT_TRUE(one(&f, "3", "2"));
	done(&f);
}

static void a_link_is_taken_back_before(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	CU_ASSERT_FALSE(unlink_ids(&f, "1", "2"));
	link_ids(&f, "1", "2");
	link_ids(&f, "1", "3");
	CU_ASSERT_TRUE(unlink_ids(&f, "2", "1"));
	CU_ASSERT_FALSE(unlink_ids(&f, "2", "1"));
	feed(&f, "2");
	feed(&f, "3");
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	CU_ASSERT_TRUE(one(&f, "1", "3"));
	done(&f);
}

/* A link that waits makes nobody one who contradicts: the operator is told, as of any other. */
static void who_contradicts_is_not_linked(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_at(&f, &hanako, "1", 0);
	link_ids(&f, "1", "2");
	feed_at(&f, &taro, "2", 0);
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	CU_ASSERT_TRUE(people_record(&f, A_DOMAIN, "2").unsettled & UNSETTLED_TIE);
	done(&f);
}

/* ---- Ids that change ---- */

static void a_link_goes_with_its_id(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	link_ids(&f, "1", "2");
	/* The one that is known, then the other, into one that nobody has. */
	CU_ASSERT_EQUAL(change(&f, "1", "10", 0), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_EQUAL(change(&f, "2", "20", 0), PROBLEM_NONE);
	CU_ASSERT_FALSE(is_known(&f, "20"));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* Who gets the numbers afterwards is linked with nobody. */
	feed(&f, "1");
	feed(&f, "2");
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	CU_ASSERT_FALSE(one(&f, "10", "2"));
	feed(&f, "20");
	CU_ASSERT_TRUE(one(&f, "10", "20"));
	done(&f);
}

static void an_id_becomes_one_that_is_waited_for(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	feed(&f, "3");
	link_ids(&f, "1", "2");
	/* A record comes by the id. */
	CU_ASSERT_EQUAL(change(&f, "3", "2", 0), PROBLEM_NONE);
	CU_ASSERT_TRUE(one(&f, "1", "2"));
	/* An id that nobody has becomes one that is somebody's. */
	feed(&f, "5");
	link_ids(&f, "5", "6");
	CU_ASSERT_EQUAL(change(&f, "6", "1", 0), PROBLEM_NONE);
	CU_ASSERT_TRUE(one(&f, "5", "1"));
	done(&f);
}

/* A link of one id with itself is none. */
static void linked_ids_become_one(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	link_ids(&f, "1", "2");
	link_ids(&f, "2", "3");
	link_ids(&f, "1", "3");
	CU_ASSERT_EQUAL(change(&f, "1", "2", 0), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	feed(&f, "3");
	CU_ASSERT_TRUE(one(&f, "2", "3"));
	done(&f);
}

static void a_link_goes_to_the_survivor(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	feed(&f, "2");
	feed(&f, "3");
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "3", "2", NULL), PROBLEM_NONE);
	link_ids(&f, "1", "9");
	/* Into one that was merged on: what waits is for who speaks. */
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	feed(&f, "9");
	CU_ASSERT_TRUE(one(&f, "3", "9"));
	done(&f);
}

/* ---- What the operator is shown ---- */

/* Time goes on by a second whenever it is looked at. */
static instant now_by_seconds(const struct clock *c)
{
	static atomic_int_fast64_t seconds = 1800000000;
	(void)c;
	return (instant)1000 * atomic_fetch_add(&seconds, 1);
}

static int64_t elapsed_as_ever(const struct clock *c)
{
	(void)c;
	return system_clock.elapsed(&system_clock);
}

static const struct clock clock_by_seconds = { .now = now_by_seconds, .elapsed = elapsed_as_ever };

struct looking {
	struct patient_identifier at;
	struct arena *arena;
	const struct awaited_link *found;
};

static bool look_job(void *with, struct store_txn *t, struct problem *p)
{
	struct looking *l = with;
	(void)p;
	l->found = identity_awaited(t, l->arena, &l->at);
	return true;
}

static const struct awaited_link *waiting_at(struct fixture *f, const char *domain, const char *id)
{
	struct looking l = { { .id = id, .universal_id = domain }, f->arena, NULL };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, look_job, &l, &f->problem);
	return l.found;
}

static bool waits_for(const struct awaited_link *l, const char *id, const char *system)
{
	return l != NULL && text_equal(l->with.id, id) && text_equal(l->with.universal_id, A_DOMAIN)
	       && text_equal(l->system, system);
}

static void a_link_is_shown_at_both(void)
{
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	CU_ASSERT_PTR_NULL(waiting_at(&f, A_DOMAIN, "1"));
	instant before = system_clock.now(&system_clock);
	link_ids(&f, "1", "2");
	const struct awaited_link *one = waiting_at(&f, A_DOMAIN, "1"),
				  *other = waiting_at(&f, A_DOMAIN, "2");
	CU_ASSERT_TRUE_FATAL(waits_for(one, "2", "a-hospital") && one->next == NULL);
	CU_ASSERT_TRUE_FATAL(waits_for(other, "1", "a-hospital") && other->next == NULL);
	CU_ASSERT_TRUE(one->since >= before && one->since == other->since);
	/* Nobody else's id, and none of a domain nobody has heard of. */
	CU_ASSERT_PTR_NULL(waiting_at(&f, A_DOMAIN, "3"));
	CU_ASSERT_PTR_NULL(waiting_at(&f, "2.999.9", "1"));
	feed(&f, "2");
	CU_ASSERT_PTR_NULL(waiting_at(&f, A_DOMAIN, "1"));
	CU_ASSERT_PTR_NULL(waiting_at(&f, A_DOMAIN, "2"));
	done(&f);
}

/* However they are kept; and one that goes along is as old as before. */
static void the_first_is_shown_first(void)
{
	static const char *const said[] = { "5", "2", "4", "3" };
	struct fixture f;
	fixture_open(&f);
	f.settings.clock = &clock_by_seconds;
	fixture_reopen(&f);
	for (size_t i = 0; i < COUNT(said); i++)
		link_ids(&f, "1", said[i]);
	CU_ASSERT_EQUAL(change(&f, "5", "6", 0), PROBLEM_NONE);
	instant last = 0;
	const struct awaited_link *l = waiting_at(&f, A_DOMAIN, "1");
	for (size_t i = 0; i < COUNT(said); i++, l = l->next) {
		CU_ASSERT_TRUE_FATAL(waits_for(l, i == 0 ? "6" : said[i], "a-hospital"));
		CU_ASSERT_TRUE(l->since > last);
		last = l->since;
	}
	CU_ASSERT_PTR_NULL(l);
	done(&f);
}

/* ---- Bounds ---- */

static void of_one_id_so_many(void)
{
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < AWAITED_EACH; i++)
		CU_ASSERT_TRUE(link_ids(&f, "1", arena_printf(f.arena, "x%u", i)));
	for (unsigned turned = 0; turned < 2; turned++) {
		struct saying s = { .what = LINK,
				    .one = turned ? "y" : "1",
				    .other = turned ? "1" : "y" };
		CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_TOO_MANY_RELATED);
	}
	CU_ASSERT_FALSE(link_ids(&f, "1", "x0"));
	/* What goes along finds no room, and is gone, not half there. */
	link_ids(&f, "z", "y");
	CU_ASSERT_EQUAL(change(&f, "z", "1", 0), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_TRUE(unlink_ids(&f, "x0", "1"));
	CU_ASSERT_TRUE(link_ids(&f, "1", "y"));
	done(&f);
}

static bool link_many(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct feed_outcome out;
	(void)with;
	for (unsigned i = 0; i < AWAITED_MOST; i++) {
		const struct patient_identifier x = { .id = arena_printf(a, "%ux", i),
						      .universal_id = A_DOMAIN },
						y = { .id = arena_printf(a, "%uy", i),
						      .universal_id = A_DOMAIN };
		if (!identity_await(t, "a-hospital", &x, &y, 0, &out, store_problem(t)))
			return false;
	}
	return true;
}

static void of_one_system_so_many(void)
{
	struct fixture f;
	struct saying s = { .what = LINK, .one = "1", .other = "2" };
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, link_many, NULL));
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_TOO_MANY_RELATED);
	/* Nobody uses up another's, and one that is made or taken back is not counted. */
	s.system = "b-clinic";
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_NONE);
	CU_ASSERT_TRUE(unlink_ids(&f, "1x", "1y"));
	CU_ASSERT_TRUE(link_ids(&f, "3", "4"));
	s = (struct saying){ .what = LINK, .one = "5", .other = "6" };
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_TOO_MANY_RELATED);
	feed(&f, "2x");
	feed(&f, "2y");
	CU_ASSERT_TRUE(one(&f, "2x", "2y"));
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_NONE);
	done(&f);
}

/* ---- Ids that are another one's now ---- */

enum { FIRST = 1000, CHANGED = 2000, LATER = 3000 };

static void what_was_before_makes_nobody_known(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_at(&f, &hanako, "1", FIRST);
	CU_ASSERT_EQUAL(change(&f, "1", "2", CHANGED), PROBLEM_NONE);
	struct feed_outcome out = feed_at(&f, &hanako, "1", FIRST);
	CU_ASSERT_TRUE(out.older);
	CU_ASSERT_EQUAL(out.effect, FEED_UNCHANGED);
	CU_ASSERT_FALSE(is_known(&f, "1"));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* A link of then is one of the patient who has another id. */
	struct saying s = { .what = LINK, .one = "1", .other = "7", .occurred = FIRST };
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_NONE);
	CU_ASSERT_TRUE(s.out.older);
	s = (struct saying){ .what = LINK, .one = "7", .other = "1", .occurred = FIRST };
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_NONE);
	CU_ASSERT_TRUE(s.out.older);
	CU_ASSERT_PTR_NULL(waiting_at(&f, A_DOMAIN, "7"));
	/* Later the number is somebody else's, and stays so. */
	out = feed_at(&f, &taro, "1", LATER);
	CU_ASSERT_EQUAL(out.effect, FEED_CREATED);
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	CU_ASSERT_TRUE(feed_at(&f, &hanako, "1", FIRST).older);
	done(&f);
}

/* Of the ids of one message each is looked at. */
static void one_of_two_is_another_one_now(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_at(&f, &hanako, "1", FIRST);
	CU_ASSERT_EQUAL(change(&f, "1", "2", CHANGED), PROBLEM_NONE);
	const struct patient_identifier second = { .id = "3", .universal_id = A_DOMAIN }, first = {
		.id = "1", .universal_id = A_DOMAIN, .next = (struct patient_identifier *)&second
	};
	struct people_put put = { .ids = &first,
				  .demographics = people_demographics(f.arena, &hanako),
				  .occurred = FIRST };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_TRUE(put.outcome.older);
	CU_ASSERT_FALSE(is_known(&f, "1"));
	CU_ASSERT_TRUE(is_known(&f, "3"));
	done(&f);
}

static void who_says_no_time_is_believed(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_at(&f, &hanako, "1", FIRST);
	/* Nobody said when; then it is when the record was heard of last. */
	CU_ASSERT_EQUAL(change(&f, "1", "2", 0), PROBLEM_NONE);
	CU_ASSERT_TRUE(feed_at(&f, &hanako, "1", FIRST - 1).older);
	CU_ASSERT_FALSE(feed_at(&f, &taro, "1", FIRST).older);
	CU_ASSERT_TRUE(is_known(&f, "1"));
	CU_ASSERT_EQUAL(change(&f, "2", "3", CHANGED), PROBLEM_NONE);
	CU_ASSERT_FALSE(feed_at(&f, &hanako, "2", 0).older);
	done(&f);
}

/* A change that comes again, late, gives nobody an id that is another one since. */
static void an_old_change_is_none(void)
{
	struct fixture f;
	struct saying again = { .what = CHANGE, .one = "1", .other = "2", .occurred = FIRST };
	fixture_open(&f);
	feed_at(&f, &hanako, "1", FIRST);
	CU_ASSERT_EQUAL(change(&f, "1", "2", FIRST), PROBLEM_NONE);
	CU_ASSERT_EQUAL(change(&f, "2", "3", CHANGED), PROBLEM_NONE);
	feed_at(&f, &taro, "1", LATER);
	CU_ASSERT_EQUAL(say(&f, &again), PROBLEM_NONE);
	CU_ASSERT_TRUE(again.out.older);
	CU_ASSERT_TRUE(is_known(&f, "1"));
	CU_ASSERT_FALSE(is_known(&f, "2"));
	/* A new one does. */
	CU_ASSERT_EQUAL(change(&f, "1", "2", LATER + 1), PROBLEM_NONE);
	CU_ASSERT_TRUE(is_known(&f, "2"));
	done(&f);
}

/* ---- What can be wrong ---- */

struct row_at {
	unsigned char space;
	const char *id;
	struct bytes octets;
	bool gone;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct row_at *r = with;
	struct key k;
	struct bytes key = identity_id_key(t, &k, A_DOMAIN, r->id);
	if (r->space == SPACE_IDENTITY_AWAITED_COUNT) {
		uint64_t system;
		CU_ASSERT_TRUE(name_find(t, r->id, &system));
		key_begin(&k, r->space);
		key_short(&k, system);
		key = key_span(&k);
	}
	k.data[0] = r->space;
	return r->gone ? store_delete(t, key) : store_put(t, key, r->octets);
}

static void check_tells(void)
{
	static const struct {
		const char *why;
		struct row_at row;
		unsigned findings;
	} wrong[] = {
		{ "nothing",
		  { SPACE_IDENTITY_RETIRED, "old", { (unsigned char *)"\2", 1 }, false },
		  0 },
		{ "a half is gone", { SPACE_IDENTITY_AWAITED, "2", { 0 }, true }, 2 },
		{ "a half cannot be read",
		  { SPACE_IDENTITY_AWAITED, "2", { (unsigned char *)"\2", 1 }, false },
		  3 },
		{ "a half says nothing",
		  { SPACE_IDENTITY_AWAITED,
		    "2",
		    { (unsigned char *)"\1"
				       "2",
		      3 },
		    false },
		  3 },
		{ "a half is of no id",
		  { SPACE_IDENTITY_AWAITED, "2", { (unsigned char *)"\1", 2 }, false },
		  3 },
		{ "a half is with an id of no domain",
		  { SPACE_IDENTITY_AWAITED,
		    "2",
		    { (unsigned char *)"\1"
				       "2\0\1\1\143"
				       "1",
		      8 },
		    false },
		  3 },
		{ "a half is of another id",
		  { SPACE_IDENTITY_AWAITED,
		    "9",
		    { (unsigned char *)"\1"
				       "2",
		      3 },
		    false },
		  1 },
		{ "both are somebody's",
		  { SPACE_IDENTITY_ID, "2", { (unsigned char *)"\1", 1 }, false },
		  3 },
		{ "the count is gone",
		  { SPACE_IDENTITY_AWAITED_COUNT, "a-hospital", { 0 }, true },
		  2 },
		{ "the count is another",
		  { SPACE_IDENTITY_AWAITED_COUNT,
		    "a-hospital",
		    { (unsigned char *)"\2", 1 },
		    false },
		  1 },
		{ "the count cannot be read",
		  { SPACE_IDENTITY_AWAITED_COUNT, "a-hospital", { (unsigned char *)"", 0 }, false },
		  1 },
		{ "who has the id is somebody again",
		  { SPACE_IDENTITY_RETIRED, "1", { (unsigned char *)"\2", 1 }, false },
		  1 },
		{ "when cannot be read",
		  { SPACE_IDENTITY_RETIRED, "old", { (unsigned char *)"\2\2", 2 }, false },
		  1 },
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct fixture f;
		fixture_open(&f);
		feed(&f, "1");
		link_ids(&f, "1", "2");
		CU_ASSERT_TRUE(in_job(&f, put_row, &wrong[i].row));
		unsigned found = people_findings(&f, false);
		CU_ASSERT_EQUAL(found, wrong[i].findings);
		if (found != wrong[i].findings)
			fprintf(stderr, "%s: %u\n", wrong[i].why, found);
		fixture_close(&f);
	}
}

/* What cannot be read is damage, and not "there is none". */
static void damage_is_told(void)
{
	static const struct row_at
		broken = { SPACE_IDENTITY_AWAITED, "2", { (unsigned char *)"\2", 1 }, false },
		when = { SPACE_IDENTITY_RETIRED, "5", { (unsigned char *)"\2\2", 2 }, false },
		count = { SPACE_IDENTITY_AWAITED_COUNT,
			  "a-hospital",
			  { (unsigned char *)"", 0 },
			  false };
	struct fixture f;
	fixture_open(&f);
	feed(&f, "1");
	link_ids(&f, "1", "2");
	in_job(&f, put_row, &broken);
	in_job(&f, put_row, &when);
	CU_ASSERT_PTR_NULL(waiting_at(&f, A_DOMAIN, "2"));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_INTERNAL);
	struct saying s = { .what = LINK, .one = "2", .other = "3" };
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_INTERNAL);
	struct patient_identifier five = { .id = "5", .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &five,
				  .demographics = people_demographics(f.arena, &taro),
				  .occurred = FIRST };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_INTERNAL);
	in_job(&f, put_row, &count);
	s = (struct saying){ .what = LINK, .one = "8", .other = "9" };
	CU_ASSERT_EQUAL(say(&f, &s), PROBLEM_INTERNAL);
	fixture_close(&f);
}

/* ---- Any history ---- */

enum { HISTORIES = 6, STEPS = 150, IDS = 6 };

static void step(struct fixture *f, unsigned *seed)
{
	static const char *const names[IDS] = { "1", "2", "3", "4", "5", "6" };
	const char *x = names[rand_r(seed) % IDS], *y = names[rand_r(seed) % IDS];
	struct patient_record r = { 0 };
	bool subsumed = people_find(f, A_DOMAIN, x, &r) && r.status == RECORD_SUBSUMED;
	struct saying s = { .one = x, .other = y };
	unsigned what = (unsigned)rand_r(seed) % 6;
	if (subsumed
	    || (r = (struct patient_record){ 0 },
		people_find(f, A_DOMAIN, y, &r) && r.status == RECORD_SUBSUMED)
	    || text_equal(x, y))
		return;
	if (what == 0)
		feed(f, x);
	else if (what == 1 && rand_r(seed) % 4 == 0)
		people_merge(f, A_DOMAIN, x, y, NULL);
	else if (what >= 2) {
		s.what = what == 2 ? UNLINK : what == 3 ? CHANGE : LINK;
		say(f, &s);
	}
}

/* Links are whole and counted whatever happens to their ids: the check proves it. */
static void any_history_keeps_links_whole(void)
{
	for (unsigned seed = 1, i = 0; i < HISTORIES; i++) {
		struct fixture f;
		fixture_open(&f);
		for (unsigned n = 0; n < STEPS; n++) {
			step(&f, &seed);
			if (n % 10 == 0)
				CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		}
		done(&f);
	}
}

static const struct test tests[] = {
	{ "a link waits for its ids", a_link_waits_for_its_ids },
	{ "a link waits for both", a_link_waits_for_both },
	{ "a link is taken back before", a_link_is_taken_back_before },
	{ "I6 who contradicts is not linked", who_contradicts_is_not_linked },
	{ "a link goes with its id", a_link_goes_with_its_id },
	{ "an id becomes one that is waited for", an_id_becomes_one_that_is_waited_for },
	{ "linked ids become one", linked_ids_become_one },
	{ "a link goes to the survivor", a_link_goes_to_the_survivor },
	{ "a link is shown at both", a_link_is_shown_at_both },
	{ "the first is shown first", the_first_is_shown_first },
	{ "of one id so many", of_one_id_so_many },
	{ "of one system so many", of_one_system_so_many },
	{ "what was before makes nobody known", what_was_before_makes_nobody_known },
	{ "one of two is another one now", one_of_two_is_another_one_now },
	{ "who says no time is believed", who_says_no_time_is_believed },
	{ "an old change is none", an_old_change_is_none },
	{ "check tells", check_tells },
	{ "damage is told", damage_is_told },
	{ "any history keeps links whole", any_history_keeps_links_whole },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity awaited", tests);
}
