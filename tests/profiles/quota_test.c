/* tests/profiles/quota_test.c: how much of the disk a system may fill (disk-quota), from both
 * sides of the limit, and that nobody else feels it. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/quota.h"
#include "store/usage.h"
#include "tests/profiles/documents.h"

#define SUBMISSION "ebrim/submission.xml"

/* A house whose a-hospital may have so much; its systems are its own. */
struct limited {
	struct house h;
	struct registered_system systems[COUNT(people_systems)];
	uint64_t fed; /* what a-hospital has for its patients, who are there already */
};

/* Beside them. */
static uint64_t has(struct limited *l, const char *system)
{
	struct store_txn *t = store_begin_read(l->h.store.store, &l->h.store.problem);
	struct usage u = usage_of(t, system);
	store_end(t);
	return usage_octets(&u) - (strcmp(system, "a-hospital") == 0 ? l->fed : 0);
}

static void limited_open(struct limited *l)
{
	house_open(&l->h);
	memcpy(l->systems, people_systems, sizeof l->systems);
	l->h.region.systems = l->systems;
	l->fed = 0;
	l->fed = has(l, "a-hospital");
}

/* Beside its patients; 0: any number. */
static void may_have(struct limited *l, uint64_t octets)
{
	l->systems[0].disk_quota = octets == 0 ? 0 : l->fed + octets;
}

static struct asked *provide_one(struct limited *l, const char *system, const char *metadata)
{
	return ask(&l->h, &iti41_provide_and_register, system,
		   provide(&l->h, metadata, "Document01"), attach(&l->h, "Document01", "hello"));
}

static const char *metadata_of(struct limited *l)
{
	struct house *h = &l->h;
	const char *metadata = message(h, SUBMISSION, h->patient);
	metadata = edit(h, metadata, "DA39a3ee5e6b4b0d3255bfef95601890afd80709",
			"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
	return edit(h, metadata, "<rim:Value>36</rim:Value>", "<rim:Value>5</rim:Value>");
}

static struct asked *register_one(struct limited *l, const char *system, const char *metadata)
{
	return ask(&l->h, &iti42_register_document_set, system, metadata, NULL);
}

typedef struct asked *ask_one(struct limited *l, const char *system, const char *metadata);

static const struct way {
	ask_one *ask;
	const char *error;
} ways[] = { { provide_one, "XDSRepositoryOutOfResources" },
	     { register_one, "XDSRegistryOutOfResources" } };

static void succeeded(const struct asked *q)
{
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	if (strcmp(q->status, "Success") != 0)
		fprintf(stderr, "%s: %s\n", q->error, q->context);
}

static void refused(struct limited *l, const struct asked *q, const char *error, uint64_t would)
{
	CU_ASSERT_STRING_EQUAL(q->status, "Failure");
	CU_ASSERT_STRING_EQUAL(q->error, error);
	CU_ASSERT_EQUAL(q->errors, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "(disk-quota)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "a-hospital"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(q->context, arena_printf(l->h.arena, "may have %llu ",
						(unsigned long long)l->systems[0].disk_quota)));
	if (would != 0)
		CU_ASSERT_PTR_NOT_NULL(
			strstr(q->context, arena_printf(l->h.arena, "would have %llu ",
							(unsigned long long)(l->fed + would))));
	CU_ASSERT_STRING_EQUAL(q->event->problem, "disk-quota");
	CU_ASSERT_PTR_NOT_NULL(q->event->objects); /* the record tells whose it was */
}

/* What the second takes is what the first took: at the limit it is taken, with one octet less it is
 * not, with no room at all it is refused before the job. */
static void at_the_limit(void)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct limited l;
		limited_open(&l);
		succeeded(ways[i].ask(&l, "a-hospital", metadata_of(&l)));
		uint64_t one = has(&l, "a-hospital");
		CU_ASSERT_FATAL(one > 1000);
		const uint64_t limits[] = { one, one + 1000, 2 * one - 1 };
		for (size_t n = 0; n < COUNT(limits); n++) {
			may_have(&l, limits[n]);
			const char *metadata = metadata_of(&l);
			refused(&l, ways[i].ask(&l, "a-hospital", metadata), ways[i].error,
				n < 2 ? 0 : 2 * one);
			CU_ASSERT_EQUAL(has(&l, "a-hospital"), one);
		}
		succeeded(ways[i].ask(&l, "b-clinic", metadata_of(&l)));
		may_have(&l, 2 * one);
		succeeded(ways[i].ask(&l, "a-hospital", metadata_of(&l)));
		CU_ASSERT_EQUAL(has(&l, "a-hospital"), 2 * one);
		may_have(&l, 0);
		succeeded(ways[i].ask(&l, "a-hospital", metadata_of(&l)));
		CU_ASSERT_EQUAL(has(&l, "a-hospital"), 3 * one);
		CU_ASSERT_EQUAL(house_findings(&l.h), 0);
		house_close(&l.h);
	}
}

/* The answer was lost: what is registered already has its place. */
static void sent_again_at_the_limit(void)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct limited l;
		limited_open(&l);
		const char *metadata = metadata_of(&l);
		succeeded(ways[i].ask(&l, "a-hospital", metadata));
		uint64_t one = has(&l, "a-hospital");
		may_have(&l, one);
		succeeded(ways[i].ask(&l, "a-hospital", metadata));
		may_have(&l, 1);
		succeeded(ways[i].ask(&l, "a-hospital", metadata));
		CU_ASSERT_EQUAL(has(&l, "a-hospital"), one);
		house_close(&l.h);
	}
}

/* ---- The job is the judge ---- */

struct judged {
	struct limited *l;
	uint64_t elsewhere;
	struct findings findings;
};

static bool judge(void *with, struct store_txn *t, struct problem *p)
{
	struct judged *j = with;
	const struct usage some = { .metadata = 600, .documents = 400 };
	const struct registry_desk desk = { .arena = j->l->h.arena,
					    .sender = &j->l->systems[0],
					    .txn = t,
					    .stored_elsewhere = j->elsewhere };
	j->findings = findings_in(j->l->h.arena);
	return usage_add(t, "a-hospital", &some)
	       && (quota_holds(&desk, &j->findings) || problem_set(p, PROBLEM_DISK_QUOTA, "no"));
}

static void what_other_nodes_kept_counts(void)
{
	static const struct {
		uint64_t quota, elsewhere;
		bool holds;
	} rows[] = {
		{ 0, 9000, true },     { 1000, 0, true },     { 999, 0, false },
		{ 1000, 1, false },    { 10000, 9000, true }, { 9999, 9000, false },
		{ 10000, 8999, true },
	};
	struct limited l;
	limited_open(&l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j = { &l, rows[i].elsewhere, { 0 } };
		struct problem p = { .code = PROBLEM_NONE };
		may_have(&l, rows[i].quota);
		bool held = store_write(l.h.store.store, judge, &j, &p);
		CU_ASSERT_EQUAL(held, rows[i].holds);
		CU_ASSERT_EQUAL(has(&l, "a-hospital"), held ? 1000 : 0);
		if (held) { /* back to nothing */
			house_close(&l.h);
			limited_open(&l);
		}
	}
	house_close(&l.h);
}

/* ---- Feeds ---- */

struct fed {
	struct limited *l;
	const char *id, *phone;
	struct cross_reference_fed out;
};

/* As its transactions do it. */
static bool feed(void *with, struct store_txn *t, struct problem *p)
{
	struct fed *f = with;
	struct arena *a = f->l->h.arena;
	const struct registry_desk desk = { .sender = &f->l->systems[0], .txn = t };
	struct patient_identifier id = { .id = f->id, .universal_id = A_DOMAIN };
	const struct who who = { .family = "サトウ", .birth = "19700101", .phone = f->phone };
	struct identity_feed feed = { .kind = FEED_CREATE,
				      .ids = &id,
				      .demographics = people_demographics(a, &who) };
	uint64_t used = quota_used(&desk);
	return cross_reference_feed(t, a, &f->l->h.region, desk.sender, &feed, &f->out, p)
	       && quota_allows(&desk, used, p);
}

static enum problem_code feeds(struct limited *l, const char *id, const char *phone)
{
	struct fed f = { .l = l, .id = id, .phone = phone };
	struct problem p = { .code = PROBLEM_NONE };
	store_write(l->h.store.store, feed, &f, &p);
	if (p.code == PROBLEM_DISK_QUOTA)
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "a-hospital would have "));
	return p.code;
}

/* A version is as long as what it says; what says nothing new is taken at any limit. */
static void each_version_of_a_patient_counts(void)
{
	struct limited l;
	limited_open(&l);
	CU_ASSERT_FATAL(l.fed > 2 * 512); /* the house has fed two */
	CU_ASSERT_EQUAL(feeds(&l, "1", "0311111111"), PROBLEM_NONE);
	uint64_t one = has(&l, "a-hospital");
	CU_ASSERT(one > 512 && one < 1000);
	CU_ASSERT_EQUAL(feeds(&l, "1", "0311111111"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(has(&l, "a-hospital"), one);
	CU_ASSERT_EQUAL(feeds(&l, "1", "0322222222"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(has(&l, "a-hospital"), 2 * one);
	may_have(&l, 3 * one - 1);
	CU_ASSERT_EQUAL(feeds(&l, "1", "0333333333"), PROBLEM_DISK_QUOTA);
	CU_ASSERT_EQUAL(feeds(&l, "2", "0333333333"), PROBLEM_DISK_QUOTA);
	CU_ASSERT_EQUAL(feeds(&l, "1", "0322222222"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(has(&l, "a-hospital"), 2 * one);
	may_have(&l, 3 * one);
	CU_ASSERT_EQUAL(feeds(&l, "2", "0333333333"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(feeds(&l, "3", "0333333333"), PROBLEM_DISK_QUOTA);
	may_have(&l, 1);
	CU_ASSERT_EQUAL(feeds(&l, "2", "0333333333"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(house_findings(&l.h), 0);
	house_close(&l.h);
}

static const struct test tests[] = {
	{ "at the limit", at_the_limit },
	{ "sent again at the limit", sent_again_at_the_limit },
	{ "what other nodes kept counts", what_other_nodes_kept_counts },
	{ "each version of a patient counts", each_version_of_a_patient_counts },
	{ 0 },
};

int main(void)
{
	return suite_run("profiles: disk-quota", tests);
}
