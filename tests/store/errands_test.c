/* tests/store/errands_test.c: the promises of the outbox, each a test of its name; leases; and a
 * random history that is compared with lines kept in memory. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/errands.h"
#include "store/lease.h"
#include "tests/store/fixture.h"

#define HERE "https://here.example/answers"
#define THERE "https://there.example/answers"
enum { SECOND = 1000000 };

static const struct errand_bounds wide = { 1000, 1 << 20, 1000, 1 << 20 };

struct step;
typedef bool step_run(struct store_txn *t, struct step *s, struct problem *p);

/* One step on the outbox, as a job. */
struct step {
	step_run *run;
	struct errand errand;
	struct errand_bounds bounds;
	uint64_t number;
	struct errand_try what;
	const char *node;
	instant until;
	bool fails; /* the job, after it */
};

static bool run_step(void *with, struct store_txn *t, struct problem *p)
{
	struct step *s = with;
	return s->run(t, s, p) && !s->fails;
}

static bool do_step(struct fixture *f, struct step *s)
{
	f->problem = (struct problem){ 0 };
	return store_write(f->store, run_step, s, &f->problem);
}

static bool put(struct store_txn *t, struct step *s, struct problem *p)
{
	return errand_put(t, &s->errand, &s->bounds, p);
}

static bool done(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	return errand_done(t, s->number, s->what.now);
}

static bool later(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	return errand_later(t, s->number, &s->what);
}

static bool aside(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	return errand_aside(t, s->number, &s->what);
}

static bool again(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	return errand_again(t, s->number, s->what.now);
}

static bool drop(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	return errand_drop(t, s->number);
}

static struct errand_part literal(const char *text)
{
	return (struct errand_part){ .octets = bytes_of_text(text) };
}

static struct step step_put(const char *partner, const char *address,
			    const struct errand_part *parts, instant made)
{
	return (struct step){ .run = put,
			      .bounds = wide,
			      .errand = { .kind = "answer",
					  .partner = partner,
					  .address = address,
					  .what = "ITI-18",
					  .exchange = "7f3a",
					  .parts = parts,
					  .content_type = "application/soap+xml",
					  .made = made } };
}

static uint64_t put_one(struct fixture *f, const char *partner, const char *address)
{
	const struct errand_part part = literal("<answer/>");
	struct step s = step_put(partner, address, &part, SECOND);
	CU_ASSERT_TRUE(do_step(f, &s));
	return s.errand.number;
}

static bool act(struct fixture *f, step_run *run, uint64_t number, struct errand_try what)
{
	struct step s = { .run = run, .number = number, .what = what };
	return do_step(f, &s);
}

/* The number of the first of a queue; 0: nothing waits there. */
static uint64_t first_of(struct fixture *f, const char *partner, const char *address)
{
	struct errand e;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	uint64_t number = errand_first(t, f->arena, partner, address, &e) ? e.number : 0;
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return number;
}

static struct errand_queue queue_of(struct fixture *f, const char *partner, const char *address)
{
	struct errand_queue q;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	errand_queue_get(t, f->arena, partner, address, &q);
	store_end(t);
	return q;
}

static struct errand_totals totals_of(struct fixture *f)
{
	struct errand_totals all;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	errand_count(t, &all);
	store_end(t);
	return all;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "%s\n", finding);
}

static uint64_t findings(struct fixture *f, void (*report)(void *with, const char *finding))
{
	static const struct check_module *const modules[] = { &errands_check, &lease_check, NULL };
	struct check_counts counts;
	CU_ASSERT_TRUE(store_check(f->store, modules, report, NULL, &counts, &f->problem));
	return counts.findings;
}

static void whole(struct fixture *f)
{
	CU_ASSERT_EQUAL(findings(f, tell), 0);
}

/* ---- The promises ---- */

static void there_after_its_job(void)
{
	struct fixture f;
	const struct errand_part part = literal("<answer/>");
	struct step s = step_put("a", HERE, &part, SECOND);
	fixture_open(&f);
	s.fails = true;
	CU_ASSERT_FALSE(do_step(&f, &s));
	CU_ASSERT_EQUAL(totals_of(&f).count, 0);
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), 0);
	s.fails = false;
	CU_ASSERT_TRUE(do_step(&f, &s));
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), s.errand.number);
	struct errand e;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(errand_get(t, f.arena, s.errand.number, &e));
	store_end(t);
	CU_ASSERT_STRING_EQUAL(e.kind, "answer");
	CU_ASSERT_STRING_EQUAL(e.partner, "a");
	CU_ASSERT_STRING_EQUAL(e.address, HERE);
	CU_ASSERT_STRING_EQUAL(e.what, "ITI-18");
	CU_ASSERT_STRING_EQUAL(e.exchange, "7f3a");
	CU_ASSERT_STRING_EQUAL(e.content_type, "application/soap+xml");
	CU_ASSERT_EQUAL(e.made, SECOND);
	CU_ASSERT_EQUAL(e.octets, 9);
	CU_ASSERT(e.parts != NULL && e.parts->next == NULL);
	CU_ASSERT_TRUE(bytes_equal(e.parts->octets, part.octets));
	whole(&f);
	fixture_close(&f);
}

static void the_first_before_the_next(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t one = put_one(&f, "a", HERE), two = put_one(&f, "a", HERE);
	CU_ASSERT(one < two);
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), one);
	struct errand_try rest = { .now = 2 * SECOND, .due = 9 * SECOND, .why = "silent" };
	CU_ASSERT_TRUE(act(&f, later, one, rest));
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), one);
	struct errand_queue q = queue_of(&f, "a", HERE);
	CU_ASSERT_EQUAL(q.waiting, 2);
	CU_ASSERT_EQUAL(q.due, 9 * SECOND);
	CU_ASSERT_EQUAL(q.failures, 1);
	CU_ASSERT_EQUAL(q.failing_since, 2 * SECOND);
	CU_ASSERT_STRING_EQUAL(q.why, "silent");
	/* One that comes meanwhile does not wake it. */
	uint64_t three = put_one(&f, "a", HERE);
	CU_ASSERT_EQUAL(queue_of(&f, "a", HERE).due, 9 * SECOND);
	CU_ASSERT_TRUE(act(&f, done, one, (struct errand_try){ .now = 9 * SECOND }));
	q = queue_of(&f, "a", HERE);
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), two);
	CU_ASSERT_EQUAL(q.due, 9 * SECOND);
	CU_ASSERT_EQUAL(q.failures, 0);
	CU_ASSERT_EQUAL(q.failing_since, 0);
	CU_ASSERT_PTR_NULL(q.why);
	CU_ASSERT_FALSE(act(&f, done, one, (struct errand_try){ .now = 9 * SECOND }));
	whole(&f);
	act(&f, done, two, (struct errand_try){ .now = 10 * SECOND });
	act(&f, done, three, (struct errand_try){ .now = 10 * SECOND });
	CU_ASSERT_EQUAL(queue_of(&f, "a", HERE).waiting, 0);
	CU_ASSERT_EQUAL(totals_of(&f).count, 0);
	CU_ASSERT_EQUAL(totals_of(&f).octets, 0);
	CU_ASSERT(put_one(&f, "a", HERE) > three);
	whole(&f);
	fixture_close(&f);
}

static void each_queue_for_itself(void)
{
	struct fixture f;
	size_t count;
	fixture_open(&f);
	uint64_t dead = put_one(&f, "a", HERE);
	put_one(&f, "a", THERE);
	put_one(&f, "b", HERE);
	struct errand_try rest = { .now = 2 * SECOND, .due = 300 * SECOND, .why = "refused" };
	CU_ASSERT_TRUE(act(&f, later, dead, rest));
	CU_ASSERT_EQUAL(queue_of(&f, "a", THERE).due, SECOND);
	CU_ASSERT_EQUAL(queue_of(&f, "b", HERE).due, SECOND);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct errand_queue *q = errand_queues_by_due(t, f.arena, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT_STRING_EQUAL(q[0].address, THERE);
	CU_ASSERT_STRING_EQUAL(q[1].partner, "b");
	CU_ASSERT_STRING_EQUAL(q[2].partner, "a");
	CU_ASSERT_EQUAL(q[2].failures, 1);
	errand_queues_by_due(t, f.arena, 2, &count);
	CU_ASSERT_EQUAL(count, 2);
	store_end(t);
	whole(&f);
	fixture_close(&f);
}

static void bounds(void)
{
	static const struct {
		const char *why, *partner;
		struct errand_bounds bounds;
		bool taken;
		const char *key;
	} cases[] = {
		{ "one more fits", "a", { 4, 100, 3, 100 }, true, "" },
		{ "one too many for the partner",
		  "a",
		  { 9, 100, 2, 100 },
		  false,
		  "outbox errands-per-partner" },
		{ "another has room", "b", { 9, 100, 2, 100 }, true, "" },
		{ "one too many in all", "b", { 2, 100, 2, 100 }, false, "outbox errands" },
		{ "the partner's octets, just", "a", { 9, 100, 9, 27 }, true, "" },
		{ "the partner's octets, one too many",
		  "a",
		  { 9, 100, 9, 26 },
		  false,
		  "outbox octets-per-partner" },
		{ "all octets, just", "b", { 9, 27, 9, 27 }, true, "" },
		{ "all octets, one too many", "b", { 9, 26, 9, 27 }, false, "outbox octets" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		const struct errand_part part = literal("<answer/>");
		fixture_open(&f);
		put_one(&f, "a", HERE);
		put_one(&f, "a", THERE);
		struct step s = step_put(cases[i].partner, HERE, &part, SECOND);
		s.bounds = cases[i].bounds;
		bool taken = do_step(&f, &s);
		if (taken != cases[i].taken || !text_equal(f.problem.where, cases[i].key))
			CU_FAIL(cases[i].why);
		CU_ASSERT(taken || f.problem.code == PROBLEM_OUTBOX_FULL);
		CU_ASSERT(taken || strstr(f.problem.what, "allows") != NULL);
		CU_ASSERT_EQUAL(totals_of(&f).count, taken ? 3 : 2);
		whole(&f);
		fixture_close(&f);
	}
}

/* Puts until it is refused, at most `most`: how many were taken. */
static unsigned fill(struct fixture *f, const char *partner, const struct errand_bounds *b,
		     unsigned most)
{
	const struct errand_part part = literal("<answer/>");
	unsigned taken = 0;
	for (; taken < most; taken++) {
		struct step s = step_put(partner, HERE, &part, SECOND);
		s.bounds = *b;
		if (!do_step(f, &s))
			break;
	}
	CU_ASSERT(taken == most || f->problem.code == PROBLEM_OUTBOX_FULL);
	return taken;
}

/* What is set aside for one partner is nobody else's, and refuses nobody what is there. */
static void room_is_divided(void)
{
	static const struct {
		const char *why;
		unsigned bound, one, other; /* taken of one, then of another all that can be */
	} rows[] = {
		{ "none is left", 2, 2, 0 },
		{ "a bound without shares", 63, 20, 43 },
		{ "what one has not used of his share", 128, 1, 127 },
		{ "the last of his share", 128, 3, 125 },
		{ "a share, and one more", 128, 4, 124 },
		{ "half each", 640, 320, 320 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct errand_bounds b = { rows[i].bound, 1 << 20, 1000, 1 << 20 };
		fixture_open(&f);
		CU_ASSERT_EQUAL(fill(&f, "a", &b, rows[i].one), rows[i].one);
		if (fill(&f, "b", &b, 1000) != rows[i].other || fill(&f, "c", &b, 1000) != 0
		    || fill(&f, "a", &b, 1000) != 0)
			CU_FAIL(rows[i].why);
		CU_ASSERT_STRING_EQUAL(f.problem.where, "outbox errands");
		CU_ASSERT_EQUAL(totals_of(&f).count, rows[i].bound);
		/* One is gone, and another can come, whoever's. */
		CU_ASSERT_TRUE(act(&f, done, first_of(&f, "a", HERE), (struct errand_try){ 0 }));
		CU_ASSERT_EQUAL(fill(&f, "c", &b, 1000), 1);
		whole(&f);
		fixture_close(&f);
	}
}

/* The same of octets: of 9 each. */
static void octets_are_divided(void)
{
	struct fixture f;
	struct errand_bounds b = { 1000, 90, 1000, 1000 };
	fixture_open(&f);
	CU_ASSERT_EQUAL(fill(&f, "a", &b, 3), 3);
	CU_ASSERT_EQUAL(fill(&f, "b", &b, 1000), 7);
	CU_ASSERT_STRING_EQUAL(f.problem.where, "outbox octets");
	CU_ASSERT_EQUAL(fill(&f, "a", &b, 1), 0);
	CU_ASSERT_EQUAL(totals_of(&f).octets, 90);
	whole(&f);
	fixture_close(&f);
}

/* What is put without a bound is counted, and takes room from nobody but by being there. */
static void some_are_unbounded(void)
{
	static const struct errand_bounds none = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct fixture f;
	struct errand_bounds b = { 128, 1 << 20, 1000, 1 << 20 };
	fixture_open(&f);
	CU_ASSERT_EQUAL(fill(&f, "a", &none, 100), 100);
	CU_ASSERT_EQUAL(fill(&f, "b", &b, 1000), 28);
	CU_ASSERT_EQUAL(fill(&f, "a", &b, 1000), 0);
	CU_ASSERT_EQUAL(fill(&f, "a", &none, 10), 10);
	CU_ASSERT_EQUAL(fill(&f, "b", &none, 10), 10);
	CU_ASSERT_EQUAL(totals_of(&f).count, 148);
	CU_ASSERT_EQUAL(fill(&f, "c", &b, 1000), 0);
	whole(&f);
	fixture_close(&f);
}

/* Who allows less is not bound by what was set aside when more was allowed. */
static void less_is_allowed(void)
{
	static const struct {
		struct errand_bounds bounds;
		unsigned taken;
	} rows[] = {
		{ { 6400, 1 << 20, 1000, 1 << 20 }, 5 }, { { 7, 1 << 20, 1000, 1 << 20 }, 3 },
		{ { 4, 1 << 20, 1000, 1 << 20 }, 0 },    { { 3, 1 << 20, 1000, 1 << 20 }, 0 },
		{ { 6400, 54, 1000, 1 << 20 }, 2 },      { { 6400, 36, 1000, 1 << 20 }, 0 },
		{ { 6400, 1 << 20, 3, 1 << 20 }, 1 },    { { 6400, 1 << 20, 2, 1 << 20 }, 0 },
	};
	static const struct errand_bounds before = { 6400, 1 << 20, 1000, 1 << 20 };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_EQUAL(fill(&f, "a", &before, 2), 2);
		CU_ASSERT_EQUAL(fill(&f, "b", &before, 2), 2);
		CU_ASSERT_EQUAL(fill(&f, "a", &rows[i].bounds, 5), rows[i].taken);
		whole(&f);
		fixture_close(&f);
	}
}

static void no_place_for_a_long_address(void)
{
	struct fixture f;
	char address[ERRAND_ADDRESS_MOST + 2];
	const struct errand_part part = literal("<answer/>");
	fixture_open(&f);
	memset(address, 'a', sizeof address);
	address[ERRAND_ADDRESS_MOST] = '\0';
	struct step s = step_put("a", address, &part, SECOND);
	CU_ASSERT_TRUE(do_step(&f, &s));
	address[ERRAND_ADDRESS_MOST] = 'a';
	address[ERRAND_ADDRESS_MOST + 1] = '\0';
	s = step_put("a", address, &part, SECOND);
	CU_ASSERT_FALSE(do_step(&f, &s));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_OUTBOX_FULL);
	whole(&f);
	fixture_close(&f);
}

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, with);
}

static bool is_known(struct fixture *f, const struct blob *b)
{
	struct blob known;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool is = blob_known(t, b->sha256, &known);
	store_end(t);
	return is;
}

/* A document of a patient, and the markup around it, which is the errand's own. */
static void kept_as_long_as_it(void)
{
	struct fixture f;
	struct errand_part document = { 0 }, markup = { .own = true, .next = &document };
	fixture_open(&f);
	blob_of_bytes(f.store, f.arena, bytes_of_text("a report"), &document.blob, &f.problem);
	blob_of_bytes(f.store, f.arena, bytes_of_text("<answer/>"), &markup.blob, &f.problem);
	struct step s = step_put("a", HERE, &markup, SECOND);
	CU_ASSERT_FALSE(do_step(&f, &s)); /* the document is nobody's yet */
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_FALSE(is_known(&f, &markup.blob));
	CU_ASSERT_TRUE(store_write(f.store, keep, &document.blob, &f.problem));
	CU_ASSERT_TRUE(do_step(&f, &s));
	CU_ASSERT_EQUAL(s.errand.octets, 9);
	CU_ASSERT_TRUE(is_known(&f, &markup.blob));
	whole(&f);
	CU_ASSERT_TRUE(act(&f, later, s.errand.number, (struct errand_try){ .now = 2, .due = 3 }));
	CU_ASSERT_TRUE(act(&f, aside, s.errand.number, (struct errand_try){ .now = 2, .due = 3 }));
	CU_ASSERT_TRUE(is_known(&f, &markup.blob));
	whole(&f);
	CU_ASSERT_TRUE(act(&f, drop, s.errand.number, (struct errand_try){ 0 }));
	CU_ASSERT_FALSE(is_known(&f, &markup.blob));
	CU_ASSERT_TRUE(is_known(&f, &document.blob));
	whole(&f);
	fixture_close(&f);
}

static void set_aside_and_back(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t one = put_one(&f, "a", HERE), two = put_one(&f, "a", HERE);
	struct errand_try no = { .now = 5 * SECOND, .answered = true, .why = "HTTP status 400" };
	CU_ASSERT_TRUE(act(&f, aside, one, no));
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), two);
	struct errand_queue q = queue_of(&f, "a", HERE);
	CU_ASSERT_EQUAL(q.due, 5 * SECOND); /* who said no is there */
	CU_ASSERT_EQUAL(q.failures, 0);
	CU_ASSERT_EQUAL(q.waiting, 1);
	CU_ASSERT_EQUAL(q.aside, 1);
	CU_ASSERT_FALSE(act(&f, aside, one, no));
	CU_ASSERT_FALSE(act(&f, later, one, no));
	whole(&f);
	/* Who did not answer is not tried with the next at once. */
	struct errand_try silent = { .now = 6 * SECOND, .due = 99 * SECOND, .why = "silent" };
	CU_ASSERT_TRUE(act(&f, aside, two, silent));
	uint64_t three = put_one(&f, "a", HERE);
	CU_ASSERT_EQUAL(queue_of(&f, "a", HERE).due, 99 * SECOND);
	whole(&f);
	CU_ASSERT_TRUE(act(&f, again, one, (struct errand_try){ .now = 7 * SECOND }));
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), one);
	CU_ASSERT_EQUAL(queue_of(&f, "a", HERE).due, 7 * SECOND);
	CU_ASSERT_EQUAL(queue_of(&f, "a", HERE).failures, 0);
	whole(&f);
	CU_ASSERT_TRUE(act(&f, drop, one, (struct errand_try){ 0 }));
	CU_ASSERT_TRUE(act(&f, drop, two, (struct errand_try){ 0 })); /* aside */
	CU_ASSERT_EQUAL(first_of(&f, "a", HERE), three);
	CU_ASSERT_FALSE(act(&f, again, two, (struct errand_try){ .now = 8 * SECOND }));
	whole(&f);
	fixture_close(&f);
}

static void listed(void)
{
	struct fixture f;
	size_t count;
	fixture_open(&f);
	uint64_t one = put_one(&f, "a", HERE), two = put_one(&f, "b", HERE);
	uint64_t three = put_one(&f, "a", THERE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct errand *e = errand_list(t, f.arena, 0, NULL, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT(e[0].number == one && e[1].number == two && e[2].number == three);
	e = errand_list(t, f.arena, one, NULL, 1, &count);
	CU_ASSERT(count == 1 && e[0].number == two);
	e = errand_list(t, f.arena, 0, "a", 10, &count);
	CU_ASSERT(count == 2 && e[1].number == three);
	errand_list(t, f.arena, three, NULL, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
	struct errand_queue *q = errand_queues(t, f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT(q[0].waiting == 1 && text_equal(q[2].partner, "b"));
	store_end(t);
	fixture_close(&f);
}

/* ---- What check finds ---- */

static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	const struct key *k = with;
	struct bytes row;
	(void)p;
	return store_has(t, key_span(k))
		       ? store_delete(t, key_span(k))
		       : store_put(t, key_span(k), (struct bytes){ 0 })
				 && store_get(t, key_span(k), store_arena(t), &row);
}

static void check_finds(void)
{
	/* octets of keys that are there, or are not */
	static const unsigned char spaces[] = { 0x70, 0x71, 0x72, 0x73, 0x74 };
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct fixture f;
		struct key k;
		struct bytes key, value;
		fixture_open(&f);
		put_one(&f, "a", HERE);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &spaces[i], 1 },
							   false);
		CU_ASSERT_TRUE_FATAL(store_next(c, &key, &value));
		memcpy(k.data, key.data, k.length = key.length);
		k.overflow = false;
		store_scan_end(c);
		store_end(t);
		CU_ASSERT_TRUE(store_write(f.store, spoil, &k, &f.problem));
		if (findings(&f, NULL) == 0)
			CU_FAIL("a key that is gone");
		CU_ASSERT_TRUE(store_write(f.store, spoil, &k, &f.problem));
		if (spaces[i] != 0x73 && findings(&f, NULL) == 0)
			CU_FAIL("a row without octets");
		fixture_close(&f);
	}
}

/* ---- Leases ---- */

static bool take(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	s->fails = false;
	return lease_take(t, "errands a " HERE, s->node, s->what.now, s->what.due, &s->until);
}

static bool holds(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	return lease_holds(t, "errands a " HERE, s->node, s->what.now);
}

static bool give_back(struct store_txn *t, struct step *s, struct problem *p)
{
	(void)p;
	lease_end(t, "errands a " HERE, s->node);
	return true;
}

static bool lease(struct fixture *f, step_run *run, const char *node, instant now, instant *until)
{
	struct step s = { .run = run, .node = node, .what = { .now = now, .due = now + 10 } };
	bool is = do_step(f, &s);
	if (until != NULL)
		*until = s.until;
	return is;
}

/* Names in their order; one is the beginning of another. */
static const struct lease_row {
	const char *name, *node;
	instant until;
} lease_rows[] = { { "audit a", "two", 7 },
		   { "audit ab", "one", 5 },
		   { "errands b " HERE, "one", INT64_MAX } };

static bool take_all(void *with, struct store_txn *t, struct problem *p)
{
	instant until;
	(void)with, (void)p;
	for (size_t i = COUNT(lease_rows); i-- > 0;)
		if (!lease_take(t, lease_rows[i].name, lease_rows[i].node, 1, lease_rows[i].until,
				&until))
			return false;
	return true;
}

static void listed_by_name(void)
{
	struct fixture f;
	struct lease is;
	const char *name = NULL;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(lease_next(t, f.arena, &name, &is));
	store_end(t);
	CU_ASSERT_TRUE(store_write(f.store, take_all, NULL, &f.problem));
	t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(lease_rows); i++) {
		CU_ASSERT_TRUE_FATAL(lease_next(t, f.arena, &name, &is));
		CU_ASSERT_STRING_EQUAL(name, lease_rows[i].name);
		CU_ASSERT_STRING_EQUAL(is.node, lease_rows[i].node);
		CU_ASSERT_EQUAL(is.until, lease_rows[i].until);
	}
	CU_ASSERT_FALSE(lease_next(t, f.arena, &name, &is));
	CU_ASSERT_FALSE(store_failed(t));
	/* Behind a name that no lease has. */
	name = "audit aa";
	CU_ASSERT_TRUE(lease_next(t, f.arena, &name, &is));
	CU_ASSERT_STRING_EQUAL(name, "audit ab");
	store_end(t);
	fixture_close(&f);
}

static void unreadable_lease(void)
{
	struct fixture f;
	struct lease is;
	struct key k;
	const char *name = NULL;
	fixture_open(&f);
	key_begin(&k, SPACE_OUTBOX_LAST);
	key_text(&k, "audit a");
	CU_ASSERT_TRUE(store_write(f.store, spoil, &k, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(lease_next(t, f.arena, &name, &is));
	CU_ASSERT_TRUE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

static void one_node_at_a_time(void)
{
	struct fixture f;
	instant until;
	fixture_open(&f);
	CU_ASSERT_TRUE(lease(&f, take, "one", 100, &until));
	CU_ASSERT_EQUAL(until, 110);
	CU_ASSERT_FALSE(lease(&f, take, "two", 109, &until));
	CU_ASSERT_EQUAL(until, 110);
	CU_ASSERT_TRUE(lease(&f, holds, "one", 109, NULL));
	CU_ASSERT_FALSE(lease(&f, holds, "two", 109, NULL));
	/* Renewed, also by one that was killed and is back. */
	fixture_reopen(&f);
	CU_ASSERT_TRUE(lease(&f, take, "one", 109, &until));
	CU_ASSERT_EQUAL(until, 119);
	CU_ASSERT_FALSE(lease(&f, take, "two", 118, NULL));
	CU_ASSERT_FALSE(lease(&f, holds, "one", 119, NULL));
	CU_ASSERT_TRUE(lease(&f, take, "two", 119, &until));
	/* Who lost it does not end the other's. */
	lease(&f, give_back, "one", 120, NULL);
	CU_ASSERT_FALSE(lease(&f, take, "one", 120, NULL));
	lease(&f, give_back, "two", 121, NULL);
	CU_ASSERT_FALSE(lease(&f, holds, "two", 121, NULL));
	CU_ASSERT_TRUE(lease(&f, take, "one", 121, NULL));
	whole(&f);
	fixture_close(&f);
}

/* ---- A random history ---- */

enum { STEPS = 600, QUEUES = 3 };

struct line {
	const char *partner, *address;
	uint64_t numbers[STEPS]; /* waiting, in order */
	size_t count;
};

static unsigned draw(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void take_out(struct line *l, size_t at)
{
	l->count--;
	memmove(&l->numbers[at], &l->numbers[at + 1], (l->count - at) * sizeof l->numbers[0]);
}

static void put_in(struct line *l, uint64_t number)
{
	size_t at = l->count++;
	for (; at > 0 && l->numbers[at - 1] > number; at--)
		l->numbers[at] = l->numbers[at - 1];
	l->numbers[at] = number;
}

static void random_history(void)
{
	struct fixture f;
	struct line lines[QUEUES] = { { .partner = "a", .address = HERE },
				      { .partner = "a", .address = THERE },
				      { .partner = "b", .address = HERE } };
	struct line sides[QUEUES] = { { .count = 0 } };
	unsigned seed = 7;
	fixture_open(&f);
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned which = draw(&seed) % QUEUES;
		struct line *l = &lines[which], *side = &sides[which];
		struct errand_try what = { .now = i,
					   .due = i + draw(&seed) % 50,
					   .answered = draw(&seed) % 2 != 0,
					   .why = "no" };
		unsigned choice = draw(&seed) % 6;
		if (choice < 2) {
			put_in(l, put_one(&f, l->partner, l->address));
		} else if (choice == 2 && l->count != 0) {
			CU_ASSERT_TRUE(act(&f, done, l->numbers[0], what));
			take_out(l, 0);
		} else if (choice == 3 && l->count != 0) {
			CU_ASSERT_TRUE(act(&f, later, l->numbers[0], what));
		} else if (choice == 4 && l->count != 0) {
			CU_ASSERT_TRUE(act(&f, aside, l->numbers[0], what));
			put_in(side, l->numbers[0]);
			take_out(l, 0);
		} else if (choice == 5 && side->count != 0) {
			size_t at = draw(&seed) % side->count;
			bool back = draw(&seed) % 2 != 0;
			CU_ASSERT_TRUE(act(&f, back ? again : drop, side->numbers[at], what));
			if (back)
				put_in(l, side->numbers[at]);
			take_out(side, at);
		}
		CU_ASSERT_EQUAL(first_of(&f, l->partner, l->address),
				l->count == 0 ? 0 : l->numbers[0]);
		CU_ASSERT_EQUAL(queue_of(&f, l->partner, l->address).aside, side->count);
	}
	whole(&f);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "E1: there after its job, and only then", there_after_its_job },
	{ "E2: the first before the next", the_first_before_the_next },
	{ "E3: each queue for itself", each_queue_for_itself },
	{ "E4: bounds", bounds },
	{ "E4: room is divided", room_is_divided },
	{ "E4: octets are divided", octets_are_divided },
	{ "E4: some are unbounded", some_are_unbounded },
	{ "E4: less is allowed", less_is_allowed },
	{ "E4: no place for a long address", no_place_for_a_long_address },
	{ "E5: kept as long as it, and no longer", kept_as_long_as_it },
	{ "E6: set aside and back", set_aside_and_back },
	{ "listed", listed },
	{ "what check finds", check_finds },
	{ "a lease is one node's at a time", one_node_at_a_time },
	{ "leases are listed by name", listed_by_name },
	{ "a lease that cannot be read is told", unreadable_lease },
	{ "a random history", random_history },
	{ 0 }
};

int main(void)
{
	return suite_run("store: errands", tests);
}
