/* profiles/ssmix2/watch_refused.h: what a storage that is watched holds and could not be taken in:
 * its quarantine.
 *
 * It is a function of the storage's files and the region: a file stands here as long as it is there
 * and refused, whoever looks. So it is kept in memory, and the first look of a process makes it
 * anew. Patient by patient, for files are taken in so. Thread-safe. */
#ifndef PROFILES_SSMIX2_WATCH_REFUSED_H
#define PROFILES_SSMIX2_WATCH_REFUSED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct refused_files;

enum { REFUSED_MOST = 10000 }; /* told one by one; the rest are counted */

struct refused_files *refused_create(void); /* NULL: no memory */
void refused_destroy(struct refused_files *r);

/* A look begins; those whose patients are not met until its end are gone. */
void refused_begin(struct refused_files *r);
void refused_end(struct refused_files *r);

/* Of that patient (a number for his folder) there are; he was met in this look. tried: when he was
 * taken in last, by clock->elapsed(). False: there are none. */
bool refused_met(struct refused_files *r, uint64_t patient, int64_t *tried);
/* All that were refused of him, lines {"fault": {"path", "what"}} (others are left out): none takes
 * him away. What was refused for the same reason before keeps the moment since when. */
void refused_put(struct refused_files *r, uint64_t patient, const json_t *lines, instant now,
		 int64_t tried);
/* They are tried again with the next look: those at or below that path, as it is told; NULL: all.
 * How many. */
size_t refused_release(struct refused_files *r, const char *path);

size_t refused_count(struct refused_files *r);
/* {"path", "what", "since" (microseconds)}, a new reference to what is the caller's alone; NULL: no
 * memory. */
json_t *refused_list(struct refused_files *r);

#endif
