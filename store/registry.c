/* store/registry.c: finding document metadata again. The spaces are in store/registry_record.h. */
#include "store/registry.h"

#include <limits.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/keys.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/store.h"
#include "store/store_keys.h"

/* An object in its seal: the same memory, under a name that shows nothing. */
struct sealed_entry {
	struct document_entry entry;
};
struct sealed_set {
	struct submission_set set;
};
struct sealed_folder {
	struct folder folder;
};

struct document_entry *registry_unseal_entry(struct sealed_entry *e)
{
	return e == NULL ? NULL : &e->entry;
}

struct submission_set *registry_unseal_set(struct sealed_set *s)
{
	return s == NULL ? NULL : &s->set;
}

struct folder *registry_unseal_folder(struct sealed_folder *f)
{
	return f == NULL ? NULL : &f->folder;
}

struct registry_facts registry_entry_facts(const struct sealed_entry *e)
{
	return (struct registry_facts){ e->entry.subject, e->entry.source_system, e->entry.status };
}

struct registry_facts registry_set_facts(const struct sealed_set *s)
{
	return (struct registry_facts){ s->set.subject, s->set.source_system, s->set.status };
}

struct registry_facts registry_folder_facts(const struct sealed_folder *f)
{
	return (struct registry_facts){ f->folder.subject, f->folder.source_system,
					f->folder.status };
}

const char *registry_set_fingerprint(const struct sealed_set *s)
{
	return s->set.fingerprint;
}

struct registry_document registry_document_of(const struct sealed_entry *e)
{
	return (struct registry_document){ e->entry.type, e->entry.hash, e->entry.size };
}

struct sealed_entry *registry_next_of(const struct sealed_entry *e)
{
	return (struct sealed_entry *)e->entry.next;
}

/* A record that cannot be read is the store's fault, never an empty answer. */
static void *unreadable(struct store_txn *t)
{
	store_damaged(t, "a record of the registry cannot be read; run minato check");
	return NULL;
}

static struct sealed_entry *sealed_entry(struct arena *a, struct bytes record)
{
	return (struct sealed_entry *)entry_of_record(a, record);
}

static struct sealed_set *sealed_set(struct arena *a, struct bytes record)
{
	return (struct sealed_set *)set_of_record(a, record);
}

static struct sealed_folder *sealed_folder(struct arena *a, struct bytes record)
{
	return (struct sealed_folder *)folder_of_record(a, record);
}

/* uuid -> the record of the object, if it is of that kind. */
static bool object_record(struct store_txn *t, struct arena *a, const char *uuid,
			  enum registry_space kind, struct bytes *record)
{
	unsigned char octets[UUID_OCTETS];
	struct key k;
	struct bytes place;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&k, SPACE_BY_UUID);
	key_bytes(&k, octets, sizeof octets);
	if (!store_get(t, key_span(&k), a, &place) || place.length == 0 || place.data[0] != kind)
		return false;
	return store_get(t, place, a, record);
}

bool registry_has(struct store_txn *t, const char *uuid)
{
	unsigned char octets[UUID_OCTETS];
	struct key k;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&k, SPACE_BY_UUID);
	key_bytes(&k, octets, sizeof octets);
	return store_has(t, key_span(&k));
}

struct sealed_entry *registry_entry(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes record;
	if (!object_record(t, a, uuid, SPACE_ENTRY, &record))
		return NULL;
	struct sealed_entry *e = sealed_entry(a, record);
	return e != NULL ? e : unreadable(t);
}

struct sealed_set *registry_submission_set(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes record;
	if (!object_record(t, a, uuid, SPACE_SET, &record))
		return NULL;
	struct sealed_set *s = sealed_set(a, record);
	return s != NULL ? s : unreadable(t);
}

struct sealed_folder *registry_folder(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes record;
	if (!object_record(t, a, uuid, SPACE_FOLDER, &record))
		return NULL;
	struct sealed_folder *f = sealed_folder(a, record);
	return f != NULL ? f : unreadable(t);
}

struct association *registry_association(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes record;
	if (!object_record(t, a, uuid, SPACE_ASSOCIATION, &record))
		return NULL;
	struct association *x = association_of_record(a, record);
	return x != NULL ? x : unreadable(t);
}

static struct sealed_entry *entries_of(struct store_txn *t, struct arena *a, const char *unique_id,
				       unsigned most)
{
	struct document_entry *first = NULL, **last = &first;
	struct key k;
	struct bytes key, place, record;
	key_begin(&k, SPACE_ENTRY_BY_UNIQUE_ID);
	key_text(&k, unique_id);
	if (k.overflow)
		return NULL;
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	for (; most != 0 && store_next(c, &key, &place); most--) {
		if (!store_get(t, place, a, &record)
		    || (*last = entry_of_record(a, record)) == NULL) {
			unreadable(t);
			break;
		}
		last = &(*last)->next;
	}
	store_scan_end(c);
	return (struct sealed_entry *)first;
}

struct sealed_entry *registry_entries_of(struct store_txn *t, struct arena *a,
					 const char *unique_id)
{
	return entries_of(t, a, unique_id, UINT_MAX);
}

struct sealed_entry *registry_entry_of(struct store_txn *t, struct arena *a, const char *unique_id)
{
	return entries_of(t, a, unique_id, 1);
}

static bool of_unique_id(struct store_txn *t, struct arena *a, enum registry_space space,
			 const char *unique_id, struct bytes *record)
{
	struct key k;
	struct bytes place;
	key_begin(&k, space);
	key_text(&k, unique_id);
	return !k.overflow && store_get(t, key_span(&k), a, &place)
	       && store_get(t, place, a, record);
}

struct sealed_set *registry_submission_set_of(struct store_txn *t, struct arena *a,
					      const char *unique_id)
{
	struct bytes record;
	if (!of_unique_id(t, a, SPACE_SET_BY_UNIQUE_ID, unique_id, &record))
		return NULL;
	struct sealed_set *s = sealed_set(a, record);
	return s != NULL ? s : unreadable(t);
}

struct sealed_folder *registry_folder_of(struct store_txn *t, struct arena *a,
					 const char *unique_id)
{
	struct bytes record;
	if (!of_unique_id(t, a, SPACE_FOLDER_BY_UNIQUE_ID, unique_id, &record))
		return NULL;
	struct sealed_folder *f = sealed_folder(a, record);
	return f != NULL ? f : unreadable(t);
}

struct registry_ends {
	struct store_txn *txn;
	struct store_cursor *scan;
};

static struct registry_ends *ends(struct store_txn *t, struct arena *a, enum registry_space side,
				  const char *uuid)
{
	struct registry_ends *e = arena_new(a, struct registry_ends);
	unsigned char octets[UUID_OCTETS];
	struct key k;
	*e = (struct registry_ends){ .txn = t };
	if (uuid_octets(uuid, octets)) {
		key_begin(&k, side);
		key_bytes(&k, octets, sizeof octets);
		e->scan = store_scan_prefix(t, key_span(&k), false);
	}
	return e;
}

struct registry_ends *registry_ends_from(struct store_txn *t, struct arena *a, const char *uuid)
{
	return ends(t, a, SPACE_BY_SOURCE, uuid);
}

struct registry_ends *registry_ends_to(struct store_txn *t, struct arena *a, const char *uuid)
{
	return ends(t, a, SPACE_BY_TARGET, uuid);
}

struct association *registry_next_end(struct registry_ends *e, struct arena *a)
{
	struct bytes key, nothing, record;
	struct key at;
	if (!store_next(e->scan, &key, &nothing))
		return NULL;
	struct key_reader r = key_read(key);
	key_read_bytes(&r, UUID_OCTETS);
	key_begin(&at, SPACE_ASSOCIATION);
	key_number(&at, key_read_number(&r));
	struct association *x = store_get(e->txn, key_span(&at), a, &record)
					? association_of_record(a, record)
					: NULL;
	return x != NULL ? x : unreadable(e->txn);
}

void registry_ends_over(struct registry_ends *e)
{
	store_scan_end(e->scan);
	e->scan = NULL;
}

static struct association *all_of(struct registry_ends *e, struct arena *a)
{
	struct association *first = NULL, **last = &first;
	while ((*last = registry_next_end(e, a)) != NULL)
		last = &(*last)->next;
	registry_ends_over(e);
	return first;
}

struct association *registry_from(struct store_txn *t, struct arena *a, const char *uuid)
{
	return all_of(registry_ends_from(t, a, uuid), a);
}

struct association *registry_to(struct store_txn *t, struct arena *a, const char *uuid)
{
	return all_of(registry_ends_to(t, a, uuid), a);
}

/* One cursor for all ranges; by reference the values are places, elsewhere the objects
 * themselves. */
struct registry_cursor {
	struct store_txn *txn;
	struct arena *arena; /* of what it gives */
	bool lends;
	struct store_cursor *scan;
	struct registry_glance glance;
	enum registry_space space;
	const char *reference_id;
};

static struct registry_cursor *cursor(struct store_txn *t, struct arena *a,
				      enum registry_space space, uint64_t subject,
				      const char *reference_id, const struct registry_glance *g)
{
	struct registry_cursor *c = arena_new(a, struct registry_cursor);
	struct key k;
	key_begin(&k, space);
	key_number(&k, subject);
	if (reference_id != NULL) {
		size_t length = strlen(reference_id);
		key_bytes(&k, reference_id, length < REFERENCE_CUT ? length : REFERENCE_CUT);
		key_octet(&k, 0);
	}
	*c = (struct registry_cursor){
		.txn = t, .arena = a, .glance = *g, .space = space, .reference_id = reference_id
	};
	c->scan = store_scan_prefix(t, key_span(&k), false);
	return c;
}

struct registry_cursor *registry_entries(struct store_txn *t, struct arena *a, uint64_t subject,
					 const struct registry_glance *g)
{
	return cursor(t, a, SPACE_ENTRY, subject, NULL, g);
}

struct registry_cursor *registry_submission_sets(struct store_txn *t, struct arena *a,
						 uint64_t subject, const struct registry_glance *g)
{
	return cursor(t, a, SPACE_SET, subject, NULL, g);
}

struct registry_cursor *registry_folders(struct store_txn *t, struct arena *a, uint64_t subject,
					 const struct registry_glance *g)
{
	return cursor(t, a, SPACE_FOLDER, subject, NULL, g);
}

struct registry_cursor *registry_referring(struct store_txn *t, struct arena *a,
					   const char *reference_id, uint64_t subject,
					   const struct registry_glance *g)
{
	return cursor(t, a, SPACE_BY_REFERENCE_ID, subject, reference_id, g);
}

void registry_lend(struct registry_cursor *c, struct arena *each)
{
	c->arena = each;
	c->lends = true;
}

/* The next record that passes the glance, in the arena. */
static bool next_record(struct registry_cursor *c, struct bytes *record)
{
	bool entry = c->space == SPACE_ENTRY || c->space == SPACE_BY_REFERENCE_ID;
	struct bytes key, value;
	while (store_next(c->scan, &key, &value)) {
		if (c->lends)
			arena_reset(c->arena);
		if (c->space == SPACE_BY_REFERENCE_ID) {
			if (!store_get(c->txn, value, c->arena, record))
				break;
			if (record_glanced(*record, &c->glance, entry))
				return true;
		} else if (record_glanced(value, &c->glance, entry)) {
			unsigned char *copy = arena_alloc(c->arena, value.length);
			memcpy(copy, value.data, value.length);
			*record = (struct bytes){ copy, value.length };
			return true;
		}
	}
	store_scan_end(c->scan);
	c->scan = NULL;
	return false;
}

static bool has_reference(const struct document_entry *e, const char *id)
{
	for (const struct text_value *v = e->reference_ids; v != NULL; v = v->next)
		if (text_equal(v->value, id))
			return true;
	return false;
}

struct sealed_entry *registry_next_entry(struct registry_cursor *c)
{
	struct bytes record;
	while (c->scan != NULL && next_record(c, &record)) {
		struct document_entry *e = entry_of_record(c->arena, record);
		if (e == NULL)
			return unreadable(c->txn);
		if (c->reference_id == NULL || has_reference(e, c->reference_id))
			return (struct sealed_entry *)e;
	}
	return NULL;
}

struct sealed_set *registry_next_submission_set(struct registry_cursor *c)
{
	struct bytes record;
	if (c->scan == NULL || !next_record(c, &record))
		return NULL;
	struct sealed_set *s = sealed_set(c->arena, record);
	return s != NULL ? s : unreadable(c->txn);
}

struct sealed_folder *registry_next_folder(struct registry_cursor *c)
{
	struct bytes record;
	if (c->scan == NULL || !next_record(c, &record))
		return NULL;
	struct sealed_folder *f = sealed_folder(c->arena, record);
	return f != NULL ? f : unreadable(c->txn);
}
