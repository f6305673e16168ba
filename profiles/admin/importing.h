/* profiles/admin/importing.h: an export taken into this region.
 *
 *	admin_import.c		the operator's request: verified, looked at, then taken in
 *	import_person.c		the records of one person, and his decisions: one job
 *	import_set.c		one submission set: read, judged, compared
 *	import_register.c	... and its job; Associations that had to wait for others'
 *
 * All is looked at before anything is changed: files against their sums, then each record, decision
 * and submission set as it is read, and against what is here. One fault, and nothing is taken in.
 * Then persons come, each with his decisions in one job, so that nobody is shown meanwhile whom he
 * excluded; then submission sets, one job each. What is here already and is the same is passed
 * over: an import that broke off is begun again. */
#ifndef PROFILES_ADMIN_IMPORTING_H
#define PROFILES_ADMIN_IMPORTING_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/admin/bundle.h"
#include "profiles/transaction.h"

struct blob;
struct consent_event;
struct document_entry;
struct submission;

struct import_request {
	const char *directory; /* absolute, resolved */
	bool dry_run;
};

struct import_counts {
	uint64_t records, consents, sets, documents, associations; /* new here */
	uint64_t unchanged;    /* records, decisions, sets that are here already */
	uint64_t unattributed; /* sets without a patient: left out */
	uint64_t waiting;      /* Associations that lead to what is not here */
	uint64_t faults, warnings;
};

struct bundle_import {
	struct exchange *x;
	const struct import_request *request;
	struct bundle *bundle;
	const struct registered_system *facility; /* whose export it is; NULL: a person's */
	bool applying;                            /* everything was looked at */
	struct arena *each;                       /* emptied after a person or a set */
	struct store_txn *txn;
	struct import_counts counts;
	/* Hashes of the patients of all lines, ascending once all were looked at: of each
	 * eight octets. */
	struct arena *hashed;
	uint64_t *patients;
	size_t patient_count, patient_room;
	uint64_t later; /* Associations that may be registered when all sets have come */
	json_t *lines;  /* faults and warnings, for the operator */
};

/* Notes it; false. An id of a patient is what the operator needs to look for it. */
bool taking_fault(struct bundle_import *im, const char *where, const char *what, ...)
	__attribute__((format(printf, 3, 4)));
void taking_warning(struct bundle_import *im, const char *where, const char *what, ...)
	__attribute__((format(printf, 3, 4)));
/* Nobody waits any more, or x->problem is set. */
bool taking_ends(struct bundle_import *im);
/* The system a domain is of; NULL: none of this region's, or not one this export may speak of. */
const struct registered_system *taking_owner(const struct bundle_import *im, const char *domain);
/* A job of im->each's, with what it writes beside: afresh. False: im->x->problem is set. */
bool taking_write(struct bundle_import *im,
		  bool (*run)(void *with, struct store_txn *t, struct problem *p), void *with,
		  size_t size, struct problem *p);
struct audit_event *taking_event(struct exchange *x, const struct registered_system *of,
				 int event_id, enum audit_action action);

/* ---- import_person.c: all persons of the lists ---- */
bool taking_persons(struct bundle_import *im);
/* There is a line of that patient, or he is known here. While it is looked at. */
bool taking_has_patient(const struct bundle_import *im, const char *domain, const char *id);

/* ---- import_set.c ---- */
/* What the JSON says of an entry. */
struct moved_document {
	const char *entry;  /* its entryUUID */
	const char *sha256; /* of its octets; NULL: they are not in the export */
	bool shown;         /* its submitter is told with it (profiles/actors/submitter.h) */
	struct moved_document *next;
};
struct moved_set {
	const char *name; /* of its file */
	struct submission *submission;
	const struct registered_system *submitter;
	const char *fingerprint; /* or NULL */
	const char *patient;     /* CX: domain and id */
	const char *domain, *id;
	struct moved_document *documents;
	bool attributed, known; /* known: it is here, and the same */
};
/* All submission sets, one after the other. */
bool taking_sets(struct bundle_import *im);

/* ---- import_register.c ---- */
bool taking_register(struct bundle_import *im, struct moved_set *s);
/* A document of the export into the store's keeping, below that directory (store/blobs.h); the
 * arena is im->each. False: p says why. */
bool taking_octets(struct bundle_import *im, const unsigned char *sha256, const char *below,
		   struct blob *out, struct problem *p);
/* Of one that is here: how many of its Associations are not. */
void taking_look(struct bundle_import *im, const struct moved_set *s);
/* What of its Associations can be registered now. */
bool taking_associations(struct bundle_import *im, struct moved_set *s);

#endif
