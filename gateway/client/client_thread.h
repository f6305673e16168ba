/* gateway/client/client_thread.h: the one thread that drives every call to another system.
 *
 * The way of a call: a worker, or the thread that has the errands, gives a group of them
 * (client_thread_take()) and turns to other work. The thread begins each as soon as its partner has
 * a place, and rests until something happens on any of their sockets. When the last of the group is
 * over it is told so, on this thread, and hands itself to whoever gave it. So no worker ever waits
 * for a partner, however many partners are silent. */
#ifndef GATEWAY_CLIENT_CLIENT_THREAD_H
#define GATEWAY_CLIENT_CLIENT_THREAD_H

#include "gateway/client/call_groups.h"

struct client_thread;

struct client_thread *client_thread_start(const struct clock *c); /* NULL: no memory or thread */
/* Thread-safe; never blocks, never fails: what cannot be called is over with its reason. The group
 * may be over before this returns. */
void client_thread_take(struct client_thread *t, struct call_group *g);
/* An answer is not wanted any more: looks which. Thread-safe; never blocks; NULL is fine. */
void client_thread_look(struct client_thread *t);
void client_thread_count(const struct client_thread *t, struct call_counts *out); /* thread-safe */
/* Gives up what is under way; every group is told. NULL is fine. */
void client_thread_stop(struct client_thread *t);

#endif
