/* tests/store/trust_test.c: what one facility feeds neither opens, closes nor joins what is not its
 * patient's: the promises I5 to I8 of store/identity.h and C3 to C5 of store/consent.h. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

#define PERSON(domain, id, family, given, birth, sex, phone)                                       \
	{                                                                                          \
		domain, id, family, given, birth, sex, phone, 0, 0, 0, 0, 0, 0                     \
	}

static const struct who hanako_a = PERSON(A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F",
					  "0312345001");
static const struct who hanako_b = PERSON(B_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F",
					  "0312345001");
static const struct who ai_b = PERSON(B_DOMAIN, "2", "サトウ", "アイ", "19800101", "F",
				      "0312345001");
static const struct who taro_b = PERSON(B_DOMAIN, "3", "ヤマダ", "タロウ", "19700303", "M",
					"0312345003");
static const struct who taro_c = PERSON(C_DOMAIN, "3", "ヤマダ", "タロウ", "19700303", "M",
					"0312345003");

/* ---- Doing ---- */

struct saying {
	uint64_t subject;
	struct consent_event event;
	struct consent_coverage coverage;
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	return consent_record(t, &people_region, s->subject, &s->event, &s->coverage, p);
}

static enum problem_code say(struct fixture *f, const struct who *w, enum consent_action action)
{
	struct saying s = { .subject = people_record(f, w->domain, w->id).number,
			    .event = { .action = action,
				       .reason = "asked",
				       .by = "clerk",
				       .time = 1,
				       .facility = action == CONSENT_EXCLUDE ? "d-pharmacy"
									     : NULL } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

struct deciding {
	uint64_t record, other;
	enum pair_decision what;
	bool confirm;
	struct person_decision said;
	struct feed_outcome out;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct deciding *d = with;
	return d->confirm ? identity_confirm(t, &people_region, d->record, &d->said, &d->out, p)
			  : identity_decide_pair(t, &people_region, d->record, d->other, d->what,
						 &d->said, &d->out, p);
}

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

static enum problem_code confirm(struct fixture *f, const struct who *x)
{
	struct deciding d = { .record = people_record(f, x->domain, x->id).number,
			      .confirm = true,
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

/* ---- Seeing ---- */

static struct participation state(struct fixture *f, const struct who *w)
{
	struct participation now;
	uint64_t number = people_record(f, w->domain, w->id).number;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, consent_participation(t, f->arena, number, &now));
	store_end(t);
	return now;
}

static bool is_open(struct fixture *f, const struct who *w)
{
	struct participation now = state(f, w);
	return now.decided && now.joined && !now.rests;
}

static unsigned waits(struct fixture *f, const struct who *w)
{
	return people_record(f, w->domain, w->id).unsettled;
}

static unsigned unsettled_count(struct fixture *f)
{
	unsigned count;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	identity_unsettled(t, f->arena, 0, 1000, &count);
	store_end(t);
	return count;
}

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

static struct who as(const struct who *w, const struct who *whose)
{
	struct who changed = *whose;
	changed.domain = w->domain;
	changed.id = w->id;
	return changed;
}

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
	{ "C3 a joined record opens nobody else", a_joined_record_opens_nobody_else },
	{ "C3 a record of who left closes nobody else", a_record_of_who_left_closes_nobody_else },
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
	{ "C4 a decision stays with every record", a_decision_stays_with_every_record },
	{ "C4 decisions that meet are told", decisions_that_meet_are_told },
	{ "C3 a decision covers who bears the name", a_decision_covers_who_bears_the_name },
	{ "C3 a later word does not renew an earlier one",
	  a_later_word_does_not_renew_an_earlier_one },
	{ "C3 two names hand nothing on", two_names_hand_nothing_on },
	{ "C5 a survivor that rests is closed", a_survivor_that_rests_is_closed },
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
	return suite_run("store: trust", tests);
}
