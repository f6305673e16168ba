/* gateway/errands/outbox.h: the thread that has the rounds (rounds.h) and their calls. */
#ifndef GATEWAY_ERRANDS_OUTBOX_H
#define GATEWAY_ERRANDS_OUTBOX_H

#include "gateway/errands/rounds.h"

struct outbox;

/* The caller of the settings is its own. NULL: no memory, or no thread to be had. */
struct outbox *outbox_start(const struct rounds_settings *s);
/* An errand was kept, or is due now. Thread-safe; never blocks; NULL is fine. */
void outbox_wake(struct outbox *o);
void outbox_count(const struct outbox *o, struct rounds_counts *out); /* thread-safe */
/* At once: what is under way is sent again after the next start. NULL is fine. */
void outbox_stop(struct outbox *o);

#endif
