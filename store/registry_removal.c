/* store/registry_removal.c: objects of the registry are removed, each with all that leads to it.
 * ITI Remove Metadata and Documents (RMD): Remove Metadata [ITI-62].
 *
 * What is to go is said whole: nothing goes along with it. An object goes when every Association
 * that touches it goes, too, and an Association when each of its ends goes or has another. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "store/acceptances.h"
#include "store/keys.h"
#include "store/months.h"
#include "store/registry.h"
#include "store/registry_record.h"
#include "store/signature_verdicts.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage.h"

/* One that goes: where it stands and what it is. */
struct leaving {
	const char *uuid;
	struct registry_place place;
	struct bytes key, record;
	struct leaving *next;
};

struct removal {
	struct store_txn *txn;
	struct arena *arena;
	struct arena *one; /* for the Association that is looked at, emptied before the next */
	struct leaving *all;
	struct text_set named; /* their ids */
	struct problem *problem;
};

static struct bytes uuid_key(struct key *k, const char *uuid)
{
	unsigned char octets[UUID_OCTETS];
	key_begin(k, SPACE_BY_UUID);
	if (!uuid_octets(uuid, octets))
		return (struct bytes){ 0 };
	key_bytes(k, octets, sizeof octets);
	return key_span(k);
}

static bool find_one(struct removal *r, const char *uuid, struct leaving *out)
{
	struct key k;
	struct bytes by = uuid_key(&k, uuid);
	if (by.length == 0 || !store_get(r->txn, by, r->arena, &out->key))
		return problem_at(r->problem, PROBLEM_UNRESOLVED_REFERENCE, uuid,
				  "there is no such object");
	out->uuid = uuid;
	return (place_of_key(out->key, &out->place)
		&& store_get(r->txn, out->key, r->arena, &out->record))
	       || store_damaged(r->txn,
				"a record of the registry cannot be read; run minato check");
}

/* Each once, whatever was named twice. */
static bool find_all(struct removal *r, const struct text_value *ids)
{
	struct leaving **last = &r->all;
	for (; ids != NULL; ids = ids->next) {
		if (!text_set_add(&r->named, ids->value))
			continue;
		*last = arena_new(r->arena, struct leaving);
		if (!find_one(r, ids->value, *last))
			return false;
		last = &(*last)->next;
	}
	return true;
}

/* ---- What must not be left ---- */

/* An Association at that side of the object that stays; NULL: there is none. */
static const char *stays_at(struct removal *r, const char *uuid, enum registry_space side)
{
	struct registry_ends *ends = side == SPACE_BY_SOURCE
					     ? registry_ends_from(r->txn, r->arena, uuid)
					     : registry_ends_to(r->txn, r->arena, uuid);
	const char *stays = NULL;
	for (struct association *x; stays == NULL;) {
		arena_reset(r->one);
		if ((x = registry_next_end(ends, r->one)) == NULL)
			break;
		if (!text_set_has(&r->named, x->id))
			stays = arena_text(r->arena, x->id);
	}
	registry_ends_over(ends);
	return stays;
}

static const char *stays(struct removal *r, const char *uuid)
{
	const char *one = stays_at(r, uuid, SPACE_BY_TARGET);
	return one != NULL ? one : stays_at(r, uuid, SPACE_BY_SOURCE);
}

static bool is_referenced(struct removal *r, const struct leaving *l)
{
	const char *by = stays(r, l->uuid);
	return by != NULL
	       && !problem_at(r->problem, PROBLEM_REFERENCES_EXIST, l->uuid,
			      "Association %s, which is not named, refers to it", by);
}

/* The object of a row of versions; NULL: it cannot be read. */
static const char *uuid_at(struct removal *r, struct bytes place)
{
	struct bytes record;
	struct registry_place p;
	if (!store_get(r->txn, place, r->one, &record) || !place_of_key(place, &p))
		return NULL;
	if (p.space == SPACE_FOLDER) {
		const struct folder *f = folder_of_record(r->txn, r->one, p.subject, record);
		return f == NULL ? NULL : f->id;
	}
	const struct document_entry *e = entry_of_record(r->txn, r->one, p.subject, record);
	return e == NULL ? NULL : e->id;
}

/* Its logical id leads to its first version, and versions are numbered without a gap: all of them
 * go, or none. */
static bool has_other_versions(struct removal *r, const struct leaving *l)
{
	struct bytes row, place;
	bool stays = false;
	if (l->place.space != SPACE_ENTRY && l->place.space != SPACE_FOLDER)
		return false;
	struct registry_version v = record_version(r->txn, r->arena, l->record);
	struct store_cursor *c = registry_scan_versions(r->txn, v.logical_id, false);
	while (!stays && store_next(c, &row, &place)) {
		arena_reset(r->one);
		const char *uuid = uuid_at(r, place);
		stays = uuid == NULL || !text_set_has(&r->named, uuid);
		if (stays)
			problem_at(r->problem, PROBLEM_REFERENCES_EXIST, l->uuid,
				   "there is another version of it, %s, which is not named",
				   uuid == NULL ? "which cannot be read" : uuid);
	}
	store_scan_end(c);
	return stays;
}

/* Of a SubmissionSet, DocumentEntry or Folder that stays. */
static bool would_hang_on_nothing(struct removal *r, const char *uuid)
{
	struct key k;
	struct bytes key;
	struct registry_place p;
	if (text_set_has(&r->named, uuid) || !store_get(r->txn, uuid_key(&k, uuid), r->arena, &key)
	    || !place_of_key(key, &p) || p.space == SPACE_ASSOCIATION || stays(r, uuid) != NULL)
		return false;
	problem_at(r->problem, PROBLEM_UNREFERENCED_OBJECT, uuid,
		   "it would be left without an Association");
	return true;
}

static struct association *read_association(struct removal *r, const struct leaving *l)
{
	struct association *x = association_of_record(r->txn, r->arena, l->record);
	if (x == NULL)
		store_damaged(r->txn, "a record of the registry cannot be read; run minato check");
	return x;
}

/* A form without its Association would be a form of nothing, which nobody may see. */
static bool would_be_no_form(struct removal *r, const struct association *x)
{
	struct registry_source of;
	arena_reset(r->one);
	const struct sealed_entry *e = x->type != ASSOCIATION_XFRM
						       || text_set_has(&r->named, x->source)
					       ? NULL
					       : registry_entry(r->txn, r->one, x->source);
	if (e == NULL || !registry_is_form(registry_entry_facts(e), &of))
		return false;
	problem_at(r->problem, PROBLEM_UNREFERENCED_OBJECT, x->source,
		   "it is another form of %s, and would be left without it", x->target);
	return true;
}

static bool may_leave(struct removal *r, const struct leaving *l)
{
	if (is_referenced(r, l) || has_other_versions(r, l))
		return false;
	if (l->place.space != SPACE_ASSOCIATION)
		return true;
	const struct association *x = read_association(r, l);
	return x != NULL && !would_hang_on_nothing(r, x->source)
	       && !would_hang_on_nothing(r, x->target) && !would_be_no_form(r, x);
}

/* ---- Going ---- */

static void forget_unique(struct removal *r, enum registry_space space, const char *unique_id,
			  const struct registry_place *age)
{
	struct key k;
	key_begin(&k, space);
	key_oid(&k, unique_id);
	if (age != NULL) {
		key_moment(&k, age->time);
		key_id(&k, age->number);
	}
	store_delete(r->txn, key_span(&k));
}

static void forget_version(struct removal *r, const char *logical_id, uint32_t version)
{
	struct key k;
	if (version_key(logical_id, version, &k) && store_has(r->txn, key_span(&k)))
		store_delete(r->txn, key_span(&k));
}

static void forget_references(struct removal *r, const struct leaving *l,
			      const struct document_entry *e)
{
	for (const struct text_value *v = e->reference_ids; v != NULL; v = v->next) {
		size_t length = strlen(v->value);
		struct key k;
		key_begin(&k, SPACE_BY_REFERENCE_ID);
		key_id(&k, l->place.subject);
		key_bytes(&k, v->value, length < REFERENCE_CUT ? length : REFERENCE_CUT);
		key_octet(&k, 0);
		key_moment(&k, l->place.time);
		key_id(&k, l->place.number);
		store_delete(r->txn, key_span(&k));
	}
}

/* The end is there still, for all that go are found before any goes. */
static void forget_end(struct removal *r, const struct leaving *l, enum registry_space side,
		       const char *uuid)
{
	struct key k;
	struct bytes key;
	struct registry_place end;
	if (!store_get(r->txn, uuid_key(&k, uuid), r->arena, &key) || !place_of_key(key, &end))
		return;
	key_begin(&k, side);
	key_id(&k, end.number);
	key_moment(&k, l->place.time);
	key_id(&k, l->place.number);
	store_delete(r->txn, key_span(&k));
}

/* What leads to it by anything but its id. Who submitted it; NULL: nobody, or it cannot be read. */
static const char *forget_indices(struct removal *r, const struct leaving *l)
{
	const struct document_entry *e;
	const struct submission_set *s;
	const struct folder *f;
	const struct association *x;
	switch (l->place.space) {
	case SPACE_ENTRY:
		e = entry_of_record(r->txn, r->arena, l->place.subject, l->record);
		if (e == NULL)
			break;
		forget_unique(r, SPACE_ENTRY_BY_UNIQUE_ID, e->unique_id, &l->place);
		forget_references(r, l, e);
		forget_version(r, e->logical_id, e->version);
		acceptances_forget(r->txn, l->uuid);
		signature_verdict_forget(r->txn, l->uuid);
		return e->source_system;
	case SPACE_SET:
		s = set_of_record(r->txn, r->arena, l->place.subject, l->record);
		if (s == NULL)
			break;
		forget_unique(r, SPACE_SET_BY_UNIQUE_ID, s->unique_id, NULL);
		return s->source_system;
	case SPACE_FOLDER:
		f = folder_of_record(r->txn, r->arena, l->place.subject, l->record);
		if (f == NULL)
			break;
		if (f->version == 1)
			forget_unique(r, SPACE_FOLDER_BY_UNIQUE_ID, f->unique_id, NULL);
		forget_version(r, f->logical_id, f->version);
		return f->source_system;
	default:
		x = read_association(r, l);
		if (x == NULL)
			return NULL;
		forget_end(r, l, SPACE_BY_SOURCE, x->source);
		forget_end(r, l, SPACE_BY_TARGET, x->target);
		return x->source_system;
	}
	store_damaged(r->txn, "a record of the registry cannot be read; run minato check");
	return NULL;
}

static void leave(struct removal *r, const struct leaving *l)
{
	const struct usage less = { .metadata = usage_of_object(l->place.space, l->record) };
	const struct month_count gone = { .documents = { .ended = 1 } };
	const char *counts_for = record_counts_for(l->place.space, l->record);
	usage_take(r->txn, forget_indices(r, l), &less);
	if (counts_for != NULL)
		months_add(r->txn, counts_for, &gone);
}

/* When nothing needs them any more to find what leads where. */
static void erase(struct removal *r, const struct leaving *l)
{
	struct key k;
	store_delete(r->txn, uuid_key(&k, l->uuid));
	store_delete(r->txn, l->key);
}

bool registry_remove(struct store_txn *t, struct arena *a, const struct text_value *ids,
		     struct problem *p)
{
	struct removal r = { .txn = t,
			     .arena = a,
			     .one = arena_create_within(a),
			     .named = text_set_in(a),
			     .problem = p };
	bool done = find_all(&r, ids);
	for (const struct leaving *l = r.all; done && l != NULL; l = l->next)
		done = may_leave(&r, l);
	for (const struct leaving *l = r.all; done && l != NULL; l = l->next)
		leave(&r, l);
	for (const struct leaving *l = r.all; done && l != NULL; l = l->next)
		erase(&r, l);
	if (store_failed(t))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	return done;
}
