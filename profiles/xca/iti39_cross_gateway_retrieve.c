/* profiles/xca/iti39_cross_gateway_retrieve.c
 *
 * Cross Gateway Retrieve [ITI-39], ITI TF-2: 3.39. We are the Responding Gateway: ITI-43, asked by
 * another community, which says with each document that it is ours. */
#include "gateway/envelope/ebrim.h"
#include "profiles/xds/document_requests.h"
#include "profiles/xds/retrieving.h"

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2007:CrossGatewayRetrieve",
	  .detail = "RetrieveDocumentSetRequest",
	  .namespace_uri = XDSB_NAMESPACE,
	  .answer = "urn:ihe:iti:2007:CrossGatewayRetrieveResponse" },
	{ 0 }
};

const struct transaction iti39_cross_gateway_retrieve = {
	.code = "ITI-39",
	.name = "Cross Gateway Retrieve",
	.section = "ITI TF-2: 3.39",
	.actor = RESPONDING_GATEWAY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.mtom = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.audit_source_is_us = true,
	.request_grammar = "iti39-request.rng",
	.answer_grammar = "iti39-response.rng",
	.read = document_requests_read,
	.handle = retrieving_handle,
	.audited = retrieving_audited,
	.keep = retrieving_keep,
	.answer_xml = retrieving_answer,
};
