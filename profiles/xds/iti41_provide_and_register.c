/* profiles/xds/iti41_provide_and_register.c
 *
 * Provide and Register Document Set-b [ITI-41], ITI TF-2: 3.41. We are the Document Repository. */
#include "profiles/xds/provided.h"
#include "profiles/xds/providing.h"

const struct transaction iti41_provide_and_register = {
	.code = "ITI-41",
	.name = "Provide and Register Document Set-b",
	.section = "ITI TF-2: 3.41",
	.actor = DOCUMENT_REPOSITORY,
	.dialect = DIALECT_SOAP,
	.mtom = true,
	.may_reply_elsewhere = true,
	.routes = provided_routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti41-request.rng",
	.answer_grammar = "iti41-response.rng",
	.read = providing_read,
	.call = providing_call,
	.look_ahead = providing_look_ahead,
	.handle = providing_handle,
	.audited = providing_audited,
	.answer_xml = provided_answer,
};
