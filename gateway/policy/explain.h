/* gateway/policy/explain.h: why somebody may have a document, or may not. */
#ifndef GATEWAY_POLICY_EXPLAIN_H
#define GATEWAY_POLICY_EXPLAIN_H

#include "schemas/model/explanation.h"
#include "schemas/model/requester.h"

struct arena;
struct document_entry;
struct store_txn;

/* What policy_of_entry() decides for that requester, by that very function, and what it was decided
 * by; who may break the glass does. Rules about documents are looked at only where the patient's
 * own decisions permit. */
const struct explanation *policy_explain(struct arena *a, struct store_txn *t,
					 const struct requester *as,
					 const struct document_entry *e);

#endif
