/* gateway/envelope/occurrence.h: when what a message tells happened, the same for every dialect.
 *
 * A sender writes several times into one message. In the order of their word: when the patient's
 * data was changed last (PID-33; v3: when the registration was authored), when that was recorded
 * (EVN-2; registrationEvent), when the event was (EVN-6; controlActProcess), when the message was
 * made (MSH-7; creationTime). PID-33 is before all others because a sender that sends an old record
 * again may stamp the rest anew. EVN-2 is before EVN-6 because an admission recorded late, or a
 * cancelled one, has an EVN-6 of long ago (HL7 2.5: 3.4.1.6) and yet the data of today. Pure. */
#ifndef GATEWAY_ENVELOPE_OCCURRENCE_H
#define GATEWAY_ENVELOPE_OCCURRENCE_H

#include <stddef.h>

#include "gateway/base/clock.h"

/* said: HL7 timestamps in that order, NULL or "" where there is none; the last is the message's
 * own, whose zone holds for those without one (HL7 2.5: 2.15.9.7), else JST. What is no time, or
 * more than a day still to come, is passed over. A day without its hour is as late as it may be, or
 * as a later timestamp of that same day says. 0: nothing was said. */
instant occurrence_of(const char *const *said, size_t count, instant now);

#endif
