/* gateway/audit/checkpoint.h: what has gone of the beginning of a chain of audit records, as a
 * signed line of text.
 *
 *	minato-checkpoint-1 own|received SEQUENCE HASH COUNT FIRST LAST KEEP TIME BEFORE SIGNATURE
 *
 * SEQUENCE and HASH of the last record that went (store/audit_log.h says how a sequence names its
 * chain); COUNT: as many have gone of the chain in all; FIRST and LAST: the earliest and the latest
 * moment of them; KEEP: the rule, in seconds; TIME: when they went; moments in microseconds since
 * 1970, UTC. BEFORE: the SHA-256 of the chain's checkpoint before, its line; of the first 0. Hashes
 * and signature (Ed25519, the key of the anchors) in hexadecimal digits; signed is the line up to
 * the blank in front of the signature. Anybody can verify it with the public key and nothing of
 * ours.
 *
 * It stands in the store (store/audit_expiring.h), in the record of what was done, which goes to
 * the audit repositories, and in what is exported. */
#ifndef GATEWAY_AUDIT_CHECKPOINT_H
#define GATEWAY_AUDIT_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/audit/anchor.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "store/audit_log.h"

struct anchors;

enum {
	/* 19 of the name, "received", three numbers of 20 digits and three times of 19, two hashes,
	 * a blank behind each; the signature. */
	CHECKPOINT_LINE = 19 + 1 + 8 + 1 + 3 * 21 + 3 * 20 + 2 * (2 * AUDIT_HASH + 1)
			  + 2 * ANCHOR_SIGNATURE,
};

struct checkpoint {
	enum audit_kind kind;
	struct audit_head last; /* that went */
	uint64_t count;
	instant first_time, last_time;
	uint64_t keep; /* seconds */
	instant time;
	unsigned char before[AUDIT_HASH];
};

/* The line, without line feed, ended by NUL. Moments before 1970 are told as 1970. False: OpenSSL
 * would not. */
bool checkpoint_sign(const struct checkpoint *c, const struct anchor_key *k,
		     char out[CHECKPOINT_LINE + 1]);
/* False: it is no such line. What it says is only true when it is signed. */
bool checkpoint_read(struct bytes line, struct checkpoint *out);
/* Whether it is signed with the node's own key or one of those of others that it was given: of a
 * node that is gone another one signs, and who has a new key keeps the public one of before. */
bool checkpoint_signed(struct bytes line, const struct anchor_key *own,
		       const struct anchor_keys *others);
/* Whether its line says what the row says. */
bool checkpoint_is_of(const struct checkpoint *c, enum audit_kind kind,
		      const struct audit_checkpoint *row);

/* What is wrong with the checkpoint of a chain: a sentence without its subject. NULL: nothing is,
 * or nothing has gone. */
const char *checkpoint_fault(const struct audit_checkpoint *row, enum audit_kind kind,
			     const struct anchors *at);

#endif
