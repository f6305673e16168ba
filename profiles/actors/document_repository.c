/* profiles/actors/document_repository.c: taking documents in and giving them out.
 * ITI TF-2: 3.41.4.1.3, 3.43.4.1.3. */
#include "profiles/actors/document_repository.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/descriptors.h"
#include "gateway/base/findings.h"
#include "gateway/base/shares.h"
#include "gateway/base/text.h"
#include "profiles/actors/acceptance.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/document_recipient.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/quota.h"
#include "profiles/actors/retention.h"
#include "schemas/model/region_policy.h"
#include "store/identity.h"
#include "store/lockouts.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage.h"

/* Large documents stay open until their answer has left. They end before the doors do (256, the key
 * descriptors-kept): an answer that is not read must leave the store its files. */
enum { DESCRIPTORS_KEPT = 128 };

const struct provided_document *provided_document_of(const struct provided_document *list,
						     const char *id)
{
	for (; list != NULL; list = list->next)
		if (text_equal(list->entry_id, id))
			return list;
	return NULL;
}

static struct document_entry *entry_of(const struct submission *s, const char *id)
{
	for (struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (text_equal(e->id, id))
			return e;
	return NULL;
}

/* Where what the sender provides is kept. */
static const char *own_of(const struct registry_desk *d)
{
	return region_repository_of(d->region, d->sender == NULL ? NULL : d->sender->name);
}

/* hash and size are verified when they came, added when not (ITI TF-2: 3.41.4.1.3.1). */
static void seal_entry(const struct registry_desk *d, const char *repository_unique_id,
		       struct document_entry *e, const struct blob *b, struct findings *f)
{
	const char *hash = bytes_to_hex(d->arena, (struct bytes){ b->sha1, sizeof b->sha1 });
	const char *size = arena_printf(d->arena, "%llu", (unsigned long long)b->size);
	uint64_t said;
	if (e->hash != NULL && !text_equal_nocase(e->hash, hash))
		findings_error(f, PROBLEM_REPOSITORY_METADATA, NULL,
			       arena_printf(d->arena, "DocumentEntry(%s).hash", e->id),
			       "is not that of the document, which is %s", hash);
	if (e->size != NULL && (!text_to_number(e->size, INT64_MAX, &said) || said != b->size))
		findings_error(f, PROBLEM_REPOSITORY_METADATA, NULL,
			       arena_printf(d->arena, "DocumentEntry(%s).size", e->id),
			       "is not that of the document, which has %s octets", size);
	if (e->hash == NULL)
		e->hash = hash;
	if (e->size == NULL)
		e->size = size;
	e->repository_unique_id = repository_unique_id;
}

bool provided_documents_match(const struct registry_desk *d, const char *repository_unique_id,
			      struct submission *s, const struct provided_document *documents,
			      struct findings *f)
{
	unsigned before = f->errors;
	for (struct document_entry *e = s->entries; e != NULL; e = e->next) {
		const struct provided_document *doc = provided_document_of(documents, e->id);
		if (e->type == ENTRY_ON_DEMAND)
			findings_error(f, PROBLEM_REPOSITORY_METADATA, NULL, e->id,
				       "an on-demand DocumentEntry has no document to provide");
		else if (doc == NULL)
			findings_error(f, PROBLEM_MISSING_DOCUMENT, NULL, e->id,
				       "the message holds no document for this DocumentEntry");
		else
			seal_entry(d, repository_unique_id, e, doc->blob, f);
	}
	for (const struct provided_document *doc = documents; doc != NULL; doc = doc->next) {
		if (entry_of(s, doc->entry_id) == NULL)
			findings_error(f, PROBLEM_MISSING_DOCUMENT_METADATA, NULL, doc->entry_id,
				       "no DocumentEntry describes this document");
		if (provided_document_of(doc->next, doc->entry_id) != NULL)
			findings_error(f, PROBLEM_REPOSITORY_METADATA, NULL, doc->entry_id,
				       "two documents have this id");
	}
	return f->errors == before;
}

bool document_repository_receive(const struct registry_desk *d, struct submission *s,
				 const struct provided_document *documents, struct findings *f)
{
	return provided_documents_match(d, own_of(d), s, documents, f);
}

static struct kept_document document_as_kept(const struct registry_desk *d,
					     const struct document_entry *e, const struct blob *b)
{
	struct kept_document k = {
		.repository_unique_id = own_of(d),
		.unique_id = e->unique_id,
		.mime_type = e->mime_type,
		.size = b->size,
		.source_system = d->sender == NULL ? NULL : d->sender->name,
	};
	memcpy(k.sha256, b->sha256, sizeof k.sha256);
	return k;
}

static bool put_document(const struct registry_desk *d, const struct kept_document *k,
			 const struct blob *b, struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	return repository_put(d->txn, d->arena, k, b, &p)
	       || findings_error(f, p.code, NULL, p.where, "%s", p.what);
}

/* Before its entry's symbolic id is replaced: documents know their entries by it. */
static bool keep_document(const struct registry_desk *d, const struct document_entry *e,
			  const struct blob *b, struct findings *f)
{
	struct kept_document k = document_as_kept(d, e, b);
	return put_document(d, &k, b, f);
}

bool document_repository_keep(const struct registry_desk *d, const struct submission *s,
			      const struct provided_document *documents, struct findings *f)
{
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		const struct blob *b = provided_document_of(documents, e->id)->blob;
		struct kept_document k = document_as_kept(d, e, b);
		k.patient_id = s->set->patient_id;
		if (!put_document(d, &k, b, f))
			return false;
	}
	return quota_holds(d, f);
}

bool document_repository_may_keep(const struct registry_desk *d, const struct submission *s,
				  const struct provided_document *documents, struct findings *f)
{
	unsigned before = f->errors;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		const struct blob *b = provided_document_of(documents, e->id)->blob;
		struct kept_document k;
		if (repository_find(d->txn, d->arena, own_of(d), e->unique_id, &k)
		    && memcmp(k.sha256, b->sha256, sizeof k.sha256) != 0)
			findings_error(f, PROBLEM_NON_IDENTICAL_HASH, NULL, e->unique_id,
				       "the repository holds other octets under this uniqueId");
	}
	return f->errors == before;
}

bool document_repository_has_room(const struct registry_desk *d, const struct submission *s,
				  const struct provided_document *documents, struct findings *f)
{
	uint64_t more = d->region->registry == NULL ? quota_least_of(s) : 0;
	if (!quota_is_set(d) || document_registry_again(d, s) != NULL)
		return true;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		struct kept_document k;
		if (!repository_find(d->txn, d->arena, own_of(d), e->unique_id, &k))
			more += USAGE_EACH + provided_document_of(documents, e->id)->blob->size;
	}
	return quota_has_room(d, more, f);
}

void document_repository_fingerprint(const struct registry_desk *d, struct submission *s,
				     const struct provided_document *documents)
{
	struct buffer b = buffer_in(d->arena);
	for (; documents != NULL; documents = documents->next) {
		buffer_printf(&b, "%zu:%s", strlen(documents->entry_id), documents->entry_id);
		buffer_append(&b, documents->blob->sha256, sizeof documents->blob->sha256);
	}
	s->set->fingerprint = registry_fingerprint(d->arena, s, buffer_bytes(&b));
}

void document_repository_look_ahead(const struct registry_desk *d, const struct submission *s,
				    const struct provided_document *documents)
{
	for (; documents != NULL; documents = documents->next) {
		struct blob known;
		blob_known(d->txn, documents->blob->sha256, &known);
	}
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		struct kept_document kept;
		repository_find(d->txn, d->arena, own_of(d), e->unique_id, &kept);
	}
	document_registry_look_ahead(d, s);
}

struct submission *document_repository_provide(const struct registry_desk *d,
					       const struct submission *s,
					       const struct provided_document *documents,
					       struct findings *f)
{
	struct submission *before = document_registry_again(d, s);
	if (before != NULL)
		return before;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (!keep_document(d, e, provided_document_of(documents, e->id)->blob, f))
			return NULL;
	return document_registry_register(d, s, f);
}

static bool unknown_document(const struct document_request *request, struct findings *f)
{
	return findings_error(f, PROBLEM_DOCUMENT_UNIQUE_ID, request->document_unique_id,
			      request->document_unique_id, "the repository has no such document");
}

/* Some entry of it was refused, and none may be seen: that is no secret. */
static bool refused_document(const struct document_request *request, struct findings *f)
{
	return findings_error(f, PROBLEM_DOCUMENT_REFUSED, request->document_unique_id,
			      request->document_unique_id,
			      "the region's rules refuse this document to whoever asks");
}

/* The region's id of the person at this moment, whoever submitted the document. */
static const char *patient_of(const struct registry_desk *d, uint64_t subject)
{
	struct patient_record r;
	return identity_place(d->txn, d->arena, subject, &r)
		       ? document_registry_regional_id(d, r.person)
		       : NULL;
}

/* Consent is asked about the entries that describe the document: one the asker may see suffices.
 * The mimeType is that entry's. each: for one of them at a time. */
static bool entry_tells(const struct registry_desk *d, struct arena *each,
			const struct document_request *request, struct retrieved_document *out)
{
	struct registry_cursor *all = registry_entries_of(d->txn, d->arena,
							  request->document_unique_id);
	struct sealed_entry *one;
	bool tells = false;
	registry_lend(all, each);
	while (!tells && (one = registry_next_entry(all)) != NULL) {
		const struct document_entry *e = document_registry_entry(d, one);
		out->refused = out->refused || d->admission->denied(d->admission->self);
		tells = e != NULL
			&& text_equal(e->repository_unique_id, request->repository_unique_id);
		if (tells) {
			out->mime_type = arena_text(d->arena, e->mime_type);
			out->subject = e->subject;
			out->source_system = e->source_system == NULL
						     ? NULL
						     : arena_text(d->arena, e->source_system);
			out->may_be_accepted = retention_needs_acceptance(d->region, e)
					       || region_policy_addresses(d->region->policy, e);
		}
	}
	registry_cursor_over(all);
	return tells;
}

/* The record that has this patientId now. 0: nobody we know, who may become known. */
static uint64_t subject_of(const struct registry_desk *d, const char *patient_id)
{
	struct patient_record r;
	struct cx_parts parts;
	if (!metadata_type_cx(patient_id, &parts))
		return 0;
	const char *id = arena_text_n(d->arena, parts.id, parts.id_length);
	const char *domain = arena_text_n(d->arena, parts.universal_id, parts.universal_id_length);
	return identity_find_place(d->txn, d->arena, domain, id, &r) ? r.number : 0;
}

/* Of a document no entry of ours describes: consent is asked about whom it came for. */
static bool index_tells(const struct registry_desk *d, const struct kept_document *k,
			struct retrieved_document *out)
{
	out->mime_type = k->mime_type;
	out->subject = subject_of(d, k->patient_id);
	out->source_system = k->source_system;
	/* What kind of document it is another registry knows. */
	const struct document_entry untold = { .subject = out->subject,
					       .source_system = k->source_system };
	bool shown = d->admission->shown(d->admission->self, d->txn, &untold)
		     && document_registry_knows(d, out->subject);
	out->refused = d->admission->denied(d->admission->self);
	return shown;
}

static bool too_many_open(const struct document_request *request, struct findings *f)
{
	return findings_error(f, PROBLEM_BUSY, request->document_unique_id,
			      request->document_unique_id,
			      "too many documents are on their way already");
}

bool document_repository_is_withdrawn(const struct registry_desk *d, const char *system)
{
	const struct registered_system gone = { .name = system }, *s;
	struct lockout is;
	if (system == NULL)
		return false;
	s = region_system(d->region, system);
	return lockout_withdrawn(d->txn, d->arena, s == NULL ? &gone : s, &is)
	       || store_failed(d->txn);
}

/* The framework's word for a document that "is no longer available" (ITI TF-3: 4.2.4.1): which is
 * no secret, for who may see its entry. */
static bool withdrawn_document(const struct document_request *request, struct findings *f)
{
	return findings_error(f, PROBLEM_DOCUMENT_UNIQUE_ID, request->document_unique_id,
			      request->document_unique_id,
			      "the facility that submitted it has withdrawn from the region: it is "
			      "not to be had here");
}

/* A place among the large documents that may be on their way to one system: it is given back when
 * the answer has left. */
struct way {
	struct shares *all;
	struct share *place;
};

static void leave_way(void *with)
{
	struct way *w = with;
	shares_give(w->all, w->place);
	w->place = NULL;
}

/* NULL, with the finding: it has as many as it may. */
static struct way *take_way(const struct registry_desk *d, const struct document_request *request,
			    struct findings *f)
{
	struct way *w = arena_new(d->arena, struct way);
	if (d->open == NULL || d->sender == NULL)
		return w;
	w->all = d->open;
	arena_at_end(d->arena, leave_way, w);
	w->place = shares_take(d->open, d->sender->name, d->open_most);
	if (w->place != NULL)
		return w;
	findings_error(f, PROBLEM_BUSY, request->document_unique_id, request->document_unique_id,
		       "%u documents are on their way to this system already (service "
		       "open-documents-per-peer)",
		       d->open_most);
	return NULL;
}

/* Small documents are memory until the answer has left: so many octets of them have a place as a
 * large one has. */
enum { SMALL_TOGETHER = 1 << 20 };

/* What one request asks for, as it is opened. */
struct opening {
	const struct registry_desk *desk;
	struct arena *each;
	struct findings *findings;
	uint64_t small; /* octets of small ones that have no place yet */
};

static bool fill_a_place(struct opening *o, uint64_t size)
{
	o->small += size;
	bool filled = o->small >= SMALL_TOGETHER;
	if (filled)
		o->small = 0;
	return filled;
}

static bool open_one(struct opening *o, const struct document_request *request,
		     const struct kept_document *kept, struct retrieved_document *out)
{
	const struct registry_desk *d = o->desk;
	struct findings *f = o->findings;
	struct problem p = { .code = PROBLEM_NONE };
	struct way *w = take_way(d, request, f);
	if (w == NULL)
		return false;
	bool opened = blob_open(d->txn, kept->sha256, d->arena, &out->content, &p);
	if (out->content.fd < 0 && !(opened && fill_a_place(o, out->content.size)))
		leave_way(w);
	if (!opened)
		return findings_error(
			f, p.code == PROBLEM_NOT_FOUND ? PROBLEM_DOCUMENT_UNIQUE_ID : p.code,
			request->document_unique_id, request->document_unique_id,
			"the document could not be read");
	if (out->content.fd >= 0 && descriptor_is_kept(out->content.fd, DESCRIPTORS_KEPT))
		return too_many_open(request, f);
	return true;
}

static bool is_on_demand(const struct registry_desk *d, const struct document_request *request,
			 struct retrieved_document *out)
{
	struct on_demand_document what;
	if (!on_demand_source_finds(d, request->repository_unique_id, request->document_unique_id,
				    &what))
		return false;
	struct on_demand_document *kept = arena_new(d->arena, struct on_demand_document);
	*kept = what;
	out->on_demand = kept;
	out->subject = what.subject;
	out->mime_type = on_demand_mime_type(what.view.form);
	out->content.fd = -1;
	return true;
}

bool document_repository_made(const struct registry_desk *d, struct retrieved_document *doc,
			      const char *new_unique_id, struct bytes octets)
{
	doc->new_unique_id = new_unique_id;
	doc->content.octets = octets;
	doc->content.size = octets.length;
	doc->patient_id = patient_of(d, doc->subject);
	return doc->found = true;
}

bool document_repository_not_made(struct retrieved_document *doc, const struct problem *why,
				  struct findings *f)
{
	const char *id = doc->request->document_unique_id;
	return findings_error(f, why->code, id, id, "%s", why->what);
}

/* What was pushed to its own facility: no entry of the registry describes it, and for all others it
 * is in no repository. */
static bool retrieve_pushed(struct opening *o, const struct facility_inbox *inbox,
			    const struct document_request *request, struct retrieved_document *out)
{
	const struct registry_desk *d = o->desk;
	struct kept_document kept = { .unique_id = request->document_unique_id };
	if (!document_recipient_finds(d, inbox, request->document_unique_id, &kept, &out->pushed))
		return unknown_document(request, o->findings);
	out->mime_type = kept.mime_type;
	out->patient_id = kept.patient_id;
	return open_one(o, request, &kept, out) && (out->found = true);
}

static bool retrieve_one(struct opening *o, const struct document_request *request,
			 struct retrieved_document *out)
{
	const struct registry_desk *d = o->desk;
	struct findings *f = o->findings;
	struct kept_document kept;
	if (d->community != NULL && request->home_community_id == NULL)
		return findings_error(f, PROBLEM_MISSING_COMMUNITY, request->document_unique_id,
				      "HomeCommunityId", "is needed: this community's is \"%s\"",
				      d->region->home_community_id);
	if (request->home_community_id != NULL
	    && !text_equal(request->home_community_id, d->region->home_community_id))
		return findings_error(f, PROBLEM_UNKNOWN_COMMUNITY, request->document_unique_id,
				      request->home_community_id, "is not this community");
	const struct facility_inbox *inbox = region_inbox_of_repository(
		d->region, request->repository_unique_id);
	if (inbox != NULL && inbox_is_of(d->region, inbox, d->sender))
		return retrieve_pushed(o, inbox, request, out);
	if (!region_has_repository(d->region, request->repository_unique_id))
		return findings_error(f, PROBLEM_UNKNOWN_REPOSITORY, request->document_unique_id,
				      request->repository_unique_id,
				      "is no repository of this gateway");
	bool is_kept = repository_find(d->txn, d->arena, request->repository_unique_id,
				       request->document_unique_id, &kept);
	if (!is_kept && is_on_demand(d, request, out))
		return true;
	if (!is_kept
	    || !(kept.patient_id != NULL ? index_tells(d, &kept, out)
					 : entry_tells(d, o->each, request, out)))
		return out->refused ? refused_document(request, f) : unknown_document(request, f);
	if (d->sender != NULL && document_repository_is_withdrawn(d, kept.source_system))
		return withdrawn_document(request, f);
	if (!open_one(o, request, &kept, out))
		return false;
	out->patient_id = patient_of(d, out->subject);
	if (out->may_be_accepted)
		out->accepted = acceptance_begins(d, request);
	return out->found = true;
}

struct retrieved_document *document_repository_retrieve(const struct registry_desk *d,
							const struct document_request *requests,
							struct findings *f)
{
	struct retrieved_document *first = NULL, **last = &first;
	struct opening o = { .desk = d, .each = arena_create_within(d->arena), .findings = f };
	bool full = false; /* the one that showed it is open as well: no other is tried */
	for (; requests != NULL; requests = requests->next) {
		struct retrieved_document *one = arena_new(d->arena, struct retrieved_document);
		one->request = requests;
		if (full)
			too_many_open(requests, f);
		else
			retrieve_one(&o, requests, one);
		full = full || (one->content.fd > 0 && !one->found);
		*last = one;
		last = &one->next;
	}
	return first;
}
