/* gateway/transport/tls_files.h: the files of a context. Each fills why and returns false. */
#ifndef GATEWAY_TRANSPORT_TLS_FILES_H
#define GATEWAY_TRANSPORT_TLS_FILES_H

#include "gateway/transport/tls.h"

/* Certificate, the rest of its chain, and key, from one file that only its owner may read. */
bool tls_load_pair(SSL_CTX *context, const char *path, char why[TLS_WHY]);
bool tls_load_authorities(SSL_CTX *context, const char *path, char why[TLS_WHY]);
bool tls_load_revoked(SSL_CTX *context, const char *path, char why[TLS_WHY]);

#endif
