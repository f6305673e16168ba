/* store/engine_berkeleydb_scan.c: walking keys, through what a transaction sees unlike the trees.
 *
 * No cursor of Berkeley DB stays open between two steps. A cursor of ours fetches a handful of
 * neighbours at a time, or all of a group, which is then kept for others. Commits that come between
 * do not matter: what they replaced is in the past, which is asked at every step and wins. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/engine_berkeleydb.h"

enum {
	/* neighbours at a time: a short scan pays for few */
	FETCH_FIRST = 4,
	FETCH_MOST = 64,
	FETCH_OCTETS = 32 * 1024,
	/* of one call for all that follow in ascending order: whole pages, whole KiB */
	BULK_FIRST = 8 * 1024,
	BULK = 32 * 1024,
	KEY_AT_HAND = 512,
	VALUE_AT_HAND = 4096,
	/* keys passed by in one hold of the trees */
	HELD_STEPS = 64,
	LET_GO = -1, /* no code of Berkeley DB's, nor an errno: the sticky problem says why */
};

struct octets {
	unsigned char *data;
	size_t length, room;
};

struct fetched {
	uint32_t key, key_length, value, value_length; /* where, from `base` on */
};

struct berkeleydb_cursor {
	struct store_cursor head;
	struct berkeleydb_cursor *next, **link;
	struct berkeleydb_txn *txn;
	bool descending, ended;
	struct octets limits; /* from and to, one after the other */
	struct bytes from, to;
	struct octets key;    /* where it stands; length 0: not begun */
	struct octets unlike; /* a value that is not the trees' */
	struct bytes value;   /* there, or from `base` on */
	struct octets neighbours;
	const struct row_kept *group; /* instead of neighbours */
	const unsigned char *base;
	struct fetched fetched[FETCH_MOST];
	unsigned count, at, wanted;
	bool last; /* nothing more in the trees after these */
};

static bool reserve(struct octets *o, size_t least, size_t room)
{
	if (o->room >= least)
		return true;
	unsigned char *moved = realloc(o->data, room);
	if (moved == NULL)
		return false;
	o->data = moved;
	o->room = room;
	return true;
}

static bool set(struct octets *o, size_t at, struct bytes b)
{
	if (!reserve(o, at + b.length, (at + b.length) * 2))
		return false;
	if (b.length != 0)
		memcpy(o->data + at, b.data, b.length);
	o->length = at + b.length;
	return true;
}

static struct bytes span(const struct octets *o)
{
	return (struct bytes){ o->data, o->length };
}

static void free_cursor(struct berkeleydb_cursor *c)
{
	if (c->link != NULL) {
		*c->link = c->next;
		if (c->next != NULL)
			c->next->link = c->link;
	}
	free(c->limits.data);
	free(c->key.data);
	free(c->unlike.data);
	free(c->neighbours.data);
	rows_give_back(c->group);
	free(c);
}

void berkeleydb_scan_end(struct store_cursor *c)
{
	free_cursor((struct berkeleydb_cursor *)c);
}

void berkeleydb_end_cursors(struct berkeleydb_txn *t)
{
	struct berkeleydb_cursor *next;
	for (struct berkeleydb_cursor *c = t->cursors; c != NULL; c = next) {
		next = c->next;
		c->link = NULL;
		free_cursor(c);
	}
	t->cursors = NULL;
}

struct store_cursor *berkeleydb_scan(struct engine_txn *scanned, struct bytes from, struct bytes to,
				     bool descending)
{
	struct berkeleydb_txn *t = (struct berkeleydb_txn *)scanned;
	if (t->base.problem.code != PROBLEM_NONE)
		return NULL;
	struct berkeleydb_cursor *c = calloc(1, sizeof *c);
	if (c == NULL || !set(&c->limits, 0, from) || !set(&c->limits, from.length, to)) {
		if (c != NULL)
			free_cursor(c);
		problem_set(&t->base.problem, PROBLEM_OUT_OF_RESOURCES, "no memory for a cursor");
		return NULL;
	}
	c->from = (struct bytes){ c->limits.data, from.length };
	if (to.length != 0) /* limits may have no octets at all */
		c->to = (struct bytes){ c->limits.data + from.length, to.length };
	c->head.does = scanned->does;
	c->descending = descending;
	c->ended = to.length != 0 && bytes_compare(from, to) >= 0;
	c->wanted = FETCH_FIRST;
	c->txn = t;
	c->next = t->cursors;
	c->link = &t->cursors;
	if (c->next != NULL)
		c->next->link = &c->next;
	t->cursors = c;
	return &c->head;
}

/* Fetching from one tree. */

struct walk {
	DBC *dbc;
	DBT key, value; /* in blocks of malloc() */
};

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

/* One step; the blocks grow until key and value fit. start: where DB_SET_RANGE begins. */
static int step(struct walk *w, u_int32_t how, struct bytes start)
{
	if (!grow(&w->key, KEY_AT_HAND) || !grow(&w->value, VALUE_AT_HAND))
		return ENOMEM;
	for (;;) {
		if (!grow(&w->key, (u_int32_t)start.length))
			return ENOMEM;
		if (start.length != 0)
			memcpy(w->key.data, start.data, start.length);
		w->key.size = (u_int32_t)start.length;
		int code = w->dbc->get(w->dbc, &w->key, &w->value, how);
		if (code != DB_BUFFER_SMALL)
			return code;
		if (!grow(&w->key, w->key.size) || !grow(&w->value, w->value.size))
			return ENOMEM;
	}
}

static struct bytes key_of(const struct walk *w)
{
	return (struct bytes){ w->key.data, w->key.size };
}

/* The next key of this tree after where the cursor stands, in its direction. */
static int first_step(struct berkeleydb_cursor *c, struct walk *w)
{
	struct bytes none = { 0 }, start = c->key.length != 0 ? span(&c->key)
					   : c->descending    ? c->to
							      : c->from;
	if (c->descending) {
		if (start.length == 0)
			return step(w, DB_LAST, none);
		int code = step(w, DB_SET_RANGE, start);
		return code == 0             ? step(w, DB_PREV, none)
		       : code == DB_NOTFOUND ? step(w, DB_LAST, none)
					     : code;
	}
	if (start.length == 0)
		return step(w, DB_FIRST, none);
	int code = step(w, DB_SET_RANGE, start);
	if (code == 0 && c->key.length != 0 && bytes_equal(key_of(w), start))
		code = step(w, DB_NEXT, none);
	return code;
}

static bool within(const struct berkeleydb_cursor *c, struct bytes key)
{
	return c->descending ? bytes_compare(key, c->from) >= 0
			     : c->to.length == 0 || bytes_compare(key, c->to) < 0;
}

static int add_neighbour(struct berkeleydb_cursor *c, const struct walk *w)
{
	size_t at = c->neighbours.length;
	if (!set(&c->neighbours, at, key_of(w))
	    || !set(&c->neighbours, at + w->key.size,
		    (struct bytes){ w->value.data, w->value.size }))
		return ENOMEM;
	c->fetched[c->count++] = (struct fetched){ (uint32_t)at, w->key.size,
						   (uint32_t)at + w->key.size, w->value.size };
	return 0;
}

/* From a beginning to its successor, ascending. */
static bool is_of_group(const struct berkeleydb_cursor *c)
{
	size_t n = c->to.length, beginning = c->from.length;
	if (c->descending || (beginning != GROUP_KEY && beginning != GROUP_LONG_KEY)
	    || !is_asked_again(c->from.data[0]) || n == 0 || n > beginning
	    || c->to.data[n - 1] != c->from.data[n - 1] + 1
	    || memcmp(c->to.data, c->from.data, n - 1) != 0)
		return false;
	while (n < beginning && c->from.data[n] == 0xff)
		n++;
	return n == beginning;
}

/* What follows, by one call for many: a step costs more than what it brings. 0: there may be more;
 * DB_BUFFER_SMALL: the next is too long to come so. */
static int add_at_once(struct berkeleydb_cursor *c, struct walk *w)
{
	size_t at = (c->neighbours.length + sizeof(u_int32_t) - 1) & ~(sizeof(u_int32_t) - 1);
	size_t room = c->wanted == FETCH_FIRST && !is_of_group(c) ? BULK_FIRST : BULK;
	void *place;
	if (!reserve(&c->neighbours, at + room, at + room))
		return ENOMEM;
	DBT many = { .data = c->neighbours.data + at,
		     .ulen = (u_int32_t)room,
		     .flags = DB_DBT_USERMEM };
	int code = w->dbc->get(w->dbc, &w->key, &many, DB_NEXT | DB_MULTIPLE_KEY);
	if (code != 0)
		return code;
	c->neighbours.length = at + room;
	DB_MULTIPLE_INIT(place, &many);
	while (c->count < FETCH_MOST) {
		unsigned char *key, *value;
		u_int32_t key_length, value_length;
		DB_MULTIPLE_KEY_NEXT(place, &many, key, key_length, value, value_length);
		if (place == NULL)
			break;
		if (!within(c, (struct bytes){ key, key_length }))
			return DB_NOTFOUND;
		c->fetched[c->count++] = (struct fetched){ (uint32_t)(key - c->neighbours.data),
							   key_length,
							   (uint32_t)(value - c->neighbours.data),
							   value_length };
	}
	return 0;
}

/* What follows, step by step. */
static int add_by_steps(struct berkeleydb_cursor *c, struct walk *w)
{
	struct bytes none = { 0 };
	while (c->count < c->wanted && c->neighbours.length < FETCH_OCTETS) {
		int code = step(w, c->descending ? DB_PREV : DB_NEXT, none);
		if (code == 0)
			code = within(c, key_of(w)) ? add_neighbour(c, w) : DB_NOTFOUND;
		if (code != 0)
			return code;
	}
	return 0;
}

/* DB_NOTFOUND: the tree, or the range, has no more. */
static int fetch_from(struct berkeleydb_cursor *c, struct walk *w, unsigned tree)
{
	DB *db = c->txn->environment->trees[tree];
	if (db == NULL)
		return DB_NOTFOUND;
	int code = db->cursor(db, NULL, &w->dbc, 0);
	if (code != 0)
		return code;
	code = first_step(c, w);
	if (code == 0)
		code = within(c, key_of(w)) ? add_neighbour(c, w) : DB_NOTFOUND;
	if (code == 0) {
		code = c->descending ? DB_BUFFER_SMALL : add_at_once(c, w);
		if (code == DB_BUFFER_SMALL)
			code = add_by_steps(c, w);
	}
	w->dbc->close(w->dbc);
	return code;
}

/* A group is kept as the number of its keys, where they are, and the octets of keys and values. */
struct group_head {
	uint32_t count;
};

static size_t packed_length(const struct berkeleydb_cursor *c)
{
	size_t length = sizeof(struct group_head) + c->count * sizeof c->fetched[0];
	for (unsigned i = 0; i < c->count; i++)
		length += c->fetched[i].key_length + c->fetched[i].value_length;
	return length;
}

/* The whole group, just fetched, for the next who scans it. */
static void keep_group(const struct berkeleydb_cursor *c)
{
	size_t length = packed_length(c);
	unsigned char *packed = length > GROUP_MOST ? NULL : malloc(length);
	if (packed == NULL)
		return;
	struct group_head head = { c->count };
	memcpy(packed, &head, sizeof head);
	unsigned char *where = packed + sizeof head,
		      *base = where + c->count * sizeof c->fetched[0];
	unsigned char *at = base;
	for (unsigned i = 0; i < c->count; i++) {
		const struct fetched *f = &c->fetched[i];
		struct fetched moved = { (uint32_t)(at - base), f->key_length,
					 (uint32_t)(at - base) + f->key_length, f->value_length };
		memcpy(where + i * sizeof moved, &moved, sizeof moved);
		memcpy(at, c->base + f->key, f->key_length);
		memcpy(at + f->key_length, c->base + f->value, f->value_length);
		at += f->key_length + f->value_length;
	}
	rows_keep(c->txn->environment->groups, c->from, (struct bytes){ packed, length }, false);
	free(packed);
}

static bool take_group(struct berkeleydb_cursor *c)
{
	struct group_head head;
	c->group = rows_borrow(c->txn->environment->groups, c->from);
	if (c->group == NULL)
		return false;
	const unsigned char *at = rows_value(c->group).data;
	memcpy(&head, at, sizeof head);
	at += sizeof head;
	memcpy(c->fetched, at, head.count * sizeof c->fetched[0]);
	c->base = at + head.count * sizeof c->fetched[0];
	c->count = head.count;
	c->last = true;
	return true;
}

/* The spaces that are left of the range. */
struct spaces {
	unsigned lowest, highest;
};

static struct spaces spaces_left(const struct berkeleydb_cursor *c)
{
	struct bytes low = c->from, high = c->to;
	if (c->key.length != 0 && c->descending)
		high = span(&c->key);
	else if (c->key.length != 0)
		low = span(&c->key);
	struct spaces s = { low.length == 0 ? 0 : low.data[0],
			    high.length == 0 ? TREES - 1 : high.data[0] };
	/* Nothing of a space is before its own octet alone. */
	if (high.length == 1 && s.highest > s.lowest)
		s.highest--;
	return s;
}

static int fetch_neighbours(struct berkeleydb_cursor *c)
{
	struct spaces s = spaces_left(c);
	struct walk w = { .key.flags = DB_DBT_USERMEM, .value.flags = DB_DBT_USERMEM };
	int code = DB_NOTFOUND;
	unsigned left = s.highest - s.lowest + 1;
	c->count = c->at = 0;
	c->neighbours.length = 0;
	for (; code == DB_NOTFOUND && left > 0 && c->count < c->wanted; left--)
		code = fetch_from(c, &w,
				  c->descending ? s.lowest + left - 1 : s.highest - left + 1);
	c->last = code == DB_NOTFOUND && left == 0;
	c->base = c->neighbours.data;
	free(w.key.data);
	free(w.value.data);
	if (c->wanted < FETCH_MOST)
		c->wanted *= 2;
	return code == DB_NOTFOUND ? 0 : code;
}

static int fetch(struct berkeleydb_cursor *c)
{
	bool group = is_of_group(c) && c->key.length == 0;
	if (group && take_group(c))
		return 0;
	int code = fetch_neighbours(c);
	if (group && c->last && !c->txn->base.passing_by)
		keep_group(c);
	return code;
}

/* What the transaction sees unlike the trees. */

static const struct ordered_node *later_in(const struct berkeleydb_cursor *c,
					   const struct ordered *o)
{
	if (c->descending) {
		struct bytes end = c->key.length != 0 ? span(&c->key) : c->to;
		return end.length != 0 ? ordered_before(o, end, 0) : ordered_last(o);
	}
	return c->key.length != 0 ? ordered_seek(o, span(&c->key), UINT64_MAX)
				  : ordered_seek(o, c->from, 0);
}

static const struct ordered_node *later_in_past(const struct berkeleydb_cursor *c)
{
	const struct past *p = &c->txn->environment->past;
	uint64_t seen = c->txn->seen;
	bool begun = c->key.length != 0;
	if (c->descending)
		return past_before(p, begun ? span(&c->key) : c->to,
				   c->from.length == 0 ? 0 : c->from.data[0], seen);
	return past_from(p, begun ? span(&c->key) : c->from, begun,
			 c->to.length == 0 ? 0xff : c->to.data[0], seen);
}

/* The nearest of all layers; an inner one wins over an outer. */
static const struct ordered_node *nearest_unlike(const struct berkeleydb_cursor *c)
{
	const struct ordered_node *nearest = NULL;
	if (!c->txn->writing) {
		nearest = later_in_past(c);
	} else {
		for (const struct berkeleydb_txn *t = c->txn; t != NULL; t = t->parent) {
			const struct ordered_node *n = later_in(c, &t->changes);
			int order = n == NULL || nearest == NULL
					    ? 0
					    : bytes_compare(n->key, nearest->key);
			if (n != NULL
			    && (nearest == NULL || (c->descending ? order > 0 : order < 0)))
				nearest = n;
		}
	}
	return nearest != NULL && within(c, nearest->key) ? nearest : NULL;
}

/* One step, absent keys included. */
static int move(struct berkeleydb_cursor *c, bool *absent)
{
	int code = 0;
	if (c->at == c->count && !c->last)
		code = fetch(c);
	if (code != 0)
		return code;
	const struct fetched *f = c->at < c->count ? &c->fetched[c->at] : NULL;
	const struct ordered_node *n = nearest_unlike(c);
	struct bytes key = { 0 }, value = { 0 };
	if (f == NULL && n == NULL)
		return DB_NOTFOUND;
	if (f != NULL) {
		key = (struct bytes){ c->base + f->key, f->key_length };
		value = (struct bytes){ c->base + f->value, f->value_length };
	}
	int order = f == NULL ? 1 : n == NULL ? -1 : bytes_compare(key, n->key);
	if (f != NULL && n != NULL && c->descending)
		order = -order;
	if (order <= 0)
		c->at++;
	*absent = order >= 0 && n->absent;
	if (order >= 0) { /* it may be gone when the trees are let go */
		key = n->key;
		if (!set(&c->unlike, 0, n->value))
			return ENOMEM;
		value = span(&c->unlike);
	}
	c->value = value;
	return set(&c->key, 0, key) ? 0 : ENOMEM;
}

/* Up to the next key that is there. The trees are let go now and then: a snapshot may have to pass
 * by many keys it does not see. */
static int move_on(struct berkeleydb_cursor *c)
{
	bool absent = true;
	int code = 0;
	for (unsigned steps = 1; code == 0 && absent; steps++) {
		if (steps % HELD_STEPS == 0) {
			berkeleydb_release_trees(c->txn);
			if (!berkeleydb_hold_trees(c->txn))
				return LET_GO;
		}
		code = move(c, &absent);
	}
	berkeleydb_release_trees(c->txn);
	return code;
}

bool berkeleydb_next(struct store_cursor *cursor, struct bytes *key, struct bytes *value)
{
	struct berkeleydb_cursor *c = (struct berkeleydb_cursor *)cursor;
	if (c->ended || c->txn->base.problem.code != PROBLEM_NONE || !berkeleydb_hold_trees(c->txn))
		return false;
	int code = move_on(c);
	if (code != 0) {
		c->ended = true;
		return code != DB_NOTFOUND && code != LET_GO
		       && environment_problem(c->txn->environment, code, "scan",
					      &c->txn->base.problem);
	}
	*key = span(&c->key);
	if (value != NULL)
		*value = c->value;
	return true;
}
