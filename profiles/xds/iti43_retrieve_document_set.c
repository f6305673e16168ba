/* profiles/xds/iti43_retrieve_document_set.c
 *
 * Retrieve Document Set [ITI-43], ITI TF-2: 3.43. We are the Document Repository: a Document
 * Consumer names documents by repository and uniqueId and gets their octets, unchanged. */
#include "gateway/envelope/ebrim.h"
#include "profiles/xds/document_requests.h"
#include "profiles/xds/retrieving.h"

static const struct route routes[] = { { .request = "urn:ihe:iti:2007:RetrieveDocumentSet",
					 .detail = "RetrieveDocumentSetRequest",
					 .namespace_uri = XDSB_NAMESPACE,
					 .answer = "urn:ihe:iti:2007:RetrieveDocumentSetResponse" },
				       { 0 } };

const struct transaction iti43_retrieve_document_set = {
	.code = "ITI-43",
	.name = "Retrieve Document Set",
	.section = "ITI TF-2: 3.43",
	.actor = DOCUMENT_REPOSITORY,
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
	.handle = retrieving_handle,
	.audited = retrieving_audited,
	.keep = retrieving_keep,
	.answer_xml = retrieving_answer,
};
