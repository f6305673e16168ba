/* profiles/actors/on_demand_snapshot.h: what was made on demand is kept as the document it was when
 * it was given: the Persistence of Retrieved Documents Option of our On-Demand Document Source, ITI
 * TF-2: 3.43.4.2.3.
 *
 * A snapshot is a Stable DocumentEntry with an IsSnapshotOf to the on-demand entry. It hangs on the
 * record that entry hangs on, submitted by nobody, and says of which records and systems it was
 * made (struct object_source), as its submission set does: the policy asks about each of them, so
 * that whoever sees it may see all that is in it, now and not only when it was made. */
#ifndef PROFILES_ACTORS_ON_DEMAND_SNAPSHOT_H
#define PROFILES_ACTORS_ON_DEMAND_SNAPSHOT_H

#include <stdbool.h>

#include "profiles/actors/on_demand_source.h"
#include "schemas/model/document.h"
#include "store/blobs.h"

/* Of one on-demand entry: each is an Association that ends there. Later ones are given, and not
 * kept, until some are removed. */
enum { SNAPSHOTS_MOST = 500 };

/* Of what a document was made: records and systems, each once, in their order, and the
 * confidentialityCodes of all that is in it, each once. */
struct on_demand_sources {
	const struct object_source *all;
	unsigned count;
	const struct coded_value *confidentiality_codes;
	unsigned codes;
};
/* One more document of those. Copies, into a. */
void on_demand_sources_add(struct on_demand_sources *s, struct arena *a,
			   const struct document_entry *e);

/* A document, made just now. */
struct on_demand_made {
	const char *unique_id;
	const char *time; /* creationTime: DTM */
	struct bytes octets;
	struct on_demand_sources sources;
};

/* What is to be kept of it. */
struct on_demand_snapshot {
	struct submission_set set;
	struct document_entry entry;
	const char *of; /* entryUUID of the on-demand entry */
	struct blob blob;
};

/* Worker, in the snapshot it was made in. True: it is kept, or will be: then *out is what
 * on_demand_snapshot_keep() is to be told in the job of the exchange's record, NULL: nothing.
 * False: it is given and not kept: it is not asked for (on-demand persist), too much, or somebody's
 * document has its uniqueId; or the store failed: the problem. */
bool on_demand_snapshot_of(const struct registry_desk *d, struct store *store,
			   const struct on_demand_document *what, const struct on_demand_made *made,
			   const struct on_demand_snapshot **out, struct problem *p);

/* On the committer: octets, entry, set and Associations. What another exchange kept meanwhile is no
 * change. */
bool on_demand_snapshot_keep(const struct on_demand_snapshot *s, struct store_txn *t, instant now,
			     struct problem *p);

#endif
