/* profiles/xds/iti42_register_document_set.c
 *
 * Register Document Set-b [ITI-42], ITI TF-2: 3.42. We are the Document Registry: a Document
 * Repository elsewhere tells us what it holds. All of a submission is registered, or nothing. */
#include "gateway/envelope/ebrim.h"
#include "profiles/transaction.h"
#include "profiles/xds/registering.h"

static bool read_request(struct exchange *x)
{
	return registering_read(x, ENTRY_STABLE);
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
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti42-request.rng",
	.answer_grammar = "iti42-response.rng",
	.read = read_request,
	.call = registering_call,
	.look_ahead = registering_look_ahead,
	.handle = registering_handle,
	.audited = registering_audited,
	.answer_xml = registering_answer,
};
