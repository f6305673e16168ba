/* profiles/exchange.c: what a transaction may do to its exchange: findings, departures, audit
 * objects. */
#include "profiles/transaction.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/person_reader.h"
#include "profiles/actors/community_patients.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/quota.h"
#include "schemas/model/document.h"
#include "schemas/model/signature.h"
#include "store/blobs.h"

static void add_finding(struct exchange *x, const struct finding *one)
{
	struct finding *f = arena_new(x->arena, struct finding), **tail = &x->findings;
	*f = *one;
	f->next = NULL;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = f;
	if (!f->warning && x->problem.code == PROBLEM_NONE)
		x->problem = f->problem;
}

bool exchange_finding(struct exchange *x, bool warning, const char *location,
		      const struct problem *p)
{
	add_finding(x,
		    &(struct finding){ .problem = *p, .warning = warning, .location = location });
	return false;
}

bool exchange_findings(struct exchange *x, const struct findings *f)
{
	for (const struct finding *one = f->first; one != NULL; one = one->next)
		add_finding(x, one);
	return f->errors == 0;
}

struct store_txn *exchange_look(struct exchange *x)
{
	if (x->txn == NULL)
		x->txn = store_begin_read(x->store, &x->problem);
	return x->txn;
}

bool exchange_look_at_quota(struct exchange *x)
{
	struct registry_desk d = exchange_desk(x);
	if (!quota_is_set(&d))
		return true;
	if ((d.txn = exchange_look(x)) == NULL)
		return false;
	x->stored_elsewhere = quota_elsewhere(&d);
	return true;
}

struct exchange_call *exchange_call(struct exchange *x, const struct outward *what,
				    const struct partner *to, const void *request)
{
	struct exchange_call *c = arena_new(x->arena, struct exchange_call), **tail = &x->calls;
	*c = (struct exchange_call){ .what = what, .to = to, .request = request, .fd = -1 };
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = c;
	return c;
}

void exchange_keep_first(struct exchange *x,
			 bool (*keep)(const struct exchange *x, struct store_txn *t,
				      const void *what),
			 const void *what)
{
	struct exchange_first *f = arena_new(x->arena, struct exchange_first), **tail = &x->first;
	*f = (struct exchange_first){ .keep = keep, .what = what };
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = f;
}

void exchange_person_rules(const struct exchange *x, struct hl7_person_rules *out)
{
	const struct registered_system *s = x->sender;
	*out = (struct hl7_person_rules){
		.twelve_digit_ids = s != NULL && s->lenient.twelve_digit_ids,
		.local_sex_codes = s != NULL && s->lenient.local_sex_codes,
	};
}

void exchange_person_notes(struct exchange *x, const struct hl7_person_notes *n)
{
	x->needed.twelve_digit_ids = x->needed.twelve_digit_ids || n->twelve_digit_id;
	x->needed.local_sex_codes = x->needed.local_sex_codes || n->local_sex_code;
	if (x->problem.code != PROBLEM_NONE)
		return; /* nothing was taken, so nothing was left out */
	for (const struct finding *f = n->warnings; f != NULL; f = f->next)
		exchange_finding(x, true, NULL, &f->problem);
}

struct registry_desk exchange_desk(struct exchange *x)
{
	return (struct registry_desk){
		.arena = x->arena,
		.region = x->region,
		.sender = x->sender,
		.admission = &x->admission,
		.community = community_patients_begin(x->arena, x->region, x->sender),
		.needed = &x->needed,
		.now = x->now,
		.txn = x->txn,
		.open = x->open_documents,
		.open_most = x->open_documents_most,
		.stored_elsewhere = x->stored_elsewhere,
	};
}

static const char *depart(struct exchange *x, const struct departure *what)
{
	char uuid[UUID_URN_TEXT];
	random_uuid(x->random, uuid);
	struct departure *d = arena_new(x->arena, struct departure), **tail = &x->departures;
	*d = *what;
	d->content_id = arena_printf(x->arena, "%s@minato", uuid + strlen("urn:uuid:"));
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = d;
	return d->content_id;
}

const char *exchange_depart(struct exchange *x, const char *content_type,
			    const struct blob_content *content)
{
	return depart(x, &(struct departure){ .content_type = content_type,
					      .octets = content->octets,
					      .fd = content->fd,
					      .length = content->size,
					      .sha256 = content->sha256 });
}

const char *exchange_depart_range(struct exchange *x, const char *content_type, int fd,
				  uint64_t offset, uint64_t length)
{
	return depart(x, &(struct departure){ .content_type = content_type,
					      .fd = fd,
					      .offset = offset,
					      .length = length });
}

struct audit_object *audit_add_object(struct exchange *x, struct audit_event *e)
{
	struct audit_object *o = arena_new(x->arena, struct audit_object), **tail = &e->objects;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = o;
	return o;
}

/* Is the id of a system whose own ids have twelve digits: id^^^&OID&ISO or ID@FACILITY? */
static bool has_twelve_digits(const struct region *r, const char *id)
{
	struct cx_parts parts;
	const char *at = strchr(id, '@');
	bool cx = metadata_type_cx(id, &parts);
	for (size_t i = 0; r != NULL && i < r->system_count; i++) {
		const struct registered_system *s = &r->systems[i];
		if (!s->lenient.twelve_digit_ids)
			continue;
		if (at != NULL && text_equal(at + 1, s->name))
			return true;
		for (const char *const *d = s->domains; cx && d != NULL && *d != NULL; d++)
			if (strlen(*d) == parts.universal_id_length
			    && memcmp(*d, parts.universal_id, parts.universal_id_length) == 0)
				return true;
	}
	return false;
}

/* An Individual Number is written nowhere, not even that it was refused (japan: D2). */
const char *audit_patient_id(const struct exchange *x, const char *cx)
{
	return metadata_type_my_number(cx) && !has_twelve_digits(x->region, cx) ? "withheld" : cx;
}

struct audit_object *audit_patient(struct exchange *x, struct audit_event *e, const char *cx)
{
	struct audit_object *o = audit_add_object(x, e);
	o->id = audit_patient_id(x, cx);
	o->type_code = 1;
	o->type_code_role = 1;
	o->id_type = (struct coded_value){ .code = "2",
					   .scheme = "RFC-3881",
					   .display = "Patient Number" };
	return o;
}

/* What is found comes patient by patient, so that looking at the last is enough to keep it
 * short. */
void audit_about(struct exchange *x, struct audit_event *e, uint64_t record)
{
	if (record == 0 || (e->about != NULL && e->about->record == record))
		return;
	struct audit_about *b = arena_new(x->arena, struct audit_about);
	*b = (struct audit_about){ .record = record, .next = e->about };
	e->about = b;
}

struct audit_object *audit_query(struct exchange *x, struct audit_event *e, const char *id,
				 struct bytes query)
{
	struct audit_object *o = audit_add_object(x, e);
	/* a query too broken to have an id still needs one here */
	o->id = text_empty(id) ? x->id : id;
	o->type_code = 2;
	o->type_code_role = 24;
	/* Of a call it is what is asked of the other, whatever we were asked ourselves. */
	bool said = e->type.code != NULL;
	o->id_type = (struct coded_value){ .code = said ? e->type.code : x->transaction->code,
					   .scheme = "IHE Transactions",
					   .display = said ? e->type.display
							   : x->transaction->name };
	o->query = query.data;
	o->query_length = query.length;
	return o;
}

struct audit_object *audit_submission_set(struct exchange *x, struct audit_event *e,
					  const char *unique_id)
{
	struct audit_object *o = audit_add_object(x, e);
	o->id = unique_id;
	o->type_code = 2;
	o->type_code_role = 20;
	o->id_type = (struct coded_value){ .code = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd",
					   .scheme = "IHE XDS Metadata",
					   .display = "submission set classificationNode" };
	return o;
}

void audit_add_detail(struct exchange *x, struct audit_object *o, const char *type,
		      struct bytes value)
{
	struct audit_detail *d = arena_new(x->arena, struct audit_detail), **tail = &o->details;
	*d = (struct audit_detail){ .type = type, .value = value.data, .length = value.length };
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = d;
}

struct audit_event *audit_another(struct exchange *x, struct audit_event *e)
{
	struct audit_event *other = arena_new(x->arena, struct audit_event);
	*other = *e;
	other->objects = NULL;
	other->next = e->next;
	e->next = other;
	return other;
}

/* By our own source, in our own registry. */
static struct audit_event *registered_by_us(struct exchange *x, const char *code,
					    const char *display, const struct submission_set *set)
{
	struct audit_event *e = arena_new(x->arena, struct audit_event);
	*e = (struct audit_event){
		.event_id = 110107, /* DCM Import */
		.action = AUDIT_CREATE,
		.time = x->now,
		.type = { .code = code, .scheme = "IHE Transactions", .display = display },
		.transaction = code,
	};
	e->participants = arena_new(x->arena, struct audit_participant);
	*e->participants = (struct audit_participant){
		.user_id = set->source_id,
		.user_name = "On-Demand Document Source",
		.requestor = true,
		.role = AUDIT_SOURCE,
		.next = arena_new(x->arena, struct audit_participant),
	};
	*e->participants->next = (struct audit_participant){ .role = AUDIT_DESTINATION };
	audit_patient(x, e, set->patient_id);
	audit_about(x, e, set->subject);
	return e;
}

struct audit_event *audit_offered(struct exchange *x, const struct submission *offered)
{
	if (offered == NULL)
		return NULL;
	struct audit_event *e = registered_by_us(x, "ITI-61", "Register On-Demand Document Entry",
						 offered->set);
	for (; offered != NULL; offered = offered->offered)
		audit_submission_set(x, e, offered->set->unique_id);
	return e;
}

/* We, as the event it follows has us. */
static struct audit_participant *ourselves(struct exchange *x, const struct audit_event *e)
{
	const struct audit_participant *p = e->participants;
	while (p != NULL && p->alternative_user_id == NULL)
		p = p->next;
	if (p == NULL)
		return NULL;
	struct audit_participant *copy = arena_new(x->arena, struct audit_participant);
	*copy = *p;
	copy->role = AUDIT_DESTINATION;
	copy->requestor = false;
	copy->next = NULL;
	return copy;
}

static void add_after(struct exchange *x, struct audit_event *e, struct audit_event *one)
{
	struct audit_participant *us = ourselves(x, e);
	one->participants->next = us;
	if (us != NULL) { /* one process is both ends of it */
		one->participants->network_access_point = us->network_access_point;
		one->participants->network_access_point_type = us->network_access_point_type;
	}
	one->next = e->next;
	e->next = one;
}

void audit_add_offered(struct exchange *x, struct audit_event *e, const struct submission *offered)
{
	struct audit_event *one = audit_offered(x, offered);
	if (one != NULL)
		add_after(x, e, one);
}

void audit_add_snapshot(struct exchange *x, struct audit_event *e,
			const struct submission_set *snapshot)
{
	struct audit_event *one = registered_by_us(x, "ITI-42", "Register Document Set-b",
						   snapshot);
	audit_submission_set(x, one, snapshot->unique_id);
	add_after(x, e, one);
}

void audit_signature(struct exchange *x, struct audit_event *e, const char *unique_id,
		     const struct signature_verdict *v)
{
	const struct signature_reason_row *row = signature_reason_row(v->reason);
	struct audit_object *o = audit_add_object(x, e);
	e->event_id = 110007; /* DCM Report Verification */
	e->action = AUDIT_READ;
	e->type = (struct coded_value){ .code = "urn:ihe:iti:dsg",
					.scheme = "IHE Transactions",
					.display = "Document Digital Signature" };
	o->id = unique_id;
	o->type_code = 2;
	o->type_code_role = 3;
	o->id_type = (struct coded_value){ .code = "9",
					   .scheme = "RFC-3881",
					   .display = "Report Number" };
	audit_add_detail(
		x, o, "verification",
		bytes_of_text(arena_printf(x->arena, "%s: %s", signature_result_name(row->result),
					   row->name)));
}

const char *cx_text(struct arena *a, const char *id, const char *universal_id)
{
	return text_joined(a, id == NULL ? "" : id, "^^^&",
			   universal_id == NULL ? "" : universal_id, "&ISO", NULL);
}
