/* tests/store/correlations_test.c: the promises of what other communities answered, each a test of
 * its name; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/correlations.h"
#include "store/names.h"
#include "tests/store/partners_scene.h"

#define WEST "west"
#define HOUR (INT64_C(3600) * 1000000)

enum { MANY = 600 };

/* One job. */
struct keeping {
	const struct who *of;
	const char *partner;
	enum correlated what;
	instant asked, until;
	const struct correlation *as; /* of whom he was then; NULL: of whom he is */
};

static bool keep_run(struct store_txn *t, const void *with)
{
	const struct keeping *k = with;
	struct patient_record r;
	struct correlation c = { .asked = 0 };
	if (k->as != NULL)
		c = *k->as;
	else if (!identity_find(t, store_arena(t), k->of->domain, k->of->id, &r)
		 || !correlation_begin(t, store_arena(t), r.person, k->asked, &c))
		return false;
	c.partner = k->partner;
	c.what = k->what;
	c.asked = k->asked;
	c.until = k->until;
	return correlation_keep(t, &c);
}

static void keep(struct fixture *f, const struct who *w, enum correlated what)
{
	const struct keeping k = { w, WEST, what, NOON, NOON + HOUR, NULL };
	fixture_must(f, in_job(f, keep_run, &k));
}

static struct correlation of(struct fixture *f, const struct who *w, instant now)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct correlation c = { .what = CORRELATED_NOT_ASKED };
	correlation_of(t, f->arena, WEST, person_of(f, w), now, &c);
	store_end(t);
	return c;
}

static bool holds(struct fixture *f, const struct who *w)
{
	return of(f, w, NOON + 1).holds;
}

static struct correlation begun(struct fixture *f, const struct who *w)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct correlation c = { .asked = 0 };
	CU_ASSERT_TRUE(correlation_begin(t, f->arena, person_of(f, w), NOON, &c));
	store_end(t);
	return c;
}

static unsigned count(struct fixture *f, const struct who *w)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned n = 0;
	for (const struct correlation *c = correlations_of(t, f->arena, person_of(f, w), NOON + 1);
	     c != NULL; c = c->next)
		n++;
	store_end(t);
	return n;
}

/* ---- Promises ---- */

static void l1_until_its_time_is_over(void)
{
	static const struct {
		instant now;
		bool holds;
	} rows[] = {
		{ NOON - 1, false }, /* of a clock that was put back nothing is relied on */
		{ NOON, true },
		{ NOON + HOUR - 1, true },
		{ NOON + HOUR, false },
	};
	struct fixture f;
	scene_open(&f);
	CU_ASSERT_EQUAL(of(&f, &tarou, NOON).what, CORRELATED_NOT_ASKED);
	keep(&f, &tarou, CORRELATED_KNOWN);
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(of(&f, &tarou, rows[i].now).holds, rows[i].holds);
	fixture_reopen(&f);
	CU_ASSERT_TRUE(holds(&f, &tarou));
	CU_ASSERT_EQUAL(of(&f, &tarou, NOON).what, CORRELATED_KNOWN);
	CU_ASSERT_EQUAL(of(&f, &hanako, NOON).what, CORRELATED_NOT_ASKED);
	/* Not to be relied on at all: it is there to be seen. */
	const struct keeping k = { &hanako, WEST, CORRELATED_KNOWN, NOON, NOON, NULL };
	CU_ASSERT_TRUE(in_job(&f, keep_run, &k));
	CU_ASSERT_EQUAL(of(&f, &hanako, NOON).what, CORRELATED_KNOWN);
	CU_ASSERT_FALSE(of(&f, &hanako, NOON).holds);
	scene_close(&f);
}

struct decided {
	const struct who *who;
	enum consent_action action;
	const char *facility;
};

static bool decide_run(struct store_txn *t, const void *with)
{
	const struct decided *d = with;
	const struct consent_event e = { .action = d->action,
					 .facility = d->facility,
					 .reason = "asked",
					 .by = "tester",
					 .time = NOON };
	struct consent_coverage covered;
	struct problem p = { .code = PROBLEM_NONE };
	struct patient_record r;
	return identity_find(t, store_arena(t), d->who->domain, d->who->id, &r)
	       && consent_record(t, &people_region, r.number, &e, &covered, &p);
}

static void decide(struct fixture *f, enum consent_action action, const char *facility)
{
	const struct decided d = { &tarou, action, facility };
	fixture_must(f, in_job(f, decide_run, &d));
}

static void nothing_changes(struct fixture *f)
{
	people_feed(f, &tarou);
	people_feed(f, &jirou);
}

static void becomes_one(struct fixture *f)
{
	pair(f, &tarou, &hanako, PAIR_TOGETHER);
}

static void moves_house(struct fixture *f)
{
	struct who w = tarou;
	w.address = "仙台市青葉1-2-3";
	people_feed(f, &w);
}

static void joins(struct fixture *f)
{
	decide(f, CONSENT_JOIN, NULL);
}

static void leaves(struct fixture *f)
{
	decide(f, CONSENT_LEAVE, NULL);
}

static void excludes(struct fixture *f)
{
	decide(f, CONSENT_EXCLUDE, "c-hospital");
}

static void l2_of_whom_it_was(void)
{
	static const struct {
		const char *why;
		void (*change)(struct fixture *f);
		bool holds;
	} rows[] = {
		{ "what was known is said again", nothing_changes, true },
		{ "he becomes one with another", becomes_one, false },
		{ "a facility says that he has moved", moves_house, false },
		{ "he joins", joins, false },
		{ "he leaves", leaves, false },
		{ "he excludes somebody", excludes, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		scene_open(&f);
		keep(&f, &tarou, CORRELATED_KNOWN);
		rows[i].change(&f);
		if (holds(&f, &tarou) != rows[i].holds) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("it holds, or not");
		}
		scene_close(&f);
	}
}

/* Asked before he changed, and answered afterwards: of whom he was. */
static void l2_changed_while_it_was_asked(void)
{
	struct fixture f;
	scene_open(&f);
	const struct correlation then = begun(&f, &tarou);
	const struct keeping k = { &tarou, WEST, CORRELATED_KNOWN, NOON, NOON + HOUR, &then };
	moves_house(&f);
	CU_ASSERT_TRUE(in_job(&f, keep_run, &k));
	CU_ASSERT_FALSE(holds(&f, &tarou));
	/* And by then he may be another person's: nobody's answer is kept. */
	const struct correlation hers = begun(&f, &hanako);
	const struct keeping of_her = { &hanako, WEST, CORRELATED_KNOWN, NOON, NOON + HOUR, &hers };
	becomes_one(&f);
	CU_ASSERT_TRUE(in_job(&f, keep_run, &of_her));
	CU_ASSERT_EQUAL(count(&f, &tarou), 1);
	scene_close(&f);
}

static void l3_the_latest_stands(void)
{
	struct fixture f;
	scene_open(&f);
	keep(&f, &tarou, CORRELATED_KNOWN);
	keep(&f, &tarou, CORRELATED_UNKNOWN);
	const struct keeping k = { &tarou, "east", CORRELATED_MORE, NOON, NOON + HOUR, NULL };
	CU_ASSERT_TRUE(in_job(&f, keep_run, &k));
	CU_ASSERT_EQUAL(of(&f, &tarou, NOON).what, CORRELATED_UNKNOWN);
	CU_ASSERT_EQUAL(count(&f, &tarou), 2);
	CU_ASSERT_EQUAL(count(&f, &hanako), 0);
	scene_close(&f);
}

struct forgetting {
	instant before;
	bool *more;
};
static bool forget_run(struct store_txn *t, const void *with)
{
	const struct forgetting *w = with;
	return correlations_forget(t, w->before, w->more);
}

static void l4_forgotten(void)
{
	struct fixture f;
	bool more = true;
	unsigned jobs = 0;
	scene_open(&f);
	for (unsigned i = 0; i < MANY; i++) {
		struct keeping k = { &tarou, arena_printf(f.arena, "p-%u", i), CORRELATED_KNOWN,
				     NOON,   NOON + (i == 1 ? HOUR : 1),       NULL };
		CU_ASSERT_TRUE(in_job(&f, keep_run, &k));
	}
	const struct forgetting w = { NOON + HOUR, &more };
	for (; more && jobs < MANY; jobs++)
		CU_ASSERT_TRUE(in_job(&f, forget_run, &w));
	CU_ASSERT_EQUAL(jobs, 3);
	CU_ASSERT_EQUAL(count(&f, &tarou), 1);
	scene_close(&f);
}

/* ---- `minato check`, and rows that cannot be read ---- */

static unsigned correlation_findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &correlations_check, &identity_check,
							      &consent_check, NULL };
	struct check_counts counts = { 0 };
	scene_finding[0] = '\0';
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_check(f->store, modules, scene_tell, NULL, &counts, &f->problem);
	return strstr(scene_finding, "a community answered of it") != NULL;
}

static struct key row_of(uint64_t record, uint64_t partner)
{
	struct key k;
	key_begin(&k, SPACE_CORRELATION);
	key_short(&k, record);
	key_short(&k, partner);
	return k;
}

static void what_check_finds(void)
{
	struct fixture f;
	scene_open(&f);
	keep(&f, &tarou, CORRELATED_KNOWN);
	CU_ASSERT_EQUAL(correlation_findings(&f), 0);
	put_raw(&f, row_of(999999, 1), "x", 1);
	CU_ASSERT_EQUAL(correlation_findings(&f), 1);
	put_raw(&f, row_of(999999, 1), NULL, 0);
	CU_ASSERT_EQUAL(correlation_findings(&f), 0);
	const struct keeping k = { &hanako,
				   WEST,
				   CORRELATED_KNOWN,
				   NOON,
				   NOON + (instant)CORRELATION_SECONDS_MOST * 1000000 + 1,
				   NULL };
	CU_ASSERT_TRUE(in_job(&f, keep_run, &k));
	CU_ASSERT_EQUAL(correlation_findings(&f), 1);
	fixture_close(&f);
}

/* Neither nothing nor something: the store cannot be read. */
static void what_cannot_be_read(void)
{
	static const char *const rows[] = { "x", "\x02", "\x01\x01\x01\x01", "\x01\x01\x01\x63" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		bool more = true;
		uint64_t west = 0;
		scene_open(&f);
		keep(&f, &tarou, CORRELATED_KNOWN);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_TRUE(name_find(t, WEST, &west));
		store_end(t);
		put_raw(&f, row_of(regional_of(&f, &tarou), west), rows[i], strlen(rows[i]));
		uint64_t person = person_of(&f, &tarou);
		struct correlation c;
		t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_FALSE(correlation_of(t, f.arena, WEST, person, NOON, &c));
		CU_ASSERT_TRUE(store_failed(t));
		store_end(t);
		t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_PTR_NULL(correlations_of(t, f.arena, person, NOON));
		CU_ASSERT_TRUE(store_failed(t));
		store_end(t);
		const struct forgetting w = { NOON, &more };
		CU_ASSERT_FALSE(in_job(&f, forget_run, &w));
		CU_ASSERT_EQUAL(correlation_findings(&f), 1);
		fixture_close(&f);
	}
}

/* Who is not there, and who was never asked. */
static void of_nobody(void)
{
	struct fixture f;
	struct correlation c;
	scene_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(correlation_begin(t, f.arena, 999999, NOON, &c));
	CU_ASSERT_FALSE(correlation_of(t, f.arena, "nobody", 1, NOON, &c));
	CU_ASSERT_PTR_NULL(correlations_of(t, f.arena, 999999, NOON));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	const struct correlation hers = begun(&f, &hanako);
	struct correlation lost = hers;
	lost.record = 999999;
	const struct keeping k = { &hanako, WEST, CORRELATED_KNOWN, NOON, NOON + HOUR, &lost };
	CU_ASSERT_TRUE(in_job(&f, keep_run, &k));
	CU_ASSERT_EQUAL(count(&f, &hanako), 0);
	scene_close(&f);
}

static void words(void)
{
	for (int i = 0; i < CORRELATED_KINDS; i++)
		CU_ASSERT_PTR_NOT_NULL(correlated_name((enum correlated)i));
}

static const struct test tests[] = {
	{ "L1 until its time is over", l1_until_its_time_is_over },
	{ "L2 of whom it was", l2_of_whom_it_was },
	{ "L2 changed while it was asked", l2_changed_while_it_was_asked },
	{ "L3 the latest stands", l3_the_latest_stands },
	{ "L4 forgotten", l4_forgotten },
	{ "what check finds", what_check_finds },
	{ "what cannot be read", what_cannot_be_read },
	{ "of nobody", of_nobody },
	{ "words", words },
	{ 0 },
};

int main(void)
{
	return suite_run("correlations", tests);
}
