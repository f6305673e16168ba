/* tests/bench/bulk.h: a region's people and their documents, put into an empty store at once.
 *
 * What the exchanges of ITI-44, ITI-41 and the operator's `consent join` would have done, without
 * the doors: each person is fed by his facilities, joins, and they provide his documents. The
 * store's and the actors' own functions write all rows (store/identity.h, store/consent.h,
 * profiles/actors/document_repository.h, gateway/audit/record.h), on the engine of
 * tests/bench/bulk_engine.h; submissions are read once from tests/bench/asked, by the gateway's
 * reader. Deterministic by the population's seed. */
#ifndef TESTS_BENCH_BULK_H
#define TESTS_BENCH_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/bulk_engine.h"
#include "tests/bench/population.h"

struct audit_source;
struct region;

/* One record of one facility, fed once. */
struct bulk_record {
	unsigned facility; /* of the region's systems, from 0 */
	const char *id;    /* in its domain */
	struct patient_demographics demographics;
};

enum { BULK_RECORDS = 64 };

/* Other people than the population, without documents. They come in units, which are all that a
 * person shares evidence with: a household. The number-th unit is a function of the number. */
struct bulk_people {
	size_t (*records)(const void *with, struct arena *a, uint64_t number,
			  struct bulk_record out[BULK_RECORDS]);
	const void *with;
};

struct bulk_plan {
	const struct region *region; /* its first systems are the facilities */
	const char *directory;       /* of its store, which is empty and not open */
	const struct audit_source *source;
	/* NULL: that of bulk_engine.h. Tests: another, to compare with. */
	const struct engine_functions *engine;
	struct population population;
	const struct bulk_people *people; /* NULL: those of the population */
	uint64_t persons;                 /* or units of people */
	size_t first, octets;             /* of a person's first document, and of each other */
	/* A person's documents come in one submission of his second facility; else each in its own,
	 * from his facilities by turns. */
	bool together;
	size_t cache; /* octets for the trees while loading */
};

struct bulk_result {
	uint64_t records, submissions, entries, audit_records, rows;
	double seconds;  /* until the store is closed */
	double cpu;      /* of the process, in these */
	double putting;  /* of that, sorting rows and putting them into the trees */
	double indexing; /* seconds after it: the audit log's index of patients */
	struct bulk_space spaces[BULK_SPACES];
};

/* Ends the process with a message when it fails. */
void bulk_load(const struct bulk_plan *plan, struct bulk_result *out);

/* uniqueId of the document-th (from 1) of that person. */
#define BULK_UNIQUE "2.999.7.1%010llu.%u"

#endif
