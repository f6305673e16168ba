/* tests/store/consent_rows_test.c: what consent does when the store fails it, or has rows in it
 * that nobody wrote so: nothing is opened, nothing half done, and `minato check` says which
 * record. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/consent_rows.h"
#include "store/identity_rows.h"
#include "store/packed.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/people.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
static struct store_txn *failing_txn; /* whose cursor it is */
static atomic_ulong steps;            /* of cursors */
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
static const struct who hanako_moved = { B_DOMAIN,
					 "1",
					 "サトウ",
					 "ハナコ",
					 "19800101",
					 "F",
					 "0312345001",
					 "150-0002",
					 "東京都渋谷区渋谷1-1-1",
					 0,
					 0,
					 0,
					 0 };
static const struct who taro_a = { A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003",
				   0,        0,   0,        0,        0,          0 };

struct saying {
	uint64_t subject;
	struct consent_event event;
	struct consent_coverage coverage;
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	bool kept = consent_record(t, &people_region, s->subject, &s->event, &s->coverage, p);
	CU_ASSERT_EQUAL(kept, p->code == PROBLEM_NONE);
	CU_ASSERT_TRUE(!store_failed(t) || p->code == store_problem(t)->code);
	return kept;
}

static enum problem_code say(struct fixture *f, uint64_t subject, enum consent_action action,
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

static bool participation(struct fixture *f, uint64_t subject, struct participation *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool read = consent_participation(t, f->arena, subject, out);
	CU_ASSERT_EQUAL(read, !store_failed(t));
	store_end(t);
	return read;
}

static bool events_of(struct store_txn *t, struct arena *a, uint64_t subject,
		      struct kept_events *out)
{
	struct consent_row row;
	bool read = consent_row_get(t, a, subject, &row);
	*out = row.events;
	return read;
}

/* ---- Rows ---- */

enum { ROW = 3 }; /* its version */
enum { EVENT = 1, HOLDS, EXCLUDED, SINCE, LATER_TAG = 99 };
enum { JOINED = 1, LEFT = 2, RESTS = 4, DISPUTED = 8 };
enum { INHERITED = 4, ELSEWHERE = 8, UNKNOWN = 16 };
enum { SUBJECT = 9 };

static const struct event_row {
	const char *why;
	uint64_t sequence;
	unsigned what, less, more; /* less, more: octets than it has */
	const char *facility;
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
	{ .why = "no sequence", .what = CONSENT_JOIN },
	{ .why = "what nobody knows", .sequence = 1, .what = UNKNOWN },
	{ .why = "a join of a facility", .sequence = 1, .facility = "b" },
	{ .why = "a leave of a facility", .sequence = 1, .what = CONSENT_LEAVE, .facility = "b" },
	{ .why = "an exclusion of none", .sequence = 1, .what = CONSENT_EXCLUDE },
	{ .why = "an inclusion of none", .sequence = 1, .what = CONSENT_INCLUDE },
	{ .why = "too short", .sequence = 1, .less = 1 },
	{ .why = "too long", .sequence = 1, .more = 1 },
};

static void write_event(struct record_writer *w, struct arena *a, const struct event_row *row,
			uint64_t version)
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
	for (unsigned i = 0; i < row->more; i++)
		buffer_byte(&b, 0);
	record_bytes(w, EVENT, (struct bytes){ b.data, b.length - row->less });
}

static struct bytes event_octets(struct arena *a, const struct event_row *row, uint64_t version)
{
	struct record_writer w = record_begin(a, ROW);
	if (row->later)
		record_text(&w, LATER_TAG, "of a later version");
	write_event(&w, a, row, version);
	return record_end(&w);
}

static bool read_events(struct arena *a, struct bytes octets, struct kept_events *out)
{
	struct consent_row row;
	bool read = consent_row_read(a, SUBJECT, octets, &row);
	*out = row.events;
	return read;
}

static void events_are_read_or_not(void)
{
	struct arena *a = arena_create(1 << 20);
	struct kept_events list;
	for (size_t i = 0; i < COUNT(event_rows); i++) {
		const struct event_row *row = &event_rows[i];
		struct record_writer beside = record_begin(a, ROW);
		write_event(&beside, a, &event_rows[0], 3); /* is no way around it */
		write_event(&beside, a, row, 3);
		CU_ASSERT_EQUAL(read_events(a, record_end(&beside), &list), row->read);
		bool read = read_events(a, event_octets(a, row, 3), &list);
		if (read != row->read)
			fprintf(stderr, "%s\n", row->why);
		CU_ASSERT_EQUAL(read, row->read);
		if (!read)
			continue;
		const struct kept_event *e = list.all[0];
		CU_ASSERT_EQUAL(list.count, 1);
		CU_ASSERT_EQUAL(e->event.action, row->what % INHERITED);
		CU_ASSERT_EQUAL(e->event.time, 5);
		CU_ASSERT_EQUAL(e->sequence, 1);
		CU_ASSERT_EQUAL(e->version, 3);
		CU_ASSERT_EQUAL(e->inherited, (row->what & INHERITED) != 0);
		CU_ASSERT_EQUAL(e->origin, row->what & ELSEWHERE ? 4 : SUBJECT);
		CU_ASSERT_STRING_EQUAL(e->event.reason, "asked");
		CU_ASSERT_STRING_EQUAL(e->event.by, "clerk");
		CU_ASSERT_TRUE(text_equal(e->event.facility, row->facility));
	}
	struct record_writer none = record_begin(a, ROW), former = record_begin(a, ROW - 1);
	CU_ASSERT_FALSE(read_events(a, record_end(&none), &list));
	write_event(&former, a, &event_rows[0], 1);
	CU_ASSERT_FALSE(read_events(a, record_end(&former), &list));
	CU_ASSERT_FALSE(read_events(a, bytes_of_text("\xff\xff\xff"), &list));
	arena_destroy(a);
}

/* Sorted by time, and of one moment by their sequence, however many and in whatever order they
 * come. */
static void events_stand_in_their_order(void)
{
	enum { MANY = 19 };
	struct arena *a = arena_create(1 << 20);
	struct kept_events list = { .count = 0 };
	for (uint64_t i = 0; i < MANY; i++) {
		struct kept_event e = { .sequence = 1 + (i * 7 + 3) % MANY, .version = i };
		consent_events_add(a, &list, &e);
	}
	CU_ASSERT_EQUAL(list.count, MANY);
	for (size_t i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL(list.all[i]->sequence, i + 1);
	static const struct kept_event timed[] = {
		{ .event = { .time = 0 }, .sequence = 2 },
		{ .event = { .time = -1 }, .sequence = 99 },
		{ .event = { .time = 1 }, .sequence = 1 },
		{ .event = { .time = 0 }, .sequence = 90 },
		{ .event = { .time = 0 }, .sequence = 3 },
	};
	static const uint64_t order[] = { 99, 2, 3, 90, 1 };
	struct kept_events times = { .count = 0 };
	for (size_t i = 0; i < COUNT(timed); i++)
		consent_events_add(a, &times, &timed[i]);
	for (size_t i = 0; i < COUNT(timed); i++)
		CU_ASSERT_EQUAL(times.all[i]->sequence, order[i]);
	/* Of one sequence the one that came first stays first. */
	struct kept_event again = { .sequence = 1, .version = 1000 };
	consent_events_add(a, &list, &again);
	CU_ASSERT_NOT_EQUAL(list.all[0]->version, 1000);
	CU_ASSERT_EQUAL(list.all[1]->version, 1000);
	arena_destroy(a);
}

static bool read_state(struct arena *a, struct bytes octets, struct participation *out)
{
	struct consent_row row;
	bool read = consent_row_read(a, SUBJECT, octets, &row);
	*out = row.holds;
	return read;
}

static void states_are_read(void)
{
	struct arena *a = arena_create(1 << 20);
	struct participation p;
	struct record_writer w = record_begin(a, ROW);
	record_number(&w, HOLDS, JOINED | RESTS | DISPUTED);
	record_text(&w, EXCLUDED, "b");
	record_text(&w, LATER_TAG, "of a later version");
	record_text(&w, EXCLUDED, "c");
	record_instant(&w, SINCE, 7);
	CU_ASSERT_TRUE(read_state(a, record_end(&w), &p));
	CU_ASSERT_TRUE(p.decided && p.joined && p.rests && p.disputed);
	CU_ASSERT_EQUAL(p.since, 7);
	CU_ASSERT_EQUAL(p.excluded_count, 2);
	CU_ASSERT_STRING_EQUAL(p.excluded[0], "b");
	CU_ASSERT_STRING_EQUAL(p.excluded[1], "c");
	static const struct {
		unsigned holds;
		bool decided, joined, rests, disputed, read;
	} states[] = {
		{ JOINED, true, true, false, false, true },
		{ LEFT, true, false, false, false, true },
		{ RESTS, false, false, true, false, true },
		{ DISPUTED, false, false, false, true, false }, /* of nothing */
		{ DISPUTED | LEFT, true, false, false, true, true },
		{ 0, false, false, false, false, false },
	};
	for (size_t i = 0; i < COUNT(states); i++) {
		w = record_begin(a, ROW);
		record_number(&w, HOLDS, states[i].holds);
		CU_ASSERT_EQUAL(read_state(a, record_end(&w), &p), states[i].read);
		CU_ASSERT_EQUAL(p.decided, states[i].decided);
		CU_ASSERT_EQUAL(p.joined, states[i].joined);
		CU_ASSERT_EQUAL(p.rests, states[i].rests);
		CU_ASSERT_EQUAL(p.disputed, states[i].disputed);
		CU_ASSERT_EQUAL(p.since, 0);
	}
	CU_ASSERT_FALSE(read_state(a, bytes_of_text("\x03\xff\xff"), &p));
	/* However many are excluded; what is read next takes nothing away from it. */
	w = record_begin(a, ROW);
	for (unsigned i = 0; i < 9; i++)
		record_text(&w, EXCLUDED, arena_printf(a, "%u", i));
	struct bytes nine = record_end(&w);
	struct participation next;
	CU_ASSERT_TRUE(read_state(a, nine, &p) && read_state(a, nine, &next));
	CU_ASSERT_EQUAL(p.excluded_count, 9);
	for (unsigned i = 0; i < 9; i++)
		CU_ASSERT_TRUE(p.excluded[i] != NULL && p.excluded[i][0] == (char)('0' + i));
	arena_destroy(a);
}

/* What is put is what is got, by who reads the events too and by who does not; where it is the
 * events' own time since when something holds, no other is kept. */
static bool put_and_get(void *with, struct store_txn *t, struct problem *p)
{
	static const char *excluded[] = { "b", "c" };
	static const struct {
		struct participation holds;
		unsigned events; /* a bit each: a join at 10, an exclusion at 20, a leave at 30 */
		size_t octets;
	} rows[] = {
		{ { .decided = false }, 0, 0 },
		{ { .rests = true }, 0, 4 },
		{ { .decided = true, .joined = true, .since = 10 }, 1, 22 },
		{ { .decided = true, .joined = true, .since = 11 }, 1, 25 },
		{ { .decided = true, .joined = true, .since = 10 }, 3, 44 },
		{ { .decided = true, .since = 30 }, 7, 62 },
		{ { .decided = true, .since = 10, .disputed = true }, 4, 25 },
		{ { .decided = true, .joined = true, .since = 10 }, 0, 7 },
		{ { .decided = true, .joined = true }, 0, 4 },
		{ { .excluded = excluded, .excluded_count = 2 }, 2, 31 },
		{ { .decided = false }, 1, 19 },
		{ { .decided = false }, 0, 0 },
	};
	static const struct kept_event events[] = {
		{ { CONSENT_JOIN, NULL, "asked", "clerk", 10, 0, NULL }, 1, SUBJECT, 1, false },
		{ { CONSENT_EXCLUDE, "b", "asked", "clerk", 20, 0, NULL }, 200, 4, 1, true },
		{ { CONSENT_LEAVE, NULL, "asked", "clerk", 30, 0, NULL }, 3, SUBJECT, 1, false },
	};
	struct arena *a = store_arena(t);
	(void)with, (void)p;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct consent_row row, again;
		struct participation holds;
		CU_ASSERT_TRUE(consent_row_get(t, a, SUBJECT, &row));
		row.holds = rows[i].holds;
		row.events.count = 0;
		for (unsigned k = 0; k < COUNT(events); k++)
			if (rows[i].events & 1u << k)
				consent_events_add(a, &row.events, &events[k]);
		CU_ASSERT_TRUE(consent_row_put(t, SUBJECT, &row));
		CU_ASSERT_TRUE(consent_row_get(t, a, SUBJECT, &again));
		CU_ASSERT_TRUE(consent_participation(t, a, SUBJECT, &holds));
		if (again.kept.length != rows[i].octets)
			printf("row %zu: %zu octets\n", i, again.kept.length);
		CU_ASSERT_EQUAL(again.kept.length, rows[i].octets);
		CU_ASSERT_EQUAL(again.events.count, row.events.count);
		for (size_t k = 0; k < again.events.count; k++) {
			const struct kept_event *x = row.events.all[k], *y = again.events.all[k];
			CU_ASSERT_EQUAL(x->event.action, y->event.action);
			CU_ASSERT_EQUAL(x->event.time, y->event.time);
			CU_ASSERT_EQUAL(x->sequence, y->sequence);
			CU_ASSERT_EQUAL(x->origin, y->origin);
			CU_ASSERT_EQUAL(x->inherited, y->inherited);
			CU_ASSERT_TRUE(text_equal(x->event.facility, y->event.facility));
		}
		for (unsigned k = 0; k < 2; k++) {
			const struct participation *got = k == 0 ? &again.holds : &holds;
			CU_ASSERT_EQUAL(got->decided, rows[i].holds.decided);
			CU_ASSERT_EQUAL(got->joined, rows[i].holds.joined);
			CU_ASSERT_EQUAL(got->rests, rows[i].holds.rests);
			CU_ASSERT_EQUAL(got->disputed, rows[i].holds.disputed);
			CU_ASSERT_EQUAL(got->since, rows[i].holds.since);
			CU_ASSERT_EQUAL(got->excluded_count, rows[i].holds.excluded_count);
		}
		CU_ASSERT_EQUAL(consent_is_decided(t, SUBJECT), row.events.count != 0);
		unsigned long before = atomic_load(&written);
		CU_ASSERT_TRUE(consent_row_put(t, SUBJECT, &again));
		CU_ASSERT_EQUAL(atomic_load(&written), before);
	}
	return false;
}

static void rows_are_kept_as_they_are(void)
{
	struct fixture f;
	fixture_open(&f);
	store_write(f.store, put_and_get, NULL, &f.problem);
	fixture_close(&f);
}

/* The newest of a record's history, whatever others' says. */
static bool last_job(void *with, struct store_txn *t, struct problem *p)
{
	static const struct {
		uint64_t subject, sequence, last; /* of record 7, then */
	} rows[] = { { 6, 90, 0 },  { 8, 91, 0 },    { 7, 5, 5 },    { 7, 3, 5 },
		     { 7, 64, 64 }, { 7, 256, 256 }, { 7, 255, 256 } };
	(void)with, (void)p;
	static const struct kept_events none = { .count = 0 };
	struct kept_event last;
	struct key k;
	CU_ASSERT_FALSE(consent_history_last(t, store_arena(t), 7, &last));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kept_events left = { .count = 0 };
		struct kept_event e = {
			.event = { .action = CONSENT_JOIN, .reason = "asked", .by = "clerk" },
			.sequence = rows[i].sequence
		};
		consent_events_add(store_arena(t), &left, &e);
		CU_ASSERT_TRUE(consent_history_follow(t, rows[i].subject, &left, &none));
		CU_ASSERT_EQUAL(consent_history_last(t, store_arena(t), 7, &last),
				rows[i].last != 0);
		CU_ASSERT_TRUE(rows[i].last == 0 || last.sequence == rows[i].last);
	}
	CU_ASSERT_FALSE(store_failed(t));
	key_begin(&k, SPACE_CONSENT_HISTORY);
	key_short(&k, 7);
	key_short(&k, 300);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), bytes_of_text("?")));
	CU_ASSERT_FALSE(consent_history_last(t, store_arena(t), 7, &last));
	CU_ASSERT_TRUE(store_is_damaged(t));
	return false;
}

static void newest_of_a_record(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(store_write(f.store, last_job, NULL, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_INTERNAL);
	fixture_close(&f);
}

/* What decides no more is history, and is so no longer when it is given again to keep. */
static bool follow_job(void *with, struct store_txn *t, struct problem *p)
{
	static const struct {
		const char *before, *now, *history; /* by sequence; an inherited one as a letter */
	} rows[] = {
		{ "", "", "" },       { "1", "1", "" },    { "1", "", "1" },    { "", "2", "1" },
		{ "2", "", "12" },    { "", "1", "12" },   { "", "a", "2" },    { "a", "a", "2" },
		{ "abc", "ac", "2" }, { "3", "b", "3" },   { "1b", "1b", "3" }, { "4", "c1", "4" },
		{ "c", "c", "4" },    { "cd", "cd", "4" }, { "c", "cd", "" },   { "", "5", "" },
	};
	struct arena *a = store_arena(t);
	(void)with, (void)p;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kept_events lists[2] = { { .count = 0 }, { .count = 0 } };
		for (unsigned k = 0; k < 2; k++)
			for (const char *c = k == 0 ? rows[i].before : rows[i].now; *c != '\0';
			     c++) {
				struct kept_event e = { .event = { .reason = "", .by = "" },
							.inherited = *c >= 'a' };
				e.sequence = (uint64_t)(*c - (e.inherited ? 'a' - 1 : '0'));
				consent_events_add(a, &lists[k], &e);
			}
		CU_ASSERT_TRUE(consent_history_follow(t, 7, &lists[0], &lists[1]));
		for (uint64_t n = 1; n < 6; n++) {
			bool there = strchr(rows[i].history, (int)('0' + n)) != NULL;
			if (consent_history_has(t, 7, n) != there)
				printf("row %zu: %u\n", i, (unsigned)n);
			CU_ASSERT_EQUAL(consent_history_has(t, 7, n), there);
		}
	}
	struct kept_events two = { .count = 0 }, none = { .count = 0 };
	for (uint64_t n = 1; n < 3; n++)
		consent_events_add(a, &two,
				   &(struct kept_event){ .event = { .reason = "", .by = "" },
							 .sequence = n,
							 .inherited = true });
	failing_arm("store_put", 0);
	CU_ASSERT_FALSE(consent_history_follow(t, 8, &two, &none));
	CU_ASSERT_TRUE(failing_disarm());
	*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(consent_history_has(t, 8, 1) || consent_history_has(t, 8, 2));
	failing_arm("store_delete", 0);
	CU_ASSERT_FALSE(consent_history_follow(t, 8, &none, &two));
	CU_ASSERT_TRUE(failing_disarm());
	return false;
}

static void history_follows(void)
{
	struct fixture f;
	fixture_open(&f);
	store_write(f.store, follow_job, NULL, &f.problem);
	fixture_close(&f);
}

/* ---- A store that fails ---- */

enum { CALLS_MOST = 500 };
static const char *const calls[] = { "store_get", "store_put", "store_delete" };

struct scene {
	struct fixture f;
	uint64_t a, b;
};

static void begin(struct scene *s)
{
	fixture_open(&s->f);
	s->a = people_feed(&s->f, &hanako_a).record;
	s->b = people_feed(&s->f, &hanako_b).record;
}

/* Whichever call fails: the change is refused with the store's own reason, and nothing holds of
 * it. */
static void a_change_is_whole_or_not_at_all(void)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned n = 0; n < CALLS_MOST; n++) {
			struct scene s;
			struct participation now;
			begin(&s);
			say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
			failing_arm(calls[i], n);
			enum problem_code code = say(&s.f, s.a, CONSENT_JOIN, NULL);
			bool failed = failing_disarm();
			CU_ASSERT_EQUAL(code, failed ? PROBLEM_STORE_FULL : PROBLEM_NONE);
			CU_ASSERT_TRUE(participation(&s.f, s.b, &now));
			CU_ASSERT_EQUAL(now.decided, !failed);
			CU_ASSERT_EQUAL(people_findings(&s.f, true), 0);
			fixture_close(&s.f);
			CU_ASSERT_TRUE_FATAL(n + 1 < CALLS_MOST);
			if (!failed)
				break;
		}
}

/* The same when records with decisions are linked by a feed. */
static void a_link_is_whole_or_not_at_all(void)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned n = 0; n < CALLS_MOST; n++) {
			struct fixture f;
			struct patient_identifier id = { .id = "1", .universal_id = B_DOMAIN };
			struct participation now;
			fixture_open(&f);
			uint64_t a = people_feed(&f, &hanako_a).record;
			uint64_t b = people_feed(&f, &hanako_alone).record;
			say(&f, a, CONSENT_JOIN, NULL);
			say(&f, a, CONSENT_EXCLUDE, "c-hospital");
			struct people_put put = {
				.ids = &id, .demographics = people_demographics(f.arena, &hanako_b)
			};
			failing_arm(calls[i], n);
			enum problem_code code = people_write(&f, &put);
			bool failed = failing_disarm();
			CU_ASSERT_EQUAL(code, failed ? PROBLEM_STORE_FULL : PROBLEM_NONE);
			CU_ASSERT_TRUE(participation(&f, b, &now));
			CU_ASSERT_EQUAL(now.joined, !failed);
			CU_ASSERT_EQUAL(people_findings(&f, true), 0);
			fixture_close(&f);
			CU_ASSERT_TRUE_FATAL(n + 1 < CALLS_MOST);
			if (!failed)
				break;
		}
}

/* A history that cannot be read whole is the store's failure. */
static void a_history_is_whole_or_not_at_all(void)
{
	struct scene s;
	begin(&s);
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	say(&s.f, s.a, CONSENT_LEAVE, NULL);
	uint64_t numbers[] = { s.a, s.b };
	struct record_numbers subjects = { numbers, 2 };
	/* One event of each, and the end of each. */
	for (unsigned n = 0; n < 5; n++) {
		struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
		failing_txn = t;
		failing_arm("store_next", n);
		struct consent_event *e = consent_history(t, s.f.arena, &subjects, 0, 9);
		CU_ASSERT_EQUAL(failing_disarm(), n < 4);
		CU_ASSERT_EQUAL(store_failed(t), n < 4);
		CU_ASSERT_TRUE(n < 4 || (e->next != NULL && e->next->next == NULL));
		store_end(t);
	}
	for (unsigned n = 0; n < 3; n++) {
		struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
		failing_arm("store_get", n);
		consent_history(t, s.f.arena, &subjects, 0, 9);
		CU_ASSERT_EQUAL(failing_disarm(), n < 2);
		CU_ASSERT_EQUAL(store_failed(t), n < 2);
		store_end(t);
	}
	fixture_close(&s.f);
}

static bool has_row(struct fixture *f, uint64_t subject)
{
	struct key k;
	key_begin(&k, SPACE_CONSENT);
	key_short(&k, subject);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = store_has(t, key_span(&k));
	store_end(t);
	return there;
}

/* Where nothing holds, nothing is kept of a record we made; of one that was fed, what was said. */
static void what_is_taken_back_leaves_nothing(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	const char *regional = people_person(&s.f, A_DOMAIN, "1").regional_id;
	uint64_t made = people_record(&s.f, AFFINITY, regional).number;
	CU_ASSERT_FALSE(has_row(&s.f, s.a) || has_row(&s.f, made));
	say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	CU_ASSERT_TRUE(has_row(&s.f, s.a) && has_row(&s.f, s.b) && has_row(&s.f, made));
	say(&s.f, s.b, CONSENT_INCLUDE, "c-hospital");
	CU_ASSERT_TRUE(has_row(&s.f, s.a) && has_row(&s.f, s.b));
	CU_ASSERT_FALSE(has_row(&s.f, made));
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 0);
	CU_ASSERT_EQUAL(people_findings(&s.f, true), 0);
	fixture_close(&s.f);
}

/* A record that was linked later keeps what was said, and that it was taken over. */
static void what_is_taken_over_says_so(void)
{
	struct fixture f;
	struct kept_events list;
	fixture_open(&f);
	uint64_t a = people_feed(&f, &hanako_a).record;
	say(&f, a, CONSENT_JOIN, NULL);
	people_feed(&f, &hanako_alone);
	uint64_t b = people_feed(&f, &hanako_b).record;
	people_feed(&f, &hanako_moved); /* settled again: once is enough */
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(events_of(t, f.arena, a, &list));
	CU_ASSERT_EQUAL_FATAL(list.count, 1);
	CU_ASSERT_FALSE(list.all[0]->inherited);
	CU_ASSERT_TRUE(events_of(t, f.arena, b, &list));
	CU_ASSERT_EQUAL_FATAL(list.count, 1);
	CU_ASSERT_TRUE(list.all[0]->inherited);
	CU_ASSERT_EQUAL(list.all[0]->sequence, 1);
	CU_ASSERT_EQUAL(list.all[0]->version, 1);
	CU_ASSERT_EQUAL(list.all[0]->origin, a);
	CU_ASSERT_TRUE(events_of(t, f.arena, 4711, &list));
	CU_ASSERT_EQUAL(list.count, 0);
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(events_of(t, f.arena, b, &list));
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(consent_is_decided(t, b));
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(consent_is_decided(t, b));
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	struct participation now;
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(participation(&f, b, &now));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_FALSE(now.decided);
	fixture_close(&f);
}

/* Where each has said one thing, each keeps both. */
static void each_keeps_what_the_other_said(void)
{
	struct fixture f;
	struct kept_events list;
	fixture_open(&f);
	uint64_t numbers[] = { people_feed(&f, &hanako_a).record,
			       people_feed(&f, &hanako_alone).record };
	say(&f, numbers[1], CONSENT_EXCLUDE, "c-hospital");
	say(&f, numbers[0], CONSENT_JOIN, NULL);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_moved);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(events_of(t, f.arena, numbers[i], &list));
		CU_ASSERT_EQUAL_FATAL(list.count, 2);
		CU_ASSERT_EQUAL(list.all[0]->event.action, CONSENT_EXCLUDE);
		CU_ASSERT_EQUAL(list.all[1]->event.action, CONSENT_JOIN);
		CU_ASSERT_EQUAL(list.all[0]->inherited, i == 0);
		CU_ASSERT_EQUAL(list.all[1]->inherited, i == 1);
	}
	store_end(t);
	fixture_close(&f);
}

/* Two who speak for one person exclude the same facility. */
static void what_is_excluded_twice(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	say(&s.f, s.a, CONSENT_EXCLUDE, "b-clinic");
	say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	say(&s.f, s.b, CONSENT_EXCLUDE, "c-hospital");
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 2);
	say(&s.f, s.b, CONSENT_INCLUDE, "b-clinic");
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_EQUAL_FATAL(now.excluded_count, 1);
	CU_ASSERT_STRING_EQUAL(now.excluded[0], "c-hospital");
	fixture_close(&s.f);
}

/* ---- Bounds ---- */

static unsigned findings(struct fixture *f, const char *has);

/* What was taken back while they were apart is taken back for both when they are one again; and a
 * feed that changes nothing writes nothing. */
static void what_was_taken_back_apart(void)
{
	struct scene s;
	struct kept_events list;
	begin(&s);
	say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	people_feed(&s.f, &hanako_alone);
	say(&s.f, s.a, CONSENT_INCLUDE, "c-hospital");
	people_feed(&s.f, &hanako_b);
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_TRUE(events_of(t, s.f.arena, s.b, &list));
	CU_ASSERT_EQUAL_FATAL(list.count, 2);
	CU_ASSERT_EQUAL(list.all[0]->event.action, CONSENT_JOIN);
	CU_ASSERT_EQUAL(list.all[1]->event.action, CONSENT_INCLUDE);
	CU_ASSERT_TRUE(consent_history_has(t, s.b, 1)); /* the exclusion */
	store_end(t);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	unsigned long before = atomic_load(&written);
	people_feed(&s.f, &hanako_moved);
	CU_ASSERT_EQUAL(atomic_load(&written), before);
	fixture_close(&s.f);
}

/* A list by its letters: a giver (a, b) and what he says: + joins, - leaves, 1..9 excludes that
 * facility, and the same shifted (! to )) includes it; what is left of it, so written. */
static char *bounded(struct arena *a, const char *said)
{
	static const char excludes[] = "123456789", includes[] = "!@#$%^&*(";
	struct kept_events list = { .count = 0 };
	struct buffer left = buffer_in(a);
	for (size_t i = 0; said[2 * i] != '\0'; i++) {
		char what = said[2 * i + 1];
		const char *out = strchr(excludes, what), *in = strchr(includes, what);
		struct kept_event e = { .sequence = i + 1,
					.origin = (uint64_t)said[2 * i],
					.version = 7 };
		e.event.action = what == '+'   ? CONSENT_JOIN
				 : what == '-' ? CONSENT_LEAVE
				 : out != NULL ? CONSENT_EXCLUDE
					       : CONSENT_INCLUDE;
		if (out != NULL || in != NULL)
			e.event.facility = arena_printf(
				a, "%d", (int)(out != NULL ? out - excludes : in - includes));
		e.event.reason = arena_text_n(a, said + 2 * i, 2);
		consent_events_add(a, &list, &e);
	}
	consent_events_bound(&list);
	for (size_t i = 0; i < list.count; i++)
		buffer_append(&left, list.all[i]->event.reason, 2);
	buffer_byte(&left, '\0');
	return (char *)left.data;
}

static void what_decides_nothing_is_left_out(void)
{
	static const struct {
		const char *said, *left;
	} rows[] = {
		{ "a+", "a+" },       { "a+a+", "a+" },       { "a+a+a+", "a+" },
		{ "a+a-", "a-" },     { "a+a-a+", "a+" },     { "a+b+", "a+b+" },
		{ "a+b+a+", "b+a+" }, { "a+b-a+", "b-a+" },   { "a+b-a-", "b-a-" },
		{ "a1a2", "a1a2" },   { "a1a1", "a1" },       { "a1a2a1", "a1a2" },
		{ "a1a!", "a!" },     { "a1b!", "a1b!" },     { "a+a1a-a+", "a1a+" },
		{ "a+a1a+", "a+a1" }, { "a1a+a!", "a+a!" },   { "a1a+a!a1", "a+a1" },
		{ "a1b1a!", "b1a!" }, { "a+a+a1", "a+a1" },   { "a1a+a+a2b+", "a1a+a2b+" },
		{ "a9a(a9", "a9" },   { "a+b1a+b1", "a+b1" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *left = bounded(a, rows[i].said);
		CU_ASSERT_STRING_EQUAL(left, rows[i].left);
		CU_ASSERT_STRING_EQUAL(bounded(a, left), left);
		if (strcmp(left, rows[i].left) != 0)
			printf("%s: %s\n", rows[i].said, left);
	}
	arena_destroy(a);
}

/* Each giver is another: at most EVENTS_MOST, the oldest go; but not who was the last to say
 * that. */
static void what_is_too_much_goes(void)
{
	static const struct {
		unsigned joins, excludes, left, first, oldest;
	} rows[] = {
		{ EVENTS_MOST, 0, EVENTS_MOST, 1, 1 },
		{ EVENTS_MOST + 1, 0, EVENTS_MOST, 2, 2 },
		{ EVENTS_MOST - 1, 1, EVENTS_MOST, 1, 2 },
		{ EVENTS_MOST, 1, EVENTS_MOST, 1, 3 },
		{ EVENTS_MOST + 9, 1, EVENTS_MOST, 1, 12 },
		{ 1, EVENTS_MOST + 9, EVENTS_MOST + 10, 1, EVENTS_MOST + 10 },
		{ 2, EVENTS_MOST + 9, EVENTS_MOST + 10, 1, EVENTS_MOST + 11 },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kept_events list = { .count = 0 };
		for (unsigned k = 1; k <= rows[i].excludes + rows[i].joins; k++) {
			struct kept_event e = { .sequence = k, .origin = 1, .version = k };
			bool excludes = k <= rows[i].excludes;
			e.event.action = excludes ? CONSENT_EXCLUDE : CONSENT_JOIN;
			e.event.facility = excludes ? arena_printf(a, "%u", k) : NULL;
			consent_events_add(a, &list, &e);
		}
		consent_events_bound(&list);
		CU_ASSERT_EQUAL(list.count, rows[i].left);
		CU_ASSERT_EQUAL(list.all[0]->sequence, rows[i].first);
		CU_ASSERT_EQUAL(list.all[rows[i].excludes]->sequence, rows[i].oldest);
		if (list.count != rows[i].left)
			printf("%zu: %zu\n", i, list.count);
	}
	arena_destroy(a);
}

/* Whoever left as somebody he was before is closed when he is that one again, whatever was said
 * since. */
static void what_closed_goes_last(void)
{
	static const struct {
		unsigned closed, opened, left, kept;
	} rows[] = {
		{ 1, EVENTS_MOST, EVENTS_MOST, 1 },
		{ 9, EVENTS_MOST + 9, EVENTS_MOST, 9 },
		{ EVENTS_MOST - 1, 2, EVENTS_MOST, EVENTS_MOST - 1 },
		{ EVENTS_MOST, 1, EVENTS_MOST, EVENTS_MOST - 1 },
		{ EVENTS_MOST + 5, 1, EVENTS_MOST, EVENTS_MOST - 1 },
	};
	static const struct {
		enum consent_action closes, opens;
		const char *facility;
	} words[] = {
		{ CONSENT_LEAVE, CONSENT_JOIN, NULL },
		{ CONSENT_EXCLUDE, CONSENT_INCLUDE, "c-hospital" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows) * COUNT(words); i++) {
		unsigned row = (unsigned)(i / COUNT(words)), word = (unsigned)(i % COUNT(words)),
			 closed = 0;
		struct kept_events list = { .count = 0 };
		for (unsigned k = 1; k <= rows[row].closed + rows[row].opened; k++) {
			struct kept_event e = { .sequence = k, .origin = 1, .version = k };
			e.event.action = k <= rows[row].closed ? words[word].closes
							       : words[word].opens;
			e.event.facility = words[word].facility;
			consent_events_add(a, &list, &e);
		}
		consent_events_bound(&list);
		for (size_t k = 0; k < list.count; k++)
			closed += list.all[k]->event.action == words[word].closes;
		CU_ASSERT_EQUAL(list.count, rows[row].left);
		CU_ASSERT_EQUAL(closed, rows[row].kept);
		CU_ASSERT_EQUAL(list.all[list.count - 1]->event.action, words[word].opens);
	}
	arena_destroy(a);
}

/* However often somebody changes his mind, a feed of his reads no more, and all of it can be
 * read. */
static void many_changes_cost_nobody(void)
{
	enum { OFTEN = 300, PAGE = 7 };
	struct scene s;
	struct kept_events list;
	uint64_t numbers[2], number = 0;
	begin(&s);
	for (unsigned i = 0; i < OFTEN; i++) {
		say(&s.f, i % 3 == 0 ? s.b : s.a, i % 2 == 0 ? CONSENT_JOIN : CONSENT_LEAVE, NULL);
		if (i % 10 == 0)
			say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	}
	numbers[0] = s.a;
	numbers[1] = s.b;
	struct record_numbers subjects = { numbers, 2 };
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_TRUE(events_of(t, s.f.arena, s.a, &list));
	CU_ASSERT_EQUAL(list.count, 3); /* what each of the two said last, and one exclusion */
	unsigned count = 0, size;
	do {
		struct consent_event *e = consent_history(t, s.f.arena, &subjects, number, PAGE);
		for (size = 0; e != NULL; e = e->next, size++) {
			CU_ASSERT(number == 0 || e->number == number - 1);
			number = e->number;
		}
		count += size;
	} while (size == PAGE);
	CU_ASSERT_EQUAL(count, OFTEN + OFTEN / 10);
	CU_ASSERT_EQUAL(number, 1);
	CU_ASSERT_PTR_NULL(consent_history(t, s.f.arena, &subjects, 1, PAGE));
	unsigned long before = atomic_load(&steps);
	consent_history(t, s.f.arena, &subjects, 0, PAGE);
	CU_ASSERT(atomic_load(&steps) - before <= 2 * (PAGE + 1));
	CU_ASSERT_PTR_NULL(consent_history(t, s.f.arena, &subjects, 0, 0));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	fixture_close(&s.f);
}

/* What only repeats decides nothing, and what is said after it is later all the same. */
static void what_is_said_later_is_later(void)
{
	static const enum consent_action said[] = { CONSENT_JOIN, CONSENT_JOIN, CONSENT_LEAVE };
	struct scene s;
	begin(&s);
	for (size_t i = 0; i < COUNT(said); i++)
		say(&s.f, s.a, said[i], NULL);
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	struct consent_event *e = consent_history(t, s.f.arena, &(struct record_numbers){ &s.a, 1 },
						  0, COUNT(said) + 1);
	for (size_t i = COUNT(said); i > 0; i--, e = e->next) {
		CU_ASSERT_TRUE_FATAL(e != NULL);
		CU_ASSERT_EQUAL(e->action, said[i - 1]);
		CU_ASSERT_TRUE(e->next == NULL || e->time > e->next->time);
	}
	CU_ASSERT_PTR_NULL(e);
	store_end(t);
	fixture_close(&s.f);
}

/* Two records, each with words of its own, in turns: a page holds the newest of both. */
static void a_page_of_several_records(void)
{
	enum { EACH = 6, MOST = 5 };
	struct fixture f;
	fixture_open(&f);
	uint64_t numbers[2] = { people_feed(&f, &hanako_a).record,
				people_feed(&f, &hanako_alone).record };
	for (unsigned i = 0; i < 2 * EACH; i++)
		say(&f, numbers[i / 2 % 2], i % 3 == 0 ? CONSENT_JOIN : CONSENT_LEAVE, NULL);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (unsigned turned = 0; turned < 2; turned++)
		for (uint64_t before = 1; before <= 2 * EACH + 1; before++)
			for (unsigned most = 1; most <= MOST; most++) {
				uint64_t both[] = { numbers[turned], numbers[1 - turned] },
					 next = before;
				struct record_numbers subjects = { both, 2 };
				struct consent_event *e = consent_history(t, f.arena, &subjects,
									  before, most);
				unsigned count = 0;
				for (; e != NULL; e = e->next, count++)
					CU_ASSERT_EQUAL(e->number, --next);
				CU_ASSERT_EQUAL(count, before - 1 < most ? before - 1 : most);
			}
	store_end(t);
	fixture_close(&f);
}

/* ---- Damage ---- */

struct putting {
	unsigned char space;
	uint64_t subject;
	struct bytes more, value; /* more: octets behind the key */
	bool remove;
};

static bool put_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct putting *put = with;
	struct key k;
	(void)p;
	key_begin(&k, put->space);
	key_short(&k, put->subject);
	key_bytes(&k, put->more.data, put->more.length);
	return put->remove ? store_delete(t, key_span(&k)) : store_put(t, key_span(&k), put->value);
}

static const unsigned char first_number[] = { 1, 1 }; /* behind a key of the history */

static void put(struct fixture *f, struct putting what)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_write(f->store, put_job, &what, &f->problem));
}

static void what_cannot_be_read_changes_nothing(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	put(&s.f, (struct putting){ SPACE_CONSENT, s.b, .value = bytes_of_text("\x01\xff\xff") });
	CU_ASSERT_EQUAL(say(&s.f, s.b, CONSENT_JOIN, NULL), PROBLEM_INTERNAL);
	CU_ASSERT_EQUAL(say(&s.f, s.a, CONSENT_JOIN, NULL), PROBLEM_INTERNAL);
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_FALSE(now.decided);
	CU_ASSERT_FALSE(participation(&s.f, s.b, &now));
	CU_ASSERT_FALSE(now.joined || now.decided);
	CU_ASSERT_NOT_EQUAL(people_findings(&s.f, false), 0);
	fixture_close(&s.f);
}

/* What was said for an identity nobody knows any more holds for that record, and opens no other. */
static void a_word_for_an_unknown_identity_opens_no_other(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	struct bytes row = event_octets(s.f.arena, &event_rows[0], 77);
	put(&s.f, (struct putting){ SPACE_CONSENT, s.a, .value = row });
	people_feed(&s.f, &hanako_moved);
	CU_ASSERT_TRUE(people_same(&s.f, &hanako_a, &hanako_b));
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_TRUE(now.decided && now.joined);
	CU_ASSERT_TRUE(participation(&s.f, s.b, &now));
	CU_ASSERT_FALSE(now.decided);
	fixture_close(&s.f);
}

struct told {
	const char *has;
	unsigned count;
};

static void hear(void *with, const char *finding)
{
	struct told *t = with;
	bool fits = strstr(finding, t->has) != NULL;
	if (!fits)
		fprintf(stderr, "finding: %s\n", finding);
	t->count += fits;
}

/* How often it finds that, and nothing else. */
static unsigned findings(struct fixture *f, const char *has)
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

/* What is wrong with one row is told once, with the record's number, and the check goes on. */
static void what_is_wrong_is_found(void)
{
	static const unsigned char joined[] = { ROW, HOLDS, 1, JOINED },
				   rests[] = { ROW, HOLDS, 1, RESTS };
	static const struct bytes open = { joined, sizeof joined },
				  resting = { rests, sizeof rests };
	struct arena *a = arena_create(1 << 20);
	static const unsigned char other_number[] = { 1, 2 }, long_number[] = { 1, 1, 0 };
	const struct bytes fine = event_octets(a, &event_rows[0], 1),
			   first = { first_number, sizeof first_number };
	struct buffer both = buffer_in(a);
	buffer_append(&both, fine.data, fine.length);
	buffer_append(&both, fine.data + 1, fine.length - 1);
	const struct bytes twice = buffer_bytes(&both);
	const struct {
		struct putting put;
		const char *told;
	} rows[] = {
		{ { SPACE_CONSENT, 1, .value = bytes_of_text("\x03\xff") },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT, 1, .value = bytes_of_text("\x03") }, "record 1 cannot be read" },
		{ { SPACE_CONSENT, 1, .more = bytes_of_text("x"), .value = fine },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT, 4711, .value = fine }, "4711, which is not there" },
		{ { SPACE_CONSENT, 1, .value = twice },
		  "record 1 are not those that decide and are no history" },
		{ { SPACE_CONSENT_HISTORY, 1, .more = first, .value = bytes_of_text("\x01\xff") },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT_HISTORY, 1, .value = fine }, "record 1 cannot be read" },
		{ { SPACE_CONSENT_HISTORY, 1, .more = { long_number, sizeof long_number },
		    .value = fine },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT_HISTORY, 1, .more = { other_number, sizeof other_number },
		    .value = fine },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT_HISTORY, 1, .more = first, .value = twice },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT_HISTORY, 1, .more = first, .value = open },
		  "record 1 cannot be read" },
		{ { SPACE_CONSENT_HISTORY, 1, .more = first, .value = fine },
		  "record 1, for which nothing decides" },
		{ { SPACE_CONSENT, 4711, .value = open }, "4711, which is not there" },
		{ { SPACE_CONSENT, 1, .value = resting },
		  "record 1 does not know whether it rests" },
		{ { SPACE_CONSENT, 1, .value = open }, "record 1 is open, and nobody decided so" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_EQUAL(people_feed(&f, &hanako_a).record, 1);
		CU_ASSERT_EQUAL(findings(&f, rows[i].told), 0);
		put(&f, rows[i].put);
		if (findings(&f, rows[i].told) != 1)
			CU_FAIL(rows[i].told);
		fixture_close(&f);
	}
	arena_destroy(a);
}

static void a_history_that_cannot_be_read(void)
{
	struct scene s;
	begin(&s);
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	put(&s.f, (struct putting){ SPACE_CONSENT_HISTORY, s.b,
				    .more = { first_number, sizeof first_number },
				    .value = bytes_of_text("\x02") });
	uint64_t numbers[] = { s.a, s.b };
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	consent_history(t, s.f.arena, &(struct record_numbers){ numbers, 2 }, 0, 9);
	CU_ASSERT_TRUE(store_is_damaged(t));
	store_end(t);
	fixture_close(&s.f);
}

/* Two events: what both say, whether one is history as well, and whether a check is content. */
static void what_decides_is_no_history(void)
{
	static const struct {
		unsigned action;
		bool history[2], well;
	} rows[] = {
		{ CONSENT_EXCLUDE, { false, false }, true },
		{ CONSENT_EXCLUDE, { true, false }, false },
		{ CONSENT_EXCLUDE, { false, true }, false },
		{ CONSENT_JOIN, { false, false }, false },
		{ CONSENT_LEAVE, { false, false }, false },
	};
	static const unsigned char numbers[2][2] = { { 1, 1 }, { 1, 2 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		const struct event_row second = { .sequence = 2,
						  .what = rows[i].action,
						  .facility = rows[i].action == CONSENT_EXCLUDE
								      ? "b"
								      : NULL };
		const struct bytes events[] = { event_octets(f.arena, &event_rows[0], 1),
						event_octets(f.arena, &second, 1) };
		struct buffer both = buffer_in(f.arena);
		buffer_append(&both, events[0].data, events[0].length);
		buffer_append(&both, events[1].data + 1, events[1].length - 1);
		CU_ASSERT_EQUAL(people_feed(&f, &hanako_a).record, 1);
		put(&f, (struct putting){ SPACE_CONSENT, 1, .value = buffer_bytes(&both) });
		for (unsigned k = 0; k < 2; k++)
			if (rows[i].history[k])
				put(&f, (struct putting){ SPACE_CONSENT_HISTORY, 1,
							  .more = { numbers[k], sizeof numbers[k] },
							  .value = events[k] });
		CU_ASSERT_EQUAL(findings(&f, "record 1 are not those that decide and are no "
					     "history"),
				!rows[i].well);
		fixture_close(&f);
	}
}

/* A record of ours stands open by its anchor's decision, and rests with it: nothing to find. */
static void a_made_record_has_no_words_of_its_own(void)
{
	struct scene s;
	begin(&s);
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	people_feed(&s.f, &taro_a);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	fixture_close(&s.f);
}

/* A record of ours whose anchor is somebody else's (a damaged store) covers only the anchor's
 * person. */
static bool anchor_elsewhere(void *with, struct store_txn *t, struct problem *p)
{
	const uint64_t *numbers = with;
	struct identity_row row;
	(void)p;
	fixture_must(NULL, identity_row_get(t, store_arena(t), numbers[0], &row) && row.made);
	row.anchor = numbers[1];
	return identity_row_put(t, &row);
}

static void a_decision_stays_in_its_person(void)
{
	struct fixture f;
	struct participation now;
	fixture_open(&f);
	uint64_t a = people_feed(&f, &hanako_a).record, b = people_feed(&f, &hanako_alone).record;
	const char *regional = people_person(&f, A_DOMAIN, "1").regional_id;
	uint64_t numbers[] = { people_record(&f, AFFINITY, regional).number, b };
	fixture_must(&f, store_write(f.store, anchor_elsewhere, numbers, &f.problem));
	CU_ASSERT_EQUAL(say(&f, numbers[0], CONSENT_JOIN, NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(participation(&f, b, &now));
	CU_ASSERT_TRUE(now.joined);
	CU_ASSERT_TRUE(participation(&f, a, &now));
	CU_ASSERT_FALSE(now.decided);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "events are read or not", events_are_read_or_not },
	{ "events stand in their order", events_stand_in_their_order },
	{ "the newest of a record", newest_of_a_record },
	{ "states are read", states_are_read },
	{ "rows are kept as they are", rows_are_kept_as_they_are },
	{ "history follows", history_follows },
	{ "a change is whole or not at all", a_change_is_whole_or_not_at_all },
	{ "a link is whole or not at all", a_link_is_whole_or_not_at_all },
	{ "a history is whole or not at all", a_history_is_whole_or_not_at_all },
	{ "what is taken back leaves nothing", what_is_taken_back_leaves_nothing },
	{ "what is taken over says so", what_is_taken_over_says_so },
	{ "each keeps what the other said", each_keeps_what_the_other_said },
	{ "what was taken back apart", what_was_taken_back_apart },
	{ "what is excluded twice", what_is_excluded_twice },
	{ "what decides nothing is left out", what_decides_nothing_is_left_out },
	{ "what is too much goes", what_is_too_much_goes },
	{ "what closed goes last", what_closed_goes_last },
	{ "many changes cost nobody", many_changes_cost_nobody },
	{ "what is said later is later", what_is_said_later_is_later },
	{ "what decides is no history", what_decides_is_no_history },
	{ "a page of several records", a_page_of_several_records },
	{ "a history that cannot be read", a_history_that_cannot_be_read },
	{ "what cannot be read changes nothing", what_cannot_be_read_changes_nothing },
	{ "a word for an unknown identity opens no other",
	  a_word_for_an_unknown_identity_opens_no_other },
	{ "what is wrong is found", what_is_wrong_is_found },
	{ "a made record has no words of its own", a_made_record_has_no_words_of_its_own },
	{ "a decision stays in its person", a_decision_stays_in_its_person },
	{ 0 }
};

int main(void)
{
	return suite_run("store: consent rows", tests);
}
