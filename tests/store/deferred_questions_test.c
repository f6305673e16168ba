/* tests/store/deferred_questions_test.c: the promises of what other communities asked us to answer
 * later, each a test of its name; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/deferred_questions.h"
#include "store/errands.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/store_keys.h"
#include "tests/store/partners_scene.h"

#define NORTH "north"
#define EAST "east"
#define GATEWAY "north-gateway"
#define BOX "https://north.example/answers"
#define HOUR (INT64_C(3600) * 1000000)
#define ONE "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11"
#define TWO "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d12"

enum { MANY = 600 };

static const struct deferred_question example = {
	.partner = NORTH,
	.system = GATEWAY,
	.address = BOX,
	.message_id = ONE,
	.answer_id = "7d1c0a58-5f1e-4c5b-8a8e-000000000001",
	.endpoint = "https://us.example/xcpd",
	.exchange = "e1",
	.body = { (const unsigned char *)"<q/>", 4 },
	.asked = NOON,
	.until = NOON + HOUR,
	.outcome = DEFERRED_ONE,
	.record = 7,
	.code = "CODE",
	.degree = 98,
};

static bool put_run(void *with, struct store_txn *t, struct problem *p)
{
	return deferred_question_put(t, with, p);
}

static bool try_put(struct fixture *f, const struct deferred_question *q)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, put_run, (void *)q, &f->problem);
}

static struct deferred_question named(const char *message_id, enum deferred_outcome outcome)
{
	struct deferred_question q = example;
	q.message_id = message_id;
	q.outcome = outcome;
	if (outcome != DEFERRED_ONE) {
		q.record = 0;
		q.code = NULL;
	}
	return q;
}

static bool finds(struct fixture *f, const char *partner, const char *name, instant now,
		  struct deferred_question *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = deferred_question_find(t, f->arena, partner, name, now, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return found;
}

/* Of the first errand at the box; how many wait there. */
static bool leads(struct fixture *f, instant now, struct deferred_question *out, uint64_t *waiting)
{
	struct errand e;
	struct errand_queue queue;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	errand_queue_get(t, f->arena, GATEWAY, BOX, &queue);
	*waiting = queue.waiting;
	bool leads = errand_first(t, f->arena, GATEWAY, BOX, &e)
		     && deferred_question_of(t, f->arena, &e, now, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return leads;
}

static bool answered_run(struct store_txn *t, const void *with)
{
	return deferred_question_answered(t, with);
}

static unsigned wrong(struct fixture *f)
{
	static const struct check_module *const modules[] = { &deferred_questions_check,
							      &errands_check, NULL };
	struct check_counts counts = { 0 };
	scene_finding[0] = '\0';
	fixture_must(f, store_check(f->store, modules, scene_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void close_scene(struct fixture *f)
{
	CU_ASSERT_EQUAL(wrong(f), 0);
	fixture_close(f);
}

/* ---- Promises ---- */

static void q1_found_and_one_errand(void)
{
	struct fixture f;
	struct deferred_question q;
	uint64_t waiting;
	fixture_open(&f);
	fixture_must(&f, try_put(&f, &example));
	fixture_reopen(&f);
	CU_ASSERT_TRUE_FATAL(finds(&f, NORTH, ONE, NOON, &q));
	CU_ASSERT_STRING_EQUAL(q.partner, NORTH);
	CU_ASSERT_STRING_EQUAL(q.message_id, ONE);
	CU_ASSERT_TRUE(deferred_question_is(&q, example.body));
	CU_ASSERT_FALSE(deferred_question_is(&q, bytes_of_text("<r/>")));
	CU_ASSERT_FALSE(finds(&f, EAST, ONE, NOON, &q));
	CU_ASSERT_FALSE(finds(&f, NORTH, TWO, NOON, &q));
	CU_ASSERT_TRUE_FATAL(leads(&f, NOON, &q, &waiting));
	CU_ASSERT_EQUAL(waiting, 1);
	CU_ASSERT_STRING_EQUAL(q.partner, NORTH);
	CU_ASSERT_STRING_EQUAL(q.system, GATEWAY);
	CU_ASSERT_STRING_EQUAL(q.address, BOX);
	CU_ASSERT_STRING_EQUAL(q.answer_id, example.answer_id);
	CU_ASSERT_STRING_EQUAL(q.endpoint, example.endpoint);
	CU_ASSERT_STRING_EQUAL(q.exchange, "e1");
	CU_ASSERT_EQUAL(q.body.length, 4);
	CU_ASSERT_EQUAL(q.outcome, DEFERRED_ONE);
	CU_ASSERT_EQUAL(q.record, 7);
	CU_ASSERT_STRING_EQUAL(q.code, "CODE");
	CU_ASSERT_EQUAL(q.degree, 98);
	struct deferred_question nobody = named(TWO, DEFERRED_NOBODY);
	fixture_must(&f, try_put(&f, &nobody));
	CU_ASSERT_TRUE(finds(&f, NORTH, TWO, NOON, &q));
	CU_ASSERT_PTR_NULL(q.code);
	close_scene(&f);
}

static void q2_no_more_than_so_many(void)
{
	struct fixture f;
	struct deferred_question q;
	uint64_t waiting;
	fixture_open(&f);
	for (unsigned i = 0; i < DEFERRED_MOST; i++) {
		q = named(arena_printf(f.arena, "urn:one:%u", i), DEFERRED_NOBODY);
		fixture_must(&f, try_put(&f, &q));
	}
	CU_ASSERT_FALSE(try_put(&f, &example));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	CU_ASSERT_FALSE(finds(&f, NORTH, ONE, NOON, &q));
	leads(&f, NOON, &q, &waiting);
	CU_ASSERT_EQUAL(waiting, DEFERRED_MOST);
	struct deferred_question elsewhere = example;
	elsewhere.address = BOX "/2";
	fixture_must(&f, try_put(&f, &elsewhere));
	close_scene(&f);
}

static void q3_nothing_is_left_but_that(void)
{
	struct fixture f;
	struct deferred_question q;
	uint64_t waiting;
	fixture_open(&f);
	fixture_must(&f, try_put(&f, &example));
	CU_ASSERT_TRUE_FATAL(leads(&f, NOON, &q, &waiting));
	fixture_must(&f, in_job(&f, answered_run, &q));
	CU_ASSERT_TRUE_FATAL(finds(&f, NORTH, ONE, NOON, &q));
	CU_ASSERT_EQUAL(q.body.length, 0);
	CU_ASSERT_PTR_NULL(q.code);
	CU_ASSERT_EQUAL(q.record, 0);
	CU_ASSERT_TRUE(deferred_question_is(&q, example.body));
	CU_ASSERT_FALSE(leads(&f, NOON, &q, &waiting));
	close_scene(&f);
}

struct forgetting {
	instant before;
	bool more;
};

static bool forget_run(struct store_txn *t, const void *with)
{
	struct forgetting *f = (struct forgetting *)with;
	return deferred_questions_forget(t, f->before, &f->more);
}

static bool forget(struct fixture *f, instant before)
{
	struct forgetting it = { .before = before };
	fixture_must(f, in_job(f, forget_run, &it));
	return it.more;
}

static void q4_gone_after_its_time(void)
{
	struct fixture f;
	struct deferred_question q;
	uint64_t waiting;
	fixture_open(&f);
	fixture_must(&f, try_put(&f, &example));
	CU_ASSERT_TRUE(finds(&f, NORTH, ONE, NOON + HOUR - 1, &q));
	CU_ASSERT_FALSE(finds(&f, NORTH, ONE, NOON + HOUR, &q));
	CU_ASSERT_TRUE(leads(&f, NOON + HOUR - 1, &q, &waiting));
	CU_ASSERT_FALSE(leads(&f, NOON + HOUR, &q, &waiting));
	CU_ASSERT_FALSE(forget(&f, NOON + HOUR));
	CU_ASSERT_TRUE(finds(&f, NORTH, ONE, NOON, &q));
	CU_ASSERT_FALSE(forget(&f, NOON + HOUR + 1));
	CU_ASSERT_FALSE(finds(&f, NORTH, ONE, NOON, &q));
	close_scene(&f);
}

/* Those that were answered wait in no queue, and are bounded by their time alone. */
static void many_are_forgotten_in_parts(void)
{
	struct fixture f;
	struct deferred_question q;
	unsigned jobs = 1;
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++) {
		q = named(arena_printf(f.arena, "urn:one:%u", i), DEFERRED_NOBODY);
		q.address = arena_printf(f.arena, "%s/%u", BOX, i);
		fixture_must(&f, try_put(&f, &q));
	}
	while (forget(&f, NOON + 2 * HOUR))
		jobs++;
	CU_ASSERT_EQUAL(jobs, 3);
	CU_ASSERT_FALSE(finds(&f, NORTH, "urn:one:599", NOON, &q));
	close_scene(&f);
}

/* ---- What is none ---- */

static uint64_t number_of(struct fixture *f, const char *partner)
{
	uint64_t number = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	name_find(t, partner, &number);
	store_end(t);
	return number;
}

static struct key key_of(struct fixture *f, unsigned char fill)
{
	unsigned char name[32];
	struct key k;
	memset(name, fill, sizeof name);
	key_begin(&k, SPACE_DEFERRED_QUESTION);
	key_short(&k, number_of(f, NORTH));
	key_bytes(&k, name, sizeof name);
	return k;
}

static void rows_that_are_none(void)
{
	static const char *const kinds[] = { DEFERRED_ERRAND, "answer" };
	static const char *const words[] = { "", " north", "00 north", "zz", "\x01\x02", ONE };
	struct fixture f;
	struct deferred_question q;
	fixture_open(&f);
	fixture_must(&f, try_put(&f, &example));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(words); i++)
		for (size_t n = 0; n < COUNT(kinds); n++) {
			const struct errand_part part = { .octets = bytes_of_text(words[i]) };
			const struct errand e = { .kind = kinds[n], .parts = &part };
			CU_ASSERT_FALSE(deferred_question_of(t, f.arena, &e, NOON, &q));
		}
	const struct errand none = { .kind = DEFERRED_ERRAND };
	CU_ASSERT_FALSE(deferred_question_of(t, f.arena, &none, NOON, &q));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	CU_ASSERT_EQUAL(wrong(&f), 0);
	put_raw(&f, key_of(&f, 7), "xx", 2);
	CU_ASSERT_EQUAL(wrong(&f), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(scene_finding, "cannot be read"));
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "Q1 found by its name, with one errand", q1_found_and_one_errand },
	{ "Q2 no more than so many", q2_no_more_than_so_many },
	{ "Q3 nothing is left but that it was asked", q3_nothing_is_left_but_that },
	{ "Q4 gone after its time", q4_gone_after_its_time },
	{ "many are forgotten in parts", many_are_forgotten_in_parts },
	{ "rows that are none", rows_that_are_none },
	{ 0 },
};

int main(void)
{
	return suite_run("questions that are answered later", tests);
}
