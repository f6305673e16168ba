/* profiles/xds/iti86_remove_documents.c
 *
 * Remove Documents [ITI-86], ITI Remove Metadata and Documents (RMD): a Document Administrator
 * names documents of the repository, and their octets go, all of them or none. */
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_removal.h"
#include "profiles/transaction.h"
#include "profiles/xds/document_requests.h"

#define RMD_NAMESPACE "urn:ihe:iti:rmd:2017"

static bool handle(struct exchange *x)
{
	struct removed *r = arena_new(x->arena, struct removed);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->result = r;
	document_repository_remove(&d, x->request, r, &f);
	return exchange_findings(x, &f);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct removed *r = x->result;
	for (const struct registry_owner *o = r == NULL ? NULL : r->owners; o != NULL; o = o->next)
		audit_about(x, e, o->subject);
	for (const struct text_value *v = r == NULL ? NULL : r->patient_ids; v != NULL; v = v->next)
		audit_patient(x, e, v->value);
	for (const struct document_request *q = x->request; q != NULL; q = q->next)
		document_requests_audit(x, e, q);
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, false), SIDE_REPOSITORY,
			   &x->problem, x->findings);
}

static const struct route routes[] = { { .request = "urn:ihe:iti:2017:RemoveDocuments",
					 .detail = "RemoveDocumentsRequest",
					 .namespace_uri = RMD_NAMESPACE,
					 .answer = "urn:ihe:iti:2017:RemoveDocumentsResponse" },
				       { 0 } };

const struct transaction iti86_remove_documents = {
	.code = "ITI-86",
	.name = "Remove Documents",
	.section = "ITI RMD: 3.86",
	.actor = DOCUMENT_REPOSITORY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110110, /* DCM Patient Record */
	.audit_action = AUDIT_DELETE,
	.request_grammar = "iti86-request.rng",
	.answer_grammar = "iti86-response.rng",
	.read = document_requests_read,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
