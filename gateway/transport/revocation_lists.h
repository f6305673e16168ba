/* gateway/transport/revocation_lists.h: certificate revocation lists (RFC 5280 5) from a file. */
#ifndef GATEWAY_TRANSPORT_REVOCATION_LISTS_H
#define GATEWAY_TRANSPORT_REVOCATION_LISTS_H

#include <openssl/x509.h>

#include "gateway/base/bytes.h"

/* A national authority's list has a few MiB; a door has an authority or a few. */
enum { REVOCATION_FILE_MOST = 16 << 20, REVOCATION_LISTS_MOST = 64 };

/* All lists of the octets: in PEM one or several, or one in DER. Only such as say all that is
 * revoked: what changed since another list (RFC 5280 5.2.4), some reasons only, or others'
 * certificates (5.2.5) would let a revoked one pass. NULL: why says what is wrong (static text). To
 * be freed with its elements. Thread-safe. */
STACK_OF(X509_CRL) * revocation_lists_of(struct bytes octets, const char **why);
/* The same of a file. */
STACK_OF(X509_CRL) * revocation_lists_read(const char *path, const char **why);

#endif
