/* store/store_txn.h: between store.c and its transactions, and for nobody else. */
#ifndef STORE_STORE_TXN_H
#define STORE_STORE_TXN_H

#include "store/engine.h"
#include "store/numbers.h"
#include "store/packs.h"
#include "store/store.h"
#include "store/store_keys.h"

struct store_txn {
	struct store *store;
	struct engine_txn *engine; /* the innermost savepoint */
	unsigned depth;
	struct engine_txn *outer[8]; /* what the savepoints stand in, outermost first */
	struct arena *arena;
	const struct clock *clock;
	const struct random_source *random;
	uint64_t *group_note;         /* NULL in a snapshot */
	struct numbers *numbers;      /* NULL in a snapshot */
	struct packs *packs;          /* NULL in a snapshot, or where there are none */
	struct evp_md_ctx_st *digest; /* NULL in a snapshot */
	struct dictionaries *dictionaries;
	struct names *names;
	bool damaged; /* the sticky problem is of store_damaged() */
	bool hurries, left_undone;
	uint64_t may_hash; /* while it hurries */
};

/* What a job takes beside the keys, and gives back when it is undone. */
struct store_mark {
	struct numbers numbers;
	struct pack_mark packs;
};
struct store_mark store_txn_mark(const struct store_txn *t);
void store_txn_return(struct store_txn *t, const struct store_mark *to);

/* Ends it with all its savepoints; kept only if commit is true and none was left open. */
bool store_txn_conclude(struct store_txn *t, bool commit, struct problem *p);

#endif
