/* profiles/pix/iti10_pix_update_notification.h: the message of ITI-10, for who sends it
 * (gateway/notifying.c). */
#ifndef PROFILES_PIX_ITI10_PIX_UPDATE_NOTIFICATION_H
#define PROFILES_PIX_ITI10_PIX_UPDATE_NOTIFICATION_H

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/model/patient.h"

struct arena;

struct pix_update {
	const char *application, *facility;                     /* ours: MSH-3, MSH-4 */
	const char *receiving_application, *receiving_facility; /* MSH-5, MSH-6 */
	const char *control_id;                                 /* at most 20 characters */
	instant now;
	/* One at least, all three parts of the domain set, ids of one domain together. */
	const struct patient_identifier *ids;
};

/* ADT^A31^ADT_A05, without MLLP's frame. */
struct bytes pix_update_write(struct arena *a, const struct pix_update *u);

#endif
