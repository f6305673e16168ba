/* gateway/soap_assertion.h: what a SOAP message brings to vouch for a person (XUA, ITI-40). Known
 * to the road of SOAP only. */
#ifndef GATEWAY_SOAP_ASSERTION_H
#define GATEWAY_SOAP_ASSERTION_H

#include "gateway/journey.h"

struct assertion;
struct soap_message;
struct xml_document;

/* Whether Security is understood here: somebody may vouch. */
bool assertions_are_understood(const struct journey *j);
/* *out: what was verified; NULL: none came, and none has to. False with the problem, whose words
 * are the same whatever was wrong, and j->failed, which says it. */
bool assertion_of_message(struct journey *j, const struct soap_message *m,
			  const struct xml_document *d, const struct assertion **out);
/* The envelope itself was wrong beside a token. */
bool assertion_of_no_message(struct journey *j);

#endif
