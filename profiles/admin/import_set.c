/* profiles/admin/import_set.c: submission sets of an export: read, judged, compared with what is
 * here.
 *
 * The ebRIM is what is read; the JSON beside it says what ebRIM has no place for: who submitted it,
 * under which hash the octets stand. Statuses and versions are attributes of ebRIM that a
 * submission has no say in, so that they are read here. */
#include "profiles/admin/importing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/submitter.h"
#include "profiles/admin/bundle_metadata.h"
#include "profiles/admin/exporting.h"
#include "schemas/model/document.h"
#include "store/registry.h"
#include "store/store.h"

struct reading {
	struct bundle_import *im;
	const struct bundle_sum *json, *xml; /* json NULL: it did not stand before */
	bool only_associations;
	bool done;
};

static bool fault(struct bundle_import *im, const struct moved_set *s, const char *what)
{
	return taking_fault(im, s->name, "%s", what);
}

/* ---- Read ---- */

/* Submitter, fingerprint and documents. */
static bool read_json(struct bundle_import *im, struct moved_set *s, struct bytes text)
{
	struct problem p = { .code = PROBLEM_NONE };
	const json_t *o = bundle_json(text, &p), *entries;
	const char *submitter = bundle_text(o, "submitter", 200);
	struct moved_document **last = &s->documents;
	if (o == NULL)
		return fault(im, s, p.what);
	s->submitter = submitter == NULL ? NULL : region_system(im->x->region, submitter);
	if (s->submitter == NULL)
		return fault(im, s, "its submitter is no facility of this region");
	if (im->facility != NULL && s->submitter != im->facility)
		return fault(im, s, "is another facility's than the export");
	s->attributed = json_is_true(json_object_get(o, "attributed"));
	s->fingerprint = bundle_text(o, "fingerprint", BUNDLE_HEX);
	entries = json_object_get(o, "documentEntries");
	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *e = json_array_get(entries, i);
		struct moved_document *d = arena_new(im->each, struct moved_document);
		d->entry = bundle_text(e, "entryUUID", 64);
		d->sha256 = bundle_text(e, "document", BUNDLE_HEX);
		d->shown = json_object_get(json_object_get(e, "slots"), SUBMITTER_SLOT) != NULL;
		if (d->sha256 != NULL
		    && (strlen(d->sha256) != BUNDLE_HEX
			|| strspn(d->sha256, "0123456789abcdef") != BUNDLE_HEX))
			return fault(im, s, "names a document that is no SHA-256");
		*last = d;
		last = &d->next;
	}
	return true;
}

static uint32_t version_of(const struct xml_node *n)
{
	uint64_t version = 1;
	const char *name = xml_attribute(xml_child(n, RIM_NAMESPACE, "VersionInfo"), "versionName");
	if (name != NULL && !text_to_number(name, UINT32_MAX, &version))
		version = 0;
	return (uint32_t)version;
}

static enum availability_status status_of(const struct xml_node *n)
{
	return text_equal(xml_attribute(n, "status"), availability_status_urn(STATUS_DEPRECATED))
		       ? STATUS_DEPRECATED
		       : STATUS_APPROVED;
}

/* What a reader of submissions leaves to the registry: objects of a kind stand in the order they
 * were read. */
static void read_standing(const struct xml_node *request, struct submission *s)
{
	struct document_entry *e = s->entries;
	struct folder *f = s->folders;
	struct association *x = s->associations;
	const struct xml_node *list = xml_child(request, RIM_NAMESPACE, "RegistryObjectList");
	for (const struct xml_node *n = xml_first_element(list); n != NULL;
	     n = xml_next_element(n)) {
		const char *id = xml_attribute(n, "id");
		if (e != NULL && text_equal(e->id, id)) {
			e->status = status_of(n);
			e->version = version_of(n);
			e = e->next;
		} else if (f != NULL && text_equal(f->id, id)) {
			f->status = status_of(n);
			f->version = version_of(n);
			f = f->next;
		} else if (x != NULL && text_equal(x->id, id)) {
			x->status = status_of(n);
			x->logical_id = x->id;
			x = x->next;
		}
	}
}

static bool tell_findings(struct bundle_import *im, const struct moved_set *s,
			  const struct findings *f)
{
	for (const struct finding *one = f->first; one != NULL; one = one->next)
		if (!one->warning)
			taking_fault(im, s->name, "%s%s%s", one->problem.where,
				     one->problem.where[0] == '\0' ? "" : ": ", one->problem.what);
	return f->errors == 0;
}

static bool read_xml(struct bundle_import *im, struct moved_set *s, struct bytes text)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct findings f = findings_in(im->each);
	const struct xml_limits limits = { .octets = BUNDLE_METADATA_MOST,
					   .depth = xml_limits_default.depth,
					   .attributes = xml_limits_default.attributes,
					   .namespaces = xml_limits_default.namespaces,
					   .nodes = 4000000,
					   .text = xml_limits_default.text,
					   .tag = xml_limits_default.tag };
	const struct xml_document *d = xml_read(im->each, &limits, text, &p);
	s->submission = arena_new(im->each, struct submission);
	if (d == NULL)
		return fault(im, s, p.what);
	if (!ebrim_read_submission(im->each, xml_root(d), s->submission, &f))
		return tell_findings(im, s, &f);
	if (s->submission->set == NULL || s->submission->set_count != 1)
		return fault(im, s, "has not exactly one SubmissionSet");
	read_standing(xml_root(d), s->submission);
	s->submission->set->fingerprint = s->fingerprint;
	return true;
}

/* ---- Judged ---- */

static bool judge_patient(struct bundle_import *im, struct moved_set *s)
{
	struct cx_parts parts;
	s->patient = s->submission->set->patient_id;
	if (!metadata_type_cx(s->patient, &parts))
		return fault(im, s, "its patientId is no id of a facility");
	s->id = arena_text_n(im->each, parts.id, parts.id_length);
	s->domain = arena_text_n(im->each, parts.universal_id, parts.universal_id_length);
	if (!im->applying && taking_owner(im, s->domain) != NULL
	    && !taking_has_patient(im, s->domain, s->id))
		return fault(im, s, "its patient is in no line of identities.ndjson");
	return taking_owner(im, s->domain) != NULL
	       || fault(im, s, "its patientId is of no facility that this export may speak for");
}

static bool judge_document(struct bundle_import *im, const struct moved_set *s,
			   const struct document_entry *e, const struct moved_document *d)
{
	char name[BUNDLE_NAME];
	unsigned char sha256[BUNDLE_SHA256];
	struct problem p = { .code = PROBLEM_NONE };
	struct stat st;
	uint64_t size = 0;
	bytes_from_hex(d->sha256, BUNDLE_HEX, sha256);
	bundle_document_name(sha256, name);
	int fd = bundle_file(im->bundle, name, &p);
	if (fd < 0)
		return taking_fault(im, s->name, "names the document %s, which is not there", name);
	bool same = fstat(fd, &st) == 0 && e->size != NULL
		    && text_to_number(e->size, UINT64_MAX, &size) && (uint64_t)st.st_size == size;
	close(fd);
	return same || taking_fault(im, s->name, "says another size than %s has", name);
}

static const struct moved_document *document_of(const struct moved_set *s, const char *entry)
{
	const struct moved_document *d = s->documents;
	while (d != NULL && !text_equal(d->entry, entry))
		d = d->next;
	return d;
}

static bool judge(struct bundle_import *im, struct moved_set *s)
{
	struct findings f = findings_in(im->each);
	const struct registry_desk desk = { .arena = im->each,
					    .region = im->x->region,
					    .sender = s->submitter,
					    .admission = &im->x->admission,
					    .needed = &im->x->needed,
					    .now = im->x->now };
	if (!judge_patient(im, s) || !document_registry_takes(&desk, 0, &f)
	    || !document_registry_validate(&desk, s->submission, SUBMISSION_UPDATES, &f))
		return tell_findings(im, s, &f);
	for (struct document_entry *e = s->submission->entries; e != NULL; e = e->next) {
		const struct moved_document *d = document_of(s, e->id);
		if (e->type != ENTRY_STABLE)
			return fault(im, s, "has an entry whose document is made on demand");
		if (d == NULL)
			return fault(im, s, "has an entry that its JSON has not");
		if (d->sha256 != NULL && !judge_document(im, s, e, d))
			return false;
		if (d->shown)
			submitter_show(&desk, e);
	}
	return true;
}

/* ---- Compared ---- */

static struct registry_desk operators(const struct bundle_import *im)
{
	return (struct registry_desk){ .admission = &im->x->admission, .txn = im->txn };
}

/* As it would go home again, but for whose it is: that is what the import makes of it. */
static bool is_same_entry(struct bundle_import *im, const struct moved_set *s,
			  const struct document_entry *e)
{
	const struct registry_desk desk = operators(im);
	const struct moved_document *d = document_of(s, e->id);
	struct document_entry *here = document_registry_entry(
		&desk, registry_entry(im->txn, im->each, e->id));
	if (here == NULL || !text_equal(here->source_system, s->submitter->name))
		return false;
	here->patient_id = e->patient_id;
	here->home_community_id = e->home_community_id;
	json_t *now = export_entry_json(im->txn, im->each, im->x->region, here);
	if (d->sha256 != NULL)
		here->repository_unique_id = e->repository_unique_id;
	json_t *is = metadata_entry_json(here), *was = metadata_entry_json(e);
	bool same = json_equal(is, was)
		    && text_equal(json_string_value(json_object_get(now, "document")), d->sha256);
	json_decref(is);
	json_decref(was);
	json_decref(now);
	return same;
}

static bool is_same_set(struct bundle_import *im, const struct moved_set *s)
{
	const struct registry_desk desk = operators(im);
	struct submission_set *here = document_registry_set(
		&desk, registry_submission_set(im->txn, im->each, s->submission->set->id));
	if (here == NULL || !text_equal(here->source_system, s->submitter->name)
	    || !text_equal(here->unique_id, s->submission->set->unique_id))
		return false;
	for (const struct document_entry *e = s->submission->entries; e != NULL; e = e->next)
		if (!is_same_entry(im, s, e))
			return taking_fault(im, s->name,
					    "the document %s is registered here, and not as it "
					    "says: nothing is taken in over it",
					    e->unique_id),
			       false;
	return true;
}

static bool compare(struct bundle_import *im, struct moved_set *s)
{
	const struct submission *all = s->submission;
	uint64_t before = im->counts.faults;
	if (registry_has(im->txn, all->set->id)) {
		s->known = is_same_set(im, s);
		return s->known || im->counts.faults != before
			       ? s->known
			       : fault(im, s,
				       "its SubmissionSet is registered here, and not as it "
				       "says: nothing is taken in over it");
	}
	if (registry_submission_set_of(im->txn, im->each, all->set->unique_id) != NULL)
		return fault(im, s, "the uniqueId of its SubmissionSet is registered here already");
	for (const struct document_entry *e = all->entries; e != NULL; e = e->next)
		if (registry_has(im->txn, e->id))
			return taking_fault(im, s->name,
					    "the document %s is registered here, and not as it "
					    "says: nothing is taken in over it",
					    e->unique_id);
	for (const struct folder *f = all->folders; f != NULL; f = f->next)
		if (registry_has(im->txn, f->id))
			return fault(im, s, "a folder of it is registered here already");
	return true;
}

/* ---- Set by set ---- */

static bool read_both(struct reading *r, struct moved_set *s)
{
	struct bundle_import *im = r->im;
	struct bytes json, xml;
	struct problem p = { .code = PROBLEM_NONE };
	s->name = arena_text(im->each, r->xml->name);
	if (r->json == NULL
	    || strncmp(r->json->name, r->xml->name, strlen(r->xml->name) - strlen("xml")) != 0)
		return fault(im, s, "has no JSON beside it");
	if (!bundle_read(im->bundle, im->each, r->json, &json, &p)
	    || !bundle_read(im->bundle, im->each, r->xml, &xml, &p))
		return fault(im, s, p.what);
	return read_json(im, s, json) && read_xml(im, s, xml);
}

static void one_set(void *with)
{
	struct reading *r = with;
	struct bundle_import *im = r->im;
	struct moved_set *s = arena_new(im->each, struct moved_set);
	if (!read_both(r, s))
		return;
	if (!s->attributed) {
		if (!r->only_associations)
			im->counts.unattributed++;
		if (im->applying && !r->only_associations)
			taking_warning(im, s->name,
				       "is left out: its facility has no number for "
				       "its patient; provide it with one");
		return;
	}
	if (!judge(im, s))
		return;
	if (r->only_associations) {
		taking_associations(im, s);
		return;
	}
	if (!compare(im, s))
		return;
	im->counts.unchanged += s->known;
	im->counts.sets += !s->known;
	for (const struct moved_document *d = s->documents; d != NULL; d = d->next)
		im->counts.documents += !s->known && d->sha256 != NULL;
	if (im->applying && s->known)
		taking_look(im, s);
	else if (im->applying)
		taking_register(im, s);
}

static bool look_at(struct reading *r)
{
	struct bundle_import *im = r->im;
	im->txn = store_begin_read(im->x->store, &im->x->problem);
	if (im->txn == NULL)
		return false;
	if (!json_arena_run(im->each, one_set, r))
		taking_fault(im, r->xml->name, "is more than an import can hold");
	if (store_failed(im->txn) && im->x->problem.code == PROBLEM_NONE)
		im->x->problem = *store_problem(im->txn);
	store_end(im->txn);
	im->txn = NULL;
	arena_reset(im->each);
	progress_add(im->x->progress, 1);
	return !taking_ends(im);
}

static bool walk(struct bundle_import *im, bool only_associations)
{
	struct bundle_sum next, json = { .kind = BUNDLE_NOTHING };
	struct reading r = { .im = im, .only_associations = only_associations };
	bundle_rewind(im->bundle);
	while (!taking_ends(im) && bundle_next(im->bundle, &next, &im->x->problem)) {
		if (next.kind == BUNDLE_METADATA_JSON)
			json = next;
		if (next.kind != BUNDLE_METADATA_XML)
			continue;
		r.json = json.kind == BUNDLE_NOTHING ? NULL : &json;
		r.xml = &next;
		if (!look_at(&r))
			break;
		json.kind = BUNDLE_NOTHING;
	}
	return im->x->problem.code == PROBLEM_NONE;
}

/* An Association whose other end comes later waits until all have come. */
bool taking_sets(struct bundle_import *im)
{
	progress_begin(im->x->progress,
		       im->applying ? "submission sets" : "submission sets looked at", 0);
	return walk(im, false) && (im->later == 0 || im->counts.faults > 0 || walk(im, true));
}
