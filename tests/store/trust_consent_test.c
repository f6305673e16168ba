/* tests/store/trust_consent_test.c: what one facility feeds neither opens nor closes what is not
 * its patient's: the promises C3 to C5 of store/consent.h. */
#include "tests/store/trust_scene.h"

#include "store/identity_rows.h"

/* ---- Somebody else ---- */

/* The whole attack: a patient of A has joined; A gives the record the identity of somebody who has
 * not, all at once or step by step. */
static void a_joined_record_opens_nobody_else(void)
{
	static const struct {
		const char *why;
		struct who steps[3];
	} ways[] = {
		{ "at once",
		  { PERSON(A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003") } },
		{ "name, then birth date, then sex",
		  { PERSON(A_DOMAIN, "1", "ヤマダ", "タロウ", "19800101", "F", "0312345003"),
		    PERSON(A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "F", "0312345003"),
		    PERSON(A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003") } },
		{ "sex, then given name, then all",
		  { PERSON(A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "M", "0312345003"),
		    PERSON(A_DOMAIN, "1", "サトウ", "タロウ", "19800101", "M", "0312345003"),
		    PERSON(A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003") } },
	};
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &taro_b);
		people_feed(&f, &hanako_a);
		CU_ASSERT_EQUAL(say(&f, &hanako_a, CONSENT_JOIN), PROBLEM_NONE);
		for (size_t k = 0; k < 3 && ways[i].steps[k].id != NULL; k++) {
			people_feed(&f, &ways[i].steps[k]);
			CU_ASSERT_FALSE(is_open(&f, &taro_b));
		}
		CU_ASSERT_FALSE(people_same(&f, &hanako_a, &taro_b));
		CU_ASSERT_TRUE(waits(&f, &hanako_a) & UNSETTLED_IDENTITY);
		CU_ASSERT_FALSE(is_open(&f, &hanako_a));
		CU_ASSERT_EQUAL(unsettled_count(&f), 1);
		/* Changed back: as if nothing had been. */
		people_feed(&f, &hanako_a);
		CU_ASSERT_TRUE(is_open(&f, &hanako_a));
		CU_ASSERT_EQUAL(unsettled_count(&f), 0);
		done(&f);
	}
}

/* The same the other way: who has left closes nobody, and the link to the own person comes back. */
static void a_record_of_who_left_closes_nobody_else(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &taro_b);
	people_feed(&f, &taro_c);
	say(&f, &taro_b, CONSENT_JOIN);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	say(&f, &hanako_a, CONSENT_LEAVE);
	struct who changed = as(&hanako_a, &taro_b);
	people_feed(&f, &changed);
	CU_ASSERT_TRUE(is_open(&f, &taro_b));
	CU_ASSERT_TRUE(is_open(&f, &taro_c));
	CU_ASSERT_FALSE(people_same(&f, &hanako_a, &taro_b));
	CU_ASSERT_FALSE(people_same(&f, &hanako_a, &hanako_b));
	CU_ASSERT_FALSE(is_open(&f, &hanako_b));
	people_feed(&f, &hanako_a);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	done(&f);
}

/* ---- Consent ---- */

/* What was shared stays shared when the facility where it was said moves its record away. */
static void a_decision_stays_with_every_record(void)
{
	struct fixture f;
	struct who later = as(&taro_c, &hanako_a), gone = hanako_a;
	later.id = "7";
	gone.phone = "0399990000";
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	say(&f, &hanako_a, CONSENT_JOIN);
	people_feed(&f, &later);
	CU_ASSERT_TRUE(is_open(&f, &later));
	people_feed(&f, &gone);
	CU_ASSERT_FALSE(people_same(&f, &gone, &hanako_b));
	CU_ASSERT_TRUE(is_open(&f, &hanako_b));
	CU_ASSERT_TRUE(is_open(&f, &later));
	say(&f, &hanako_b, CONSENT_LEAVE);
	CU_ASSERT_FALSE(is_open(&f, &later));
	done(&f);
}

static void decisions_that_meet_are_told(void)
{
	struct fixture f;
	struct who alone = hanako_b;
	alone.phone = "0399990000";
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &alone);
	say(&f, &hanako_a, CONSENT_LEAVE);
	say(&f, &alone, CONSENT_JOIN);
	CU_ASSERT_TRUE(is_open(&f, &alone));
	people_feed(&f, &hanako_b);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	CU_ASSERT_FALSE(is_open(&f, &hanako_a));
	CU_ASSERT_FALSE(is_open(&f, &hanako_b));
	CU_ASSERT_TRUE(state(&f, &hanako_b).disputed);
	/* A record of ours is as closed; that it waits is told of those that were fed. */
	struct who ours = { .domain = AFFINITY,
			    .id = people_person(&f, A_DOMAIN, "1").regional_id };
	CU_ASSERT_TRUE(state(&f, &ours).decided && !state(&f, &ours).joined);
	CU_ASSERT_FALSE(state(&f, &ours).disputed);
	CU_ASSERT_TRUE(waits(&f, &hanako_a) & UNSETTLED_CONSENT);
	CU_ASSERT_EQUAL(unsettled_count(&f), 2);
	say(&f, &hanako_b, CONSENT_JOIN);
	CU_ASSERT_TRUE(is_open(&f, &hanako_a));
	CU_ASSERT_TRUE(is_open(&f, &hanako_b));
	CU_ASSERT_EQUAL(unsettled_count(&f), 0);
	done(&f);
}

/* A record that bears another name is not covered, and said not to be. */
static void a_decision_covers_who_bears_the_name(void)
{
	struct fixture f;
	struct saying s = { .event = { .action = CONSENT_JOIN, .reason = "r", .by = "b" } };
	struct patient_identifier id = { .id = "5", .universal_id = C_DOMAIN };
	struct who married = hanako_b;
	married.family = "スズキ";
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &married);
	struct people_put put = { .ids = &id,
				  .demographics = people_demographics(f.arena, &hanako_a) };
	put.demographics.names->next = people_demographics(f.arena, &married).names;
	struct who ours = { .domain = AFFINITY,
			    .id = people_person(&f, A_DOMAIN, "1").regional_id },
		   theirs = { .domain = AFFINITY,
			      .id = people_person(&f, B_DOMAIN, "1").regional_id };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &married));
	s.subject = people_record(&f, A_DOMAIN, "1").number;
	CU_ASSERT_TRUE(store_write(f.store, say_job, &s, &f.problem));
	CU_ASSERT_EQUAL(s.coverage.covered.count, 2);
	CU_ASSERT_EQUAL(s.coverage.others.count, 1);
	CU_ASSERT_TRUE(is_open(&f, &hanako_a));
	CU_ASSERT_FALSE(is_open(&f, &married));
	/* Records of ours are as what they were made for. */
	CU_ASSERT_TRUE(is_open(&f, &ours));
	CU_ASSERT_FALSE(is_open(&f, &theirs));
	CU_ASSERT_EQUAL(say(&f, &married, CONSENT_JOIN), PROBLEM_NONE);
	CU_ASSERT_TRUE(is_open(&f, &theirs));
	CU_ASSERT_EQUAL(say(&f, &hanako_a, CONSENT_LEAVE), PROBLEM_NONE);
	CU_ASSERT_TRUE(is_open(&f, &theirs));
	CU_ASSERT_FALSE(is_open(&f, &ours));
	done(&f);
}

/* For whom a decision was given does not change with what is decided later, here or at another
 * record that is linked: neither a word about a facility nor one that was taken over speaks
 * anew. */
static void a_later_word_does_not_renew_an_earlier_one(void)
{
	static const struct {
		const char *why;
		bool at_a, at_b;
	} ways[] = {
		{ "nothing said later", false, false },
		{ "said of the record that changed", true, false },
		{ "taken over from the other", false, true },
		{ "both", true, true },
	};
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct fixture f;
		struct who ai_a = as(&hanako_a, &ai_b);
		fixture_open(&f);
		people_feed(&f, &hanako_b);
		people_feed(&f, &ai_a);
		say(&f, &ai_a, CONSENT_JOIN);
		if (ways[i].at_b)
			say(&f, &hanako_b, CONSENT_EXCLUDE);
		people_feed(&f, &hanako_a); /* one of two sisters becomes the other: not far */
		if (ways[i].at_a)
			say(&f, &hanako_a, CONSENT_EXCLUDE);
		people_feed(&f, &hanako_b);
		CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
		CU_ASSERT_FALSE(is_open(&f, &hanako_b));
		done(&f);
	}
}

/* A record that bears two names is linked with the one and, later, the other: what was decided for
 * the one is not handed on to the other. */
static void two_names_hand_nothing_on(void)
{
	for (unsigned first = 0; first < 2; first++) {
		struct fixture f;
		struct who stranger = PERSON(C_DOMAIN, "9", "スズキ", "ハナコ", "19800101", "F",
					     "0312345009"),
			   bridge = as(&hanako_b, first == 0 ? &stranger : &hanako_a);
		struct patient_identifier id = { .id = bridge.id, .universal_id = B_DOMAIN };
		fixture_open(&f);
		people_feed(&f, &hanako_a);
		people_feed(&f, &stranger);
		say(&f, &hanako_a, CONSENT_JOIN);
		for (unsigned step = 0; step < 3; step++) {
			const char *phones[] = { hanako_a.phone, stranger.phone, hanako_a.phone };
			bridge.phone = phones[step];
			struct people_put put = {
				.ids = &id, .demographics = people_demographics(f.arena, &bridge)
			};
			put.demographics.names->next = people_demographics(f.arena,
									   first == 0 ? &hanako_a
										      : &stranger)
							       .names;
			CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
			CU_ASSERT_EQUAL(people_same(&f, &bridge, &stranger), step == 1);
			CU_ASSERT_TRUE(is_open(&f, &hanako_a));
			CU_ASSERT_FALSE(is_open(&f, &stranger));
		}
		done(&f);
	}
}

/* C5, also where the survivor of a merge becomes who its subsumed record was. */
static void a_survivor_that_rests_is_closed(void)
{
	struct fixture f;
	struct who survivor = taro_b, changed;
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &survivor);
	say(&f, &hanako_b, CONSENT_JOIN);
	CU_ASSERT_EQUAL(people_merge(&f, B_DOMAIN, survivor.id, hanako_b.id, NULL), PROBLEM_NONE);
	changed = as(&survivor, &hanako_b);
	people_feed(&f, &changed);
	CU_ASSERT_TRUE(state(&f, &changed).rests);
	CU_ASSERT_FALSE(is_open(&f, &changed));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_EQUAL(confirm(&f, &changed), PROBLEM_NONE);
	CU_ASSERT_TRUE(is_open(&f, &changed));
	done(&f);
}

/* ---- Two who were decided to be two ---- */

struct parting {
	uint64_t record, other;
	enum pair_decision what;
};

static bool part_job(void *with, struct store_txn *t, struct problem *p)
{
	static const struct person_decision said = { "clerk", "seen" };
	const struct parting *d = with;
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, d->record, d->other, d->what, &said, &out,
				    p);
}

static void part(struct fixture *f, const struct who *x, const struct who *y,
		 enum pair_decision what)
{
	struct parting d = { people_record(f, x->domain, x->id).number,
			     people_record(f, y->domain, y->id).number, what };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_write(f->store, part_job, &d, &f->problem));
}

/* Namesakes were one by mistake. What the one said opens the other no more, whichever record it
 * was said with, and when the links were made; what closed the other stays, until he says so
 * himself. */
static void who_is_apart_is_not_opened_by_the_other(void)
{
	static const struct who namesake = PERSON(A_DOMAIN, "2", "サトウ", "ハナコ", "19800101",
						  "F", "0312345001");
	for (unsigned way = 0; way < 8; way++) {
		bool linked_first = (way & 1) != 0, at_b = (way & 2) != 0, leaves = (way & 4) != 0;
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &hanako_a);
		people_feed(&f, &hanako_b);
		if (linked_first)
			people_feed(&f, &namesake);
		/* Some of it is history. */
		say(&f, &hanako_b, CONSENT_JOIN);
		say(&f, &hanako_b, CONSENT_LEAVE);
		say(&f, at_b ? &hanako_b : &hanako_a, leaves ? CONSENT_LEAVE : CONSENT_JOIN);
		people_feed(&f, &namesake);
		CU_ASSERT_TRUE(people_same(&f, &hanako_a, &namesake));
		CU_ASSERT_EQUAL(is_open(&f, &namesake), !leaves);
		part(&f, &hanako_a, &namesake, PAIR_APART);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		CU_ASSERT_FALSE(is_open(&f, &namesake));
		CU_ASSERT_EQUAL(is_open(&f, &hanako_a), !leaves);
		CU_ASSERT_EQUAL(is_open(&f, &hanako_b), !leaves);
		/* Nor by what comes next, and he speaks for himself. */
		people_feed(&f, &namesake);
		CU_ASSERT_FALSE(is_open(&f, &namesake));
		CU_ASSERT_EQUAL(say(&f, &namesake, CONSENT_JOIN), PROBLEM_NONE);
		CU_ASSERT_TRUE(is_open(&f, &namesake));
		CU_ASSERT_EQUAL(is_open(&f, &hanako_a), !leaves);
		done(&f);
	}
}

/* A mistake of the operator's that is taken back: all is as it was. */
static void who_is_one_again_is_opened_again(void)
{
	static const struct who other = PERSON(A_DOMAIN, "2", "サトウ", "ハナコ", "19800101", "F",
					       "0312345001");
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &other);
	say(&f, &hanako_a, CONSENT_JOIN);
	CU_ASSERT_TRUE(is_open(&f, &other));
	part(&f, &hanako_a, &other, PAIR_APART);
	CU_ASSERT_FALSE(is_open(&f, &other));
	part(&f, &hanako_a, &other, PAIR_UNDO);
	CU_ASSERT_TRUE(is_open(&f, &other));
	done(&f);
}

/* A link that is taken back leaves nothing of what the one said with the other, nor closes him. */
static void who_was_linked_by_mistake_is_as_before(void)
{
	static const struct who other = PERSON(A_DOMAIN, "2", "サトウ", "ハナコ", "19800101", "F",
					       "0399990000");
	for (unsigned leaves = 0; leaves < 2; leaves++) {
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &hanako_a);
		people_feed(&f, &other);
		say(&f, &hanako_a, leaves ? CONSENT_LEAVE : CONSENT_JOIN);
		CU_ASSERT_FALSE(state(&f, &other).decided);
		part(&f, &hanako_a, &other, PAIR_TOGETHER);
		CU_ASSERT_TRUE(state(&f, &other).decided);
		part(&f, &hanako_a, &other, PAIR_UNDO);
		CU_ASSERT_FALSE(state(&f, &other).decided);
		CU_ASSERT_EQUAL(is_open(&f, &hanako_a), !leaves);
		people_feed(&f, &other);
		CU_ASSERT_FALSE(state(&f, &other).decided);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		done(&f);
	}
}

static const struct test tests[] = {
	{ "who was linked by mistake is as before", who_was_linked_by_mistake_is_as_before },
	{ "C3 who is apart is not opened by the other", who_is_apart_is_not_opened_by_the_other },
	{ "C3 who is one again is opened again", who_is_one_again_is_opened_again },
	{ "C3 a joined record opens nobody else", a_joined_record_opens_nobody_else },
	{ "C3 a record of who left closes nobody else", a_record_of_who_left_closes_nobody_else },
	{ "C4 a decision stays with every record", a_decision_stays_with_every_record },
	{ "C4 decisions that meet are told", decisions_that_meet_are_told },
	{ "C3 a decision covers who bears the name", a_decision_covers_who_bears_the_name },
	{ "C3 a later word does not renew an earlier one",
	  a_later_word_does_not_renew_an_earlier_one },
	{ "C3 two names hand nothing on", two_names_hand_nothing_on },
	{ "C5 a survivor that rests is closed", a_survivor_that_rests_is_closed },
	{ 0 }
};

int main(void)
{
	return suite_run("trust: consent", tests);
}
