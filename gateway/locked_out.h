/* gateway/locked_out.h: who is locked out (store/lockouts.h), held against what is under way.
 *
 * What is kept decides, in the job that ends an exchange: an answer leaves only if its record was
 * written before the lock-out's, on whichever node. Beside it stands what this process knows, so
 * that who is locked out is refused before his message is read, and his connections are closed:
 *
 *	the operator's job	writes the row, and the record of it
 *	a worker, before the operator is answered	reads all rows anew, has doors look
 *	a loop, within one tick	closes each connection of who is locked out: what is being sent,
 *		or is under way, ends there
 *	an exchange that was handled already	finds the row in its own job, and becomes a refusal:
 *		what it changed is not kept, what it found is not sent, and its record says so
 *	another node		its jobs at once; connections with the next look (SWEEP_SECONDS)
 *
 * Who connects anew is answered in the words of his dialect. What may still finish: octets of
 * answers whose record came before, until the loop's tick; calls to others that have left. Nothing
 * is sent to who is locked out either: errands wait. Thread-safe; NULL knows of nobody. */
#ifndef GATEWAY_LOCKED_OUT_H
#define GATEWAY_LOCKED_OUT_H

#include <stdbool.h>

#include "schemas/model/region.h"

struct gateway;
struct journey;
struct locked_out;
struct store_txn;

struct locked_out *locked_out_create(void); /* NULL: no memory */
void locked_out_destroy(struct locked_out *l);
/* Reads what is kept; doors look at their connections when it is not what it was. False: it could
 * not be read, and what was known stays. Not on the committer. */
bool locked_out_look(struct gateway *g);
bool locked_out_has(struct locked_out *l, const struct registered_system *s);
/* house.barred: whose certificate this is may have no connection. */
bool house_barred(void *self, const char *certificate_sha256);
/* In the exchange's job: its system has been locked out meanwhile. Then its problem says so, it is
 * refused, and nothing of what was found is left. */
bool journey_is_locked_out(struct journey *j, struct store_txn *t);

#endif
