/* tests/policy/decide_test.c: permit or hide, with several records of different consent in one
 * exchange.
 *
 * What one exchange decided about a record it remembers; so the same records are asked for in every
 * order, again, and between others. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/policy_file.h"
#include "store/acceptances.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/registry_front.h"
#include "tests/store/people.h"

enum { PEOPLE = 6 };

/* Strangers to each other, fed in this order: their records' numbers ascend. */
static const struct who people[PEOPLE] = {
	{ A_DOMAIN, "1", "ヤマダ", "イチ", "19410101", "M", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "2", "スズキ", "ニ", "19420202", "F", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "3", "サトウ", "サン", "19430303", "M", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "4", "タナカ", "ヨン", "19440404", "F", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "5", "ワタナベ", "ゴ", "19450505", "M", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "6", "イトウ", "ロク", "19460606", "F", NULL, 0, 0, 0, 0, 0, 0 },
};

struct said {
	size_t who;
	enum consent_action action;
	const char *facility;
};

/* Joined, left, joined without B, undecided, joined without C and others, left and joined again. */
static const struct said decisions[] = {
	{ 0, CONSENT_JOIN, NULL },
	{ 1, CONSENT_JOIN, NULL },
	{ 1, CONSENT_LEAVE, NULL },
	{ 2, CONSENT_JOIN, NULL },
	{ 2, CONSENT_EXCLUDE, "b-clinic" },
	{ 4, CONSENT_JOIN, NULL },
	{ 4, CONSENT_EXCLUDE, "a-hospital" },
	{ 4, CONSENT_EXCLUDE, "c-hospital" },
	{ 5, CONSENT_LEAVE, NULL },
	{ 5, CONSENT_JOIN, NULL },
};

/* Who asks, in a region of which default; a letter for each person: + permitted, - hidden. */
static const struct {
	const char *system;
	bool opt_in;
	const char *sees;
} askers[] = {
	{ "b-clinic", true, "+---++" },    { "b-clinic", false, "+--+++" },
	{ "c-hospital", true, "+-+--+" },  { "c-hospital", false, "+-++-+" },
	{ "a-hospital", true, "+-+--+" },  { "a-hospital", false, "+-++-+" },
	{ "outside-mpi", true, "+-+-++" }, { "outside-mpi", false, "+-++++" },
	{ NULL, true, "++++++" },          { NULL, false, "++++++" },
};

/* In which order the records are asked for. */
static const char *const orders[] = {
	"012345", "543210", "001122334455", "554433221100",
	"021354", "105243", "010203040501", "505152535450",
	"0",      "1",      "10",           "01",
	"3",      "31",     "13",           "31313",
	"13131",
};

struct scene {
	struct fixture f;
	struct region region;
	uint64_t records[PEOPLE];
	struct store_txn *t;
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct {
		uint64_t subject;
		struct consent_event event;
	} *s = with;
	return consent_record(t, &people_region, s->subject, &s->event, &coverage, p);
}

static void begin(struct scene *s)
{
	*s = (struct scene){ 0 };
	fixture_open(&s->f);
	for (size_t i = 0; i < PEOPLE; i++)
		s->records[i] = people_feed(&s->f, &people[i]).record;
	for (size_t i = 0; i < COUNT(decisions); i++) {
		struct {
			uint64_t subject;
			struct consent_event event;
		} said = { s->records[decisions[i].who],
			   { .action = decisions[i].action,
			     .facility = decisions[i].facility,
			     .reason = "asked for it",
			     .by = "clerk",
			     .time = (instant)i + 1 } };
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, say_job, &said, &s->f.problem));
	}
	s->t = store_begin_read(s->f.store, &s->f.problem);
	s->region = people_region;
}

static void end(struct scene *s)
{
	store_end(s->t);
	fixture_close(&s->f);
}

static struct decisions *of_asker(struct scene *s, size_t i)
{
	s->region.opt_in = askers[i].opt_in;
	struct requester who = { .region = &s->region,
				 .operates = askers[i].system == NULL,
				 .system = askers[i].system == NULL
						   ? NULL
						   : region_system(&s->region, askers[i].system) };
	CU_ASSERT_TRUE_FATAL(who.operates || who.system != NULL);
	return who.operates ? policy_begin_operator(s->f.arena, &who)
			    : policy_begin(s->f.arena, &who);
}

static bool permits(struct decisions *d, struct store_txn *t, uint64_t record)
{
	const struct decision *now = policy_of_record(d, t, record);
	CU_ASSERT(now->ruling != RULING_DENY);
	CU_ASSERT_EQUAL(now->duties, now->ruling == RULING_HIDE ? DUTY_RECORD : 0);
	return now->ruling == RULING_PERMIT;
}

static bool permits_object(struct decisions *d, struct store_txn *t, uint64_t record,
			   const char *source)
{
	return policy_of_object(d, t, record, source)->ruling == RULING_PERMIT;
}

/* Each record has its own verdict, whatever was asked before. */
static void each_by_itself(void)
{
	struct scene s;
	begin(&s);
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
	end(&s);
}

/* What a facility submitted itself it sees, whoever it is about; that decides nothing else. */
static void own_submissions(void)
{
	struct scene s;
	begin(&s);
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
	end(&s);
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
	begin(&s);
	store_end(s.t);
	CU_ASSERT_TRUE(store_write(s.f.store, damage, &s.records[0], &s.f.problem));
	for (size_t i = 0; i < COUNT(askers); i++) {
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, i);
		CU_ASSERT_EQUAL(permits(d, s.t, s.records[0]), askers[i].system == NULL);
		store_end(s.t);
	}
	s.t = NULL;
	end(&s);
}

/* A record that has become somebody else's rests: hidden, though its person had joined. */
static void resting(void)
{
	struct who other = { A_DOMAIN, "1", "コバヤシ", "ハナコ", "19991231", "F", NULL,
			     0,        0,   0,          0,        0,          0 };
	struct scene s;
	begin(&s);
	store_end(s.t);
	people_feed(&s.f, &other);
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct decisions *d = of_asker(&s, 1);
	CU_ASSERT_FALSE(permits(d, s.t, s.records[0]));
	CU_ASSERT_TRUE(permits(d, s.t, s.records[5]));
	CU_ASSERT_EQUAL(policy_owed(d, DUTY_RECORD), 1);
	end(&s);
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
	begin(&s);
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
	end(&s);
}

/* The right to see all is nobody's who does not operate, and nobody's who did not take it. */
static void the_operators_right(void)
{
	struct scene s;
	begin(&s);
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
	end(&s);
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
		{ true, false, false, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
		{ false, false, false, DEMAND_SYSTEM, "no-certificate", PROBLEM_NODE_UNKNOWN },
		{ false, false, false, DEMAND_OPERATOR, "no-certificate", PROBLEM_NODE_UNKNOWN },
		{ false, false, false, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
		{ true, true, false, DEMAND_SYSTEM, "facility", PROBLEM_NONE },
		{ true, true, false, DEMAND_OPERATOR, "not-for-this", PROBLEM_NOT_PERMITTED },
		{ true, true, false, DEMAND_NOBODY, "anybody", PROBLEM_NONE },
		{ false, false, true, DEMAND_SYSTEM, "not-for-this", PROBLEM_NOT_PERMITTED },
		{ false, false, true, DEMAND_OPERATOR, "operators-exchange", PROBLEM_NONE },
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

/* One submission of c-hospital about a person's record: a set, an entry, a folder. */
struct submitted {
	struct submission_set set;
	struct document_entry entry;
	struct folder folder;
	struct association members[2];
	struct submission all;
};

static const char *uuid(struct scene *s)
{
	char urn[UUID_URN_TEXT];
	random_uuid(&system_random, urn);
	return arena_text(s->f.arena, urn);
}

static void compose(struct scene *s, struct submitted *x, uint64_t subject)
{
	const char *by = "c-hospital";
	*x = (struct submitted){
		.set = { .id = uuid(s),
			 .unique_id = "2.999.1",
			 .subject = subject,
			 .source_system = by },
		.entry = { .id = uuid(s),
			   .unique_id = "2.999.2",
			   .subject = subject,
			   .source_system = by },
		.folder = { .id = uuid(s),
			    .unique_id = "2.999.3",
			    .subject = subject,
			    .source_system = by },
	};
	const char *targets[] = { x->entry.id, x->folder.id };
	for (size_t i = 0; i < COUNT(targets); i++)
		x->members[i] = (struct association){
			.id = uuid(s),
			.type = ASSOCIATION_HAS_MEMBER,
			.source = x->set.id,
			.type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
			.target = targets[i],
			.next = i + 1 < COUNT(targets) ? &x->members[i + 1] : NULL
		};
	x->all = (struct submission){ .set = &x->set,
				      .entries = &x->entry,
				      .folders = &x->folder,
				      .associations = x->members };
}

static bool submit(void *with, struct store_txn *t, struct problem *p)
{
	struct submitted *x = with;
	return registry_put(t, store_arena(t), &x->all, 1, p);
}

/* What the registry keeps is opened for whom it may be shown to, and for nobody else. */
static void opening(void)
{
	static const struct {
		size_t asker, person;
		bool opens;
	} rows[] = {
		{ 0, 0, true }, { 0, 1, false }, { 0, 2, false }, { 0, 3, false }, { 2, 1, true },
		{ 2, 4, true }, { 4, 1, false }, { 6, 2, true },  { 8, 1, true },  { 8, 3, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		begin(&s);
		compose(&s, &x, s.records[rows[i].person]);
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, rows[i].asker);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		struct sealed_folder *f = registry_folder(s.t, s.f.arena, x.folder.id);
		CU_ASSERT_FATAL(e != NULL && set != NULL && f != NULL);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_folder(d, s.t, f) != NULL, rows[i].opens);
		if (rows[i].opens)
			CU_ASSERT_STRING_EQUAL(policy_open_entry(d, s.t, e)->unique_id, "2.999.2");
		end(&s);
	}
}

struct linking {
	uint64_t one, other;
	enum pair_decision what;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct linking *l = with;
	struct person_decision by = { .by = "clerk", .why = "asked" };
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, l->one, l->other, l->what, &by, &out, p);
}

static const struct object_source *source(struct scene *s, uint64_t subject, const char *system,
					  const struct object_source *next)
{
	struct object_source *one = arena_new(s->f.arena, struct object_source);
	*one = (struct object_source){ subject, system, next };
	return one;
}

/* What was made of several is opened for who may have each of them, in whichever order they stand;
 * who submitted one himself has that one. */
static void made_of_several(void)
{
	static const struct {
		size_t asker;
		size_t of[2];
		const char *by[2];
		bool opens;
	} rows[] = {
		{ 0, { 0, 0 }, { "b-clinic", "c-hospital" }, true },
		{ 0, { 0, 1 }, { "b-clinic", "c-hospital" }, false },
		{ 0, { 1, 0 }, { "c-hospital", "c-hospital" }, false },
		{ 0, { 0, 1 }, { "c-hospital", "b-clinic" }, true },
		{ 0, { 1, 1 }, { "b-clinic", "c-hospital" }, false },
		{ 0, { 0, 0 }, { NULL, "" }, true },
		{ 0, { 0, 1 }, { "c-hospital", NULL }, false },
		{ 8, { 0, 1 }, { "c-hospital", "b-clinic" }, true },
		{ 8, { 3, 1 }, { "c-hospital", NULL }, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		begin(&s);
		struct linking l = { s.records[0], s.records[rows[i].of[0]], PAIR_TOGETHER };
		store_end(s.t);
		for (size_t k = 0; k < COUNT(rows[i].of); k++) {
			l.other = s.records[rows[i].of[k]];
			CU_ASSERT_TRUE_FATAL(
				l.one == l.other
				|| store_write(s.f.store, decide_job, &l, &s.f.problem));
		}
		compose(&s, &x, s.records[0]);
		x.entry.sources = x.set.sources = source(
			&s, s.records[rows[i].of[0]], rows[i].by[0],
			source(&s, s.records[rows[i].of[1]], rows[i].by[1], NULL));
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, rows[i].asker);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		CU_ASSERT_FATAL(e != NULL && set != NULL);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT,
				rows[i].opens);
		end(&s);
	}
}

/* And once their records are two persons' it is nobody's but the operator's. */
static void made_of_who_is_parted(void)
{
	struct scene s;
	struct submitted x;
	begin(&s);
	store_end(s.t);
	struct linking l = { s.records[0], s.records[1], PAIR_TOGETHER };
	compose(&s, &x, s.records[0]);
	x.entry.sources = source(&s, s.records[0], "b-clinic",
				 source(&s, s.records[1], "b-clinic", NULL));
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
	static const struct {
		enum pair_decision what;
		bool opens;
	} steps[] = { { PAIR_APART, false }, { PAIR_TOGETHER, true }, { PAIR_APART, false } };
	for (size_t i = 0; i < COUNT(steps); i++) {
		l.what = steps[i].what;
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, decide_job, &l, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(of_asker(&s, 0), s.t, e) != NULL, steps[i].opens);
		CU_ASSERT_PTR_NOT_NULL(policy_open_entry(of_asker(&s, 8), s.t, e));
		store_end(s.t);
	}
	s.t = store_begin_read(s.f.store, &s.f.problem);
	end(&s);
}

/* Of somebody whom nobody knows there is nothing that could be one person's. */
static void made_of_nobodys(void)
{
	enum { UNKNOWN = 999999 };
	struct scene s;
	struct submitted x;
	begin(&s);
	store_end(s.t);
	compose(&s, &x, s.records[0]);
	x.entry.sources = source(&s, UNKNOWN, "b-clinic", NULL);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct decisions *d = of_asker(&s, 0);
	CU_ASSERT_PTR_NULL(policy_open_entry(d, s.t, registry_entry(s.t, s.f.arena, x.entry.id)));
	CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &x.entry)->ruling, RULING_HIDE);
	end(&s);
}

/* ---- The region's rules ---- */

#define KINDS "documents note type N^2.999.5\ndocuments letter type L^2.999.5\nrole doctor\n"

static struct coded_value note = { .code = "N", .scheme = "2.999.5" },
			  normal = { .code = "N", .scheme = "2.16.840.1.113883.5.25" };

static struct registered_system titled[COUNT(people_systems)];
static struct text_value addressees[2]; /* of the set; the first without a value: none */

/* The scene with c-hospital's set of a note, a folder with it, and a region of these rules. */
static struct decisions *under_rules(struct scene *s, struct submitted *x, const char *rules,
				     const char *asker)
{
	begin(s);
	compose(s, x, s->records[0]);
	x->entry.type_code = &note;
	x->set.intended_recipients = addressees[0].value == NULL ? NULL : addressees;
	x->entry.confidentiality_codes = &normal;
	struct association inside = { .id = uuid(s),
				      .type = ASSOCIATION_HAS_MEMBER,
				      .source = x->folder.id,
				      .type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
				      .target = x->entry.id };
	x->members[1].next = &inside;
	store_end(s->t);
	CU_ASSERT_TRUE_FATAL(store_write(s->f.store, submit, x, &s->f.problem));
	s->t = store_begin_read(s->f.store, &s->f.problem);
	if (rules != NULL) {
		const char *text = arena_printf(s->f.arena, KINDS "%s\n", rules);
		s->region.policy =
			policy_file_read(s->f.arena, "rules", bytes_of_text(text), NULL).policy;
		CU_ASSERT_PTR_NOT_NULL_FATAL(s->region.policy);
	}
	memcpy(titled, people_systems, sizeof titled);
	titled[0].title = "A病院";
	s->region.systems = titled;
	struct requester who = { .region = &s->region,
				 .system = region_system(&s->region, asker),
				 .operates = asker == NULL };
	return asker == NULL ? policy_begin_operator(s->f.arena, &who)
			     : policy_begin(s->f.arena, &who);
}

/* What gathers documents goes with them. Neither one's own nor the operator's right is of rules. */
static void by_document(void)
{
	static const struct {
		const char *rules, *asker;
		bool opens, denied;
		const char *rule, *owed;
	} rows[] = {
		{ NULL, "b-clinic", true, false, "joined", NULL },
		{ "default permit", "b-clinic", true, false, "region-permits", NULL },
		{ "default hide", "b-clinic", false, false, "region-hides", "region-hides" },
		{ "default deny", "b-clinic", false, true, "region-denies", "region-denies" },
		{ "hide documents note\ndefault permit", "b-clinic", false, false, "region-hides",
		  "region-hides" },
		{ "hide documents letter\ndefault permit", "b-clinic", true, false,
		  "region-permits", NULL },
		{ "permit role doctor\ndefault hide", "b-clinic", false, false, "region-hides",
		  "region-hides" },
		/* Deny before hide before permit, in whatever order they stand. */
		{ "permit documents note\nhide documents note\ndefault permit", "b-clinic", false,
		  false, "region-hides", "region-hides" },
		{ "hide documents note\npermit documents note\ndefault permit", "b-clinic", false,
		  false, "region-hides", "region-hides" },
		{ "deny documents note\nhide documents note\ndefault permit", "b-clinic", false,
		  true, "region-denies", "region-denies" },
		{ "default hide", "c-hospital", true, false, "own", NULL },
		{ "default deny", NULL, true, false, "operator", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		struct decisions *d = under_rules(&s, &x, rows[i].rules, rows[i].asker);
		const struct decision *now = policy_of_entry(d, s.t, &x.entry);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		CU_ASSERT_EQUAL(now->ruling, rows[i].opens    ? RULING_PERMIT
					     : rows[i].denied ? RULING_DENY
							      : RULING_HIDE);
		CU_ASSERT_EQUAL(policy_denied(d), rows[i].denied);
		CU_ASSERT_EQUAL(policy_stood_on(d) != NULL, text_starts(now->rule, "region-"));
		CU_ASSERT_TRUE(text_equal(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena),
					  rows[i].owed));
		CU_ASSERT_EQUAL(policy_owed(d, DUTY_RECORD), 0);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_denied(d), rows[i].denied);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		struct sealed_folder *f = registry_folder(s.t, s.f.arena, x.folder.id);
		CU_ASSERT_EQUAL(policy_open_folder(d, s.t, f) != NULL, rows[i].opens);
		end(&s);
	}
}

static bool accept(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return acceptance_put(t, with, "a-hospital", 7);
}

/* What is addressed: who sees it before the first addressee, A, has had it, and after. */
static void by_addressee(void)
{
	static const struct {
		const char *rules, *to[2], *asker;
		bool before, after;
	} rows[] = {
		{ "addressed note\ndefault permit", { "A病院" }, "b-clinic", false, true },
		{ "addressed note\ndefault permit", { "A病院" }, "a-hospital", true, true },
		{ "addressed note\ndefault permit", { "A病院" }, "c-hospital", true, true },
		{ "addressed note\ndefault hide", { "A病院" }, "a-hospital", false, false },
		{ "addressed letter\ndefault permit", { "A病院" }, "b-clinic", true, true },
		{ "addressed note\ndefault permit", { NULL }, "b-clinic", true, true },
		{ "addressed note\ndefault permit", { "|^試験" }, "b-clinic", true, true },
		{ "addressed note\ndefault permit",
		  { "|^試験", "A病院|^試験" },
		  "b-clinic",
		  false,
		  true },
		{ "addressed note\ndefault permit",
		  { "A病院", "Z病院" },
		  "b-clinic",
		  false,
		  false },
		{ "addressed note\ndefault permit", { "Z病院" }, "a-hospital", false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		addressees[0] = (struct text_value){ rows[i].to[0], NULL };
		addressees[1] = (struct text_value){ rows[i].to[1], NULL };
		addressees[0].next = rows[i].to[1] == NULL ? NULL : &addressees[1];
		struct decisions *d = under_rules(&s, &x, rows[i].rules, rows[i].asker);
		bool opens = policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT;
		CU_ASSERT_EQUAL(opens, rows[i].before);
		CU_ASSERT_EQUAL(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena) == NULL,
				rows[i].before);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].before);
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(
			store_write(s.f.store, accept, (void *)x.entry.id, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		opens = policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT;
		CU_ASSERT_EQUAL(opens, rows[i].after);
		addressees[0] = (struct text_value){ NULL, NULL };
		end(&s);
	}
}

static bool exclude_job(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct said_of {
		uint64_t subject;
		const char *target;
	} *s = with;
	const struct consent_event e = { .action = CONSENT_EXCLUDE,
					 .facility = s->target,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = 100 };
	return consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

/* What the person closed himself, in a region of rules and in one without. */
static void by_person(void)
{
	static const struct {
		const char *rules, *target, *asker, *rule;
	} rows[] = {
		{ NULL, "document/2.999.2", "b-clinic", "closed" },
		{ NULL, "document/2.999.9", "b-clinic", "not-closed" },
		{ "default permit", "document/2.999.2", "b-clinic", "closed" },
		{ "default permit", "document/2.999.9", "b-clinic", "region-permits" },
		{ "default hide", "document/2.999.9", "b-clinic", "region-hides" },
		{ "default permit", "documents/note", "b-clinic", "closed" },
		{ "default permit", "documents/letter", "b-clinic", "region-permits" },
		{ "default permit", "documents/letter", "c-hospital", "own" },
		{ "default permit", "document/2.999.2", "c-hospital", "own" },
		{ "default permit", "document/2.999.2", NULL, "operator" },
		{ "default permit", "role/doctor", "b-clinic", "region-permits" },
		{ "default permit", "role/unsaid", "b-clinic", "excluded" },
		{ "default permit", "b-clinic", "b-clinic", "excluded" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		under_rules(&s, &x, rows[i].rules, rows[i].asker);
		struct {
			uint64_t subject;
			const char *target;
		} said = { s.records[0], rows[i].target };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, exclude_job, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct requester who = { .region = &s.region,
					 .system = region_system(&s.region, rows[i].asker),
					 .operates = rows[i].asker == NULL };
		struct decisions *d = who.operates ? policy_begin_operator(s.f.arena, &who)
						   : policy_begin(s.f.arena, &who);
		const struct decision *now = policy_of_entry(d, s.t, &x.entry);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, now->ruling == RULING_PERMIT);
		/* Another's documents are not of it. */
		x.entry.subject = s.records[5];
		CU_ASSERT_STRING_NOT_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "closed");
		end(&s);
	}
}

static bool grant_job(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct granting {
		uint64_t subject;
		const char *groups, *excluded;
	} *s = with;
	struct consent_event e = { .action = CONSENT_GRANT,
				   .facility = "b-clinic",
				   .groups = s->groups,
				   .reason = "asked at the desk",
				   .by = "clerk",
				   .time = 100,
				   .until = 1000 };
	if (!consent_record(t, &people_region, s->subject, &e, &coverage, p))
		return false;
	e.action = CONSENT_EXCLUDE;
	e.facility = s->excluded;
	e.groups = NULL;
	e.until = 0;
	return s->excluded == NULL
	       || consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

/* What a person who joined nothing opened to B for a visit: a note, or a letter; who sees the note,
 * in a region of opt-in and in one of opt-out. And what was made of it is of the same groups. */
static void by_grant(void)
{
	static const struct {
		const char *rules, *groups, *excluded, *asker;
		instant at;
		const char *in, *out;
	} rows[] = {
		{ "default permit", "note", NULL, "b-clinic", 999, "region-permits",
		  "region-permits" },
		{ "default permit", "letter,note", NULL, "b-clinic", 999, "region-permits",
		  "region-permits" },
		{ "default hide", "note", NULL, "b-clinic", 999, "region-hides", "region-hides" },
		{ "default permit", "letter", NULL, "b-clinic", 999, "not-granted",
		  "region-permits" },
		{ "default permit", "nothing", NULL, "b-clinic", 999, "not-granted",
		  "region-permits" },
		{ NULL, "note", NULL, "b-clinic", 999, "not-granted", "undecided" },
		{ "default permit", "note", NULL, "b-clinic", 1000, "not-joined",
		  "region-permits" },
		{ "default permit", "note", NULL, "a-hospital", 999, "not-joined",
		  "region-permits" },
		{ "default permit", "letter", NULL, "c-hospital", 999, "own", "own" },
		{ "default permit", "note", "b-clinic", "b-clinic", 999, "excluded", "excluded" },
		{ "default permit", "note", "documents/note", "b-clinic", 999, "closed", "closed" },
	};
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		bool opt_in = i < COUNT(rows);
		const size_t row = i % COUNT(rows);
		under_rules(&s, &x, rows[row].rules, rows[row].asker);
		struct {
			uint64_t subject;
			const char *groups, *excluded;
		} said = { s.records[3], rows[row].groups, rows[row].excluded };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, grant_job, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		s.region.opt_in = opt_in;
		struct requester who = { .region = &s.region,
					 .system = region_system(&s.region, rows[row].asker),
					 .time = rows[row].at };
		struct decisions *d = policy_begin(s.f.arena, &who);
		const char *rule = opt_in ? rows[row].in : rows[row].out;
		x.entry.subject = s.records[3];
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, rule);
		CU_ASSERT_TRUE(!text_equal(rule, "not-granted")
			       || text_equal(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena),
					     "not-granted"));
		end(&s);
	}
}

/* What was said of another region's gateway: by joined (0), left (1) and undecided (3) ones. */
static bool say_of_west(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct {
		uint64_t subject;
		const char *word;
	} *s = with;
	struct consent_event e = {
		.facility = "west", .reason = "asked", .by = "clerk", .time = 100
	};
	e.action = *s->word == '+'   ? CONSENT_INCLUDE
		   : *s->word == '-' ? CONSENT_EXCLUDE
				     : CONSENT_GRANT;
	e.groups = *s->word == 'g' ? "note" : NULL;
	e.until = *s->word == 'g' || strchr(s->word, 'u') != NULL ? 1000 : 0;
	return *s->word == '\0' || consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

static const struct registered_system west_systems[] = {
	{ .name = "west", .community = "w" }, { .name = "lost", .community = "nobody" }
};

/* It counts as excluded until its patient says otherwise, and no region's default says that for
 * him; what it submitted itself, whenever that was, is not its own. */
static void across_the_border(void)
{
	static const struct {
		size_t who;
		const char *said;
		bool opt_in, assumed;
		instant at;
		const char *rule, *document;
	} rows[] = {
		{ 0, "", true, false, 999, "community-not-included", "community-not-included" },
		{ 0, "", false, false, 999, "community-not-included", "community-not-included" },
		{ 0, "", true, true, 999, "joined", "region-permits" },
		{ 0, "+", true, false, 999, "joined", "region-permits" },
		{ 0, "+u", true, false, 999, "joined", "region-permits" },
		{ 0, "+u", true, false, 1000, "community-not-included", "community-not-included" },
		{ 0, "-", true, false, 999, "excluded", "excluded" },
		{ 0, "-", true, true, 999, "excluded", "excluded" },
		{ 0, "-u", true, false, 1000, "community-not-included", "community-not-included" },
		{ 0, "-u", true, true, 1000, "joined", "region-permits" },
		{ 0, "g", true, false, 999, "granted", "region-permits" },
		{ 0, "g", true, false, 1000, "community-not-included", "community-not-included" },
		{ 1, "+", true, false, 999, "left", "left" },
		{ 1, "", true, true, 999, "left", "left" },
		{ 3, "", true, false, 999, "not-joined", "not-joined" },
		{ 3, "", true, true, 999, "not-joined", "not-joined" },
		{ 3, "+", true, false, 999, "not-joined", "not-joined" },
		{ 3, "", false, false, 999, "community-not-included", "community-not-included" },
		{ 3, "+", false, false, 999, "undecided", "region-permits" },
		{ 3, "", false, true, 999, "undecided", "region-permits" },
		{ 3, "g", true, false, 999, "granted", "region-permits" },
		{ 3, "g", false, false, 999, "granted", "region-permits" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		under_rules(&s, &x, "default permit", "b-clinic");
		struct {
			uint64_t subject;
			const char *word;
		} said = { s.records[rows[i].who], rows[i].said };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, say_of_west, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		const struct partner w = { .name = "w", .consent_assumed = rows[i].assumed };
		s.region.opt_in = rows[i].opt_in;
		s.region.partners = &w;
		s.region.partner_count = 1;
		struct requester who = { .region = &s.region,
					 .system = &west_systems[0],
					 .time = rows[i].at };
		struct decisions *d = policy_begin(s.f.arena, &who);
		CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, said.subject)->rule, rows[i].rule);
		x.entry.subject = said.subject;
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, rows[i].document);
		x.entry.source_system = "west";
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, rows[i].document);
		end(&s);
	}
}

/* Opened in part it is shown that part, though its person takes part in the region. */
static void opened_in_part_across_the_border(void)
{
	struct scene s;
	struct submitted x;
	const struct partner w = { .name = "w" };
	under_rules(&s, &x, "default permit", "b-clinic");
	struct {
		uint64_t subject;
		const char *groups, *excluded;
	} b = { s.records[0], "letter", NULL };
	struct {
		uint64_t subject;
		const char *word;
	} said = { s.records[0], "g" };
	store_end(s.t);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, say_of_west, &said, &s.f.problem));
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, grant_job, &b, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	s.region.partners = &w;
	s.region.partner_count = 1;
	struct requester who = { .region = &s.region, .system = &west_systems[0], .time = 999 };
	struct decisions *d = policy_begin(s.f.arena, &who);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
	x.entry.type_code = NULL;
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "not-granted");
	/* A facility that has joined ones anyway is not held to a grant. */
	who.system = region_system(&s.region, "b-clinic");
	d = policy_begin(s.f.arena, &who);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
	/* Whose community is no partner any more has nobody's word. */
	who.system = &west_systems[1];
	d = policy_begin(s.f.arena, &who);
	CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, s.records[0])->rule,
			       "community-not-included");
	CU_ASSERT_STRING_EQUAL(policy_owed_by(d, DUTY_RECORD, s.f.arena), "community-not-included");
	end(&s);
}

/* Made of a joined record's and of a granted one's: only what was granted. */
static void made_of_what_was_granted(void)
{
	static const struct {
		const char *groups;
		bool opens;
	} rows[] = { { "note", true }, { "letter", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		under_rules(&s, &x, "default permit", "b-clinic");
		struct {
			uint64_t subject;
			const char *groups, *excluded;
		} said = { s.records[3], rows[i].groups, NULL };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, grant_job, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		s.region.opt_in = true;
		struct requester who = { .region = &s.region,
					 .system = region_system(&s.region, "b-clinic"),
					 .time = 999 };
		struct decisions *d = policy_begin(s.f.arena, &who);
		struct object_source of = { .subject = s.records[3], .system = "c-hospital" };
		CU_ASSERT_EQUAL(policy_of_record(d, s.t, s.records[3])->ruling, RULING_PERMIT);
		/* The same person's, as far as who made it knew. */
		x.entry.subject = s.records[3];
		x.entry.sources = &of;
		CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT,
				rows[i].opens);
		/* One of others, joined, is of no grant. */
		of.subject = s.records[0];
		x.entry.subject = s.records[0];
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
		end(&s);
	}
}

/* An association of the second submission that leads to the first one's document. */
static void lead(struct scene *s, struct submitted *from, struct association *out, size_t at,
		 enum association_type type, const char *source, const char *target,
		 const char *status)
{
	out[at] = (struct association){ .id = uuid(s),
					.type = type,
					.type_urn = association_type_urn(type),
					.source = source,
					.target = target,
					.submission_set_status = status,
					.next = from->all.associations };
	from->all.associations = &out[at];
}

/* A document is addressed by the set it came with: by none that only refers to it, by nobody
 * else's, and by no addendum. */
static void by_its_own_set(void)
{
	struct scene s;
	struct submitted x, more;
	struct association leads[3];
	addressees[0] = (struct text_value){ "A病院", NULL };
	struct decisions *d = under_rules(&s, &x, "addressed note\ndefault permit", "b-clinic");
	store_end(s.t);
	compose(&s, &more, s.records[0]);
	more.set.unique_id = "2.999.4";
	more.entry.unique_id = "2.999.5";
	more.folder.unique_id = "2.999.6";
	more.set.source_system = "a-hospital";
	lead(&s, &more, leads, 0, ASSOCIATION_HAS_MEMBER, more.set.id, x.entry.id, "Original");
	lead(&s, &more, leads, 1, ASSOCIATION_HAS_MEMBER, more.set.id, x.entry.id, "Reference");
	lead(&s, &more, leads, 2, ASSOCIATION_APND, more.entry.id, x.entry.id, NULL);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &more, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "addressed");
	x.entry.source_system = "d-pharmacy"; /* who has submitted no set that holds it */
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
	addressees[0] = (struct text_value){ NULL, NULL };
	end(&s);
}

/* A set that does nothing but put a document into a folder is seen with the document; what relates
 * two documents says nothing of whom a set is for. */
static void by_membership(void)
{
	static const struct {
		const char *rules;
		enum association_type type;
		bool opens;
	} rows[] = {
		{ "default permit", ASSOCIATION_HAS_MEMBER, true },
		{ "default hide", ASSOCIATION_HAS_MEMBER, false },
		{ "default permit", ASSOCIATION_APND, true },
		{ "default hide", ASSOCIATION_APND, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x, more;
		struct association leads[2];
		struct decisions *d = under_rules(&s, &x, rows[i].rules, "b-clinic");
		store_end(s.t);
		compose(&s, &more, s.records[0]);
		more.set.unique_id = "2.999.4";
		more.all = (struct submission){ .set = &more.set };
		lead(&s, &more, leads, 0, rows[i].type, x.folder.id, x.entry.id, NULL);
		more.all.associations = &leads[0];
		lead(&s, &more, leads, 1, ASSOCIATION_HAS_MEMBER, more.set.id, leads[0].id,
		     "Original");
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &more, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, more.set.id);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		end(&s);
	}
}

/* What is left of the entry is its front. */
static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	static const unsigned char space = SPACE_ENTRY;
	struct bytes found, value;
	struct key k = { .overflow = false };
	unsigned char kept[4096];
	size_t length = 0;
	(void)with, (void)p;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	if (store_next(c, &found, &value) && value.length <= sizeof kept) {
		memcpy(k.data, found.data, k.length = found.length);
		memcpy(kept, value.data, length = value.length);
	}
	store_scan_end(c);
	size_t front = AT_SYSTEM + strlen((const char *)kept + AT_SYSTEM) + 1;
	if (length > front)
		memset(kept + front, 0xff, length - front);
	return store_put(t, key_span(&k), (struct bytes){ kept, length });
}

/* Nobody is shown what cannot be read. */
static void unreadable_by_rules(void)
{
	struct scene s;
	struct submitted x;
	struct decisions *d = under_rules(&s, &x, "default permit", "b-clinic");
	store_end(s.t);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, spoil, NULL, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_PTR_NULL(policy_open_entry(d, s.t, e));
	end(&s);
}

/* A reference says too little to decide by: its entry is read. */
static void by_reference(void)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	static const struct {
		const char *rules;
		bool opens, whole;
	} rows[] = { { NULL, true, false },
		     { "hide documents letter\ndefault permit", true, true },
		     { "hide documents note\ndefault permit", false, false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		struct decisions *d = under_rules(&s, &x, rows[i].rules, "b-clinic");
		struct registry_cursor *c = registry_entries(s.t, s.f.arena, s.records[0], &all);
		registry_refer(c);
		struct sealed_entry *sealed = registry_next_entry(c);
		CU_ASSERT_PTR_NOT_NULL_FATAL(sealed);
		struct document_entry *e = policy_open_entry(d, s.t, sealed);
		CU_ASSERT_EQUAL(e != NULL, rows[i].opens);
		if (e != NULL) {
			CU_ASSERT_STRING_EQUAL(e->id, x.entry.id);
			CU_ASSERT_EQUAL(e->type_code != NULL, rows[i].whole);
		}
		registry_cursor_over(c);
		end(&s);
	}
}

/* Who has not joined stays hidden, whatever rules permit. */
static void rules_open_nobody(void)
{
	struct scene s;
	struct submitted x;
	struct decisions *d = under_rules(&s, &x, "default permit", "b-clinic");
	x.entry.subject = s.records[1];
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "left");
	CU_ASSERT_PTR_NULL(policy_stood_on(d));
	end(&s);
}

static const struct test tests[] = {
	{ "each by itself", each_by_itself },
	{ "own submissions", own_submissions },
	{ "unreadable", unreadable },
	{ "resting", resting },
	{ "opening", opening },
	{ "made of several", made_of_several },
	{ "made of who is parted", made_of_who_is_parted },
	{ "made of nobody's", made_of_nobodys },
	{ "by document", by_document },
	{ "by its own set", by_its_own_set },
	{ "by membership", by_membership },
	{ "unreadable, by rules", unreadable_by_rules },
	{ "by addressee", by_addressee },
	{ "by person", by_person },
	{ "documents that were granted for a visit", by_grant },
	{ "across the border", across_the_border },
	{ "opened in part across the border", opened_in_part_across_the_border },
	{ "what was made of what was granted", made_of_what_was_granted },
	{ "by reference", by_reference },
	{ "rules open nobody", rules_open_nobody },
	{ "by which rule", by_which_rule },
	{ "the operator's right", the_operators_right },
	{ "who may have which exchange", who_may_have_which_exchange },
	{ "a system uses what is listed", a_system_uses_what_is_listed },
	{ "a community has its own", a_community_has_its_own },
	{ "a system is locked out", a_system_is_locked_out },
	{ 0 }
};

int main(void)
{
	return suite_run("policy: decide", tests);
}
