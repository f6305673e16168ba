/* profiles/ssmix2/import_roots.h: which folders are one facility's storage. */
#ifndef PROFILES_SSMIX2_IMPORT_ROOTS_H
#define PROFILES_SSMIX2_IMPORT_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "profiles/ssmix2/storage_name.h"
#include "schemas/tables/problem.h"

struct arena;
struct region;
struct registered_system;

enum { ROOTS_MOST = 64 }; /* one facility's, split by period or data type */

struct storage_roots {
	struct storage_root root[ROOTS_MOST];
	size_t count;
};

/* Asked at each entry: once true, nothing more is looked for. */
struct import_roots_asker {
	void *self;
	bool (*ends)(void *self);
};

/* The facility of the region whose institution code names the directory, where it is another's than
 * f; NULL: nobody's. */
const struct registered_system *import_roots_named(const struct region *r,
						   const struct registered_system *f,
						   const char *directory);
/* The directory is a root of that facility itself, and not what holds its roots. */
bool import_roots_is_one(const struct registered_system *f, const char *directory);

/* The directory, absolute and resolved, is the facility's root (named by its institution code, a
 * suffix allowed) or holds its roots; they are sorted, and texts are the arena's. False: it neither
 * is nor holds one, holds too many, is named by another facility's code, or the asker ended it (p
 * is left alone then). r NULL: others are not known. */
bool import_roots_find(struct arena *a, const struct region *r, const struct registered_system *f,
		       const char *directory, const struct import_roots_asker *asker,
		       struct storage_roots *out, struct problem *p);

#endif
