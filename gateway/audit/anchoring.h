/* gateway/audit/anchoring.h: signs the heads of the audit log now and then.
 *
 * A thread of its own, for a signature and a flush of another file are no work of the committer's.
 * At the start it compares log and anchors and tells what it finds, in the log, to the
 * repositories, and to the operator; it anchors then, after so many seconds in which the log has
 * grown, and at the stop.
 *
 * One anchor, step by step: the heads of all chains are read in a snapshot, and once more the own
 * one in a job, so that what is signed is durable (what others' chains showed is theirs, and was
 * durable when they showed it; a job that read them would conflict with all that is appended
 * there); the line goes into the file, and is flushed; a job notes its number and appends a record
 * of it to the own chain, which the couriers deliver. A crash in between leaves an anchor without
 * record: the next has its number and hash nevertheless.
 *
 * It names its own chain and those that have grown since it named them, ANCHOR_OTHERS at most, the
 * rest next time. The records of anchors alone, its own and others', are no reason for the next:
 * two nodes that rest would else answer each other for ever. */
#ifndef GATEWAY_AUDIT_ANCHORING_H
#define GATEWAY_AUDIT_ANCHORING_H

#include <stdbool.h>

#include "gateway/audit/anchors.h"
#include "gateway/base/log.h"

struct audit_source;
struct clock;
struct courier;
struct anchoring;
struct store;

struct anchoring_settings {
	struct store *store;
	const struct anchors *anchors;
	unsigned seconds; /* between two anchors */
	const struct audit_source *source;
	struct courier *courier;
	const struct clock *clock;
	const struct log *log;
};

/* Compares and tells. NULL: no memory, or the store failed. */
struct anchoring *anchoring_open(const struct anchoring_settings *s);
/* From now on it signs; false: no thread. Does nothing without a key. */
bool anchoring_begin(struct anchoring *n);
/* Signs what is there, a last time; then ends. NULL is fine. */
void anchoring_close(struct anchoring *n);

#endif
