/* profiles/xds/iti44_patient_identity_feed_v3_registry.c
 *
 * Patient Identity Feed HL7 V3 [ITI-44], ITI TF-2: 3.44. We are the Document Registry: the
 * Patient Identity Source of the affinity domain says which patient ids there are, and which were
 * merged (3.44.4.1.3, 3.44.4.2.4). The same messages as for the cross-reference manager, elsewhere.
 */
#include "profiles/feed_v3.h"

static bool feed_patient(struct exchange *x)
{
	return feed_v3_handle(x, cross_reference_feed_registry);
}

const struct transaction iti44_patient_identity_feed_v3_registry = {
	.code = "ITI-44",
	.name = "Patient Identity Feed",
	.section = "ITI TF-2: 3.44",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.routes = feed_v3_routes,
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE, /* C, U or D by what was fed: audit_feed() */
	.request_grammar = "iti44-request.rng",
	.answer_grammar = "iti44-response.rng",
	.read = feed_v3_read,
	.call = exchange_look_at_quota,
	.handle = feed_patient,
	.audited = feed_v3_audited,
	.answer_xml = feed_v3_answer,
};
