/* tests/engines/unrelated_test.c: nodes that do what has nothing to do with one another never meet:
 * no key that one of them writes is read or written by another. The audit log is not looked at
 * here. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/names.h"
#include "store/numbers.h"
#include "tests/engines/deeds.h"
#include "tests/engines/nodes.h"
#include "tests/store/people.h"

/* Few enough for the first block of numbers of each node: a new patient takes two, a submission at
 * most four. */
enum { PATIENTS_OF_ONE = 8, FEW = 45, ROUNDS_MOST = 30 };
_Static_assert(2 * PATIENTS_OF_ONE < NUMBERS_FIRST && 4 * FEW / 3 < NUMBERS_FIRST, "one block");

struct doer {
	pthread_t thread;
	struct store *store;
	struct deed deeds[ROUNDS_MOST * FEW];
	unsigned count;
};

/* A facility of its own, with patients, documents and a partner of its own. */
static void draw_own(struct doer *d, unsigned node, unsigned count, atomic_ulong *turns)
{
	static const enum deed_kind kinds[] = { DEED_SUBMIT, DEED_CONSENT, DEED_SEND,
						DEED_FEED,   DEED_PAIR,    DEED_DELIVER };
	d->count = count;
	for (unsigned i = 0; i < count; i++) {
		unsigned own = node * PATIENTS_OF_ONE;
		bool first = i < PATIENTS_OF_ONE;
		d->deeds[i] = (struct deed){
			.name = 1 + node * ROUNDS_MOST * FEW + i,
			.kind = first ? DEED_FEED : kinds[i % COUNT(kinds)],
			.facility = node,
			.patient = own + i % PATIENTS_OF_ONE,
			.other_facility = node,
			.other = own + (i + 2) % PATIENTS_OF_ONE,
			.variant = 2 * (i % 11) + 1,
			.wide = true,
			.turns = turns,
		};
		if (d->deeds[i].kind == DEED_SEND || d->deeds[i].kind == DEED_DELIVER)
			d->deeds[i].patient = node;
		if (d->deeds[i].kind == DEED_SUBMIT && i % 4 == 0)
			d->deeds[i].replaces = d->deeds[i].name - COUNT(kinds);
	}
}

static bool begin_node(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	for (enum number_kind kind = NUMBER_RECORD; kind < NUMBER_KINDS; kind++)
		number_next(t, kind);
	return !store_failed(t);
}

/* Has its numbers, as the names have theirs, and its partner's part of the room. */
static void begin_all(struct region_of_nodes *r, atomic_ulong *turns)
{
	struct problem p = { .code = PROBLEM_NONE };
	for (unsigned i = 0; i < NODES; i++) {
		struct deed send = { .name = UINT32_MAX - i,
				     .kind = DEED_SEND,
				     .patient = i,
				     .wide = true,
				     .turns = turns };
		CU_ASSERT_TRUE(store_write(r->nodes[i].store, begin_node, NULL, &p));
		CU_ASSERT_TRUE(names_of_region(r->nodes[i].store, &people_region, &p));
		deed_do(&send, r->nodes[i].store);
		CU_ASSERT_TRUE(send.kept && send.refused == PROBLEM_NONE);
	}
}

/* As whoever asks whether the node is ready does. */
static bool touch(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	return store_touch(t);
}

static void *do_all(void *with)
{
	struct doer *d = with;
	struct problem p = { .code = PROBLEM_NONE };
	for (unsigned i = 0; i < d->count; i++) {
		deed_do(&d->deeds[i], d->store);
		if (i % 8 == 0)
			store_write(d->store, touch, NULL, &p);
	}
	return NULL;
}

static void do_at_once(struct region_of_nodes *r, struct doer *doers)
{
	for (unsigned i = 0; i < NODES; i++) {
		doers[i].store = r->nodes[i].store;
		if (pthread_create(&doers[i].thread, NULL, do_all, &doers[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < NODES; i++)
		pthread_join(doers[i].thread, NULL);
}

/* Most of it was done, and not refused. */
static void look_at(const struct doer *doers)
{
	for (unsigned i = 0; i < NODES; i++) {
		unsigned done = 0;
		for (unsigned k = 0; k < doers[i].count; k++) {
			CU_ASSERT_TRUE(doers[i].deeds[k].kept);
			done += doers[i].deeds[k].refused == PROBLEM_NONE;
		}
		CU_ASSERT_TRUE(done > doers[i].count * 3 / 4);
	}
}

/* How many of the keys are of that space. */
struct spaces {
	unsigned of[256];
};

static void count_space(void *with, struct bytes key)
{
	struct spaces *s = with;
	s->of[key.data[0]]++;
}

static void tell_key(void *with, struct bytes key)
{
	struct arena *a = with;
	fprintf(stderr, "shared: %s\n", bytes_to_hex(a, key));
}

static struct doer doers[NODES];

static void they_never_meet(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	atomic_ulong turns = 0;
	region_open_timed(&r);
	begin_all(&r, &turns);
	for (unsigned i = 0; i < NODES; i++)
		draw_own(&doers[i], i, FEW, &turns);
	unsigned long before = engine_memory_conflicts_about(0, 0xff);
	engine_memory_plan(1, 3);
	engine_memory_watch();
	do_at_once(&r, doers);
	CU_ASSERT_EQUAL(engine_memory_shared(tell_key, a), 0);
	CU_ASSERT_EQUAL(engine_memory_conflicts_about(0, 0xff), before);
	look_at(doers);
	CU_ASSERT_EQUAL(deeds_findings(r.nodes[0].store), 0);
	arena_destroy(a);
	region_close(&r);
}

/* When blocks are used up they meet where the next are taken, and nowhere else; and not often. */
static void but_for_numbers(void)
{
	struct region_of_nodes r;
	struct spaces shared = { { 0 } };
	atomic_ulong turns = 0;
	region_open_timed(&r);
	begin_all(&r, &turns);
	for (unsigned i = 0; i < NODES; i++)
		draw_own(&doers[i], i, ROUNDS_MOST * FEW, &turns);
	unsigned long before = engine_memory_conflicts_about(0, 0xff);
	engine_memory_watch();
	do_at_once(&r, doers);
	unsigned count = engine_memory_shared(count_space, &shared);
	CU_ASSERT_EQUAL(count, shared.of[SPACE_NUMBERS]);
	CU_ASSERT_TRUE(count > 0 && count < NUMBER_KINDS);
	CU_ASSERT_TRUE(engine_memory_conflicts_about(0, 0xff) - before < NODES * ROUNDS_MOST);
	look_at(doers);
	region_close(&r);
}

/* What is related is seen to be: octets that several keep, a person of two facilities, a partner of
 * two nodes. */
static void who_is_related_does(void)
{
	static const struct {
		const char *why;
		struct deed one, other;
		unsigned space;
	} rows[] = {
		{ "the same octets",
		  { .kind = DEED_SUBMIT, .variant = 2 },
		  { .kind = DEED_SUBMIT, .variant = 2, .facility = 1, .patient = 2 },
		  SPACE_BLOB },
		{ "the same person",
		  { .kind = DEED_FEED, .variant = 1 },
		  { .kind = DEED_FEED, .variant = 1, .facility = 1 },
		  SPACE_IDENTITY_FIRST },
		{ "the same partner",
		  { .kind = DEED_SEND },
		  { .kind = DEED_SEND },
		  SPACE_OUTBOX_FIRST },
		{ "the same record",
		  { .kind = DEED_CONSENT },
		  { .kind = DEED_CONSENT, .variant = 1 },
		  SPACE_CONSENT_FIRST },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct region_of_nodes r;
		struct spaces shared = { { 0 } };
		atomic_ulong turns = 0;
		region_open_timed(&r);
		begin_all(&r, &turns);
		for (unsigned k = 0; k < 4; k++) {
			struct deed feed = { .name = 10 + k,
					     .facility = k / 2,
					     .patient = k % 2 * 2,
					     .turns = &turns };
			deed_do(&feed, r.nodes[2].store);
		}
		engine_memory_watch();
		for (unsigned k = 0; k < 2; k++) {
			struct deed d = k == 0 ? rows[i].one : rows[i].other;
			d.name = k + 1;
			d.wide = true;
			d.turns = &turns;
			deed_do(&d, r.nodes[k].store);
			CU_ASSERT_TRUE(d.kept && d.refused == PROBLEM_NONE);
		}
		engine_memory_shared(count_space, &shared);
		unsigned there = 0;
		for (unsigned space = 0; space < 16; space++)
			there += shared.of[(rows[i].space & 0xf0) + space];
		if (there == 0)
			CU_FAIL(rows[i].why);
		region_close(&r);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "they never meet", they_never_meet },
		{ "but for numbers", but_for_numbers },
		{ "who is related does", who_is_related_does },
		{ 0 },
	};
	return suite_run("engines: unrelated", tests);
}
