/* profiles/pix/iti46_pix_update_notification_v3.h: the message of ITI-46, for who sends it
 * (gateway/notifying_hl7v3.c). */
#ifndef PROFILES_PIX_ITI46_PIX_UPDATE_NOTIFICATION_V3_H
#define PROFILES_PIX_ITI46_PIX_UPDATE_NOTIFICATION_V3_H

#include "gateway/base/clock.h"
#include "schemas/model/patient.h"

struct xml_writer;

#define PIX_UPDATE_V3_ACTION "urn:hl7-org:v3:PRPA_IN201302UV02"

struct pix_update_v3 {
	const char *id;                /* of the message: a UUID, without urn:uuid: */
	const char *sender, *receiver; /* OIDs of the devices */
	instant now;
	/* One at least, ids of one domain together. */
	const struct patient_identifier *ids;
};

/* what: a struct pix_update_v3. Writes PRPA_IN201302UV02, the child of the body. */
void pix_update_v3_write(struct xml_writer *w, const void *what);

#endif
