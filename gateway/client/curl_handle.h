/* gateway/client/curl_handle.h: how every request of ours is set up, once: https alone, TLS 1.2 at
 * least, the peer's certificate checked against the CA and its name, no redirects, no proxies
 * whatever the environment says, nothing resumed. */
#ifndef GATEWAY_CLIENT_CURL_HANDLE_H
#define GATEWAY_CLIENT_CURL_HANDLE_H

#include <curl/curl.h>

struct client_identity;

/* Texts are copied. total_seconds: from the first octet of connecting to the last of the answer. */
void curl_handle_set_up(CURL *curl, const struct client_identity *us, long total_seconds);

#endif
