/* tests/store/past_test.c: what a held snapshot costs others: counted in steps, not in time. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/engine_berkeleydb.h"
#include "tests/store/fixture.h"

static struct key key_of(unsigned char space, uint64_t number)
{
	struct key k;
	key_begin(&k, space);
	key_number(&k, number);
	return k;
}

/* Plain answers to what the links know. */

enum { NODES = 400, ROUNDS = 3000 };

struct plain {
	uint64_t key, version;
	bool there;
};

struct chance {
	uint64_t state;
};

static unsigned choose(struct chance *c, unsigned below)
{
	c->state = c->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(c->state >> 33) % below;
}

static bool comes_before(const struct plain *a, const struct plain *b)
{
	return a->key != b->key ? a->key < b->key : a->version < b->version;
}

static const struct plain *plain_from(const struct plain *all, uint64_t key, uint64_t version,
				      uint64_t seen)
{
	const struct plain *found = NULL, at = { .key = key, .version = version };
	for (unsigned i = 0; i < NODES; i++)
		if (all[i].there && all[i].version > seen && !comes_before(&all[i], &at)
		    && (found == NULL || comes_before(&all[i], found)))
			found = &all[i];
	return found;
}

static const struct plain *plain_before(const struct plain *all, uint64_t key, uint64_t seen)
{
	const struct plain *found = NULL;
	for (unsigned i = 0; i < NODES; i++)
		if (all[i].there && all[i].version > seen && all[i].key < key
		    && (found == NULL || comes_before(found, &all[i])))
			found = &all[i];
	return found;
}

static bool same(const struct ordered_node *n, const struct plain *p)
{
	struct key k = key_of(1, p == NULL ? 0 : p->key);
	return (n == NULL) == (p == NULL)
	       && (n == NULL || (n->version == p->version && bytes_equal(n->key, key_span(&k))));
}

static unsigned compare_with_plain(const struct ordered *o, const struct plain *all,
				   struct chance *c)
{
	uint64_t key = choose(c, 60), seen = choose(c, 50), version = choose(c, 50);
	struct key k = key_of(1, key);
	unsigned wrong = !same(ordered_seek_newer(o, key_span(&k), version, seen),
			       plain_from(all, key, version, seen));
	wrong += !same(ordered_before_newer(o, key_span(&k), seen), plain_before(all, key, seen));
	wrong += !same(ordered_before_newer(o, (struct bytes){ 0 }, seen),
		       plain_before(all, UINT64_MAX, seen));
	return wrong;
}

static void links_know_what_they_lead_over(void)
{
	struct ordered o = { 0 };
	struct plain all[NODES] = { 0 };
	struct chance c = { 7 };
	unsigned wrong = 0;
	for (unsigned i = 0; i < NODES; i++)
		all[i] = (struct plain){ .key = i % 50, .version = 1 + i / 50 * 5 + i % 3 };
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct plain *p = &all[choose(&c, NODES)];
		struct key k = key_of(1, p->key);
		if (p->there && choose(&c, 3) != 0) /* else it is replaced */
			ordered_remove(&o, ordered_seek(&o, key_span(&k), p->version));
		else
			ordered_put(&o, key_span(&k), p->version, bytes_of_text("v"), false);
		p->there = same(ordered_seek(&o, key_span(&k), p->version), p);
		wrong += compare_with_plain(&o, all, &c);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	ordered_clear(&o);
	CU_ASSERT_EQUAL(o.octets, 0);
}

/* A snapshot is held while much is written; another comes, and sees all but the last few
 * commits. */

enum {
	SPACE = 0x42,
	PER_COMMIT = 8, /* keys of one registration, roughly */
	/* links a step may look at: of a dozen levels a few each, with the trees' own step none */
	STEPS_MOST = 150,
};

static struct environment *environment_of(struct engine_txn *t)
{
	return ((struct berkeleydb_txn *)t)->environment;
}

struct held {
	struct fixture f;
	struct engine *e;
	struct problem p;
	struct engine_txn *old, *fresh;
	uint64_t written, steps;
};

/* One commit: new keys, and one that every commit changes. */
static void write_some(struct held *h, unsigned value)
{
	unsigned char octet = (unsigned char)value;
	struct engine_txn *t = engine_begin_write(h->e, &h->p);
	for (unsigned i = 0; i < PER_COMMIT; i++) {
		struct key k = key_of(SPACE, h->written++ * 7919 % 1000003);
		engine_put(t, key_span(&k), (struct bytes){ &octet, 1 });
	}
	struct key k = key_of(SPACE, 2000000);
	engine_put(t, key_span(&k), (struct bytes){ &octet, 1 });
	CU_ASSERT_TRUE(engine_commit(t, &h->p));
}

static void held_open(struct held *h, unsigned commits)
{
	const char *root = getenv("TMPDIR");
	*h = (struct held){ 0 };
	snprintf(h->f.directory, sizeof h->f.directory, "%s/minato-past-XXXXXX",
		 root != NULL ? root : "/tmp");
	fixture_must(&h->f, mkdtemp(h->f.directory) != NULL);
	fixture_settle(&h->f);
	h->f.arena = arena_create(64 << 20);
	h->e = engine_open(&h->f.settings, &h->f.problem);
	fixture_must(&h->f, h->e != NULL);
	write_some(h, 0);
	h->old = engine_begin_read(h->e, &h->p);
	for (unsigned i = 0; i < commits; i++)
		write_some(h, i);
	h->fresh = engine_begin_read(h->e, &h->p);
	write_some(h, 1); /* so that the fresh one, too, has something to ask the past for */
	environment_of(h->fresh)->past.versions.steps = &h->steps;
}

static void held_close(struct held *h)
{
	engine_abort(h->old);
	engine_abort(h->fresh);
	CU_ASSERT_EQUAL(h->p.code, PROBLEM_NONE);
	engine_close(h->e);
	h->f.store = NULL;
	fixture_close(&h->f);
}

/* Reads all of it; the dearest step counts. */
static uint64_t dearest_step(struct held *h, struct engine_txn *t, bool descending,
			     unsigned expected)
{
	struct key from = key_of(SPACE, 0), to = key_of(SPACE, 3000000);
	struct store_cursor *c = engine_scan(t, key_span(&from), key_span(&to), descending);
	struct bytes key;
	uint64_t most = 0, before = h->steps;
	unsigned count = 0;
	for (; store_next(c, &key, NULL); count++, before = h->steps)
		most = h->steps - before > most ? h->steps - before : most;
	CU_ASSERT_EQUAL(count, expected);
	store_scan_end(c);
	return most;
}

static uint64_t dearest_get(struct held *h, struct engine_txn *t)
{
	uint64_t most = 0;
	for (uint64_t i = 0; i < h->written; i += 97) {
		uint64_t before = h->steps;
		struct key k = key_of(SPACE, i * 7919 % 1000003);
		engine_has(t, key_span(&k));
		most = h->steps - before > most ? h->steps - before : most;
	}
	return most;
}

static void a_held_snapshot_costs_nobody_else_a_walk(void)
{
	static const unsigned sizes[] = { 100, 1000, 10000 };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct held h;
		held_open(&h, sizes[i]);
		unsigned all = (sizes[i] + 1) * PER_COMMIT + 1;
		CU_ASSERT(dearest_step(&h, h.fresh, false, all) < STEPS_MOST);
		CU_ASSERT(dearest_step(&h, h.fresh, true, all) < STEPS_MOST);
		CU_ASSERT(dearest_get(&h, h.fresh) < STEPS_MOST);
		CU_ASSERT(dearest_get(&h, h.old) < STEPS_MOST);
		CU_ASSERT(dearest_step(&h, h.old, true, PER_COMMIT + 1) > STEPS_MOST);
		held_close(&h);
	}
}

/* Of other spaces, and by who came after the last change, nothing is asked at all. */
static void who_sees_the_newest_does_not_ask(void)
{
	struct held h;
	held_open(&h, 1000);
	struct engine_txn *last = engine_begin_read(h.e, &h.p);
	uint64_t before = h.steps;
	dearest_get(&h, last);
	dearest_step(&h, last, false, 1002 * PER_COMMIT + 1);
	dearest_step(&h, last, true, 1002 * PER_COMMIT + 1);
	struct key elsewhere = key_of(0x43, 1);
	engine_has(h.fresh, key_span(&elsewhere));
	engine_has(h.old, key_span(&elsewhere));
	CU_ASSERT_EQUAL(h.steps, before);
	engine_abort(last);
	held_close(&h);
}

/* Who reads all of it once leaves the rows that others ask for where they are. */
static void who_passes_by_drives_nobody_out(void)
{
	struct held h;
	held_open(&h, 1000);
	engine_abort(h.old);
	engine_abort(h.fresh);
	h.old = engine_begin_read(h.e, &h.p);
	h.fresh = engine_begin_read(h.e, &h.p);
	h.fresh->passing_by = true;
	struct rows *rows = environment_of(h.fresh)->rows;
	struct key asked = key_of(SPACE, 0), passed = key_of(SPACE, 7919);
	engine_get(h.fresh, key_span(&passed), h.f.arena, &(struct bytes){ 0 });
	engine_get(h.old, key_span(&asked), h.f.arena, &(struct bytes){ 0 });
	CU_ASSERT_EQUAL(rows_get(rows, key_span(&passed), NULL, NULL), ROW_UNKNOWN);
	CU_ASSERT_EQUAL(rows_get(rows, key_span(&asked), NULL, NULL), ROW_PRESENT);
	held_close(&h);
}

/* Versions are remembered for who can see them. */

static struct past_viewers viewers(unsigned count, const uint64_t *seen)
{
	struct past_viewers v = { .count = count };
	memcpy(v.seen, seen, count * sizeof seen[0]);
	return v;
}

static unsigned count_versions(const struct past *p)
{
	unsigned n = 0;
	for (const struct ordered_node *o = p->oldest; o != NULL; o = o->later)
		n++;
	return n;
}

/* A counter that a thousand commits change, with one old snapshot and one that is always fresh. */
static void a_key_has_few_versions(void)
{
	struct past p = { 0 };
	struct key k = key_of(SPACE, 1);
	for (uint64_t commit = 10; commit < 1010; commit++) {
		struct past_viewers v = viewers(2, (uint64_t[]){ commit - 1, 5 });
		CU_ASSERT_TRUE(past_misses(&p, key_span(&k), &v));
		past_remember(&p, key_span(&k), commit, (struct bytes){ (void *)&commit, 8 }, false,
			      &v);
		CU_ASSERT(count_versions(&p) <= 3);
		v = viewers(2, (uint64_t[]){ commit - 1, 5 });
		CU_ASSERT_FALSE(past_misses(&p, key_span(&k), &v)); /* within one commit */
	}
	const struct ordered_node *old = past_of(&p, key_span(&k), 5);
	CU_ASSERT(old != NULL && old->version == 10);
	CU_ASSERT_PTR_NULL(past_of(&p, key_span(&k), 1009));
	CU_ASSERT_EQUAL(past_of(&p, key_span(&k), 1008)->version, 1009);
	past_clear(&p);
}

static void nobody_knows_what_the_others_see(void)
{
	struct past p = { 0 };
	struct key k = key_of(SPACE, 1);
	struct past_viewers few = viewers(1, (uint64_t[]){ 9 }), many = few;
	many.more = true;
	for (uint64_t commit = 10; commit < 20; commit++) {
		many.seen[0] = commit - 1;
		past_remember(&p, key_span(&k), commit, bytes_of_text("v"), false, &many);
	}
	CU_ASSERT_EQUAL(count_versions(&p), 10);
	few.seen[0] = 19;
	past_remember(&p, key_span(&k), 20, bytes_of_text("v"), false, &few);
	CU_ASSERT_EQUAL(count_versions(&p), 10); /* the one before it went */
	CU_ASSERT_FALSE(past_misses(&p, key_span(&k), &(struct past_viewers){ 0 }));
	past_clear(&p);
}

static void what_is_over_goes_a_few_at_a_time(void)
{
	struct held h;
	held_open(&h, 4000);
	struct past *p = &environment_of(h.fresh)->past;
	unsigned all = count_versions(p), now;
	CU_ASSERT(all > 4000 * PER_COMMIT);
	engine_abort(h.old);
	h.old = NULL;
	write_some(&h, 1);
	now = count_versions(p);
	CU_ASSERT(now < all && all - now < 200); /* that commit did not pay for all of it */
	for (unsigned i = 0; i < 1000; i++)
		write_some(&h, i);
	CU_ASSERT(count_versions(p) < 1001 * (PER_COMMIT + 1) + 100); /* what `fresh` may see */
	engine_abort(h.fresh);
	h.fresh = NULL;
	for (unsigned i = 0; i < 200; i++)
		write_some(&h, i);
	CU_ASSERT_EQUAL(count_versions(p), 0);
	CU_ASSERT_EQUAL(p->versions.octets, 0);
	held_close(&h);
}

/* snapshot-memory: who was too slow fails, and nobody else. */
static void too_slow_a_snapshot_fails_alone(void)
{
	struct held h;
	held_open(&h, 1);
	struct environment *v = environment_of(h.fresh);
	v->past_most = 1 << 20;
	struct engine_txn *second = NULL;
	struct key k = key_of(SPACE, 0);
	for (unsigned i = 0; i < 4000; i++) {
		if (i % 100 == 0) { /* a reader of the usual length */
			engine_abort(second);
			second = engine_begin_read(h.e, &h.p);
		}
		write_some(&h, i);
		CU_ASSERT(v->past.versions.octets < 2 << 20);
		CU_ASSERT_TRUE(engine_has(second, key_span(&k)));
	}
	CU_ASSERT_FALSE(engine_has(h.old, key_span(&k)));
	CU_ASSERT_EQUAL(engine_problem(h.old)->code, PROBLEM_BUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(engine_problem(h.old)->what, "snapshot-memory"));
	CU_ASSERT_PTR_NOT_NULL(strstr(engine_problem(h.old)->what, "1048576"));
	struct store_cursor *c = engine_scan(h.fresh, key_span(&k), (struct bytes){ 0 }, false);
	struct bytes key;
	CU_ASSERT_FALSE(store_next(c, &key, NULL));
	CU_ASSERT_EQUAL(engine_problem(h.fresh)->code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(engine_problem(second)->code, PROBLEM_NONE);
	engine_abort(second);
	held_close(&h);
}

static const struct test tests[] = {
	{ "links know what they lead over", links_know_what_they_lead_over },
	{ "a held snapshot costs nobody else a walk", a_held_snapshot_costs_nobody_else_a_walk },
	{ "who sees the newest does not ask", who_sees_the_newest_does_not_ask },
	{ "who passes by drives nobody out", who_passes_by_drives_nobody_out },
	{ "a key has few versions", a_key_has_few_versions },
	{ "nobody knows what the others see", nobody_knows_what_the_others_see },
	{ "what is over goes a few at a time", what_is_over_goes_a_few_at_a_time },
	{ "too slow a snapshot fails alone", too_slow_a_snapshot_fails_alone },
	{ 0 }
};

int main(void)
{
	return suite_run("past", tests);
}
