/* profiles/admin/export_set.c: one submission set, with all that came with it, as ebRIM and JSON.
 *
 * Every object is exported once, with the set it came with: an entry or folder with the first set
 * it is a member of; an Association that is nobody's member (a relationship, what an update copied)
 * with the object it starts at. */
#include "profiles/admin/exporting.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/document_repository.h"
#include "profiles/admin/bundle_metadata.h"
#include "profiles/admin/disclosing.h"
#include "schemas/model/document.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"

struct gathering {
	struct exporting *ex;
	struct arena *arena;
	const struct person *person;
	struct submission *s;
	struct text_set known;
	struct document_entry **last_entry;
	struct folder **last_folder;
	struct association **last_association;
	const char *patient;
};

/* By the operator's right. */
static struct registry_desk operators(const struct exporting *ex)
{
	return (struct registry_desk){ .admission = &ex->x->admission, .txn = ex->txn };
}

/* ---- Whose ---- */

static const struct patient_record *record_of(const struct person *person, uint64_t number)
{
	const struct patient_record *r = person->records;
	while (r != NULL && r->number != number)
		r = r->next;
	return r;
}

/* What hangs on the region's own record is said under a number of who submitted it, else under the
 * first there is; in a facility's export that is one of the facility's, or there is none. */
static const struct patient_record *speaks_for(const struct gathering *g, const char *system)
{
	const struct exporting *ex = g->ex;
	const struct registered_system *s = region_system(ex->x->region, system);
	const struct patient_record *first = NULL;
	for (const struct patient_record *r = g->person->records; r != NULL; r = r->next) {
		if (r->status != RECORD_ACTIVE || !export_says(ex, g->person, r))
			continue;
		if (system_owns(s, r->domain))
			return r;
		if (first == NULL)
			first = r;
	}
	return first;
}

static const char *patient_of(const struct gathering *g, uint64_t subject, const char *system)
{
	const struct patient_record *r = record_of(g->person, subject);
	if (r == NULL || !export_says(g->ex, g->person, r))
		r = speaks_for(g, system);
	return r == NULL ? NULL : cx_text(g->arena, r->id, r->domain);
}

/* ---- What came with it ---- */

static bool is_set(const struct gathering *g, const char *uuid)
{
	return registry_submission_set(g->ex->txn, g->arena, uuid) != NULL;
}

/* The set it came with: the first it is a member of. */
static bool is_home(const struct gathering *g, const char *uuid)
{
	struct registry_ends *ends = registry_ends_to(g->ex->txn, g->arena, uuid);
	const struct association *x;
	bool home = false, found = false;
	while (!found && (x = registry_next_end(ends, g->arena)) != NULL) {
		found = x->type == ASSOCIATION_HAS_MEMBER && is_set(g, x->source);
		home = found && text_equal(x->source, g->s->set->id);
	}
	registry_ends_over(ends);
	return home;
}

static bool is_anybodys_member(const struct gathering *g, const char *uuid)
{
	const struct association *x = registry_to(g->ex->txn, g->arena, uuid);
	while (x != NULL && (x->type != ASSOCIATION_HAS_MEMBER || !is_set(g, x->source)))
		x = x->next;
	return x != NULL;
}

static const char *home_said(const struct gathering *g, const char *home)
{
	return text_equal(home, g->ex->x->region->home_community_id) ? NULL : home;
}

/* What we offer of a facility's message (profiles/actors/on_demand_each.h) the next registry offers
 * itself. */
static bool is_form(const struct gathering *g, const char *uuid)
{
	const struct sealed_entry *e = registry_entry(g->ex->txn, g->arena, uuid);
	struct registry_source of;
	return e != NULL && registry_is_form(registry_entry_facts(e), &of);
}

static bool joins_form(const struct gathering *g, const struct association *x)
{
	const struct association *y = registry_association(g->ex->txn, g->arena, x->target);
	return is_form(g, x->source) || is_form(g, x->target)
	       || (y != NULL && (is_form(g, y->source) || is_form(g, y->target)));
}

static void add_association(struct gathering *g, struct association *x)
{
	if (joins_form(g, x) || !text_set_add(&g->known, x->id))
		return;
	x->home_community_id = home_said(g, x->home_community_id);
	x->next = NULL;
	*g->last_association = x;
	g->last_association = &x->next;
}

/* What starts at an object and is nobody's member came with that object. */
static void add_from(struct gathering *g, const char *uuid)
{
	struct association *next;
	for (struct association *x = registry_from(g->ex->txn, g->arena, uuid); x != NULL;
	     x = next) {
		next = x->next;
		if (!is_anybodys_member(g, x->id))
			add_association(g, x);
	}
}

/* An id of the affinity domain, alone or among others: |id^^^&OID&ISO~... */
static bool has_regional(const struct gathering *g, const char *text)
{
	const char *domain = arena_printf(g->arena, "^^^&%s&ISO",
					  g->ex->x->region->affinity_domain);
	return text != NULL && strstr(text, domain) != NULL;
}

/* Who submitted by the region's id may have said it of the source's patient, too: where it stood
 * stands the facility's number, or nothing. */
static void withhold_regional(const struct gathering *g, struct document_entry *e,
			      const char *patient)
{
	struct text_value **last = &e->source_patient_info;
	if (has_regional(g, e->source_patient_id))
		e->source_patient_id = patient;
	while (*last != NULL)
		if (has_regional(g, (*last)->value))
			*last = (*last)->next;
		else
			last = &(*last)->next;
}

static bool add_entry(struct gathering *g, const char *uuid)
{
	const struct registry_desk desk = operators(g->ex);
	struct document_entry *e = document_registry_entry(
		&desk, registry_entry(g->ex->txn, g->arena, uuid));
	if (e == NULL || document_is_form(e) || !is_home(g, uuid) || !text_set_add(&g->known, uuid))
		return e != NULL;
	const char *patient = patient_of(g, e->subject, e->source_system);
	withhold_regional(g, e, patient);
	e->patient_id = patient != NULL ? patient : e->source_patient_id;
	e->home_community_id = home_said(g, e->home_community_id);
	e->next = NULL;
	*g->last_entry = e;
	g->last_entry = &e->next;
	add_from(g, uuid);
	return true;
}

static bool add_folder(struct gathering *g, const char *uuid)
{
	const struct registry_desk desk = operators(g->ex);
	struct folder *f = document_registry_folder(&desk,
						    registry_folder(g->ex->txn, g->arena, uuid));
	if (f == NULL || !is_home(g, uuid) || !text_set_add(&g->known, uuid))
		return f != NULL;
	f->patient_id = patient_of(g, f->subject, f->source_system);
	f->home_community_id = home_said(g, f->home_community_id);
	f->next = NULL;
	*g->last_folder = f;
	g->last_folder = &f->next;
	add_from(g, uuid);
	return true;
}

static void add_member(struct gathering *g, const char *uuid)
{
	struct association *x;
	if (!add_entry(g, uuid) && !add_folder(g, uuid)
	    && (x = registry_association(g->ex->txn, g->arena, uuid)) != NULL)
		add_association(g, x);
}

struct export_set *export_gather(struct exporting *ex, struct arena *a, const struct person *person,
				 const char *uuid)
{
	struct export_set *out = arena_new(a, struct export_set);
	struct submission *s = arena_new(a, struct submission);
	struct gathering g = { .ex = ex,
			       .arena = a,
			       .person = person,
			       .s = s,
			       .known = text_set_in(a),
			       .last_entry = &s->entries,
			       .last_folder = &s->folders,
			       .last_association = &s->associations };
	struct sealed_set *sealed = registry_submission_set(ex->txn, a, uuid);
	const char *fingerprint = sealed == NULL ? NULL : registry_set_fingerprint(sealed);
	const struct registry_desk desk = operators(ex);
	s->set = document_registry_set(&desk, sealed);
	if (s->set == NULL || (s->set->sources != NULL && s->set->sources->document != NULL))
		return NULL;
	*out = (struct export_set){ .submission = s,
				    .submitter = s->set->source_system,
				    .fingerprint = fingerprint };
	s->set_count = 1;
	s->set->next = NULL;
	struct association *next;
	for (struct association *x = registry_from(ex->txn, a, uuid); x != NULL; x = next) {
		next = x->next;
		add_association(&g, x);
		add_member(&g, x->target);
	}
	out->patient = patient_of(&g, s->set->subject, out->submitter);
	s->set->patient_id = out->patient != NULL ? out->patient
			     : s->entries != NULL ? s->entries->patient_id
						  : NULL;
	for (struct folder *f = s->folders; f != NULL; f = f->next)
		if (f->patient_id == NULL)
			f->patient_id = s->set->patient_id;
	s->set->home_community_id = home_said(&g, s->set->home_community_id);
	return out;
}

/* ---- Written ---- */

static bool octets_of(struct store_txn *t, struct arena *a, const struct region *r,
		      const struct document_entry *e, struct kept_document *kept)
{
	return e->type == ENTRY_STABLE && region_has_repository(r, e->repository_unique_id)
	       && repository_find(t, a, e->repository_unique_id, e->unique_id, kept);
}

json_t *export_entry_json(struct store_txn *t, struct arena *a, const struct region *r,
			  const struct document_entry *e)
{
	struct kept_document kept;
	json_t *o = metadata_entry_json(e);
	if (octets_of(t, a, r, e, &kept))
		json_object_set_new(
			o, "document",
			json_string(bytes_to_hex(a, (struct bytes){ kept.sha256, BLOB_SHA256 })));
	return o;
}

/* Who discloses gives what the region's facilities give; a facility that has withdrawn is asked
 * itself. */
static bool is_withheld(const struct exporting *ex, const struct kept_document *kept)
{
	const struct registry_desk desk = { .arena = ex->each,
					    .region = ex->x->region,
					    .txn = ex->txn };
	return ex->disclosing != NULL
	       && document_repository_is_withdrawn(&desk, kept->source_system);
}

static json_t *entry_json(struct exporting *ex, struct arena *a, const struct document_entry *e)
{
	struct kept_document kept;
	json_t *o = export_entry_json(ex->txn, a, ex->x->region, e);
	if (octets_of(ex->txn, a, ex->x->region, e, &kept) && is_withheld(ex, &kept))
		json_object_del(o, "document");
	return o;
}

static json_t *set_json(struct exporting *ex, struct arena *a, const struct export_set *s)
{
	const struct submission *all = s->submission;
	json_t *entries = json_array(), *folders = json_array(), *associations = json_array();
	for (const struct document_entry *e = all->entries; e != NULL; e = e->next)
		json_array_append_new(entries, entry_json(ex, a, e));
	for (const struct folder *f = all->folders; f != NULL; f = f->next)
		json_array_append_new(folders, metadata_folder_json(f));
	for (const struct association *x = all->associations; x != NULL; x = x->next)
		json_array_append_new(associations, metadata_association_json(x));
	json_t *o = json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "submitter", s->submitter,
			      "attributed", s->patient != NULL, "submissionSet",
			      metadata_set_json(all->set), "documentEntries", entries, "folders",
			      folders, "associations", associations);
	if (s->fingerprint != NULL)
		json_object_set_new(o, "fingerprint", json_string(s->fingerprint));
	return o;
}

static void put_octets(struct exporting *ex, struct arena *a, const struct document_entry *e)
{
	struct kept_document kept;
	struct blob_content content;
	if (!octets_of(ex->txn, a, ex->x->region, e, &kept) || is_withheld(ex, &kept))
		ex->counts.gone += e->type == ENTRY_STABLE;
	else if (blob_open(ex->txn, kept.sha256, a, &content, ex->problem))
		bundle_put_document(ex->bundle, &content);
}

static void put_metadata(struct exporting *ex, struct arena *a, const struct export_set *s)
{
	char name[BUNDLE_NAME];
	struct buffer json = buffer_in(a);
	struct xml_writer *w = xml_writer_begin(a);
	ex->number++;
	if (!json_append(&json, set_json(ex, a, s)))
		problem_set(ex->problem, PROBLEM_INTERNAL, "metadata could not be written as JSON");
	buffer_byte(&json, '\n');
	xml_put_declaration(w);
	ebrim_put_submission(w, s->submission);
	bundle_metadata_name(ex->number, "json", name);
	bundle_put(ex->bundle, name, buffer_bytes(&json));
	bundle_metadata_name(ex->number, "xml", name);
	bundle_put(ex->bundle, name, xml_writer_end(w));
}

void export_put_set(struct exporting *ex, struct arena *a, const struct export_set *s)
{
	struct export_counts *n = &ex->counts;
	if (ex->disclosing != NULL && !disclosing_allows(ex, a, s))
		return;
	for (const struct document_entry *e = s->submission->entries; e != NULL; e = e->next) {
		put_octets(ex, a, e);
		n->entries++;
	}
	for (const struct folder *f = s->submission->folders; f != NULL; f = f->next)
		n->folders++;
	for (const struct association *x = s->submission->associations; x != NULL; x = x->next)
		n->associations++;
	n->unattributed += s->patient == NULL;
	n->sets++;
	put_metadata(ex, a, s);
}
