/* tests/store/identity_join_test.c: which links are made where not all can be: the certain before the
 * others, the older before the younger, none with whom rests (I6, I7 of store/identity.h). */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

#define PERSON(domain, id, family, given, phone) \
	{ domain, id, family, given, "19800101", "F", phone, 0, 0, 0, 0, 0, 0 }

static const struct who hanako_b = PERSON(B_DOMAIN, "1", "サトウ", "ハナコ", "0312345001");
static const struct who hanako_c = PERSON(C_DOMAIN, "1", "サトウ", "ハナコ", "0312345001");
static const struct who ai_c = PERSON(C_DOMAIN, "2", "サトウ", "アイ", "0312345001");

/* A record of both names, of the telephone said. */
static void feed_bridge(struct fixture *f, const char *id, const char *phone)
{
	struct who hanako = hanako_b, ai = ai_c;
	struct patient_identifier named = { .id = id, .universal_id = A_DOMAIN };
	hanako.phone = phone;
	struct people_put put = { .ids = &named, .demographics = people_demographics(f->arena, &hanako) };
	put.demographics.names->next = people_demographics(f->arena, &ai).names;
	CU_ASSERT_EQUAL(people_write(f, &put), PROBLEM_NONE);
}

static bool one(struct fixture *f, const char *domain, const char *id, const struct who *w)
{
	return people_record(f, domain, id).person == people_record(f, w->domain, w->id).person;
}

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

/* Old is what was said first, not the record that has the smaller number. */
static void the_older_word_holds(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_bridge(&f, "9", "0399990000");	/* the oldest record, of nobody known */
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_c);
	people_feed(&f, &ai_c);
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &hanako_c));
	feed_bridge(&f, "9", "0312345001");
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &hanako_c));
	CU_ASSERT_FALSE(people_same(&f, &hanako_b, &ai_c));
	done(&f);
}

/* With one of two strangers it can be one, with that one it was linked first. */
static void whoever_was_linked_first_stays(void)
{
	for (unsigned first = 0; first < 2; first++) {
		struct fixture f;
		const struct who *before = first == 0 ? &hanako_b : &ai_c,
				 *after = first == 0 ? &ai_c : &hanako_b;
		fixture_open(&f);
		people_feed(&f, before);
		feed_bridge(&f, "9", "0312345001");
		CU_ASSERT_TRUE(one(&f, A_DOMAIN, "9", before));
		people_feed(&f, after);
		CU_ASSERT_TRUE(one(&f, A_DOMAIN, "9", before));
		CU_ASSERT_FALSE(one(&f, A_DOMAIN, "9", after));
		/* Who stood against it goes: then it is one with the other. */
		struct who gone = *before;
		gone.phone = "0388880000";
		people_feed(&f, &gone);
		CU_ASSERT_FALSE(one(&f, A_DOMAIN, "9", before));
		CU_ASSERT_TRUE(one(&f, A_DOMAIN, "9", after));
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "9").unsettled, 0);
		done(&f);
	}
}

/* What a subsumed record is linked by leads to nobody while its survivor rests, and does again after. */
static void a_survivor_that_rests_is_alone(void)
{
	struct fixture f;
	struct who prior = hanako_b, survivor = hanako_b, another = hanako_b;
	prior.domain = survivor.domain = another.domain = A_DOMAIN;
	prior.id = "1";
	survivor.id = another.id = "2";
	survivor.phone = "0399990001";
	another.family = "ヤマダ";
	another.given = "タロウ";
	another.sex = "M";
	another.phone = "0399990002";
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &prior);
	people_feed(&f, &survivor);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &survivor, &hanako_b));
	people_feed(&f, &another);
	CU_ASSERT_TRUE(people_record(&f, A_DOMAIN, "2").unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_FALSE(people_same(&f, &survivor, &hanako_b));
	CU_ASSERT_TRUE(one(&f, A_DOMAIN, "1", &survivor));
	people_feed(&f, &hanako_c);
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &hanako_c));
	CU_ASSERT_FALSE(people_same(&f, &survivor, &hanako_c));
	people_feed(&f, &survivor);
	CU_ASSERT_TRUE(people_same(&f, &survivor, &hanako_b));
	done(&f);
}

/* Who is merged into a record that rests takes nobody along. */
static void nobody_is_led_to_who_rests(void)
{
	struct fixture f;
	struct who rests = hanako_b, another = hanako_b, merged = hanako_b;
	rests.domain = another.domain = merged.domain = A_DOMAIN;
	rests.id = another.id = "1";
	merged.id = "2";
	rests.phone = "0399990001";
	another.family = "ヤマダ";
	another.given = "タロウ";
	another.sex = "M";
	another.phone = "0399990002";
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &rests);
	people_feed(&f, &merged);
	struct patient_identifier second = { .id = "7", .universal_id = A_DOMAIN },
				  first = { .id = "1", .universal_id = A_DOMAIN, .next = &second };
	struct people_put put = { .ids = &first, .demographics = people_demographics(f.arena, &rests) };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);	/* now something hangs on it */
	people_feed(&f, &another);
	CU_ASSERT_TRUE(people_record(&f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "2", NULL), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &rests, &hanako_b));
	CU_ASSERT_FALSE(one(&f, A_DOMAIN, "7", &rests));
	done(&f);
}

static const struct test tests[] = {
	{ "I6 the older word holds", the_older_word_holds },
	{ "I6 whoever was linked first stays", whoever_was_linked_first_stays },
	{ "I7 a survivor that rests is alone", a_survivor_that_rests_is_alone },
	{ "I7 nobody is led to who rests", nobody_is_led_to_who_rests },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity join", tests);
}
