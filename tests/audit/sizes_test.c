/* tests/audit/sizes_test.c: audit events at the ends of what can be packed, and what fails. */
#include "tests/base/suite.h"

#include <stdlib.h>

#include "gateway/audit/event_packing.h"
#include "gateway/audit/event_record.h"
#include "tests/audit/events.h"
#include "tests/audit/failing_calls.h"
#include "tests/store/fixture.h"

enum { PACKED_MOST = 0xffffff, HEAD = 4 };

/* Packed or as they are, the same octets come back. */
static void octets_come_back(void)
{
	static const struct {
		size_t length;
		bool with_packer;
	} rows[] = {
		{ 0, false },
		{ 0, true },
		{ 1, true },
		{ PACKED_MOST, true },
		{ PACKED_MOST + 1, true },
		{ 5, false },
	};
	struct arena *a = arena_create(256 << 20);
	struct event_packer *p = event_packer_create();
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes in = { arena_alloc(a, rows[i].length + 1), rows[i].length },
			     out = { 0 };
		CU_ASSERT_TRUE(
			event_unpack(a, event_pack(a, rows[i].with_packer ? p : NULL, in), &out));
		CU_ASSERT_EQUAL_FATAL(out.length, in.length);
		CU_ASSERT_TRUE(in.length == 0 || memcmp(in.data, out.data, in.length) == 0);
	}
	event_packer_destroy(p);
	arena_destroy(a);
}

/* Lengths that cannot be are refused before memory is asked for. */
static void lengths_that_cannot_be(void)
{
	struct arena *a = arena_create(64 << 20);
	unsigned char *packed = arena_alloc(a, PACKED_MOST + HEAD + 1);
	struct bytes out;
	packed[0] = EVENT_DICTIONARY;
	packed[3] = 1;
	CU_ASSERT_FALSE(event_unpack(a, (struct bytes){ packed, PACKED_MOST + HEAD + 1 }, &out));
	packed[1] = 1;
	CU_ASSERT_FALSE(event_unpack(a, (struct bytes){ packed, HEAD + 2 }, &out));
	arena_destroy(a);
}

static void a_packer_may_not_be_had(void)
{
	static const char *const calls[] = { "malloc", "LZ4_initStream" };
	for (size_t i = 0; i < COUNT(calls); i++) {
		failing_next(calls[i]);
		CU_ASSERT_PTR_NULL(event_packer_create());
	}
	failing_next(NULL);
}

static unsigned patients_of(struct arena *a, const struct audit_event *e)
{
	unsigned count = 0;
	for (const struct text_list *p = event_terms(a, e).patients; p != NULL; p = p->next)
		count++;
	return count;
}

/* Without a number, or in another role, nobody is a patient to be found by. */
static void persons_who_are_no_patients(void)
{
	struct arena *a = arena_create(1 << 20);
	struct audit_event *e = events_pix(a);
	unsigned before = patients_of(a, e);
	e->objects->id = NULL;
	CU_ASSERT_EQUAL(patients_of(a, e), before - 1);
	e->objects->next->type_code_role = 2;
	CU_ASSERT_EQUAL(patients_of(a, e), before - 2);
	arena_destroy(a);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	(void)with;
	(void)p;
	failing_next("audit_log_append");
	CU_ASSERT_FALSE(audit_record_append(t, a, &events_source, events_start(a)));
	return audit_record_append(t, a, &events_source, events_start(a));
}

static void a_record_may_not_be_kept(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, append, NULL, &f.problem));
	fixture_close(&f);
}

static const struct test tests[] = { { "octets come back", octets_come_back },
				     { "lengths that cannot be", lengths_that_cannot_be },
				     { "a packer may not be had", a_packer_may_not_be_had },
				     { "persons who are no patients", persons_who_are_no_patients },
				     { "a record may not be kept", a_record_may_not_be_kept },
				     { 0 } };

int main(void)
{
	return suite_run("audit: sizes", tests);
}
