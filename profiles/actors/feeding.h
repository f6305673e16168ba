/* profiles/actors/feeding.h: one feed on its way into the cross-reference manager. Only
 * cross_reference_manager.c and identity_management.c include this.
 *
 * A function that returns false has set the problem, and what of the feed was at fault. */
#ifndef PROFILES_ACTORS_FEEDING_H
#define PROFILES_ACTORS_FEEDING_H

#include "profiles/actors/cross_reference_manager.h"

struct feeding {
	struct store_txn *txn;
	struct arena *arena;
	const struct region *region;
	const struct registered_system *sender;
	const struct identity_feed *feed;
	struct cross_reference_fed *out;
	struct problem *problem;
	bool registry; /* heard as the Document Registry: only the affinity domain counts */
};

/* Always false. domain: it is the id's authority (CX.4), not the id. */
bool feeding_refuse(struct feeding *f, enum problem_code code, const struct patient_identifier *id,
		    bool domain, const char *what);
/* One more of what the sender is told of a feed that was taken. */
struct finding *feeding_warning(struct feeding *f);
/* The ids that are the sender's to feed, qualified; others are left out and told. */
bool feeding_own_ids(struct feeding *f, const struct patient_identifier *ids,
		     struct patient_identifier **own);
bool feeding_known(const struct feeding *f, const struct patient_identifier *id,
		   struct patient_record *r);
/* The survivor a subsumed id goes with, or NULL. */
const struct patient_identifier *feeding_partner(const struct patient_identifier *survivors,
						 const struct patient_identifier *subsumed);
/* Of out->ids, which are the sender's: what the feed says of them is kept. */
bool feeding_put(struct feeding *f);

/* identity_management.c: the id is another one from now on; of one nobody knows nothing is done
 * (ITI TF-2: 3.30.6.5.4). */
bool feeding_change_id(struct feeding *f, const struct patient_identifier *now,
		       const struct patient_identifier *prior);
/* What is neither a patient's description nor a merge. */
bool feeding_manage(struct feeding *f);

#endif
