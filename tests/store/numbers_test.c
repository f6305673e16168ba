/* tests/store/numbers_test.c: numbers are given once, in blocks, and what was not kept gives
 * none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/numbers.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/engines/engine_again.h"
#include "tests/engines/engine_memory_cursor.h"
#include "tests/store/fixture.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))

/* ---- Numbers taken in one job ---- */

enum { ASKED_MOST = 4 * NUMBERS_FIRST };

struct asking {
	enum number_kind kind;
	uint64_t least;
	unsigned count; /* as many */
	bool fails;     /* the job, after that */
	uint64_t first, last;
	struct problem why; /* it was refused */
};

static bool ask(void *with, struct store_txn *t, struct problem *p)
{
	struct asking *a = with;
	for (unsigned i = 0; i < a->count; i++) {
		a->last = number_next_after(t, a->kind, a->least);
		a->first = i == 0 ? a->last : a->first;
		if (a->last == 0)
			return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
		if (a->last != a->first + i)
			CU_FAIL("numbers of one job are not consecutive");
	}
	return !a->fails || problem_set(p, PROBLEM_REQUEST_INVALID, "refused");
}

static bool asked(struct store *s, struct asking *a)
{
	struct problem p = { 0 };
	a->first = a->last = 0;
	bool kept = store_write(s, ask, a, &p);
	a->why = p;
	return kept;
}

/* 0: refused, or the store failed. */
static uint64_t one(struct store *s, enum number_kind kind)
{
	struct asking a = { .kind = kind, .count = 1 };
	return asked(s, &a) ? a.last : 0;
}

static struct key row_key(unsigned kind)
{
	struct key k;
	key_begin(&k, SPACE_NUMBERS);
	key_octet(&k, (unsigned char)kind);
	return k;
}

static uint64_t row_of(struct fixture *f, enum number_kind kind)
{
	struct key k = row_key(kind);
	struct bytes row = { 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, t != NULL);
	uint64_t next = 0;
	if (store_get(t, key_span(&k), f->arena, &row)) {
		struct record_reader r = record_read(row);
		CU_ASSERT_TRUE(record_next(&r));
		next = record_as_number(&r);
	}
	store_end(t);
	return next;
}

static void from_one_on(void)
{
	/* How many are asked for in a job, the first and last of them, and what the row says
	 * then. */
	static const struct {
		unsigned count;
		uint64_t first, last, row;
	} rows[] = {
		{ 1, 1, 1, 65 },       { 63, 2, 64, 65 },      { 1, 65, 65, 193 },
		{ 127, 66, 192, 193 }, { 129, 193, 321, 449 },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asking a = { .kind = NUMBER_RECORD, .count = rows[i].count };
		CU_ASSERT_TRUE(asked(f.store, &a));
		CU_ASSERT_EQUAL(a.first, rows[i].first);
		CU_ASSERT_EQUAL(a.last, rows[i].last);
		CU_ASSERT_EQUAL(row_of(&f, NUMBER_RECORD), rows[i].row);
	}
	/* Each kind for itself. */
	for (enum number_kind kind = NUMBER_PERSON; kind < NUMBER_KINDS; kind++) {
		CU_ASSERT_EQUAL(row_of(&f, kind), 0);
		CU_ASSERT_EQUAL(one(f.store, kind), 1);
	}
	fixture_close(&f);
}

static void blocks_grow(void)
{
	struct fixture f;
	uint64_t end = 1, size = NUMBERS_FIRST;
	fixture_open(&f);
	for (unsigned i = 0; i < 11; i++) {
		struct asking a = { .kind = NUMBER_ERRAND, .count = 1, .least = end - 1 };
		CU_ASSERT_TRUE(asked(f.store, &a));
		CU_ASSERT_EQUAL(a.last, end);
		end += size;
		CU_ASSERT_EQUAL(row_of(&f, NUMBER_ERRAND), end);
		size = size < NUMBERS_MOST ? 2 * size : NUMBERS_MOST;
	}
	CU_ASSERT_EQUAL(size, NUMBERS_MOST);
	fixture_close(&f);
}

static void after_another(void)
{
	static const struct {
		const char *why;
		uint64_t least, given;
	} rows[] = {
		{ "the next as it is", 0, 1 },
		{ "one less than it", 1, 2 },
		{ "it", 3, 4 },
		{ "within the block", 62, 63 },
		{ "the block's last but one", 63, 64 },
		{ "the next block's", 64, 65 },
		{ "the block's end", 192, 193 },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asking a = { .kind = NUMBER_CONSENT_EVENT,
				    .count = 1,
				    .least = rows[i].least };
		CU_ASSERT_TRUE(asked(f.store, &a));
		if (a.last != rows[i].given)
			CU_FAIL(rows[i].why);
	}
	fixture_close(&f);
}

/* ---- What was not kept ---- */

static bool part_fails(void *with, struct store_txn *t, struct problem *p)
{
	struct asking a = { .kind = NUMBER_PERSON, .count = *(unsigned *)with, .fails = true };
	return ask(&a, t, p);
}

static bool part_leaves(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	for (unsigned i = 0; i < *(unsigned *)with; i++)
		number_next(t, NUMBER_PERSON);
	arena_alloc(store_arena(t), (size_t)1 << 40);
	return true;
}

static void leave_in_part(void *with);
struct leaving {
	struct store_txn *txn;
	unsigned *count;
};

static bool part_is_left(void *with, struct store_txn *t, struct problem *p)
{
	struct leaving l = { t, with };
	return arena_run(store_arena(t), leave_in_part, &l)
	       || problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory");
}

/* By a long jump out of a savepoint within the one that goes on. */
static void leave_in_part(void *with)
{
	struct leaving *l = with;
	struct problem p = { 0 };
	store_savepoint(l->txn, part_leaves, l->count, &p);
}

struct parts {
	bool (*part)(void *with, struct store_txn *t, struct problem *p);
	unsigned count;
	uint64_t before, after;
};

static bool run_parts(void *with, struct store_txn *t, struct problem *p)
{
	struct parts *s = with;
	struct problem refused = { 0 };
	(void)p;
	s->before = number_next(t, NUMBER_PERSON);
	CU_ASSERT_FALSE(store_savepoint(t, s->part, &s->count, &refused));
	s->after = number_next(t, NUMBER_PERSON);
	return !store_failed(t);
}

static void taken_back(void)
{
	static const struct {
		bool (*part)(void *with, struct store_txn *t, struct problem *p);
		unsigned count;
	} rows[] = { { part_fails, 3 },
		     { part_fails, ASKED_MOST },
		     { part_is_left, 3 },
		     { part_is_left, ASKED_MOST } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct parts s = { .part = rows[i].part, .count = rows[i].count };
		struct asking refused = { .kind = NUMBER_PERSON,
					  .count = rows[i].count,
					  .fails = true };
		fixture_open(&f);
		CU_ASSERT_FALSE(asked(f.store, &refused)); /* a job, that had no block before */
		CU_ASSERT_EQUAL(row_of(&f, NUMBER_PERSON), 0);
		CU_ASSERT_TRUE(store_write(f.store, run_parts, &s, &f.problem));
		CU_ASSERT(s.before == 1 && s.after == 2);
		CU_ASSERT_EQUAL(row_of(&f, NUMBER_PERSON), 65);
		CU_ASSERT_FALSE(asked(f.store, &refused));
		CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 3);
		fixture_close(&f);
	}
}

static void the_same_again(void)
{
	struct fixture f;
	fixture_open(&f);
	store_close(f.store);
	f.settings.engine = engine_again();
	engine_again_times(3);
	f.store = store_open(&f.settings, &f.problem);
	fixture_must(&f, f.store != NULL);
	for (unsigned i = 0; i < 5; i++) {
		struct asking a = { .kind = NUMBER_RECORD, .count = ASKED_MOST };
		CU_ASSERT_TRUE(asked(f.store, &a));
		CU_ASSERT_EQUAL(a.first, 1 + i * (uint64_t)ASKED_MOST);
	}
	fixture_close(&f);
}

static void a_gap_after_a_start(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_RECORD), 1);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_RECORD), 1 + NUMBERS_FIRST);
	CU_ASSERT_EQUAL(row_of(&f, NUMBER_RECORD), 1 + 2 * NUMBERS_FIRST);
	fixture_close(&f);
}

/* ---- Several nodes ---- */

static void nodes_share(void)
{
	struct fixture f;
	struct store *nodes[3];
	char directory[300];
	bool given[3 * ASKED_MOST * 8] = { false };
	fixture_open(&f);
	f.settings.engine = &engine_memory;
	f.settings.directory = directory;
	for (unsigned i = 0; i < COUNT(nodes); i++) {
		snprintf(directory, sizeof directory, "%s/node-%u", f.directory, i);
		nodes[i] = store_open(&f.settings, &f.problem);
		fixture_must(&f, nodes[i] != NULL);
	}
	for (unsigned i = 0; i < ASKED_MOST; i++)
		for (unsigned n = 0; n < COUNT(nodes); n++) {
			uint64_t number = one(nodes[n], NUMBER_PERSON);
			CU_ASSERT_FATAL(number != 0 && number < COUNT(given));
			CU_ASSERT_FALSE(given[number]);
			given[number] = true;
		}
	for (unsigned i = 0; i < COUNT(nodes); i++)
		store_close(nodes[i]);
	engine_memory_forget(directory);
	fixture_close(&f);
}

/* An engine whose commits fail, and nobody knows what they did; and one that had to recover. */
static struct {
	struct engine_functions functions;
	bool fails;
	uint64_t generation;
} unsure;

static struct engine *open_unsure(const struct store_settings *settings, struct problem *p)
{
	struct engine *e = engine_memory.open(settings, p);
	if (e != NULL)
		e->does = &unsure.functions;
	return e;
}

static struct engine_txn *begin_unsure(struct engine *e, enum engine_access how, struct problem *p)
{
	struct engine_txn *t = engine_memory.begin(e, how, p);
	if (t != NULL && how != ENGINE_READ) {
		t->does = &unsure.functions;
		t->generation = unsure.generation;
	}
	return t;
}

static bool commit_unsure(struct engine_txn *t, struct problem *p)
{
	bool whole = ((const struct memory_txn *)t)->parent == NULL;
	bool kept = engine_memory.commit(t, p);
	return kept && (!whole || !unsure.fails || problem_set(p, PROBLEM_INTERNAL, "?"));
}

static bool flush_unsure(struct engine *e, uint64_t generation, struct problem *p)
{
	(void)e, (void)p;
	return generation == unsure.generation;
}

static void open_with_unsure(struct fixture *f)
{
	fixture_open(f);
	store_close(f->store);
	unsure.functions = engine_memory;
	unsure.functions.open = open_unsure;
	unsure.functions.begin = begin_unsure;
	unsure.functions.commit = commit_unsure;
	unsure.functions.flush = flush_unsure;
	unsure.fails = false;
	unsure.generation = 1;
	f->settings.engine = &unsure.functions;
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
}

static void nobody_knows(void)
{
	struct fixture f;
	open_with_unsure(&f);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 1);
	unsure.fails = true;
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 0);
	unsure.fails = false;
	/* 2 may be kept with what that job wrote. */
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 65);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 66);
	fixture_close(&f);
}

/* What was committed and not flushed is gone, the row of numbers too. */
static void recovered(void)
{
	struct fixture f;
	open_with_unsure(&f);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 1);
	unsure.generation = 2;
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 65);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 66);
	fixture_close(&f);
}

/* ---- Rows that cannot be ---- */

struct row {
	const char *why;
	unsigned kind;
	uint64_t next;
	const char *octets; /* as they are, instead */
	uint64_t given;     /* of a person; 0: the store failed */
	bool found;         /* by the check */
};

static bool put_row(void *with, struct store_txn *t, struct problem *p)
{
	const struct row *row = with;
	struct key k = row_key(row->kind);
	struct record_writer w = record_begin(store_arena(t), 1);
	(void)p;
	if (row->next != 0)
		record_number(&w, 1, row->next);
	return store_put(t, key_span(&k),
			 row->octets == NULL ? record_end(&w) : bytes_of_text(row->octets));
}

static void rows_that_cannot_be(void)
{
	static const uint64_t last = (uint64_t)INT64_MAX - NUMBERS_MOST;
	static const struct row rows[] = {
		{ "a row", NUMBER_PERSON, 7, NULL, 7, false },
		{ "the last that can be", NUMBER_PERSON, last, NULL, last, false },
		{ "one past it", NUMBER_PERSON, last + 1, NULL, 0, true },
		{ "no number", NUMBER_PERSON, 0, NULL, 0, true },
		{ "no record", NUMBER_PERSON, 0, "\xff\xff", 0, true },
		{ "the last kind", NUMBER_KINDS - 1, 7, NULL, 1, false },
		{ "none of the kinds", NUMBER_KINDS, 7, NULL, 1, true },
		{ "no kind", 0, 7, NULL, 1, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct check_counts counts;
		fixture_open(&f);
		CU_ASSERT_TRUE(store_write(f.store, put_row, (void *)&rows[i], &f.problem));
		CU_ASSERT_TRUE(store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
		if ((counts.findings != 0) != rows[i].found)
			CU_FAIL(rows[i].why);
		if (one(f.store, NUMBER_PERSON) != rows[i].given)
			CU_FAIL(rows[i].why);
		fixture_close(&f);
	}
}

/* The block is used up, and the row says nothing any more: no number is given, nor the one that
 * would be the next. */
static void none_without_its_row(void)
{
	static const struct row broken = { .kind = NUMBER_PERSON, .octets = "?" };
	struct fixture f;
	struct asking all = { .kind = NUMBER_PERSON, .count = NUMBERS_FIRST },
		      next = { .kind = NUMBER_PERSON, .count = 1 };
	fixture_open(&f);
	CU_ASSERT_TRUE(asked(f.store, &all));
	CU_ASSERT_TRUE(store_write(f.store, put_row, (void *)&broken, &f.problem));
	CU_ASSERT_FALSE(asked(f.store, &next));
	CU_ASSERT_EQUAL(next.last, 0);
	fixture_close(&f);
}

/* Nor is one when the row cannot be written: it would be another's as well. */
static void none_without_its_row_written(void)
{
	struct fixture f;
	struct asking all = { .kind = NUMBER_PERSON, .count = NUMBERS_FIRST },
		      next = { .kind = NUMBER_PERSON, .count = 1 };
	fixture_open(&f);
	CU_ASSERT_TRUE(asked(f.store, &all));
	failing_arm("store_put", 0);
	CU_ASSERT_FALSE(asked(f.store, &next));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_EQUAL(next.last, 0);
	CU_ASSERT_EQUAL(next.why.code, PROBLEM_STORE_FULL);
	CU_ASSERT_TRUE(asked(f.store, &next));
	CU_ASSERT_EQUAL(next.last, 1 + NUMBERS_FIRST);
	fixture_close(&f);
}

/* Something kept bears a number that the row says nobody was given. */
static void never_given(void)
{
	struct fixture f;
	struct asking a = { .kind = NUMBER_CONSENT_EVENT, .count = 1, .least = 65 };
	fixture_open(&f);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_CONSENT_EVENT), 1);
	CU_ASSERT_FALSE(asked(f.store, &a));
	CU_ASSERT_EQUAL(a.last, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(a.why.what, "never given"));
	CU_ASSERT_EQUAL(row_of(&f, NUMBER_CONSENT_EVENT), 65);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_CONSENT_EVENT), 2);
	fixture_close(&f);
}

static void not_in_a_snapshot(void)
{
	struct fixture f;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(number_next(t, NUMBER_PERSON), 0);
	CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	store_end(t);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 1);
	fixture_close(&f);
}

static bool fail_first(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	store_damaged(t, "something else");
	CU_ASSERT_EQUAL(number_next(t, NUMBER_PERSON), 0);
	return problem_set(p, PROBLEM_INTERNAL, "failed");
}

static void not_when_the_store_failed(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 1);
	CU_ASSERT_FALSE(store_write(f.store, fail_first, NULL, &f.problem));
	CU_ASSERT_EQUAL(one(f.store, NUMBER_PERSON), 2);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "from one on, each kind for itself", from_one_on },
		{ "blocks grow, up to a bound", blocks_grow },
		{ "after another number", after_another },
		{ "what was refused is taken back", taken_back },
		{ "a job run again is given the same", the_same_again },
		{ "after a start there is a gap of one block", a_gap_after_a_start },
		{ "nodes never give the same", nodes_share },
		{ "where nobody knows what was kept, none of the block", nobody_knows },
		{ "nor when the engine had to recover", recovered },
		{ "rows that cannot be", rows_that_cannot_be },
		{ "none without its row", none_without_its_row },
		{ "none without its row written", none_without_its_row_written },
		{ "a number that was never given", never_given },
		{ "not in a snapshot", not_in_a_snapshot },
		{ "not when the store failed", not_when_the_store_failed },
		{ 0 },
	};
	return suite_run("store: numbers", tests);
}
