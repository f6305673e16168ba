/* tests/bench/bulk_engine.c: an engine to fill an empty store with. */
#include "tests/bench/bulk_engine.h"

#include <db.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "store/engine_berkeleydb.h"
#include "store/engine_ordered.h"
#include "store/keys.h"
#include "store/store.h"

enum { PATH = 4096, KEPT_KEY = 2, PREFIX = 8, ROW_LEAST = 64 };

struct bulk_row {
	uint64_t prefix; /* the first octets of the key, to sort by */
	const unsigned char *at;
	uint32_t key, value; /* octets */
};

struct piece {
	unsigned char *octets;
	size_t used;
	struct bulk_row *rows;
	size_t count, room;
};

struct filling {
	struct engine base;
	struct bulk_engine *bulk;
	DB_ENV *env;
	DB *trees[TREES];
	struct ordered kept;
	struct piece pieces[2]; /* one is gathered, the other put */
	unsigned gathered;
	pthread_mutex_t lock; /* kept, full, ending, problem */
	pthread_cond_t turn;
	bool full, ending, threaded; /* full: the piece that is not gathered waits to be put */
	struct problem problem;      /* of the putting thread */
	pthread_t putter;
};

struct bulk_cursor {
	struct store_cursor base;
	struct bulk_txn *txn;
	unsigned char *octets; /* the row lent: key, then value */
	size_t key, room;
	unsigned char *from, *to;
	size_t from_length, to_length;
	bool descending, begun;
	struct bulk_cursor *next;
};

struct bulk_txn {
	struct engine_txn base;
	struct filling *filling;
	struct bulk_txn *root;
	bool writing, committed, spoiled;
	struct ordered changes; /* the root's */
	struct bulk_cursor *cursors;
};

static bool no_memory(struct problem *p)
{
	return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to load with");
}

static bool broke(struct problem *p, int code, const char *doing)
{
	return problem_set(p, PROBLEM_INTERNAL, "could not %s: %s", doing, db_strerror(code));
}

/* ---- Putting ---- */

static int by_key(const void *one, const void *other)
{
	const struct bulk_row *x = one, *y = other;
	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return bytes_compare((struct bytes){ x->at, x->key }, (struct bytes){ y->at, y->key });
}

/* The same again is no contradiction: a run of the audit log's index is noted by many jobs. */
static int put_again(DB *tree, DBT *key, const DBT *value)
{
	DBT before = { .flags = DB_DBT_MALLOC };
	int code = tree->get(tree, NULL, key, &before, 0);
	bool same = code == 0 && before.size == value->size
		    && (before.size == 0 || memcmp(before.data, value->data, before.size) == 0);
	free(before.data);
	return code != 0 ? code : same ? 0 : DB_KEYEXIST;
}

static int tree_of(struct filling *f, unsigned char space, DB **tree)
{
	int code = 0;
	if (f->trees[space] == NULL)
		code = berkeleydb_open_tree(f->env, NULL, space, DB_CREATE | DB_EXCL,
					    &f->trees[space]);
	*tree = f->trees[space];
	return code;
}

static bool put_row(struct filling *f, const struct bulk_row *r, struct problem *p)
{
	DB *tree;
	DBT key = { .data = (void *)r->at, .size = r->key };
	DBT value = { .data = (void *)(r->at + r->key), .size = r->value };
	struct bulk_space *space = &f->bulk->spaces[r->at[0]];
	int code = tree_of(f, r->at[0], &tree);
	code = code != 0 ? code : tree->put(tree, NULL, &key, &value, DB_NOOVERWRITE);
	if (code == 0) {
		space->rows++;
		space->octets += r->key + r->value;
	} else if (code == DB_KEYEXIST) {
		code = put_again(tree, &key, &value);
	}
	if (code == DB_KEYEXIST)
		return problem_set(p, PROBLEM_INTERNAL,
				   "two jobs of the load wrote one key of space 0x%02x", r->at[0]);
	return code == 0 || broke(p, code, "put a row");
}

static double thread_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool put_piece(struct filling *f, struct piece *piece, struct problem *p)
{
	double begun = thread_cpu();
	bool done = true;
	qsort(piece->rows, piece->count, sizeof piece->rows[0], by_key);
	for (size_t i = 0; done && i < piece->count; i++)
		done = put_row(f, &piece->rows[i], p);
	piece->count = piece->used = 0;
	f->bulk->putting += thread_cpu() - begun;
	return done;
}

static void *puts_pieces(void *with)
{
	struct filling *f = with;
	pthread_setname_np(pthread_self(), "putter");
	pthread_mutex_lock(&f->lock);
	for (;;) {
		while (!f->full && !f->ending)
			pthread_cond_wait(&f->turn, &f->lock);
		if (!f->full)
			break;
		struct problem p = { .code = PROBLEM_NONE };
		struct piece *piece = &f->pieces[1 - f->gathered];
		pthread_mutex_unlock(&f->lock);
		bool done = put_piece(f, piece, &p);
		pthread_mutex_lock(&f->lock);
		if (!done && f->problem.code == PROBLEM_NONE)
			f->problem = p;
		f->full = false;
		pthread_cond_broadcast(&f->turn);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* ---- Gathering ---- */

/* When the other has been put. False: that failed. */
static bool hand_over(struct filling *f, struct problem *p)
{
	pthread_mutex_lock(&f->lock);
	while (f->full)
		pthread_cond_wait(&f->turn, &f->lock);
	bool fine = f->problem.code == PROBLEM_NONE
		    || problem_set(p, f->problem.code, "%s", f->problem.what);
	f->gathered = 1 - f->gathered;
	f->full = true;
	pthread_cond_broadcast(&f->turn);
	pthread_mutex_unlock(&f->lock);
	return fine;
}

static uint64_t prefix_of(struct bytes key)
{
	uint64_t prefix = 0;
	for (size_t i = 0; i < PREFIX; i++)
		prefix = prefix << 8 | (i < key.length ? key.data[i] : 0);
	return prefix;
}

static bool gather(struct filling *f, struct bytes key, struct bytes value, struct problem *p)
{
	size_t octets = key.length + value.length;
	struct piece *piece = &f->pieces[f->gathered];
	if (octets > f->bulk->piece)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "a row is larger than a piece");
	if (piece->used + octets > f->bulk->piece || piece->count == piece->room) {
		if (!hand_over(f, p))
			return false;
		piece = &f->pieces[f->gathered];
	}
	unsigned char *at = piece->octets + piece->used;
	memcpy(at, key.data, key.length);
	if (value.length != 0)
		memcpy(at + key.length, value.data, value.length);
	piece->rows[piece->count++] = (struct bulk_row){ .prefix = prefix_of(key),
							 .at = at,
							 .key = (uint32_t)key.length,
							 .value = (uint32_t)value.length };
	piece->used += octets;
	return true;
}

static bool goes_on(struct bytes key)
{
	switch (key.data[0]) {
	case SPACE_STORE:
	case SPACE_NUMBERS:
	case SPACE_USAGE:
	case SPACE_MONTHS:
	case SPACE_PACK:
	case SPACE_DICTIONARY:
	case SPACE_DICTIONARY_OF:
	case SPACE_NAME:
	case SPACE_NAMED:
	case SPACE_AUDIT_HEAD:
	case SPACE_AUDIT_ANCHORED:
	case SPACE_AUDIT_INDEXED:
	case SPACE_AUDIT_FOLDED:
	case SPACE_AUDIT_MERGED: return true;
	default: return key.length <= KEPT_KEY;
	}
}

static bool keep(struct filling *f, const struct ordered_node *n, struct problem *p)
{
	pthread_mutex_lock(&f->lock);
	bool kept = ordered_put(&f->kept, n->key, 0, n->value, n->absent) != NULL;
	pthread_mutex_unlock(&f->lock);
	return kept || no_memory(p);
}

static bool commit(struct engine_txn *committing, struct problem *p)
{
	struct bulk_txn *t = (struct bulk_txn *)committing;
	bool done = true;
	if (committing->problem.code != PROBLEM_NONE)
		return problem_at(p, committing->problem.code, committing->problem.where, "%s",
				  committing->problem.what);
	t->committed = true;
	if (t->root != t)
		return true;
	if (t->spoiled)
		return problem_set(p, PROBLEM_INTERNAL, "a job of the load failed");
	for (const struct ordered_node *n = t->changes.first[0].next; done && n != NULL;
	     n = n->links[0].next)
		if (goes_on(n->key))
			done = keep(t->filling, n, p);
		else if (!n->absent)
			done = gather(t->filling, n->key, n->value, p);
	return done;
}

/* ---- Transactions ---- */

static struct engine_txn *begin(struct engine *engine, enum engine_access how, struct problem *p)
{
	struct bulk_txn *t = calloc(1, sizeof *t);
	if (t == NULL) {
		no_memory(p);
		return NULL;
	}
	struct filling *f = (struct filling *)engine;
	*t = (struct bulk_txn){ .base = { .does = &f->bulk->does, .generation = 1 },
				.filling = f,
				.root = t,
				.writing = how != ENGINE_READ };
	return &t->base;
}

/* What a part writes stands with the whole at once: a part that is undone ends the load. */
static struct engine_txn *nest(struct engine_txn *within, struct problem *p)
{
	struct bulk_txn *parent = (struct bulk_txn *)within, *t = NULL;
	if (within->problem.code != PROBLEM_NONE)
		problem_set(p, within->problem.code, "%s", within->problem.what);
	else if ((t = calloc(1, sizeof *t)) == NULL)
		no_memory(p);
	else
		*t = (struct bulk_txn){ .base = { .does = within->does, .generation = 1 },
					.filling = parent->filling,
					.root = parent->root,
					.writing = true };
	return (struct engine_txn *)t;
}

static void cursor_free(struct bulk_cursor *c)
{
	free(c->octets);
	free(c->from);
	free(c->to);
	free(c);
}

static void end(struct engine_txn *ending)
{
	struct bulk_txn *t = (struct bulk_txn *)ending;
	for (struct bulk_cursor *c = t->cursors, *next; c != NULL; c = next) {
		next = c->next;
		cursor_free(c);
	}
	if (t->root != t)
		t->root->spoiled = t->root->spoiled || !t->committed;
	else
		ordered_clear(&t->changes);
	free(t);
}

static size_t pending(const struct engine_txn *t)
{
	return ((const struct bulk_txn *)t)->root->changes.octets;
}

static const struct ordered_node *at_key(const struct ordered *o, struct bytes key)
{
	const struct ordered_node *n = ordered_seek(o, key, 0);
	return n != NULL && bytes_equal(n->key, key) ? n : NULL;
}

/* What goes on is copied while it cannot change. False: it is not there. */
static bool look(const struct bulk_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	const struct ordered_node *n = at_key(&t->root->changes, key);
	bool own = n != NULL, there;
	if (!own)
		pthread_mutex_lock(&t->filling->lock);
	if (!own)
		n = at_key(&t->filling->kept, key);
	there = n != NULL && !n->absent;
	/* What goes on is small: the arena has it, or the job fails. */
	unsigned char *copy = there && value != NULL ? arena_try(a, n->value.length) : NULL;
	if (copy != NULL) {
		if (n->value.length != 0)
			memcpy(copy, n->value.data, n->value.length);
		*value = (struct bytes){ copy, n->value.length };
	}
	if (!own)
		pthread_mutex_unlock(&t->filling->lock);
	return there && (value == NULL || copy != NULL);
}

static bool get(struct engine_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	return engine_takes(t, key) && look((struct bulk_txn *)t, key, a, value);
}

static bool has(struct engine_txn *t, struct bytes key)
{
	return engine_takes(t, key) && look((struct bulk_txn *)t, key, NULL, NULL);
}

static bool change(struct engine_txn *writing, struct bytes key, struct bytes value,
		   enum engine_change how)
{
	struct bulk_txn *t = (struct bulk_txn *)writing;
	if (!engine_takes(writing, key))
		return false;
	if (!t->writing)
		return problem_set(&writing->problem, PROBLEM_INTERNAL,
				   "a snapshot was written to");
	return ordered_put(&t->root->changes, key, 0, value, how == ENGINE_DELETE) != NULL
	       || no_memory(&writing->problem);
}

/* ---- Scans, of what the job itself wrote ---- */

static unsigned char *copied(struct bytes b)
{
	unsigned char *copy = malloc(b.length + 1);
	if (copy != NULL && b.length != 0)
		memcpy(copy, b.data, b.length);
	return copy;
}

static struct store_cursor *scan(struct engine_txn *t, struct bytes from, struct bytes to,
				 bool descending)
{
	struct bulk_txn *txn = (struct bulk_txn *)t;
	struct bulk_cursor *c = calloc(1, sizeof *c);
	if (c == NULL) {
		no_memory(&t->problem);
		return NULL;
	}
	*c = (struct bulk_cursor){ .base.does = t->does,
				   .txn = txn,
				   .from = copied(from),
				   .from_length = from.length,
				   .to = copied(to),
				   .to_length = to.length,
				   .descending = descending,
				   .next = txn->cursors };
	txn->cursors = c;
	if (c->from != NULL && c->to != NULL)
		return &c->base;
	no_memory(&t->problem);
	return NULL;
}

static struct bytes last_key(const struct bulk_cursor *c)
{
	return (struct bytes){ c->octets, c->key };
}

static const struct ordered_node *step(const struct bulk_cursor *c)
{
	const struct ordered *rows = &c->txn->root->changes;
	struct bytes from = { c->from, c->from_length }, to = { c->to, c->to_length };
	if (!c->descending)
		return c->begun ? ordered_seek(rows, last_key(c), 1) : ordered_seek(rows, from, 0);
	if (c->begun)
		return ordered_before(rows, last_key(c), 0);
	return to.length == 0 ? ordered_last(rows) : ordered_before(rows, to, 0);
}

static bool within(const struct bulk_cursor *c, const struct ordered_node *n)
{
	return n != NULL && bytes_compare(n->key, (struct bytes){ c->from, c->from_length }) >= 0
	       && (c->to_length == 0
		   || bytes_compare(n->key, (struct bytes){ c->to, c->to_length }) < 0);
}

static bool lend(struct bulk_cursor *c, const struct ordered_node *n)
{
	size_t octets = n->key.length + n->value.length;
	if (c->room < octets) {
		unsigned char *more = realloc(c->octets, octets + ROW_LEAST);
		if (more == NULL)
			return no_memory(&c->txn->base.problem);
		c->octets = more;
		c->room = octets + ROW_LEAST;
	}
	memcpy(c->octets, n->key.data, n->key.length);
	if (n->value.length != 0)
		memcpy(c->octets + n->key.length, n->value.data, n->value.length);
	c->key = n->key.length;
	c->begun = true;
	return true;
}

static bool next(struct store_cursor *cursor, struct bytes *key, struct bytes *value)
{
	struct bulk_cursor *c = (struct bulk_cursor *)cursor;
	const struct ordered_node *n;
	do {
		n = step(c);
		if (!within(c, n) || !lend(c, n))
			return false;
	} while (n->absent);
	*key = last_key(c);
	*value = (struct bytes){ c->octets + c->key, n->value.length };
	return true;
}

static void scan_end(struct store_cursor *cursor)
{
	struct bulk_cursor *c = (struct bulk_cursor *)cursor, **link;
	for (link = &c->txn->cursors; *link != c; link = &(*link)->next)
		continue;
	*link = c->next;
	cursor_free(c);
}

/* ---- Opening and closing ---- */

static int open_environment(struct filling *f, const char *home)
{
	size_t cache = f->bulk->cache;
	int code = db_env_create(&f->env, 0);
	code = code != 0 ? code
			 : f->env->set_cachesize(f->env, (u_int32_t)(cache >> 30),
						 (u_int32_t)(cache & ((1u << 30) - 1)), 1);
	return code != 0 ? code
			 : f->env->open(f->env, home, DB_CREATE | DB_INIT_MPOOL | DB_PRIVATE, 0600);
}

static bool make_pieces(struct filling *f)
{
	bool made = true;
	for (unsigned i = 0; i < 2; i++) {
		struct piece *piece = &f->pieces[i];
		piece->room = f->bulk->piece / ROW_LEAST;
		piece->octets = malloc(f->bulk->piece);
		piece->rows = malloc(piece->room * sizeof piece->rows[0]);
		made = made && piece->octets != NULL && piece->rows != NULL;
	}
	return made;
}

static void end_putter(struct filling *f)
{
	pthread_mutex_lock(&f->lock);
	f->ending = true;
	pthread_cond_broadcast(&f->turn);
	pthread_mutex_unlock(&f->lock);
	if (f->threaded)
		pthread_join(f->putter, NULL);
}

static bool put_the_rest(struct filling *f, struct problem *p)
{
	for (const struct ordered_node *n = f->kept.first[0].next; n != NULL; n = n->links[0].next)
		if (!n->absent && !gather(f, n->key, n->value, p))
			return false;
	return hand_over(f, p);
}

static void close_bulk(struct engine *engine)
{
	struct filling *f = (struct filling *)engine;
	struct problem p = { .code = PROBLEM_NONE };
	if (f->threaded)
		put_the_rest(f, &p);
	end_putter(f);
	if (p.code == PROBLEM_NONE)
		p = f->problem;
	for (unsigned i = 0; i < TREES; i++) {
		int code = f->trees[i] == NULL ? 0 : f->trees[i]->close(f->trees[i], 0);
		if (code != 0 && p.code == PROBLEM_NONE)
			broke(&p, code, "close a tree");
	}
	if (f->env != NULL)
		f->env->close(f->env, 0);
	if (p.code != PROBLEM_NONE)
		fprintf(stderr, "bench: the load failed: %s\n", p.what);
	f->bulk->failed = p.code != PROBLEM_NONE;
	for (unsigned i = 0; i < 2; i++) {
		free(f->pieces[i].octets);
		free(f->pieces[i].rows);
	}
	ordered_clear(&f->kept);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->turn);
	free(f);
}

static struct engine *open_bulk(const struct store_settings *settings, struct problem *p)
{
	char home[PATH];
	struct filling *f = calloc(1, sizeof *f);
	if (f == NULL) {
		no_memory(p);
		return NULL;
	}
	f->bulk = (struct bulk_engine *)settings->engine;
	f->base.does = settings->engine;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->turn, NULL);
	snprintf(home, sizeof home, "%s/keys", settings->directory);
	int code = mkdir(home, 0700) == 0 || errno == EEXIST ? open_environment(f, home) : errno;
	if (code != 0)
		broke(p, code, "make the trees");
	else if (!make_pieces(f) || pthread_create(&f->putter, NULL, puts_pieces, f) != 0)
		no_memory(p);
	else
		f->threaded = true;
	if (f->threaded)
		return &f->base;
	close_bulk(&f->base);
	return NULL;
}

static bool flush(struct engine *e, uint64_t generation, struct problem *p)
{
	(void)e, (void)generation, (void)p;
	return true; /* what is not closed in order is no store */
}

static bool backup(struct engine *e, const char *directory, struct progress *progress,
		   struct problem *p)
{
	(void)e, (void)directory, (void)progress;
	return problem_set(p, PROBLEM_INTERNAL, "a store that is being loaded has no copy");
}

void bulk_engine_make(struct bulk_engine *b, size_t cache, size_t piece)
{
	*b = (struct bulk_engine){ .does = { .name = "bulk",
					     .beside_files = true,
					     .open = open_bulk,
					     .close = close_bulk,
					     .flush = flush,
					     .backup = backup,
					     .begin = begin,
					     .nest = nest,
					     .commit = commit,
					     .end = end,
					     .pending = pending,
					     .get = get,
					     .has = has,
					     .change = change,
					     .scan = scan,
					     .next = next,
					     .scan_end = scan_end },
				   .cache = cache,
				   .piece = piece };
}
