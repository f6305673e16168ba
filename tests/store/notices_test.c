/* tests/store/notices_test.c: the promises of store/notices.h, each a test of its name, and which
 * changes make a notice. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "tests/store/told.h"

#define C_ADDRESS "mllps://c.example:2575"

static const struct who x = { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };
static const struct who x_moved = { .domain = A_DOMAIN,
				    .id = "1",
				    .family = "ヤマダ",
				    .given = "ケンイチ",
				    .birth = "19410503",
				    .sex = "M",
				    .phone = "0312345678",
				    .postcode = "1000001",
				    .address = "千代田区千代田1-1" };
static const struct who y = { B_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
			      0,        0,   0,        0,          0,          0 };
static const struct who y_parted = { .domain = B_DOMAIN,
				     .id = "2",
				     .family = "ヤマダ",
				     .given = "ケンイチ",
				     .birth = "19410503",
				     .sex = "M",
				     .phone = "0399999999" };
static const struct who z = { A_DOMAIN, "3", "サトウ", "ハナコ", "19501111", "F", "0388888888",
			      0,        0,   0,        0,        0,          0 };

struct scene {
	struct fixture f;
	struct registered_system systems[TOLD_SYSTEMS];
	struct region region;
};

static void scene_open(struct scene *s)
{
	fixture_open(&s->f);
	s->region = told_region(s->systems);
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &errands_check, &notices_check,
							      NULL };
	struct check_counts counts = { 0 };
	fixture_must(f, store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void scene_close(struct scene *s)
{
	CU_ASSERT_EQUAL(findings(&s->f), 0);
	fixture_close(&s->f);
}

static void fed(struct scene *s, const struct who *w)
{
	CU_ASSERT_FATAL(told_do(&s->f, &(struct told_step){ .region = &s->region, .who = w }));
}

static void says(struct scene *s, uint64_t record, enum consent_action action, const char *facility)
{
	struct told_step step = {
		.region = &s->region, .record = record, .action = action, .facility = facility
	};
	CU_ASSERT_FATAL(told_do(&s->f, &step));
}

static uint64_t person_of(struct scene *s, const struct who *w)
{
	return people_record(&s->f, w->domain, w->id).person;
}

static struct errand_queue queue(struct scene *s)
{
	struct errand_queue q;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	errand_queue_get(t, s->f.arena, "c-hospital", C_ADDRESS, &q);
	store_end(t);
	return q;
}

static struct notice notice(struct scene *s, uint64_t person)
{
	struct notice n;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	notice_get(t, s->f.arena, "c-hospital", person, &n);
	store_end(t);
	return n;
}

static uint64_t late_ones(struct scene *s)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	uint64_t late = notices_late(t, s->f.arena, "c-hospital");
	store_end(t);
	return late;
}

/* What a visit does in the end. */
struct ending {
	struct scene *scene;
	struct notice seen;
	uint64_t errand;
	const unsigned char *told;
	bool aside, gone;
};

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	struct ending *e = with;
	const struct errand_try try = { .now = 1, .due = 2, .answered = true, .why = "AE" };
	(void)p;
	if (e->aside)
		errand_aside(t, e->errand, &try);
	else
		errand_done(t, e->errand, 1);
	notice_concluded(t, &e->scene->region, &e->scene->systems[TOLD_C], &e->seen, e->told,
			 e->gone);
	return true;
}

static void ends(struct scene *s, const struct notice *seen, bool aside)
{
	static const unsigned char told[NOTICE_DIGEST] = { 1, 2, 3 };
	struct ending e = {
		.scene = s, .seen = *seen, .errand = seen->errand, .told = told, .aside = aside
	};
	CU_ASSERT_FATAL(store_write(s->f.store, end_run, &e, &s->f.problem));
}

static bool leaves_run(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	notice_leaves(t, "c-hospital", *(const uint64_t *)with);
	return !store_failed(t);
}

static void leaves(struct scene *s, uint64_t person)
{
	CU_ASSERT_FATAL(store_write(s->f.store, leaves_run, &person, &s->f.problem));
}

/* ---- Which changes are told ---- */

struct expected {
	const char *why;
	unsigned b, c; /* changes so far of the person of x */
};

static void expect(struct scene *s, uint64_t person, const struct expected *e)
{
	uint64_t b = told_changes(&s->f, "b-clinic", person),
		 c = told_changes(&s->f, "c-hospital", person);
	if (b != e->b || c != e->c) {
		fprintf(stderr, "%s: b %u, c %u\n", e->why, (unsigned)b, (unsigned)c);
		CU_FAIL("other changes are told");
	}
}

static void what_is_shown(void)
{
	struct scene s;
	scene_open(&s);
	fed(&s, &x);
	uint64_t person = person_of(&s, &x);
	expect(&s, person, &(struct expected){ "somebody new", 1, 1 });
	fed(&s, &x);
	fed(&s, &x_moved);
	expect(&s, person, &(struct expected){ "who moved is the same", 1, 1 });
	fed(&s, &y);
	expect(&s, person, &(struct expected){ "linked", 2, 2 });
	fed(&s, &y_parted);
	expect(&s, person, &(struct expected){ "parted", 3, 3 });
	CU_ASSERT_EQUAL(told_changes(&s.f, "c-hospital", person_of(&s, &y)), 1);
	fed(&s, &y);
	expect(&s, person, &(struct expected){ "linked again", 4, 4 });
	uint64_t record = people_record(&s.f, A_DOMAIN, "1").number;
	says(&s, record, CONSENT_JOIN, NULL);
	expect(&s, person, &(struct expected){ "joined, and was shown before", 4, 4 });
	says(&s, record, CONSENT_EXCLUDE, "a-hospital");
	expect(&s, person, &(struct expected){ "another is excluded", 4, 4 });
	says(&s, record, CONSENT_EXCLUDE, "c-hospital");
	expect(&s, person, &(struct expected){ "c is excluded", 4, 5 });
	says(&s, record, CONSENT_LEAVE, NULL);
	expect(&s, person, &(struct expected){ "left: b is shown its own", 5, 5 });
	scene_close(&s);
}

/* Of a record that nobody is shown nobody hears, however it changes. */
static void nothing_of_what_is_hidden(void)
{
	struct scene s;
	scene_open(&s);
	s.region.opt_in = true;
	fed(&s, &x);
	uint64_t person = person_of(&s, &x);
	expect(&s, person, &(struct expected){ "has not joined", 0, 0 });
	fed(&s, &y);
	expect(&s, person, &(struct expected){ "b has a record of its own", 1, 0 });
	says(&s, people_record(&s.f, A_DOMAIN, "1").number, CONSENT_JOIN, NULL);
	expect(&s, person, &(struct expected){ "joined", 2, 1 });
	scene_close(&s);
}

static void merged(void)
{
	struct scene s;
	scene_open(&s);
	fed(&s, &x);
	fed(&s, &z);
	uint64_t person = person_of(&s, &x), other = person_of(&s, &z);
	struct told_step merge = { .region = &s.region, .survivor = "1", .subsumed = "3" };
	CU_ASSERT_FATAL(told_do(&s.f, &merge));
	/* What was shown of x is the same; of the other nothing is left. */
	expect(&s, person, &(struct expected){ "the survivor", 1, 1 });
	CU_ASSERT_EQUAL(told_changes(&s.f, "c-hospital", other), 1);
	struct notice n = notice(&s, other);
	struct ending gone = { .scene = &s, .seen = n, .errand = n.errand, .gone = true };
	CU_ASSERT_FATAL(store_write(s.f.store, end_run, &gone, &s.f.problem));
	CU_ASSERT_EQUAL(notice(&s, other).change, 0);
	scene_close(&s);
}

/* By an id that was merged away nobody asks: what its facility is shown it is shown by the one that
 * is left, though the other is the older record. */
static void merged_into_the_newer(void)
{
	struct scene s;
	scene_open(&s);
	s.systems[TOLD_A].notify = "c-told";
	fed(&s, &z);
	fed(&s, &x);
	uint64_t person = person_of(&s, &x), other = person_of(&s, &z);
	CU_ASSERT_EQUAL(told_changes(&s.f, "a-hospital", person), 1);
	CU_ASSERT_EQUAL(told_changes(&s.f, "a-hospital", other), 1);
	struct told_step merge = { .region = &s.region, .survivor = "1", .subsumed = "3" };
	CU_ASSERT_FATAL(told_do(&s.f, &merge));
	CU_ASSERT(people_record(&s.f, A_DOMAIN, "3").number
		  < people_record(&s.f, A_DOMAIN, "1").number);
	CU_ASSERT_EQUAL(person_of(&s, &z), person);
	CU_ASSERT_EQUAL(told_changes(&s.f, "a-hospital", person), 1);
	/* B's id it is not shown, linked or not. */
	fed(&s, &y);
	CU_ASSERT_EQUAL(told_changes(&s.f, "a-hospital", person), 1);
	scene_close(&s);
}

static void nobody_wants_to_hear(void)
{
	struct scene s;
	scene_open(&s);
	s.systems[TOLD_B].notify = s.systems[TOLD_C].notify = NULL;
	fed(&s, &x);
	CU_ASSERT_EQUAL(notice(&s, person_of(&s, &x)).change, 0);
	CU_ASSERT_EQUAL(queue(&s).waiting, 0);
	scene_close(&s);
}

/* ---- N1, N2, N3 ---- */

static void each_change_is_told(void)
{
	struct scene s;
	scene_open(&s);
	fed(&s, &x);
	uint64_t person = person_of(&s, &x);
	struct notice on_its_way = notice(&s, person);
	fed(&s, &y);
	CU_ASSERT_EQUAL(queue(&s).waiting, 1);
	ends(&s, &on_its_way, false);
	struct notice next = notice(&s, person);
	CU_ASSERT(next.errand > on_its_way.errand && queue(&s).waiting == 1);
	CU_ASSERT(next.was_told && next.told[1] == 2);
	ends(&s, &next, false);
	CU_ASSERT_EQUAL(queue(&s).waiting, 0);
	fed(&s, &y_parted);
	CU_ASSERT_EQUAL(queue(&s).waiting, 2); /* of both parts */
	scene_close(&s);
}

static void one_waits_for_a_person(void)
{
	struct scene s;
	scene_open(&s);
	fed(&s, &x);
	uint64_t person = person_of(&s, &x);
	struct notice first = notice(&s, person);
	fed(&s, &y);
	CU_ASSERT(notice(&s, person).errand == first.errand && queue(&s).waiting == 1);
	/* set aside it is the operator's, and what changes then is told by another */
	struct notice seen = notice(&s, person);
	ends(&s, &seen, true);
	CU_ASSERT(queue(&s).waiting == 0 && queue(&s).aside == 1);
	says(&s, people_record(&s.f, A_DOMAIN, "1").number, CONSENT_LEAVE, NULL);
	CU_ASSERT(queue(&s).waiting == 1 && notice(&s, person).errand > first.errand);
	scene_close(&s);
}

static void nothing_is_lost_beyond_the_bound(void)
{
	struct scene s;
	char id[16];
	scene_open(&s);
	for (unsigned i = 0; i < NOTICES_WAITING + 2; i++) {
		struct who w = z;
		snprintf(id, sizeof id, "9%05u", i);
		w.id = id;
		w.phone = id;
		w.family = i % 2 == 0 ? "サトウ" : "スズキ";
		fed(&s, &w);
		CU_ASSERT_EQUAL(queue(&s).waiting, i < NOTICES_WAITING ? i + 1 : NOTICES_WAITING);
	}
	CU_ASSERT_EQUAL(late_ones(&s), 2);
	struct patient_record late = people_record(&s.f, A_DOMAIN, "900101"),
			      first = people_record(&s.f, A_DOMAIN, "900000");
	CU_ASSERT(notice(&s, late.person).errand == 0 && notice(&s, late.person).change == 1);
	struct notice seen = notice(&s, first.person);
	ends(&s, &seen, false);
	CU_ASSERT_EQUAL(queue(&s).waiting, NOTICES_WAITING);
	CU_ASSERT(late_ones(&s) == 1 && findings(&s.f) == 0);
	for (unsigned i = 1; i < NOTICES_WAITING + 2; i++) {
		snprintf(id, sizeof id, "9%05u", i);
		seen = notice(&s, people_record(&s.f, A_DOMAIN, id).person);
		CU_ASSERT_FATAL(seen.errand != 0);
		ends(&s, &seen, false);
	}
	CU_ASSERT(notice(&s, late.person).was_told && queue(&s).waiting == 0);
	CU_ASSERT_EQUAL(late_ones(&s), 0);
	scene_close(&s);
}

/* As many are set aside; what comes then is late until the operator has looked. */
static void aside(void)
{
	struct scene s;
	char id[16];
	scene_open(&s);
	for (unsigned i = 0; i <= NOTICES_ASIDE; i++) {
		struct who w = z;
		snprintf(id, sizeof id, "9%05u", i);
		w.id = id;
		w.phone = id;
		fed(&s, &w);
		struct notice seen = notice(&s, person_of(&s, &w));
		CU_ASSERT_EQUAL(seen.errand != 0, i < NOTICES_ASIDE);
		if (seen.errand != 0)
			ends(&s, &seen, true);
	}
	CU_ASSERT(queue(&s).aside == NOTICES_ASIDE && queue(&s).waiting == 0);
	scene_close(&s);
}

static void whose_it_is(void)
{
	static const struct {
		const char *kind, *text;
		uint64_t person;
	} rows[] = {
		{ NOTICE_ERRAND, "person 12", 12 },
		{ NOTICE_ERRAND, "person ", 0 },
		{ NOTICE_ERRAND, "person x", 0 },
		{ NOTICE_ERRAND, "12", 0 },
		{ "answer", "person 12", 0 },
		{ NOTICE_ERRAND, "", 0 },
		{ NOTICE_ERRAND, "person 99999999999999999999999999", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct errand_part part = { .octets = bytes_of_text(rows[i].text) };
		const struct errand e = { .kind = rows[i].kind, .parts = &part };
		CU_ASSERT_EQUAL(notice_of(&e), rows[i].person);
	}
}

/* Rows that nobody writes, as `minato check` finds them. */
static const struct {
	const char *why;
	unsigned char space;
	bool person;
	const char *value;
	unsigned found;
} odd[] = {
	{ "a notice that cannot be read", 0x78, true, "?", 1 },
	{ "a notice of nobody", 0x78, false, "\x01", 1 },
	{ "late, and nothing of it", 0x79, true, "", 1 },
	{ "late, of nobody", 0x79, false, "", 1 },
	{ "counted, and none is late", 0x7a, false, "\x01\x04\x01\x07", 1 },
	{ "counted, and cannot be read", 0x7a, false, "?", 1 },
};

struct oddity {
	size_t row;
};

static bool put_odd(void *with, struct store_txn *t, struct problem *p)
{
	size_t i = ((struct oddity *)with)->row;
	struct key k;
	(void)p;
	key_begin(&k, odd[i].space);
	key_text(&k, "c-hospital");
	if (odd[i].person)
		key_number(&k, 77);
	return store_put(t, key_span(&k), bytes_of_text(odd[i].value));
}

static void what_is_not_in_order_is_found(void)
{
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct scene s;
		struct oddity o = { i };
		scene_open(&s);
		fed(&s, &x);
		CU_ASSERT_FATAL(store_write(s.f.store, put_odd, &o, &s.f.problem));
		unsigned found = findings(&s.f);
		if (found != odd[i].found) {
			fprintf(stderr, "%s: %u\n", odd[i].why, found);
			CU_FAIL("found otherwise");
		}
		fixture_close(&s.f);
	}
}

/* Whatever an errand holds that is none of ours, or not as we write it. */
static void whose_notice(void)
{
	static struct errand_part person = { .octets = { (const unsigned char *)"person 7", 8 } },
				  long_one = { .octets = { (const unsigned char *)"person 7",
							   32 } },
				  kept = { .octets = { 0 } };
	const struct {
		const char *kind;
		struct errand_part *parts;
		uint64_t person;
	} rows[] = {
		{ NOTICE_ERRAND, &person, 7 },   { "answer", &person, 0 },
		{ NOTICE_ERRAND, NULL, 0 },      { NOTICE_ERRAND, &kept, 0 },
		{ NOTICE_ERRAND, &long_one, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct errand e = { .kind = rows[i].kind, .parts = rows[i].parts };
		CU_ASSERT_EQUAL(notice_of(&e), rows[i].person);
	}
}

/* What it took before may be what it knows no more, whoever goes back to that. */
static void what_left_may_be_known(void)
{
	struct scene s;
	scene_open(&s);
	fed(&s, &x);
	uint64_t person = person_of(&s, &x);
	says(&s, people_record(&s.f, x.domain, x.id).number, CONSENT_JOIN, NULL);
	struct notice seen = notice(&s, person);
	leaves(&s, person);
	CU_ASSERT_FALSE(notice(&s, person).was_told);
	ends(&s, &seen, false);
	CU_ASSERT_TRUE(notice(&s, person).was_told);
	uint64_t change = notice(&s, person).change;
	leaves(&s, person);
	CU_ASSERT_FALSE(notice(&s, person).was_told);
	CU_ASSERT_EQUAL(notice(&s, person).change, change);
	leaves(&s, person + 1000); /* of whom nothing is noted, nothing is */
	CU_ASSERT_EQUAL(notice(&s, person + 1000).change, 0);
	ends(&s, &seen, false);
	CU_ASSERT_TRUE(notice(&s, person).was_told);
	scene_close(&s);
}

/* By the dialect of where it is told: ITI-10 or ITI-46. */
static void by_which_transaction(void)
{
	static const struct {
		const char *url, *what;
	} rows[] = { { C_ADDRESS, "ITI-10" }, { "https://c.example/mllps://", "ITI-46" } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct errand e;
		struct partner partners[COUNT(told_partners)];
		scene_open(&s);
		memcpy(partners, told_partners, sizeof partners);
		partners[1].url = rows[i].url;
		s.region.partners = partners;
		fed(&s, &x);
		struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
		CU_ASSERT_TRUE(errand_first(t, s.f.arena, "c-hospital", rows[i].url, &e));
		CU_ASSERT_STRING_EQUAL(e.what, rows[i].what);
		store_end(t);
		scene_close(&s);
	}
}

static const struct test tests[] = {
	{ "whose notice an errand is", whose_notice },
	{ "what is shown is told when it changes, to whom it is shown", what_is_shown },
	{ "of what is hidden nothing is told", nothing_of_what_is_hidden },
	{ "who was merged away", merged },
	{ "who was merged into a newer one", merged_into_the_newer },
	{ "nobody wants to hear, and nothing is kept", nobody_wants_to_hear },
	{ "N1: each change is told by an errand that begins after it", each_change_is_told },
	{ "N2: one waits for a person", one_waits_for_a_person },
	{ "N3: nothing is lost beyond the bound", nothing_is_lost_beyond_the_bound },
	{ "N4: from when a message leaves until one was taken", what_left_may_be_known },
	{ "as many are set aside as may be", aside },
	{ "whose an errand is", whose_it_is },
	{ "by which transaction", by_which_transaction },
	{ "what is not in order is found", what_is_not_in_order_is_found },
	{ 0 }
};

int main(void)
{
	return suite_run("notices", tests);
}
