/* store/registry_update.c: new versions of what is registered, and other statuses.
 * ITI XDS Metadata Update: 3.57.4.1.3.3.
 *
 * What was there stays, Deprecated and marked: a version is an object of its own, with an id of its
 * own, and its logical id is the entryUUID of the first. What it is between is copied, never moved,
 * so that each version tells what held of it. */
#include "store/registry.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "store/keys.h"
#include "store/registry_keeping.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"

/* ---- What is copied ---- */

static bool is_relationship(const struct association *x)
{
	return x->type >= ASSOCIATION_RPLC && x->type <= ASSOCIATION_IS_SNAPSHOT_OF;
}

static bool entry_is_latest(struct store_txn *t, struct arena *a, const char *uuid, bool approved)
{
	const struct sealed_entry *e = registry_entry(t, a, uuid);
	return e != NULL && !registry_entry_facts(e).former
	       && (!approved || registry_entry_facts(e).status == STATUS_APPROVED);
}

static bool is_open_folder(struct store_txn *t, struct arena *a, const char *uuid)
{
	const struct sealed_folder *f = registry_folder(t, a, uuid);
	return f != NULL && !registry_folder_facts(f).former
	       && registry_folder_facts(f).status == STATUS_APPROVED;
}

/* other: the end that is not the version's own. The membership in a SubmissionSet is the version's
 * alone. */
static bool is_copied(struct store_txn *t, struct arena *a, const struct association *x,
		      const char *other)
{
	if (x->status == STATUS_DEPRECATED)
		return false;
	if (x->type == ASSOCIATION_HAS_MEMBER)
		return other == x->source ? is_open_folder(t, a, other)
					  : entry_is_latest(t, a, other, true);
	return is_relationship(x) && entry_is_latest(t, a, other, false);
}

/* What makes two of them the same. */
static const char *ends_text(struct arena *a, const struct association *x)
{
	return arena_printf(a, "%s %s %s", x->type_urn, x->source, x->target);
}

struct association *registry_propagated(struct store_txn *t, struct arena *a, const char *uuid,
					const char *successor, unsigned *left)
{
	struct association *first = NULL, **last = &first, *x;
	struct text_set known = text_set_in(a);
	for (unsigned from = 0; from < 2; from++) {
		struct registry_ends *ends = from != 0 ? registry_ends_from(t, a, uuid)
						       : registry_ends_to(t, a, uuid);
		for (; *left != 0 && (x = registry_next_end(ends, a)) != NULL; --*left) {
			if (!is_copied(t, a, x, from != 0 ? x->target : x->source))
				continue;
			*(from != 0 ? &x->source : &x->target) = successor;
			if (!text_set_add(&known, ends_text(a, x)))
				continue;
			*last = x;
			last = &x->next;
		}
		registry_ends_over(ends);
	}
	return first;
}

/* Where that end is when all versions are there; NULL: its next version does without. */
static const char *end_of_copy(const struct registry_successor *v, const char *uuid)
{
	for (; v != NULL; v = v->next)
		if (text_equal(v->previous, uuid))
			return v->propagates ? v->id : NULL;
	return uuid;
}

static bool too_many(struct keeping *k, const char *uuid)
{
	return problem_at(
		k->problem, PROBLEM_TOO_MANY_RELATED, uuid,
		"the new versions would get more than %d associations of what they follow "
		"(REGISTRY_COPIED_MOST), or more than %d were looked at: update in parts, "
		"or without AssociationPropagation",
		REGISTRY_COPIED_MOST, REGISTRY_LOOKED_MOST);
}

/* Before anything is put, while what is followed is what is the latest. */
static struct association *copies(struct keeping *k, const struct registry_successor *all)
{
	struct association *first = NULL, **last = &first, *next;
	struct text_set known = text_set_in(k->arena);
	unsigned left = REGISTRY_LOOKED_MOST, count = 0;
	for (const struct registry_successor *v = all; v != NULL; v = v->next) {
		struct association *x = !v->propagates
						? NULL
						: registry_propagated(k->txn, k->arena, v->previous,
								      v->id, &left);
		for (; x != NULL; x = next) {
			next = x->next;
			x->next = NULL;
			x->source = end_of_copy(all, x->source);
			x->target = end_of_copy(all, x->target);
			if (x->source == NULL || x->target == NULL
			    || !text_set_add(&known, ends_text(k->arena, x)))
				continue;
			*last = x;
			last = &x->next;
			count++;
		}
		if (count > REGISTRY_COPIED_MOST || left == 0) {
			too_many(k, v->previous);
			return NULL;
		}
	}
	return first;
}

static void put_copies(struct keeping *k, const struct association *x)
{
	for (; x != NULL && k->problem->code == PROBLEM_NONE; x = x->next) {
		keeping_new(k, x, x->type, x->source, x->target);
		if (x->type == ASSOCIATION_HAS_MEMBER)
			keeping_touch_folder(k, x->source);
	}
}

/* ---- Versions ---- */

static const struct registry_successor *
successor(struct keeping *k, const struct registry_successor *v, const char *id)
{
	while (v != NULL && !text_equal(v->id, id))
		v = v->next;
	if (v == NULL)
		problem_at(k->problem, PROBLEM_INTERNAL, id,
			   "a version that follows nothing reached the store");
	return v;
}

/* The previous one is the latest no more. What it was; without a logical id: it cannot be. */
struct registry_version keeping_follow(struct keeping *k, const char *previous)
{
	struct bytes place, record;
	struct registry_version was = { .logical_id = NULL };
	struct key first;
	if (!keeping_find_place(k, k->arena, previous, &place)
	    || !store_get(k->txn, place, k->arena, &record)) {
		problem_at(k->problem, PROBLEM_INTERNAL, previous,
			   "a version that follows nothing reached the store");
		return was;
	}
	was = record_version(k->txn, k->arena, record);
	if (was.logical_id == NULL || !version_key(was.logical_id, 1, &first)) {
		store_damaged(k->txn, "a record of the registry cannot be read; run minato check");
		return was;
	}
	if (was.version == 1)
		store_put(k->txn, key_span(&first), place);
	keeping_put_again(k, place, record, record_of_former(k->arena, record));
	return was;
}

static enum availability_status status_of(const struct registry_successor *v)
{
	return v->deprecated ? STATUS_DEPRECATED : STATUS_APPROVED;
}

void keeping_successor(struct keeping *k, struct document_entry *e,
		       const struct registry_successor *all)
{
	const struct registry_successor *v = successor(k, all, e->id);
	if (v == NULL)
		return;
	struct registry_version was = keeping_follow(k, v->previous);
	e->logical_id = was.logical_id;
	e->version = was.version + 1;
	e->status = status_of(v);
	if (was.logical_id != NULL)
		keeping_entry(k, e);
}

static void put_folder(struct keeping *k, struct folder *f, const struct registry_successor *all)
{
	const struct registry_successor *v = successor(k, all, f->id);
	if (v == NULL)
		return;
	struct registry_version was = keeping_follow(k, v->previous);
	f->logical_id = was.logical_id;
	f->version = was.version + 1;
	f->status = status_of(v);
	if (was.logical_id != NULL)
		keeping_folder(k, f);
}

/* ---- Statuses ---- */

/* What replaced it does so no longer. */
static void release(struct keeping *k, const char *uuid)
{
	struct registry_ends *ends = registry_ends_to(k->txn, k->arena, uuid);
	for (struct association *x; (x = registry_next_end(ends, k->arena)) != NULL;)
		if (keeping_replaces(x))
			keeping_association_status(k, x, STATUS_DEPRECATED);
	registry_ends_over(ends);
}

static void put_standing(struct keeping *k, const struct registry_standing *s)
{
	struct bytes place, record;
	struct association *x;
	if (!keeping_find_place(k, k->arena, s->uuid, &place)
	    || !store_get(k->txn, place, k->arena, &record)) {
		problem_at(k->problem, PROBLEM_INTERNAL, s->uuid,
			   "a status of nothing reached the store");
		return;
	}
	keeping_put_again(k, place, record, record_with_status(k->arena, record, s->status));
	if (place.data[0] == SPACE_ENTRY && s->status == STATUS_APPROVED)
		release(k, s->uuid);
	if (place.data[0] == SPACE_ENTRY)
		keeping_forms(k, s->uuid, s->status);
	if (place.data[0] == SPACE_ASSOCIATION
	    && (x = association_of_record(k->txn, k->arena, record)) != NULL
	    && x->type == ASSOCIATION_HAS_MEMBER)
		keeping_touch_folder(k, x->source);
}

/* R2: what an Approved RPLC points to is Deprecated. */
static void check_standing(struct keeping *k, const struct registry_standing *s)
{
	const struct association *x = s->status != STATUS_APPROVED
					      ? NULL
					      : registry_association(k->txn, k->arena, s->uuid);
	if (x == NULL || !keeping_replaces(x) || x->status != STATUS_APPROVED)
		return;
	const struct sealed_entry *e = registry_entry(k->txn, k->arena, x->target);
	if (e != NULL && registry_entry_facts(e).status == STATUS_APPROVED)
		problem_at(k->problem, PROBLEM_METADATA_UPDATE, s->uuid,
			   "what it replaces is Approved");
}

bool registry_update(struct store_txn *t, struct arena *a, struct submission *s,
		     const struct registry_successor *successors,
		     const struct registry_standing *standings, instant now, struct problem *p)
{
	struct keeping k = { .txn = t, .arena = a, .submission = s, .now = now, .problem = p };
	instant_to_dtm(now, k.now_text);
	const struct registry_form *forms = keeping_forms_of(&k, &successors);
	const struct association *copied = copies(&k, successors);
	if (p->code != PROBLEM_NONE)
		return false;
	keeping_set(&k, s->set);
	for (struct document_entry *e = s->entries; e != NULL; e = e->next)
		keeping_successor(&k, e, successors);
	keeping_forms_follow(&k, forms, successors);
	for (struct folder *f = s->folders; f != NULL; f = f->next)
		put_folder(&k, f, successors);
	for (struct association *x = s->associations; x != NULL; x = x->next)
		keeping_association(&k, x);
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		keeping_ends(&k, x);
	for (const struct association *x = s->associations; x != NULL && p->code == PROBLEM_NONE;
	     x = x->next)
		keeping_consequences(&k, x);
	put_copies(&k, copied);
	for (const struct registry_standing *n = standings; n != NULL && p->code == PROBLEM_NONE;
	     n = n->next)
		put_standing(&k, n);
	for (const struct registry_standing *n = standings; n != NULL && p->code == PROBLEM_NONE;
	     n = n->next)
		check_standing(&k, n);
	return keeping_over(&k);
}
