/* profiles/views/prescription.h: an HL7 v2 message of a prescription (RDE^O11), read field by
 * field as schemas/tables/medication.c says. */
#ifndef PROFILES_VIEWS_PRESCRIPTION_H
#define PROFILES_VIEWS_PRESCRIPTION_H

#include "gateway/base/bytes.h"
#include "schemas/model/medication.h"
#include "schemas/model/region.h"

struct arena;

/* All or nothing of it, for half a prescription is another one: NULL where it is no such message,
 * names another patient than its entry (patient_cx, CX; NULL: nobody's number is known), lacks a
 * drug, has a number or time that is none, a mixture (RXC), or a character that was lost. What
 * comes of PID, ORC and their like is kept in the first arena; the second is for the reading alone.
 * facility: who submitted it; NULL: not known any more. */
struct prescription *prescription_read(struct arena *kept, struct arena *each, struct bytes octets,
				       const struct registered_system *facility,
				       const char *patient_cx);

#endif
