/* store/registry.c: finding document metadata again. The spaces are in store/registry_record.h. */
#include "store/registry.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/keys.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/store.h"
#include "store/store_keys.h"

static const struct registry_glance everything = {
	.approved = true, .deprecated = true, .stable = true, .on_demand = true, .former = true
};

/* An object in its seal: octets, and what may be known of them. They are read by whoever may open
 * it, so that what is hidden, or wanted by nobody, costs no more than its octets. */
struct seal {
	struct store_txn *txn;
	struct arena *arena; /* of the record, and of what is read of it */
	struct bytes record;
	struct registry_facts facts;
	bool reference; /* only its front is read */
};
struct sealed_entry {
	struct seal in;
};
struct sealed_set {
	struct seal in;
};
struct sealed_folder {
	struct seal in;
};

/* A record that cannot be read is the store's fault, never an empty answer. */
static void *unreadable(struct store_txn *t)
{
	store_damaged(t, "a record of the registry cannot be read; run minato check");
	return NULL;
}

instant registry_registered(const struct sealed_entry *e)
{
	const struct seal *in = &e->in;
	const char *first = record_version(in->txn, in->arena, in->record).logical_id;
	unsigned char octets[UUID_OCTETS];
	struct key k;
	struct bytes place;
	struct registry_place p;
	key_begin(&k, SPACE_BY_UUID);
	if (first != NULL && uuid_octets(first, octets)) {
		key_bytes(&k, octets, sizeof octets);
		if (store_get(in->txn, key_span(&k), in->arena, &place) && place_of_key(place, &p))
			return p.time;
	}
	unreadable(in->txn);
	return 0;
}

struct document_entry *registry_unseal_whole_entry(struct sealed_entry *e)
{
	const struct seal *in = &e->in;
	struct document_entry *open = entry_of_record(in->txn, in->arena, in->facts.subject,
						      in->record);
	return open != NULL ? open : unreadable(in->txn);
}

struct document_entry *registry_unseal_entry(struct sealed_entry *e)
{
	if (e == NULL)
		return NULL;
	const struct seal *in = &e->in;
	if (!in->reference)
		return registry_unseal_whole_entry(e);
	struct document_entry *open = entry_reference(in->txn, in->arena, in->facts.subject,
						      in->record);
	return open != NULL ? open : unreadable(in->txn);
}

struct submission_set *registry_unseal_set(struct sealed_set *s)
{
	struct submission_set *open = s == NULL ? NULL
						: set_of_record(s->in.txn, s->in.arena,
								s->in.facts.subject, s->in.record);
	return open != NULL || s == NULL ? open : unreadable(s->in.txn);
}

struct folder *registry_unseal_folder(struct sealed_folder *f)
{
	struct folder *open = f == NULL ? NULL
					: folder_of_record(f->in.txn, f->in.arena,
							   f->in.facts.subject, f->in.record);
	return open != NULL || f == NULL ? open : unreadable(f->in.txn);
}

struct registry_facts registry_entry_facts(const struct sealed_entry *e)
{
	return e->in.facts;
}

struct registry_facts registry_set_facts(const struct sealed_set *s)
{
	return s->in.facts;
}

struct registry_facts registry_folder_facts(const struct sealed_folder *f)
{
	return f->in.facts;
}

const char *registry_set_fingerprint(const struct sealed_set *s)
{
	return record_fingerprint(s->in.txn, s->in.arena, s->in.record);
}

struct registry_document registry_document_of(const struct sealed_entry *e)
{
	return record_document(e->in.txn, e->in.arena, e->in.record);
}

static bool seal(struct seal *in, struct store_txn *t, struct arena *a, struct bytes key,
		 struct bytes record)
{
	struct registry_place place;
	*in = (struct seal){ .txn = t, .arena = a, .record = record };
	return place_of_key(key, &place) && record_facts(record, place.subject, &in->facts);
}

static struct sealed_entry *sealed_entry(struct store_txn *t, struct arena *a, struct bytes key,
					 struct bytes record)
{
	struct sealed_entry *e = arena_new(a, struct sealed_entry);
	return seal(&e->in, t, a, key, record) ? e : unreadable(t);
}

static struct sealed_set *sealed_set(struct store_txn *t, struct arena *a, struct bytes key,
				     struct bytes record)
{
	struct sealed_set *s = arena_new(a, struct sealed_set);
	return seal(&s->in, t, a, key, record) ? s : unreadable(t);
}

static struct sealed_folder *sealed_folder(struct store_txn *t, struct arena *a, struct bytes key,
					   struct bytes record)
{
	struct sealed_folder *f = arena_new(a, struct sealed_folder);
	return seal(&f->in, t, a, key, record) ? f : unreadable(t);
}

/* Where an index leads to there is a record, or the registry cannot be read. */
static bool at_place(struct store_txn *t, struct arena *a, struct bytes key, struct bytes *record)
{
	return store_get(t, key, a, record) || unreadable(t) != NULL;
}

/* uuid -> key of the object and record, if it is of that kind. */
static bool object_record(struct store_txn *t, struct arena *a, const char *uuid,
			  enum registry_space kind, struct bytes *key, struct bytes *record)
{
	unsigned char octets[UUID_OCTETS];
	struct key k;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&k, SPACE_BY_UUID);
	key_bytes(&k, octets, sizeof octets);
	if (!store_get(t, key_span(&k), a, key))
		return false;
	if (key->length == 0)
		return unreadable(t) != NULL;
	return key->data[0] == (unsigned char)kind && at_place(t, a, *key, record);
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
	struct bytes key, record;
	return object_record(t, a, uuid, SPACE_ENTRY, &key, &record)
		       ? sealed_entry(t, a, key, record)
		       : NULL;
}

struct sealed_set *registry_submission_set(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes key, record;
	return object_record(t, a, uuid, SPACE_SET, &key, &record) ? sealed_set(t, a, key, record)
								   : NULL;
}

struct sealed_folder *registry_folder(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes key, record;
	return object_record(t, a, uuid, SPACE_FOLDER, &key, &record)
		       ? sealed_folder(t, a, key, record)
		       : NULL;
}

struct association *registry_association(struct store_txn *t, struct arena *a, const char *uuid)
{
	struct bytes key, record;
	if (!object_record(t, a, uuid, SPACE_ASSOCIATION, &key, &record))
		return NULL;
	struct association *x = association_of_record(t, a, record);
	return x != NULL ? x : unreadable(t);
}

/* uuid of the first version -> key and record of the last. */
static bool latest_record(struct store_txn *t, struct arena *a, const char *logical_id,
			  enum registry_space kind, struct bytes *key, struct bytes *record)
{
	struct bytes row, place;
	struct store_cursor *c = registry_scan_versions(t, logical_id, true);
	bool has = store_next(c, &row, &place);
	if (has) {
		unsigned char *copy = arena_alloc(a, place.length + 1);
		memcpy(copy, place.data, place.length);
		*key = (struct bytes){ copy, place.length };
	}
	store_scan_end(c);
	if (has)
		return key->length != 0
			       ? key->data[0] == (unsigned char)kind && at_place(t, a, *key, record)
			       : unreadable(t) != NULL;
	/* The only version of itself; a later one's id is no logical id. */
	return object_record(t, a, logical_id, kind, key, record)
	       && text_equal(record_version(t, a, *record).logical_id, logical_id);
}

struct sealed_entry *registry_latest_entry(struct store_txn *t, struct arena *a,
					   const char *logical_id)
{
	struct bytes key, record;
	return latest_record(t, a, logical_id, SPACE_ENTRY, &key, &record)
		       ? sealed_entry(t, a, key, record)
		       : NULL;
}

struct sealed_folder *registry_latest_folder(struct store_txn *t, struct arena *a,
					     const char *logical_id)
{
	struct bytes key, record;
	return latest_record(t, a, logical_id, SPACE_FOLDER, &key, &record)
		       ? sealed_folder(t, a, key, record)
		       : NULL;
}

struct store_cursor *registry_scan_versions(struct store_txn *t, const char *logical_id,
					    bool descending)
{
	struct key k;
	return version_key(logical_id, 0, &k) ? store_scan_prefix(t, key_span(&k), descending)
					      : NULL;
}

unsigned registry_version_count(struct store_txn *t, const char *logical_id, unsigned most)
{
	struct bytes key, place;
	unsigned count = 0;
	struct store_cursor *c = registry_scan_versions(t, logical_id, false);
	while (count < most && store_next(c, &key, &place))
		count++;
	store_scan_end(c);
	return count != 0 || most == 0 ? count : registry_has(t, logical_id);
}

static bool of_unique_id(struct store_txn *t, struct arena *a, enum registry_space space,
			 const char *unique_id, struct bytes *key, struct bytes *record)
{
	struct key k;
	key_begin(&k, space);
	key_oid(&k, unique_id);
	return !k.overflow && store_get(t, key_span(&k), a, key) && at_place(t, a, *key, record);
}

struct sealed_set *registry_submission_set_of(struct store_txn *t, struct arena *a,
					      const char *unique_id)
{
	struct bytes key, record;
	return of_unique_id(t, a, SPACE_SET_BY_UNIQUE_ID, unique_id, &key, &record)
		       ? sealed_set(t, a, key, record)
		       : NULL;
}

struct sealed_folder *registry_folder_of(struct store_txn *t, struct arena *a,
					 const char *unique_id)
{
	struct bytes key, record;
	return of_unique_id(t, a, SPACE_FOLDER_BY_UNIQUE_ID, unique_id, &key, &record)
		       ? sealed_folder(t, a, key, record)
		       : NULL;
}

struct store_cursor *registry_scan_ends(struct store_txn *t, enum registry_space side,
					const char *uuid)
{
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	unsigned char octets[UUID_OCTETS];
	struct registry_place place;
	struct bytes found;
	struct key k;
	if (!uuid_octets(uuid, octets))
		return NULL;
	key_begin(&k, SPACE_BY_UUID);
	key_bytes(&k, octets, sizeof octets);
	bool known = store_get(t, key_span(&k), a, &found)
		     && (place_of_key(found, &place) || unreadable(t) != NULL);
	arena_rewind(a, &before);
	if (!known)
		return NULL;
	key_begin(&k, side);
	key_id(&k, place.number);
	return store_scan_prefix(t, key_span(&k), false);
}

struct registry_ends {
	struct store_txn *txn;
	struct store_cursor *scan;
};

static struct registry_ends *ends(struct store_txn *t, struct arena *a, enum registry_space side,
				  const char *uuid)
{
	struct registry_ends *e = arena_new(a, struct registry_ends);
	*e = (struct registry_ends){ .txn = t, .scan = registry_scan_ends(t, side, uuid) };
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

void registry_end_leads_to(struct bytes key, struct key *at)
{
	struct registry_place p = { .space = SPACE_ASSOCIATION };
	struct key_reader r = key_read(key);
	key_read_id(&r);
	p.time = key_read_moment(&r);
	p.number = key_read_id(&r);
	place_key(&p, at);
	at->overflow = at->overflow || !key_read_end(&r);
}

struct association *registry_next_end(struct registry_ends *e, struct arena *a)
{
	struct bytes key, nothing, record;
	struct key at;
	if (!store_next(e->scan, &key, &nothing))
		return NULL;
	registry_end_leads_to(key, &at);
	struct association *x = store_get(e->txn, key_span(&at), a, &record)
					? association_of_record(e->txn, a, record)
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

/* One cursor for all ranges; by reference and by uniqueId they lead to an entry, by logical id to
 * whatever it is of, elsewhere they are the objects themselves. */
struct registry_cursor {
	struct store_txn *txn;
	struct arena *arena; /* of what it gives */
	bool lends, refers;
	struct store_cursor *scan;
	struct registry_glance glance;
	enum registry_space space;
	const char *reference_id;
	struct bytes alone; /* key of the version of what has one only; empty: given, or none */
	enum registry_space kind; /* of what a logical id is of */
};

static struct registry_cursor *cursor(struct store_txn *t, struct arena *a, const struct key *from,
				      const struct registry_glance *g)
{
	struct registry_cursor *c = arena_new(a, struct registry_cursor);
	*c = (struct registry_cursor){
		.txn = t, .arena = a, .glance = *g, .space = (enum registry_space)from->data[0]
	};
	c->scan = from->overflow ? NULL : store_scan_prefix(t, key_span(from), false);
	return c;
}

static struct registry_cursor *of_subject(struct store_txn *t, struct arena *a,
					  enum registry_space space, uint64_t subject,
					  const struct registry_glance *g)
{
	struct key k;
	key_begin(&k, space);
	key_id(&k, subject);
	return cursor(t, a, &k, g);
}

struct registry_cursor *registry_entries(struct store_txn *t, struct arena *a, uint64_t subject,
					 const struct registry_glance *g)
{
	return of_subject(t, a, SPACE_ENTRY, subject, g);
}

struct registry_cursor *registry_submission_sets(struct store_txn *t, struct arena *a,
						 uint64_t subject, const struct registry_glance *g)
{
	return of_subject(t, a, SPACE_SET, subject, g);
}

struct registry_cursor *registry_folders(struct store_txn *t, struct arena *a, uint64_t subject,
					 const struct registry_glance *g)
{
	return of_subject(t, a, SPACE_FOLDER, subject, g);
}

static struct registry_cursor *of_all(struct store_txn *t, struct arena *a,
				      enum registry_space space, const struct registry_glance *g)
{
	struct key k;
	key_begin(&k, space);
	return cursor(t, a, &k, g);
}

struct registry_cursor *registry_all_entries(struct store_txn *t, struct arena *a,
					     const struct registry_glance *g)
{
	return of_all(t, a, SPACE_ENTRY, g);
}

uint64_t registry_next_subject(struct store_txn *t, uint64_t behind)
{
	struct key from, to;
	struct bytes key, value;
	struct registry_place p = { .subject = 0 };
	key_begin(&from, SPACE_ENTRY);
	key_id(&from, behind + 1);
	key_begin(&to, SPACE_ENTRY + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	if (store_next(c, &key, &value) && !place_of_key(key, &p))
		store_damaged(t, "a key of the registry cannot be read; run minato check");
	store_scan_end(c);
	return p.subject;
}

struct registry_cursor *registry_all_folders(struct store_txn *t, struct arena *a,
					     const struct registry_glance *g)
{
	return of_all(t, a, SPACE_FOLDER, g);
}

struct registry_cursor *registry_referring(struct store_txn *t, struct arena *a,
					   const char *reference_id, uint64_t subject,
					   const struct registry_glance *g)
{
	size_t length = strlen(reference_id);
	struct key k;
	key_begin(&k, SPACE_BY_REFERENCE_ID);
	key_id(&k, subject);
	key_bytes(&k, reference_id, length < REFERENCE_CUT ? length : REFERENCE_CUT);
	key_octet(&k, 0);
	struct registry_cursor *c = cursor(t, a, &k, g);
	c->reference_id = reference_id;
	return c;
}

struct registry_cursor *registry_entries_of(struct store_txn *t, struct arena *a,
					    const char *unique_id)
{
	struct key k;
	key_begin(&k, SPACE_ENTRY_BY_UNIQUE_ID);
	key_oid(&k, unique_id);
	return cursor(t, a, &k, &everything);
}

struct sealed_entry *registry_entry_of(struct store_txn *t, struct arena *a, const char *unique_id)
{
	struct registry_cursor *c = registry_entries_of(t, a, unique_id);
	struct sealed_entry *e = registry_next_entry(c);
	registry_cursor_over(c);
	if (e == NULL || !e->in.facts.former)
		return e;
	e = registry_latest_entry(t, a, record_version(t, a, e->in.record).logical_id);
	return e != NULL ? e : unreadable(t);
}

static struct registry_cursor *versions(struct store_txn *t, struct arena *a,
					enum registry_space kind, const char *logical_id)
{
	struct key k;
	struct bytes key, record;
	key_begin(&k, SPACE_BY_LOGICAL_ID);
	k.overflow = !version_key(logical_id, 0, &k);
	struct registry_cursor *c = cursor(t, a, &k, &everything);
	c->kind = kind;
	if (registry_version_count(t, logical_id, 2) == 1
	    && latest_record(t, a, logical_id, kind, &key, &record))
		c->alone = key;
	return c;
}

struct registry_cursor *registry_entry_versions(struct store_txn *t, struct arena *a,
						const char *logical_id)
{
	return versions(t, a, SPACE_ENTRY, logical_id);
}

struct registry_cursor *registry_folder_versions(struct store_txn *t, struct arena *a,
						 const char *logical_id)
{
	return versions(t, a, SPACE_FOLDER, logical_id);
}

struct registry_cursor *registry_folder_versions_of(struct store_txn *t, struct arena *a,
						    const char *unique_id)
{
	struct sealed_folder *f = registry_folder_of(t, a, unique_id);
	return versions(t, a, SPACE_FOLDER,
			f == NULL ? NULL : record_version(t, a, f->in.record).logical_id);
}

void registry_lend(struct registry_cursor *c, struct arena *each)
{
	c->arena = each;
	c->lends = true;
}

void registry_refer(struct registry_cursor *c)
{
	c->refers = true;
}

void registry_cursor_over(struct registry_cursor *c)
{
	store_scan_end(c->scan);
	c->scan = NULL;
}

void registry_entry_leads_to(struct bytes key, struct bytes value, struct key *at)
{
	bool by_reference = key.length != 0 && key.data[0] == SPACE_BY_REFERENCE_ID;
	struct registry_place p = { .space = SPACE_ENTRY };
	static const unsigned char nothing[1];
	const unsigned char *in = value.length == 0 ? nothing : value.data;
	struct key_reader r = key_read(key);
	struct key_reader in_value = { in, in + value.length, value.length == 0 && !by_reference };
	p.subject = by_reference ? key_read_id(&r) : key_read_id(&in_value);
	key_read_to_last(&r, KEY_MOMENT + KEY_ID);
	p.time = key_read_moment(&r);
	p.number = key_read_id(&r);
	place_key(&p, at);
	at->overflow = at->overflow || !key_read_end(&r) || in_value.at != in_value.end
		       || in_value.broken;
}

static bool leads_on(const struct registry_cursor *c)
{
	return c->space == SPACE_BY_REFERENCE_ID || c->space == SPACE_ENTRY_BY_UNIQUE_ID;
}

/* The object a cursor stands at, or that it leads to: key borrowed, record in its arena, if it
 * passes the glance. */
struct met {
	struct key led_to;
	struct bytes key, record;
};

static bool take_record(struct registry_cursor *c, struct bytes key, struct bytes value,
			struct met *m)
{
	bool entry = c->space == SPACE_ENTRY || leads_on(c);
	if (c->space == SPACE_BY_LOGICAL_ID) {
		m->key = value;
		return value.length != 0 && value.data[0] == (unsigned char)c->kind
		       && at_place(c->txn, c->arena, value, &m->record);
	}
	if (leads_on(c)) {
		registry_entry_leads_to(key, value, &m->led_to);
		m->key = key_span(&m->led_to);
		return at_place(c->txn, c->arena, m->key, &m->record)
		       && record_glanced(m->record, &c->glance, entry);
	}
	if (!record_glanced(value, &c->glance, entry))
		return false;
	unsigned char *copy = arena_alloc(c->arena, value.length);
	memcpy(copy, value.data, value.length);
	m->key = key;
	m->record = (struct bytes){ copy, value.length };
	return true;
}

static bool next_record(struct registry_cursor *c, struct met *m)
{
	struct bytes key, value;
	if (c->alone.length != 0) {
		if (c->lends)
			arena_reset(c->arena);
		m->key = c->alone;
		c->alone.length = 0;
		return at_place(c->txn, c->arena, m->key, &m->record);
	}
	while (store_next(c->scan, &key, &value)) {
		if (c->lends)
			arena_reset(c->arena);
		if (take_record(c, key, value, m))
			return true;
	}
	registry_cursor_over(c);
	return false;
}

static struct sealed_entry *referred_to(const struct registry_cursor *c, struct sealed_entry *e)
{
	if (e != NULL)
		e->in.reference = c->refers;
	return e;
}

struct sealed_entry *registry_next_entry(struct registry_cursor *c)
{
	struct met m;
	while (c->scan != NULL && next_record(c, &m))
		if (c->reference_id == NULL
		    || record_refers(c->txn, c->arena, m.record, c->reference_id))
			return referred_to(c, sealed_entry(c->txn, c->arena, m.key, m.record));
	return NULL;
}

struct sealed_set *registry_next_submission_set(struct registry_cursor *c)
{
	struct met m;
	return c->scan != NULL && next_record(c, &m) ? sealed_set(c->txn, c->arena, m.key, m.record)
						     : NULL;
}

struct sealed_folder *registry_next_folder(struct registry_cursor *c)
{
	struct met m;
	return c->scan != NULL && next_record(c, &m)
		       ? sealed_folder(c->txn, c->arena, m.key, m.record)
		       : NULL;
}
