/* tests/store/check_counts_test.c: minato check counts rows that are there because of each other,
 * instead of looking each up: what is missing, stray or changed on either side is found, what
 * changed meanwhile is not, and nothing is told twice. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/check_counts.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

FAILING(struct check_counts_of *, check_counts_create, (const struct random_source *r), (r), NULL)

/* ---- The counts ---- */

struct row {
	const char *key, *leads_to;
};

static const struct row rows[] = {
	{ "a", "1" },
	{ "b", "1" },
	{ "ab", "" },
	{ "", "ab" },
	{ "abcdefg", "" },
	{ "abcdefgh", "ijklmnopqrstuvw" },
	{ "abcdefghi", "jklmnopqrstuvw" },
	{ "a", "1" },
};

static struct check_counts_of *counted(size_t without, const struct row *more)
{
	struct check_counts_of *c = check_counts_create(&system_random);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	for (size_t i = 0; i < COUNT(rows); i++)
		check_counts_add(c, CHECK_EXPECTED, bytes_of_text(rows[i].key),
				 bytes_of_text(rows[i].leads_to));
	for (size_t i = COUNT(rows); i > 0; i--)
		if (i - 1 != without)
			check_counts_add(c, CHECK_THERE, bytes_of_text(rows[i - 1].key),
					 bytes_of_text(rows[i - 1].leads_to));
	if (more != NULL)
		check_counts_add(c, CHECK_THERE, bytes_of_text(more->key),
				 bytes_of_text(more->leads_to));
	return c;
}

/* In any order; each row counts, and what it leads to. */
static void two_sets(void)
{
	static const struct row others[] = { { "a", "" },   { "a", "2" }, { "abcdefgh", "ijklmno" },
					     { "b", "1" },  { "", "" },   { "a", "1a" },
					     { "a", "1\1" } };
	struct check_counts_of *c = counted(COUNT(rows), NULL);
	CU_ASSERT_EQUAL(check_counts_differing(c), 0);
	CU_ASSERT_TRUE(check_counts_agree(c, bytes_of_text("a")));
	CU_ASSERT_TRUE(check_counts_agree(c, bytes_of_text("nobody's")));
	check_counts_destroy(c);
	for (size_t i = 0; i < COUNT(rows); i++) {
		c = counted(i, NULL);
		CU_ASSERT_EQUAL(check_counts_differing(c), 1);
		CU_ASSERT_FALSE(check_counts_agree(c, bytes_of_text(rows[i].key)));
		check_counts_destroy(c);
		for (size_t k = 0; k < COUNT(others); k++) {
			c = counted(i, &others[k]);
			bool same = strcmp(others[k].key, rows[i].key) == 0
				    && strcmp(others[k].leads_to, rows[i].leads_to) == 0;
			CU_ASSERT_EQUAL(check_counts_differing(c) == 0, same);
			check_counts_destroy(c);
		}
	}
	check_counts_destroy(NULL);
}

/* ---- In a check ---- */

/* Records say which index they have; an index row leads to its record. */
enum { RECORDS = 0x21, INDEX = 0x22, MANY = 300 };

static struct fixture *writing; /* who is written to when the index is looked at */
static unsigned looked;         /* rows that were looked for */

static struct key record_key(unsigned number)
{
	struct key k;
	key_begin(&k, RECORDS);
	key_number(&k, number);
	return k;
}

static struct key index_key(struct bytes name)
{
	struct key k;
	key_begin(&k, INDEX);
	key_bytes(&k, name.data, name.length);
	return k;
}

static void look_at_record(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key k = index_key(value);
	struct bytes found;
	if (bytes_equal(value, bytes_of_text("rubbish"))) {
		check_finding(c, "a record is rubbish");
		return;
	}
	if (check_matched(c, CHECK_EXPECTED, key_span(&k), key))
		return;
	looked++;
	if (!store_get(check_txn(c), key_span(&k), check_arena(c), &found)
	    || !bytes_equal(found, key))
		check_finding(c, "a record is not in the index");
}

static bool rename_all(void *with, struct store_txn *t, struct problem *p);

static void look_at_index(struct store_check *c, struct bytes key, struct bytes value)
{
	struct bytes record;
	if (writing != NULL) {
		struct problem p = { .code = PROBLEM_NONE };
		struct store *s = writing->store;
		writing = NULL;
		CU_ASSERT_TRUE(store_write(s, rename_all, NULL, &p));
	}
	if (check_matched(c, CHECK_THERE, key, value))
		return;
	looked++;
	if (!store_get(check_txn(c), value, check_arena(c), &record))
		check_finding(c, "an index leads to nothing");
}

static const struct check_module module = {
	.name = "records",
	.rows = (const struct check_row[]){ { RECORDS, "record", look_at_record },
					    { INDEX, "index", look_at_index },
					    { 0 } },
};

static struct bytes name_of(struct arena *a, unsigned number, const char *more)
{
	return bytes_of_text(arena_printf(a, "name %u%s", number, more));
}

static bool put_row(struct store_txn *t, unsigned number, const char *more)
{
	struct bytes name = name_of(store_arena(t), number, more);
	struct key r = record_key(number), i = index_key(name);
	return store_put(t, key_span(&r), name) && store_put(t, key_span(&i), key_span(&r));
}

static bool put_all(struct store_txn *t, const void *with)
{
	bool kept = true;
	(void)with;
	for (unsigned i = 0; kept && i < MANY; i++)
		kept = put_row(t, i, "");
	return kept;
}

/* As others do it while the check is between two keys. */
static bool rename_all(void *with, struct store_txn *t, struct problem *p)
{
	bool kept = true;
	(void)with;
	(void)p;
	for (unsigned i = 0; kept && i < MANY; i += 7) {
		struct key k = index_key(name_of(store_arena(t), i, ""));
		kept = store_delete(t, key_span(&k)) && put_row(t, i, ", renamed");
	}
	return kept;
}

struct spoiling {
	const char *why;
	enum { NOTHING, NO_INDEX, STRAY, ELSEWHERE, RUBBISH } how;
	unsigned findings;
	bool looks;
};

static bool spoil(struct store_txn *t, const void *with)
{
	const struct spoiling *s = with;
	struct key i = index_key(name_of(store_arena(t), 5, "")), none = record_key(MANY),
		   other = record_key(6), r = record_key(5);
	switch (s->how) {
	case NO_INDEX: return store_delete(t, key_span(&i));
	case STRAY:
		i = index_key(bytes_of_text("nobody"));
		return store_put(t, key_span(&i), key_span(&none));
	case ELSEWHERE: return store_put(t, key_span(&i), key_span(&other));
	case RUBBISH: return store_put(t, key_span(&r), bytes_of_text("rubbish"));
	default: return true;
	}
}

static uint64_t findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &module, NULL };
	struct check_counts counts;
	looked = 0;
	CU_ASSERT_TRUE(store_check(f->store, modules, NULL, NULL, &counts, &f->problem));
	return counts.findings;
}

/* What one keeps the other would take for its own. */
static void one_space_of_two(void)
{
	static const struct check_row theirs[] = { { INDEX, "other", NULL }, { 0 } };
	static const struct check_module other = { .name = "others", .rows = theirs };
	static const struct check_module *const modules[] = { &module, &other, NULL };
	struct check_counts counts;
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(store_check(f.store, modules, NULL, NULL, &counts, &f.problem));
	CU_ASSERT_STRING_EQUAL(f.problem.what, "other is also where index is kept");
	f.problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_close(&f);
}

static void in_a_check(void)
{
	static const struct spoiling ways[] = {
		{ "well", NOTHING, 0, false },
		{ "not in the index", NO_INDEX, 1, true },
		{ "a stray one", STRAY, 1, true },
		{ "elsewhere", ELSEWHERE, 1, true },
		/* Told once; that the index leads to it is no finding of its own. */
		{ "a record that cannot be read", RUBBISH, 1, true },
	};
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_all, NULL));
		CU_ASSERT_TRUE(in_job(&f, spoil, &ways[i]));
		CU_ASSERT_EQUAL(findings(&f), ways[i].findings);
		CU_ASSERT_EQUAL(looked != 0, ways[i].looks);
		/* Only where the counts differ. */
		CU_ASSERT(looked <= 4);
		fixture_close(&f);
	}
}

/* Without memory for the counts each is looked for at once. */
static void without_memory(void)
{
	static const struct spoiling gone = { .how = NO_INDEX };
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_all, NULL));
	CU_ASSERT_TRUE(in_job(&f, spoil, &gone));
	failing_arm("check_counts_create", 0);
	CU_ASSERT_EQUAL(findings(&f), 1);
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT(looked >= 1);
	fixture_close(&f);
}

/* What changed meanwhile is looked for, and found. */
static void changed_meanwhile(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_all, NULL));
	writing = &f;
	CU_ASSERT_EQUAL(findings(&f), 0);
	CU_ASSERT_PTR_NULL(writing);
	CU_ASSERT_EQUAL(findings(&f), 0);
	CU_ASSERT_EQUAL(looked, 0);
	fixture_close(&f);
}

static const struct test tests[] = { { "two sets", two_sets },
				     { "in a check", in_a_check },
				     { "without memory", without_memory },
				     { "changed meanwhile", changed_meanwhile },
				     { "one space of two modules", one_space_of_two },
				     { 0 } };

int main(void)
{
	return suite_run("store: check counts", tests);
}
