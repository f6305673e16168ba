/* store/identity.h: patient records of facilities, linked into regional persons.
 *
 * A patient record is (domain, id) with its demographics and history. Its number never changes and
 * is what documents and consents hang on (their "subject"). Records are linked into a person by
 * decisions, each kept with its reason; linking, merging and unlinking move pointers, never data.
 * Every person has one record in the affinity domain, made by us: its id is random and opaque and
 * is the person's regional id. When two persons become one, the younger's regional record is
 * subsumed by the older's; should they part again, it is its person's once more. ITI TF-2:
 * 3.8.4.2.4, 3.9.4.2.2.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   I1  a feed repeated changes nothing
 *   I2  a merge is seen whole or not at all, and a merge repeated changes nothing
 *   I3  records are linked exactly when the rules say so, whatever the order of the feeds
 *   I4  an update that takes the reason of a link away takes the link away, and only that one; an
 *       insurance that is replaced by another stays a reason (store/identity_insurances.c), one
 *       that is corrected or taken back does not
 *   I5  a subsumed id is known as such for ever; its documents and links are its survivor's
 *   I6  records that contradict one another are never one person, by no chain of links; where one
 *   of two links must give way it is the younger. What a score explains is none: where scores link,
 *       they also say who contradicts whom
 *   I7  a record that has become somebody else's rests: nothing is linked with it, until what was
 *       known comes back or a person confirms the change
 *   I8  what a person decided of two records holds until it is taken back
 *   I9  what scores link and who waits for a person (store/match_queue.h) is a function of what is
 *       said now, not of the order it was said in: the links that connect some records are all
 *       made, or none of them while any two of those contradict
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/model/patient.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"

struct arena;
struct check_module;
struct insurance_form;
struct store;
struct store_txn;

/* Why a record waits for the operator: a set. */
enum unsettled {
	UNSETTLED_IDENTITY = 1,      /* it has become somebody else's, and rests */
	UNSETTLED_CONTRADICTION = 2, /* it has evidence in common with whom it contradicts */
	UNSETTLED_TIE = 4,           /* ids that were one patient's contradict one another now */
	UNSETTLED_SIZE = 8,          /* a person would have more records than one can have */
	UNSETTLED_CONSENT = 16,      /* two decisions given for one identity have met */
	UNSETTLED_LEFT_OUT = 32      /* it says more than is compared: names, phones ... */
};

enum record_status { RECORD_ACTIVE, RECORD_SUBSUMED };

struct patient_record {
	uint64_t number;    /* from 1; for ever */
	const char *domain; /* universal id of the assigning authority */
	const char *id;
	enum record_status status;
	uint64_t survivor;         /* number of the record that subsumed it; 0 when active */
	uint64_t person;           /* number of the regional person it belongs to */
	const char *source_system; /* who fed it last; "" for regional records */
	struct patient_demographics demographics; /* empty in regional records */
	int64_t created, updated;                 /* microseconds, UTC */
	int64_t occurred; /* what it says happened then; 0: nobody said, or a place */
	uint64_t version;
	unsigned unsettled; /* of enum unsettled */
	struct bytes row;   /* of a place: what identity_rest() reads the rest from */
	struct patient_record *next;
};

/* A regional person with all its records, active and subsumed, by number. */
struct person {
	uint64_t number;
	const char *regional_id;  /* the active record in the affinity domain */
	uint64_t regional_record; /* its number */
	struct patient_record *records;
};

/* Reading. False: no such record (or a store problem, which the transaction keeps). */
bool identity_find(struct store_txn *t, struct arena *a, const char *domain, const char *id,
		   struct patient_record *out);
bool identity_record(struct store_txn *t, struct arena *a, uint64_t number,
		     struct patient_record *out);
/* The same, of where the record stands only: its demographics, times and version stay empty. */
bool identity_find_place(struct store_txn *t, struct arena *a, const char *domain, const char *id,
			 struct patient_record *out);
bool identity_place(struct store_txn *t, struct arena *a, uint64_t number,
		    struct patient_record *out);
/* All that a record says whose place was read, among those of its person (a list, or NULL): none of
 * them is looked at again. */
bool identity_rest(struct store_txn *t, struct arena *a, const struct patient_record *place,
		   const struct patient_record *among, struct patient_record *out);
bool identity_person(struct store_txn *t, struct arena *a, uint64_t number, struct person *out);
/* The same, of where its records stand only: what a question for ids looks at. */
bool identity_person_places(struct store_txn *t, struct arena *a, uint64_t number,
			    struct person *out);
/* And of the person that a place which was read belongs to: it is not read again. */
bool identity_person_of(struct store_txn *t, struct arena *a, const struct patient_record *place,
			struct person *out);
/* The person's id in the affinity domain; NULL: no such person (or a store problem). */
const char *identity_regional_id(struct store_txn *t, struct arena *a, uint64_t person);
/* Only the numbers of the person's records: what a search for documents walks. Ascending. */
struct record_numbers {
	uint64_t *numbers;
	size_t count;
};
bool identity_subjects(struct store_txn *t, struct arena *a, uint64_t person,
		       struct record_numbers *out);

/* What of a feed is compared, for its `forms`: pure, thread-safe, by far the most of its work. */
const struct identity_forms *identity_prepared(struct arena *a,
					       const struct patient_demographics *d);

/* Of a feed of these (ids resolved), for its `scored`: whom it may be beside those the rules find,
 * weighed on a snapshot, so that the committer need not (store/identity_score.h). */
struct identity_scored *identity_score(struct store_txn *t, struct arena *a, const struct region *r,
				       const struct patient_identifier *ids,
				       const struct patient_demographics *said);
/* How many keys led to nobody there, for too many records have them (store/match_blocks.h). */
unsigned identity_scored_cut(const struct identity_scored *scored);

/* What a feed of these (ids resolved) will look at, looked at: store_look_ahead(). */
void identity_look_ahead(struct store_txn *t, struct arena *a, const struct patient_identifier *ids,
			 const struct patient_demographics *d);

/* Feeding (on the committer). ids are resolved: universal_id set, all in domains the sender feeds;
 * several ids are several records of one patient, linked because the source says so, as long as
 * later feeds do not contradict. Demographics: NULL keeps what is known, "" and the delete flags
 * take it away; the version before is kept. occurred: when it happened (0: nobody said); what
 * happened before that which is known is not taken, and `older` says so. delete_all: what others'
 * records or a decision hang on rests from then on, until what was known comes back. A subsumed id
 * is no
 * patient's any more: PROBLEM_UNKNOWN_KEY; an id the region made: DUPLICATE_KEY; more than 16 ids:
 * DATA_TYPE. */
enum feed_effect { FEED_CREATED, FEED_UPDATED, FEED_UNCHANGED };
struct feed_outcome {
	enum feed_effect effect;
	uint64_t record, person;   /* of the first id */
	unsigned linked, unlinked; /* decisions made by this feed */
	unsigned scored;           /* of the links: made by score */
	bool older;                /* nothing was taken: newer demographics are known */
	bool somebody_else;        /* the change made the record another person's: it rests (I7) */
	bool left_out; /* more was said than is compared: it is kept, and links nobody */
	bool apart;    /* identity_link(): the two are not one person all the same */
};
bool identity_put(struct store_txn *t, const struct region *r, const char *system,
		  const struct patient_identifier *ids,
		  const struct patient_demographics *demographics, int64_t occurred,
		  struct feed_outcome *out, struct problem *p);
/* The subsumed id becomes the survivor's; both in one domain. What was linked with it is linked
 * with the survivor, unless they contradict. A survivor that was merged into another one passes on
 * what it gets, so that the order of two merges does not matter. Refuses (PROBLEM_MERGE_REFUSED,
 * PROBLEM_UNKNOWN_KEY) as ITI TF-2: 3.8.4.2.4; done already: FEED_UNCHANGED. */
bool identity_merge(struct store_txn *t, const struct region *r, const char *domain,
		    const char *survivor, const char *subsumed, struct feed_outcome *out,
		    struct problem *p);
/* The id was wrong, and is another one: the same record, with all that hangs on it, and nobody is
 * known by the one before. UNKNOWN_KEY: it is not known, or was merged into another; DUPLICATE_KEY:
 * the new one is a patient's already, or the region made it (ITI TF-2: 3.30.6.5.4). From then on
 * what happened before is not taken under the one before: whoever is fed under it is somebody else.
 * older: the new one became another one itself, later; nothing is changed. */
bool identity_change_id(struct store_txn *t, const struct region *r, const char *domain,
			const char *id, const char *now, int64_t occurred, struct feed_outcome *out,
			struct problem *p);
/* Of two records their source says that they are one patient: as if it had named their ids in one
 * message. What contradicts is not linked, and the operator is told. Unlink takes that back; where
 * they are one by anything else they are apart from now on, until their source links them. What a
 * person decided goes before it: CONFLICT (ITI TF-2: 3.30.6.6, 3.30.6.7). */
bool identity_link(struct store_txn *t, const struct region *r, const char *system, uint64_t record,
		   uint64_t other, struct feed_outcome *out, struct problem *p);
bool identity_unlink(struct store_txn *t, const struct region *r, const char *system,
		     uint64_t record, uint64_t other, struct feed_outcome *out, struct problem *p);
/* The same of ids, one of which at least nobody has yet: the link is kept, makes no patient, and is
 * made when a feed makes the id known (ITI TF-2: 3.30.6.6.4). TOO_MANY_RELATED: AWAITED_EACH of one
 * id, AWAITED_MOST of one system. older: an id was another one's before, and is so no more; nothing
 * is kept. Taken back: FEED_UNCHANGED, if there was none. */
bool identity_await(struct store_txn *t, const char *system, const struct patient_identifier *one,
		    const struct patient_identifier *other, int64_t occurred,
		    struct feed_outcome *out, struct problem *p);
bool identity_await_no_more(struct store_txn *t, const struct patient_identifier *one,
			    const struct patient_identifier *other, struct feed_outcome *out,
			    struct problem *p);
/* The links that wait at an id, the one that was said first first: for `minato patient show`. NULL:
 * none, or (sticky) they cannot be read. */
struct awaited_link {
	struct patient_identifier with; /* of the two one at least is nobody's */
	const char *system;             /* who said so; NULL: not known */
	int64_t since;
	struct awaited_link *next;
};
struct awaited_link *identity_awaited(struct store_txn *t, struct arena *a,
				      const struct patient_identifier *id);
/* An id that nobody has is another one: what waits for it goes along, and is made where that one is
 * somebody's. */
bool identity_change_awaited(struct store_txn *t, const struct region *r, const char *domain,
			     const char *id, const char *now, struct feed_outcome *out,
			     struct problem *p);

/* What a person decides (on the committer), kept with who and why. Apart: no rule, message, merge
 * or chain makes the two one. Together: they are one, though no rule says so; also when they
 * contradict. Of a record that was merged away they are decisions about the one that speaks for it.
 * Undo takes either back. Confirm: the record that rests is the same person as before. */
enum pair_decision { PAIR_APART, PAIR_TOGETHER, PAIR_UNDO };
struct person_decision {
	const char *by, *why;
};
bool identity_decide_pair(struct store_txn *t, const struct region *r, uint64_t record,
			  uint64_t other, enum pair_decision what, const struct person_decision *d,
			  struct feed_outcome *out, struct problem *p);
/* Those about this record that hold, the latest first. by and why are NULL where nobody kept
 * them. */
struct pair_decided {
	uint64_t other;
	bool together;
	const char *by, *why;
	int64_t time;
	struct pair_decided *next;
};
struct pair_decided *identity_pairs_decided(struct store_txn *t, struct arena *a, uint64_t record);
bool identity_confirm(struct store_txn *t, const struct region *r, uint64_t record,
		      const struct person_decision *d, struct feed_outcome *out, struct problem *p);

/* Records that wait for the operator, by number, from after (0 = the first), at most limit. */
struct unsettled_record {
	struct patient_record record;
	uint64_t against; /* a record it cannot be one person with; 0: no particular one */
};
struct unsettled_record *identity_unsettled(struct store_txn *t, struct arena *a, uint64_t after,
					    unsigned limit, unsigned *count);

/* Why records are one person: for `minato patient show`. */
struct link_decision {
	uint64_t record, other; /* other: the record it was linked to, or left */
	bool linked;            /* false: unlinked */
	const char *reason;     /* "phone", "postcode+address", "insurance", "given name+insurance",
				 "same message", "merge",
				 * "too many records", "contradiction", "identity changed",
				 * "confirmed", "apart", "together", "undone", "unlinked",
				 * "id changed"; "score": then why is the numbers */
	const char *by, *why;   /* a person's; else NULL */
	int64_t time;
	struct link_decision *next;
};
struct link_decision *identity_decisions(struct store_txn *t, struct arena *a, uint64_t person);

/* Persons in the order of their numbers, from after (0 = the first), at most limit; for lists. */
struct person *identity_list(struct store_txn *t, struct arena *a, uint64_t after, unsigned limit,
			     unsigned *count);

/* Who may be meant (store/identity_candidates.h): records of facilities by how a reading or a name
 * begins, and by birth date; where several are given, by all of them. NULL: any. In normal forms,
 * of which at most CANDIDATE_TEXT octets are compared; a reading without voicing marks and long
 * vowels. False: it cannot be asked, as p says, which repeats nothing of it. */
struct candidates_wanted {
	const char *reading, *name, *birth;
	const char *insured; /* candidates_insured(): all of it, and never a beginning */
};
const char *candidates_insured(struct arena *a, const struct insurance_form *f);
bool candidates_wanted(struct arena *a, const char *kana, const char *name, const char *birth_date,
		       struct candidates_wanted *out, struct problem *p);
/* Whether what is said of somebody is what is wanted: of a record that is known already. */
bool candidates_fit(struct arena *a, const struct candidates_wanted *w,
		    const struct patient_demographics *d);
/* At most limit of them, in the order of what they are found by, from after (NULL: the first). A
 * page may have fewer, or none, and still go on. False: after is no next of this question's. */
struct candidate_page {
	struct patient_record *records;
	unsigned count;
	const char *next; /* NULL: there are no more */
};
bool identity_candidates(struct store_txn *t, struct arena *a, const struct candidates_wanted *w,
			 const char *after, unsigned limit, struct candidate_page *page);
/* Before anything is fed: makes the index where it is missing (a store or a backup of a former
 * release) or of other normal forms; made: of how many records. A making that is killed goes on
 * where it was. */
bool identity_candidates_ready(struct store *s, uint64_t *made, struct problem *p);
/* The same of the keys that lead to who may be one person (store/match_blocks.h). */
bool identity_keys_ready(struct store *s, uint64_t *made, struct problem *p);

extern const struct check_module identity_check;

#endif
