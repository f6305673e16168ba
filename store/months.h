/* store/months.h: what came and went in each month, by system: what a network publishes of a month
 * when it is over, whatever is removed, retained no longer or linked otherwise since.
 *
 * A row for each system, month and node, written in the job that does what it counts, as usage's
 * are (store/usage.h). All numbers only grow. What a system had when a month ended is what it has
 * now, without what came since and with what went since. A month is Japan's.
 *
 * A store of a former release has no rows of what was before months_ready() met it first: that
 * moment is kept, and of a month that began before it, nothing is told from here.
 *
 * Thread-safety: as the transaction. A failing store is sticky: then nothing was counted. */
#ifndef STORE_MONTHS_H
#define STORE_MONTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "store/usage.h"

struct check_module;
struct problem;
struct store;
struct store_txn;

/* Of an instant, and when one begins: years since 0, times twelve, and months since January. */
uint32_t month_of(instant at);
instant month_begins(uint32_t month);

struct month_count {
	/* Stable DocumentEntries that came to be Approved, and ceased to or were removed. */
	struct usage_tally documents;
	uint64_t shared;              /* registered first, whatever has become of them */
	struct usage_tally no_branch; /* of store/usage.h */
	/* Documents of other systems that it fetched; its own that others did. */
	uint64_t opened, given;
};

/* Within a job, for this month. system NULL: the region's operator; nothing is counted. False:
 * the store failed. */
bool months_add(struct store_txn *t, const char *system, const struct month_count *more);
/* By what all nodes have written, from the month `from` to before `to`. For a snapshot. */
struct month_count months_of(struct store_txn *t, const char *system, uint32_t from, uint32_t to);

/* Before anything is written: from when on months are counted is kept, where it is not yet. */
bool months_ready(struct store *s, struct problem *p);
/* From then on; 0: from the store's beginning. False: nobody has said so, or the store failed. */
bool months_since(struct store_txn *t, instant *since);

extern const struct check_module months_check;

#endif
