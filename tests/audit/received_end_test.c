/* tests/audit/received_end_test.c: what our log says of the end of what was received: a tail that
 * was cut off, head and all, is told by it. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/audit/received_end.h"
#include "gateway/audit/record.h"
#include "schemas/model/audit_event.h"
#include "store/audit_received.h"
#include "store/record.h"
#include "tests/store/fixture.h"

static const struct audit_source us = { .source_id = "test", .process_id = "1", .host = "h" };

struct step {
	unsigned receive; /* so many, then the end is noted, or not */
	bool note;
	uint64_t cut; /* all from that entry on is gone, and the head tells so */
};

static bool receive(struct store_txn *t, struct problem *p)
{
	struct audit_head head;
	struct received_terms terms = { .source = "a", .received = 1 };
	if (!received_head(t, &head))
		return false;
	const char *text = arena_printf(store_arena(t), "record %llu",
					(unsigned long long)head.sequence);
	return received_append(t, &terms, bytes_of_text(text), 0, NULL, p);
}

/* As somebody does who can write the store and knows its form: received_verify() finds nothing. */
static bool cut(struct store_txn *t, uint64_t from)
{
	struct key k, head;
	unsigned char hash[AUDIT_HASH];
	for (uint64_t n = from; n < from + 10; n++) {
		key_begin(&k, SPACE_RECEIVED_FIRST);
		key_number(&k, n);
		store_delete(t, key_span(&k));
	}
	key_begin(&head, SPACE_RECEIVED_FIRST + 1);
	key_number(&head, 0);
	if (!received_hash(t, from - 1, hash))
		return store_delete(t, key_span(&head));
	struct record_writer w = record_begin(store_arena(t), 1);
	record_number(&w, 1, from - 1);
	record_bytes(&w, 2, (struct bytes){ hash, sizeof hash });
	return store_put(t, key_span(&head), record_end(&w));
}

static bool run(void *with, struct store_txn *t, struct problem *p)
{
	const struct step *s = with;
	struct arena *a = store_arena(t);
	struct audit_head head;
	for (unsigned i = 0; i < s->receive; i++)
		if (!receive(t, p))
			return false;
	if (s->note
	    && (!received_head(t, &head)
		|| !audit_record_append(t, a, &us, received_end_event(a, &us, &head, 5))))
		return false;
	return s->cut == 0 || cut(t, s->cut);
}

static const struct {
	const char *why;
	struct step steps[3];
	uint64_t covered, wrong;
	const char *what;
} rows[] = {
	{ "nothing was noted", { { 3, false, 0 } }, 0, 0, NULL },
	{ "all is there", { { 3, true, 0 } }, 3, 0, NULL },
	{ "it has grown since", { { 3, true, 0 }, { 2, false, 0 } }, 3, 0, NULL },
	{ "the last that was noted counts", { { 3, true, 0 }, { 2, true, 0 } }, 5, 0, NULL },
	{ "cut behind what was noted", { { 3, true, 0 }, { 2, false, 5 } }, 3, 0, NULL },
	{ "cut before it",
	  { { 3, true, 0 }, { 2, true, 0 }, { 0, false, 3 } },
	  5,
	  5,
	  "received entry 5 is missing, and the audit log has noted it" },
	{ "all is gone",
	  { { 3, true, 0 }, { 0, false, 1 } },
	  3,
	  3,
	  "received entry 3 is missing, and the audit log has noted it" },
};

static void ends_are_held(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct received_ends ends;
		struct received_verdict v;
		fixture_open(&f);
		for (size_t k = 0; k < COUNT(rows[i].steps); k++) {
			struct step s = rows[i].steps[k];
			CU_ASSERT_TRUE(store_write(f.store, run, &s, &f.problem));
		}
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_TRUE(received_ends_compare(t, f.arena, &ends));
		if (ends.covered != rows[i].covered || ends.wrong != rows[i].wrong)
			printf("\n  %s: %llu, %llu", rows[i].why, (unsigned long long)ends.covered,
			       (unsigned long long)ends.wrong);
		CU_ASSERT_EQUAL(ends.covered, rows[i].covered);
		CU_ASSERT_EQUAL(ends.wrong, rows[i].wrong);
		if (rows[i].what != NULL)
			CU_ASSERT_STRING_EQUAL(ends.what, rows[i].what);
		CU_ASSERT_TRUE(received_verify(t, f.arena, NULL, &v, &f.problem));
		CU_ASSERT_EQUAL(v.broken, 0);
		store_end(t);
		fixture_close(&f);
	}
}

/* The same numbers, other hashes. */
static bool replace(void *with, struct store_txn *t, struct problem *p)
{
	struct received_terms terms = { .source = "b", .received = 1 };
	(void)with;
	return cut(t, 1) && received_append(t, &terms, bytes_of_text("another"), 0, NULL, p);
}

static void another_chain_is_told(void)
{
	struct step s = { 1, true, 0 };
	struct received_ends ends;
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, run, &s, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, replace, NULL, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(received_ends_compare(t, f.arena, &ends));
	CU_ASSERT_EQUAL(ends.wrong, 1);
	CU_ASSERT_STRING_EQUAL(ends.what,
			       "received entry 1 is not the one the audit log has noted");
	store_end(t);
	fixture_close(&f);
}

static void other_events_are_none(void)
{
	struct arena *a = arena_create(1 << 20);
	struct audit_head out;
	CU_ASSERT_FALSE(received_end_read(audit_application(a, &us, true, "x", 1), &out));
	CU_ASSERT_FALSE(received_end_read(audit_anchored(a, &us, "7 00", 1), &out));
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "ends are held against what there is", ends_are_held },
	{ "another chain is told", another_chain_is_told },
	{ "other events are none", other_events_are_none },
	{ 0 },
};

int main(void)
{
	return suite_run("ends of received audit records", tests);
}
