/* tests/profiles/consent_documents_test.c: documents of consent whose time begins and ends, as
 * upkeep has it seen to. What comes, is replaced, and goes by a request is
 * conformance/cases/bppc.case's. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/consent_documents.h"
#include "schemas/model/audit_event.h"
#include "store/registry.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "tests/base/failing.h"
#include "tests/profiles/documents.h"
#include "tests/store/in_job.h"

static const instant hour = INT64_C(3600) * 1000000;

struct scene {
	struct house h;
	struct consent_document doc;
	struct consent_word join, exclude;
	instant came;
};

struct due_job {
	struct scene *s;
	instant now;
	enum consent_document_state state; /* of what was seen to; CONSENT_DOCUMENT_STATES: none */
	unsigned objects;                  /* of its audit record */
};

static bool put(struct store_txn *t, const void *with)
{
	return consent_document_put(t, store_arena(t), with);
}

static bool see_to(struct store_txn *t, const void *with)
{
	struct due_job *j = *(struct due_job *const *)with;
	struct problem p = { .code = PROBLEM_NONE };
	const struct consent_document *d;
	if (!consent_documents_due(t, store_arena(t), &j->s->h.region, j->now, &d, &p))
		return false;
	j->state = d == NULL ? CONSENT_DOCUMENT_STATES : d->state;
	j->objects = 0;
	const struct audit_event *e = d == NULL
					      ? NULL
					      : consent_document_event(t, store_arena(t),
								       &j->s->h.region, d, j->now);
	for (const struct audit_object *o = e == NULL ? NULL : e->objects; o != NULL; o = o->next)
		j->objects++;
	return true;
}

static enum consent_document_state at(struct scene *s, instant now)
{
	struct due_job j = { .s = s, .now = now }, *with = &j;
	CU_ASSERT_TRUE(in_job(&s->h.store, see_to, &with));
	CU_ASSERT_EQUAL(j.objects, j.state == CONSENT_DOCUMENT_STATES ? 0 : 2);
	return j.state;
}

/* Decisions of the record, newest first: j, l, x, i. */
static const char *decisions(struct scene *s)
{
	static const char letters[] = "jlxi";
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->h.store.store, &p);
	uint64_t record = s->doc.record;
	struct record_numbers one = { &record, 1 };
	struct buffer b = buffer_in(s->h.arena);
	for (const struct consent_event *e = consent_history(t, s->h.arena, &one, 0, 100);
	     e != NULL; e = e->next)
		buffer_append(&b, letters + e->action, 1);
	store_end(t);
	return buffer_ended(&b);
}

static void open_scene(struct scene *s, instant from, instant until)
{
	house_open(&s->h);
	struct asked *q = ask(&s->h, &iti42_register_document_set, "a-hospital",
			      message(&s->h, "ebrim/submission.xml", s->h.patient), NULL);
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	const struct document_entry *e = ((const struct submission *)q->x.result)->entries;

	s->exclude = (struct consent_word){ .action = WORD_EXCLUDE, .target = "b-clinic" };
	s->join = (struct consent_word){ .action = WORD_JOIN, .next = &s->exclude };
	s->came = s->h.now;
	s->doc = (struct consent_document){
		.subject = e->subject,
		.entry = e->id,
		.unique_id = e->unique_id,
		.system = "a-hospital",
		.state = CONSENT_PENDING,
		.from = s->came + from,
		.until = until == 0 ? 0 : s->came + until,
		.recorded = s->came,
		.record = people_record(&s->h.store, A_DOMAIN, "101").number,
		.words = &s->join,
	};
	CU_ASSERT_TRUE_FATAL(in_job(&s->h.store, put, &s->doc));
}

static bool say(struct store_txn *t, const void *with)
{
	const struct scene *s = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct consent_coverage covered;
	const struct consent_event leave = { .action = CONSENT_LEAVE,
					     .reason = "at the desk",
					     .by = "operator",
					     .time = s->came + hour / 2 };
	return consent_record(t, &s->h.region, s->doc.record, &leave, &covered, &p);
}

static bool deprecate(struct store_txn *t, const void *with)
{
	const struct scene *s = with;
	struct problem p = { .code = PROBLEM_NONE };
	return registry_deprecate(t, store_arena(t), s->doc.entry, &p);
}

static void begins_and_ends(void)
{
	struct scene s;
	open_scene(&s, hour, 2 * hour);
	CU_ASSERT_EQUAL(at(&s, s.came + hour - 1), CONSENT_DOCUMENT_STATES);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "");
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_IN_FORCE);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "xj");
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour - 1), CONSENT_DOCUMENT_STATES);
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour), CONSENT_OVER);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "lxj"); /* what it closed stays closed */
	CU_ASSERT_EQUAL(at(&s, s.came + 200 * hour), CONSENT_DOCUMENT_STATES);
	house_close(&s.h);
}

static void nobody_was_up(void)
{
	struct scene s;
	open_scene(&s, hour, 2 * hour);
	CU_ASSERT_EQUAL(at(&s, s.came + 3 * hour), CONSENT_OVER);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "");
	house_close(&s.h);
	open_scene(&s, hour, 0);
	CU_ASSERT_EQUAL(at(&s, s.came + 3 * hour), CONSENT_IN_FORCE);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "xj");
	CU_ASSERT_EQUAL(at(&s, s.came + 300 * hour), CONSENT_DOCUMENT_STATES);
	house_close(&s.h);
}

static void a_later_word_stands(void)
{
	struct scene s;
	/* Before it begins: what else it says is decided. */
	open_scene(&s, hour, 2 * hour);
	CU_ASSERT_TRUE(in_job(&s.h.store, say, &s));
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_IN_FORCE);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "xl");
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour), CONSENT_OVER);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "xl");
	house_close(&s.h);
	/* And while it is in force: the end takes back nothing. */
	open_scene(&s, hour, 2 * hour);
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_IN_FORCE);
	CU_ASSERT_TRUE(in_job(&s.h.store, say, &s));
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour), CONSENT_OVER);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "lxj");
	house_close(&s.h);
}

static void what_is_no_longer_approved_never_begins(void)
{
	struct scene s;
	open_scene(&s, hour, 0);
	CU_ASSERT_TRUE(in_job(&s.h.store, deprecate, &s));
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_WITHDRAWN);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "");
	house_close(&s.h);
}

/* ---- A record that rests ---- */

static const struct who himself = {
	A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0
};
static const struct who somebody = {
	A_DOMAIN, "101", "オノ", "ミサキ", "19880909", "F", "0388888888", 0, 0, 0, 0, 0, 0
};

static void of_a_record_that_rests_later(void)
{
	static const instant later = INT64_C(600) * 1000000;
	struct scene s;
	open_scene(&s, hour, 2 * hour);
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_IN_FORCE);
	CU_ASSERT_TRUE(people_feed(&s.h.store, &somebody).somebody_else);
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour), CONSENT_DOCUMENT_STATES);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "xj");
	CU_ASSERT_FALSE(people_feed(&s.h.store, &himself).somebody_else);
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour + later - 1), CONSENT_DOCUMENT_STATES);
	CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour + later), CONSENT_OVER);
	CU_ASSERT_STRING_EQUAL(decisions(&s), "lxj");
	house_close(&s.h);
}

/* ---- A signature over it that does not hold ---- */

struct doubting {
	struct scene *s;
	const char *system, *unique_id;
};

static bool doubt(struct store_txn *t, const void *with)
{
	const struct doubting *w = with;
	struct findings f = findings_in(store_arena(t));
	const struct registry_desk d = { .arena = store_arena(t),
					 .region = &w->s->h.region,
					 .sender = region_system(&w->s->h.region, w->system),
					 .now = w->s->came + hour,
					 .txn = t };
	return consent_documents_doubted(&d, w->unique_id, &f) && f.errors == 0;
}

static void doubted_by_its_own_submitter(void)
{
	struct scene s;
	open_scene(&s, hour, 0);
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_IN_FORCE);
	const struct doubting by[] = { { &s, "b-clinic", s.doc.unique_id },
				       { &s, "a-hospital", "2.999.404" },
				       { &s, "a-hospital", s.doc.unique_id },
				       { &s, "a-hospital", s.doc.unique_id } };
	static const char *const then[] = { "xj", "xj", "lxj", "lxj" };
	for (size_t i = 0; i < COUNT(by); i++) {
		CU_ASSERT_TRUE(in_job(&s.h.store, doubt, &by[i]));
		CU_ASSERT_STRING_EQUAL(decisions(&s), then[i]);
	}
	house_close(&s.h);
}

/* ---- Whatever fails ---- */

static bool made_to_fail(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), made_to_fail(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	made_to_fail(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), made_to_fail(t))

/* Its end while that call fails for the n-th time. False: it is not called so often. */
static bool ends_while(const char *call, unsigned n)
{
	struct scene s;
	open_scene(&s, hour, 2 * hour);
	CU_ASSERT_EQUAL(at(&s, s.came + hour), CONSENT_IN_FORCE);
	struct due_job j = { .s = &s, .now = s.came + 2 * hour }, *with = &j;
	failing_arm(call, n);
	bool kept = in_job(&s.h.store, see_to, &with);
	bool failed = failing_disarm();
	CU_ASSERT_EQUAL(kept, !failed);
	CU_ASSERT_STRING_EQUAL(decisions(&s), kept ? "lxj" : "xj");
	if (failed) {
		CU_ASSERT_EQUAL(at(&s, s.came + 2 * hour), CONSENT_OVER);
	}
	CU_ASSERT_STRING_EQUAL(decisions(&s), "lxj");
	house_close(&s.h);
	return failed;
}

static void all_or_nothing_whatever_fails(void)
{
	static const char *const calls[] = { "store_get", "store_put", "store_delete" };
	for (size_t i = 0; i < COUNT(calls); i++) {
		unsigned n = 0;
		while (ends_while(calls[i], n))
			n++;
		CU_ASSERT_TRUE(n > 0);
	}
}

static const struct test tests[] = {
	{ "begins and ends", begins_and_ends },
	{ "nobody was up when it did", nobody_was_up },
	{ "a later word stands", a_later_word_stands },
	{ "what is no longer approved never begins", what_is_no_longer_approved_never_begins },
	{ "of a record that rests, later", of_a_record_that_rests_later },
	{ "doubted by its own submitter", doubted_by_its_own_submitter },
	{ "all or nothing, whatever fails", all_or_nothing_whatever_fails },
	{ 0 }
};

int main(void)
{
	return suite_run("documents of consent, in time", tests);
}
