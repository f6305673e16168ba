/* tests/policy/decide_test.c: permit or hide, with several records of different consent in one
 * exchange.
 *
 * What one exchange decided about a record it remembers; so the same records are asked for in every
 * order, again, and between others. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
#include "store/identity.h"
#include "tests/policy/decide_scene.h"

/* In which order the records are asked for. */
static const char *const orders[] = {
	"012345", "543210", "001122334455", "554433221100",
	"021354", "105243", "010203040501", "505152535450",
	"0",      "1",      "10",           "01",
	"3",      "31",     "13",           "31313",
	"13131",
};

/* Each record has its own verdict, whatever was asked before. */
static void each_by_itself(void)
{
	struct scene s;
	scene_begin(&s);
	for (size_t i = 0; i < COUNT(askers); i++)
		for (size_t k = 0; k < COUNT(orders); k++) {
			struct decisions *d = of_asker(&s, i);
			bool asked[PEOPLE] = { false };
			unsigned hidden = 0;
			for (const char *o = orders[k]; *o != '\0'; o++) {
				size_t who = (size_t)(*o - '0');
				bool sees = askers[i].sees[who] == '+';
				CU_ASSERT_EQUAL(permits(d, s.t, s.records[who]), sees);
				hidden += !sees && !asked[who];
				asked[who] = true;
				CU_ASSERT_EQUAL(policy_owed(d, DUTY_RECORD), hidden);
			}
		}
	scene_end(&s);
}

/* What a facility submitted itself it sees, whoever it is about; that decides nothing else. */
static void own_submissions(void)
{
	struct scene s;
	scene_begin(&s);
	for (size_t i = 0; i < COUNT(askers); i++) {
		struct decisions *d = of_asker(&s, i);
		const char *own = askers[i].system != NULL ? askers[i].system : "b-clinic";
		const char *other = text_equal(own, "b-clinic") ? "c-hospital" : "b-clinic";
		for (size_t who = 0; who < PEOPLE; who++) {
			bool sees = askers[i].sees[who] == '+';
			CU_ASSERT_TRUE(permits_object(d, s.t, s.records[who], own));
			CU_ASSERT_EQUAL(permits_object(d, s.t, s.records[who], other), sees);
			CU_ASSERT_EQUAL(permits_object(d, s.t, s.records[who], NULL), sees);
			CU_ASSERT_EQUAL(permits_object(d, s.t, s.records[who], ""), sees);
			CU_ASSERT_TRUE(permits_object(d, s.t, s.records[who], own));
			CU_ASSERT_EQUAL(permits(d, s.t, s.records[who]), sees);
		}
	}
	scene_end(&s);
}

static bool damage(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)p;
	for (unsigned space = SPACE_CONSENT_FIRST; space <= SPACE_CONSENT_LAST; space++) {
		key_begin(&k, (unsigned char)space);
		key_short(&k, *(uint64_t *)with);
		store_put(t, key_span(&k), bytes_of_text("\xff\xff\xff"));
	}
	return true;
}

/* What cannot be read is hidden, also from who would see it by the region's default. */
static void unreadable(void)
{
	struct scene s;
	scene_begin(&s);
	store_end(s.t);
	CU_ASSERT_TRUE(store_write(s.f.store, damage, &s.records[0], &s.f.problem));
	for (size_t i = 0; i < COUNT(askers); i++) {
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, i);
		CU_ASSERT_EQUAL(permits(d, s.t, s.records[0]), askers[i].system == NULL);
		store_end(s.t);
	}
	s.t = NULL;
	scene_end(&s);
}

/* A record that has become somebody else's rests: hidden, though its person had joined. */
static void resting(void)
{
	struct who other = { A_DOMAIN, "1", "コバヤシ", "ハナコ", "19991231", "F", NULL,
			     0,        0,   0,          0,        0,          0 };
	struct scene s;
	scene_begin(&s);
	store_end(s.t);
	people_feed(&s.f, &other);
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct decisions *d = of_asker(&s, 1);
	CU_ASSERT_FALSE(permits(d, s.t, s.records[0]));
	CU_ASSERT_TRUE(permits(d, s.t, s.records[5]));
	CU_ASSERT_EQUAL(policy_owed(d, DUTY_RECORD), 1);
	scene_end(&s);
}

/* By which rule, and what the log is told of it. */
static void by_which_rule(void)
{
	static const struct {
		size_t asker;
		const char *rules[PEOPLE], *owed;
	} rows[] = {
		{ 0,
		  { "joined", "left", "excluded", "not-joined", "joined", "joined" },
		  "not-joined, left, excluded" },
		{ 1,
		  { "joined", "left", "excluded", "undecided", "joined", "joined" },
		  "left, excluded" },
		{ 3,
		  { "joined", "left", "joined", "undecided", "excluded", "joined" },
		  "left, excluded" },
		{ 8,
		  { "operator", "operator", "operator", "operator", "operator", "operator" },
		  NULL },
	};
	struct scene s;
	scene_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decisions *d = of_asker(&s, rows[i].asker);
		CU_ASSERT_PTR_NULL(policy_owed_by(d, DUTY_RECORD, s.f.arena));
		for (size_t who = 0; who < PEOPLE; who++)
			CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, s.records[who])->rule,
					       rows[i].rules[who]);
		const char *owed = policy_owed_by(d, DUTY_RECORD, s.f.arena);
		CU_ASSERT_TRUE(rows[i].owed == NULL ? owed == NULL
						    : text_equal(owed, rows[i].owed));
	}
	CU_ASSERT_STRING_EQUAL(
		policy_of_object(of_asker(&s, 0), s.t, s.records[1], "b-clinic")->rule, "own");
	CU_ASSERT_STRING_EQUAL(
		policy_of_object(of_asker(&s, 0), s.t, s.records[1], "c-hospital")->rule, "left");
	scene_end(&s);
}

/* The right to see all is nobody's who does not operate, and nobody's who did not take it. */
static void the_operators_right(void)
{
	struct scene s;
	scene_begin(&s);
	struct requester nobody = { .region = &s.region },
			 operator= { .region = &s.region, .operates = true },
			 system = { .region = &s.region,
				    .system = region_system(&s.region, "b-clinic") };
	CU_ASSERT_PTR_NULL(policy_begin_operator(s.f.arena, &nobody));
	CU_ASSERT_PTR_NULL(policy_begin_operator(s.f.arena, &system));
	struct decisions *d = policy_begin(s.f.arena, &operator);
	CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, s.records[0])->rule, "nobody");
	CU_ASSERT_FALSE(permits(d, s.t, s.records[0]));
	CU_ASSERT_FALSE(permits_object(d, s.t, s.records[0], NULL));
	CU_ASSERT_FALSE(permits_object(d, s.t, s.records[0], "b-clinic"));
	CU_ASSERT_STRING_EQUAL(policy_owed_by(d, DUTY_RECORD, s.f.arena), "nobody");
	/* What hangs on nobody we know is its submitter's. */
	d = policy_begin(s.f.arena, &system);
	CU_ASSERT_STRING_EQUAL(policy_of_object(d, s.t, 0, "c-hospital")->rule, "nobody");
	CU_ASSERT_FALSE(permits_object(d, s.t, 0, "c-hospital"));
	CU_ASSERT_STRING_EQUAL(policy_of_object(d, s.t, 0, "b-clinic")->rule, "own");
	CU_ASSERT_TRUE(permits(policy_begin_operator(s.f.arena, &operator), s.t, s.records[1]));
	scene_end(&s);
}

static void who_may_have_which_exchange(void)
{
	static const struct registered_system clinic = { .name = "b-clinic" };
	static const struct {
		bool certified, system, operates;
		enum demand demand;
		const char *rule;
		enum problem_code problem;
	} rows[] = {
		{ true, false, false, DEMAND_SYSTEM, "unknown-node", PROBLEM_NODE_UNKNOWN },
		{ true, false, false, DEMAND_OPERATOR, "unknown-node", PROBLEM_NODE_UNKNOWN },
		{ true, false, false, DEMAND_PATIENTS_OPERATOR, "unknown-node",
		  PROBLEM_NODE_UNKNOWN },
		{ true, false, false, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
		{ false, false, false, DEMAND_SYSTEM, "no-certificate", PROBLEM_NODE_UNKNOWN },
		{ false, false, false, DEMAND_OPERATOR, "no-certificate", PROBLEM_NODE_UNKNOWN },
		{ false, false, false, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
		{ true, true, false, DEMAND_SYSTEM, "facility", PROBLEM_NONE },
		{ true, true, false, DEMAND_OPERATOR, "not-for-this", PROBLEM_NOT_PERMITTED },
		{ true, true, false, DEMAND_PATIENTS_OPERATOR, "not-for-this",
		  PROBLEM_NOT_PERMITTED },
		{ true, true, false, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
		{ false, false, true, DEMAND_SYSTEM, "not-for-this", PROBLEM_NOT_PERMITTED },
		{ false, false, true, DEMAND_OPERATOR, "operators-exchange", PROBLEM_NONE },
		{ false, false, true, DEMAND_PATIENTS_OPERATOR, "operators-exchange",
		  PROBLEM_NONE },
		{ false, false, true, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct requester who = { .system = rows[i].system ? &clinic : NULL,
					 .certified = rows[i].certified,
					 .operates = rows[i].operates,
					 .person.name = "uid 0" };
		const struct decision *now = policy_of_exchange(&who, rows[i].demand, "ITI-18");
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		CU_ASSERT_EQUAL(now->problem, rows[i].problem);
		CU_ASSERT_EQUAL(now->ruling,
				rows[i].problem == PROBLEM_NONE ? RULING_PERMIT : RULING_DENY);
		CU_ASSERT_EQUAL(now->duties, 0);
		CU_ASSERT_EQUAL(now->what == NULL, rows[i].problem == PROBLEM_NONE);
		CU_ASSERT_STRING_EQUAL(requester_name(&who), rows[i].system ? "b-clinic" : "uid 0");
	}
}

/* What a system may use is a list of its own, or all; the operator's exchanges are in none. */
static void a_system_uses_what_is_listed(void)
{
	static const char *const two[] = { "ITI-18", "ITI-43", NULL }, *const none[] = { NULL };
	static const struct {
		const char *const *listed;
		const char *code, *rule;
	} rows[] = {
		{ NULL, "ITI-41", "facility" },   { two, "ITI-18", "facility" },
		{ two, "ITI-43", "facility" },    { two, "ITI-41", "not-listed" },
		{ two, "iti-18", "not-listed" },  { two, NULL, "facility" },
		{ none, "ITI-18", "not-listed" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct registered_system limited = { .name = "r-reader",
						     .transactions = rows[i].listed };
		struct requester who = { .system = &limited, .certified = true };
		const struct decision *now = policy_of_exchange(&who, DEMAND_SYSTEM, rows[i].code);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		CU_ASSERT_STRING_EQUAL(policy_of_exchange(&who, DEMAND_NOBODY, "ITI-41")->rule,
				       "anybody");
		CU_ASSERT_STRING_EQUAL(policy_of_exchange(&who, DEMAND_OPERATOR, "ITI-18")->rule,
				       "not-for-this");
	}
	struct requester operator= { .operates = true, .person.name = "uid 0" };
	CU_ASSERT_STRING_EQUAL(policy_of_exchange(&operator, DEMAND_OPERATOR, "patient-show")->rule,
			       "operators-exchange");
	operator.kept_from_patients = true;
	const struct decision *kept = policy_of_exchange(&operator, DEMAND_PATIENTS_OPERATOR,
							 "patient-show");
	CU_ASSERT_STRING_EQUAL(kept->rule, "kept-from-patients");
	CU_ASSERT_EQUAL(kept->problem, PROBLEM_NOT_PERMITTED);
	CU_ASSERT_STRING_EQUAL(policy_of_exchange(&operator, DEMAND_OPERATOR, "backup")->rule,
			       "operators-exchange");
}

/* What is for other regions' gateways is theirs alone, and nothing else is; what is no transaction
 * yet is nobody's alone. */
static void a_community_has_its_own(void)
{
	static const char *const two[] = { "ITI-38", "ITI-18", NULL };
	static const struct registered_system west = { .name = "west", .community = "w" },
					      clinic = { .name = "b-clinic" },
					      limited = { .name = "west",
							  .community = "w",
							  .transactions = two };
	static const struct {
		const struct registered_system *system;
		enum demand demand;
		const char *code, *rule;
	} rows[] = {
		{ &west, DEMAND_COMMUNITY, "ITI-38", "community" },
		{ &west, DEMAND_SYSTEM, "ITI-18", "not-for-this" },
		{ &west, DEMAND_SYSTEM, NULL, "community" },
		{ &west, DEMAND_OPERATOR, "patient-show", "not-for-this" },
		{ &west, DEMAND_NOBODY, NULL, "anybody" },
		{ &clinic, DEMAND_COMMUNITY, "ITI-38", "not-for-this" },
		{ &clinic, DEMAND_SYSTEM, "ITI-18", "facility" },
		{ &limited, DEMAND_COMMUNITY, "ITI-38", "community" },
		{ &limited, DEMAND_COMMUNITY, "ITI-39", "not-listed" },
		{ &west, DEMAND_LISTED_COMMUNITY, "ITI-80", "not-listed" },
		{ &limited, DEMAND_LISTED_COMMUNITY, "ITI-80", "not-listed" },
		{ &limited, DEMAND_LISTED_COMMUNITY, "ITI-38", "community" },
		{ &clinic, DEMAND_LISTED_COMMUNITY, "ITI-80", "not-for-this" },
		{ &limited, DEMAND_SYSTEM, "ITI-18", "not-for-this" },
		{ NULL, DEMAND_COMMUNITY, "ITI-38", "unknown-node" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct requester who = { .system = rows[i].system, .certified = true };
		const struct decision *now = policy_of_exchange(&who, rows[i].demand, rows[i].code);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
	}
	struct requester operator= { .operates = true, .person.name = "uid 0" };
	CU_ASSERT_STRING_EQUAL(policy_of_exchange(&operator, DEMAND_COMMUNITY, "ITI-38")->rule,
			       "not-for-this");
}

/* Locked out it may have nothing that a system may, and is told so before anything else; what
 * anybody may have it has as well. */
static void a_system_is_locked_out(void)
{
	static const char *const none[] = { NULL };
	static const struct registered_system clinic = { .name = "b-clinic" },
					      limited = { .name = "r-reader",
							  .transactions = none };
	const struct {
		const struct registered_system *system;
		enum demand demand;
		const char *code, *rule;
	} rows[] = {
		{ &clinic, DEMAND_SYSTEM, NULL, "locked-out" },
		{ &clinic, DEMAND_SYSTEM, "ITI-18", "locked-out" },
		{ &limited, DEMAND_SYSTEM, "ITI-18", "locked-out" },
		{ &clinic, DEMAND_OPERATOR, "patient-show", "locked-out" },
		{ &clinic, DEMAND_NOBODY, NULL, "anybody" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct requester who = { .system = rows[i].system,
					 .certified = true,
					 .locked_out = true };
		const struct decision *now = policy_of_exchange(&who, rows[i].demand, rows[i].code);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		CU_ASSERT_EQUAL(now->problem, rows[i].demand == DEMAND_NOBODY ? PROBLEM_NONE
									      : PROBLEM_LOCKED_OUT);
		who.locked_out = false;
		now = policy_of_exchange(&who, rows[i].demand, rows[i].code);
		CU_ASSERT_STRING_NOT_EQUAL(now->rule, "locked-out");
	}
}

static const struct test tests[] = { { "each by itself", each_by_itself },
				     { "own submissions", own_submissions },
				     { "unreadable", unreadable },
				     { "resting", resting },
				     { "by which rule", by_which_rule },
				     { "the operator's right", the_operators_right },
				     { "who may have which exchange", who_may_have_which_exchange },
				     { "a system uses what is listed",
				       a_system_uses_what_is_listed },
				     { "a community has its own", a_community_has_its_own },
				     { "a system is locked out", a_system_is_locked_out },
				     { 0 } };

int main(void)
{
	return suite_run("policy: decide", tests);
}
