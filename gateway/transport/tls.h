/* gateway/transport/tls.h: node authentication (ITI TF-2: 3.19): who may connect, and how.
 *
 * A context is an SSL_CTX, made whole or not at all, never changed afterwards, and counted by
 * OpenSSL: SSL_CTX_free() drops a reference, a connection holds its own. Thread-safe.
 *
 * Trust is the file of CAs alone, never the system's list. A certificate standing in that file
 * itself is trusted directly (ITI TF-2: 3.19.6.1.2). No session is ever resumed, so a connection
 * always has shown its certificate against the CRL of its day. */
#ifndef GATEWAY_TRANSPORT_TLS_H
#define GATEWAY_TRANSPORT_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "gateway/transport/door.h"

enum { TLS_WHY = 512, TLS_FINGERPRINT = 65 };

enum tls_role { TLS_SERVER, TLS_CLIENT };

/* NULL with a sentence in why. A server asks clients for a certificate as paths->clients says; a
 * client presents its own (and leaves clients as it is). Both verify the other by paths->ca and,
 * when given, paths->crl. */
SSL_CTX *tls_context(const struct tls_profile_paths *paths, enum tls_role role, char why[TLS_WHY]);
/* A handshake in memory, in which the certificate serves both sides: key, chain and profile fit. */
bool tls_prove(SSL_CTX *server, const struct tls_profile_paths *paths, char why[TLS_WHY]);

/* What is remembered of the other side. Set as SSL_set_app_data() before the handshake, so that the
 * certificate of a failed one is known too. */
struct tls_peer {
	char sha256[TLS_FINGERPRINT]; /* of the leaf's DER, lower-case hex; "" without one */
	char *subject;                /* RFC 2253; free() it */
	long ocsp; /* what responders have against it (tls_words.h); 0: nothing */
};
void tls_peer_remember(struct tls_peer *peer, X509 *leaf);

/* Why a handshake failed; looks at the thread's error queue and clears it. */
struct tls_failing {
	const char *why; /* static */
	long verified; /* X509_V_ERR_...: the peer's certificate did not hold; 0: it is not that */
	int alert;     /* the peer sent; 0: none */
};
struct tls_failing tls_failure(SSL *connection);
/* The certificate of an open connection against the CAs, the CRL and the responders of today's
 * context; why NULL: it holds. */
struct tls_failing tls_recheck(SSL_CTX *today, SSL *connection);

#endif
