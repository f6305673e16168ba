/* profiles/pix/iti46_pix_update_notification_v3.c
 *
 * PIXV3 Update Notification [ITI-46], ITI TF-2: 3.46. We are the Patient Identifier Cross-reference
 * Manager: ITI-10 in the dialect of HL7 v3, for consumers whose partner is called by https. Who is
 * told what, and when, is the same (gateway/notifying.c). */
#include "profiles/pix/iti46_pix_update_notification_v3.h"

#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"

/* All ids go to Patient.id, so that there are no OtherIDs, nor a provider organization
 * (3.46.4.1.2.1). The name must be non-null (Table 3.46.4.1.2.1-1), and the message have nothing
 * but ids (3.46.4.1.2): a blank, as ITI-10 has it. */
static void put_patient(struct xml_writer *w, const struct pix_update_v3 *u)
{
	hl7v3_begin_registration(w);
	for (const struct patient_identifier *id = u->ids; id != NULL; id = id->next)
		hl7v3_put_ii(w, "id", id->universal_id, id->id, id->namespace_id);
	hl7v3_put_code(w, "statusCode", "active");
	xml_open(w, "patientPerson");
	xml_put_attribute(w, "classCode", "PSN");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	xml_element_text(w, "name", " ");
	xml_close(w);
	hl7v3_end_registration(w, u->sender);
}

void pix_update_v3_write(struct xml_writer *w, const void *what)
{
	const struct pix_update_v3 *u = what;
	hl7v3_begin_message(w, &(struct hl7v3_sending){ .interaction = "PRPA_IN201302UV02",
							.id = u->id,
							.sender = u->sender,
							.receiver = u->receiver,
							.now = u->now });
	hl7v3_begin_control_act(w, "PRPA_TE201302UV02");
	put_patient(w, u);
	xml_close(w);
	xml_close(w);
}

static const struct route none[] = { { 0 } };

const struct transaction iti46_pix_update_notification_v3 = {
	.code = "ITI-46",
	.name = "PIX Update Notification",
	.section = "ITI TF-2: 3.46",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_SOAP,
	.sent = true,
	.routes = none,
	.access = STORE_NONE,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.request_grammar = "iti46-request.rng",
};
