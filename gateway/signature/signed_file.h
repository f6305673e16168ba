/* gateway/signature/signed_file.h: octets in a file that says who signed them: a flattened JWS with
 * the signer's certificates in its protected header (RFC 7515: 7.2.2, 4.1.6).
 *
 * Who the signer is, is decided by the reader, who knows the SHA-256 of his certificate from
 * elsewhere: nothing in the file is believed before that fits. The algorithm is the key's, never
 * the file's choice. Lives in the arena; thread-safe as that. */
#ifndef GATEWAY_SIGNATURE_SIGNED_FILE_H
#define GATEWAY_SIGNATURE_SIGNED_FILE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;

enum {
	SIGNED_FILE_MOST = 1 << 18, /* octets of such a file */
	SIGNED_FILE_SHA256 = 65,    /* of the signer's certificate, as text */
};

/* pem: a file with the signer's certificate, its chain, and its key. type: what the octets are,
 * "partner-description". False: PROBLEM_CONFIGURATION. */
bool signed_file_write(struct arena *a, struct bytes octets, const char *type, const char *pem,
		       struct bytes *out, struct problem *p);
/* sha256: hexadecimal, colons and capitals allowed, of whoever must have signed it. False:
 * PROBLEM_REQUEST_INVALID; signer then is who did, if that could be read, or "". */
bool signed_file_read(struct arena *a, struct bytes file, const char *type, const char *sha256,
		      struct bytes *out, char signer[SIGNED_FILE_SHA256], struct problem *p);

#endif
