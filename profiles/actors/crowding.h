/* profiles/actors/crowding.h: how much a submission may hang on what is registered already.
 * Within the actors only. */
#ifndef PROFILES_ACTORS_CROWDING_H
#define PROFILES_ACTORS_CROWDING_H

#include "profiles/actors/document_registry.h"
#include "profiles/actors/submission_index.h"

/* On the committer, when all ends of associations are known to be there and visible, and before
 * anything is kept. False: too much, as the findings tell (bounds and reasons:
 * store/registry.h). */
bool crowding_allows(const struct registry_desk *d, const struct submission *s,
		     const struct submission_index *index, struct findings *f);

#endif
