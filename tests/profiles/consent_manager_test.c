/* tests/profiles/consent_manager_test.c: participation, decided and told: what can be decided, what
 * holds then for each record of the person, whether others see it, and how the history goes on. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "profiles/actors/consent_manager.h"
#include "tests/store/people.h"

static const struct who in_a = { A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001",
				 0,        0,   0,        0,        0,          0 };
static const struct who in_b = { B_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001",
				 0,        0,   0,        0,        0,          0 };
/* Named otherwise, and linked by a person: no decision of hers covers it. */
static const struct who in_c = { C_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003",
				 0,        0,   0,        0,        0,          0 };

static struct region opt_in;

static void what_can_be_decided(void)
{
	static const struct {
		struct consent_event event;
		const char *what;
	} rows[] = {
		{ { .action = CONSENT_JOIN }, NULL },
		{ { .action = CONSENT_LEAVE }, NULL },
		{ { .action = CONSENT_EXCLUDE, .facility = "b-clinic" }, NULL },
		{ { .action = CONSENT_INCLUDE, .facility = "b-clinic" }, NULL },
		{ { .action = CONSENT_JOIN, .facility = "b-clinic" },
		  "join is for the whole region" },
		{ { .action = CONSENT_LEAVE, .facility = "nobody" },
		  "leave is for the whole region" },
		{ { .action = CONSENT_EXCLUDE }, "'' names no facility" },
		{ { .action = CONSENT_EXCLUDE, .facility = "nobody" },
		  "'nobody' names no facility" },
		{ { .action = CONSENT_INCLUDE, .facility = "B-CLINIC" },
		  "'B-CLINIC' names no facility" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_EQUAL(consent_manager_may(a, &people_region, &rows[i].event, &p),
				rows[i].what == NULL);
		CU_ASSERT_EQUAL(p.code,
				rows[i].what == NULL ? PROBLEM_NONE : PROBLEM_REQUEST_INVALID);
		CU_ASSERT_TRUE(rows[i].what == NULL || strstr(p.what, rows[i].what) != NULL);
		CU_ASSERT_TRUE(rows[i].what == NULL || text_equal(p.where, "facility"));
	}
	arena_destroy(a);
}

#define NUMBER "123456789018" /* its check digit is an Individual Number's (japan.md D2) */
#define VISIT .action = CONSENT_GRANT, .facility = "b-clinic", .until = 9

/* What is opened to one facility, and by what the patient was known. */
static void grants_and_proof(void)
{
	static const struct {
		struct consent_event event;
		const char *where; /* NULL: it can be */
	} rows[] = {
		{ { VISIT, .groups = "note" }, NULL },
		{ { VISIT, .groups = "note,手紙" }, NULL },
		{ { VISIT, .groups = "note,letter,note" }, NULL },
		{ { VISIT }, "groups" },
		{ { VISIT, .groups = "" }, "groups" },
		{ { VISIT, .groups = "note," }, "groups" },
		{ { VISIT, .groups = "note,else" }, "groups" },
		{ { VISIT, .groups = "0123456789012345678901234567890123456789"
				     "0123456789012345678901234" },
		  "groups" },
		{ { .action = CONSENT_GRANT, .facility = "b-clinic", .groups = "note" }, "until" },
		{ { .action = CONSENT_GRANT, .until = 9, .groups = "note" }, "facility" },
		{ { .action = CONSENT_GRANT,
		    .facility = "role/doctor",
		    .until = 9,
		    .groups = "note" },
		  "facility" },
		{ { .action = CONSENT_REVOKE, .facility = "b-clinic" }, NULL },
		{ { .action = CONSENT_REVOKE, .facility = "nobody" }, "facility" },
		{ { .action = CONSENT_REVOKE }, "facility" },
		{ { .action = CONSENT_JOIN, .groups = "note" }, "groups" },
		{ { .action = CONSENT_EXCLUDE, .facility = "b-clinic", .groups = "note" },
		  "groups" },
		{ { .proof = { "card-reader", "2026-01-15", "受付" } }, NULL },
		{ { .proof = { "known-in-person", NULL, NULL } }, NULL },
		{ { .proof = { "card", NULL, NULL } }, "proof" },
		{ { .proof = { "", NULL, NULL } }, "proof" },
		{ { .proof = { NUMBER, NULL, NULL } }, "proof" },
		{ { .proof = { NULL, "2026-01-15", NULL } }, "proof" },
		{ { .proof = { NULL, NULL, "受付" } }, "proof" },
		{ { .proof = { "passport", "2026-02-30", NULL } }, "proof_date" },
		{ { .proof = { "passport", "20260115", NULL } }, "proof_date" },
		{ { .proof = { "passport", "2026-01-15T09:00", NULL } }, "proof_date" },
		{ { .proof = { "passport", "2026/01/15", NULL } }, "proof_date" },
		{ { .proof = { "my-number-card", NULL, NUMBER } }, "proof" },
		{ { .proof = { "my-number-card", NULL, "受付 1234-5678-9018" } }, "proof" },
		{ { .proof = { "my-number-card", NULL, "受付 1234 5678 9018" } }, "proof" },
		{ { .proof = { "my-number-card", NULL, "2026 " NUMBER " x" } }, "proof" },
		{ { .proof = { "my-number-card", NULL, "１２３４５６７８９０１８" } }, "proof" },
		{ { .proof = { "my-number-card", NULL, "123456789017" } }, NULL },
		{ { .proof = { "my-number-card", NULL, NULL }, .reason = "of " NUMBER }, "proof" },
	};
	static const char rules[] = "documents note type N^2.999.5\n"
				    "documents letter 手紙 type L^2.999.5\ndefault permit\n";
	struct arena *a = arena_create(1 << 20);
	struct region region = people_region;
	region.policy = policy_file_read(a, "rules", bytes_of_text(rules), NULL).policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(region.policy);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_EQUAL(consent_manager_may(a, &region, &rows[i].event, &p),
				rows[i].where == NULL);
		CU_ASSERT_TRUE(rows[i].where == NULL || text_equal(p.where, rows[i].where));
		CU_ASSERT_TRUE(rows[i].where == NULL || strstr(p.what, NUMBER) == NULL);
		if (rows[i].event.action == CONSENT_GRANT && rows[i].where == NULL)
			CU_ASSERT_FALSE(consent_manager_may(a, &people_region, &rows[i].event, &p));
	}
	arena_destroy(a);
}

struct asking {
	struct fixture *f;
	const struct region *region;
	const struct who *who;
	struct consent_question question;
	struct patient_record patient;
	struct consent_answer answer;
};

static bool ask_job(void *with, struct store_txn *t, struct problem *p)
{
	struct asking *q = with;
	CU_ASSERT_TRUE(identity_find(t, q->f->arena, q->who->domain, q->who->id, &q->patient));
	q->question.patient = &q->patient;
	return consent_manager_answer(t, q->f->arena, q->region, &q->question, &q->answer, p);
}

static enum problem_code ask(struct asking *q)
{
	q->f->problem = (struct problem){ .code = PROBLEM_NONE };
	q->question.limit = q->question.limit == 0 ? 100 : q->question.limit;
	CU_ASSERT_EQUAL(store_write(q->f->store, ask_job, q, &q->f->problem),
			q->f->problem.code == PROBLEM_NONE);
	return q->f->problem.code;
}

static struct consent_answer decide(struct fixture *f, enum consent_action action,
				    const char *facility)
{
	struct consent_event e = {
		.action = action, .facility = facility, .reason = "form", .by = "clerk"
	};
	struct asking q = {
		.f = f, .region = &people_region, .who = &in_a, .question = { .decided = &e }
	};
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
	return q.answer;
}

/* What is told of the records, in their order: standing, and + where others see it. */
static const char *states(struct fixture *f, const struct region *r)
{
	static const char letters[] = "djlr";
	struct buffer b = buffer_in(f->arena);
	struct asking q = { .f = f, .region = r, .who = &in_a };
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
	CU_ASSERT_FALSE(q.answer.changed);
	CU_ASSERT_EQUAL(q.answer.patient.standing, q.answer.records[0].standing);
	for (size_t i = 0; i < q.answer.count; i++)
		buffer_printf(&b, "%s%c%s", i == 0 ? "" : " ",
			      letters[q.answer.records[i].standing],
			      q.answer.records[i].shared ? "+" : "");
	return buffer_ended(&b);
}

static bool join_c(void *with, struct store_txn *t, struct problem *p)
{
	struct patient_record x, y;
	struct feed_outcome out;
	(void)with;
	return identity_find_place(t, store_arena(t), A_DOMAIN, "1", &x)
	       && identity_find_place(t, store_arena(t), C_DOMAIN, "1", &y)
	       && identity_decide_pair(t, &people_region, x.number, y.number, PAIR_TOGETHER,
				       &(struct person_decision){ "clerk", "seen" }, &out, p);
}

/* Each record by itself, and none that the region made. */
static void what_holds_is_told(void)
{
	struct fixture f;
	opt_in = people_region;
	opt_in.opt_in = true;
	fixture_open(&f);
	people_feed(&f, &in_a);
	people_feed(&f, &in_b);
	people_feed(&f, &in_c);
	CU_ASSERT_TRUE(store_write(f.store, join_c, NULL, &f.problem));
	CU_ASSERT_STRING_EQUAL(states(&f, &people_region), "d+ d+ d+");
	CU_ASSERT_STRING_EQUAL(states(&f, &opt_in), "d d d");
	CU_ASSERT_TRUE(decide(&f, CONSENT_JOIN, NULL).changed);
	CU_ASSERT_STRING_EQUAL(states(&f, &people_region), "j+ j+ d+");
	CU_ASSERT_STRING_EQUAL(states(&f, &opt_in), "j+ j+ d");
	CU_ASSERT_FALSE(decide(&f, CONSENT_JOIN, NULL).changed);
	CU_ASSERT_TRUE(decide(&f, CONSENT_LEAVE, NULL).changed);
	CU_ASSERT_FALSE(decide(&f, CONSENT_LEAVE, NULL).changed);
	CU_ASSERT_STRING_EQUAL(states(&f, &people_region), "l l d+");
	struct who other = in_c;
	other.domain = A_DOMAIN;
	people_feed(&f, &other);
	CU_ASSERT_STRING_EQUAL(states(&f, &people_region), "r");
	fixture_close(&f);
}

static void facilities_are_excluded(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &in_a);
	CU_ASSERT_FALSE(decide(&f, CONSENT_INCLUDE, "b-clinic").changed);
	struct consent_answer told = decide(&f, CONSENT_EXCLUDE, "b-clinic");
	CU_ASSERT_TRUE(told.changed);
	CU_ASSERT_EQUAL(told.patient.now.excluded_count, 1);
	CU_ASSERT_FALSE(decide(&f, CONSENT_EXCLUDE, "b-clinic").changed);
	CU_ASSERT_TRUE(decide(&f, CONSENT_EXCLUDE, "c-hospital").changed);
	told = decide(&f, CONSENT_INCLUDE, "b-clinic");
	CU_ASSERT_TRUE(told.changed);
	CU_ASSERT_EQUAL(told.patient.now.excluded_count, 1);
	CU_ASSERT_STRING_EQUAL(told.patient.now.excluded[0], "c-hospital");
	fixture_close(&f);
}

/* Newest first, as many as asked for, wherever a page ends; nothing is kept of what is refused. */
static void the_history_goes_on(void)
{
	static const enum consent_action made[] = { CONSENT_JOIN, CONSENT_LEAVE, CONSENT_JOIN };
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &in_a);
	for (size_t i = 0; i < COUNT(made); i++)
		decide(&f, made[i], NULL);
	struct consent_event nobodys = { .action = CONSENT_LEAVE, .reason = "form", .by = "" };
	struct asking q = {
		.f = &f, .region = &people_region, .who = &in_a, .question = { .decided = &nobodys }
	};
	CU_ASSERT_NOT_EQUAL(ask(&q), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(states(&f, &people_region), "j+");
	for (unsigned limit = 1; limit <= COUNT(made) + 1; limit++) {
		unsigned seen = 0;
		q.question = (struct consent_question){ .limit = limit };
		do {
			unsigned told = 0;
			CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
			for (const struct consent_event *e = q.answer.history; e != NULL;
			     e = e->next, told++, seen++)
				CU_ASSERT_TRUE(seen < COUNT(made)
					       && e->action == made[COUNT(made) - 1 - seen]);
			CU_ASSERT_TRUE(told == limit || q.answer.next == 0);
			q.question.before = q.answer.next;
		} while (q.question.before != 0);
		CU_ASSERT_EQUAL(seen, COUNT(made));
	}
	fixture_close(&f);
}

/* Nothing opens to anybody once the person has left, until he joins again. */
static void after_leaving(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &in_a);
	struct consent_event e = {
		.action = CONSENT_LEAVE, .reason = "form", .by = "clerk", .time = 1, .until = 100
	};
	struct asking q = { .f = &f,
			    .region = &people_region,
			    .who = &in_a,
			    .question = { .decided = &e, .at = 1 } };
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
	CU_ASSERT_EQUAL(q.answer.patient.standing, STANDING_LEFT);
	CU_ASSERT_EQUAL(q.answer.patient.now.until, 100);
	e = (struct consent_event){ .action = CONSENT_GRANT,
				    .facility = "b-clinic",
				    .groups = "note",
				    .reason = "desk",
				    .by = "clerk",
				    .time = 50,
				    .until = 200 };
	q.question.at = 50;
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_CONFLICT);
	q.question.at = 100;
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
	CU_ASSERT_TRUE(q.answer.changed);
	CU_ASSERT_PTR_NOT_NULL(consent_granted(&q.answer.patient.now, "b-clinic"));
	CU_ASSERT_PTR_NULL(consent_granted(&q.answer.patient.now, "c-hospital"));
	e.action = CONSENT_REVOKE;
	e.until = 0;
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
	CU_ASSERT_TRUE(q.answer.changed);
	CU_ASSERT_EQUAL(ask(&q), PROBLEM_NONE);
	CU_ASSERT_FALSE(q.answer.changed);
	fixture_close(&f);
}

static const struct test tests[] = { { "what can be decided", what_can_be_decided },
				     { "grants and proof", grants_and_proof },
				     { "who has left is granted nothing", after_leaving },
				     { "what holds is told", what_holds_is_told },
				     { "facilities are excluded", facilities_are_excluded },
				     { "the history goes on", the_history_goes_on },
				     { 0 } };

int main(void)
{
	return suite_run("consent manager", tests);
}
