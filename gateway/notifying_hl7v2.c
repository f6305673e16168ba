/* gateway/notifying_hl7v2.c: a notification by HL7 v2 (PIX Update Notification, ITI-10). */
#include "gateway/notifying_dialect.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "profiles/pix/iti10_pix_update_notification.h"

enum { CONTROL_ID_OCTETS = 10 }; /* twenty digits: MSH-10 has no more in HL7 2.5 */

extern const struct transaction iti10_pix_update_notification;

static struct notification_octets write(struct composing *c,
					const unsigned char name[NOTICE_DIGEST],
					const struct patient_identifier *ids, instant now)
{
	const struct registered_system *s = c->system;
	struct notification *made = c->made;
	const struct pix_update u = {
		.application = "MINATO",
		.facility = c->configuration->region.name,
		.receiving_application = s->hl7_application == NULL ? s->name : s->hl7_application,
		.receiving_facility = s->hl7_facility == NULL ? s->name : s->hl7_facility,
		.control_id = bytes_to_hex(c->arena, (struct bytes){ name, CONTROL_ID_OCTETS }),
		.now = now,
		.ids = ids,
	};
	made->id = u.control_id;
	made->us = arena_printf(c->arena, "%s|%s", u.facility, u.application);
	made->them = arena_printf(c->arena, "%s|%s", u.receiving_facility, u.receiving_application);
	return (struct notification_octets){ pix_update_write(c->arena, &u),
					     "x-application/hl7-v2+er7" };
}

const struct notification_dialect notification_hl7v2 = {
	.transaction = &iti10_pix_update_notification,
	.detail = "MSH-10", /* ITI TF-2: 3.10.5.1.1 */
	.write = write,
};
