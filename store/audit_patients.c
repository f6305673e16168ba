/* store/audit_patients.c: which audit entries name a patient, or are about a patient record.
 *
 * A key for each patient of each entry would go to another leaf of its tree every time: measured,
 * as much work as the entry itself. So the log is indexed by segments of AUDIT_SEGMENT sequences,
 * some time after one is full (store/audit_indexing.c): pairs of a patient's hash and a sequence,
 * sorted, in blocks of a few hundred octets that follow each other in the tree. A search asks each
 * segment for one block and looks through those that are not yet full, or not yet indexed.
 *
 * The hash only says where to look: whoever asks compares the entry's own patients and records. */
#include "store/audit_entries.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

/* A pair: hash (8 octets) and place in the segment (2), most significant first. */
enum { PAIR = 10, BLOCK = 90, BLOCK_OCTETS = PAIR * BLOCK };
/* What may be indexed: as much as is read in a snapshot that nobody feels, and sorted within the
 * memory of one look of a check. Only a segment of entries 16 KiB long on average, or of 512 names,
 * has more. */
enum { INDEX_OCTETS = 32 << 20, PAIRS_MOST = 512 * AUDIT_SEGMENT };

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

struct key audit_patients_key(uint64_t segment, uint64_t hash)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_PATIENTS);
	key_number(&k, segment);
	key_number(&k, hash);
	return k;
}

/* Gathering. */

struct gathering {
	struct arena *arena;
	struct pair *pairs;
	size_t count, room;
};

static void add_pair(struct gathering *g, struct pair p)
{
	if (g->count == g->room) {
		size_t room = g->room == 0 ? AUDIT_SEGMENT : g->room * 2;
		g->pairs = arena_resize(g->arena, g->pairs, g->room * sizeof p, room * sizeof p);
		g->room = room;
	}
	g->pairs[g->count++] = p;
}

/* False: it cannot be read, or names too many. */
static bool add_entry(struct gathering *g, uint64_t sequence, struct bytes value)
{
	struct record_reader names = audit_entry_names(value);
	struct audit_name n;
	while (g->count < PAIRS_MOST && audit_name_next(&names, &n))
		add_pair(g, (struct pair){ n.patient != NULL ? hash_of(n.patient)
							     : hash_of_subject(n.subject),
					   (unsigned)(sequence % AUDIT_SEGMENT) });
	return !names.broken && g->count < PAIRS_MOST;
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

static int by_hash(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	if (x->hash != y->hash)
		return (x->hash > y->hash) - (x->hash < y->hash);
	return (x->place > y->place) - (x->place < y->place);
}

static void put_pair(struct buffer *out, struct pair p)
{
	for (unsigned i = 0; i < 8; i++)
		buffer_byte(out, (unsigned char)(p.hash >> (56 - 8 * i)));
	buffer_byte(out, (unsigned char)(p.place >> 8));
	buffer_byte(out, (unsigned char)p.place);
}

static struct pair get_pair(const unsigned char in[PAIR])
{
	struct pair p = { .place = (unsigned)in[8] << 8 | in[9] };
	for (unsigned i = 0; i < 8; i++)
		p.hash = p.hash << 8 | in[i];
	return p;
}

bool audit_patients_gather(struct store_txn *t, uint64_t segment, struct arena *a,
			   struct bytes *pairs)
{
	struct gathering g = { .arena = a };
	struct buffer out = buffer_in(a);
	if (!add_segment(&g, t, segment))
		return false;
	if (g.count > 1)
		qsort(g.pairs, g.count, sizeof *g.pairs, by_hash);
	buffer_reserve(&out, (g.count + 1) * PAIR); /* there are octets, if none of a pair */
	for (size_t i = 0; i < g.count; i++)
		if (i == 0 || by_hash(&g.pairs[i], &g.pairs[i - 1]) != 0)
			put_pair(&out, g.pairs[i]);
	*pairs = buffer_bytes(&out);
	return true;
}

/* The pairs of one hash stay in one block. A block's key has its first hash, the first block's 0,
 * so that there is always one to find. */
struct audit_block audit_patients_block(uint64_t segment, struct bytes pairs, size_t at)
{
	size_t end = at + BLOCK_OCTETS;
	while (end < pairs.length
	       && get_pair(pairs.data + end).hash == get_pair(pairs.data + end - PAIR).hash)
		end += PAIR;
	if (end > pairs.length)
		end = pairs.length;
	return (struct audit_block){
		.key = audit_patients_key(segment, at == 0 ? 0 : get_pair(pairs.data + at).hash),
		.pairs = { pairs.data + at, end - at },
	};
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

/* The last block that does not begin after the hash is the only one that may have it. One that is
 * none says nothing: the segment's entries are read instead, as of one without an index. */
static bool find_hash(struct store_txn *t, uint64_t segment, uint64_t hash, struct arena *a,
		      struct audit_places *places)
{
	struct key from = audit_patients_key(segment, 0), to = audit_patients_key(segment, hash);
	struct bytes key, block;
	/* Up to the first key after it. */
	key_octet(&to, 0);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), true);
	bool indexed = store_next(c, &key, &block) && block.length % PAIR == 0;
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

/* The blocks of a segment, from the first on, are these pairs and nothing else. */
static bool blocks_hold(struct store_txn *t, uint64_t segment, struct bytes pairs)
{
	struct key from = audit_patients_key(segment, 0), to = audit_patients_key(segment + 1, 0);
	struct store_cursor *blocks = store_scan(t, key_span(&from), key_span(&to), false);
	struct bytes key, value;
	size_t at = 0;
	bool same = true;
	while (same && store_next(blocks, &key, &value)) {
		same = at == 0 || at < pairs.length;
		if (!same)
			break;
		struct audit_block b = audit_patients_block(segment, pairs, at);
		same = bytes_equal(key, key_span(&b.key)) && bytes_equal(value, b.pairs);
		at += b.pairs.length;
	}
	store_scan_end(blocks);
	return same && at == pairs.length;
}

/* The first block answers for all of its segment. One without it belongs to the segment that is
 * being indexed: its last block was written first. */
void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	uint64_t segment = key_read_number(&r), hash = key_read_number(&r);
	struct key first = audit_patients_key(segment, 0);
	struct bytes pairs;
	bool right = key_read_end(&r);
	(void)value;
	if (right && hash == 0)
		right = audit_patients_gather(check_txn(c), segment, check_arena(c), &pairs)
			&& blocks_hold(check_txn(c), segment, pairs);
	else if (right)
		right = store_has(check_txn(c), key_span(&first))
			|| segment
				   == audit_indexed(check_txn(c),
						    audit_chain(segment * AUDIT_SEGMENT));
	if (!right)
		check_finding(c,
			      "audit log: the patients' index of segment %llu is not what its "
			      "entries name",
			      (unsigned long long)segment);
}
