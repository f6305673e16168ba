/* store/lockouts.h: which systems are locked out of the region, by the operator's word.
 *
 * A lock-out is a row, of one system or of a facility: then of every system of its institution,
 * those included that are registered later. It is asked about in the job that ends an exchange
 * (gateway/locked_out.c), so it holds for every answer whose record comes after its own, on every
 * node that writes the store.
 *
 * A facility may also withdraw: then it is locked out, and what it submitted is given to nobody.
 * That is a word of its own, beside that of a lock-out: one may end and the other stay.
 *
 * Promises, each with a test of the same name in tests/store/lockouts_test.c:
 *   K1  from the job that locks until the one that unlocks a system is locked, whatever process
 *       asks, and no other is
 *   K2  a facility's lock-out is that of every system of its institution, and of no other's
 *   K3  what is said again changes nothing: the first word, its reason and its time stay
 *   K4  who has withdrawn is locked out, and who is locked out has not withdrawn; either ends by
 *       itself */
#ifndef STORE_LOCKOUTS_H
#define STORE_LOCKOUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/clock.h"
#include "schemas/model/region.h"

struct arena;
struct check_module;
struct store_txn;

/* Texts live in the arena they were read into. */
struct lockout {
	const char *system;      /* as the operator named it */
	const char *institution; /* all systems of that code; NULL: this system alone */
	const char *reason, *by;
	instant since;
	bool withdrawn; /* what it submitted is given to nobody */
};

/* In a job. *changed: it was not there yet. False: the store failed. */
bool lockout_put(struct store_txn *t, const struct lockout *l, bool *changed);
/* In a job: that word of the institution, or, where that is NULL, of the system; reason, by and
 * since do not matter. */
bool lockout_remove(struct store_txn *t, const struct lockout *l, bool *changed);
/* In a snapshot or a job: what locks that system out, a lock-out before that it has withdrawn, and
 * its facility's before its own. False: nothing does (or the store failed: store_failed()). */
bool lockout_of(struct store_txn *t, struct arena *a, const struct registered_system *s,
		struct lockout *out);
/* The same of withdrawing alone. */
bool lockout_withdrawn(struct store_txn *t, struct arena *a, const struct registered_system *s,
		       struct lockout *out);
/* All there are, lock-outs first, of these facilities' first; in the arena. */
struct lockout *lockouts_all(struct store_txn *t, struct arena *a, size_t *count);

extern const struct check_module lockouts_check;

#endif
