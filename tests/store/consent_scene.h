/* tests/store/consent_scene.h: two records of one person, words of consent, rows of it written by
 * hand, and a store that can be made to fail. */
#ifndef TESTS_STORE_CONSENT_SCENE_H
#define TESTS_STORE_CONSENT_SCENE_H

#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/consent_rows.h"
#include "store/packed.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/people.h"

static inline bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
static struct store_txn *failing_txn; /* whose cursor it is */

static atomic_ulong steps; /* of cursors */

bool __real_store_next(struct store_cursor *c, struct bytes *k, struct bytes *v);
bool __wrap_store_next(struct store_cursor *c, struct bytes *k, struct bytes *v);
bool __wrap_store_next(struct store_cursor *c, struct bytes *k, struct bytes *v)
{
	atomic_fetch_add(&steps, 1);
	return failing_now("store_next") ? refused(failing_txn) : __real_store_next(c, k, v);
}

static atomic_ulong written; /* rows of consent */

bool __real_store_put(struct store_txn *t, struct bytes k, struct bytes v);
bool __wrap_store_put(struct store_txn *t, struct bytes k, struct bytes v);
bool __wrap_store_put(struct store_txn *t, struct bytes k, struct bytes v)
{
	if (k.length != 0 && k.data[0] >= SPACE_CONSENT_FIRST && k.data[0] <= SPACE_CONSENT_LAST)
		atomic_fetch_add(&written, 1);
	return failing_now("store_put") ? refused(t) : __real_store_put(t, k, v);
}

FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

#define HANAKO(domain, id, phone)                                                                  \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0           \
	}

static const struct who hanako_a = HANAKO(A_DOMAIN, "1", "0312345001");
static const struct who hanako_b = HANAKO(B_DOMAIN, "1", "0312345001");
static const struct who hanako_alone = HANAKO(B_DOMAIN, "1", "0399990000");

struct saying {
	uint64_t subject;
	struct consent_event event;
	struct consent_coverage coverage;
};

static inline bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	bool kept = consent_record(t, &people_region, s->subject, &s->event, &s->coverage, p);
	CU_ASSERT_EQUAL(kept, p->code == PROBLEM_NONE);
	CU_ASSERT_TRUE(!store_failed(t) || p->code == store_problem(t)->code);
	return kept;
}

static inline enum problem_code say(struct fixture *f, uint64_t subject, enum consent_action action,
				    const char *facility)
{
	struct saying s = { .subject = subject,
			    .event = { .action = action,
				       .facility = facility,
				       .reason = "asked",
				       .by = "clerk",
				       .time = 1 } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

static inline bool participation(struct fixture *f, uint64_t subject, struct participation *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool read = consent_participation(t, f->arena, subject, 0, out);
	CU_ASSERT_EQUAL(read, !store_failed(t));
	store_end(t);
	return read;
}

/* ---- Rows ---- */

enum { ROW = 3 }; /* its version */
enum { EVENT = 1, HOLDS, EXCLUDED, SINCE, LATER_TAG = 99 };
enum { JOINED = 1, LEFT = 2, RESTS = 4, DISPUTED = 8 };
enum { INHERITED = 4, ELSEWHERE = 8, OF_GRANTS = 16, MORE = 32, UNKNOWN = 64 };

static const struct event_row {
	const char *why;
	uint64_t sequence;
	unsigned what, less, more; /* less, more: octets than it has */
	const char *facility;
	struct bytes beside; /* what there is more of it */
	bool later, read;
} event_rows[] = {
	{ .why = "a join", .sequence = 1, .what = CONSENT_JOIN, .read = true },
	{ .why = "a leave", .sequence = 1, .what = CONSENT_LEAVE, .read = true },
	{ .why = "an exclusion",
	  .sequence = 1,
	  .what = CONSENT_EXCLUDE,
	  .facility = "b",
	  .read = true },
	{ .why = "an inclusion",
	  .sequence = 1,
	  .what = CONSENT_INCLUDE,
	  .facility = "b",
	  .read = true },
	{ .why = "inherited", .sequence = 1, .what = INHERITED, .read = true },
	{ .why = "another record's", .sequence = 1, .what = ELSEWHERE, .read = true },
	{ .why = "both", .sequence = 1, .what = INHERITED | ELSEWHERE, .read = true },
	{ .why = "beside a field of a later version", .sequence = 1, .later = true, .read = true },
	{ .why = "more that only a later version knows",
	  .sequence = 1,
	  .what = MORE,
	  .beside = { (const unsigned char *)"\x01\x63\x01\x01", 4 },
	  .read = true },
	{ .why = "no sequence", .what = CONSENT_JOIN },
	{ .why = "what nobody knows", .sequence = 1, .what = UNKNOWN },
	{ .why = "a join of a facility", .sequence = 1, .facility = "b" },
	{ .why = "a leave of a facility", .sequence = 1, .what = CONSENT_LEAVE, .facility = "b" },
	{ .why = "an exclusion of none", .sequence = 1, .what = CONSENT_EXCLUDE },
	{ .why = "an inclusion of none", .sequence = 1, .what = CONSENT_INCLUDE },
	{ .why = "a grant of none", .sequence = 1, .what = OF_GRANTS },
	{ .why = "an action there is not", .sequence = 1, .what = OF_GRANTS | 2, .facility = "b" },
	{ .why = "more that is not there", .sequence = 1, .what = MORE },
	{ .why = "more of another version", .sequence = 1, .what = MORE, .more = 1 },
	{ .why = "too short", .sequence = 1, .less = 1 },
	{ .why = "too short to have more", .sequence = 1, .what = MORE, .less = 1 },
	{ .why = "too long", .sequence = 1, .more = 1 },
};

static inline void write_event(struct record_writer *w, struct arena *a,
			       const struct event_row *row, uint64_t version)
{
	struct buffer b = buffer_in(a);
	buffer_byte(&b, (unsigned char)row->what);
	packed_number(&b, row->sequence);
	packed_signed(&b, 5);
	packed_number(&b, version);
	if (row->what & ELSEWHERE)
		packed_number(&b, 4);
	packed_text(&b, "asked");
	packed_text(&b, "clerk");
	if (row->facility != NULL)
		packed_text(&b, row->facility);
	buffer_append(&b, row->beside.data, row->beside.length);
	for (unsigned i = 0; i < row->more; i++)
		buffer_byte(&b, 0);
	record_bytes(w, EVENT, (struct bytes){ b.data, b.length - row->less });
}

static inline struct bytes event_octets(struct arena *a, const struct event_row *row,
					uint64_t version)
{
	struct record_writer w = record_begin(a, ROW);
	if (row->later)
		record_text(&w, LATER_TAG, "of a later version");
	write_event(&w, a, row, version);
	return record_end(&w);
}

struct scene {
	struct fixture f;
	uint64_t a, b;
};

static inline void begin(struct scene *s)
{
	fixture_open(&s->f);
	s->a = people_feed(&s->f, &hanako_a).record;
	s->b = people_feed(&s->f, &hanako_b).record;
}

/* ---- Damage ---- */

struct putting {
	unsigned char space;
	uint64_t subject;
	struct bytes more, value; /* more: octets behind the key */
	bool remove;
};

static inline bool put_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct putting *put = with;
	struct key k;
	(void)p;
	key_begin(&k, put->space);
	key_short(&k, put->subject);
	key_bytes(&k, put->more.data, put->more.length);
	return put->remove ? store_delete(t, key_span(&k)) : store_put(t, key_span(&k), put->value);
}

static inline void put(struct fixture *f, struct putting what)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_write(f->store, put_job, &what, &f->problem));
}

struct told {
	const char *has;
	unsigned count;
};

static inline void hear(void *with, const char *finding)
{
	struct told *t = with;
	bool fits = strstr(finding, t->has) != NULL;
	if (!fits)
		fprintf(stderr, "finding: %s\n", finding);
	t->count += fits;
}

/* How often it finds that, and nothing else. */
static inline unsigned findings(struct fixture *f, const char *has)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	struct check_counts counts = { 0 };
	struct told told = { .has = has };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_check(f->store, modules, hear, &told, &counts, &f->problem));
	CU_ASSERT_EQUAL(counts.findings, told.count);
	return told.count;
}

#endif
