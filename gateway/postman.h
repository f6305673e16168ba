/* gateway/postman.h: answers that go somewhere else: a non-anonymous wsa:ReplyTo (ITI TF-2:
 * V.5).
 *
 * The request is answered with 202; the postman then posts the envelope to ReplyTo, over TLS with
 * our server certificate, only to addresses the peer's section of the configuration lists. Tries
 * again with growing pauses; after the last try the log says so. One thread; bounded queue. */
#ifndef GATEWAY_POSTMAN_H
#define GATEWAY_POSTMAN_H

struct gateway;
struct journey;
struct postman;

struct postman *postman_start(struct gateway *g);	/* NULL: no thread to be had */
void postman_take(struct postman *p, struct journey *j);	/* thread-safe; holds the journey */
void postman_stop(struct postman *p);	/* tries each waiting letter once more */

#endif
