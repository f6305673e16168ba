/* tests/store/match_queue_test.c: pairs that wait: told, decided by one or by two, undone, asked
 * again only when the data change; and what scores link is told. */
#include "tests/base/suite.h"

#include "store/consent.h"
#include "tests/store/in_job.h"
#include "tests/store/match_scene.h"

/* One person: two facilities, a slip in the birth date, one house and phone. */
static const struct who likely_a = { .domain = A_DOMAIN,
				     .id = "1",
				     .family = "カワシマ",
				     .given = "ケンイチ",
				     .birth = "19410503",
				     .sex = "M",
				     .phone = "0312345678",
				     .postcode = "1050001",
				     .address = "東京都港区虎ノ門1-2-3" };
static const struct who likely_b = { .domain = B_DOMAIN,
				     .id = "2",
				     .family = "カワシマ",
				     .given = "ケンイチ",
				     .birth = "19410504",
				     .sex = "M",
				     .phone = "0312345678",
				     .postcode = "1050001",
				     .address = "東京都港区虎ノ門1-2-3" };
/* Perhaps: the same name and birth date, and nothing of where anybody lives. */
static const struct who perhaps_a = { .domain = A_DOMAIN,
				      .id = "3",
				      .family = "ワタナベ",
				      .given = "ミサキ",
				      .birth = "19700112",
				      .sex = "F" };
static const struct who perhaps_b = { .domain = B_DOMAIN,
				      .id = "4",
				      .family = "ワタナベ",
				      .given = "ミサキ",
				      .birth = "19700112",
				      .sex = "F" };

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(scene_wrongs(f), 0);
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

static uint64_t number_of(struct fixture *f, const struct who *w)
{
	return people_record(f, w->domain, w->id).number;
}

static bool find(struct fixture *f, const struct who *x, const struct who *y,
		 struct match_waits *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = match_queue_find(t, f->arena, number_of(f, y), number_of(f, x), out);
	store_end(t);
	return found;
}

static bool waits(struct fixture *f, const struct who *x, const struct who *y)
{
	struct match_waits w;
	return find(f, x, y, &w);
}

static uint64_t count(struct fixture *f)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	uint64_t n = match_queue_count(t);
	store_end(t);
	return n;
}

/* ---- Deciding ---- */

struct deciding {
	struct region region;
	uint64_t record, other;
	enum pair_decision what;
	struct person_decision said;
	struct feed_outcome out;
	bool proposed;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct deciding *d = with;
	return match_decide(t, &d->region, d->record, d->other, d->what, &d->said, &d->out,
			    &d->proposed, p);
}

static enum problem_code decide(struct fixture *f, struct deciding *d)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, decide_job, d, &f->problem);
	return f->problem.code;
}

static struct deciding deciding(struct fixture *f, const struct who *x, const struct who *y,
				enum pair_decision what, const char *by, bool four_eyes)
{
	struct deciding d = { .region = people_region,
			      .record = number_of(f, x),
			      .other = number_of(f, y),
			      .what = what,
			      .said = { .by = by, .why = "asked her" } };
	d.region.four_eyes = four_eyes;
	return d;
}

static enum problem_code say(struct fixture *f, const struct who *x, const struct who *y,
			     enum pair_decision what)
{
	struct deciding d = deciding(f, x, y, what, "kato", false);
	return decide(f, &d);
}

/* ---- What waits ---- */

static void likely_ones_are_linked_and_told(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &likely_a);
	struct feed_outcome out = people_feed(&f, &likely_b);
	CU_ASSERT_EQUAL(out.linked, 1);
	CU_ASSERT_TRUE(people_same(&f, &likely_a, &likely_b));
	CU_ASSERT_EQUAL(count(&f), 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct link_decision *d = identity_decisions(t, f.arena,
						     people_record(&f, A_DOMAIN, "1").person);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_PTR_NULL(d->next);
	CU_ASSERT_STRING_EQUAL(d->reason, "score");
	CU_ASSERT_TRUE(d->linked);
	CU_ASSERT_EQUAL(d->record, out.record);
	CU_ASSERT_PTR_NULL(d->by);
	CU_ASSERT_TRUE(text_starts(d->why, "total "));
	CU_ASSERT_PTR_NOT_NULL(strstr(d->why, "birth=slip"));
	CU_ASSERT_PTR_NULL(strstr(d->why, "1941"));
	store_end(t);
	/* The reason goes: so does the link, and the trail says so with the numbers now. */
	struct who moved = likely_b;
	moved.given = "ケンジ";
	moved.phone = "0399990000";
	moved.address = "大阪府大阪市北区梅田9-9-9";
	moved.postcode = "5300001";
	out = people_feed(&f, &moved);
	CU_ASSERT_EQUAL(out.unlinked, 1);
	CU_ASSERT_FALSE(people_same(&f, &likely_a, &likely_b));
	t = store_begin_read(f.store, &f.problem);
	d = identity_decisions(t, f.arena, people_record(&f, B_DOMAIN, "2").person);
	unsigned unlinked = 0;
	for (; d != NULL; d = d->next)
		unlinked += !d->linked && text_equal(d->reason, "score");
	CU_ASSERT_EQUAL(unlinked, 1);
	store_end(t);
	done(&f);
}

static void those_that_may_be_wait(void)
{
	struct fixture f;
	struct match_waits w;
	fixture_open(&f);
	people_feed(&f, &perhaps_a);
	people_feed(&f, &perhaps_b);
	CU_ASSERT_FALSE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.record, number_of(&f, &perhaps_a));
	CU_ASSERT_EQUAL(w.other, number_of(&f, &perhaps_b));
	CU_ASSERT_EQUAL(w.waiting, MATCH_WAITS);
	CU_ASSERT_EQUAL(w.verdict.outcome, MATCH_REVIEW);
	CU_ASSERT_TRUE((w.verdict.rules & 1u << RULE_ALONE) != 0);
	CU_ASSERT_EQUAL(w.verdict.level[FIELD_BIRTH], BIRTH_SAME);
	CU_ASSERT_EQUAL(w.verdict.level[FIELD_GIVEN], NAME_SAME_READING);
	CU_ASSERT_EQUAL(w.verdict.level[FIELD_PHONE], NOT_SAID);
	CU_ASSERT_FALSE(w.verdict.contested);
	CU_ASSERT_NOT_EQUAL(w.verdict.weights, 0);
	CU_ASSERT_EQUAL(w.version, 1);
	CU_ASSERT_PTR_NULL(w.by);
	CU_ASSERT_EQUAL(count(&f), 1);
	int64_t since = w.since;
	/* Weighed again, it waits since then. */
	struct who again = perhaps_b;
	again.phone = "0312345678";
	people_feed(&f, &again);
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.since, since);
	CU_ASSERT_EQUAL(w.other_version, 2);
	/* The same phone: the rule says that they are one, and nobody is asked. */
	struct who first = perhaps_a;
	first.phone = again.phone;
	people_feed(&f, &first);
	CU_ASSERT_TRUE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_EQUAL(count(&f), 0);
	/* And no more. */
	again.phone = "0300001111";
	people_feed(&f, &again);
	CU_ASSERT_FALSE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_EQUAL(count(&f), 1);
	done(&f);
}

/* As many as wait, page by page, each once. */
static void page_by_page(void)
{
	enum { TWINS = 6 };
	struct fixture f;
	struct match_page page = { .next = NULL };
	unsigned told = 0, pages = 0;
	fixture_open(&f);
	for (unsigned i = 0; i < TWINS; i++) {
		struct who w = perhaps_a;
		w.domain = i % 2 == 0 ? A_DOMAIN : B_DOMAIN;
		w.id = arena_printf(f.arena, "%u", 10 + i);
		people_feed(&f, &w);
	}
	uint64_t all = count(&f), before = 0, before_other = 0;
	CU_ASSERT_EQUAL(all, TWINS * (TWINS - 1) / 2);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	do {
		CU_ASSERT_TRUE_FATAL(match_queue_list(t, f.arena, page.next, 4, &page));
		pages++;
		for (const struct match_waits *w = page.pairs; w != NULL; w = w->next, told++) {
			CU_ASSERT_TRUE(w->record > before
				       || (w->record == before && w->other > before_other));
			CU_ASSERT_TRUE(w->record < w->other);
			before = w->record;
			before_other = w->other;
		}
	} while (page.next != NULL);
	CU_ASSERT_EQUAL(told, all);
	CU_ASSERT_EQUAL(pages, 4);
	static const char *const none[] = {
		"", "1", "1-", "-1", "x-1", "1-x", "1-18446744073709551615", "1-2x"
	};
	for (size_t i = 0; i < COUNT(none); i++)
		CU_ASSERT_FALSE(match_queue_list(t, f.arena, none[i], 4, &page));
	store_end(t);
	done(&f);
}

/* ---- Decided ---- */

static void asked_once(void)
{
	struct fixture f;
	struct match_waits w;
	struct who changed = perhaps_b;
	fixture_open(&f);
	people_feed(&f, &perhaps_a);
	people_feed(&f, &perhaps_b);
	CU_ASSERT_EQUAL(say(&f, &perhaps_b, &perhaps_a, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_EQUAL(count(&f), 0);
	/* What is not compared changes nothing, nor does what is said again. */
	people_feed(&f, &perhaps_b);
	CU_ASSERT_FALSE(waits(&f, &perhaps_a, &perhaps_b));
	changed.birth = "19700113";
	people_feed(&f, &changed);
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.waiting, MATCH_CHANGED);
	CU_ASSERT_STRING_EQUAL(w.by, "kato");
	CU_ASSERT_STRING_EQUAL(w.why, "asked her");
	CU_ASSERT_FALSE(w.together);
	CU_ASSERT_EQUAL(count(&f), 1);
	/* As it was when it was decided. */
	people_feed(&f, &perhaps_b);
	CU_ASSERT_EQUAL(count(&f), 0);
	/* What the data say by themselves nobody is asked. */
	changed.birth = "19391224";
	changed.family = "スズキ";
	people_feed(&f, &changed);
	CU_ASSERT_EQUAL(count(&f), 0);
	people_feed(&f, &perhaps_b);
	/* Decided otherwise, of what is said now. */
	changed = perhaps_b;
	changed.birth = "19700113";
	people_feed(&f, &changed);
	CU_ASSERT_EQUAL(say(&f, &perhaps_a, &perhaps_b, PAIR_TOGETHER), PROBLEM_NONE);
	CU_ASSERT_EQUAL(count(&f), 0);
	CU_ASSERT_TRUE(people_same(&f, &perhaps_a, &perhaps_b));
	/* One person, and what was decided does not hold by itself any more: asked. */
	changed.birth = "19880112";
	people_feed(&f, &changed);
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.waiting, MATCH_CHANGED);
	CU_ASSERT_TRUE(w.together);
	CU_ASSERT_TRUE(people_same(&f, &perhaps_a, &perhaps_b));
	/* Taken back: as anybody's. */
	CU_ASSERT_EQUAL(say(&f, &perhaps_a, &perhaps_b, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_EQUAL(say(&f, &perhaps_a, &perhaps_b, PAIR_UNDO), PROBLEM_CONFLICT);
	done(&f);
}

static void four_eyes(void)
{
	struct fixture f;
	struct match_waits w;
	fixture_open(&f);
	people_feed(&f, &perhaps_a);
	people_feed(&f, &perhaps_b);
	struct deciding d = deciding(&f, &perhaps_a, &perhaps_b, PAIR_TOGETHER, "kato", true);
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_TRUE(d.proposed);
	CU_ASSERT_EQUAL(d.out.effect, FEED_UNCHANGED);
	CU_ASSERT_FALSE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.waiting, MATCH_PROPOSED);
	CU_ASSERT_STRING_EQUAL(w.by, "kato");
	CU_ASSERT_STRING_EQUAL(w.why, "asked her");
	CU_ASSERT_TRUE(w.together);
	/* The same name is no second one. */
	d.proposed = false;
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_TRUE(d.proposed);
	CU_ASSERT_FALSE(people_same(&f, &perhaps_a, &perhaps_b));
	/* Nor may another one decide otherwise past it. */
	struct deciding other = deciding(&f, &perhaps_b, &perhaps_a, PAIR_APART, "mori", true);
	CU_ASSERT_EQUAL(decide(&f, &other), PROBLEM_CONFLICT);
	CU_ASSERT_FALSE(other.proposed);
	other.what = PAIR_TOGETHER;
	CU_ASSERT_EQUAL(decide(&f, &other), PROBLEM_NONE);
	CU_ASSERT_FALSE(other.proposed);
	CU_ASSERT_EQUAL(other.out.effect, FEED_UPDATED);
	CU_ASSERT_TRUE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_EQUAL(count(&f), 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct pair_decided *said = identity_pairs_decided(t, f.arena, d.record);
	CU_ASSERT_PTR_NOT_NULL_FATAL(said);
	CU_ASSERT_STRING_EQUAL(said->by, "kato, mori");
	CU_ASSERT_STRING_EQUAL(said->why, "asked her; asked her");
	store_end(t);
	/* It holds: nothing to propose. */
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_FALSE(d.proposed);
	/* The other way, proposed and taken back: what was decided holds, and is not asked. */
	d.what = PAIR_APART;
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_TRUE(d.proposed);
	CU_ASSERT_EQUAL(count(&f), 1);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	d.what = PAIR_UNDO;
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_EQUAL(count(&f), 0);
	CU_ASSERT_TRUE(people_same(&f, &perhaps_a, &perhaps_b));
	/* And now the decision. */
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_TRUE(waits(&f, &perhaps_a, &perhaps_b));
	done(&f);
}

/* What was proposed of other data is proposed no more; of the same it is. */
static void a_proposal_is_of_what_was_said(void)
{
	struct fixture f;
	struct match_waits w;
	struct who changed = perhaps_b;
	fixture_open(&f);
	people_feed(&f, &perhaps_a);
	people_feed(&f, &perhaps_b);
	struct deciding d = deciding(&f, &perhaps_a, &perhaps_b, PAIR_APART, "kato", true);
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	changed.phone = "0355555555";
	people_feed(&f, &changed);
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.waiting, MATCH_PROPOSED);
	CU_ASSERT_EQUAL(w.other_version, 2);
	changed.birth = "19700113";
	people_feed(&f, &changed);
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.waiting, MATCH_WAITS);
	/* Taken back, it waits as before. */
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	d.what = PAIR_UNDO;
	CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_NONE);
	CU_ASSERT_TRUE_FATAL(find(&f, &perhaps_a, &perhaps_b, &w));
	CU_ASSERT_EQUAL(w.waiting, MATCH_WAITS);
	/* Of two whom nothing leads to each other, too; then nothing is left of it. */
	people_feed(&f, &likely_a);
	struct deciding far = deciding(&f, &perhaps_a, &likely_a, PAIR_APART, "kato", true);
	CU_ASSERT_EQUAL(decide(&f, &far), PROBLEM_NONE);
	CU_ASSERT_TRUE(waits(&f, &perhaps_a, &likely_a));
	changed = perhaps_a;
	changed.phone = "0377777777";
	people_feed(&f, &changed);
	CU_ASSERT_TRUE(waits(&f, &perhaps_a, &likely_a));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	far.what = PAIR_UNDO;
	CU_ASSERT_EQUAL(decide(&f, &far), PROBLEM_NONE);
	CU_ASSERT_FALSE(waits(&f, &perhaps_a, &likely_a));
	done(&f);
}

static void refused(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &perhaps_a);
	people_feed(&f, &perhaps_b);
	for (unsigned eyes = 0; eyes < 2; eyes++) {
		struct deciding d = deciding(&f, &perhaps_a, &perhaps_b, PAIR_APART, "", eyes != 0);
		CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_REQUEST_INVALID);
		d.said = (struct person_decision){ "kato", "" };
		CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_REQUEST_INVALID);
		d.said.why = "asked her";
		d.other = 4711;
		CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_UNKNOWN_PATIENT);
		d.other = d.record;
		CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_REQUEST_INVALID);
		d.other = people_person(&f, A_DOMAIN, "3").regional_record;
		CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_UNKNOWN_PATIENT);
		d.other = number_of(&f, &perhaps_b);
		d.what = PAIR_UNDO;
		CU_ASSERT_EQUAL(decide(&f, &d), PROBLEM_CONFLICT);
	}
	CU_ASSERT_EQUAL(count(&f), 1);
	done(&f);
}

/* ---- Undone ---- */

struct remembered {
	struct person of_a, of_b;
	struct participation consent_a, consent_b;
	uint64_t waiting;
};

static struct remembered remember(struct fixture *f, const struct who *a, const struct who *b)
{
	struct remembered r = { .of_a = people_person(f, a->domain, a->id),
				.of_b = people_person(f, b->domain, b->id),
				.waiting = count(f) };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	consent_participation(t, f->arena, number_of(f, a), 0, &r.consent_a);
	consent_participation(t, f->arena, number_of(f, b), 0, &r.consent_b);
	store_end(t);
	return r;
}

/* Of what anybody is shown: the numbers of persons are inward, and a regional record that was made
 * meanwhile stays behind the one it was subsumed by. */
static const struct patient_record *next_shown(const struct patient_record *r)
{
	while (r != NULL && r->status != RECORD_ACTIVE && text_equal(r->domain, AFFINITY))
		r = r->next;
	return r;
}

static bool same_records(const struct person *x, const struct person *y)
{
	const struct patient_record *r = next_shown(x->records), *s = next_shown(y->records);
	for (; r != NULL && s != NULL; r = next_shown(r->next), s = next_shown(s->next))
		if (r->number != s->number || r->status != s->status || r->survivor != s->survivor
		    || !text_equal(r->id, s->id))
			return false;
	return r == s && text_equal(x->regional_id, y->regional_id);
}

static bool same(const struct remembered *x, const struct remembered *y)
{
	return same_records(&x->of_a, &y->of_a) && same_records(&x->of_b, &y->of_b)
	       && x->waiting == y->waiting && x->consent_a.joined == y->consent_a.joined
	       && x->consent_a.decided == y->consent_a.decided
	       && x->consent_b.joined == y->consent_b.joined
	       && x->consent_b.decided == y->consent_b.decided;
}

static bool leave(struct store_txn *t, const void *with)
{
	const struct consent_event e = { .action = CONSENT_LEAVE,
					 .reason = "asked",
					 .by = "kato",
					 .time = store_clock(t)->now(store_clock(t)) };
	struct consent_coverage coverage;
	return consent_record(t, &people_region, *(const uint64_t *)with, &e, &coverage,
			      store_problem(t));
}

static void undo_restores_what_was(void)
{
	static const struct {
		const struct who *x, *y;
		enum pair_decision what;
	} cases[] = { { &perhaps_a, &perhaps_b, PAIR_TOGETHER },
		      { &perhaps_a, &perhaps_b, PAIR_APART },
		      { &likely_a, &likely_b, PAIR_APART },
		      { &likely_a, &likely_b, PAIR_TOGETHER } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, cases[i].x);
		people_feed(&f, cases[i].y);
		uint64_t left = number_of(&f, cases[i].x);
		/* Of one name, birth date and sex a decision about consent is kept with both, for
		 * ever (store/consent.h): what is given for an identity no link takes back. */
		bool one_identity = text_equal(cases[i].x->birth, cases[i].y->birth);
		CU_ASSERT_TRUE(one_identity || in_job(&f, leave, &left));
		struct remembered before = remember(&f, cases[i].x, cases[i].y);
		bool one = people_same(&f, cases[i].x, cases[i].y);
		for (unsigned again = 0; again < 2; again++) {
			CU_ASSERT_EQUAL(say(&f, cases[i].y, cases[i].x, cases[i].what),
					PROBLEM_NONE);
			CU_ASSERT_EQUAL(people_same(&f, cases[i].x, cases[i].y),
					cases[i].what == PAIR_TOGETHER);
			CU_ASSERT_EQUAL(count(&f), 0);
			CU_ASSERT_EQUAL(people_findings(&f, true), 0);
			CU_ASSERT_EQUAL(say(&f, cases[i].x, cases[i].y, PAIR_UNDO), PROBLEM_NONE);
			struct remembered after = remember(&f, cases[i].x, cases[i].y);
			CU_ASSERT_TRUE(same(&before, &after));
			CU_ASSERT_EQUAL(people_same(&f, cases[i].x, cases[i].y), one);
		}
		done(&f);
	}
}

/* ---- What it would move ---- */

static void moves(struct fixture *f, const struct who *x, const struct who *y,
		  struct match_moves *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(
		match_moves(t, f->arena, &people_region, number_of(f, x), number_of(f, y), out));
	store_end(t);
}

static void what_would_be_moved(void)
{
	struct fixture f;
	struct match_moves m;
	struct who third = likely_a;
	third.domain = C_DOMAIN;
	fixture_open(&f);
	people_feed(&f, &perhaps_a);
	people_feed(&f, &likely_a);
	people_feed(&f, &likely_b);
	people_feed(&f, &third);
	moves(&f, &perhaps_a, &likely_a, &m);
	CU_ASSERT_EQUAL(m.records, 3);
	CU_ASSERT_EQUAL(m.documents, 0);
	CU_ASSERT_FALSE(m.documents_more);
	CU_ASSERT_TRUE(m.joined);
	CU_ASSERT_TRUE(m.other_joined);
	CU_ASSERT_FALSE(m.refused);
	uint64_t left = number_of(&f, &perhaps_a);
	CU_ASSERT_TRUE(in_job(&f, leave, &left));
	CU_ASSERT_EQUAL(say(&f, &perhaps_a, &likely_b, PAIR_APART), PROBLEM_NONE);
	moves(&f, &perhaps_a, &likely_a, &m);
	CU_ASSERT_FALSE(m.joined);
	CU_ASSERT_TRUE(m.other_joined);
	CU_ASSERT_TRUE(m.refused);
	/* The very decision that is taken back does not stand in its way. */
	moves(&f, &perhaps_a, &likely_b, &m);
	CU_ASSERT_FALSE(m.refused);
	moves(&f, &likely_a, &perhaps_a, &m);
	CU_ASSERT_EQUAL(m.records, 1);
	CU_ASSERT_TRUE(m.refused);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(match_moves(t, f.arena, &people_region, left, 4711, &m));
	CU_ASSERT_FALSE(match_moves(t, f.arena, &people_region, 4711, left, &m));
	CU_ASSERT_FALSE(match_moves(t, f.arena, &people_region, left,
				    people_person(&f, A_DOMAIN, "1").regional_record, &m));
	store_end(t);
	done(&f);
}

/* ---- Regions that do otherwise ---- */

struct putting {
	struct region region;
	const struct who *who;
	uint64_t after, reached;
	unsigned most;
};

static bool put_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct putting *s = with;
	const struct patient_identifier id = { .id = s->who->id, .universal_id = s->who->domain };
	const struct patient_demographics d = people_demographics(store_arena(t), s->who);
	struct feed_outcome out;
	return identity_put(t, &s->region, "a-hospital", &id, &d, 0, &out, p);
}

static void put(struct fixture *f, const struct who *w, enum matching matching)
{
	struct putting s = { .region = people_region, .who = w };
	s.region.matching = matching;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_write(f->store, put_job, &s, &f->problem));
}

static bool run_job(void *with, struct store_txn *t, struct problem *p)
{
	struct putting *s = with;
	return match_run(t, &s->region, s->after, s->most, &s->reached, p);
}

/* All of them, some at a time; how often it took. */
static unsigned run(struct fixture *f, enum matching matching, unsigned most)
{
	struct putting s = { .region = people_region, .most = most };
	unsigned times = 0;
	s.region.matching = matching;
	do {
		s.after = s.reached;
		fixture_must(f, store_write(f->store, run_job, &s, &f->problem));
		times++;
	} while (s.reached != 0);
	return times;
}

static void a_region_that_asks_always(void)
{
	struct fixture f;
	struct match_waits w;
	fixture_open(&f);
	put(&f, &likely_a, MATCHING_REVIEW);
	put(&f, &likely_b, MATCHING_REVIEW);
	CU_ASSERT_FALSE(people_same(&f, &likely_a, &likely_b));
	CU_ASSERT_TRUE_FATAL(find(&f, &likely_a, &likely_b, &w));
	CU_ASSERT_EQUAL(w.verdict.outcome, MATCH_LINK);
	CU_ASSERT_FALSE(w.verdict.contested);
	/* And one that does not ask is told nothing of it; what waited goes when it says more. */
	struct who changed = likely_b;
	changed.phone = NULL;
	changed.address = "東京都港区虎ノ門1-2-4";
	put(&f, &changed, MATCHING_OFF);
	CU_ASSERT_EQUAL(count(&f), 0);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* A store that was filled before there was matching. */
static void all_of_them_again(void)
{
	struct fixture f;
	fixture_open(&f);
	put(&f, &likely_a, MATCHING_OFF);
	put(&f, &likely_b, MATCHING_OFF);
	put(&f, &perhaps_a, MATCHING_OFF);
	put(&f, &perhaps_b, MATCHING_OFF);
	CU_ASSERT_FALSE(people_same(&f, &likely_a, &likely_b));
	CU_ASSERT_EQUAL(count(&f), 0);
	CU_ASSERT_EQUAL(run(&f, MATCHING_LINK, 2), 3);
	CU_ASSERT_TRUE(people_same(&f, &likely_a, &likely_b));
	CU_ASSERT_TRUE(waits(&f, &perhaps_a, &perhaps_b));
	CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
	struct patient_record r = people_record(&f, A_DOMAIN, "1");
	CU_ASSERT_EQUAL(r.version, 1);
	CU_ASSERT_EQUAL(run(&f, MATCHING_LINK, 100), 1);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").version, 1);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	/* Nobody is matched any more. */
	run(&f, MATCHING_OFF, 100);
	CU_ASSERT_FALSE(people_same(&f, &likely_a, &likely_b));
	CU_ASSERT_EQUAL(count(&f), 0);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "likely ones are linked, and told", likely_ones_are_linked_and_told },
		{ "those that may be wait", those_that_may_be_wait },
		{ "page by page", page_by_page },
		{ "asked once", asked_once },
		{ "four eyes", four_eyes },
		{ "a proposal is of what was said", a_proposal_is_of_what_was_said },
		{ "refused", refused },
		{ "undo restores what was", undo_restores_what_was },
		{ "what would be moved", what_would_be_moved },
		{ "a region that asks always", a_region_that_asks_always },
		{ "all of them again", all_of_them_again },
		{ 0 },
	};
	return suite_run("store: match_queue", tests);
}
