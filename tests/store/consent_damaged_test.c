/* tests/store/consent_damaged_test.c: what consent does when the store fails it, or has rows in it
 * that nobody wrote so: nothing is opened, nothing half done, and `minato check` says which
 * record. */
#include "tests/store/consent_scene.h"

/* ---- A store that fails ---- */

enum { CALLS_MOST = 500 };

static const char *const calls[] = { "store_get", "store_put", "store_delete" };

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

static const unsigned char first_number[] = { 1, 1 }; /* behind a key of the history */

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

static enum problem_code say_until(struct fixture *f, uint64_t subject, instant until)
{
	struct saying s = { .subject = subject,
			    .event = { .action = CONSENT_JOIN,
				       .reason = "asked",
				       .by = "clerk",
				       .time = 1,
				       .until = until } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

/* Nobody knows how many have an end already, nor whether something ends: that is the damage found,
 * and no end that belongs to nothing. */
static void ends_of_what_cannot_be_read(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(s.a, 1);
	CU_ASSERT_EQUAL(say_until(&s.f, s.a, 1000), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	put(&s.f, (struct putting){ SPACE_CONSENT, s.a, .value = bytes_of_text("\x01\xff\xff") });
	CU_ASSERT_EQUAL(say_until(&s.f, s.a, 2000), PROBLEM_INTERNAL);
	CU_ASSERT_EQUAL(findings(&s.f, "record 1 cannot be read"), 2);
	fixture_close(&s.f);
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

static const struct test tests[] = {
	{ "a change is whole or not at all", a_change_is_whole_or_not_at_all },
	{ "a link is whole or not at all", a_link_is_whole_or_not_at_all },
	{ "a history is whole or not at all", a_history_is_whole_or_not_at_all },
	{ "a history that cannot be read", a_history_that_cannot_be_read },
	{ "what cannot be read changes nothing", what_cannot_be_read_changes_nothing },
	{ "ends of what cannot be read", ends_of_what_cannot_be_read },
	{ "what is wrong is found", what_is_wrong_is_found },
	{ 0 }
};

int main(void)
{
	return suite_run("consent: damaged", tests);
}
