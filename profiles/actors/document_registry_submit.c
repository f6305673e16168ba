/* profiles/actors/document_registry_submit.c: registering a submission, ITI TF-2: 3.42.4.1.3.
 *
 * On the committer: everything that does not need the store was checked by a worker. What is hidden
 * from the sender does not exist for it: a relationship to it is an unresolved reference. */
#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/consent_documents.h"
#include "profiles/actors/crowding.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/notification_broker.h"
#include "profiles/actors/on_demand_source.h"
#include "profiles/actors/quota.h"
#include "profiles/actors/registration.h"
#include "profiles/actors/submission_index.h"
#include "profiles/actors/submitter.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/store.h"

bool registration_refuse(struct registration *r, enum problem_code code, const char *where,
			 const char *what)
{
	return findings_error(r->findings, code, NULL, where, "%s", what);
}

uint64_t registration_person_of(struct registration *r, uint64_t subject)
{
	struct patient_record record;
	if (subject == r->patient.record)
		return r->patient.person;
	return identity_place(r->desk->txn, r->desk->arena, subject, &record) ? record.person : 0;
}

/* ---- Whose documents these are ---- */

/* The record sourcePatientId names, when it is the sender's own of the same person: so documents
 * stay with the facility's patient if a link turns out to be wrong. Else that of the patientId. */
static uint64_t subject_of(struct registration *r, const struct document_entry *e)
{
	const struct registry_desk *d = r->desk;
	struct patient_record record;
	struct cx_parts parts;
	if (d->sender == NULL || !metadata_type_cx(e->source_patient_id, &parts))
		return r->patient.record;
	const char *id = arena_text_n(d->arena, parts.id, parts.id_length);
	const char *domain = arena_text_n(d->arena, parts.universal_id, parts.universal_id_length);
	return system_owns(d->sender, domain)
			       && identity_find_place(d->txn, d->arena, domain, id, &record)
			       && record.person == r->patient.person
		       ? record.number
		       : r->patient.record;
}

static const char no_such_patient[] = "no active patient of the affinity domain has this id";

bool registration_attribute(struct registration *r)
{
	struct submission *s = r->submission;
	const char *system = r->desk->sender == NULL ? NULL : r->desk->sender->name, *id;
	if (!document_registry_patient(r->desk, s->set->patient_id, &r->patient))
		return registration_refuse(r, PROBLEM_UNKNOWN_PATIENT, s->set->patient_id,
					   no_such_patient);
	id = r->patient.regional_id;
	if (id == NULL && (id = document_registry_regional_id(r->desk, r->patient.person)) == NULL)
		return registration_refuse(r, PROBLEM_INTERNAL, "",
					   "the patient's regional id could not be read");
	for (struct document_entry *e = s->entries; e != NULL; e = e->next) {
		e->subject = subject_of(r, e);
		e->source_system = system;
		e->patient_id = id;
	}
	s->set->subject = s->entries != NULL ? s->entries->subject : r->patient.record;
	s->set->source_system = system;
	s->set->patient_id = id;
	for (struct folder *f = s->folders; f != NULL; f = f->next) {
		f->subject = s->set->subject;
		f->source_system = system;
		f->patient_id = id;
	}
	for (struct association *x = s->associations; x != NULL; x = x->next)
		x->source_system = system;
	return true;
}

/* ---- Identifiers ---- */

static bool is_symbolic(const char *id)
{
	return !text_starts(id, "urn:uuid:");
}

void registration_assign_ids(struct registration *r)
{
	const struct registry_desk *d = r->desk;
	for (size_t i = 0; i < r->index.count; i++) {
		struct submitted *o = &r->index.objects[i];
		if (is_symbolic(o->id)) {
			char uuid[UUID_URN_TEXT];
			time_uuid(d->now, store_random(d->txn), uuid);
			*o->id_field = arena_text(d->arena, uuid);
		} else if (registry_has(d->txn, o->id)) {
			registration_refuse(r, PROBLEM_REGISTRY_METADATA, o->id,
					    "an object with this id is registered already");
		}
	}
}

void registration_replace_references(struct registration *r)
{
	for (struct association *x = r->submission->associations; x != NULL; x = x->next) {
		const struct submitted *source = submission_index_find(&r->index, x->source);
		const struct submitted *target = submission_index_find(&r->index, x->target);
		if (source != NULL)
			x->source = *source->id_field;
		if (target != NULL)
			x->target = *target->id_field;
	}
}

static void check_identical(struct registration *r, const struct document_entry *e,
			    const struct sealed_entry *o)
{
	struct registry_document known = registry_document_of(o);
	if (known.type != e->type)
		registration_refuse(r, PROBLEM_REGISTRY_METADATA, e->unique_id,
				    "this uniqueId is of a stable and of an on-demand document");
	else if (known.hash != NULL && !text_equal_nocase(known.hash, e->hash))
		registration_refuse(r, PROBLEM_NON_IDENTICAL_HASH, e->unique_id,
				    "this uniqueId is registered with another hash");
	else if (known.hash != NULL && !text_equal(known.size, e->size))
		registration_refuse(r, PROBLEM_NON_IDENTICAL_SIZE, e->unique_id,
				    "this uniqueId is registered with another size");
}

/* All of one uniqueId agree in these: the first speaks for them. */
void registration_check_document(struct registration *r, const struct document_entry *e)
{
	const struct registry_desk *d = r->desk;
	struct arena_mark before = arena_mark(store_arena(d->txn));
	const struct sealed_entry *o = registry_entry_of(d->txn, store_arena(d->txn), e->unique_id);
	if (o != NULL)
		check_identical(r, e, o);
	arena_rewind(store_arena(d->txn), &before);
}

static bool unique_id_in_use(struct registration *r, const char *unique_id)
{
	const struct registry_desk *d = r->desk;
	return registry_submission_set_of(d->txn, d->arena, unique_id) != NULL
	       || registry_folder_of(d->txn, d->arena, unique_id) != NULL
	       || registry_same(d->txn, unique_id, 1) != 0;
}

static const char used[] = "this uniqueId is in the registry already";

void registration_check_set(struct registration *r)
{
	const char *id = r->submission->set->unique_id;
	if (unique_id_in_use(r, id))
		registration_refuse(r, PROBLEM_DUPLICATE_IN_REGISTRY, id, used);
}

/* ITI TF-2: 3.42.4.1.3.1. A DocumentEntry's uniqueId may come again, a set's or folder's may
 * not. */
static void check_unique_ids(struct registration *r)
{
	struct submission *s = r->submission;
	registration_check_set(r);
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		if (unique_id_in_use(r, f->unique_id))
			registration_refuse(r, PROBLEM_DUPLICATE_IN_REGISTRY, f->unique_id, used);
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		registration_check_document(r, e);
}

/* ---- Associations to what is registered already ---- */

static struct document_entry *registered_entry(struct registration *r, const char *uuid)
{
	const struct registry_desk *d = r->desk;
	return document_registry_entry(d, registry_entry(d->txn, d->arena, uuid));
}

static struct folder *registered_folder(struct registration *r, const char *uuid)
{
	const struct registry_desk *d = r->desk;
	return document_registry_folder(d, registry_folder(d->txn, d->arena, uuid));
}

static bool unresolved(struct registration *r, const char *uuid)
{
	return registration_refuse(r, PROBLEM_UNRESOLVED_REFERENCE, uuid,
				   "neither this submission nor the registry has such an object");
}

static bool check_usable(struct registration *r, const char *uuid, enum availability_status status,
			 uint64_t subject)
{
	if (status != STATUS_APPROVED)
		return registration_refuse(r, PROBLEM_DEPRECATED_DOCUMENT, uuid,
					   "this object is Deprecated");
	if (registration_person_of(r, subject) != r->patient.person)
		return registration_refuse(r, PROBLEM_PATIENT_ID_DOES_NOT_MATCH, uuid,
					   "this object is another patient's");
	return true;
}

/* SS-DE by Reference: the patient need not be the same (ITI TF-3: 4.2.2.1.1). */
static void check_reference(struct registration *r, const char *uuid)
{
	struct document_entry *e = registered_entry(r, uuid);
	struct folder *f = e != NULL ? NULL : registered_folder(r, uuid);
	if (e == NULL && f == NULL)
		unresolved(r, uuid);
	else if ((e != NULL ? e->status : f->status) != STATUS_APPROVED)
		registration_refuse(r, PROBLEM_DEPRECATED_DOCUMENT, uuid,
				    "this object is Deprecated");
}

static bool registered_set(struct registration *r, const char *uuid)
{
	const struct registry_desk *d = r->desk;
	return document_registry_set(d, registry_submission_set(d->txn, d->arena, uuid)) != NULL;
}

static void check_folder_member(struct registration *r, const struct association *x,
				bool folder_here, bool entry_here)
{
	if (!folder_here) {
		struct folder *f = registered_folder(r, x->source);
		if (f == NULL && registered_set(r, x->source))
			registration_refuse(r, PROBLEM_REGISTRY_METADATA, x->source,
					    "a registered SubmissionSet takes no more members");
		else if (f == NULL)
			unresolved(r, x->source);
		else
			check_usable(r, f->id, f->status, f->subject);
	}
	if (!entry_here) {
		struct document_entry *e = registered_entry(r, x->target);
		if (e == NULL)
			unresolved(r, x->target);
		else
			check_usable(r, e->id, e->status, e->subject);
	}
}

/* The next of what ends at a replaced document, of all of them together so many. */
static struct association *next_looked_at(struct registration *r, struct registry_ends *ends,
					  const char *replaced)
{
	struct association *x = registry_next_end(ends, store_arena(r->desk->txn));
	if (x == NULL || ++r->looked <= REGISTRY_LOOKED_MOST)
		return x;
	if (r->looked == REGISTRY_LOOKED_MOST + 1)
		registration_refuse(r, PROBLEM_TOO_MANY_RELATED, replaced,
				    "what this submission replaces has too many associations "
				    "(REGISTRY_LOOKED_MOST): submit it in parts");
	return NULL;
}

/* ITI TF-2: 3.42.4.1.3.5: the replacement enters the folders of what it replaces. */
static void check_inherited_folders(struct registration *r, const char *replaced)
{
	const struct registry_desk *d = r->desk;
	struct arena *a = store_arena(d->txn);
	struct registry_ends *ends = registry_ends_to(d->txn, a, replaced);
	struct arena_mark before = arena_mark(a);
	for (struct association *x; (x = next_looked_at(r, ends, replaced)) != NULL;
	     arena_rewind(a, &before)) {
		const struct sealed_folder *sealed =
			x->type != ASSOCIATION_HAS_MEMBER || x->status == STATUS_DEPRECATED
				? NULL
				: registry_folder(d->txn, a, x->source);
		if (sealed == NULL)
			continue;
		/* Whoever may see the folder: it is the registry that puts the document in. */
		struct registry_facts f = registry_folder_facts(sealed);
		if (f.status == STATUS_APPROVED
		    && registration_person_of(r, f.subject) != r->patient.person)
			registration_refuse(
				r, PROBLEM_PATIENT_ID_DOES_NOT_MATCH, replaced,
				"the replaced document is in a folder of another patient");
	}
	registry_ends_over(ends);
}

bool registration_replaces(const struct association *x)
{
	return x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC;
}

bool registration_check_replaced(struct registration *r, const struct document_entry *e)
{
	if (!submitter_may_replace(r->desk, e))
		return registration_refuse(
			r, PROBLEM_REPLACES_ANOTHERS, e->id,
			"this document is another facility's, which alone replaces it");
	if (document_is_form(e))
		return registration_refuse(
			r, PROBLEM_REGISTRY_METADATA, e->id,
			"this is another form of a document, and is replaced with that one alone");
	check_inherited_folders(r, e->id);
	return true;
}

static void check_relationship(struct registration *r, const struct association *x,
			       const struct document_entry *source)
{
	struct document_entry *e = registered_entry(r, x->target);
	if (e == NULL) {
		unresolved(r, x->target);
		return;
	}
	if (!check_usable(r, e->id, e->status, e->subject))
		return;
	if (registration_replaces(x) && !registration_check_replaced(r, e))
		return;
	if (x->type == ASSOCIATION_IS_SNAPSHOT_OF
	    && (e->type != ENTRY_ON_DEMAND || source->type != ENTRY_STABLE))
		registration_refuse(r, PROBLEM_REGISTRY_METADATA, x->id,
				    "IsSnapshotOf goes from a stable to an on-demand document");
}

static void check_association(struct registration *r, const struct association *x)
{
	const struct submitted *source = submission_index_find(&r->index, x->source);
	const struct submitted *target = submission_index_find(&r->index, x->target);
	if (x->type != ASSOCIATION_HAS_MEMBER) {
		if (target == NULL)
			check_relationship(r, x, source->object);
		else if (x->type == ASSOCIATION_IS_SNAPSHOT_OF)
			unresolved(r, x->target);
	} else if (source != NULL && source->kind == SUBMITTED_SET) {
		if (target == NULL)
			check_reference(r, x->target);
	} else {
		check_folder_member(r, x, source != NULL, target != NULL);
	}
}

static void show_submitters(struct registration *r)
{
	for (const struct association *x = r->submission->associations; x != NULL; x = x->next) {
		const struct submitted *source = !registration_replaces(x)
							 ? NULL
							 : submission_index_find(&r->index,
										 x->source);
		if (source != NULL && source->kind == SUBMITTED_ENTRY)
			submitter_show(r->desk, source->object);
	}
}

struct submission *registration_copy(struct arena *a, const struct submission *s)
{
	struct submission *copy = arena_new(a, struct submission);
	*copy = (struct submission){ .set_count = s->set_count };
	copy->set = arena_new(a, struct submission_set);
	*copy->set = *s->set;
	struct document_entry **entry = &copy->entries;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		*entry = arena_new(a, struct document_entry);
		**entry = *e;
		entry = &(*entry)->next;
	}
	struct folder **folder = &copy->folders;
	for (const struct folder *f = s->folders; f != NULL; f = f->next) {
		*folder = arena_new(a, struct folder);
		**folder = *f;
		folder = &(*folder)->next;
	}
	struct association **association = &copy->associations;
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		*association = arena_new(a, struct association);
		**association = *x;
		association = &(*association)->next;
	}
	return copy;
}

/* The same submission, from the same system, is in the registry: its answer was lost on the way.
 * Nothing is looked at but the set of that id, so that nobody learns of another's by sending. */
struct submission *document_registry_again(const struct registry_desk *d,
					   const struct submission *s)
{
	const char *system = d->sender == NULL ? NULL : d->sender->name;
	const struct sealed_set *old = s->set->fingerprint == NULL
					       ? NULL
					       : registry_submission_set_of(d->txn, d->arena,
									    s->set->unique_id);
	if (old == NULL || !text_equal(registry_set_fingerprint(old), s->set->fingerprint)
	    || !text_equal(registry_set_facts(old).source_system, system))
		return NULL;
	struct submission *before = registration_copy(d->arena, s);
	before->again = true;
	return before;
}

/* Another community leaves nothing with a person it would not see it of: he is as unknown to it as
 * who has no code. */
static bool is_open(struct registration *r, const char *said)
{
	const struct registry_desk *d = r->desk;
	return d->community == NULL
	       || d->admission->object(d->admission->self, d->txn, r->patient.record, NULL)
	       || registration_refuse(r, PROBLEM_UNKNOWN_PATIENT, said, no_such_patient);
}

static bool may_register(struct registration *r, const char *patient_id)
{
	unsigned before = r->findings->errors;
	if (!registration_attribute(r) || !is_open(r, patient_id))
		return false;
	registration_assign_ids(r);
	check_unique_ids(r);
	for (const struct association *x = r->submission->associations; x != NULL; x = x->next)
		check_association(r, x);
	return r->findings->errors == before;
}

/* Whose documents they are, and what of them is registered already. Relationships are left out: who
 * may see what they lead to is a question for the committer alone. */
void document_registry_look_ahead(const struct registry_desk *d, const struct submission *s)
{
	struct findings unused = findings_in(d->arena);
	struct submission *own = registration_copy(d->arena, s);
	struct registration r = { .desk = d, .submission = own, .findings = &unused };
	struct record_numbers his;
	if (document_registry_again(d, s) != NULL || !registration_attribute(&r))
		return;
	check_unique_ids(&r);
	identity_subjects(d->txn, d->arena, r.patient.person, &his); /* its audit record asks */
	for (const struct document_entry *e = own->entries; e != NULL; e = e->next)
		if (on_demand_source_is_of(d, e))
			on_demand_source_lacks(d, e);
}

struct submission *document_registry_register(const struct registry_desk *d,
					      const struct submission *s, struct findings *f)
{
	struct submission *before = document_registry_again(d, s);
	if (before != NULL)
		return before;
	struct submission *own = registration_copy(d->arena, s);
	struct registration r = { .desk = d,
				  .submission = own,
				  .findings = f,
				  .index = submission_index_of(d->arena, own) };
	struct problem p = { .code = PROBLEM_NONE };
	if (!may_register(&r, s->set->patient_id) || !crowding_allows(d, own, &r.index, f))
		return NULL;
	show_submitters(&r);
	registration_replace_references(&r);
	if (!registry_put(d->txn, d->arena, own, d->now, &p)) {
		findings_error(f, p.code, NULL, p.where, "%s", p.what);
		return NULL;
	}
	if (!consent_documents_registered(d, s, own, r.patient.person, f) || !quota_holds(d, f)
	    || !on_demand_source_offer(d, own, f))
		return NULL;
	broker_registered(d, own, r.patient.person);
	return own;
}
