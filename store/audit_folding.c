/* store/audit_folding.c: puts sheets of the audit log together, packed, beside the committer.
 *
 * A job's entries are durable with it, so they stand on the sheets their groups were committed
 * with: of few entries, of one in the night. Some time after, whoever has a thread for it
 * (gateway/audit/indexer.h) reads some hundred entries of this node's chain in a snapshot and
 * packs them (store/audit_packing.c); one short job puts the packed sheets in the place of those
 * that held the entries before, and notes how far that was done. So all of it is done, or nothing,
 * whatever comes between; and no reader meets an entry twice or not at all.
 *
 * What was seen in a snapshot is never added to: a group ends its sheets. What cannot be read stays
 * where it is, as it is: it is evidence, too. */
#include "store/audit_entries.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	MEMORY = 64 << 20,
	STEP_ENTRIES = 512,         /* of one job: some 60 KiB of packed sheets */
	STEP_OCTETS = 256 << 10,    /* the same, of large entries */
	FIRST_GUESS = 80,           /* of them fill a packed sheet */
	SHEETS_MOST = STEP_ENTRIES, /* each has an entry, or it ends the step */
	ENTRY_MOST = 8 << 20,       /* a larger one stays on its own sheet */
	/* With what comes after these bounds were passed, of one sheet. */
	ENTRIES_MOST = STEP_ENTRIES + AUDIT_SHEET_OCTETS / AUDIT_HASH,
};

struct folding {
	struct audit_beside beside;
	struct arena *arena;
	uint64_t from, last; /* packed up to the first, and now up to the second */
	struct bytes values[ENTRIES_MOST];
	size_t count, octets;
	uint64_t sheets[SHEETS_MOST]; /* the first entry of each that goes */
	size_t sheet_count;
	struct {
		uint64_t first;
		struct bytes sheet;
	} packed[ENTRIES_MOST];
	size_t packed_count;
	bool full, done;
};

/* Reading. */

static bool has_room(const struct folding *x)
{
	return x->count < STEP_ENTRIES && x->octets < STEP_OCTETS;
}

/* All of a sheet, or nothing of it: one that does not follow, is packed, or cannot be read. */
static bool take_sheet(struct folding *x, struct bytes key, struct bytes sheet)
{
	struct key_reader r = key_read(key);
	struct audit_walk w = audit_walk_on(x->arena, key, audit_entry_copy(sheet, x->arena));
	size_t count = x->count, octets = x->octets;
	uint64_t sequence, first = key_read_number(&r);
	bool well = first == x->last + 1 && !audit_sheet_is_packed(sheet);
	while (well && count < ENTRIES_MOST && audit_walk_next(&w, &sequence, &x->values[count])) {
		struct bytes value = x->values[count++];
		octets += value.length;
		well = value.length > AUDIT_HASH && value.length <= ENTRY_MOST;
	}
	well = well && w.sheet.length == 0;
	audit_walk_end(&w);
	if (!well)
		return false;
	x->last = first + (count - x->count) - 1;
	x->count = count;
	x->octets = octets;
	x->sheets[x->sheet_count++] = first;
	return true;
}

/* Past a sheet that stays: the next one begins behind it. */
static void pass_sheet(struct folding *x, struct bytes key, struct bytes sheet)
{
	struct audit_walk w = audit_walk_on(x->arena, key, sheet);
	struct bytes value;
	uint64_t sequence;
	while (audit_walk_next(&w, &sequence, &value))
		x->last = sequence;
	audit_walk_end(&w);
}

static void read_sheets(struct folding *x, struct store_txn *t)
{
	struct key low = audit_sheet_key(x->from + 1),
		   high = audit_sheet_key(audit_chain_end(x->from));
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
	struct bytes key, sheet;
	bool more = true;
	while (more && has_room(x) && store_next(c, &key, &sheet)) {
		more = take_sheet(x, key, sheet);
		if (!more && x->count == 0)
			pass_sheet(x, key, sheet);
	}
	store_scan_end(c);
}

/* Whether the last entry is found where it was read; not so where a key lies between that is none
 * of ours. */
static bool stands_there(const struct folding *x, struct store_txn *t)
{
	unsigned char hash[AUDIT_HASH];
	return audit_log_hash(t, x->last, hash)
	       && memcmp(hash, x->values[x->count - 1].data, sizeof hash) == 0;
}

static bool read_step(void *with, struct store_txn *t)
{
	struct folding *x = with;
	struct audit_head head;
	x->from = x->last = audit_folded(t, store_node(t));
	x->full = audit_log_head(t, &head) && head.sequence >= x->from + STEP_ENTRIES;
	if (x->full)
		read_sheets(x, t);
	if (x->count != 0 && !stands_there(x, t))
		x->count = x->sheet_count = 0;
	/* Nothing that could be passed, either: the log has a hole. */
	x->full = x->full && x->last != x->from;
	return !store_failed(t);
}

/* Packing. */

static bool fits(struct bytes sheet)
{
	return sheet.length <= AUDIT_SHEET_OCTETS;
}

/* So many that they fit a sheet, one at least; fewer than guessed when they do not. */
static size_t pack_some(struct folding *x, size_t at, size_t guess, struct bytes *sheet)
{
	size_t left = x->count - at, count = guess < left ? guess : left;
	*sheet = audit_sheet_pack(x->arena, x->values + at, count);
	while (!fits(*sheet) && count > 1) {
		size_t fewer = count * AUDIT_SHEET_OCTETS / sheet->length;
		fewer = fewer * 31 / 32;
		count = fewer == 0 ? 1 : fewer;
		*sheet = audit_sheet_pack(x->arena, x->values + at, count);
	}
	return count;
}

/* How many fill a sheet is guessed from the one before. */
static void pack_all(struct folding *x)
{
	size_t guess = FIRST_GUESS;
	for (size_t at = 0; at < x->count;) {
		struct bytes sheet;
		size_t count = pack_some(x, at, guess, &sheet);
		x->packed[x->packed_count].first = x->from + 1 + at;
		x->packed[x->packed_count++].sheet = sheet;
		at += count;
		guess = count * AUDIT_SHEET_OCTETS / sheet.length;
		guess = guess == 0 ? 1 : guess;
	}
}

/* Joining. */

/* Whether somebody else of this node did it by now, or it is not the log that was read. */
static bool may_join(const struct folding *x, struct store_txn *t, struct problem *p,
		     bool *overtaken)
{
	*overtaken = audit_folded(t, store_node(t)) != x->from;
	if (*overtaken || store_failed(t))
		return false;
	return x->count == 0 || stands_there(x, t)
	       || problem_set(p, PROBLEM_CONFLICT, "the audit log changed while it was packed");
}

static bool join(void *with, struct store_txn *t, struct problem *p)
{
	const struct folding *x = with;
	bool overtaken;
	if (!may_join(x, t, p, &overtaken))
		return overtaken;
	for (size_t i = 0; i < x->sheet_count; i++) {
		struct key k = audit_sheet_key(x->sheets[i]);
		store_delete(t, key_span(&k));
	}
	for (size_t i = 0; i < x->packed_count; i++) {
		struct key k = audit_sheet_key(x->packed[i].first);
		store_put(t, key_span(&k), x->packed[i].sheet);
	}
	return audit_note_folded(t, x->last);
}

static void fold_next(void *with)
{
	struct folding *x = with;
	if (!audit_beside_read(&x->beside, read_step, x))
		return;
	if (x->full) {
		pack_all(x);
		x->done = audit_beside_join(&x->beside, join, x);
	} else {
		x->done = true;
	}
}

bool audit_log_fold(struct store *s, const atomic_bool *stop, struct problem *p)
{
	struct folding x;
	do {
		x = (struct folding){
			.beside = { .store = s, .stop = stop, .problem = p },
			.arena = arena_create(MEMORY),
		};
		if (x.arena == NULL || !arena_run(x.arena, fold_next, &x))
			problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to pack the audit log");
		store_end(x.beside.snapshot); /* left by a jump */
		arena_destroy(x.arena);
	} while (x.done && x.full);
	return x.done;
}
