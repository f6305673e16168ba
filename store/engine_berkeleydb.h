/* store/engine_berkeleydb.h: between the two files of this engine, and for nobody else.
 *
 * An environment is one opened Berkeley DB environment with its trees. When Berkeley DB declares it
 * broken (DB_RUNRECOVERY: a disk that was full at the wrong moment), the engine opens a new one, which
 * recovers from the log, and the old one ends with its last transaction. */
#ifndef STORE_ENGINE_BERKELEYDB_H
#define STORE_ENGINE_BERKELEYDB_H

#include <db.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct engine;
struct log;

enum { TREES = 3 };	/* store/keys.h: main, audit, octets of documents */

struct environment {
	DB_ENV *env;
	DB *trees[TREES];
	const struct log *log;
	unsigned references;		/* under the engine's lock: the engine's, and one a transaction */
	uint64_t generation;		/* from 1; each recovery is a new one */
	atomic_bool broken;
	atomic_int cause;		/* the errno it broke with */
};

/* Takes a reference on a working environment, recovering first if need be. NULL: not now. */
struct environment *environment_take(struct engine *e, struct problem *p);
void environment_drop(struct engine *e, struct environment *v);
/* Says in p what the return code of Berkeley DB means here. Always false. */
bool environment_problem(struct environment *v, int code, const char *doing, struct problem *p);
/* There is room to begin writing; else PROBLEM_STORE_FULL. */
bool environment_has_room(struct engine *e, struct problem *p);
/* A write transaction of this environment was committed. Committer only. */
void environment_committed(struct engine *e, struct environment *v);
/* That many octets were committed: when it is much, the trees are written and old log removed. */
void environment_wrote(struct engine *e, uint64_t octets);

#endif
