/* store/region_mark.h: whose store this is: the OIDs that what it keeps was named with.
 *
 * The affinity domain's ids, the repository's documents and the community's entries are found by
 * them: under others, all that is kept would be there and never be found again. */
#ifndef STORE_REGION_MARK_H
#define STORE_REGION_MARK_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct arena;
struct region;
struct store;
struct store_txn;

/* True: the store is this region's, or has just become it, for nothing stood in it. Otherwise
 * PROBLEM_CONFIGURATION says which key of minato.conf differs, from what, and what the way is. */
bool region_mark_agrees(struct store *s, const struct region *r, struct problem *p);
/* True: every repository that holds a document is one of the region's. Otherwise
 * PROBLEM_CONFIGURATION names the one whose documents nobody could fetch. A part of
 * region_mark_agrees(). */
bool region_mark_has_all(struct store *s, const struct region *r, struct problem *p);

/* Of a store that is not open, by its directory: false with the problem that region_mark_agrees()
 * would have, or the opening for its form (brought_by: store/store.h). Its files are only read;
 * what cannot be read by us, and what was never written out since a kill, is not held against it.
 * Of documents of other repositories nothing is said. */
bool region_mark_would_agree(const char *directory, const struct region *r, const char *brought_by,
			     struct arena *a, struct problem *p);

/* What is marked, in the transaction's arena; all NULL: nothing is. False: the store failed. */
struct region_mark {
	const char *affinity_domain, *home_community_id, *repository_unique_id;
};
bool region_mark_read(struct store_txn *t, struct region_mark *out);

#endif
