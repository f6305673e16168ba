/* gateway/errands/hl7_verdict.h: what HL7 v2 and v3 say of a message of ours that they acknowledge.
 *
 * AE says that the same message would be refused again, AR that another time may do, unless it was
 * the message's form that was refused (ITI TF-2: Table C.2.3.1-2; HL7 table 0357: 200 to 203; of
 * v3's AcknowledgementDetailCode NS200, NS202, NS203 and NS250). CE and CR are the same. */
#ifndef GATEWAY_ERRANDS_HL7_VERDICT_H
#define GATEWAY_ERRANDS_HL7_VERDICT_H

#include "gateway/errands/kinds.h"

/* As a kind's judge(); by the call's URL it is v2 or v3. */
enum verdict hl7_verdict(struct arena *a, const struct call *c, const char *id, const char **why);

#endif
