/* store/consent.h: participation: a patient joins the region or leaves it, may exclude facilities,
 * and may open to one facility, until an end, documents of some kinds.
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
 *   C5  a record that rests (store/identity.h, I7) is closed
 *   C6  a decision with a beginning or an end holds from that instant to before that one; past its
 *       end it decides nothing, as one that was never given, and stays in the history
 *   C7  what a decision was written on, where it came with it, is kept as long as the decision and
 *       in one job with it
 *   C8  a beginning or an end that upkeep has seen (consent_ends_tell()) is not undone by a clock
 *       that goes back
 *
 * Of one thing (taking part, one who is excluded, one facility a record is opened to) a decision
 * stands over what was said before while it holds. What said the same before it is over for good
 * from its beginning on: who joins for a month, having joined for ever, has joined for a month.
 * What said otherwise holds again when it ends: who left for a month takes part again. */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/paper.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"
#include "store/identity.h"

struct arena;
struct blob;
struct check_module;
struct identity_past;
struct store_txn;

enum consent_action {
	CONSENT_JOIN,
	CONSENT_LEAVE,
	CONSENT_EXCLUDE,
	CONSENT_INCLUDE,
	CONSENT_GRANT, /* one facility may have documents of these groups, joined or not */
	CONSENT_REVOKE /* it may no more */
};
enum { CONSENT_ACTIONS = CONSENT_REVOKE + 1 };

/* By what whoever decided was known to be the patient, or to speak for him: never a number of what
 * was shown. */
struct consent_proof {
	const char *kind; /* schemas/tables/identity_proof.h; NULL: nothing was said of it */
	const char *date; /* YYYY-MM-DD; NULL: not said */
	const char *by;   /* who looked; NULL: not said */
};

/* The paper a decision was written on, scanned: its octets are in the store's keeping
 * (store/consent_papers.h), and here is which they are. */
struct consent_paper {
	enum paper_kind kind;        /* PAPER_NONE: there is none */
	const unsigned char *sha256; /* BLOB_SHA256 octets */
	uint64_t size;
	/* for consent_record(), which keeps it: what was written of it. NULL of one that is
	 * read. */
	const struct blob *octets;
};

struct consent_event {
	enum consent_action action;
	/* for EXCLUDE and INCLUDE: schemas/model/exclusion.h; else a system's name */
	const char *facility;
	const char *reason, *by;
	int64_t time;       /* kept later than what the person's records were told before */
	uint64_t number;    /* the store's: of one person in the order they were made */
	const char *groups; /* for GRANT: store/consent_groups.h */
	struct consent_proof proof;
	struct consent_paper paper;
	/* microseconds since 1970, UTC; 0: from now on, without an end. until: not then any more */
	int64_t from, until;
	struct consent_event *next;
};

/* Which records a decision is kept with, and which of the person's it does not cover. The lists
 * live as long as the job. */
struct consent_coverage {
	struct record_numbers covered, others;
};
/* On the committer. Setting what holds already is recorded all the same (C2). Refused without a
 * reason or who says so, and EXCLUDE and INCLUDE without a facility; where it ends before it
 * begins; and for a record that rests. */
bool consent_record(struct store_txn *t, const struct region *r, uint64_t subject,
		    const struct consent_event *e, struct consent_coverage *out, struct problem *p);
/* Events of these subjects made before that one (0: up to now), newest first; one decision stands
 * once. So many at most, for they may be any number. */
struct consent_event *consent_history(struct store_txn *t, struct arena *a,
				      const struct record_numbers *subjects, uint64_t before,
				      unsigned limit);
/* Anything was ever decided for this record. */
bool consent_is_decided(struct store_txn *t, uint64_t subject);

/* To one facility, until it ends. */
struct consent_grant {
	const char *facility, *groups;
};

/* What holds for one record at one instant. */
struct participation {
	bool decided; /* joined or left; else the region's default holds */
	bool joined;
	bool rests;            /* closed, whatever was decided (C5) */
	bool disputed;         /* two decisions have met (C4) */
	const char **excluded; /* names of excluded facilities */
	size_t excluded_count;
	/* what was included since: opens nothing but to who needs that, another region's gateway */
	const char **included;
	size_t included_count;
	struct consent_grant *grants;
	size_t grant_count;
	int64_t since;
	int64_t until; /* when something of it changes by itself, the next time; 0: never */
};
/* at: the instant whoever asks does so (struct requester), or the job's own clock. */
bool consent_participation(struct store_txn *t, struct arena *a, uint64_t subject, int64_t at,
			   struct participation *out);
/* Which of the person's records took part at an instant that is over, each by its place in the
 * list: by what had been decided then, of those that were one person's with it and are of this one
 * still, as they were. False: the store failed. */
bool consent_past(struct store_txn *t, struct arena *a, const struct region *r,
		  const struct identity_past *past, const struct person *who, bool *joined);
/* Somebody has said that it may see what is there, and nobody that it may not. */
bool consent_included(const struct participation *p, const char *system);
/* What was opened to that system's facility: its groups; NULL: nothing was. */
const char *consent_granted(const struct participation *p, const char *system);

/* ---- What is to be done when a decision begins or ends ----
 *
 * Each such instant of a record stands in the store until somebody has seen to it: whoever listens
 * is told of its person (store/notices.h), and no one who is told what he knows. So what no node
 * was up for is made up for. What a decision means does not wait for it. */

/* In a snapshot or a job: there is something to see to. */
bool consent_ends_due(struct store_txn *t, int64_t now);
/* In a job: some of it; *more: there was more than that. */
bool consent_ends_tell(struct store_txn *t, const struct region *r, int64_t now, bool *more);

extern const struct check_module consent_check;

#endif
