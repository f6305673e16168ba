/* profiles/xds/iti8_patient_identity_feed_registry.c
 *
 * Patient Identity Feed [ITI-8], ITI TF-2: 3.8. We are the Document Registry, without a
 * cross-reference manager beside us (which would take the feed for both): the Patient Identity
 * Source of the affinity domain says which patient ids there are, and which were merged
 * (3.8.4.1.3, 3.8.4.2.3). */
#include "profiles/feed_v2.h"

static bool feed_patient(struct exchange *x)
{
	return feed_v2_handle(x, cross_reference_feed_registry);
}

const struct transaction iti8_patient_identity_feed_registry = {
	.code = "ITI-8",
	.name = "Patient Identity Feed",
	.section = "ITI TF-2: 3.8",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_HL7V2,
	.routes = feed_v2_routes,
	.hl7_version = "2.3.1",
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE, /* C, U or D by what was fed: audit_feed() */
	.read = feed_v2_read,
	.call = exchange_look_at_quota,
	.handle = feed_patient,
	.audited = feed_v2_audited,
	.answer_hl7 = feed_v2_answer,
};
