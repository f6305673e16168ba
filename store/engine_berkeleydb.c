/* store/engine_berkeleydb.c: ordered keys in transactions, on Berkeley DB 5.3 Transactional Data Store.
 *
 * Readers use snapshots (DB_TXN_SNAPSHOT over DB_MULTIVERSION trees): they hold no lock, so neither
 * they nor the one writer ever wait. Commits do not sync; engine_flush() does, for all of them. */
#include "store/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/engine_berkeleydb.h"

enum {
	VALUE_AT_HAND = 4096,	/* most values fit: read without asking for their length first */
	KEY_AT_HAND = 512,
};

struct engine_txn {
	struct engine *engine;
	struct environment *environment;
	struct engine_txn *parent;
	DB_TXN *txn;
	bool writing;
	uint64_t wrote;
	struct store_cursor *cursors;
	struct problem problem;
};

struct store_cursor {
	struct store_cursor *next, **link;
	struct engine_txn *txn;
	DBC *dbc;
	unsigned tree, last_tree;
	bool descending, ended;
	struct bytes from, to;		/* both in one block of malloc(), at from.data */
	unsigned char *limits;
	DBT key, value;			/* buffers of malloc(), ours */
};

static unsigned tree_of(unsigned char space)
{
	return space < 0x80 ? 0 : space < 0xc0 ? 1 : 2;
}

static DBT given(struct bytes b)
{
	DBT d = { .data = (void *)b.data, .size = (u_int32_t)b.length };
	return d;
}

/* Beginning and ending. */

static struct engine_txn *begin(struct engine *e, struct environment *v, struct engine_txn *parent,
				u_int32_t flags, struct problem *p)
{
	struct engine_txn *t = calloc(1, sizeof *t);
	if (t == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a transaction");
		return NULL;
	}
	int code = v->env->txn_begin(v->env, parent == NULL ? NULL : parent->txn, &t->txn, flags);
	if (code != 0) {
		environment_problem(v, code, "begin a transaction", p);
		free(t);
		return NULL;
	}
	t->engine = e;
	t->environment = v;
	t->parent = parent;
	t->writing = (flags & DB_TXN_SNAPSHOT) == 0;
	return t;
}

static struct engine_txn *begin_first(struct engine *e, u_int32_t flags, struct problem *p)
{
	struct environment *v = environment_take(e, p);
	if (v == NULL)
		return NULL;
	struct engine_txn *t = begin(e, v, NULL, flags, p);
	if (t == NULL)
		environment_drop(e, v);
	return t;
}

struct engine_txn *engine_begin_read(struct engine *e, struct problem *p)
{
	struct engine_txn *t = begin_first(e, DB_TXN_SNAPSHOT, p);
	if (t == NULL)
		return NULL;
	/* Berkeley DB takes the snapshot at the first read, we promise it from the beginning on. */
	engine_has(t, (struct bytes){ (const unsigned char *)"\x01", 1 });
	if (t->problem.code == PROBLEM_NONE)
		return t;
	problem_set(p, t->problem.code, "%s", t->problem.what);
	engine_abort(t);
	return NULL;
}

struct engine_txn *engine_begin_write(struct engine *e, struct problem *p)
{
	return environment_has_room(e, p) ? begin_first(e, DB_TXN_NOSYNC, p) : NULL;
}

struct engine_txn *engine_begin_nested(struct engine_txn *parent, struct problem *p)
{
	if (parent->problem.code != PROBLEM_NONE) {
		problem_set(p, parent->problem.code, "%s", parent->problem.what);
		return NULL;
	}
	return begin(parent->engine, parent->environment, parent, DB_TXN_NOSYNC, p);
}

static void finish(struct engine_txn *t)
{
	if (t->parent == NULL)
		environment_drop(t->engine, t->environment);
	free(t);
}

void engine_abort(struct engine_txn *t)
{
	if (t == NULL)
		return;
	while (t->cursors != NULL)
		store_scan_end(t->cursors);
	int code = t->txn->abort(t->txn);
	if (code != 0)
		environment_problem(t->environment, code, "undo a transaction", NULL);
	finish(t);
}

bool engine_commit(struct engine_txn *t, struct problem *p)
{
	if (t->problem.code != PROBLEM_NONE) {
		problem_at(p, t->problem.code, t->problem.where, "%s", t->problem.what);
		engine_abort(t);
		return false;
	}
	while (t->cursors != NULL)
		store_scan_end(t->cursors);
	int code = t->txn->commit(t->txn, DB_TXN_NOSYNC);
	bool kept = code == 0 || environment_problem(t->environment, code, "commit", p);
	if (kept && t->parent != NULL)
		t->parent->wrote += t->wrote;
	else if (kept && t->writing)
		environment_committed(t->engine, t->environment);
	if (kept && t->parent == NULL && t->wrote != 0)
		environment_wrote(t->engine, t->wrote);
	finish(t);
	return kept;
}

struct problem *engine_problem(struct engine_txn *t)
{
	return &t->problem;
}

/* One key. */

static bool usable(struct engine_txn *t, struct bytes key)
{
	if (t->problem.code != PROBLEM_NONE)
		return false;
	return key.length != 0 || problem_set(&t->problem, PROBLEM_REQUEST_INVALID,
					      "an identifier is longer than the store can hold");
}

static bool failed(struct engine_txn *t, int code, const char *doing)
{
	return environment_problem(t->environment, code, doing, &t->problem);
}

bool engine_get(struct engine_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	unsigned char at_hand[VALUE_AT_HAND], *copy = NULL;
	if (!usable(t, key))
		return false;
	DB *tree = t->environment->trees[tree_of(key.data[0])];
	DBT k = given(key), v = { .data = at_hand, .ulen = sizeof at_hand, .flags = DB_DBT_USERMEM };
	int code = tree->get(tree, t->txn, &k, &v, 0);
	if (code == DB_BUFFER_SMALL) {
		v.ulen = v.size;
		v.data = copy = arena_alloc(a, v.size);
		code = tree->get(tree, t->txn, &k, &v, 0);
	}
	if (code == DB_NOTFOUND)
		return false;
	if (code != 0)
		return failed(t, code, "read");
	if (copy == NULL) {
		copy = arena_alloc(a, v.size);
		memcpy(copy, at_hand, v.size);
	}
	*value = (struct bytes){ copy, v.size };
	return true;
}

bool engine_has(struct engine_txn *t, struct bytes key)
{
	if (!usable(t, key))
		return false;
	DB *tree = t->environment->trees[tree_of(key.data[0])];
	DBT k = given(key);
	int code = tree->exists(tree, t->txn, &k, 0);
	return code == 0 || (code != DB_NOTFOUND && failed(t, code, "read"));
}

static bool writable(struct engine_txn *t, struct bytes key)
{
	return usable(t, key)
	    && (t->writing || problem_set(&t->problem, PROBLEM_INTERNAL, "a snapshot was written to"));
}

bool engine_put(struct engine_txn *t, struct bytes key, struct bytes value)
{
	if (!writable(t, key))
		return false;
	DB *tree = t->environment->trees[tree_of(key.data[0])];
	DBT k = given(key), v = given(value);
	int code = tree->put(tree, t->txn, &k, &v, 0);
	if (code != 0)
		return failed(t, code, "write");
	t->wrote += key.length + value.length;
	return true;
}

bool engine_delete(struct engine_txn *t, struct bytes key)
{
	if (!writable(t, key))
		return false;
	DB *tree = t->environment->trees[tree_of(key.data[0])];
	DBT k = given(key);
	int code = tree->del(tree, t->txn, &k, 0);
	if (code != 0 && code != DB_NOTFOUND)
		return failed(t, code, "delete");
	t->wrote += key.length;
	return true;
}

/* Many keys. */

static bool grow(DBT *d, u_int32_t least)
{
	if (d->ulen >= least)
		return true;
	void *moved = realloc(d->data, least);
	if (moved == NULL)
		return false;
	d->data = moved;
	d->ulen = least;
	return true;
}

static bool hold_limits(struct store_cursor *c, struct bytes from, struct bytes to)
{
	c->limits = malloc(from.length + to.length + 1);
	if (c->limits == NULL)
		return false;
	if (from.length != 0)
		memcpy(c->limits, from.data, from.length);
	if (to.length != 0)
		memcpy(c->limits + from.length, to.data, to.length);
	c->from = (struct bytes){ c->limits, from.length };
	c->to = (struct bytes){ c->limits + from.length, to.length };
	return true;
}

struct store_cursor *engine_scan(struct engine_txn *t, struct bytes from, struct bytes to, bool descending)
{
	if (t->problem.code != PROBLEM_NONE)
		return NULL;
	struct store_cursor *c = calloc(1, sizeof *c);
	if (c == NULL || !hold_limits(c, from, to)
	    || !grow(&c->key, KEY_AT_HAND) || !grow(&c->value, VALUE_AT_HAND)) {
		if (c != NULL)
			store_scan_end(c);
		problem_set(&t->problem, PROBLEM_OUT_OF_RESOURCES, "no memory for a cursor");
		return NULL;
	}
	unsigned lowest = from.length == 0 ? 0 : tree_of(from.data[0]);
	unsigned highest = to.length == 0 ? TREES - 1 : tree_of(to.data[0]);
	c->ended = lowest > highest;
	c->tree = descending ? highest : lowest;
	c->last_tree = descending ? lowest : highest;
	c->descending = descending;
	c->key.flags = c->value.flags = DB_DBT_USERMEM;
	c->txn = t;
	c->next = t->cursors;
	c->link = &t->cursors;
	if (c->next != NULL)
		c->next->link = &c->next;
	t->cursors = c;
	return c;
}

void store_scan_end(struct store_cursor *c)
{
	if (c == NULL)
		return;
	if (c->link != NULL)
		*c->link = c->next;
	if (c->link != NULL && c->next != NULL)
		c->next->link = c->link;
	if (c->dbc != NULL)
		c->dbc->close(c->dbc);
	free(c->limits);
	free(c->key.data);
	free(c->value.data);
	free(c);
}

/* One step; buffers grow until key and value fit. start: where DB_SET_RANGE begins. */
static int step(struct store_cursor *c, u_int32_t how, struct bytes start)
{
	for (;;) {
		if (!grow(&c->key, (u_int32_t)start.length))
			return ENOMEM;
		if (start.length != 0)
			memcpy(c->key.data, start.data, start.length);
		c->key.size = (u_int32_t)start.length;
		int code = c->dbc->get(c->dbc, &c->key, &c->value, how);
		if (code != DB_BUFFER_SMALL)
			return code;
		if (!grow(&c->key, c->key.size) || !grow(&c->value, c->value.size))
			return ENOMEM;
	}
}

/* The first key of this tree in the cursor's direction. */
static int first(struct store_cursor *c)
{
	struct bytes none = { 0 };
	if (!c->descending)
		return c->from.length == 0 ? step(c, DB_FIRST, none) : step(c, DB_SET_RANGE, c->from);
	if (c->to.length == 0)
		return step(c, DB_LAST, none);
	int code = step(c, DB_SET_RANGE, c->to);
	return code == 0 ? step(c, DB_PREV, none) : code == DB_NOTFOUND ? step(c, DB_LAST, none) : code;
}

static int advance(struct store_cursor *c)
{
	struct bytes none = { 0 };
	for (;;) {
		int code;
		if (c->dbc == NULL) {
			DB *tree = c->txn->environment->trees[c->tree];
			code = tree->cursor(tree, c->txn->txn, &c->dbc, 0);
			if (code == 0)
				code = first(c);
		} else {
			code = step(c, c->descending ? DB_PREV : DB_NEXT, none);
		}
		if (code != DB_NOTFOUND || c->tree == c->last_tree)
			return code;
		c->dbc->close(c->dbc);
		c->dbc = NULL;
		c->tree = c->descending ? c->tree - 1 : c->tree + 1;
	}
}

bool store_next(struct store_cursor *c, struct bytes *key, struct bytes *value)
{
	if (c == NULL || c->ended || c->txn->problem.code != PROBLEM_NONE)
		return false;
	int code = advance(c);
	if (code != 0) {
		c->ended = true;
		return code != DB_NOTFOUND && failed(c->txn, code, "scan");
	}
	struct bytes k = { c->key.data, c->key.size };
	bool within = c->descending ? bytes_compare(k, c->from) >= 0
				    : c->to.length == 0 || bytes_compare(k, c->to) < 0;
	c->ended = !within;
	if (!within)
		return false;
	*key = k;
	if (value != NULL)
		*value = (struct bytes){ c->value.data, c->value.size };
	return true;
}
