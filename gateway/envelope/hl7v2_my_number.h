/* gateway/envelope/hl7v2_my_number.h: whether an Individual Number (マイナンバー) stands anywhere
 * in a question of HL7 v2: as an id, a name or whatever. Nothing of such a message may be kept or
 * told. */
#ifndef GATEWAY_ENVELOPE_HL7V2_MY_NUMBER_H
#define GATEWAY_ENVELOPE_HL7V2_MY_NUMBER_H

#include "gateway/envelope/hl7v2.h"

/* True: it is read as an id that may look like one. */
typedef bool hl7_looks_alike(const struct hl7_segment *s, unsigned field,
			     struct hl7_part repetition);

/* In the segments behind MSH, down to subcomponents. The names of queries (QPD-1, 2, QID-1) are the
 * sender's own to choose, and not looked at. alike NULL: nothing may look like one. */
bool hl7_has_my_number(const struct hl7_message *m, hl7_looks_alike *alike);

#endif
