/* gateway/transport/tls_ocsp.h: a server's context and what responders said: of who shows a
 * certificate, and of our own, which is sent beside it (RFC 6066 8, RFC 8446 4.4.2.1). */
#ifndef GATEWAY_TRANSPORT_TLS_OCSP_H
#define GATEWAY_TRANSPORT_TLS_OCSP_H

#include "gateway/transport/tls.h"

struct ocsp_answers;

/* Before the context's first handshake. The answers outlive it. False: no memory. */
bool tls_ocsp_use(SSL_CTX *context, struct ocsp_answers *a, const struct tls_profile_paths *paths);
/* Of a chain that holds: 0, or what stands against its leaf (tls_words.h). A context that uses none
 * has nothing against anybody. */
long tls_ocsp_against(SSL_CTX *context, X509_STORE_CTX *chain);

#endif
