/* profiles/pix/iti44_patient_identity_feed_v3.c
 *
 * Patient Identity Feed HL7 V3 [ITI-44], ITI TF-2: 3.44. We are the Patient Identifier
 * Cross-reference Manager: a Patient Identity Source adds a patient, revises one, or says that two
 * ids are one.
 */
#include "profiles/feed_v3.h"

static bool feed_patient(struct exchange *x)
{
	return feed_v3_handle(x, cross_reference_feed);
}

const struct transaction iti44_patient_identity_feed_v3 = {
	.code = "ITI-44",
	.name = "Patient Identity Feed",
	.section = "ITI TF-2: 3.44",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_SOAP,
	.routes = feed_v3_routes,
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE, /* C, U or D by what was fed: audit_feed() */
	.request_grammar = "iti44-request.rng",
	.answer_grammar = "iti44-response.rng",
	.read = feed_v3_read,
	.call = exchange_look_at_quota,
	.weigh = feed_v3_weigh,
	.look_ahead = feed_v3_look_ahead,
	.handle = feed_patient,
	.audited = feed_v3_audited,
	.answer_xml = feed_v3_answer,
};
