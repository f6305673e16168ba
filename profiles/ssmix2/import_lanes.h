/* profiles/ssmix2/import_lanes.h: patients of one storage are taken in side by side.
 *
 * What one patient's files mean is nobody else's matter. So while one waits until his job is on
 * disk, the files of the next are read, and several jobs share one flush. One thread walks, gives
 * and is told; a few lanes do the work. What came of each patient is told in the order they were
 * given, so that counts, faults and warnings are told as if there were one lane. Two folders that
 * claim one patient are never at work together.
 *
 * Memory: of patients with many files as many as LANES_MEMORY holds, one at least; else
 * LANES_WINDOW; and what a job may take (CHUNK_MEMORY) a lane. Used by one thread. */
#ifndef PROFILES_SSMIX2_IMPORT_LANES_H
#define PROFILES_SSMIX2_IMPORT_LANES_H

#include <stdbool.h>

struct arena;
struct importing;
struct storage_name;

enum { LANES = 4, LANES_WINDOW = 2 * LANES, LANES_MEMORY = 64 << 20 };

/* One patient who was taken in, or as much of him as could be. */
struct lane_patient {
	struct arena *arena; /* ends after the call */
	struct storage_name *files;
	const struct importing *importing; /* counts, lines and leniencies of his alone */
	void *with;                        /* as it was given, in his arena */
};

struct lane_teller {
	void *self;
	void (*concluded)(void *self, const struct lane_patient *p);
};

struct import_lanes;

/* The lanes take in for *whole, whose exchange, source, tells_until and lines (NULL: nobody's) they
 * share, and to which counts, leniencies and a stop are added before each is told. Where there is
 * no thread to be had, whoever gives does the work. NULL: no memory, whole->problem. */
struct import_lanes *import_lanes_begin(struct importing *whole, const struct lane_teller *teller);
/* The arena is the lanes' from here on. Waits where as many are at work as may be. */
void import_lanes_give(struct import_lanes *l, struct arena *a, struct storage_name *files,
		       void *with);
/* Those that were given until now are told: what is said next stands behind them. */
void import_lanes_wait(struct import_lanes *l);
/* All are told; NULL is fine. */
void import_lanes_end(struct import_lanes *l);

#endif
