/* profiles/actors/crowding.c: how much a submission may hang on what is registered already.
 *
 * A document's replacement ends all that was appended to it, in one job; so much of it must not be
 * there that the job is long, or refused: then anybody could keep a document from being replaced.
 * Who submitted the object has twice the room of others, and the replacement itself needs none. */
#include "profiles/actors/crowding.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "store/registry.h"
#include "store/store.h"

struct crowding {
	const struct registry_desk *desk;
	struct arena *scratch; /* the job's: what others hung there is not the sender's to pay */
	struct findings *findings;
	unsigned left; /* associations that may be looked at */
};

/* A registered end of one of the submission's associations. */
struct hook {
	const char *uuid;
	bool holds; /* it is a Folder that gets a member; else something ends there */
};

static int by_hook(const void *x, const void *y)
{
	const struct hook *a = x, *b = y;
	int c = strcmp(a->uuid, b->uuid);
	return c != 0 ? c : (int)a->holds - (int)b->holds;
}

static bool is_own(const struct crowding *c, const char *uuid)
{
	const struct registry_desk *d = c->desk;
	struct arena_mark before = arena_mark(c->scratch);
	const struct sealed_entry *e = registry_entry(d->txn, c->scratch, uuid);
	const struct sealed_folder *f = e != NULL ? NULL
						  : registry_folder(d->txn, c->scratch, uuid);
	const char *owner = e != NULL   ? registry_entry_facts(e).source_system
			    : f != NULL ? registry_folder_facts(f).source_system
					: NULL;
	bool own = d->sender == NULL || text_equal(d->sender->name, owner);
	arena_rewind(c->scratch, &before);
	return own;
}

static bool refuse(struct crowding *c, const char *uuid, unsigned most, const char *bound)
{
	return findings_error(
		c->findings, PROBLEM_TOO_MANY_RELATED, NULL, uuid,
		"with this submission it would have more than the %u associations it may "
		"have (%s)",
		most, bound);
}

static bool has_looked(struct crowding *c, const char *uuid)
{
	return c->left != 0
	       || findings_error(c->findings, PROBLEM_TOO_MANY_RELATED, NULL, uuid,
				 "what this submission relates to has more than %u associations "
				 "(REGISTRY_LOOKED_MOST): submit it in parts",
				 REGISTRY_LOOKED_MOST);
}

/* So many more members of a folder. */
static bool may_hold(struct crowding *c, const char *uuid, unsigned more)
{
	bool own = is_own(c, uuid);
	unsigned most = own ? REGISTRY_MEMBERS_MOST : REGISTRY_MEMBERS_OTHERS;
	unsigned room = more < most ? most - more : 0;
	unsigned looked = registry_members(c->desk->txn, uuid, room + 1);
	c->left -= looked / 16 < c->left ? looked / 16 : c->left; /* keys alone, side by side */
	return (looked <= room && more <= most)
		       ? has_looked(c, uuid)
		       : refuse(c, uuid, most,
				own ? "REGISTRY_MEMBERS_MOST" : "REGISTRY_MEMBERS_OTHERS");
}

/* So many more that end at it, and so beneath everything it depends on. */
static bool may_hang(struct crowding *c, const char *uuid, unsigned more)
{
	const struct registry_desk *d = c->desk;
	const struct text_list *at = registry_hangs_on(d->txn, c->scratch, uuid, &c->left);
	for (; at != NULL; at = at->next) {
		bool own = is_own(c, at->value);
		unsigned most = own ? REGISTRY_HANGING_MOST : REGISTRY_HANGING_OTHERS;
		if (more > most
		    || registry_hanging(d->txn, c->scratch, at->value, most - more + 1, &c->left)
				       + more
			       > most)
			return refuse(c, at->value, most,
				      own ? "REGISTRY_HANGING_MOST" : "REGISTRY_HANGING_OTHERS");
	}
	return has_looked(c, uuid);
}

static bool may_end_at(struct crowding *c, const char *uuid, unsigned more)
{
	struct arena_mark before = arena_mark(c->scratch);
	bool may = may_hang(c, uuid, more);
	arena_rewind(c->scratch, &before);
	return may;
}

static bool replaces(const struct association *x)
{
	return x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC;
}

static size_t hooks_of(const struct submission *s, const struct submission_index *index,
		       struct hook *out)
{
	size_t n = 0;
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		if (!replaces(x) && submission_index_find(index, x->target) == NULL)
			out[n++] = (struct hook){ x->target, false };
		if (submission_index_find(index, x->source) == NULL)
			out[n++] = (struct hook){ x->source, true };
	}
	if (n > 1)
		qsort(out, n, sizeof out[0], by_hook);
	return n;
}

static bool hooks_hold(struct crowding *c, const struct hook *hooks, size_t count)
{
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && by_hook(&hooks[i], &hooks[next]) == 0; next++)
			continue;
		unsigned more = (unsigned)(next - i);
		if (!(hooks[i].holds ? may_hold : may_end_at)(c, hooks[i].uuid, more))
			return false;
	}
	return true;
}

/* All of one uniqueId are found by who asks for the document. */
static bool may_come_again(struct crowding *c, const struct document_entry *e)
{
	const struct registry_desk *d = c->desk;
	struct arena_mark before = arena_mark(c->scratch);
	const struct sealed_entry *first = registry_entry_of(d->txn, c->scratch, e->unique_id);
	bool own = d->sender == NULL
		   || (first != NULL
		       && text_equal(d->sender->name, registry_entry_facts(first).source_system));
	arena_rewind(c->scratch, &before);
	unsigned most = own ? REGISTRY_SAME_MOST : REGISTRY_SAME_OTHERS;
	return registry_same(d->txn, e->unique_id, most) < most
	       || findings_error(c->findings, PROBLEM_TOO_MANY_RELATED, NULL, e->unique_id,
				 "this uniqueId is registered %u times already (%s)", most,
				 own ? "REGISTRY_SAME_MOST" : "REGISTRY_SAME_OTHERS");
}

bool crowding_allows(const struct registry_desk *d, const struct submission *s,
		     const struct submission_index *index, struct findings *f)
{
	struct crowding c = { .desk = d,
			      .scratch = store_arena(d->txn),
			      .findings = f,
			      .left = REGISTRY_LOOKED_MOST };
	struct hook *hooks = arena_array(c.scratch, struct hook, 2 * index->count + 1);
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (!may_come_again(&c, e))
			return false;
	return hooks_hold(&c, hooks, hooks_of(s, index, hooks));
}
