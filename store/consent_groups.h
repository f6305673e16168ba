/* store/consent_groups.h: which groups of documents a patient opens to one facility.
 *
 * A group is a kind of documents of the region's rules (minato.policy(5): documents), by its name.
 * Several are one text, with a comma between: no name has one. Pure functions. */
#ifndef STORE_CONSENT_GROUPS_H
#define STORE_CONSENT_GROUPS_H

#include <stdbool.h>

#include "schemas/model/document.h"
#include "schemas/model/region.h"

struct arena;

/* More and longer ones the rules cannot name. */
enum { CONSENT_GROUPS_MOST = 63, CONSENT_GROUP_OCTETS = 64 };

/* The rules name each of them, and there is one. what: the first they do not; "" where there is
 * none at all. */
bool consent_groups_known(struct arena *a, const struct region *r, const char *groups,
			  const char **what);
/* The entry is of one of them. What the rules name no more opens nothing. */
bool consent_groups_have(const struct region *r, const char *groups,
			 const struct document_entry *e);
/* What both have, in the order of the first; NULL: nothing. Either may be NULL. */
const char *consent_groups_common(struct arena *a, const char *x, const char *y);

#endif
