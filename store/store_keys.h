/* store/store_keys.h: what identity, registry, consent and audit_log are written with: ordered
 * keys, whichever engine keeps them. */
#ifndef STORE_STORE_KEYS_H
#define STORE_STORE_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct dictionaries;
struct names;
struct numbers;
struct store_cursor;
struct store_txn;

/* The value of key, copied into the arena; false if absent or on error (the two differ in
 * store_failed()). */
bool store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool store_has(struct store_txn *t, struct bytes key);
bool store_put(struct store_txn *t, struct bytes key, struct bytes value);
/* Of a key that has never been there (it holds a number just given out): the engine need not look
 * what older snapshots should go on to see. */
bool store_add(struct store_txn *t, struct bytes key, struct bytes value);
bool store_delete(struct store_txn *t, struct bytes key); /* absent is fine */
bool store_failed(const struct store_txn *t);             /* a sticky problem is set */
struct problem *store_problem(struct store_txn *t);

/* What was read is not what was ever written: the sticky problem, of the internal kind. False. A
 * check tells it and goes on elsewhere; for all others the store has failed. */
bool store_damaged(struct store_txn *t, const char *what, ...)
	__attribute__((format(printf, 2, 3)));
bool store_is_damaged(const struct store_txn *t);

/* Within a job: a number that is 0 when a group of jobs begins that are committed together, then
 * what the last job left there, even one that was undone. The audit log's. */
uint64_t *store_group_note(struct store_txn *t);
/* What store/numbers.h gives from: the node's. A snapshot has none: NULL. */
struct numbers *store_numbers(struct store_txn *t);
/* What is remembered of store/packing.h's dictionaries, for all of the store. */
struct dictionaries *store_dictionaries(const struct store_txn *t);
/* What is remembered of store/names.h's names, for all of the store, and of which generation of the
 * engine the transaction is: what a former one had committed may be gone. */
struct names *store_names(const struct store_txn *t);
uint64_t store_generation(const struct store_txn *t);
/* A digest (EVP_MD_CTX of OpenSSL, SHA-256) for whoever runs on the committer; a snapshot has none:
 * NULL. */
struct evp_md_ctx_st *store_digest(struct store_txn *t);

/* Keys from `from` (inclusive) up to `to` (exclusive, empty for no end), ascending or descending.
 * What the transaction itself writes ahead of the cursor is seen. NULL on error; store_next(NULL)
 * is false. */
struct store_cursor *store_scan(struct store_txn *t, struct bytes from, struct bytes to,
				bool descending);
struct store_cursor *store_scan_prefix(struct store_txn *t, struct bytes prefix, bool descending);
/* Both borrowed until the next call on the cursor. False at the end or on error. */
bool store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
/* NULL is fine; also done by the transaction's end */
void store_scan_end(struct store_cursor *c);

#endif
