/* tests/store/disasters_test.c: the promises of store/disasters.h, and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/disasters.h"
#include "store/keys.h"
#include "store/store_keys.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { TODAY = 1000, TOMORROW = 2000, LATER = 3000 };

static bool propose_run(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return disaster_propose(t, with);
}

static struct disaster propose(struct fixture *f, instant until)
{
	struct disaster d = { .municipalities = "04202 04205",
			      .reason = "earthquake",
			      .by = "uid 1",
			      .since = TODAY,
			      .until = until };
	CU_ASSERT_TRUE(store_write(f->store, propose_run, &d, &f->problem));
	return d;
}

static bool put(struct store_txn *t, const void *with)
{
	return disaster_put(t, with);
}

static struct disaster stands(struct fixture *f, uint64_t number)
{
	struct disaster d = { .number = 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(disaster_get(t, f->arena, number, &d));
	store_end(t);
	return d;
}

static void approve(struct fixture *f, struct disaster *d)
{
	d->approved = TODAY;
	d->approved_by = "uid 2";
	CU_ASSERT_TRUE(in_job(f, put, d));
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &disasters_check, NULL };
	struct check_counts n = { .findings = 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, people_tell, NULL, &n, &f->problem));
	return (unsigned)n.findings;
}

static void it_is_on_when_another_one_says_so(void)
{
	struct fixture f;
	fixture_open(&f);
	struct disaster d = propose(&f, TOMORROW);
	CU_ASSERT_EQUAL(d.number, 1);
	struct disaster is = stands(&f, 1);
	CU_ASSERT_FALSE(disaster_is_on(&is, TODAY));
	CU_ASSERT_STRING_EQUAL(is.municipalities, "04202 04205");
	CU_ASSERT_PTR_NULL(is.approved_by);
	approve(&f, &d);
	is = stands(&f, 1);
	CU_ASSERT_TRUE(disaster_is_on(&is, TODAY));
	CU_ASSERT_TRUE(disaster_is_on(&is, TOMORROW - 1));
	CU_ASSERT_FALSE(disaster_is_on(&is, TOMORROW));
	CU_ASSERT_STRING_EQUAL(is.approved_by, "uid 2");
	is.ended = TODAY + 1;
	is.ended_by = "uid 1";
	is.end_reason = "over";
	CU_ASSERT_TRUE(in_job(&f, put, &is));
	is = stands(&f, 1);
	CU_ASSERT_FALSE(disaster_is_on(&is, TODAY));
	CU_ASSERT_STRING_EQUAL(is.end_reason, "over");
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

struct ending {
	struct arena *arena;
	instant now;
	unsigned ended;
};

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	struct ending *e = with;
	struct disaster *ended;
	(void)p;
	if (!disasters_end(t, e->arena, e->now, &ended))
		return false;
	for (e->ended = 0; ended != NULL; ended = ended->next)
		e->ended++;
	return true;
}

static unsigned end_at(struct fixture *f, instant now)
{
	struct ending e = { f->arena, now, 0 };
	CU_ASSERT_TRUE(store_write(f->store, end_run, &e, &f->problem));
	return e.ended;
}

static bool is_due(struct fixture *f, instant now)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool due = disasters_are_due(t, now);
	store_end(t);
	return due;
}

/* Those that were on are told of; what nobody approved is over in silence. */
static void it_ends_by_itself_once(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(is_due(&f, LATER));
	struct disaster first = propose(&f, TOMORROW), second = propose(&f, LATER);
	propose(&f, TOMORROW);
	approve(&f, &first);
	approve(&f, &second);
	CU_ASSERT_FALSE(is_due(&f, TOMORROW - 1));
	CU_ASSERT_EQUAL(end_at(&f, TOMORROW - 1), 0);
	CU_ASSERT_TRUE(is_due(&f, TOMORROW));
	CU_ASSERT_EQUAL(end_at(&f, TOMORROW), 1);
	CU_ASSERT_FALSE(is_due(&f, TOMORROW));
	CU_ASSERT_EQUAL(end_at(&f, TOMORROW), 0);
	CU_ASSERT_EQUAL(stands(&f, 1).ended, TOMORROW);
	CU_ASSERT_EQUAL(stands(&f, 3).ended, TOMORROW);
	CU_ASSERT_EQUAL(end_at(&f, LATER), 1);
	fixture_close(&f);
}

/* What the clock showed when upkeep looked, and what holds when it shows a time before the end. */
static void a_clock_that_goes_back(void)
{
	static const struct {
		instant looked;
		bool on;
	} cases[] = {
		{ TODAY, true }, { TOMORROW - 1, true }, { TOMORROW, false }, { LATER, false }
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		fixture_open(&f);
		struct disaster d = propose(&f, TOMORROW);
		approve(&f, &d);
		end_at(&f, cases[i].looked);
		struct disaster is = stands(&f, 1);
		CU_ASSERT_EQUAL(disaster_is_on(&is, TODAY), cases[i].on);
		CU_ASSERT_FALSE(disaster_is_on(&is, TOMORROW));
		fixture_close(&f);
	}
}

static void the_latest_is_first(void)
{
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < 3; i++)
		propose(&f, TOMORROW);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct disaster *d = disasters_list(t, f.arena), none;
	for (uint64_t n = 3; n != 0; n--, d = d->next)
		CU_ASSERT_EQUAL_FATAL(d->number, n);
	CU_ASSERT_PTR_NULL(d);
	CU_ASSERT_FALSE(disaster_get(t, f.arena, 4, &none));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	struct disaster last = stands(&f, 3);
	last.number = DISASTERS_MOST;
	CU_ASSERT_TRUE(in_job(&f, put, &last));
	last.number = 0;
	CU_ASSERT_FALSE(store_write(f.store, propose_run, &last, &f.problem));
	CU_ASSERT_EQUAL(last.number, 0);
	fixture_close(&f);
}

struct row {
	const char *why, *key;
	size_t length;
	const char *value;
	size_t value_length;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	struct key k;
	key_begin(&k, SPACE_DISASTER);
	key_bytes(&k, r->key, r->length);
	return store_put(t, key_span(&k),
			 (struct bytes){ (const unsigned char *)r->value, r->value_length });
}

static void what_is_no_row_is_told(void)
{
	static const struct row rows[] = {
		{ "nothing in it", "\0\0\0\0\0\0\0\1", 8, "", 0 },
		{ "another version", "\0\0\0\0\0\0\0\1", 8, "\2", 1 },
		{ "says too little", "\0\0\0\0\0\0\0\1", 8, "\1\1\1a", 4 },
		{ "broken off", "\0\0\0\0\0\0\0\1", 8, "\1\1\7a", 4 },
		{ "a key that is too long", "\0\0\0\0\0\0\0\1x", 9, "\1", 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_row, &rows[i]));
		CU_ASSERT_EQUAL(findings(&f), 1);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_PTR_NULL(disasters_list(t, f.arena));
		CU_ASSERT_EQUAL(store_failed(t), i < 4);
		store_end(t);
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "it is on when another one says so",
				       it_is_on_when_another_one_says_so },
				     { "it ends by itself, once", it_ends_by_itself_once },
				     { "a clock that goes back", a_clock_that_goes_back },
				     { "the latest is first", the_latest_is_first },
				     { "what is no row is told", what_is_no_row_is_told },
				     { 0 } };

int main(void)
{
	return suite_run("disasters", tests);
}
