/* store/match_blocks.c: which records are worth comparing, as rows. */
#include "store/match_blocks.h"

#include <stdlib.h>

#include "gateway/base/arena.h"

enum { HASH_OCTETS = MATCH_HASH_BITS / 8 };

/* ---- Keys ---- */

static struct bytes hash_key(struct key *k, uint64_t hash)
{
	key_begin(k, SPACE_MATCH_BLOCK);
	for (size_t i = 1; i <= HASH_OCTETS; i++)
		key_octet(k, (unsigned char)(hash >> 8 * (HASH_OCTETS - i)));
	return key_span(k);
}

struct bytes match_block_key(struct key *k, const struct match_block_entry *e)
{
	hash_key(k, e->hash);
	key_short(k, e->number);
	return key_span(k);
}

bool match_block_read(struct bytes key, struct bytes value, struct match_block_entry *out)
{
	struct key_reader r = key_read(key);
	struct bytes hash = key_read_bytes(&r, HASH_OCTETS);
	*out = (struct match_block_entry){ .hash = 0 };
	for (size_t i = 0; i < hash.length; i++)
		out->hash = out->hash << 8 | hash.data[i];
	out->number = key_read_short(&r);
	return key_read_end(&r) && value.length == 0 && out->number != 0;
}

/* ---- Entries ---- */

static bool have(const struct match_entries *all, uint64_t hash)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].hash == hash)
			return true;
	return false;
}

void match_blocks_move(struct store_txn *t, uint64_t number, const struct match_entries *was,
		       const struct match_entries *is)
{
	struct key k;
	for (size_t i = 0; i < was->count; i++) {
		const struct match_block_entry e = { was->at[i].hash, number };
		if (!have(is, e.hash))
			store_delete(t, match_block_key(&k, &e));
	}
	for (size_t i = 0; i < is->count; i++) {
		const struct match_block_entry e = { is->at[i].hash, number };
		if (!have(was, e.hash))
			store_put(t, match_block_key(&k, &e), (struct bytes){ 0 });
	}
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

/* Who has that key; one more than are told, at most. */
static size_t meet(struct store_txn *t, uint64_t hash, uint64_t except, struct shared *out)
{
	struct key k;
	struct bytes key, value;
	struct match_block_entry e;
	size_t count = 0;
	struct store_cursor *c = store_scan_prefix(t, hash_key(&k, hash), false);
	while (count <= MATCH_BLOCK_MOST && store_next(c, &key, &value)) {
		if (!match_block_read(key, value, &e))
			store_damaged(t, "which records share a key cannot be read");
		else if (e.number != except)
			out[count++] = (struct shared){ e.number, 1 };
	}
	store_scan_end(c);
	return count;
}

struct match_found match_blocks_find(struct store_txn *t, struct arena *a,
				     const struct match_entries *of, uint64_t except)
{
	struct match_found found = { .numbers = arena_array(a, uint64_t,
							    MATCH_CANDIDATES_MOST + 1) };
	struct arena_mark before = arena_mark(a);
	struct shared *met = arena_array(a, struct shared,
					 of->count * MATCH_BLOCK_MOST + MATCH_BLOCK_MOST + 1);
	size_t met_count = 0;
	for (size_t i = 0; i < of->count; i++) {
		size_t count = meet(t, of->at[i].hash, except, met + met_count);
		found.cut += count > MATCH_BLOCK_MOST;
		met_count += count > MATCH_BLOCK_MOST ? 0 : count;
	}
	met_count = each_once(met, met_count);
	found.more = met_count > MATCH_CANDIDATES_MOST;
	found.count = found.more ? MATCH_CANDIDATES_MOST : met_count;
	for (size_t i = 0; i < found.count; i++)
		found.numbers[i] = met[i].number;
	arena_rewind(a, &before);
	return found;
}
