/* gateway/errands/soap_verdict.h: what HTTP and SOAP say by themselves of what was posted.
 *
 * A SOAP fault counts whatever its status: one of the sender, or of an envelope he cannot read,
 * will be the same next time (SOAP 1.2 part 1: 5.4.6); one of the receiver may pass. Of HTTP's
 * other statuses 408, 425 and 429 ask for another time (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4),
 * the rest of 4xx and a redirect will not change by themselves, and 5xx may (RFC 9110 15.6). */
#ifndef GATEWAY_ERRANDS_SOAP_VERDICT_H
#define GATEWAY_ERRANDS_SOAP_VERDICT_H

#include "gateway/errands/kinds.h"

/* VERDICT_TAKEN: a status of success, and no fault. why as that of a kind's judge(). */
enum verdict soap_verdict(struct arena *a, const struct call *c, const char **why);

#endif
