/* tests/engines/engine_memory.c: an engine in memory, for several nodes at once. */
#include "tests/engines/engine_memory.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "store/engine_ordered.h"
#include "store/store.h"
#include "tests/engines/engine_memory_cursor.h"

enum { CHANGES_MOST = 256 << 20 }; /* of one job, as in service */

/* What the tests of a process have: memories by name, and the plan. */
static struct {
	pthread_mutex_t lock;
	struct memory *first;
	uint64_t chance;
	unsigned one_in;      /* conflicts and delays */
	unsigned late_one_in; /* delays alone */
	unsigned long conflicts, about[256];
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

void engine_memory_plan(uint64_t seed, unsigned one_in)
{
	pthread_mutex_lock(&all.lock);
	all.chance = seed * 2 + 1;
	all.one_in = one_in;
	all.late_one_in = one_in;
	pthread_mutex_unlock(&all.lock);
}

void engine_memory_delay(uint64_t seed, unsigned one_in)
{
	engine_memory_plan(seed, one_in);
	pthread_mutex_lock(&all.lock);
	all.one_in = 0;
	pthread_mutex_unlock(&all.lock);
}

static bool planned(const unsigned *one_in)
{
	pthread_mutex_lock(&all.lock);
	all.chance ^= all.chance << 13;
	all.chance ^= all.chance >> 7;
	all.chance ^= all.chance << 17;
	bool hit = *one_in != 0 && all.chance % *one_in == 0;
	pthread_mutex_unlock(&all.lock);
	return hit;
}

/* space: of the key that had changed; -1: none had. */
static void count_conflict(int space)
{
	pthread_mutex_lock(&all.lock);
	all.conflicts++;
	if (space >= 0)
		all.about[space]++;
	pthread_mutex_unlock(&all.lock);
}

unsigned long engine_memory_conflicts_about(unsigned char first, unsigned char last)
{
	unsigned long count = 0;
	pthread_mutex_lock(&all.lock);
	for (unsigned space = first; space <= last; space++)
		count += all.about[space];
	pthread_mutex_unlock(&all.lock);
	return count;
}

unsigned long engine_memory_conflicts(void)
{
	pthread_mutex_lock(&all.lock);
	unsigned long count = all.conflicts;
	pthread_mutex_unlock(&all.lock);
	return count;
}

/* Memories. */

static void name_of(const char *directory, char name[MEMORY_NAME])
{
	const char *last = strrchr(directory, '/');
	bool shared = last != NULL && strncmp(last, "/node-", 6) == 0;
	snprintf(name, MEMORY_NAME, "%.*s", shared ? (int)(last - directory) : (int)MEMORY_NAME - 1,
		 directory);
}

static struct memory *memory_take(const char *directory)
{
	char name[MEMORY_NAME];
	name_of(directory, name);
	pthread_mutex_lock(&all.lock);
	struct memory *m = all.first;
	while (m != NULL && strcmp(m->name, name) != 0)
		m = m->next;
	if (m == NULL && (m = calloc(1, sizeof *m)) != NULL) {
		memcpy(m->name, name, sizeof name);
		pthread_mutex_init(&m->lock, NULL);
		m->next = all.first;
		all.first = m;
	}
	pthread_mutex_unlock(&all.lock);
	return m;
}

void engine_memory_forget(const char *directory)
{
	char name[MEMORY_NAME];
	name_of(directory, name);
	pthread_mutex_lock(&all.lock);
	struct memory **link = &all.first, *m;
	while ((m = *link) != NULL && strcmp(m->name, name) != 0)
		link = &m->next;
	if (m != NULL) {
		*link = m->next;
		ordered_clear(&m->versions);
		pthread_mutex_destroy(&m->lock);
		free(m);
	}
	pthread_mutex_unlock(&all.lock);
}

uint64_t engine_memory_commit_of(const char *directory, struct bytes key)
{
	struct memory *m = memory_take(directory);
	pthread_mutex_lock(&m->lock);
	const struct ordered_node *n = ordered_before(&m->versions, key, UINT64_MAX);
	uint64_t commit = n != NULL && bytes_equal(n->key, key) ? n->version : 0;
	pthread_mutex_unlock(&m->lock);
	return commit;
}

static struct engine *open_memory(const struct store_settings *settings, struct problem *p)
{
	struct memory_engine *e = calloc(1, sizeof *e);
	if (e == NULL || (e->memory = memory_take(settings->directory)) == NULL) {
		free(e);
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
		return NULL;
	}
	e->base.does = &engine_memory;
	pthread_mutex_lock(&e->memory->lock);
	e->node = ++e->memory->nodes;
	pthread_mutex_unlock(&e->memory->lock);
	return &e->base;
}

static void close_memory(struct engine *e)
{
	free(e);
}

/* It is as durable as it will ever be. */
static bool flush(struct engine *e, uint64_t generation, struct problem *p)
{
	(void)e;
	return generation == 1
	       || problem_set(p, PROBLEM_INTERNAL, "there never was such a generation");
}

static bool backup(struct engine *e, const char *directory, struct progress *progress,
		   struct problem *p)
{
	struct memory *from = ((struct memory_engine *)e)->memory, *to = memory_take(directory);
	if (to == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a backup");
	pthread_mutex_lock(&from->lock);
	bool stopped = false;
	for (const struct ordered_node *n = from->versions.first[0].next; n != NULL && !stopped;
	     n = n->links[0].next) {
		ordered_put(&to->versions, n->key, n->version, n->value, n->absent);
		stopped = progress_is_stopped(progress);
	}
	to->commits = from->commits;
	pthread_mutex_unlock(&from->lock);
	if (stopped)
		engine_memory_forget(directory);
	return !stopped || problem_set(p, PROBLEM_BUSY, "the backup was stopped");
}

/* Transactions. */

static bool no_memory(struct problem *p)
{
	return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a transaction");
}

static struct engine_txn *begin(struct engine *engine, enum engine_access how, struct problem *p)
{
	struct memory *m = ((struct memory_engine *)engine)->memory;
	struct memory_txn *t = calloc(1, sizeof *t);
	if (t == NULL) {
		no_memory(p);
		return NULL;
	}
	*t = (struct memory_txn){ .base = { .does = &engine_memory, .generation = 1 },
				  .memory = m,
				  .node = ((struct memory_engine *)engine)->node,
				  .writing = how != ENGINE_READ,
				  .root = t };
	pthread_mutex_lock(&m->lock);
	t->seen = m->commits;
	pthread_mutex_unlock(&m->lock);
	return &t->base;
}

static struct engine_txn *nest(struct engine_txn *within, struct problem *p)
{
	struct memory_txn *parent = (struct memory_txn *)within, *t = NULL;
	if (within->problem.code != PROBLEM_NONE)
		problem_set(p, within->problem.code, "%s", within->problem.what);
	else if ((t = calloc(1, sizeof *t)) == NULL)
		no_memory(p);
	else
		*t = (struct memory_txn){ .base = { .does = within->does, .generation = 1 },
					  .memory = parent->memory,
					  .writing = true,
					  .seen = parent->seen,
					  .root = parent->root,
					  .parent = parent };
	return (struct engine_txn *)t;
}

/* What of it is newer than what was seen; NULL: nothing. */
static const struct ordered_node *newer(const struct memory_txn *t, const struct memory_range *r)
{
	const struct ordered_node *n = ordered_seek_newer(&t->memory->versions, r->from, 0,
							  t->seen);
	return n != NULL && range_reaches(r, n->key) ? n : NULL;
}

/* With the memory's lock held. Another's newer version lies within what was read, or is to be
 * written: of a key of that space. -1: none does. */
static int overtaken(const struct memory_txn *t)
{
	const struct ordered_node *by = NULL;
	for (const struct memory_range *r = t->read; by == NULL && r != NULL; r = r->next)
		by = newer(t, r);
	for (const struct ordered_node *n = t->changes.first[0].next; by == NULL && n != NULL;
	     n = n->links[0].next)
		by = newer(t, &(struct memory_range){ .from = n->key, .to = n->key });
	return by == NULL ? -1 : by->key.data[0];
}

static bool commit_root(struct memory_txn *t, struct problem *p)
{
	struct memory *m = t->memory;
	if (t->changes.first[0].next == NULL)
		return true; /* as if it had run when it began */
	if (planned(&all.late_one_in))
		sched_yield();
	bool conflict = planned(&all.one_in);
	pthread_mutex_lock(&m->lock);
	int space = conflict ? -1 : overtaken(t);
	conflict = conflict || space >= 0;
	for (const struct ordered_node *n = conflict ? NULL : t->changes.first[0].next; n != NULL;
	     n = n->links[0].next)
		if (ordered_put(&m->versions, n->key, m->commits + 1, n->value, n->absent) == NULL)
			abort(); /* a test's machine has memory */
	m->commits += !conflict;
	if (!conflict)
		memory_watch(t);
	pthread_mutex_unlock(&m->lock);
	if (!conflict)
		return true;
	count_conflict(space);
	t->base.conflict = true;
	return problem_set(p, PROBLEM_BUSY, "another node was first");
}

static bool commit(struct engine_txn *committing, struct problem *p)
{
	struct memory_txn *t = (struct memory_txn *)committing;
	if (t->base.problem.code != PROBLEM_NONE)
		return problem_at(p, t->base.problem.code, t->base.problem.where, "%s",
				  t->base.problem.what);
	if (t->parent == NULL)
		return commit_root(t, p);
	ordered_move(&t->parent->changes, &t->changes);
	return true;
}

static void end(struct engine_txn *ending)
{
	struct memory_txn *t = (struct memory_txn *)ending;
	memory_end_cursors(t);
	ordered_clear(&t->changes);
	for (struct memory_range *r = t->read, *next; r != NULL; r = next) {
		next = r->next;
		range_free(r);
	}
	free(t);
}

static size_t pending(const struct engine_txn *t)
{
	return ((const struct memory_txn *)t)->changes.octets;
}

/* One key. */

const struct ordered_node *memory_see(const struct memory_txn *t, struct bytes key, bool *own)
{
	const struct ordered_node *n;
	*own = true;
	for (const struct memory_txn *layer = t; layer != NULL; layer = layer->parent) {
		n = ordered_seek(&layer->changes, key, 0);
		if (n != NULL && bytes_equal(n->key, key))
			return n;
	}
	*own = false;
	n = ordered_before(&t->memory->versions, key, t->seen + 1);
	return n != NULL && bytes_equal(n->key, key) ? n : NULL;
}

static bool usable(struct engine_txn *t, struct bytes key)
{
	return engine_takes(t, key) && !engine_stopped(t);
}

/* Under the lock, and told without it: an arena may leave by a long jump. */
static bool look(struct memory_txn *t, struct bytes key, struct bytes *copy)
{
	bool own, there = false;
	pthread_mutex_lock(&t->memory->lock);
	const struct ordered_node *n = memory_see(t, key, &own);
	there = n != NULL && !n->absent;
	if (there && copy != NULL) {
		unsigned char *octets = malloc(n->value.length + 1);
		if (octets != NULL && n->value.length != 0)
			memcpy(octets, n->value.data, n->value.length);
		*copy = (struct bytes){ octets, n->value.length };
	}
	pthread_mutex_unlock(&t->memory->lock);
	if (!own && t->writing && !memory_note_read(t, key, key))
		return no_memory(&t->base.problem);
	return there;
}

static bool get(struct engine_txn *reading, struct bytes key, struct arena *a, struct bytes *value)
{
	struct bytes copy = { NULL, 0 };
	if (!usable(reading, key) || !look((struct memory_txn *)reading, key, &copy)) {
		free((void *)copy.data);
		return false;
	}
	unsigned char *octets = copy.data == NULL ? NULL : arena_try(a, copy.length);
	if (octets != NULL && copy.length != 0)
		memcpy(octets, copy.data, copy.length);
	free((void *)copy.data);
	if (octets == NULL) {
		arena_alloc(a, copy.length); /* leaves here, if it is still refused */
		return no_memory(&reading->problem);
	}
	*value = (struct bytes){ octets, copy.length };
	return true;
}

static bool has(struct engine_txn *reading, struct bytes key)
{
	return usable(reading, key) && look((struct memory_txn *)reading, key, NULL);
}

static bool change(struct engine_txn *writing, struct bytes key, struct bytes value,
		   enum engine_change how)
{
	struct memory_txn *t = (struct memory_txn *)writing;
	if (!engine_takes(writing, key))
		return false;
	if (!t->writing)
		return problem_set(&writing->problem, PROBLEM_INTERNAL,
				   "a snapshot was written to");
	if (t->changes.octets + value.length > CHANGES_MOST)
		return problem_set(&writing->problem, PROBLEM_OUT_OF_RESOURCES,
				   "a store job writes more than it may");
	return ordered_put(&t->changes, key, 0, value, how == ENGINE_DELETE) != NULL
	       || no_memory(&writing->problem);
}

/* It never does; so that what jobs will read is looked at before. */
static bool waits(struct engine *e)
{
	(void)e;
	return true;
}

const struct engine_functions engine_memory = {
	.name = "memory",
	.conflicts = true,
	.waits = waits,
	.open = open_memory,
	.close = close_memory,
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
	.scan = memory_scan,
	.next = memory_next,
	.scan_end = memory_scan_end,
};
