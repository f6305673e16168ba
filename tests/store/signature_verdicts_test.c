/* tests/store/signature_verdicts_test.c: what was said of signatures, kept; and rows that are none.
 * That it goes with its entry (V2) is shown whole by conformance/cases/dsg.case, dsg-removed. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/signature.h"
#include "store/check.h"
#include "store/record.h"
#include "store/signature_verdicts.h"
#include "tests/store/fixture.h"
#include "tests/store/in_job.h"

#define ENTRY "urn:uuid:00000000-0000-4000-8000-000000000001"
#define OTHER "urn:uuid:00000000-0000-4000-8000-000000000002"

enum { SPACE = SPACE_REGISTRY_LAST, THEN = 1000 };

static const struct signature_verdict invalid = { .reason = SIGNATURE_CHANGED,
						  .what = "2.999.1",
						  .when = THEN,
						  .anchors = "ab12",
						  .revocation = true };
static const struct signature_verdict valid = { .reason = SIGNATURE_HOLDS, .when = THEN + 1 };

static bool put(struct store_txn *t, const void *with)
{
	return signature_verdict_put(t, ENTRY, with);
}

static bool put_elsewhere(struct store_txn *t, const void *with)
{
	return signature_verdict_put(t, with, &valid);
}

static bool forget(struct store_txn *t, const void *with)
{
	signature_verdict_forget(t, with);
	return !store_failed(t);
}

static bool get(struct fixture *f, const char *entry, struct signature_verdict *out)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = signature_verdict_get(t, f->arena, entry, out);
	if (store_failed(t))
		f->problem = *store_problem(t);
	store_end(t);
	return found;
}

static void v1_stays_as_it_was_written(void)
{
	struct fixture f;
	struct signature_verdict v;
	fixture_open(&f);
	CU_ASSERT_FALSE(get(&f, ENTRY, &v));
	CU_ASSERT_TRUE(in_job(&f, put, &invalid));
	CU_ASSERT_TRUE(in_job(&f, put, &valid));
	fixture_reopen(&f);
	CU_ASSERT_TRUE_FATAL(get(&f, ENTRY, &v));
	CU_ASSERT_EQUAL(v.reason, SIGNATURE_CHANGED);
	CU_ASSERT_EQUAL(v.when, THEN);
	CU_ASSERT_STRING_EQUAL(v.what, "2.999.1");
	CU_ASSERT_STRING_EQUAL(v.anchors, "ab12");
	CU_ASSERT_TRUE(v.revocation);
	CU_ASSERT_FALSE(get(&f, OTHER, &v));
	CU_ASSERT_TRUE(in_job(&f, put_elsewhere, OTHER));
	CU_ASSERT_TRUE(get(&f, OTHER, &v));
	CU_ASSERT_EQUAL(v.reason, SIGNATURE_HOLDS);
	CU_ASSERT_PTR_NULL(v.what);
	CU_ASSERT_PTR_NULL(v.anchors);
	CU_ASSERT_FALSE(v.revocation);
	/* What is no entryUUID has none, and gets none. */
	CU_ASSERT_TRUE(in_job(&f, put_elsewhere, "symbolic"));
	CU_ASSERT_FALSE(get(&f, "symbolic", &v));
	fixture_close(&f);
}

static void v2_goes_with_its_entry(void)
{
	struct fixture f;
	struct signature_verdict v;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &invalid));
	CU_ASSERT_TRUE(in_job(&f, put_elsewhere, OTHER));
	CU_ASSERT_TRUE(in_job(&f, forget, ENTRY));
	CU_ASSERT_TRUE(in_job(&f, forget, ENTRY));
	CU_ASSERT_TRUE(in_job(&f, forget, "symbolic"));
	CU_ASSERT_FALSE(get(&f, ENTRY, &v));
	CU_ASSERT_TRUE(get(&f, OTHER, &v));
	fixture_close(&f);
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &signature_verdicts_check, text);
}

struct odd {
	const char *why;
	uint64_t reason;
	instant when;
	size_t key; /* octets of it */
	const char *finding;
};

static bool put_odd(struct store_txn *t, const void *with)
{
	static const unsigned char octets[17] = { 0, [15] = 1 };
	const struct odd *o = with;
	struct record_writer w = record_begin(store_arena(t), 1);
	struct key k;
	key_begin(&k, SPACE);
	key_bytes(&k, octets, o->key);
	record_number(&w, 1, o->reason);
	if (o->when != 0)
		record_instant(&w, 3, o->when);
	return store_put(t, key_span(&k), record_end(&w));
}

static void odd_rows_are_found(void)
{
	static const struct odd rows[] = {
		{ .why = "of no document",
		  .reason = SIGNATURE_HOLDS,
		  .when = THEN,
		  .key = 16,
		  .finding = "no document" },
		{ .why = "no reason", .reason = 0, .when = THEN, .key = 16, .finding = "be read" },
		{ .why = "a reason to come",
		  .reason = SIGNATURE_REASON_COUNT,
		  .when = THEN,
		  .key = 16,
		  .finding = "be read" },
		{ .why = "a huge one",
		  .reason = UINT64_MAX,
		  .when = THEN,
		  .key = 16,
		  .finding = "be read" },
		{ .why = "no time", .reason = SIGNATURE_HOLDS, .key = 16, .finding = "be read" },
		{ .why = "a short key",
		  .reason = SIGNATURE_HOLDS,
		  .when = THEN,
		  .key = 15,
		  .finding = "be read" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct signature_verdict v;
		char text[FIXTURE_FINDING] = "";
		fixture_open(&f);
		CU_ASSERT_EQUAL(findings(&f, text), 0);
		CU_ASSERT_TRUE(in_job(&f, put_odd, &rows[i]));
		CU_ASSERT_EQUAL(findings(&f, text), 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, rows[i].finding));
		if (i >= 1 && i <= 4) {
			CU_ASSERT_FALSE(
				get(&f, "urn:uuid:00000000-0000-0000-0000-000000000001", &v));
			CU_ASSERT_NOT_EQUAL(f.problem.code, PROBLEM_NONE);
		}
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "V1: stays as it was written", v1_stays_as_it_was_written },
				     { "V2: goes with its entry", v2_goes_with_its_entry },
				     { "odd rows are found", odd_rows_are_found },
				     { 0 } };

int main(void)
{
	return suite_run("signature verdicts", tests);
}
