/* profiles/admin/admin_audit_received.c: the audit records other systems have sent us (ITI-20),
 * searched, or one of them by its number. GET /admin/audit/received; HACKING.md: Admin API.
 *
 * Looking at them is an event of its own: 110101 Audit Log Used (DICOM PS3.15 A.5.3.2). */
#include "profiles/admin/admin_trail.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_expiring.h"
#include "store/audit_received.h"

struct question {
	struct trail_question trail; /* patient, times, limit and mark */
	struct received_filter filter;
	uint64_t number; /* 0: all that fit */
};

struct found {
	const struct received_entry *entry;
	struct found *next;
};

struct page {
	struct found *first;
	unsigned count;
	const char *next;
	const char *known_since; /* what came up to then went by rule; NULL: nothing did */
	struct trail_page trail; /* whose records were asked for */
};

static bool read_number(struct exchange *x, struct question *q)
{
	const char *text = admin_text(x, "number", false);
	return text == NULL || (text_to_number(text, UINT64_MAX, &q->number) && q->number != 0)
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "number",
			     "'%s' is not the number of a record", text);
}

/* DICOM PS3.15 A.5: an EventID is a number, of DCM; an outcome one of four. */
static bool read_codes(struct exchange *x, struct received_filter *f)
{
	static const char *const outcomes[] = { "0", "4", "8", "12" };
	f->event = admin_text(x, "event", false);
	f->outcome = admin_text(x, "outcome", false);
	if (f->event != NULL && f->event[strspn(f->event, "0123456789")] != '\0')
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "event",
				  "'%s' is not an EventID, such as 110112", f->event);
	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (f->outcome == NULL || text_equal(f->outcome, outcomes[i]))
			return true;
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "outcome",
			  "'%s' is none of 0, 4, 8, 12", f->outcome);
}

static bool read_request(struct exchange *x)
{
	struct question *q = arena_new(x->arena, struct question);
	struct received_filter *f = &q->filter;
	x->request = q;
	if (!trail_read(x, &q->trail) || !read_number(x, q))
		return false;
	f->from = q->trail.filter.from;
	f->to = q->trail.filter.to;
	f->after = q->trail.filter.after;
	f->patient = q->trail.filter.patient;
	f->source = admin_text(x, "source", false);
	f->type = admin_text(x, "type", false);
	f->user = admin_text(x, "user", false);
	return read_codes(x, f) && x->problem.code == PROBLEM_NONE;
}

static void add(struct exchange *x, struct page *p, struct found ***tail,
		const struct received_entry *e)
{
	struct found *one = arena_new(x->arena, struct found);
	one->entry = e;
	**tail = one;
	*tail = &one->next;
	p->count++;
}

static bool find_one(struct exchange *x, uint64_t number, struct page *p)
{
	struct found **tail = &p->first;
	const struct received_entry *e = received_get(x->txn, number, x->arena);
	if (e == NULL)
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "number",
				  "no received audit record has the number %llu",
				  (unsigned long long)number);
	add(x, p, &tail, e);
	return true;
}

/* A page is full earlier where its octets are many: the answer made of it may need as much again,
 * four times over in base64 and text. */
static bool find_page(struct exchange *x, const struct question *q, struct page *p)
{
	struct found **tail = &p->first;
	const struct received_entry *last = NULL;
	size_t most = (arena_used(x->arena) + arena_left(x->arena)) / 8,
	       begun = arena_used(x->arena);
	struct received_cursor *c = received_search(x->txn, &q->filter, x->arena);
	for (const struct received_entry *e; (e = received_next(c)) != NULL; last = e) {
		if (last != NULL
		    && (p->count == q->trail.filter.limit || arena_used(x->arena) - begun > most)) {
			p->next = trail_mark(x->arena, last->terms.time, last->sequence);
			break;
		}
		add(x, p, &tail, e);
	}
	return true;
}

/* "No records" must mean that there are none: who never sent any was perhaps misspelt. */
static bool could_be_found(struct exchange *x, const struct question *q)
{
	struct received_usage used;
	const char *source = q->filter.source;
	if (source == NULL || q->filter.after.sequence != 0
	    || region_system(x->region, source) != NULL || !received_used(x->txn, source, &used)
	    || used.records != 0)
		return true;
	return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "source",
			  "no system is called '%s', and none of that name has sent a record",
			  source);
}

static bool search(struct exchange *x)
{
	const struct question *q = x->request;
	struct page *p = arena_new(x->arena, struct page);
	x->result = p;
	instant since;
	p->trail.about = trail_record_asked_for(x, &q->trail.patient);
	if (audit_known_since(x->txn, AUDIT_RECEIVED, &since))
		p->known_since = admin_time(x->arena, since);
	if (q->number != 0)
		return find_one(x, q->number, p);
	return find_page(x, q, p) && (p->count != 0 || could_be_found(x, q));
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct question *q = x->request;
	const struct page *p = x->result;
	trail_audited(x, e, q == NULL ? NULL : &q->trail, p == NULL ? NULL : &p->trail);
}

/* ---- The answer ---- */

static void put(json_t *object, const char *member, const char *text)
{
	if (!text_empty(text) && text_is_utf8((const unsigned char *)text, strlen(text)))
		json_object_set_new(object, member, json_string(text));
}

static void put_list(json_t *object, const char *member, const struct text_list *l)
{
	json_t *list = json_array();
	for (; l != NULL; l = l->next)
		json_array_append_new(list, json_string(l->value));
	if (json_array_size(list) != 0)
		json_object_set(object, member, list);
	json_decref(list);
}

static void put_oddities(json_t *object, unsigned odd)
{
	static const struct {
		enum received_oddity what;
		const char *word;
	} words[] = {
		{ RECEIVED_NO_HEADER, "no header of RFC 5424" },
		{ RECEIVED_NO_MESSAGE, "no AuditMessage" },
		{ RECEIVED_CUT, "not whole" },
	};
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(words); i++)
		if ((odd & words[i].what) != 0)
			json_array_append_new(list, json_string(words[i].word));
	if (json_array_size(list) != 0)
		json_object_set(object, "odd", list);
	json_decref(list);
}

/* As text where it is one; the octets themselves are always there. */
static void put_octets(struct exchange *x, json_t *o, struct bytes octets)
{
	struct buffer b = buffer_in(x->arena);
	buffer_base64(&b, octets);
	json_object_set_new(o, "octets", json_string(buffer_ended(&b)));
	if (text_is_utf8(octets.data, octets.length))
		json_object_set_new(o, "record",
				    json_stringn((const char *)octets.data, octets.length));
}

static json_t *show(struct exchange *x, const struct received_entry *e)
{
	const struct received_terms *m = &e->terms;
	json_t *o = json_object();
	json_object_set_new(o, "number", json_integer((json_int_t)e->sequence));
	put(o, "time", admin_time(x->arena, m->time));
	put(o, "received", admin_time(x->arena, m->received));
	put(o, "source", m->source);
	put(o, "address", m->address);
	put(o, "host", m->host);
	put(o, "application", m->application);
	put(o, "process", m->process);
	put(o, "audit_source", m->audit_source);
	put(o, "event", m->event);
	put(o, "type", m->type);
	put(o, "action", m->action);
	put(o, "outcome", m->outcome);
	put(o, "user", m->user);
	put(o, "patient", m->patients == NULL ? NULL : m->patients->value);
	put_list(o, "patients", m->patients);
	put_list(o, "participants", m->participants);
	put_list(o, "objects", m->objects);
	put_oddities(o, m->odd);
	if (e->first != 0)
		json_object_set_new(o, "again", json_integer((json_int_t)e->first));
	put_octets(x, o, e->octets);
	put(o, "hash", bytes_to_hex(x->arena, (struct bytes){ e->hash, sizeof e->hash }));
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct page *p = x->result;
	json_t *list = json_array();
	for (const struct found *f = p->first; f != NULL; f = f->next)
		json_array_append_new(list, show(x, f->entry));
	json_t *page = json_pack("{s:o}", "records", list);
	put(page, "next", p->next);
	put(page, "known_since", p->known_since);
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/audit/received" },
				       { 0 } };

static const char *const parameters[] = {
	"number patient from to source event type outcome user limit after",
};

const struct transaction admin_audit_received = {
	.code = "audit-received",
	.name = "Received audit records searched",
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
