/* gateway/postman.h: answers that go somewhere else: a non-anonymous wsa:ReplyTo (ITI TF-2:
 * V.5).
 *
 * The request is answered with 202; the postman then posts the envelope to ReplyTo, over TLS with
 * our server certificate, only to addresses the peer's section of the configuration lists. Tries
 * again with growing pauses; after the last try the log says so. A few threads, one at most to an
 * address, so that who does not answer holds up himself; bounded queue. */
#ifndef GATEWAY_POSTMAN_H
#define GATEWAY_POSTMAN_H

struct gateway;
struct journey;
struct postman;

struct postman *postman_start(struct gateway *g);	/* NULL: no thread to be had */
void postman_take(struct postman *p, struct journey *j);	/* thread-safe; holds the journey */
/* Tries each waiting letter once more, for so long at most. NULL is fine. */
void postman_stop(struct postman *p, unsigned seconds);

#endif
