/* store/store_migration.h: a store of a former form becomes one of this release's, step by step.
 *
 * A step is from one form to the next. What it changes and the number of the form are one job:
 * at any moment the store is of the one form or of the other. What has to be made before, of
 * every record, is made by jobs that a step which is done again finds done. So whoever is broken
 * off begins again and comes to the end.
 *
 * The store is opened as it is (struct store_settings), and by nobody else. */
#ifndef STORE_STORE_MIGRATION_H
#define STORE_STORE_MIGRATION_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct progress;
struct store;

struct store_migration {
	/* Each step: before it begins, and when it is done. What it changes: static. */
	void (*tell)(void *with, unsigned from, unsigned to, const char *changes, bool done);
	void *with;
	struct progress *progress; /* counts steps, and is asked between them; NULL: nobody asks */
};

/* One that is of this form already needs nothing. False: p; PROBLEM_BUSY: it was stopped between
 * two steps. */
bool store_migrate(struct store *s, const struct store_migration *m, struct problem *p);

#endif
