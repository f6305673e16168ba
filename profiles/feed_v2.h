/* profiles/feed_v2.h: the Patient Identity Feed of HL7 v2 as its hearers read and answer it.
 *
 * ITI TF-2: 3.8, 3.30. The Patient Identifier Cross-reference Manager and the Document Registry
 * take the same messages at the same door; only what an actor does with them differs. */
#ifndef PROFILES_FEED_V2_H
#define PROFILES_FEED_V2_H

#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"

extern const struct route feed_v2_routes[];

bool feed_v2_read(struct exchange *x);
/* The same, where what is not known is no error (ITI-30). */
bool feed_v2_read_managed(struct exchange *x);
void feed_v2_weigh(struct exchange *x);
void feed_v2_look_ahead(struct exchange *x);
bool feed_v2_handle(struct exchange *x, feed_hearer *hear);
void feed_v2_audited(struct exchange *x, struct audit_event *e);
struct bytes feed_v2_answer(struct exchange *x, const struct hl7_stamp *stamp);

#endif
