/* gateway/consents_due.h: documents of consent whose time begins or ends, seen to when it does.
 *
 * Upkeep's thread asks a snapshot every few seconds for what is due, and a job sees to each: the
 * decision and its audit record are in it. Any node may; a job finds nothing where another one was
 * first. What no node was up for is made up for at the next start. */
#ifndef GATEWAY_CONSENTS_DUE_H
#define GATEWAY_CONSENTS_DUE_H

#include <stdatomic.h>

struct gateway;

void consents_due_see_to(struct gateway *g, const atomic_bool *stopping);

#endif
