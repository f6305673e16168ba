/* gateway/audit/indexer.h: has the audit log indexed by patient and packed, a little after it has
 * grown.
 *
 * A thread of its own, for reading a segment of the log takes as long as those who are recorded
 * there make it: no work of the committer's (store/audit_indexing.c, store/audit_folding.c). It
 * looks at the start, for what a crash left undone, then every second. What cannot be done now is
 * told once, and tried again. */
#ifndef GATEWAY_AUDIT_INDEXER_H
#define GATEWAY_AUDIT_INDEXER_H

#include "gateway/base/log.h"

struct indexer;
struct store;

struct indexer *indexer_start(struct store *s,
			      const struct log *log); /* NULL: no thread or memory */
/* Ends what is under way; the next start goes on with it. NULL is fine. */
void indexer_stop(struct indexer *x);

#endif
