/* store/engine.h: the only thing an engine must offer: ordered keys in transactions.
 *
 * Keys and values are octets; keys sort as memcmp. The first octet of a key names its space (see
 * store/keys.h); an engine may keep spaces apart, a transaction covers all of them.
 * Errors are sticky: after the first, calls on the transaction do nothing and return false, and
 * engine_commit() refuses. Only store/ includes this. One thread at a time per transaction;
 * write transactions are begun by the committer only, one at a time. */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct engine;
struct engine_txn;
struct store_cursor;
struct store_txn;
struct store_settings;

struct engine *engine_open(const struct store_settings *settings, struct problem *p);
void engine_close(struct engine *e);

struct engine_txn *engine_begin_read(struct engine *e, struct problem *p);
struct engine_txn *engine_begin_write(struct engine *e, struct problem *p);
struct engine_txn *engine_begin_nested(struct engine_txn *parent, struct problem *p);
bool engine_commit(struct engine_txn *t, struct problem *p);	/* consumes t; not yet durable */
size_t engine_pending(const struct engine_txn *t);		/* octets a commit would write */
void engine_abort(struct engine_txn *t);			/* consumes t; NULL is fine */
/* Which of the environments the engine has opened so far a transaction belongs to; from 1. */
uint64_t engine_generation(const struct engine_txn *t);
/* All that was committed in that generation so far is durable. False: it is not, or nobody knows,
 * for the engine had to recover since. Thread-safe. */
bool engine_flush(struct engine *e, uint64_t generation, struct problem *p);
/* Copies the running engine into the directory, which is made; what is there then opens by itself.
 * Stops with PROBLEM_BUSY when the flag is set; NULL: never. */
bool engine_backup(struct engine *e, const char *directory, const atomic_bool *stop,
		   struct problem *p);

/* A snapshot that ends where it is when the flag is set: what is asked of it from then on fails with
 * PROBLEM_BUSY. NULL: never. */
void engine_stop_on(struct engine_txn *t, const atomic_bool *flag);
/* It reads everything once: what it reads is not kept in place of what others ask for. */
void engine_pass_by(struct engine_txn *t);
bool engine_stopped(struct engine_txn *t);	/* it is set; the sticky problem says so */

struct problem *engine_problem(struct engine_txn *t);		/* the sticky one */
bool engine_get(struct engine_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool engine_has(struct engine_txn *t, struct bytes key);
bool engine_put(struct engine_txn *t, struct bytes key, struct bytes value);
bool engine_add(struct engine_txn *t, struct bytes key, struct bytes value);
bool engine_delete(struct engine_txn *t, struct bytes key);
struct store_cursor *engine_scan(struct engine_txn *t, struct bytes from, struct bytes to,
				 bool descending);

/* What identity, registry, consent and audit_log are written with. */
/* The value of key, copied into the arena; false if absent or on error (the two differ in
 * store_failed()). */
bool store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool store_has(struct store_txn *t, struct bytes key);
bool store_put(struct store_txn *t, struct bytes key, struct bytes value);
/* Of a key that has never been there (it holds a number just given out): the engine need not look
 * what older snapshots should go on to see. */
bool store_add(struct store_txn *t, struct bytes key, struct bytes value);
bool store_delete(struct store_txn *t, struct bytes key);	/* absent is fine */
bool store_failed(const struct store_txn *t);			/* a sticky problem is set */
struct problem *store_problem(struct store_txn *t);

/* Within a job: a number that is 0 when a group of jobs begins that are committed together, then
 * what the last job left there, even one that was undone. The audit log's. */
uint64_t *store_group_note(struct store_txn *t);
/* A digest (EVP_MD_CTX of OpenSSL, SHA-256) for whoever runs on the committer. NULL in a snapshot. */
struct evp_md_ctx_st *store_digest(struct store_txn *t);

/* Keys from `from` (inclusive) up to `to` (exclusive, empty for no end), ascending or descending.
 * What the transaction itself writes ahead of the cursor is seen. NULL on error; store_next(NULL)
 * is false. */
struct store_cursor *store_scan(struct store_txn *t, struct bytes from, struct bytes to,
				bool descending);
struct store_cursor *store_scan_prefix(struct store_txn *t, struct bytes prefix, bool descending);
/* The engine's own. Both borrowed until the next call on the cursor. False at the end or on
 * error. */
bool store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
/* NULL is fine; also done by the transaction's end */
void store_scan_end(struct store_cursor *c);

#endif
