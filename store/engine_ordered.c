/* store/engine_ordered.c: an ordered map in memory. */
#include "store/engine_ordered.h"

#include <stdlib.h>
#include <string.h>

static bool is_before(const struct ordered_node *n, struct bytes key, uint64_t version)
{
	int order = bytes_compare(n->key, key);
	return order < 0 || (order == 0 && n->version < version);
}

/* On every level the link that leads to (key, version) or past it; links may be NULL. Returns the
 * node before it. */
static struct ordered_node *search(const struct ordered *o, struct bytes key, uint64_t version,
				   struct ordered_node **links[ORDERED_LEVELS])
{
	struct ordered_node *before = NULL, **at = (struct ordered_node **)o->first;
	for (unsigned level = ORDERED_LEVELS; level-- > 0; ) {
		while (at[level] != NULL && is_before(at[level], key, version)) {
			before = at[level];
			at = before->next;
		}
		if (links != NULL)
			links[level] = &at[level];
	}
	return before;
}

struct ordered_node *ordered_seek(const struct ordered *o, struct bytes key, uint64_t version)
{
	struct ordered_node *before = search(o, key, version, NULL);
	return before != NULL ? before->next[0] : o->first[0];
}

struct ordered_node *ordered_before(const struct ordered *o, struct bytes key)
{
	if (key.length != 0)
		return search(o, key, 0, NULL);
	struct ordered_node *last = NULL;
	struct ordered_node *const *at = o->first;
	for (unsigned level = ORDERED_LEVELS; level-- > 0; )
		while (at[level] != NULL) {
			last = at[level];
			at = last->next;
		}
	return last;
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
	return sizeof *n + n->levels * sizeof n->next[0] + n->key.length + n->value.length;
}

static struct ordered_node *new_node(struct ordered *o, struct bytes key, uint64_t version,
				     struct bytes value, bool absent)
{
	struct ordered_node shape = {
		.version = version, .key = key, .value = value, .absent = absent
	};
	shape.levels = levels(o);
	struct ordered_node *n = malloc(size_of(&shape));
	if (n == NULL)
		return NULL;
	unsigned char *octets = (unsigned char *)&n->next[shape.levels];
	*n = shape;
	if (key.length != 0)
		memcpy(octets, key.data, key.length);
	if (value.length != 0)
		memcpy(octets + key.length, value.data, value.length);
	n->key.data = octets;
	n->value.data = octets + key.length;
	return n;
}

static void unlink_node(struct ordered *o, struct ordered_node *n, struct ordered_node **links[])
{
	for (unsigned level = 0; level < n->levels; level++)
		*links[level] = n->next[level];
	o->octets -= size_of(n);
	free(n);
}

static void link_node(struct ordered *o, struct ordered_node *n)
{
	struct ordered_node **links[ORDERED_LEVELS];
	search(o, n->key, n->version, links);
	struct ordered_node *old = *links[0];
	if (old != NULL && old->version == n->version && bytes_equal(old->key, n->key))
		unlink_node(o, old, links);
	for (unsigned level = 0; level < n->levels; level++) {
		n->next[level] = *links[level];
		*links[level] = n;
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
	for (struct ordered_node *n = from->first[0], *next; n != NULL; n = next) {
		next = n->next[0];
		link_node(to, n);
	}
	*from = (struct ordered){ .chance = from->chance };
}

void ordered_remove(struct ordered *o, struct ordered_node *n)
{
	struct ordered_node **links[ORDERED_LEVELS];
	search(o, n->key, n->version, links);
	unlink_node(o, n, links);
}

void ordered_clear(struct ordered *o)
{
	for (struct ordered_node *n = o->first[0], *next; n != NULL; n = next) {
		next = n->next[0];
		free(n);
	}
	*o = (struct ordered){ 0 };
}
