/* gateway/client/staple.h: an answer of OCSP that has to come beside the certificate of whom we
 * call (RFC 6066 8). libcurl's own look (CURLOPT_SSL_VERIFYSTATUS) finds the issuer only in what
 * the partner sends, and partners send no root; ours takes the chain that was verified. */
#ifndef GATEWAY_CLIENT_STAPLE_H
#define GATEWAY_CLIENT_STAPLE_H

#include <curl/curl.h>
#include <openssl/ssl.h>

struct client_identity;

/* The context asks for it, and a handshake without one that says good and is current fails: *why,
 * in our words, static. *why outlives its handshakes. */
void staple_ask(SSL_CTX *context, const char **why);
/* The same of a request, if its partner has to staple. *why is NULL until it fails for that. */
void staple_set_up(CURL *curl, const struct client_identity *us, const char **why);

#endif
