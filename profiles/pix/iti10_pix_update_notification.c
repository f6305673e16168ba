/* profiles/pix/iti10_pix_update_notification.c
 *
 * PIX Update Notification [ITI-10], ITI TF-2: 3.10. We are the Patient Identifier Cross-reference
 * Manager: a consumer that wants to hear of changes is sent the ids that are one person's now, of
 * the domains it may see. Nobody asks us for it, so it has no routes: it is an errand
 * (gateway/errands/pix_notification.c). */
#include "profiles/pix/iti10_pix_update_notification.h"

#include "gateway/base/arena.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "profiles/transaction.h"

/* MSH EVN PID PV1, and of PID its ids and a name of one blank: whose name it is, is not told
 * (3.10.4.1.2.3). PV1-2 N: outside of any visit (3.10.4.1.2.4). */
struct bytes pix_update_write(struct arena *a, const struct pix_update *u)
{
	const struct hl7_header header = {
		.sending_application = u->application,
		.sending_facility = u->facility,
		.receiving_application = u->receiving_application,
		.receiving_facility = u->receiving_facility,
		.type = "ADT",
		.event = "A31",
		.structure = "ADT_A05",
		.processing_id = "P",
		.version = "2.5",
	};
	const struct hl7_stamp stamp = { .control_id = u->control_id, .now = u->now };
	struct hl7_writer *w = hl7_message_write(a, &header, CHARSET_UTF_8, &stamp);
	char recorded[DTM_TEXT];
	unsigned repetition = 1;
	instant_to_dtm(u->now, recorded);
	hl7_put_segment(w, "EVN");
	hl7_put_field(w, 2, arena_printf(a, "%s+0000", recorded));
	hl7_put_segment(w, "PID");
	for (const struct patient_identifier *id = u->ids; id != NULL; id = id->next)
		hl7_put_cx(w, 3, repetition++, id);
	hl7_put(w, 5, 1, 1, 1, " ");
	hl7_put_segment(w, "PV1");
	hl7_put_field(w, 2, "N");
	return hl7_written(w);
}

static const struct route none[] = { { 0 } };

const struct transaction iti10_pix_update_notification = {
	.code = "ITI-10",
	.name = "PIX Update Notification",
	.section = "ITI TF-2: 3.10",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_HL7V2,
	.sent = true,
	.routes = none,
	.hl7_version = "2.5",
	.access = STORE_NONE,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
};
