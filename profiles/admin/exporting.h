/* profiles/admin/exporting.h: what a facility, or a person, takes home: from the store to a bundle.
 *
 *	admin_export.c		the operator's request: whose, where to
 *	admin_disclosure_bundle.c	the same of a disclosure to the patient
 *	export_run.c		the work, and what is answered
 *	disclosing.c		what a disclosure has besides, and what it must not have
 *	export_walk.c		person by person: records, decisions, submission sets
 *	export_set.c		one submission set, with all that came with it
 *	export_audit.c		the trail
 *	export_readme.c		README.txt
 *
 * What a facility gets is its own: ids of its domains, what it submitted, what it did. The region's
 * id of a person is nobody's, and is in no export. Each person is of one moment: a snapshot serves
 * some persons and is taken anew, so that none is held for the length of the export. Who was shown
 * has a record of it, in jobs of their own, before the export has its name. */
#ifndef PROFILES_ADMIN_EXPORTING_H
#define PROFILES_ADMIN_EXPORTING_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/admin/bundle.h"
#include "profiles/transaction.h"
#include "store/identity.h"

struct disclosing;
struct document_entry;
struct submission;

struct export_request {
	const struct registered_system *facility; /* NULL: a person is exported */
	const char *patient;                      /* as it was named */
	const char *directory;                    /* absolute */
	bool disclosure;                          /* to the patient, who is to read it */
};

struct export_counts {
	uint64_t persons, records, consents, sets, entries, folders, associations;
	uint64_t unattributed; /* sets for whom the facility has no number */
	uint64_t gone;         /* entries whose octets were removed, or are not here */
	uint64_t messages;     /* of the audit log */
};

enum { SHOWN_MOST = 256 }; /* records of whom one audit record tells */

struct exporting {
	struct exchange *x;
	const struct export_request *request;
	const struct registered_system *facility; /* as in the request */
	struct bundle_writer *bundle;
	/* Emptied after some persons, and after a set: no person needs another's memory. */
	struct arena *persons, *each;
	struct store_txn *txn;       /* the snapshot of now */
	struct patient_record asked; /* of whom, when it is a person */
	struct export_counts counts;
	uint64_t shown[SHOWN_MOST]; /* records whose persons have no audit record yet */
	size_t shown_count;
	uint64_t number;               /* of the submission set written last */
	struct disclosing *disclosing; /* NULL: it is an export */
	const char *known_since;       /* of the audit log: admin_trail.h; or NULL */
	struct problem *problem;
};

/* ---- export_run.c ---- */

/* The directory; NULL: the problem says why. */
struct export_request *export_request_read(struct exchange *x);
bool export_run(struct exchange *x);
void export_audited(struct exchange *x, struct audit_event *e);
json_t *export_answer(struct exchange *x);

/* ---- export_walk.c ---- */
bool export_persons(struct exporting *ex);
/* The record of the export in the trail of those shown so far. */
bool export_tell_shown(struct exporting *ex);
/* Whether a record's id may be said in this export. */
bool export_says(const struct exporting *ex, const struct person *person,
		 const struct patient_record *record);

/* ---- export_set.c ---- */

/* A submission set as it is registered: what came with it, ids of patients as the facility has
 * them. */
struct export_set {
	struct submission *submission;
	const char *submitter, *fingerprint;
	const char *patient; /* CX; NULL: there is none that may be said */
};
/* NULL: it is not there any more. In the arena. */
struct export_set *export_gather(struct exporting *ex, struct arena *a, const struct person *person,
				 const char *uuid);
void export_put_set(struct exporting *ex, struct arena *a, const struct export_set *s);
/* One object as the JSON of an export says it. */
json_t *export_entry_json(struct store_txn *t, struct arena *a, const struct region *r,
			  const struct document_entry *e);

/* ---- export_audit.c ---- */
bool export_audit(struct exporting *ex);

/* ---- export_readme.c ---- */
struct bytes export_readme(struct arena *a);

#endif
