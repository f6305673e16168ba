/* tests/store/asked_sets_test.c: the promises of submissions asked before, each a test of its
 * name; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/asked_sets.h"
#include "store/check.h"
#include "tests/store/fixture.h"

enum { SPACE = SPACE_OUTBOX_LAST - 2, THEN = 1000, MANY = 600 };

static const struct asked_set set = { "theirs", "b-clinic", "2.999.1", "f1" };

/* One job. */
struct step {
	enum { ASKS, ENDS, FORGETS } what;
	struct asked_set set;
	bool refused;
	instant now;
	bool more;
};

static bool step_run(void *with, struct store_txn *t, struct problem *p)
{
	struct step *s = with;
	(void)p;
	switch (s->what) {
	case ASKS: return asked_set_begin(t, &s->set, s->now);
	case ENDS: return asked_set_end(t, &s->set, s->refused, s->now);
	default: return asked_sets_forget(t, s->now, &s->more);
	}
}

static bool put_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct bytes *row = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE);
	key_text(&k, set.registry);
	key_text(&k, set.unique_id);
	return store_put(t, key_span(&k), *row);
}

static bool as_job(struct fixture *f, bool (*run)(void *, struct store_txn *, struct problem *),
		   void *with)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, run, with, &f->problem);
}

static bool may_be_there(struct fixture *f, struct asked_set s)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool is = asked_set_may_be_there(t, f->arena, &s);
	store_end(t);
	return is;
}

/* Letters: a asked, n refused, u registered, or nobody knows. */
static void go(struct fixture *f, const char *steps)
{
	for (; *steps != '\0'; steps++) {
		struct step s = { .what = *steps == 'a' ? ASKS : ENDS,
				  .set = set,
				  .refused = *steps == 'n',
				  .now = THEN };
		CU_ASSERT_TRUE(as_job(f, step_run, &s));
	}
}

static void q1_may_be_there(void)
{
	static const struct {
		const char *why, *steps;
		bool may;
	} rows[] = {
		{ "never asked", "", false },
		{ "asked for the first time", "a", false },
		{ "cut short, and asked again", "aa", true },
		{ "without an answer, or registered", "au", true },
		{ "and asked again", "aua", true },
		{ "refused", "an", false },
		{ "refused, and asked again", "ana", false },
		{ "without an answer, and then refused for something else", "auan", true },
		{ "refused, and cut short", "anaa", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		go(&f, rows[i].steps);
		if (may_be_there(&f, set) != rows[i].may) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("it may be there, or not");
		}
		fixture_close(&f);
	}
}

static void q1_the_same(void)
{
	struct asked_set others[4] = { set, set, set, set };
	struct fixture f;
	others[0].registry = "another";
	others[1].system = "a-hospital";
	others[2].unique_id = "2.999.11";
	others[3].fingerprint = "f2";
	fixture_open(&f);
	go(&f, "au");
	for (size_t i = 0; i < COUNT(others); i++)
		CU_ASSERT_FALSE(may_be_there(&f, others[i]));
	CU_ASSERT_TRUE(may_be_there(&f, set));
	/* Another content under its id is another question. */
	struct step s = { .what = ASKS, .set = others[3], .now = THEN };
	CU_ASSERT_TRUE(as_job(&f, step_run, &s));
	CU_ASSERT_FALSE(may_be_there(&f, set) || may_be_there(&f, others[3]));
	fixture_close(&f);
}

static void q2_forgotten(void)
{
	struct fixture f;
	struct step s = { .what = ENDS, .set = set }, forget = { .what = FORGETS };
	unsigned jobs = 0;
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++) {
		s.set.unique_id = arena_printf(f.arena, "2.999.%u", i);
		s.now = i == 1 ? THEN : THEN - 1;
		CU_ASSERT_TRUE(as_job(&f, step_run, &s));
	}
	forget.now = THEN;
	forget.more = true;
	for (; forget.more && jobs < MANY; jobs++)
		CU_ASSERT_TRUE(as_job(&f, step_run, &forget));
	CU_ASSERT_EQUAL(jobs, 3);
	CU_ASSERT_TRUE(may_be_there(&f, set));
	s.set.unique_id = "2.999.2";
	CU_ASSERT_FALSE(may_be_there(&f, s.set));
	fixture_close(&f);
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &asked_sets_check, text);
}

/* What cannot be read is no "never asked". */
static void damaged(void)
{
	static const struct {
		const char *why, *octets;
		size_t length;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "another version", "\2\1\1s\2\1f\3\1\2", 10 },
		{ "no system", "\1\2\1f\3\1\2", 7 },
		{ "no fingerprint", "\1\1\1s\3\1\2", 7 },
		{ "no time", "\1\1\1s\2\1f", 7 },
		{ "broken off", "\1\1\1s\2\1f\3\7\2", 10 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char text[FIXTURE_FINDING] = "";
		struct bytes row = { (const unsigned char *)rows[i].octets, rows[i].length };
		struct step asks = { .what = ASKS, .set = set, .now = THEN }, ends = asks, forgets;
		ends.what = ENDS;
		ends.refused = true;
		forgets = (struct step){ .what = FORGETS, .now = THEN };
		fixture_open(&f);
		CU_ASSERT_TRUE(as_job(&f, put_run, &row));
		if (as_job(&f, step_run, &asks) || as_job(&f, step_run, &ends)
		    || as_job(&f, step_run, &forgets)
		    || strstr(f.problem.what, "cannot be read") == NULL || findings(&f, text) != 1
		    || strstr(text, "a row that cannot be read") == NULL) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("a row that is none was taken for one");
		}
		fixture_close(&f);
	}
}

static void checked(void)
{
	struct fixture f;
	char text[FIXTURE_FINDING] = "";
	fixture_open(&f);
	go(&f, "au");
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	fixture_close(&f);
}

static const struct test tests[] = { { "Q1: may be there", q1_may_be_there },
				     { "Q1: the same, and nothing else", q1_the_same },
				     { "Q2: forgotten", q2_forgotten },
				     { "rows that are none", damaged },
				     { "rows that are", checked },
				     { 0 } };

int main(void)
{
	return suite_run("store: submissions asked before", tests);
}
