/* profiles/feed_hearing.h: a patient identity feed of either dialect is heard by its actor. */
#ifndef PROFILES_FEED_HEARING_H
#define PROFILES_FEED_HEARING_H

#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"

/* What the sender's system may keep is bounded (profiles/actors/quota.h). unkept: where the message
 * says that it is for training or debugging (HL7 table 0103: T, D; ITI TF-2: C.2.2, O.1.1): it is
 * answered as any other, with a warning, and changes nothing. NULL: it is meant. */
bool feed_hear(struct exchange *x, feed_hearer *hear, const struct identity_feed *feed,
	       const char *unkept, struct cross_reference_fed *fed);

#endif
