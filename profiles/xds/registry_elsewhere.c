/* profiles/xds/registry_elsewhere.c
 *
 * Register Document Set-b [ITI-42], ITI TF-2: 3.42, from the other side: our Document Repository
 * tells another's Document Registry what it holds, and relays what that says. */
#include "profiles/xds/registry_elsewhere.h"

#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/transaction.h"

static void write_request(struct xml_writer *w, const void *request)
{
	ebrim_put_submission(w, request);
}

/* ITI TF-2: 3.42.5.1.1: patient and submission set. */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct submission *s = c->request;
	if (s->set->patient_id != NULL)
		audit_patient(x, e, s->set->patient_id);
	if (s->set->unique_id != NULL)
		audit_add_detail(x, audit_submission_set(x, e, s->set->unique_id), "MessageID",
				 bytes_of_text(c->message_id));
}

static const struct outward register_document_set = {
	.code = "ITI-42",
	.name = "Register Document Set-b",
	.action = "urn:ihe:iti:2007:RegisterDocumentSet-b",
	.answer = "urn:ihe:iti:2007:RegisterDocumentSet-bResponse",
	.answer_most = 1 << 20, /* the errors of a submission of a thousand objects */
	.audit_event = 110106,  /* DCM Export */
	.audit_action = AUDIT_READ,
	.write = write_request,
	.audited = audited,
};

void registry_elsewhere_ask(struct exchange *x, const struct submission *s)
{
	exchange_call(x, &register_document_set, x->region->registry, s);
}

static bool not_available(struct exchange *x, const struct exchange_call *c)
{
	return problem_set(&x->problem, PROBLEM_REGISTRY_NOT_AVAILABLE,
			   "the registry %s gave no answer that counts: %s", c->to->name,
			   c->problem.what);
}

bool registry_elsewhere_answered(struct exchange *x)
{
	struct exchange_call *c = x->calls;
	struct findings f = findings_in(x->arena);
	enum response_status status;
	if (c->answer == NULL || !ebrim_read_response(c->answer->body, &status, &f, &c->problem))
		return not_available(x, c);
	exchange_findings(x, &f);
	if (status == RESPONSE_SUCCESS)
		return true;
	problem_set(&c->problem, PROBLEM_REGISTRY_REFUSED, "the registry %s refused the submission",
		    c->to->name);
	/* It may have said so without a reason. */
	if (f.errors == 0)
		exchange_finding(x, false, NULL, &c->problem);
	return false;
}
