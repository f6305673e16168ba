/* profiles/ssmix2/import_roots.h: which folders are one facility's storage. */
#ifndef PROFILES_SSMIX2_IMPORT_ROOTS_H
#define PROFILES_SSMIX2_IMPORT_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "profiles/ssmix2/storage_name.h"
#include "schemas/tables/problem.h"

struct arena;
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

/* The directory, absolute and resolved, is the facility's root (named by its institution code, a
 * suffix allowed) or holds its roots; they are sorted, and texts are the arena's. False: it neither
 * is nor holds one, holds too many, or the asker ended it (p is left alone then). */
bool import_roots_find(struct arena *a, const struct registered_system *f, const char *directory,
		       const struct import_roots_asker *asker, struct storage_roots *out,
		       struct problem *p);

#endif
