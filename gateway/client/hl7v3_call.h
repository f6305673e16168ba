/* gateway/client/hl7v3_call.h: the accept acknowledgement of an HL7 v3 message of ours
 * (MCCI_IN000002UV01; ITI TF-2: O.1.2).
 *
 * What is none (silence, octets that are no SOAP, another interaction, the acknowledgement of
 * another message) is a problem of that call, in our own words: nothing the partner wrote stands in
 * it. What HTTP and SOAP say by themselves (a status, a fault) is not asked here. */
#ifndef GATEWAY_CLIENT_HL7V3_CALL_H
#define GATEWAY_CLIENT_HL7V3_CALL_H

#include "gateway/client/hl7_call.h"

/* id: the root of the message's id, a UUID, which is its wsa:MessageID as well. False: it is no
 * answer to it, p says why. */
bool hl7v3_call_read(struct arena *a, const struct call *c, const char *id, struct hl7_reply *out,
		     struct problem *p);

/* The same of an answer that was read already; a SOAP fault is none. */
struct soap_message;
bool hl7v3_accept_read(const struct soap_message *m, const char *id, struct hl7_reply *out,
		       struct problem *p);

#endif
