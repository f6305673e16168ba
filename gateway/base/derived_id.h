/* gateway/base/derived_id.h: ids that are always the same for what they are made of. */
#ifndef GATEWAY_BASE_DERIVED_ID_H
#define GATEWAY_BASE_DERIVED_ID_H

#include <stddef.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

struct arena;

/* An OID under 2.25 (ITU-T X.667) from a UUID of version 8 (RFC 9562: 5.8), which is the SHA-256 of
 * secret and parts, each with its NUL. With a secret of the store's nobody can make it who guesses
 * the parts. */
const char *derived_oid(struct arena *a, struct bytes secret, const char *const *parts,
			size_t count);
/* The same octets as urn:uuid: */
void derived_uuid(struct arena *a, struct bytes secret, const char *const *parts, size_t count,
		  char out[UUID_URN_TEXT]);

#endif
