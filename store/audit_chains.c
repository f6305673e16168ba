/* store/audit_chains.c: the chains of the audit log, and what there is once for each: its head, and
 * how far destinations, anchors and the patients' index have come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/audit_entries.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum { TAG_SEQUENCE = 1, TAG_HASH = 2, TAG_RECORD = 3 };

const char *audit_place_text(uint64_t sequence, char out[AUDIT_PLACE_TEXT])
{
	unsigned long long place = audit_place(sequence), chain = audit_chain(sequence);
	if (chain == 0)
		snprintf(out, AUDIT_PLACE_TEXT, "%llu", place);
	else
		snprintf(out, AUDIT_PLACE_TEXT, "%llu of chain %llu", place, chain);
	return out;
}

static struct key key_of(unsigned char space, uint64_t chain)
{
	struct key k;
	key_begin(&k, space);
	key_number(&k, chain);
	return k;
}

/* Heads. */

struct audit_head audit_chain_begin(uint64_t chain)
{
	struct audit_head head = { .sequence = audit_number(chain, 0) };
	for (unsigned i = 0; i < 8; i++)
		head.hash[AUDIT_HASH - 1 - i] = (unsigned char)(chain >> (8 * i));
	return head;
}

static bool read_head(struct bytes value, uint64_t chain, struct audit_head *head)
{
	struct record_reader r = record_read(value);
	*head = (struct audit_head){ 0 };
	while (record_next(&r)) {
		if (r.tag == TAG_SEQUENCE)
			head->sequence = record_as_number(&r);
		else if (r.tag == TAG_HASH && r.value.length == AUDIT_HASH)
			memcpy(head->hash, r.value.data, AUDIT_HASH);
	}
	return !r.broken && audit_place(head->sequence) != 0
	       && audit_chain(head->sequence) == chain;
}

bool audit_head_look(struct store_txn *t, uint64_t chain, struct audit_head *out, bool *damaged)
{
	struct key k = key_of(SPACE_AUDIT_HEAD, chain);
	struct bytes value;
	bool there = store_get(t, key_span(&k), store_arena(t), &value);
	*damaged = there && !read_head(value, chain, out);
	if (!there || *damaged)
		*out = audit_chain_begin(chain);
	return there || !store_failed(t);
}

bool audit_log_head_of(struct store_txn *t, uint64_t chain, struct audit_head *out)
{
	bool damaged;
	bool read = audit_head_look(t, chain, out, &damaged);
	return damaged ? store_damaged(t, "the audit log's head is damaged") : read;
}

bool audit_log_head(struct store_txn *t, struct audit_head *out)
{
	return audit_log_head_of(t, store_node(t), out);
}

bool audit_put_head(struct store_txn *t, const struct audit_head *head)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k = key_of(SPACE_AUDIT_HEAD, audit_chain(head->sequence));
	record_number(&w, TAG_SEQUENCE, head->sequence);
	record_bytes(&w, TAG_HASH, (struct bytes){ head->hash, AUDIT_HASH });
	return store_put(t, key_span(&k), record_end(&w));
}

/* Which chains there are. */

struct gathering {
	struct arena *arena;
	struct audit_chains *chains;
	size_t room;
};

static void add(struct gathering *g, uint64_t chain)
{
	struct audit_chains *c = g->chains;
	if (c->count == g->room) {
		size_t room = g->room == 0 ? 8 : g->room * 2;
		c->numbers = arena_resize(g->arena, c->numbers, g->room * sizeof chain,
					  room * sizeof chain);
		g->room = room;
	}
	c->numbers[c->count++] = chain;
}

/* The chain is the last part of each key of the space; what is none is no chain's. */
static void add_named(struct gathering *g, struct store_txn *t, unsigned char space)
{
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	struct bytes key, value;
	while (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		if (key.length < 1 + sizeof(uint64_t))
			continue;
		r.at = r.end - sizeof(uint64_t);
		uint64_t chain = key_read_number(&r);
		if (chain < AUDIT_CHAINS_MOST)
			add(g, chain);
	}
	store_scan_end(c);
}

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* There is one at least. */
static void each_once(struct audit_chains *c)
{
	size_t kept = 1;
	qsort(c->numbers, c->count, sizeof *c->numbers, ascending);
	for (size_t i = 1; i < c->count; i++)
		if (c->numbers[i] != c->numbers[kept - 1])
			c->numbers[kept++] = c->numbers[i];
	c->count = kept;
}

bool audit_log_chains(struct store_txn *t, struct arena *a, struct audit_chains *out)
{
	struct gathering g = { .arena = a, .chains = out };
	uint64_t chain;
	*out = (struct audit_chains){ 0 };
	add(&g, store_node(t));
	add_named(&g, t, SPACE_AUDIT_HEAD);
	add_named(&g, t, SPACE_AUDIT_CURSOR);
	for (uint64_t from = 0; audit_sheet_chain(t, from, &chain); from = chain + 1)
		add(&g, chain);
	each_once(out);
	return !store_failed(t);
}

bool audit_log_heads(struct store_txn *t, struct arena *a, struct audit_heads *out)
{
	struct audit_chains chains;
	bool read = audit_log_chains(t, a, &chains);
	*out = (struct audit_heads){ .heads = arena_array(a, struct audit_head, chains.count) };
	for (; read && out->count < chains.count; out->count++) {
		struct audit_head *head = &out->heads[out->count];
		read = audit_log_head_of(t, chains.numbers[out->count], head);
		out->entries += audit_place(head->sequence);
	}
	return read;
}

/* Couriers, anchors, the patients' index: how far each has come. */

static struct key key_of_destination(const char *destination, uint64_t chain)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_CURSOR);
	key_text(&k, destination);
	key_number(&k, chain);
	return k;
}

static bool read_place(struct bytes value, unsigned tag, uint64_t *out)
{
	struct record_reader r = record_read(value);
	bool placed = false;
	*out = 0;
	while (record_next(&r)) {
		placed = placed || r.tag == TAG_SEQUENCE;
		if (r.tag == tag)
			*out = record_as_number(&r);
	}
	return placed && !r.broken && r.version == VERSION;
}

/* 0: it has not begun, or (sticky) it cannot be read. */
static uint64_t place_at(struct store_txn *t, struct key k, unsigned tag)
{
	struct bytes value;
	uint64_t sequence = 0;
	if (store_get(t, key_span(&k), store_arena(t), &value)
	    && !read_place(value, tag, &sequence)) {
		store_damaged(t, "how far the audit log was delivered, anchored or indexed cannot "
				 "be read");
		return 0;
	}
	return sequence;
}

/* record: the number of one, kept with the place; 0: none. */
static bool move_place(struct store_txn *t, struct key k, uint64_t to, uint64_t record)
{
	if (to <= place_at(t, k, TAG_SEQUENCE))
		return !store_failed(t);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_SEQUENCE, to);
	if (record != 0)
		record_number(&w, TAG_RECORD, record);
	return store_put(t, key_span(&k), record_end(&w));
}

uint64_t audit_log_acknowledged(struct store_txn *t, const char *destination, uint64_t chain)
{
	return audit_number(chain, 0)
	       | place_at(t, key_of_destination(destination, chain), TAG_SEQUENCE);
}

bool audit_log_acknowledge(struct store_txn *t, const char *destination, uint64_t sequence)
{
	return move_place(t, key_of_destination(destination, audit_chain(sequence)),
			  audit_place(sequence), 0);
}

bool audit_log_anchored(struct store_txn *t, uint64_t chain, struct audit_anchored *out)
{
	struct key k = key_of(SPACE_AUDIT_ANCHORED, chain);
	out->number = place_at(t, k, TAG_SEQUENCE);
	out->record = place_at(t, k, TAG_RECORD);
	return !store_failed(t);
}

bool audit_log_note_anchor(struct store_txn *t, const struct audit_anchored *done)
{
	return move_place(t, key_of(SPACE_AUDIT_ANCHORED, store_node(t)), done->number,
			  done->record);
}

static struct key key_of_level(uint64_t chain, unsigned level)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_MERGED);
	key_number(&k, level);
	key_number(&k, chain);
	return k;
}

uint64_t audit_merged(struct store_txn *t, uint64_t chain, unsigned level)
{
	return place_at(t, key_of_level(chain, level), TAG_SEQUENCE);
}

bool audit_note_merged(struct store_txn *t, uint64_t chain, unsigned level, uint64_t groups)
{
	return move_place(t, key_of_level(chain, level), groups, 0);
}

uint64_t audit_folded(struct store_txn *t, uint64_t chain)
{
	return audit_number(chain, place_at(t, key_of(SPACE_AUDIT_FOLDED, chain), TAG_SEQUENCE));
}

bool audit_note_folded(struct store_txn *t, uint64_t sequence)
{
	return move_place(t, key_of(SPACE_AUDIT_FOLDED, audit_chain(sequence)),
			  audit_place(sequence), 0);
}

/* Kept is how many segments of the chain are. */
uint64_t audit_indexed(struct store_txn *t, uint64_t chain)
{
	return audit_number(chain, 0) / AUDIT_SEGMENT
	       + place_at(t, key_of(SPACE_AUDIT_INDEXED, chain), TAG_SEQUENCE);
}

bool audit_note_indexed(struct store_txn *t, uint64_t segment)
{
	uint64_t first = segment * AUDIT_SEGMENT;
	return move_place(t, key_of(SPACE_AUDIT_INDEXED, audit_chain(first)),
			  audit_place(first) / AUDIT_SEGMENT, 0);
}
