/* gateway/envelope/hl7v2_batch.h: several HL7 v2 messages in one frame (HL7 2.5: 2.10.3).
 *
 *	[FHS] [BHS] { message } [BTS] [FTS]
 *
 * It is answered by a batch of acknowledgments, one for each message in their order, which says in
 * BHS-12 and FHS-12 what it answers (2.10.3.3). What the trailers count is held against what came,
 * before anything of it is done. */
#ifndef GATEWAY_ENVELOPE_HL7V2_BATCH_H
#define GATEWAY_ENVELOPE_HL7V2_BATCH_H

#include "gateway/envelope/hl7v2.h"

/* Messages of one batch: they are kept in one job of the store, while others wait. */
enum { HL7_BATCH_MOST = 64 };

struct hl7_batch {
	struct bytes file, batch; /* FHS and BHS, without terminator; empty: there is none */
	struct bytes *messages;
	size_t count;
};

/* Does the frame hold a batch, and no single message? */
bool hl7_is_batch(struct bytes frame);
/* False when it is none, or not a whole one. The frame is borrowed. */
bool hl7_batch_read(struct arena *a, struct bytes frame, struct hl7_batch *out, struct problem *p);
/* MSH as if the batch were one message, whose control id is the batch's: what says of a refused
 * batch whom it answers. */
struct bytes hl7_batch_header(struct arena *a, struct bytes frame);
/* The answers as they are, between the headers and trailers that answer the request's. */
struct bytes hl7_batch_answer(struct arena *a, const struct hl7_batch *request,
			      const struct bytes *answers, size_t count,
			      const struct hl7_stamp *stamp);

#endif
