/* profiles/ssmix2/import.h: taking a storage in: from files to steps, from steps to store jobs.
 *
 *	ssmix2_import.c		the operator's request: which roots, what is answered
 *	import_plan.c		one patient's files -> steps, by what the flags say of each key
 *	import_prepare.c	the files of a step: read, checked, compared with what is known
 *	import_job.c		steps -> one job of the store, with its audit records
 *
 * A step is kept with its audit record or not at all; a step that fails leaves the others alone. */
#ifndef PROFILES_SSMIX2_IMPORT_H
#define PROFILES_SSMIX2_IMPORT_H

#include <jansson.h>

#include "profiles/actors/cross_reference_manager.h"
#include "profiles/ssmix2/document_entry.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/transaction.h"

enum step_action {
	STEP_FEED,            /* ADT-00: the patient as it is now */
	STEP_REGISTER,        /* a version of a document */
	STEP_WITHDRAW,        /* the document was deleted */
	STEP_WITHDRAW_PATIENT /* the patient was deleted: A23 */
};
enum step_outcome { STEP_PENDING, STEP_DONE, STEP_UNCHANGED, STEP_FAILED };

struct step {
	enum step_action action;
	const struct storage_name *name;
	const char
		*other_date; /* 診療日 the same order stood under before; NULL: always this one */
	bool history;        /* STEP_REGISTER: superseded, kept for its successor */

	/* By the worker. */
	struct ssmix2_message message;
	struct identity_feed feed;
	struct blob blob;
	bool moved; /* registered; its file has another name now */
	/* On the committer. */
	enum step_outcome outcome;
	struct problem problem;
	struct cross_reference_fed fed;
	const char *unique_id;
	unsigned withdrawn;
	bool replaced;
	struct step *next;
};

struct import_counts {
	unsigned patients;  /* made or changed */
	unsigned documents; /* registered, replacements too */
	unsigned replaced, withdrawn;
	unsigned unchanged; /* files whose content is known already */
	unsigned others;    /* messages that are neither identity nor document */
	unsigned ignored;   /* files that are no message */
	unsigned faults, warnings;
};

struct importing {
	struct exchange *x;
	struct ssmix2_source source;
	const char *root;  /* of the facility, absolute, no link in it */
	const char *place; /* how paths below it are told: "" or "1319951013_2/" */
	bool copy;         /* documents are copied; else they stay where they are */
	struct import_counts counts;
	json_t *lines;
	bool stopped; /* x->problem: the store cannot go on */
};

/* For the operator; the path as far as it is text. */
void import_fault(struct importing *im, const char *path, const char *what);
void import_warning(struct importing *im, const char *path, const char *what);

/* One patient's files, sorted. */
void import_patient(struct importing *im, struct arena *a, struct storage_name *files);
/* Steps of one patient, in order. */
void import_steps(struct importing *im, struct step *steps);

#endif
