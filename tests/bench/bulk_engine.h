/* tests/bench/bulk_engine.h: an engine to fill an empty store with, and for nothing else.
 *
 * What jobs commit is gathered, sorted by key, and put into the same trees the engine in service
 * keeps (store/engine_berkeleydb.h), without log and without flush, piece by piece: so rows and
 * indexes are those the domain code wrote, and the trees grow as under load, in many passes, which
 * leaves their pages as full. A piece is put into the trees while the next is gathered.
 *
 * In return nothing is read from the trees. A job finds
 *
 *	what it wrote itself, by key and by scan;
 *	of earlier jobs what goes on from job to job: rows of SPACE_STORE, numbers, months,
 *	dictionaries, heads and marks of the audit log, and those whose keys are no longer than two
 *	octets, which are the store's counters; by key only.
 *
 * So whoever loads gives each job what no other has to do with: whole persons with all that is
 * theirs. Where two jobs write one key differently the load fails; `minato check` proves the rest.
 * A job that fails ends the load. A crash leaves nothing that opens. */
#ifndef TESTS_BENCH_BULK_ENGINE_H
#define TESTS_BENCH_BULK_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "store/engine.h"

enum { BULK_SPACES = 256 };

struct bulk_space {
	uint64_t rows, octets; /* of keys and values */
};

struct bulk_engine {
	struct engine_functions does;          /* first: what store_settings.engine is set to */
	size_t cache;                          /* octets of the trees' pages held while loading */
	size_t piece;                          /* octets gathered before they are sorted and put */
	struct bulk_space spaces[BULK_SPACES]; /* what was written; after the store was closed */
	double putting; /* seconds of processor that sorting and putting took */
	bool failed;    /* known when the store was closed */
};

void bulk_engine_make(struct bulk_engine *b, size_t cache, size_t piece);

#endif
