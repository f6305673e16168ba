/* profiles/ssmix2/import_chunk.h: as many steps of one patient as one job of the store takes.
 * Between import_prepare.c (the worker's part) and import_job.c (the committer's), and for nobody
 * else. */
#ifndef PROFILES_SSMIX2_IMPORT_CHUNK_H
#define PROFILES_SSMIX2_IMPORT_CHUNK_H

#include "profiles/ssmix2/import.h"
#include "store/identity.h"

enum {
	CHUNK_STEPS = 32, /* one flush for so many; the committer is soon free again */
	CHUNK_OCTETS = 4 << 20,
	CHUNK_MEMORY = 64 << 20,
};

struct chunk {
	struct importing *im;
	struct arena *arena;
	struct step *first, *end; /* end: the first step that is another job's */
	struct step *step;        /* at work */
	struct store_txn *txn;    /* the worker's snapshot, then the job's */
	size_t count, octets;
	bool work, recorded;
};

/* Reads and checks files, and looks in the snapshot whether there is anything to do. */
void chunk_prepare(struct chunk *c);

/* The facility's record of the patient. */
bool chunk_record(struct chunk *c, const struct storage_name *n, struct patient_record *out);
/* The Approved entry this order has, under one of the days it may stand under; NULL: none. */
struct document_entry *chunk_current(struct chunk *c, const struct step *s);
/* Notes why; false. */
bool step_fail(struct step *s, const char *what);

#endif
