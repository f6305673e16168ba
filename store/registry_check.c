/* store/registry_check.c: every invariant of the registry, one key at a time. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/registry.h"
#include "store/registry_record.h"
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
	return store_get(check_txn(c), key_span(&k), check_arena(c), &place)
	       && bytes_equal(place, key);
}

static uint64_t subject_of(struct bytes key)
{
	struct key_reader r = key_read(key);
	return key_read_number(&r);
}

/* When an object with a subject came, and which it is. */
struct age {
	instant time;
	uint64_t number;
};

static struct age age_of(struct bytes key)
{
	struct age age;
	struct key_reader r = key_read(key);
	key_read_number(&r);
	age.time = key_read_instant_reversed(&r);
	age.number = key_read_number_reversed(&r);
	return age;
}

static struct age age_of_association(struct bytes key)
{
	struct age age;
	struct key_reader r = key_read(key);
	age.time = key_read_instant(&r);
	age.number = key_read_number(&r);
	return age;
}

static void key_age(struct key *k, const struct age *age)
{
	key_instant(k, age->time);
	key_number(k, age->number);
}

/* age: of what may be there several times; else NULL. */
static bool indexed(struct store_check *c, enum registry_space space, const char *unique_id,
		    const struct age *age, struct bytes key)
{
	struct bytes place;
	struct key k;
	key_begin(&k, space);
	key_text(&k, unique_id);
	if (age != NULL)
		key_age(&k, age);
	return unique_id != NULL && store_get(check_txn(c), key_span(&k), check_arena(c), &place)
	       && bytes_equal(place, key);
}

/* object: what was read of the record; NULL: it could not be. */
static void count(struct store_check *c, const void *object, struct bytes record)
{
	struct registry_facts facts;
	struct usage one = { .metadata = usage_of_object(record) };
	if (object != NULL && record_facts(record, &facts))
		usage_walked(c, facts.source_system, &one);
	else
		usage_unread(c);
}

static void look_entry(struct store_check *c, struct bytes key, struct bytes value)
{
	struct document_entry *e = entry_of_record(check_arena(c), value);
	struct age age = age_of(key);
	count(c, e, value);
	if (e == NULL || e->subject != subject_of(key)
	    || (e->status != STATUS_APPROVED && e->status != STATUS_DEPRECATED))
		check_finding(c, "registry: a DocumentEntry cannot be read");
	else if (!leads_here(c, e->id, key)
		 || !indexed(c, SPACE_ENTRY_BY_UNIQUE_ID, e->unique_id, &age, key))
		check_finding(c, "registry: DocumentEntry %s cannot be found by its ids", e->id);
}

static void look_set(struct store_check *c, struct bytes key, struct bytes value)
{
	struct submission_set *s = set_of_record(check_arena(c), value);
	count(c, s, value);
	if (s == NULL || s->subject != subject_of(key))
		check_finding(c, "registry: a SubmissionSet cannot be read");
	else if (!leads_here(c, s->id, key)
		 || !indexed(c, SPACE_SET_BY_UNIQUE_ID, s->unique_id, NULL, key))
		check_finding(c, "registry: SubmissionSet %s cannot be found by its ids", s->id);
}

static void look_folder(struct store_check *c, struct bytes key, struct bytes value)
{
	struct folder *f = folder_of_record(check_arena(c), value);
	count(c, f, value);
	if (f == NULL || f->subject != subject_of(key))
		check_finding(c, "registry: a Folder cannot be read");
	else if (!leads_here(c, f->id, key)
		 || !indexed(c, SPACE_FOLDER_BY_UNIQUE_ID, f->unique_id, NULL, key))
		check_finding(c, "registry: Folder %s cannot be found by its ids", f->id);
}

static bool end_is_indexed(struct store_check *c, enum registry_space side, const char *uuid,
			   const struct age *age)
{
	unsigned char octets[UUID_OCTETS];
	struct key k;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&k, side);
	key_bytes(&k, octets, sizeof octets);
	key_age(&k, age);
	return store_has(check_txn(c), key_span(&k));
}

/* R2 in the store: what an Approved RPLC points to is Deprecated. */
static void look_association(struct store_check *c, struct bytes key, struct bytes value)
{
	struct association *x = association_of_record(check_arena(c), value);
	struct age age = age_of_association(key);
	count(c, x, value);
	if (x == NULL || x->type == ASSOCIATION_UNKNOWN) {
		check_finding(c, "registry: an Association cannot be read");
		return;
	}
	struct store_txn *t = check_txn(c);
	if (!leads_here(c, x->id, key) || !end_is_indexed(c, SPACE_BY_SOURCE, x->source, &age)
	    || !end_is_indexed(c, SPACE_BY_TARGET, x->target, &age))
		check_finding(c, "registry: Association %s cannot be found by its ids", x->id);
	if (!registry_has(t, x->source) || !registry_has(t, x->target))
		check_finding(c, "registry: Association %s has an end that does not exist", x->id);
	if (x->status != STATUS_DEPRECATED
	    && (x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC)) {
		struct sealed_entry *e = registry_entry(t, check_arena(c), x->target);
		if (e != NULL && registry_entry_facts(e).status != STATUS_DEPRECATED)
			check_finding(c, "registry: %s was replaced and is not Deprecated",
				      x->target);
	}
}

/* Every index points to a key that is there. */
static void look_place(struct store_check *c, struct bytes key, struct bytes value)
{
	if (value.length == 0 || !store_has(check_txn(c), value))
		check_finding(c, "registry: an index of space 0x%02x points to nothing",
			      (unsigned)key.data[0]);
}

static void look_end(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct key k;
	(void)value;
	key_read_bytes(&r, UUID_OCTETS);
	key_begin(&k, SPACE_ASSOCIATION);
	key_instant(&k, key_read_instant(&r));
	key_number(&k, key_read_number(&r));
	if (!key_read_end(&r) || !store_has(check_txn(c), key_span(&k)))
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
			{ SPACE_ENTRY_BY_UNIQUE_ID, "DocumentEntry by uniqueId", look_place },
			{ SPACE_SET_BY_UNIQUE_ID, "SubmissionSet by uniqueId", look_place },
			{ SPACE_FOLDER_BY_UNIQUE_ID, "Folder by uniqueId", look_place },
			{ SPACE_BY_SOURCE, "Association by source", look_end },
			{ SPACE_BY_TARGET, "Association by target", look_end },
			{ SPACE_BY_REFERENCE_ID, "DocumentEntry by reference id", look_place },
			{ 0 } },
};
