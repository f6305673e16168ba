/* store/audit_sheets.c: how entries stand in the tree: several to a value.
 *
 * The jobs of one group are committed together, so their entries are put together: the first
 * begins a sheet under its sequence, those after it are added while the sheet has room. Under load
 * that is one key for some ten entries, on pages of its own; alone an entry is a sheet of one. For
 * the chain only the order of the entries matters, not on which sheet they stand.
 *
 * A sheet: for each entry four octets of length, most significant first, then its hash and
 * itself. Some time after, sheets are put together and packed (store/audit_packing.c). */
#include "store/audit_entries.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { LENGTH = 4 };

struct key audit_sheet_key(uint64_t first)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, first);
	return k;
}

/* The sheet begun by an earlier job of this group, if there is room on it (more would be copied
 * more by each job); else a new one. The note says with which sequence the last was begun. Had that
 * job been undone, the log would end before it; so one that begins before this sequence ends with
 * the entry before it. */
static uint64_t open_sheet(struct store_txn *t, uint64_t sequence, size_t length,
			   struct bytes *sheet)
{
	uint64_t *note = store_group_note(t);
	struct key k = audit_sheet_key(*note);
	if (*note != 0 && *note < sequence && store_get(t, key_span(&k), store_arena(t), sheet)
	    && sheet->length + LENGTH + length <= AUDIT_SHEET_OCTETS)
		return *note;
	*note = sequence;
	*sheet = (struct bytes){ 0 };
	return sequence;
}

bool audit_sheet_add(struct store_txn *t, uint64_t sequence, struct bytes value)
{
	struct bytes before;
	uint64_t first = open_sheet(t, sequence, value.length, &before);
	size_t length = before.length + LENGTH + value.length;
	unsigned char *sheet = arena_alloc(store_arena(t), length), *at = sheet + before.length;
	if (before.length != 0)
		memcpy(sheet, before.data, before.length);
	for (unsigned i = 0; i < LENGTH; i++)
		*at++ = (unsigned char)(value.length >> (8 * (LENGTH - 1 - i)));
	memcpy(at, value.data, value.length);
	/* A large entry is not read again to see that. */
	if (length > AUDIT_SHEET_OCTETS)
		*store_group_note(t) = 0;
	struct key k = audit_sheet_key(first);
	return store_add(t, key_span(&k), (struct bytes){ sheet, length });
}

/* Walking. */

struct audit_walk audit_walk_behind(struct store_txn *t, uint64_t floor, uint64_t from,
				    uint64_t end)
{
	uint64_t last = audit_chain_end(from);
	if (audit_place(floor) != 0 && from <= floor)
		from = floor + 1;
	return (struct audit_walk){
		.txn = t, .from = from, .end = end < last ? end : last, .outer = store_arena(t)
	};
}

struct audit_walk audit_walk_from(struct store_txn *t, uint64_t from, uint64_t end)
{
	return audit_walk_behind(t, audit_floor(t, AUDIT_OWN, audit_chain(from)), from, end);
}

/* Of one that is damaged, nothing: too little to be an entry. */
static struct bytes unpack_into(struct arena *a, struct bytes sheet)
{
	struct bytes plain;
	arena_reset(a);
	return audit_sheet_unpack(a, sheet, &plain) ? plain : (struct bytes){ 0 };
}

static bool is_kept(const struct audit_unpacked *k, unsigned i, uint64_t first)
{
	return k->sheets[i].first == first;
}

static struct bytes unpack_kept(struct audit_unpacked *k, uint64_t first, struct bytes sheet)
{
	if (!is_kept(k, k->latest, first)) {
		k->latest = !k->latest;
		if (!is_kept(k, k->latest, first))
			k->sheets[k->latest].plain = unpack_into(k->sheets[k->latest].arena, sheet);
	}
	k->sheets[k->latest].first = first;
	return k->sheets[k->latest].plain;
}

/* As it was before it was packed. */
static struct bytes unpacked(struct audit_walk *w, struct bytes sheet)
{
	if (!audit_sheet_is_packed(sheet))
		return sheet;
	if (w->kept != NULL)
		return unpack_kept(w->kept, w->sequence, sheet);
	if (w->unpacked == NULL)
		w->unpacked = arena_create_within(w->outer);
	return unpack_into(w->unpacked, sheet);
}

/* Takes the sheet of a key that has no other form. */
static void take_sheet(struct audit_walk *w, struct bytes key, struct bytes sheet)
{
	struct key_reader r = key_read(key);
	w->sequence = key_read_number(&r);
	w->sheet = key_read_end(&r) ? unpacked(w, sheet) : (struct bytes){ 0 };
	w->fresh = true;
}

bool audit_sheet_chain(struct store_txn *t, uint64_t from, uint64_t *chain)
{
	static const unsigned char end = SPACE_AUDIT_SHEET + 1;
	struct key low = audit_sheet_key(audit_number(from, 0));
	struct bytes key, value;
	struct store_cursor *c = store_scan(t, key_span(&low), (struct bytes){ &end, 1 }, false);
	bool found = false;
	while (from < AUDIT_CHAINS_MOST && !found && store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		*chain = audit_chain(key_read_number(&r));
		found = !r.broken;
	}
	store_scan_end(c);
	return found;
}

struct audit_walk audit_walk_on(struct arena *a, struct bytes key, struct bytes sheet)
{
	struct audit_walk w = { .end = UINT64_MAX, .ascending = true, .outer = a };
	take_sheet(&w, key, sheet);
	return w;
}

/* First the sheet that `from` may stand on, then those after it. */
static bool next_sheet(struct audit_walk *w)
{
	struct bytes key, sheet;
	uint64_t after = w->from;
	if (w->sheets == NULL && !w->ascending) {
		struct key low = audit_sheet_key(w->from & ~AUDIT_PLACE_MASK),
			   high = audit_sheet_key(w->from);
		key_octet(&high, 0); /* the first key after it */
		w->sheets = store_scan(w->txn, key_span(&low), key_span(&high), true);
		if (store_next(w->sheets, &key, &sheet)) {
			take_sheet(w, key, sheet);
			return true;
		}
	}
	if (!w->ascending) {
		struct key low = audit_sheet_key(after), high = audit_sheet_key(w->end);
		key_octet(&low, 0);
		store_scan_end(w->sheets);
		w->sheets = store_scan(w->txn, key_span(&low), key_span(&high), false);
		w->ascending = true;
	}
	if (!store_next(w->sheets, &key, &sheet))
		return false;
	take_sheet(w, key, sheet);
	return true;
}

/* What is left of a sheet that does not hold what it says is one entry, without octets. */
static struct bytes next_on_sheet(struct audit_walk *w)
{
	struct bytes *s = &w->sheet, value = { 0 };
	size_t length = 0;
	for (unsigned i = 0; i < LENGTH && s->length >= LENGTH; i++)
		length = length << 8 | s->data[i];
	if (s->length >= LENGTH && length <= s->length - LENGTH)
		value = (struct bytes){ s->data + LENGTH, length };
	size_t used = value.data == NULL ? s->length : LENGTH + length;
	if (used > 0)
		*s = (struct bytes){ s->data + used, s->length - used };
	w->fresh = false;
	return value;
}

bool audit_walk_next(struct audit_walk *w, uint64_t *sequence, struct bytes *value)
{
	do {
		if (w->sheet.length == 0 && !w->fresh && !next_sheet(w))
			return false;
		if (w->sequence >= w->end)
			return false;
		*value = next_on_sheet(w);
		*sequence = w->sequence++;
	} while (*sequence < w->from);
	return true;
}

void audit_walk_end(struct audit_walk *w)
{
	store_scan_end(w->sheets);
	if (w->unpacked != NULL)
		arena_reset(w->unpacked);
}

bool audit_entry_get(struct store_txn *t, uint64_t sequence, struct arena *a, struct bytes *value)
{
	struct audit_walk w = audit_walk_behind(t, 0, sequence, sequence + 1);
	uint64_t found;
	struct bytes borrowed;
	w.outer = a; /* the snapshot may last for millions of them */
	bool there = audit_walk_next(&w, &found, &borrowed);
	if (there)
		*value = audit_entry_copy(borrowed, a);
	audit_walk_end(&w);
	return there;
}

struct bytes audit_entry_copy(struct bytes value, struct arena *a)
{
	unsigned char *octets = arena_alloc(a, value.length);
	if (value.length != 0)
		memcpy(octets, value.data, value.length);
	return (struct bytes){ octets, value.length };
}
