/* tests/store/consent_test.c: the promises of store/consent.h. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "tests/store/people.h"

struct saying {
	uint64_t subject;
	struct consent_event event;
	struct consent_coverage coverage;
	struct arena *keep; /* the coverage lives as long as the job; NULL: not of interest */
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	struct record_numbers *n = &s->coverage.covered;
	if (!consent_record(t, &people_region, s->subject, &s->event, &s->coverage, p))
		return false;
	if (s->keep != NULL) {
		uint64_t *kept = arena_array(s->keep, uint64_t, n->count + 1);
		memcpy(kept, n->numbers, n->count * sizeof *kept);
		n->numbers = kept;
	}
	return true;
}

static enum problem_code say(struct fixture *f, uint64_t subject, enum consent_action action,
			     const char *facility, instant time)
{
	struct saying s = { .subject = subject,
			    .event = { .action = action,
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
	fixture_must(f, consent_participation(t, f->arena, record, 0, &now));
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
	CU_ASSERT_TRUE(consent_participation(before, f.arena, p.record, 0, &then));
	CU_ASSERT_FALSE(then.decided);
	store_end(before);
	CU_ASSERT_TRUE(holds(&f, p.record).joined);
	CU_ASSERT_EQUAL(holds(&f, p.record).since, 100);
	say(&f, p.record, CONSENT_JOIN, NULL, 150);
	CU_ASSERT_EQUAL(holds(&f, p.record).since, 100); /* it held already */
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
	CU_ASSERT_EQUAL(now.included_count, 2);
	CU_ASSERT_TRUE(consent_included(&now, "b-clinic"));
	CU_ASSERT_TRUE(consent_included(&now, "never-excluded"));
	CU_ASSERT_FALSE(consent_included(&now, "c-hospital"));
	say(&f, p.record, CONSENT_EXCLUDE, "never-excluded", 205);
	now = holds(&f, p.record);
	CU_ASSERT_EQUAL(now.excluded_count, 2);
	CU_ASSERT_EQUAL(now.included_count, 1);
	CU_ASSERT_FALSE(consent_included(&now, "never-excluded"));
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
	say(&f, q.record, CONSENT_LEAVE, NULL, 400); /* a clock set back: the later one holds */
	say(&f, p.record, CONSENT_EXCLUDE, "b-clinic", 600);
	struct record_numbers subjects;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	fixture_must(&f, identity_subjects(t, f.arena, p.person, &subjects));
	struct consent_event *e = consent_history(t, f.arena, &subjects, 0, 9);
	CU_ASSERT_STRING_EQUAL(e->facility, "b-clinic");
	CU_ASSERT_EQUAL(e->next->action, CONSENT_LEAVE);
	e = e->next->next;
	CU_ASSERT_EQUAL(e->action, CONSENT_JOIN);
	CU_ASSERT_STRING_EQUAL(e->by, "clerk");
	CU_ASSERT_STRING_EQUAL(e->reason, "asked for it");
	CU_ASSERT_EQUAL(e->time, 500);
	CU_ASSERT_PTR_NULL(e->next);
	store_end(t);
	CU_ASSERT_FALSE(holds(&f, p.record).joined);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(holds(&f, p.record).excluded_count, 1);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void a_change_without_a_reason_is_refused(void)
{
	static const struct {
		struct consent_event event;
		bool known;
		enum problem_code code;
	} cases[] = {
		{ { .action = CONSENT_JOIN, .by = "clerk" }, true, PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_JOIN, .reason = "r" }, true, PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_EXCLUDE, .by = "clerk", .reason = "r" },
		  true,
		  PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_LEAVE, .by = "clerk", .reason = "r", .facility = "b" },
		  true,
		  PROBLEM_REQUEST_INVALID },
		{ { .action = CONSENT_LEAVE, .by = "clerk", .reason = "r" },
		  false,
		  PROBLEM_UNKNOWN_PATIENT },
	};
	struct fixture f;
	fixture_open(&f);
	struct feed_outcome p = people_feed(&f, &x);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct saying s = { .subject = cases[i].known ? p.record : 4711,
				    .event = cases[i].event };
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_FALSE(store_write(f.store, say_job, &s, &f.problem));
		CU_ASSERT_EQUAL(f.problem.code, cases[i].code);
	}
	CU_ASSERT_FALSE(holds(&f, p.record).decided);
	fixture_close(&f);
}

/* A facility may be excluded by who never joined: then the region's default holds for the
 * others. */
static void an_exclusion_is_no_joining(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t record = people_feed(&f, &x).record;
	say(&f, record, CONSENT_EXCLUDE, "b-clinic", 100);
	struct participation now = holds(&f, record);
	CU_ASSERT_FALSE(now.decided);
	CU_ASSERT_EQUAL(now.excluded_count, 1);
	say(&f, record, CONSENT_INCLUDE, "b-clinic", 101);
	CU_ASSERT_EQUAL(holds(&f, record).excluded_count, 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(consent_is_decided(t, record));
	CU_ASSERT_FALSE(consent_is_decided(t, record + 1));
	store_end(t);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* ---- Words that meet ---- */

enum { PARTIES = 3 };
static const char *const party_domains[PARTIES] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };

/* A word for each letter: J joins, L leaves, b to i exclude one, B to I include it again. */
static void speak(struct fixture *f, uint64_t record, const char *words, instant time)
{
	for (; *words != '\0'; words++, time++) {
		enum consent_action action = *words == 'J'   ? CONSENT_JOIN
					     : *words == 'L' ? CONSENT_LEAVE
					     : *words >= 'a' ? CONSENT_EXCLUDE
							     : CONSENT_INCLUDE;
		bool about = action == CONSENT_EXCLUDE || action == CONSENT_INCLUDE;
		const char *facility = arena_printf(f->arena, "%c-clinic", *words | 0x20);
		CU_ASSERT_EQUAL(say(f, record, action, about ? facility : NULL, time),
				PROBLEM_NONE);
	}
}

/* One person in three places, who said something in each before they were known to be one. */
static const struct meeting {
	const char *said[PARTIES];
	char holds; /* J, L, or ? for nothing decided */
	bool disputed;
	const char *excluded;
	instant since;
} meetings[] = {
	{ { "", "", "" }, '?', false, "", 0 },
	{ { "J", "", "" }, 'J', false, "", 100 },
	{ { "", "L", "" }, 'L', false, "", 200 },
	{ { "J", "J", "J" }, 'J', false, "", 100 },
	{ { "L", "L", "" }, 'L', false, "", 100 },
	{ { "J", "L", "" }, 'L', true, "", 200 },
	{ { "L", "J", "" }, 'L', true, "", 100 },
	{ { "J", "J", "L" }, 'L', true, "", 300 },
	{ { "J", "L", "J" }, 'L', true, "", 200 },
	{ { "JL", "J", "" }, 'L', true, "", 101 },
	{ { "LJ", "J", "" }, 'J', false, "", 101 },
	{ { "b", "", "" }, '?', false, "b", 0 },
	{ { "b", "c", "" }, '?', false, "bc", 0 },
	{ { "b", "J", "" }, 'J', false, "b", 200 },
	{ { "J", "b", "c" }, 'J', false, "bc", 100 },
	{ { "Jb", "Jb", "Jc" }, 'J', false, "bc", 100 },
	{ { "JbB", "", "" }, 'J', false, "", 100 },
	{ { "Jbc", "L", "" }, 'L', true, "bc", 200 },
	{ { "Lb", "", "Jc" }, 'L', true, "bc", 100 },
	{ { "bcB", "J", "" }, 'J', false, "c", 200 },
	{ { "b", "B", "" }, '?', false, "", 0 },
	{ { "B", "b", "" }, '?', false, "b", 0 },
	{ { "", "b", "B" }, '?', false, "", 0 },
	{ { "Jbcdefgh", "L", "L" }, 'L', true, "bcdefgh", 200 },
	{ { "L", "L", "Jbcdefgh" }, 'L', true, "bcdefgh", 100 },
	{ { "bcdefghi", "", "bcdefghi" }, '?', false, "bcdefghi", 0 },
	{ { "JLJLJLJLJ", "J", "" }, 'J', false, "", 108 },
	{ { "JLJLJLJLJLJLJLJLJL", "", "" }, 'L', false, "", 117 },
};

static bool as_expected(const struct participation *p, const struct meeting *m)
{
	bool good = p->decided == (m->holds != '?') && p->joined == (m->holds == 'J')
		    && p->disputed == m->disputed && p->since == m->since && !p->rests
		    && p->excluded_count == strlen(m->excluded);
	for (size_t i = 0; good && i < p->excluded_count; i++)
		good = strchr(m->excluded, p->excluded[i][0]) != NULL
		       && (i == 0 || !text_equal(p->excluded[i], p->excluded[i - 1]));
	return good;
}

/* Asked for each of the records: what holds is the same. */
static void words_meet(void)
{
	for (size_t i = 0; i < COUNT(meetings); i++) {
		const struct meeting *m = &meetings[i];
		struct fixture f;
		uint64_t records[PARTIES];
		fixture_open(&f);
		for (size_t k = 0; k < PARTIES; k++) {
			struct who alone = x;
			alone.domain = party_domains[k];
			alone.phone = arena_printf(f.arena, "039999000%zu", k);
			records[k] = people_feed(&f, &alone).record;
		}
		for (size_t k = 0; k < PARTIES; k++)
			speak(&f, records[k], m->said[k], 100 * ((instant)k + 1));
		for (size_t k = 0; k < PARTIES; k++) {
			struct who together = x;
			together.domain = party_domains[k];
			people_feed(&f, &together);
		}
		for (size_t k = 0; k < PARTIES; k++) {
			struct participation now = holds(&f, records[k]);
			if (!as_expected(&now, m))
				fprintf(stderr, "meeting %zu, record %zu: %d%d%d since %lld, %zu\n",
					i, k, now.decided, now.joined, now.disputed,
					(long long)now.since, now.excluded_count);
			CU_ASSERT_TRUE(as_expected(&now, m));
			/* Each keeps it, for when the link goes. */
			struct store_txn *t = store_begin_read(f.store, &f.problem);
			CU_ASSERT_EQUAL(consent_is_decided(t, records[k]), i != 0);
			store_end(t);
		}
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		fixture_close(&f);
	}
}

/* ---- Whom a decision is kept with ---- */

static struct consent_coverage covers(struct fixture *f, uint64_t subject)
{
	struct saying s = { .subject = subject,
			    .keep = f->arena,
			    .event = { .action = CONSENT_JOIN, .reason = "r", .by = "b" } };
	fixture_must(f, store_write(f->store, say_job, &s, &f->problem));
	return s.coverage;
}

/* However many records somebody has: each once. */
static void many_records_are_covered(void)
{
	enum { MANY = 7 };
	struct fixture f;
	uint64_t records[MANY];
	fixture_open(&f);
	for (size_t i = 0; i < MANY; i++) {
		struct who one = x;
		one.id = arena_printf(f.arena, "%zu", i);
		records[i] = people_feed(&f, &one).record;
	}
	struct consent_coverage c = covers(&f, records[MANY - 1]);
	CU_ASSERT_EQUAL(c.covered.count, MANY);
	for (size_t i = 0; i < MANY; i++) {
		CU_ASSERT_EQUAL(c.covered.numbers[i], records[i]);
		CU_ASSERT_TRUE(holds(&f, records[i]).joined);
	}
	fixture_close(&f);
}

/* Who decides has been seen: later changes are measured from what the record said then (I7), so
 * that two small ones with a decision in between are two small ones. */
static void who_decides_has_been_seen(void)
{
	for (unsigned seen = 0; seen < 2; seen++) {
		struct fixture f;
		struct who married = x, misread;
		married.family = "スズキ";
		misread = married;
		misread.birth = "19410513";
		fixture_open(&f);
		uint64_t record = people_feed(&f, &x).record;
		say(&f, record, CONSENT_JOIN, NULL, 1);
		people_feed(&f, &married);
		if (seen)
			say(&f, record, CONSENT_JOIN, NULL, 2);
		people_feed(&f, &misread);
		CU_ASSERT_EQUAL(holds(&f, record).rests, !seen);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		fixture_close(&f);
	}
}

/* The regional id stands for the record it was made for; no record of ours is counted. */
static void who_is_named_by_the_regional_id(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t p = people_feed(&f, &x).record, q = people_feed(&f, &y).record;
	uint64_t regional =
		people_record(&f, AFFINITY, people_person(&f, A_DOMAIN, "1").regional_id).number;
	struct consent_coverage c = covers(&f, regional);
	CU_ASSERT_EQUAL(c.covered.count, 2);
	CU_ASSERT_EQUAL(c.others.count, 0);
	CU_ASSERT_TRUE(holds(&f, p).joined && holds(&f, q).joined && holds(&f, regional).joined);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* A record that has become somebody else's and is then merged away rests on: the survivor's
 * decision does not cover it, though it bears the same name by then. */
static void what_rests_is_not_covered(void)
{
	struct fixture f;
	struct who other = { A_DOMAIN, "1", "スズキ", "ハナコ", "19900909", "F", "0399990001",
			     0,        0,   0,        0,        0,          0 },
		   survivor = other;
	survivor.id = "2";
	fixture_open(&f);
	uint64_t rests = people_feed(&f, &x).record;
	say(&f, rests, CONSENT_JOIN, NULL, 1);
	people_feed(&f, &other);
	CU_ASSERT_TRUE(holds(&f, rests).rests);
	uint64_t named = people_feed(&f, &survivor).record;
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &other, &survivor));
	CU_ASSERT_FALSE(holds(&f, named).decided);
	struct consent_coverage c = covers(&f, named);
	CU_ASSERT_EQUAL(c.covered.count, 1);
	CU_ASSERT_EQUAL(c.covered.numbers[0], named);
	CU_ASSERT_EQUAL(c.others.count, 1);
	CU_ASSERT_EQUAL(c.others.numbers[0], rests);
	CU_ASSERT_TRUE(holds(&f, rests).rests);
	CU_ASSERT_TRUE(holds(&f, named).joined);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* Nor does what was said for it hold for others of its name, while it rests. */
static void what_rests_speaks_for_nobody(void)
{
	struct fixture f;
	struct who other = { A_DOMAIN, "1", "スズキ", "ハナコ", "19900909", "F", "0399990001",
			     0,        0,   0,        0,        0,          0 },
		   survivor = x;
	survivor.id = "2";
	fixture_open(&f);
	uint64_t rests = people_feed(&f, &x).record;
	say(&f, rests, CONSENT_JOIN, NULL, 1);
	people_feed(&f, &other);
	uint64_t named = people_feed(&f, &survivor).record;
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &other, &survivor));
	CU_ASSERT_TRUE(holds(&f, rests).rests);
	CU_ASSERT_FALSE(holds(&f, rests).decided);
	CU_ASSERT_FALSE(holds(&f, named).decided);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* Where the oldest record has become somebody else's, our record goes with those that stayed, and
 * holds what holds for them. */
static void our_record_goes_with_who_stayed(void)
{
	struct fixture f;
	struct who other = { A_DOMAIN, "1", "スズキ", "ハナコ", "19900909", "F", "0399990001",
			     0,        0,   0,        0,        0,          0 };
	fixture_open(&f);
	uint64_t first = people_feed(&f, &x).record, stayed = people_feed(&f, &y).record;
	struct who ours = { .domain = AFFINITY,
			    .id = people_person(&f, A_DOMAIN, "1").regional_id };
	uint64_t regional = people_record(&f, AFFINITY, ours.id).number;
	say(&f, first, CONSENT_JOIN, NULL, 1);
	people_feed(&f, &other);
	CU_ASSERT_TRUE(people_same(&f, &ours, &y));
	CU_ASSERT_TRUE(holds(&f, regional).joined);
	CU_ASSERT_EQUAL(say(&f, stayed, CONSENT_LEAVE, NULL, 2), PROBLEM_NONE);
	CU_ASSERT_TRUE(holds(&f, regional).decided && !holds(&f, regional).joined);
	CU_ASSERT_EQUAL(say(&f, regional, CONSENT_JOIN, NULL, 3), PROBLEM_NONE);
	CU_ASSERT_TRUE(holds(&f, regional).joined && holds(&f, stayed).joined);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* A part that leaves has a regional record of its own: it holds what holds for the part, for
 * documents are asked for under its id. */
static void a_new_regional_record_holds_the_same(void)
{
	for (unsigned joined = 0; joined < 2; joined++) {
		struct fixture f;
		struct who gone = y;
		gone.phone = "0399990000";
		fixture_open(&f);
		uint64_t first = people_feed(&f, &x).record;
		people_feed(&f, &y);
		say(&f, first, joined ? CONSENT_JOIN : CONSENT_LEAVE, NULL, 1);
		uint64_t left = people_feed(&f, &gone).record;
		CU_ASSERT_FALSE(people_same(&f, &x, &gone));
		struct participation now = holds(&f,
						 people_person(&f, B_DOMAIN, "2").regional_record);
		CU_ASSERT_TRUE(now.decided);
		CU_ASSERT_EQUAL(now.joined, joined);
		CU_ASSERT_EQUAL(holds(&f, left).joined, joined);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "C4 a new regional record holds the same", a_new_regional_record_holds_the_same },
	{ "C1 a change is effective for every snapshot after it", a_change_is_effective_at_once },
	{ "C2 every change keeps who, when and why", every_change_keeps_who_when_and_why },
	{ "a change without a reason is refused", a_change_without_a_reason_is_refused },
	{ "an exclusion is no joining", an_exclusion_is_no_joining },
	{ "C3 C4 words meet", words_meet },
	{ "many records are covered", many_records_are_covered },
	{ "I7 who decides has been seen", who_decides_has_been_seen },
	{ "who is named by the regional id", who_is_named_by_the_regional_id },
	{ "C5 what rests is not covered", what_rests_is_not_covered },
	{ "C5 what rests speaks for nobody", what_rests_speaks_for_nobody },
	{ "C5 our record goes with who stayed", our_record_goes_with_who_stayed },
	{ 0 }
};

int main(void)
{
	return suite_run("store: consent", tests);
}
