/* profiles/xds/registry_asked.h: what the transactions share by which the Document Registry is
 * asked a stored query (ITI-18, ITI-51): the functions of their descriptors
 * (profiles/transaction.h). ITI TF-2: 3.18.4.1, 3.51.4.1. */
#ifndef PROFILES_XDS_REGISTRY_ASKED_H
#define PROFILES_XDS_REGISTRY_ASKED_H

#include "profiles/stored_query/stored_query.h"
#include "profiles/transaction.h"

bool registry_asked_read(struct exchange *x, enum stored_queries among);
bool registry_asked_call(struct exchange *x); /* of ITI-18 alone */
bool registry_asked_handle(struct exchange *x);
void registry_asked_audited(struct exchange *x, struct audit_event *e);
void registry_asked_answer(struct exchange *x, struct xml_writer *w);

#endif
