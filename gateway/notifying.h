/* gateway/notifying.h: systems are told which ids are one person's now (ITI-10, ITI-46): what the
 * errands of that kind say, and what is left of them. The functions are those of struct
 * rounds_settings; self is the gateway. */
#ifndef GATEWAY_NOTIFYING_H
#define GATEWAY_NOTIFYING_H

#include "gateway/errands/rounds.h"

bool notifying_compose(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
		       const struct errand_partner *to, struct errand_message *out);
bool notifying_holds(void *self, struct store_txn *t, const struct errand *e,
		     const struct errand_message *m);
void notifying_leaves(void *self, struct store_txn *t, const struct errand *e,
		      const struct errand_message *m);
bool notifying_record(void *self, struct store_txn *t, const struct errand_end *end);
void notifying_recorded(void *self);
void notifying_conclude(void *self, struct store_txn *t, const struct errand_end *end);

#endif
