/* profiles/xds/providing.h: what the transactions share by which documents are provided with their
 * metadata (ITI-41, ITI-80): the functions of their descriptors (profiles/transaction.h). ITI TF-2:
 * 3.41.4; ITI XCDR: 3.80.4. */
#ifndef PROFILES_XDS_PROVIDING_H
#define PROFILES_XDS_PROVIDING_H

#include "profiles/transaction.h"

bool providing_read(struct exchange *x);
bool providing_call(struct exchange *x);
void providing_look_ahead(struct exchange *x);
bool providing_handle(struct exchange *x);
void providing_audited(struct exchange *x, struct audit_event *e);

#endif
