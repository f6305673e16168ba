/* profiles/admin/admin_consent.c: participation, as the operator sets and sees it.
 *
 * POST /admin/consent {patient, action, facility|role|..., groups, from, until, proof, form,
 * reason}; GET /admin/consent?patient=&limit=&after=, of the history. HACKING.md: Admin API. */
#include "profiles/admin/admin_person.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/consent_documents.h"
#include "profiles/actors/consent_manager.h"
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_moment.h"
#include "profiles/admin/bundle_person.h"
#include "profiles/admin/consent_told.h"
#include "schemas/model/exclusion.h"
#include "schemas/model/region_policy.h"
#include "store/blobs.h"

enum {
	LIMIT = 100, /* of the history */
	LIMIT_MOST = 1000,
	/* a form in base64, and what is said beside it */
	BODY_MOST = PAPER_MOST / 3 * 4 + (64 << 10),
};

struct consent_request {
	const char *patient;
	bool set;
	uint64_t limit, before; /* of the history; before 0: the newest */
	struct consent_event event;
	struct bytes form;  /* the paper it was written on, scanned; or empty */
	struct blob *paper; /* what is kept of it: call() writes it */
};

struct consent_shown {
	struct patient_record record;
	const char *cx;
	struct consent_answer told;
};

static const struct {
	const char *name;
	enum consent_action action;
} actions[] = {
	{ "join", CONSENT_JOIN },       { "leave", CONSENT_LEAVE }, { "exclude", CONSENT_EXCLUDE },
	{ "include", CONSENT_INCLUDE }, { "grant", CONSENT_GRANT }, { "revoke", CONSENT_REVOKE },
};

/* What is excluded or included, as it is kept (schemas/model/exclusion.h): one thing. */
static bool read_target(struct exchange *x, struct consent_event *e)
{
	const struct region_policy *p = x->region->policy;
	for (enum exclusion kind = EXCLUSION_FACILITY; kind < EXCLUSIONS; kind++) {
		const char *name = admin_text(x, exclusion_names[kind], false);
		if (name == NULL)
			continue;
		if (e->facility != NULL)
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID,
					  exclusion_names[kind], "one thing at a time");
		if (p != NULL && kind == EXCLUSION_ROLE)
			name = region_policy_first_name(p, POLICY_ROLES, name);
		if (p != NULL && kind == EXCLUSION_PURPOSE)
			name = region_policy_first_name(p, POLICY_PURPOSES, name);
		if (p != NULL && kind == EXCLUSION_DOCUMENTS)
			name = region_policy_first_name(p, POLICY_DOCUMENTS, name);
		e->facility = kind == EXCLUSION_FACILITY
				      ? name
				      : arena_printf(x->arena, "%s/%s", exclusion_names[kind],
						     name);
	}
	return x->problem.code == PROBLEM_NONE;
}

/* The names that the rules have first, in the order they were written. */
static const char *read_groups(struct exchange *x, const char *groups)
{
	struct buffer b = buffer_in(x->arena);
	const struct region_policy *p = x->region->policy;
	for (const char *at = groups; p != NULL && at != NULL;) {
		const char *comma = strchr(at, ',');
		size_t length = comma == NULL ? strlen(at) : (size_t)(comma - at);
		const char *name = arena_text_n(x->arena, at, length);
		buffer_printf(&b, "%s%s", at == groups ? "" : ",",
			      region_policy_first_name(p, POLICY_DOCUMENTS, name));
		at = comma == NULL ? NULL : comma + 1;
	}
	return p == NULL || groups == NULL ? groups : buffer_ended(&b);
}

/* Whoever says by what the patient was known looked today, and himself, unless he says
 * otherwise. */
static void read_proof(struct exchange *x, struct consent_proof *proof)
{
	char today[DTM_TEXT];
	instant_to_dtm_jst(x->now, today);
	proof->kind = admin_text(x, "proof", false);
	proof->date = admin_text(x, "proof_date", false);
	proof->by = admin_text(x, "proof_by", false);
	if (proof->kind != NULL && proof->date == NULL)
		proof->date = arena_printf(x->arena, "%.4s-%.2s-%.2s", today, today + 4, today + 6);
	if (proof->kind != NULL && proof->by == NULL)
		proof->by = x->who.person.name;
}

static bool read_more(struct exchange *x, struct consent_event *e)
{
	e->groups = read_groups(x, admin_text(x, "groups", false));
	read_proof(x, &e->proof);
	if (!admin_moment(x, "from", &e->from) || !admin_moment(x, "until", &e->until))
		return false;
	return e->until == 0 || e->until > x->now
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "until", "it is over already");
}

/* In base64; looked at, not yet kept. */
static bool read_form(struct exchange *x, struct consent_request *r)
{
	const char *form = json_string_value(json_object_get(x->json, "form"));
	if (form == NULL)
		return true;
	if (!bytes_from_base64(x->arena, form, &r->form))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "form",
				  "the form is not in base64");
	if (r->form.length > PAPER_MOST)
		return problem_at(&x->problem, PROBLEM_TOO_LARGE, "form",
				  "the form has %zu octets, and may have %d: scan it in fewer "
				  "colours, or fewer points an inch",
				  r->form.length, PAPER_MOST);
	r->event.paper.kind = paper_kind_of(r->form.data, r->form.length);
	r->paper = arena_new(x->arena, struct blob);
	return r->event.paper.kind != PAPER_NONE
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "form",
			     "the form is neither PDF nor TIFF nor JPEG, or not all of it");
}

static bool read_action(struct exchange *x, struct consent_event *e)
{
	const char *action = admin_text(x, "action", true);
	if (!read_target(x, e) || !read_more(x, e))
		return false;
	for (size_t i = 0; action != NULL && i < COUNT(actions); i++)
		if (text_equal(actions[i].name, action)) {
			e->action = actions[i].action;
			return consent_manager_may(x->arena, x->region, e, &x->problem);
		}
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
			  "'%s' is none of join, leave, exclude, include, grant, revoke",
			  action == NULL ? "" : action);
}

static bool read_page(struct exchange *x, struct consent_request *r)
{
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	r->limit = LIMIT;
	if (after != NULL && (!text_to_number(after, UINT64_MAX, &r->before) || r->before == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	return x->problem.code == PROBLEM_NONE;
}

static bool names_target(const struct exchange *x)
{
	for (enum exclusion kind = EXCLUSION_FACILITY; kind < EXCLUSIONS; kind++)
		if (json_object_get(x->json, exclusion_names[kind]) != NULL)
			return true;
	return false;
}

/* A request without anything to set only asks. */
static bool read_request(struct exchange *x)
{
	struct consent_request *r = arena_new(x->arena, struct consent_request);
	x->request = r;
	r->set = json_object_get(x->json, "action") != NULL || names_target(x)
		 || json_object_get(x->json, "reason") != NULL;
	r->patient = admin_text(x, "patient", true);
	if (r->patient == NULL || !read_page(x, r) || !r->set)
		return x->problem.code == PROBLEM_NONE;
	r->event.reason = admin_text(x, "reason", true);
	r->event.by = x->who.person.name;
	r->event.time = x->now;
	return r->event.reason != NULL && read_action(x, &r->event) && read_form(x, r);
}

/* Its octets come first; the decision's job makes them known, and where it does not they go
 * (store/blobs.h). */
static bool write_form(struct exchange *x)
{
	const struct consent_request *r = x->request;
	return r->paper == NULL
	       || blob_of_bytes(x->store, x->arena, r->form, r->paper, &x->problem);
}

static struct consent_event decided(const struct consent_request *r)
{
	struct consent_event e = r->event;
	if (r->paper != NULL) {
		e.paper.octets = r->paper;
		e.paper.sha256 = r->paper->sha256;
		e.paper.size = r->paper->size;
	}
	return e;
}

static bool consent(struct exchange *x)
{
	const struct consent_request *r = x->request;
	struct consent_shown *s = arena_new(x->arena, struct consent_shown);
	const struct consent_event e = decided(r);
	struct consent_question q = { .patient = &s->record,
				      .at = x->now,
				      .decided = r->set ? &e : NULL,
				      .limit = (unsigned)r->limit,
				      .before = r->before };
	if (!admin_find_person(x, r->patient, &s->record)
	    || !consent_manager_answer(x->txn, x->arena, x->region, &q, &s->told, &x->problem))
		return false;
	s->cx = cx_text(x->arena, s->record.id, s->record.domain);
	x->result = s;
	if (r->set && s->told.changed) { /* what was made is the newest of the history there */
		x->reply.status = 201;
		reply_location(&x->reply, x->arena, "/admin/consent", "patient", s->cx);
	}
	return true;
}

/* "facility", "role" ...; *what: which. */
static const char *named(const char *target, const char **what)
{
	return exclusion_names[exclusion_kind(target, what)];
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct consent_request *r = x->request;
	const struct consent_shown *s = x->result;
	struct audit_object *o;
	if (r == NULL)
		return;
	o = audit_patient(x, e, s != NULL ? s->cx : r->patient);
	if (!r->set) {
		e->action = AUDIT_READ;
		return;
	}
	for (size_t i = 0; i < COUNT(actions); i++)
		if (actions[i].action == r->event.action)
			audit_add_detail(x, o, "action", bytes_of_text(actions[i].name));
	if (r->event.facility != NULL) {
		const char *what, *kind = named(r->event.facility, &what);
		audit_add_detail(x, o, kind, bytes_of_text(what));
	}
	if (r->event.reason != NULL)
		audit_add_detail(x, o, "reason", bytes_of_text(r->event.reason));
	if (s != NULL) {
		const struct consent_event done = decided(r);
		consent_audit_more(x, o, &done);
	}
}

/* The document that decided it, or that was taken back by it; NULL: none, somebody said so. */
static const char *document_of(const struct consent_document *d, uint64_t number)
{
	for (; d != NULL; d = d->next)
		for (const struct consent_word *w = d->words; w != NULL; w = w->next)
			if (number != 0 && (w->number == number || w->taken_back == number))
				return d->unique_id;
	return NULL;
}

static json_t *show_documents(struct exchange *x, const struct consent_document *d)
{
	static const char *const kinds[CONSENT_KINDS] = {
		[CONSENT_BPPC] = "BPPC", [CONSENT_BPPC_SCANNED] = "BPPC-SD", [CONSENT_APPC] = "APPC"
	};
	json_t *list = json_array();
	for (; d != NULL; d = d->next) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "document",
				      d->unique_id, "entry_uuid", d->entry, "kind", kinds[d->kind],
				      "state", consent_document_state_names[d->state], "says",
				      consent_document_says(x->arena, d->words), "from",
				      admin_time(x->arena, d->from), "recorded",
				      admin_time(x->arena, d->recorded));
		json_object_set_new(o, "submitted_by",
				    json_string(d->system == NULL ? "" : d->system));
		if (d->until != 0)
			json_object_set_new(o, "until",
					    json_string(admin_time(x->arena, d->until)));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *show_history(struct exchange *x, const struct consent_event *e,
			    const struct consent_document *documents)
{
	json_t *list = json_array();
	for (; e != NULL; e = e->next) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s}", "event",
				      arena_printf(x->arena, "%llu", (unsigned long long)e->number),
				      "time", admin_time(x->arena, e->time), "action",
				      actions[e->action].name, "reason", e->reason, "by", e->by);
		if (e->facility != NULL) {
			const char *what, *kind = named(e->facility, &what);
			json_object_set_new(o, kind, json_string(what));
		}
		admin_put(o, "groups", e->groups);
		if (e->from != 0)
			admin_put(o, "from", admin_time(x->arena, e->from));
		if (e->until != 0)
			admin_put(o, "until", admin_time(x->arena, e->until));
		if (e->proof.kind != NULL)
			json_object_set_new(o, "proof", consent_proof_json(&e->proof));
		if (e->paper.kind != PAPER_NONE)
			json_object_set_new(o, "form", consent_paper_json(x->arena, &e->paper));
		const char *document = document_of(documents, e->number);
		if (document != NULL)
			json_object_set_new(o, "by_document", json_string(document));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *show_grants(struct exchange *x, const struct participation *now)
{
	json_t *list = json_array();
	for (size_t i = 0; i < now->grant_count; i++) {
		const struct consent_grant *g = &now->grants[i];
		const struct registered_system *s = region_system(x->region, g->facility);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "facility", g->facility,
						      "groups", g->groups, "title",
						      s == NULL ? "" : s->title));
	}
	return list;
}

static json_t *show_excluded(struct exchange *x, const struct participation *now)
{
	json_t *list = json_array();
	for (size_t i = 0; i < now->excluded_count; i++) {
		const struct registered_system *s = region_system(x->region, now->excluded[i]);
		const char *what, *kind = named(now->excluded[i], &what);
		json_array_append_new(list, json_pack("{s:s, s:s}", kind, what, "title",
						      s == NULL ? "" : s->title));
	}
	return list;
}

/* Other regions' gateways, which have nothing without that; of a facility it says nothing. */
static json_t *show_included(struct exchange *x, const struct participation *now)
{
	json_t *list = json_array();
	for (size_t i = 0; i < now->included_count; i++) {
		const struct registered_system *s = region_system(x->region, now->included[i]);
		if (s != NULL && s->community != NULL)
			json_array_append_new(list,
					      json_pack("{s:s, s:s}", "facility", s->name, "title",
							s->title == NULL ? "" : s->title));
	}
	return list;
}

static const char *const standings[] = {
	[STANDING_DEFAULT] = "default",
	[STANDING_JOINED] = "joined",
	[STANDING_LEFT] = "left",
	[STANDING_RESTS] = "rests",
};

static json_t *show_records(struct exchange *x, const struct consent_answer *told)
{
	json_t *list = json_array();
	for (size_t i = 0; i < told->count; i++) {
		const struct consent_state *state = &told->records[i];
		json_t *o = admin_show_record(x, state->record, told->person.regional_id);
		json_object_set_new(o, "participation", json_string(standings[state->standing]));
		json_object_set_new(o, "shared", json_boolean(state->shared));
		json_object_set_new(o, "disputed", json_boolean(state->now.disputed));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *answer(struct exchange *x)
{
	const struct consent_request *r = x->request;
	const struct consent_shown *s = x->result;
	const struct consent_answer *told = &s->told;
	json_t *o = json_pack(
		"{s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "patient", s->cx, "person",
		told->person.regional_id, "participation", standings[told->patient.standing],
		"default", x->region->opt_in ? "opt-in" : "opt-out", "shared", told->patient.shared,
		"disputed", told->patient.now.disputed, "excluded",
		show_excluded(x, &told->patient.now), "records", show_records(x, told), "history",
		show_history(x, told->history, told->documents));
	json_object_set_new(o, "documents", show_documents(x, told->documents));
	json_object_set_new(o, "included", show_included(x, &told->patient.now));
	if (told->patient.now.grant_count != 0)
		json_object_set_new(o, "grants", show_grants(x, &told->patient.now));
	if (told->patient.now.until != 0)
		admin_put(o, "until", admin_time(x->arena, told->patient.now.until));
	if (r->set)
		json_object_set_new(o, "changed", json_boolean(told->changed));
	else if (told->next != 0)
		json_object_set_new(o, "next",
				    json_string(arena_printf(x->arena, "%llu",
							     (unsigned long long)told->next)));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/consent", .media = "application/json" },
	{ .request = "GET", .detail = "/admin/consent", .reads = true },
	{ 0 }
};

static const char *const parameters[] = {
	"patient action facility role person purpose documents document period groups from until "
	"proof proof_date proof_by form reason",
	"patient limit after"
};

const struct transaction admin_consent = {
	.code = "consent",
	.name = "Consent",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE,
	.body_most = BODY_MOST,
	.read = read_request,
	.call = write_form,
	.handle = consent,
	.audited = audited,
	.answer_json = answer,
};
