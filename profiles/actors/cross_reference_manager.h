/* profiles/actors/cross_reference_manager.h: the Patient Identifier Cross-reference Manager,
 * whatever the dialect (ITI-8, ITI-30, ITI-44; ITI-9, ITI-45, ITI-83), and the same feed as the
 * Document Registry hears it. ITI TF-1: 5; ITI TF-2: 3.8, 3.9, 3.30, 3.44, 3.45.
 *
 * Identifiers come as sent. Their assigning authority is resolved by the region's domains
 * (authority.h). A feed may name ids of other domains, or of authorities nobody knows (an
 * insurer's), beside the patient's own: they are not recorded, which is no error but a warning (one
 * source a domain, ITI TF-2: 3.8.4.1.3). Only ids of known domains are ever kept. Thread-safety: as
 * the transaction. */
#ifndef PROFILES_ACTORS_CROSS_REFERENCE_MANAGER_H
#define PROFILES_ACTORS_CROSS_REFERENCE_MANAGER_H

#include <stdbool.h>
#include <stddef.h>

#include "profiles/actors/admission.h"
#include "schemas/model/patient.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"
#include "store/identity.h"

struct arena;
struct store_txn;

/* What a feed did. */
struct cross_reference_fed {
	enum feed_kind kind;
	enum feed_effect effect;
	bool created;                   /* FEED_CREATE or FEED_UPDATE made a record */
	bool older;                     /* newer demographics are known: nothing was taken */
	bool somebody_else;             /* the change made the record another person's: it rests */
	unsigned scored;                /* links made by score */
	struct patient_identifier *ids; /* resolved; the patient's, or the survivors */
	/* FEED_MERGE: one for each of ids, in the same order; of other kinds: those that are the
	 * sender's to feed. */
	struct patient_identifier *subsumed;
	/* When it was refused: the id of the feed at fault (its `where` is in the problem too), and
	 * whether it is the domain (CX.4) or the id itself (CX.1). NULL: not one id's fault. */
	const struct patient_identifier *offending;
	bool offending_domain;
	/* Ids that were left out, each at the place of the id; it is their domain (CX.4), or where
	 * a location is set the id itself (CX.1). */
	struct finding *warnings;
	bool rehearsed;           /* nothing of it was kept (MSH-11 is T or D) */
	struct leniencies needed; /* of the sender's, also when it was refused after all */
};

/* By whoever has read a feed, in a worker: most of the work of what comes next, and nothing left of
 * what the region does not keep. */
void cross_reference_prepare(struct arena *a, const struct region *r, struct identity_feed *feed);

/* Whom it may be beside those it names, weighed in a snapshot, for the feed to say so when it is
 * heard; of what changes no description nothing. */
void cross_reference_weigh(struct store_txn *t, struct arena *a, const struct region *r,
			   const struct registered_system *sender, struct identity_feed *feed);

/* What hearing it will look at, looked at: store_look_ahead(). */
void cross_reference_look_ahead(struct store_txn *t, struct arena *a, const struct region *r,
				const struct registered_system *sender,
				const struct identity_feed *feed);
/* On the committer. False with p set: nothing may be kept (the caller's savepoint undoes it). */
bool cross_reference_feed(struct store_txn *t, struct arena *a, const struct region *r,
			  const struct registered_system *sender, const struct identity_feed *feed,
			  struct cross_reference_fed *out, struct problem *p);
/* The Document Registry's side: only ids of the affinity domain count, an update changes nothing,
 * a merge already made is refused (ITI TF-2: 3.8.4.1.4, 3.8.4.2.4, 3.44.4.2.4). */
bool cross_reference_feed_registry(struct store_txn *t, struct arena *a, const struct region *r,
				   const struct registered_system *sender,
				   const struct identity_feed *feed,
				   struct cross_reference_fed *out, struct problem *p);

/* Either of the two: who hears a feed. */
typedef bool feed_hearer(struct store_txn *t, struct arena *a, const struct region *r,
			 const struct registered_system *sender, const struct identity_feed *feed,
			 struct cross_reference_fed *out, struct problem *p);

/* The numbered cases of ITI TF-2: 3.9.4.2.2 and 3.45.4.2.2. */
enum cross_reference_outcome {
	CROSS_REFERENCE_FOUND,          /* case 1, 2, 6: AA, OK */
	CROSS_REFERENCE_NOTHING,        /* AA, NF */
	CROSS_REFERENCE_UNKNOWN_ID,     /* AE, 204 at QPD^1^3^1^1 */
	CROSS_REFERENCE_UNKNOWN_DOMAIN, /* AE, 204 at QPD^1^3^1^4 */
	CROSS_REFERENCE_UNKNOWN_TARGETS /* AE, 204 at QPD^1^4^n */
};

struct cross_reference_found {
	enum cross_reference_outcome outcome;
	struct patient_identifier
		asked; /* resolved; with its universal id unless that was unknown */
	/* All three parts of the domain set, ids of one domain together, never the one asked
	 * for. */
	struct patient_identifier *ids;
	/* Names as the asker itself fed them; NULL: it has no record of this person. */
	struct person_name *names;
	unsigned *unknown_targets; /* places in the query's domains, from 1 */
	size_t unknown_count;
	struct leniencies needed; /* of the sender's */
};

/* sender NULL: the region's operator, who may ask for every id. False only when the store fails. */
bool cross_reference_query(struct store_txn *t, struct arena *a, const struct region *r,
			   const struct registered_system *sender, struct admission *admission,
			   const struct cross_reference_query *query,
			   struct cross_reference_found *out, struct problem *p);

/* The ids of a person that a system may be told of, as its PIX queries would show them, its own
 * included: all three parts of the domain set, ids of one domain together (ITI TF-2: 3.10.4.1.2.3).
 * By its own ids it asks, or by the regional one where it has none. NULL: none, or there is no such
 * person; `there` tells. */
struct patient_identifier *cross_reference_shown(struct store_txn *t, struct arena *a,
						 const struct region *r,
						 const struct registered_system *system,
						 struct admission *admission, uint64_t person,
						 bool *there);

/* Whose id that is, as far as the system may know: found (*person), or an unknown id or domain;
 * out->asked and out->needed are filled in. */
enum cross_reference_outcome
cross_reference_person(struct store_txn *t, struct arena *a, const struct region *r,
		       const struct registered_system *system, struct admission *admission,
		       const struct cross_reference_query *query, struct cross_reference_found *out,
		       uint64_t *person);
/* Which of the domains asked for nobody knows: out->unknown_targets. Asks no store. */
void cross_reference_domains(struct arena *a, const struct region *r,
			     const struct registered_system *system,
			     struct patient_identifier *domains, struct cross_reference_found *out);
/* May the system be told what this active record says? Its own always; another's where the record
 * takes part, and the system may look past its own of that person. */
bool cross_reference_tells(struct store_txn *t, struct arena *a, const struct region *r,
			   const struct registered_system *system, struct admission *admission,
			   const struct patient_record *record);

#endif
