/* gateway/operator/long_watch.h: the operator waits for something long: he sees how far it is, and
 * may cancel it.
 *
 * The work is one request and one answer; how far it is is asked beside it, on connections of their
 * own. So a daemon that does not know the question, and a tool that does not ask it, work as they
 * always did.
 *
 * While it waits an interrupt (Ctrl-C) is the daemon's to act upon: it is told to cancel the work,
 * and its answer is waited for, which says what became of it. A second interrupt leaves at once:
 * the daemon ends the work by itself when the connection closes. */
#ifndef GATEWAY_OPERATOR_LONG_WATCH_H
#define GATEWAY_OPERATOR_LONG_WATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "gateway/client/admin_client.h"
#include "gateway/operator/command.h"

struct long_watch;

/* Fills in the question's work and watch. NULL, after telling nothing: then it only waits, and an
 * interrupt ends the tool. */
struct long_watch *long_watch_begin(struct invocation *i, struct admin_question *q);
/* When the answer is there. True: it was cancelled, which has been told. NULL is fine. */
bool long_watch_end(struct long_watch *w, const struct admin_answer *answer);
/* "check: 1200 of 6000 keys, 400 a second, 12 s left", of what /admin/work tells of it. */
const char *long_watch_sentence(struct arena *a, const char *name, const json_t *work);
/* Takes the line with the progress away, for others to be written. NULL is fine. */
void long_watch_clear(struct long_watch *w);

#endif
