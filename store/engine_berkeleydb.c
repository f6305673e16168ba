/* store/engine_berkeleydb.c: ordered keys in transactions, on Berkeley DB 5.3 Transactional Data
 * Store. How snapshots and writes keep out of each other's way: store/engine_berkeleydb.h. */
#include "store/engine_berkeleydb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

enum {
	/* most values fit: read without asking for their length first */
	VALUE_AT_HAND = 4096, /* ROW_MOST at least */
	/* Of what nobody can see any more a commit forgets so many, and so many more for each of
	 * its keys: it ends sooner than it grows, and no commit pays for all that a snapshot
	 * held. */
	FORGET_FIRST = 64,
	FORGET_EACH = 2,
	CHANGES_MOST = 256 << 20, /* of one job */
};

/* Of a space that nothing was put in: as if it had been looked for in vain. */
static DB *tree_of(const struct environment *v, struct bytes key)
{
	return v->trees[key.data[0]];
}

static DBT given(struct bytes b)
{
	DBT d = { .data = (void *)b.data, .size = (u_int32_t)b.length };
	return d;
}

static bool failed(struct berkeleydb_txn *t, int code, const char *doing)
{
	return environment_problem(t->environment, code, doing, &t->base.problem);
}

static bool no_memory(struct problem *p)
{
	return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a transaction");
}

/* Snapshots. */

static void join_snapshots(struct berkeleydb_txn *t)
{
	struct environment *v = t->environment;
	pthread_rwlock_rdlock(&v->trees_lock);
	pthread_mutex_lock(&v->snapshots_lock);
	t->seen = v->commits;
	t->older = v->newest;
	if (v->newest != NULL)
		v->newest->newer = t;
	else
		v->oldest = t;
	v->newest = t;
	pthread_mutex_unlock(&v->snapshots_lock);
	pthread_rwlock_unlock(&v->trees_lock);
}

/* With snapshots_lock held. */
static void unlink_snapshot(struct environment *v, struct berkeleydb_txn *t)
{
	if (t->older != NULL)
		t->older->newer = t->newer;
	else
		v->oldest = t->newer;
	if (t->newer != NULL)
		t->newer->older = t->older;
	else
		v->newest = t->older;
}

static void leave_snapshots(struct berkeleydb_txn *t)
{
	pthread_mutex_lock(&t->environment->snapshots_lock);
	if (!t->lost)
		unlink_snapshot(t->environment, t);
	pthread_mutex_unlock(&t->environment->snapshots_lock);
}

bool berkeleydb_hold_trees(struct berkeleydb_txn *t)
{
	if (t->writing)
		return true;
	if (engine_stopped(&t->base))
		return false;
	pthread_rwlock_rdlock(&t->environment->trees_lock);
	if (!t->lost)
		return true;
	size_t most = t->environment->past_most;
	pthread_rwlock_unlock(&t->environment->trees_lock);
	return problem_set(&t->base.problem, PROBLEM_BUSY,
			   "a reader was too slow: what was written meanwhile is more than "
			   "snapshot-memory (%zu octets) keeps for it",
			   most);
}

void berkeleydb_release_trees(struct berkeleydb_txn *t)
{
	if (!t->writing)
		pthread_rwlock_unlock(&t->environment->trees_lock);
}

const struct ordered_node *berkeleydb_unlike_trees(const struct berkeleydb_txn *t, struct bytes key)
{
	const struct ordered_node *n = NULL;
	if (!t->writing)
		return past_of(&t->environment->past, key, t->seen);
	for (; t != NULL; t = t->parent) {
		n = ordered_seek(&t->changes, key, 0);
		if (n != NULL && bytes_equal(n->key, key))
			return n;
	}
	return NULL;
}

/* What fills the past is what the oldest can see, not what nobody has forgotten yet. With
 * trees_lock and snapshots_lock held. */
static bool holds_too_much(const struct environment *v)
{
	return v->oldest != NULL && v->past.versions.octets > v->past_most
	       && !past_is_over(&v->past, v->oldest->seen);
}

/* Who looks back at what the commit to come replaces. With trees_lock held, so that none joins
 * them. Returns what all of them see at least. */
static uint64_t find_viewers(struct environment *v, struct past_viewers *viewers)
{
	*viewers = (struct past_viewers){ 0 };
	pthread_mutex_lock(&v->snapshots_lock);
	while (holds_too_much(v)) {
		v->oldest->lost = true;
		uint64_t seen = v->oldest->seen;
		unlink_snapshot(v, v->oldest);
		if (v->oldest != NULL && v->oldest->seen > seen)
			break;
	}
	for (const struct berkeleydb_txn *t = v->newest; t != NULL && !viewers->more;
	     t = t->older) {
		if (viewers->count > 0 && viewers->seen[viewers->count - 1] == t->seen)
			continue;
		viewers->more = viewers->count == PAST_VIEWERS;
		if (!viewers->more)
			viewers->seen[viewers->count++] = t->seen;
	}
	uint64_t needed = v->oldest != NULL ? v->oldest->seen : v->commits;
	pthread_mutex_unlock(&v->snapshots_lock);
	return needed;
}

/* What key is in the trees, as it will be asked for once the commit under way has changed it. */
static int remember(struct environment *v, struct bytes key, bool fresh,
		    const struct past_viewers *viewers)
{
	DB *tree = tree_of(v, key);
	DBT k = given(key), value = { .flags = DB_DBT_MALLOC };
	if (!past_misses(&v->past, key, viewers))
		return 0;
	int code = fresh || tree == NULL ? DB_NOTFOUND : tree->get(tree, NULL, &k, &value, 0);
	if (code != 0 && code != DB_NOTFOUND)
		return code;
	bool kept = past_remember(&v->past, key, v->commits + 1,
				  (struct bytes){ value.data, value.size }, code != 0, viewers);
	free(value.data);
	return kept ? 0 : ENOMEM;
}

/* Beginning and ending. */

static struct berkeleydb_txn *new_txn(struct berkeleydb *e, struct environment *v, bool writing,
				      struct problem *p)
{
	struct berkeleydb_txn *t = v == NULL ? NULL : calloc(1, sizeof *t);
	if (t == NULL) {
		if (v != NULL)
			environment_drop(e, v);
		no_memory(p); /* unless p says already why there is no environment */
		return NULL;
	}
	t->base.does = &engine_berkeleydb;
	t->base.generation = v->generation;
	t->engine = e;
	t->environment = v;
	t->writing = writing;
	return t;
}

static struct engine_txn *begin(struct engine *engine, enum engine_access how, struct problem *p)
{
	struct berkeleydb *e = (struct berkeleydb *)engine;
	bool writing = how != ENGINE_READ;
	if (writing && !environment_has_room(e, how == ENGINE_WRITE_ON_RESERVE, p))
		return NULL;
	struct berkeleydb_txn *t = new_txn(e, environment_take(e, p), writing, p);
	if (t != NULL && !writing)
		join_snapshots(t);
	return (struct engine_txn *)t;
}

static struct engine_txn *nest(struct engine_txn *within, struct problem *p)
{
	struct berkeleydb_txn *parent = (struct berkeleydb_txn *)within, *t = NULL;
	if (within->problem.code != PROBLEM_NONE)
		problem_set(p, within->problem.code, "%s", within->problem.what);
	else if ((t = calloc(1, sizeof *t)) == NULL)
		no_memory(p);
	else
		*t = (struct berkeleydb_txn){ .base.does = within->does,
					      .base.generation = within->generation,
					      .engine = parent->engine,
					      .environment = parent->environment,
					      .writing = true,
					      .parent = parent };
	return (struct engine_txn *)t;
}

static size_t pending(const struct engine_txn *t)
{
	return ((const struct berkeleydb_txn *)t)->changes.octets;
}

static void end(struct engine_txn *ending)
{
	struct berkeleydb_txn *t = (struct berkeleydb_txn *)ending;
	berkeleydb_end_cursors(t);
	ordered_clear(&t->changes);
	if (!t->writing)
		leave_snapshots(t);
	if (t->parent == NULL)
		environment_drop(t->engine, t->environment);
	free(t);
}

/* What was read of a key no longer counts. */
static void forget(struct environment *v, struct bytes key)
{
	if (!is_asked_again(key.data[0]))
		return;
	rows_drop(v->rows, key);
	if (key.length >= GROUP_KEY)
		rows_drop(v->groups, (struct bytes){ key.data, GROUP_KEY });
	if (key.length >= GROUP_LONG_KEY)
		rows_drop(v->groups, (struct bytes){ key.data, GROUP_LONG_KEY });
}

static int apply(struct environment *v, DB_TXN *txn, const struct ordered_node *n)
{
	DB *tree = tree_of(v, n->key);
	DBT key = given(n->key), value = given(n->value);
	forget(v, n->key);
	if (!n->absent)
		return tree->put(tree, txn, &key, &value, 0);
	int code = tree == NULL ? 0 : tree->del(tree, txn, &key, 0);
	return code == DB_NOTFOUND ? 0 : code;
}

/* With trees_lock held. */
static int make_trees(struct environment *v, const struct ordered *changes)
{
	int code = 0;
	for (const struct ordered_node *n = changes->first[0].next; code == 0 && n != NULL;
	     n = n->links[0].next)
		if (!n->absent)
			code = berkeleydb_make_tree(v, n->key.data[0]);
	return code;
}

static bool is_last_of_space(const struct ordered_node *n)
{
	const struct ordered_node *next = n->links[0].next;
	return next == NULL || next->key.data[0] != n->key.data[0];
}

/* With trees_lock held. */
static int apply_all(struct environment *v, const struct ordered *changes)
{
	DB_TXN *txn;
	struct past_viewers viewers;
	uint64_t needed = find_viewers(v, &viewers);
	int code = make_trees(v, changes);
	code = code != 0 ? code : v->env->txn_begin(v->env, NULL, &txn, DB_TXN_NOSYNC);
	if (code != 0)
		return code;
	past_forget(&v->past, needed, FORGET_FIRST);
	for (const struct ordered_node *n = changes->first[0].next; code == 0 && n != NULL;
	     n = n->links[0].next) {
		past_forget(&v->past, needed, FORGET_EACH);
		code = remember(v, n->key, n->fresh, &viewers);
		if (code == 0)
			code = apply(v, txn, n);
		if (is_last_of_space(n))
			ahead_after_space(v, n->key.data[0]);
	}
	if (code == 0)
		code = txn->commit(txn, DB_TXN_NOSYNC);
	else if (txn->abort(txn) != 0)
		code = DB_RUNRECOVERY;
	if (code == 0)
		v->commits++;
	return code;
}

static bool commit(struct engine_txn *committing, struct problem *p)
{
	struct berkeleydb_txn *t = (struct berkeleydb_txn *)committing;
	bool kept = t->base.problem.code == PROBLEM_NONE;
	if (!kept) {
		problem_at(p, t->base.problem.code, t->base.problem.where, "%s",
			   t->base.problem.what);
	} else if (t->parent != NULL) {
		ordered_move(&t->parent->changes, &t->changes);
	} else if (t->changes.first[0].next != NULL) {
		struct environment *v = t->environment;
		environment_write_begin(t->engine);
		ahead_before_commit(v, &t->changes);
		pthread_rwlock_wrlock(&v->trees_lock);
		int code = apply_all(v, &t->changes);
		pthread_rwlock_unlock(&v->trees_lock);
		ahead_after_commit(v);
		environment_write_end(t->engine);
		kept = code == 0 || environment_commit_problem(v, code, p);
		if (kept)
			environment_committed(t->engine, t->changes.octets);
	}
	return kept;
}

/* One key. */

/* Where a value is put while the trees are held: at hand, or in the arena; never by a long jump. */
struct taking {
	unsigned char at_hand[VALUE_AT_HAND];
	struct arena *arena;
	unsigned char *copy;
	size_t length;
	bool no_memory;
};

static unsigned char *room_for(struct taking *g, size_t length)
{
	g->length = length;
	if (length <= sizeof g->at_hand)
		return g->at_hand;
	g->copy = arena_try(g->arena, length);
	g->no_memory = g->copy == NULL;
	return g->copy;
}

static int take_from_tree(struct berkeleydb_txn *t, struct bytes key, struct taking *g)
{
	DB *tree = tree_of(t->environment, key);
	DBT k = given(key),
	    v = { .data = g->at_hand, .ulen = sizeof g->at_hand, .flags = DB_DBT_USERMEM };
	int code = tree == NULL ? DB_NOTFOUND : tree->get(tree, NULL, &k, &v, 0);
	g->length = v.size;
	if (code != DB_BUFFER_SMALL)
		return code;
	v.ulen = v.size;
	v.data = room_for(g, v.size);
	return v.data == NULL ? 0 : tree->get(tree, NULL, &k, &v, 0);
}

static struct rows *rows_of(const struct berkeleydb_txn *t, struct bytes key)
{
	return is_asked_again(key.data[0]) ? t->environment->rows : NULL;
}

/* What the trees hold, kept for the next who asks. That something is not there a writer asks to put
 * it there. */
static int take_row(struct berkeleydb_txn *t, struct bytes key, struct taking *g)
{
	struct rows *rows = rows_of(t, key);
	enum row known = rows_get(rows, key, g->at_hand, &g->length);
	if (known != ROW_UNKNOWN)
		return known == ROW_PRESENT ? 0 : DB_NOTFOUND;
	int code = take_from_tree(t, key, g);
	bool fits = (code == 0 && g->copy == NULL && !g->no_memory) || code == DB_NOTFOUND;
	if (fits && !t->base.passing_by && !(t->writing && code == DB_NOTFOUND))
		rows_keep(rows, key, (struct bytes){ g->at_hand, code == 0 ? g->length : 0 },
			  code != 0);
	return code;
}

static int take(struct berkeleydb_txn *t, struct bytes key, struct taking *g)
{
	const struct ordered_node *n = berkeleydb_unlike_trees(t, key);
	if (n == NULL)
		return take_row(t, key, g);
	if (n->absent)
		return DB_NOTFOUND;
	unsigned char *room = room_for(g, n->value.length);
	if (room != NULL && n->value.length != 0)
		memcpy(room, n->value.data, n->value.length);
	return 0;
}

static bool get(struct engine_txn *reading, struct bytes key, struct arena *a, struct bytes *value)
{
	struct berkeleydb_txn *t = (struct berkeleydb_txn *)reading;
	struct taking g;
	g.arena = a;
	g.copy = NULL;
	g.no_memory = false;
	if (!engine_takes(&t->base, key) || !berkeleydb_hold_trees(t))
		return false;
	int code = take(t, key, &g);
	berkeleydb_release_trees(t);
	if (code != 0)
		return code != DB_NOTFOUND && failed(t, code, "read");
	if (g.no_memory || g.copy == NULL) {
		g.copy = arena_alloc(a, g.length); /* leaves here, where nothing is held */
		if (g.no_memory)
			return no_memory(&t->base.problem);
		memcpy(g.copy, g.at_hand, g.length);
	}
	*value = (struct bytes){ g.copy, g.length };
	return true;
}

static int look_for(struct berkeleydb_txn *t, struct bytes key)
{
	const struct ordered_node *n = berkeleydb_unlike_trees(t, key);
	if (n != NULL)
		return n->absent ? DB_NOTFOUND : 0;
	enum row known = rows_get(rows_of(t, key), key, NULL, NULL);
	if (known != ROW_UNKNOWN)
		return known == ROW_PRESENT ? 0 : DB_NOTFOUND;
	DB *tree = tree_of(t->environment, key);
	DBT k = given(key);
	return tree == NULL ? DB_NOTFOUND : tree->exists(tree, NULL, &k, 0);
}

static bool has(struct engine_txn *reading, struct bytes key)
{
	struct berkeleydb_txn *t = (struct berkeleydb_txn *)reading;
	if (!engine_takes(&t->base, key) || !berkeleydb_hold_trees(t))
		return false;
	int code = look_for(t, key);
	berkeleydb_release_trees(t);
	return code == 0 || (code != DB_NOTFOUND && failed(t, code, "read"));
}

static bool change(struct engine_txn *writing, struct bytes key, struct bytes value,
		   enum engine_change how)
{
	struct berkeleydb_txn *t = (struct berkeleydb_txn *)writing;
	if (!engine_takes(&t->base, key))
		return false;
	if (!t->writing)
		return problem_set(&t->base.problem, PROBLEM_INTERNAL, "a snapshot was written to");
	if (t->changes.octets + value.length > CHANGES_MOST)
		return problem_set(&t->base.problem, PROBLEM_OUT_OF_RESOURCES,
				   "a store job writes more than it may");
	struct ordered_node *n = ordered_put(&t->changes, key, 0, value, how == ENGINE_DELETE);
	if (n == NULL)
		return no_memory(&t->base.problem);
	n->fresh = how == ENGINE_ADD;
	return true;
}

const struct engine_functions engine_berkeleydb = {
	.name = "Berkeley DB",
	.beside_files = true,
	.waits = berkeleydb_waits,
	.open = berkeleydb_open,
	.close = berkeleydb_close,
	.flush = berkeleydb_flush,
	.backup = berkeleydb_backup,
	.begin = begin,
	.nest = nest,
	.commit = commit,
	.end = end,
	.pending = pending,
	.get = get,
	.has = has,
	.change = change,
	.scan = berkeleydb_scan,
	.next = berkeleydb_next,
	.scan_end = berkeleydb_scan_end,
};
