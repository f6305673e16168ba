/* gateway/policy/decide.h: permit, hide or deny, and by which rule.
 *
 * Who asks is a struct requester, and every input of a decision is one field of it, of the record
 * or of its consent. What comes back is a row of the table of rules: the ruling, what is owed for
 * it, the rule's name for the audit log. About records one policy decides: participation. A patient
 * record is shared when its person has joined (or by the region's default, when undecided), and not
 * with a facility the person excluded; what holds is read of each record (store/consent.h), for a
 * link opens nothing its person did not. Where nobody decided, the person may have opened documents
 * of some groups to one facility, until an end. What a facility submitted itself, and its own
 * patients' own records, it always sees. Another region's gateway is no facility: a record is
 * shared with it, besides, only when its person has included it or opened something to it, or
 * where that community needs no such word (gateway/policy/beyond.h); and it has nothing of its own.
 * What was made of several (store/registry.h: sources) is shown to who may have each of them, while
 * they are one person's; what is another form of one document, to who may have that one as it is
 * now. Hidden is as if it did not exist: the same answer, the same work.
 *
 * Of a record that is shared the region's rules (schemas/model/region_policy.h), where it has any,
 * decide document by document. What gathers documents, a submission set or a folder, is hidden when
 * documents it came with are, and none of them may be seen.
 *
 * One decision context serves one exchange; it remembers what it decided about each record, so a
 * search asks the store once per record. Thread-safety: one thread at a time. */
#ifndef GATEWAY_POLICY_DECIDE_H
#define GATEWAY_POLICY_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/region_policy.h"
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
 * not known yet, or is none. What is for other regions' gateways is theirs alone, and nothing else
 * is. */
const struct decision *policy_of_exchange(const struct requester *who, enum demand demand,
					  const char *code);

struct decisions;

/* For a requester that is a system: participation decides. Who is none sees nothing. */
struct decisions *policy_begin(struct arena *a, const struct requester *who);
/* The operator's right to see all, taken by this call and no other; only for one who operates
 * (NULL). */
struct decisions *policy_begin_operator(struct arena *a, const struct requester *who);
/* The same operator's, on another thread. */
struct decisions *policy_begin_beside(struct arena *a, const struct decisions *operators);
/* From here on what its patient closed may be opened in an emergency, if who asks may break the
 * glass (schemas/model/requester.h): documents, and what they came with, never who is there; of one
 * person, the first one met; where the region's rules permit it (schemas/model/region_policy.h).
 * For exchanges that change nothing. */
void policy_may_break_glass(struct decisions *d);
/* Of whom something was opened that way, and by which of his records; 0: of nobody. */
struct policy_broken {
	uint64_t person, subject;
};
struct policy_broken policy_broken(const struct decisions *d);

/* The same for who responds to a disaster (store/disasters.h; region.h: responder): of whoever
 * lives in its municipalities, who he is, too. */
void policy_may_respond(struct decisions *d);
/* By which disaster something was opened; 0: by none. */
uint64_t policy_disaster(const struct decisions *d);

/* About a patient record, if it is another facility's. */
const struct decision *policy_of_record(struct decisions *d, struct store_txn *t, uint64_t subject);
/* About what source_system submitted for this patient record. */
const struct decision *policy_of_object(struct decisions *d, struct store_txn *t, uint64_t subject,
					const char *source_system);
/* About a document that this entry describes, registered or not: as the two before, and what the
 * region's rules say of it. */
const struct decision *policy_of_entry(struct decisions *d, struct store_txn *t,
				       const struct document_entry *e);
/* As which document it is judged, until another one is asked about: itself, or what it is another
 * form of (store/registry.h: registry_is_form()), whatever itself says. NULL: that one is gone, or
 * cannot be read. */
const struct document_entry *policy_judged_as(struct decisions *d, struct store_txn *t,
					      const struct document_entry *e);
/* Opens what the registry keeps sealed, and is the only thing that does. NULL: hidden. */
struct document_entry *policy_open_entry(struct decisions *d, struct store_txn *t,
					 struct sealed_entry *e);
struct submission_set *policy_open_set(struct decisions *d, struct store_txn *t,
				       struct sealed_set *s);
struct folder *policy_open_folder(struct decisions *d, struct store_txn *t,
				  struct sealed_folder *f);

/* Whether the entry that was decided about last was refused, so that who named it is told. */
bool policy_denied(const struct decisions *d);
/* The region's rule that the last decision about an entry stood on; NULL: it was another's. */
const struct region_rule *policy_stood_on(const struct decisions *d);

/* How many distinct records were decided about with this duty so far; and by which rules, each
 * once, in the order they are known here, with ", " between. NULL: by none. */
unsigned policy_owed(const struct decisions *d, enum duty duty);
const char *policy_owed_by(const struct decisions *d, enum duty duty, struct arena *a);
/* The same of documents, which are not counted: one is looked at more than once. */
const char *policy_owed_of_documents(const struct decisions *d, enum duty duty, struct arena *a);

#endif
