/* profiles/admin/admin_patient_history.c: everything that happened to a person, in order of time.
 * GET /admin/patient/history. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "profiles/admin/admin_demographics.h"
#include "store/identity_history.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct history_request {
	const char *patient;
	uint64_t limit, after;
};

/* One of the page, with what it names. */
struct event_shown {
	const struct person_event *event;
	struct patient_record record, other;
	const char *person; /* the other person's id in the region, where it is one still */
	const char *what;   /* fields that a feed changed */
	const char *by;     /* who fed it */
};

struct history_page {
	struct patient_record asked;
	const char *regional;
	struct event_shown *rows;
	size_t count;
	uint64_t next; /* 0: there is no more */
	bool cut;
};

static bool read_request(struct exchange *x)
{
	struct history_request *r = arena_new(x->arena, struct history_request);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->patient = admin_text(x, "patient", true);
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL
	    && (!text_to_number(after, PERSON_EVENTS_MOST, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	return x->problem.code == PROBLEM_NONE;
}

/* "family, phone": of a version and the one before it. */
static const char *what_changed(struct exchange *x, const struct patient_demographics *was,
				const struct patient_demographics *is)
{
	struct buffer b = buffer_in(x->arena);
	for (enum shown_field f = 0; f < SHOWN_FIELDS; f++) {
		const char *before = shown_field_text(x->arena, was, f),
			   *now = shown_field_text(x->arena, is, f);
		bool same = before == NULL ? now == NULL : text_equal(before, now);
		if (!same)
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : ", ", shown_field_name(f));
	}
	return b.length == 0 ? NULL : buffer_ended(&b);
}

static void look_at_version(struct exchange *x, struct event_shown *s)
{
	const struct person_event *e = s->event;
	struct patient_record is, was;
	if (!identity_version(x->txn, x->arena, e->record, e->version, &is))
		return;
	s->by = is.source_system;
	if (e->kind == PERSON_RECORD_CHANGED
	    && identity_version(x->txn, x->arena, e->record, e->version - 1, &was))
		s->what = what_changed(x, &was.demographics, &is.demographics);
}

static void look_at_event(struct exchange *x, struct event_shown *s)
{
	const struct person_event *e = s->event;
	identity_place(x->txn, x->arena, e->record, &s->record);
	if (e->kind == PERSON_DECISION && e->decision.other != 0)
		identity_place(x->txn, x->arena, e->decision.other, &s->other);
	else if (e->kind == PERSON_RECORD_CAME || e->kind == PERSON_RECORD_WENT)
		s->person = identity_regional_id(x->txn, x->arena, e->person);
	else if (e->kind != PERSON_DECISION)
		look_at_version(x, s);
}

static bool look(struct exchange *x)
{
	const struct history_request *r = x->request;
	struct history_page *p = arena_new(x->arena, struct history_page);
	if (!admin_find_person(x, r->patient, &p->asked))
		return false;
	struct person_history *h = identity_history(x->txn, x->arena, p->asked.person);
	if (h == NULL)
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the person could not be read");
	size_t from = r->after < h->count ? (size_t)r->after : h->count;
	p->count = h->count - from < r->limit ? h->count - from : (size_t)r->limit;
	p->rows = arena_array(x->arena, struct event_shown, p->count + 1);
	for (size_t i = 0; i < p->count; i++) {
		p->rows[i].event = &h->events[from + i];
		look_at_event(x, &p->rows[i]);
	}
	p->next = from + p->count < h->count ? from + p->count : 0;
	p->cut = h->more;
	p->regional = identity_regional_id(x->txn, x->arena, p->asked.person);
	x->result = p;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct history_page *p = x->result;
	if (p == NULL)
		return;
	audit_patient(x, e, cx_text(x->arena, p->asked.id, p->asked.domain));
	for (size_t i = 0; i < p->count; i++) {
		audit_about(x, e, p->rows[i].record.number);
		audit_about(x, e, p->rows[i].other.number);
	}
}

/* What a person decided is told as that: whether anything was linked then is another line. */
static const char *event_name(const struct person_event *e)
{
	static const char *const kinds[] = { "known", "changed", "came", "went" };
	static const char *const decided[] = { "apart", "together", "undone", "confirmed" };
	if (e->kind != PERSON_DECISION)
		return kinds[e->kind];
	for (size_t i = 0; i < COUNT(decided); i++)
		if (text_equal(decided[i], e->decision.reason))
			return "decided";
	return e->decision.linked ? "linked" : "unlinked";
}

static void put(json_t *o, const char *member, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(o, member, json_string(text));
}

static json_t *show(struct exchange *x, const struct event_shown *s)
{
	const struct person_event *e = s->event;
	json_t *o = json_pack("{s:s, s:s}", "time", admin_time(x->arena, e->time), "event",
			      event_name(e));
	if (s->record.number != 0)
		put(o, "patient", cx_text(x->arena, s->record.id, s->record.domain));
	if (s->other.number != 0)
		put(o, "other", cx_text(x->arena, s->other.id, s->other.domain));
	put(o, "person", s->person);
	if (e->kind == PERSON_DECISION) {
		put(o, "reason", e->decision.reason);
		put(o, "by", e->decision.by);
		put(o, "why", e->decision.why);
	} else {
		put(o, "reason", s->what);
		put(o, "by", s->by);
	}
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct history_page *p = x->result;
	json_t *rows = json_array();
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(rows, show(x, &p->rows[i]));
	json_t *o = json_pack("{s:s*, s:o}", "person", p->regional, "history", rows);
	if (p->next != 0)
		json_object_set_new(
			o, "next",
			json_string(arena_printf(x->arena, "%llu", (unsigned long long)p->next)));
	if (p->next == 0 && p->cut)
		json_object_set_new(o, "cut", json_true());
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patient/history" },
				       { 0 } };

static const char *const parameters[] = { "patient limit after" };

const struct transaction admin_patient_history = {
	.code = "patient-history",
	.name = "Patient's history shown",
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
