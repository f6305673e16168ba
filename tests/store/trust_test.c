/* tests/store/trust_test.c: what one facility feeds joins nobody who is not its patient: the
 * promises I5 to I8 of store/identity.h. */
#include "tests/store/trust_scene.h"

#include "store/identity_rows.h"

static enum problem_code decide(struct fixture *f, const struct who *x, const struct who *y,
				enum pair_decision what)
{
	struct deciding d = { .record = people_record(f, x->domain, x->id).number,
			      .other = people_record(f, y->domain, y->id).number,
			      .what = what,
			      .said = { "clerk", "seen" } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, decide_job, &d, &f->problem);
	return f->problem.code;
}

/* Ids of one message, by one sender. */
static enum problem_code feed_both(struct fixture *f, const struct who *w, const char *second)
{
	struct patient_identifier other = { .id = second, .universal_id = w->domain };
	struct patient_identifier first = { .id = w->id,
					    .universal_id = w->domain,
					    .next = &other };
	struct people_put put = { .ids = &first, .demographics = people_demographics(f->arena, w) };
	return people_write(f, &put);
}

static struct feed_outcome feed_at(struct fixture *f, const struct who *w, int64_t occurred)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct people_put put = { .ids = &id,
				  .demographics = people_demographics(f->arena, w),
				  .occurred = occurred };
	people_write(f, &put);
	return put.outcome;
}

static void a_change_that_is_confirmed_is_the_same_person(void)
{
	struct fixture f;
	struct who changed = PERSON(A_DOMAIN, "1", "サイトウ", "ハナエ", "19800110", "F",
				    "0312345001");
	struct who at_b = as(&hanako_b, &changed);
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	say(&f, &hanako_a, CONSENT_JOIN);
	CU_ASSERT_EQUAL(confirm(&f, &hanako_a), PROBLEM_CONFLICT);
	people_feed(&f, &changed);
	people_feed(&f, &at_b);
	CU_ASSERT_FALSE(people_same(&f, &changed, &at_b));
	CU_ASSERT_EQUAL(say(&f, &changed, CONSENT_JOIN), PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(confirm(&f, &changed), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &changed, &at_b));
	CU_ASSERT_TRUE(is_open(&f, &changed));
	/* What was decided was decided for the old name: B's record waits for a new word. */
	CU_ASSERT_FALSE(is_open(&f, &at_b));
	CU_ASSERT_EQUAL(say(&f, &at_b, CONSENT_JOIN), PROBLEM_NONE);
	CU_ASSERT_TRUE(is_open(&f, &at_b));
	CU_ASSERT_EQUAL(unsettled_count(&f), 0);
	done(&f);
}

/* A marriage, a misread birth date, a newborn's name: the same person. */
static void a_small_change_is_the_same_person(void)
{
	static const struct {
		const char *why;
		struct who before, after;
	} cases[] = {
		{ "another family name",
		  PERSON(A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", 0),
		  PERSON(A_DOMAIN, "1", "スズキ", "ハナコ", "19800101", "F", 0) },
		{ "another birth date",
		  PERSON(A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", 0),
		  PERSON(A_DOMAIN, "1", "サトウ", "ハナコ", "19800110", "F", 0) },
		{ "another sex", PERSON(A_DOMAIN, "1", "サトウ", "カオル", "19800101", "F", 0),
		  PERSON(A_DOMAIN, "1", "サトウ", "カオル", "19800101", "M", 0) },
		{ "a given name misread",
		  PERSON(A_DOMAIN, "1", "サトウ", "アイ", "19800101", "F", 0),
		  PERSON(A_DOMAIN, "1", "サトウ", "メグミ", "19800101", "F", 0) },
		{ "a newborn is named",
		  PERSON(A_DOMAIN, "1", "サトウ", "ベビー", "20260101", "F", 0),
		  PERSON(A_DOMAIN, "1", "サトウ", "アイ", "20260101", "F", 0) },
		{ "nothing was known", PERSON(A_DOMAIN, "1", 0, 0, 0, 0, 0),
		  PERSON(A_DOMAIN, "1", "サトウ", "アイ", "20260101", "F", 0) },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &cases[i].before);
		say(&f, &cases[i].before, CONSENT_JOIN);
		people_feed(&f, &cases[i].after);
		if (!is_open(&f, &cases[i].after))
			fprintf(stderr, "%s\n", cases[i].why);
		CU_ASSERT_TRUE(is_open(&f, &cases[i].after));
		CU_ASSERT_EQUAL(waits(&f, &cases[i].after), 0);
		done(&f);
	}
}

static void nothing_hangs_on_a_new_record(void)
{
	struct fixture f;
	struct who changed = as(&hanako_a, &taro_b);
	fixture_open(&f);
	people_feed(&f, &taro_b);
	people_feed(&f, &hanako_a);
	people_feed(&f, &changed);
	CU_ASSERT_TRUE(people_same(&f, &changed, &taro_b));
	CU_ASSERT_EQUAL(waits(&f, &changed), 0);
	done(&f);
}

/* ---- Ties and chains ---- */

/* Two ids of one message, then each somebody's of whom B and C know: no chain over A's records. */
static void ids_of_a_message_join_no_strangers(void)
{
	struct fixture f;
	struct who first = hanako_a, second = hanako_a;
	second.id = "9";
	struct who as_taro = as(&second, &taro_b);
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &taro_c);
	CU_ASSERT_EQUAL(feed_both(&f, &first, "9"), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &first, &second));
	people_feed(&f, &as_taro);
	CU_ASSERT_FALSE(people_same(&f, &hanako_b, &taro_c));
	CU_ASSERT_FALSE(people_same(&f, &first, &second));
	CU_ASSERT_TRUE(people_same(&f, &first, &hanako_b));
	CU_ASSERT_TRUE(waits(&f, &second) & UNSETTLED_IDENTITY);
	/* Back by a later feed. */
	people_feed(&f, &second);
	CU_ASSERT_TRUE(people_same(&f, &first, &second));
	done(&f);
}

/* One record that bears two names would join brothers and sisters. */
static void a_record_of_two_names_joins_no_strangers(void)
{
	struct fixture f;
	struct who at_c = as(&taro_c, &ai_b);
	struct patient_demographics both = { 0 };
	struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &at_c);
	both = people_demographics(f.arena, &hanako_a);
	both.names->next = people_demographics(f.arena, &ai_b).names;
	struct people_put put = { .ids = &id, .demographics = both };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &hanako_b, &at_c));
	CU_ASSERT_TRUE(waits(&f, &hanako_a) & UNSETTLED_CONTRADICTION);
	/* Whoever was there before stays with whom he was. */
	struct who later = as(&(struct who){ .domain = C_DOMAIN, .id = "8" }, &hanako_b);
	people_feed(&f, &later);
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &later));
	done(&f);
}

static void a_merge_joins_no_strangers(void)
{
	struct fixture f;
	struct who first = hanako_a,
		   second = as(&(struct who){ .domain = A_DOMAIN, .id = "9" }, &taro_b);
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &taro_b);
	people_feed(&f, &first);
	people_feed(&f, &second);
	say(&f, &hanako_b, CONSENT_JOIN);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "9", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &first, &second));
	CU_ASSERT_TRUE(people_same(&f, &second, &taro_b));
	CU_ASSERT_FALSE(people_same(&f, &hanako_b, &taro_b));
	CU_ASSERT_TRUE(is_open(&f, &hanako_b));
	CU_ASSERT_FALSE(is_open(&f, &taro_b));
	CU_ASSERT_FALSE(is_open(&f, &second));
	done(&f);
}

/* Twins: one birth date, one telephone, even one name until they have their own. */
static void twins_are_two(void)
{
	struct fixture f;
	struct patient_identifier ids[] = { { .id = "1", .universal_id = A_DOMAIN },
					    { .id = "2", .universal_id = A_DOMAIN } };
	static const char *const orders[] = { "1", "02" };
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct people_put put = { .ids = &ids[i],
					  .demographics = people_demographics(f.arena, &hanako_a) };
		put.demographics.multiple_birth = "Y";
		put.demographics.birth_order = orders[i];
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	}
	CU_ASSERT_NOT_EQUAL(people_record(&f, A_DOMAIN, "1").person,
			    people_record(&f, A_DOMAIN, "2").person);
	done(&f);
}

/* What held for the subsumed id holds for the survivor: asked from every side. */
static void a_merge_keeps_references(void)
{
	struct fixture f;
	struct who survivor = hanako_a, third = hanako_a;
	survivor.id = "2";
	survivor.family = "スズキ";
	survivor.phone = "0399990000";
	third.id = "3";
	third.phone = "0399990001";
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	people_feed(&f, &survivor);
	people_feed(&f, &third);
	struct person before = people_person(&f, B_DOMAIN, "1");
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &survivor, &hanako_b));
	CU_ASSERT_STRING_EQUAL(people_person(&f, A_DOMAIN, "2").regional_id, before.regional_id);
	CU_ASSERT_STRING_EQUAL(people_person(&f, B_DOMAIN, "1").regional_id, before.regional_id);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "3", "2", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &third, &hanako_b));
	done(&f);
}

static void two_merges_end_in_the_same_in_either_order(void)
{
	static const struct {
		const char *survivor, *subsumed;
	} orders[2][2] = {
		{ { "2", "1" }, { "3", "2" } },
		{ { "3", "2" }, { "2", "1" } },
	};
	for (size_t i = 0; i < 2; i++) {
		struct fixture f;
		struct who second = hanako_a, third = hanako_a;
		second.id = "2";
		third.id = "3";
		second.phone = "0399990001";
		third.phone = "0399990002";
		fixture_open(&f);
		people_feed(&f, &hanako_a);
		people_feed(&f, &second);
		people_feed(&f, &third);
		people_feed(&f, &hanako_b);
		for (size_t k = 0; k < 2; k++)
			CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, orders[i][k].survivor,
						     orders[i][k].subsumed, NULL),
					PROBLEM_NONE);
		CU_ASSERT_TRUE(people_same(&f, &third, &hanako_b));
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").status, RECORD_SUBSUMED);
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "2").status, RECORD_SUBSUMED);
		CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "3", NULL), PROBLEM_MERGE_REFUSED);
		done(&f);
	}
}

/* ---- What a person decides ---- */

static void apart_and_together_hold_and_are_taken_back(void)
{
	struct fixture f;
	struct who moved = hanako_b;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	people_feed(&f, &taro_b);
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &hanako_b, PAIR_UNDO), PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &hanako_a, PAIR_APART), PROBLEM_REQUEST_INVALID);
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &hanako_b, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &hanako_a, &hanako_b));
	moved.phone = "0399990000";
	people_feed(&f, &moved);
	people_feed(&f, &hanako_b);
	CU_ASSERT_FALSE(people_same(&f, &hanako_a, &hanako_b));
	CU_ASSERT_EQUAL(unsettled_count(&f), 0);
	CU_ASSERT_EQUAL(decide(&f, &hanako_b, &hanako_a, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	/* Together, though they contradict; and each keeps whom it had. */
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &taro_b, PAIR_TOGETHER), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &taro_b));
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	people_feed(&f, &taro_c);
	CU_ASSERT_TRUE(people_same(&f, &taro_b, &taro_c));
	CU_ASSERT_EQUAL(decide(&f, &taro_b, &hanako_a, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &hanako_a, &taro_b));
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	done(&f);
}

/* Apart from one is apart from the survivor, and no third record leads around it. */
static void apart_outlives_merges_and_chains(void)
{
	struct fixture f;
	struct who between = as(&taro_c, &hanako_a), survivor = hanako_a;
	between.id = "4";
	survivor.id = "2";
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &hanako_b, PAIR_APART), PROBLEM_NONE);
	people_feed(&f, &between);
	CU_ASSERT_FALSE(people_same(&f, &hanako_a, &hanako_b));
	survivor.phone = "0399990000";
	people_feed(&f, &survivor);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &survivor, &hanako_b));
	survivor.phone = hanako_a.phone;
	people_feed(&f, &survivor);
	CU_ASSERT_FALSE(people_same(&f, &survivor, &hanako_b));
	done(&f);
}

/* ---- Order, age, number ---- */

static void an_older_message_changes_nothing(void)
{
	struct fixture f;
	struct who moved = hanako_a;
	moved.phone = "0399990000";
	fixture_open(&f);
	feed_at(&f, &moved, 2000);
	struct feed_outcome old = feed_at(&f, &hanako_a, 1000);
	CU_ASSERT_TRUE(old.older);
	CU_ASSERT_EQUAL(old.effect, FEED_UNCHANGED);
	CU_ASSERT_STRING_EQUAL(people_record(&f, A_DOMAIN, "1").demographics.telecoms->number,
			       "0399990000");
	CU_ASSERT_FALSE(feed_at(&f, &hanako_a, 2000).older);
	CU_ASSERT_EQUAL(feed_at(&f, &hanako_a, 3000).effect, FEED_UNCHANGED);
	CU_ASSERT_TRUE(feed_at(&f, &moved, 2500).older); /* what was only said again counts, too */
	CU_ASSERT_EQUAL(feed_at(&f, &moved, 0).effect, FEED_UPDATED); /* nobody said when */
	CU_ASSERT_FALSE(feed_at(&f, &hanako_a, INT64_MAX).older);
	CU_ASSERT_FALSE(feed_at(&f, &moved, INT64_MAX).older); /* a clock ahead shuts nobody out */
	done(&f);
}

static void a_link_that_comes_and_goes_leaves_nothing(void)
{
	struct fixture f;
	struct who moved = hanako_b;
	moved.phone = "0399990000";
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	for (unsigned i = 0; i < 50; i++) {
		people_feed(&f, &hanako_b);
		people_feed(&f, &moved);
	}
	people_feed(&f, &hanako_b);
	unsigned count = 0;
	for (struct patient_record *r = people_person(&f, A_DOMAIN, "1").records; r != NULL;
	     r = r->next)
		count++;
	CU_ASSERT_EQUAL(count, 4); /* two fed, and one regional id for each */
	done(&f);
}

/* However many records somebody gives the evidence of another: those who had it first stay one. */
static void more_than_one_person_can_have_are_told(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	for (unsigned i = 0; i < PERSON_MOST + 10; i++) {
		struct who one = hanako_a;
		one.id = arena_printf(f.arena, "m%u", i);
		people_feed(&f, &one);
	}
	struct who mine = as(&(struct who){ .domain = A_DOMAIN, .id = "m0" }, &hanako_a),
		   over = as(&(struct who){ .domain = A_DOMAIN, .id = "m70" }, &hanako_a);
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &mine));
	CU_ASSERT_FALSE(people_same(&f, &hanako_b, &over));
	CU_ASSERT_TRUE(waits(&f, &over) & UNSETTLED_SIZE);
	done(&f);
}

static void no_more_ids_than_a_patient_has(void)
{
	struct fixture f;
	struct patient_identifier ids[IDS_MOST + 1];
	struct people_put put = { .ids = ids };
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = (struct patient_identifier){ .id = arena_printf(f.arena, "%zu", i),
						      .universal_id = A_DOMAIN,
						      .next = i + 1 < COUNT(ids) ? &ids[i + 1]
										 : NULL };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_DATA_TYPE);
	ids[IDS_MOST - 1].next = NULL;
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	done(&f);
}

/* ---- Names in one piece ---- */

static void a_name_in_one_piece_meets_a_divided_one(void)
{
	struct fixture f;
	struct who divided = PERSON(A_DOMAIN, "1", "イソベ", "タロウ", "19550607", "M",
				    "0312345991");
	struct who whole = PERSON(B_DOMAIN, "1", "イソベタロウ", 0, "19550607", "M", "0312345991");
	struct who other = whole;
	other.domain = C_DOMAIN;
	fixture_open(&f);
	people_feed(&f, &whole);
	people_feed(&f, &other);
	CU_ASSERT_FALSE(people_same(&f, &whole, &other)); /* both may be a family's name */
	people_feed(&f, &divided);
	CU_ASSERT_TRUE(people_same(&f, &divided, &whole));
	CU_ASSERT_TRUE(people_same(&f, &divided, &other));
	done(&f);
}

/* 三男 is read ミツオ; who is called 三男 and nothing else may be a newborn. */
static void a_third_son_by_name(void)
{
	static const struct {
		const char *kanji, *reading;
		bool linked;
	} cases[] = {
		{ "三男", "ミツオ", true },    { "次男", "ツグオ", true },
		{ "二男", "ツギオ", true },    { "三男", "サンナン", false },
		{ "ベビー", "ベビー", false }, { "長男", NULL, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		static const char *const domains[] = { A_DOMAIN, B_DOMAIN };
		uint64_t persons[2];
		fixture_open(&f);
		for (size_t k = 0; k < 2; k++) {
			struct who w = PERSON(domains[k], "1", "ハマノ", cases[i].reading,
					      "19600203", "M", "0312345880");
			struct patient_identifier id = { .id = "1", .universal_id = domains[k] };
			struct people_put put = {
				.ids = &id, .demographics = people_demographics(f.arena, &w)
			};
			struct person_name kanji = { .family = "浜野",
						     .given = cases[i].kanji,
						     .representation = NAME_IDEOGRAPHIC,
						     .next = cases[i].reading == NULL
								     ? NULL
								     : put.demographics.names };
			put.demographics.names = &kanji;
			CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
			persons[k] = put.outcome.person;
		}
		CU_ASSERT_EQUAL(persons[0] == persons[1], cases[i].linked);
		done(&f);
	}
}

static const struct test tests[] = {
	{ "I7 a change that is confirmed is the same person",
	  a_change_that_is_confirmed_is_the_same_person },
	{ "I7 a small change is the same person", a_small_change_is_the_same_person },
	{ "I7 nothing hangs on a new record", nothing_hangs_on_a_new_record },
	{ "I6 ids of a message join no strangers", ids_of_a_message_join_no_strangers },
	{ "I6 a record of two names joins no strangers", a_record_of_two_names_joins_no_strangers },
	{ "I6 a merge joins no strangers", a_merge_joins_no_strangers },
	{ "I6 twins are two", twins_are_two },
	{ "I5 a merge keeps references", a_merge_keeps_references },
	{ "two merges end in the same in either order",
	  two_merges_end_in_the_same_in_either_order },
	{ "I8 apart and together hold and are taken back",
	  apart_and_together_hold_and_are_taken_back },
	{ "I8 apart outlives merges and chains", apart_outlives_merges_and_chains },
	{ "an older message changes nothing", an_older_message_changes_nothing },
	{ "a link that comes and goes leaves nothing", a_link_that_comes_and_goes_leaves_nothing },
	{ "more than one person can have are told", more_than_one_person_can_have_are_told },
	{ "no more ids than a patient has", no_more_ids_than_a_patient_has },
	{ "a name in one piece meets a divided one", a_name_in_one_piece_meets_a_divided_one },
	{ "a third son by name", a_third_son_by_name },
	{ 0 }
};

int main(void)
{
	return suite_run("trust", tests);
}
