/* profiles/pix/iti8_patient_identity_feed.c
 *
 * Patient Identity Feed [ITI-8], ITI TF-2: 3.8. We are the Patient Identifier Cross-reference
 * Manager, and for the source of the affinity domain the Document Registry: one door takes both. */
#include "profiles/feed_v2.h"

/* Ids of the affinity domain from its own source are the Document Registry's affair. */
static bool feed_patient(struct exchange *x)
{
	return feed_v2_handle(x, x->sender->feeds_affinity_domain ? cross_reference_feed_registry
								  : cross_reference_feed);
}

const struct transaction iti8_patient_identity_feed = {
	.code = "ITI-8",
	.name = "Patient Identity Feed",
	.section = "ITI TF-2: 3.8",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_HL7V2,
	.routes = feed_v2_routes,
	.hl7_version = "2.3.1",
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE, /* C, U or D by what was fed: audit_feed() */
	.read = feed_v2_read,
	.call = exchange_look_at_quota,
	.weigh = feed_v2_weigh,
	.look_ahead = feed_v2_look_ahead,
	.handle = feed_patient,
	.audited = feed_v2_audited,
	.answer_hl7 = feed_v2_answer,
};
