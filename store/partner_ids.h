/* store/partner_ids.h: which patient of another network is which person of ours (地域医療連携用ID).
 *
 * A table for each partner, one to one and unique on both sides: a person has one id there, and an
 * id is one person's. A second mapping for either side is refused and raised: either two persons
 * are joined or one is split, there or here, and that a person has to see. So is it where two of
 * our persons become one and each had an id: nothing was claimed, so nothing can be refused, but
 * until the operator has decided neither id is told.
 *
 * A mapping hangs on the regional record of its person, as a code does (store/partner_codes.h):
 *
 *	two persons become one	one of them mapped: the person is. Both: raised ("joined"); both
 *				ids lead to the person, and none of them is his id there meanwhile
 *	they part		each mapping goes with its regional record; what was raised because
 *				they were joined is settled by that
 *	a facility merges ids	as where two persons become one
 *	A29, another identity	his record rests (I7), so that the id never leads to somebody else
 *	A28 again		the record rests no more, and the mapping holds as before
 *	leaving the region	the mapping stays; nothing of who has left is told by it
 *				(profiles/actors/partner_identities.h)
 *	unmapped		neither side leads anywhere; either may be mapped anew
 *	the partner is gone	from the configuration: its table stays, and answers nobody
 *
 * What was raised stands until it is settled: `keep` what stands, `replace` it by what was claimed,
 * or `drop` both. The same claim is raised once; after `keep` it is refused without being raised
 * again, as long as something stands against it.
 *
 * Promises, each with a test of the same name in tests/store/partner_ids_test.c:
 *   M1  one person, one id; one id, one person: of each partner
 *   M2  what is claimed against a mapping changes nothing, and is raised once
 *   M3  what is settled is settled as said, whatever has happened since it was raised
 *   M4  a mapping goes with whom it was made for; a person who has two is told neither
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_PARTNER_IDS_H
#define STORE_PARTNER_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;
struct check_module;
struct store_txn;

/* Of one partner that wait for the operator: beyond it what is claimed is refused and not raised,
 * so that a partner cannot fill the store with what it claims. */
enum { PARTNER_CONFLICTS_MOST = 256 };

struct partner_id {
	const char *partner;
	const char *domain, *id; /* theirs: universal id of the authority, and the id in it */
	uint64_t record, person; /* ours: what it hangs on, and whom it leads to */
	const char *by;          /* who mapped it */
	instant since;
	struct partner_id *next;
};

/* In a job: that id is that person's; of `id` partner, domain, id, person, by and since are given,
 * record is set to the person's regional one. False, p set: it cannot be asked (too long, no such
 * person), or the store failed. */
enum mapping { MAPPING_MADE, MAPPING_THERE, MAPPING_REFUSED };
struct mapped {
	enum mapping what;
	uint64_t conflict; /* refused: what it was raised as; 0: it was not raised (again) */
	bool decided;      /* refused: the operator said `keep` of this very claim */
	struct partner_id *against; /* refused: what stands */
};
bool partner_id_map(struct store_txn *t, struct partner_id *id, struct mapped *out,
		    struct problem *p);
/* In a job: of all that hang on that person, those of the partner. How many there were. */
unsigned partner_id_unmap(struct store_txn *t, const char *partner, uint64_t person);
/* Whom that id is of. False: nobody (or the store failed). */
bool partner_id_find(struct store_txn *t, struct arena *a, const char *partner, const char *domain,
		     const char *id, struct partner_id *out);
/* The person's id at the partner. False: there is none, or there are two (disputed), or the store
 * failed. */
bool partner_id_of(struct store_txn *t, struct arena *a, const char *partner, uint64_t person,
		   struct partner_id *out, bool *disputed);
/* All that lead to that person, of all partners. */
struct partner_id *partner_ids_of(struct store_txn *t, struct arena *a, uint64_t person);
/* Any hangs on that record. */
bool partner_id_hangs_on(struct store_txn *t, uint64_t record);

/* In the job in which that record came from that person to the one it is of now (its rows are
 * written): raises what is joined, and takes back what is joined no more. */
void partner_ids_moved(struct store_txn *t, uint64_t record, uint64_t from);

/* ---- What was raised ---- */

struct partner_conflict {
	uint64_t number;            /* the store's: store/numbers.h */
	struct partner_id claimed;  /* by: who claimed, since: when */
	bool joined;                /* it was claimed by nobody: two who were mapped became one */
	struct partner_id *against; /* what stands against it now */
	struct partner_conflict *next;
};
/* Of a partner, from after (0: the first) on, at most limit. */
struct partner_conflict *partner_conflicts(struct store_txn *t, struct arena *a,
					   const char *partner, uint64_t after, unsigned limit);
bool partner_conflict_find(struct store_txn *t, struct arena *a, const char *partner,
			   uint64_t number, struct partner_conflict *out);

enum settlement { SETTLE_KEEP, SETTLE_REPLACE, SETTLE_DROP };
/* In a job; c: as found in it. by and now: of the mapping, where the claim takes the place. False:
 * the store failed. */
bool partner_conflict_settle(struct store_txn *t, const struct partner_conflict *c,
			     enum settlement what, const char *by, instant now);

extern const struct check_module partner_ids_check;

#endif
