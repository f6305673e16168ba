/* store/registry_hanging.c: how much hangs on an object. What replaces it has all of that to read
 * and to deprecate in one job, so whoever hangs more on it is asked first (registry.h). */
#include "store/registry.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "store/keys.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"

bool registry_depends(const struct association *x)
{
	return x->type == ASSOCIATION_APND || x->type == ASSOCIATION_XFRM
	       || x->type == ASSOCIATION_XFRM_RPLC;
}

/* Objects that are found step by step, each once. */
struct climb {
	struct text_set known;
	struct text_list *found, **last;
	struct arena
		*one; /* for the Association that is looked at: how large it is others decide */
};

static void meet(struct climb *c, const char *uuid)
{
	const char *met = text_set_keep(&c->known, uuid);
	if (met != NULL)
		c->last = text_list_add(c->known.arena, c->last, met);
}

static void begin_climb(struct climb *c, struct arena *a, const char *uuid)
{
	*c = (struct climb){ .known = text_set_in(a),
			     .last = &c->found,
			     .one = arena_create_within(a) };
	meet(c, uuid);
}

static struct association *look_on(struct climb *c, struct registry_ends *ends, unsigned *left)
{
	if (*left == 0)
		return NULL;
	--*left;
	arena_reset(c->one);
	return registry_next_end(ends, c->one);
}

unsigned registry_hanging(struct store_txn *t, struct arena *a, const char *uuid, unsigned most,
			  unsigned *left)
{
	struct climb c;
	unsigned count = 0;
	begin_climb(&c, a, uuid);
	for (const struct text_list *at = c.found; at != NULL && count < most; at = at->next) {
		struct registry_ends *ends = registry_ends_to(t, a, at->value);
		for (struct association *x; count < most && (x = look_on(&c, ends, left)) != NULL;
		     count++)
			if (registry_depends(x))
				meet(&c, x->source);
		registry_ends_over(ends);
	}
	return count;
}

const struct text_list *registry_hangs_on(struct store_txn *t, struct arena *a, const char *uuid,
					  unsigned *left)
{
	struct climb c;
	begin_climb(&c, a, uuid);
	for (const struct text_list *at = c.found; at != NULL; at = at->next) {
		struct registry_ends *ends = registry_ends_from(t, a, at->value);
		for (struct association *x; (x = look_on(&c, ends, left)) != NULL;)
			if (registry_depends(x))
				meet(&c, x->target);
		registry_ends_over(ends);
	}
	return c.found;
}

unsigned registry_members(struct store_txn *t, const char *uuid, unsigned most)
{
	struct bytes key, nothing;
	unsigned count = 0;
	struct store_cursor *c = registry_scan_ends(t, SPACE_BY_SOURCE, uuid);
	while (count < most && store_next(c, &key, &nothing))
		count++;
	store_scan_end(c);
	return count;
}

unsigned registry_same(struct store_txn *t, const char *unique_id, unsigned most)
{
	struct bytes key, place;
	struct key k;
	unsigned count = 0;
	key_begin(&k, SPACE_ENTRY_BY_UNIQUE_ID);
	key_oid(&k, unique_id);
	if (k.overflow)
		return 0;
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (count < most && store_next(c, &key, &place))
		count++;
	store_scan_end(c);
	return count;
}
