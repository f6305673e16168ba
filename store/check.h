/* store/check.h: walks the whole store and proves every invariant.
 *
 * Each module brings a row for every space it owns: the space and a function that looks at one key
 * and value (well formed? does what it points to exist?). Then the modules' whole-store checks run.
 * A key in a space nobody owns is a finding too.
 *
 * It runs beside the service. A key and all that is looked at for it are seen in one snapshot;
 * after some keys it goes on in a fresh one, so that no snapshot is held for long. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"
#include "store/check_counts.h"

struct arena;
struct progress;
struct store;
struct store_txn;
struct store_check;
struct usage_walk;

/* Reports a finding; no patient data: name the space, hashes, sequences, not ids. */
void check_finding(struct store_check *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct store_txn *check_txn(struct store_check *c);
struct arena *check_arena(struct store_check *c); /* emptied after every key */
struct store *check_store(struct store_check *c);
/* What a module remembers from one look to the next: so many octets, cleared at first, and whatever
 * else it takes from that arena, which ends with the check. whose: an address of its own. */
void *check_memory(struct store_check *c, const void *whose, size_t size);
struct arena *check_lasting(struct store_check *c);

/* Of two rows each of which is there because of the other (a record, an index): whoever looks at
 * one expects the other, whoever looks at that says that it is there. key: the index's, leads_to:
 * what it says of the record, in the same octets on both sides. To look for the other would be a
 * page somewhere else in a tree, for each row. So both are counted as all keys are walked, and
 * compared at the end.
 * True: there is nothing to look for. False: the counts of that part of the keys differ, which is
 * also so when something changed meanwhile; the rows are walked once more, and now it is to be
 * looked for. What a look told the first time is not told again. */
bool check_matched(struct store_check *c, enum check_side side, struct bytes key,
		   struct bytes leads_to);

/* That something was proved of a number (what, is the module's affair), so that a chain others
 * walked is not walked again. A memory that may forget: false says nothing. */
void check_prove(struct store_check *c, uint64_t number);
bool check_proved(const struct store_check *c, uint64_t number);

/* What the walk has met of each system: store/usage.h. NULL: no memory. */
struct usage_walk *check_usage(struct store_check *c);

struct check_row {
	unsigned char space;
	const char *name; /* "blob", "audit record" */
	/* NULL: every key and value of the space is fine. */
	void (*look)(struct store_check *c, struct bytes key, struct bytes value);
};

/* A module's rows end with a row whose name is NULL. `whole` (may be NULL) runs after the walk. */
struct check_module {
	const char *name;
	const struct check_row *rows;
	void (*whole)(struct store_check *c);
};

/* reads every document and verifies its hash */
extern const struct check_module blobs_check;
extern const struct check_module audit_log_check;

struct check_counts {
	uint64_t keys, findings;
};

/* modules: NULL-ended; the store's own, blobs' and the audit log's are always walked too. False
 * only if the walk itself could not be done; findings are in counts and told to report(). */
bool store_check(struct store *s, const struct check_module *const *modules,
		 void (*report)(void *with, const char *finding), void *with,
		 struct check_counts *counts, struct problem *p);
/* The same, telling how far it is: keys, then what is looked at as a whole. When it is to stop it
 * ends where it is, within a key, with PROBLEM_BUSY. */
bool store_check_watched(struct progress *progress, struct store *s,
			 const struct check_module *const *modules,
			 void (*report)(void *with, const char *finding), void *with,
			 struct check_counts *counts, struct problem *p);

#endif
