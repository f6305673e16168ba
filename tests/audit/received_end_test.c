/* tests/audit/received_end_test.c: what our log says of the end of what was received: a tail that
 * was cut off, head and all, is told by it. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/audit/record.h"
#include "schemas/model/audit_event.h"
#include "store/audit_entries.h"
#include "store/audit_expiring.h"
#include "store/audit_received.h"
#include "store/node.h"
#include "store/record.h"
#include "tests/audit/ends_said.h"
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
		ends_said(t, f.arena, &ends);
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
	ends_said(t, f.arena, &ends);
	CU_ASSERT_EQUAL(ends.wrong, 1);
	CU_ASSERT_STRING_EQUAL(ends.what,
			       "received entry 1 is not the one the audit log has noted");
	store_end(t);
	fixture_close(&f);
}

/* Of a chain of another node of which nothing is here, so far it was noted. */
struct noted {
	uint64_t sequence;
	const char *text; /* instead of all */
};

static bool note(void *with, struct store_txn *t, struct problem *p)
{
	const struct noted *n = with;
	struct arena *a = store_arena(t);
	struct audit_head head = { .sequence = n->sequence };
	const struct audit_note other = { .doing = AUDIT_DOING_RECEIVED,
					  .display = "d",
					  .detail = "Received End",
					  .text = n->text };
	(void)p;
	return audit_record_append(t, a, &us,
				   n->text != NULL ? audit_noted(a, &us, &other, 5)
						   : received_end_event(a, &us, &head, 5));
}

/* What is no record of ours, under the name of such. */
static bool note_rubbish(void *with, struct store_txn *t, struct problem *p)
{
	const struct audit_terms terms = { .time = 5,
					   .transaction = audit_doing_name(AUDIT_DOING_RECEIVED) };
	(void)with;
	(void)p;
	return audit_log_append(
		t, audit_log_draft(store_arena(t), bytes_of_text("rubbish"), &terms), NULL);
}

/* Each chain by its last note; of what is missing the last that was noted is told. */
static void each_chain_is_held(void)
{
	struct noted notes[] = {
		{ .sequence = audit_number(1, 5) },
		{ .sequence = audit_number(2, 6) },
		{ .sequence = audit_number(1, 7) },
		{ .text = "of nothing" },
	};
	struct step s = { 2, true, 0 };
	struct received_ends ends;
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, run, &s, &f.problem));
	for (size_t i = 0; i < COUNT(notes); i++)
		CU_ASSERT_TRUE(store_write(f.store, note, &notes[i], &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, note_rubbish, NULL, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	ends_said(t, f.arena, &ends);
	CU_ASSERT_EQUAL(ends.chains, 3);
	CU_ASSERT_EQUAL(ends.covered, 2 + 6 + 7);
	CU_ASSERT(audit_chain(ends.wrong) == 1 || audit_chain(ends.wrong) == 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(ends.what, "is missing, and the audit log has noted it"));
	store_end(t);
	fixture_close(&f);
}

/* Whatever order the logs of several nodes are walked in: the furthest that was said. */
static void the_furthest_counts(void)
{
	struct noted notes[] = { { .sequence = audit_number(1, 7) },
				 { .sequence = audit_number(1, 5) } };
	struct received_ends ends;
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(notes); i++)
		CU_ASSERT_TRUE(store_write(f.store, note, &notes[i], &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	ends_said(t, f.arena, &ends);
	CU_ASSERT_EQUAL(ends.chains, 1);
	CU_ASSERT_EQUAL(ends.wrong, audit_number(1, 7));
	store_end(t);
	fixture_close(&f);
}

/* Of more chains than there are nodes nothing is kept, and none is forgotten for them. */
static void chains_have_a_bound(void)
{
	struct received_ends ends;
	struct fixture f;
	fixture_open(&f);
	for (uint64_t i = 0; i < NODES_MOST + 2; i++)
		CU_ASSERT_TRUE(store_write(f.store, note,
					   &(struct noted){ .sequence = audit_number(i, 5) },
					   &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	ends_said(t, f.arena, &ends);
	CU_ASSERT_EQUAL(ends.chains, NODES_MOST);
	CU_ASSERT_EQUAL(ends.covered, UINT64_C(5) * NODES_MOST);
	store_end(t);
	fixture_close(&f);
}

/* What has gone by rule is gone for no other reason; of the last of it its hash is known. */
struct going {
	uint64_t up_to;
	struct audit_checkpoint at;
};

static bool go(void *with, struct store_txn *t, struct problem *p)
{
	struct going *g = with;
	g->at = (struct audit_checkpoint){ .sequence = g->up_to, .line = bytes_of_text("signed") };
	if (!received_hash(t, g->up_to, g->at.hash)
	    || !audit_checkpoint_put(t, AUDIT_RECEIVED, &g->at, audit_number(0, 0), p))
		return false;
	for (uint64_t n = 1; n <= g->up_to; n++) {
		struct key k;
		key_begin(&k, SPACE_RECEIVED_FIRST);
		key_number(&k, n);
		store_delete(t, key_span(&k));
	}
	return !store_failed(t);
}

static void what_has_gone_is_not_missed(void)
{
	enum { GONE = AUDIT_SEGMENT - 1 };
	static const struct {
		unsigned noted;
		bool another; /* another hash was noted */
		uint64_t wrong;
	} cases[] = {
		{ GONE - 55, false, 0 },
		{ GONE - 55, true, 0 },
		{ GONE, false, 0 },
		{ GONE, true, GONE },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct step first = { cases[i].noted, !cases[i].another, 0 };
		struct step more = { AUDIT_SEGMENT + 10 - cases[i].noted, false, 0 };
		struct noted another = { .sequence = cases[i].noted };
		struct going g = { .up_to = GONE };
		struct received_ends ends;
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(store_write(f.store, run, &first, &f.problem));
		if (cases[i].another)
			CU_ASSERT_TRUE(store_write(f.store, note, &another, &f.problem));
		CU_ASSERT_TRUE(store_write(f.store, run, &more, &f.problem));
		CU_ASSERT_TRUE(store_write(f.store, go, &g, &f.problem));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		ends_said(t, f.arena, &ends);
		CU_ASSERT_EQUAL(ends.covered, cases[i].noted);
		CU_ASSERT_EQUAL(ends.wrong, cases[i].wrong);
		store_end(t);
		fixture_close(&f);
	}
}

/* A number, a blank, a hash, and nothing else. */
static void what_a_note_says(void)
{
#define HEX "abababababababababababababababababababababababababababababababab"
	static const struct {
		const char *text;
		bool well;
	} cases[] = {
		{ "7 " HEX, true },
		{ "7", false },
		{ "x " HEX, false },
		{ "77777777777777777777777777 " HEX, false },
		{ "7 ab", false },
		{ "7 gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg", false },
		{ "7 " HEX HEX HEX, false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct audit_note said = { .doing = AUDIT_DOING_RECEIVED,
						 .display = "d",
						 .detail = "Received End",
						 .text = cases[i].text };
		struct audit_head head = { .sequence = 0 };
		bool well = received_end_read(audit_noted(a, &us, &said, 5), &head);
		if (well != cases[i].well)
			CU_FAIL(cases[i].text);
		if (well)
			CU_ASSERT(head.sequence == 7 && head.hash[AUDIT_HASH - 1] == 0xab);
	}
	arena_destroy(a);
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
	{ "each chain is held", each_chain_is_held },
	{ "the furthest that was said counts", the_furthest_counts },
	{ "chains have a bound", chains_have_a_bound },
	{ "what has gone is not missed", what_has_gone_is_not_missed },
	{ "what a note says", what_a_note_says },
	{ "other events are none", other_events_are_none },
	{ 0 },
};

int main(void)
{
	return suite_run("ends of received audit records", tests);
}
