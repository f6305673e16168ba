/* store/audit_log.h: the audit record repository's own memory: append-only, hash-chained.
 *
 * An entry is written by the job that does what it describes. Each node appends to a chain of its
 * own (store/node.h), so that no two nodes write one key. In a chain entries are numbered from 1
 * without gaps; h(i) = SHA-256(0x00 || h(i-1) || entry(i)), h(0) = the chain's number in 32 octets;
 * the last number and its hash are kept apart (the head), so that a missing tail shows. The entry
 * hashed holds the record and the terms it is found by. The entry, octet for octet as it is kept,
 * is the evidence: it is made once and never changed. What the record's octets mean is not the
 * log's affair (gateway/audit/event_record.h); they may leave unsaid what the terms say.
 *
 * What is called a sequence is the number an entry has in the whole log: audit_number(). Of chain
 * 0, which is all there is with one node, both are the same.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   A1 changing, removing, adding or exchanging entries is found by audit_log_verify()
 *   A2 an entry and the change it describes are kept together or not at all
 *   A3 a courier that goes on from what it acknowledged misses nothing
 *   A4 appending reads and writes nothing that another node's appending does
 */
#ifndef STORE_AUDIT_LOG_H
#define STORE_AUDIT_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem.h"

struct arena;
struct progress;
struct store;
struct store_txn;

enum { AUDIT_HASH = 32 };

/* The chain above, the number in it below: numbers sort by chain, and fit in the 53 bits of JSON.
 * At 10,000 entries a second a chain is full after three years; its last number is no entry's, so
 * that "up to the next chain" can be said. */
enum { AUDIT_PLACE_BITS = 40 };
#define AUDIT_PLACE_MASK ((UINT64_C(1) << AUDIT_PLACE_BITS) - 1)

static inline uint64_t audit_number(uint64_t chain, uint64_t place)
{
	return chain << AUDIT_PLACE_BITS | place;
}

static inline uint64_t audit_chain(uint64_t sequence)
{
	return sequence >> AUDIT_PLACE_BITS;
}

/* From 1; 0: before the first. */
static inline uint64_t audit_place(uint64_t sequence)
{
	return sequence & AUDIT_PLACE_MASK;
}

/* For people: "12", of another chain than 0 "12 of chain 1". */
enum { AUDIT_PLACE_TEXT = 2 * 20 + sizeof " of chain " };
const char *audit_place_text(uint64_t sequence, char out[AUDIT_PLACE_TEXT]);

/* Numbers of patient records (store/identity.h), ascending, each once. */
struct audit_subjects {
	const uint64_t *numbers;
	size_t count;
};

/* What an entry is found by; any text may be NULL. Copied. */
struct audit_terms {
	instant time;                     /* of the event */
	const char *transaction;          /* "ITI-18" */
	const char *system;               /* the peer: its registered name */
	const char *user;                 /* who stood behind it, where known */
	const struct text_list *patients; /* each as CX: ID^^^&OID&ISO */
	/* All records of the persons it is about, as they were linked when it happened: an id may
	 * mean somebody else later, a record never. */
	struct audit_subjects subjects;
	bool refused;
	bool local_only; /* never delivered to a repository outside */
};

/* An entry that has no place in the chain yet. Made by whoever has the time for it, on any thread;
 * borrows the terms' texts. */
struct audit_draft;
struct audit_draft *audit_log_draft(struct arena *a, struct bytes record,
				    const struct audit_terms *terms);
/* Its octets, borrowed, for whoever keeps it elsewhere until it is to have its place; and the draft
 * of such octets, in the arena. NULL: they are none. */
struct bytes audit_draft_octets(const struct audit_draft *d);
struct audit_draft *audit_draft_read(struct arena *a, struct bytes octets);
/* Within a job: gives it its place. */
bool audit_log_append(struct store_txn *t, struct audit_draft *d, uint64_t *sequence);

/* Borrowed from the arena given to the search. */
struct audit_entry {
	uint64_t sequence;
	struct audit_terms terms;
	struct bytes record;
	unsigned char hash[AUDIT_HASH];
};

/* Where an entry stands among those found: newest first, of one moment the last numbered first. */
struct audit_mark {
	instant time;
	uint64_t sequence; /* 0: before all of them */
};

/* Everything set must hold. Newest first. */
struct audit_filter {
	instant from, to; /* from <= time < to; 0 leaves that side open */
	const char *patient, *system, *transaction, *user;
	const char *or_transaction; /* with transaction: this one will do as well */
	/* With patient: entries about one of these records are his as well; and those that name
	 * one of these ids, if they were kept before entries had records. */
	struct audit_subjects subjects;
	const struct text_list *aliases;
	bool refused_only;
	struct audit_mark after; /* only those behind it */
	unsigned limit;          /* 0: all */
};

/* Makes the patients' index of each segment of this node's chain that is full and has none yet
 * (store/audit_indexing.c); until then a search reads its entries. On any thread but the
 * committer's. stop (may be NULL): it ends soon, with PROBLEM_BUSY. Stopped, failed or killed
 * anywhere, the next call goes on. */
bool audit_log_index(struct store *s, const atomic_bool *stop, struct problem *p);

/* Makes few parts of that index of many (store/audit_merging.c): until then a search asks more of
 * them. Of this node's chain; threads and stop as above. */
bool audit_log_merge(struct store *s, const atomic_bool *stop, struct problem *p);
/* Puts what was committed in small pieces together and packs it (store/audit_folding.c): entries
 * stay what they are, and are found as before. Of this node's chain; threads and stop as above. */
bool audit_log_fold(struct store *s, const atomic_bool *stop, struct problem *p);

struct audit_cursor;
struct audit_cursor *audit_log_search(struct store_txn *t, const struct audit_filter *f,
				      struct arena *a);
/* For couriers and exports: from that sequence on to the end of its chain, oldest first. */
struct audit_cursor *audit_log_from(struct store_txn *t, uint64_t sequence, unsigned limit,
				    struct arena *a);
/* NULL at the end or on error */
const struct audit_entry *audit_log_next(struct audit_cursor *c);

/* An entry of octets as they are kept, hash first, away from the store; borrows, and leaves the
 * sequence as it is. False: they are none. */
bool audit_log_read(struct bytes value, struct arena *a, struct audit_entry *e);
/* The entries of a chain as they are kept, from that sequence on, at most so many: how many. In the
 * arena. */
struct audit_kept {
	uint64_t sequence;
	struct bytes value;
};
size_t audit_log_kept(struct store_txn *t, uint64_t sequence, struct audit_kept *out, size_t most,
		      struct arena *a);
/* What the first entry of a chain follows on. */
void audit_log_begin(uint64_t chain, unsigned char out[AUDIT_HASH]);

/* How far a destination has confirmed a chain: up to that sequence. Never goes back. */
uint64_t audit_log_acknowledged(struct store_txn *t, const char *destination, uint64_t chain);
bool audit_log_acknowledge(struct store_txn *t, const char *destination, uint64_t sequence);

struct audit_head {
	uint64_t sequence; /* its place is 0: the chain is empty */
	unsigned char hash[AUDIT_HASH];
};
/* This node's chain's, and another's. */
bool audit_log_head(struct store_txn *t, struct audit_head *out);
bool audit_log_head_of(struct store_txn *t, uint64_t chain, struct audit_head *out);
/* Of all chains, ascending: this node's, and those that have an entry, a head or a place of a
 * destination. For snapshots: a job that reads others' heads would conflict with what they append.
 * Within a check or a verification a chain may be there whose head cannot be read. */
struct audit_chains {
	uint64_t *numbers;
	size_t count;
};
bool audit_log_chains(struct store_txn *t, struct arena *a, struct audit_chains *out);
struct audit_heads {
	struct audit_head *heads;
	size_t count;
	uint64_t entries; /* in all */
};
bool audit_log_heads(struct store_txn *t, struct arena *a, struct audit_heads *out);
/* An entry's hash as it is kept. False: there is no such entry. */
bool audit_log_hash(struct store_txn *t, uint64_t sequence, unsigned char out[AUDIT_HASH]);
/* An entry. NULL: there is none, or it is damaged (which says nothing of the store). */
const struct audit_entry *audit_log_entry(struct store_txn *t, uint64_t sequence, struct arena *a);

/* How many anchors a node has made (gateway/audit/anchors.h), and the sequence of the last one's
 * record; 0: it has none. Never goes back. False: the store failed. */
struct audit_anchored {
	uint64_t number, record;
};
bool audit_log_anchored(struct store_txn *t, uint64_t chain, struct audit_anchored *out);
/* Of this node. */
bool audit_log_note_anchor(struct store_txn *t, const struct audit_anchored *done);

/* Walks all chains. True: they are whole; head is this node's. False: p says what is wrong with the
 * first that is not, *broken the first sequence that is missing or not as it was written. A
 * snapshot goes on as of now (store_renew()) after so many entries, so that it is not held for the
 * length of the log; a head is that of the last it was walked in. */
enum { AUDIT_VERIFIED_AT_ONCE = 4096 }; /* some 20 ms */
bool audit_log_verify(struct store_txn *t, struct audit_head *head, uint64_t *broken,
		      struct problem *p);

/* What has gone of the beginning of a chain: store/audit_expiring.h. */
enum audit_kind { AUDIT_OWN, AUDIT_RECEIVED };
struct audit_checkpoint {
	uint64_t sequence;              /* of the last that went; its place is 0: none did */
	unsigned char hash[AUDIT_HASH]; /* its hash, or what the chain's first follows on */
	instant first, last;            /* the earliest and the latest moment of all that went */
	struct bytes line;              /* as it was signed; in the arena */
};

struct audit_verified {
	struct audit_head head;
	struct audit_checkpoint
		gone;     /* what the chain was walked from; whose it is, is not judged */
	uint64_t broken;  /* 0: the chain is whole */
	const char *what; /* is wrong with it */
};
struct audit_verdict {
	struct audit_verified *chains;
	size_t count;
	bool whole;
};
/* Who is told while it is walked: how many records it is past, and each entry of one of these
 * transactions that is as it was written. NULL: nobody, and none. */
struct audit_watch {
	struct progress *progress;
	const char *transaction, *or_transaction;
	/* In the snapshot it was read from, borrowed like the arena until it returns. */
	void (*see)(void *with, struct store_txn *t, const struct audit_entry *e, struct arena *a);
	void *with;
};
/* The same, telling what is wrong with each chain. False: the store failed. */
bool audit_log_verify_watched(const struct audit_watch *watch, struct store_txn *t, struct arena *a,
			      struct audit_verdict *out, struct problem *p);

#endif
