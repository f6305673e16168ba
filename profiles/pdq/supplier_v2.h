/* profiles/pdq/supplier_v2.h: the Patient Demographics Supplier in HL7 v2: what ITI-21 and ITI-22
 * have in common (ITI TF-2: 3.21.4, 3.22.4). They differ in what may be asked for, in what is
 * answered of each patient, and in what is recorded of the query.
 *
 * A part that is left is told under a continuation pointer, `<exchange>x<from>`: by whom the
 * question was asked, by its tag, and by the exchange that answered it first, the rest is kept in
 * memory (profiles/actors/continuations.h); `from` is how many were told before. The consumer
 * repeats its query with the pointer (3.21.4.2.3), so the pointer carries nothing of anybody, and
 * the same one brings the same part again. */
#ifndef PROFILES_PDQ_SUPPLIER_V2_H
#define PROFILES_PDQ_SUPPLIER_V2_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct audit_event;
struct exchange;
struct hl7_stamp;

struct supplier_v2 {
	const char *event, *structure; /* of the answer: "K22", "RSP_K21" */
	bool visits;                   /* PV1 may be asked for, and is answered */
	bool records_message;          /* the record holds the message, not its QPD alone */
};

/* What a transaction's functions of these names do (profiles/transaction.h). */
bool supplier_v2_read(struct exchange *x, const struct supplier_v2 *v);
bool supplier_v2_handle(struct exchange *x);
void supplier_v2_audited(struct exchange *x, struct audit_event *e);
struct bytes supplier_v2_answer(struct exchange *x, const struct hl7_stamp *stamp);

#endif
