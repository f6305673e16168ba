/* profiles/actors/document_update_register.c: updating what is registered.
 * ITI XDS Metadata Update: 3.57.4.1.3.3; ITI Restricted Metadata Update: 3.92.4.1.3.
 *
 * On the committer: everything that does not need the store was checked by a worker. What is hidden
 * from the sender does not exist for it. */
#include "profiles/actors/document_update.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "profiles/actors/consent_documents.h"
#include "profiles/actors/crowding.h"
#include "profiles/actors/known_object.h"
#include "profiles/actors/notification_broker.h"
#include "profiles/actors/quota.h"
#include "profiles/actors/registration.h"
#include "profiles/actors/submitter.h"
#include "schemas/tables/leniency.h"
#include "schemas/tables/metadata.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/store.h"

struct updating {
	struct registration reg;
	const struct document_update *update;
	const struct registry_successor *successors, **last_successor;
	const struct registry_standing *standings, **last_standing;
	const struct registry_owner *owners; /* of what was there before */
};

static bool refuse(struct updating *u, enum problem_code code, const char *id, const char *what)
{
	return findings_error(u->reg.findings, code, id, id, "%s", what);
}

static bool fault(struct updating *u, enum update_fault what, const char *id, const char *why)
{
	return refuse(u, document_update_fault(u->update->rules, what), id, why);
}

static bool may_update(const struct updating *u, const char *source_system)
{
	const struct registry_desk *d = u->reg.desk;
	return known_as_own(d, source_system) || d->sender->update_others;
}

/* It has no metadata of its own, but what its document says. */
static bool is_form(const struct updating *u, const char *uuid)
{
	const struct registry_desk *d = u->reg.desk;
	const struct sealed_entry *e = registry_entry(d->txn, d->arena, uuid);
	struct registry_source of;
	return e != NULL && registry_is_form(registry_entry_facts(e), &of);
}

static bool refuse_form(struct updating *u, const char *uuid)
{
	return fault(u, UPDATE_OF_FORM, uuid,
		     "is another form of a document, and is updated with that one alone");
}

/* Once each. */
static void note_owner(struct updating *u, uint64_t subject)
{
	for (const struct registry_owner *o = u->owners; o != NULL; o = o->next)
		if (o->subject == subject)
			return;
	struct registry_owner *o = arena_new(u->reg.desk->arena, struct registry_owner);
	*o = (struct registry_owner){ subject, u->owners };
	u->owners = o;
}

static bool is_patients(struct updating *u, uint64_t subject)
{
	return registration_person_of(&u->reg, subject) == u->reg.patient.person;
}

static const struct registry_successor *successor_of(const struct updating *u, const char *previous)
{
	const struct registry_successor *s = u->successors;
	while (s != NULL && !text_equal(s->previous, previous))
		s = s->next;
	return s;
}

static const struct registry_successor *successor_named(const struct updating *u, const char *id)
{
	const struct registry_successor *s = u->successors;
	while (s != NULL && !text_equal(s->id, id))
		s = s->next;
	return s;
}

static const char *id_of(const struct submitted *o)
{
	return *o->id_field;
}

/* ---- What a version may differ in ---- */

/* What is alike of an entry and a folder that is there. */
struct former {
	const char *id, *logical_id, *unique_id, *source_system;
	uint32_t version;
	enum availability_status status;
	uint64_t subject;
};

/* As what joins two objects: a form is its document's own. */
static bool joins(struct updating *u, struct arena *each, const struct association *x)
{
	const struct registry_desk *d = u->reg.desk;
	if (x->status == STATUS_DEPRECATED)
		return false;
	if (x->type == ASSOCIATION_HAS_MEMBER)
		return registry_folder(d->txn, each, x->source) != NULL;
	return x->type < ASSOCIATION_UPDATE_AVAILABILITY_STATUS
	       && !(x->type == ASSOCIATION_XFRM && is_form(u, x->source));
}

/* Joined with something else by what holds (3.57.4.1.3.3.1.7); its SubmissionSet is itself. */
static bool is_connected(struct updating *u, const char *uuid)
{
	const struct registry_desk *d = u->reg.desk;
	struct arena *each = arena_create_within(d->arena);
	bool connected = false;
	for (unsigned from = 0; from < 2 && !connected; from++) {
		struct registry_ends *ends = from != 0 ? registry_ends_from(d->txn, d->arena, uuid)
						       : registry_ends_to(d->txn, d->arena, uuid);
		for (struct association *x;
		     !connected && (x = registry_next_end(ends, each)) != NULL; arena_reset(each))
			connected = joins(u, each, x);
		registry_ends_over(ends);
	}
	return connected;
}

static bool check_patient(struct updating *u, const struct former *old)
{
	if (is_patients(u, old->subject))
		return true;
	if (u->update->rules == UPDATE_RESTRICTED)
		return refuse(u, PROBLEM_PATIENT_RECONCILIATION, old->logical_id,
			      "patientId is not changed by this transaction");
	return !is_connected(u, old->id)
	       || refuse(u, PROBLEM_PATIENT_RECONCILIATION, old->logical_id,
			 "another patient's it cannot become while associations join it with "
			 "other objects");
}

/* It is there, the sender's to update, and the version it says. */
static bool check_former(struct updating *u, const struct update_version *v,
			 const struct former *old)
{
	note_owner(u, old->subject);
	if (!may_update(u, old->source_system))
		return fault(u, UPDATE_OF_ANOTHERS, old->logical_id,
			     "was submitted by another facility");
	if (v->previous != old->version)
		return findings_error(u->reg.findings, PROBLEM_METADATA_VERSION, old->logical_id,
				      old->logical_id,
				      "PreviousVersion is %u, and the latest version is %u",
				      v->previous, old->version);
	if (u->update->rules == UPDATE_OF_ALL && old->status != STATUS_APPROVED)
		return refuse(u, PROBLEM_METADATA_UPDATE, old->logical_id,
			      "its latest version is Deprecated");
	if (registry_version_count(u->reg.desk->txn, old->logical_id, REGISTRY_VERSIONS_MOST)
	    == REGISTRY_VERSIONS_MOST)
		return findings_error(u->reg.findings, PROBLEM_TOO_MANY_RELATED, old->logical_id,
				      old->logical_id,
				      "has %d versions, and may have no more "
				      "(REGISTRY_VERSIONS_MOST)",
				      REGISTRY_VERSIONS_MOST);
	return check_patient(u, old);
}

static void check_type(struct updating *u, const struct document_entry *old)
{
	const struct registry_desk *d = u->reg.desk;
	static const char why[] = "objectType is not that of the version before";
	if (u->update->rules == UPDATE_RESTRICTED && d->sender != NULL
	    && leniency_grants(d->sender->lenient.unmodifiable_type, &d->needed->unmodifiable_type))
		refuse(u, PROBLEM_UNMODIFIABLE, old->logical_id, why);
	else
		fault(u, UPDATE_OBJECT_TYPE, old->logical_id, why);
}

/* What depends on the type is looked at when that is known to be right. */
static void check_by_type(struct updating *u, const struct document_entry *new)
{
	struct arena *a = u->reg.desk->arena;
	bool stable = new->type == ENTRY_STABLE;
	for (const struct metadata_attribute *m = metadata_attributes(METADATA_ENTRY);
	     m->name != NULL; m++)
		if (metadata_is_by_type(m) && stable != (METADATA_OF(new, m, const char *) != NULL))
			registration_refuse(
				&u->reg, PROBLEM_REGISTRY_METADATA,
				arena_printf(a, "DocumentEntry(%s).%s", new->id, m->name),
				stable ? "is required" : "is not allowed here");
}

static const char *availability(const struct document_entry *e)
{
	return e->document_availability == NULL ? DOCUMENT_ONLINE : e->document_availability;
}

static bool says_other_status(const struct document_entry *new, const struct document_entry *old)
{
	return !(new->status == STATUS_NONE || new->status == old->status);
}

/* ITI Restricted Metadata Update: Table 3.92.4.1.3.2-1. */
static void check_restricted(struct updating *u, const struct document_entry *new,
			     const struct document_entry *old)
{
	const struct {
		const char *what;
		bool changed;
	} rows[] = {
		{ "sourcePatientId is not changed by this transaction",
		  !text_equal(new->source_patient_id, old->source_patient_id) },
		{ "repositoryUniqueId is not changed by this transaction",
		  !text_equal(new->repository_unique_id, old->repository_unique_id) },
		{ "documentAvailability is not changed by this transaction",
		  !text_equal(availability(new), availability(old)) },
		{ "availabilityStatus is not changed by this transaction",
		  says_other_status(new, old) },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].changed)
			refuse(u, PROBLEM_UNMODIFIABLE, old->logical_id, rows[i].what);
}

/* Where the octets are is ours to say of what came to us (ITI-41), and of nothing else. */
static void check_repository(struct updating *u, const struct document_entry *new,
			     const struct document_entry *old)
{
	const struct region *r = u->reg.desk->region;
	if (!text_equal(new->repository_unique_id, old->repository_unique_id)
	    && (region_has_repository(r, new->repository_unique_id)
		|| region_has_repository(r, old->repository_unique_id)))
		refuse(u, PROBLEM_REGISTRY_METADATA, old->logical_id,
		       "repositoryUniqueId: a document of this gateway's stays where it is, and "
		       "others do not come by an update");
}

/* What is of another community is that one's to update: a gateway would send it on (ITI RMU:
 * 3.92.4.1.3.1). One that was registered as such is as it was. */
static void check_community(struct updating *u, const struct document_entry *new,
			    const struct document_entry *old)
{
	const char *home = new->home_community_id;
	if (home != NULL && !text_equal(home, u->reg.desk->region->home_community_id)
	    && !text_equal(home, old->home_community_id))
		findings_error(u->reg.findings, PROBLEM_UNKNOWN_COMMUNITY, home, home,
			       "is not this community");
}

static void check_entry(struct updating *u, const struct document_entry *new,
			const struct document_entry *old)
{
	check_community(u, new, old);
	if (!text_equal(new->unique_id, old->unique_id))
		fault(u, UPDATE_UNIQUE_ID, old->logical_id,
		      "uniqueId is not that of the version before");
	if (new->type != old->type)
		check_type(u, old);
	else
		check_by_type(u, new);
	if (new->type == old->type && text_equal(new->unique_id, old->unique_id))
		registration_check_document(&u->reg, new);
	if (u->update->rules == UPDATE_RESTRICTED)
		check_restricted(u, new, old);
	else
		check_repository(u, new, old);
}

/* ---- What a version takes over ---- */

/* Who was shown another id in the place of the source's sends that one, and changes nothing. */
static void keep_source(struct updating *u, struct document_entry *new,
			const struct document_entry *old)
{
	const struct registry_desk *d = u->reg.desk;
	if (!submitter_is_hidden(d, old->source_system)
	    || !text_equal(new->source_patient_id, u->reg.submission->set->patient_id))
		return;
	new->source_patient_id = old->source_patient_id;
	new->source_patient_info = old->source_patient_info;
}

/* Slots that are the registry's own stay. */
static void keep_own_slots(struct updating *u, struct document_entry *new,
			   const struct document_entry *old)
{
	for (const struct slot *s = old->extra; s != NULL; s = s->next) {
		if (!text_starts(s->name, REGISTRY_SLOTS))
			continue;
		struct slot *own = arena_new(u->reg.desk->arena, struct slot);
		*own = *s;
		own->next = new->extra;
		new->extra = own;
	}
}

/* It stays the facility's that submitted it; whoever else updated it is told. */
static void take_over(struct updating *u, struct document_entry *new,
		      const struct document_entry *old)
{
	bool own = known_as_own(u->reg.desk, old->source_system);
	keep_own_slots(u, new, old);
	if (!own)
		submitter_show(u->reg.desk, new);
	new->source_system = old->source_system;
	new->sources = old->sources;
	if (is_patients(u, old->subject)
	    && (!own || text_equal(new->source_patient_id, old->source_patient_id)))
		new->subject = old->subject;
}

static void add_successor(struct updating *u, const struct submitted *o,
			  const struct update_version *v, const struct former *old)
{
	struct registry_successor *s = arena_new(u->reg.desk->arena, struct registry_successor);
	*s = (struct registry_successor){ .id = id_of(o),
					  .previous = old->id,
					  .propagates = v->propagates,
					  .deprecated = u->update->rules == UPDATE_RESTRICTED
							&& old->status == STATUS_DEPRECATED };
	*u->last_successor = s;
	u->last_successor = &s->next;
}

static bool no_such_object(struct updating *u, const struct update_version *v)
{
	return refuse(u, PROBLEM_METADATA_VERSION, v->logical_id,
		      v->by_entry ? "no DocumentEntry has this id and is the latest version"
				  : "nothing of its kind has this logical id");
}

static struct sealed_entry *former_entry(const struct registry_desk *d,
					 const struct update_version *v)
{
	return v->by_entry ? registry_entry(d->txn, d->arena, v->logical_id)
			   : registry_latest_entry(d->txn, d->arena, v->logical_id);
}

static struct sealed_folder *former_folder(const struct registry_desk *d,
					   const struct update_version *v)
{
	return registry_latest_folder(d->txn, d->arena, v->logical_id);
}

static bool next_entry(struct updating *u, const struct update_version *v)
{
	const struct registry_desk *d = u->reg.desk;
	const struct submitted *o = submission_index_find(&u->reg.index, v->id);
	struct sealed_entry *sealed = former_entry(d, v);
	const struct document_entry *e = document_registry_entry(d, sealed);
	if (e == NULL || registry_entry_facts(sealed).former)
		return no_such_object(u, v);
	struct document_entry *new = o->object;
	const struct former old = { e->id,      e->logical_id, e->unique_id, e->source_system,
				    e->version, e->status,     e->subject };
	if (!check_former(u, v, &old))
		return false;
	if (document_is_form(e))
		return refuse_form(u, old.logical_id);
	keep_source(u, new, e);
	check_entry(u, new, e);
	take_over(u, new, e);
	add_successor(u, o, v, &old);
	return true;
}

static bool next_folder(struct updating *u, const struct update_version *v)
{
	const struct registry_desk *d = u->reg.desk;
	const struct submitted *o = submission_index_find(&u->reg.index, v->id);
	const struct folder *f = document_registry_folder(d, former_folder(d, v));
	if (f == NULL)
		return no_such_object(u, v);
	struct folder *new = o->object;
	const struct former old = { f->id,      f->logical_id, f->unique_id, f->source_system,
				    f->version, f->status,     f->subject };
	if (!check_former(u, v, &old))
		return false;
	if (!text_equal(new->unique_id, f->unique_id))
		fault(u, UPDATE_UNIQUE_ID, f->logical_id,
		      "uniqueId is not that of the version before");
	new->source_system = f->source_system;
	if (is_patients(u, f->subject))
		new->subject = f->subject;
	add_successor(u, o, v, &old);
	return true;
}

/* ---- New Associations ---- */

/* One end of a new Association. */
struct end {
	const char *uuid;
	const struct document_entry *entry; /* or */
	const struct folder *folder;        /* or neither */
	bool ready;                         /* of this request: nothing more is asked of it */
};

static bool find_new_end(struct updating *u, const struct submitted *o, struct end *out)
{
	const struct registry_successor *s = successor_named(u, id_of(o));
	if (s == NULL || (o->kind != SUBMITTED_ENTRY && o->kind != SUBMITTED_FOLDER))
		return refuse(u, PROBLEM_METADATA_UPDATE_OPERATION, o->id,
			      "is nothing that an Association could be submitted to");
	if (s->propagates)
		return refuse(u, PROBLEM_METADATA_UPDATE_OPERATION, o->id,
			      "gets the associations of the version before "
			      "(AssociationPropagation), and none besides by the same request");
	*out = (struct end){ .uuid = id_of(o), .ready = true };
	if (o->kind == SUBMITTED_ENTRY)
		out->entry = o->object;
	else
		out->folder = o->object;
	return true;
}

static bool find_end(struct updating *u, const char *id, struct end *out)
{
	const struct registry_desk *d = u->reg.desk;
	const struct submitted *o = submission_index_find(&u->reg.index, id);
	if (o != NULL)
		return find_new_end(u, o, out);
	*out = (struct end){ .uuid = id };
	out->entry = document_registry_entry(d, registry_entry(d->txn, d->arena, id));
	if (out->entry == NULL)
		out->folder = document_registry_folder(d, registry_folder(d->txn, d->arena, id));
	if (out->entry != NULL || out->folder != NULL)
		return true;
	if (document_registry_set(d, registry_submission_set(d->txn, d->arena, id)) != NULL)
		return refuse(u, PROBLEM_METADATA_UPDATE, id,
			      "is a SubmissionSet, which takes no more associations");
	return refuse(u, PROBLEM_UNRESOLVED_REFERENCE, id,
		      "neither this request nor the registry has such an object");
}

static bool check_end(struct updating *u, const struct end *e)
{
	const struct registry_successor *s = successor_of(u, e->uuid);
	if (e->ready)
		return true;
	if (s != NULL && s->propagates)
		return refuse(u, PROBLEM_METADATA_UPDATE_OPERATION, e->uuid,
			      "is updated by the same request, with AssociationPropagation");
	if (s != NULL
	    || (e->entry != NULL ? e->entry->status : e->folder->status) != STATUS_APPROVED)
		return refuse(u, PROBLEM_DEPRECATED_DOCUMENT, e->uuid, "is Deprecated");
	return is_patients(u, e->entry != NULL ? e->entry->subject : e->folder->subject)
	       || refuse(u, PROBLEM_PATIENT_RECONCILIATION, e->uuid, "is another patient's");
}

static bool check_kinds(struct updating *u, const struct association *x, const struct end *source,
			const struct end *target)
{
	bool fits = target->entry != NULL
		    && (x->type == ASSOCIATION_HAS_MEMBER ? source->folder != NULL
							  : source->entry != NULL)
		    && !text_equal(source->uuid, target->uuid);
	if (!fits)
		return refuse(u, PROBLEM_METADATA_UPDATE, x->id,
			      "joins neither a Folder with a DocumentEntry (HasMember) nor two "
			      "DocumentEntries (all others)");
	return x->type != ASSOCIATION_IS_SNAPSHOT_OF
	       || (source->entry->type == ENTRY_STABLE && target->entry->type == ENTRY_ON_DEMAND)
	       || refuse(u, PROBLEM_METADATA_UPDATE, x->id,
			 "IsSnapshotOf goes from a stable to an on-demand document");
}

/* An Approved Association of that type between the two. */
static bool is_there(struct updating *u, const struct association *x, const char *source,
		     const char *target)
{
	const struct registry_desk *d = u->reg.desk;
	struct arena *each = arena_create_within(d->arena);
	struct registry_ends *ends = registry_ends_to(d->txn, d->arena, target);
	const struct association *y;
	bool found = false;
	for (; !found && (y = registry_next_end(ends, each)) != NULL; arena_reset(each))
		found = y->status != STATUS_DEPRECATED && text_equal(y->source, source)
			&& text_equal(y->type_urn, x->type_urn) && !text_equal(y->id, x->id);
	registry_ends_over(ends);
	return found;
}

static void check_submitted(struct updating *u, const struct association *x, struct text_set *known)
{
	struct end source, target;
	if (!find_end(u, x->source, &source) || !find_end(u, x->target, &target)
	    || !check_kinds(u, x, &source, &target) || !check_end(u, &source)
	    || !check_end(u, &target))
		return;
	if (is_there(u, x, source.uuid, target.uuid)
	    || !text_set_add(known, arena_printf(u->reg.desk->arena, "%s %s %s", x->type_urn,
						 source.uuid, target.uuid))) {
		refuse(u, PROBLEM_METADATA_UPDATE, x->id,
		       "there is such an Association already, and it is Approved");
		return;
	}
	if (x->type != ASSOCIATION_HAS_MEMBER && !source.ready
	    && !may_update(u, source.entry->source_system))
		refuse(u, PROBLEM_UPDATES_ANOTHERS, source.uuid,
		       "was submitted by another facility, which alone relates it");
	else if (x->type != ASSOCIATION_HAS_MEMBER && is_form(u, source.uuid))
		refuse_form(u, source.uuid);
	else if (registration_replaces(x))
		registration_check_replaced(&u->reg, target.entry);
}

/* ---- Statuses ---- */

/* What a status is to be given to. */
struct standing {
	const char *uuid;
	const char *source_system;
	enum availability_status status;
	uint64_t subject; /* 0: of this request */
	bool form;        /* or what joins one with its document */
};

static bool stands_new(struct updating *u, const struct submitted *o, struct standing *out)
{
	const struct registry_successor *s = successor_named(u, id_of(o));
	*out = (struct standing){ .uuid = id_of(o), .status = STATUS_APPROVED };
	if (s != NULL && s->deprecated)
		out->status = STATUS_DEPRECATED;
	return true;
}

/* The latest version alone has a status that is updated; where the same request makes the next one,
 * that is it (3.57.4.1.3.1). */
static bool stands_version(struct updating *u, const char *id, struct registry_facts f,
			   struct standing *out)
{
	const struct registry_successor *s = successor_of(u, id);
	if (f.former)
		return refuse(u, PROBLEM_METADATA_UPDATE, id, "is not the latest version");
	*out = (struct standing){ s != NULL ? s->id : id, f.source_system,
				  s != NULL ? STATUS_APPROVED : f.status, f.subject,
				  is_form(u, id) };
	return true;
}

static bool stands_association(struct updating *u, const struct association *x,
			       struct standing *out)
{
	const struct registry_desk *d = u->reg.desk;
	bool of_folder = registry_folder(d->txn, d->arena, x->source) != NULL;
	if (x->type == ASSOCIATION_HAS_MEMBER ? !of_folder
					      : x->type >= ASSOCIATION_UPDATE_AVAILABILITY_STATUS)
		return refuse(u, PROBLEM_METADATA_UPDATE, x->id,
			      "is no relationship, and no membership in a Folder");
	*out = (struct standing){ x->id, x->source_system, x->status,
				  known_object(d, x->source).subject,
				  x->type == ASSOCIATION_XFRM && is_form(u, x->source) };
	return true;
}

/* False, and told: it is not there, or has no status that is updated. */
static bool stands(struct updating *u, const char *id, struct standing *out)
{
	const struct registry_desk *d = u->reg.desk;
	const struct submitted *o = submission_index_find(&u->reg.index, id);
	if (o != NULL)
		return stands_new(u, o, out);
	const struct association *x = registry_association(d->txn, d->arena, id);
	if (x != NULL && known_association(d, x).seen)
		return stands_association(u, x, out);
	if (x == NULL && known_object(d, id).seen) {
		const struct sealed_entry *e = registry_entry(d->txn, d->arena, id);
		const struct sealed_folder *f = registry_folder(d->txn, d->arena, id);
		if (e == NULL && f == NULL)
			return refuse(u, PROBLEM_METADATA_UPDATE, id,
				      "is a SubmissionSet, which is always Approved");
		return stands_version(
			u, id, e != NULL ? registry_entry_facts(e) : registry_folder_facts(f), out);
	}
	return refuse(u, PROBLEM_UNRESOLVED_REFERENCE, id,
		      "neither this request nor the registry has such an object");
}

static void add_standing(struct updating *u, const struct update_status *s, const char *uuid)
{
	for (const struct registry_standing *n = u->standings; n != NULL; n = n->next)
		if (text_equal(n->uuid, uuid)) {
			refuse(u, PROBLEM_METADATA_UPDATE_OPERATION, s->target,
			       "gets two statuses by one request");
			return;
		}
	struct registry_standing *n = arena_new(u->reg.desk->arena, struct registry_standing);
	*n = (struct registry_standing){ .uuid = uuid, .status = s->to };
	*u->last_standing = n;
	u->last_standing = &n->next;
}

/* A second one of the same may be Approved meanwhile. */
static bool may_hold_again(struct updating *u, const struct update_status *s, const char *uuid)
{
	const struct registry_desk *d = u->reg.desk;
	const struct association *x = s->to != STATUS_APPROVED
					      ? NULL
					      : registry_association(d->txn, d->arena, uuid);
	return x == NULL || !is_there(u, x, x->source, x->target)
	       || refuse(u, PROBLEM_METADATA_UPDATE, uuid,
			 "there is such an Association already, and it is Approved");
}

static void check_status(struct updating *u, const struct update_status *s)
{
	struct standing o = { .uuid = NULL };
	if (!stands(u, s->target, &o))
		return;
	if (o.subject != 0) {
		note_owner(u, o.subject);
		if (!may_update(u, o.source_system)) {
			fault(u, UPDATE_OF_ANOTHERS, s->target,
			      "was submitted by another facility");
			return;
		}
		if (successor_named(u, o.uuid) == NULL && !is_patients(u, o.subject)) {
			refuse(u, PROBLEM_PATIENT_RECONCILIATION, s->target,
			       "is another patient's than the SubmissionSet");
			return;
		}
	}
	if (o.form)
		refuse_form(u, s->target);
	else if (o.status != s->from)
		refuse(u, PROBLEM_METADATA_UPDATE, s->target,
		       "OriginalStatus is not the status it has");
	else if (may_hold_again(u, s, o.uuid))
		add_standing(u, s, o.uuid);
}

/* ---- All of it ---- */

/* What is copied hangs on others' objects, as what is submitted does. */
static bool copies_fit(struct updating *u)
{
	const struct registry_desk *d = u->reg.desk;
	struct submission more = { .set_count = 0 };
	struct association **last = &more.associations;
	unsigned left = REGISTRY_LOOKED_MOST;
	for (const struct registry_successor *s = u->successors; s != NULL; s = s->next) {
		/* The index is to know the new version's id, whatever it is of. */
		struct folder *version = arena_new(d->arena, struct folder);
		*version = (struct folder){ .id = s->id, .next = more.folders };
		more.folders = version;
		if (s->propagates)
			*last = registry_propagated(d->txn, d->arena, s->previous, s->id, &left);
		while (*last != NULL)
			last = &(*last)->next;
	}
	struct submission_index index = submission_index_of(d->arena, &more);
	return more.associations == NULL || crowding_allows(d, &more, &index, u->reg.findings);
}

static bool may_be(struct updating *u)
{
	struct findings *f = u->reg.findings;
	unsigned before = f->errors;
	struct text_set known = text_set_in(u->reg.desk->arena);
	if (!registration_attribute(&u->reg))
		return false;
	registration_assign_ids(&u->reg);
	registration_check_set(&u->reg);
	for (const struct update_version *v = u->update->versions; v != NULL; v = v->next)
		(void)(v->entry != NULL ? next_entry(u, v) : next_folder(u, v));
	if (f->errors != before)
		return false;
	for (const struct update_association *a = u->update->associations; a != NULL; a = a->next)
		check_submitted(u, a->association, &known);
	for (const struct update_status *s = u->update->statuses; s != NULL; s = s->next)
		check_status(u, s);
	return f->errors == before
	       && crowding_allows(u->reg.desk, u->reg.submission, &u->reg.index, f)
	       && copies_fit(u);
}

/* Whose they are, and the versions before. */
void document_update_look_ahead(const struct registry_desk *d, const struct document_update *u)
{
	struct findings unused = findings_in(d->arena);
	struct submission *own = registration_copy(d->arena, &u->submission);
	struct registration r = { .desk = d, .submission = own, .findings = &unused };
	struct record_numbers his;
	if (document_registry_again(d, &u->submission) != NULL || !registration_attribute(&r))
		return;
	for (const struct update_version *v = u->versions; v != NULL; v = v->next)
		if (v->entry != NULL)
			(void)former_entry(d, v);
		else
			(void)former_folder(d, v);
	identity_subjects(d->txn, d->arena, r.patient.person, &his); /* its audit record asks */
}

struct submission *document_update_register(const struct registry_desk *d,
					    const struct document_update *update,
					    const struct registry_owner **owners,
					    struct findings *f)
{
	struct submission *before = document_registry_again(d, &update->submission);
	struct problem p = { .code = PROBLEM_NONE };
	if (before != NULL)
		return before;
	struct submission *own = registration_copy(d->arena, &update->submission);
	struct updating u = { .update = update,
			      .reg = { .desk = d,
				       .submission = own,
				       .findings = f,
				       .index = submission_index_of(d->arena, own) } };
	u.last_successor = &u.successors;
	u.last_standing = &u.standings;
	bool may = may_be(&u);
	*owners = u.owners;
	if (!may)
		return NULL;
	registration_replace_references(&u.reg);
	if (!registry_update(d->txn, d->arena, own, u.successors, u.standings, d->now, &p)) {
		findings_error(f, p.code, p.where, p.where, "%s", p.what);
		return NULL;
	}
	if (!consent_documents_changed(d, u.owners, u.reg.patient.person, f) || !quota_holds(d, f))
		return NULL;
	broker_updated(d, own, u.reg.patient.person);
	return own;
}
