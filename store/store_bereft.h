/* store/store_bereft.h: documents without the keys that say whose they are: a disk that is not
 * mounted, a folder that was taken away. An empty store beside them would be ready, know nobody,
 * and go on as if nothing were missing. Any thread. */
#ifndef STORE_STORE_BEREFT_H
#define STORE_STORE_BEREFT_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

/* Of a store that has no form, for nothing was ever kept in it: false, with the problem, where
 * documents lie in its directory. */
bool store_may_begin(const char *directory, struct problem *p);
/* By its files alone, of one that no process has open: false, with the problem, where its keys are
 * gone altogether and documents lie there. */
bool store_would_begin(const char *directory, struct problem *p);

#endif
