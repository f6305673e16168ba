/* store/check.c: walks the whole store and proves every invariant. */
#include "store/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/progress.h"
#include "store/daily.h"
#include "store/keys.h"
#include "store/months.h"
#include "store/names.h"
#include "store/node.h"
#include "store/numbers.h"
#include "store/packing.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage.h"

enum {
	LOOK_MEMORY = 64 << 20,     /* for one key and what it points to */
	LASTING_MEMORY = 256 << 20, /* for what modules remember: some octets a thousand keys */
	/* One snapshot is held for so many keys, or so long: some hundred commits of a busy
	 * region. */
	SNAPSHOT_KEYS = 4096,
	SNAPSHOT_US = 100 * 1000,
	PROVED = 1 << 16, /* 512 KiB; records are numbered one after the other */
	MODULES = 48,
	FINDING = 512,
	TOLD = 1024, /* findings after which some may be told twice */
};

/* What a module remembers. */
struct remembered {
	struct remembered *next;
	const void *whose;
	void *what;
};

struct store_check {
	struct store *store;
	struct store_txn *txn;
	struct arena *arena;   /* for one look after the other */
	struct arena *lasting; /* for all of them */
	struct remembered *remembered;
	uint64_t *proved; /* each in the place its number gives; NULL: no memory for it */
	struct usage_walk *usage;
	struct progress *progress;
	const struct clock *clock;
	void (*report)(void *with, const char *finding);
	void *with;
	struct check_counts *counts;
	const struct check_module *modules[MODULES];
	unsigned module_count;
	const struct check_row *rows[256]; /* who owns that space */
	char damage[FINDING];              /* the last that was told */
	struct check_counts_of *matches;   /* check_matched() */
	bool matching[256];                /* whose rows asked it */
	bool again;                        /* they are walked once more */
	uint64_t told[TOLD];               /* what was told before, as hashes */
	size_t told_count;
	/* What arena_run() is to look at. */
	struct bytes key, value;
	void (*whole)(struct store_check *c);
};

static void look_at_store(struct store_check *c, struct bytes key, struct bytes value)
{
	node_look(c, key, value);
	daily_check(c, key, value);
}

/* Nothing of it is damaged, but somebody relies on what has not been done. */
static void look_at_rekeying(struct store_check *c)
{
	if (store_rekeying(c->store) != NULL)
		check_finding(c, "a change of the data key is not finished: %s",
			      store_rekeying(c->store));
}

static const struct check_module store_module = {
	.name = "store",
	.rows = (const struct check_row[]){ { SPACE_STORE, "store", look_at_store }, { 0 } },
	.whole = look_at_rekeying,
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash_of(const char *finding)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *finding != '\0'; finding++)
		hash = (hash ^ (unsigned char)*finding) * UINT64_C(0x100000001b3);
	return hash;
}

/* By a look that is run once more. */
static bool was_told(struct store_check *c, const char *finding)
{
	uint64_t hash = hash_of(finding);
	bool told = false;
	for (size_t i = 0; c->again && !told && i < c->told_count; i++)
		told = c->told[i] == hash;
	if (!c->again && c->told_count < TOLD)
		c->told[c->told_count++] = hash;
	return told;
}

static void tell(struct store_check *c, const char *finding)
{
	if (was_told(c, finding))
		return;
	c->counts->findings++;
	if (c->report != NULL)
		c->report(c->with, finding);
}

/* A snapshot that failed finds nothing any more: what is missed in it says nothing of the store. */
void check_finding(struct store_check *c, const char *format, ...)
{
	char finding[FINDING];
	va_list args;
	if (c->txn != NULL && store_failed(c->txn))
		return;
	va_start(args, format);
	vsnprintf(finding, sizeof finding, format, args);
	va_end(args);
	tell(c, finding);
}

/* Once for those that lead to it one after the other. */
static void tell_damage(struct store_check *c, const char *what)
{
	if (strcmp(c->damage, what) == 0)
		return;
	snprintf(c->damage, sizeof c->damage, "%s", what);
	tell(c, what);
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

struct usage_walk *check_usage(struct store_check *c)
{
	return c->usage;
}

struct arena *check_lasting(struct store_check *c)
{
	return c->lasting;
}

void *check_memory(struct store_check *c, const void *whose, size_t size)
{
	struct remembered *r = c->remembered;
	while (r != NULL && r->whose != whose)
		r = r->next;
	if (r == NULL) {
		r = arena_new(c->lasting, struct remembered);
		*r = (struct remembered){ .next = c->remembered,
					  .whose = whose,
					  .what = arena_alloc(c->lasting, size) };
		c->remembered = r;
	}
	return r->what;
}

bool check_matched(struct store_check *c, enum check_side side, struct bytes key,
		   struct bytes leads_to)
{
	if (c->matches == NULL)
		c->matches = check_counts_create(store_random(c->txn));
	if (c->matches == NULL)
		return false; /* no memory: it is looked for at once */
	if (c->again)
		return check_counts_agree(c->matches, key);
	c->matching[c->key.data[0]] = true;
	check_counts_add(c->matches, side, key, leads_to);
	return true;
}

void check_prove(struct store_check *c, uint64_t number)
{
	if (c->proved != NULL)
		c->proved[number % PROVED] = number;
}

bool check_proved(const struct store_check *c, uint64_t number)
{
	return c->proved != NULL && number != 0 && c->proved[number % PROVED] == number;
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

/* What it remembers, too. */
static void run_lasting(void *with)
{
	struct store_check *c = with;
	if (!arena_run(c->lasting, run_scratch, c))
		check_finding(c, "no memory to look at a key of space 0x%02x",
			      c->key.length ? c->key.data[0] : 0u);
}

static void run(struct store_check *c)
{
	if (!arena_run(c->arena, run_lasting, c))
		check_finding(c, "no memory to look at a key of space 0x%02x",
			      c->key.length ? c->key.data[0] : 0u);
	arena_reset(c->arena);
}

static bool begin_snapshot(struct store_check *c, struct problem *p)
{
	c->txn = store_begin_read(c->store, p);
	if (c->txn == NULL)
		return false;
	store_stop_on(c->txn, c->progress == NULL ? NULL : c->progress->stop);
	store_pass_by(c->txn);
	return true;
}

/* A problem of the snapshot's own ends the walk, otherwise the rest would look empty. What a look
 * found damaged beside its own key is one finding, and the walk goes on in another snapshot. */
static bool end_snapshot(struct store_check *c, struct problem *p)
{
	struct problem *why = store_problem(c->txn);
	bool well = !store_failed(c->txn) || store_is_damaged(c->txn)
		    || problem_set(p, why->code, "%s", why->what);
	if (store_is_damaged(c->txn))
		tell_damage(c, why->what);
	store_end(c->txn);
	c->txn = NULL;
	return well;
}

/* Where the next snapshot goes on: the first key that may come. */
struct resting_place {
	unsigned char key[KEY_MOST + 1];
	size_t length; /* 0: there is no more */
};

/* After one that is too long to be ours it goes on behind all that begin as it does. */
static void rest_after(struct resting_place *r, struct bytes key)
{
	bool ours = key.length <= KEY_MOST;
	r->length = ours ? key.length : KEY_MOST;
	memcpy(r->key, key.data, r->length);
	r->key[r->length++] = ours ? 0 : 0xff;
}

/* After a key that is none of ours (a damaged store's) it goes on until one is. */
static bool held_long(const struct store_check *c, int64_t since)
{
	return store_is_damaged(c->txn)
	       || (c->key.length <= KEY_MOST
		   && (c->counts->keys % SNAPSHOT_KEYS == 0
		       || c->clock->elapsed(c->clock) - since > SNAPSHOT_US));
}

/* Some keys of a space, in one snapshot. */
static bool walk_some(struct store_check *c, struct resting_place *r, unsigned long *unowned,
		      struct problem *p)
{
	unsigned space = r->key[0];
	unsigned char end[] = { (unsigned char)(space + 1) };
	int64_t since = c->clock->elapsed(c->clock);
	if (!begin_snapshot(c, p))
		return false;
	struct store_cursor *cursor = store_scan(c->txn, (struct bytes){ r->key, r->length },
						 (struct bytes){ end, space < 0xff }, false);
	bool long_held = false;
	while (!long_held && store_next(cursor, &c->key, &c->value)) {
		c->counts->keys++;
		progress_add(c->progress, 1);
		if (c->rows[space] == NULL)
			++*unowned;
		else if (c->rows[space]->look != NULL)
			run(c);
		long_held = held_long(c, since);
	}
	if (long_held)
		rest_after(r, c->key);
	else
		r->length = 0;
	return end_snapshot(c, p);
}

static bool walk_space(struct store_check *c, unsigned space, struct problem *p)
{
	struct resting_place r = { .key = { (unsigned char)space }, .length = 1 };
	unsigned long unowned = 0;
	bool walked = true;
	while (walked && r.length != 0)
		walked = walk_some(c, &r, &unowned, p);
	if (unowned != 0)
		check_finding(c, "space 0x%02x: %lu keys that belong to nothing", space, unowned);
	return walked;
}

static bool run_whole(struct store_check *c, const struct check_module *m, struct problem *p)
{
	if (!begin_snapshot(c, p))
		return false;
	c->whole = m->whole;
	c->key = (struct bytes){ 0 };
	run(c);
	c->whole = NULL;
	return end_snapshot(c, p);
}

static bool add(struct store_check *c, const struct check_module *m, struct problem *p)
{
	if (c->module_count == MODULES)
		return problem_set(p, PROBLEM_INTERNAL, "too many modules to check");
	c->modules[c->module_count++] = m;
	for (const struct check_row *r = m->rows; r->name != NULL; r++) {
		if (c->rows[r->space] != NULL && c->rows[r->space] != r)
			return problem_set(p, PROBLEM_INTERNAL, "%s is also where %s is kept",
					   r->name, c->rows[r->space]->name);
		c->rows[r->space] = r;
	}
	return true;
}

static bool look_at_wholes(struct store_check *c, struct problem *p)
{
	uint64_t wholes = 0;
	bool looked = true;
	for (unsigned i = 0; i < c->module_count; i++)
		wholes += c->modules[i]->whole != NULL;
	progress_begin(c->progress, "modules as a whole", wholes);
	for (unsigned i = 0; looked && i < c->module_count; i++)
		if (c->modules[i]->whole != NULL) {
			looked = run_whole(c, c->modules[i], p);
			progress_add(c->progress, 1);
		}
	return looked;
}

/* Where counts differ rows are looked for, one by one. */
static bool look_at_matches(struct store_check *c, struct problem *p)
{
	uint64_t keys = c->counts->keys;
	bool walked = true;
	c->again = true;
	if (c->matches == NULL || check_counts_differing(c->matches) == 0)
		return true;
	progress_begin(c->progress, "keys once more", 0);
	for (unsigned space = 0; walked && space < 256; space++)
		walked = !c->matching[space] || walk_space(c, space, p);
	c->counts->keys = keys;
	return walked;
}

static bool walk(struct store_check *c, const struct check_module *const *modules,
		 struct problem *p)
{
	static const struct check_module *const own[] = { &store_module, &numbers_check,
							  &names_check,  &packing_check,
							  &usage_check,  &months_check,
							  &blobs_check,  &audit_log_check };
	bool walked = (c->arena != NULL && c->lasting != NULL)
		      || problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to check");
	for (unsigned i = 0; walked && i < sizeof own / sizeof own[0]; i++)
		walked = add(c, own[i], p);
	for (; walked && modules != NULL && *modules != NULL; modules++)
		walked = add(c, *modules, p);
	progress_begin(c->progress, "keys", 0);
	for (unsigned space = 0; walked && space < 256; space++)
		walked = walk_space(c, space, p);
	return walked && look_at_wholes(c, p) && look_at_matches(c, p);
}

bool store_check_watched(struct progress *progress, struct store *s,
			 const struct check_module *const *modules,
			 void (*report)(void *with, const char *finding), void *with,
			 struct check_counts *counts, struct problem *p)
{
	struct store_check c = { .store = s,
				 .report = report,
				 .with = with,
				 .counts = counts,
				 .progress = progress,
				 .clock = &system_clock,
				 .arena = arena_create(LOOK_MEMORY),
				 .usage = usage_walk_create(),
				 .lasting = arena_create(LASTING_MEMORY),
				 .proved = calloc(PROVED, sizeof *c.proved) };
	*counts = (struct check_counts){ 0 };
	bool walked = walk(&c, modules, p);
	free(c.proved);
	usage_walk_destroy(c.usage);
	arena_destroy(c.arena);
	arena_destroy(c.lasting);
	check_counts_destroy(c.matches);
	return walked;
}

bool store_check(struct store *s, const struct check_module *const *modules,
		 void (*report)(void *with, const char *finding), void *with,
		 struct check_counts *counts, struct problem *p)
{
	return store_check_watched(NULL, s, modules, report, with, counts, p);
}
