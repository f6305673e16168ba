/* profiles/actors/document_removal.h: what a Document Administrator has removed: metadata from the
 * Document Registry, documents from the Document Repository, whatever the dialect.
 * ITI Remove Metadata and Documents (RMD): ITI-62, ITI-86.
 *
 * A system removes what its facility submitted, and what others did only where it has the right to
 * (remove-others). What it may not see is as if it were not there. On the committer; all or
 * nothing: when false is returned, f says what was refused, and nothing may be kept (the caller's
 * savepoint undoes it). */
#ifndef PROFILES_ACTORS_DOCUMENT_REMOVAL_H
#define PROFILES_ACTORS_DOCUMENT_REMOVAL_H

#include <stdbool.h>

#include "profiles/actors/document_registry.h"

struct document_request;

/* Whose they were, for audit; of what was refused as far as it may be told. */
struct removed {
	const struct registry_owner *owners;
	struct text_value *patient_ids; /* theirs, CX of the affinity domain, each once */
};

/* ids: entryUUIDs. PROBLEM_UNRESOLVED_REFERENCE, REFERENCES_EXIST, UNREFERENCED_OBJECT as
 * registry_remove(); REMOVES_ANOTHERS. */
bool document_registry_remove(const struct registry_desk *d, const struct text_value *ids,
			      struct removed *out, struct findings *f);

/* The octets go, and whoever asks for the document is told that there is none; what the registry
 * says of it stays. UNKNOWN_REPOSITORY, DOCUMENT_UNIQUE_ID, REMOVES_ANOTHERS; REMOVE_DOCUMENTS: it
 * stands in a directory of others. */
bool document_repository_remove(const struct registry_desk *d,
				const struct document_request *requests, struct removed *out,
				struct findings *f);

#endif
