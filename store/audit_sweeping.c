/* store/audit_sweeping.c: takes away the rows of audit records that have gone, beside the
 * committer.
 *
 * A chain begins behind its checkpoint for whoever reads it (store/audit_expiring.h), so these rows
 * are nobody's any more, and it does not matter when they go. What there is to do shows by the rows
 * themselves: step by step the first of them are read in a snapshot, and a short job takes them
 * away, unless somebody else did meanwhile: then the first of them is not there.
 *
 * Of our own log these are sheets, with the keys of the indices by time and system of their
 * entries; of the sheet on which the chain now begins what is left is put anew, packed. Then blocks
 * of the patients' index, of runs that are of nothing else. A run that is partly of what is left
 * stays as it is: its other pairs name nothing any more, but a hash and a number, and go with it.
 *
 * Of records received from others entries go with all that leads to them, and come off what their
 * source has of the disk. */
#include <string.h>

#include "gateway/base/arena.h"
#include "store/audit_aside.h"
#include "store/audit_entries.h"
#include "store/audit_received.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	MEMORY = 64 << 20,
	STEP_ENTRIES = 512, /* of one job, but one sheet at least */
	STEP_KEYS = 512,    /* blocks of the index in one */
	KEYS_MOST = 4 << 10,
	RECEIVED_ENTRIES = 64, /* each with some ten keys */
	ASIDE_MOST = 512,
};

struct sweeping {
	struct audit_beside beside;
	struct arena *arena;
	enum audit_kind kind;
	uint64_t chain, floor;
	struct bytes first; /* key of the first row that goes; empty: nothing does */
	struct bytes keys[KEYS_MOST];
	size_t count;
	uint64_t begin; /* where what is left of a sheet is put; its octets, or none */
	struct bytes left;
	struct received_gone gone[RECEIVED_ENTRIES];
	size_t gone_count;
	struct audit_aside *aside; /* of destinations that are none any more */
	size_t aside_count;
	bool done;
};

static void add_key(struct sweeping *x, struct bytes key)
{
	for (size_t i = x->count < 2 ? 0 : x->count - 2; i < x->count; i++)
		if (bytes_equal(x->keys[i], key))
			return;
	x->keys[x->count++] = audit_entry_copy(key, x->arena);
}

/* ---- Sheets ---- */

static void add_index_keys(struct sweeping *x, uint64_t sequence, struct bytes value)
{
	struct audit_entry e = { .sequence = sequence };
	struct key keys[2];
	if (!audit_entry_read(value, x->arena, &e))
		return;
	unsigned count = audit_index_keys(&e.terms, sequence, keys);
	for (unsigned i = 0; i < count; i++)
		add_key(x, key_span(&keys[i]));
}

/* All that it has up to the floor; what is left of it. */
static size_t take_sheet(struct sweeping *x, struct bytes key, struct bytes sheet)
{
	struct audit_walk w = audit_walk_on(x->arena, key, audit_entry_copy(sheet, x->arena));
	struct bytes *stay = arena_array(x->arena, struct bytes, sheet.length + 1), value;
	size_t count = 0, left = 0;
	uint64_t sequence;
	while (audit_walk_next(&w, &sequence, &value)) {
		if (sequence > x->floor) {
			stay[left++] = audit_entry_copy(value, x->arena);
			continue;
		}
		add_index_keys(x, sequence, value);
		count++;
	}
	audit_walk_end(&w);
	if (left != 0)
		x->left = audit_sheet_pack(x->arena, stay, left);
	return count;
}

static void read_sheets(struct sweeping *x, struct store_txn *t)
{
	struct key low = audit_sheet_key(audit_number(x->chain, 0)),
		   high = audit_sheet_key(x->floor + 1);
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
	struct bytes key, sheet;
	size_t entries = 0;
	x->begin = x->floor + 1;
	/* Each entry has three keys at most. */
	while (entries < STEP_ENTRIES && store_next(c, &key, &sheet)) {
		struct bytes its = audit_entry_copy(key, x->arena);
		if (x->first.length == 0)
			x->first = its;
		entries += take_sheet(x, its, sheet);
		add_key(x, its);
	}
	store_scan_end(c);
}

/* ---- The patients' index ---- */

static uint64_t segment_of(uint64_t sequence)
{
	return sequence / AUDIT_SEGMENT;
}

bool audit_run_is_gone(struct audit_run run, uint64_t floor)
{
	return (run.segment + audit_run_segments(run.level)) * AUDIT_SEGMENT <= floor + 1
	       && audit_place(floor) != 0
	       && audit_chain(run.segment * AUDIT_SEGMENT) == audit_chain(floor);
}

/* The keys of runs that are gone; a run that stays is passed by. */
static void read_runs(struct sweeping *x, struct store_txn *t)
{
	struct key low = audit_run_key(
			   (struct audit_run){ segment_of(audit_number(x->chain, 0)), 0 }),
		   high = audit_run_key((struct audit_run){ segment_of(x->floor + 1), 0 });
	bool more = true;
	while (more && x->count < STEP_KEYS) {
		struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
		struct bytes key, octets;
		bool gone = true;
		while (gone && x->count < STEP_KEYS && (more = store_next(c, &key, &octets))) {
			struct key_reader r = key_read(key);
			struct audit_run run;
			run.segment = key_read_number(&r);
			run.level = key_read_octet(&r);
			gone = run.level < AUDIT_LEVELS && audit_run_is_gone(run, x->floor);
			if (gone)
				add_key(x, key);
			else
				low = audit_run_end(run);
		}
		store_scan_end(c);
	}
	if (x->count != 0)
		x->first = x->keys[0];
}

/* ---- Steps ---- */

/* Only of destinations that are configured no more: for others it would be there yet. */
static void read_aside(struct sweeping *x, struct store_txn *t)
{
	size_t count;
	struct audit_aside *all = audit_aside_all(t, x->arena, ASIDE_MOST, &count);
	x->aside = arena_array(x->arena, struct audit_aside, count);
	for (size_t i = 0; i < count; i++)
		if (audit_chain(all[i].sequence) == x->chain && all[i].sequence <= x->floor)
			x->aside[x->aside_count++] = all[i];
}

static bool read_own(void *with, struct store_txn *t)
{
	struct sweeping *x = with;
	x->floor = audit_floor(t, AUDIT_OWN, x->chain);
	if (audit_place(x->floor) == 0)
		return !store_failed(t);
	read_sheets(x, t);
	if (x->first.length == 0)
		read_runs(x, t);
	if (x->first.length == 0)
		read_aside(x, t);
	return !store_failed(t);
}

static bool read_others(void *with, struct store_txn *t)
{
	struct sweeping *x = with;
	x->floor = audit_floor(t, AUDIT_RECEIVED, x->chain);
	if (audit_place(x->floor) == 0)
		return !store_failed(t);
	x->gone_count = received_gone_read(t, x->chain, x->floor, x->gone, RECEIVED_ENTRIES,
					   x->arena);
	if (x->gone_count != 0)
		x->first = x->gone[0].key;
	return !store_failed(t);
}

static bool join(void *with, struct store_txn *t, struct problem *p)
{
	const struct sweeping *x = with;
	(void)p;
	for (size_t i = 0; i < x->aside_count; i++)
		audit_aside_taken(t, x->aside[i].destination, x->aside[i].sequence);
	if (x->first.length == 0 || !store_has(t, x->first))
		return true;
	for (size_t i = 0; i < x->count; i++)
		store_delete(t, x->keys[i]);
	if (x->left.length != 0) {
		struct key k = audit_sheet_key(x->begin);
		store_put(t, key_span(&k), x->left);
	}
	for (size_t i = 0; i < x->gone_count; i++)
		received_gone_take(t, &x->gone[i]);
	return true;
}

static bool has_some(const struct sweeping *x)
{
	return x->first.length != 0 || x->aside_count != 0;
}

static void sweep_next(void *with)
{
	struct sweeping *x = with;
	audit_beside_look *look = x->kind == AUDIT_OWN ? read_own : read_others;
	x->done = audit_beside_read(&x->beside, look, x)
		  && (!has_some(x) || audit_beside_join(&x->beside, join, x));
}

/* True: nothing is left of this chain. */
static bool sweep_chain(struct store *s, enum audit_kind kind, uint64_t chain,
			const atomic_bool *stop, struct problem *p)
{
	bool done, more;
	do {
		struct arena *a = arena_create(MEMORY);
		struct sweeping *x = a == NULL ? NULL : arena_try(a, sizeof *x);
		done = more = false;
		if (x != NULL) {
			memset(x, 0, sizeof *x);
			x->beside = (struct audit_beside){ .store = s, .stop = stop, .problem = p };
			x->arena = a;
			x->kind = kind;
			x->chain = chain;
		}
		if (x == NULL || !arena_run(a, sweep_next, x))
			problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				    "no memory to take audit records away");
		if (x != NULL) {
			store_end(x->beside.snapshot); /* left by a jump */
			done = x->done;
			more = has_some(x);
		}
		arena_destroy(a);
	} while (done && more);
	return done;
}

/* The first chain from that one on of which something has gone. False: there is none, or the store
 * failed. */
static bool next_chain(struct store *s, enum audit_kind kind, uint64_t from, uint64_t *chain,
		       struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	if (t == NULL)
		return false;
	bool found = audit_checkpoint_next(t, kind, from, chain);
	if (store_failed(t))
		problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	store_end(t);
	return found;
}

static bool sweep_all(struct store *s, enum audit_kind kind, const atomic_bool *stop,
		      struct problem *p)
{
	bool swept = true;
	uint64_t chain;
	for (uint64_t from = 0; swept && next_chain(s, kind, from, &chain, p); from = chain + 1)
		swept = sweep_chain(s, kind, chain, stop, p);
	return swept && p->code == PROBLEM_NONE;
}

bool audit_expired_sweep(struct store *s, const atomic_bool *stop, struct problem *p)
{
	return sweep_all(s, AUDIT_OWN, stop, p) && sweep_all(s, AUDIT_RECEIVED, stop, p);
}
