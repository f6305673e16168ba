/* profiles/ssmix2/watch_mark.h: how far the first look at a storage came, kept in the store
 * (store/loading.h): the next process begins there. Used by one thread. */
#ifndef PROFILES_SSMIX2_WATCH_MARK_H
#define PROFILES_SSMIX2_WATCH_MARK_H

#include <stdbool.h>

#include "profiles/ssmix2/walk_place.h"
#include "schemas/tables/problem.h"

struct exchange;
struct storage_roots;

/* Of these roots. False: there is none, or none that can be read: it is a hint. */
bool watch_mark_find(struct exchange *x, const char *facility, const struct storage_roots *roots,
		     struct walk_place *out);
bool watch_mark_put(struct exchange *x, const char *facility, const struct storage_roots *roots,
		    const struct walk_place *at, struct problem *p);
bool watch_mark_remove(struct exchange *x, const char *facility, struct problem *p);

#endif
