/* store/audit_patients.c: which audit entries name a patient, or are about a patient record.
 *
 * A key for each patient of each entry would go to another leaf of its tree every time: measured,
 * as much work as the entry itself. So the log is indexed by segments of AUDIT_SEGMENT sequences,
 * some time after one is full (store/audit_indexing.c): a *run* of pairs of a patient's hash and a
 * place, sorted, in blocks of a few hundred octets that follow each other in the tree. When there
 * are AUDIT_FANOUT runs of a level they become one of the next (store/audit_merging.c): so a search
 * asks a few runs for one block each, however long the log is, and looks through what is not yet a
 * full segment, or not yet indexed.
 *
 * The hash only says where to look: whoever asks compares the entry's own patients and records. A
 * block says where the next begins, so that one that is missing hides nothing. */
#include "store/audit_entries.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

/* A pair: hash (6 octets) and place in the run (4), most significant first; pairs sort by octets.
 * A block begins with the pair the next begins with, the last with none (PAIR octets of ff). */
enum { PAIR = AUDIT_PAIR, HASH = 6, BLOCK = 90 };
/* What may be indexed: as much as is read in a snapshot that nobody feels, and sorted within the
 * indexing's memory. Only a segment of entries 128 KiB long on average, or of 4,096 names, has
 * more. */
enum { INDEX_OCTETS = 32 << 20, PAIRS_MOST = 1 << 20 };

/* FNV-1a, 64 bits (Fowler, Noll, Vo). The same for all time: it is kept. */
static const uint64_t hash_begin = UINT64_C(0xcbf29ce484222325);

static uint64_t hash_on(uint64_t hash, unsigned char octet)
{
	return (hash ^ octet) * UINT64_C(0x100000001b3);
}

/* As long as a pair has room for; none is that of AUDIT_PAIR_NONE. */
static uint64_t folded(uint64_t hash)
{
	return hash % ((UINT64_C(1) << (8 * HASH)) - 1);
}

static uint64_t hash_of(const char *patient)
{
	uint64_t hash = hash_begin;
	for (; *patient != '\0'; patient++)
		hash = hash_on(hash, (unsigned char)*patient);
	return folded(hash);
}

/* Begins with an octet no text has. */
static uint64_t hash_of_subject(uint64_t number)
{
	uint64_t hash = hash_on(hash_begin, 0);
	for (unsigned i = 0; i < 8; i++)
		hash = hash_on(hash, (unsigned char)(number >> (56 - 8 * i)));
	return folded(hash);
}

uint64_t audit_name_hash(const struct audit_name *n)
{
	return n->patient != NULL ? hash_of(n->patient) : hash_of_subject(n->subject);
}

/* Segments of a run of that level. */
uint64_t audit_run_segments(unsigned level)
{
	uint64_t segments = 1;
	while (level-- > 0)
		segments *= AUDIT_FANOUT;
	return segments;
}

struct key audit_patients_key(struct audit_run run, struct audit_pair pair)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_PATIENTS);
	key_number(&k, run.segment);
	key_octet(&k, (unsigned char)run.level);
	key_number(&k, pair.hash);
	key_number(&k, pair.place);
	return k;
}

struct key audit_run_key(struct audit_run run)
{
	return audit_patients_key(run, (struct audit_pair){ 0, 0 });
}

/* Behind all blocks of the run. */
struct key audit_run_end(struct audit_run run)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_PATIENTS);
	key_number(&k, run.segment);
	key_octet(&k, (unsigned char)(run.level + 1));
	return k;
}

bool audit_run_is_there(struct store_txn *t, struct audit_run run)
{
	struct key first = audit_run_key(run);
	return store_has(t, key_span(&first));
}

/* Pairs. */

int audit_pair_order(const void *a, const void *b)
{
	const struct audit_pair *x = a, *y = b;
	if (x->hash != y->hash)
		return (x->hash > y->hash) - (x->hash < y->hash);
	return (x->place > y->place) - (x->place < y->place);
}

static void put_pair(unsigned char *out, struct audit_pair p)
{
	for (unsigned i = 0; i < HASH; i++)
		out[i] = (unsigned char)(p.hash >> (8 * (HASH - 1 - i)));
	for (unsigned i = HASH; i < PAIR; i++)
		out[i] = (unsigned char)(p.place >> (8 * (PAIR - 1 - i)));
}

static struct audit_pair get_pair(const unsigned char *in)
{
	struct audit_pair p = { 0, 0 };
	for (unsigned i = 0; i < HASH; i++)
		p.hash = p.hash << 8 | in[i];
	for (unsigned i = HASH; i < PAIR; i++)
		p.place = p.place << 8 | in[i];
	return p;
}

bool audit_block_read(struct bytes octets, struct audit_block *out)
{
	if (octets.length < PAIR || octets.length % PAIR != 0)
		return false;
	*out = (struct audit_block){ .next = get_pair(octets.data),
				     .pairs = octets.data + PAIR,
				     .count = octets.length / PAIR - 1 };
	return true;
}

struct audit_pair audit_block_pair(const struct audit_block *b, size_t at)
{
	return get_pair(b->pairs + at * PAIR);
}

size_t audit_blocks_of(size_t pairs)
{
	return pairs == 0 ? 1 : (pairs + BLOCK - 1) / BLOCK;
}

bool audit_block_put(struct store_txn *t, struct audit_run run, const struct audit_pairs *of,
		     size_t number)
{
	unsigned char octets[(1 + BLOCK) * PAIR], *at = octets;
	size_t first = number * BLOCK, end = first + BLOCK < of->count ? first + BLOCK : of->count;
	put_pair(at, end < of->count ? of->pairs[end] : of->next);
	for (size_t i = first; i < end; i++)
		put_pair(at += PAIR, of->pairs[i]);
	struct key k = number == 0 && of->lowest ? audit_run_key(run)
						 : audit_patients_key(run, of->pairs[first]);
	return store_put(t, key_span(&k), (struct bytes){ octets, (size_t)(at + PAIR - octets) });
}

/* Gathering. */

struct gathering {
	struct arena *arena;
	struct audit_pairs *out;
	size_t room;
};

static void add_pair(struct gathering *g, struct audit_pair p)
{
	struct audit_pairs *o = g->out;
	if (o->count == g->room) {
		size_t room = g->room == 0 ? AUDIT_SEGMENT : g->room * 2;
		o->pairs = arena_resize(g->arena, o->pairs, g->room * sizeof p, room * sizeof p);
		g->room = room;
	}
	o->pairs[o->count++] = p;
}

/* False: it cannot be read, or names too many. */
static bool add_entry(struct gathering *g, uint64_t sequence, struct bytes value)
{
	struct record_reader names = audit_entry_names(value);
	struct audit_name n;
	while (g->out->count < PAIRS_MOST && audit_name_next(&names, &n))
		add_pair(g, (struct audit_pair){ audit_name_hash(&n), sequence % AUDIT_SEGMENT });
	return !names.broken && g->out->count < PAIRS_MOST;
}

static bool add_segment(struct gathering *g, struct store_txn *t, uint64_t segment)
{
	struct audit_walk w = audit_walk_from(t, segment * AUDIT_SEGMENT,
					      (segment + 1) * AUDIT_SEGMENT);
	struct bytes value;
	uint64_t sequence;
	size_t octets = 0;
	bool well = true;
	while (well && audit_walk_next(&w, &sequence, &value)) {
		octets += value.length;
		well = octets <= INDEX_OCTETS && add_entry(g, sequence, value);
	}
	audit_walk_end(&w);
	return well;
}

bool audit_patients_gather(struct store_txn *t, uint64_t segment, struct arena *a,
			   struct audit_pairs *out)
{
	*out = (struct audit_pairs){ .next = AUDIT_PAIR_NONE, .lowest = true };
	struct gathering g = { .arena = a, .out = out };
	size_t kept = 0;
	if (!add_segment(&g, t, segment))
		return false;
	if (out->count > 1)
		qsort(out->pairs, out->count, sizeof *out->pairs, audit_pair_order);
	for (size_t i = 0; i < out->count; i++)
		if (i == 0 || audit_pair_order(&out->pairs[i], &out->pairs[kept - 1]) != 0)
			out->pairs[kept++] = out->pairs[i];
	out->count = kept;
	return true;
}

/* Reading. */

static void add_place(struct arena *a, struct audit_places *p, uint64_t sequence)
{
	if (p->count == p->room) {
		size_t room = p->room == 0 ? BLOCK : p->room * 2;
		p->sequences = arena_resize(a, p->sequences, p->room * sizeof sequence,
					    room * sizeof sequence);
		p->room = room;
	}
	p->sequences[p->count++] = sequence;
}

/* A hash being looked for in a run. */
struct looking {
	struct store_txn *txn;
	struct audit_run run;
	uint64_t hash;
	struct arena *arena;
	struct audit_places *places;
};

static void take_block(struct looking *x, const struct audit_block *b)
{
	for (size_t at = 0; at < b->count; at++) {
		struct audit_pair p = audit_block_pair(b, at);
		if (p.hash == x->hash)
			add_place(x->arena, x->places, x->run.segment * AUDIT_SEGMENT + p.place);
	}
}

static bool is_damaged(struct looking *x)
{
	return store_damaged(x->txn, "the audit log's index of patients is damaged at segment %llu",
			     (unsigned long long)x->run.segment);
}

/* Blocks that follow, while the hash may go on there. */
static bool follow(struct looking *x, struct audit_block b)
{
	while (b.next.hash <= x->hash) {
		struct key k = audit_patients_key(x->run, b.next);
		struct bytes octets;
		if (!store_get(x->txn, key_span(&k), x->arena, &octets)
		    || !audit_block_read(octets, &b))
			return is_damaged(x);
		take_block(x, &b);
	}
	return true;
}

/* The last block that does not begin after the hash is the first that may have it. False: there is
 * none, so the run is not there; or the store failed. */
static bool find_hash(struct looking *x)
{
	struct key from = audit_run_key(x->run),
		   to = audit_patients_key(x->run, (struct audit_pair){ x->hash, 0 });
	struct bytes key, octets;
	struct audit_block b;
	key_octet(&to, 0); /* up to the first key after it */
	struct store_cursor *c = store_scan(x->txn, key_span(&from), key_span(&to), true);
	bool there = store_next(c, &key, &octets), whole = there && audit_block_read(octets, &b);
	if (whole)
		take_block(x, &b);
	store_scan_end(c);
	return there && (whole ? follow(x, b) : is_damaged(x));
}

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* One entry may be named by several of the hashes, and by one of them twice. */
static void put_in_order(struct audit_places *p)
{
	size_t kept = 0;
	if (p->count > 1)
		qsort(p->sequences, p->count, sizeof *p->sequences, ascending);
	for (size_t i = 0; i < p->count; i++)
		if (i == 0 || p->sequences[i] != p->sequences[i - 1])
			p->sequences[kept++] = p->sequences[i];
	p->count = kept;
}

bool audit_patients_find(struct store_txn *t, struct audit_run run, const struct audit_filter *f,
			 struct arena *a, struct audit_places *places)
{
	struct looking x = { .txn = t, .run = run, .arena = a, .places = places };
	places->count = 0;
	x.hash = hash_of(f->patient);
	bool indexed = find_hash(&x);
	for (const struct text_list *l = f->aliases; indexed && l != NULL; l = l->next) {
		x.hash = hash_of(l->value);
		indexed = find_hash(&x);
	}
	for (size_t i = 0; indexed && i < f->subjects.count; i++) {
		x.hash = hash_of_subject(f->subjects.numbers[i]);
		indexed = find_hash(&x);
	}
	put_in_order(places);
	return indexed;
}
