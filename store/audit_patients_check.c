/* store/audit_patients_check.c: whether the patients' index is what the entries name.
 *
 * A run may be of millions of entries, so neither is held: of each set of pairs the product of
 * (r - pair) modulo a prime is made, r drawn anew for each check. Two sets that differ have the
 * same product for one r in 2^61 / pairs, and nobody knows r before. While the sheets are walked
 * the product of each segment is made; then, block by block, that of each run, which must be that
 * of its segments.
 *
 * Segments and runs change meanwhile, but never their contents: a run that is gone when it is to be
 * judged became part of a larger one; a segment that was not counted whole, for its sheets were
 * packed just then, is read again. Of what has gone from the beginning of a chain
 * (store/audit_expiring.h) pairs name nothing any more: they are no part of either product, and a
 * run that has nothing else is going. */
#include "store/audit_entries.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

/* 2^61 - 1 is prime (Pervushin). */
#define PRIME ((UINT64_C(1) << 61) - 1)

enum { FEW = 32 }; /* names of an entry that take no memory */

struct counted {
	uint64_t segment, product;
	unsigned entries;
};

struct patients_check {
	uint64_t at, scale;     /* where the product is evaluated, what a hash is multiplied with */
	struct buffer segments; /* struct counted, ascending */
	/* The run that is being walked. */
	bool walking, in_order, begins; /* the last: nothing of it was read yet */
	struct audit_run run;
	struct audit_pair next, last; /* which block must come, and the highest pair so far */
	uint64_t product;
	uint64_t floor; /* what has gone of the chain as its first block was read */
};

static uint64_t times(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;
	uint64_t sum = (uint64_t)(product & PRIME) + (uint64_t)(product >> 61);
	return sum >= PRIME ? sum - PRIME : sum;
}

/* With an entry's number instead of its place: runs of all levels name them alike. */
static void multiply(const struct patients_check *k, uint64_t *product, uint64_t hash,
		     uint64_t sequence)
{
	uint64_t element = times(hash, k->scale) + sequence % PRIME;
	element %= PRIME;
	*product = times(*product, (k->at + PRIME - element) % PRIME);
}

static uint64_t drawn(struct store_check *c)
{
	uint64_t number;
	const struct random_source *r = store_random(check_txn(c));
	r->fill(r, &number, sizeof number);
	return number % PRIME;
}

static struct patients_check *memory(struct store_check *c)
{
	static const char whose[] = "audit patients";
	struct patients_check *k = check_memory(c, whose, sizeof *k);
	if (k->at == 0) {
		k->at = drawn(c);
		k->scale = drawn(c);
		k->segments = buffer_in(check_lasting(c));
	}
	return k;
}

/* Entries. */

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Each name once. False: it cannot be read. */
static bool multiply_entry(struct store_check *c, const struct patients_check *k, uint64_t *product,
			   uint64_t sequence, struct bytes value)
{
	struct record_reader names = audit_entry_names(value);
	struct audit_name n;
	uint64_t few[FEW], *hashes = few;
	size_t count = 0, room = FEW;
	while (audit_name_next(&names, &n)) {
		if (count == room) {
			uint64_t *more = arena_array(check_arena(c), uint64_t, room * 2);
			memcpy(more, hashes, room * sizeof *more);
			hashes = more;
			room *= 2;
		}
		hashes[count++] = audit_name_hash(&n);
	}
	if (names.broken)
		return false;
	if (count > 1)
		qsort(hashes, count, sizeof *hashes, ascending);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || hashes[i] != hashes[i - 1])
			multiply(k, product, hashes[i], sequence);
	return true;
}

static size_t count_of(const struct patients_check *k)
{
	return k->segments.length / sizeof(struct counted);
}

/* Borrowed until the next is added. */
static struct counted *counted_at(const struct patients_check *k, size_t at)
{
	return (struct counted *)k->segments.data + at;
}

static struct counted *segment_of(struct patients_check *k, uint64_t segment)
{
	const struct counted fresh = { segment, 1, 0 };
	size_t count = count_of(k);
	if (count > 0 && counted_at(k, count - 1)->segment == segment)
		return counted_at(k, count - 1);
	buffer_append(&k->segments, &fresh, sizeof fresh);
	return counted_at(k, count);
}

void audit_patients_count(struct store_check *c, uint64_t sequence, struct bytes value)
{
	struct patients_check *k = memory(c);
	struct counted *s = segment_of(k, sequence / AUDIT_SEGMENT);
	if (multiply_entry(c, k, &s->product, sequence, value))
		s->entries++;
}

/* The first of a chain has no entry 0. */
static unsigned entries_of(uint64_t segment)
{
	return AUDIT_SEGMENT - (audit_place(segment * AUDIT_SEGMENT) == 0);
}

static int by_segment(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;
	return (x->segment > y->segment) - (x->segment < y->segment);
}

/* Read again. 0: it cannot be. */
static uint64_t product_now(struct store_check *c, const struct patients_check *k, uint64_t segment)
{
	struct audit_walk w = audit_walk_from(check_txn(c), segment * AUDIT_SEGMENT,
					      (segment + 1) * AUDIT_SEGMENT);
	uint64_t product = 1, sequence;
	struct bytes value;
	bool well = true;
	w.outer = check_arena(c);
	while (well && audit_walk_next(&w, &sequence, &value))
		well = multiply_entry(c, k, &product, sequence, value);
	audit_walk_end(&w);
	return well ? product : 0;
}

static uint64_t product_of(struct store_check *c, const struct patients_check *k, uint64_t segment)
{
	const struct counted wanted = { .segment = segment }, *s = NULL;
	if (count_of(k) > 0)
		s = bsearch(&wanted, k->segments.data, count_of(k), sizeof wanted, by_segment);
	return s != NULL && s->entries == entries_of(segment) ? s->product
							      : product_now(c, k, segment);
}

/* Runs. */

static void tell(struct store_check *c, struct audit_run run)
{
	check_finding(c,
		      "audit log: the patients' index of segment %llu is not what its entries name",
		      (unsigned long long)run.segment);
}

/* It is being written, or was made part of another and is going. */
static bool is_under_way(struct store_check *c, struct audit_run run)
{
	struct store_txn *t = check_txn(c);
	uint64_t chain = audit_chain(run.segment * AUDIT_SEGMENT),
		 place = audit_place(run.segment * AUDIT_SEGMENT) / AUDIT_SEGMENT;
	if (run.level == 0 && run.segment == audit_indexed(t, chain))
		return true;
	if (run.level > 0
	    && place == audit_merged(t, chain, run.level - 1) * audit_run_segments(run.level))
		return true;
	struct audit_run of = { run.segment - place % audit_run_segments(run.level + 1),
				run.level + 1 };
	return place / audit_run_segments(of.level) == audit_merged(t, chain, run.level)
	       && audit_run_is_there(t, of);
}

static uint64_t floor_of(struct store_check *c, struct audit_run run)
{
	return audit_floor(check_txn(c), AUDIT_OWN, audit_chain(run.segment * AUDIT_SEGMENT));
}

/* What was walked of the run is all of it, or it is not there any more. */
static void judge(struct store_check *c, struct patients_check *k)
{
	const struct audit_pair none = AUDIT_PAIR_NONE;
	uint64_t expected = 1, segments = audit_run_segments(k->run.level);
	bool right = k->in_order && audit_pair_order(&k->next, &none) == 0;
	if (!k->walking)
		return;
	k->walking = false;
	if (floor_of(c, k->run) != k->floor)
		return; /* more has gone meanwhile */
	for (uint64_t i = 0; right && i < segments; i++)
		if ((k->run.segment + i + 1) * AUDIT_SEGMENT - 1 > k->floor)
			expected = times(expected, product_of(c, k, k->run.segment + i));
	if ((!right || expected != k->product) && audit_run_is_there(check_txn(c), k->run))
		tell(c, k->run);
}

static void take_pairs(struct patients_check *k, const struct audit_block *b)
{
	uint64_t first = k->run.segment * AUDIT_SEGMENT,
		 most = audit_run_segments(k->run.level) * AUDIT_SEGMENT;
	for (size_t i = 0; i < b->count; i++) {
		struct audit_pair p = audit_block_pair(b, i);
		k->in_order = k->in_order && p.place < most
			      && (audit_pair_order(&p, &k->last) > 0 || (k->begins && i == 0));
		k->begins = false;
		if (first + p.place > k->floor)
			multiply(k, &k->product, p.hash, first + p.place);
		k->last = p;
	}
	k->next = b->next;
}

static bool is_same(struct audit_run a, struct audit_run b)
{
	return a.segment == b.segment && a.level == b.level;
}

/* A block that is none of the run's, or not the next one. */
static void stray(struct store_check *c, struct patients_check *k, struct audit_run run)
{
	if (k->walking && is_same(run, k->run))
		k->in_order = false;
	else if (!is_under_way(c, run))
		tell(c, run);
}

void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct patients_check *k = memory(c);
	struct key_reader r = key_read(key);
	struct audit_run run;
	struct audit_pair pair;
	struct audit_block b;
	run.segment = key_read_number(&r);
	run.level = key_read_octet(&r);
	pair.hash = key_read_number(&r);
	pair.place = key_read_number(&r);
	if (!key_read_end(&r) || run.level >= AUDIT_LEVELS || !audit_block_read(value, &b)) {
		tell(c, run);
		return;
	}
	if (k->walking && !is_same(run, k->run))
		judge(c, k);
	if (audit_run_is_gone(run, floor_of(c, run)))
		return;
	bool first = pair.hash == 0 && pair.place == 0;
	if (first) {
		k->walking = k->in_order = k->begins = true;
		k->run = run;
		k->product = 1;
		k->floor = floor_of(c, run);
	}
	if (first || (k->walking && audit_pair_order(&pair, &k->next) == 0))
		take_pairs(k, &b);
	else
		stray(c, k, run);
}

void audit_patients_end(struct store_check *c)
{
	judge(c, memory(c));
}
