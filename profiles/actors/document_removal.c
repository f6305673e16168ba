/* profiles/actors/document_removal.c: who may remove what, and what is told of it. */
#include "profiles/actors/document_removal.h"

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/consent_documents.h"
#include "profiles/actors/known_object.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store_keys.h"

struct removing {
	const struct registry_desk *desk;
	struct removed *out;
	struct findings *findings;
};

static bool may_remove(const struct registry_desk *d, const char *source_system)
{
	return known_as_own(d, source_system) || d->sender->remove_others;
}

/* The person's, once. */
static void note_patient(struct removing *r, uint64_t subject)
{
	const struct registry_desk *d = r->desk;
	struct patient_record place;
	const char *cx = identity_place(d->txn, d->arena, subject, &place)
				 ? document_registry_regional_id(d, place.person)
				 : NULL;
	struct text_value **last = &r->out->patient_ids;
	while (*last != NULL && !text_equal((*last)->value, cx))
		last = &(*last)->next;
	if (cx == NULL || *last != NULL)
		return;
	*last = arena_new(d->arena, struct text_value);
	(*last)->value = cx;
}

static void note_owner(struct removing *r, uint64_t subject)
{
	for (const struct registry_owner *o = r->out->owners; o != NULL; o = o->next)
		if (o->subject == subject)
			return;
	struct registry_owner *o = arena_new(r->desk->arena, struct registry_owner);
	*o = (struct registry_owner){ subject, r->out->owners };
	r->out->owners = o;
	note_patient(r, subject);
}

/* ---- Metadata ---- */

static bool may_remove_object(struct removing *r, const char *uuid)
{
	const struct registry_desk *d = r->desk;
	const struct association *x = registry_association(d->txn, d->arena, uuid);
	struct known_object o = x != NULL ? known_association(d, x) : known_object(d, uuid);
	if (!o.seen)
		return findings_error(r->findings, PROBLEM_UNRESOLVED_REFERENCE, uuid, uuid,
				      "there is no such object");
	if (!may_remove(d, o.source_system))
		return findings_error(r->findings, PROBLEM_REMOVES_ANOTHERS, uuid, uuid,
				      "was submitted by another facility");
	if (o.subject != 0)
		note_owner(r, o.subject);
	return true;
}

bool document_registry_remove(const struct registry_desk *d, const struct text_value *ids,
			      struct removed *out, struct findings *f)
{
	struct removing r = { d, out, f };
	struct problem p = { .code = PROBLEM_NONE };
	bool may = true;
	for (const struct text_value *v = ids; v != NULL; v = v->next)
		may = may_remove_object(&r, v->value) && may;
	if (!may)
		return false;
	if (!registry_remove(d->txn, d->arena, ids, &p))
		return findings_error(f, p.code, p.where, p.where, "%s", p.what);
	return consent_documents_changed(d, out->owners, 0, f);
}

/* ---- Documents ---- */

static bool unknown(struct removing *r, const struct document_request *q)
{
	return findings_error(r->findings, PROBLEM_DOCUMENT_UNIQUE_ID, q->document_unique_id,
			      q->document_unique_id, "is no document of this repository");
}

/* The sender may have it: by what the registry says of it, or, where another's registry does, as
 * its own. */
static bool is_seen(struct removing *r, const struct kept_document *kept)
{
	const struct registry_desk *d = r->desk;
	bool seen = known_as_own(d, kept->source_system);
	struct registry_cursor *c = registry_entries_of(d->txn, d->arena, kept->unique_id);
	for (struct sealed_entry *e; (e = registry_next_entry(c)) != NULL;) {
		struct registry_facts facts = registry_entry_facts(e);
		if (document_registry_entry(d, e) == NULL && !seen)
			continue;
		note_owner(r, facts.subject);
		seen = true;
	}
	return seen;
}

static bool remove_one(struct removing *r, const struct document_request *q)
{
	const struct registry_desk *d = r->desk;
	struct kept_document kept;
	struct problem p = { .code = PROBLEM_NONE };
	const char *id = q->document_unique_id;
	if (!region_has_repository(d->region, q->repository_unique_id))
		return findings_error(r->findings, PROBLEM_UNKNOWN_REPOSITORY, id,
				      q->repository_unique_id, "is no repository of this gateway");
	if (!repository_find(d->txn, d->arena, q->repository_unique_id, id, &kept)
	    || !is_seen(r, &kept))
		return unknown(r, q);
	if (!may_remove(d, kept.source_system))
		return findings_error(r->findings, PROBLEM_REMOVES_ANOTHERS, id, id,
				      "was submitted by another facility");
	if (kept.elsewhere)
		return findings_error(r->findings, PROBLEM_REMOVE_DOCUMENTS, id, id,
				      "stands in its facility's own directory, which is only "
				      "read");
	if (!repository_remove(d->txn, d->arena, q->repository_unique_id, id, &p))
		return findings_error(r->findings, p.code, id, id, "%s", p.what);
	return consent_documents_removed(d, r->out->owners, id, r->findings);
}

bool document_repository_remove(const struct registry_desk *d,
				const struct document_request *requests, struct removed *out,
				struct findings *f)
{
	struct removing r = { d, out, f };
	bool done = true;
	for (; requests != NULL; requests = requests->next)
		done = remove_one(&r, requests) && done;
	return done;
}
