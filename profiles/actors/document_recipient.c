/* profiles/actors/document_recipient.c: what is pushed to one facility's inbox. */
#include "profiles/actors/document_recipient.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/quota.h"
#include "profiles/actors/submission_index.h"
#include "store/inboxes.h"
#include "store/repository.h"
#include "store/store.h"

const struct facility_inbox *document_recipient_inbox(const struct registry_desk *d,
						      const char *name, struct findings *f)
{
	const struct facility_inbox *i = region_inbox(d->region, name);
	if (i != NULL && inbox_takes_from(i, d->sender->name))
		return i;
	findings_error(f, PROBLEM_UNKNOWN_RECIPIENT, NULL, name,
		       "there is no such inbox that %s may push to", d->sender->name);
	return NULL;
}

/* ---- What can be said without the store ---- */

/* Parameters of the type say how it is written, not what it is. */
static bool takes_type(const struct registry_desk *d, const struct facility_inbox *i,
		       const char *mime_type)
{
	if (i->media_types == NULL || mime_type == NULL)
		return true; /* that one is missing is told already */
	const char *type = arena_text_n(d->arena, mime_type, strcspn(mime_type, "; "));
	for (const char *const *m = i->media_types; *m != NULL; m++)
		if (text_equal_nocase(*m, type))
			return true;
	return false;
}

static void check_types(const struct registry_desk *d, const struct facility_inbox *i,
			const struct submission *s, struct findings *f)
{
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (!takes_type(d, i, e->mime_type))
			findings_error(f, PROBLEM_INVALID_DOCUMENT_CONTENT, NULL,
				       e->unique_id == NULL ? e->id : e->unique_id,
				       "this inbox takes no documents of type %s", e->mime_type);
}

/* A relationship to what did not come with it. */
static enum problem_code not_processed(enum association_type type)
{
	switch (type) {
	case ASSOCIATION_RPLC: return PROBLEM_REPLACE_NOT_PROCESSED;
	case ASSOCIATION_APND: return PROBLEM_APPEND_NOT_PROCESSED;
	case ASSOCIATION_XFRM: return PROBLEM_TRANSFORM_NOT_PROCESSED;
	case ASSOCIATION_XFRM_RPLC: return PROBLEM_TRANSFORM_REPLACE_NOT_PROCESSED;
	default: return PROBLEM_RELATIONSHIP_NOT_PROCESSED;
	}
}

/* Told with the uniqueId of the document it is about, where it is about one. */
static void tell_relationship(const struct association *x, const struct submitted *source,
			      struct findings *f)
{
	const struct document_entry *e = source != NULL && source->kind == SUBMITTED_ENTRY
						 ? source->object
						 : NULL;
	findings_warn(f, not_processed(x->type), NULL,
		      e == NULL || e->unique_id == NULL ? x->id : e->unique_id,
		      "the relationship was kept, and not processed: %s did not come with it",
		      x->target);
}

static void tell_folders(struct findings *f)
{
	findings_warn(f, PROBLEM_FOLDER_NOT_PROCESSED, NULL, "Folder",
		      "folders were kept with what was pushed, and not processed");
}

static void check_associations(const struct registry_desk *d, const struct submission *s,
			       struct findings *f)
{
	struct submission_index index = submission_index_of(d->arena, s);
	bool folders = s->folders != NULL;
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		const struct submitted *source = submission_index_find(&index, x->source);
		bool of_folder = x->type == ASSOCIATION_HAS_MEMBER
				 && (source == NULL || source->kind == SUBMITTED_FOLDER);
		folders = folders || of_folder;
		if (!of_folder && submission_index_find(&index, x->target) == NULL)
			tell_relationship(x, source, f);
	}
	if (folders)
		tell_folders(f);
}

/* Of whom it names an institution we know whether it is the inbox's. */
static void check_recipients(const struct registry_desk *d, const struct facility_inbox *i,
			     const struct submission *s, struct findings *f)
{
	const struct registered_system *facility = region_system(d->region, i->facility);
	for (const struct text_value *v = s->set->intended_recipients; v != NULL; v = v->next) {
		size_t length = strcspn(v->value, "|");
		if (length != 0 && facility != NULL
		    && !system_is_institution(facility, arena_text_n(d->arena, v->value, length)))
			findings_warn(f, PROBLEM_UNKNOWN_RECIPIENT, NULL, "intendedRecipient",
				      "an institution it names is not the one this inbox is of");
	}
}

bool document_recipient_receive(const struct registry_desk *d, const struct facility_inbox *inbox,
				struct submission *s, const struct provided_document *documents,
				bool readable, struct findings *f)
{
	if (!provided_documents_match(d, inbox->repository_unique_id, s, documents, f) || !readable)
		return false;
	document_registry_validate(
		d, s, inbox->limited_metadata ? SUBMISSION_PUSHES_LIMITED : SUBMISSION_PUSHES, f);
	check_types(d, inbox, s, f);
	if (f->errors != 0)
		return false;
	check_associations(d, s, f);
	check_recipients(d, inbox, s, f);
	return true;
}

/* ---- What is kept ---- */

static bool has_room(const struct registry_desk *d, const struct facility_inbox *i,
		     const struct push *p, struct findings *f)
{
	struct inbox_sum sum = inbox_sum_of(d->txn, i->name);
	uint64_t more = push_octets(p);
	if (sum.pushes >= i->most)
		return findings_error(f, PROBLEM_INBOX_FULL, NULL, i->name,
				      "the inbox holds %u submissions, and may hold no more "
				      "(most)",
				      i->most);
	return (sum.octets <= i->quota && more <= i->quota - sum.octets)
	       || findings_error(f, PROBLEM_INBOX_FULL, NULL, i->name,
				 "the inbox would hold %llu octets with this, and may hold %llu "
				 "(quota)",
				 (unsigned long long)(sum.octets + more),
				 (unsigned long long)i->quota);
}

static struct push push_of(const struct registry_desk *d, const struct facility_inbox *i,
			   const struct submission *s, const struct provided_document *documents,
			   const struct blob *metadata)
{
	struct push p = { .inbox = i->name,
			  .set_unique_id = s->set->unique_id,
			  .system = d->sender->name,
			  .patient_id = s->set->patient_id,
			  .fingerprint = s->set->fingerprint,
			  .metadata = *metadata };
	struct pushed_document **last = &p.documents;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		*last = arena_new(d->arena, struct pushed_document);
		**last = (struct pushed_document){
			.unique_id = e->unique_id,
			.entry_id = e->id,
			.mime_type = e->mime_type,
			.title = e->title == NULL ? NULL : e->title->value,
			.octets = *provided_document_of(documents, e->id)->blob,
		};
		if (p.patient_id == NULL)
			p.patient_id = e->patient_id;
		last = &(*last)->next;
	}
	return p;
}

bool document_recipient_keep(const struct registry_desk *d, const struct facility_inbox *inbox,
			     const struct submission *s, const struct provided_document *documents,
			     const struct blob *metadata, bool *again, struct findings *f)
{
	struct push before, p = push_of(d, inbox, s, documents, metadata);
	struct problem why = { .code = PROBLEM_NONE };
	*again = push_of_set(d->txn, d->arena, inbox->name, p.set_unique_id, &before)
		 && text_equal(before.system, p.system)
		 && text_equal(before.fingerprint, p.fingerprint);
	if (*again)
		return true;
	if (!has_room(d, inbox, &p, f))
		return false;
	return push_put(d->txn, d->arena, &p, &why)
		       ? quota_holds(d, f)
		       : findings_error(f, why.code, NULL, why.where, "%s", why.what);
}

bool document_recipient_finds(const struct registry_desk *d, const struct facility_inbox *inbox,
			      const char *unique_id, struct kept_document *out, const char **push)
{
	struct push p;
	const struct pushed_document *doc;
	if (!push_of_document(d->txn, d->arena, inbox->name, unique_id, &p, &doc))
		return false;
	memcpy(out->sha256, doc->octets.sha256, sizeof out->sha256);
	out->size = doc->octets.size;
	out->mime_type = doc->mime_type;
	out->patient_id = p.patient_id;
	out->source_system = p.system;
	*push = p.id;
	return true;
}
