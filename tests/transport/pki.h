/* tests/transport/pki.h: a small authority, made when the test runs. */
#ifndef TESTS_TRANSPORT_PKI_H
#define TESTS_TRANSPORT_PKI_H

#include <stdbool.h>

/* Writes into the folder, certificate and key together, mode 0600:
 *	ca.pem, other-ca.pem		authorities
 *	server.pem, server2.pem		127.0.0.1; server-rsa.pem with an RSA key
 *	weak-rsa.pem			the same with an RSA key of 1024 bits
 *	client.pem, client2.pem		in good standing
 *	revoked.pem			listed in crl.pem
 *	expired.pem, early.pem		dates
 *	stranger.pem			by other-ca
 *	mismatch.pem			certificate of server.pem with another key
 *	crl.pem, crl-client.pem		the second lists client.pem too; crl-old.pem has ended;
 *	crl-server.pem			lists server.pem */
/* rsa: server-rsa.pem and weak-rsa.pem too, which takes longer */
bool pki_make(const char *folder, bool rsa);

#endif
