/* profiles/pix/iti30_patient_identity_management.c
 *
 * Patient Identity Management [ITI-30], ITI TF-2: 3.30, with the options Merge and Link/Unlink. We
 * are the Patient Identifier Cross-reference Manager, who receives it as a Patient Demographics
 * Consumer does (3.30.2). What HL7 has beside it and says something of identity, or must not be
 * taken to, is heard as well: A29, and of visits A03, A11, A12, A13, A23 (ITI TF-2: 3.31; HL7
 * 2.5: 3.3). A01, A04, A05 and A08 are ITI-8's in any version. */
#include "profiles/feed_v2.h"

/* Of the affinity domain's ids its source tells the Document Registry. */
static bool feed_patient(struct exchange *x)
{
	return feed_v2_handle(x, x->sender->feeds_affinity_domain ? cross_reference_feed_registry
								  : cross_reference_feed);
}

static const struct route routes[] = {
	{ .request = "ADT", .detail = "A28", .answer = "ACK" },
	{ .request = "ADT", .detail = "A31", .answer = "ACK" },
	{ .request = "ADT", .detail = "A40", .answer = "ACK" },
	{ .request = "ADT", .detail = "A47", .answer = "ACK" },
	{ .request = "ADT", .detail = "A24", .answer = "ACK" },
	{ .request = "ADT", .detail = "A37", .answer = "ACK" },
	{ .request = "ADT", .detail = "A29", .answer = "ACK" },
	{ .request = "ADT", .detail = "A03", .answer = "ACK" },
	{ .request = "ADT", .detail = "A11", .answer = "ACK" },
	{ .request = "ADT", .detail = "A12", .answer = "ACK" },
	{ .request = "ADT", .detail = "A13", .answer = "ACK" },
	{ .request = "ADT", .detail = "A23", .answer = "ACK" },
	{ 0 },
};

const struct transaction iti30_patient_identity_management = {
	.code = "ITI-30",
	.name = "Patient Identity Management",
	.section = "ITI TF-2: 3.30",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_HL7V2,
	.routes = routes,
	.hl7_version = "2.5",
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE, /* C, U or D by what was fed: audit_feed() */
	.read = feed_v2_read_managed,
	.call = exchange_look_at_quota,
	.weigh = feed_v2_weigh,
	.look_ahead = feed_v2_look_ahead,
	.handle = feed_patient,
	.audited = feed_v2_audited,
	.answer_hl7 = feed_v2_answer,
};
