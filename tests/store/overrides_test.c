/* tests/store/overrides_test.c: the promises of store/overrides.h, and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/partner.h"
#include "store/check.h"
#include "store/errands.h"
#include "store/override_rows.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { SECOND = 1000000 };
#define HOUR (INT64_C(3600) * SECOND)
#define THEN (INT64_C(1780000000) * SECOND)

/* An access at a moment, and what became of it. */
struct accessing {
	struct override said;
	struct override out;
	bool began;
	unsigned ended;
	struct arena *arena;
};

static unsigned length(const struct override *o)
{
	unsigned count = 0;
	for (; o != NULL; o = o->next)
		count += o->ended != 0;
	return count;
}

static bool access_run(void *with, struct store_txn *t, struct problem *p)
{
	struct accessing *x = with;
	struct override *ended;
	(void)p;
	if (!override_access(t, x->arena, &x->said, &x->out, &x->began, &ended))
		return false;
	x->ended = length(ended);
	return true;
}

static struct accessing go(struct fixture *f, const char *asker, uint64_t person, instant since)
{
	struct accessing x = { .arena = f->arena,
			       .said = { .system = "b-clinic",
					 .asker = asker,
					 .purpose = "ETREAT^2.16.840.1.113883.5.8",
					 .reason = "unconscious",
					 .person = person,
					 .record = 7,
					 .patient = "1^^^&2.999.1&ISO",
					 .exchange = "x",
					 .since = since,
					 .until = since + HOUR } };
	CU_ASSERT_TRUE_FATAL(store_write(f->store, access_run, &x, &f->problem));
	return x;
}

struct ending {
	struct arena *arena;
	instant now;
	unsigned most, ended;
};

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	struct ending *e = with;
	struct override *ended;
	(void)p;
	if (!overrides_end(t, e->arena, e->now, e->most, &ended))
		return false;
	e->ended = length(ended);
	return true;
}

static unsigned end_at(struct fixture *f, instant now, unsigned most)
{
	struct ending e = { f->arena, now, most, 0 };
	CU_ASSERT_TRUE(store_write(f->store, end_run, &e, &f->problem));
	return e.ended;
}

static struct override_counts counts(struct fixture *f, instant before)
{
	struct override_counts n;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	overrides_count(t, before, &n);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return n;
}

static bool is_due(struct fixture *f, instant now)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool due = overrides_are_due(t, now);
	store_end(t);
	return due;
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &overrides_check, &errands_check,
							      NULL };
	struct check_counts n = { .findings = 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, people_tell, NULL, &n, &f->problem));
	return (unsigned)n.findings;
}

static void within_the_window_it_is_one(void)
{
	struct fixture f;
	fixture_open(&f);
	struct accessing first = go(&f, "dr", 1, THEN), again = go(&f, "dr", 1, THEN + HOUR - 1);
	CU_ASSERT(first.began && !again.began && again.ended == 0);
	CU_ASSERT_STRING_EQUAL(first.out.id, again.out.id);
	CU_ASSERT_EQUAL(again.out.accesses, 2);
	CU_ASSERT_EQUAL(again.out.until, THEN + HOUR);
	/* Of somebody else, and by somebody else, it is another one. */
	CU_ASSERT_TRUE(go(&f, "dr", 2, THEN).began);
	CU_ASSERT_TRUE(go(&f, "nurse", 1, THEN).began);
	CU_ASSERT_EQUAL(counts(&f, THEN).open, 3);
	/* Behind the window, too: and the two that are past end. */
	struct accessing later = go(&f, "dr", 1, THEN + HOUR);
	CU_ASSERT(later.began && later.ended == 2);
	CU_ASSERT_STRING_NOT_EQUAL(later.out.id, first.out.id);
	CU_ASSERT_EQUAL(counts(&f, THEN).open, 2);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void it_ends_once(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(is_due(&f, THEN + HOUR));
	go(&f, "dr", 1, THEN);
	go(&f, "dr", 2, THEN + 1);
	go(&f, "dr", 3, THEN + HOUR);
	CU_ASSERT_FALSE(is_due(&f, THEN + HOUR - 1));
	CU_ASSERT_EQUAL(end_at(&f, THEN + HOUR - 1, 9), 0);
	CU_ASSERT_TRUE(is_due(&f, THEN + HOUR));
	CU_ASSERT_EQUAL(end_at(&f, THEN + HOUR + 1, 1), 1);
	CU_ASSERT_EQUAL(end_at(&f, THEN + HOUR + 1, 9), 1);
	CU_ASSERT_EQUAL(end_at(&f, THEN + HOUR + 1, 9), 0);
	CU_ASSERT_FALSE(is_due(&f, THEN + HOUR + 1));
	CU_ASSERT_EQUAL(counts(&f, 0).open, 1);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

struct saying {
	const char *id;
	bool tells;
	bool done;
};

static bool say_run(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	struct override o;
	(void)p;
	if (!override_get(t, store_arena(t), s->id, &o))
		return false;
	s->done = s->tells ? override_told(t, &o, "uid 0", "letter")
			   : override_review(t, &o, "uid 0", "justified");
	return true;
}

static bool say(struct fixture *f, const char *id, bool tells)
{
	struct saying s = { id, tells, false };
	CU_ASSERT_TRUE(store_write(f->store, say_run, &s, &f->problem));
	return s.done;
}

static void it_waits_until_it_is_said(void)
{
	struct fixture f;
	struct override o;
	fixture_open(&f);
	struct accessing x = go(&f, "dr", 1, THEN);
	struct override_counts n = counts(&f, THEN);
	CU_ASSERT(n.unreviewed == 1 && n.untold == 1 && n.late == 0);
	CU_ASSERT_EQUAL(counts(&f, THEN + SECOND).late, 1);
	CU_ASSERT_TRUE(say(&f, x.out.id, false));
	CU_ASSERT_FALSE(say(&f, x.out.id, false));
	n = counts(&f, THEN + SECOND);
	CU_ASSERT(n.unreviewed == 0 && n.late == 0 && n.untold == 1);
	CU_ASSERT_TRUE(say(&f, x.out.id, true));
	CU_ASSERT_FALSE(say(&f, x.out.id, true));
	CU_ASSERT_EQUAL(counts(&f, THEN).untold, 0);
	/* What is said stays while it goes on, and when it has ended. */
	go(&f, "dr", 1, THEN + 1);
	end_at(&f, THEN + HOUR, 9);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE_FATAL(override_get(t, f.arena, x.out.id, &o));
	CU_ASSERT_STRING_EQUAL(o.review, "justified");
	CU_ASSERT_STRING_EQUAL(o.told_how, "letter");
	CU_ASSERT_STRING_EQUAL(o.reason, "unconscious");
	CU_ASSERT(o.accesses == 2 && o.ended == THEN + HOUR && o.person == 1 && o.record == 7);
	CU_ASSERT_PTR_NULL(o.display);
	CU_ASSERT_FALSE(override_get(t, f.arena, "0000000000000000", &o));
	CU_ASSERT_FALSE(override_get(t, f.arena, "what is none", &o));
	CU_ASSERT_FALSE(override_get(t, f.arena, "what is none at all", &o));
	CU_ASSERT_FALSE(override_get(t, f.arena, NULL, &o));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void lists_go_on(void)
{
	static const enum override_list lists[] = { OVERRIDES_ALL, OVERRIDES_UNREVIEWED,
						    OVERRIDES_UNTOLD };
	enum { MANY = 5 };
	struct fixture f;
	const char *ids[MANY];
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++)
		ids[i] = go(&f, "dr", i + 1, THEN + (instant)i * SECOND).out.id;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t k = 0; k < COUNT(lists); k++) {
		const char *after = NULL;
		size_t at = 0, count = 2;
		while (count == 2) {
			const struct override *page = overrides_list(t, f.arena, lists[k], after, 2,
								     &count);
			for (size_t i = 0; i < count; i++)
				CU_ASSERT_STRING_EQUAL(page[i].id, ids[at + i]);
			at += count;
			after = page[count == 0 ? 0 : count - 1].id;
		}
		CU_ASSERT_EQUAL(at, MANY);
	}
	store_end(t);
	CU_ASSERT_TRUE(say(&f, ids[0], false));
	t = store_begin_read(f.store, &f.problem);
	size_t count;
	const struct override *page = overrides_list(t, f.arena, OVERRIDES_UNREVIEWED, NULL, 9,
						     &count);
	CU_ASSERT_EQUAL(count, MANY - 1);
	CU_ASSERT_STRING_EQUAL(page[0].id, ids[1]);
	overrides_list(t, f.arena, OVERRIDES_ALL, NULL, 9, &count);
	CU_ASSERT_EQUAL(count, MANY);
	store_end(t);
	fixture_close(&f);
}

/* ---- The errand by which the patient is told ---- */

struct sending {
	struct arena *arena;
	const char *id;
	uint64_t drop; /* that errand is dropped instead */
	unsigned times;
	struct override out;
};

static const struct partner service = { .name = "letters", .url = "https://letters.example/" };

static bool send_run(void *with, struct store_txn *t, struct problem *p)
{
	struct sending *s = with;
	(void)p;
	if (s->drop != 0)
		return errand_drop(t, s->drop);
	bool sent = override_get(t, s->arena, s->id, &s->out);
	for (unsigned i = 0; sent && i < s->times; i++)
		sent = override_send(t, &s->out, &service);
	return sent;
}

static size_t errands_of(struct fixture *f, const struct override *o)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	size_t count, found = 0;
	const struct errand *e = errand_list(t, f->arena, 0, service.name, 100, &count);
	for (size_t i = 0; i < count; i++) {
		struct override of;
		found += override_of_errand(t, f->arena, &e[i], &of) && e[i].number == o->errand
			 && text_equal(of.id, o->id) && text_equal(e[i].exchange, o->exchange);
	}
	store_end(t);
	return found;
}

static void a_patient_is_told_by_an_errand(void)
{
	struct fixture f;
	fixture_open(&f);
	struct accessing x = go(&f, "dr", 1, THEN);
	struct sending s = { .arena = f.arena, .id = x.out.id, .times = 1 };
	CU_ASSERT_EQUAL(x.out.errand, 0);
	CU_ASSERT_TRUE(store_write(f.store, send_run, &s, &f.problem));
	CU_ASSERT_NOT_EQUAL(s.out.errand, 0);
	CU_ASSERT_EQUAL(errands_of(&f, &s.out), 1);
	/* Whoever looks again finds it there, and it is still the same. */
	struct accessing again = go(&f, "dr", 1, THEN + 1);
	CU_ASSERT(!again.began && again.out.errand == s.out.errand);
	CU_ASSERT_EQUAL(errands_of(&f, &again.out), 1);
	/* Dropped, he waits for a letter. */
	struct sending drop = { .drop = s.out.errand };
	CU_ASSERT_TRUE(store_write(f.store, send_run, &drop, &f.problem));
	CU_ASSERT_EQUAL(errands_of(&f, &s.out), 0);
	CU_ASSERT_EQUAL(counts(&f, THEN).untold, 1);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void where_too_many_wait_there_is_none(void)
{
	enum { MOST = 10000 };
	struct fixture f;
	fixture_open(&f);
	struct accessing x = go(&f, "dr", 1, THEN), late = go(&f, "dr", 2, THEN);
	struct sending s = { .arena = f.arena, .id = x.out.id, .times = MOST };
	CU_ASSERT_TRUE_FATAL(store_write(f.store, send_run, &s, &f.problem));
	struct sending more = { .arena = f.arena, .id = late.out.id, .times = 1 };
	CU_ASSERT_TRUE(store_write(f.store, send_run, &more, &f.problem));
	CU_ASSERT_EQUAL(more.out.errand, 0);
	CU_ASSERT_EQUAL(counts(&f, THEN).untold, 2);
	fixture_close(&f);
}

/* Of another kind, or what it refers to is none. */
static void of_other_errands_it_is_none(void)
{
	static const struct errand_part id = { .octets = { (const unsigned char *)"ab", 2 } },
					kept = { .own = true };
	static const struct errand errands[] = {
		{ .kind = "answer", .parts = &id },
		{ .kind = OVERRIDE_ERRAND, .parts = NULL },
		{ .kind = OVERRIDE_ERRAND, .parts = &kept },
		{ .kind = OVERRIDE_ERRAND, .parts = &id },
	};
	struct fixture f;
	struct override o;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(errands); i++)
		CU_ASSERT_FALSE(override_of_errand(t, f.arena, &errands[i], &o));
	store_end(t);
	fixture_close(&f);
}

struct row {
	const char *why;
	unsigned char space;
	const char *key;
	size_t length;
	const char *value;
	size_t value_length;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	struct key k;
	key_begin(&k, r->space);
	key_bytes(&k, r->key, r->length);
	return store_put(t, key_span(&k),
			 (struct bytes){ (const unsigned char *)r->value, r->value_length });
}

#define ID "\0\0\0\0\0\0\0\1"
static void what_is_no_row_is_told(void)
{
	static const struct row rows[] = {
		{ "nothing in it", SPACE_OVERRIDE, ID, 8, "", 0 },
		{ "another version", SPACE_OVERRIDE, ID, 8, "\2", 1 },
		{ "says too little", SPACE_OVERRIDE, ID, 8, "\1\1\1a", 4 },
		{ "broken off", SPACE_OVERRIDE, ID, 8, "\1\1\7a", 4 },
		{ "a key that is too long", SPACE_OVERRIDE, ID "x", 9, "", 0 },
		{ "nobody's window", SPACE_OVERRIDE_OPEN, "\0\0\0\0\1" ID, 13, "", 0 },
		{ "a key that is too short", SPACE_OVERRIDE_OPEN, "\0", 1, "", 0 },
		{ "what is not there is unreviewed", SPACE_OVERRIDE_UNREVIEWED, ID, 8, "", 0 },
		{ "what is not there is untold", SPACE_OVERRIDE_UNTOLD, ID, 8, "", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct override o;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_row, &rows[i]));
		if (findings(&f) != 1) {
			printf("%s\n", rows[i].why);
			CU_FAIL("it is not told");
		}
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_FALSE(override_get(t, f.arena, "0000000000000001", &o));
		CU_ASSERT_EQUAL(store_failed(t), i < 4);
		store_end(t);
		fixture_close(&f);
	}
}

/* Each index has what it must, and nothing more. */
static bool take_away(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	struct key k;
	key_begin(&k, r->space);
	key_bytes(&k, r->key, r->length);
	return store_delete(t, key_span(&k));
}

static void what_does_not_wait_is_told(void)
{
	static const unsigned char spaces[] = { SPACE_OVERRIDE_OPEN, SPACE_OVERRIDE_UNREVIEWED,
						SPACE_OVERRIDE_UNTOLD };
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct fixture f;
		unsigned char key[5 + OVERRIDE_ID] = { 0, 0, 0, 0, 1 };
		fixture_open(&f);
		struct accessing x = go(&f, "dr", 1, THEN);
		CU_ASSERT_TRUE(override_id_octets(x.out.id, key + 5));
		bool whole = spaces[i] == SPACE_OVERRIDE_OPEN;
		struct row r = { .space = spaces[i],
				 .key = (const char *)key + (whole ? 0 : 5),
				 .length = whole ? sizeof key : OVERRIDE_ID };
		CU_ASSERT_EQUAL(findings(&f), 0);
		CU_ASSERT_TRUE(in_job(&f, take_away, &r));
		CU_ASSERT_EQUAL(findings(&f), 1);
		r.value = "\1";
		r.value_length = 1;
		CU_ASSERT_TRUE(in_job(&f, put_row, &r));
		CU_ASSERT_EQUAL(findings(&f), whole ? 1 : 0); /* it says another end */
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "within the window it is one", within_the_window_it_is_one },
	{ "it ends once", it_ends_once },
	{ "it waits until it is said", it_waits_until_it_is_said },
	{ "a patient is told by an errand", a_patient_is_told_by_an_errand },
	{ "where too many wait there is none", where_too_many_wait_there_is_none },
	{ "of other errands it is none", of_other_errands_it_is_none },
	{ "lists go on", lists_go_on },
	{ "what is no row is told", what_is_no_row_is_told },
	{ "what does not wait is told", what_does_not_wait_is_told },
	{ 0 }
};

int main(void)
{
	return suite_run("overrides", tests);
}
