/* store/tries.h: a job's tries: what they have in common, and what each of them begins afresh.
 *
 * Between store.c and its jobs. What one try left behind must not be met by the next, so it is the
 * store that takes it back, and no run() can forget to: blocks as they were when the job came, and
 * its arena where it stood. The same in all tries are the moment and the random octets, so that the
 * ids a job makes do not depend on how often it was run. */
#ifndef STORE_TRIES_H
#define STORE_TRIES_H

#include <stdbool.h>

#include "store/store.h"

/* When the job comes. */
void tries_expect(struct store_job *j);
/* Before each try. again: the engine's commits may end in a conflict, so there may be another.
 * False: no memory for it (the job's problem). */
bool tries_begin(struct store_job *j, bool again);
/* When there will be no more. */
void tries_end(struct store_job *j);

/* What store_clock() and store_random() are within the job. digest: SHA-256, begun once. */
void tries_given(struct store_job *j, const struct store_settings *s, struct evp_md_ctx_st *digest);

#endif
