/* store/check.c: walks the whole store and proves every invariant. */
#include "store/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/engine.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	LOOK_MEMORY = 64 << 20,		/* for one key and what it points to */
	MODULES = 16,
	FINDING = 512,
};

struct store_check {
	struct store *store;
	struct store_txn *txn;
	struct arena *arena;
	void (*report)(void *with, const char *finding);
	void *with;
	struct check_counts *counts;
	const struct check_module *modules[MODULES];
	unsigned module_count;
	const struct check_row *rows[256];	/* who owns that space */
	/* What arena_run() is to look at. */
	struct bytes key, value;
	void (*whole)(struct store_check *c);
};

static const struct check_module store_module = {
	.name = "store",
	.rows = (const struct check_row[]){ { SPACE_STORE, "store", NULL }, { 0 } },
};

void check_finding(struct store_check *c, const char *format, ...)
{
	char finding[FINDING];
	va_list args;
	va_start(args, format);
	vsnprintf(finding, sizeof finding, format, args);
	va_end(args);
	c->counts->findings++;
	if (c->report != NULL)
		c->report(c->with, finding);
}

struct store_txn *check_txn(struct store_check *c)
{
	return c->txn;
}

struct arena *check_arena(struct store_check *c)
{
	return c->arena;
}

struct store *check_store(struct store_check *c)
{
	return c->store;
}

static void look(void *with)
{
	struct store_check *c = with;
	c->rows[c->key.data[0]]->look(c, c->key, c->value);
}

static void look_at_whole(void *with)
{
	struct store_check *c = with;
	c->whole(c);
}

/* What a look reads stays in the snapshot's scratch too: both are left by the same jump. */
static void run_scratch(void *with)
{
	struct store_check *c = with;
	if (!arena_run(store_arena(c->txn), c->whole != NULL ? look_at_whole : look, c))
		check_finding(c, "no memory to look at a key of space 0x%02x",
			      c->key.length ? c->key.data[0] : 0u);
}

static bool run(struct store_check *c)
{
	c->arena = arena_create(LOOK_MEMORY);
	if (c->arena == NULL)
		return false;
	if (!arena_run(c->arena, run_scratch, c))
		check_finding(c, "no memory to look at a key of space 0x%02x",
			      c->key.length ? c->key.data[0] : 0u);
	arena_destroy(c->arena);
	c->arena = NULL;
	return true;
}

/* A problem of the snapshot's own ends the walk, otherwise the rest would look empty. */
static bool walk_space(struct store_check *c, unsigned space, struct problem *p)
{
	unsigned char prefix = (unsigned char)space;
	unsigned long unowned = 0;
	struct store_cursor *cursor;
	c->txn = store_begin_read(c->store, p);
	if (c->txn == NULL)
		return false;
	cursor = store_scan_prefix(c->txn, (struct bytes){ &prefix, 1 }, false);
	while (store_next(cursor, &c->key, &c->value)) {
		c->counts->keys++;
		if (c->rows[space] == NULL)
			unowned++;
		else if (c->rows[space]->look != NULL && !run(c))
			problem_set(store_problem(c->txn), PROBLEM_OUT_OF_RESOURCES,
				    "no memory to check");
	}
	if (unowned != 0)
		check_finding(c, "space 0x%02x: %lu keys that belong to nothing", space, unowned);
	bool walked = !store_failed(c->txn)
		      || problem_set(p, store_problem(c->txn)->code, "%s",
				     store_problem(c->txn)->what);
	store_end(c->txn);
	c->txn = NULL;
	return walked;
}

static bool run_whole(struct store_check *c, const struct check_module *m, struct problem *p)
{
	c->txn = store_begin_read(c->store, p);
	if (c->txn == NULL)
		return false;
	c->whole = m->whole;
	c->key = (struct bytes){ 0 };
	bool ran = run(c) || problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to check");
	if (ran && store_failed(c->txn))
		check_finding(c, "%s: %s", m->name, store_problem(c->txn)->what);
	c->whole = NULL;
	store_end(c->txn);
	c->txn = NULL;
	return ran;
}

static bool add(struct store_check *c, const struct check_module *m, struct problem *p)
{
	if (c->module_count == MODULES)
		return problem_set(p, PROBLEM_INTERNAL, "too many modules to check");
	c->modules[c->module_count++] = m;
	for (const struct check_row *r = m->rows; r->name != NULL; r++)
		c->rows[r->space] = r;
	return true;
}

bool store_check(struct store *s, const struct check_module *const *modules,
		 void (*report)(void *with, const char *finding), void *with,
		 struct check_counts *counts, struct problem *p)
{
	static const struct check_module *const own[] = { &store_module, &blobs_check,
							  &audit_log_check };
	struct store_check c = { .store = s, .report = report, .with = with, .counts = counts };
	bool walked = true;
	*counts = (struct check_counts){ 0 };
	for (unsigned i = 0; walked && i < sizeof own / sizeof own[0]; i++)
		walked = add(&c, own[i], p);
	for (; walked && modules != NULL && *modules != NULL; modules++)
		walked = add(&c, *modules, p);
	for (unsigned space = 0; walked && space < 256; space++)
		walked = walk_space(&c, space, p);
	for (unsigned i = 0; walked && i < c.module_count; i++)
		if (c.modules[i]->whole != NULL)
			walked = run_whole(&c, c.modules[i], p);
	return walked;
}
