/* profiles/xca/iti38_cross_gateway_query.c
 *
 * Cross Gateway Query [ITI-38], ITI TF-2: 3.38. We are the Responding Gateway: the stored queries
 * of ITI-18, asked by another community. It names a patient by the code it was given, or says with
 * the objects it names that they are ours. */
#include "gateway/envelope/ebrim.h"
#include "profiles/xds/registry_asked.h"
#include "schemas/model/registry_query.h"

/* ITI TF-2: 3.38.4.1.2.1. That it is ours stored_query_read() has seen to. */
static bool read_request(struct exchange *x)
{
	if (!registry_asked_read(x, QUERIES_OF_ONE_PATIENT))
		return false;
	const struct registry_query *q = x->request;
	return q->patient_id != NULL || q->home_community_id != NULL
	       || problem_at(&x->problem, PROBLEM_MISSING_COMMUNITY, "home",
			     "a query that names no patient needs it: this community's is \"%s\"",
			     x->region->home_community_id);
}

static const struct route routes[] = { { .request = "urn:ihe:iti:2007:CrossGatewayQuery",
					 .detail = "AdhocQueryRequest",
					 .namespace_uri = QUERY_NAMESPACE,
					 .answer = "urn:ihe:iti:2007:CrossGatewayQueryResponse" },
				       { 0 } };

const struct transaction iti38_cross_gateway_query = {
	.code = "ITI-38",
	.name = "Cross Gateway Query",
	.section = "ITI TF-2: 3.38",
	.actor = RESPONDING_GATEWAY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti38-request.rng",
	.answer_grammar = "iti38-response.rng",
	.read = read_request,
	.handle = registry_asked_handle,
	.audited = registry_asked_audited,
	.answer_xml = registry_asked_answer,
};
