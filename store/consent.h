/* store/consent.h: participation: a patient joins the region or leaves it, and may exclude facilities.
 *
 * Events hang on patient records (subjects), so they follow links and merges; what holds for a person
 * is the latest event of each kind over all its records. Promises (tests/store/):
 *   C1  a change is effective for every snapshot begun after it was acknowledged
 *   C2  every change keeps who, when and why, for ever */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct arena;
struct check_module;
struct store_txn;
struct record_numbers;

enum consent_action { CONSENT_JOIN, CONSENT_LEAVE, CONSENT_EXCLUDE, CONSENT_INCLUDE };

struct consent_event {
	enum consent_action action;
	const char *facility;		/* system name, for EXCLUDE and INCLUDE */
	const char *reason, *by;
	int64_t time;
	struct consent_event *next;
};

/* On the committer. Setting what holds already is recorded all the same (C2). Refused without a
 * reason or who says so, and EXCLUDE and INCLUDE without a facility. */
bool consent_record(struct store_txn *t, uint64_t subject, const struct consent_event *e,
		    struct problem *p);
/* All events of these subjects, oldest first. */
struct consent_event *consent_history(struct store_txn *t, struct arena *a,
				      const struct record_numbers *subjects);

/* What holds now. */
struct participation {
	bool decided;			/* joined or left; else the region's default holds */
	bool joined;
	const char **excluded;		/* names of excluded facilities */
	size_t excluded_count;
	int64_t since;
};
bool consent_participation(struct store_txn *t, struct arena *a,
			   const struct record_numbers *subjects, struct participation *out);

extern const struct check_module consent_check;

#endif
