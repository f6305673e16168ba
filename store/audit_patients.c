/* store/audit_patients.c: which audit entries name a patient, or are about a patient record.
 *
 * A key for each patient of each entry would go to another leaf of its tree every time: measured,
 * as much work as the entry itself. So the log is indexed by segments of AUDIT_SEGMENT sequences,
 * when one is full, by the job whose entry fills it: pairs of a patient's hash and a sequence,
 * sorted, in blocks of a few hundred octets that follow each other in the tree. A search asks each
 * segment for one block and looks through the segment that is not yet full.
 *
 * The hash only says where to look: whoever asks compares the entry's own patients and records. */
#include "store/audit_entries.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/store.h"
#include "store/store_keys.h"

/* A pair: hash (8 octets) and place in the segment (2), most significant first. */
enum { PAIR = 10, BLOCK = 90, BLOCK_OCTETS = PAIR * BLOCK };
/* What indexing may take, for the committer does it between two jobs: memory, and octets to read.
 * Only a segment of entries 16 KiB long on average has more. */
enum { INDEX_MEMORY = 64 << 20, INDEX_OCTETS = 32 << 20 };

struct pair {
	uint64_t hash;
	unsigned place;
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo). The same for all time: it is kept. */
static const uint64_t hash_begin = UINT64_C(0xcbf29ce484222325);

static uint64_t hash_on(uint64_t hash, unsigned char octet)
{
	return (hash ^ octet) * UINT64_C(0x100000001b3);
}

static uint64_t hash_of(const char *patient)
{
	uint64_t hash = hash_begin;
	for (; *patient != '\0'; patient++)
		hash = hash_on(hash, (unsigned char)*patient);
	return hash;
}

/* Begins with an octet no text has. */
static uint64_t hash_of_subject(uint64_t number)
{
	uint64_t hash = hash_on(hash_begin, 0);
	for (unsigned i = 0; i < 8; i++)
		hash = hash_on(hash, (unsigned char)(number >> (56 - 8 * i)));
	return hash;
}

static struct key block_key(uint64_t segment, uint64_t hash)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_PATIENTS);
	key_number(&k, segment);
	key_number(&k, hash);
	return k;
}

/* Writing. */

struct indexing {
	struct store_txn *txn;
	struct arena *arena;
	uint64_t segment;
	struct pair *pairs;
	size_t count, room;
	bool whole;
};

static void add_pair(struct indexing *x, struct pair p)
{
	if (x->count == x->room) {
		size_t room = x->room == 0 ? AUDIT_SEGMENT : x->room * 2;
		x->pairs = arena_resize(x->arena, x->pairs, x->room * sizeof p, room * sizeof p);
		x->room = room;
	}
	x->pairs[x->count++] = p;
}

static int by_hash(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	if (x->hash != y->hash)
		return (x->hash > y->hash) - (x->hash < y->hash);
	return (x->place > y->place) - (x->place < y->place);
}

static void add_entry(struct indexing *x, const struct audit_entry *e)
{
	unsigned place = (unsigned)(e->sequence % AUDIT_SEGMENT);
	for (const struct text_list *l = e->terms.patients; l != NULL; l = l->next)
		add_pair(x, (struct pair){ hash_of(l->value), place });
	for (size_t i = 0; i < e->terms.subjects.count; i++)
		add_pair(x, (struct pair){ hash_of_subject(e->terms.subjects.numbers[i]), place });
}

static void collect(void *with)
{
	struct indexing *x = with;
	struct audit_walk w = audit_walk_from(x->txn, x->segment * AUDIT_SEGMENT,
					      (x->segment + 1) * AUDIT_SEGMENT);
	struct audit_entry e = { 0 };
	struct bytes value;
	size_t octets = 0;
	bool whole = true;
	while (whole && audit_walk_next(&w, &e.sequence, &value)) {
		octets += value.length;
		whole = octets <= INDEX_OCTETS && audit_entry_read(value, x->arena, &e);
		if (whole)
			add_entry(x, &e);
	}
	audit_walk_end(&w);
	if (x->count > 1)
		qsort(x->pairs, x->count, sizeof *x->pairs, by_hash);
	x->whole = whole;
}

static void put_pair(unsigned char out[PAIR], struct pair p)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (unsigned char)(p.hash >> (56 - 8 * i));
	out[8] = (unsigned char)(p.place >> 8);
	out[9] = (unsigned char)p.place;
}

static struct pair get_pair(const unsigned char in[PAIR])
{
	struct pair p = { .place = (unsigned)in[8] << 8 | in[9] };
	for (unsigned i = 0; i < 8; i++)
		p.hash = p.hash << 8 | in[i];
	return p;
}

/* A block's key has its first hash, the first block's 0, so that there is always one to find. The
 * pairs of one hash stay in one block. Room is asked for before anything is put: it is all of the
 * index or nothing. */
static void put_blocks(const struct indexing *x)
{
	struct buffer block = buffer_in(x->arena);
	uint64_t first = 0;
	buffer_reserve(&block, x->count * PAIR);
	for (size_t i = 0; i < x->count; i++) {
		if (block.length >= BLOCK_OCTETS && x->pairs[i].hash != x->pairs[i - 1].hash) {
			struct key k = block_key(x->segment, first);
			store_add(x->txn, key_span(&k), buffer_bytes(&block));
			block.length = 0;
			first = x->pairs[i].hash;
		}
		put_pair(block.data + block.length, x->pairs[i]);
		block.length += PAIR;
	}
	struct key k = block_key(x->segment, first);
	store_add(x->txn, key_span(&k), buffer_bytes(&block));
}

static void index_segment(void *with)
{
	struct indexing *x = with;
	collect(x);
	if (x->whole)
		put_blocks(x);
}

/* A segment that cannot be indexed (damaged, or larger than that) stays without, and a search then
 * looks through it: the job that happens to fill it must not fail or take long for that. */
void audit_patients_put(struct store_txn *t, uint64_t sequence)
{
	struct indexing x = { .txn = t, .segment = sequence / AUDIT_SEGMENT };
	if (sequence % AUDIT_SEGMENT != AUDIT_SEGMENT - 1)
		return;
	x.arena = arena_create(INDEX_MEMORY);
	if (x.arena != NULL)
		arena_run(x.arena, index_segment, &x);
	arena_destroy(x.arena);
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

/* The last block that does not begin after the hash is the only one that may have it. */
static bool find_hash(struct store_txn *t, uint64_t segment, uint64_t hash, struct arena *a,
		      struct audit_places *places)
{
	struct key from = block_key(segment, 0), to = block_key(segment, hash);
	struct bytes key, block;
	/* Up to the first key after it. */
	key_octet(&to, 0);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), true);
	bool indexed = store_next(c, &key, &block);
	for (size_t at = 0; indexed && at + PAIR <= block.length; at += PAIR) {
		struct pair p = get_pair(block.data + at);
		if (p.hash == hash)
			add_place(a, places, segment * AUDIT_SEGMENT + p.place);
	}
	store_scan_end(c);
	return indexed;
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

bool audit_patients_find(struct store_txn *t, uint64_t segment, const struct audit_filter *f,
			 struct arena *a, struct audit_places *places)
{
	places->count = 0;
	bool indexed = find_hash(t, segment, hash_of(f->patient), a, places);
	for (const struct text_list *l = f->aliases; indexed && l != NULL; l = l->next)
		indexed = find_hash(t, segment, hash_of(l->value), a, places);
	for (size_t i = 0; indexed && i < f->subjects.count; i++)
		indexed = find_hash(t, segment, hash_of_subject(f->subjects.numbers[i]), a, places);
	put_in_order(places);
	return indexed;
}

/* Checking. */

static bool names(struct store_check *c, uint64_t sequence, uint64_t hash)
{
	struct audit_entry e = { 0 };
	struct bytes value;
	if (!audit_entry_get(check_txn(c), sequence, check_arena(c), &value)
	    || !audit_entry_read(value, check_arena(c), &e))
		return false;
	const struct text_list *l = e.terms.patients;
	while (l != NULL && hash_of(l->value) != hash)
		l = l->next;
	size_t i = 0;
	while (i < e.terms.subjects.count && hash_of_subject(e.terms.subjects.numbers[i]) != hash)
		i++;
	return l != NULL || i < e.terms.subjects.count;
}

void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	uint64_t segment = key_read_number(&r);
	bool well = value.length % PAIR == 0;
	key_read_number(&r);
	for (size_t at = 0; well && at < value.length; at += PAIR) {
		struct pair p = get_pair(value.data + at);
		well = names(c, segment * AUDIT_SEGMENT + p.place, p.hash);
	}
	if (!well || !key_read_end(&r))
		check_finding(c, "audit log: an index names an entry that is not there");
}
