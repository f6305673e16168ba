/* profiles/feed_v3.h: the Patient Identity Feed HL7 V3 as both its hearers read and answer it.
 *
 * ITI TF-2: 3.44. The Patient Identifier Cross-reference Manager and the Document Registry take the
 * same messages at different doors; only what an actor does with them differs. */
#ifndef PROFILES_FEED_V3_H
#define PROFILES_FEED_V3_H

#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"

extern const struct route feed_v3_routes[];

struct hl7v3_message;

/* The version of a v3 message is one that IHE names, or the sender may send any. */
bool v3_version_taken(struct exchange *x, const struct hl7v3_message *m);
bool feed_v3_read(struct exchange *x);
void feed_v3_weigh(struct exchange *x);
void feed_v3_look_ahead(struct exchange *x);
bool feed_v3_handle(struct exchange *x, feed_hearer *hear);
void feed_v3_audited(struct exchange *x, struct audit_event *e);
void feed_v3_answer(struct exchange *x, struct xml_writer *w);

#endif
