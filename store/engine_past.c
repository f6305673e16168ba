/* store/engine_past.c: what commits replaced, by key and by commit. */
#include "store/engine_past.h"

#include <stddef.h>

static bool has(const struct past *p, unsigned first, unsigned last, uint64_t seen)
{
	for (unsigned space = first; space <= last; space++)
		if (p->newest_of[space] > seen)
			return true;
	return false;
}

static bool is_of(const struct ordered_node *n, struct bytes key)
{
	return n != NULL && bytes_equal(n->key, key);
}

const struct ordered_node *past_of(const struct past *p, struct bytes key, uint64_t seen)
{
	if (!has(p, key.data[0], key.data[0], seen))
		return NULL;
	const struct ordered_node *n = ordered_seek(&p->versions, key, seen + 1);
	return is_of(n, key) ? n : NULL;
}

const struct ordered_node *past_from(const struct past *p, struct bytes key, bool after,
				     unsigned char last, uint64_t seen)
{
	if (!has(p, key.length == 0 ? 0 : key.data[0], last, seen))
		return NULL;
	return ordered_seek_newer(&p->versions, key, after ? UINT64_MAX : 0, seen);
}

const struct ordered_node *past_before(const struct past *p, struct bytes key, unsigned char first,
				       uint64_t seen)
{
	if (!has(p, first, key.length == 0 ? 0xff : key.data[0], seen))
		return NULL;
	const struct ordered_node *n = ordered_before_newer(&p->versions, key, seen);
	/* That is the key's newest version; what is seen is its first. */
	return n == NULL ? NULL : ordered_seek(&p->versions, n->key, seen + 1);
}

bool past_misses(const struct past *p, struct bytes key, const struct past_viewers *v)
{
	if (v->count == 0)
		return false;
	return !is_of(ordered_seek(&p->versions, key, v->seen[0] + 1), key);
}

static void drop(struct past *p, struct ordered_node *n)
{
	if (n->earlier != NULL)
		n->earlier->later = n->later;
	else
		p->oldest = n->later;
	if (n->later != NULL)
		n->later->earlier = n->earlier;
	else
		p->newest = n->earlier;
	ordered_remove(&p->versions, n);
}

/* Whether one of them sees from that commit on, but not the other. */
static bool seen_between(const struct past_viewers *v, uint64_t from, uint64_t before)
{
	unsigned i = 0;
	while (i < v->count && v->seen[i] >= before)
		i++;
	return i < v->count ? v->seen[i] >= from : v->more;
}

static void drop_unseen(struct past *p, const struct ordered_node *added,
			const struct past_viewers *v)
{
	struct ordered_node *last = ordered_before(&p->versions, added->key, added->version);
	if (!is_of(last, added->key))
		return;
	struct ordered_node *other = ordered_before(&p->versions, last->key, last->version);
	uint64_t from = is_of(other, last->key) ? other->version : 0;
	if (!seen_between(v, from, last->version))
		drop(p, last);
}

bool past_remember(struct past *p, struct bytes key, uint64_t commit, struct bytes value,
		   bool absent, const struct past_viewers *v)
{
	struct ordered_node *n = ordered_put(&p->versions, key, commit, value, absent);
	if (n == NULL)
		return false;
	n->later = NULL;
	n->earlier = p->newest;
	if (p->newest != NULL)
		p->newest->later = n;
	else
		p->oldest = n;
	p->newest = n;
	p->newest_of[key.data[0]] = commit;
	drop_unseen(p, n, v);
	return true;
}

bool past_is_over(const struct past *p, uint64_t seen)
{
	return p->oldest != NULL && p->oldest->version <= seen;
}

void past_forget(struct past *p, uint64_t seen, unsigned most)
{
	for (; most > 0 && past_is_over(p, seen); most--)
		drop(p, p->oldest);
}

void past_clear(struct past *p)
{
	ordered_clear(&p->versions);
	*p = (struct past){ 0 };
}
