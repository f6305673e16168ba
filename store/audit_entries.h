/* store/audit_entries.h: between the files of the audit log, and for nobody else. */
#ifndef STORE_AUDIT_ENTRIES_H
#define STORE_AUDIT_ENTRIES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/audit_expiring.h"
#include "store/audit_log.h"
#include "store/keys.h"

struct record_reader;
struct store_check;
struct store_cursor;

/* A chain: store/audit_chains.c. A number has room for so many, more than there are nodes. */
enum { AUDIT_CHAINS_MOST = 1 << (64 - AUDIT_PLACE_BITS) };
bool audit_put_head(struct store_txn *t, const struct audit_head *head);
/* For whoever tells of a damaged head and goes on; the head is then the chain's beginning. False:
 * the store failed. */
bool audit_head_look(struct store_txn *t, uint64_t chain, struct audit_head *out, bool *damaged);
/* What the first of its entries follows on. */
struct audit_head audit_chain_begin(uint64_t chain);
/* Behind the last number of the chain that sequence is in. */
static inline uint64_t audit_chain_end(uint64_t sequence)
{
	return sequence | AUDIT_PLACE_MASK;
}
/* The chain with the lowest number from that one on that has a sheet. False: there is none. */
bool audit_sheet_chain(struct store_txn *t, uint64_t from, uint64_t *chain);

/* The last entry of a chain that has gone (store/audit_expiring.h); its place is 0: none has. */
uint64_t audit_floor(struct store_txn *t, enum audit_kind kind, uint64_t chain);
/* The same as audit_checkpoint_look(), for who tells of a damaged one and goes on: false: it is
 * damaged, or the store failed. */
bool audit_checkpoint_peek(struct store_txn *t, enum audit_kind kind, uint64_t chain,
			   struct arena *a, struct audit_checkpoint *out);
void audit_checkpoint_look_at(struct store_check *c, struct bytes key, struct bytes value);
/* Of a row; the line is borrowed. False: it is none. */
bool audit_checkpoint_read(struct bytes value, uint64_t chain, struct audit_checkpoint *out);

/* The first chain from that one on that has a checkpoint. False: there is none, or the store
 * failed. */
bool audit_checkpoint_next(struct store_txn *t, enum audit_kind kind, uint64_t from,
			   uint64_t *chain);

/* The hash of an entry (as it was hashed) that follows on one with that hash; the digest is begun
 * with SHA-256 once, and used again and again. False: OpenSSL would not. */
struct evp_md_ctx_st;
bool audit_entry_chain(struct evp_md_ctx_st *digest, const unsigned char before[AUDIT_HASH],
		       struct bytes entry, unsigned char out[AUDIT_HASH]);

/* Where entries are kept: store/audit_sheets.c. A value is the entry's hash, then itself. */
enum { AUDIT_SHEET_OCTETS = 8100 }; /* two of the engine's pages, less their heads */
struct key audit_sheet_key(uint64_t first);
bool audit_sheet_add(struct store_txn *t, uint64_t sequence, struct bytes value);
/* The values from a sequence on up to (not including) another, or its chain's end, as they are
 * kept; end it. */
struct audit_walk {
	struct store_txn *txn;
	uint64_t from, end;
	struct store_cursor *sheets;
	bool ascending;                 /* past the sheet that `from` may stand on */
	struct bytes sheet;             /* what is left of the one it stands on */
	bool fresh;                     /* nothing of it was taken yet */
	uint64_t sequence;              /* of the next on it */
	struct arena *outer, *unpacked; /* the second, within the first, for a packed one */
	struct audit_unpacked *kept;    /* NULL: what is unpacked is for this walk only */
};
/* The packed sheets that were read last, for whoever walks to and fro in one snapshot: two, for
 * what an index names may stand on both. Begin with zeros but for the arenas, which are emptied
 * for the next. */
struct audit_unpacked {
	struct {
		struct arena *arena;
		uint64_t first;     /* the sheet's first entry */
		struct bytes plain; /* empty: none was yet, or it is damaged */
	} sheets[2];
	unsigned latest;
};
struct audit_walk audit_walk_from(struct store_txn *t, uint64_t from, uint64_t end);
/* The same for who knows what has gone of the chain: audit_floor(). */
struct audit_walk audit_walk_behind(struct store_txn *t, uint64_t floor, uint64_t from,
				    uint64_t end);
/* Of one sheet only; unpacked, if need be, within the arena. */
struct audit_walk audit_walk_on(struct arena *a, struct bytes key, struct bytes sheet);
/* The value is borrowed until the next call; one that cannot be told from the others is empty. */
bool audit_walk_next(struct audit_walk *w, uint64_t *sequence, struct bytes *value);
void audit_walk_end(struct audit_walk *w);

/* Many entries on one sheet, in fewer octets: store/audit_packing.c. */
enum {
	AUDIT_PACKED_ENTRIES = 512,     /* on one, at most */
	AUDIT_PACKED_OCTETS = 16 << 20, /* of them, at most, before they were packed */
};
bool audit_sheet_is_packed(struct bytes sheet);
/* Each value has a hash; all are within the bounds. */
struct bytes audit_sheet_pack(struct arena *a, const struct bytes *values, size_t count);
/* The sheet as it would be if it had not been packed. False: it is damaged. */
bool audit_sheet_unpack(struct arena *a, struct bytes packed, struct bytes *sheet);
/* How far a chain was packed (store/audit_folding.c): up to that entry. Never goes back. */
uint64_t audit_folded(struct store_txn *t, uint64_t chain);
bool audit_note_folded(struct store_txn *t, uint64_t sequence);

/* One value, copied; false: there is none. Of what has gone it may be there yet. */
bool audit_entry_get(struct store_txn *t, uint64_t sequence, struct arena *a, struct bytes *value);
struct bytes audit_entry_copy(struct bytes value, struct arena *a);

/* Borrows from the value; false: damaged. Leaves the sequence as it is. */
bool audit_entry_read(struct bytes value, struct arena *a, struct audit_entry *e);
/* Of which transaction it is; NULL: none, or damaged. Borrowed. */
const char *audit_entry_transaction(struct bytes value);
/* Only whom it names, one after the other, without memory of its own; at the end the reader's
 * `broken` says whether the entry is damaged. */
struct audit_name {
	const char *patient; /* NULL: the record */
	uint64_t subject;
};
struct record_reader audit_entry_names(struct bytes value);
bool audit_name_next(struct record_reader *names, struct audit_name *out);

/* Makes the entry one that audit_log_search() finds. */
void audit_index_put(struct store_txn *t, const struct audit_terms *terms, uint64_t sequence);
/* The keys it is found by, of a time and of a system; how many. They are its run's as well. */
unsigned audit_index_keys(const struct audit_terms *terms, uint64_t sequence, struct key out[2]);
void audit_index_look(struct store_check *c, struct bytes key, struct bytes value);

/* The patients' index: store/audit_patients.c. A segment's number is that of its sequences,
 * divided; the first of a chain has no entry 0. */
enum {
	AUDIT_SEGMENT = 256,
	AUDIT_PAIR = 10,  /* octets */
	AUDIT_FANOUT = 8, /* runs of a level become one of the next */
	AUDIT_LEVELS = 8, /* 500 million entries in a run of the last: a place has 32 bits */
};
/* What a name is known by, and a place in the run. */
struct audit_pair {
	uint64_t hash, place;
};
#define AUDIT_PAIR_NONE ((struct audit_pair){ (UINT64_C(1) << 48) - 1, UINT32_MAX })
int audit_pair_order(const void *a, const void *b); /* for qsort() */
uint64_t audit_name_hash(const struct audit_name *n);
/* Some or all of a run's pairs, sorted, each once; what comes after them; whether there are none
 * before them. */
struct audit_pairs {
	struct audit_pair *pairs;
	size_t count;
	struct audit_pair next;
	bool lowest;
};
/* The first segment it is of, and how many: audit_run_segments(). */
struct audit_run {
	uint64_t segment;
	unsigned level;
};
uint64_t audit_run_segments(unsigned level);
/* All that a segment's entries name. False: it cannot be indexed, for an entry is damaged or they
 * are too many, or the store failed. */
bool audit_patients_gather(struct store_txn *t, uint64_t segment, struct arena *a,
			   struct audit_pairs *out);
/* Whether all it is of has gone, up to that entry (store/audit_expiring.h). */
bool audit_run_is_gone(struct audit_run run, uint64_t floor);
/* A run is written from its last block to its first: when that is there, all are. Of no pairs there
 * is an empty one. */
size_t audit_blocks_of(size_t pairs);
bool audit_block_put(struct store_txn *t, struct audit_run run, const struct audit_pairs *of,
		     size_t number);
bool audit_run_is_there(struct store_txn *t, struct audit_run run);
struct audit_block {
	struct audit_pair next;     /* what the next block begins with */
	const unsigned char *pairs; /* borrowed */
	size_t count;
};
bool audit_block_read(struct bytes octets, struct audit_block *out);
struct audit_pair audit_block_pair(const struct audit_block *b, size_t at);
/* The run's first block has the lowest key, whatever its first pair. */
struct key audit_patients_key(struct audit_run run, struct audit_pair pair);
struct key audit_run_key(struct audit_run run);
struct key audit_run_end(struct audit_run run);
/* So many groups of runs of that level of a chain have become one, or cannot. */
uint64_t audit_merged(struct store_txn *t, uint64_t chain, unsigned level);
bool audit_note_merged(struct store_txn *t, uint64_t chain, unsigned level, uint64_t groups);
/* The segments of a chain below that one were indexed, or found not to be indexable; the one of
 * that number is full, being indexed, or not yet full. */
uint64_t audit_indexed(struct store_txn *t, uint64_t chain);
bool audit_note_indexed(struct store_txn *t, uint64_t segment);
/* Where in a segment a patient may be named, ascending. Begin with zeros; to be used again. */
struct audit_places {
	uint64_t *sequences;
	size_t count, room;
};
/* The filter's patient: by his id, his records, or his other ids. False: the run is not there, or
 * the store failed. */
bool audit_patients_find(struct store_txn *t, struct audit_run run, const struct audit_filter *f,
			 struct arena *a, struct audit_places *places);
/* What indexes, merges and packs, beside the committer: store/audit_beside.c. */
struct audit_beside {
	struct store *store;
	const atomic_bool *stop;    /* NULL: nobody tells it to */
	struct store_txn *snapshot; /* while it is read; who jumps out of that ends it */
	struct problem *problem;
};
/* False: the snapshot has failed. */
typedef bool audit_beside_look(void *with, struct store_txn *t);
/* Looks in a snapshot of its own. False: the problem says why. */
bool audit_beside_read(struct audit_beside *b, audit_beside_look *look, void *with);
/* As a job of the store, unless it was told to stop. False: the problem says why. */
typedef bool audit_beside_job(void *with, struct store_txn *t, struct problem *p);
bool audit_beside_join(struct audit_beside *b, audit_beside_job *job, void *with);

/* Checking: store/audit_patients_check.c. First all entries, then the index. */
void audit_patients_count(struct store_check *c, uint64_t sequence, struct bytes value);
void audit_patients_end(struct store_check *c);
void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value);

#endif
