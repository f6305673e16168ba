/* profiles/xds/iti57_update_document_set.c
 *
 * Update Document Set [ITI-57], ITI XDS Metadata Update: a Document Administrator sends new
 * versions of DocumentEntries and Folders, other statuses, and new Associations between what is
 * there. */
#include "gateway/envelope/ebrim.h"
#include "profiles/transaction.h"
#include "profiles/xds/registry_updated.h"

static bool read_request(struct exchange *x)
{
	return registry_updated_read(x, UPDATE_OF_ALL);
}

static const struct route routes[] = { { .request = "urn:ihe:iti:2010:UpdateDocumentSet",
					 .detail = "SubmitObjectsRequest",
					 .namespace_uri = LCM_NAMESPACE,
					 .answer = "urn:ihe:iti:2010:UpdateDocumentSetResponse" },
				       { 0 } };

const struct transaction iti57_update_document_set = {
	.code = "ITI-57",
	.name = "Update Document Set",
	.section = "ITI XDS Metadata Update: 3.57",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_UPDATE,
	.request_grammar = "iti57-request.rng",
	.answer_grammar = "iti57-response.rng",
	.read = read_request,
	.call = registry_updated_call,
	.look_ahead = registry_updated_look_ahead,
	.handle = registry_updated_handle,
	.audited = registry_updated_audited,
	.answer_xml = registry_updated_answer,
};
