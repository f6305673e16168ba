/* tests/store/names_test.c: a name gets one number, for ever, and what was written with it is read
 * with that name and no other, whatever job was undone and whatever is remembered. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/names.h"
#include "store/numbers.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
static atomic_ulong looks; /* at rows of names */
bool __real_store_get(struct store_txn *t, struct bytes k, struct arena *a, struct bytes *v);
bool __wrap_store_get(struct store_txn *t, struct bytes k, struct arena *a, struct bytes *v);
bool __wrap_store_get(struct store_txn *t, struct bytes k, struct arena *a, struct bytes *v)
{
	if (k.length != 0 && (k.data[0] == SPACE_NAME || k.data[0] == SPACE_NAMED))
		atomic_fetch_add(&looks, 1);
	if (failing_now("store_get"))
		return problem_set(store_problem(t), PROBLEM_INTERNAL, "made to fail");
	return __real_store_get(t, k, a, v);
}
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
static uint64_t later; /* generations */
uint64_t __real_store_generation(const struct store_txn *t);
uint64_t __wrap_store_generation(const struct store_txn *t);
uint64_t __wrap_store_generation(const struct store_txn *t)
{
	return __real_store_generation(t) + later;
}
static bool nothing_remembered; /* there was no memory for it */
struct names *__real_store_names(const struct store_txn *t);
struct names *__wrap_store_names(const struct store_txn *t);
struct names *__wrap_store_names(const struct store_txn *t)
{
	return nothing_remembered ? NULL : __real_store_names(t);
}

struct naming {
	const char *name;
	bool undone;
	uint64_t number;
};

static bool name_job(void *with, struct store_txn *t, struct problem *p)
{
	struct naming *n = with;
	n->number = name_number(t, n->name);
	CU_ASSERT_TRUE(n->number == 0 || name_number(t, n->name) == n->number);
	if (n->number != 0)
		CU_ASSERT_STRING_EQUAL(name_text(t, store_arena(t), n->number), n->name);
	return !n->undone || problem_set(p, PROBLEM_REQUEST_INVALID, "refused");
}

static uint64_t given(struct fixture *f, const char *name, bool undone)
{
	struct naming n = { .name = name, .undone = undone };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_EQUAL(store_write(f->store, name_job, &n, &f->problem), !undone && n.number != 0);
	return n.number;
}

/* 0: it has none. */
static uint64_t number_of(struct fixture *f, const char *name)
{
	uint64_t number = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_EQUAL(name_find(t, name, &number), number != 0);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return number;
}

static const char *text_of(struct fixture *f, uint64_t number)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	const char *text = name_text(t, f->arena, number);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return text;
}

static void a_name_has_one_number(void)
{
	static const char *const names[] = { "2.999.1", "2.999.10", "a-hospital", "", "2.999.1 " };
	uint64_t numbers[COUNT(names)];
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(names); i++) {
		CU_ASSERT_EQUAL(number_of(&f, names[i]), 0);
		numbers[i] = given(&f, names[i], false);
		for (size_t k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(numbers[i], numbers[k]);
	}
	for (unsigned again = 0; again < 3; again++) {
		for (size_t i = 0; i < COUNT(names); i++) {
			CU_ASSERT_EQUAL(number_of(&f, names[i]), numbers[i]);
			CU_ASSERT_STRING_EQUAL(text_of(&f, numbers[i]), names[i]);
			CU_ASSERT_EQUAL(given(&f, names[i], false), numbers[i]);
		}
		CU_ASSERT_PTR_NULL(text_of(&f, 4711));
		if (again == 1)
			fixture_reopen(&f);
	}
	fixture_close(&f);
}

/* Neither it nor what is remembered: its number may be another's next. */
static void what_was_undone_leaves_nothing(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t one = given(&f, "one", true);
	CU_ASSERT_NOT_EQUAL(one, 0);
	CU_ASSERT_EQUAL(number_of(&f, "one"), 0);
	CU_ASSERT_PTR_NULL(text_of(&f, one));
	CU_ASSERT_EQUAL(given(&f, "other", false), one);
	CU_ASSERT_STRING_EQUAL(text_of(&f, one), "other");
	CU_ASSERT_NOT_EQUAL(given(&f, "one", false), one);
	fixture_close(&f);
}

/* What a snapshot has read nobody reads again, a job neither; nor what a job has read. */
static void what_is_remembered(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t number = given(&f, "some", false);
	for (unsigned k = 0; k < 2; k++) {
		atomic_store(&looks, 0);
		given(&f, "some", false);
		CU_ASSERT_EQUAL(atomic_load(&looks), 3);
	}
	for (unsigned k = 0; k < 2; k++) {
		atomic_store(&looks, 0);
		CU_ASSERT_EQUAL(number_of(&f, "some"), number);
		CU_ASSERT_STRING_EQUAL(text_of(&f, number), "some");
		CU_ASSERT_EQUAL(atomic_load(&looks), k == 0 ? 1 : 0);
	}
	given(&f, "some", false);
	CU_ASSERT_EQUAL(atomic_load(&looks), 0);
	/* What another generation of the engine had is read anew, once. */
	for (later = 1; later < 3; later++)
		for (unsigned k = 0; k < 2; k++) {
			atomic_store(&looks, 0);
			CU_ASSERT_STRING_EQUAL(text_of(&f, number), "some");
			CU_ASSERT_EQUAL(number_of(&f, "some"), number);
			CU_ASSERT_EQUAL(atomic_load(&looks), k == 0 ? 1 : 0);
		}
	/* And by who is of a former one each time: it takes no other's place. */
	later = 0;
	for (unsigned k = 0; k < 2; k++) {
		atomic_store(&looks, 0);
		CU_ASSERT_STRING_EQUAL(text_of(&f, number), "some");
		CU_ASSERT_EQUAL(atomic_load(&looks), 1);
	}
	nothing_remembered = true;
	for (unsigned k = 0; k < 2; k++) {
		CU_ASSERT_EQUAL(number_of(&f, "some"), number);
		CU_ASSERT_STRING_EQUAL(text_of(&f, number), "some");
	}
	nothing_remembered = false;
	fixture_close(&f);
}

static bool name_many(struct store_txn *t, const void *with)
{
	const unsigned *count = with;
	for (unsigned i = 0; i < *count; i++)
		name_number(t, arena_printf(store_arena(t), "2.999.%u", i));
	return true;
}

/* More than there are places: each is what it was all the same. */
static void more_than_are_remembered(void)
{
	static const unsigned count = 9000;
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, name_many, &count));
	for (unsigned turn = 0; turn < 2; turn++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		unsigned wrong = 0;
		atomic_store(&looks, 0);
		for (unsigned i = 0; i < count; i++) {
			const char *name = arena_printf(f.arena, "2.999.%u", i), *back;
			uint64_t number;
			wrong += !name_find(t, name, &number)
				 || (back = name_text(t, f.arena, number)) == NULL
				 || strcmp(back, name) != 0;
		}
		CU_ASSERT_EQUAL(wrong, 0);
		CU_ASSERT_TRUE(turn == 0 || atomic_load(&looks) < 2 * (count - 4096) + 500);
		store_end(t);
	}
	fixture_close(&f);
}

/* All of a region's have numbers, and are remembered: whoever feeds looks at no row. */
static void a_regions_names(void)
{
	struct fixture f;
	fixture_open(&f);
	for (unsigned turn = 0; turn < 2; turn++) {
		CU_ASSERT_TRUE(names_of_region(f.store, &people_region, &f.problem));
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NONE);
		atomic_store(&looks, 0);
		for (size_t i = 0; i < people_region.domain_count; i++)
			CU_ASSERT_NOT_EQUAL(number_of(&f, people_region.domains[i].universal_id),
					    0);
		for (size_t i = 0; i < people_region.system_count; i++)
			CU_ASSERT_NOT_EQUAL(number_of(&f, people_region.systems[i].name), 0);
		CU_ASSERT_NOT_EQUAL(number_of(&f, people_region.affinity_domain), 0);
		CU_ASSERT_EQUAL(atomic_load(&looks), 0);
	}
	fixture_close(&f);
}

static void a_store_that_fails(void)
{
	static const char *const calls[] = { "store_get", "store_put" };
	enum { CALLS_MOST = 500 };
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned n = 0; n < CALLS_MOST; n++) {
			struct fixture f;
			fixture_open(&f);
			failing_arm(calls[i], n);
			bool known = names_of_region(f.store, &people_region, &f.problem);
			bool failed = failing_disarm();
			bool fails = failed && i == 0; /* for want of room it goes on without */
			CU_ASSERT_EQUAL(known, !fails);
			CU_ASSERT_EQUAL(f.problem.code, fails ? PROBLEM_INTERNAL : PROBLEM_NONE);
			struct check_counts counts = { 0 };
			f.problem = (struct problem){ .code = PROBLEM_NONE };
			fixture_must(&f,
				     store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
			CU_ASSERT_EQUAL(counts.findings, 0);
			fixture_close(&f);
			CU_ASSERT_TRUE_FATAL(n + 1 < CALLS_MOST);
			if (!failed)
				break;
		}
}

/* ---- Its check ---- */

static const struct wrong {
	const char *why;
	unsigned char space;
	const char *name; /* of the key */
	uint64_t number;  /* the same */
	const char *more; /* behind the key */
	const char *value;
	unsigned findings;
} wrongs[] = {
	/* "one" is 1, "two" is 2 */
	{ "as they are", SPACE_NAME, "one", 0, "", "\1\1\1\1", 0 },
	{ "two of one number", SPACE_NAME, "one", 0, "", "\1\1\1\2", 2 },
	{ "a number nobody has", SPACE_NAME, "one", 0, "", "\1\1\1\3", 2 },
	{ "no number", SPACE_NAME, "one", 0, "", "\1", 2 },
	{ "no record", SPACE_NAME, "one", 0, "", "\1\1", 2 },
	{ "another name", SPACE_NAME, "one ", 0, "", "\1\1\1\1", 1 },
	{ "a key with more behind it", SPACE_NAME, "one", 0, "x", "\1\1\1\1", 1 },
	{ "another's name", SPACE_NAMED, NULL, 1, "", "\1\1\4two", 2 },
	{ "no name", SPACE_NAMED, NULL, 1, "", "\1", 2 },
	{ "a name that breaks off", SPACE_NAMED, NULL, 1, "", "\1\1\7on", 2 },
	{ "a name nobody has", SPACE_NAMED, NULL, 3, "", "\1\1\6three", 1 },
	{ "a number's key with more behind it", SPACE_NAMED, NULL, 1, "x", "\1\1\4one", 1 },
};

static bool do_wrong(struct store_txn *t, const void *with)
{
	const struct wrong *w = with;
	struct key k;
	struct bytes value = bytes_of_text(w->value);
	CU_ASSERT(name_number(t, "one") == 1 && name_number(t, "two") == 2);
	key_begin(&k, w->space);
	if (w->name != NULL)
		key_text(&k, w->name);
	else
		key_short(&k, w->number);
	key_bytes(&k, w->more, strlen(w->more));
	value.length += w->space == SPACE_NAMED && value.length > 2; /* with its NUL */
	return store_put(t, key_span(&k), value);
}

static void what_is_wrong_is_found(void)
{
	for (size_t i = 0; i < COUNT(wrongs); i++) {
		struct fixture f;
		struct check_counts counts = { 0 };
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, do_wrong, &wrongs[i]));
		fixture_must(&f, store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
		if (counts.findings != wrongs[i].findings)
			printf("%s: %u findings\n", wrongs[i].why, (unsigned)counts.findings);
		CU_ASSERT_EQUAL(counts.findings, wrongs[i].findings);
		fixture_close(&f);
	}
}

/* What cannot be read is the store's failure: no other number or name stands for it. */
static void what_cannot_be_read(void)
{
	static const struct wrong unread[] = {
		{ "no number", SPACE_NAME, "one", 0, "", "\1", 0 },
		{ "no record", SPACE_NAME, "one", 0, "", "\1\1", 0 },
		{ "a number, and no record", SPACE_NAME, "one", 0, "", "\1\1\1\1\1", 0 },
		{ "no name", SPACE_NAMED, NULL, 1, "", "\1", 0 },
		{ "a name that breaks off", SPACE_NAMED, NULL, 1, "", "\1\1\7on", 0 },
	};
	for (size_t i = 0; i < COUNT(unread); i++) {
		struct fixture f;
		uint64_t number = 7;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, do_wrong, &unread[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		bool read = unread[i].space == SPACE_NAME ? name_find(t, "one", &number)
							  : name_text(t, f.arena, 1) != NULL;
		CU_ASSERT_FALSE(read);
		CU_ASSERT_TRUE(store_is_damaged(t));
		store_end(t);
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "a name has one number", a_name_has_one_number },
				     { "what was undone leaves nothing",
				       what_was_undone_leaves_nothing },
				     { "what is remembered", what_is_remembered },
				     { "more than are remembered", more_than_are_remembered },
				     { "a region's names", a_regions_names },
				     { "a store that fails", a_store_that_fails },
				     { "what is wrong is found", what_is_wrong_is_found },
				     { "what cannot be read", what_cannot_be_read },
				     { 0 } };

int main(void)
{
	return suite_run("store: names", tests);
}
