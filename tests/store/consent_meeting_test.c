/* tests/store/consent_meeting_test.c: decisions of two records of one person that meet for a time
 * (C4, C6): the stricter holds while they do, and the operator is told as long as they do or will,
 * by the store's own clock. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "tests/store/own_clock.h"
#include "tests/store/people.h"

static const struct who x = { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };
static const struct who y = { B_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };

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

enum { SAID_MOST = 2, ASKED_MOST = 4 };

/* One after the other from `at` on; beginnings and ends are counted from the meeting. */
static void say(struct fixture *f, uint64_t subject, const struct consent_event *said, instant at,
		instant meeting)
{
	for (size_t i = 0; i < SAID_MOST && said[i].reason != NULL; i++) {
		struct saying s = { subject, said[i] };
		s.event.by = "clerk";
		s.event.time = at + (instant)i;
		s.event.from += said[i].from == 0 ? 0 : meeting;
		s.event.until += said[i].until == 0 ? 0 : meeting;
		f->problem = (struct problem){ .code = PROBLEM_NONE };
		fixture_must(f, store_write(f->store, say_job, &s, &f->problem));
	}
}

/* d, j or l: default, joined, left; ! where decisions meet; then what is excluded, after -. */
static const char *told(struct fixture *f, uint64_t record, instant at)
{
	struct participation p;
	struct buffer b = buffer_in(f->arena);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, consent_participation(t, f->arena, record, at, &p));
	store_end(t);
	buffer_printf(&b, "%c%s", !p.decided ? 'd' : p.joined ? 'j' : 'l', p.disputed ? "!" : "");
	for (size_t i = 0; i < p.excluded_count; i++)
		buffer_printf(&b, "-%s", p.excluded[i]);
	return buffer_ended(&b);
}

#define JOIN .reason = "r", .action = CONSENT_JOIN
#define LEAVE .reason = "r", .action = CONSENT_LEAVE
#define SHUT(whom) .reason = "r", .action = CONSENT_EXCLUDE, .facility = whom

/* Instants are counted from the meeting. later: when the person is settled again; 0: not. */
static const struct meeting {
	const char *why;
	struct consent_event a[SAID_MOST], b[SAID_MOST];
	instant later;
	struct {
		instant at;
		const char *holds;
	} asked[ASKED_MOST];
	bool waits;
} meetings[] = {
	{ "until the one ends",
	  { { JOIN, .until = 100 } },
	  { { LEAVE } },
	  0,
	  { { 0, "l!" }, { 99, "l!" }, { 100, "l" } },
	  true },
	{ "and something else ends before",
	  { { JOIN, .until = 100 }, { SHUT("c"), .until = 50 } },
	  { { LEAVE } },
	  0,
	  { { 0, "l!-c" }, { 49, "l!-c" }, { 50, "l!" }, { 100, "l" } },
	  true },
	{ "from a beginning on",
	  { { JOIN, .from = 100 } },
	  { { LEAVE } },
	  0,
	  { { 0, "l" }, { 99, "l" }, { 100, "l!" } },
	  true },
	{ "for a while",
	  { { JOIN, .from = 100, .until = 200 } },
	  { { LEAVE } },
	  0,
	  { { 0, "l" }, { 100, "l!" }, { 199, "l!" }, { 200, "l" } },
	  true },
	{ "once, and once more later",
	  { { JOIN, .until = 100 }, { JOIN, .from = 300 } },
	  { { LEAVE } },
	  200,
	  { { 99, "l!" }, { 100, "l" }, { 299, "l" }, { 300, "l!" } },
	  true },
	{ "no more",
	  { { JOIN, .until = 100 } },
	  { { LEAVE } },
	  200,
	  { { 200, "l" }, { 300, "l" } },
	  false },
	{ "never: they say the same",
	  { { JOIN, .until = 100 } },
	  { { JOIN } },
	  0,
	  { { 0, "j" }, { 100, "j" } },
	  false },
};

static bool waits(struct fixture *f, const struct who *w)
{
	return (people_record(f, w->domain, w->id).unsettled & UNSETTLED_CONSENT) != 0;
}

static void compare(struct fixture *f, const struct meeting *m, uint64_t record, instant met)
{
	for (size_t i = 0; i < ASKED_MOST && m->asked[i].holds != NULL; i++) {
		const char *is = told(f, record, met + m->asked[i].at);
		if (!text_equal(is, m->asked[i].holds))
			fprintf(stderr, "%s: at %lld it is %s\n", m->why, (long long)m->asked[i].at,
				is);
		CU_ASSERT_STRING_EQUAL(is, m->asked[i].holds);
	}
}

static void for_a_time(void)
{
	const instant met = now;
	for (size_t i = 0; i < COUNT(meetings); i++) {
		const struct meeting *m = &meetings[i];
		struct fixture f;
		struct who apart = y, moved = y;
		apart.phone = "0399990000"; /* the same identity, and linked by nothing */
		moved.postcode = "1000001";
		now = met;
		open_at(&f);
		uint64_t a = people_feed(&f, &x).record, b = people_feed(&f, &apart).record;
		say(&f, a, m->a, met - 20, met);
		say(&f, b, m->b, met - 10, met);
		people_feed(&f, &y);
		fixture_must(&f, people_same(&f, &x, &y));
		if (m->later != 0) {
			CU_ASSERT_TRUE(waits(&f, &x) && waits(&f, &y));
			now = met + m->later;
			people_feed(&f, &moved);
		}
		compare(&f, m, a, met);
		compare(&f, m, b, met);
		CU_ASSERT_EQUAL(waits(&f, &x), m->waits);
		CU_ASSERT_EQUAL(waits(&f, &y), m->waits);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		fixture_close(&f);
	}
	now = met;
}

static const struct test tests[] = { { "C4 C6 decisions meet for a time", for_a_time }, { 0 } };

int main(void)
{
	return suite_run("consent: meeting", tests);
}
