/* profiles/xds/iti42_register_document_set.c
 *
 * Register Document Set-b [ITI-42], ITI TF-2: 3.42. We are the Document Registry: a Document
 * Repository elsewhere tells us what it holds. All of a submission is registered, or nothing. */
#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/quota.h"
#include "profiles/transaction.h"
#include "store/registry.h"

struct registering {
	struct submission submission;
	const char *patient_id; /* as sent; registration makes it the regional one */
};

/* ITI TF-2: 3.42.4.1.2: on-demand entries come by Register On-Demand Document Entry [ITI-61]. */
static void check_stable(const struct submission *s, struct findings *f)
{
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (e->type == ENTRY_ON_DEMAND)
			findings_error(
				f, PROBLEM_REGISTRY_METADATA, NULL,
				arena_printf(f->arena, "DocumentEntry(%s).objectType", e->id),
				"is On-Demand; this transaction registers stable documents");
}

static bool read_request(struct exchange *x)
{
	struct registering *r = arena_new(x->arena, struct registering);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->request = r;
	bool few = document_registry_takes(&d, ebrim_count_objects(x->soap->body), &f);
	bool readable = ebrim_read_submission(x->arena, x->soap->body, &r->submission, &f);
	check_stable(&r->submission, &f);
	if (few && readable)
		document_registry_validate(&d, &r->submission, false, &f);
	if (f.errors == 0)
		r->submission.set->fingerprint = registry_fingerprint(x->arena, &r->submission,
								      (struct bytes){ 0 });
	if (r->submission.set != NULL)
		r->patient_id = r->submission.set->patient_id;
	return exchange_findings(x, &f);
}

/* What has no room is refused before the committer hears of it. */
static bool call(struct exchange *x)
{
	const struct registering *r = x->request;
	struct findings f = findings_in(x->arena);
	if (!exchange_look_at_quota(x))
		return false;
	struct registry_desk d = exchange_desk(x);
	if (!quota_is_set(&d))
		return true;
	if (document_registry_again(&d, &r->submission) == NULL)
		quota_has_room(&d, quota_least_of(&r->submission), &f);
	return exchange_findings(x, &f);
}

static void look_ahead(struct exchange *x)
{
	const struct registering *r = x->request;
	struct registry_desk d = exchange_desk(x);
	document_registry_look_ahead(&d, &r->submission);
}

static bool handle(struct exchange *x)
{
	const struct registering *r = x->request;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->result = document_registry_register(&d, &r->submission, &f);
	return exchange_findings(x, &f);
}

/* ITI TF-2: 3.42.5.1: patient and submission set. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct registering *r = x->request;
	const struct submission *registered = x->result;
	if (r == NULL || r->submission.set == NULL)
		return;
	if (r->patient_id != NULL)
		audit_patient(x, e, r->patient_id);
	if (r->submission.set->unique_id == NULL)
		return;
	struct audit_object *o = audit_submission_set(x, e, r->submission.set->unique_id);
	if (registered != NULL && registered->again)
		audit_add_detail(
			x, o, "sent again",
			bytes_of_text("registered before; the first answer was given again"));
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, false), SIDE_REGISTRY,
			   &x->problem, x->findings);
}

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2007:RegisterDocumentSet-b",
	  .detail = "SubmitObjectsRequest",
	  .namespace_uri = LCM_NAMESPACE,
	  .answer = "urn:ihe:iti:2007:RegisterDocumentSet-bResponse" },
	{ 0 }
};

const struct transaction iti42_register_document_set = {
	.code = "ITI-42",
	.name = "Register Document Set-b",
	.section = "ITI TF-2: 3.42",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti42-request.rng",
	.answer_grammar = "iti42-response.rng",
	.read = read_request,
	.call = call,
	.look_ahead = look_ahead,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
