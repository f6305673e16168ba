/* tests/store/identity_score_test.c: whom a description may be, weighed in a snapshot; and in a job
 * later, whatever was changed in between, the same as if it had been weighed there alone. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_feed.h"
#include "store/identity_score.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

/* ---- What it costs: how often two were held against each other, and somebody was made comparable.
 * The linker leads both here. ---- */

static unsigned compared, made;

struct match_comparison __real_match_compare(const struct match_features *x,
					     const struct match_features *y);
struct match_comparison __wrap_match_compare(const struct match_features *x,
					     const struct match_features *y);
struct match_comparison __wrap_match_compare(const struct match_features *x,
					     const struct match_features *y)
{
	compared++;
	return __real_match_compare(x, y);
}

struct match_features *__real_match_features(struct arena *a, const struct match_subject *s);
struct match_features *__wrap_match_features(struct arena *a, const struct match_subject *s);
struct match_features *__wrap_match_features(struct arena *a, const struct match_subject *s)
{
	made++;
	return __real_match_features(a, s);
}

/* Two domains and one: of each that is compared. */
enum { A_LOOK = 2 };

/* ---- People ---- */

/* One of whom only the birth date, phone and house differ. */
#define HANAKO(domain, id, birth, phone, house)                                                    \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", birth, "F", phone, "1500002", house, 0, 0, 0, 0    \
	}
#define HERE "渋谷1-2-3"
static const struct who
	hanako = HANAKO(A_DOMAIN, "1", "19800101", "0312345001", HERE),
	slipped = HANAKO(B_DOMAIN, "1", "19800107", "0312345001", HERE),
	the_same = HANAKO(C_DOMAIN, "1", "19800107", "0312345001", HERE),
	of_hers = HANAKO(A_DOMAIN, "2", "19800107", "0312345001", HERE),
	moved = HANAKO(B_DOMAIN, "1", "19800107", "0399990000", "神泉9-9-9"),
	newcomer = HANAKO(A_DOMAIN, "2", "19800102", "0312345001", HERE),
	namesake = { C_DOMAIN,  "3",       "サトウ", "ハナコ", "19800101", "F", "0377777777",
		     "9040101", "上原7-7", 0,        0,        0,          0 },
	stranger = { C_DOMAIN,  "4",       "スズキ", "タロウ", "19500505", "M", "0666666666",
		     "5300001", "梅田1-1", 0,        0,        0,          0 };

static struct region region_with(enum matching matching, const struct match_weights *weights)
{
	struct region r = people_region;
	r.matching = matching;
	r.weights = weights;
	return r;
}

/* ---- Telling ---- */

static const char *told(struct fixture *f, struct store_txn *t, const struct identity_scored *s)
{
	struct buffer b = buffer_in(f->arena);
	for (const struct match_pair *p = s->pairs; p != NULL; p = p->next) {
		struct patient_record r = { .id = "?" };
		if (!identity_record(t, f->arena, p->other, &r))
			return "failed";
		CU_ASSERT_EQUAL(p->version, r.version);
		buffer_printf(&b, "%s%c%s %s", b.length == 0 ? "" : ", ",
			      (int)('a' + r.domain[strlen(r.domain) - 1] - '1'), r.id,
			      match_outcome_name(p->score.outcome));
	}
	return buffer_ended(&b);
}

static struct identity_scored *score_with(struct fixture *f, const struct region *r,
					  const struct who *w)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct patient_demographics d = people_demographics(f->arena, w);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct identity_scored *s = identity_score(t, f->arena, r, &id, &d);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return s;
}

static struct identity_scored *score(struct fixture *f, const struct who *w)
{
	const struct region r = region_with(MATCHING_LINK, NULL);
	return score_with(f, &r, w);
}

static const char *scored(struct fixture *f, const struct who *w)
{
	struct identity_scored *s = score(f, w);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	const char *text = s == NULL ? "nothing" : told(f, t, s);
	store_end(t);
	return text;
}

/* ---- In a job ---- */

struct now {
	struct fixture *fixture;
	const struct who *who;
	const struct identity_scored *before;
	const char *text;
};

/* The row as a feed has it then; the job is undone. */
static bool weigh_now(void *with, struct store_txn *t, struct problem *p)
{
	struct now *n = with;
	const struct region r = region_with(MATCHING_LINK, NULL);
	struct identity_work w = identity_work_begin(t, &r);
	struct identity_row row = { .record = { .domain = n->who->domain, .id = n->who->id } };
	uint64_t number;
	if (identity_id_get(t, w.arena, n->who->domain, n->who->id, &number))
		CU_ASSERT_TRUE_FATAL(identity_row_get(t, w.arena, number, &row));
	row.record.demographics = people_demographics(n->fixture->arena, n->who);
	row.said = identity_demographics_octets(w.arena, &row.record.demographics);
	row.said_read = true;
	const struct identity_scored *s = identity_scored_now(&w, &row, n->before);
	n->text = s == NULL ? "nothing" : told(n->fixture, t, s);
	return problem_set(p, PROBLEM_CONFLICT, "only looked");
}

static const char *now_with(struct fixture *f, const struct who *w,
			    const struct identity_scored *before)
{
	struct now n = { f, w, before, "" };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, weigh_now, &n, &f->problem);
	compared = 0;
	made = 0;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, weigh_now, &n, &f->problem);
	return n.text;
}

/* ---- Tests ---- */

static void a_snapshot_is_asked(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_STRING_EQUAL(scored(&f, &hanako), "");
	people_feed(&f, &slipped);
	people_feed(&f, &namesake);
	people_feed(&f, &stranger);
	CU_ASSERT_STRING_EQUAL(scored(&f, &hanako), "b1 link, c3 review");
	people_feed(&f, &hanako);
	/* Who is known is not held against itself, and says nothing new by the same. */
	CU_ASSERT_STRING_EQUAL(scored(&f, &hanako), "nothing");
	CU_ASSERT_STRING_EQUAL(scored(&f, &moved), "a1 review");
	CU_ASSERT_STRING_EQUAL(scored(&f, &of_hers), "b1 link, a1 review");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* What a record says may stand with another one; each is of its own domain. */
static void borrowers_have_their_own(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &slipped);
	people_feed(&f, &the_same);
	people_feed(&f, &of_hers);
	compared = 0;
	CU_ASSERT_STRING_EQUAL(scored(&f, &hanako), "b1 link, c1 link, a2 review");
	CU_ASSERT_EQUAL(compared, A_LOOK);
	/* One of them that says another thing from now on is not held against itself. */
	const struct who changed = HANAKO(C_DOMAIN, "1", "19800101", "0312345001", HERE);
	CU_ASSERT_STRING_EQUAL(scored(&f, &changed), "b1 link, a2 link");
	/* Of one that was merged away only those that borrow from it are told. */
	const struct who other = HANAKO(B_DOMAIN, "5", "19800107", "0312345001", HERE);
	people_feed(&f, &other);
	CU_ASSERT_EQUAL(people_merge(&f, B_DOMAIN, "5", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(scored(&f, &hanako), "c1 link, b5 link, a2 review");
	CU_ASSERT_STRING_EQUAL(scored(&f, &slipped), "nothing");
	fixture_close(&f);
}

static void several_ids_are_weighed_each(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &slipped);
	struct patient_identifier second = { .id = "9", .universal_id = B_DOMAIN },
				  first = { .id = "9", .universal_id = A_DOMAIN, .next = &second };
	struct patient_demographics d = people_demographics(f.arena, &hanako);
	const struct region r = region_with(MATCHING_LINK, match_weights_default(f.arena));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct identity_scored *s = identity_score(t, f.arena, &r, &first, &d);
	CU_ASSERT_FATAL(s != NULL && s->next != NULL && s->next->next == NULL);
	CU_ASSERT_STRING_EQUAL(told(&f, t, s), "b1 link");
	CU_ASSERT_STRING_EQUAL(told(&f, t, s->next), "b1 review");
	struct identity_row row = { .record = { .domain = B_DOMAIN, .id = "9" } };
	CU_ASSERT_PTR_EQUAL(identity_scored_of(s, &row), s->next);
	row.record.id = "8";
	CU_ASSERT_PTR_NULL(identity_scored_of(s, &row));
	row.record.domain = C_DOMAIN;
	CU_ASSERT_PTR_NULL(identity_scored_of(s, &row));
	store_end(t);
	fixture_close(&f);
}

/* Whom a feed cannot be about, or what it does not change. */
static void nothing_is_weighed(void)
{
	struct fixture f;
	fixture_open(&f);
	const struct who gone = HANAKO(A_DOMAIN, "5", "19800107", "0312345001", HERE),
			 gone_moved = HANAKO(A_DOMAIN, "5", "19800107", "0388888888", "西原1");
	people_feed(&f, &gone);
	people_feed(&f, &hanako);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "5", NULL), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(scored(&f, &gone_moved), "nothing");
	struct who ours = gone_moved;
	ours.domain = AFFINITY;
	ours.id = people_person(&f, A_DOMAIN, "1").regional_id;
	CU_ASSERT_STRING_EQUAL(scored(&f, &ours), "nothing");
	/* Off: the keys all the same. */
	people_feed(&f, &slipped);
	const struct region off = region_with(MATCHING_OFF, NULL);
	compared = 0;
	struct identity_scored *s = score_with(&f, &off, &namesake);
	CU_ASSERT_FATAL(s != NULL);
	CU_ASSERT(s->pairs == NULL && s->is.count == 5 && compared == 0);
	fixture_close(&f);
}

/* What happens between the snapshot and the job, what is told then, and how often somebody is
 * compared for it. */
static void what_still_holds_is_taken(void)
{
	static const struct meanwhile {
		const char *why;
		const struct who *fed;
		const char *merged, *told;
		unsigned compared;
	} meanwhile[] = {
		{ "nothing", NULL, NULL, "b1 link, c3 review", 0 },
		{ "a newcomer", &newcomer, NULL, "b1 link, a2 review, c3 review", A_LOOK },
		{ "somebody else", &stranger, NULL, "b1 link, c3 review", 0 },
		{ "one that borrows", &the_same, NULL, "b1 link, c1 link, c3 review", 0 },
		{ "another version", &moved, NULL, "c3 review, b1 review", A_LOOK },
		{ "one is merged away", NULL, "1", "c3 review", A_LOOK },
	};
	for (size_t i = 0; i < COUNT(meanwhile); i++) {
		const struct meanwhile *m = &meanwhile[i];
		const struct who survivor = {
			B_DOMAIN, "7", "スズキ", "タロウ", "19500505", "M", "0666666666",
			0,        0,   0,        0,        0,          0
		};
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &survivor);
		people_feed(&f, &slipped);
		people_feed(&f, &namesake);
		struct identity_scored *before = score(&f, &hanako);
		if (m->fed != NULL)
			people_feed(&f, m->fed);
		if (m->merged != NULL)
			CU_ASSERT_EQUAL(people_merge(&f, B_DOMAIN, "7", m->merged, NULL),
					PROBLEM_NONE);
		const char *text = now_with(&f, &hanako, before);
		if (!text_equal(text, m->told) || compared != m->compared)
			fprintf(stderr, "%s: %s, %u compared\n", m->why, text, compared);
		CU_ASSERT_STRING_EQUAL(text, m->told);
		CU_ASSERT_EQUAL(compared, m->compared);
		/* The same as who has not looked. */
		CU_ASSERT_STRING_EQUAL(now_with(&f, &hanako, NULL), m->told);
		CU_ASSERT(compared > 0 || before->pairs == NULL);
		/* And as who has looked at another description. */
		CU_ASSERT_STRING_EQUAL(now_with(&f, &hanako, score(&f, &stranger)), m->told);
		fixture_close(&f);
	}
}

static void the_best_are_told(void)
{
	enum { MORE = MATCH_PAIRS_MOST + 5 };
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < MORE; i++) {
		/* Of other houses, each in one family's phone: nobody is one with another. */
		struct who w = HANAKO(B_DOMAIN, arena_printf(f.arena, "%u", i + 1),
				      arena_printf(f.arena, "198001%02u", i + 2), NULL,
				      arena_printf(f.arena, "渋谷%u-1", i));
		people_feed(&f, &w);
	}
	struct identity_scored *s = score(&f, &hanako);
	CU_ASSERT_EQUAL_FATAL(s->found.count, MORE);
	unsigned count = 0;
	for (const struct match_pair *p = s->pairs; p != NULL; p = p->next, count++)
		if (p->next != NULL) {
			const struct match_score *x = &p->score, *y = &p->next->score;
			CU_ASSERT(x->outcome > y->outcome
				  || (x->outcome == y->outcome && x->total >= y->total));
			CU_ASSERT(x->outcome != y->outcome || x->total > y->total
				  || p->other < p->next->other);
		}
	CU_ASSERT_EQUAL(count, MATCH_PAIRS_MOST);
	CU_ASSERT(s->left_out > 0 && s->left_out <= MORE - MATCH_PAIRS_MOST);
	fixture_close(&f);
}

/* ---- The index follows ---- */

struct feeding {
	struct fixture *fixture;
	const struct who *who;
	struct identity_scored *scored;
};

static bool feed(struct store_txn *t, const void *with)
{
	const struct feeding *g = with;
	struct patient_identifier id = { .id = g->who->id, .universal_id = g->who->domain };
	struct patient_demographics d = people_demographics(g->fixture->arena, g->who);
	struct feed_outcome out;
	struct problem p = { .code = PROBLEM_NONE };
	d.scored = g->scored;
	made = 0;
	return identity_put(t, &people_region, people_system(g->who->domain), &id, &d, 0, &out, &p);
}

/* The committer makes nobody comparable where a worker has. */
static void keys_are_a_workers(void)
{
	struct fixture f;
	fixture_open(&f);
	struct feeding g = { &f, &slipped, score(&f, &slipped) };
	CU_ASSERT_TRUE(in_job(&f, feed, &g));
	CU_ASSERT_EQUAL(made, 0);
	g = (struct feeding){ &f, &moved, score(&f, &moved) };
	CU_ASSERT_TRUE(in_job(&f, feed, &g));
	CU_ASSERT_EQUAL(made, 0);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* Weighed before another change: what it was is not what the worker saw. */
	g = (struct feeding){ &f, &slipped, score(&f, &slipped) };
	people_feed(&f, &hanako);
	const struct who between = HANAKO(B_DOMAIN, "1", "19800111", "0312345001", HERE);
	people_feed(&f, &between);
	CU_ASSERT_TRUE(in_job(&f, feed, &g));
	CU_ASSERT_EQUAL(made, 2);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* Of another description. */
	g = (struct feeding){ &f, &moved, score(&f, &between) };
	CU_ASSERT_TRUE(in_job(&f, feed, &g));
	CU_ASSERT_EQUAL(made, 2);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void one_pair_alone(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako);
	people_feed(&f, &slipped);
	const struct region r = region_with(MATCHING_LINK, NULL);
	struct identity_row x, y;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, f.arena, 1, &x));
	CU_ASSERT_TRUE_FATAL(identity_row_get_skimmed(t, f.arena, 3, &y));
	struct match_score s = identity_score_pair(f.arena, &r, &x, &y),
			   back = identity_score_pair(f.arena, &r, &y, &x);
	CU_ASSERT_EQUAL(s.outcome, MATCH_LINK);
	CU_ASSERT(s.total <= back.total && s.total >= back.total);
	store_end(t);
	fixture_close(&f);
}

/* What cannot be read is the store's failure, and nobody is told. */
enum { BROKEN_FRONT, BROKEN_SAID, BROKEN_PERSON, A_MEMBER_IS_GONE, BREAKAGES };

static bool break_row(struct store_txn *t, const void *with)
{
	const unsigned *what = with;
	struct identity_row row;
	struct person_row person;
	struct key k;
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), 1, &row));
	CU_ASSERT_TRUE_FATAL(person_row_get(t, store_arena(t), row.record.person, &person));
	key_begin(&k, *what == BROKEN_PERSON ? SPACE_IDENTITY_PERSON : SPACE_IDENTITY_RECORD);
	key_short(&k, *what == BROKEN_PERSON ? person.number : 1);
	switch (*what) {
	case BROKEN_SAID:
		row.said = bytes_of_text("\x01\x0f\x7f\x7f");
		row.packed = (struct bytes){ 0 };
		return identity_row_put(t, &row);
	case A_MEMBER_IS_GONE:
		person.members[person.count++] = 4711;
		return person_row_put(t, &person);
	}
	return store_put(t, key_span(&k), bytes_of_text("\x01\x0f\x7f"));
}

static void what_cannot_be_read(void)
{
	for (unsigned what = 0; what < BREAKAGES; what++) {
		bool fails = what != A_MEMBER_IS_GONE;
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &slipped);
		people_feed(&f, &namesake);
		CU_ASSERT_TRUE(in_job(&f, break_row, &what));
		struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
		struct patient_demographics d = people_demographics(f.arena, &hanako);
		const struct region r = region_with(MATCHING_LINK, NULL);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct identity_scored *s = identity_score(t, f.arena, &r, &id, &d);
		CU_ASSERT_EQUAL(s == NULL, fails);
		CU_ASSERT_EQUAL(store_failed(t), fails);
		store_end(t);
		/* Of the record itself. */
		id.universal_id = B_DOMAIN;
		t = store_begin_read(f.store, &f.problem);
		s = identity_score(t, f.arena, &r, &id, &d);
		CU_ASSERT_EQUAL(store_failed(t), what <= BROKEN_SAID);
		store_end(t);
		struct now n = { &f, &hanako, NULL, "" };
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		store_write(f.store, weigh_now, &n, &f.problem);
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_CONFLICT);
		fixture_close(&f);
	}
}

/* The row that is weighed itself; and what was looked at before is of no use for one that was not
 * read. */
static bool weigh_unread(struct store_txn *t, const void *with)
{
	const struct identity_scored *before = with;
	const struct region r = region_with(MATCHING_LINK, NULL);
	struct identity_work w = identity_work_begin(t, &r);
	struct identity_row row;
	CU_ASSERT_TRUE_FATAL(identity_row_get_skimmed(t, w.arena, 1, &row));
	row.said = (struct bytes){ 0 };
	const struct identity_scored *s = identity_scored_now(&w, &row, before);
	CU_ASSERT_FATAL(s != NULL);
	CU_ASSERT_PTR_EQUAL(s->features, row.features);
	CU_ASSERT_PTR_EQUAL(identity_scored_now(&w, &row, before)->features, row.features);
	row.features = NULL;
	row.said = (struct bytes){ 0 };
	row.said_read = false;
	row.packed = bytes_of_text("\x7f");
	CU_ASSERT_PTR_NULL(identity_scored_now(&w, &row, NULL));
	CU_ASSERT_TRUE(store_failed(t));
	return false;
}

static void a_row_that_was_not_read(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &slipped);
	CU_ASSERT_FALSE(in_job(&f, weigh_unread, score(&f, &moved)));
	fixture_close(&f);
}

/* More than a message may have are not looked at. */
static void too_many_ids(void)
{
	enum { MORE = IDS_MOST + 2 };
	struct fixture f;
	fixture_open(&f);
	struct patient_identifier ids[MORE];
	for (unsigned i = 0; i < MORE; i++)
		ids[i] = (struct patient_identifier){ .id = arena_printf(f.arena, "%u", i),
						      .universal_id = A_DOMAIN,
						      .next = i + 1 == MORE ? NULL : &ids[i + 1] };
	struct patient_demographics d = people_demographics(f.arena, &hanako);
	const struct region r = region_with(MATCHING_LINK, NULL);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	unsigned count = 0;
	for (const struct identity_scored *s = identity_score(t, f.arena, &r, ids, &d); s != NULL;
	     s = s->next)
		count++;
	CU_ASSERT_EQUAL(count, IDS_MOST);
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = { { "a snapshot is asked", a_snapshot_is_asked },
				     { "borrowers have their own", borrowers_have_their_own },
				     { "several ids are weighed each",
				       several_ids_are_weighed_each },
				     { "nothing is weighed", nothing_is_weighed },
				     { "what still holds is taken", what_still_holds_is_taken },
				     { "the best are told", the_best_are_told },
				     { "keys are a worker's", keys_are_a_workers },
				     { "one pair alone", one_pair_alone },
				     { "what cannot be read", what_cannot_be_read },
				     { "a row that was not read", a_row_that_was_not_read },
				     { "too many ids", too_many_ids },
				     { 0 } };

int main(void)
{
	return suite_run("store: whom a description may be", tests);
}
