/* profiles/admin/admin_audit.c: searching the audit log, one page after the other. GET
 * /admin/audit; HACKING.md: Admin API.
 *
 * Looking at the log is an event of its own: 110101 Audit Log Used (DICOM PS3.15 A.5.3.2). */
#include "profiles/admin/admin_person.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit/event_record.h"
#include "gateway/audit/record.h"
#include "gateway/audit/subjects.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem_meaning.h"
#include "store/audit_log.h"

enum { LIMIT = 100, LIMIT_MOST = 10000 };
enum { EXCHANGE_ID = 16 }; /* digits (gateway/exchange.c) */

struct found {
	const struct audit_entry *entry;
	const struct kept_event *kept; /* NULL: damaged */
	struct bytes message;          /* as an Audit Record Repository gets it */
	struct found *next;
};

/* What is asked of the kept event, besides the terms the log finds it by. */
struct audit_question {
	struct audit_filter filter;
	struct patient_identifier patient; /* filter.patient in its parts */
	const char *problem, *exchange;    /* NULL: any */
};

struct audit_result {
	struct found *found;
	uint64_t about;   /* the patient record asked for; 0: none, or nobody is called so */
	const char *next; /* where the next page begins; NULL: there is none */
};

/* The zone behind a time: none (UTC), Z, or +09:00; of a date alone there is none. */
static bool take_zone(const char *text, char *out)
{
	bool zone = (*text == '+' || *text == '-') && strlen(text) == strlen("+09:00")
		    && text[3] == ':';
	if (zone)
		snprintf(out, 6, "%.3s%s", text, text + 4);
	return zone || *text == '\0' || text_equal(text, "Z");
}

/* 2026-01-15, 2026-01-15T00:30, 2026-01-15T00:30:01.5Z, 2026-01-15T09:30:01+09:00; also without
 * punctuation: 20260115, 20260115003001. To the DTM of HL7; false: of none of these forms. */
static bool dtm_of(const char *text, char out[32])
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t n = 0, at = 0;
	if (strspn(text, "0123456789") >= strlen("20260115")) {
		n = strspn(text, "0123456789");
		return (n == 8 || n == 12 || n == 14)
		       && (text[n] == '\0' || text_equal(text + n, "Z"))
		       && snprintf(out, 32, "%.*s", (int)n, text) > 0;
	}
	for (; form[at] != '\0' && text[at] != '\0'; at++) {
		if (form[at] == '0' ? text[at] < '0' || text[at] > '9' : text[at] != form[at])
			break;
		if (form[at] == '0')
			out[n++] = text[at];
	}
	if (at == strlen(form) && text[at] == '.')
		for (out[n++] = text[at++]; text[at] >= '0' && text[at] <= '9' && n < 21;)
			out[n++] = text[at++];
	out[n] = '\0';
	return at == 10 ? text[at] == '\0'
			: (at == 16 || at >= 19) && take_zone(text + at, out + n);
}

static bool read_time(struct exchange *x, const char *member, instant *out)
{
	const char *text = admin_text(x, member, false);
	char dtm[32];
	if (text == NULL)
		return x->problem.code == PROBLEM_NONE;
	return (dtm_of(text, dtm) && instant_from_dtm(dtm, 0, out))
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member,
			     "'%s' is not a time like 2026-01-15 or 2026-01-15T00:30:01Z", text);
}

static bool read_span(struct exchange *x, struct audit_filter *f)
{
	if (!read_time(x, "from", &f->from) || !read_time(x, "to", &f->to))
		return false;
	return f->from == 0 || f->to == 0 || f->from < f->to
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "to",
			     "'%s' is not after '%s': nothing lies between",
			     admin_text(x, "to", false), admin_text(x, "from", false));
}

/* The mark of a page's last entry: TIME.SEQUENCE, nobody's affair but ours. */
static const char *mark_text(struct arena *a, const struct audit_entry *e)
{
	return arena_printf(a, "%llu.%llu", (unsigned long long)e->terms.time,
			    (unsigned long long)e->sequence);
}

static bool read_mark(struct exchange *x, struct audit_mark *out)
{
	const char *text = admin_text(x, "after", false);
	const char *dot = text == NULL ? NULL : strchr(text, '.');
	uint64_t time = 0;
	if (text == NULL)
		return x->problem.code == PROBLEM_NONE;
	bool read = dot != NULL
		    && text_to_number(arena_text_n(x->arena, text, (size_t)(dot - text)),
				      UINT64_MAX, &time)
		    && text_to_number(dot + 1, UINT64_MAX, &out->sequence) && out->sequence != 0;
	out->time = (instant)time;
	return read
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
			     "'%s' is not the next of an earlier list", text);
}

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
	q->filter.refused_only = q->problem != NULL;
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

static bool read_request(struct exchange *x)
{
	struct audit_question *q = arena_new(x->arena, struct audit_question);
	struct audit_filter *f = &q->filter;
	const char *limit = admin_text(x, "limit", false),
		   *patient = admin_text(x, "patient", false);
	uint64_t number = LIMIT;
	x->request = q;
	f->system = admin_text(x, "system", false);
	f->transaction = admin_text(x, "transaction", false);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &number) || number == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	f->limit = (unsigned)number;
	if (patient != NULL) {
		if (!admin_read_name(x, patient, &q->patient))
			return false;
		f->patient = cx_text(x->arena, q->patient.id, q->patient.universal_id);
	}
	return read_span(x, f) && read_mark(x, &f->after) && read_event(x, q);
}

static struct found *keep(struct exchange *x, const struct audit_entry *e)
{
	struct found *f = arena_new(x->arena, struct found);
	struct audit_entry *entry = arena_new(x->arena, struct audit_entry);
	struct kept_event *kept = arena_new(x->arena, struct kept_event);
	*entry = *e;
	f->entry = entry;
	if (event_record_read(x->arena, entry, kept))
		f->kept = kept;
	return f;
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
	const struct audit_filter *f = &q->filter;
	const struct audit_result *r = x->result;
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
	return f->patient == NULL || r->about != 0
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "patient",
			     "nobody is known as '%s', and no record names one",
			     admin_text(x, "patient", false));
}

static uint64_t record_asked_for(struct exchange *x, const struct patient_identifier *id)
{
	struct patient_record record;
	bool known = id->id != NULL
		     && identity_find(x->txn, x->arena, id->universal_id, id->id, &record);
	return known ? record.number : 0;
}

/* Whether the kept event is one that is asked for; a damaged one is told, whatever was asked. */
static bool is_asked(const struct audit_question *q, const struct found *f)
{
	if (f->kept == NULL)
		return true;
	const struct audit_event *e = &f->kept->event;
	if (q->exchange != NULL && !text_equal(q->exchange, e->exchange))
		return false;
	for (unsigned i = PROBLEM_NONE + 1; q->problem != NULL && i < PROBLEM_COUNT; i++)
		if (text_equal(problem_row((enum problem_code)i)->name, e->problem))
			return problem_is_called((enum problem_code)i, q->problem);
	return q->problem == NULL;
}

/* A page is full with as many as were asked for, or earlier: what is looked through may take a
 * quarter of the exchange's memory, the answer made of it needs no more than that again. */
static bool search(struct exchange *x)
{
	const struct audit_question *q = x->request;
	struct audit_filter f = q->filter;
	struct audit_result *r = arena_new(x->arena, struct audit_result);
	struct found **tail = &r->found;
	const struct audit_entry *last = NULL;
	size_t most = (arena_used(x->arena) + arena_left(x->arena)) / 4, taken = 0;
	unsigned count = 0, limit = f.limit;
	bool terms_say_all = q->problem == NULL && q->exchange == NULL;
	x->result = r;
	r->about = record_asked_for(x, &q->patient);
	f.limit = terms_say_all ? limit + 1 : 0; /* one more tells whether there is more */
	if (f.patient != NULL && !audit_subjects_search(x->txn, x->arena, f.patient, &f))
		return false; /* the store failed: the road says so */
	struct audit_cursor *c = audit_log_search(x->txn, &f, x->arena);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;) {
		if (last != NULL && (count == limit || taken > most)) {
			r->next = mark_text(x->arena, last);
			break;
		}
		size_t before = arena_used(x->arena);
		struct found *one = keep(x, e);
		last = one->entry;
		if (is_asked(q, one)) {
			if (one->kept != NULL)
				one->message = audit_record_write(x->arena, &one->kept->source,
								  &one->kept->event);
			*tail = one;
			tail = &one->next;
			count++;
		}
		taken += arena_used(x->arena) - before;
	}
	return count > 0 || r->next != NULL || f.after.sequence != 0 || could_be_found(x, q);
}

/* Whose trail was asked for finds that in it. He is no participant, but a detail: the log is what
 * was used (DICOM PS3.15 A.5.3.2), and an id that nobody has would else be one a record names. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct audit_question *q = x->request;
	const struct audit_result *r = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = x->endpoint,
		.type_code = 2,
		.type_code_role = 13,
		.name = "Security Audit Log",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	e->type = (struct coded_value){ 0 };
	if (q != NULL && q->filter.patient != NULL)
		audit_add_detail(x, o, "patient",
				 bytes_of_text(audit_patient_id(x, q->filter.patient)));
	if (r != NULL)
		audit_about(x, e, r->about);
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
static void put_record(json_t *o, const struct found *f)
{
	if (f->kept == NULL) {
		put(o, "damaged", "the entry cannot be read; minato audit verify tells more");
		return;
	}
	put_event(o, &f->kept->event);
	json_object_set_new(o, "record",
			    json_stringn((const char *)f->message.data, f->message.length));
}

static json_t *show(struct exchange *x, const struct found *f)
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
	const struct audit_result *r = x->result;
	json_t *list = json_array();
	for (const struct found *f = r->found; f != NULL; f = f->next)
		json_array_append_new(list, show(x, f));
	json_t *page = json_pack("{s:o}", "records", list);
	put(page, "next", r->next);
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/audit" }, { 0 } };

static const char *const parameters[] = {
	"patient from to system transaction problem exchange limit after",
};

const struct transaction admin_audit = {
	.code = "audit-search",
	.name = "Audit Log Used",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
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
