/* tests/store/awaited_test.c: the promises of answers that are still to come, each a test of its
 * name; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/awaited.h"
#include "store/names.h"
#include "tests/store/partners_scene.h"

#define WEST "west"
#define EAST "east"
#define HOUR (INT64_C(3600) * 1000000)
#define ONE "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11"
#define TWO "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d12"

enum { MANY = 600 };

static bool put_run(struct store_txn *t, const void *with)
{
	return awaited_put(t, with);
}

static void put(struct fixture *f, const struct who *w, const char *partner, const char *name)
{
	struct awaited a = { .partner = partner,
			     .message_id = name,
			     .question = "q-1",
			     .query = "q-2",
			     .asked = NOON,
			     .until = NOON + HOUR,
			     .record = regional_of(f, w) };
	memset(a.print, 7, sizeof a.print);
	fixture_must(f, in_job(f, put_run, &a));
}

static bool finds(struct fixture *f, const char *partner, const char *name, instant now,
		  struct awaited *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = awaited_find(t, f->arena, partner, name, now, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return found;
}

static bool is_there(struct fixture *f, const char *partner, const char *name)
{
	struct awaited a;
	return finds(f, partner, name, NOON, &a);
}

struct ended {
	const char *partner, *name;
};

static bool end_run(struct store_txn *t, const void *with)
{
	const struct ended *e = with;
	return awaited_end(t, e->partner, e->name);
}

static void end(struct fixture *f, const char *partner, const char *name)
{
	const struct ended e = { partner, name };
	fixture_must(f, in_job(f, end_run, &e));
}

/* ---- Promises ---- */

static void a1_by_its_partner_and_message_id(void)
{
	struct fixture f;
	struct awaited a;
	scene_open(&f);
	CU_ASSERT_FALSE(is_there(&f, WEST, ONE));
	put(&f, &tarou, WEST, ONE);
	put(&f, &tarou, EAST, TWO);
	fixture_reopen(&f);
	CU_ASSERT_TRUE_FATAL(finds(&f, WEST, ONE, NOON, &a));
	CU_ASSERT_STRING_EQUAL(a.partner, WEST);
	CU_ASSERT_STRING_EQUAL(a.message_id, ONE);
	CU_ASSERT_STRING_EQUAL(a.question, "q-1");
	CU_ASSERT_STRING_EQUAL(a.query, "q-2");
	CU_ASSERT_EQUAL(a.record, regional_of(&f, &tarou));
	CU_ASSERT_EQUAL(a.print[CORRELATION_PRINT - 1], 7);
	CU_ASSERT_FALSE(is_there(&f, EAST, ONE));
	CU_ASSERT_FALSE(is_there(&f, WEST, TWO));
	CU_ASSERT_FALSE(is_there(&f, "nobody", ONE));
	CU_ASSERT_FALSE(is_there(&f, WEST, NULL));
	CU_ASSERT_FALSE(is_there(&f, WEST, ""));
	scene_close(&f);
}

static void a2_until_its_time_is_over(void)
{
	struct fixture f;
	struct awaited a;
	scene_open(&f);
	put(&f, &tarou, WEST, ONE);
	CU_ASSERT_TRUE(finds(&f, WEST, ONE, NOON + HOUR - 1, &a));
	CU_ASSERT_FALSE(finds(&f, WEST, ONE, NOON + HOUR, &a));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	uint64_t record = regional_of(&f, &tarou);
	CU_ASSERT_TRUE(awaited_of(t, f.arena, WEST, record, NOON + HOUR - 1, &a));
	CU_ASSERT_STRING_EQUAL(a.message_id, ONE);
	CU_ASSERT_FALSE(awaited_of(t, f.arena, WEST, record, NOON + HOUR, &a));
	CU_ASSERT_FALSE(awaited_of(t, f.arena, WEST, regional_of(&f, &hanako), NOON, &a));
	store_end(t);
	scene_close(&f);
}

static void a3_the_latest_alone(void)
{
	struct fixture f;
	scene_open(&f);
	put(&f, &tarou, WEST, ONE);
	put(&f, &tarou, WEST, TWO);
	CU_ASSERT_FALSE(is_there(&f, WEST, ONE));
	CU_ASSERT_TRUE(is_there(&f, WEST, TWO));
	/* The same once more, as a job that is run again. */
	put(&f, &tarou, WEST, TWO);
	CU_ASSERT_TRUE(is_there(&f, WEST, TWO));
	put(&f, &tarou, EAST, ONE);
	put(&f, &hanako, EAST, "urn:uuid:3");
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct awaited_list *all = awaited_list_of(t, f.arena, regional_of(&f, &tarou));
	store_end(t);
	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	CU_ASSERT_STRING_EQUAL(all->is.partner, WEST);
	CU_ASSERT_PTR_NOT_NULL_FATAL(all->next);
	CU_ASSERT_STRING_EQUAL(all->next->is.message_id, ONE);
	CU_ASSERT_PTR_NULL(all->next->next);
	scene_close(&f);
}

static void a4_taken(void)
{
	struct fixture f;
	scene_open(&f);
	put(&f, &tarou, WEST, ONE);
	put(&f, &hanako, WEST, TWO);
	end(&f, EAST, ONE);
	CU_ASSERT_TRUE(is_there(&f, WEST, ONE));
	end(&f, WEST, ONE);
	CU_ASSERT_FALSE(is_there(&f, WEST, ONE));
	CU_ASSERT_TRUE(is_there(&f, WEST, TWO));
	end(&f, WEST, ONE);
	scene_close(&f);
}

struct forgetting {
	instant before;
	bool *more;
};

static bool forget_run(struct store_txn *t, const void *with)
{
	const struct forgetting *w = with;
	return awaited_forget(t, w->before, w->more);
}

static bool many_run(struct store_txn *t, const void *with)
{
	struct awaited a = *(const struct awaited *)with;
	for (uint64_t n = 1; n <= MANY; n++) {
		a.record = 1000 + n;
		a.message_id = arena_printf(store_arena(t), "m-%u", (unsigned)n);
		if (!awaited_put(t, &a))
			return false;
	}
	return true;
}

static void a5_forgotten(void)
{
	struct fixture f;
	bool more = false;
	unsigned jobs = 0;
	scene_open(&f);
	put(&f, &tarou, WEST, ONE);
	struct forgetting w = { NOON + HOUR, &more };
	CU_ASSERT_TRUE(in_job(&f, forget_run, &w));
	CU_ASSERT_TRUE(is_there(&f, WEST, ONE));
	const struct awaited a = {
		.partner = WEST, .question = "q", .query = "q", .asked = NOON, .until = NOON + HOUR
	};
	CU_ASSERT_TRUE(in_job(&f, many_run, &a));
	w.before = NOON + HOUR + 1;
	do {
		CU_ASSERT_TRUE(in_job(&f, forget_run, &w));
		jobs++;
	} while (more);
	CU_ASSERT_EQUAL(jobs, 3);
	CU_ASSERT_FALSE(is_there(&f, WEST, ONE));
	scene_close(&f);
}

/* ---- Rows that are none ---- */

static void broken_rows(void)
{
	struct fixture f;
	struct key k;
	scene_open(&f);
	put(&f, &tarou, WEST, ONE);
	key_begin(&k, SPACE_AWAITED);
	key_short(&k, regional_of(&f, &tarou));
	key_short(&k, 1000);
	put_raw(&f, k, "\1\1\2x", 4);
	CU_ASSERT_EQUAL(scene_findings(&f), 1);
	put_raw(&f, k, NULL, 0);
	key_begin(&k, SPACE_AWAITED_NAME);
	key_short(&k, 1000);
	key_text(&k, TWO);
	put_raw(&f, k, "\1\1\1\7", 4);
	CU_ASSERT_EQUAL(scene_findings(&f), 1);
	put_raw(&f, k, "\1", 1);
	CU_ASSERT_EQUAL(scene_findings(&f), 1);
	put_raw(&f, k, NULL, 0);
	scene_close(&f);
}

static const struct test tests[] = {
	{ "A1 by its partner and MessageID", a1_by_its_partner_and_message_id },
	{ "A2 until its time is over", a2_until_its_time_is_over },
	{ "A3 the latest alone", a3_the_latest_alone },
	{ "A4 taken", a4_taken },
	{ "A5 forgotten", a5_forgotten },
	{ "broken rows", broken_rows },
	{ 0 },
};

int main(void)
{
	return suite_run("answers to come", tests);
}
