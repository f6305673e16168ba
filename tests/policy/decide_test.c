/* tests/policy/decide_test.c: permit or hide, with several records of different consent in one exchange.
 *
 * What one exchange decided about a record it remembers; so the same records are asked for in every
 * order, again, and between others. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
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
	{ 0, CONSENT_JOIN, NULL }, { 1, CONSENT_JOIN, NULL }, { 1, CONSENT_LEAVE, NULL },
	{ 2, CONSENT_JOIN, NULL }, { 2, CONSENT_EXCLUDE, "b-clinic" },
	{ 4, CONSENT_JOIN, NULL }, { 4, CONSENT_EXCLUDE, "a-hospital" },
	{ 4, CONSENT_EXCLUDE, "c-hospital" },
	{ 5, CONSENT_LEAVE, NULL }, { 5, CONSENT_JOIN, NULL },
};

/* Who asks, in a region of which default; a letter for each person: + permitted, - hidden. */
static const struct { const char *system; bool opt_in; const char *sees; } askers[] = {
	{ "b-clinic", true, "+---++" }, { "b-clinic", false, "+--+++" },
	{ "c-hospital", true, "+-+--+" }, { "c-hospital", false, "+-++-+" },
	{ "a-hospital", true, "+-+--+" }, { "a-hospital", false, "+-++-+" },
	{ "outside-mpi", true, "+-+-++" }, { "outside-mpi", false, "+-++++" },
	{ NULL, true, "++++++" }, { NULL, false, "++++++" },
};

/* In which order the records are asked for. */
static const char *const orders[] = {
	"012345", "543210", "001122334455", "554433221100", "021354", "105243", "010203040501", "505152535450",
	"0", "1", "10", "01", "3", "31", "13", "31313", "13131",
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
	struct { uint64_t subject; struct consent_event event; } *s = with;
	return consent_record(t, &people_region, s->subject, &s->event, &coverage, p);
}

static void begin(struct scene *s)
{
	*s = (struct scene){ 0 };
	fixture_open(&s->f);
	for (size_t i = 0; i < PEOPLE; i++)
		s->records[i] = people_feed(&s->f, &people[i]).record;
	for (size_t i = 0; i < COUNT(decisions); i++) {
		struct { uint64_t subject; struct consent_event event; } said = {
			s->records[decisions[i].who],
			{ .action = decisions[i].action, .facility = decisions[i].facility,
			  .reason = "asked for it", .by = "clerk", .time = (instant)i + 1 }
		};
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
	struct requester who = { &s->region, askers[i].system == NULL
					     ? NULL : region_system(&s->region, askers[i].system) };
	CU_ASSERT_TRUE_FATAL(askers[i].system == NULL || who.system != NULL);
	return policy_begin(s->f.arena, &who);
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
				CU_ASSERT_EQUAL(policy_permits_record(d, s.t, s.records[who]), sees);
				hidden += !sees && !asked[who];
				asked[who] = true;
				CU_ASSERT_EQUAL(policy_hidden(d), hidden);
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
			CU_ASSERT_TRUE(policy_permits_subject(d, s.t, s.records[who], own));
			CU_ASSERT_EQUAL(policy_permits_subject(d, s.t, s.records[who], other), sees);
			CU_ASSERT_EQUAL(policy_permits_subject(d, s.t, s.records[who], NULL), sees);
			CU_ASSERT_EQUAL(policy_permits_subject(d, s.t, s.records[who], ""), sees);
			CU_ASSERT_TRUE(policy_permits_subject(d, s.t, s.records[who], own));
			CU_ASSERT_EQUAL(policy_permits_record(d, s.t, s.records[who]), sees);
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
		key_number(&k, *(uint64_t *)with);
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
		CU_ASSERT_EQUAL(policy_permits_record(d, s.t, s.records[0]), askers[i].system == NULL);
		store_end(s.t);
	}
	s.t = NULL;
	end(&s);
}

/* A record that has become somebody else's rests: hidden, though its person had joined. */
static void resting(void)
{
	struct who other = { A_DOMAIN, "1", "コバヤシ", "ハナコ", "19991231", "F", NULL, 0, 0, 0, 0, 0, 0 };
	struct scene s;
	begin(&s);
	store_end(s.t);
	people_feed(&s.f, &other);
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct decisions *d = of_asker(&s, 1);
	CU_ASSERT_FALSE(policy_permits_record(d, s.t, s.records[0]));
	CU_ASSERT_TRUE(policy_permits_record(d, s.t, s.records[5]));
	CU_ASSERT_EQUAL(policy_hidden(d), 1);
	end(&s);
}

static const struct test tests[] = {
	{ "each by itself", each_by_itself },
	{ "own submissions", own_submissions },
	{ "unreadable", unreadable },
	{ "resting", resting },
	{ 0 }
};

int main(void)
{
	return suite_run("policy: decide", tests);
}
