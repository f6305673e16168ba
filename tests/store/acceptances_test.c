/* tests/store/acceptances_test.c: who had what, once and since when, for as long as the entry is
 * there; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/acceptances.h"
#include "store/check.h"
#include "store/registry.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

#define NOBODYS "urn:uuid:00000000-0000-4000-8000-00000000000"
enum { SPACE = 0x58, THEN = 1000 };

/* One entry in a set, both by their last digit. */
struct registering {
	struct arena *arena;
	uint64_t subject;
	unsigned digit;
	const char *entry;
};

static bool register_one(void *with, struct store_txn *t, struct problem *p)
{
	struct registering *r = with;
	struct coded_value code = { .code = "1", .scheme = "2.3" };
	struct document_entry e = {
		.id = arena_printf(r->arena, NOBODYS "%u", r->digit),
		.unique_id = arena_printf(r->arena, "2.999.8.%u", r->digit),
		.class_code = &code,
		.type_code = &code,
		.format_code = &code,
		.practice_setting_code = &code,
		.healthcare_facility_type_code = &code,
		.confidentiality_codes = &code,
		.mime_type = "text/plain",
		.creation_time = "2026",
		.language_code = "ja",
		.hash = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
		.size = "5",
		.repository_unique_id = "2.999.20",
		.subject = r->subject,
		.source_system = "a-hospital",
	};
	struct submission_set s = {
		.id = arena_printf(r->arena, "urn:uuid:00000000-0000-4000-8000-10000000000%u",
				   r->digit),
		.unique_id = arena_printf(r->arena, "2.999.7.%u", r->digit),
		.content_type_code = &code,
		.source_id = "2.999.6",
		.submission_time = "20260115",
		.subject = r->subject,
		.source_system = "a-hospital",
	};
	struct association x = {
		.id = arena_printf(r->arena, "urn:uuid:00000000-0000-4000-8000-20000000000%u",
				   r->digit),
		.type = ASSOCIATION_HAS_MEMBER,
		.source = s.id,
		.target = e.id,
		.submission_set_status = "Original",
		.source_system = "a-hospital",
	};
	struct submission all = { .set = &s, .set_count = 1, .entries = &e, .associations = &x };
	r->entry = e.id;
	return registry_put(t, store_arena(t), &all, THEN, p);
}

static bool remove_one(void *with, struct store_txn *t, struct problem *p)
{
	const struct registering *r = with;
	struct text_value ids[3] = {
		{ .value = r->entry, .next = &ids[1] },
		{ .value = arena_printf(r->arena, "urn:uuid:00000000-0000-4000-8000-10000000000%u",
					r->digit),
		  .next = &ids[2] },
		{ .value = arena_printf(r->arena, "urn:uuid:00000000-0000-4000-8000-20000000000%u",
					r->digit) },
	};
	return registry_remove(t, store_arena(t), ids, p);
}

struct given {
	const char *entry, *system;
	instant now;
};

static bool give(struct store_txn *t, const void *with)
{
	const struct given *g = with;
	return acceptance_put(t, g->entry, g->system, g->now);
}

static instant since(struct fixture *f, const char *entry, const char *system)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	instant found = acceptance_of(t, entry, system);
	if (store_failed(t))
		f->problem = *store_problem(t);
	store_end(t);
	return found;
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &acceptances_check, &registry_check,
							      &identity_check, NULL };
	struct check_counts counts = { .findings = 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static struct registering one_entry(struct fixture *f, unsigned digit)
{
	static const struct who who = {
		A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
		0,        0,     0,        0,          0,          0
	};
	struct registering r = { .arena = f->arena, .digit = digit };
	people_feed(f, &who);
	r.subject = people_record(f, A_DOMAIN, "101").number;
	fixture_must(f, store_write(f->store, register_one, &r, &f->problem));
	return r;
}

static void the_first_time_stays(void)
{
	struct fixture f;
	fixture_open(&f);
	struct registering r = one_entry(&f, 1);
	const struct given first = { r.entry, "b-clinic", THEN },
			   later = { r.entry, "b-clinic", 9 }, other = { r.entry, "b-clinic-2", 7 };
	CU_ASSERT_EQUAL(since(&f, r.entry, "b-clinic"), 0);
	CU_ASSERT_TRUE(in_job(&f, give, &first));
	CU_ASSERT_TRUE(in_job(&f, give, &later));
	CU_ASSERT_TRUE(in_job(&f, give, &other));
	CU_ASSERT_EQUAL(since(&f, r.entry, "b-clinic"), THEN);
	CU_ASSERT_EQUAL(since(&f, r.entry, "b-clinic-2"), 7);
	CU_ASSERT_EQUAL(since(&f, r.entry, "b"), 0);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void they_go_with_their_entry(void)
{
	struct fixture f;
	fixture_open(&f);
	struct registering r = one_entry(&f, 1), stays = one_entry(&f, 2);
	const struct given all[] = { { r.entry, "b-clinic", THEN },
				     { r.entry, "c-hospital", THEN },
				     { stays.entry, "b-clinic", THEN } };
	for (size_t i = 0; i < COUNT(all); i++)
		CU_ASSERT_TRUE(in_job(&f, give, &all[i]));
	CU_ASSERT_TRUE(store_write(f.store, remove_one, &r, &f.problem));
	CU_ASSERT_EQUAL(since(&f, r.entry, "b-clinic"), 0);
	CU_ASSERT_EQUAL(since(&f, r.entry, "c-hospital"), 0);
	CU_ASSERT_EQUAL(since(&f, stays.entry, "b-clinic"), THEN);
	/* What is not there any more, and what never is, has no row. */
	CU_ASSERT_TRUE(in_job(&f, give, &all[0]));
	CU_ASSERT_EQUAL(since(&f, r.entry, "b-clinic"), 0);
	CU_ASSERT_TRUE(in_job(&f, give, &(struct given){ "no-uuid", "b-clinic", THEN }));
	CU_ASSERT_EQUAL(since(&f, "no-uuid", "b-clinic"), 0);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

struct row {
	const char *why, *key, *value;
	size_t key_length, value_length;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	struct key k;
	key_begin(&k, SPACE);
	key_bytes(&k, r->key, r->key_length);
	return store_put(t, key_span(&k),
			 (struct bytes){ (const unsigned char *)r->value, r->value_length });
}

#define UUID_1 "\0\0\0\0\0\0\x40\0\x80\0\0\0\0\0\0\1"
#define UUID_9 "\0\0\0\0\0\0\x40\0\x80\0\0\0\0\0\0\x9"
static void what_is_no_row_is_told(void)
{
	static const struct row rows[] = {
		{ "nothing in it", UUID_1 "b-clinic", "", 25, 0 },
		{ "another version", UUID_1 "b-clinic", "\2\1\1\2", 25, 4 },
		{ "no time", UUID_1 "b-clinic", "\1", 25, 1 },
		{ "broken off", UUID_1 "b-clinic", "\1\1\7\2", 25, 4 },
		{ "a key that is too short", UUID_1, "\1\1\1\2", 8, 4 },
		{ "of an entry that is not there", UUID_9 "b-clinic", "\1\1\1\2", 25, 4 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		struct registering r = one_entry(&f, 1);
		CU_ASSERT_TRUE(in_job(&f, put_row, &rows[i]));
		if (findings(&f) != 1) {
			printf("%s\n", rows[i].why);
			CU_FAIL("it is not told");
		}
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_EQUAL(since(&f, r.entry, "b-clinic"), 0);
		CU_ASSERT_EQUAL(f.problem.code != PROBLEM_NONE, i < 4);
		fixture_close(&f);
	}
}

static void subjects_are_walked_in_their_order(void)
{
	static const struct who other = {
		A_DOMAIN, "7", "スズキ", "ハナコ", "19500101", "F", "0399999999", 0, 0, 0, 0, 0, 0
	};
	struct fixture f;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(registry_next_subject(t, 0), 0);
	store_end(t);
	struct registering r = one_entry(&f, 1), again = one_entry(&f, 2), more = r;
	people_feed(&f, &other);
	more.digit = 3;
	more.subject = people_record(&f, A_DOMAIN, "7").number;
	fixture_must(&f, store_write(f.store, register_one, &more, &f.problem));
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(again.subject, r.subject);
	CU_ASSERT_EQUAL(registry_next_subject(t, 0), r.subject);
	CU_ASSERT_EQUAL(registry_next_subject(t, r.subject), more.subject);
	CU_ASSERT_EQUAL(registry_next_subject(t, more.subject), 0);
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = { { "the first time stays", the_first_time_stays },
				     { "they go with their entry", they_go_with_their_entry },
				     { "what is no row is told", what_is_no_row_is_told },
				     { "subjects are walked in their order",
				       subjects_are_walked_in_their_order },
				     { 0 } };

int main(void)
{
	return suite_run("acceptances", tests);
}
