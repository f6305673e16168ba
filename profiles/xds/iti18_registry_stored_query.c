/* profiles/xds/iti18_registry_stored_query.c
 *
 * Registry Stored Query [ITI-18], ITI TF-2: 3.18: of one patient, or of objects by their ids. */
#include "gateway/envelope/ebrim.h"
#include "profiles/xds/registry_asked.h"

static bool read_request(struct exchange *x)
{
	return registry_asked_read(x, QUERIES_OF_ONE_PATIENT);
}

static const struct route routes[] = { { .request = "urn:ihe:iti:2007:RegistryStoredQuery",
					 .detail = "AdhocQueryRequest",
					 .namespace_uri = QUERY_NAMESPACE,
					 .answer = "urn:ihe:iti:2007:RegistryStoredQueryResponse" },
				       { 0 } };

const struct transaction iti18_registry_stored_query = {
	.code = "ITI-18",
	.name = "Registry Stored Query",
	.section = "ITI TF-2: 3.18",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti18-request.rng",
	.answer_grammar = "iti18-response.rng",
	.read = read_request,
	.call = registry_asked_call,
	.handle = registry_asked_handle,
	.audited = registry_asked_audited,
	.answer_xml = registry_asked_answer,
};
