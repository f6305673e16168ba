/* profiles/xds/iti51_multi_patient_stored_query.c
 *
 * Multi-Patient Stored Query [ITI-51], ITI TF-2: 3.51: of several patients, or of whoever has
 * documents of a kind. What the asker may not see of any of them is as if it were not there. */
#include "gateway/envelope/ebrim.h"
#include "profiles/xds/registry_asked.h"

static bool read_request(struct exchange *x)
{
	return registry_asked_read(x, QUERIES_OF_SEVERAL_PATIENTS);
}

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2009:MultiPatientStoredQuery",
	  .detail = "AdhocQueryRequest",
	  .namespace_uri = QUERY_NAMESPACE,
	  .answer = "urn:ihe:iti:2009:MultiPatientStoredQueryResponse" },
	{ 0 }
};

const struct transaction iti51_multi_patient_stored_query = {
	.code = "ITI-51",
	.name = "Multi-Patient Stored Query",
	.section = "ITI TF-2: 3.51",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti51-request.rng",
	.answer_grammar = "iti51-response.rng",
	.read = read_request,
	.handle = registry_asked_handle,
	.audited = registry_asked_audited,
	.answer_xml = registry_asked_answer,
};
