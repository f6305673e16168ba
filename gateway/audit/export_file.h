/* gateway/audit/export_file.h: audit records in a file that proves itself, away from the store.
 *
 * Lines of ASCII text, each ended by a line feed:
 *
 *	minato-audit-export-1 own|received TIME
 *	chain NUMBER BEFORE              BEFORE: the hash of the entry before the first that follows
 *	checkpoint LINE                  where its beginning has gone: gateway/audit/checkpoint.h
 *	entry SEQUENCE HASH OCTETS       HASH: SHA-256(0x00 || the hash before || OCTETS)
 *	message OCTETS                   of the entry before it: the AuditMessage; what was received
 *	end COUNT                        entries, in all
 *
 * TIME in microseconds since 1970, UTC; hashes in hexadecimal digits, octets in base64. Within a
 * chain the entries are those of the log, one behind the other without a gap. Beside it, in
 * FILE.sig, one line: "minato-audit-export-1 DIGEST SIGNATURE", the SHA-256 of the file and the
 * Ed25519 signature of all before its blank, by the key that signs the ends of the log
 * (gateway/audit/anchor.h). Anybody can verify it with the public key and nothing of ours. */
#ifndef GATEWAY_AUDIT_EXPORT_FILE_H
#define GATEWAY_AUDIT_EXPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/audit/anchor.h"
#include "gateway/audit/checkpoint.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem.h"

struct arena;

enum export_kind { EXPORT_OWN, EXPORT_RECEIVED };

/* Writing. What goes wrong is kept, and told by the end. */
struct export_file;
/* The file must not be there yet. NULL: it cannot be made, as p says. */
struct export_file *export_file_begin(const char *path, enum export_kind kind, instant now,
				      struct problem *p);
void export_file_chain(struct export_file *f, uint64_t chain,
		       const unsigned char before[AUDIT_HASH]);
/* Of the chain just begun, what has gone of it; no octets: nothing has. */
void export_file_checkpoint(struct export_file *f, struct bytes line);
/* value: the hash and the entry, as the store keeps them. message may be empty: it has none. */
void export_file_entry(struct export_file *f, struct arena *a, uint64_t sequence,
		       struct bytes value, struct bytes message);
/* Durable with its signature, or neither file is there. Consumes f. False: p says why. */
bool export_file_end(struct export_file *f, const struct anchor_key *key, struct problem *p);
void export_file_abandon(struct export_file *f); /* NULL is fine */

/* Verifying. */
struct export_chain {
	uint64_t chain, first, last; /* places; last 0: it has no entry */
	struct checkpoint gone;      /* of its beginning; its count is 0: nothing has */
	struct export_chain *next;
};
enum { EXPORT_FAULTS = 20 };
struct export_verdict {
	enum export_kind kind;
	instant time;
	uint64_t entries;
	struct export_chain *chains;
	const struct text_list *faults; /* at most EXPORT_FAULTS */
	size_t fault_count;
	bool is_signed; /* by one of the keys */
};
/* False: a file could not be read, as p says. Without faults and signed it is what was exported. */
bool export_file_verify(const char *path, const struct anchor_keys *keys, struct arena *a,
			struct export_verdict *out, struct problem *p);

#endif
