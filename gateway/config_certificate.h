/* gateway/config_certificate.h: what the PEM files of a configuration hold. Thread-safe.
 * why: a sentence, static. */
#ifndef GATEWAY_CONFIG_CERTIFICATE_H
#define GATEWAY_CONFIG_CERTIFICATE_H

#include <stdbool.h>

enum { CERTIFICATE_SHA256_TEXT = 65 };

/* The first certificate of the file: SHA-256 of its DER, lower-case hexadecimal. */
bool certificate_sha256(const char *path, char out[CERTIFICATE_SHA256_TEXT], const char **why);
/* One certificate at least is in it. */
bool certificate_authorities(const char *path, const char **why);
/* Certificate and private key belong together, the certificate is in force, and nobody but the
 * owner may read the file. */
bool certificate_with_key(const char *path, const char **why);
/* one CRL at least is in it */
bool certificate_revocations(const char *path, const char **why);

#endif
