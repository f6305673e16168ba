/* profiles/xca/iti41_at_initiating_gateway.c
 *
 * Provide and Register Document Set-b [ITI-41], ITI TF-2: 3.41; ITI XCDR: 40.6.1, 3.41.4.1.2.2. We
 * are the Document Recipient at the Initiating Gateway: what comes is for another community, and
 * goes there (ITI-80). */
#include "profiles/xca/provide_elsewhere.h"
#include "profiles/xds/provided.h"

const struct transaction iti41_at_initiating_gateway = {
	.code = "ITI-41",
	.name = "Provide and Register Document Set-b",
	.section = "ITI TF-2: 3.41",
	.actor = INITIATING_GATEWAY,
	.dialect = DIALECT_SOAP,
	.mtom = true,
	.may_reply_elsewhere = true,
	.answers_at_ticks = true, /* who has no id there, and who is not for that community */
	.routes = provided_routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti41-request.rng",
	.answer_grammar = "iti41-response.rng",
	.read = provide_elsewhere_read,
	.call = provide_elsewhere_call,
	.handle = provide_elsewhere_handle,
	.audited = provide_elsewhere_audited,
	.answer_xml = provide_elsewhere_answer,
};
