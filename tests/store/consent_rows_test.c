/* tests/store/consent_rows_test.c: the rows of consent: what is read of one, and how what was said
 * goes from what decides to history. */
#include "tests/store/consent_scene.h"

enum { SUBJECT = 9 };
enum { ALONE = 0x80 }; /* a row's first octet: one event without tags */

static bool read_events(struct arena *a, struct bytes octets, struct kept_events *out)
{
	struct consent_row row;
	bool read = consent_row_read(a, SUBJECT, octets, &row);
	*out = row.events;
	return read;
}

/* The event of such a row without its tag, behind what holds. */
static struct bytes alone(struct arena *a, unsigned first, struct bytes row)
{
	struct buffer b = buffer_in(a);
	struct record_reader r = record_read(row);
	while (record_next(&r) && r.tag != EVENT)
		continue;
	buffer_byte(&b, (unsigned char)first);
	buffer_append(&b, r.value.data, r.value.length);
	return buffer_bytes(&b);
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
		CU_ASSERT_EQUAL(read_events(a, alone(a, ALONE, event_octets(a, row, 3)), &list),
				row->read);
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

/* Sorted by time, and of one moment by their sequence, what closes behind what opens, however many
 * and in whatever order they come. */
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
	/* What strangers said in one moment before they were one: what closes is the last word. */
	static const struct kept_event met[] = {
		{ .event = { .action = CONSENT_EXCLUDE }, .sequence = 2 },
		{ .event = { .action = CONSENT_INCLUDE }, .sequence = 9 },
		{ .event = { .action = CONSENT_LEAVE }, .sequence = 1 },
		{ .event = { .action = CONSENT_JOIN }, .sequence = 7 },
	};
	static const uint64_t last_word[] = { 7, 9, 1, 2 };
	struct kept_events meeting = { .count = 0 };
	for (size_t i = 0; i < COUNT(met); i++)
		consent_events_add(a, &meeting, &met[i]);
	for (size_t i = 0; i < COUNT(met); i++)
		CU_ASSERT_EQUAL(meeting.all[i]->sequence, last_word[i]);
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

/* One event without tags, and what holds by it beside the form. */
static void an_event_stands_alone(void)
{
	struct arena *a = arena_create(1 << 20);
	struct bytes row = event_octets(a, &event_rows[0], 3), octets;
	struct consent_row out;
	for (unsigned holds = 0; holds <= (JOINED | LEFT | RESTS | DISPUTED); holds++) {
		CU_ASSERT_TRUE(consent_row_read(a, SUBJECT, alone(a, ALONE | holds, row), &out));
		CU_ASSERT_EQUAL(out.holds.joined, (holds & JOINED) != 0);
		CU_ASSERT_EQUAL(out.holds.decided, (holds & (JOINED | LEFT)) != 0);
		CU_ASSERT_EQUAL(out.holds.rests, (holds & RESTS) != 0);
		CU_ASSERT_EQUAL(out.holds.disputed, (holds & DISPUTED) != 0);
		CU_ASSERT_EQUAL(out.holds.since, out.holds.decided ? 5 : 0);
		CU_ASSERT_EQUAL(out.holds.excluded_count, 0);
		CU_ASSERT_EQUAL(out.events.count, 1);
	}
	octets = alone(a, ALONE | JOINED, row);
	for (size_t length = 0; length < octets.length; length++)
		CU_ASSERT_FALSE(
			consent_row_read(a, SUBJECT, (struct bytes){ octets.data, length }, &out));
	for (unsigned other = 0x10; other <= 0x40; other <<= 1)
		CU_ASSERT_FALSE(consent_row_read(a, SUBJECT, alone(a, ALONE | other, row), &out));
	struct buffer more = buffer_in(a);
	buffer_append(&more, octets.data, octets.length);
	buffer_byte(&more, 0);
	CU_ASSERT_FALSE(consent_row_read(a, SUBJECT, buffer_bytes(&more), &out));
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
		{ { .decided = true, .joined = true, .since = 10 }, 1, 17 },
		{ { .decided = true, .joined = true, .since = 11 }, 1, 25 },
		{ { .decided = true, .joined = true, .since = 10 }, 3, 44 },
		{ { .decided = true, .since = 30 }, 7, 62 },
		{ { .decided = true, .since = 10, .disputed = true }, 4, 25 },
		{ { .decided = true, .joined = true, .since = 10 }, 0, 7 },
		{ { .decided = true, .joined = true }, 0, 4 },
		{ { .excluded = excluded, .excluded_count = 2 }, 2, 31 },
		{ { .decided = false }, 1, 17 },
		{ { .rests = true }, 2, 21 },
		{ { .decided = false }, 0, 0 },
	};
	static const struct kept_event events[] = {
		{ { .action = CONSENT_JOIN, .reason = "asked", .by = "clerk", .time = 10 },
		  1,
		  SUBJECT,
		  1,
		  false },
		{ { .action = CONSENT_EXCLUDE,
		    .facility = "b",
		    .reason = "asked",
		    .by = "clerk",
		    .time = 20 },
		  200,
		  4,
		  1,
		  true },
		{ { .action = CONSENT_LEAVE, .reason = "asked", .by = "clerk", .time = 30 },
		  3,
		  SUBJECT,
		  1,
		  false },
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
		CU_ASSERT_TRUE(consent_participation(t, a, SUBJECT, 0, &holds));
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

/* What a decision may have besides, each alone: it is read back, and nothing else. */
static bool besides(void *with, struct store_txn *t, struct problem *p)
{
	static const struct consent_event events[] = {
		{ .from = 500 },
		{ .until = 1000 },
		{ .action = CONSENT_GRANT, .facility = "b", .groups = "note" },
		{ .proof = { .kind = "card-reader" } },
		{ .proof = { .kind = "paper", .date = "2026-01-15", .by = "受付" } },
	};
	struct arena *a = store_arena(t);
	(void)with, (void)p;
	for (size_t i = 0; i < COUNT(events); i++) {
		struct kept_event e = { .event = events[i], .sequence = 1, .origin = SUBJECT };
		struct consent_row row, again;
		e.event.reason = e.event.by = "clerk";
		CU_ASSERT_TRUE(consent_row_get(t, a, SUBJECT, &row));
		row.events.count = 0;
		consent_events_add(a, &row.events, &e);
		CU_ASSERT_TRUE(consent_row_put(t, SUBJECT, &row));
		CU_ASSERT_TRUE(consent_row_get(t, a, SUBJECT, &again));
		CU_ASSERT_EQUAL_FATAL(again.events.count, 1);
		const struct consent_event *is = &again.events.all[0]->event;
		CU_ASSERT_EQUAL(is->from, events[i].from);
		CU_ASSERT_EQUAL(is->until, events[i].until);
		CU_ASSERT_TRUE(text_equal(is->groups, events[i].groups));
		CU_ASSERT_TRUE(text_equal(is->proof.kind, events[i].proof.kind));
		CU_ASSERT_TRUE(text_equal(is->proof.date, events[i].proof.date));
		CU_ASSERT_TRUE(text_equal(is->proof.by, events[i].proof.by));
	}
	return false;
}

static void what_is_said_besides_is_kept(void)
{
	struct fixture f;
	fixture_open(&f);
	store_write(f.store, besides, NULL, &f.problem);
	fixture_close(&f);
}

/* When a decision begins and ends is put with its row, or its row is not. */
static bool ends_job(void *with, struct store_txn *t, struct problem *p)
{
	static const struct {
		const char *call; /* that fails, after so many that do not */
		unsigned passing;
		instant from, until, held; /* held: from when on, as it stands after that */
	} rows[] = {
		{ "store_put", 0, 500, 1000, 0 },      { "store_put", 1, 500, 1000, 0 },
		{ NULL, 0, 500, 1000, 500 },           { "store_delete", 0, 600, 2000, 500 },
		{ "store_delete", 1, 600, 2000, 500 }, { "store_put", 0, 600, 2000, 500 },
		{ NULL, 0, 600, 2000, 600 },
	};
	struct arena *a = store_arena(t);
	(void)with, (void)p;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kept_event e = { .event = { .reason = "asked", .by = "clerk" },
					.sequence = 1,
					.origin = SUBJECT };
		struct consent_row row, again;
		e.event.from = rows[i].from;
		e.event.until = rows[i].until;
		CU_ASSERT_TRUE(consent_row_get(t, a, SUBJECT, &row));
		row.events.count = 0;
		consent_events_add(a, &row.events, &e);
		if (rows[i].call != NULL)
			failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_EQUAL(consent_row_put(t, SUBJECT, &row), rows[i].call == NULL);
		if (rows[i].call != NULL)
			CU_ASSERT_TRUE(failing_disarm());
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(consent_row_get(t, a, SUBJECT, &again));
		CU_ASSERT_EQUAL(again.events.count, rows[i].held != 0);
		CU_ASSERT_TRUE(again.events.count == 0
			       || again.events.all[0]->event.from == rows[i].held);
	}
	CU_ASSERT_FALSE(consent_ends_due(t, 599));
	CU_ASSERT_TRUE(consent_ends_due(t, 600));
	return false;
}

static void ends_are_put_or_the_row_is_not(void)
{
	struct fixture f;
	fixture_open(&f);
	store_write(f.store, ends_job, NULL, &f.problem);
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

static const struct test tests[] = {
	{ "events are read or not", events_are_read_or_not },
	{ "events stand in their order", events_stand_in_their_order },
	{ "an event stands alone", an_event_stands_alone },
	{ "the newest of a record", newest_of_a_record },
	{ "states are read", states_are_read },
	{ "rows are kept as they are", rows_are_kept_as_they_are },
	{ "what is said besides is kept", what_is_said_besides_is_kept },
	{ "ends are put, or the row is not", ends_are_put_or_the_row_is_not },
	{ "history follows", history_follows },
	{ "what decides is no history", what_decides_is_no_history },
	{ 0 }
};

int main(void)
{
	return suite_run("consent: rows", tests);
}
