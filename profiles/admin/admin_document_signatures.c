/* profiles/admin/admin_document_signatures.c: the signatures over a document, or one itself, each
 * verified with what holds now. GET /admin/document/signatures. What was said of it when it came
 * stands beside; looking changes nothing (ITI TF-3: 5.5.5). */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_signatures.h"
#include "schemas/model/values.h"
#include "store/registry.h"
#include "store/signature_verdicts.h"

/* Of one document so many are verified. */
enum { SIGNATURES_MOST = 100 };

/* One of them, and what was said of it when it came; reason 0: nothing was. */
struct shown_signature {
	struct document_signature *now;
	struct signature_verdict then;
	struct shown_signature *next;
};

struct shown {
	const struct document_entry *named;
	struct shown_signature *first, **tail;
	bool more;
};

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->problem.code == PROBLEM_NONE;
}

static void verify_one(struct exchange *x, struct shown *s, const struct document_entry *e)
{
	struct registry_desk d = exchange_desk(x);
	struct shown_signature *one = arena_new(x->arena, struct shown_signature);
	one->now = document_signature_verify(&d, e, x->progress);
	one->now->verdict = document_signature_of(one->now, s->named);
	signature_verdict_get(x->txn, x->arena, e->id, &one->then);
	*s->tail = one;
	s->tail = &one->next;
}

static void verify_all(struct exchange *x, struct shown *s)
{
	struct registry_desk d = exchange_desk(x);
	unsigned count = 0;
	for (const struct association *a = registry_to(x->txn, x->arena, s->named->id); a != NULL;
	     a = a->next) {
		const struct document_entry *e = a->type != ASSOCIATION_SIGNS
							 ? NULL
							 : document_registry_entry(
								 &d,
								 registry_entry(x->txn, x->arena,
										a->source));
		if (e == NULL)
			continue;
		s->more = s->more || count == SIGNATURES_MOST;
		if (count++ < SIGNATURES_MOST)
			verify_one(x, s, e);
	}
}

static bool verify(struct exchange *x)
{
	struct shown *s = arena_new(x->arena, struct shown);
	s->tail = &s->first;
	s->named = admin_find_document(x, x->request);
	x->result = s;
	if (s->named == NULL)
		return false;
	if (document_is_signature(s->named))
		verify_one(x, s, s->named);
	verify_all(x, s);
	return !progress_is_stopped(x->progress)
	       || problem_set(&x->problem, PROBLEM_BUSY, "it was stopped before all was read");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct shown *s = x->result;
	admin_audit_document(x, e, x->request, s == NULL ? NULL : s->named);
	for (const struct shown_signature *g = s == NULL ? NULL : s->first; g != NULL; g = g->next)
		audit_signature(x, e, g->now->entry->unique_id, &g->now->verdict);
}

static void put_time(json_t *o, const char *member, instant t)
{
	char text[XML_TIME_TEXT];
	if (t == 0)
		return;
	instant_to_xml(t, text);
	admin_put(o, member, text);
}

static void put_texts(json_t *o, const char *member, const struct text_value *texts)
{
	json_t *list = json_array();
	for (; texts != NULL; texts = texts->next)
		json_array_append_new(list, json_string(texts->value));
	json_object_set_new(o, member, list);
}

static void put_verdict(json_t *o, const struct signature_verdict *v)
{
	const struct signature_reason_row *row = signature_reason_row(v->reason);
	admin_put(o, "result", signature_result_name(row->result));
	admin_put(o, "reason", row->name);
	admin_put(o, "because", row->sentence);
	admin_put(o, "what", v->what);
	admin_put(o, "anchors", v->anchors);
	json_object_set_new(o, "revocations_looked_at", json_boolean(v->revocation));
	put_time(o, "verified", v->when);
}

static void put_signer(json_t *o, const struct signature *s)
{
	json_t *documents = json_array();
	admin_put(o, "signer", s->signer);
	admin_put(o, "issuer", s->issuer);
	admin_put(o, "certificate_sha256", s->certificate_sha256);
	admin_put(o, "hc_role", s->health_role);
	put_time(o, "signed", s->claimed);
	admin_put(o, "timestamp", s->has_timestamp ? "there, and not checked" : NULL);
	put_time(o, "certificate_from", s->valid_from);
	put_time(o, "certificate_until", s->valid_until);
	put_texts(o, "roles", s->roles);
	put_texts(o, "purposes", s->purposes);
	for (const struct signature_reference *r = s->references; r != NULL; r = r->next)
		json_array_append_new(documents, json_string(r->unique_id));
	json_object_set_new(o, "documents", documents);
}

static json_t *show(const struct shown_signature *one)
{
	const struct document_signature *s = one->now;
	json_t *o = json_object();
	admin_put(o, "unique_id", s->entry->unique_id);
	admin_put(o, "entry_uuid", s->entry->id);
	admin_put(o, "submitted_by", s->entry->source_system);
	put_verdict(o, &s->verdict);
	if (s->says != NULL)
		put_signer(o, s->says);
	if (one->then.reason != 0) {
		json_t *kept = json_object();
		put_verdict(kept, &one->then);
		json_object_set_new(o, "as_it_came", kept);
	}
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct shown *s = x->result;
	json_t *list = json_array();
	for (const struct shown_signature *g = s->first; g != NULL; g = g->next)
		json_array_append_new(list, show(g));
	json_t *all = json_pack("{s:o}", "signatures", list);
	if (s->more)
		json_object_set_new(all, "more", json_true());
	return all;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/document/signatures" },
				       { 0 } };

static const char *const parameters[] = { "id" };

static const struct long_work_kind long_work = { "document signatures",
						 "nothing is said of the rest" };

const struct transaction admin_document_signatures = {
	.code = "document-signatures",
	.name = "Document's signatures verified",
	.section = "ITI TF-3: 5.5.5; HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110007, /* DCM Report Verification */
	.audit_action = AUDIT_READ,
	.long_work = &long_work,
	.read = read_request,
	.handle = verify,
	.audited = audited,
	.answer_json = answer,
};
