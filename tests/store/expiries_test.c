/* tests/store/expiries_test.c: the promises of store/expiries.h, each a test of its name. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/expiries.h"
#include "tests/store/in_job.h"

enum { MANY = 300 };

struct row {
	unsigned char sha256[EXPIRY_SHA256];
	unsigned step;
	instant until;
};

static struct row row_of(unsigned name, unsigned step, instant until)
{
	struct row r = { .step = step, .until = until };
	memcpy(r.sha256, &name, sizeof name);
	return r;
}

static bool tell_run(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	return expiry_tell(t, r->sha256, r->step, r->until);
}

static unsigned told(struct fixture *f, unsigned name)
{
	struct row r = row_of(name, 0, 0);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned step = expiry_told(t, r.sha256);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return step;
}

static void tell(struct fixture *f, unsigned name, unsigned step, instant until)
{
	struct row r = row_of(name, step, until);
	CU_ASSERT_TRUE(in_job(f, tell_run, &r));
}

static void e1_stays_told(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_EQUAL(told(&f, 1), 0);
	tell(&f, 1, 2, 1000);
	tell(&f, 2, 6, 1000);
	CU_ASSERT_EQUAL(told(&f, 1), 2);
	tell(&f, 1, 3, 1000);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(told(&f, 1), 3);
	CU_ASSERT_EQUAL(told(&f, 2), 6);
	tell(&f, 1, 0, 1000);
	CU_ASSERT_EQUAL(told(&f, 1), 0);
	CU_ASSERT_EQUAL(told(&f, 2), 6);
	fixture_close(&f);
}

struct forgetting {
	instant before;
	bool *more;
};

static bool forget_run(struct store_txn *t, const void *with)
{
	const struct forgetting *k = with;
	return expiries_forget(t, k->before, k->more);
}

static void e2_forgotten(void)
{
	struct fixture f;
	bool more = true;
	unsigned jobs = 0;
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++)
		tell(&f, i, 1, i == 7 ? 1000 : 999);
	const struct forgetting k = { 1000, &more };
	for (; more && jobs < MANY; jobs++)
		CU_ASSERT_TRUE(in_job(&f, forget_run, &k));
	CU_ASSERT_EQUAL(jobs, 2);
	CU_ASSERT_EQUAL(told(&f, 7), 1);
	CU_ASSERT_EQUAL(told(&f, 8), 0);
	CU_ASSERT_EQUAL(told(&f, 299), 0);
	fixture_close(&f);
}

static bool spoil_run(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	struct key k;
	key_begin(&k, SPACE_EXPIRY);
	key_bytes(&k, r->sha256, r->step == 0 ? 3 : EXPIRY_SHA256);
	return store_put(t, key_span(&k), bytes_of_text("no record"));
}

static uint64_t findings(struct fixture *f)
{
	char text[FIXTURE_FINDING];
	return fixture_findings(f, &expiries_check, text);
}

/* What cannot be read is no "never told". */
static void damaged(void)
{
	struct fixture f;
	bool more;
	struct row bad = row_of(1, 1, 0);
	const struct forgetting k = { 1000, &more };
	fixture_open(&f);
	tell(&f, 2, 1, 1000);
	CU_ASSERT_EQUAL(findings(&f), 0);
	CU_ASSERT_TRUE(in_job(&f, spoil_run, &bad));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(expiry_told(t, bad.sha256), 0);
	CU_ASSERT_TRUE(store_failed(t));
	store_end(t);
	CU_ASSERT_FALSE(in_job(&f, forget_run, &k));
	CU_ASSERT_EQUAL(findings(&f), 1);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = { { "E1 stays told", e1_stays_told },
					     { "E2 forgotten", e2_forgotten },
					     { "damaged", damaged },
					     { 0 } };
	return suite_run("store: expiries", tests);
}
