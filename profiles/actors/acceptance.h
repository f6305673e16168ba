/* profiles/actors/acceptance.h: whether a document has reached those it was addressed to.
 *
 * Addressed to are the institutions that SubmissionSet.intendedRecipient names (ITI TF-3:
 * 4.2.3.3.7), of the set the document came with: a later one by somebody else addresses it to
 * nobody. An institution has it when a registered system of it was given it (ITI-43). It is
 * accepted when each of them has it: one that never fetches it, or is no registered system, keeps
 * it from being so. Persons are of no institution, and do not count. */
#ifndef PROFILES_ACTORS_ACCEPTANCE_H
#define PROFILES_ACTORS_ACCEPTANCE_H

#include "profiles/actors/document_registry.h"

struct document_request;
struct text_value;

/* entryUUIDs of that document's entries, as far as the sender sees them, that a rule of retention
 * lets go after acceptance or the region's rules call addressed, that are addressed to the
 * sender's facility, and that its system has now for the first time. NULL: none. */
const struct text_value *acceptance_begins(const struct registry_desk *d,
					   const struct document_request *r);

/* The moment since when all addressees have it; 0: it is addressed to none, or one has it not. */
instant acceptance_since(const struct registry_desk *d, const struct document_entry *e);

#endif
