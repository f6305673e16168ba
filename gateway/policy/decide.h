/* gateway/policy/decide.h: permit or hide, and why.
 *
 * So far one policy: participation. A patient record is shared when its person has joined (or by the
 * region's default, when undecided), and not with a facility the person excluded; what holds is read
 * of each record (store/consent.h), for a link opens nothing its person did not. What a facility submitted itself,
 * and its own patients' own records, it always sees. Hidden is as if it did not exist: the same
 * answer, the same work. Consent documents, roles and purposes of use join in decide.c, where every
 * input of a decision is one field of struct requester.
 *
 * One decision context serves one exchange; it remembers what it decided about each record, so a
 * search asks the store once per record. Thread-safety: one thread at a time. */
#ifndef GATEWAY_POLICY_DECIDE_H
#define GATEWAY_POLICY_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/region.h"

struct arena;
struct document_entry;
struct folder;
struct sealed_entry;
struct sealed_folder;
struct sealed_set;
struct store_txn;
struct submission_set;

struct requester {
	const struct region *region;
	const struct registered_system *system;	/* NULL: the region's operator, who sees all */
};

struct decisions;

struct decisions *policy_begin(struct arena *a, const struct requester *who);
/* May the requester learn of this patient record, if it is another facility's? */
bool policy_permits_record(struct decisions *d, struct store_txn *t, uint64_t subject);
/* May the requester see what source_system submitted for this patient record? */
bool policy_permits_subject(struct decisions *d, struct store_txn *t, uint64_t subject,
			    const char *source_system);
/* Opens what the registry keeps sealed, and is the only thing that does. NULL: hidden. */
struct document_entry *policy_open_entry(struct decisions *d, struct store_txn *t, struct sealed_entry *e);
struct submission_set *policy_open_set(struct decisions *d, struct store_txn *t, struct sealed_set *s);
struct folder *policy_open_folder(struct decisions *d, struct store_txn *t, struct sealed_folder *f);
/* How many distinct records were hidden so far. */
unsigned policy_hidden(const struct decisions *d);

#endif
