/* gateway/client/curl_handle.h: how every request of ours is set up, once. To others: https alone,
 * TLS 1.2 at least, the peer's certificate checked against the CA given (no other: not the
 * system's) and its name, no redirects, no proxies whatever the environment says, nothing resumed.
 * To our own daemon: its socket alone. Known to this room only (tests/lint/rooms). */
#ifndef GATEWAY_CLIENT_CURL_HANDLE_H
#define GATEWAY_CLIENT_CURL_HANDLE_H

#include <curl/curl.h>
#include <stdbool.h>

struct client_identity;
struct curl_slist;

/* A connection that is kept is made anew after that: its certificate may be another. */
enum { CLIENT_KEPT_SECONDS = 600 };

/* Texts are copied. total_seconds: from the first octet of connecting to the last of the answer; 0:
 * who asked gives it up, by the one clock that says what is late. */
void curl_handle_set_up(CURL *curl, const struct client_identity *us, long total_seconds);

/* Of a context (SSL_CTX) that libcurl made: its connections hold no buffers while they wait for an
 * answer. It is so already where nobody sets a function of his own for the context. */
void curl_handle_spare(void *context);

/* By http, without TLS: no certificate, nothing that is followed, a connection for each. */
void curl_handle_set_up_plain(CURL *curl, const struct client_identity *us);

/* A request to the daemon of this host, by http over that socket. */
void curl_handle_set_up_local(CURL *curl, const char *socket);

/* The URL it asks for. Where the partner's certificate bears another name than the URL's host, TLS
 * speaks to that name, at that host and port, and Host stays what the URL says: both lists are
 * added to and stay the caller's, who frees them when the request is over. False: no memory, or no
 * URL. */
bool curl_handle_lead(CURL *curl, const struct client_identity *us, const char *url,
		      struct curl_slist **headers, struct curl_slist **places);

#endif
