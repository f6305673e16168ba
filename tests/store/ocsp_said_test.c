/* tests/store/ocsp_said_test.c: the promises of store/ocsp_said.h, each a test of its name. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/ocsp_said.h"
#include "store/store_keys.h"
#include "tests/store/in_job.h"

enum { GOOD = 1, REVOKED = 2, UNKNOWN = 3, MANY = 300 };

static struct ocsp_kept word_of(unsigned name, unsigned word, instant at)
{
	struct ocsp_kept k = { .word = word,
			       .this_update = at,
			       .next_update = at + 10,
			       .revoked_at = word == REVOKED ? at : 0,
			       .learned = at + 1,
			       .until = 9000 };
	memcpy(k.sha256, &name, sizeof name);
	return k;
}

struct keeping {
	struct ocsp_kept kept;
	unsigned *before;
	bool *older;
};

static bool keep_run(struct store_txn *t, const void *with)
{
	const struct keeping *k = with;
	return ocsp_said_keep(t, &k->kept, k->before, k->older);
}

/* What was kept before; *older as the store says. */
static unsigned keep(struct fixture *f, struct ocsp_kept k, bool *older)
{
	unsigned before = 99;
	const struct keeping with = { k, &before, older };
	CU_ASSERT_TRUE(in_job(f, keep_run, &with));
	return before;
}

struct reading {
	struct store_txn *txn;
	struct arena *arena;
	struct ocsp_kept *all;
	size_t count;
};

static void read_all(void *with)
{
	struct reading *r = with;
	r->all = ocsp_said_all(r->txn, r->arena, &r->count);
}

/* All there are, of which that one; 0: it is not among them. */
static unsigned said(struct fixture *f, unsigned name, size_t *count)
{
	struct reading r = { .txn = store_begin_read(f->store, &f->problem),
			     .arena = arena_create(1 << 20) };
	unsigned word = 0;
	CU_ASSERT_TRUE(arena_run(r.arena, read_all, &r));
	CU_ASSERT_FALSE(store_failed(r.txn));
	for (size_t i = 0; i < r.count; i++)
		if (memcmp(r.all[i].sha256, &name, sizeof name) == 0)
			word = r.all[i].word;
	*count = r.count;
	store_end(r.txn);
	arena_destroy(r.arena);
	return word;
}

static void o1_stays_said(void)
{
	struct fixture f;
	bool older;
	size_t count;
	fixture_open(&f);
	CU_ASSERT_EQUAL(said(&f, 1, &count), 0);
	CU_ASSERT_EQUAL(keep(&f, word_of(1, REVOKED, 100), &older), 0);
	CU_ASSERT_EQUAL(keep(&f, word_of(2, GOOD, 100), &older), 0);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(said(&f, 1, &count), REVOKED);
	CU_ASSERT_EQUAL(said(&f, 2, &count), GOOD);
	CU_ASSERT_EQUAL(count, 2);
	fixture_close(&f);
}

static void o2_no_older_word(void)
{
	static const struct {
		unsigned was, comes;
		instant at; /* was: 100 */
		bool older;
	} rows[] = {
		{ GOOD, REVOKED, 101, false }, { GOOD, REVOKED, 100, false },
		{ GOOD, REVOKED, 99, true },   { REVOKED, GOOD, 101, false },
		{ REVOKED, GOOD, 100, true },  { REVOKED, GOOD, 99, true },
		{ GOOD, GOOD, 100, false },    { GOOD, UNKNOWN, 100, true },
		{ UNKNOWN, GOOD, 101, false },
	};
	struct fixture f;
	size_t count;
	fixture_open(&f);
	for (unsigned i = 0; i < COUNT(rows); i++) {
		bool older = true;
		CU_ASSERT_EQUAL(keep(&f, word_of(i, rows[i].was, 100), &older), 0);
		CU_ASSERT_FALSE(older);
		CU_ASSERT_EQUAL(keep(&f, word_of(i, rows[i].comes, rows[i].at), &older),
				rows[i].was);
		CU_ASSERT_EQUAL(older, rows[i].older);
		CU_ASSERT_EQUAL(said(&f, i, &count), rows[i].older ? rows[i].was : rows[i].comes);
	}
	fixture_close(&f);
}

struct forgetting {
	instant before;
	bool *more;
};

static bool forget_run(struct store_txn *t, const void *with)
{
	const struct forgetting *k = with;
	return ocsp_said_forget(t, k->before, k->more);
}

static void o3_forgotten(void)
{
	struct fixture f;
	bool more = true, older;
	size_t count;
	unsigned jobs = 0;
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++) {
		struct ocsp_kept k = word_of(i, GOOD, 100);
		k.until = i == 7 ? 1000 : 999;
		keep(&f, k, &older);
	}
	const struct forgetting k = { 1000, &more };
	for (; more && jobs < MANY; jobs++)
		CU_ASSERT_TRUE(in_job(&f, forget_run, &k));
	CU_ASSERT_EQUAL(jobs, 2);
	CU_ASSERT_EQUAL(said(&f, 7, &count), GOOD);
	CU_ASSERT_EQUAL(count, 1);
	fixture_close(&f);
}

static bool damage_run(struct store_txn *t, const void *with)
{
	struct key k;
	const unsigned char sha256[OCSP_SAID_SHA256] = { 1 };
	(void)with;
	key_begin(&k, SPACE_OCSP_SAID);
	key_bytes(&k, sha256, sizeof sha256);
	return store_put(t, key_span(&k), (struct bytes){ (const unsigned char *)"x", 1 });
}

static void count_finding(void *with, const char *finding)
{
	CU_ASSERT_STRING_EQUAL(finding, "what a responder said of a certificate cannot be read");
	++*(unsigned *)with;
}

/* What cannot be read is no "nothing": whoever asks finds that the store failed. */
static void damaged(void)
{
	static const struct check_module *const modules[] = { &ocsp_said_check, NULL };
	struct fixture f;
	unsigned findings = 0, before;
	bool older, more;
	fixture_open(&f);
	keep(&f, word_of(2, GOOD, 100), &older);
	CU_ASSERT_TRUE(in_job(&f, damage_run, NULL));
	const struct keeping with = { word_of(1, GOOD, 100), &before, &older };
	CU_ASSERT_FALSE(in_job(&f, keep_run, &with));
	const struct forgetting forgets = { 9999, &more };
	CU_ASSERT_FALSE(in_job(&f, forget_run, &forgets));
	struct reading r = { .txn = store_begin_read(f.store, &f.problem),
			     .arena = arena_create(1 << 20) };
	CU_ASSERT_TRUE(arena_run(r.arena, read_all, &r));
	CU_ASSERT_TRUE(store_failed(r.txn));
	store_end(r.txn);
	arena_destroy(r.arena);
	struct check_counts counts = { .findings = 0 };
	store_check(f.store, modules, count_finding, &findings, &counts, &f.problem);
	CU_ASSERT_EQUAL(findings, 1);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = { { "O1 what was said stays said", o1_stays_said },
					     { "O2 no older word", o2_no_older_word },
					     { "O3 forgotten", o3_forgotten },
					     { "damaged", damaged },
					     { 0 } };
	return suite_run("what responders said", tests);
}
