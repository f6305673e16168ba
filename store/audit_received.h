/* store/audit_received.h: audit records of other systems, which we are the Audit Record Repository
 * of (ITI TF-2: 3.20).
 *
 * Not part of our own log: what others say is theirs, goes to no repository of ours, and neither
 * its amount nor its reading may stand in the way of our own records. So it has chains of its own,
 * one a node, of the same form (store/audit_log.h: audit_number(), the hash of an entry follows on
 * the one before), and keys of its own. An entry holds the octets as they came, when, from whom,
 * and what could be read of them (gateway/envelope/audit_message.h); it is made once and never
 * changed.
 *
 * The same octets once more (a source that was not told what had arrived sends again: RFC 5425 has
 * no acknowledgment) are an entry as well, which names the first and has no octets of its own: what
 * was sent twice is told, and takes little.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   V1 changing, removing, adding or exchanging entries is found by received_verify()
 *   V2 what is said to be taken is there after a crash, octet for octet
 *   V3 what was sent again is marked, and not kept twice
 *   V4 a source keeps nothing past its quota, and no other source notices
 */
#ifndef STORE_AUDIT_RECEIVED_H
#define STORE_AUDIT_RECEIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem.h"
#include "store/audit_log.h"

struct arena;
struct check_module;
struct progress;
struct store_txn;

/* What is odd about an entry, bits. */
enum received_oddity {
	RECEIVED_NO_HEADER = 1 << 0,  /* no header of RFC 5424 */
	RECEIVED_NO_MESSAGE = 1 << 1, /* no AuditMessage */
	RECEIVED_CUT = 1 << 2, /* an AuditMessage that is not whole: a datagram that was cut */
};

/* What an index can say: of other times nobody has records. */
enum { RECEIVED_YEARS = 900 };

/* Any text but source may be NULL. */
struct received_terms {
	instant received;    /* when it came */
	instant time;        /* of the event; without one of the header, without one as above */
	const char *source;  /* the registered system; of a datagram "udp ADDRESS" */
	const char *address; /* numeric */
	const char *host, *application, *process; /* as the header says */
	const char *event, *type, *action, *outcome, *user, *audit_source;
	const struct text_list *patients, *objects, *participants;
	unsigned odd; /* enum received_oddity */
};

/* Borrowed from the arena given to whoever asks. */
struct received_entry {
	uint64_t sequence;
	uint64_t first; /* of the same octets; 0: these are the first */
	struct received_terms terms;
	struct bytes octets; /* of the first, wherever they stand */
	unsigned char hash[AUDIT_HASH];
};

/* Within a job. quota: octets that what the source has sent may take up, as this node counts them;
 * 0: any number. False: the store failed, or PROBLEM_DISK_QUOTA; nothing was
 * kept then. terms->time lies within RECEIVED_YEARS of 1970. sequence may be NULL. */
bool received_append(struct store_txn *t, const struct received_terms *terms, struct bytes octets,
		     uint64_t quota, uint64_t *sequence, struct problem *p);

/* Everything set must hold; patients as they stand in the record, CX. Newest first, by the time of
 * the event. */
struct received_filter {
	instant from, to; /* from <= time < to; 0 leaves that side open */
	const char *source, *patient, *event, *type, *outcome, *user;
	struct audit_mark after; /* only those behind it */
};
struct received_cursor;
struct received_cursor *received_search(struct store_txn *t, const struct received_filter *f,
					struct arena *a);
/* NULL at the end or on error. */
const struct received_entry *received_next(struct received_cursor *c);
/* NULL: there is none, or it is damaged. */
const struct received_entry *received_get(struct store_txn *t, uint64_t sequence, struct arena *a);

/* Entries of the beginning of a chain that have gone (store/audit_expiring.h), in a snapshot; and
 * what leads to one, in a job. For store/audit_sweeping.c. */
struct received_gone {
	struct bytes key;
	size_t octets;
	bool is_read;
	struct received_entry entry;
};
size_t received_gone_read(struct store_txn *t, uint64_t chain, uint64_t up_to,
			  struct received_gone *out, size_t most, struct arena *a);
void received_gone_take(struct store_txn *t, const struct received_gone *g);

/* What a source has sent and has not gone, by all nodes. */
struct received_usage {
	uint64_t octets, records, again;
	uint64_t odd; /* of them kept, but not understood (enum received_oddity) */
};
bool received_used(struct store_txn *t, const char *source, struct received_usage *out);
/* All sources by name, at most so many; when the records came whose events are the oldest and the
 * newest (0: not known). */
struct received_source {
	const char *name;
	struct received_usage used;
	instant oldest, newest;
};
struct received_source *received_sources(struct store_txn *t, struct arena *a, size_t most,
					 size_t *count);

/* The same of octets as they are kept, hash first, away from the store; an entry that names a first
 * has no octets. Borrows. False: they are none. */
bool received_read(struct bytes value, struct arena *a, struct received_entry *e);

/* From that number on to the end of its chain, oldest first, at most so many, as they are kept: how
 * many. In the arena. */
size_t received_from(struct store_txn *t, uint64_t sequence, struct audit_kept *out, size_t most,
		     struct arena *a);
/* Chains there are, ascending; at most so many: how many. */
size_t received_chains(struct store_txn *t, uint64_t *out, size_t most);
/* What the first entry of a chain follows on. */
void received_begin(uint64_t chain, unsigned char out[AUDIT_HASH]);

/* This node's chain; its place is 0: there is nothing. */
bool received_head(struct store_txn *t, struct audit_head *out);
bool received_head_of(struct store_txn *t, uint64_t chain, struct audit_head *out);
bool received_hash(struct store_txn *t, uint64_t sequence, unsigned char out[AUDIT_HASH]);

/* Walks all chains; the snapshot goes on as of now now and then (store_renew()). progress may be
 * NULL. False: the store failed. */
struct received_verdict {
	uint64_t entries;
	uint64_t broken;  /* the first that is wrong; 0: none is */
	const char *what; /* is wrong with it */
};
bool received_verify(struct store_txn *t, struct arena *a, struct progress *progress,
		     struct received_verdict *out, struct problem *p);

extern const struct check_module received_check;

#endif
