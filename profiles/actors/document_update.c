/* profiles/actors/document_update.c: which operations a submission asks for, by what it says alone.
 * ITI XDS Metadata Update: 3.57.4.1.3.1, 3.57.4.1.3.2; ITI Restricted Metadata Update:
 * 3.92.4.1.2. */
#include "profiles/actors/document_update.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/submission_index.h"

enum { VERSION_DIGITS_MOST = 9 }; /* of PreviousVersion: fits a number of 32 bits */

struct recognition {
	const struct registry_desk *desk;
	struct document_update *update;
	struct findings *findings;
	struct submission_index index;
	struct text_set updated;   /* logical ids, and targets of statuses */
	struct text_set submitted; /* Associations that a SubmitAssociation is about */
	struct update_version **last_version;
	struct update_status **last_status;
	struct update_association **last_association;
};

enum problem_code document_update_fault(enum update_rules rules, enum update_fault fault)
{
	static const struct {
		enum problem_code of_all, restricted;
	} codes[] = {
		[UPDATE_OF_FIRST] = { PROBLEM_METADATA_UPDATE, PROBLEM_INVALID_REQUEST },
		[UPDATE_ANNOTATION] = { PROBLEM_METADATA_UPDATE_OPERATION,
					PROBLEM_METADATA_ANNOTATION },
		[UPDATE_UNIQUE_ID] = { PROBLEM_METADATA_UPDATE, PROBLEM_METADATA_IDENTIFIER },
		[UPDATE_OBJECT_TYPE] = { PROBLEM_METADATA_UPDATE, PROBLEM_OBJECT_TYPE },
		[UPDATE_OF_ANOTHERS] = { PROBLEM_UPDATES_ANOTHERS, PROBLEM_LOCAL_POLICY },
		[UPDATE_OF_FORM] = { PROBLEM_METADATA_UPDATE, PROBLEM_LOCAL_POLICY },
	};
	return rules == UPDATE_RESTRICTED ? codes[fault].restricted : codes[fault].of_all;
}

static bool refuse(struct recognition *r, enum problem_code code, const char *id, const char *what)
{
	return findings_error(r->findings, code, id, id, "%s", what);
}

static bool fault(struct recognition *r, enum update_fault what, const char *id, const char *why)
{
	return refuse(r, document_update_fault(r->update->rules, what), id, why);
}

static bool no_operation(struct recognition *r, const char *id, const char *why)
{
	return refuse(r, PROBLEM_METADATA_UPDATE_OPERATION, id, why);
}

/* ---- Slots ---- */

/* The one value of a slot; NULL: there is no such slot, or it has several. */
static const char *one_value(const struct association *x, const char *name, bool *several)
{
	for (const struct slot *s = x->extra; s != NULL; s = s->next)
		if (text_equal(s->name, name)) {
			*several = s->values != NULL && s->values->next != NULL;
			return s->values == NULL || *several ? NULL : s->values->value;
		}
	*several = false;
	return NULL;
}

/* "1", not "1.0" and not "01". 0: none. */
static uint32_t version_number(const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);
	if (length == 0 || length > VERSION_DIGITS_MOST || *text == '0'
	    || strspn(text, "0123456789") != length)
		return 0;
	return (uint32_t)strtoul(text, NULL, 10);
}

static bool read_previous(struct recognition *r, const struct association *x, uint32_t *out)
{
	bool several;
	*out = version_number(one_value(x, "PreviousVersion", &several));
	return *out != 0
	       || fault(r, UPDATE_ANNOTATION, x->target,
			"its HasMember has no PreviousVersion, or one that is no whole number");
}

/* By default yes; of ITI-92 always (ITI Restricted Metadata Update: 3.92.4.1.2.2.2). */
static bool read_propagation(struct recognition *r, const struct association *x, bool *out)
{
	bool several;
	const char *said = one_value(x, "AssociationPropagation", &several);
	*out = !text_equal(said, "no");
	if (several || (said != NULL && *out && !text_equal(said, "yes")))
		return fault(r, UPDATE_ANNOTATION, x->target,
			     "AssociationPropagation is neither yes nor no");
	return *out || r->update->rules == UPDATE_OF_ALL
	       || fault(r, UPDATE_ANNOTATION, x->target,
			"AssociationPropagation is not no by this transaction");
}

static enum availability_status status_of(const char *urn)
{
	return text_equal(urn, availability_status_urn(STATUS_APPROVED))     ? STATUS_APPROVED
	       : text_equal(urn, availability_status_urn(STATUS_DEPRECATED)) ? STATUS_DEPRECATED
									     : STATUS_NONE;
}

/* ---- New versions ---- */

/* The HasMember of the set that says what it is a version of; NULL: none, or several. */
static const struct association *annotation(struct recognition *r, const char *id)
{
	const struct submission *s = &r->update->submission;
	const struct association *found = NULL;
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		if (x->type != ASSOCIATION_HAS_MEMBER || !text_equal(x->target, id)
		    || !text_equal(x->source, s->set->id))
			continue;
		if (found != NULL)
			return NULL;
		found = x;
	}
	return found;
}

static bool read_annotation(struct recognition *r, struct update_version *v)
{
	const struct association *x = annotation(r, v->id);
	if (x == NULL)
		return fault(r, UPDATE_ANNOTATION, v->id,
			     "is not by one HasMember a member of the SubmissionSet");
	if (!text_equal(x->submission_set_status, "Original")
	    && (v->entry != NULL || x->submission_set_status != NULL))
		fault(r, UPDATE_ANNOTATION, v->id, "SubmissionSetStatus is not Original");
	bool previous = read_previous(r, x, &v->previous);
	return read_propagation(r, x, &v->propagates) && previous;
}

/* A first version has its own id as logical id, or none (3.57.4.1.3.1). */
static bool is_version(struct recognition *r, const struct update_version *v)
{
	if (v->logical_id == NULL || text_equal(v->logical_id, v->id))
		return fault(r, UPDATE_OF_FIRST, v->id,
			     "has no logical id (lid) but its own: a first version is no update");
	if (!text_starts(v->logical_id, "urn:uuid:")
	    || metadata_type_uuid(r->desk->arena, v->logical_id) == NULL)
		return fault(r, UPDATE_OF_FIRST, v->id,
			     "its logical id (lid) is not urn:uuid: and a UUID");
	return true;
}

static void add_version(struct recognition *r, struct update_version v)
{
	bool fits = v.by_entry || is_version(r, &v);
	if (!read_annotation(r, &v) || !fits)
		return;
	if (!v.by_entry)
		v.logical_id = metadata_type_uuid(r->desk->arena, v.logical_id);
	if (!text_set_add(&r->updated, v.logical_id)) {
		no_operation(r, v.logical_id, "is updated twice by one request");
		return;
	}
	*r->last_version = arena_new(r->desk->arena, struct update_version);
	**r->last_version = v;
	r->last_version = &(*r->last_version)->next;
}

/* ITI-92 may name the entry by its id alone: the version then gets a name of the submission, by
 * which its HasMember knows it. */
static bool rename_version(struct recognition *r, struct document_entry *e)
{
	const char *old = e->id, *uuid = metadata_type_uuid(r->desk->arena, old);
	if (r->update->rules != UPDATE_RESTRICTED || e->logical_id != NULL || uuid == NULL)
		return false;
	e->id = arena_printf(r->desk->arena, "version-of-%s", uuid);
	for (struct association *x = r->update->submission.associations; x != NULL; x = x->next)
		if (text_equal(x->target, old))
			x->target = e->id;
	e->logical_id = uuid;
	return true;
}

static void read_versions(struct recognition *r)
{
	struct submission *s = &r->update->submission;
	for (struct document_entry *e = s->entries; e != NULL; e = e->next) {
		bool renamed = rename_version(r, e);
		add_version(r, (struct update_version){ .entry = e,
							.id = e->id,
							.logical_id = e->logical_id,
							.by_entry = renamed });
	}
	for (const struct folder *f = s->folders; f != NULL; f = f->next) {
		if (r->update->rules == UPDATE_RESTRICTED) {
			refuse(r, PROBLEM_OBJECT_TYPE, f->id,
			       "is a Folder: this transaction updates DocumentEntries alone");
			continue;
		}
		add_version(r, (struct update_version){
				       .folder = f, .id = f->id, .logical_id = f->logical_id });
	}
}

/* ---- Statuses ---- */

/* Of what is in the submission: a new version, or a new Association of those that are submitted. */
static bool may_stand(struct recognition *r, const struct association *x)
{
	const struct submitted *t = submission_index_find(&r->index, x->target);
	const struct association *of = t != NULL && t->kind == SUBMITTED_ASSOCIATION ? t->object
										     : NULL;
	bool of_set = of != NULL && text_equal(of->source, r->update->submission.set->id);
	if (t != NULL && (t->kind == SUBMITTED_SET || of_set))
		return refuse(r, PROBLEM_METADATA_UPDATE, x->target,
			      "has no status that is updated: it is a SubmissionSet, or what one "
			      "holds something by");
	return true;
}

static void read_status(struct recognition *r, const struct association *x)
{
	bool several, more;
	struct update_status s = { .target = x->target };
	s.from = status_of(one_value(x, "OriginalStatus", &several));
	s.to = status_of(one_value(x, "NewStatus", &more));
	if (s.from == STATUS_NONE || s.to == STATUS_NONE)
		no_operation(r, x->target, "OriginalStatus and NewStatus are each one status");
	else if (s.from == s.to)
		no_operation(r, x->target, "OriginalStatus and NewStatus are the same");
	else if (!text_set_add(&r->updated, arena_printf(r->desk->arena, "status %s", x->target)))
		no_operation(r, x->target, "gets two statuses by one request");
	else if (may_stand(r, x)) {
		*r->last_status = arena_new(r->desk->arena, struct update_status);
		**r->last_status = s;
		r->last_status = &(*r->last_status)->next;
	}
}

/* ---- New Associations ---- */

static void read_submitted(struct recognition *r, const struct association *x)
{
	const struct submitted *t = submission_index_find(&r->index, x->target);
	const struct association *new = t != NULL && t->kind == SUBMITTED_ASSOCIATION ? t->object
										      : NULL;
	if (new == NULL || text_equal(new->source, r->update->submission.set->id)) {
		no_operation(r, x->target,
			     "is no Association of this request that SubmitAssociation could be "
			     "about");
		return;
	}
	if (!text_set_add(&r->submitted, new->id)) {
		no_operation(r, new->id, "is submitted twice");
		return;
	}
	*r->last_association = arena_new(r->desk->arena, struct update_association);
	(*r->last_association)->association = new;
	r->last_association = &(*r->last_association)->next;
}

/* One that starts at the set says what is to be done; any other is itself submitted. */
static void read_association(struct recognition *r, const struct association *x)
{
	const struct submitted *t = submission_index_find(&r->index, x->target);
	bool of_set = text_equal(x->source, r->update->submission.set->id);
	bool version = t != NULL && (t->kind == SUBMITTED_ENTRY || t->kind == SUBMITTED_FOLDER);
	switch (x->type) {
	case ASSOCIATION_UPDATE_AVAILABILITY_STATUS:
	case ASSOCIATION_SUBMIT_ASSOCIATION:
		if (r->update->rules == UPDATE_RESTRICTED)
			refuse(r, PROBLEM_OBJECT_TYPE, x->target,
			       "is no metadata of a DocumentEntry, which alone this transaction "
			       "updates");
		else if (!of_set)
			no_operation(r, x->id, "does not start at the SubmissionSet");
		else if (x->type == ASSOCIATION_SUBMIT_ASSOCIATION)
			read_submitted(r, x);
		else
			read_status(r, x);
		break;
	case ASSOCIATION_HAS_MEMBER:
		if (of_set && !version)
			no_operation(r, x->target,
				     "is no new version, and nothing else is a member here");
		break;
	default:
		if (of_set)
			no_operation(r, x->id, "starts at the SubmissionSet");
	}
}

static void check_all_submitted(struct recognition *r)
{
	const struct submission *s = &r->update->submission;
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		if (text_equal(x->source, s->set->id)
		    || x->type == ASSOCIATION_UPDATE_AVAILABILITY_STATUS
		    || x->type == ASSOCIATION_SUBMIT_ASSOCIATION
		    || text_set_has(&r->submitted, x->id))
			continue;
		if (r->update->rules == UPDATE_RESTRICTED)
			refuse(r, PROBLEM_OBJECT_TYPE, x->id,
			       "is an Association: this transaction updates DocumentEntries alone");
		else
			no_operation(r, x->id, "no SubmitAssociation is about it");
	}
}

bool document_update_read(const struct registry_desk *d, enum update_rules rules,
			  struct document_update *u, struct findings *f)
{
	unsigned before = f->errors;
	struct recognition r = { .desk = d,
				 .update = u,
				 .findings = f,
				 .updated = text_set_in(d->arena),
				 .submitted = text_set_in(d->arena),
				 .last_version = &u->versions,
				 .last_status = &u->statuses,
				 .last_association = &u->associations };
	u->rules = rules;
	read_versions(&r);
	r.index = submission_index_of(d->arena, &u->submission);
	for (const struct association *x = u->submission.associations; x != NULL; x = x->next)
		read_association(&r, x);
	check_all_submitted(&r);
	if (f->errors == before && u->versions == NULL && u->statuses == NULL
	    && u->associations == NULL)
		no_operation(&r, u->submission.set->id, "updates nothing");
	return f->errors == before;
}
