/* gateway/audit/anchor.h: one node's signed heads of the audit log, as a line of text.
 *
 * The log's hash chains prove nothing against whoever can write them: he computes them anew. An
 * anchor says which entry a chain had, and what its hash was, signed (Ed25519, RFC 8032) with a key
 * that does not lie beside the data:
 *
 *	minato-anchor-2 NUMBER TIME SEQUENCE HASH [SEQUENCE HASH]... BEFORE SIGNATURE
 *
 * NUMBER from 1; TIME in microseconds since 1970, UTC; SEQUENCE and HASH of the last entry of the
 * chain of the node that signs, then of others' chains as it saw them, of those that had grown
 * since it named them last (store/audit_log.h says how a sequence names its chain); BEFORE the
 * SHA-256 of the anchor before, its line without the line feed; hashes and signature in hexadecimal
 * digits. Signed is the line up to the blank in front of the signature. Anybody can verify it with
 * the public key and nothing of ours. */
#ifndef GATEWAY_AUDIT_ANCHOR_H
#define GATEWAY_AUDIT_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "store/audit_log.h"

enum {
	ANCHOR_SIGNATURE = 64,
	ANCHOR_KEY_NAME = 2 * AUDIT_HASH + 1,
	/* Other chains one anchor names: a region's nodes. Of more it names the rest next time. */
	ANCHOR_OTHERS = 31,
	/* The longest: 16 of the name, a number of 20 digits and a time of 19, a blank behind each;
	 * sequences of 20 digits with their hashes, two blanks each; another hash, a blank, the
	 * signature. */
	ANCHOR_LINE = 16 + 20 + 1 + 19 + 1 + (1 + ANCHOR_OTHERS) * (20 + 1 + 2 * AUDIT_HASH + 1)
		      + 2 * AUDIT_HASH + 1 + 2 * ANCHOR_SIGNATURE,
};

struct anchor {
	uint64_t number;
	instant time;
	struct audit_head head;                  /* of the signing node's chain */
	struct audit_head others[ANCHOR_OTHERS]; /* each chain once */
	size_t other_count;
	unsigned char before[AUDIT_HASH]; /* of the first: 0 */
};

/* An Ed25519 key in PEM (PKCS #8); why: a sentence. NULL: it cannot be used. */
struct anchor_key;
struct anchor_key *anchor_key_read(const char *path, const char **why);
void anchor_key_free(struct anchor_key *k); /* NULL is fine */
/* Public keys (SubjectPublicKeyInfo), one after the other in a PEM file; as many as an anchor names
 * others. NULL: it cannot be used; why: a sentence. */
struct anchor_keys {
	size_t count;
	struct anchor_key *of[ANCHOR_OTHERS];
};
struct anchor_keys *anchor_keys_read(const char *path, const char **why);
void anchor_keys_free(struct anchor_keys *k); /* NULL is fine */
/* SHA-256 of the public key (SubjectPublicKeyInfo, DER): its name for people. */
void anchor_key_name(const struct anchor_key *k, char out[ANCHOR_KEY_NAME]);

/* The signature of any octets (RFC 8032: 5.1.6). False: OpenSSL would not. */
bool anchor_key_sign(const struct anchor_key *k, struct bytes text,
		     unsigned char out[ANCHOR_SIGNATURE]);
/* The line, without line feed, ended by NUL. False: OpenSSL would not. */
bool anchor_sign(const struct anchor *a, const struct anchor_key *k, char out[ANCHOR_LINE + 1]);
/* False: it is no such line. What it says is only true when it is signed. */
bool anchor_read(struct bytes line, struct anchor *out);
bool anchor_signed(struct bytes line, const struct anchor_key *k);
bool anchor_signed_by_any(struct bytes line, const struct anchor_keys *keys); /* NULL: no */
/* What the anchor after it has as BEFORE. */
bool anchor_digest(struct bytes line, unsigned char out[AUDIT_HASH]);

#endif
