/* tests/store/consent_test.c: the promises of store/consent.h. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "tests/store/people.h"

struct saying {
	uint64_t subject;
	struct consent_event event;
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	struct consent_coverage coverage;
	return consent_record(t, &people_region, s->subject, &s->event, &coverage, p);
}

static enum problem_code say(struct fixture *f, uint64_t subject, enum consent_action action,
			     const char *facility, instant time)
{
	struct saying s = { subject,
			    { .action = action,
			      .facility = facility,
			      .reason = "asked for it",
			      .by = "clerk",
			      .time = time } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

static struct participation holds(struct fixture *f, uint64_t record)
{
	struct participation now;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, consent_participation(t, f->arena, record, &now));
	store_end(t);
	return now;
}

static const struct who x = { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };
static const struct who y = { B_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };

static void a_change_is_effective_at_once(void)
{
	struct fixture f;
	fixture_open(&f);
	struct feed_outcome p = people_feed(&f, &x);
	CU_ASSERT_FALSE(holds(&f, p.record).decided);
	struct store_txn *before = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(say(&f, p.record, CONSENT_JOIN, NULL, 100), PROBLEM_NONE);
	struct participation then;
	CU_ASSERT_TRUE(consent_participation(before, f.arena, p.record, &then));
	CU_ASSERT_FALSE(then.decided);
	store_end(before);
	CU_ASSERT_TRUE(holds(&f, p.record).joined);
	CU_ASSERT_EQUAL(holds(&f, p.record).since, 100);
	say(&f, p.record, CONSENT_JOIN, NULL, 150);
	CU_ASSERT_EQUAL(holds(&f, p.record).since, 100);	/* it held already */
	say(&f, p.record, CONSENT_EXCLUDE, "b-clinic", 200);
	say(&f, p.record, CONSENT_EXCLUDE, "b-clinic", 201);
	say(&f, p.record, CONSENT_EXCLUDE, "c-hospital", 202);
	struct participation now = holds(&f, p.record);
	CU_ASSERT_EQUAL(now.excluded_count, 2);
	CU_ASSERT_STRING_EQUAL(now.excluded[0], "b-clinic");
	say(&f, p.record, CONSENT_INCLUDE, "b-clinic", 203);
	say(&f, p.record, CONSENT_INCLUDE, "never-excluded", 204);
	now = holds(&f, p.record);
	CU_ASSERT_EQUAL(now.excluded_count, 1);
	CU_ASSERT_STRING_EQUAL(now.excluded[0], "c-hospital");
	say(&f, p.record, CONSENT_LEAVE, NULL, 300);
	now = holds(&f, p.record);
	CU_ASSERT_TRUE(now.decided && !now.joined);
	CU_ASSERT_EQUAL(now.since, 300);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void every_change_keeps_who_when_and_why(void)
{
	struct fixture f;
	fixture_open(&f);
	struct feed_outcome p = people_feed(&f, &x), q = people_feed(&f, &y);
	CU_ASSERT_EQUAL(p.person, q.person);
	say(&f, p.record, CONSENT_JOIN, NULL, 500);
	say(&f, q.record, CONSENT_LEAVE, NULL, 400);	/* a clock set back: the later one holds */
	say(&f, p.record, CONSENT_EXCLUDE, "b-clinic", 600);
	struct record_numbers subjects;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	fixture_must(&f, identity_subjects(t, f.arena, p.person, &subjects));
	struct consent_event *e = consent_history(t, f.arena, &subjects);
	CU_ASSERT_EQUAL(e->action, CONSENT_JOIN);
	CU_ASSERT_STRING_EQUAL(e->by, "clerk");
	CU_ASSERT_STRING_EQUAL(e->reason, "asked for it");
	CU_ASSERT_EQUAL(e->time, 500);
	CU_ASSERT_EQUAL(e->next->action, CONSENT_LEAVE);
	CU_ASSERT_STRING_EQUAL(e->next->next->facility, "b-clinic");
	CU_ASSERT_PTR_NULL(e->next->next->next);
	store_end(t);
	CU_ASSERT_FALSE(holds(&f, p.record).joined);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(holds(&f, p.record).excluded_count, 1);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void a_change_without_a_reason_is_refused(void)
{
	static const struct { struct consent_event event; bool known; enum problem_code code; } cases[] = {
		{ { .action = CONSENT_JOIN, .by = "clerk" }, true, PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_JOIN, .reason = "r" }, true, PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_EXCLUDE, .by = "clerk", .reason = "r" }, true,
		  PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_LEAVE, .by = "clerk", .reason = "r", .facility = "b" }, true,
		  PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_LEAVE, .by = "clerk", .reason = "r" }, false,
		  PROBLEM_UNKNOWN_PATIENT },
	};
	struct fixture f;
	fixture_open(&f);
	struct feed_outcome p = people_feed(&f, &x);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct saying s = { cases[i].known ? p.record : 4711, cases[i].event };
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_FALSE(store_write(f.store, say_job, &s, &f.problem));
		CU_ASSERT_EQUAL(f.problem.code, cases[i].code);
	}
	CU_ASSERT_FALSE(holds(&f, p.record).decided);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "C1 a change is effective for every snapshot after it", a_change_is_effective_at_once },
	{ "C2 every change keeps who, when and why", every_change_keeps_who_when_and_why },
	{ "a change without a reason is refused", a_change_without_a_reason_is_refused },
	{ 0 }
};

int main(void)
{
	return suite_run("store: consent", tests);
}
