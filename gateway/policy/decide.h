/* gateway/policy/decide.h: permit, hide or deny, and by which rule.
 *
 * Who asks is a struct requester, and every input of a decision is one field of it, of the record
 * or of its consent. What comes back is a row of the table of rules: the ruling, what is owed for
 * it, the rule's name for the audit log. So far one policy about records: participation. A patient
 * record is shared when its person has joined (or by the region's default, when undecided), and not
 * with a facility the person excluded; what holds is read of each record (store/consent.h), for a
 * link opens nothing its person did not. What a facility submitted itself, and its own patients'
 * own records, it always sees. What was made of several (store/registry.h: sources) is shown to who
 * may have each of them, while they are one person's. Hidden is as if it did not exist: the same
 * answer, the same work.
 *
 * One decision context serves one exchange; it remembers what it decided about each record, so a
 * search asks the store once per record. Thread-safety: one thread at a time. */
#ifndef GATEWAY_POLICY_DECIDE_H
#define GATEWAY_POLICY_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/requester.h"
#include "schemas/tables/problem.h"

struct arena;
struct document_entry;
struct folder;
struct sealed_entry;
struct sealed_folder;
struct sealed_set;
struct store_txn;
struct submission_set;

enum ruling {
	RULING_PERMIT,
	RULING_HIDE, /* as if it did not exist */
	RULING_DENY  /* refused, and told so */
};
/* What is owed for a decision, in bits. */
enum duty {
	DUTY_RECORD = 1 /* the region's own audit log says that it was hidden (conclude.c) */
};
struct decision {
	enum ruling ruling;
	unsigned duties;
	const char *rule;          /* "left" */
	enum problem_code problem; /* of a denial */
	const char *what;
};

/* May this requester have an exchange that demands that at all? code: the transaction; NULL: it is
 * not known yet, or is none. */
const struct decision *policy_of_exchange(const struct requester *who, enum demand demand,
					  const char *code);

struct decisions;

/* For a requester that is a system: participation decides. Who is none sees nothing. */
struct decisions *policy_begin(struct arena *a, const struct requester *who);
/* The operator's right to see all, taken by this call and no other; only for one who operates
 * (NULL). */
struct decisions *policy_begin_operator(struct arena *a, const struct requester *who);
/* About a patient record, if it is another facility's. */
const struct decision *policy_of_record(struct decisions *d, struct store_txn *t, uint64_t subject);
/* About what source_system submitted for this patient record. */
const struct decision *policy_of_object(struct decisions *d, struct store_txn *t, uint64_t subject,
					const char *source_system);
/* Opens what the registry keeps sealed, and is the only thing that does. NULL: hidden. */
struct document_entry *policy_open_entry(struct decisions *d, struct store_txn *t,
					 struct sealed_entry *e);
struct submission_set *policy_open_set(struct decisions *d, struct store_txn *t,
				       struct sealed_set *s);
struct folder *policy_open_folder(struct decisions *d, struct store_txn *t,
				  struct sealed_folder *f);

/* How many distinct records were decided about with this duty so far; and by which rules, each
 * once, in the order they are known here, with ", " between. NULL: by none. */
unsigned policy_owed(const struct decisions *d, enum duty duty);
const char *policy_owed_by(const struct decisions *d, enum duty duty, struct arena *a);

#endif
