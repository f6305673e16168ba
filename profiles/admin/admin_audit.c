/* profiles/admin/admin_audit.c: searching the audit log, one page after the other. GET
 * /admin/audit; HACKING.md: Admin API.
 *
 * Looking at the log is an event of its own: 110101 Audit Log Used (DICOM PS3.15 A.5.3.2). */
#include "profiles/admin/admin_trail.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem_meaning.h"

enum { EXCHANGE_ID = 16 }; /* digits (gateway/exchange.c) */

/* What is asked of the kept event, besides the terms the log finds it by. */
struct audit_question {
	struct trail_question trail;
	const char *problem, *exchange; /* NULL: any */
};

static bool is_problem(const char *name)
{
	for (unsigned i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++)
		if (problem_is_called((enum problem_code)i, name))
			return true;
	return false;
}

static bool read_event(struct exchange *x, struct audit_question *q)
{
	q->problem = admin_text(x, "problem", false);
	q->exchange = admin_text(x, "exchange", false);
	q->trail.filter.refused_only = q->problem != NULL;
	if (q->problem != NULL && !is_problem(q->problem))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "problem",
				  "no error is called '%s'; minato explain shows all", q->problem);
	if (q->exchange != NULL
	    && (strlen(q->exchange) != EXCHANGE_ID
		|| strspn(q->exchange, "0123456789abcdef") != EXCHANGE_ID))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "exchange",
				  "'%s' is no exchange's id: that has %d digits of 0-9 and a-f",
				  q->exchange, EXCHANGE_ID);
	return x->problem.code == PROBLEM_NONE;
}

/* Whether the kept event is one that is asked for. */
static bool is_asked(const void *self, const struct trail_record *r)
{
	const struct audit_question *q = self;
	const struct audit_event *e = &r->kept->event;
	if (q->exchange != NULL && !text_equal(q->exchange, e->exchange))
		return false;
	for (unsigned i = PROBLEM_NONE + 1; q->problem != NULL && i < PROBLEM_COUNT; i++)
		if (text_equal(problem_row((enum problem_code)i)->name, e->problem))
			return problem_is_called((enum problem_code)i, q->problem);
	return q->problem == NULL;
}

static bool read_request(struct exchange *x)
{
	struct audit_question *q = arena_new(x->arena, struct audit_question);
	struct audit_filter *f = &q->trail.filter;
	x->request = q;
	f->system = admin_text(x, "system", false);
	f->transaction = admin_text(x, "transaction", false);
	if (!trail_read(x, &q->trail) || !admin_yes(x, "only_this_id", &q->trail.only_this_id)
	    || !read_event(x, q))
		return false;
	if (q->trail.only_this_id && f->patient == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "only_this_id",
				  "which id? 'patient' is needed with it");
	q->trail.with_messages = true;
	q->trail.self = q;
	if (q->problem != NULL || q->exchange != NULL)
		q->trail.wanted = is_asked;
	return true;
}

static bool is_transaction(const char *code)
{
	for (size_t i = 0; transactions[i] != NULL; i++)
		if (text_equal(transactions[i]->code, code))
			return true;
	for (unsigned i = 0; i < AUDIT_DOINGS; i++)
		if (text_equal(audit_doing_name((enum audit_doing)i), code))
			return true;
	return false;
}

/* A registered system, or the operator as the log names him. */
static bool is_system(const struct region *r, const char *name)
{
	uint64_t uid;
	return region_system(r, name) != NULL || text_equal(name, "loopback")
	       || (text_starts(name, "uid ") && text_to_number(name + 4, UINT32_MAX, &uid));
}

/* "No records" must mean that there are none. Nothing was found: could there have been? A system or
 * person of former times has its records and is found; who is in neither place was misspelt. */
static bool could_be_found(struct exchange *x, const struct audit_question *q)
{
	const struct audit_filter *f = &q->trail.filter;
	if (f->system != NULL && !is_system(x->region, f->system))
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "system",
				  "no system is called '%s', and no record names one", f->system);
	if (f->transaction != NULL && !is_transaction(f->transaction))
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "transaction",
				  "there is no transaction '%s', and no record names one",
				  f->transaction);
	if (q->exchange != NULL)
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "exchange",
				  "no record names the exchange '%s'", q->exchange);
	return trail_is_somebodys(x, &q->trail, x->result);
}

static bool search(struct exchange *x)
{
	const struct audit_question *q = x->request;
	struct trail_page *p = trail_search(x, &q->trail);
	x->result = p;
	return p != NULL
	       && (p->count > 0 || p->next != NULL || q->trail.filter.after.sequence != 0
		   || could_be_found(x, q));
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct audit_question *q = x->request;
	trail_audited(x, e, q == NULL ? NULL : &q->trail, x->result);
}

static void put(json_t *object, const char *member, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(object, member, json_string(text));
}

static void put_event(json_t *o, const struct audit_event *e)
{
	char code[12], action[] = { (char)e->action, '\0' };
	snprintf(code, sizeof code, "%d", e->event_id);
	put(o, "event", audit_code_meaning(e->event_id));
	put(o, "event_code", code);
	put(o, "what", e->type.display == NULL ? e->type.code : e->type.display);
	put(o, "action", action);
	json_object_set_new(o, "outcome", json_integer((int)e->outcome));
	put(o, "description", e->outcome_description);
	put(o, "problem", e->problem);
	put(o, "exchange", e->exchange);
	for (const struct audit_participant *p = e->participants; p != NULL; p = p->next)
		if (p->requestor)
			put(o, "peer", p->network_access_point);
}

/* What a person asks first, and all of it as an Audit Record Repository gets it. */
static void put_record(json_t *o, const struct trail_record *f)
{
	if (f->kept == NULL) {
		put(o, "damaged", "the entry cannot be read; minato audit verify tells more");
		return;
	}
	put_event(o, &f->kept->event);
	json_object_set_new(o, "record",
			    json_stringn((const char *)f->message.data, f->message.length));
}

static json_t *show(struct exchange *x, const struct trail_record *f)
{
	const struct audit_entry *e = f->entry;
	json_t *o = json_object();
	json_object_set_new(o, "number", json_integer((json_int_t)e->sequence));
	put(o, "time", admin_time(x->arena, e->terms.time));
	put(o, "transaction", e->terms.transaction);
	put(o, "system", e->terms.system);
	put_record(o, f);
	if (e->terms.patients != NULL) {
		json_t *patients = json_array();
		for (const struct text_list *p = e->terms.patients; p != NULL; p = p->next)
			json_array_append_new(patients, json_string(p->value));
		put(o, "patient", e->terms.patients->value);
		json_object_set_new(o, "patients", patients);
	}
	json_object_set_new(o, "local", json_boolean(e->terms.local_only));
	put(o, "hash", bytes_to_hex(x->arena, (struct bytes){ e->hash, sizeof e->hash }));
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct trail_page *r = x->result;
	json_t *list = json_array();
	for (const struct trail_record *f = r->found; f != NULL; f = f->next)
		json_array_append_new(list, show(x, f));
	json_t *page = json_pack("{s:o}", "records", list);
	put(page, "next", r->next);
	put(page, "known_since", r->known_since);
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/audit" }, { 0 } };

static const char *const parameters[] = {
	"patient only_this_id from to system transaction problem exchange limit after",
};

const struct transaction admin_audit = {
	.code = "audit-search",
	.name = "Audit Log Used",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110101,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = search,
	.audited = audited,
	.answer_json = answer,
};
