/* tests/store/audit_patients_check_test.c: what the check of the patients' index tells of runs, and
 * of blocks that belong to none. */
#include "tests/base/suite.h"

#include <string.h>

#include "store/audit_entries.h"
#include "store/check.h"
#include "tests/store/in_job.h"

enum { SEGMENT = AUDIT_SEGMENT };

/* A block that belongs to no run: it is on its way where its run is just being made, or has just
 * become part of another. Segments are counted from the chain's first. */
struct stray {
	struct audit_run run;
	uint64_t indexed;
	unsigned level; /* of which so many groups were merged */
	uint64_t merged;
	struct audit_run of; /* is there; level 0: none */
	bool well;
};

static const struct stray strays[] = {
	{ { 3, 0 }, 3, 0, 0, { 0, 0 }, true },
	{ { 3, 0 }, 4, 0, 0, { 0, 0 }, false },
	{ { 3, 0 }, 2, 0, 0, { 0, 0 }, false },
	{ { 8, 1 }, 99, 0, 1, { 0, 0 }, true },
	{ { 8, 1 }, 99, 0, 2, { 0, 0 }, false },
	{ { 8, 1 }, 8, 0, 0, { 0, 0 }, false },
	{ { 64, 2 }, 99, 1, 1, { 0, 0 }, true },
	{ { 64, 2 }, 99, 0, 1, { 0, 0 }, false },
	{ { 9, 0 }, 99, 0, 1, { 8, 1 }, true },
	{ { 9, 0 }, 99, 0, 2, { 8, 1 }, false },
	{ { 9, 0 }, 99, 0, 1, { 0, 0 }, false },
	{ { 9, 0 }, 99, 0, 1, { 16, 1 }, false },
	{ { 72, 1 }, 99, 1, 1, { 64, 2 }, true },
	{ { 72, 1 }, 99, 1, 2, { 64, 2 }, false },
	{ { 0, AUDIT_LEVELS }, 99, 0, 0, { 0, 0 }, false },
};

struct stray_in {
	const struct stray *stray;
	uint64_t chain;
};

static bool put_stray(struct store_txn *t, const void *with)
{
	const struct stray_in *in = with;
	const struct stray *s = in->stray;
	uint64_t base = audit_number(in->chain, 0) / SEGMENT;
	struct audit_run run = { base + s->run.segment, s->run.level },
			 of = { base + s->of.segment, s->of.level };
	struct audit_pair pair = { 7, 0 };
	struct audit_pairs none = { .next = AUDIT_PAIR_NONE, .lowest = true },
			   one = { .pairs = &pair, .count = 1, .next = AUDIT_PAIR_NONE };
	return (s->of.level == 0 || audit_block_put(t, of, &none, 0))
	       && audit_block_put(t, run, &one, 0) && audit_note_indexed(t, base + s->indexed)
	       && audit_note_merged(t, in->chain, s->level, s->merged);
}

static void note_index(void *with, const char *finding)
{
	*(unsigned *)with += strstr(finding, "the patients' index of segment") != NULL;
}

static void strays_on_their_way(void)
{
	for (uint64_t chain = 0; chain < 3; chain += 2)
		for (size_t i = 0; i < COUNT(strays); i++) {
			struct fixture f;
			struct check_counts counts;
			struct stray_in in = { &strays[i], chain };
			unsigned found = 0;
			fixture_open(&f);
			CU_ASSERT_TRUE(in_job(&f, put_stray, &in));
			CU_ASSERT_TRUE(store_check(f.store, NULL, note_index, &found, &counts,
						   &f.problem));
			CU_ASSERT_EQUAL(found, !strays[i].well);
			if (found != !strays[i].well)
				printf("stray %zu of chain %u: %u\n", i, (unsigned)chain, found);
			fixture_close(&f);
		}
}

/* A run that says what no entry does; then a block on its way, and a run of which nothing is to be
 * said: told once. */
static bool put_wrong(struct store_txn *t, const void *with)
{
	struct audit_pair pair = { 7, 3 };
	struct audit_pairs none = { .next = AUDIT_PAIR_NONE, .lowest = true };
	struct audit_pairs first = {
		.pairs = &pair, .count = 1, .next = AUDIT_PAIR_NONE, .lowest = true
	};
	struct audit_pairs stray = { .pairs = &pair, .count = 1, .next = AUDIT_PAIR_NONE };
	(void)with;
	return audit_block_put(t, (struct audit_run){ 0, 0 }, &none, 0)
	       && audit_block_put(t, (struct audit_run){ 1, 0 }, &first, 0)
	       && audit_block_put(t, (struct audit_run){ 2, 0 }, &stray, 0)
	       && audit_block_put(t, (struct audit_run){ 3, 0 }, &none, 0)
	       && audit_note_indexed(t, 2);
}

static void told_once(void)
{
	struct fixture f;
	struct check_counts counts;
	unsigned found = 0;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_wrong, NULL));
	CU_ASSERT_TRUE(store_check(f.store, NULL, note_index, &found, &counts, &f.problem));
	CU_ASSERT_EQUAL(found, 1);
	fixture_close(&f);
}

/* A segment that is full, of which two entries name somebody; its run is of two blocks, in their
 * order or not. All that tells of the second is the order. */
static bool put_two_blocks(struct store_txn *t, const void *with)
{
	const bool *in_order = with;
	struct audit_pairs all;
	for (uint64_t i = 1; i < SEGMENT; i++) {
		const struct audit_terms terms = { .time = (instant)i,
						   .subjects = { &i, i == 3 || i == 200 } };
		if (!audit_log_append(
			    t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL))
			return false;
	}
	if (!audit_patients_gather(t, 0, store_arena(t), &all) || all.count != 2)
		return false;
	struct audit_pair *lower = &all.pairs[!*in_order], *higher = &all.pairs[*in_order];
	struct audit_pairs first = { .pairs = lower, .count = 1, .next = *higher, .lowest = true },
			   second = { .pairs = higher, .count = 1, .next = AUDIT_PAIR_NONE };
	return audit_block_put(t, (struct audit_run){ 0, 0 }, &first, 0)
	       && audit_block_put(t, (struct audit_run){ 0, 0 }, &second, 0)
	       && audit_note_indexed(t, 1);
}

static void blocks_out_of_order(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct fixture f;
		struct check_counts counts;
		bool in_order = i == 0;
		unsigned found = 0;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_two_blocks, &in_order));
		CU_ASSERT_TRUE(store_check(f.store, NULL, note_index, &found, &counts, &f.problem));
		CU_ASSERT_EQUAL(found, !in_order);
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "strays on their way", strays_on_their_way },
				     { "told once", told_once },
				     { "blocks out of order", blocks_out_of_order },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit patients check", tests);
}
