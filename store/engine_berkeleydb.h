/* store/engine_berkeleydb.h: between the files of this engine, and for nobody else.
 *
 * Berkeley DB keeps the trees, the log and recovers; who sees what is ours. (Its own snapshots keep
 * every old version of a page in a chain that each later writer walks and that only grows while a
 * reader is open: measured, one slow reader made writing twenty times slower, for good.)
 *
 *   A write transaction gathers its changes in memory, a layer for each savepoint, and reads
 *   through
 *   them. engine_commit() puts them into the trees at once, under `trees_lock`, as one transaction
 *   of
 *   Berkeley DB. So the trees only ever hold whole jobs. The jobs of one group are nested in one
 *   write
 *   transaction: the trees are closed to readers once for all of them, and what each of them
 *   changes
 *   anew (the audit log's head) is written once.
 *   A snapshot is the number of the last commit it sees. While there are snapshots, a commit first
 *   remembers in `past` what it replaces; a reader asks `past` before it believes the trees
 *   (store/engine_past.h). What no snapshot can ask for any more is forgotten by later commits.
 *   When it is more than snapshot-memory the oldest snapshot is lost: it fails, nobody else.
 *
 * A reader holds trees_lock, shared, for one key or one step, a commit for one group: neither waits
 * for the other's transaction, and Berkeley DB needs no locks of its own.
 *
 * An environment is one opened Berkeley DB environment with its trees. When Berkeley DB declares it
 * broken (DB_RUNRECOVERY: a disk that was full at the wrong moment), the engine opens a new one,
 * which recovers from the log, and the old one ends with its last transaction. */
#ifndef STORE_ENGINE_BERKELEYDB_H
#define STORE_ENGINE_BERKELEYDB_H

#include <db.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"
#include "store/engine.h"
#include "store/engine_ordered.h"
#include "store/engine_past.h"
#include "store/engine_rows.h"
#include "store/keys.h"

struct log;
struct progress;
struct store_settings;

enum { TREES = 256 }; /* one for each space of keys (store/keys.h) */

/* Read lately, and kept beside the trees (store/engine_rows.h). */
enum {
	ROW_MOST = 2048,
	ROW_SET = 8192,
	/* A group are the keys with one beginning: a space and a number (key_id(), key_number()),
	 * such as the entries of one patient record. Who scans one often scans it again. */
	GROUP_KEY = 1 + KEY_ID,
	GROUP_LONG_KEY = 9,
	GROUP_MOST = 32 * 1024,
	GROUP_SET = 120 * 1024,
};

/* engine_berkeleydb_ahead.c: of who commits, but for what the lock is for. */
enum {
	AHEAD_READERS = 15,  /* and who commits: as many as a disk likes to have at once */
	AHEAD_COMMITS = 256, /* for so many it is taken to be as it was when somebody waited */
};

struct ahead {
	/* Commits left: until then who writes is taken to wait for the disk. Read by anybody. */
	atomic_uint waits;
	unsigned trees[TREES]; /* the same of each */
	long blocks;           /* he had waited for */
	pthread_mutex_t lock;  /* of, next, busy, ending */
	pthread_cond_t work, over;
	const struct environment *of;
	const struct ordered_node *next; /* that nobody has begun to read */
	unsigned busy;
	bool ending;
	unsigned count;
	pthread_t readers[AHEAD_READERS];
};

struct environment {
	DB_ENV *env;
	DB *trees[TREES]; /* NULL: nothing has been put there yet */
	bool opened;
	atomic_uint making; /* odd: a tree is being made; counted at its beginning and its end */
	const struct log *log;
	/* under the engine's lock: the engine's, and one a transaction */
	unsigned references;
	uint64_t generation; /* from 1; each recovery is a new one */
	atomic_bool broken;
	atomic_uint said;
	atomic_int cause; /* the errno it broke with */

	struct ahead ahead;
	pthread_rwlock_t trees_lock; /* the trees, commits, past */
	uint64_t commits;
	struct past past;
	size_t past_most;                       /* octets of it: snapshot-memory */
	struct progress *backup;                /* while it is copied; one copy at a time */
	struct rows *rows;                      /* keys one by one */
	struct rows *groups;                    /* all keys that begin alike */
	pthread_mutex_t snapshots_lock;         /* taken within trees_lock */
	struct berkeleydb_txn *oldest, *newest; /* snapshots, by commit */
};

struct berkeleydb;        /* begins with struct engine */
struct berkeleydb_cursor; /* begins with struct store_cursor */

struct berkeleydb_txn {
	struct engine_txn base;
	struct berkeleydb *engine;
	struct environment *environment;
	bool writing;
	struct berkeleydb_cursor *cursors;
	/* A write. */
	struct berkeleydb_txn *parent;
	struct ordered changes;
	/* A snapshot. */
	uint64_t seen; /* the last commit it sees */
	bool lost;     /* the past it needs was too much to keep */
	struct berkeleydb_txn *older, *newer;
};

/* Audit entries and documents are seldom asked for twice. */
static inline bool is_asked_again(unsigned char space)
{
	return space < SPACE_AUDIT_SHEET;
}

/* engine_berkeleydb_trees.c: each space has a tree, and a file, of its own. So a page holds what is
 * alike, and keys that come in their order are always put at a tree's very end, where Berkeley DB
 * fills a page before it begins the next, instead of halving it. Measured of ten thousand persons
 * with their documents: one tree for all but the audit log was 52 % full. */

/* Those that are there. An errno, or a code of Berkeley DB; EINVAL, and p: a store of a release
 * whose trees were others. */
int berkeleydb_open_trees(struct environment *v, const char *home, struct problem *p);
/* The space's tree, made if need be. By who commits only, outside of the commit's transaction. */
int berkeleydb_make_tree(struct environment *v, unsigned char space);
/* The same for who fills an environment without a log, txn NULL: creates. */
int berkeleydb_open_tree(DB_ENV *env, DB_TXN *txn, unsigned char space, u_int32_t flags, DB **tree);
/* The name of its file, within the environment's directory. */
enum { TREE_NAME = 8 };
void berkeleydb_tree_name(unsigned char space, char name[TREE_NAME]);
/* Of all trees there are; 0: none, or the directory cannot be read. */
size_t berkeleydb_trees_octets(const char *home);

/* What the transaction sees of a key apart from the trees. NULL: what the trees say. */
const struct ordered_node *berkeleydb_unlike_trees(const struct berkeleydb_txn *t,
						   struct bytes key);
/* A snapshot's hold on the trees; a writer needs none, being the only one who changes them. False:
 * the snapshot is lost (sticky). */
bool berkeleydb_hold_trees(struct berkeleydb_txn *t);
void berkeleydb_release_trees(struct berkeleydb_txn *t);

/* engine_berkeleydb_environment.c's part of the table. */
struct engine *berkeleydb_open(const struct store_settings *settings, struct problem *p);
void berkeleydb_close(struct engine *e);
bool berkeleydb_waits(struct engine *e);
bool berkeleydb_flush(struct engine *e, uint64_t generation, struct problem *p);
bool berkeleydb_backup(struct engine *e, const char *directory, struct progress *progress,
		       struct problem *p);
/* engine_berkeleydb_shadow.c: from then on nothing the engine writes reaches the disk, in the whole
 * process. False: no memory. */
bool berkeleydb_shadow(void);
/* engine_berkeleydb_scan.c's. */
struct store_cursor *berkeleydb_scan(struct engine_txn *t, struct bytes from, struct bytes to,
				     bool descending);
bool berkeleydb_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
void berkeleydb_scan_end(struct store_cursor *c);
void berkeleydb_end_cursors(struct berkeleydb_txn *t);

/* engine_berkeleydb_ahead.c: what a commit is about to change is brought into memory, as far as it
 * seems to be needed; it takes notice where the commit had to wait for the disk all the same. By
 * who commits: before the trees are closed to readers; when all keys of a space were put; when it
 * is over. */
void ahead_create(struct ahead *a);
void ahead_destroy(struct ahead *a);
void ahead_before_commit(struct environment *v, const struct ordered *changes);
void ahead_after_space(struct environment *v, unsigned char space);
void ahead_after_commit(struct environment *v);

/* Takes a reference on a working environment, recovering first if need be. NULL: not now. */
struct environment *environment_take(struct berkeleydb *e, struct problem *p);
void environment_drop(struct berkeleydb *e, struct environment *v);
/* Says in p what the return code of Berkeley DB means here. Always false. */
bool environment_problem(struct environment *v, int code, const char *doing, struct problem *p);
/* The same of a commit. When the disk failed it, what was committed before and waits for its flush
 * may be what got lost, and a flush would not say so: then the environment is broken from here
 * on. */
bool environment_commit_problem(struct environment *v, int code, struct problem *p);
/* Around whatever may write the log or the trees: recovery begins when nobody does, for what an old
 * environment still wrote would land in what the new one goes on with. */
void environment_write_begin(struct berkeleydb *e);
void environment_write_end(struct berkeleydb *e);
/* There is room to begin writing, or the reserve gives it; else PROBLEM_STORE_FULL. By who begins
 * writing only. */
bool environment_has_room(struct berkeleydb *e, bool on_reserve, struct problem *p);
/* Copies its files into that directory; ECANCELED when that was to stop meanwhile. While no log is
 * removed. */
int environment_copy(struct environment *v, const char *home, struct progress *progress);
/* A write transaction was committed. When much was written the trees are brought up to date and old
 * log removed. */
void environment_committed(struct berkeleydb *e, uint64_t octets);

#endif
