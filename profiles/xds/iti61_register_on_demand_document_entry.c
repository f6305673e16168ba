/* profiles/xds/iti61_register_on_demand_document_entry.c
 *
 * Register On-Demand Document Entry [ITI-61], ITI TF-2: 3.61. We are the Document Registry: an
 * On-Demand Document Source elsewhere says what it will make when somebody asks it. */
#include "gateway/envelope/ebrim.h"
#include "profiles/transaction.h"
#include "profiles/xds/registering.h"

static bool read_request(struct exchange *x)
{
	return registering_read(x, ENTRY_ON_DEMAND);
}

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry",
	  .detail = "SubmitObjectsRequest",
	  .namespace_uri = LCM_NAMESPACE,
	  .answer = "urn:ihe:iti:2010:RegisterOnDemandDocumentResponse" },
	{ 0 }
};

const struct transaction iti61_register_on_demand_document_entry = {
	.code = "ITI-61",
	.name = "Register On-Demand Document Entry",
	.section = "ITI TF-2: 3.61",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.audit_person_requests = true, /* 3.61.5.1.2 */
	.request_grammar = "iti61-request.rng",
	.answer_grammar = "iti61-response.rng",
	.read = read_request,
	.call = registering_call,
	.look_ahead = registering_look_ahead,
	.handle = registering_handle,
	.audited = registering_audited,
	.answer_xml = registering_answer,
};
