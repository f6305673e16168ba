/* profiles/ssmix2/import_chunk.h: as many steps of one patient as one job of the store takes.
 * Between import_prepare.c (the worker's part), import_settle.c and import_job.c (the committer's),
 * and for nobody else. */
#ifndef PROFILES_SSMIX2_IMPORT_CHUNK_H
#define PROFILES_SSMIX2_IMPORT_CHUNK_H

#include "profiles/ssmix2/import.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/repository.h"

enum {
	CHUNK_STEPS = 32, /* one flush for so many; the committer is soon free again */
	CHUNK_OCTETS = 4 << 20,
	CHUNK_MEMORY = 64 << 20,
	CHUNK_STATUSES =
		256 /* of a patient as a whole changed in one job: as long as 32 files take */
};

struct chunk {
	struct importing *im;
	struct arena *arena;
	struct step *first, *end; /* end: the first step that is another job's */
	struct step *step;        /* at work */
	struct step_work *works;  /* CHUNK_STEPS of them */
	struct store_txn *txn;    /* the worker's snapshot, then the job's */
	size_t count, octets;
	uint64_t stored_elsewhere; /* as the snapshot has it: profiles/actors/quota.h */
	bool work, recorded;
	struct store_afresh afresh; /* what a try of the job writes */
};

/* Reads and checks files, and looks in the snapshot whether there is anything to do. */
void chunk_prepare(struct chunk *c);

/* The facility's record of the patient. */
bool chunk_record(struct chunk *c, const struct storage_name *n, struct patient_record *out);
/* By the operator's right, who has the storage imported. */
struct document_entry *chunk_open(const struct chunk *c, struct sealed_entry *e);
/* The entry was made of a file of this facility's storage, and of no submission. */
bool chunk_is_ours(const struct chunk *c, const struct document_entry *e);
/* In whichever of our repositories: the facility's may have been another when it was imported. */
bool chunk_holds(struct chunk *c, const char *unique_id, struct kept_document *out);
/* The uniqueId of the step's octets: what its name makes, unless other octets have that already,
 * for the storage was rewritten. True: it is registered. */
bool chunk_identify(struct chunk *c, struct step *s);
/* The same, of a step that was identified, in this job or before. */
const char *chunk_id(struct chunk *c, const struct step *s);
/* ---- import_extended.c ---- */

/* Which octets a file of the extended storage is made of, and of which kind it is. NULL, or why it
 * cannot be read. */
const char *extended_look(struct chunk *c, struct step *s);
/* A message is of this patient, and holds no Individual Number. */
bool extended_may_be_kept(struct chunk *c, struct step *s);
/* The octets that were looked at, into the store's keeping. */
bool extended_copy(struct chunk *c, struct step *s);

/* Notes why; false. */
bool step_fail(struct step *s, const char *what);

/* ---- import_settle.c ---- */

/* What a step would change in the statuses, and whether that is anything. */
struct settling {
	struct text_list *withdraw, *restore; /* entryUUIDs */
	struct text_list *changed;            /* uniqueIds of both */
	unsigned withdrawn, restored;
};
/* An order: the current version of each key is Approved and nothing else of it. */
bool settle_order(struct chunk *c, const struct step *s, struct settling *out);
/* A deleted patient: nothing of the facility is Approved. One that is there again: what was no file
 * of its storage is as its submitter left it. At most CHUNK_STATUSES at once. */
bool settle_patient(struct chunk *c, const struct step *s, struct settling *out);
/* On the committer. */
bool settle(struct chunk *c, struct step *s);
/* The Approved entry of the key, or of the day the order stood under before; NULL: none. */
struct document_entry *settle_approved(struct chunk *c, const struct step *s);

#endif
