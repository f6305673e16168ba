/* store/registry_check.c: every invariant of the registry, one key at a time. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/registry.h"
#include "store/registry_record.h"
#include "store/repository.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage.h"

/* The uuid leads to this very key. */
static bool leads_here(struct store_check *c, const char *uuid, struct bytes key)
{
	unsigned char octets[UUID_OCTETS];
	struct bytes place;
	struct key k;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&k, SPACE_BY_UUID);
	key_bytes(&k, octets, sizeof octets);
	return check_matched(c, CHECK_EXPECTED, key_span(&k), key)
	       || (store_get(check_txn(c), key_span(&k), check_arena(c), &place)
		   && bytes_equal(place, key));
}

/* age: of what may be there several times, of which the value says the subject; else NULL, and the
 * value is the key. */
static bool indexed(struct store_check *c, enum registry_space space, const char *unique_id,
		    const struct registry_place *age, struct bytes key)
{
	struct bytes value;
	struct key k, led_to;
	key_begin(&k, space);
	key_oid(&k, unique_id);
	if (age != NULL) {
		key_moment(&k, age->time);
		key_id(&k, age->number);
	}
	if (unique_id != NULL && check_matched(c, CHECK_EXPECTED, key_span(&k), key))
		return true;
	if (unique_id == NULL || !store_get(check_txn(c), key_span(&k), check_arena(c), &value))
		return false;
	if (age == NULL)
		return bytes_equal(value, key);
	registry_entry_leads_to(key_span(&k), value, &led_to);
	return bytes_equal(key_span(&led_to), key);
}

/* The row of that version is there. */
static bool version_is_there(struct store_check *c, const char *logical_id, uint32_t version,
			     struct bytes *place)
{
	struct key k;
	return version_key(logical_id, version, &k)
	       && store_get(check_txn(c), key_span(&k), check_arena(c), place);
}

/* R5, of one version: its row leads here, the one before it is there, and the next is there or it
 * is the latest. Of an object with one version nothing leads to it but its entryUUID. */
static bool versions_fit(struct store_check *c, const char *id, const char *logical_id,
			 uint32_t version, const struct registry_facts *facts, struct bytes key)
{
	struct bytes place;
	bool next = version_is_there(c, logical_id, version + 1, &place);
	if (next != facts->former || (facts->former && facts->status != STATUS_DEPRECATED)
	    || (version == 1) != text_equal(id, logical_id) || version == 0)
		return false;
	if (version == 1 && !facts->former)
		return !version_is_there(c, logical_id, 1, &place);
	return version_is_there(c, logical_id, version, &place) && bytes_equal(place, key)
	       && (version == 1 || version_is_there(c, logical_id, version - 1, &place))
	       && place.length != 0 && place.data[0] == key.data[0];
}

/* What is Offline by its front is so by what it says. */
static bool is_offline(const struct document_entry *e)
{
	return text_equal(e->document_availability, DOCUMENT_OFFLINE);
}

/* system: of what was read of the record; NULL: it could not be. */
static void count(struct store_check *c, const char *const *system, struct bytes key,
		  struct bytes record)
{
	struct usage one = { .metadata = usage_of_object((enum registry_space)key.data[0],
							 record) };
	if (system != NULL)
		usage_walked(c, *system, &one);
	else
		usage_unread(c);
}

/* All that was submitted is a member of the set it came with, and stays one (ITI TF-3: 4.2.1.4, ITI
 * RMD: 3.62.4). */
static bool belongs(struct store_check *c, const struct registry_place *p)
{
	struct key from, to;
	struct bytes key, value;
	key_begin(&from, SPACE_BY_TARGET);
	key_id(&from, p->number);
	key_begin(&to, SPACE_BY_TARGET);
	key_id(&to, p->number + 1);
	struct store_cursor *ends = store_scan(check_txn(c), key_span(&from), key_span(&to), false);
	bool some = store_next(ends, &key, &value);
	store_scan_end(ends);
	return some;
}

/* What it says of its octets is so. */
static void look_at_document(struct store_check *c, const struct document_entry *e)
{
	const char *what = e->type != ENTRY_STABLE || e->repository_unique_id == NULL
				   ? NULL
				   : repository_contradicts(check_txn(c), check_arena(c),
							    e->repository_unique_id, e->unique_id,
							    e->hash, e->size);
	if (what != NULL)
		check_finding(c, "registry: DocumentEntry %s %s", e->id, what);
}

/* What it is another form of is there. */
static bool is_of_something(struct store_check *c, const struct document_entry *e)
{
	return !document_is_form(e)
	       || registry_latest_entry(check_txn(c), check_arena(c), e->sources->document) != NULL;
}

static void look_entry(struct store_check *c, struct bytes key, struct bytes value)
{
	struct registry_place p;
	struct registry_facts facts;
	bool placed = place_of_key(key, &p);
	struct document_entry *e = entry_of_record(check_txn(c), check_arena(c), p.subject, value);
	count(c, e == NULL ? NULL : &e->source_system, key, value);
	if (e == NULL || !placed
	    || (e->status != STATUS_APPROVED && e->status != STATUS_DEPRECATED))
		check_finding(c, "registry: a DocumentEntry cannot be read");
	else if (!leads_here(c, e->id, key)
		 || !indexed(c, SPACE_ENTRY_BY_UNIQUE_ID, e->unique_id, &p, key))
		check_finding(c, "registry: DocumentEntry %s cannot be found by its ids", e->id);
	else if (!belongs(c, &p))
		check_finding(c, "registry: DocumentEntry %s belongs to no SubmissionSet", e->id);
	else if (record_facts(value, p.subject, &facts)
		 && (!versions_fit(c, e->id, e->logical_id, e->version, &facts, key)
		     || (facts.offline && !is_offline(e))))
		check_finding(c, "registry: DocumentEntry %s contradicts its other versions",
			      e->id);
	else if (!is_of_something(c, e))
		check_finding(c, "registry: DocumentEntry %s is another form of nothing", e->id);
	else
		look_at_document(c, e);
}

static void look_set(struct store_check *c, struct bytes key, struct bytes value)
{
	struct registry_place p;
	bool placed = place_of_key(key, &p);
	struct submission_set *s = set_of_record(check_txn(c), check_arena(c), p.subject, value);
	count(c, s == NULL ? NULL : &s->source_system, key, value);
	if (s == NULL || !placed)
		check_finding(c, "registry: a SubmissionSet cannot be read");
	else if (!leads_here(c, s->id, key)
		 || !indexed(c, SPACE_SET_BY_UNIQUE_ID, s->unique_id, NULL, key))
		check_finding(c, "registry: SubmissionSet %s cannot be found by its ids", s->id);
}

/* A later version is found by the uniqueId of the first, which is its own. */
static bool leads_from_first(struct store_check *c, const struct folder *f)
{
	struct bytes first, by;
	struct key k;
	key_begin(&k, SPACE_FOLDER_BY_UNIQUE_ID);
	key_oid(&k, f->unique_id);
	return version_is_there(c, f->logical_id, 1, &first)
	       && store_get(check_txn(c), key_span(&k), check_arena(c), &by)
	       && bytes_equal(first, by);
}

static void look_folder(struct store_check *c, struct bytes key, struct bytes value)
{
	struct registry_place p;
	struct registry_facts facts;
	bool placed = place_of_key(key, &p);
	struct folder *f = folder_of_record(check_txn(c), check_arena(c), p.subject, value);
	count(c, f == NULL ? NULL : &f->source_system, key, value);
	if (f == NULL || !placed)
		check_finding(c, "registry: a Folder cannot be read");
	else if (!leads_here(c, f->id, key)
		 || (f->version == 1
		     && !indexed(c, SPACE_FOLDER_BY_UNIQUE_ID, f->unique_id, NULL, key)))
		check_finding(c, "registry: Folder %s cannot be found by its ids", f->id);
	else if (!belongs(c, &p))
		check_finding(c, "registry: Folder %s belongs to no SubmissionSet", f->id);
	else if (record_facts(value, p.subject, &facts)
		 && (!versions_fit(c, f->id, f->logical_id, f->version, &facts, key)
		     || (f->version != 1 && !leads_from_first(c, f))))
		check_finding(c, "registry: Folder %s contradicts its other versions", f->id);
}

/* kind: the space it stands in; 0: it is not registered. */
static bool end_is_indexed(struct store_check *c, enum registry_space side, const char *uuid,
			   const struct registry_place *of, unsigned *kind)
{
	static const struct bytes nothing = { 0 };
	unsigned char octets[UUID_OCTETS];
	struct registry_place end;
	struct bytes key;
	struct key k;
	*kind = 0;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&k, SPACE_BY_UUID);
	key_bytes(&k, octets, sizeof octets);
	if (!store_get(check_txn(c), key_span(&k), check_arena(c), &key)
	    || !place_of_key(key, &end))
		return false;
	*kind = end.space;
	key_begin(&k, side);
	key_id(&k, end.number);
	key_moment(&k, of->time);
	key_id(&k, of->number);
	return check_matched(c, CHECK_EXPECTED, key_span(&k), nothing)
	       || store_has(check_txn(c), key_span(&k));
}

/* ITI TF-3: 4.2.2: what has members, what is in a relation, and what an update is of. */
static bool may_join(enum association_type type, unsigned source, unsigned target)
{
	if (type == ASSOCIATION_HAS_MEMBER)
		return source == SPACE_SET ? target != SPACE_SET
					   : source == SPACE_FOLDER && target == SPACE_ENTRY;
	if (type >= ASSOCIATION_UPDATE_AVAILABILITY_STATUS)
		return source == SPACE_SET && target != SPACE_SET;
	return source == SPACE_ENTRY && target == SPACE_ENTRY;
}

/* R2 in the store: what an Approved RPLC points to is Deprecated. */
static void look_association(struct store_check *c, struct bytes key, struct bytes value)
{
	struct registry_place p;
	bool placed = place_of_key(key, &p);
	struct association *x = association_of_record(check_txn(c), check_arena(c), value);
	count(c, x == NULL ? NULL : &x->source_system, key, value);
	if (x == NULL || !placed || x->type == ASSOCIATION_UNKNOWN) {
		check_finding(c, "registry: an Association cannot be read");
		return;
	}
	struct store_txn *t = check_txn(c);
	unsigned source, target;
	bool found = leads_here(c, x->id, key);
	found = end_is_indexed(c, SPACE_BY_SOURCE, x->source, &p, &source) && found;
	found = end_is_indexed(c, SPACE_BY_TARGET, x->target, &p, &target) && found;
	if (!found)
		check_finding(c, "registry: Association %s cannot be found by its ids", x->id);
	if (source == 0 || target == 0)
		check_finding(c, "registry: Association %s has an end that does not exist", x->id);
	else if (!may_join(x->type, source, target))
		check_finding(c, "registry: Association %s joins what it cannot", x->id);
	if (x->status != STATUS_DEPRECATED
	    && (x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC)) {
		struct sealed_entry *e = registry_entry(t, check_arena(c), x->target);
		if (e != NULL && registry_entry_facts(e).status != STATUS_DEPRECATED)
			check_finding(c, "registry: %s was replaced and is not Deprecated",
				      x->target);
	}
}

static void tell_stray(struct store_check *c, struct bytes key)
{
	check_finding(c, "registry: an index of space 0x%02x points to nothing",
		      (unsigned)key.data[0]);
}

/* Every index points to a key that is there. */
static void look_place(struct store_check *c, struct bytes key, struct bytes value)
{
	if (value.length == 0
	    || (!check_matched(c, CHECK_THERE, key, value) && !store_has(check_txn(c), value)))
		tell_stray(c, key);
}

/* The record does not expect it: it is looked for. */
static void look_reference(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key led_to;
	registry_entry_leads_to(key, value, &led_to);
	if (!store_has(check_txn(c), key_span(&led_to)))
		tell_stray(c, key);
}

/* Every version leads to what has that logical id and number. */
static void look_version(struct store_check *c, struct bytes key, struct bytes value)
{
	struct bytes record;
	struct key expected;
	struct registry_version v = { .logical_id = NULL };
	if (value.length != 0 && store_get(check_txn(c), value, check_arena(c), &record))
		v = record_version(check_txn(c), check_arena(c), record);
	if (v.logical_id == NULL || !version_key(v.logical_id, v.version, &expected)
	    || !bytes_equal(key_span(&expected), key))
		tell_stray(c, key);
}

static void look_leading(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key led_to;
	registry_entry_leads_to(key, value, &led_to);
	look_place(c, key, key_span(&led_to));
}

static void look_end(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key k;
	if (check_matched(c, CHECK_THERE, key, value))
		return;
	registry_end_leads_to(key, &k);
	if (k.overflow || !store_has(check_txn(c), key_span(&k)))
		check_finding(c, "registry: the index of an Association's end points to nothing");
}

const struct check_module registry_check = {
	.name = "registry",
	.rows =
		(const struct check_row[]){
			{ SPACE_ENTRY, "DocumentEntry", look_entry },
			{ SPACE_SET, "SubmissionSet", look_set },
			{ SPACE_FOLDER, "Folder", look_folder },
			{ SPACE_ASSOCIATION, "Association", look_association },
			{ SPACE_BY_UUID, "object by entryUUID", look_place },
			{ SPACE_ENTRY_BY_UNIQUE_ID, "DocumentEntry by uniqueId", look_leading },
			{ SPACE_SET_BY_UNIQUE_ID, "SubmissionSet by uniqueId", look_place },
			{ SPACE_FOLDER_BY_UNIQUE_ID, "Folder by uniqueId", look_place },
			{ SPACE_BY_SOURCE, "Association by source", look_end },
			{ SPACE_BY_TARGET, "Association by target", look_end },
			{ SPACE_BY_REFERENCE_ID, "DocumentEntry by reference id", look_reference },
			{ SPACE_BY_LOGICAL_ID, "version by logical id", look_version },
			{ 0 } },
};
