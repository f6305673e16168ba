/* tests/profiles/cross_reference_test.c: the cross-reference manager, whatever the dialect: what
 * the HL7 v3 messages of iti44_test.c and iti45_test.c cannot say. */
#include "tests/base/suite.h"

#include <stdatomic.h>

#include "gateway/base/text.h"
#include "profiles/actors/cross_reference_manager.h"
#include "tests/store/people.h"

static atomic_uint looks; /* at the store */
bool __real_store_get(struct store_txn *t, struct bytes k, struct arena *a, struct bytes *v);
bool __wrap_store_get(struct store_txn *t, struct bytes k, struct arena *a, struct bytes *v);
bool __wrap_store_get(struct store_txn *t, struct bytes k, struct arena *a, struct bytes *v)
{
	atomic_fetch_add(&looks, 1);
	return __real_store_get(t, k, a, v);
}

struct feeding {
	struct fixture *f;
	const struct registered_system *sender;
	struct identity_feed feed;
	struct cross_reference_fed fed;
	bool registry;
};

static bool feed_job(void *with, struct store_txn *t, struct problem *p)
{
	struct feeding *w = with;
	return (w->registry ? cross_reference_feed_registry : cross_reference_feed)(
		t, w->f->arena, &people_region, w->sender, &w->feed, &w->fed, p);
}

static enum problem_code run(struct feeding *w)
{
	w->f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(w->f->store, feed_job, w, &w->f->problem);
	return w->f->problem.code;
}

/* How an assigning authority may be named, ITI TF-2: Appendix E.1; as a feed of A names it. */
static const struct {
	const char *why, *namespace_id, *universal_id;
	enum problem_code code;
	bool domain; /* the fault is CX.4's */
} authorities[] = {
	{ "by its OID", NULL, A_DOMAIN, PROBLEM_NONE, false },
	{ "by its namespace", "A", NULL, PROBLEM_NONE, false },
	{ "by both", "A", A_DOMAIN, PROBLEM_NONE, false },
	{ "with blanks around", " A ", " " A_DOMAIN " ", PROBLEM_NONE, false },
	{ "as a URN", NULL, "urn:oid:" A_DOMAIN, PROBLEM_NONE, false },
	{ "not at all, filled in", NULL, NULL, PROBLEM_NONE, false },
	{ "empty, filled in", "", "", PROBLEM_NONE, false },
	{ "by two different ones", "B", A_DOMAIN, PROBLEM_UNKNOWN_KEY, true },
	{ "by an unknown namespace", "X", NULL, PROBLEM_UNKNOWN_KEY, true },
	{ "by an unknown OID", NULL, "2.999.9", PROBLEM_UNKNOWN_KEY, true },
	{ "by a known OID and an unknown namespace", "X", A_DOMAIN, PROBLEM_UNKNOWN_KEY, true },
	{ "somebody else's", NULL, B_DOMAIN, PROBLEM_DOMAIN_NOT_OWNED, true },
	{ "the region's own", NULL, AFFINITY, PROBLEM_DOMAIN_NOT_OWNED, true },
};

static void assigning_authorities_are_resolved(void)
{
	for (size_t i = 0; i < COUNT(authorities); i++) {
		struct fixture f;
		struct patient_record r;
		struct patient_identifier id = { .id = "007 x",
						 .namespace_id = authorities[i].namespace_id,
						 .universal_id = authorities[i].universal_id,
						 .where = "PID^1^3^1" };
		fixture_open(&f);
		struct feeding w = { .f = &f,
				     .sender = &people_systems[0],
				     .feed = { .ids = &id } };
		enum problem_code code = run(&w);
		if (code != authorities[i].code)
			fprintf(stderr, "%s: %s\n", authorities[i].why, f.problem.what);
		CU_ASSERT_EQUAL(code, authorities[i].code);
		CU_ASSERT_EQUAL(w.fed.offending_domain, authorities[i].domain);
		CU_ASSERT_EQUAL(w.fed.offending == &id, authorities[i].domain);
		CU_ASSERT_STRING_EQUAL(f.problem.where, authorities[i].domain ? "PID^1^3^1" : "");
		CU_ASSERT_EQUAL(people_find(&f, A_DOMAIN, "007 x", &r), code == PROBLEM_NONE);
		/* ids are octets: nothing is trimmed */
		CU_ASSERT_FALSE(people_find(&f, A_DOMAIN, "007", &r));
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		fixture_close(&f);
	}
}

/* Several pairs in one message: each with the survivor of its domain and, where there are more, of
 * its type (CX.5). */
static void pairs_are_made_by_domain_and_type(void)
{
	static const char *const two[] = { A_DOMAIN, B_DOMAIN, NULL };
	static const struct registered_system both = { .name = "both", .domains = two };
	struct patient_identifier s3 = { .id = "31", .universal_id = B_DOMAIN };
	struct patient_identifier s2 = {
		.id = "12", .universal_id = A_DOMAIN, .type = "PE", .next = &s3
	};
	struct patient_identifier s1 = {
		.id = "11", .universal_id = A_DOMAIN, .type = "PI", .next = &s2
	};
	struct patient_identifier p3 = { .id = "92", .universal_id = A_DOMAIN, .type = "PE" };
	struct patient_identifier p2 = {
		.id = "91", .universal_id = A_DOMAIN, .type = "PI", .next = &p3
	};
	struct patient_identifier p1 = { .id = "39", .universal_id = B_DOMAIN, .next = &p2 };
	struct fixture f;
	fixture_open(&f);
	static const struct who all[] = {
		{ .domain = A_DOMAIN, .id = "11" }, { .domain = A_DOMAIN, .id = "12" },
		{ .domain = A_DOMAIN, .id = "91" }, { .domain = A_DOMAIN, .id = "92" },
		{ .domain = B_DOMAIN, .id = "31" }, { .domain = B_DOMAIN, .id = "39" },
	};
	for (size_t i = 0; i < COUNT(all); i++)
		people_feed(&f, &all[i]);
	struct feeding w = { .f = &f,
			     .sender = &both,
			     .feed = { .kind = FEED_MERGE, .ids = &s1, .subsumed = &p1 } };
	CU_ASSERT_EQUAL(run(&w), PROBLEM_NONE);
	CU_ASSERT_EQUAL(w.fed.effect, FEED_UPDATED);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "91").survivor,
			people_record(&f, A_DOMAIN, "11").number);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "92").survivor,
			people_record(&f, A_DOMAIN, "12").number);
	CU_ASSERT_EQUAL(people_record(&f, B_DOMAIN, "39").survivor,
			people_record(&f, B_DOMAIN, "31").number);
	const struct patient_identifier *survivor = w.fed.ids, *prior = w.fed.subsumed;
	for (; survivor != NULL && prior != NULL; survivor = survivor->next, prior = prior->next)
		CU_ASSERT_STRING_EQUAL(survivor->universal_id, prior->universal_id);
	CU_ASSERT_TRUE(survivor == NULL && prior == NULL);
	CU_ASSERT_EQUAL(run(&w), PROBLEM_NONE);
	CU_ASSERT_EQUAL(w.fed.effect, FEED_UNCHANGED);
	/* One bad pair, and none is made. */
	p3.id = "unknown";
	p1.id = "31";
	s3.id = "39";
	CU_ASSERT_NOT_EQUAL(run(&w), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_record(&f, B_DOMAIN, "31").status, RECORD_ACTIVE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void a_feed_must_have_an_id_that_can_be(void)
{
	static char long_id[252];
	memset(long_id, '1', sizeof long_id - 1);
	static const struct {
		const char *id;
		enum problem_code code;
	} cases[] = {
		{ "", PROBLEM_FIELD_MISSING },
		{ NULL, PROBLEM_FIELD_MISSING },
		{ long_id, PROBLEM_DATA_TYPE },
	};
	struct fixture f;
	fixture_open(&f);
	struct feeding w = { .f = &f, .sender = &people_systems[0] };
	CU_ASSERT_EQUAL(run(&w), PROBLEM_FIELD_MISSING);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct patient_identifier id = { .id = cases[i].id, .universal_id = A_DOMAIN };
		w.feed.ids = &id;
		CU_ASSERT_EQUAL(run(&w), cases[i].code);
		CU_ASSERT_PTR_EQUAL(w.fed.offending, &id);
		CU_ASSERT_FALSE(w.fed.offending_domain);
	}
	fixture_close(&f);
}

static struct cross_reference_found ask(struct fixture *f, const struct registered_system *sender,
					const struct cross_reference_query *q)
{
	struct cross_reference_found found;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(cross_reference_query(t, f->arena, &people_region, sender, NULL, q, &found,
					     &f->problem));
	store_end(t);
	return found;
}

/* ITI TF-2: 3.9.4.2.2: domain before id before the domains asked for; all three parts in the
 * answer. */
static void queries_take_the_first_case_that_holds(void)
{
	static const struct who x = {
		A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0
	};
	static const struct who y = {
		C_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0
	};
	struct patient_identifier bad2 = { .universal_id = "2.999.8" };
	struct patient_identifier good = { .namespace_id = "A", .next = &bad2 };
	struct patient_identifier bad1 = { .namespace_id = "C",
					   .universal_id = A_DOMAIN,
					   .next = &good };
	struct cross_reference_query q = { .id = { .id = "9", .universal_id = "2.999.9" },
					   .domains = &bad1 };
	const struct registered_system *c = &people_systems[2];
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &x);
	people_feed(&f, &y);
	CU_ASSERT_EQUAL(ask(&f, c, &q).outcome, CROSS_REFERENCE_UNKNOWN_DOMAIN);
	q.id.universal_id = C_DOMAIN;
	CU_ASSERT_EQUAL(ask(&f, c, &q).outcome, CROSS_REFERENCE_UNKNOWN_ID);
	q.id.id = "2";
	struct cross_reference_found found = ask(&f, c, &q);
	CU_ASSERT_EQUAL(found.outcome, CROSS_REFERENCE_UNKNOWN_TARGETS);
	CU_ASSERT_EQUAL(found.unknown_count, 2);
	CU_ASSERT_EQUAL(found.unknown_targets[0], 1);
	CU_ASSERT_EQUAL(found.unknown_targets[1], 3);
	CU_ASSERT_PTR_NULL(found.ids);
	good.next = NULL;
	q.domains = &good;
	found = ask(&f, c, &q);
	CU_ASSERT_EQUAL(found.outcome, CROSS_REFERENCE_FOUND);
	CU_ASSERT_STRING_EQUAL(found.ids->id, "1");
	CU_ASSERT_STRING_EQUAL(found.ids->namespace_id, "A");
	CU_ASSERT_FALSE(found.needed.fill_domain);
	CU_ASSERT_STRING_EQUAL(found.ids->universal_id, A_DOMAIN);
	CU_ASSERT_STRING_EQUAL(found.ids->universal_id_type, "ISO");
	CU_ASSERT_PTR_NULL(found.ids->next);
	/* The operator sees all; a system without pix-domains its own and the region's. */
	q.domains = NULL;
	unsigned count = 0;
	for (const struct patient_identifier *id = ask(&f, NULL, &q).ids; id != NULL; id = id->next)
		count++;
	CU_ASSERT_EQUAL(count, 2);
	q.id = (struct patient_identifier){ .id = "1" }; /* A may leave its own domain out */
	found = ask(&f, &people_systems[0], &q);
	CU_ASSERT_EQUAL(found.outcome, CROSS_REFERENCE_FOUND);
	CU_ASSERT_TRUE(found.needed.fill_domain);
	CU_ASSERT_STRING_EQUAL(found.ids->universal_id, AFFINITY);
	CU_ASSERT_PTR_NULL(found.ids->next);
	CU_ASSERT_EQUAL(ask(&f, &people_systems[1], &q).outcome, CROSS_REFERENCE_UNKNOWN_DOMAIN);
	fixture_close(&f);
}

/* A query looks at the id, at the person, and once at each of its records, whoever's names are
 * told; where names were read before. */
static void queries_look_at_each_row_once(void)
{
	static const struct who x = {
		A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0
	};
	static const struct who y = {
		C_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0
	};
	enum { RECORDS = 3 }; /* and ours */
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &x);
	people_feed(&f, &y);
	struct cross_reference_query q = { .id = { .id = "2", .universal_id = C_DOMAIN } };
	for (unsigned again = 0; again < 2; again++) {
		atomic_store(&looks, 0);
		struct cross_reference_found found = ask(&f, &people_systems[2], &q);
		CU_ASSERT_EQUAL_FATAL(found.outcome, CROSS_REFERENCE_FOUND);
		CU_ASSERT_STRING_EQUAL(found.names->family, "ヤマダ");
		CU_ASSERT_TRUE(again == 0 || atomic_load(&looks) == 2 + RECORDS);
	}
	fixture_close(&f);
}

/* What describes a patient of the sender's is weighed, and nothing else. */
static void descriptions_are_weighed(void)
{
	static const struct {
		const char *why;
		enum feed_kind kind;
		const char *domain;
		bool weighed;
	} rows[] = {
		{ "a new one", FEED_CREATE, A_DOMAIN, .weighed = true },
		{ "an update", FEED_UPDATE, A_DOMAIN, .weighed = true },
		{ "a visit", FEED_VISIT, A_DOMAIN, .weighed = true },
		{ "a merge", FEED_MERGE, A_DOMAIN, .weighed = false },
		{ "all taken back", FEED_DELETE, A_DOMAIN, .weighed = false },
		{ "another's patient", FEED_CREATE, B_DOMAIN, .weighed = false },
	};
	static const struct who who = {
		A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001", 0, 0, 0, 0, 0, 0
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct patient_identifier id = { .id = "1", .universal_id = rows[i].domain };
		struct identity_feed feed = { .kind = rows[i].kind,
					      .ids = &id,
					      .demographics = people_demographics(f.arena, &who) };
		struct store_txn *t = store_begin_read(f.store, &p);
		cross_reference_weigh(t, f.arena, &people_region, &people_systems[0], &feed);
		if ((feed.demographics.scored != NULL) != rows[i].weighed)
			fprintf(stderr, "%s\n", rows[i].why);
		CU_ASSERT_EQUAL(feed.demographics.scored != NULL, rows[i].weighed);
		store_end(t);
	}
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "assigning authorities are resolved", assigning_authorities_are_resolved },
	{ "pairs are made by domain and type", pairs_are_made_by_domain_and_type },
	{ "a feed must have an id that can be", a_feed_must_have_an_id_that_can_be },
	{ "queries take the first case that holds", queries_take_the_first_case_that_holds },
	{ "queries look at each row once", queries_look_at_each_row_once },
	{ "descriptions are weighed", descriptions_are_weighed },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: the cross-reference manager", tests);
}
