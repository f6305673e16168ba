/* profiles/ssmix2/watch_roots.h: the roots of one storage that is watched, as they were met.
 *
 * A facility's storage may be several roots, each mounted from somewhere. What a patient's files
 * mean hangs on all of them (that he was deleted stands in one, his documents in another), so where
 * one is missing nothing is inferred from the others. Used by one thread. */
#ifndef PROFILES_SSMIX2_WATCH_ROOTS_H
#define PROFILES_SSMIX2_WATCH_ROOTS_H

#include <stdbool.h>

#include "profiles/ssmix2/import_roots.h"

struct known_roots {
	char *directory[ROOTS_MOST]; /* that were not empty */
	size_t count;
};

/* Those that hold something are known from here on. False: one that was known is not among them, or
 * holds nothing any more; p says which. */
bool known_roots_are_there(struct known_roots *known, const struct storage_roots *now,
			   struct problem *p);
void known_roots_forget(struct known_roots *known);

#endif
