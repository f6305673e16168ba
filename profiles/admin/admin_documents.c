/* profiles/admin/admin_documents.c: a person's documents, newest first. GET /admin/documents, and
 * one of them whole, GET /admin/document. Metadata only. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include <inttypes.h>

#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/submitter.h"
#include "schemas/model/signature.h"
#include "schemas/model/values.h"
#include "store/registry.h"
#include "store/signature_verdicts.h"

enum { LIMIT = 100, LIMIT_MOST = 10000 };

struct documents_request {
	const char *patient, *id; /* one of them */
	uint64_t limit, after;    /* so many have been shown before */
};

/* One document asked for has what it replaced and what replaced it, each with its submitter. */
struct documents {
	struct document_entry *first;
	struct text_list *replaces, *replaced_by, *signatures;
	bool more;
};

static bool read_request(struct exchange *x)
{
	struct documents_request *r = arena_new(x->arena, struct documents_request);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->limit = LIMIT;
	r->id = admin_text(x, "id", false);
	r->patient = admin_text(x, "patient", r->id == NULL);
	if (after != NULL && (!text_to_number(after, UINT32_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	return x->problem.code == PROBLEM_NONE;
}

/* Of each document its latest version. */
static bool find_of_patient(struct exchange *x, const struct documents_request *r)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	struct patient_record record;
	struct record_numbers subjects;
	struct documents *found = arena_new(x->arena, struct documents);
	struct document_entry **tail = &found->first;
	struct registry_desk desk = exchange_desk(x);
	uint64_t count = 0;
	if (!admin_find_person(x, r->patient, &record)
	    || !identity_subjects(x->txn, x->arena, record.person, &subjects))
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the person could not be read");
	for (size_t i = 0; i < subjects.count; i++) {
		struct registry_cursor *c = registry_entries(x->txn, x->arena, subjects.numbers[i],
							     &all);
		for (struct document_entry *e;
		     !found->more
		     && (e = document_registry_entry(&desk, registry_next_entry(c))) != NULL;
		     count++) {
			e->next = NULL;
			found->more = count == r->after + r->limit;
			if (count < r->after || found->more)
				continue;
			*tail = e;
			tail = &e->next;
		}
	}
	x->result = found;
	return true;
}

static struct text_list *replacements(struct exchange *x, const struct association *a, bool forward)
{
	struct text_list *first = NULL, **last = &first;
	struct registry_desk desk = exchange_desk(x);
	for (; a != NULL; a = a->next) {
		const struct document_entry *e =
			a->type != ASSOCIATION_RPLC && a->type != ASSOCIATION_XFRM_RPLC
				? NULL
				: document_registry_entry(
					&desk, registry_entry(x->txn, x->arena,
							      forward ? a->target : a->source));
		if (e == NULL)
			continue;
		const char *by = e->source_system == NULL ? "the region's operator"
							  : e->source_system;
		last = text_list_add(x->arena, last,
				     arena_printf(x->arena, "%s, submitted by %s", e->id, by));
	}
	return first;
}

/* What was said of it when it came, if it is a signature, and of those that sign it. */
static struct text_list *signatures(struct exchange *x, const struct document_entry *e)
{
	struct text_list *first = NULL, **last = &first;
	const struct association *a = registry_to(x->txn, x->arena, e->id);
	for (const char *id = e->id; id != NULL; a = a->next) {
		struct signature_verdict v;
		if (signature_verdict_get(x->txn, x->arena, id, &v)) {
			const struct signature_reason_row *row = signature_reason_row(v.reason);
			char when[XML_TIME_TEXT];
			instant_to_xml(v.when, when);
			last = text_list_add(x->arena, last,
					     arena_printf(x->arena, "%s, %s (%s) as it came, %s",
							  id, signature_result_name(row->result),
							  row->name, when));
		}
		while (a != NULL && a->type != ASSOCIATION_SIGNS)
			a = a->next;
		if (a == NULL)
			break;
		id = a->source;
	}
	return first;
}

static bool find(struct exchange *x)
{
	const struct documents_request *r = x->request;
	struct documents *found = arena_new(x->arena, struct documents);
	if (r->id == NULL)
		return find_of_patient(x, r);
	struct document_entry *e = admin_find_document(x, r->id);
	if (e == NULL)
		return false;
	found->first = e;
	x->result = found;
	found->replaces = replacements(x, registry_from(x->txn, x->arena, e->id), true);
	found->replaced_by = replacements(x, registry_to(x->txn, x->arena, e->id), false);
	found->signatures = signatures(x, e);
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct documents_request *r = x->request;
	const struct documents *found = x->result;
	struct patient_identifier id;
	struct problem told = x->problem;
	if (r == NULL)
		return;
	for (const struct document_entry *d = found == NULL ? NULL : found->first; d != NULL;
	     d = d->next)
		audit_about(x, e, d->subject);
	if (found != NULL && found->first != NULL)
		audit_patient(x, e, found->first->patient_id);
	else if (r->patient != NULL && admin_read_name(x, r->patient, &id))
		audit_patient(x, e, cx_text(x->arena, id.id, id.universal_id));
	else if (r->id != NULL)
		admin_audit_document(x, e, r->id, NULL);
	x->problem = told;
}

static void put_codes(struct arena *a, json_t *object, const char *member,
		      const struct coded_value *c)
{
	json_t *list = json_array();
	for (; c != NULL; c = c->next)
		json_array_append_new(list,
				      json_string(arena_printf(a, "%s^^%s", c->code, c->scheme)));
	json_object_set_new(object, member, list);
}

static void put_institutions(json_t *object, const struct document_entry *e)
{
	json_t *list = json_array();
	for (const struct author *a = e->authors; a != NULL; a = a->next)
		for (const struct text_value *v = a->institution; v != NULL; v = v->next)
			json_array_append_new(list, json_string(v->value));
	json_object_set_new(object, "authorInstitution", list);
}

static void put_list(json_t *object, const char *member, const struct text_list *texts)
{
	json_t *list = json_array();
	for (; texts != NULL; texts = texts->next)
		json_array_append_new(list, json_string(texts->value));
	json_object_set_new(object, member, list);
}

/* Whose word it is: the certificate it came with, beside what its metadata says. */
static void put_submitter(struct exchange *x, json_t *o, const struct documents *found)
{
	const struct document_entry *e = found->first;
	const struct registered_system *s = e->source_system == NULL
						    ? NULL
						    : region_system(x->region, e->source_system);
	admin_put(o, "submitted_by", s == NULL || s->title == NULL ? e->source_system : s->title);
	put_institutions(o, e);
	if (s != NULL && e->authors != NULL)
		admin_put(o, "author_is_submitter", submitter_is_author(s, e) ? "yes" : "no");
	put_list(o, "replaces", found->replaces);
	put_list(o, "replaced_by", found->replaced_by);
	put_list(o, "signatures", found->signatures);
}

/* Every attribute by its name in ITI TF-3: 4.2.3.2. */
static json_t *show_whole(struct exchange *x, const struct documents *found)
{
	const struct document_entry *e = found->first;
	json_t *o = admin_show_document(x, e);
	admin_put(o, "logicalID", e->logical_id);
	admin_put(o, "version", arena_printf(x->arena, "%u", e->version));
	put_submitter(x, o, found);
	admin_put(o, "patientId", e->patient_id);
	admin_put(o, "sourcePatientId", e->source_patient_id);
	admin_put(o, "creationTime", e->creation_time);
	admin_put(o, "serviceStartTime", e->service_start_time);
	admin_put(o, "serviceStopTime", e->service_stop_time);
	admin_put(o, "languageCode", e->language_code);
	admin_put(o, "legalAuthenticator", e->legal_authenticator);
	admin_put(o, "repositoryUniqueId", e->repository_unique_id);
	admin_put(o, "homeCommunityId", e->home_community_id);
	admin_put(o, "URI", e->uri);
	admin_put(o, "comments", e->comments == NULL ? NULL : e->comments->value);
	put_codes(x->arena, o, "classCode", e->class_code);
	put_codes(x->arena, o, "typeCode", e->type_code);
	put_codes(x->arena, o, "formatCode", e->format_code);
	put_codes(x->arena, o, "practiceSettingCode", e->practice_setting_code);
	put_codes(x->arena, o, "healthcareFacilityTypeCode", e->healthcare_facility_type_code);
	put_codes(x->arena, o, "confidentialityCode", e->confidentiality_codes);
	put_codes(x->arena, o, "eventCodeList", e->event_codes);
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct documents_request *r = x->request;
	const struct documents *found = x->result;
	if (r->id != NULL)
		return json_pack("{s:o}", "document", show_whole(x, found));
	json_t *list = json_array();
	for (const struct document_entry *e = found->first; e != NULL; e = e->next)
		json_array_append_new(list, admin_show_document(x, e));
	json_t *page = json_pack("{s:o}", "documents", list);
	if (found->more)
		admin_put(page, "next", arena_printf(x->arena, "%" PRIu64, r->after + r->limit));
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/documents" },
				       { .request = "GET", .detail = "/admin/document" },
				       { 0 } };

static const char *const parameters[] = { "patient limit after", "id" };

const struct transaction admin_documents = {
	.code = "document-list",
	.name = "Documents listed",
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
	.handle = find,
	.audited = audited,
	.answer_json = answer,
};
