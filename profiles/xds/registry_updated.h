/* profiles/xds/registry_updated.h: what the transactions share by which metadata of the Document
 * Registry is updated (ITI-57, ITI-92): the functions of their descriptors
 * (profiles/transaction.h). */
#ifndef PROFILES_XDS_REGISTRY_UPDATED_H
#define PROFILES_XDS_REGISTRY_UPDATED_H

#include "profiles/actors/document_update.h"
#include "profiles/transaction.h"

bool registry_updated_read(struct exchange *x, enum update_rules rules);
bool registry_updated_call(struct exchange *x);
void registry_updated_look_ahead(struct exchange *x);
bool registry_updated_handle(struct exchange *x);
void registry_updated_audited(struct exchange *x, struct audit_event *e);
void registry_updated_answer(struct exchange *x, struct xml_writer *w);

#endif
