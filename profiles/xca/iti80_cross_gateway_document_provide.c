/* profiles/xca/iti80_cross_gateway_document_provide.c
 *
 * Cross-Gateway Document Provide [ITI-80], ITI XCDR: 3.80. We are the Responding Gateway, grouped
 * with an XDS Document Source whose repository is ours (ITI XCDR: 40.6.2): what another community
 * provides goes the way of ITI-41, into our Document Repository and Registry. It says that it is
 * for us, names the patient by the code it was given, and is taken of a gateway alone that the
 * configuration lists for it. It is forwarded to no third community (40.6.4). */
#include "gateway/envelope/ebrim.h"
#include "profiles/xds/provided.h"
#include "profiles/xds/providing.h"

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2015:CrossGatewayDocumentProvide",
	  .detail = "ProvideAndRegisterDocumentSetRequest",
	  .namespace_uri = XDSB_NAMESPACE,
	  .answer = "urn:ihe:iti:2015:CrossGatewayDocumentProvideResponse" },
	{ 0 }
};

const struct transaction iti80_cross_gateway_document_provide = {
	.code = "ITI-80",
	.name = "CrossGatewayDocumentProvide", /* so it stands in ITI XCDR: 3.80.7.2 */
	.section = "ITI XCDR: 3.80",
	.actor = RESPONDING_GATEWAY,
	.works_with = 1U << DOCUMENT_REPOSITORY | 1U << DOCUMENT_REGISTRY,
	.demands = DEMAND_LISTED_COMMUNITY,
	.dialect = DIALECT_SOAP,
	.mtom = true,
	.may_reply_elsewhere = true,
	.answers_at_ticks = true, /* a code nobody has, and one of whom it may not see */
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti80-request.rng",
	.answer_grammar = "iti80-response.rng",
	.read = providing_read,
	.call = providing_call,
	.look_ahead = providing_look_ahead,
	.handle = providing_handle,
	.audited = providing_audited,
	.answer_xml = provided_answer,
};
