/* gateway/hl7_road.h: what a batch of HL7 v2 messages needs of their road. Only hl7_road.c and
 * hl7_batch.c include this. */
#ifndef GATEWAY_HL7_ROAD_H
#define GATEWAY_HL7_ROAD_H

#include "gateway/envelope/hl7v2_batch.h"
#include "gateway/journey.h"

/* What is kept of a message while it is read: journey.reading. */
struct hl7_reading {
	struct buffer frame;
	struct hl7_batch batch; /* count 0: it is one message */
};

/* One message of a system that is known, into x->hl7: its header is checked, and x->transaction
 * found; false with x->problem. x is the journey's own exchange, or one of its batch. */
bool hl7_open_message(struct journey *j, struct exchange *x, struct bytes frame,
		      const struct route **route);
struct hl7_stamp hl7_stamp_of(const struct exchange *x);

/* hl7_batch.c: several messages, each for itself (HL7 2.5: 2.10.3). Feeds only: what is asked is
 * answered alone. */
extern const struct transaction hl7_batch;

#endif
