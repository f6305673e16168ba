/* gateway/ocsp_asking.h: who asks responders about certificates, and keeps what they say.
 *
 * A thread of its own looks which certificate is due (gateway/transport/ocsp_answers.h), writes the
 * question and gives it to the client thread; when an answer is there it is verified, kept in the
 * store (store/ocsp_said.h) and put where handshakes look. Nobody waits for a responder: not a
 * handshake, not this thread. What other nodes learned is read every few seconds.
 *
 * A certificate that is revoked is told once, to the log and as a security alert (DCM 110113) in
 * the job that keeps the word; its connections end within the next ticks. A responder that is
 * silent is told to the log at once and, when it has been for as long as a certificate may go
 * unasked, as an alert. */
#ifndef GATEWAY_OCSP_ASKING_H
#define GATEWAY_OCSP_ASKING_H

#include <stdbool.h>

struct gateway;
struct ocsp_asking;

struct ocsp_asking *ocsp_asking_create(struct gateway *g); /* NULL: no memory */
/* Reads what was said before: who is revoked is known from then on. False: it could not be read,
 * and that was told. */
bool ocsp_asking_look(struct gateway *g);
bool ocsp_asking_start(void *gateway); /* its thread; false: there is none to be had */
void ocsp_asking_stop(struct gateway *g);
/* When no call of it is under way any more. NULL is fine. */
void ocsp_asking_destroy(struct ocsp_asking *a);

#endif
