/* tests/engines/histories_test.c: several nodes do what regions do, all at once, with conflicts and
 * delays. What they have made is what one node makes that does the same in the order in which they
 * were done; each was done once; and the check finds nothing. */
#include "tests/base/suite.h"

#include <pthread.h>

#include "gateway/base/text.h"
#include "tests/engines/deeds.h"
#include "tests/engines/nodes.h"

enum { THREADS = 2 * NODES, EACH = 40, ALL = THREADS * EACH, PATIENTS = 6, HISTORIES = 10 };

struct doer {
	pthread_t thread;
	struct store *store;
	struct deed *deeds;
};

static void *do_all(void *with)
{
	struct doer *d = with;
	for (unsigned i = 0; i < EACH; i++)
		deed_do(&d->deeds[i], d->store);
	return NULL;
}

static unsigned draw(uint64_t *chance, unsigned below)
{
	*chance ^= *chance << 13;
	*chance ^= *chance >> 7;
	*chance ^= *chance << 17;
	return (unsigned)(*chance >> 20) % below;
}

/* A document that an earlier deed of the same thread, or of another one, may have submitted. */
static unsigned something_submitted(const struct deed *deeds, unsigned count, uint64_t *chance)
{
	unsigned i = count == 0 ? 0 : draw(chance, count);
	return count != 0 && deeds[i].kind == DEED_SUBMIT ? deeds[i].name : 0;
}

/* Most of what is done is feeds, for the others need somebody. */
static void draw_deeds(struct deed *deeds, atomic_ulong *turns, uint64_t *chance)
{
	static const enum deed_kind kinds[] = {
		DEED_FEED,    DEED_FEED,    DEED_FEED,    DEED_FEED,   DEED_MERGE, DEED_PAIR,
		DEED_PAIR,    DEED_CONFIRM, DEED_CONSENT, DEED_SUBMIT, DEED_SEND,  DEED_SEND,
		DEED_DELIVER, DEED_SUBMIT,  DEED_CONSENT, DEED_KNOW,   DEED_KNOW,  DEED_KNOW,
	};
	for (unsigned i = 0; i < ALL; i++)
		deeds[i] = (struct deed){
			.name = i + 1,
			.kind = kinds[draw(chance, COUNT(kinds))],
			.facility = draw(chance, DEED_FACILITIES),
			.patient = draw(chance, PATIENTS),
			.other_facility = draw(chance, DEED_FACILITIES),
			.other = draw(chance, PATIENTS),
			.variant = draw(chance, 420),
			.replaces = something_submitted(deeds, i, chance),
			.turns = turns,
		};
}

/* ---- The order ---- */

struct done {
	uint64_t commit;
	const struct deed *deed;
};

static int by_commit(const void *a, const void *b)
{
	const struct done *x = a, *y = b;
	return x->commit != y->commit
		       ? (x->commit > y->commit) - (x->commit < y->commit)
		       : (x->deed->turn > y->deed->turn) - (x->deed->turn < y->deed->turn);
}

static void find_order(const struct region_of_nodes *r, const struct deed *deeds, struct done *done)
{
	for (unsigned i = 0; i < ALL; i++) {
		struct key k = deed_key(&deeds[i]);
		done[i].deed = &deeds[i];
		done[i].commit = engine_memory_commit_of(r->nodes[0].directory, key_span(&k));
		CU_ASSERT_TRUE(deeds[i].kept && done[i].commit != 0);
	}
	qsort(done, ALL, sizeof *done, by_commit);
}

/* ---- The same by one node, one after the other, each at the moment it had ---- */

struct moment {
	struct clock clock;
	atomic_llong now;
};

static instant moment_now(const struct clock *c)
{
	return atomic_load(&((const struct moment *)c)->now);
}

static int by_name(const void *a, const void *b)
{
	const struct deed *x = a, *y = b;
	return (x->name > y->name) - (x->name < y->name);
}

static const char *repeated(struct arena *a, const struct done *done, struct deed *again)
{
	struct fixture f;
	struct moment moment = { .clock = { .now = moment_now, .elapsed = node_elapsed } };
	atomic_ulong turns = 0;
	fixture_open(&f);
	store_close(f.store);
	f.settings.engine = &engine_memory;
	f.settings.clock = &moment.clock;
	engine_memory_forget(f.directory);
	f.store = store_open(&f.settings, &f.problem);
	fixture_must(&f, f.store != NULL);
	for (unsigned i = 0; i < ALL; i++) {
		again[i] = *done[i].deed;
		again[i].turns = &turns;
		atomic_store(&moment.now, again[i].now);
		deed_do(&again[i], f.store);
		if (again[i].refused != done[i].deed->refused || again[i].now != done[i].deed->now)
			CU_FAIL("a deed had another end");
	}
	CU_ASSERT_EQUAL(deeds_findings(f.store), 0);
	qsort(again, ALL, sizeof *again, by_name);
	const char *portrait = deeds_portrait(f.store, a, PATIENTS, again, ALL);
	fixture_close(&f);
	return portrait;
}

/* Where they differ first: for whoever has to find out why. */
static void tell_difference(const char *x, const char *y)
{
	size_t at = 0, line = 0;
	for (; x[at] != '\0' && x[at] == y[at]; at++)
		if (x[at] == '\n' && x[at + 1] != ' ')
			line = at;
	fprintf(stderr, "nodes: %.900s\n\none: %.900s\n", x + line, y + line);
}

static unsigned count_done(const struct deed *deeds)
{
	unsigned count = 0;
	for (unsigned i = 0; i < ALL; i++)
		count += deeds[i].refused == PROBLEM_NONE;
	return count;
}

static void one_history(uint64_t seed)
{
	static struct deed deeds[ALL], again[ALL];
	static struct done done[ALL];
	struct region_of_nodes r;
	struct doer doers[THREADS];
	atomic_ulong turns = 0;
	uint64_t chance = seed * 2 + 1;
	struct arena *a = arena_create(64 << 20);
	draw_deeds(deeds, &turns, &chance);
	region_open_timed(&r);
	/* Each second time their clocks do not agree, by as much as some tens of deeds take. */
	for (unsigned i = 0; i < NODES; i++)
		r.nodes[i].clock.ahead = (instant)(seed % 2) * i * 40 * CLOCK_STEP;
	engine_memory_plan(seed, 7);
	for (unsigned i = 0; i < THREADS; i++) {
		doers[i] = (struct doer){ .store = r.nodes[i % NODES].store,
					  .deeds = &deeds[i * EACH] };
		if (pthread_create(&doers[i].thread, NULL, do_all, &doers[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(doers[i].thread, NULL);
	engine_memory_plan(0, 0);
	CU_ASSERT_TRUE(count_done(deeds) > ALL / 3); /* how many are refused is chance */
	find_order(&r, deeds, done);
	/* Whichever node is asked. */
	const char *made = deeds_portrait(r.nodes[0].store, a, PATIENTS, deeds, ALL);
	CU_ASSERT_EQUAL(deeds_findings(r.nodes[1].store), 0);
	CU_ASSERT_STRING_EQUAL(made, deeds_portrait(r.nodes[2].store, a, PATIENTS, deeds, ALL));
	const char *one = repeated(a, done, again);
	CU_ASSERT_STRING_EQUAL(made, one);
	if (strcmp(made, one) != 0)
		tell_difference(made, one);
	region_close(&r);
	arena_destroy(a);
}

static void as_if_one_had_done_it(void)
{
	unsigned long before = engine_memory_conflicts_about(0, 0xff);
	for (uint64_t seed = 1; seed <= HISTORIES; seed++)
		one_history(seed);
	CU_ASSERT_TRUE(engine_memory_conflicts_about(0, 0xff) > before);
}

int main(void)
{
	static const struct test tests[] = {
		{ "as if one had done it", as_if_one_had_done_it },
		{ 0 },
	};
	return suite_run("engines: histories", tests);
}
