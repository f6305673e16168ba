/* gateway/long_reads.h: what a worker has no time for is read by threads of their own, so that no
 * query waits behind it: large documents that are to be hashed before they are given, and questions
 * that look at much.
 *
 * Those who wait for it take turns by system (gateway/base/turns.h): one that asks for a hundred
 * delays nobody's single one for longer than one of them takes. Of each only so many may wait. The
 * threads give way to all others. Thread-safe. */
#ifndef GATEWAY_LONG_READS_H
#define GATEWAY_LONG_READS_H

#include <stdint.h>

#include "gateway/base/turns.h"

struct long_reads;
struct share;

/* What an exchange has time for where it is. */
enum reading_time { IN_A_HURRY, TIME_TO_LOOK, TIME_TO_HASH };

/* An exchange that waits; embedded in its journey. */
struct long_read {
	struct job job;
	struct long_reads *all;
	struct share *share;             /* of those who wait */
	struct long_read *before, *next; /* who wait, too */
};

struct long_reads_counts {
	unsigned at_work, waiting; /* those nobody waits for any more do not count */
	uint64_t begun, refused;   /* refused: as many of that system waited as may */
};

struct long_reads *long_reads_create(void);    /* NULL: no memory or threads */
void long_reads_destroy(struct long_reads *l); /* runs what waits; NULL is fine */
void long_reads_count(struct long_reads *l, struct long_reads_counts *out);

#endif
