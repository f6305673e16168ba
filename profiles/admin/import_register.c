/* profiles/admin/import_register.c: one submission set of an export, registered as it was. */
#include "profiles/admin/importing.h"

#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/on_demand_source.h"
#include "profiles/actors/quota.h"
#include "profiles/actors/registration.h"
#include "schemas/model/document.h"
#include "store/blobs.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"

enum { PIECE = 1 << 16, ROUNDS_MOST = 4 };

/* Octets that are in the store's keeping already; the job makes them known. */
struct taken {
	const struct document_entry *entry;
	struct blob blob;
	struct taken *next;
};

struct registering {
	struct bundle_import *im;
	struct moved_set *s;
	struct taken *documents;
	uint64_t stored_elsewhere;
	unsigned ready; /* of its Associations */
};

/* ---- Octets ---- */

static bool copy(struct blob_writer *w, int fd, struct problem *p)
{
	unsigned char piece[PIECE];
	ssize_t n;
	while ((n = read(fd, piece, sizeof piece)) > 0)
		if (!blob_write(w, piece, (size_t)n, p))
			return false;
	return n == 0 || problem_set(p, PROBLEM_INTERNAL, "a document could not be read");
}

static bool is_hash_of(struct arena *a, const struct taken *d, const unsigned char *sha256)
{
	const char *sha1 = bytes_to_hex(a, (struct bytes){ d->blob.sha1, BLOB_SHA1 });
	return memcmp(d->blob.sha256, sha256, BLOB_SHA256) == 0
	       && text_equal_nocase(sha1, d->entry->hash);
}

bool taking_octets(struct bundle_import *im, const unsigned char *sha256, const char *below,
		   struct blob *out, struct problem *p)
{
	char name[BUNDLE_NAME];
	bundle_document_name(sha256, name);
	struct blob_writer *w = blob_begin(im->x->store, im->each, p);
	int fd = w == NULL ? -1 : bundle_file(im->bundle, name, p);
	if (fd < 0)
		return false;
	blob_below(w, below);
	bool copied = copy(w, fd, p);
	close(fd);
	return copied && blob_finish(w, out, p);
}

static bool take(struct registering *r, const struct moved_document *from, struct taken *d,
		 struct problem *p)
{
	struct bundle_import *im = r->im;
	unsigned char sha256[BUNDLE_SHA256];
	char name[BUNDLE_NAME];
	bytes_from_hex(from->sha256, BUNDLE_HEX, sha256);
	bundle_document_name(sha256, name);
	if (!taking_octets(im, sha256, region_documents_of(im->x->region, r->s->submitter->name),
			   &d->blob, p))
		return false;
	return is_hash_of(im->each, d, sha256)
	       || problem_set(p, PROBLEM_NON_IDENTICAL_HASH,
			      "the hash that its entry says is not that of %s", name);
}

static bool take_all(struct registering *r, struct problem *p)
{
	struct taken **last = &r->documents;
	for (struct document_entry *e = r->s->submission->entries; e != NULL; e = e->next) {
		const struct moved_document *d = r->s->documents;
		while (d != NULL && !text_equal(d->entry, e->id))
			d = d->next;
		if (d == NULL || d->sha256 == NULL)
			continue;
		*last = arena_new(r->im->each, struct taken);
		(*last)->entry = e;
		if (!take(r, d, *last, p))
			return false;
		last = &(*last)->next;
	}
	return true;
}

/* ---- The job ---- */

static struct registry_desk desk_of(const struct registering *r, struct store_txn *t)
{
	struct exchange *x = r->im->x;
	return (struct registry_desk){ .arena = r->im->each,
				       .region = x->region,
				       .sender = r->s->submitter,
				       .admission = &x->admission,
				       .needed = &x->needed,
				       .now = store_clock(t)->now(store_clock(t)),
				       .txn = t,
				       .stored_elsewhere = r->stored_elsewhere };
}

/* What of a submission is registered in the job that registers its Associations. */
static struct text_set ids_of(struct arena *a, const struct submission *s)
{
	struct text_set ids = text_set_in(a);
	if (s->set != NULL)
		text_set_add(&ids, s->set->id);
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		text_set_add(&ids, e->id);
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		text_set_add(&ids, f->id);
	return ids;
}

static bool is_there(struct store_txn *t, const struct text_set *ids, const char *id)
{
	return text_set_has(ids, id) || registry_has(t, id);
}

/* Of all its Associations those whose ends are there, and which are not. One may end at another, so
 * they are gone through again as long as some are found; not for ever, for a chain of them could be
 * as long as the list: the rest waits. with: what is registered in the same job. */
static struct association *ready(struct arena *a, struct store_txn *t, const struct submission *all,
				 const struct submission *with, const char *system, unsigned *count)
{
	struct association *first = NULL, **last = &first;
	struct text_set ids = ids_of(a, with);
	bool more = true;
	*count = 0;
	for (unsigned round = 0; more && round < ROUNDS_MOST; round++) {
		more = false;
		for (const struct association *x = all->associations; x != NULL; x = x->next) {
			if (is_there(t, &ids, x->id) || !is_there(t, &ids, x->source)
			    || !is_there(t, &ids, x->target))
				continue;
			*last = arena_new(a, struct association);
			**last = *x;
			(*last)->source_system = system;
			(*last)->home_community_id = NULL;
			(*last)->next = NULL;
			last = &(*last)->next;
			text_set_add(&ids, x->id);
			++*count;
			more = true;
		}
	}
	return first;
}

static unsigned association_count(const struct submission *s)
{
	unsigned count = 0;
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		count++;
	return count;
}

static void attribute(const struct registering *r, struct submission *s, uint64_t subject,
		      const char *patient)
{
	const char *system = r->s->submitter->name;
	for (struct document_entry *e = s->entries; e != NULL; e = e->next) {
		e->subject = subject;
		e->source_system = system;
		e->patient_id = patient;
		e->home_community_id = NULL;
		for (const struct taken *d = r->documents; d != NULL; d = d->next)
			if (text_equal(d->entry->id, e->id))
				e->repository_unique_id = region_repository_of(r->im->x->region,
									       system);
	}
	for (struct folder *f = s->folders; f != NULL; f = f->next) {
		f->subject = subject;
		f->source_system = system;
		f->patient_id = patient;
		f->home_community_id = NULL;
	}
	s->set->subject = subject;
	s->set->source_system = system;
	s->set->patient_id = patient;
	s->set->home_community_id = NULL;
}

static bool keep_octets(const struct registering *r, struct store_txn *t, struct problem *p)
{
	const struct registered_system *system = r->s->submitter;
	for (const struct taken *d = r->documents; d != NULL; d = d->next) {
		struct kept_document kept = {
			.repository_unique_id = region_repository_of(r->im->x->region,
								     system->name),
			.unique_id = d->entry->unique_id,
			.mime_type = d->entry->mime_type,
			.size = d->blob.size,
			.source_system = system->name,
		};
		memcpy(kept.sha256, d->blob.sha256, sizeof kept.sha256);
		if (!repository_put(t, r->im->each, &kept, &d->blob, p))
			return false;
	}
	return true;
}

static bool record(const struct registering *r, struct store_txn *t, const struct submission *own,
		   struct problem *p)
{
	struct exchange x = *r->im->x;
	x.arena = r->im->each;
	x.problem.code = PROBLEM_NONE;
	struct audit_event *e = taking_event(&x, r->s->submitter, 110107, AUDIT_CREATE);
	audit_patient(&x, e, r->s->patient);
	audit_submission_set(&x, e, own->set->unique_id);
	for (const struct document_entry *d = own->entries; d != NULL; d = d->next) {
		struct audit_object *o = audit_add_object(&x, e);
		o->id = d->unique_id;
		o->type_code = 2;
		o->type_code_role = 3;
		o->id_type = (struct coded_value){ .code = "9",
						   .scheme = "RFC-3881",
						   .display = "Report Number" };
		audit_add_detail(&x, o, "Repository Unique Id",
				 bytes_of_text(d->repository_unique_id));
	}
	audit_add_offered(&x, e, own->offered);
	return r->im->x->record(r->im->x, t, r->im->each, e)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the audit record of an import could not be kept");
}

/* The words of the first finding. */
static bool refuse(const struct findings *f, struct problem *p)
{
	return f->first == NULL
		       ? problem_set(p, PROBLEM_INTERNAL, "it could not be registered")
		       : problem_set(p, f->first->problem.code, "%s", f->first->problem.what);
}

static bool whose(const struct registering *r, struct store_txn *t, struct patient_record *out,
		  struct problem *p)
{
	return identity_find_place(t, r->im->each, r->s->domain, r->s->id, out)
	       || problem_set(p, PROBLEM_UNKNOWN_PATIENT,
			      "its patient is in no line of %s, and not known here",
			      bundle_identities);
}

static bool run_job(void *with, struct store_txn *t, struct problem *p)
{
	struct registering *r = with;
	struct arena *a = r->im->each;
	struct registry_desk desk = desk_of(r, t);
	struct findings f = findings_in(a);
	struct submission *own = registration_copy(a, r->s->submission);
	struct patient_record patient;
	if (!whose(r, t, &patient, p))
		return false;
	const char *regional = document_registry_regional_id(&desk, patient.person);
	if (regional == NULL)
		return problem_set(p, PROBLEM_INTERNAL, "the patient could not be read");
	attribute(r, own, patient.number, regional);
	own->associations = ready(a, t, r->s->submission, own, r->s->submitter->name, &r->ready);
	if (!keep_octets(r, t, p) || !registry_take_over(t, a, own, desk.now, p))
		return false;
	if (!quota_holds(&desk, &f) || !on_demand_source_offer(&desk, own, &f))
		return refuse(&f, p);
	return record(r, t, own, p);
}

/* Where the store cannot go on nothing else can; all else is this set's. */
static bool told(struct bundle_import *im, const struct moved_set *s, const struct problem *p)
{
	if (p->code == PROBLEM_STORE_FULL || p->code == PROBLEM_AUDIT_UNAVAILABLE)
		im->x->problem = *p;
	return taking_fault(im, s->name, "%s", p->what);
}

bool taking_register(struct bundle_import *im, struct moved_set *s)
{
	struct registering r = { .im = im, .s = s };
	struct problem p = { .code = PROBLEM_NONE };
	const struct registry_desk desk = { .sender = s->submitter, .txn = im->txn };
	r.stored_elsewhere = quota_elsewhere(&desk);
	if (!take_all(&r, &p) || !taking_write(im, run_job, &r, sizeof r, &p))
		return told(im, s, &p);
	im->later += association_count(s->submission) - r.ready;
	return true;
}

/* ---- Associations that had to wait ---- */

static bool run_associations(void *with, struct store_txn *t, struct problem *p)
{
	struct registering *r = with;
	struct arena *a = r->im->each;
	struct submission *own = arena_new(a, struct submission);
	own->associations = ready(a, t, r->s->submission, own, r->s->submitter->name, &r->ready);
	return registry_take_over(t, a, own, store_clock(t)->now(store_clock(t)), p);
}

static unsigned missing(struct bundle_import *im, const struct submission *s)
{
	unsigned count = 0;
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		count += !registry_has(im->txn, x->id);
	return count;
}

void taking_look(struct bundle_import *im, const struct moved_set *s)
{
	im->later += missing(im, s->submission);
}

bool taking_associations(struct bundle_import *im, struct moved_set *s)
{
	static const struct submission alone;
	struct registering r = { .im = im, .s = s };
	struct problem p = { .code = PROBLEM_NONE };
	unsigned left = missing(im, s->submission), possible = 0;
	if (left == 0)
		return true;
	ready(im->each, im->txn, s->submission, &alone, s->submitter->name, &possible);
	if (possible > 0 && !taking_write(im, run_associations, &r, sizeof r, &p))
		return told(im, s, &p);
	im->counts.associations += possible;
	im->counts.waiting += left - possible;
	if (left > possible)
		taking_warning(im, s->name,
			       "%u associations lead to what is not here; import again when it is",
			       left - possible);
	return true;
}
