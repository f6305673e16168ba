/* profiles/admin/admin_consent.c: participation, as the operator sets and sees it.
 *
 * POST /admin/consent {patient, action, facility, reason}; GET /admin/consent?patient=&limit=&after=, of
 * the history. HACKING.md: Admin API. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "store/consent.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };	/* of the history */

struct consent_request {
	const char *patient;
	bool set;
	uint64_t limit, before;		/* of the history; before 0: the newest */
	struct consent_event event;
};

/* A record of the person, and what holds for it. */
struct record_state {
	const struct patient_record *record;
	struct participation now;
};

struct consent_shown {
	const char *cx;
	struct person person;
	struct participation now;	/* of the record that was named */
	struct record_state *records;
	size_t count;
	struct consent_event *history;
	uint64_t next;			/* the last shown, where there is more; or 0 */
	bool changed;
};

static const struct { const char *name; enum consent_action action; bool facility; } actions[] = {
	{ "join", CONSENT_JOIN, false }, { "leave", CONSENT_LEAVE, false },
	{ "exclude", CONSENT_EXCLUDE, true }, { "include", CONSENT_INCLUDE, true },
};

static bool read_action(struct exchange *x, struct consent_event *e)
{
	const char *action = admin_text(x, "action", true),
		   *facility = admin_text(x, "facility", false);
	for (size_t i = 0; action != NULL && i < COUNT(actions); i++) {
		if (!text_equal(actions[i].name, action))
			continue;
		e->action = actions[i].action;
		if (actions[i].facility
		    && (facility == NULL || region_system(x->region, facility) == NULL))
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
					  "'%s' names no facility of the region", facility == NULL ? "" : facility);
		if (!actions[i].facility && facility != NULL)
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
					  "%s is for the whole region, not for '%s'", action, facility);
		e->facility = facility;
		return true;
	}
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
			  "'%s' is none of join, leave, exclude, include", action == NULL ? "" : action);
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

/* A request without anything to set only asks. */
static bool read_request(struct exchange *x)
{
	struct consent_request *r = arena_new(x->arena, struct consent_request);
	x->request = r;
	r->set = json_object_get(x->json, "action") != NULL || json_object_get(x->json, "facility") != NULL
	      || json_object_get(x->json, "reason") != NULL;
	r->patient = admin_text(x, "patient", true);
	if (r->patient == NULL || !read_page(x, r) || !r->set)
		return x->problem.code == PROBLEM_NONE;
	r->event.reason = admin_text(x, "reason", true);
	r->event.by = x->who.person.name;
	r->event.time = x->now;
	return r->event.reason != NULL && read_action(x, &r->event);
}

static bool excludes(const struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (text_equal(p->excluded[i], facility))
			return true;
	return false;
}

static bool changes(const struct participation *now, const struct consent_event *e)
{
	switch (e->action) {
	case CONSENT_JOIN:
		return !now->decided || !now->joined;
	case CONSENT_LEAVE:
		return !now->decided || now->joined;
	case CONSENT_EXCLUDE:
		return !excludes(now, e->facility);
	default:
		return excludes(now, e->facility);
	}
}

static bool read_states(struct exchange *x, struct consent_shown *s)
{
	size_t most = 0;
	for (const struct patient_record *r = s->person.records; r != NULL; r = r->next)
		most++;
	s->records = arena_array(x->arena, struct record_state, most + 1);
	s->count = 0;
	for (const struct patient_record *r = s->person.records; r != NULL; r = r->next) {
		struct record_state *state = &s->records[s->count];
		if (text_equal(r->domain, x->region->affinity_domain))
			continue;
		state->record = r;
		if (!consent_participation(x->txn, x->arena, r->number, &state->now))
			return false;
		s->count++;
	}
	return true;
}

/* One more is asked for than is shown. */
static void read_history(struct exchange *x, const struct record_numbers *subjects, struct consent_shown *s)
{
	const struct consent_request *r = x->request;
	struct consent_event **e = &s->history;
	uint64_t shown = 0, last = 0;
	s->history = consent_history(x->txn, x->arena, subjects, r->before, (unsigned)r->limit + 1);
	for (; *e != NULL && shown < r->limit; e = &(*e)->next, shown++)
		last = (*e)->number;
	s->next = *e != NULL ? last : 0;
	*e = NULL;
}

static bool consent(struct exchange *x)
{
	const struct consent_request *r = x->request;
	struct consent_shown *s = arena_new(x->arena, struct consent_shown);
	struct patient_record record;
	struct record_numbers subjects;
	struct consent_coverage coverage;
	if (!admin_find_person(x, r->patient, &record)
	    || !identity_person(x->txn, x->arena, record.person, &s->person)
	    || !identity_subjects(x->txn, x->arena, record.person, &subjects)
	    || !consent_participation(x->txn, x->arena, record.number, &s->now))
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the person could not be read");
	s->cx = cx_text(x->arena, record.id, record.domain);
	s->changed = r->set && changes(&s->now, &r->event);
	if (r->set
	    && (!consent_record(x->txn, x->region, record.number, &r->event, &coverage,
				&x->problem)
		|| !consent_participation(x->txn, x->arena, record.number, &s->now)))
		return problem_set(&x->problem, PROBLEM_INTERNAL,
				   "the consent could not be kept");
	read_history(x, &subjects, s);
	x->result = s;
	return read_states(x, s);
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
	if (r->event.facility != NULL)
		audit_add_detail(x, o, "facility", bytes_of_text(r->event.facility));
	audit_add_detail(x, o, "reason", bytes_of_text(r->event.reason));
}

static json_t *show_history(struct exchange *x, const struct consent_event *e)
{
	json_t *list = json_array();
	for (; e != NULL; e = e->next) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "time", admin_time(x->arena, e->time),
				      "action", actions[e->action].name, "reason", e->reason, "by", e->by);
		if (e->facility != NULL)
			json_object_set_new(o, "facility", json_string(e->facility));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *show_excluded(struct exchange *x, const struct participation *now)
{
	json_t *list = json_array();
	for (size_t i = 0; i < now->excluded_count; i++) {
		const struct registered_system *s = region_system(x->region, now->excluded[i]);
		json_array_append_new(list, json_pack("{s:s, s:s}", "facility", now->excluded[i],
						      "title", s == NULL ? "" : s->title));
	}
	return list;
}

static const char *participation_name(const struct participation *p)
{
	return p->rests ? "rests" : !p->decided ? "default" : p->joined ? "joined" : "left";
}

static bool is_shared(const struct exchange *x, const struct participation *p)
{
	return !p->rests && (p->decided ? p->joined : !x->region->opt_in);
}

/* Each record by itself: a decision does not cover one that bears another identity. */
static json_t *show_records(struct exchange *x, const struct consent_shown *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->count; i++) {
		const struct record_state *state = &s->records[i];
		json_t *o = admin_show_record(x, state->record, s->person.regional_id);
		json_object_set_new(o, "participation",
				    json_string(participation_name(&state->now)));
		json_object_set_new(o, "shared", json_boolean(is_shared(x, &state->now)));
		json_object_set_new(o, "disputed", json_boolean(state->now.disputed));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *answer(struct exchange *x)
{
	const struct consent_request *r = x->request;
	const struct consent_shown *s = x->result;
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "patient", s->cx,
			      "person", s->person.regional_id,
			      "participation", participation_name(&s->now),
			      "default", x->region->opt_in ? "opt-in" : "opt-out",
			      "shared", is_shared(x, &s->now), "disputed", s->now.disputed,
			      "excluded", show_excluded(x, &s->now),
			      "records", show_records(x, s), "history", show_history(x, s->history));
	if (r->set)
		json_object_set_new(o, "changed", json_boolean(s->changed));
	else if (s->next != 0)
		json_object_set_new(o, "next", json_string(arena_printf(x->arena, "%llu",
									(unsigned long long)s->next)));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/consent", .media = "application/json" },
	{ .request = "GET", .detail = "/admin/consent" }, { 0 }
};

static const char *const parameters[] = { "patient action facility reason",
					  "patient limit after" };

const struct transaction admin_consent = {
	.code = "consent", .name = "Consent", .section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR, .dialect = DIALECT_ADMIN, .routes = routes, .access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110110, .audit_action = AUDIT_UPDATE,
	.read = read_request, .handle = consent, .audited = audited, .answer_json = answer,
};
