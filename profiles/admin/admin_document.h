/* profiles/admin/admin_document.h: how the operator names a document, and how one is shown. */
#ifndef PROFILES_ADMIN_ADMIN_DOCUMENT_H
#define PROFILES_ADMIN_ADMIN_DOCUMENT_H

#include <jansson.h>

#include "profiles/transaction.h"

struct document_entry;

/* By entryUUID, or by uniqueId: of several entries the oldest. NULL: PROBLEM_NOT_FOUND. */
struct document_entry *admin_find_document(struct exchange *x, const char *id);
/* What a list says of it: a new reference. */
json_t *admin_show_document(struct exchange *x, const struct document_entry *e);
/* Whose it is, or, when it was not found (NULL), the id that was asked for. */
void admin_audit_document(struct exchange *x, struct audit_event *e, const char *id,
			  const struct document_entry *found);
/* Adds a member unless there is nothing to say. */
void admin_put(json_t *object, const char *member, const char *text);

#endif
