/* store/registry_codes.h: which codes the registered objects use, and who submitted them.
 *
 * It runs beside the service, and asks nobody: it tells codes, and of no object or person which.
 * After some objects it goes on in a fresh snapshot, so that none is held for long. */
#ifndef STORE_REGISTRY_CODES_H
#define STORE_REGISTRY_CODES_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct progress;
struct store;

/* One use of one code; all of it borrowed until the call returns. */
struct code_use {
	const char *attribute;     /* as schemas/model/code_sets.h names it */
	const char *code, *scheme; /* scheme: NULL of mimeType and languageCode */
	const char *source_system; /* NULL: the region's operator */
};

/* Every use of every registered object, whatever its status. Counts objects as its progress, and
 * ends where it is to stop, with PROBLEM_BUSY. */
bool registry_codes(struct progress *progress, struct store *s,
		    void (*used)(void *with, const struct code_use *u), void *with,
		    struct problem *p);

#endif
