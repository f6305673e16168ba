/* profiles/xca/iti43_at_initiating_gateway.c
 *
 * Retrieve Document Set [ITI-43], ITI TF-2: 3.43. We are the Initiating Gateway: as at the Document
 * Repository, but that each document's community is to be said (ITI TF-2: 3.43.4.1.3). */
#include "gateway/envelope/ebrim.h"
#include "profiles/xca/retrieve_elsewhere.h"
#include "profiles/xds/document_requests.h"
#include "profiles/xds/retrieving.h"

static const struct route routes[] = { { .request = "urn:ihe:iti:2007:RetrieveDocumentSet",
					 .detail = "RetrieveDocumentSetRequest",
					 .namespace_uri = XDSB_NAMESPACE,
					 .answer = "urn:ihe:iti:2007:RetrieveDocumentSetResponse" },
				       { 0 } };

const struct transaction iti43_at_initiating_gateway = {
	.code = "ITI-43",
	.name = "Retrieve Document Set",
	.section = "ITI TF-2: 3.43",
	.actor = INITIATING_GATEWAY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.mtom = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.audit_source_is_us = true,
	.request_grammar = "iti43-request.rng",
	.answer_grammar = "iti43-response.rng",
	.read = document_requests_read,
	.call = retrieve_elsewhere_ask,
	.handle = retrieving_handle,
	.audited = retrieving_audited,
	.keep = retrieving_keep,
	.answer_xml = retrieving_answer,
};
