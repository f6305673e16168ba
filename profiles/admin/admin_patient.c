/* profiles/admin/admin_patient.c: one patient with all that is linked, and why, and the links that
 * wait for an id. GET /admin/patient. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

/* What the operator decided of a record of the person, and another one. */
struct decided {
	const struct patient_record *record;
	struct patient_record other;
	const struct pair_decided *what;
	struct decided *next;
};

/* A link that waits: at an id of the person's, or at the one asked for, which nobody has. */
struct waiting {
	const char *at;
	const struct awaited_link *link;
	uint64_t other; /* whose the other id is; 0: nobody's */
	struct waiting *next;
};

struct shown {
	struct patient_record record; /* number 0: nobody has the id, and links wait for it */
	struct person person;
	struct link_decision *decisions;
	struct decided *decided;
	struct waiting *waiting;
};

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "patient", true);
	return x->request != NULL;
}

static bool is_among(const struct patient_record *records, uint64_t number)
{
	while (records != NULL && records->number != number)
		records = records->next;
	return records != NULL;
}

/* Of two records of this person: once. */
static void look_at_decided(struct exchange *x, struct shown *s)
{
	struct decided **last = &s->decided;
	for (const struct patient_record *r = s->person.records; r != NULL; r = r->next)
		for (const struct pair_decided *what =
			     identity_pairs_decided(x->txn, x->arena, r->number);
		     what != NULL; what = what->next) {
			struct decided *d = arena_new(x->arena, struct decided);
			if ((what->other < r->number && is_among(s->person.records, what->other))
			    || !identity_place(x->txn, x->arena, what->other, &d->other))
				continue;
			d->record = r;
			d->what = what;
			*last = d;
			last = &d->next;
		}
}

static void look_at_waiting(struct exchange *x, struct shown *s, const char *domain, const char *id)
{
	const struct patient_identifier own = { .universal_id = domain, .id = id };
	struct waiting **last = &s->waiting;
	while (*last != NULL)
		last = &(*last)->next;
	for (const struct awaited_link *l = identity_awaited(x->txn, x->arena, &own); l != NULL;
	     l = l->next) {
		struct waiting *w = *last = arena_new(x->arena, struct waiting);
		struct patient_record other = { 0 };
		if (identity_find_place(x->txn, x->arena, l->with.universal_id, l->with.id, &other))
			w->other = other.number;
		w->at = cx_text(x->arena, id, domain);
		w->link = l;
		last = &w->next;
	}
}

/* An id that nobody has yet is no patient's; what waits for it is shown all the same. */
static bool is_awaited(struct exchange *x, struct shown *s, const struct patient_identifier *id)
{
	struct patient_record place;
	if (identity_find_place(x->txn, x->arena, id->universal_id, id->id, &place))
		return false;
	s->record = (struct patient_record){ .id = id->id, .domain = id->universal_id };
	look_at_waiting(x, s, id->universal_id, id->id);
	return s->waiting != NULL;
}

static bool look(struct exchange *x)
{
	struct shown *s = arena_new(x->arena, struct shown);
	struct patient_identifier asked;
	if (!admin_read_name(x, x->request, &asked))
		return false;
	if (is_awaited(x, s, &asked)) {
		x->result = s;
		return true;
	}
	if (!admin_find_person(x, x->request, &s->record))
		return false;
	if (!identity_person(x->txn, x->arena, s->record.person, &s->person))
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the person could not be read");
	s->decisions = identity_decisions(x->txn, x->arena, s->person.number);
	look_at_decided(x, s);
	for (const struct patient_record *r = s->person.records; r != NULL; r = r->next)
		look_at_waiting(x, s, r->domain, r->id);
	x->result = s;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct shown *s = x->result;
	if (s == NULL)
		return;
	audit_patient(x, e, cx_text(x->arena, s->record.id, s->record.domain));
	for (const struct decided *d = s->decided; d != NULL; d = d->next)
		audit_about(x, e, d->other.number);
	for (const struct waiting *w = s->waiting; w != NULL; w = w->next)
		audit_about(x, e, w->other);
}

/* The latest decision that linked this record with another that is still of this person: who is
 * linked with nobody has no reason for it. A link that was taken back since is none. */
static const struct link_decision *decision_for(const struct shown *s, uint64_t record)
{
	const struct link_decision *latest = NULL;
	for (const struct link_decision *d = s->decisions; d != NULL; d = d->next) {
		uint64_t other = d->record == record ? d->other : d->record;
		if ((d->record != record && d->other != record) || other == record
		    || !is_among(s->person.records, other))
			continue;
		if (d->linked)
			latest = d;
		else if (latest != NULL && (latest->record == other || latest->other == other))
			latest = NULL;
	}
	return latest;
}

static const char *phone_of(const struct patient_demographics *d)
{
	return d->telecoms == NULL ? NULL : d->telecoms->number;
}

static const char *address_of(struct arena *a, const struct patient_demographics *d)
{
	const struct postal_address *p = d->addresses;
	if (p == NULL)
		return NULL;
	return arena_printf(a, "%s %s", p->postal_code == NULL ? "" : p->postal_code,
			    p->text != NULL     ? p->text
			    : p->street == NULL ? ""
						: p->street);
}

static void put(json_t *object, const char *member, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(object, member, json_string(text));
}

/* As sent, and what weighs against it: nobody but the operator sees any of it (japan.md D4). */
static void show_insurances(struct exchange *x, json_t *list, const struct insurance *i)
{
	struct insurance_form form;
	for (; i != NULL; i = i->next) {
		json_t *o = json_object();
		put(o, "insurer", i->insurer);
		put(o, "symbol", i->symbol);
		put(o, "number", i->number);
		put(o, "branch", i->branch);
		put(o, "from", i->from);
		put(o, "until", i->until);
		if (i->last_said != NULL) {
			instant then = 0;
			json_object_set_new(o, "former", json_true());
			if (instant_from_dtm(i->last_said, 0, &then))
				put(o, "last_said", admin_time(x->arena, then));
		}
		if (!normalise_insurance(x->arena, i, &form))
			put(o, "doubt", "nothing that could be compared");
		else if (!form.checked)
			put(o, "doubt", "check digit");
		else if (!form.of_person)
			put(o, "doubt", "no branch");
		json_array_append_new(list, o);
	}
}

static json_t *show_decided(struct exchange *x, const struct decided *d)
{
	json_t *list = json_array();
	for (; d != NULL; d = d->next) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "patient",
				      cx_text(x->arena, d->record->id, d->record->domain), "other",
				      cx_text(x->arena, d->other.id, d->other.domain), "decided",
				      d->what->together ? "together" : "apart", "since",
				      admin_time(x->arena, d->what->time));
		if (d->what->by != NULL)
			json_object_set_new(o, "by", json_string(d->what->by));
		if (d->what->why != NULL)
			json_object_set_new(o, "reason", json_string(d->what->why));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *show_waiting(struct exchange *x, const struct waiting *w)
{
	json_t *list = json_array();
	for (; w != NULL; w = w->next) {
		const struct patient_identifier *with = &w->link->with;
		json_t *o = json_pack("{s:s, s:s, s:s}", "patient", w->at, "other",
				      cx_text(x->arena, with->id, with->universal_id), "since",
				      admin_time(x->arena, w->link->since));
		if (w->link->system != NULL)
			put(o, "by", arena_printf(x->arena, "system %s", w->link->system));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *show_patient(struct exchange *x, const struct shown *s)
{
	json_t *patient = admin_show_record(x, &s->record, s->person.regional_id);
	const char *phone = phone_of(&s->record.demographics);
	const char *address = address_of(x->arena, &s->record.demographics);
	put(patient, "affinity_id", s->person.regional_id);
	put(patient, "phone", phone);
	put(patient, "address", address);
	json_t *insurances = json_array();
	show_insurances(x, insurances, s->record.demographics.insurances);
	show_insurances(x, insurances, s->record.demographics.former_insurances);
	if (json_array_size(insurances) != 0)
		json_object_set(patient, "insurances", insurances);
	json_decref(insurances);
	if (s->record.number == 0)
		put(patient, "status", "awaited");
	return patient;
}

static json_t *answer(struct exchange *x)
{
	const struct shown *s = x->result;
	json_t *linked = json_array();
	for (const struct patient_record *r = s->person.records; r != NULL; r = r->next) {
		const struct link_decision *d = decision_for(s, r->number);
		json_t *o = admin_show_record(x, r, s->person.regional_id);
		if (d != NULL) {
			json_object_set_new(o, "reason", json_string(d->reason));
			json_object_set_new(o, "since", json_string(admin_time(x->arena, d->time)));
		}
		json_array_append_new(linked, o);
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "patient", show_patient(x, s), "linked", linked,
			 "decided", show_decided(x, s->decided), "awaited",
			 show_waiting(x, s->waiting));
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patient" }, { 0 } };

static const char *const parameters[] = { "patient" };

const struct transaction admin_patient = {
	.code = "patient-show",
	.name = "Patient shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = look,
	.audited = audited,
	.answer_json = answer,
};
