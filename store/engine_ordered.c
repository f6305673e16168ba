/* store/engine_ordered.c: an ordered map in memory. */
#include "store/engine_ordered.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* A shorter key is followed by zeros: where two fronts differ, so do the keys, the same way. */
static uint64_t front_of(struct bytes key)
{
	uint64_t front = 0;
	if (key.length >= sizeof front)
		memcpy(&front, key.data, sizeof front);
	else if (key.length != 0)
		memcpy(&front, key.data, key.length);
	return be64toh(front);
}

static bool is_before(const struct ordered_node *n, uint64_t front, struct bytes key,
		      uint64_t version)
{
	if (n->front != front)
		return n->front < front;
	int order = bytes_compare(n->key, key);
	return order < 0 || (order == 0 && n->version < version);
}

static void count_step(const struct ordered *o)
{
	if (o->steps != NULL)
		++*o->steps;
}

/* On every level the link that leads to (key, version) or past it; links may be NULL. Returns the
 * node before it. */
static struct ordered_node *search(const struct ordered *o, struct bytes key, uint64_t version,
				   struct ordered_link *links[ORDERED_LEVELS])
{
	struct ordered_node *before = NULL;
	struct ordered_link *at = (struct ordered_link *)o->first;
	const uint64_t front = front_of(key);
	for (unsigned level = ORDERED_LEVELS; level-- > 0;) {
		while (at[level].next != NULL && is_before(at[level].next, front, key, version)) {
			before = at[level].next;
			at = before->links;
			count_step(o);
		}
		if (links != NULL)
			links[level] = &at[level];
	}
	return before;
}

struct ordered_node *ordered_seek(const struct ordered *o, struct bytes key, uint64_t version)
{
	struct ordered_node *before = search(o, key, version, NULL);
	return before != NULL ? before->links[0].next : o->first[0].next;
}

struct ordered_node *ordered_before(const struct ordered *o, struct bytes key, uint64_t version)
{
	return search(o, key, version, NULL);
}

struct ordered_node *ordered_last(const struct ordered *o)
{
	struct ordered_node *last = NULL;
	const struct ordered_link *at = o->first;
	for (unsigned level = ORDERED_LEVELS; level-- > 0;)
		while (at[level].next != NULL) {
			last = at[level].next;
			at = last->links;
		}
	return last;
}

/* Up and down the levels, by the longest link that leads over nothing newer. */
struct ordered_node *ordered_seek_newer(const struct ordered *o, struct bytes key, uint64_t version,
					uint64_t seen)
{
	struct ordered_node *n = ordered_seek(o, key, version);
	while (n != NULL && n->version <= seen) {
		unsigned level = n->levels;
		while (level > 0 && n->links[level - 1].newest > seen)
			level--;
		n = n->links[level > 0 ? level - 1 : 0].next;
		count_step(o);
	}
	return n;
}

/* Within what the link at[level] leads over: the last link below it that leads over one newer. */
static const struct ordered_link *last_newer(const struct ordered *o, const struct ordered_link *at,
					     unsigned level, uint64_t seen)
{
	const struct ordered_link *end = at[level].next->links, *last = at;
	for (; at != end; at = at[level - 1].next->links) {
		if (at[level - 1].newest > seen)
			last = at;
		count_step(o);
	}
	return last;
}

struct ordered_node *ordered_before_newer(const struct ordered *o, struct bytes key, uint64_t seen)
{
	const struct ordered_link *at = o->first, *last = NULL;
	const uint64_t front = front_of(key);
	unsigned last_level = 0;
	for (unsigned level = ORDERED_LEVELS; level-- > 0;)
		while (at[level].next != NULL
		       && (key.length == 0 || is_before(at[level].next, front, key, 0))) {
			if (at[level].newest > seen) {
				last = at;
				last_level = level;
			}
			at = at[level].next->links;
			count_step(o);
		}
	for (; last != NULL && last_level > 0; last_level--)
		last = last_newer(o, last, last_level, seen);
	return last == NULL ? NULL : last[0].next;
}

/* One node in four reaches the next level. Spread, not secrecy: xorshift will do. */
static unsigned levels(struct ordered *o)
{
	unsigned n = 1;
	o->chance = o->chance != 0 ? o->chance : UINT64_C(0x9e3779b97f4a7c15);
	o->chance ^= o->chance << 13;
	o->chance ^= o->chance >> 7;
	o->chance ^= o->chance << 17;
	for (uint64_t bits = o->chance; (bits & 3) == 0 && n < ORDERED_LEVELS; bits >>= 2)
		n++;
	return n;
}

static size_t size_of(const struct ordered_node *n)
{
	return sizeof *n + n->levels * sizeof n->links[0] + n->key.length + n->value.length;
}

static struct ordered_node *new_node(struct ordered *o, struct bytes key, uint64_t version,
				     struct bytes value, bool absent)
{
	struct ordered_node shape = {
		.version = version,
		.front = front_of(key),
		.key = key,
		.value = value,
		.absent = absent,
	};
	shape.levels = levels(o);
	struct ordered_node *n = malloc(size_of(&shape));
	if (n == NULL)
		return NULL;
	unsigned char *octets = (unsigned char *)&n->links[shape.levels];
	*n = shape;
	if (key.length != 0)
		memcpy(octets, key.data, key.length);
	if (value.length != 0)
		memcpy(octets + key.length, value.data, value.length);
	n->key.data = octets;
	n->value.data = octets + key.length;
	return n;
}

/* What the link at[level] leads over, told by those of the level below: some four of them. */
static void look_over(struct ordered_link *at, unsigned level)
{
	struct ordered_link *l = &at[level];
	l->newest = 0;
	if (level == 0) {
		l->newest = l->next == NULL ? 0 : l->next->version;
		return;
	}
	for (struct ordered_link *below = at;; below = below[level - 1].next->links) {
		if (below[level - 1].newest > l->newest)
			l->newest = below[level - 1].newest;
		if (below[level - 1].next == l->next)
			return;
	}
}

static void unlink_node(struct ordered *o, struct ordered_node *n, struct ordered_link *links[])
{
	for (unsigned level = 0; level < ORDERED_LEVELS; level++) {
		/* by another, or no version at all */
		bool known = n->version == 0 || links[level]->newest != n->version;
		if (level < n->levels)
			links[level]->next = n->links[level].next;
		if (level < n->levels || !known)
			look_over(links[level] - level, level);
	}
	o->octets -= size_of(n);
	free(n);
}

static void link_node(struct ordered *o, struct ordered_node *n)
{
	struct ordered_link *links[ORDERED_LEVELS];
	search(o, n->key, n->version, links);
	struct ordered_node *old = links[0]->next;
	if (old != NULL && old->version == n->version && bytes_equal(old->key, n->key))
		unlink_node(o, old, links);
	for (unsigned level = 0; level < ORDERED_LEVELS; level++) {
		if (level < n->levels) {
			n->links[level].next = links[level]->next;
			links[level]->next = n;
			look_over(n->links, level);
			look_over(links[level] - level, level);
		} else if (links[level]->newest < n->version) {
			links[level]->newest = n->version;
		}
	}
	o->octets += size_of(n);
}

struct ordered_node *ordered_put(struct ordered *o, struct bytes key, uint64_t version,
				 struct bytes value, bool absent)
{
	struct ordered_node *n = new_node(o, key, version, value, absent);
	if (n != NULL)
		link_node(o, n);
	return n;
}

void ordered_move(struct ordered *to, struct ordered *from)
{
	for (struct ordered_node *n = from->first[0].next, *next; n != NULL; n = next) {
		next = n->links[0].next;
		link_node(to, n);
	}
	*from = (struct ordered){ .chance = from->chance };
}

void ordered_remove(struct ordered *o, struct ordered_node *n)
{
	struct ordered_link *links[ORDERED_LEVELS];
	search(o, n->key, n->version, links);
	unlink_node(o, n, links);
}

void ordered_clear(struct ordered *o)
{
	for (struct ordered_node *n = o->first[0].next, *next; n != NULL; n = next) {
		next = n->links[0].next;
		free(n);
	}
	*o = (struct ordered){ 0 };
}
