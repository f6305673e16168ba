/* tests/store/node_test.c: which of several nodes one is: the ordinal each name has, for ever. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/engines/nodes.h"
#include "tests/store/in_job.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(struct store_txn *, store_begin_read, (struct store * s, struct problem *p), (s, p),
	(problem_set(p, PROBLEM_OUT_OF_RESOURCES, "made to fail"), NULL))
FAILING(bool, store_next, (struct store_cursor * c, struct bytes *k, struct bytes *v), (c, k, v),
	false)

FAILING(struct store_cursor *, store_scan_prefix,
	(struct store_txn * t, struct bytes prefix, bool descending), (t, prefix, descending),
	(refused(t), NULL))

static unsigned ordinal_of(struct store *s, const char *name)
{
	struct problem p = { .code = PROBLEM_NONE };
	unsigned ordinal = 77;
	CU_ASSERT_TRUE(node_take(s, name, &ordinal, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	return ordinal;
}

static unsigned own(struct store *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s, &p);
	unsigned ordinal = store_node(t);
	store_end(t);
	return ordinal;
}

/* As they came, whoever asks, and however often it is opened. */
static void as_they_came(void)
{
	struct region_of_nodes r;
	region_open(&r, true);
	for (unsigned again = 0; again < 2; again++) {
		for (unsigned i = 0; i < NODES; i++) {
			CU_ASSERT_EQUAL(own(r.nodes[i].store), i);
			CU_ASSERT_EQUAL(ordinal_of(r.nodes[0].store, r.nodes[i].name), i);
		}
		store_close(r.nodes[2].store);
		r.nodes[2].store = store_open(&r.nodes[2].settings, &r.problem);
		CU_ASSERT_PTR_NOT_NULL_FATAL(r.nodes[2].store);
	}
	CU_ASSERT_EQUAL(ordinal_of(r.nodes[1].store, "host"), NODES); /* the beginning of others */
	CU_ASSERT_EQUAL(ordinal_of(r.nodes[1].store, "host-10"), NODES + 1);
	CU_ASSERT_EQUAL(ordinal_of(r.nodes[0].store, NULL), NODES + 2);
	CU_ASSERT_EQUAL(ordinal_of(r.nodes[2].store, ""), NODES + 2);
	struct store_txn *t = store_begin_read(r.nodes[0].store, &r.problem);
	CU_ASSERT_STRING_EQUAL(node_name(t, 1, r.arena), "host-1");
	CU_ASSERT_STRING_EQUAL(node_name(t, NODES, r.arena), "host");
	CU_ASSERT_PTR_NULL(node_name(t, NODES + 3, r.arena));
	store_end(t);
	region_close(&r);
}

/* One process alone may open it: what its host is called says nothing. */
static void an_engine_of_one_process(void)
{
	static const char *const names[] = { "before", "after", NULL };
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < COUNT(names); i++) {
		f.settings.engine = &engine_berkeleydb;
		f.settings.directory = arena_printf(f.arena, "%s/data", f.directory);
		f.settings.node = names[i];
		fixture_reopen(&f);
		CU_ASSERT_EQUAL(own(f.store), 0);
	}
	fixture_close(&f);
}

struct row {
	const char *name;
	uint64_t ordinal;
	unsigned tag;
	bool longer, broken, nameless;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct row *row = with;
	struct record_writer w = record_begin(store_arena(t), 1);
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "node");
	if (!row->nameless)
		key_text(&k, row->name);
	if (row->longer)
		key_octet(&k, 7);
	record_number(&w, row->tag, row->ordinal);
	struct bytes value = record_end(&w);
	value.length -= row->broken;
	return store_put(t, key_span(&k), value);
}

static void so_many(void)
{
	struct fixture f;
	unsigned ordinal;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_row, &(struct row){ "last", NODES_MOST - 2, .tag = 1 }));
	CU_ASSERT_EQUAL(ordinal_of(f.store, "one more"), NODES_MOST - 1);
	CU_ASSERT_FALSE(node_take(f.store, "one too many", &ordinal, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_STRING_EQUAL(f.problem.what, "the store has had 8192 nodes, and knows no more");
	CU_ASSERT_EQUAL(ordinal_of(f.store, "one more"), NODES_MOST - 1);
	fixture_close(&f);
}

/* The first. */
static void note_finding(void *with, const char *finding)
{
	char *first = with;
	if (*first == '\0')
		snprintf(first, 256, "%s", finding);
}

/* A row that says nothing, or what another says: a finding; and no ordinal is taken from it. */
static void rows_that_are_damaged(void)
{
	static const struct {
		struct row row;
		const char *finding;
		bool known;
	} rows[] = {
		{ { "a", 9, .tag = 1 }, NULL, true },
		{ { "a", NODES_MOST - 1, .tag = 1 }, NULL, true },
		{ { "a", NODES_MOST, .tag = 1 }, "store: a node's row cannot be read", false },
		{ { "a", 9, .tag = 2 }, "store: a node's row cannot be read", false },
		{ { "a", 9, .tag = 1, .longer = true },
		  "store: a node's row cannot be read",
		  false },
		{ { "a", 9, .tag = 1, .broken = true },
		  "store: a node's row cannot be read",
		  false },
		{ { "a", 9, .tag = 1, .nameless = true },
		  "store: a node's row cannot be read",
		  false },
		{ { "a", 0, .tag = 1 }, "store: two nodes have one ordinal", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct check_counts counts;
		char finding[256] = "";
		unsigned ordinal;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_row, &(struct row){ "0", 0, .tag = 1 }));
		CU_ASSERT_TRUE(in_job(&f, put_row, &rows[i].row));
		CU_ASSERT_TRUE(
			store_check(f.store, NULL, note_finding, finding, &counts, &f.problem));
		CU_ASSERT_STRING_EQUAL(finding, rows[i].finding == NULL ? "" : rows[i].finding);
		CU_ASSERT_EQUAL(node_take(f.store, "a", &ordinal, &f.problem), rows[i].known);
		CU_ASSERT_EQUAL(f.problem.code, rows[i].known ? PROBLEM_NONE : PROBLEM_INTERNAL);
		fixture_close(&f);
	}
}

static void what_fails(void)
{
	static const struct {
		const char *call;
		unsigned passing;
		enum problem_code code;
	} rows[] = {
		{ "store_begin_read", 0, PROBLEM_OUT_OF_RESOURCES },
		{ "store_put", 0, PROBLEM_STORE_FULL },
		{ "store_scan_prefix", 0, PROBLEM_STORE_FULL },
		{ "store_scan_prefix", 1, PROBLEM_STORE_FULL },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned ordinal;
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_FALSE(node_take(f.store, "new", &ordinal, &f.problem));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(f.problem.code, rows[i].code);
	}
	ordinal_of(f.store, "new");
	/* Known, and not found in the snapshot: the job finds it. */
	unsigned known = ordinal_of(f.store, "another");
	failing_arm("store_next", 0);
	CU_ASSERT_EQUAL(ordinal_of(f.store, "another"), known);
	CU_ASSERT_TRUE(failing_disarm());
	fixture_close(&f);
}

/* Rows of the store's own that are no node's; and a check that cannot look at a node's. */
static bool put_own_row(struct store_txn *t, const void *with)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_bytes(&k, with, strlen(with));
	return store_put(t, key_span(&k), bytes_of_text("rubbish"));
}

static void rows_of_others(void)
{
	static const char *const rows[] = { "n", "node", "nod\001a", "nodes" };
	struct fixture f;
	struct check_counts counts;
	char finding[256] = "";
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_TRUE(in_job(&f, put_own_row, rows[i]));
	CU_ASSERT_EQUAL(ordinal_of(f.store, "a"), ordinal_of(f.store, "a"));
	CU_ASSERT_TRUE(store_check(f.store, NULL, note_finding, finding, &counts, &f.problem));
	CU_ASSERT_STRING_EQUAL(finding, "");
	failing_arm("store_scan_prefix", 0);
	CU_ASSERT_FALSE(store_check(f.store, NULL, note_finding, finding, &counts, &f.problem));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_STRING_EQUAL(finding, "");
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_STORE_FULL);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "rows of others", rows_of_others },
	{ "as they came", as_they_came },
	{ "an engine of one process", an_engine_of_one_process },
	{ "so many", so_many },
	{ "rows that are damaged", rows_that_are_damaged },
	{ "what fails", what_fails },
	{ 0 },
};

int main(void)
{
	return suite_run("store: nodes", tests);
}
