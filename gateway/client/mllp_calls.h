/* gateway/client/mllp_calls.h: HL7 v2 messages to others, MLLP over mutual TLS, many at once and
 * none of which anybody waits for (ITI TF-2: C.2.1).
 *
 * A connection carries one message at a time and is kept for the next to the same partner. It is
 * libcurl's up to the end of the handshake (CURLOPT_CONNECT_ONLY), so that whom we trust, what we
 * show and the least TLS are what curl_handle.h says of every request; the frames are ours. A
 * partner may close a connection that rests (C.2.1): a message that meets one closed, and has got
 * no octet in answer, is sent once more over a new one.
 *
 * What comes back and is no frame, or more than answer_most octets, is an answer that is not whole;
 * the connection is then not kept. Part of calls.h, with the same thread; known to this room
 * only. */
#ifndef GATEWAY_CLIENT_MLLP_CALLS_H
#define GATEWAY_CLIENT_MLLP_CALLS_H

#include "gateway/client/calls.h"
#include "gateway/client/curl_handle.h"

struct clock;
struct mllp_calls;

enum {
	MLLP_KEPT_MOST = 32, /* resting; the one that rested longest is closed */
	MLLP_POLL_MOST = 512
};

/* Whether that is the address of one: mllps://HOST:PORT */
bool mllp_calls_take(const char *url);
struct mllp_calls *mllp_calls_create(CURLM *multi, const struct clock *c); /* NULL: no memory */
void mllp_calls_destroy(struct mllp_calls *m); /* gives up what is under way; NULL is fine */

/* As those of struct caller. */
bool mllp_calls_begin(struct mllp_calls *m, struct call *c);
struct call *mllp_calls_over(struct mllp_calls *m);
void mllp_calls_give_up(struct mllp_calls *m, struct call *c);

/* libcurl is done with the connecting of one of ours. */
void mllp_calls_connected(struct mllp_calls *m, CURL *curl, CURLcode code);
/* The sockets something is to happen on; how many. */
unsigned mllp_calls_sockets(struct mllp_calls *m, struct curl_waitfd out[MLLP_POLL_MOST]);

#endif
