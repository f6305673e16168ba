/* tests/profiles/locked_out_test.c: what a lock-out (store/lockouts.h) makes of exchanges that were
 * admitted before it: the job that ends each finds it. Nothing else than that job looks here. */
#include "tests/base/suite.h"

#include <string.h>

#include "store/lockouts.h"
#include "store/usage.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/road.h"

#define SUBMISSION "ebrim/submission.xml"
#define FIND_DOCUMENTS "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"

struct locking {
	const char *system;
	bool lock;
};

static bool lock_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct locking *l = with;
	const struct lockout out = {
		.system = l->system, .reason = "a test", .by = "uid 0", .since = 1
	};
	bool changed;
	(void)p;
	return l->lock ? lockout_put(t, &out, &changed) : lockout_remove(t, &out, &changed);
}

static void lock(struct house *h, const char *system, bool on)
{
	struct locking l = { system, on };
	fixture_must(&h->store, store_write(h->store.store, lock_run, &l, &h->store.problem));
}

static uint64_t octets(struct house *h, const char *system)
{
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	struct usage u = usage_of(t, system);
	store_end(t);
	return usage_octets(&u);
}

static struct asked *provide_one(struct house *h, const char *system)
{
	const char *metadata = message(h, SUBMISSION, h->patient);
	metadata = edit(h, metadata, "DA39a3ee5e6b4b0d3255bfef95601890afd80709",
			"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
	metadata = edit(h, metadata, "<rim:Value>36</rim:Value>", "<rim:Value>5</rim:Value>");
	return ask(h, &iti41_provide_and_register, system, provide(h, metadata, "Document01"),
		   attach(h, "Document01", "hello"));
}

static struct asked *query(struct house *h, const char *system)
{
	return ask(h, &iti18_registry_stored_query, system,
		   get_query(h, FIND_DOCUMENTS, "$XDSDocumentEntryPatientId", h->patient), NULL);
}

/* The record says so, and is a security alert of who asked. */
static void is_refused(const struct asked *q)
{
	CU_ASSERT_EQUAL(q->x.problem.code, PROBLEM_LOCKED_OUT);
	CU_ASSERT_PTR_NULL(q->x.result);
	CU_ASSERT_PTR_NULL(q->x.departures);
	CU_ASSERT_PTR_NULL(q->x.findings);
	CU_ASSERT_EQUAL(q->event->event_id, 110113);
	CU_ASSERT_STRING_EQUAL(q->event->problem, "locked-out");
	CU_ASSERT_STRING_EQUAL(q->event->system, "a-hospital");
	CU_ASSERT_EQUAL(q->event->outcome, AUDIT_SERIOUS);
}

static void writes_and_reads(void)
{
	struct house h;
	house_open(&h);
	road_may_fail(h.road);
	CU_ASSERT_STRING_EQUAL(provide_one(&h, "a-hospital")->status, "Success");
	uint64_t before = octets(&h, "a-hospital");
	lock(&h, "a-hospital", true);
	is_refused(provide_one(&h, "a-hospital"));
	CU_ASSERT_EQUAL(octets(&h, "a-hospital"), before);
	is_refused(query(&h, "a-hospital"));
	/* Others, and it itself afterwards, as ever. */
	CU_ASSERT_EQUAL(provide_one(&h, "b-clinic")->x.problem.code, PROBLEM_NONE);
	CU_ASSERT_NOT_EQUAL(query(&h, "b-clinic")->x.problem.code, PROBLEM_LOCKED_OUT);
	lock(&h, "a-hospital", false);
	CU_ASSERT_STRING_EQUAL(provide_one(&h, "a-hospital")->status, "Success");
	CU_ASSERT_NOT_EQUAL(query(&h, "a-hospital")->x.problem.code, PROBLEM_LOCKED_OUT);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

int main(void)
{
	static const struct test tests[] = { { "writes and reads", writes_and_reads }, { 0 } };
	return suite_run("locked out", tests);
}
