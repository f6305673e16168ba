/* tests/profiles/across_border_test.c: whom another community knows and as whom, what it may use,
 * and where errors are said to have arisen. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "profiles/actors/community_patients.h"
#include "profiles/actors/document_registry.h"
#include "profiles/transaction.h"
#include "profiles/xds/outcome.h"
#include "tests/store/partners_scene.h"

#define OURS "2.999.1.77"

static const struct partner communities[] = { { .name = "west" }, { .name = "east" } };
static const struct registered_system west = { .name = "west-gateway", .community = "west" },
				      east = { .name = "east-gateway", .community = "east" },
				      lost = { .name = "lost-gateway", .community = "nobody" },
				      clinic = { .name = "b-clinic" };

static struct region region_of(void)
{
	struct region r = people_region;
	r.community_domain = OURS;
	r.partners = communities;
	r.partner_count = COUNT(communities);
	return r;
}

struct giving {
	const char *partner;
	enum code_purpose purpose;
	uint64_t person;
	struct partner_code *out;
};

static bool give_run(struct store_txn *t, const void *with)
{
	const struct giving *q = with;
	bool made;
	return partner_code_ask(t, q->partner, q->purpose, q->person, NOON, q->out, &made);
}

static struct partner_code give(struct fixture *f, const char *partner, enum code_purpose purpose,
				const struct who *w)
{
	struct partner_code out = { 0 };
	const struct giving q = { partner, purpose, person_of(f, w), &out };
	fixture_must(f, in_job(f, give_run, &q));
	return out;
}

static bool revoke_run(struct store_txn *t, const void *with)
{
	return partner_code_revoke(t, "west", with, NOON);
}

static const char *cx(struct fixture *f, const char *code)
{
	return arena_printf(f->arena, "%s^^^&" OURS "&ISO", code);
}

/* A code leads whose it is to whom it was made for, and to nobody else, for care. */
static void codes(void)
{
	struct fixture f;
	const struct region r = region_of();
	scene_open(&f);
	struct partner_code of_tarou = give(&f, "west", CODE_CARE, &tarou);
	struct partner_code of_hanako = give(&f, "west", CODE_RESEARCH, &hanako);
	struct partner_code elsewhere = give(&f, "east", CODE_CARE, &jirou);
	const struct {
		const struct registered_system *who;
		const char *code;
		const struct who *whose;
	} rows[] = {
		{ &west, of_tarou.text, &tarou },
		{ &east, of_tarou.text, NULL },
		{ &lost, of_tarou.text, NULL },
		{ &west, of_hanako.text, NULL },
		{ &west, elsewhere.text, NULL },
		{ &east, elsewhere.text, &jirou },
		{ &west, "1", NULL },
	};
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t record = 0, person = 0;
		struct community_patients *c = community_patients_begin(f.arena, &r, rows[i].who);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_EQUAL(community_patients_find(c, t, rows[i].code, &record, &person),
				rows[i].whose != NULL);
		CU_ASSERT_EQUAL(person, rows[i].whose == NULL ? 0 : person_of(&f, rows[i].whose));
		CU_ASSERT_EQUAL(record != 0, rows[i].whose != NULL);
	}
	CU_ASSERT_PTR_NULL(community_patients_begin(f.arena, &r, &clinic));
	CU_ASSERT_PTR_NULL(community_patients_begin(f.arena, &r, NULL));
	store_end(t);
	scene_close(&f);
}

/* What it is told of a person: its own code for care, found once; of whom it has none, nothing. */
static void told_by_its_own_code(void)
{
	struct fixture f;
	const struct region r = region_of();
	scene_open(&f);
	give(&f, "east", CODE_CARE, &tarou);
	give(&f, "west", CODE_RESEARCH, &tarou);
	struct partner_code his = give(&f, "west", CODE_CARE, &tarou);
	give(&f, "west", CODE_RESEARCH, &hanako);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct community_patients *c = community_patients_begin(f.arena, &r, &west);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_STRING_EQUAL(community_patients_code(c, t, person_of(&f, &tarou)),
				       cx(&f, his.text));
		CU_ASSERT_PTR_NULL(community_patients_code(c, t, person_of(&f, &hanako)));
		CU_ASSERT_PTR_NULL(community_patients_code(c, t, person_of(&f, &jirou)));
	}
	c = community_patients_begin(f.arena, &r, &lost);
	CU_ASSERT_PTR_NULL(community_patients_code(c, t, person_of(&f, &tarou)));
	store_end(t);
	fixture_must(&f, in_job(&f, revoke_run, his.text));
	t = store_begin_read(f.store, &f.problem);
	uint64_t record, person;
	c = community_patients_begin(f.arena, &r, &west);
	CU_ASSERT_PTR_NULL(community_patients_code(c, t, person_of(&f, &tarou)));
	CU_ASSERT_FALSE(community_patients_find(c, t, his.text, &record, &person));
	store_end(t);
	scene_close(&f);
}

/* At the desk: which ids mean somebody, what is wrong with others, and who is known at all. */
static void at_the_desk(void)
{
	struct fixture f;
	const struct region r = region_of();
	scene_open(&f);
	struct partner_code his = give(&f, "west", CODE_CARE, &tarou);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct registry_patient out;
	struct registry_desk d = { .arena = f.arena, .region = &r, .sender = &west, .txn = t };
	const uint64_t record = people_record(&f, A_DOMAIN, "101").number;
	d.community = community_patients_begin(f.arena, &r, &west);
	CU_ASSERT_TRUE(document_registry_patient(&d, cx(&f, his.text), &out));
	CU_ASSERT_EQUAL(out.person, person_of(&f, &tarou));
	CU_ASSERT_PTR_NULL(out.regional_id);
	CU_ASSERT_PTR_NULL(document_registry_patient_fault(&d, cx(&f, his.text)));
	CU_ASSERT_PTR_NULL(document_registry_patient_fault(&d, cx(&f, "nobody")));
	CU_ASSERT_FALSE(document_registry_patient(&d, cx(&f, "nobody"), &out));
	const char *local = "101^^^&" A_DOMAIN "&ISO";
	CU_ASSERT_FALSE(document_registry_patient(&d, local, &out));
	CU_ASSERT_PTR_NOT_NULL(document_registry_patient_fault(&d, local));
	CU_ASSERT_PTR_NOT_NULL(document_registry_patient_fault(&d, "101"));
	const char *regional = document_registry_regional_id(&d, out.person);
	CU_ASSERT_PTR_NOT_NULL_FATAL(regional);
	CU_ASSERT_FALSE(document_registry_patient(&d, regional, &out));
	CU_ASSERT_STRING_EQUAL(document_registry_told_id(&d, person_of(&f, &tarou)),
			       cx(&f, his.text));
	CU_ASSERT_TRUE(document_registry_knows(&d, record));
	CU_ASSERT_FALSE(
		document_registry_knows(&d, people_record(&f, hanako.domain, hanako.id).number));
	CU_ASSERT_FALSE(document_registry_knows(&d, 0));
	d.community = NULL;
	CU_ASSERT_TRUE(document_registry_knows(&d, 0));
	CU_ASSERT_STRING_EQUAL(document_registry_told_id(&d, person_of(&f, &tarou)), regional);
	store_end(t);
	scene_close(&f);
}

/* What other regions' gateways ask demands one of them, whatever else it might. */
static void demands(void)
{
	static const struct {
		enum actor actor;
		enum demand said, demands;
	} rows[] = {
		{ RESPONDING_GATEWAY, DEMAND_SYSTEM, DEMAND_COMMUNITY },
		{ DISCOVERY_GATEWAY, DEMAND_SYSTEM, DEMAND_COMMUNITY },
		{ INITIATING_GATEWAY, DEMAND_SYSTEM, DEMAND_SYSTEM },
		{ DOCUMENT_REGISTRY, DEMAND_SYSTEM, DEMAND_SYSTEM },
		{ RESPONDING_GATEWAY, DEMAND_OPERATOR, DEMAND_OPERATOR },
		{ REGION_OPERATOR, DEMAND_OPERATOR, DEMAND_OPERATOR },
		{ AUDIT_RECORD_REPOSITORY, DEMAND_NOBODY, DEMAND_NOBODY },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct transaction t = { .actor = rows[i].actor, .demands = rows[i].said };
		CU_ASSERT_EQUAL(transaction_demands(&t), rows[i].demands);
	}
}

/* Each error a community is told of says our home; a facility is told what was found. */
static void errors_say_our_home(void)
{
	static const struct region r = { .home_community_id = "urn:oid:2.999.10" };
	const struct transaction across = { .actor = RESPONDING_GATEWAY },
				 own = { .actor = DOCUMENT_REGISTRY };
	struct finding error = { .location = "2.999.5",
				 .problem = { .code = PROBLEM_DOCUMENT_UNIQUE_ID } };
	struct finding warning = { .warning = true, .problem = { .code = PROBLEM_QUERY_INVALID } };
	struct exchange x = { .arena = arena_create(1 << 20), .region = &r };
	x.transaction = &across;
	CU_ASSERT_PTR_NULL(outcome_of(&x).findings);
	x.findings = &warning;
	struct outcome o = outcome_of(&x);
	CU_ASSERT_STRING_EQUAL(o.findings->location, "urn:oid:2.999.10");
	CU_ASSERT_TRUE(o.findings->warning && o.findings->next == NULL);
	/* A problem that is no finding becomes one, before the warnings. */
	x.problem.code = PROBLEM_UNKNOWN_QUERY;
	o = outcome_of(&x);
	CU_ASSERT_EQUAL(o.findings->problem.code, PROBLEM_UNKNOWN_QUERY);
	CU_ASSERT_STRING_EQUAL(o.findings->location, "urn:oid:2.999.10");
	CU_ASSERT_TRUE(o.findings->next->warning && o.findings->next->next == NULL);
	/* One that is is there once, and says of what it is as well. */
	warning.next = &error;
	x.problem.code = PROBLEM_DOCUMENT_UNIQUE_ID;
	o = outcome_of(&x);
	CU_ASSERT_TRUE(o.findings->warning);
	CU_ASSERT_STRING_EQUAL(o.findings->next->location, "urn:oid:2.999.10 2.999.5");
	CU_ASSERT_PTR_NULL(o.findings->next->next);
	CU_ASSERT_STRING_EQUAL(error.location, "2.999.5");
	x.transaction = &own;
	o = outcome_of(&x);
	CU_ASSERT_PTR_EQUAL(o.findings, &warning);
	CU_ASSERT_PTR_EQUAL(o.problem, &x.problem);
	arena_destroy(x.arena);
}

static const struct test tests[] = {
	{ "a code leads whose it is to one person", codes },
	{ "who is told of a person hears its own code", told_by_its_own_code },
	{ "at the desk", at_the_desk },
	{ "what is asked across the border demands a community", demands },
	{ "errors say our home", errors_say_our_home },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: across the border", tests);
}
