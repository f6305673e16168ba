/* store/audit_entries.h: between the files of the audit log, and for nobody else. */
#ifndef STORE_AUDIT_ENTRIES_H
#define STORE_AUDIT_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

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
};
struct audit_walk audit_walk_from(struct store_txn *t, uint64_t from, uint64_t end);
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

/* One value, copied; false: there is none. */
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
void audit_index_look(struct store_check *c, struct bytes key, struct bytes value);

/* The patients' index: store/audit_patients.c. A segment's number is that of its sequences,
 * divided; the first of a chain has no entry 0. */
enum { AUDIT_SEGMENT = 2048 };
/* The pairs of all that a segment's entries name, sorted, each once. False: it cannot be indexed,
 * for an entry is damaged or they are too many, or the store failed. */
bool audit_patients_gather(struct store_txn *t, uint64_t segment, struct arena *a,
			   struct bytes *pairs);
/* The block that begins at that octet of them. Where there are none it is an empty one. */
struct audit_block {
	struct key key;
	struct bytes pairs;
};
struct audit_block audit_patients_block(uint64_t segment, struct bytes pairs, size_t at);
struct key audit_patients_key(uint64_t segment, uint64_t hash);
/* The segments of a chain below that one were indexed, or found not to be indexable; the one of
 * that number is full, being indexed, or not yet full. */
uint64_t audit_indexed(struct store_txn *t, uint64_t chain);
bool audit_note_indexed(struct store_txn *t, uint64_t segment);
/* Where in a segment a patient may be named, ascending. Begin with zeros; to be used again. */
struct audit_places {
	uint64_t *sequences;
	size_t count, room;
};
/* The filter's patient: by his id, his records, or his other ids. False: the segment has no
 * index. */
bool audit_patients_find(struct store_txn *t, uint64_t segment, const struct audit_filter *f,
			 struct arena *a, struct audit_places *places);
void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value);

#endif
