/* gateway/by_ourselves.h: what this process does because it is configured so, and nobody asked: by
 * the right of the region's operator, and recorded as its own deed (ITI TF-2: 3.20.7). */
#ifndef GATEWAY_BY_OURSELVES_H
#define GATEWAY_BY_OURSELVES_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "profiles/actors/admission.h"

struct arena;
struct audit_event;
struct audit_source;
struct gateway;
struct region;
struct store_txn;

/* It lasts as long as the arena and the region. */
void by_ourselves_admitted(struct arena *a, const struct region *region, instant now,
			   struct admission *out);
/* By the same right on another thread, who asks having it: struct decisions, of an operator. */
void by_ourselves_beside(void *operators, struct arena *a, struct admission *out);
/* Of an event whose source and destination are both ourselves, the second left without a name, as
 * of what our own source registers: who they are. Others stay as they are. */
void by_ourselves_fill_ends(const struct audit_source *us, struct audit_event *e);
/* Within a job: who did it, and when, is added to e behind the participants it has, and e kept.
 * False: the job must fail. */
bool by_ourselves_record(const struct gateway *g, struct store_txn *t, struct arena *a,
			 struct audit_event *e);

#endif
