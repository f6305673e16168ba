/* tests/store/match_walk_test.c: all records are told once, those that share something in pairs,
 * and it ends when it is to. */
#include "tests/base/suite.h"

#include <stdatomic.h>

#include "gateway/base/progress.h"
#include "store/match_look.h"
#include "store/match_walk.h"
#include "tests/store/people.h"

/* Of one household; the second moved there from elsewhere with the same name. */
static const struct who one = { A_DOMAIN,
				"1",
				"サトウ",
				"ハナコ",
				"19800101",
				"F",
				"0312345001",
				"1000001",
				"東京都千代田区千代田1-1",
				0,
				0,
				0,
				0 },
			other = { B_DOMAIN,
				  "1",
				  "スズキ",
				  "ハナコ",
				  "19800101",
				  "F",
				  "0312345001",
				  "1000001",
				  "東京都千代田区千代田1-1",
				  0,
				  0,
				  0,
				  0 },
			stranger = { C_DOMAIN,
				     "1",
				     "ヤマダ",
				     "タロウ",
				     "19500303",
				     "M",
				     "0612345009",
				     "5300001",
				     "大阪府大阪市北区梅田9-9",
				     0,
				     0,
				     0,
				     0 };

struct told {
	unsigned records, candidates, random;
	unsigned same_given; /* of the candidates */
	atomic_bool stop;
	unsigned stop_after; /* records; 0: never */
};

static void on_record(void *self, const struct match_features *f)
{
	struct told *t = self;
	CU_ASSERT_PTR_NOT_NULL(f->names);
	t->records++;
	if (t->records == t->stop_after)
		atomic_store(&t->stop, true);
}

static void on_candidate(void *self, const struct match_comparison *c)
{
	struct told *t = self;
	t->candidates++;
	t->same_given += c->level[FIELD_GIVEN] != NOT_SAID && c->level[FIELD_GIVEN] < NAME_NEAR;
}

static void on_random(void *self, const struct match_comparison *c)
{
	struct told *t = self;
	CU_ASSERT_NOT_EQUAL(c->level[FIELD_BIRTH], BIRTH_SAME);
	t->random++;
}

static struct match_walked walk(struct fixture *f, struct told *t, enum problem_code code)
{
	struct match_walked walked = { .records = 0 };
	struct problem p = { .code = PROBLEM_NONE };
	struct progress progress;
	const struct match_walker w = { t, f->arena, on_record, on_candidate, on_random };
	uint64_t records = 0;
	progress_create(&progress, &system_clock, &t->stop);
	CU_ASSERT_TRUE(match_walk_count(f->store, &progress, &records, &p));
	CU_ASSERT_EQUAL(match_walk(f->store, &progress, records, &w, &walked, &p),
			code == PROBLEM_NONE);
	CU_ASSERT_EQUAL(p.code, code);
	if (code == PROBLEM_NONE)
		CU_ASSERT_EQUAL(walked.records, records);
	progress_destroy(&progress);
	return walked;
}

static void pairs_are_told_once(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &one);
	people_feed(&f, &other);
	people_feed(&f, &stranger);
	struct told t = { .records = 0 };
	struct match_walked w = walk(&f, &t, PROBLEM_NONE);
	CU_ASSERT_EQUAL(w.records, 3);
	CU_ASSERT_EQUAL(t.records, 3);
	CU_ASSERT_EQUAL(w.candidates, 1);
	CU_ASSERT_EQUAL(t.candidates, 1);
	CU_ASSERT_EQUAL(t.same_given, 1);
	/* The stranger has met one of the two. */
	CU_ASSERT_EQUAL(t.random, 1);
	CU_ASSERT_EQUAL(w.cut, 0);
	fixture_close(&f);
}

/* Who says the same as another of his person, and keeps it with that one, is told with it. */
static void who_borrows_is_told(void)
{
	struct who again = one;
	struct fixture f;
	again.domain = B_DOMAIN;
	fixture_open(&f);
	people_feed(&f, &one);
	people_feed(&f, &again);
	struct told t = { .records = 0 };
	walk(&f, &t, PROBLEM_NONE);
	CU_ASSERT_EQUAL(t.records, 2);
	CU_ASSERT_EQUAL(t.candidates, 1);
	CU_ASSERT_EQUAL(t.random, 0);
	fixture_close(&f);
}

/* Merged away, it says nothing any more; nor do records that we made. */
static void who_is_merged_is_not(void)
{
	struct who second = one;
	struct fixture f;
	second.id = "2";
	fixture_open(&f);
	people_feed(&f, &one);
	people_feed(&f, &second);
	struct people_put merge = { .domain = A_DOMAIN, .survivor = "1", .subsumed = "2" };
	CU_ASSERT_EQUAL(people_write(&f, &merge), PROBLEM_NONE);
	struct told t = { .records = 0 };
	walk(&f, &t, PROBLEM_NONE);
	CU_ASSERT_EQUAL(t.records, 1);
	CU_ASSERT_EQUAL(t.candidates, 0);
	fixture_close(&f);
}

static void it_ends_when_it_is_to(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &one);
	people_feed(&f, &other);
	people_feed(&f, &stranger);
	struct told t = { .stop_after = 1 };
	walk(&f, &t, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(t.records, 1);
	fixture_close(&f);
}

/* More than one snapshot holds; numbers are told in order, none twice. */
static void many_are_told(void)
{
	enum { MANY = 150 };
	struct fixture f;
	fixture_open(&f);
	for (int i = 0; i < MANY; i++) {
		struct who w = stranger;
		w.id = arena_printf(f.arena, "%d", i);
		w.given = arena_printf(f.arena, "タロウ%c%c", 'A' + i / 26, 'A' + i % 26);
		w.birth = arena_printf(f.arena, "%d0101", 1900 + i % 100);
		w.phone = arena_printf(f.arena, "0399%06d", i);
		w.postcode = w.address = NULL;
		people_feed(&f, &w);
	}
	struct told t = { .records = 0 };
	struct match_walked w = walk(&f, &t, PROBLEM_NONE);
	CU_ASSERT_EQUAL(w.records, MANY);
	CU_ASSERT(w.random > 0);
	struct store_txn *txn = store_begin_read(f.store, &f.problem);
	CU_ASSERT(match_walk_last(txn) >= MANY);
	store_end(txn);
	fixture_close(&f);
}

static void two_are_weighed(void)
{
	struct fixture f;
	struct match_score s;
	struct region r = people_region;
	fixture_open(&f);
	uint64_t first = people_feed(&f, &one).record, second = people_feed(&f, &other).record;
	uint64_t ours =
		people_record(&f, AFFINITY, people_person(&f, A_DOMAIN, "1").regional_id).number;
	r.weights = match_weights_default(f.arena);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(match_look(t, f.arena, &r, first, second, &s));
	CU_ASSERT_EQUAL(s.outcome, MATCH_LINK);
	CU_ASSERT_EQUAL(s.steps[FIELD_FAMILY].level, NAME_CHANGED);
	CU_ASSERT_FALSE(match_look(t, f.arena, &r, first, ours, &s));
	CU_ASSERT_FALSE(match_look(t, f.arena, &r, first, 4711, &s));
	r.weights = NULL;
	CU_ASSERT_EQUAL(match_weights_id(match_weights_of(f.arena, &r)),
			match_weights_id(match_weights_default(f.arena)));
	store_end(t);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "pairs are told once", pairs_are_told_once },
		{ "who borrows is told", who_borrows_is_told },
		{ "who is merged is not", who_is_merged_is_not },
		{ "it ends when it is to", it_ends_when_it_is_to },
		{ "many are told", many_are_told },
		{ "two are weighed", two_are_weighed },
		{ NULL, NULL },
	};
	return suite_run("match walk", tests);
}
