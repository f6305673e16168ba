/* profiles/admin/provisions.h: what was provided to whom: 第三者提供 (個人情報の保護に関する法律,
 * articles 29 and 30), as the audit log and the registry know it.
 *
 * A provision is a document that a facility fetched [ITI-43] which another had submitted: one of
 * each exchange, provider and person, with all documents that went with it. What a facility has of
 * its own is no provision, nor is what it only asked about: lists stand in who looked.
 *
 * Reads a snapshot; lives in the arena. */
#ifndef PROFILES_ADMIN_PROVISIONS_H
#define PROFILES_ADMIN_PROVISIONS_H

#include <jansson.h>

#include "profiles/transaction.h"

struct audit_entry;
struct kept_event;

struct provided_document {
	const char *unique_id, *title, *type; /* title, type: NULL where nobody said them */
	struct provided_document *next;
};

struct provision {
	const struct audit_entry *entry;
	const struct registered_system *receiver;
	const char *provider; /* a system's name; NULL: the document is registered no more */
	const char *person;   /* who sat there, if anybody said so; or NULL */
	const char *purposes; /* their codes; or NULL */
	uint64_t whose;       /* number of the regional person; 0: nobody knows any more */
	struct provided_document *documents;
	struct provision *next;
};

/* By the trail alone: is there anything to look up? */
bool provisions_may_be(const struct audit_entry *e, const struct kept_event *kept);
/* In the order of the documents; NULL: there are none. */
struct provision *provisions_of(struct exchange *x, struct store_txn *t, struct arena *a,
				const struct audit_entry *e, const struct kept_event *kept);
/* With the patient as either side calls him, and the decision it stood on: a new reference. */
json_t *provision_json(struct exchange *x, struct store_txn *t, struct arena *a,
		       const struct provision *p);

#endif
