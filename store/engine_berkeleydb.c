/* store/engine_berkeleydb.c: ordered keys in transactions, on Berkeley DB 5.3 Transactional Data
 * Store. How snapshots and writes keep out of each other's way: store/engine_berkeleydb.h. */
#include "store/engine_berkeleydb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

enum {
	/* most values fit: read without asking for their length first */
	VALUE_AT_HAND = 4096,		/* ROW_MOST at least */
	/* Of what nobody can see any more a commit forgets so many, and so many more for each of its
	 * keys: it ends sooner than it grows, and no commit pays for all that a snapshot held. */
	FORGET_FIRST = 64, FORGET_EACH = 2,
	CHANGES_MOST = 256 << 20,	/* of one job */
};

static DBT given(struct bytes b)
{
	DBT d = { .data = (void *)b.data, .size = (u_int32_t)b.length };
	return d;
}

static bool failed(struct engine_txn *t, int code, const char *doing)
{
	return environment_problem(t->environment, code, doing, &t->problem);
}

static bool no_memory(struct problem *p)
{
	return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a transaction");
}

/* Snapshots. */

static void join_snapshots(struct engine_txn *t)
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
static void unlink_snapshot(struct environment *v, struct engine_txn *t)
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

static void leave_snapshots(struct engine_txn *t)
{
	pthread_mutex_lock(&t->environment->snapshots_lock);
	if (!t->lost)
		unlink_snapshot(t->environment, t);
	pthread_mutex_unlock(&t->environment->snapshots_lock);
}

void engine_stop_on(struct engine_txn *t, const atomic_bool *flag)
{
	t->stop = flag;
}

void engine_pass_by(struct engine_txn *t)
{
	t->passing_by = true;
}

bool engine_stopped(struct engine_txn *t)
{
	if (t->stop == NULL || !atomic_load_explicit(t->stop, memory_order_relaxed))
		return false;
	problem_set(&t->problem, PROBLEM_BUSY,
		    "it was stopped where it was: nobody waits for it, or the service stops");
	return true;
}

bool engine_hold_trees(struct engine_txn *t)
{
	if (t->writing)
		return true;
	if (engine_stopped(t))
		return false;
	pthread_rwlock_rdlock(&t->environment->trees_lock);
	if (!t->lost)
		return true;
	size_t most = t->environment->past_most;
	pthread_rwlock_unlock(&t->environment->trees_lock);
	return problem_set(&t->problem, PROBLEM_BUSY,
			   "a reader was too slow: what was written meanwhile is more than "
			   "snapshot-memory (%zu octets) keeps for it",
			   most);
}

void engine_release_trees(struct engine_txn *t)
{
	if (!t->writing)
		pthread_rwlock_unlock(&t->environment->trees_lock);
}

const struct ordered_node *engine_unlike_trees(const struct engine_txn *t, struct bytes key)
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

/* What fills the past is what the oldest can see, not what nobody has forgotten yet. With trees_lock and
 * snapshots_lock held. */
static bool holds_too_much(const struct environment *v)
{
	return v->oldest != NULL && v->past.versions.octets > v->past_most
	    && !past_is_over(&v->past, v->oldest->seen);
}

/* Who looks back at what the commit to come replaces. With trees_lock held, so that none joins them.
 * Returns what all of them see at least. */
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
	for (const struct engine_txn *t = v->newest; t != NULL && !viewers->more; t = t->older) {
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
	DB *tree = v->trees[tree_of(key.data[0])];
	DBT k = given(key), value = { .flags = DB_DBT_MALLOC };
	if (!past_misses(&v->past, key, viewers))
		return 0;
	int code = fresh ? DB_NOTFOUND : tree->get(tree, NULL, &k, &value, 0);
	if (code != 0 && code != DB_NOTFOUND)
		return code;
	bool kept = past_remember(&v->past, key, v->commits + 1,
				  (struct bytes){ value.data, value.size }, code != 0, viewers);
	free(value.data);
	return kept ? 0 : ENOMEM;
}

/* Beginning and ending. */

static struct engine_txn *begin(struct engine *e, struct environment *v, bool writing,
				struct problem *p)
{
	struct engine_txn *t = v == NULL ? NULL : calloc(1, sizeof *t);
	if (t == NULL) {
		if (v != NULL)
			environment_drop(e, v);
		no_memory(p);	/* unless p says already why there is no environment */
		return NULL;
	}
	t->engine = e;
	t->environment = v;
	t->writing = writing;
	return t;
}

struct engine_txn *engine_begin_read(struct engine *e, struct problem *p)
{
	struct engine_txn *t = begin(e, environment_take(e, p), false, p);
	if (t != NULL)
		join_snapshots(t);
	return t;
}

struct engine_txn *engine_begin_write(struct engine *e, struct problem *p)
{
	return environment_has_room(e, p) ? begin(e, environment_take(e, p), true, p) : NULL;
}

struct engine_txn *engine_begin_nested(struct engine_txn *parent, struct problem *p)
{
	struct engine_txn *t = NULL;
	if (parent->problem.code != PROBLEM_NONE)
		problem_set(p, parent->problem.code, "%s", parent->problem.what);
	else if ((t = calloc(1, sizeof *t)) == NULL)
		no_memory(p);
	else
		*t = (struct engine_txn){ .engine = parent->engine,
					  .environment = parent->environment,
					  .writing = true,
					  .parent = parent };
	return t;
}

uint64_t engine_generation(const struct engine_txn *t)
{
	return t->environment->generation;
}

size_t engine_pending(const struct engine_txn *t)
{
	return t->changes.octets;
}

struct problem *engine_problem(struct engine_txn *t)
{
	return &t->problem;
}

void engine_abort(struct engine_txn *t)
{
	if (t == NULL)
		return;
	while (t->cursors != NULL)
		store_scan_end(t->cursors);
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
	if (tree_of(key.data[0]) != 0)
		return;
	rows_drop(v->rows, key);
	if (key.length >= GROUP_KEY)
		rows_drop(v->groups, (struct bytes){ key.data, GROUP_KEY });
}

static int apply(struct environment *v, DB_TXN *txn, const struct ordered_node *n)
{
	DB *tree = v->trees[tree_of(n->key.data[0])];
	DBT key = given(n->key), value = given(n->value);
	forget(v, n->key);
	if (!n->absent)
		return tree->put(tree, txn, &key, &value, 0);
	int code = tree->del(tree, txn, &key, 0);
	return code == DB_NOTFOUND ? 0 : code;
}

/* With trees_lock held. */
static int apply_all(struct environment *v, const struct ordered *changes)
{
	DB_TXN *txn;
	struct past_viewers viewers;
	uint64_t needed = find_viewers(v, &viewers);
	int code = v->env->txn_begin(v->env, NULL, &txn, DB_TXN_NOSYNC);
	if (code != 0)
		return code;
	past_forget(&v->past, needed, FORGET_FIRST);
	for (const struct ordered_node *n = changes->first[0].next; code == 0 && n != NULL;
	     n = n->links[0].next) {
		past_forget(&v->past, needed, FORGET_EACH);
		code = remember(v, n->key, n->fresh, &viewers);
		if (code == 0)
			code = apply(v, txn, n);
	}
	if (code == 0)
		code = txn->commit(txn, DB_TXN_NOSYNC);
	else if (txn->abort(txn) != 0)
		code = DB_RUNRECOVERY;
	if (code == 0)
		v->commits++;
	return code;
}

bool engine_commit(struct engine_txn *t, struct problem *p)
{
	bool kept = t->problem.code == PROBLEM_NONE;
	if (!kept) {
		problem_at(p, t->problem.code, t->problem.where, "%s", t->problem.what);
	} else if (t->parent != NULL) {
		ordered_move(&t->parent->changes, &t->changes);
	} else if (t->changes.first[0].next != NULL) {
		struct environment *v = t->environment;
		environment_write_begin(t->engine);
		pthread_rwlock_wrlock(&v->trees_lock);
		int code = apply_all(v, &t->changes);
		pthread_rwlock_unlock(&v->trees_lock);
		environment_write_end(t->engine);
		kept = code == 0 || environment_commit_problem(v, code, p);
		if (kept)
			environment_committed(t->engine, t->changes.octets);
	}
	engine_abort(t);	/* of what is left: the memory of it */
	return kept;
}

/* One key. */

static bool usable(struct engine_txn *t, struct bytes key)
{
	if (t->problem.code != PROBLEM_NONE)
		return false;
	return key.length != 0 || problem_set(&t->problem, PROBLEM_REQUEST_INVALID,
					      "an identifier is longer than the store can hold");
}

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

static int take_from_tree(struct engine_txn *t, struct bytes key, struct taking *g)
{
	DB *tree = t->environment->trees[tree_of(key.data[0])];
	DBT k = given(key),
	    v = { .data = g->at_hand, .ulen = sizeof g->at_hand, .flags = DB_DBT_USERMEM };
	int code = tree->get(tree, NULL, &k, &v, 0);
	g->length = v.size;
	if (code != DB_BUFFER_SMALL)
		return code;
	v.ulen = v.size;
	v.data = room_for(g, v.size);
	return v.data == NULL ? 0 : tree->get(tree, NULL, &k, &v, 0);
}

/* Audit entries and documents are seldom asked for twice. */
static struct rows *rows_of(const struct engine_txn *t, struct bytes key)
{
	return tree_of(key.data[0]) == 0 ? t->environment->rows : NULL;
}

/* What the trees hold, kept for the next who asks. */
static int take_row(struct engine_txn *t, struct bytes key, struct taking *g)
{
	struct rows *rows = rows_of(t, key);
	enum row known = rows_get(rows, key, g->at_hand, &g->length);
	if (known != ROW_UNKNOWN)
		return known == ROW_PRESENT ? 0 : DB_NOTFOUND;
	int code = take_from_tree(t, key, g);
	bool fits = (code == 0 && g->copy == NULL && !g->no_memory) || code == DB_NOTFOUND;
	if (fits && !t->passing_by)
		rows_keep(rows, key, (struct bytes){ g->at_hand, code == 0 ? g->length : 0 },
			  code != 0);
	return code;
}

static int take(struct engine_txn *t, struct bytes key, struct taking *g)
{
	const struct ordered_node *n = engine_unlike_trees(t, key);
	if (n == NULL)
		return take_row(t, key, g);
	if (n->absent)
		return DB_NOTFOUND;
	unsigned char *room = room_for(g, n->value.length);
	if (room != NULL && n->value.length != 0)
		memcpy(room, n->value.data, n->value.length);
	return 0;
}

bool engine_get(struct engine_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	struct taking g;
	g.arena = a;
	g.copy = NULL;
	g.no_memory = false;
	if (!usable(t, key) || !engine_hold_trees(t))
		return false;
	int code = take(t, key, &g);
	engine_release_trees(t);
	if (code != 0)
		return code != DB_NOTFOUND && failed(t, code, "read");
	if (g.no_memory || g.copy == NULL) {
		g.copy = arena_alloc(a, g.length);	/* leaves here, where nothing is held */
		if (g.no_memory)
			return no_memory(&t->problem);
		memcpy(g.copy, g.at_hand, g.length);
	}
	*value = (struct bytes){ g.copy, g.length };
	return true;
}

static int look_for(struct engine_txn *t, struct bytes key)
{
	const struct ordered_node *n = engine_unlike_trees(t, key);
	if (n != NULL)
		return n->absent ? DB_NOTFOUND : 0;
	enum row known = rows_get(rows_of(t, key), key, NULL, NULL);
	if (known != ROW_UNKNOWN)
		return known == ROW_PRESENT ? 0 : DB_NOTFOUND;
	DB *tree = t->environment->trees[tree_of(key.data[0])];
	DBT k = given(key);
	return tree->exists(tree, NULL, &k, 0);
}

bool engine_has(struct engine_txn *t, struct bytes key)
{
	if (!usable(t, key) || !engine_hold_trees(t))
		return false;
	int code = look_for(t, key);
	engine_release_trees(t);
	return code == 0 || (code != DB_NOTFOUND && failed(t, code, "read"));
}

static bool change(struct engine_txn *t, struct bytes key, struct bytes value, bool absent,
		   bool fresh)
{
	if (!usable(t, key))
		return false;
	if (!t->writing)
		return problem_set(&t->problem, PROBLEM_INTERNAL, "a snapshot was written to");
	if (t->changes.octets + value.length > CHANGES_MOST)
		return problem_set(&t->problem, PROBLEM_OUT_OF_RESOURCES,
				   "a store job writes more than it may");
	struct ordered_node *n = ordered_put(&t->changes, key, 0, value, absent);
	if (n == NULL)
		return no_memory(&t->problem);
	n->fresh = fresh;
	return true;
}

bool engine_put(struct engine_txn *t, struct bytes key, struct bytes value)
{
	return change(t, key, value, false, false);
}

bool engine_add(struct engine_txn *t, struct bytes key, struct bytes value)
{
	return change(t, key, value, false, true);
}

bool engine_delete(struct engine_txn *t, struct bytes key)
{
	return change(t, key, (struct bytes){ 0 }, true, false);
}
