/* store/store_txn.c: what a transaction offers to identity, registry, consent and audit log. */
#include "store/store_txn.h"

#include <stdarg.h>
#include <stdio.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

bool store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	return engine_may_look(t->engine) && engine_get(t->engine, key, a, value);
}

bool store_has(struct store_txn *t, struct bytes key)
{
	return engine_may_look(t->engine) && engine_has(t->engine, key);
}

bool store_put(struct store_txn *t, struct bytes key, struct bytes value)
{
	return engine_put(t->engine, key, value);
}

bool store_add(struct store_txn *t, struct bytes key, struct bytes value)
{
	return engine_add(t->engine, key, value);
}

bool store_delete(struct store_txn *t, struct bytes key)
{
	return engine_delete(t->engine, key);
}

void store_stop_on(struct store_txn *t, const atomic_bool *flag)
{
	t->engine->stop = flag;
}

void store_pass_by(struct store_txn *t)
{
	t->engine->passing_by = true;
}

bool store_passes_by(const struct store_txn *t)
{
	return t->engine->passing_by;
}

bool store_stopped(struct store_txn *t)
{
	return engine_stopped(t->engine);
}

void store_hurry(struct store_txn *t, uint64_t octets, uint64_t looks)
{
	t->hurries = true;
	t->may_hash = octets;
	t->engine->hurries = looks != STORE_ALL_LOOKS;
	t->engine->looks = looks;
}

void store_hurry_no_more(struct store_txn *t)
{
	t->hurries = t->engine->hurries = false;
}

bool store_may_hash(struct store_txn *t, uint64_t octets)
{
	if (!t->hurries)
		return true;
	if (octets > t->may_hash) {
		t->left_undone = true;
		return false;
	}
	t->may_hash -= octets;
	return true;
}

enum store_undone store_left_undone(const struct store_txn *t)
{
	return t->engine->exhausted ? UNDONE_LOOKING
	       : t->left_undone     ? UNDONE_HASHING
				    : UNDONE_NOTHING;
}

struct problem *store_problem(struct store_txn *t)
{
	return engine_problem(t->engine);
}

bool store_failed(const struct store_txn *t)
{
	return engine_problem(t->engine)->code != PROBLEM_NONE;
}

bool store_damaged(struct store_txn *t, const char *what, ...)
{
	char text[sizeof store_problem(t)->what];
	va_list args;
	va_start(args, what);
	vsnprintf(text, sizeof text, what, args);
	va_end(args);
	t->damaged = t->damaged || !store_failed(t);
	return problem_set(store_problem(t), PROBLEM_INTERNAL, "%s", text);
}

bool store_is_damaged(const struct store_txn *t)
{
	return t->damaged;
}

struct store_cursor *store_scan(struct store_txn *t, struct bytes from, struct bytes to,
				bool descending)
{
	return engine_scan(t->engine, from, to, descending);
}

bool store_next(struct store_cursor *c, struct bytes *key, struct bytes *value)
{
	return c != NULL && engine_may_look(c->of) && c->does->next(c, key, value);
}

void store_scan_end(struct store_cursor *c)
{
	if (c != NULL)
		c->does->scan_end(c);
}

/* Up to the next key that does not begin so: the prefix with its last octet counted up. */
struct store_cursor *store_scan_prefix(struct store_txn *t, struct bytes prefix, bool descending)
{
	unsigned char end[1024];
	size_t length = prefix.length;
	if (length == 0 || length > sizeof end) {
		problem_set(store_problem(t), PROBLEM_REQUEST_INVALID,
			    "an identifier is longer than the store can hold");
		return NULL;
	}
	while (length > 0 && prefix.data[length - 1] == 0xff)
		length--;
	for (size_t i = 0; i < length; i++)
		end[i] = prefix.data[i];
	if (length > 0)
		end[length - 1]++;
	return engine_scan(t->engine, prefix, (struct bytes){ end, length }, descending);
}

const struct clock *store_clock(const struct store_txn *t)
{
	return t->clock;
}

const struct random_source *store_random(const struct store_txn *t)
{
	return t->random;
}

struct arena *store_arena(const struct store_txn *t)
{
	return t->arena;
}

struct evp_md_ctx_st *store_digest(struct store_txn *t)
{
	return t->digest;
}

struct dictionaries *store_dictionaries(const struct store_txn *t)
{
	return t->dictionaries;
}

struct names *store_names(const struct store_txn *t)
{
	return t->names;
}

uint64_t store_generation(const struct store_txn *t)
{
	return t->engine->generation;
}

struct numbers *store_numbers(struct store_txn *t)
{
	return t->numbers;
}

uint64_t *store_group_note(struct store_txn *t)
{
	return t->group_note;
}

struct store *store_of(const struct store_txn *t)
{
	return t->store;
}

static bool enter(struct store_txn *t, struct problem *p)
{
	if (t->depth == COUNT(t->outer))
		return problem_set(p, PROBLEM_INTERNAL, "savepoints too deep");
	struct engine_txn *inner = engine_begin_nested(t->engine, p);
	if (inner == NULL)
		return false;
	t->outer[t->depth++] = t->engine;
	t->engine = inner;
	return true;
}

static struct engine_txn *leave(struct store_txn *t)
{
	struct engine_txn *inner = t->engine;
	t->engine = t->outer[--t->depth];
	return inner;
}

struct store_mark store_txn_mark(const struct store_txn *t)
{
	struct store_mark m = { .packs = packs_mark(t->packs) };
	if (t->numbers != NULL)
		m.numbers = *t->numbers;
	return m;
}

void store_txn_return(struct store_txn *t, const struct store_mark *to)
{
	if (t->numbers != NULL)
		*t->numbers = to->numbers;
	packs_return(t->packs, to->packs);
}

bool store_savepoint(struct store_txn *t,
		     bool (*part)(void *with, struct store_txn *t, struct problem *p), void *with,
		     struct problem *p)
{
	unsigned depth = t->depth;
	struct store_mark had = store_txn_mark(t);
	if (!enter(t, p))
		return false;
	bool done = part(with, t, p);
	while (t->depth > depth + 1) { /* one within it was left open by a long jump */
		engine_abort(leave(t));
		done = problem_set(p, PROBLEM_INTERNAL, "a savepoint was left open");
	}
	if (done && engine_commit(leave(t), p))
		return true;
	if (t->depth > depth) {
		struct problem *why = store_problem(t);
		problem_at(p, why->code == PROBLEM_NONE ? PROBLEM_INTERNAL : why->code, why->where,
			   "%s",
			   why->code == PROBLEM_NONE ? "refused without a reason" : why->what);
		engine_abort(leave(t));
	}
	store_txn_return(t, &had);
	return false;
}

bool store_txn_conclude(struct store_txn *t, bool commit, struct problem *p)
{
	if (commit && t->depth != 0)
		commit = problem_set(p, PROBLEM_INTERNAL, "a savepoint was left open");
	while (t->depth > 0)
		engine_abort(leave(t));
	if (commit)
		return engine_commit(t->engine, p);
	struct problem *why = engine_problem(t->engine);
	problem_at(p, why->code == PROBLEM_NONE ? PROBLEM_INTERNAL : why->code, why->where, "%s",
		   why->code == PROBLEM_NONE ? "refused without a reason" : why->what);
	engine_abort(t->engine);
	return false;
}
