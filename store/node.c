/* store/node.c: which of the nodes that write one store this one is.
 *
 * A row for each: "node" and its name -> ordinal. They are few and never deleted, so the next
 * ordinal is one more than the highest there is. */
#include "store/node.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_ORDINAL = 1 };

static const char rows[] = "node";

static struct key row_key(const char *name)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, rows);
	if (name != NULL)
		key_text(&k, name);
	return k;
}

struct node {
	const char *name; /* borrowed from the key */
	uint64_t ordinal;
};

static bool read_row(struct bytes key, struct bytes value, struct node *out)
{
	struct key_reader k = key_read(key);
	struct record_reader r = record_read(value);
	uint64_t ordinal = NODES_MOST;
	key_read_text(&k);
	out->name = key_read_text(&k);
	while (record_next(&r))
		if (r.tag == TAG_ORDINAL)
			ordinal = record_as_number(&r);
	out->ordinal = ordinal;
	return key_read_end(&k) && !r.broken && ordinal < NODES_MOST;
}

/* Until one is wanted, or the end. False: none was. */
struct node_search {
	const char *name; /* NULL: that ordinal */
	unsigned ordinal;
	uint64_t next; /* the ordinal a new one would have */
	struct node found;
};

static bool find(struct store_txn *t, struct arena *a, struct node_search *s)
{
	struct key prefix = row_key(NULL);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	struct bytes key, value;
	bool found = false;
	while (!found && store_next(c, &key, &value)) {
		if (!read_row(key, value, &s->found)) {
			store_damaged(t, "a node's row cannot be read");
			break;
		}
		if (s->found.ordinal >= s->next)
			s->next = s->found.ordinal + 1;
		found = s->name != NULL ? text_equal(s->found.name, s->name)
					: s->found.ordinal == s->ordinal;
		if (found)
			s->found.name = arena_text(a, s->found.name);
	}
	store_scan_end(c);
	return found;
}

/* In a snapshot, most of the time. False: it has none, or the store failed. */
static bool look(struct store *s, struct node_search *of, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	bool found = t != NULL && find(t, store_arena(t), of);
	if (t != NULL && store_failed(t))
		*p = *store_problem(t);
	store_end(t);
	return found;
}

static bool give(void *with, struct store_txn *t, struct problem *p)
{
	struct node_search *s = with;
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k = row_key(s->name);
	if (find(t, store_arena(t), s) || store_failed(t))
		return !store_failed(t);
	if (s->next >= NODES_MOST)
		return problem_set(p, PROBLEM_CONFIGURATION,
				   "the store has had %d nodes, and knows no more", NODES_MOST);
	s->found.ordinal = s->next;
	record_number(&w, TAG_ORDINAL, s->next);
	return store_put(t, key_span(&k), record_end(&w));
}

bool node_take(struct store *s, const char *name, unsigned *ordinal, struct problem *p)
{
	struct node_search of = { .name = name == NULL ? "" : name };
	const struct store_block block = { &of, sizeof of };
	const struct store_afresh afresh = { .blocks = &block, .count = 1 };
	bool known = look(s, &of, p);
	bool taken = known
		     || (p->code == PROBLEM_NONE && store_write_afresh(s, &afresh, give, &of, p));
	*ordinal = (unsigned)of.found.ordinal;
	return taken;
}

const char *node_name(struct store_txn *t, unsigned ordinal, struct arena *a)
{
	struct node_search of = { .ordinal = ordinal };
	return find(t, a, &of) ? of.found.name : NULL;
}

void node_look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key prefix = row_key(NULL);
	struct node node;
	if (key.length < prefix.length || memcmp(key.data, prefix.data, prefix.length) != 0)
		return;
	if (!read_row(key, value, &node)) {
		check_finding(c, "store: a node's row cannot be read");
		return;
	}
	struct node_search of = { .ordinal = (unsigned)node.ordinal };
	if (find(check_txn(c), check_arena(c), &of) && !text_equal(of.found.name, node.name))
		check_finding(c, "store: two nodes have one ordinal");
}
