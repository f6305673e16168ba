/* profiles/actors/document_family.h: documents of the registry that belong together, and all that
 * goes when they do. ITI TF-3: 4.2.2.2, 4.2.2.3. */
#ifndef PROFILES_ACTORS_DOCUMENT_FAMILY_H
#define PROFILES_ACTORS_DOCUMENT_FAMILY_H

#include <stdbool.h>

#include "profiles/actors/document_registry.h"

struct text_value;

struct family_member {
	const struct document_entry *entry;
	bool replaced; /* another one stands in its place, or is a later version of it */
	bool hangs;    /* it is appended to another one, made from it, or signs it */
	struct family_member *next;
};

/* Whatever relationship Associations but IsSnapshotOf lead to, step by step, and the versions of
 * each. */
struct document_family {
	struct family_member *members; /* the one asked about first */
	unsigned count;
};
/* More than so many are a family nobody removes at once. */
enum { FAMILY_MOST = 500 };
/* False: it has more members than that, one is hidden from the desk, or it is not there. */
bool document_family_of(const struct registry_desk *d, const char *uuid,
			struct document_family *out);
bool document_family_has(const struct document_family *f, const char *uuid);

/* entryUUIDs of all that has to go with its members (ITI-62): themselves, every Association that
 * touches them, and each SubmissionSet of which nothing else is left. Folders stay. */
const struct text_value *document_family_objects(const struct registry_desk *d,
						 const struct document_family *f);

#endif
