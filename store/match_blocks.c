/* store/match_blocks.c: which records are worth comparing, as rows. */
#include "store/match_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/packed.h"

/* What stands behind the space's octet: how many bits of the hash follow, in whole octets. */
enum {
	TOP = 12, /* bits of the shortest */
	STEP = 2, /* and how many more there are where one was full */
	LEAF_WEIGHT = 64,
	KEY_WEIGHT = 8, /* of one key at most: it cannot be parted */
	DEPTH = 0,      /* instead: the row of how deep leaves are */
	BEHIND = 0xff   /* instead: a whole hash, and a record */
};
enum { NUMBER_BITS = 48 }; /* more than there will be: they may be added up */
enum { HASH_OCTETS = (MATCH_HASH_BITS + 7) / 8, HASH_SHIFT = 8 * HASH_OCTETS - MATCH_HASH_BITS };

/* Some entries that follow each other, by hash and number; hash: what all of them begin with, the
 * other bits 0. */
struct leaf {
	uint64_t hash;
	unsigned depth; /* bits of it */
	struct match_block_entry *at;
	size_t count; /* there is room for one more */
};

/* ---- Keys ---- */

static void key_hash(struct key *k, uint64_t hash, size_t octets)
{
	hash <<= HASH_SHIFT;
	for (size_t i = 1; i <= octets; i++)
		key_octet(k, (unsigned char)(hash >> 8 * (HASH_OCTETS - i)));
}

static uint64_t beginning(uint64_t hash, unsigned depth)
{
	unsigned rest = MATCH_HASH_BITS - depth;
	return hash >> rest << rest;
}

static struct bytes leaf_key(struct key *k, uint64_t hash, unsigned depth)
{
	key_begin(k, SPACE_MATCH_BLOCK);
	key_octet(k, (unsigned char)depth);
	key_hash(k, beginning(hash, depth), (depth + 7) / 8);
	return key_span(k);
}

static struct bytes behind_key(struct key *k, uint64_t hash)
{
	key_begin(k, SPACE_MATCH_BLOCK);
	key_octet(k, BEHIND);
	key_hash(k, hash, HASH_OCTETS);
	return key_span(k);
}

struct bytes match_block_key(struct key *k, const struct match_block_entry *e)
{
	behind_key(k, e->hash);
	key_short(k, e->number);
	return key_span(k);
}

static struct bytes depth_key(struct key *k)
{
	key_begin(k, SPACE_MATCH_BLOCK);
	key_octet(k, DEPTH);
	return key_span(k);
}

/* ---- Leaves ---- */

/* Both count from what was before: hashes from the leaf's, numbers of one hash from each other. */
static struct bytes leaf_octets(struct arena *a, const struct leaf *l)
{
	struct buffer b = buffer_in(a);
	struct match_block_entry before = { l->hash, 0 };
	for (size_t i = 0; i < l->count; before = l->at[i++]) {
		bool same = l->at[i].hash == before.hash;
		packed_number(&b, l->at[i].hash - before.hash);
		packed_number(&b, l->at[i].number - (same ? before.number : 0));
	}
	return buffer_bytes(&b);
}

static bool leaf_read(struct arena *a, struct bytes octets, struct leaf *l)
{
	struct packed_reader r = packed_read(octets);
	struct match_block_entry before = { l->hash, 0 };
	l->at = arena_array(a, struct match_block_entry, octets.length / 2 + 1);
	l->count = 0;
	while (packed_more(&r)) {
		uint64_t more = packed_as_number(&r), number = packed_as_number(&r);
		if (r.broken || number == 0 || number >> NUMBER_BITS != 0
		    || more >> MATCH_HASH_BITS != 0)
			return false;
		before.number = number + (more == 0 ? before.number : 0);
		before.hash += more;
		if (beginning(before.hash, l->depth) != l->hash)
			return false;
		l->at[l->count++] = before;
	}
	return !r.broken;
}

static bool is_depth(unsigned depth)
{
	return depth >= TOP && depth <= MATCH_HASH_BITS && (depth - TOP) % STEP == 0;
}

static unsigned usual_depth(struct store_txn *t)
{
	struct key k;
	struct bytes octets;
	return store_get(t, depth_key(&k), store_arena(t), &octets) && octets.length == 1
			       && is_depth(octets.data[0])
		       ? octets.data[0]
		       : TOP;
}

/* The leaf that has the hash, or would have it. */
static bool leaf_get(struct store_txn *t, struct arena *a, uint64_t hash, unsigned depth,
		     struct leaf *l)
{
	struct key k;
	struct bytes octets = { 0 };
	bool parted = false;
	for (; is_depth(depth); depth = parted ? depth + STEP : depth - STEP) {
		bool there = store_get(t, leaf_key(&k, hash, depth), a, &octets);
		if (there && octets.length == 0) {
			parted = true;
			continue;
		}
		if (!there && !parted && depth > TOP)
			continue;
		*l = (struct leaf){ .hash = beginning(hash, depth), .depth = depth };
		if (leaf_read(a, there ? octets : (struct bytes){ 0 }, l))
			return !store_failed(t);
		break;
	}
	return store_damaged(t, "which records share a key cannot be read");
}

static size_t weight(const struct leaf *l)
{
	size_t sum = 0, of_one = 0;
	for (size_t i = 0; i < l->count; i++) {
		of_one = i != 0 && l->at[i].hash == l->at[i - 1].hash ? of_one + 1 : 1;
		sum += of_one <= KEY_WEIGHT;
	}
	return sum;
}

static void leaf_put(struct store_txn *t, const struct leaf *l);

/* What the row says from then on is nothing. One leaf stands for all: that of the least hashes. */
static void leaf_part(struct store_txn *t, const struct leaf *l)
{
	struct key k;
	unsigned depth = l->depth + STEP;
	const unsigned char now = (unsigned char)depth;
	store_put(t, leaf_key(&k, l->hash, l->depth), (struct bytes){ 0 });
	if (l->hash == 0)
		store_put(t, depth_key(&k), (struct bytes){ &now, 1 });
	for (size_t i = 0, end; i < l->count; i = end) {
		struct leaf part = { .hash = beginning(l->at[i].hash, depth),
				     .depth = depth,
				     .at = l->at + i };
		for (end = i; end < l->count && beginning(l->at[end].hash, depth) == part.hash;)
			end++;
		part.count = end - i;
		leaf_put(t, &part);
	}
}

static void leaf_put(struct store_txn *t, const struct leaf *l)
{
	struct key k;
	struct bytes key = leaf_key(&k, l->hash, l->depth);
	if (l->count == 0)
		store_delete(t, key);
	else if (weight(l) > LEAF_WEIGHT)
		leaf_part(t, l);
	else
		store_put(t, key, leaf_octets(store_arena(t), l));
}

/* ---- Entries ---- */

/* Where the hash's entries begin, and how many there are. */
static size_t place(const struct leaf *l, uint64_t hash, size_t *count)
{
	size_t at = 0;
	while (at < l->count && l->at[at].hash < hash)
		at++;
	for (*count = 0; at + *count < l->count && l->at[at + *count].hash == hash;)
		++*count;
	return at;
}

static size_t place_within(const struct leaf *l, size_t at, size_t count, uint64_t number)
{
	size_t end = at + count;
	while (at < end && l->at[at].number < number)
		at++;
	return at;
}

static void insert(struct store_txn *t, struct leaf *l, const struct match_block_entry *e)
{
	struct key k;
	size_t count, first = place(l, e->hash, &count);
	size_t at = place_within(l, first, count, e->number);
	if (at < first + count && l->at[at].number == e->number)
		return; /* another node has made it meanwhile */
	if (count > MATCH_BLOCK_MOST) {
		store_put(t, match_block_key(&k, e), (struct bytes){ 0 });
		return;
	}
	memmove(&l->at[at + 1], &l->at[at], (l->count - at) * sizeof l->at[0]);
	l->at[at] = *e;
	l->count++;
	leaf_put(t, l);
}

/* The first of those behind the leaf comes in. */
static void fill_up(struct store_txn *t, struct leaf *l, uint64_t hash)
{
	struct key k;
	struct bytes key, value;
	struct match_block_entry next = { hash, 0 };
	struct store_cursor *c = store_scan_prefix(t, behind_key(&k, hash), false);
	if (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		key_read_bytes(&r, 1 + HASH_OCTETS);
		next.number = key_read_short(&r);
	}
	store_scan_end(c);
	if (next.number == 0) {
		leaf_put(t, l);
		return;
	}
	store_delete(t, match_block_key(&k, &next));
	insert(t, l, &next);
}

static void take_out(struct store_txn *t, struct leaf *l, const struct match_block_entry *e)
{
	struct key k;
	size_t count, first = place(l, e->hash, &count);
	size_t at = place_within(l, first, count, e->number);
	if (at == first + count || l->at[at].number != e->number) {
		store_delete(t, match_block_key(&k, e));
		return;
	}
	l->count--;
	memmove(&l->at[at], &l->at[at + 1], (l->count - at) * sizeof l->at[0]);
	if (count > MATCH_BLOCK_MOST)
		fill_up(t, l, e->hash);
	else
		leaf_put(t, l);
}

static bool have(const struct match_entries *all, uint64_t hash)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].hash == hash)
			return true;
	return false;
}

/* Of what `all` has and `others` have not. */
static void change(struct store_txn *t, uint64_t number, const struct match_entries *all,
		   const struct match_entries *others,
		   void (*how)(struct store_txn *t, struct leaf *l,
			       const struct match_block_entry *e))
{
	struct arena *a = store_arena(t);
	unsigned depth = usual_depth(t);
	for (size_t i = 0; i < all->count; i++) {
		struct match_block_entry e = { all->at[i].hash, number };
		struct arena_mark before = arena_mark(a);
		struct leaf l;
		if (!have(others, e.hash) && leaf_get(t, a, e.hash, depth, &l))
			how(t, &l, &e);
		arena_rewind(a, &before);
	}
}

void match_blocks_move(struct store_txn *t, uint64_t number, const struct match_entries *was,
		       const struct match_entries *is)
{
	change(t, number, was, is, take_out);
	change(t, number, is, was, insert);
}

/* Every bit of it counts for those that are kept (Appleby's finaliser of MurmurHash3). */
static uint64_t kept_hash(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
	return (hash ^ hash >> 33) >> (64 - MATCH_HASH_BITS);
}

struct match_entries match_entries(const struct match_features *f)
{
	struct match_key keys[MATCH_KEYS_MOST];
	struct match_entries all = { .count = 0 };
	size_t count = match_indexed_keys(f, keys);
	for (; all.count < count; all.count++)
		all.at[all.count] = (struct match_key){ keys[all.count].kind,
							kept_hash(keys[all.count].hash) };
	return all;
}

/* ---- Finding ---- */

struct shared {
	uint64_t number;
	unsigned keys;
};

static int by_number(const void *x, const void *y)
{
	const struct shared *a = x, *b = y;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int by_keys(const void *x, const void *y)
{
	const struct shared *a = x, *b = y;
	return a->keys != b->keys ? (a->keys > b->keys ? -1 : 1) : by_number(x, y);
}

/* Each once, with how many keys it shares. */
static size_t each_once(struct shared *at, size_t count)
{
	size_t kept = 0;
	if (count != 0)
		qsort(at, count, sizeof *at, by_number);
	for (size_t i = 0; i < count; i++)
		if (kept != 0 && at[kept - 1].number == at[i].number)
			at[kept - 1].keys++;
		else
			at[kept++] = at[i];
	if (kept != 0)
		qsort(at, kept, sizeof *at, by_keys);
	return kept;
}

struct match_found match_blocks_find(struct store_txn *t, struct arena *a,
				     const struct match_entries *of, uint64_t except)
{
	struct match_found found = { .numbers = arena_array(a, uint64_t,
							    MATCH_CANDIDATES_MOST + 1) };
	struct arena_mark before = arena_mark(a);
	struct shared *met = arena_array(a, struct shared, of->count * MATCH_BLOCK_MOST + 1);
	unsigned depth = usual_depth(t);
	size_t met_count = 0;
	for (size_t i = 0; i < of->count; i++) {
		struct leaf l;
		if (!leaf_get(t, a, of->at[i].hash, depth, &l))
			break;
		size_t count, at = place(&l, of->at[i].hash, &count);
		found.cut += count > MATCH_BLOCK_MOST;
		for (size_t n = 0; n < count && count <= MATCH_BLOCK_MOST; n++)
			if (l.at[at + n].number != except)
				met[met_count++] = (struct shared){ l.at[at + n].number, 1 };
	}
	met_count = each_once(met, met_count);
	found.more = met_count > MATCH_CANDIDATES_MOST;
	found.count = found.more ? MATCH_CANDIDATES_MOST : met_count;
	for (size_t i = 0; i < found.count; i++)
		found.numbers[i] = met[i].number;
	arena_rewind(a, &before);
	return found;
}

/* ---- For who checks ---- */

bool match_block_has(struct store_txn *t, struct arena *a, const struct match_block_entry *e)
{
	struct key k;
	struct leaf l;
	size_t count;
	if (!leaf_get(t, a, e->hash, usual_depth(t), &l))
		return false;
	size_t first = place(&l, e->hash, &count);
	size_t at = place_within(&l, first, count, e->number);
	return (at < first + count && l.at[at].number == e->number)
	       || (count > MATCH_BLOCK_MOST && store_has(t, match_block_key(&k, e)));
}

static uint64_t read_hash(struct key_reader *r, size_t octets)
{
	struct bytes read = key_read_bytes(r, octets);
	uint64_t hash = 0;
	for (size_t i = 0; i < HASH_OCTETS; i++)
		hash = hash << 8 | (i < read.length ? read.data[i] : 0);
	return hash >> HASH_SHIFT;
}

/* One that is behind its leaf, which is full of that key. */
static bool read_behind(struct store_txn *t, struct arena *a, struct key_reader *r,
			struct match_block_row *out)
{
	struct leaf l;
	size_t count;
	out->at = arena_new(a, struct match_block_entry);
	out->count = 1;
	out->at->hash = read_hash(r, HASH_OCTETS);
	out->at->number = key_read_short(r);
	if (!key_read_end(r) || !leaf_get(t, a, out->at->hash, usual_depth(t), &l))
		return false;
	size_t first = place(&l, out->at->hash, &count);
	size_t at = place_within(&l, first, count, out->at->number);
	return count > MATCH_BLOCK_MOST
	       && (at == first + count || l.at[at].number != out->at->number);
}

static bool is_parted(struct store_txn *t, struct arena *a, uint64_t hash, unsigned depth)
{
	struct key k;
	struct bytes octets;
	return store_get(t, leaf_key(&k, hash, depth), a, &octets) && octets.length == 0;
}

bool match_block_read(struct store_txn *t, struct arena *a, struct bytes key, struct bytes value,
		      struct match_block_row *out)
{
	struct key k;
	struct key_reader r = key_read(key);
	unsigned depth = key_read_octet(&r);
	*out = (struct match_block_row){ .count = 0 };
	if (depth == DEPTH)
		return key_read_end(&r) && value.length == 1 && is_depth(value.data[0]);
	if (depth == BEHIND)
		return value.length == 0 && read_behind(t, a, &r, out);
	if (!is_depth(depth))
		return false;
	struct leaf l = { .hash = read_hash(&r, (depth + 7) / 8), .depth = depth };
	if (!bytes_equal(key, leaf_key(&k, l.hash, depth))
	    || (depth != TOP && !is_parted(t, a, l.hash, depth - STEP)))
		return false;
	if (value.length == 0 ? depth == MATCH_HASH_BITS : !leaf_read(a, value, &l))
		return false;
	*out = (struct match_block_row){ l.at, l.count };
	return true;
}
