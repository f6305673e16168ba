/* tests/store/match_closure_test.c: what scores connect is one person as a whole, or not at all. */
#include "tests/base/suite.h"

#include "store/notices.h"
#include "tests/store/in_job.h"
#include "tests/store/match_scene.h"
#include "tests/store/told.h"

/* One name, one house, one phone: others differ by what each case gives them. */
static struct who somebody(const char *domain, const char *id, const char *birth,
			   const char *branch)
{
	return (struct who){ .domain = domain,
			     .id = id,
			     .family = "カワシマ",
			     .given = "ケンイチ",
			     .birth = birth,
			     .sex = "M",
			     .phone = "0312345678",
			     .postcode = "1050001",
			     .address = "東京都港区虎ノ門1-2-3",
			     .insurer = branch == NULL ? NULL : "01130012",
			     .symbol = "12",
			     .number = "345",
			     .branch = branch };
}

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(scene_wrongs(f), 0);
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

static bool waits(struct fixture *f, const struct who *x, const struct who *y, bool *contested)
{
	struct match_waits w;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = match_queue_find(t, f->arena, people_record(f, x->domain, x->id).number,
				      people_record(f, y->domain, y->id).number, &w);
	store_end(t);
	*contested = found && w.verdict.contested;
	return found;
}

static unsigned noted(struct fixture *f, const struct who *w)
{
	return people_record(f, w->domain, w->id).unsettled;
}

/* Two branches of one insurance are two people, and somebody between them is like both. */
static void one_that_contradicts_parts_all(void)
{
	struct fixture f;
	struct who x = somebody(A_DOMAIN, "1", "19410503", "01"),
		   y = somebody(B_DOMAIN, "2", "19410504", NULL),
		   z = somebody(C_DOMAIN, "3", "19410505", "02");
	bool contested;
	fixture_open(&f);
	people_feed(&f, &x);
	people_feed(&f, &y);
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	CU_ASSERT_EQUAL(noted(&f, &x) | noted(&f, &y), 0);
	struct person before = people_person(&f, B_DOMAIN, "2");
	struct feed_outcome out = people_feed(&f, &z);
	CU_ASSERT_FALSE(people_same(&f, &x, &y));
	CU_ASSERT_FALSE(people_same(&f, &y, &z));
	CU_ASSERT_FALSE(people_same(&f, &x, &z));
	CU_ASSERT_EQUAL(noted(&f, &x), UNSETTLED_CONTRADICTION);
	CU_ASSERT_EQUAL(noted(&f, &y), UNSETTLED_CONTRADICTION);
	CU_ASSERT_EQUAL(noted(&f, &z), UNSETTLED_CONTRADICTION);
	CU_ASSERT_TRUE(waits(&f, &x, &y, &contested) && contested);
	CU_ASSERT_TRUE(waits(&f, &y, &z, &contested) && contested);
	CU_ASSERT_TRUE(waits(&f, &x, &z, &contested) && !contested);
	CU_ASSERT_EQUAL(out.linked, 0);
	CU_ASSERT_EQUAL(out.unlinked, 2); /* x and y are told, and that z could not be linked */
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* The one of the older record keeps what it had; and it is as it was when z goes. */
	CU_ASSERT_STRING_EQUAL(people_person(&f, A_DOMAIN, "1").regional_id, before.regional_id);
	struct who gone = z;
	gone.given = "タロウ";
	gone.birth = "19991111";
	gone.phone = "0399998888";
	gone.address = "大阪府大阪市北区梅田9-9-9";
	gone.postcode = "5300001";
	gone.insurer = "06132013";
	out = people_feed(&f, &gone);
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	CU_ASSERT_EQUAL(noted(&f, &x) | noted(&f, &y), 0);
	CU_ASSERT_EQUAL(out.linked, 1);
	CU_ASSERT_FALSE(waits(&f, &x, &y, &contested));
	CU_ASSERT_STRING_EQUAL(people_person(&f, B_DOMAIN, "2").regional_id, before.regional_id);
	done(&f);
}

struct deciding {
	uint64_t x, y;
	enum pair_decision what;
};

static bool decide_job(struct store_txn *t, const void *with)
{
	static const struct person_decision said = { .by = "clerk", .why = "asked them" };
	const struct deciding *d = with;
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, d->x, d->y, d->what, &said, &out,
				    store_problem(t));
}

static void decide(struct fixture *f, const struct who *x, const struct who *y,
		   enum pair_decision what)
{
	const struct deciding d = { people_record(f, x->domain, x->id).number,
				    people_record(f, y->domain, y->id).number, what };
	CU_ASSERT_TRUE(in_job(f, decide_job, &d));
}

/* Two of it who were decided to be apart, whoever is between them. */
static void a_decision_parts_all(void)
{
	struct fixture f;
	struct who x = somebody(A_DOMAIN, "1", "19410503", NULL),
		   y = somebody(B_DOMAIN, "2", "19410504", NULL),
		   z = somebody(C_DOMAIN, "3", "19410505", NULL);
	bool contested;
	fixture_open(&f);
	people_feed(&f, &x);
	people_feed(&f, &y);
	people_feed(&f, &z);
	CU_ASSERT_TRUE(people_same(&f, &x, &y) && people_same(&f, &y, &z));
	decide(&f, &x, &z, PAIR_APART);
	CU_ASSERT_FALSE(people_same(&f, &x, &z));
	CU_ASSERT_FALSE(people_same(&f, &x, &y) || people_same(&f, &y, &z));
	CU_ASSERT_TRUE(waits(&f, &x, &y, &contested) && contested);
	CU_ASSERT_TRUE(waits(&f, &y, &z, &contested) && contested);
	CU_ASSERT_FALSE(waits(&f, &x, &z, &contested));
	CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
	/* One of the two is decided as well: then the other is alone. */
	decide(&f, &y, &z, PAIR_APART);
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	CU_ASSERT_FALSE(people_same(&f, &y, &z));
	decide(&f, &y, &z, PAIR_UNDO);
	decide(&f, &x, &z, PAIR_UNDO);
	CU_ASSERT_TRUE(people_same(&f, &x, &y) && people_same(&f, &y, &z));
	done(&f);
}

/* Who was decided to be one with somebody who differs may explain a third. */
static void a_decision_explains(void)
{
	struct fixture f;
	struct who x = somebody(A_DOMAIN, "1", "19410503", "01"),
		   y = somebody(B_DOMAIN, "2", "19410504", NULL),
		   z = somebody(C_DOMAIN, "3", "19410505", "02");
	fixture_open(&f);
	people_feed(&f, &x);
	people_feed(&f, &y);
	people_feed(&f, &z);
	CU_ASSERT_FALSE(people_same(&f, &x, &y));
	decide(&f, &x, &z, PAIR_TOGETHER);
	CU_ASSERT_TRUE(people_same(&f, &x, &z));
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	decide(&f, &x, &z, PAIR_UNDO);
	CU_ASSERT_FALSE(people_same(&f, &x, &y));
	done(&f);
}

/* One that rests is no bridge, and keeps nobody else from anybody. */
static void one_that_rests_leads_nowhere(void)
{
	struct fixture f;
	struct who x = somebody(A_DOMAIN, "1", "19410503", NULL),
		   y = somebody(B_DOMAIN, "2", "19410504", NULL), other = y;
	bool contested;
	fixture_open(&f);
	people_feed(&f, &x);
	people_feed(&f, &y);
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	other.family = "タカハシ";
	other.given = "ハナコ";
	other.sex = "F";
	CU_ASSERT_TRUE(people_feed(&f, &other).somebody_else);
	CU_ASSERT_FALSE(people_same(&f, &x, &y));
	CU_ASSERT_FALSE(waits(&f, &x, &y, &contested));
	CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
	/* What was known comes back. */
	people_feed(&f, &y);
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	done(&f);
}

/* As many records as one person can have: nobody comes to them by score. */
static void no_more_than_a_person_can_have(void)
{
	struct fixture f;
	struct who slip = somebody(B_DOMAIN, "200", "19410504", NULL), first, last;
	fixture_open(&f);
	for (unsigned i = 0; i < PERSON_MOST; i++) {
		last = somebody(C_DOMAIN, arena_printf(f.arena, "%u", 100 + i), "19410503", NULL);
		first = i == 0 ? last : first;
		people_feed(&f, &last);
	}
	CU_ASSERT_TRUE(people_same(&f, &first, &last));
	people_feed(&f, &slip);
	CU_ASSERT_FALSE(people_same(&f, &slip, &last));
	CU_ASSERT_EQUAL(noted(&f, &slip), UNSETTLED_SIZE);
	CU_ASSERT_EQUAL(scene_ties(&f, false), MATCH_PAIRS_MOST);
	CU_ASSERT_EQUAL(scene_ties(&f, true), 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(match_queue_count(t), MATCH_PAIRS_MOST);
	store_end(t);
	/* One of them is somebody else: there is room. */
	last.given = "タロウ";
	last.birth = "19991111";
	last.phone = "0399998888";
	last.address = "大阪府大阪市北区梅田9-9-9";
	last.postcode = "5300001";
	people_feed(&f, &last);
	CU_ASSERT_TRUE(people_same(&f, &slip, &first));
	CU_ASSERT_EQUAL(noted(&f, &slip), 0);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* So many are looked at that somebody may have been left out: where a link leads to one who is not
 * there nobody is joined by score. */
static void nobody_is_joined_past_what_is_seen(void)
{
	enum { FULL = 8 * PERSON_MOST };
	for (unsigned full = 0; full < 2; full++)
		for (unsigned side = 0; side < 2; side++) {
			struct fixture f;
			struct who x = somebody(A_DOMAIN, "1", "19410503", NULL),
				   y = somebody(B_DOMAIN, "2", "19410504", NULL);
			fixture_open(&f);
			people_feed(&f, &x);
			people_feed(&f, &y);
			uint64_t number = side == 0 ? people_record(&f, A_DOMAIN, "1").number
						    : people_record(&f, B_DOMAIN, "2").number;
			struct store_txn *t = store_begin_read(f.store, &f.problem);
			struct scene_all all = scene_read(t, f.arena);
			struct identity_row *one = identity_work_held(&all.work, number);
			struct tie away = { .other = 4711, .reason = TIE_SCORE, .next = one->ties };
			one->ties = &away;
			all.work.fed = full != 0 ? FULL : FULL - 1;
			identity_join(&all.work, all.rows, all.count);
			CU_ASSERT_EQUAL((one->unsettled & UNSETTLED_SIZE) != 0, full != 0);
			store_end(t);
			fixture_close(&f);
		}
}

/* ---- What others hear of it ---- */

struct telling {
	struct region region;
	const struct who *who;
};

static bool put_job(struct store_txn *t, const void *with)
{
	const struct telling *s = with;
	const struct patient_identifier id = { .id = s->who->id, .universal_id = s->who->domain };
	const struct patient_demographics d = people_demographics(store_arena(t), s->who);
	struct feed_outcome out;
	return identity_put(t, &s->region, people_system(s->who->domain), &id, &d, 0, &out,
			    store_problem(t));
}

static uint64_t changes(struct fixture *f, uint64_t person)
{
	struct notice n;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	notice_get(t, f->arena, "c-hospital", person, &n);
	store_end(t);
	return n.change;
}

/* A link by score is a change of ids like any other: it is noticed, once, with the feed. */
static void who_hears_of_changes_hears_of_it(void)
{
	struct fixture f;
	struct registered_system systems[TOLD_SYSTEMS];
	struct who x = somebody(A_DOMAIN, "1", "19410503", NULL),
		   y = somebody(B_DOMAIN, "2", "19410504", NULL);
	struct telling s = { .region = told_region(systems), .who = &x };
	s.region.matching = MATCHING_LINK;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_job, &s));
	uint64_t person = people_record(&f, A_DOMAIN, "1").person;
	uint64_t before = changes(&f, person);
	s.who = &y;
	CU_ASSERT_TRUE(in_job(&f, put_job, &s));
	CU_ASSERT_TRUE(people_same(&f, &x, &y));
	uint64_t after = changes(&f, person);
	CU_ASSERT_NOT_EQUAL(after, before);
	CU_ASSERT_TRUE(in_job(&f, put_job, &s));
	CU_ASSERT_EQUAL(changes(&f, person), after);
	fixture_close(&f);
}

/* Which scores say that two cannot be one person: what is apart, and rules by which something that
 * both say differs; not those that there is too little to go by. */
static void who_cannot_be_one(void)
{
	static const struct {
		enum match_outcome outcome;
		unsigned rules;
		unsigned given, birth;
		bool contradict;
	} scores[] = {
		{ .outcome = MATCH_LINK, .given = NAME_SAME, .birth = BIRTH_SLIP },
		{ .outcome = MATCH_REVIEW, .given = NAME_SAME, .birth = BIRTH_SAME },
		{ .outcome = MATCH_APART, .contradict = true },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_SEXES, .contradict = true },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_OTHER_BRANCH, .contradict = true },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_ONE_DOMAIN, .contradict = true },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_BIRTH_ORDER, .contradict = true },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_ALONE },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_WEAKNESSES },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_NO_NAME },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_GIVEN_NAMES, .birth = BIRTH_SAME },
		{ .outcome = MATCH_REVIEW,
		  .rules = 1u << RULE_GIVEN_NAMES,
		  .given = NAME_CLOSE,
		  .contradict = true },
		{ .outcome = MATCH_REVIEW, .rules = 1u << RULE_BIRTH_DATES, .given = NAME_SAME },
		{ .outcome = MATCH_REVIEW,
		  .rules = 1u << RULE_BIRTH_DATES,
		  .birth = BIRTH_DIFFERS,
		  .contradict = true },
		{ .outcome = MATCH_REVIEW, .given = NAME_CLOSE, .birth = BIRTH_DIFFERS },
	};
	for (size_t i = 0; i < COUNT(scores); i++) {
		struct match_score s = { .outcome = scores[i].outcome, .rules = scores[i].rules };
		s.steps[FIELD_GIVEN].level = scores[i].given;
		s.steps[FIELD_BIRTH].level = scores[i].birth;
		CU_ASSERT_EQUAL(match_contradicts(&s), scores[i].contradict);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "who cannot be one", who_cannot_be_one },
		{ "I9 one that contradicts parts all", one_that_contradicts_parts_all },
		{ "I8 a decision parts all", a_decision_parts_all },
		{ "I8 a decision explains", a_decision_explains },
		{ "I7 one that rests leads nowhere", one_that_rests_leads_nowhere },
		{ "no more than a person can have", no_more_than_a_person_can_have },
		{ "nobody is joined past what is seen", nobody_is_joined_past_what_is_seen },
		{ "who hears of changes hears of it", who_hears_of_changes_hears_of_it },
		{ 0 },
	};
	return suite_run("store: match_closure", tests);
}
