/* store/consent.h: participation: a patient joins the region or leaves it, and may exclude
 * facilities.
 *
 * A decision is a person's, and what makes the person is the identity the record had when it was
 * given: name, birth date and sex (store/identity_core.h). It is kept with every record of the
 * person that bears this identity, and with every such record that is linked later; what is linked
 * but bears another name is not covered. So no link opens or closes what its own person did not
 * decide. Promises (tests/store/):
 *   C1  a change is effective for every snapshot begun after it was acknowledged
 *   C2  every change keeps who, when and why, for ever
 *   C3  a record is open only by a decision given for its identity, and closed only by one
 *   C4  who has left stays closed until that same person joins again; where two decisions given for
 *       one identity meet, the stricter holds and the operator is told
 *   C5  a record that rests (store/identity.h, I7) is closed */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/region.h"
#include "schemas/tables/problem.h"
#include "store/identity.h"

struct arena;
struct check_module;
struct store_txn;

enum consent_action { CONSENT_JOIN, CONSENT_LEAVE, CONSENT_EXCLUDE, CONSENT_INCLUDE };

struct consent_event {
	enum consent_action action;
	const char *facility; /* system name, for EXCLUDE and INCLUDE */
	const char *reason, *by;
	int64_t time;    /* kept later than what the person's records were told before */
	uint64_t number; /* the store's: of one person in the order they were made */
	struct consent_event *next;
};

/* Which records a decision is kept with, and which of the person's it does not cover. The lists
 * live as long as the job. */
struct consent_coverage {
	struct record_numbers covered, others;
};
/* On the committer. Setting what holds already is recorded all the same (C2). Refused without a
 * reason or who says so, and EXCLUDE and INCLUDE without a facility; and for a record that
 * rests. */
bool consent_record(struct store_txn *t, const struct region *r, uint64_t subject,
		    const struct consent_event *e, struct consent_coverage *out, struct problem *p);
/* Events of these subjects made before that one (0: up to now), newest first; one decision stands
 * once. So many at most, for they may be any number. */
struct consent_event *consent_history(struct store_txn *t, struct arena *a,
				      const struct record_numbers *subjects, uint64_t before,
				      unsigned limit);
/* Anything was ever decided for this record. */
bool consent_is_decided(struct store_txn *t, uint64_t subject);

/* What holds now for one record. */
struct participation {
	bool decided; /* joined or left; else the region's default holds */
	bool joined;
	bool rests;            /* closed, whatever was decided (C5) */
	bool disputed;         /* two decisions have met (C4) */
	const char **excluded; /* names of excluded facilities */
	size_t excluded_count;
	int64_t since;
};
bool consent_participation(struct store_txn *t, struct arena *a, uint64_t subject,
			   struct participation *out);

extern const struct check_module consent_check;

#endif
