/* store/registry_submission.c: keeping a submission, and what follows from it.
 * ITI TF-2: 3.42.4.1.3; ITI TF-3: 4.2.2.2. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "store/keys.h"
#include "store/numbers.h"
#include "store/registry.h"
#include "store/registry_keeping.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage.h"

/* The next object's. */
static uint64_t next_number(struct keeping *k)
{
	return k->number = number_next(k->txn, NUMBER_REGISTRY_OBJECT);
}

static void put_uuid(struct keeping *k, const char *uuid, const struct key *place)
{
	unsigned char octets[UUID_OCTETS];
	struct key key;
	key_begin(&key, SPACE_BY_UUID);
	if (!uuid_octets(uuid, octets)) {
		problem_set(k->problem, PROBLEM_INTERNAL,
			    "an object without a registered id reached the store");
		return;
	}
	key_bytes(&key, octets, sizeof octets);
	if (store_has(k->txn, key_span(&key)))
		problem_at(k->problem, PROBLEM_REGISTRY_METADATA, uuid,
			   "this id is in use already");
	store_put(k->txn, key_span(&key), key_span(place));
}

/* What comes later has a later place. */
static void key_age(struct keeping *k, struct key *key)
{
	key_moment(key, k->now);
	key_id(key, k->number);
}

/* Of the next object. */
static void next_place(struct keeping *k, struct key *key, enum registry_space space,
		       uint64_t subject)
{
	struct registry_place p = { space, subject, k->now, next_number(k) };
	place_key(&p, key);
}

/* What the objects put for one system take up, and how many there are, is written once. */
static void count(struct keeping *k)
{
	if (usage_octets(&k->usage) != 0)
		usage_add(k->txn, k->counted, &k->usage);
	months_add(k->txn, k->counted, &k->month);
	k->usage = (struct usage){ 0 };
	k->month = (struct month_count){ .shared = 0 };
}

/* A new object of that system. */
static void put_object(struct keeping *k, const struct key *place, struct bytes record,
		       const char *system)
{
	if (record.length == 0)
		problem_set(k->problem, PROBLEM_INTERNAL,
			    "an object that cannot be kept reached the store");
	if (!text_equal(k->counted, system))
		count(k);
	k->counted = system;
	k->usage.metadata += usage_of_object((enum registry_space)place->data[0], record);
	store_put(k->txn, key_span(place), record);
}

/* A first version is found by its entryUUID, until there is another. */
static void put_version(struct keeping *k, const char *logical_id, uint32_t version,
			const struct key *place)
{
	struct key key;
	if (version == 1)
		return;
	if (!version_key(logical_id, version, &key) || store_has(k->txn, key_span(&key)))
		problem_set(k->problem, PROBLEM_INTERNAL,
			    "a version that cannot be next reached the store");
	else
		store_put(k->txn, key_span(&key), key_span(place));
}

static void put_references(struct keeping *k, const struct document_entry *e)
{
	for (const struct text_value *v = e->reference_ids; v != NULL; v = v->next) {
		struct key key;
		size_t length = strlen(v->value);
		key_begin(&key, SPACE_BY_REFERENCE_ID);
		key_id(&key, e->subject);
		key_bytes(&key, v->value, length < REFERENCE_CUT ? length : REFERENCE_CUT);
		key_octet(&key, 0);
		key_age(k, &key);
		store_put(k->txn, key_span(&key), (struct bytes){ 0 });
	}
}

/* R3. The size is told apart, so that the right one of the two problems is named. All of one
 * uniqueId are alike, so the first speaks for them. */
static void check_identical(struct keeping *k, const struct document_entry *e)
{
	struct arena *a = store_arena(k->txn);
	struct arena_mark before = arena_mark(a);
	const struct sealed_entry *o = registry_entry_of(k->txn, a, e->unique_id);
	struct registry_document known = { .hash = NULL };
	if (o != NULL)
		known = registry_document_of(o);
	bool comparable = known.hash != NULL && e->hash != NULL;
	if (comparable && !text_equal(known.size, e->size))
		problem_at(k->problem, PROBLEM_NON_IDENTICAL_SIZE, e->unique_id,
			   "this uniqueId is registered with another size");
	if (comparable && !text_equal_nocase(known.hash, e->hash))
		problem_at(k->problem, PROBLEM_NON_IDENTICAL_HASH, e->unique_id,
			   "this uniqueId is registered with another hash");
	arena_rewind(a, &before);
}

void keeping_entry(struct keeping *k, struct document_entry *e)
{
	struct key place, key, subject;
	check_identical(k, e);
	next_place(k, &place, SPACE_ENTRY, e->subject);
	struct bytes record = entry_record(k->txn, k->arena, e);
	put_object(k, &place, record, e->source_system);
	k->month.documents.begun += record_counts_for(SPACE_ENTRY, record) != NULL;
	k->month.shared += e->version == 1 && e->type == ENTRY_STABLE;
	put_uuid(k, e->id, &place);
	put_version(k, e->logical_id, e->version, &place);
	key_begin(&key, SPACE_ENTRY_BY_UNIQUE_ID);
	key_oid(&key, e->unique_id);
	key_age(k, &key);
	key_begin(&subject, SPACE_ENTRY);
	key_id(&subject, e->subject);
	store_put(k->txn, key_span(&key), (struct bytes){ subject.data + 1, subject.length - 1 });
	put_references(k, e);
}

static void put_unique(struct keeping *k, enum registry_space space, const char *unique_id,
		       const struct key *place)
{
	struct key key;
	key_begin(&key, space);
	key_oid(&key, unique_id);
	if (store_has(k->txn, key_span(&key)))
		problem_at(k->problem, PROBLEM_DUPLICATE_IN_REGISTRY, unique_id,
			   "this uniqueId is in the registry already");
	store_put(k->txn, key_span(&key), key_span(place));
}

void keeping_set(struct keeping *k, struct submission_set *s)
{
	struct key place;
	s->status = STATUS_APPROVED;
	s->logical_id = s->id;
	next_place(k, &place, SPACE_SET, s->subject);
	put_object(k, &place, set_record(k->txn, k->arena, s), s->source_system);
	put_uuid(k, s->id, &place);
	put_unique(k, SPACE_SET_BY_UNIQUE_ID, s->unique_id, &place);
}

void keeping_folder_as_it_is(struct keeping *k, struct folder *f)
{
	struct key place;
	next_place(k, &place, SPACE_FOLDER, f->subject);
	put_object(k, &place, folder_record(k->arena, f), f->source_system);
	put_uuid(k, f->id, &place);
	put_version(k, f->logical_id, f->version, &place);
	if (f->version == 1) /* which leads to all others */
		put_unique(k, SPACE_FOLDER_BY_UNIQUE_ID, f->unique_id, &place);
}

/* A submitted lastUpdateTime is never kept (ITI TF-3: 4.2.3.4.6). */
void keeping_folder(struct keeping *k, struct folder *f)
{
	f->last_update_time = arena_text(k->arena, k->now_text);
	keeping_folder_as_it_is(k, f);
}

bool keeping_find_place(struct keeping *k, struct arena *a, const char *uuid, struct bytes *place)
{
	unsigned char octets[UUID_OCTETS];
	struct key key;
	if (!uuid_octets(uuid, octets))
		return false;
	key_begin(&key, SPACE_BY_UUID);
	key_bytes(&key, octets, sizeof octets);
	return store_get(k->txn, key_span(&key), a, place);
}

void keeping_association(struct keeping *k, struct association *x)
{
	struct key place;
	x->status = STATUS_APPROVED;
	x->logical_id = x->id;
	next_place(k, &place, SPACE_ASSOCIATION, 0);
	put_object(k, &place, association_record(k->txn, k->arena, x), x->source_system);
	put_uuid(k, x->id, &place);
}

static bool number_of(struct keeping *k, const char *uuid, uint64_t *number)
{
	struct arena *a = store_arena(k->txn);
	struct arena_mark before = arena_mark(a);
	struct registry_place p;
	struct bytes key;
	bool known = keeping_find_place(k, a, uuid, &key) && place_of_key(key, &p);
	*number = known ? p.number : 0;
	arena_rewind(a, &before);
	return known
	       || problem_set(k->problem, PROBLEM_INTERNAL,
			      "an association without an end reached the store");
}

static void put_end(struct keeping *k, enum registry_space side, const char *uuid, uint64_t number)
{
	struct key key;
	uint64_t end;
	if (!number_of(k, uuid, &end))
		return;
	key_begin(&key, side);
	key_id(&key, end);
	key_moment(&key, k->now);
	key_id(&key, number);
	store_put(k->txn, key_span(&key), (struct bytes){ 0 });
}

void keeping_ends(struct keeping *k, const struct association *x)
{
	uint64_t number;
	if (k->problem->code != PROBLEM_NONE || !number_of(k, x->id, &number))
		return;
	put_end(k, SPACE_BY_SOURCE, x->source, number);
	put_end(k, SPACE_BY_TARGET, x->target, number);
}

/* What it takes to read and write what is registered already is the job's, not the sender's, and
 * given back after each: how large they are others decide. */

void keeping_touch_folder(struct keeping *k, const char *uuid)
{
	struct arena *a = store_arena(k->txn);
	struct arena_mark before = arena_mark(a);
	struct sealed_folder *sealed = registry_folder(k->txn, a, uuid);
	struct folder *f = sealed == NULL || registry_folder_facts(sealed).former
				   ? NULL
				   : registry_unseal_folder(sealed);
	struct bytes place;
	if (f != NULL && !text_equal(f->last_update_time, k->now_text)
	    && keeping_find_place(k, a, uuid, &place)) {
		f->last_update_time = k->now_text;
		store_put(k->txn, place, folder_record(a, f));
	}
	arena_rewind(a, &before);
}

void keeping_put_again(struct keeping *k, struct bytes place, struct bytes was, struct bytes is)
{
	enum registry_space space = (enum registry_space)place.data[0];
	const char *before = record_counts_for(space, was), *now = record_counts_for(space, is);
	const struct month_count change = {
		.documents = { .begun = before == NULL && now != NULL,
			       .ended = before != NULL && now == NULL },
	};
	store_put(k->txn, place, is);
	months_add(k->txn, now != NULL ? now : before, &change);
}

bool keeping_status(struct keeping *k, const char *uuid, enum availability_status status)
{
	struct arena *a = store_arena(k->txn);
	struct arena_mark before = arena_mark(a);
	const struct sealed_entry *e = registry_entry(k->txn, a, uuid);
	struct bytes place, record;
	bool done = e != NULL && registry_entry_facts(e).status != status
		    && keeping_find_place(k, a, uuid, &place)
		    && store_get(k->txn, place, a, &record);
	if (done)
		keeping_put_again(k, place, record, record_with_status(a, record, status));
	arena_rewind(a, &before);
	return done && !store_failed(k->txn);
}

struct association *keeping_look_on(struct keeping *k, struct registry_ends *ends)
{
	if (k->one == NULL)
		k->one = arena_create_within(store_arena(k->txn));
	arena_reset(k->one);
	struct association *x = registry_next_end(ends, k->one);
	if (x == NULL || ++k->looked <= REGISTRY_LOOKED_MOST)
		return x;
	problem_set(k->problem, PROBLEM_TOO_MANY_RELATED,
		    "what this submission replaces or updates has more than %d associations "
		    "(REGISTRY_LOOKED_MOST): submit it in parts",
		    REGISTRY_LOOKED_MOST);
	return NULL;
}

static bool deprecated_too_many(struct keeping *k)
{
	return ++k->deprecated > REGISTRY_DEPRECATED_MOST
	       && !problem_set(k->problem, PROBLEM_TOO_MANY_RELATED,
			       "this submission would deprecate more than %d documents "
			       "(REGISTRY_DEPRECATED_MOST): submit it in parts",
			       REGISTRY_DEPRECATED_MOST);
}

/* The replaced one, and all that was appended to it or transformed from it, step by step; never the
 * replacement itself, which may be such a transformation. */
static void deprecate_with_dependents(struct keeping *k, const char *uuid, const char *replacement)
{
	struct arena *a = store_arena(k->txn);
	struct text_list *waiting = NULL, **last = &waiting;
	struct text_set known = text_set_in(a);
	const char *source;
	text_set_add(&known, replacement);
	text_set_add(&known, uuid);
	last = text_list_add(a, last, uuid);
	for (struct text_list *at = waiting; at != NULL; at = at->next) {
		if (!keeping_status(k, at->value, STATUS_DEPRECATED))
			continue;
		if (deprecated_too_many(k))
			return;
		struct registry_ends *ends = registry_ends_to(k->txn, a, at->value);
		for (struct association *x; (x = keeping_look_on(k, ends)) != NULL;)
			if (registry_depends(x) && x->status != STATUS_DEPRECATED
			    && (source = text_set_keep(&known, x->source)) != NULL)
				last = text_list_add(a, last, source);
		registry_ends_over(ends);
	}
}

struct association *keeping_new(struct keeping *k, const struct association *like,
				enum association_type type, const char *source, const char *target)
{
	struct association *x = arena_new(k->arena, struct association);
	char uuid[UUID_URN_TEXT];
	if (like != NULL)
		*x = *like;
	time_uuid(k->now, store_random(k->txn), uuid);
	x->id = arena_text(k->arena, uuid);
	x->type = type;
	x->type_urn = like != NULL ? like->type_urn : association_type_urn(type);
	x->source = source;
	x->target = target;
	x->source_system = k->submission->set->source_system;
	x->next = NULL;
	keeping_association(k, x);
	keeping_ends(k, x);
	return x;
}

static struct association *new_member(struct keeping *k, const char *source, const char *target)
{
	return keeping_new(k, NULL, ASSOCIATION_HAS_MEMBER, source, target);
}

/* Where an entry is a member: folders, and its submission set. */
static struct text_set folders_of(struct keeping *k, const char *entry)
{
	struct text_set folders = text_set_in(store_arena(k->txn));
	struct registry_ends *ends = registry_ends_to(k->txn, store_arena(k->txn), entry);
	for (struct association *x; (x = keeping_look_on(k, ends)) != NULL;)
		if (x->type == ASSOCIATION_HAS_MEMBER)
			text_set_keep(&folders, x->source);
	registry_ends_over(ends);
	return folders;
}

static void join_folder(struct keeping *k, const char *uuid, const char *replacement)
{
	struct arena *a = store_arena(k->txn);
	struct arena_mark before = arena_mark(a);
	const struct sealed_folder *f = registry_folder(k->txn, a, uuid);
	bool joins = f != NULL && registry_folder_facts(f).status == STATUS_APPROVED;
	arena_rewind(a, &before);
	if (!joins)
		return;
	struct association *member = new_member(k, uuid, replacement);
	new_member(k, k->submission->set->id, member->id);
	keeping_touch_folder(k, uuid);
}

/* ITI TF-2: 3.42.4.1.3.5: the replacement is a member of the folders of what it replaces. */
static void inherit_folders(struct keeping *k, const char *replaced, const char *replacement)
{
	struct text_set mine = folders_of(k, replacement);
	struct registry_ends *ends = registry_ends_to(k->txn, store_arena(k->txn), replaced);
	const char *folder;
	for (struct association *x; (x = keeping_look_on(k, ends)) != NULL;)
		if (x->type == ASSOCIATION_HAS_MEMBER && x->status != STATUS_DEPRECATED
		    && (folder = text_set_keep(&mine, x->source)) != NULL)
			join_folder(k, folder, replacement);
	registry_ends_over(ends);
}

void keeping_consequences(struct keeping *k, const struct association *x)
{
	switch (x->type) {
	case ASSOCIATION_RPLC:
	case ASSOCIATION_XFRM_RPLC:
		deprecate_with_dependents(k, x->target, x->source);
		inherit_folders(k, x->target, x->source);
		break;
	case ASSOCIATION_HAS_MEMBER:
		/* does nothing when the source is a submission set */
		keeping_touch_folder(k, x->source);
		break;
	default: break;
	}
}

bool keeping_over(struct keeping *k)
{
	count(k);
	if (store_failed(k->txn))
		return problem_set(k->problem, store_problem(k->txn)->code, "%s",
				   store_problem(k->txn)->what);
	return k->problem->code == PROBLEM_NONE;
}

bool registry_put(struct store_txn *t, struct arena *a, struct submission *s, instant now,
		  struct problem *p)
{
	struct keeping k = { .txn = t, .arena = a, .submission = s, .now = now, .problem = p };
	instant_to_dtm(now, k.now_text);
	keeping_set(&k, s->set);
	for (struct document_entry *e = s->entries; e != NULL; e = e->next) {
		e->status = STATUS_APPROVED;
		e->version = 1;
		e->logical_id = e->id;
		keeping_entry(&k, e);
	}
	for (struct folder *f = s->folders; f != NULL; f = f->next) {
		f->status = STATUS_APPROVED;
		f->version = 1;
		f->logical_id = f->id;
		keeping_folder(&k, f);
	}
	for (struct association *x = s->associations; x != NULL; x = x->next)
		keeping_association(&k, x);
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		keeping_ends(&k, x);
	for (struct association *x = s->associations; x != NULL && p->code == PROBLEM_NONE;
	     x = x->next)
		keeping_consequences(&k, x);
	return keeping_over(&k);
}

bool registry_deprecate(struct store_txn *t, struct arena *a, const char *uuid, struct problem *p)
{
	struct keeping k = { .txn = t, .arena = a, .problem = p };
	if (keeping_status(&k, uuid, STATUS_DEPRECATED))
		keeping_forms(&k, uuid, STATUS_DEPRECATED);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool keeping_replaces(const struct association *x)
{
	return x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC;
}

void keeping_association_status(struct keeping *k, const struct association *x,
				enum availability_status status)
{
	struct bytes place, record;
	if (x->status != status && keeping_find_place(k, k->arena, x->id, &place)
	    && store_get(k->txn, place, k->arena, &record))
		store_put(k->txn, place, record_with_status(k->arena, record, status));
}

/* What replaced it does so no longer; what it replaced itself, it replaces again. */
static void restore_replacements(struct keeping *k, const char *uuid)
{
	for (struct association *x = registry_to(k->txn, k->arena, uuid); x != NULL; x = x->next)
		if (keeping_replaces(x))
			keeping_association_status(k, x, STATUS_DEPRECATED);
	for (struct association *x = registry_from(k->txn, k->arena, uuid); x != NULL;
	     x = x->next) {
		const struct sealed_entry *target = keeping_replaces(x) ? registry_entry(
							    k->txn, k->arena, x->target)
									: NULL;
		if (target != NULL && registry_entry_facts(target).status == STATUS_DEPRECATED)
			keeping_association_status(k, x, STATUS_APPROVED);
	}
}

bool registry_approve(struct store_txn *t, struct arena *a, const char *uuid, struct problem *p)
{
	struct keeping k = { .txn = t, .arena = a, .problem = p };
	if (keeping_status(&k, uuid, STATUS_APPROVED)) {
		restore_replacements(&k, uuid);
		keeping_forms(&k, uuid, STATUS_APPROVED);
	}
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}
