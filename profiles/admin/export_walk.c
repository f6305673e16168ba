/* profiles/admin/export_walk.c: person by person: records, decisions, submission sets. */
#include "profiles/admin/exporting.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/admin/bundle_person.h"
#include "profiles/admin/disclosing.h"
#include "store/blobs.h"
#include "store/consent.h"
#include "store/identity_history.h"
#include "store/registry.h"
#include "store/store.h"

enum {
	PERSONS_AT_ONCE = 16, /* of one snapshot */
	CONSENTS_AT_ONCE = 1000
};

/* A facility's ids are of its domains; the region's own record has none that may be said. */
bool export_says(const struct exporting *ex, const struct person *person,
		 const struct patient_record *record)
{
	return record->number != person->regional_record
	       && !text_equal(record->domain, ex->x->region->affinity_domain)
	       && (ex->facility == NULL || system_owns(ex->facility, record->domain));
}

/* ---- Records ---- */

static json_t *version_json(const struct patient_record *r)
{
	json_t *o = person_json(&r->demographics);
	if (r->occurred != 0)
		json_object_set_new(o, "occurred", moment_json(r->occurred));
	return o;
}

/* What was said, the first first; the same again is not. */
static json_t *versions_json(struct exporting *ex, const struct patient_record *r)
{
	json_t *list = json_array(), *last = NULL;
	struct patient_record was;
	for (uint64_t v = 1; v <= r->version; v++) {
		if (!identity_version(ex->txn, ex->persons, r->number, v, &was))
			continue;
		json_t *version = version_json(&was);
		if (last == NULL || !json_equal(last, version)) {
			json_array_append(list, version);
			last = version;
		}
		json_decref(version);
	}
	return list;
}

static const struct patient_record *numbered(const struct person *person, uint64_t number)
{
	const struct patient_record *r = person->records;
	while (r != NULL && r->number != number)
		r = r->next;
	return r;
}

static void put_record(struct exporting *ex, const struct person *person,
		       const struct patient_record *r)
{
	const struct patient_record *into = r->status == RECORD_SUBSUMED
						    ? numbered(person, r->survivor)
						    : NULL;
	json_t *o = json_pack("{s:I, s:s, s:s, s:s, s:o}", "person", (json_int_t)ex->counts.persons,
			      "domain", r->domain, "id", r->id, "status",
			      r->status == RECORD_ACTIVE ? "active" : "subsumed", "versions",
			      versions_json(ex, r));
	if (into != NULL && text_equal(into->domain, r->domain))
		json_object_set_new(o, "into", json_string(into->id));
	if ((r->unsettled & UNSETTLED_IDENTITY) != 0)
		json_object_set_new(o, "rests", json_true());
	bundle_put_line(ex->bundle, ex->persons, bundle_identities, o);
	json_decref(o);
	if (ex->disclosing != NULL)
		disclosing_tell_record(ex, r);
	ex->counts.records++;
}

/* ---- Decisions ---- */

static bool has_event(struct exporting *ex, uint64_t record, const struct consent_event *e)
{
	const struct record_numbers one = { .numbers = &record, .count = 1 };
	const struct consent_event *found = consent_history(ex->txn, ex->persons, &one,
							    e->number + 1, 1);
	return found != NULL && found->number == e->number;
}

/* What it was written on, among the documents. */
static void put_paper(struct exporting *ex, const struct consent_paper *paper)
{
	struct blob_content content;
	if (paper->kind != PAPER_NONE
	    && blob_open(ex->txn, paper->sha256, ex->persons, &content, ex->problem))
		bundle_put_document(ex->bundle, &content);
}

static void put_consent(struct exporting *ex, const struct person *person,
			const struct record_numbers *said, const struct consent_event *e)
{
	json_t *o = consent_json(ex->persons, e), *records = json_array();
	for (size_t i = 0; i < said->count; i++) {
		const struct patient_record *r = numbered(person, said->numbers[i]);
		if (r != NULL && has_event(ex, r->number, e))
			json_array_append_new(
				records, json_pack("{s:s, s:s}", "domain", r->domain, "id", r->id));
	}
	put_paper(ex, &e->paper);
	json_object_set_new(o, "person", json_integer((json_int_t)ex->counts.persons));
	json_object_set_new(o, "records", records);
	bundle_put_line(ex->bundle, ex->persons, bundle_consents, o);
	if (ex->disclosing != NULL)
		disclosing_tell_consent(ex, o);
	json_decref(o);
	ex->counts.consents++;
}

/* They are told newest first, by pages, and written oldest first. */
static void put_consents(struct exporting *ex, const struct person *person,
			 const struct record_numbers *said)
{
	struct consent_event *first = NULL;
	uint64_t before = 0;
	for (bool more = true; more;) {
		struct consent_event *page = consent_history(ex->txn, ex->persons, said, before,
							     CONSENTS_AT_ONCE),
				     *next;
		more = page != NULL;
		for (; page != NULL; page = next) {
			next = page->next;
			before = page->number;
			page->next = first;
			first = page;
		}
	}
	for (; first != NULL; first = first->next)
		put_consent(ex, person, said, first);
}

/* ---- Submission sets ---- */

struct set_name {
	const char *uuid;
	struct set_name *next;
};

static bool is_submitters(const struct exporting *ex, const char *system)
{
	return ex->facility == NULL ? system != NULL : text_equal(system, ex->facility->name);
}

/* The registry tells the newest first; they go home as they came. */
static struct set_name *sets_of(struct exporting *ex, uint64_t subject)
{
	static const struct registry_glance all = { .approved = true,
						    .deprecated = true,
						    .stable = true,
						    .on_demand = true,
						    .former = true };
	struct admission *admission = &ex->x->admission;
	struct set_name *first = NULL;
	struct registry_cursor *c = registry_submission_sets(ex->txn, ex->persons, subject, &all);
	registry_lend(c, ex->each);
	for (struct sealed_set *s; (s = registry_next_submission_set(c)) != NULL;) {
		const char *system = registry_set_facts(s).source_system;
		const struct submission_set *set = !is_submitters(ex, system)
							   ? NULL
							   : admission->set(admission->self,
									    ex->txn, s);
		if (set == NULL)
			continue;
		struct set_name *name = arena_new(ex->persons, struct set_name);
		*name = (struct set_name){ arena_text(ex->persons, set->id), first };
		first = name;
	}
	registry_cursor_over(c);
	return first;
}

struct one_set {
	struct exporting *ex;
	const struct person *person;
	const char *uuid;
};

static void put_set(void *with)
{
	struct one_set *one = with;
	const struct export_set *s = export_gather(one->ex, one->ex->each, one->person, one->uuid);
	if (s != NULL)
		export_put_set(one->ex, one->ex->each, s);
}

static bool goes_on(struct exporting *ex)
{
	if (progress_is_stopped(ex->x->progress))
		problem_set(ex->problem, PROBLEM_BUSY, "the export was stopped");
	if (store_failed(ex->txn))
		*ex->problem = *store_problem(ex->txn);
	return ex->problem->code == PROBLEM_NONE && !bundle_failed(ex->bundle);
}

static uint64_t put_sets(struct exporting *ex, const struct person *person)
{
	uint64_t before = ex->counts.sets;
	for (const struct patient_record *r = person->records; r != NULL; r = r->next)
		for (const struct set_name *s = sets_of(ex, r->number); s != NULL && goes_on(ex);
		     s = s->next) {
			struct one_set one = { ex, person, s->uuid };
			arena_reset(ex->each);
			if (!json_arena_run(ex->each, put_set, &one))
				problem_set(ex->problem, PROBLEM_OUT_OF_RESOURCES,
					    "a submission set is larger than one may be here");
		}
	arena_reset(ex->each);
	return ex->counts.sets - before;
}

/* ---- Who was shown ---- */

static bool tell(void *with, struct store_txn *t, struct problem *p)
{
	struct exporting *ex = with;
	struct exchange x = *ex->x; /* the audit objects are this job's */
	struct audit_event *e = arena_new(ex->each, struct audit_event);
	x.arena = ex->each;
	e->event_id = 110106;
	e->action = AUDIT_READ;
	e->type = (struct coded_value){ .code = "export", .scheme = "Minato", .display = "Export" };
	e->transaction = "export";
	if (ex->disclosing != NULL)
		disclosing_audit(e);
	for (size_t i = 0; i < ex->shown_count; i++)
		audit_about(&x, e, ex->shown[i]);
	struct audit_object *o = audit_add_object(&x, e);
	*o = (struct audit_object){
		.id = ex->request->directory,
		.type_code = 2,
		.type_code_role = 3,
		.name = ex->facility == NULL ? "a person" : ex->facility->name,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	return ex->x->record(ex->x, t, ex->each, e)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the audit record of an export could not be kept");
}

bool export_tell_shown(struct exporting *ex)
{
	const struct store_afresh afresh = { .arena = ex->each };
	if (ex->shown_count > 0)
		store_write_afresh(ex->x->store, &afresh, tell, ex, ex->problem);
	ex->shown_count = 0;
	arena_reset(ex->each);
	return ex->problem->code == PROBLEM_NONE;
}

/* ---- Persons ---- */

static struct record_numbers said_of(struct exporting *ex, const struct person *person)
{
	struct record_numbers out = { .count = 0 };
	size_t most = 0;
	for (const struct patient_record *r = person->records; r != NULL; r = r->next)
		most++;
	out.numbers = arena_array(ex->persons, uint64_t, most + 1);
	for (const struct patient_record *r = person->records; r != NULL; r = r->next)
		if (export_says(ex, person, r))
			out.numbers[out.count++] = r->number;
	return out;
}

static void put_person(struct exporting *ex, const struct person *person)
{
	const struct record_numbers said = said_of(ex, person);
	ex->counts.persons += said.count > 0;
	for (const struct patient_record *r = person->records; r != NULL; r = r->next)
		if (export_says(ex, person, r))
			put_record(ex, person, r);
	if (said.count > 0)
		put_consents(ex, person, &said);
	if (put_sets(ex, person) > 0 || said.count > 0)
		ex->shown[ex->shown_count++] = said.count > 0 ? said.numbers[0]
							      : person->regional_record;
	progress_add(ex->x->progress, 1);
}

/* Persons of one snapshot. */
struct some {
	struct exporting *ex;
	uint64_t after; /* the last of them; then of those put */
	unsigned count;
};

static void put_some(void *with)
{
	struct some *s = with;
	struct exporting *ex = s->ex;
	struct person one, *list = &one;
	if (ex->facility != NULL)
		list = identity_list(ex->txn, ex->persons, s->after, PERSONS_AT_ONCE, &s->count);
	else
		s->count = identity_person(ex->txn, ex->persons, ex->asked.person, &one);
	for (unsigned i = 0; i < s->count && goes_on(ex); i++) {
		put_person(ex, &list[i]);
		s->after = list[i].number;
	}
}

static bool next_some(struct exporting *ex, struct some *s)
{
	s->count = 0;
	ex->txn = store_begin_read(ex->x->store, ex->problem);
	if (ex->txn == NULL)
		return false;
	store_pass_by(ex->txn);
	if (!json_arena_run(ex->persons, put_some, s))
		problem_set(ex->problem, PROBLEM_OUT_OF_RESOURCES,
			    "a person has more than one may have here");
	bool fine = goes_on(ex);
	store_end(ex->txn);
	ex->txn = NULL;
	arena_reset(ex->persons);
	if (ex->shown_count + PERSONS_AT_ONCE > SHOWN_MOST || ex->facility == NULL)
		fine = fine && export_tell_shown(ex);
	return fine && s->count > 0 && ex->facility != NULL;
}

bool export_persons(struct exporting *ex)
{
	struct some s = { .ex = ex };
	progress_begin(ex->x->progress, "persons", 0);
	while (next_some(ex, &s))
		;
	return ex->problem->code == PROBLEM_NONE && !bundle_failed(ex->bundle)
	       && export_tell_shown(ex);
}
