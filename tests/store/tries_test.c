/* tests/store/tries_test.c: a job that is run again. S6: it has one effect, that of its last try,
 * which met nothing of those before. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "tests/engines/engine_again.h"
#include "tests/store/fixture.h"

enum { TRIES_MOST = 1000 }; /* store/store.c */

/* What a careless job leaves behind: counts, a list that grows, memory, ids. */
struct careless {
	struct arena *arena;
	unsigned runs; /* not among its blocks: how often it was run */
	/* Its blocks. */
	unsigned count;
	const char *list;
	char uuid[UUID_URN_TEXT];
	/* Of each run, to compare. */
	char first[UUID_URN_TEXT];
	instant moment;
	bool same, refuses;
	size_t used;
};

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static void compare_with_first(struct careless *c, struct store_txn *t)
{
	instant now = store_clock(t)->now(store_clock(t));
	random_uuid(store_random(t), c->uuid);
	if (c->runs++ == 0) {
		memcpy(c->first, c->uuid, sizeof c->first);
		c->moment = now;
		c->used = arena_used(c->arena);
		c->same = true;
	}
	c->same = c->same && now == c->moment && strcmp(c->first, c->uuid) == 0
		  && arena_used(c->arena) == c->used;
}

static bool run_careless(void *with, struct store_txn *t, struct problem *p)
{
	struct careless *c = with;
	struct bytes found;
	char number[16];
	compare_with_first(c, t);
	c->count++;
	c->list = arena_printf(c->arena, "%s%s", c->list, "x");
	arena_alloc(c->arena, 100000);
	snprintf(number, sizeof number, "%u", c->count);
	if (store_get(t,
		      text("\x20"
			   "effect"),
		      c->arena, &found))
		store_put(t,
			  text("\x20"
			       "twice"),
			  found);
	store_put(t,
		  text("\x20"
		       "effect"),
		  text(number));
	return !c->refuses || problem_set(p, PROBLEM_NOT_PERMITTED, "no");
}

static bool there(struct fixture *f, const char *key, const char *value)
{
	struct bytes found;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool got = store_get(t, text(key), f->arena, &found) && bytes_equal(found, text(value));
	store_end(t);
	return got;
}

static bool write_careless(struct fixture *f, struct careless *c, struct problem *p)
{
	const struct store_block blocks[] = {
		{ &c->count, sizeof c->count },
		{ &c->list, sizeof c->list },
		{ c->uuid, sizeof c->uuid },
	};
	const struct store_afresh afresh = { c->arena, blocks, COUNT(blocks) };
	return store_write_afresh(f->store, &afresh, run_careless, c, p);
}

static void open_again(struct fixture *f, struct careless *c)
{
	fixture_open(f);
	store_close(f->store);
	f->settings.engine = engine_again();
	engine_again_times(0);
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
	*c = (struct careless){ .arena = arena_create(1 << 20), .list = "" };
}

static void close_again(struct fixture *f, struct careless *c)
{
	engine_again_times(0);
	arena_destroy(c->arena);
	fixture_close(f);
}

/* On each side of the limit; a hundred tries of 100,000 octets fit an arena of a MiB. */
static void one_effect_however_often(void)
{
	static const struct {
		unsigned conflicts;
		bool kept;
	} rows[] = {
		{ 0, true },
		{ 1, true },
		{ 2, true },
		{ 100, true },
		{ TRIES_MOST - 1, true },
		{ TRIES_MOST, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct careless c;
		struct fixture f;
		open_again(&f, &c);
		engine_again_times(rows[i].conflicts);
		CU_ASSERT_EQUAL(write_careless(&f, &c, &p), rows[i].kept);
		engine_again_times(0);
		CU_ASSERT_EQUAL(c.runs, rows[i].conflicts + rows[i].kept);
		CU_ASSERT_TRUE(c.same);
		CU_ASSERT_EQUAL(there(&f,
				      "\x20"
				      "effect",
				      "1"),
				rows[i].kept);
		CU_ASSERT_FALSE(there(&f,
				      "\x20"
				      "twice",
				      "1"));
		CU_ASSERT_EQUAL(p.code, rows[i].kept ? PROBLEM_NONE : PROBLEM_BUSY);
		if (rows[i].kept) {
			CU_ASSERT_EQUAL(c.count, 1);
			CU_ASSERT_STRING_EQUAL(c.list, "x");
		}
		close_again(&f, &c);
	}
}

/* Two jobs do not get the same octets, nor the same job when it comes again. */
static void octets_are_the_jobs_own(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	char before[UUID_URN_TEXT];
	struct careless c;
	struct fixture f;
	open_again(&f, &c);
	CU_ASSERT_TRUE(write_careless(&f, &c, &p));
	memcpy(before, c.uuid, sizeof before);
	c.runs = 0;
	CU_ASSERT_TRUE(write_careless(&f, &c, &p));
	CU_ASSERT_STRING_NOT_EQUAL(before, c.uuid);
	close_again(&f, &c);
}

/* A refusal may rest on what is undone: it is told after the group it was in, and by its last try.
 * */
struct told {
	struct store_job job;
	const char *key;
	bool refuse_if_there, told, kept;
	unsigned runs;
};

static bool run_told(struct store_job *job, struct store_txn *t, struct problem *p)
{
	struct told *j = (struct told *)job;
	j->runs++;
	if (j->refuse_if_there && store_has(t, text(j->key)))
		return problem_set(p, PROBLEM_CONFLICT, "there already");
	return store_put(t, text(j->key), text("1"));
}

static void tell(struct store_job *job, bool kept)
{
	struct told *j = (struct told *)job;
	j->told = true;
	j->kept = kept;
}

static bool nothing(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)t, (void)p;
	return true;
}

static void refusals_are_run_again(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct careless c;
	struct fixture f;
	open_again(&f, &c);
	engine_again_times(7);
	struct told jobs[4];
	for (size_t i = 0; i < COUNT(jobs); i++) {
		jobs[i] = (struct told){ .job = { .run = run_told, .done = tell },
					 .key = "\x20"
						"one",
					 .refuse_if_there = true };
		store_submit(f.store, &jobs[i].job);
	}
	CU_ASSERT_TRUE(store_write(f.store, nothing, NULL, &p));
	for (size_t i = 0; i < COUNT(jobs); i++) {
		CU_ASSERT_TRUE(jobs[i].told);
		CU_ASSERT_EQUAL(jobs[i].kept, i == 0);
	}
	CU_ASSERT_TRUE(jobs[0].runs > 1);
	CU_ASSERT_TRUE(there(&f,
			     "\x20"
			     "one",
			     "1"));
	close_again(&f, &c);
}

int main(void)
{
	static const struct test tests[] = {
		{ "S6: one effect, however often it is run", one_effect_however_often },
		{ "random octets are the job's own", octets_are_the_jobs_own },
		{ "refusals are run again, and told once", refusals_are_run_again },
		{ 0 },
	};
	return suite_run("store: tries", tests);
}
