/* profiles/xds/iti92_restricted_update_document_set.c
 *
 * Restricted Update Document Set [ITI-92], ITI Restricted Metadata Update (RMU): an Update
 * Initiator sends new versions of DocumentEntries, in which some attributes stay as they are. */
#include "gateway/envelope/ebrim.h"
#include "profiles/transaction.h"
#include "profiles/xds/registry_updated.h"

static bool read_request(struct exchange *x)
{
	return registry_updated_read(x, UPDATE_RESTRICTED);
}

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2018:RestrictedUpdateDocumentSet",
	  .detail = "SubmitObjectsRequest",
	  .namespace_uri = LCM_NAMESPACE,
	  .answer = "urn:ihe:iti:2018:RestrictedUpdateDocumentSetResponse" },
	{ 0 }
};

const struct transaction iti92_restricted_update_document_set = {
	.code = "ITI-92",
	.name = "Restricted Update Document Set",
	.section = "ITI RMU: 3.92",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_UPDATE,
	.request_grammar = "iti92-request.rng",
	.answer_grammar = "iti92-response.rng",
	.read = read_request,
	.call = registry_updated_call,
	.look_ahead = registry_updated_look_ahead,
	.handle = registry_updated_handle,
	.audited = registry_updated_audited,
	.answer_xml = registry_updated_answer,
};
