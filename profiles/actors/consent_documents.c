/* profiles/actors/consent_documents.c: documents of consent decide, and are taken back. */
#include "profiles/actors/consent_documents.h"

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/registration.h"
#include "schemas/model/audit_event.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	PAGE = 64, /* decisions looked at at a time */
	PAGES_MOST =
		16, /* made of one patient since: beyond, nobody can tell whose word was last */
};
static const instant try_again = INT64_C(600) * 1000000; /* when a record rests */

/* Where decisions are made. */
struct deciding {
	struct store_txn *txn;
	struct arena *arena;
	const struct region *region;
	instant now;
	struct problem problem;
};

/* ---- Decisions ---- */

static const enum consent_action actions[WORD_ACTIONS] = {
	[WORD_JOIN] = CONSENT_JOIN,
	[WORD_LEAVE] = CONSENT_LEAVE,
	[WORD_EXCLUDE] = CONSENT_EXCLUDE,
	[WORD_INCLUDE] = CONSENT_INCLUDE,
};
static const enum consent_word_action opposite[WORD_ACTIONS] = {
	[WORD_JOIN] = WORD_LEAVE,
	[WORD_LEAVE] = WORD_JOIN,
	[WORD_EXCLUDE] = WORD_INCLUDE,
	[WORD_INCLUDE] = WORD_EXCLUDE,
};

static bool opens(const struct consent_word *w)
{
	return w->action == WORD_JOIN || w->action == WORD_INCLUDE;
}

static struct record_numbers only(uint64_t *record)
{
	return (struct record_numbers){ record, 1 };
}

/* Among those a decision is kept with, the record it was made for; a made record speaks by
 * another. */
static uint64_t spoke_with(const struct record_numbers *covered, uint64_t record)
{
	for (size_t i = 0; i < covered->count; i++)
		if (covered->numbers[i] == record)
			return record;
	return covered->count == 0 ? record : covered->numbers[0];
}

/* number: of the decision made. */
static bool decide(struct deciding *g, struct consent_document *doc, const struct consent_word *w,
		   enum consent_word_action action, const char *because, uint64_t *number)
{
	struct consent_event e = {
		.action = actions[action],
		.facility = w->target,
		.reason = arena_printf(g->arena, "document %s%s%s", doc->unique_id,
				       *because == '\0' ? "" : ": ", because),
		.by = doc->system == NULL ? "region" : doc->system,
		.time = g->now,
	};
	struct consent_coverage covered;
	if (!consent_record(g->txn, g->region, doc->record, &e, &covered, &g->problem))
		return problem_set(&g->problem, PROBLEM_INTERNAL, "the consent could not be kept");
	doc->record = spoke_with(&covered.covered, doc->record);
	struct record_numbers one = only(&doc->record);
	const struct consent_event *last = consent_history(g->txn, g->arena, &one, 0, 1);
	*number = last == NULL ? 0 : last->number;
	return last != NULL
	       || problem_set(&g->problem, PROBLEM_INTERNAL, "the consent could not be read");
}

static bool is_same_thing(const struct consent_word *w, const struct consent_event *e)
{
	if (w->action == WORD_JOIN || w->action == WORD_LEAVE)
		return e->action == CONSENT_JOIN || e->action == CONSENT_LEAVE;
	return (e->action == CONSENT_EXCLUDE || e->action == CONSENT_INCLUDE)
	       && text_equal(e->facility, w->target);
}

/* The last decision about the same. NULL: none, or too many others came since. */
static const struct consent_event *last_about(struct deciding *g, uint64_t record,
					      const struct consent_word *w, bool *looked_at_all)
{
	struct record_numbers one = only(&record);
	uint64_t before = 0;
	*looked_at_all = true;
	for (unsigned page = 0; page < PAGES_MOST; page++) {
		const struct consent_event *e = consent_history(g->txn, g->arena, &one, before,
								PAGE);
		if (e == NULL)
			return NULL;
		for (; e != NULL; e = e->next) {
			if (is_same_thing(w, e))
				return e;
			before = e->number;
		}
	}
	*looked_at_all = false;
	return NULL;
}

static bool says(const struct consent_word *words, const struct consent_word *w)
{
	for (; words != NULL; words = words->next) {
		bool part = words->action == WORD_JOIN || words->action == WORD_LEAVE;
		if (part == (w->action == WORD_JOIN || w->action == WORD_LEAVE)
		    && text_equal(words->target, w->target))
			return true;
	}
	return false;
}

/* ---- Taken back ---- */

/* replaced_by: what the document that replaces it says; NULL: it is not replaced by a consent. */
static bool is_to_be_taken_back(struct deciding *g, const struct consent_document *doc,
				const struct consent_word *w,
				const struct consent_word *replaced_by)
{
	bool all;
	if (w->number == 0 || w->taken_back != 0 || says(replaced_by, w))
		return false;
	if (!opens(w) && (replaced_by == NULL || w->action == WORD_LEAVE))
		return false; /* nothing opens unless somebody says so */
	const struct consent_event *last = last_about(g, doc->record, w, &all);
	return last == NULL ? opens(w) : last->number == w->number;
}

static bool take_back(struct deciding *g, struct consent_document *doc,
		      enum consent_document_state state, const struct consent_word *replaced_by,
		      const char *because)
{
	for (struct consent_word *w = doc->words; w != NULL; w = w->next)
		if (doc->state == CONSENT_IN_FORCE && is_to_be_taken_back(g, doc, w, replaced_by)
		    && !decide(g, doc, w, opposite[w->action], because, &w->taken_back))
			return false;
	doc->state = state;
	return consent_document_put(g->txn, g->arena, doc)
	       || problem_set(&g->problem, PROBLEM_INTERNAL, "the document could not be kept");
}

/* Its DocumentEntry is there, Approved, and the same patient's. */
static bool stands(struct deciding *g, const struct consent_document *doc)
{
	const struct sealed_entry *e = registry_latest_entry(g->txn, g->arena, doc->entry);
	if (e == NULL)
		return false;
	struct registry_facts f = registry_entry_facts(e);
	return f.status == STATUS_APPROVED && f.subject == doc->subject;
}

static bool is_live(const struct consent_document *doc)
{
	return doc->state == CONSENT_PENDING || doc->state == CONSENT_IN_FORCE;
}

static struct deciding deciding_at(const struct registry_desk *d)
{
	return (struct deciding){ .txn = d->txn,
				  .arena = d->arena,
				  .region = d->region,
				  .now = d->now,
				  .problem = { .code = PROBLEM_NONE } };
}

/* What made it impossible is told of the document. */
static bool refused(const struct deciding *g, const char *unique_id, struct findings *f)
{
	enum problem_code code = g->problem.code == PROBLEM_CONFLICT ? PROBLEM_REGISTRY_METADATA
								     : g->problem.code;
	return findings_error(f, code, unique_id, unique_id, "%s", g->problem.what);
}

static bool settle(struct deciding *g, const struct record_numbers *subjects,
		   const struct consent_word *replaced_by, struct findings *f)
{
	struct consent_document *doc = consent_documents_of(g->txn, g->arena, subjects);
	for (; doc != NULL; doc = doc->next)
		if (is_live(doc) && !stands(g, doc)
		    && !take_back(g, doc, CONSENT_WITHDRAWN, replaced_by,
				  "it is no longer approved"))
			return refused(g, doc->unique_id, f);
	return !store_failed(g->txn);
}

/* ---- A document comes ---- */

struct arriving {
	const struct registry_desk *desk;
	struct deciding *deciding;
	struct findings *findings;
	uint64_t person;
};

static const struct consent_form *form_of(const struct registry_desk *d,
					  const struct submission *sent,
					  const struct document_entry *e)
{
	const struct document_entry *came = sent->entries;
	while (came != NULL && !text_equal(came->unique_id, e->unique_id))
		came = came->next;
	for (const struct consent_arrived *c = d->consents; c != NULL && came != NULL; c = c->next)
		if (text_equal(c->entry_id, came->id))
			return &c->form;
	return NULL;
}

/* The record an id of the document leads to. What the sender may not know is as if it led nowhere,
 * so that nobody learns whose an id is by sending consents. False: nowhere. */
static bool find_patient(const struct registry_desk *d, const char *cx, struct patient_record *out)
{
	struct cx_parts parts;
	if (!metadata_type_cx(cx, &parts))
		return false;
	const char *id = arena_text_n(d->arena, parts.id, parts.id_length);
	const char *domain = arena_text_n(d->arena, parts.universal_id, parts.universal_id_length);
	return (d->sender == NULL || system_sees(d->region, d->sender, domain))
	       && identity_find_place(d->txn, d->arena, domain, id, out);
}

static bool is_anothers(struct arriving *a, const struct document_entry *e)
{
	return findings_error(a->findings, PROBLEM_PATIENT_ID_DOES_NOT_MATCH, e->unique_id,
			      "recordTarget",
			      "the document is not of the patient its metadata name");
}

/* All its ids that lead to somebody lead to this person, and one does; which of both it is not is
 * not told. Who speaks is the record that is the sender's own, where one of them is. */
static bool is_of_patient(struct arriving *a, const struct document_entry *e,
			  const struct consent_form *form, uint64_t *record)
{
	const struct registry_desk *d = a->desk;
	struct patient_record one;
	bool known = false;
	*record = e->subject;
	for (const struct text_value *v = form->patients; v != NULL; v = v->next) {
		if (!find_patient(d, v->value, &one))
			continue;
		if (one.person != a->person)
			return is_anothers(a, e);
		known = true;
		if (d->sender != NULL && system_owns(d->sender, one.domain)
		    && one.status == RECORD_ACTIVE)
			*record = one.number;
	}
	return known || is_anothers(a, e);
}

static unsigned exclusions(const struct consent_word *w, bool stand)
{
	unsigned count = 0;
	for (; w != NULL; w = w->next)
		count += w->target != NULL && (!stand || w->taken_back == 0);
	return count;
}

static bool has_room(struct arriving *a, const struct document_entry *e,
		     const struct consent_word *words, const struct consent_document *his)
{
	unsigned documents = 0, standing = 0, more = exclusions(words, false);
	for (; his != NULL; his = his->next) {
		documents++;
		standing += exclusions(his->words, true);
	}
	if (documents < CONSENT_DOCUMENTS_MOST
	    && (more == 0 || standing + more <= CONSENT_EXCLUSIONS_MOST))
		return true;
	return findings_error(a->findings, PROBLEM_TOO_MANY_RELATED, e->unique_id, e->unique_id,
			      "the patient has too many documents of consent, or exclusions by "
			      "them (CONSENT_EXCLUSIONS_MOST): replace one");
}

/* A document decides once: sent again after it was withdrawn, by whoever kept it, it would open
 * what its patient has closed. */
static bool is_new(struct arriving *a, const struct document_entry *e,
		   const struct consent_word *words)
{
	const struct registry_desk *d = a->desk;
	struct record_numbers his;
	if (!identity_subjects(d->txn, d->arena, a->person, &his))
		return false;
	const struct consent_document *all = consent_documents_of(d->txn, d->arena, &his);
	const struct consent_document *doc = all;
	while (doc != NULL && !text_equal(doc->unique_id, e->unique_id))
		doc = doc->next;
	if (doc == NULL)
		return has_room(a, e, words, all);
	return findings_error(a->findings, PROBLEM_REGISTRY_METADATA, e->unique_id, e->unique_id,
			      "this document has decided already (it is %s): a consent is given "
			      "anew by a new document",
			      consent_document_state_names[doc->state]);
}

static bool decide_all(struct deciding *g, struct consent_document *doc)
{
	for (struct consent_word *w = doc->words; w != NULL; w = w->next)
		if (!decide(g, doc, w, w->action, "", &w->number))
			return false;
	return true;
}

static bool take(struct arriving *a, const struct document_entry *e,
		 const struct consent_form *form, struct consent_word *words)
{
	const struct registry_desk *d = a->desk;
	struct deciding *g = a->deciding;
	struct consent_document doc = { .subject = e->subject,
					.entry = e->logical_id == NULL ? e->id : e->logical_id,
					.unique_id = e->unique_id,
					.system = d->sender == NULL ? NULL : d->sender->name,
					.kind = form->kind,
					.from = form->from,
					.until = form->until,
					.recorded = d->now,
					.words = words };
	if (!is_of_patient(a, e, form, &doc.record) || !is_new(a, e, words))
		return false;
	doc.state = form->until != 0 && form->until <= d->now ? CONSENT_OVER
		    : form->from > d->now                     ? CONSENT_PENDING
							      : CONSENT_IN_FORCE;
	if (doc.state == CONSENT_OVER)
		findings_warn(a->findings, PROBLEM_REGISTRY_METADATA, e->unique_id, "effectiveTime",
			      "is over: the document is kept, and decides nothing");
	if (doc.state == CONSENT_IN_FORCE && !decide_all(g, &doc))
		return refused(g, e->unique_id, a->findings);
	return consent_document_put(g->txn, g->arena, &doc)
	       || findings_error(a->findings, PROBLEM_INTERNAL, e->unique_id, e->unique_id,
				 "the document could not be kept as a consent");
}

/* ---- A submission is registered ---- */

/* One document of consent of it, with what it says. */
struct taken {
	const struct document_entry *entry;
	const struct consent_form *form;
	struct consent_word *words;
	struct taken *next;
};

static bool read_taken(const struct registry_desk *d, const struct submission *sent,
		       const struct submission *own, struct taken **first, struct findings *f)
{
	enum consent_kind kind;
	bool good = true;
	for (const struct document_entry *e = own->entries; e != NULL; e = e->next) {
		if (!consent_kind_of(e, &kind))
			continue;
		struct taken *one = arena_new(d->arena, struct taken);
		*one = (struct taken){ .entry = e, .form = form_of(d, sent, e) };
		if (one->form == NULL)
			findings_error(
				f, PROBLEM_REGISTRY_METADATA, e->unique_id,
				arena_printf(f->arena, "DocumentEntry(%s).formatCode", e->id),
				"is of a consent, which is taken with its octets alone, by "
				"Provide and Register Document Set-b [ITI-41]: what is not "
				"read cannot be kept");
		else
			one->words = consent_document_words(d, e, one->form, f);
		good = good && one->words != NULL;
		*first = one;
		first = &one->next;
	}
	return good;
}

/* What all of them say that is in force now. */
static const struct consent_word *said_now(struct arena *a, const struct taken *all, instant now)
{
	struct consent_word *first = NULL, **last = &first;
	for (; all != NULL; all = all->next) {
		if (all->form->from > now || (all->form->until != 0 && all->form->until <= now))
			continue;
		for (const struct consent_word *w = all->words; w != NULL; w = w->next) {
			*last = arena_new(a, struct consent_word);
			**last = *w;
			(*last)->next = NULL;
			last = &(*last)->next;
		}
	}
	return first;
}

static bool replaces_something(const struct submission *s)
{
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		if (registration_replaces(x))
			return true;
	return false;
}

bool consent_documents_registered(const struct registry_desk *d, const struct submission *sent,
				  const struct submission *own, uint64_t person, struct findings *f)
{
	struct taken *all = NULL;
	struct deciding g = deciding_at(d);
	struct arriving a = { d, &g, f, person };
	struct record_numbers subjects;
	if (!read_taken(d, sent, own, &all, f))
		return false;
	if (replaces_something(own)
	    && (!identity_subjects(d->txn, d->arena, person, &subjects)
		|| !settle(&g, &subjects, said_now(d->arena, all, d->now), f)))
		return false;
	for (const struct taken *one = all; one != NULL; one = one->next)
		if (!take(&a, one->entry, one->form, one->words))
			return false;
	return true;
}

/* ---- What is registered changes ---- */

static bool changed_of(struct deciding *g, uint64_t subject, struct findings *f)
{
	struct record_numbers one = only(&subject);
	const struct consent_document *doc = consent_documents_with(g->txn, g->arena, subject);
	for (; doc != NULL; doc = doc->next)
		if (doc->state == CONSENT_WITHDRAWN && !doc->unusable && stands(g, doc))
			return findings_error(f, PROBLEM_METADATA_UPDATE, doc->unique_id,
					      doc->entry,
					      "is a consent that was withdrawn: it comes back by a "
					      "new document alone");
	return settle(g, &one, NULL, f);
}

bool consent_documents_changed(const struct registry_desk *d, const struct registry_owner *owners,
			       uint64_t person, struct findings *f)
{
	struct deciding g = deciding_at(d);
	struct record_numbers his = { .count = 0 };
	for (; owners != NULL; owners = owners->next)
		if (!changed_of(&g, owners->subject, f))
			return false;
	if (person != 0 && !identity_subjects(d->txn, d->arena, person, &his))
		return !store_failed(d->txn);
	for (size_t i = 0; i < his.count; i++)
		if (!changed_of(&g, his.numbers[i], f))
			return false;
	return true;
}

static bool withdraw_named(struct deciding *g, uint64_t subject, const char *unique_id,
			   const char *system, const char *because, struct findings *f)
{
	struct consent_document *doc = consent_documents_with(g->txn, g->arena, subject);
	for (; doc != NULL; doc = doc->next) {
		if (!is_live(doc) || !text_equal(doc->unique_id, unique_id)
		    || (system != NULL && !text_equal(doc->system, system)))
			continue;
		doc->unusable = true;
		if (!take_back(g, doc, CONSENT_WITHDRAWN, NULL, because))
			return refused(g, unique_id, f);
	}
	return !store_failed(g->txn);
}

bool consent_documents_removed(const struct registry_desk *d, const struct registry_owner *owners,
			       const char *unique_id, struct findings *f)
{
	struct deciding g = deciding_at(d);
	for (; owners != NULL; owners = owners->next)
		if (!withdraw_named(&g, owners->subject, unique_id, NULL, "it was removed", f))
			return false;
	return true;
}

bool consent_documents_doubted(const struct registry_desk *d, const char *unique_id,
			       struct findings *f)
{
	struct deciding g = deciding_at(d);
	bool good = true;
	struct registry_cursor *c = registry_entries_of(d->txn, d->arena, unique_id);
	for (const struct sealed_entry *e; good && (e = registry_next_entry(c)) != NULL;) {
		struct registry_facts facts = registry_entry_facts(e);
		good = d->sender == NULL
		       || withdraw_named(&g, facts.subject, unique_id, d->sender->name,
					 "a signature over it is invalid", f);
	}
	registry_cursor_over(c);
	return good;
}

/* ---- Its time comes ---- */

/* What was decided of the same thing since the document came is the last word. */
static bool is_overtaken(struct deciding *g, const struct consent_document *doc,
			 const struct consent_word *w)
{
	bool all;
	const struct consent_event *last = last_about(g, doc->record, w, &all);
	return last == NULL ? !all && opens(w) : last->time > doc->recorded;
}

static bool begin(struct deciding *g, struct consent_document *doc)
{
	for (struct consent_word *w = doc->words; w != NULL; w = w->next)
		if (!is_overtaken(g, doc, w) && !decide(g, doc, w, w->action, "", &w->number))
			return false;
	doc->state = CONSENT_IN_FORCE;
	return consent_document_put(g->txn, g->arena, doc);
}

static bool see_to(struct deciding *g, struct consent_document *doc)
{
	if (!stands(g, doc))
		return take_back(g, doc, CONSENT_WITHDRAWN, NULL, "it is no longer approved");
	if (doc->state == CONSENT_PENDING && (doc->until == 0 || doc->until > g->now))
		return begin(g, doc);
	return take_back(g, doc, CONSENT_OVER, NULL, "its time is over");
}

/* A record that rests is closed, and decides nothing: later, when somebody has said whose it is. */
static bool postpone(struct deciding *g, struct consent_document *doc)
{
	struct consent_document as_it_was = *doc;
	g->problem = (struct problem){ .code = PROBLEM_NONE };
	as_it_was.again = g->now + try_again;
	return consent_document_put(g->txn, g->arena, &as_it_was);
}

static bool see_to_part(void *with, struct store_txn *t, struct problem *p)
{
	struct deciding *g = ((void **)with)[0];
	struct consent_document *doc = ((void **)with)[1];
	g->txn = t;
	if (see_to(g, doc))
		return true;
	*p = g->problem;
	return false;
}

bool consent_documents_due(struct store_txn *t, struct arena *a, const struct region *r,
			   instant now, const struct consent_document **out, struct problem *p)
{
	struct deciding g = { t, a, r, now, { .code = PROBLEM_NONE } };
	struct consent_document *doc = consent_document_due(t, a, now), before;
	struct problem why = { .code = PROBLEM_NONE };
	void *both[] = { &g, doc };
	*out = NULL;
	if (doc == NULL)
		return !store_failed(t)
		       || problem_set(p, PROBLEM_INTERNAL, "%s", store_problem(t)->what);
	before = *doc;
	if (store_savepoint(t, see_to_part, both, &why)) {
		*out = doc;
		return true;
	}
	if (why.code != PROBLEM_CONFLICT || store_failed(t)) {
		*p = why;
		return false;
	}
	return postpone(&g, &before) || problem_set(p, PROBLEM_INTERNAL, "it could not be kept");
}

/* ---- What is recorded ---- */

static struct audit_object *add_patient(struct store_txn *t, struct arena *a,
					const struct region *r, uint64_t subject)
{
	struct patient_record place;
	const char *id = identity_place(t, a, subject, &place)
				 ? identity_regional_id(t, a, place.person)
				 : NULL;
	struct audit_object *o = arena_new(a, struct audit_object);
	if (id == NULL)
		return NULL;
	*o = (struct audit_object){
		.id = text_joined(a, id, "^^^&", r->affinity_domain, "&ISO", NULL),
		.type_code = 1,
		.type_code_role = 1,
		.id_type = { .code = "2", .scheme = "RFC-3881", .display = "Patient Number" }
	};
	return o;
}

/* The document as what decided (DICOM PS3.15 A.5: role 3), and what it decided. */
static struct audit_object *add_document(struct arena *a, const struct consent_document *d)
{
	const char *said = text_joined(a, consent_document_state_names[d->state], ": ",
				       consent_document_says(a, d->words), NULL);
	struct bytes octets = bytes_of_text(said);
	struct audit_detail *detail = arena_new(a, struct audit_detail);
	struct audit_object *o = arena_new(a, struct audit_object);
	*detail = (struct audit_detail){ .type = "consent",
					 .value = octets.data,
					 .length = octets.length };
	*o = (struct audit_object){
		.id = d->unique_id,
		.type_code = 2,
		.type_code_role = 3,
		.id_type = { .code = "9", .scheme = "RFC-3881", .display = "Report Number" },
		.details = detail
	};
	return o;
}

struct audit_event *consent_document_event(struct store_txn *t, struct arena *a,
					   const struct region *r, const struct consent_document *d,
					   instant now)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	struct audit_about *about = arena_new(a, struct audit_about);
	*about = (struct audit_about){ .record = d->subject };
	*e = (struct audit_event){
		.event_id = 110110, /* DCM Patient Record */
		.action = AUDIT_UPDATE,
		.time = now,
		.outcome = AUDIT_SUCCESS,
		.type = { .code = "consent", .scheme = "Minato", .display = "Consent" },
		.transaction = "consent",
		.objects = add_document(a, d),
		.about = about
	};
	struct audit_object *patient = add_patient(t, a, r, d->subject);
	if (patient != NULL) {
		patient->next = e->objects;
		e->objects = patient;
	}
	return e;
}
