/* store/engine.h: what an engine must offer: ordered keys in transactions.
 *
 * A table of functions, chosen when the store is opened. Above it only store.c, store_txn.c and
 * flusher.c know of engines; what is kept is written and read through store/store_keys.h
 * (tests/lint/rooms).
 *
 * Keys and values are octets; keys sort as memcmp. The first octet of a key names its space (see
 * store/keys.h); an engine may keep spaces apart, a transaction covers all of them. Errors are
 * sticky: after the first, calls on the transaction do nothing and return false, and commit
 * refuses. One thread at a time per transaction; of one engine, write transactions are begun by its
 * committer only, one at a time. Other engines, of other nodes, may write the same keys: what a
 * transaction does is as if they had run one after another, or it ends in a conflict. */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct progress;
struct engine_functions;
struct store_settings;

/* What each of an engine's own begins with. */
struct engine {
	const struct engine_functions *does;
};

struct engine_txn {
	const struct engine_functions *does;
	/* Which of the environments the engine has opened so far it belongs to; from 1. */
	uint64_t generation;
	/* A snapshot ends where it is when that is set: what is asked of it from then on fails with
	 * PROBLEM_BUSY. NULL: never. */
	const atomic_bool *stop;
	/* It reads everything once: what it reads is not kept in place of what others ask for. */
	bool passing_by;
	/* Of a snapshot in a hurry: how many keys it may still look at; past that it fails with
	 * PROBLEM_BUSY, and is exhausted. */
	bool hurries, exhausted;
	uint64_t looks;
	/* It failed because another node changed what it had read: run anew it may succeed. */
	bool conflict;
	struct problem problem; /* the sticky one */
};

struct store_cursor {
	const struct engine_functions *does;
	struct engine_txn *of;
};

/* ENGINE_ADD: of a key that has never been there; the engine need not look what older snapshots
 * should go on to see. */
enum engine_change { ENGINE_PUT, ENGINE_ADD, ENGINE_DELETE };

/* ENGINE_WRITE_ON_RESERVE: where the disk has no room but what is kept for audit records
 * (store/disk_reserve.h), that may be used. */
enum engine_access { ENGINE_READ, ENGINE_WRITE, ENGINE_WRITE_ON_RESERVE };

struct engine_functions {
	const char *name;
	bool conflicts; /* a commit may end in one */
	/* Whoever reads its keys has the store's directory: what stands there may be named by
	 * them. */
	bool beside_files;
	/* Who wrote lately waited for the disk to read: it is worth asking for what a job will read
	 * before it runs. Thread-safe. NULL: it never is, or nobody knows. */
	bool (*waits)(struct engine *e);
	struct engine *(*open)(const struct store_settings *settings, struct problem *p);
	void (*close)(struct engine *e);
	/* All that was committed in that generation so far is durable. False: it is not, or nobody
	 * knows, for the engine had to recover since. Thread-safe. */
	bool (*flush)(struct engine *e, uint64_t generation, struct problem *p);
	/* Copies the running engine into the directory, which is made; what is there then opens by
	 * itself. Stops with PROBLEM_BUSY when it is to. */
	bool (*backup)(struct engine *e, const char *directory, struct progress *progress,
		       struct problem *p);

	struct engine_txn *(*begin)(struct engine *e, enum engine_access how, struct problem *p);
	struct engine_txn *(*nest)(struct engine_txn *parent, struct problem *p);
	/* Seen by all who begin from now on (nested: by its parent); not yet durable. */
	bool (*commit)(struct engine_txn *t, struct problem *p);
	void (*end)(struct engine_txn *t);             /* frees it; not committed, it is undone */
	size_t (*pending)(const struct engine_txn *t); /* octets a commit would write */

	/* The value is the arena's. False: absent, or failed (sticky). */
	bool (*get)(struct engine_txn *t, struct bytes key, struct arena *a, struct bytes *value);
	bool (*has)(struct engine_txn *t, struct bytes key);
	bool (*change)(struct engine_txn *t, struct bytes key, struct bytes value,
		       enum engine_change how);
	/* As store_scan(), store_next() and store_scan_end(), but that no cursor is NULL. */
	struct store_cursor *(*scan)(struct engine_txn *t, struct bytes from, struct bytes to,
				     bool descending);
	bool (*next)(struct store_cursor *c, struct bytes *key, struct bytes *value);
	void (*scan_end)(struct store_cursor *c);
};

extern const struct engine_functions engine_berkeleydb; /* in service */

/* The engine of the settings. NULL: it could not be opened. */
struct engine *engine_open(const struct store_settings *settings, struct problem *p);
/* Its flag is set; the sticky problem says so. */
bool engine_stopped(struct engine_txn *t);
/* One more look, where the hurry allows it. */
bool engine_may_look(struct engine_txn *t);
/* What every engine says of a key it cannot take. False: the sticky problem is set. */
bool engine_takes(struct engine_txn *t, struct bytes key);

static inline void engine_close(struct engine *e)
{
	if (e != NULL)
		e->does->close(e);
}

static inline bool engine_flush(struct engine *e, uint64_t generation, struct problem *p)
{
	return e->does->flush(e, generation, p);
}

static inline bool engine_waits(struct engine *e)
{
	return e->does->waits != NULL && e->does->waits(e);
}

static inline bool engine_backup(struct engine *e, const char *directory, struct progress *progress,
				 struct problem *p)
{
	return e->does->backup(e, directory, progress, p);
}

static inline struct engine_txn *engine_begin_read(struct engine *e, struct problem *p)
{
	return e->does->begin(e, ENGINE_READ, p);
}

static inline struct engine_txn *engine_begin_write(struct engine *e, struct problem *p)
{
	return e->does->begin(e, ENGINE_WRITE, p);
}

static inline struct engine_txn *engine_begin_on_reserve(struct engine *e, struct problem *p)
{
	return e->does->begin(e, ENGINE_WRITE_ON_RESERVE, p);
}

static inline struct engine_txn *engine_begin_nested(struct engine_txn *parent, struct problem *p)
{
	return parent->does->nest(parent, p);
}

/* NULL is fine. */
static inline void engine_abort(struct engine_txn *t)
{
	if (t != NULL)
		t->does->end(t);
}

/* Consumes t; conflict, when it is not NULL: whether that was why it failed. */
static inline bool engine_conclude(struct engine_txn *t, bool *conflict, struct problem *p)
{
	bool kept = t->does->commit(t, p);
	if (conflict != NULL)
		*conflict = !kept && t->conflict;
	engine_abort(t);
	return kept;
}

static inline bool engine_commit(struct engine_txn *t, struct problem *p)
{
	return engine_conclude(t, NULL, p);
}

static inline size_t engine_pending(const struct engine_txn *t)
{
	return t->does->pending(t);
}

static inline struct problem *engine_problem(struct engine_txn *t)
{
	return &t->problem;
}

static inline bool engine_get(struct engine_txn *t, struct bytes key, struct arena *a,
			      struct bytes *value)
{
	return t->does->get(t, key, a, value);
}

static inline bool engine_has(struct engine_txn *t, struct bytes key)
{
	return t->does->has(t, key);
}

static inline bool engine_put(struct engine_txn *t, struct bytes key, struct bytes value)
{
	return t->does->change(t, key, value, ENGINE_PUT);
}

static inline bool engine_add(struct engine_txn *t, struct bytes key, struct bytes value)
{
	return t->does->change(t, key, value, ENGINE_ADD);
}

static inline bool engine_delete(struct engine_txn *t, struct bytes key)
{
	return t->does->change(t, key, (struct bytes){ 0 }, ENGINE_DELETE);
}

static inline struct store_cursor *engine_scan(struct engine_txn *t, struct bytes from,
					       struct bytes to, bool descending)
{
	struct store_cursor *c = t->does->scan(t, from, to, descending);
	if (c != NULL)
		c->of = t;
	return c;
}

#endif
