/* gateway/client/hl7_call.h: the acknowledgment of an HL7 v2 message of ours (ITI TF-2: C.2.3).
 *
 * What is none (silence, octets that are no frame or no message, the acknowledgment of another
 * message) is a problem of that call, in our own words: nothing the partner wrote stands in it. */
#ifndef GATEWAY_CLIENT_HL7_CALL_H
#define GATEWAY_CLIENT_HL7_CALL_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct arena;
struct call;

enum hl7_acknowledged {
	HL7_ACCEPTED, /* AA, CA */
	HL7_ERROR,    /* AE, CE: the same message would be refused again */
	HL7_REJECTED  /* AR, CR */
};

struct hl7_reply {
	enum hl7_acknowledged acknowledged;
	const char *code; /* MSA-1; v3: acknowledgement/typeCode */
	const char
		*error; /* the first ERR-3.1 or acknowledgementDetail, of HL7's own codes; or "" */
};

/* What an acknowledgment says by its code, of HL7 v2 and v3 alike. False: nobody knows that one. */
bool hl7_reply_code(const char *code, struct hl7_reply *out);

/* control_id: MSH-10 of what was sent. False: it is no answer to it, p says why. */
bool hl7_call_read(struct arena *a, const struct call *c, const char *control_id,
		   struct hl7_reply *out, struct problem *p);

#endif
