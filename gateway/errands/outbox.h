/* gateway/errands/outbox.h: the thread that has the rounds (rounds.h): it reads the store, decides
 * and writes; the calls are the client thread's.
 *
 * The way of a visit: the thread makes its call and hands it over (client_thread_take()); the
 * client thread begins it when the partner has a connection free that no exchange waits for, drives
 * it, and puts the visit on the list of those that came back; the outbox's thread takes it from
 * there, judges it, and writes the verdict. So a job of the store that takes long holds up no call,
 * and no partner holds up a job. */
#ifndef GATEWAY_ERRANDS_OUTBOX_H
#define GATEWAY_ERRANDS_OUTBOX_H

#include "gateway/errands/rounds.h"

struct client_thread;
struct outbox;

/* The caller of the settings is its own. NULL: no memory, or no thread to be had. */
struct outbox *outbox_start(const struct rounds_settings *s, struct client_thread *client);
/* An errand was kept, or is due now. Thread-safe; never blocks; NULL is fine. */
void outbox_wake(struct outbox *o);
void outbox_count(const struct outbox *o, struct rounds_counts *out); /* thread-safe */
/* As rounds_count_tries(). */
void outbox_count_tries(const struct outbox *o, const struct errand_kind *k,
			struct rounds_tries *out);
/* At once, while the client thread still runs: what is under way is sent again after the next
 * start. May still be woken and counted. NULL is fine. */
void outbox_stop(struct outbox *o);
void outbox_free(struct outbox *o); /* stopped; NULL is fine */

#endif
