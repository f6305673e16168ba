/* profiles/views/view_message.h: a message that a view is made of, as far as all kinds read it. */
#ifndef PROFILES_VIEWS_VIEW_MESSAGE_H
#define PROFILES_VIEWS_VIEW_MESSAGE_H

#include "gateway/base/bytes.h"
#include "gateway/envelope/hl7v2.h"
#include "schemas/model/region.h"

struct arena;

struct view_message {
	const char *type, *events;                /* MSH-9; blanks between events */
	const struct registered_system *facility; /* who submitted it; NULL: not known any more */
	const char *patient_cx; /* its entry's sourcePatientId; NULL: nobody's number is known */
};

/* NULL where it is no such message, names another patient than its entry or several, or where a
 * character or delimiter was lost: half a message says something else. *pid: its PID. */
const struct hl7_message *view_message_read(struct arena *a, struct bytes octets,
					    const struct view_message *what,
					    const struct hl7_segment **pid);

#endif
