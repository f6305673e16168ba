/* profiles/actors/document_family.c: documents that belong together, and all that goes with
 * them. */
#include "profiles/actors/document_family.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "store/registry.h"

/* ---- Who belongs to it ---- */

struct meeting {
	const struct registry_desk *desk;
	struct text_set known;
	struct document_family *family;
	struct family_member **last;
	bool whole;
};

/* What is no document is none of it. */
static void meet(struct meeting *m, const char *uuid)
{
	const struct registry_desk *d = m->desk;
	struct sealed_entry *sealed = registry_entry(d->txn, d->arena, uuid);
	if (sealed == NULL || !m->whole || text_set_keep(&m->known, uuid) == NULL)
		return;
	const struct document_entry *e = document_registry_entry(d, sealed);
	m->whole = e != NULL && m->family->count < FAMILY_MOST;
	if (!m->whole)
		return;
	*m->last = arena_new(d->arena, struct family_member);
	(*m->last)->entry = e;
	m->last = &(*m->last)->next;
	m->family->count++;
}

static bool replaces(const struct association *x)
{
	return x->status != STATUS_DEPRECATED
	       && (x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC);
}

/* A snapshot is a document of its own: what it was made of on demand stays, and is asked again. */
static bool relates(const struct association *x)
{
	return x->type != ASSOCIATION_HAS_MEMBER && x->type != ASSOCIATION_IS_SNAPSHOT_OF
	       && x->type != ASSOCIATION_UPDATE_AVAILABILITY_STATUS
	       && x->type != ASSOCIATION_SUBMIT_ASSOCIATION;
}

/* As its own submitter says: nobody hangs another's document on something. It replaces what it is
 * made from rather than hanging on it. */
static bool hangs(const struct association *x, const struct document_entry *e)
{
	return relates(x) && x->type != ASSOCIATION_RPLC && x->type != ASSOCIATION_XFRM_RPLC
	       && text_equal(x->source_system, e->source_system);
}

static void meet_related(struct meeting *m, struct family_member *member)
{
	const struct registry_desk *d = m->desk;
	const char *id = member->entry->id;
	const struct association *x = registry_from(d->txn, d->arena, id);
	for (; x != NULL; x = x->next) {
		member->hangs = member->hangs || hangs(x, member->entry);
		if (relates(x))
			meet(m, x->target);
	}
	for (x = registry_to(d->txn, d->arena, id); x != NULL; x = x->next) {
		member->replaced = member->replaced || replaces(x);
		if (relates(x))
			meet(m, x->source);
	}
}

/* Those of one logicalID are one object, changed (ITI-57): all but the latest are replaced. */
static void meet_versions(struct meeting *m, struct family_member *member)
{
	const struct registry_desk *d = m->desk;
	const struct document_entry *own = member->entry;
	struct registry_cursor *c = registry_entries_of(d->txn, d->arena, own->unique_id);
	for (struct sealed_entry *one; (one = registry_next_entry(c)) != NULL;) {
		const struct document_entry *e = document_registry_entry(d, one);
		if (e == NULL || text_equal(e->id, own->id) || own->logical_id == NULL
		    || !text_equal(e->logical_id, own->logical_id))
			continue;
		member->replaced = member->replaced || e->version > own->version;
		meet(m, e->id);
	}
}

bool document_family_of(const struct registry_desk *d, const char *uuid,
			struct document_family *out)
{
	struct meeting m = { .desk = d,
			     .known = text_set_in(d->arena),
			     .family = out,
			     .last = &out->members,
			     .whole = true };
	*out = (struct document_family){ .count = 0 };
	meet(&m, uuid);
	for (struct family_member *one = out->members; m.whole && one != NULL; one = one->next) {
		meet_related(&m, one);
		meet_versions(&m, one);
	}
	return m.whole && out->members != NULL;
}

bool document_family_has(const struct document_family *f, const char *uuid)
{
	const struct family_member *m = f->members;
	while (m != NULL && !text_equal(m->entry->id, uuid))
		m = m->next;
	return m != NULL;
}

/* ---- What goes with it ---- */

struct gathering {
	const struct registry_desk *desk;
	struct text_set named, asked; /* that go; sets to be looked at */
	struct text_value *all, **last, *sets;
};

static bool name(struct gathering *g, const char *uuid)
{
	if (!text_set_add(&g->named, uuid))
		return false;
	*g->last = arena_new(g->desk->arena, struct text_value);
	(*g->last)->value = uuid;
	g->last = &(*g->last)->next;
	return true;
}

static void note_set(struct gathering *g, const char *uuid)
{
	const struct registry_desk *d = g->desk;
	if (registry_submission_set(d->txn, d->arena, uuid) == NULL
	    || !text_set_add(&g->asked, uuid))
		return;
	struct text_value *v = arena_new(d->arena, struct text_value);
	*v = (struct text_value){ .value = uuid, .next = g->sets };
	g->sets = v;
}

static void name_ends(struct gathering *g, const struct association *x)
{
	for (; x != NULL; x = x->next)
		if (name(g, x->id))
			note_set(g, x->source);
}

static void name_touching(struct gathering *g, const char *uuid)
{
	const struct registry_desk *d = g->desk;
	name_ends(g, registry_from(d->txn, d->arena, uuid));
	name_ends(g, registry_to(d->txn, d->arena, uuid));
}

static bool is_left(struct gathering *g, const struct association *x)
{
	while (x != NULL && text_set_has(&g->named, x->id))
		x = x->next;
	return x != NULL;
}

const struct text_value *document_family_objects(const struct registry_desk *d,
						 const struct document_family *f)
{
	struct gathering g = { .desk = d,
			       .named = text_set_in(d->arena),
			       .asked = text_set_in(d->arena),
			       .last = &g.all };
	for (const struct family_member *m = f->members; m != NULL; m = m->next)
		name(&g, m->entry->id);
	/* Also what says that an Association belongs to a set. */
	for (const struct text_value *v = g.all; v != NULL; v = v->next)
		name_touching(&g, v->value);
	for (const struct text_value *s = g.sets; s != NULL; s = s->next)
		if (!is_left(&g, registry_from(d->txn, d->arena, s->value))
		    && !is_left(&g, registry_to(d->txn, d->arena, s->value)))
			name(&g, s->value);
	return g.all;
}
