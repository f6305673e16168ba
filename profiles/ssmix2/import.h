/* profiles/ssmix2/import.h: taking a storage in: from files to steps, from steps to store jobs.
 *
 *	ssmix2_import.c		the operator's request: which roots, what is answered
 *	import_roots.c		which folders are one storage
 *	import_told.c		lines of faults and warnings
 *	import_lanes.c		patients side by side
 *	watch.c			what changed in a storage that is watched
 *	import_plan.c		one patient's files -> steps, by what the flags say of each key
 *	import_prepare.c	the files of a step: read, checked, compared with what is known
 *	import_extended.c	the same of files of the extended storage, of any kind and size
 *	import_job.c		steps -> one job of the store, with its audit records
 *	import_settle.c		which version of each key is Approved, when all have been looked at
 *
 * What is Approved after an import is a function of the files, whatever the region held before, how
 * often they were imported and where an import broke off (HACKING.md: SS-MIX2). So no step trusts
 * what an earlier import did: versions are registered where they are not, and then each order is
 * settled, by the registry as it is found.
 *
 * A step is kept with its audit record or not at all; a step that fails leaves the others alone. */
#ifndef PROFILES_SSMIX2_IMPORT_H
#define PROFILES_SSMIX2_IMPORT_H

#include <jansson.h>

#include "profiles/actors/cross_reference_manager.h"
#include "profiles/ssmix2/document_entry.h"
#include "profiles/ssmix2/extended_media.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/transaction.h"

enum step_action {
	STEP_FEED,     /* ADT-00: the patient as it is now */
	STEP_REGISTER, /* a version of a document */
	STEP_SETTLE,   /* the versions of an order have been looked at: which are Approved? */
	STEP_WITHDRAW_PATIENT, /* the patient was deleted: A23 */
	STEP_RESTORE_PATIENT   /* ... and is there again */
};
enum step_outcome { STEP_PENDING, STEP_DONE, STEP_UNCHANGED, STEP_FAILED, STEP_NOT_NEEDED };

/* What the storage says of the patient as a whole. */
struct storage_patient {
	bool deleted; /* nothing of this storage is Approved */
	bool fed;     /* there is a file whose feed will make it known */
};

struct step;

/* Patient, 診療日, type and order number, and the versions that files of it are. */
struct storage_key {
	const char *date;
	bool gone; /* a file was renamed while we looked: the next import sees what came of it */
	const char *deleted;         /* 発生日時 of the newest flag 0; NULL: there is none */
	struct step *newest;         /* its versions, by step.older */
	const struct step *expected; /* Approved if it can be taken; NULL: none */
	const struct step *latest;   /* the newest registered so far, this time or before */
	const struct storage_key *moved_from; /* the same order under the day it had before */
	/* Of what lies beside a document: the document's, whose versions it belongs to; or NULL. */
	const struct storage_key *main;
	struct storage_key *next; /* of the same order */
};

/* What a step needs while it is at work, in its chunk's memory: there is one for each file of a
 * patient, and he may have a hundred thousand. */
struct step_work {
	struct identity_feed feed;
	struct problem problem;
	struct cross_reference_fed fed;
};

struct step {
	enum step_action action;
	const struct storage_name *name;
	const char *time; /* when it has its turn: the name's, or later */
	struct storage_patient *patient;
	struct storage_key *key;   /* STEP_REGISTER: its own; STEP_SETTLE: those of the order */
	struct step *older;        /* STEP_REGISTER: of the same key */
	bool twin;                 /* another file of the key has the same 発生日時 */
	const struct step *unless; /* STEP_FEED: not needed where that one could be taken */
	const struct storage_name *outlived; /* STEP_FEED: a newer file that holds no longer */

	/* By the worker. */
	struct ssmix2_message message;
	struct blob blob;
	const struct extended_media *media; /* extended storage; else NULL */
	bool taken;   /* its octets are registered, or will be; STEP_FEED: it could be read */
	bool spoilt;  /* its name is registered, and what it holds now cannot be taken */
	bool another; /* other octets have the id that its name makes: it has one of its octets */
	bool removed; /* registered; its octets were removed from the repository */
	bool cancels; /* it is no version but says that the order is cancelled */
	bool moved;   /* registered; its file has another name now */
	bool adopted; /* registered by reference; its octets are to be ours now */
	/* On the committer. */
	enum step_outcome outcome;
	struct step_work *work; /* NULL: it is not in a chunk that is at work */
	const char *unique_id;
	const struct submission *offered; /* by ourselves, along with it (ITI-61) */
	struct text_list *changed;        /* uniqueIds whose status is another now */
	unsigned withdrawn, restored;
	bool replaced;
	struct step *next;
};

struct import_counts {
	unsigned patients;  /* made or changed */
	unsigned documents; /* registered, replacements too */
	unsigned replaced, withdrawn, restored;
	unsigned unchanged; /* files whose content is known already */
	unsigned ignored;   /* files that are no message */
	unsigned faults, warnings;
};

struct importing {
	struct exchange *x; /* others take in for it beside this one: its region, store, time */
	struct admission admission;
	struct leniencies needed;
	struct problem problem; /* why it was stopped */
	struct ssmix2_source source;
	bool copy; /* documents are copied; else they stay where they are */
	struct import_counts counts;
	json_t *lines;
	uint64_t files; /* that were found before the first was read */
	/* A file written later may not be whole yet: what is wrong with it is counted, not told.
	 * 0: all is told. */
	instant tells_until;
	unsigned young;
	bool stopped; /* problem: the store cannot go on, or nobody waits */
};

/* For the operator; the path as far as it is text. */
void import_fault(struct importing *im, const struct storage_name *n, const char *what);
void import_fault_at(struct importing *im, const struct storage_root *root, const char *path,
		     const char *what);
void import_warning(struct importing *im, const struct storage_name *n, const char *what);

/* Lines of others are told behind it. */
void import_add_lines(struct importing *im, json_t *lines);

/* Nobody waits any more, or the store cannot go on: im->problem says which. */
bool import_ends(struct importing *im);

/* The secret that ids are derived with. False: x->problem. */
bool import_know_secret(struct exchange *x, struct ssmix2_source *source);
/* One patient's files, sorted. */
void import_patient(struct importing *im, struct arena *a, struct storage_name *files);
/* Of what lies beside a document the version that is in the same folder as this one of it. */
const struct step *import_beside(const struct storage_key *k, const struct step *main);
/* Steps of one patient, in order. */
void import_steps(struct importing *im, struct step *steps);

#endif
