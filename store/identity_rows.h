/* store/identity_rows.h: how identity is laid out in keys. Only store/identity*.c includes this.
 *
 * A record's row is the only place where its demographics stand, or that of a record of the same
 * person that says the same (store/identity_sharing.c); what may be rebuilt from it (ids, links,
 * persons) stands beside it for finding. */
#ifndef STORE_IDENTITY_ROWS_H
#define STORE_IDENTITY_ROWS_H

#include "gateway/base/clock.h"
#include "store/identity.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	SPACE_IDENTITY_RECORD = SPACE_IDENTITY_FIRST, /* number -> struct identity_row */
	SPACE_IDENTITY_ID,       /* number of the domain (store/names.h), id -> number */
	SPACE_IDENTITY_PERSON,   /* number -> struct person_row */
	SPACE_IDENTITY_LINK,     /* evidence hash -> those who had it first: identity_holders.c */
	SPACE_IDENTITY_DECISION, /* record number, sequence -> decision */
	SPACE_IDENTITY_HISTORY,  /* record number, version -> the row as it was */
	/* one was: which -> last number given, now store/numbers.h */
	SPACE_IDENTITY_UNSETTLED = SPACE_IDENTITY_FIRST
				   + 7, /* record number -> reasons: what waits for the operator */
	SPACE_IDENTITY_CANDIDATE, /* form, text, record number -> nothing: identity_candidates.h */
	SPACE_MATCH_BLOCK,        /* kind and hash of a key -> who has it: match_blocks.h */
	SPACE_MATCH_WAITS, /* record number, record number -> struct match_waits: match_queue.h */
	SPACE_IDENTITY_AWAITED,       /* as an id's -> links of ids that nobody has yet */
	SPACE_IDENTITY_AWAITED_COUNT, /* number of the system (store/names.h) -> how many */
	SPACE_IDENTITY_RETIRED,       /* as an id's -> when it became another one */
	SPACE_IDENTITY_MOVED          /* person number, sequence -> a record that came or went */
};
_Static_assert((int)SPACE_IDENTITY_MOVED <= (int)SPACE_IDENTITY_LAST,
	       "identity keeps to its own spaces");

struct candidate_change;
struct identity_core;
struct identity_scored;
struct match_features;
struct match_weights;

enum { DOMAIN_MOST = 199, ID_MOST = 250 }; /* HL7 2.5 HD.2; what IHE lets an id grow to */
enum { PERSON_MOST = 64 }; /* records one person may have by rules: a bound, not a belief */

/* Records of one domain merged into one person: it is loaded whole by whoever feeds one of them,
 * while all others who write wait. Of each domain, so that no facility uses up another's. */
enum { MERGED_MOST = 128 };

/* What the exact rules compare, each with birth date and sex, and with the name as it is read: all
 * of it, of a household's insurance the given one, of a person's none (where it can be compared at
 * all the given one agrees, or the two contradict: identity_core.h). RULE_INSURANCE is a person's
 * with the name: of several born together, and of releases before form 12 of the store. */
enum link_rule { RULE_PHONE = 1, RULE_ADDRESS, RULE_INSURANCE, RULE_BRANCH, RULE_HOUSEHOLD };
/* Of a SHA-256: who would be taken for somebody must still meet that one's hash. */
enum { EVIDENCE_HASH = 16 };
struct evidence {
	unsigned char hash[EVIDENCE_HASH];
	enum link_rule rule;
	bool divided;  /* family and given name were told apart */
	instant since; /* when the record said so first: who had it first keeps it */
	struct evidence *next;
};
/* All that the rules can compare in d, `since` unset; NULL: not enough to link anything. Each hash
 * once. */
struct evidence *identity_evidence(struct arena *a, const struct patient_demographics *d);
bool evidence_has(const struct evidence *list, const struct evidence *one);
struct evidence *evidence_find(struct evidence *list, const struct evidence *one);

/* What is said of two records beside the rules, on both: ids of one message; the merge of two
 * records we made; what a person decided (store/identity_decide.c); that their score links them
 * (store/identity_match.c). */
enum tie_reason { TIE_SAME_MESSAGE = 1, TIE_MERGE, TIE_TOGETHER, TIE_APART, TIE_SCORE };
enum {
	TIES_MOST = 64,
	IDS_MOST = 16
}; /* of one record; ids of one message that are one patient's */
/* Where the trail says who decided it, and why; 0: no person did, or one of a former release's
 * time. */
struct trail_place {
	uint64_t record, sequence;
};
struct tie {
	uint64_t other;
	enum tie_reason reason;
	instant time;
	struct trail_place said;
	bool is_new; /* while a feed works on it: it was not there before */
	struct tie *next;
};

struct identity_row {
	struct patient_record record;
	bool made;       /* by us: the record of a person in the affinity domain */
	uint64_t anchor; /* made: the fed record it goes with when a person is divided */
	struct evidence
		*evidence; /* what it is linked by; of a subsumed one: what its survivor is */
	struct tie *ties;
	uint64_t base;      /* the version whose identity is this record's, for certain */
	instant occurred;   /* what it says happened then; 0: nobody said */
	unsigned unsettled; /* a set of enum unsettled */
	uint64_t against;   /* unsettled: a record it cannot be one person with; or 0 */
	/* Of enum insurance_doubt, as it is counted in its system's usage: of a living record what
	 * its insurances are, of any other none. */
	unsigned doubts;
	/* What was said, as octets and as they are kept, and the core beside it; none: not written
	 * yet. Whoever changes record.demographics takes them away. */
	struct bytes said, packed, kept_core;
	bool said_read;
	/* Whose row they stand in, of a record of the same person that says the same; 0: in
	 * this one. And that one's evidence: what is the same of it is not said again. */
	uint64_t like;
	const struct evidence *like_evidence;
	/* While a feed works on it: */
	uint64_t old_person, old_against, old_like;
	instant old_since; /* its old person's */
	unsigned old_unsettled;
	bool born; /* the job gave it its number: nothing of it is in the store yet */
	bool dirty, explored, evidence_moved;
	const struct candidate_change *change; /* NULL: nothing new was said */
	unsigned lent;                         /* to so many its demographics are theirs */
	struct identity_core *core;
	const struct match_features *features;  /* of what it says, once somebody compares it */
	const struct identity_scored *foreseen; /* by a worker: store/identity_score.h; or NULL */
	bool weighs;  /* it says another thing, or speaks or rests otherwise: who may it be? */
	unsigned met; /* when links are gathered: by whom it was met last */
	size_t place, group; /* in rows sorted by age: its own, that of its part's oldest */
	struct identity_row *next, *beside; /* beside: of the same bucket */
};
/* store/identity_insurances.c. */
enum insurance_doubt { DOUBT_NO_BRANCH = 1, DOUBT_CHECK_DIGIT = 2 };
unsigned insurance_doubts(struct arena *a, const struct insurance *list);
/* From what the row was counted by, for that system (NULL, "": for none), to these. */
void identity_doubts_move(struct store_txn *t, struct identity_row *row, const char *system,
			  unsigned now);
static inline bool row_rests(const struct identity_row *row)
{
	return (row->unsettled & UNSETTLED_IDENTITY) != 0;
}
/* A subsumed record is its survivor's, who speaks for it; ours say nothing. */
static inline bool identity_row_speaks(const struct identity_row *row)
{
	return !row->made && row->record.status == RECORD_ACTIVE;
}

bool identity_row_get(struct store_txn *t, struct arena *a, uint64_t number,
		      struct identity_row *out);
bool identity_row_get_skimmed(struct store_txn *t, struct arena *a, uint64_t number,
			      struct identity_row *out);
bool identity_row_put(struct store_txn *t, const struct identity_row *row);
/* The same as octets: for history. */
struct bytes identity_row_octets(struct store_txn *t, struct arena *a,
				 const struct identity_row *row);
bool identity_row_read(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct identity_row *out);
/* store/identity_said.c: demographics as octets, and read; of it only what a core is made of.
 * False: they cannot be. */
struct bytes identity_demographics_octets(struct arena *a, const struct patient_demographics *d);
bool identity_demographics_read(struct arena *a, struct bytes said, struct patient_demographics *d);
bool identity_core_part_read(struct arena *a, struct bytes said, struct patient_demographics *d);

/* Of a place that was read; and so were those among which what it says may stand (a list). */
bool identity_row_read_among(struct store_txn *t, struct arena *a,
			     const struct patient_record *place, const struct patient_record *among,
			     struct identity_row *out);
/* What one version of it takes up on the disk, as store/usage.h counts. */
uint64_t usage_of_version(struct bytes said);

/* All but its demographics: they stay in `said`, until they are asked for. */
bool identity_row_skim(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct identity_row *out);
bool identity_row_said(struct arena *a, struct identity_row *row);
/* The same as they are kept; none: nothing was said. */
struct bytes identity_row_kept(struct arena *a, struct identity_row *row);
/* What it is compared by, as it was kept beside it. False: the row cannot be read. */
bool identity_row_core(struct arena *a, const struct identity_row *row, struct identity_core *out);
/* Only what says where the record stands: no demographics, no evidence, no ties. */
bool identity_place_get(struct store_txn *t, struct arena *a, uint64_t number,
			struct patient_record *out);

/* Whether somebody has the id that this key of another space (as an id's) is about. */
bool identity_key_is_known(struct store_txn *t, struct bytes key);
/* The same of its row, whoever has its demographics; the domain lives in the arena. */
struct identity_place {
	uint64_t number, version, person, like;
	const char *domain;
	bool active;
};
bool identity_row_place(struct store_txn *t, struct arena *a, uint64_t number,
			struct identity_place *out);

/* Of a row of SPACE_IDENTITY_ID. */
bool identity_number_read(struct bytes octets, uint64_t *number);
/* Of a domain without a number there is no id: no key. */
struct bytes identity_id_key(struct store_txn *t, struct key *k, const char *domain,
			     const char *id);
bool identity_id_octets(struct store_txn *t, struct arena *a, const char *domain, const char *id,
			struct bytes *octets);
/* False: nobody has it, or (sticky) it cannot be read whose it is. */
bool identity_id_get(struct store_txn *t, struct arena *a, const char *domain, const char *id,
		     uint64_t *number);
bool identity_id_put(struct store_txn *t, const char *domain, const char *id, uint64_t number);
/* store/identity_own_ids.c. A new id of ours for the record of that number, which has no key of
 * SPACE_IDENTITY_ID; NULL: the store failed. And of which record's an id would be; 0: of none. */
const char *identity_own_id(struct store_txn *t, struct arena *a, uint64_t number);
uint64_t identity_own_id_number(struct store_txn *t, const char *id);
/* It says so itself, and needs no key. */
bool identity_id_is_own(struct store_txn *t, const struct identity_row *row);

struct person_row {
	uint64_t number, regional;
	instant since; /* when it was given its number: the older of two persons has the earlier */
	uint64_t *members; /* fed and made, ascending */
	size_t count;
};
/* A row that cannot be read is the store's failure, not the absence of a patient. Always false. */
bool identity_row_broken(struct store_txn *t, const char *what, uint64_t number);
bool person_row_get(struct store_txn *t, struct arena *a, uint64_t number, struct person_row *out);
bool person_row_read(struct arena *a, uint64_t number, struct bytes octets, struct person_row *out);
bool person_row_put(struct store_txn *t, const struct person_row *row);
bool person_row_delete(struct store_txn *t, uint64_t number);

/* store/identity_holders.c. Who has that evidence, and since when; those who had it first. */
struct holder {
	instant since;
	uint64_t number;
};
struct holders {
	struct holder *at;
	size_t count;
};
bool holders_read(struct arena *a, struct bytes octets, struct holders *out);
/* Of which hash a key is, and of which of those who are behind its row; number 0: it is the row
 * itself. */
bool holders_later(struct bytes key, struct evidence *e, struct holder *out);
/* The other records with that evidence: those who had it first, at most PERSON_MOST and one
 * more. */
struct record_numbers identity_linked(struct store_txn *t, struct arena *a,
				      const struct evidence *e, uint64_t except);
/* Who had it first of these; 0: none. */
uint64_t identity_linked_first(struct store_txn *t, struct arena *a, const struct evidence *e,
			       uint64_t except);
bool identity_link_put(struct store_txn *t, const struct evidence *e, uint64_t number);
bool identity_link_delete(struct store_txn *t, const struct evidence *e, uint64_t number);
const char *rule_reason(enum link_rule rule);
const char *tie_text(enum tie_reason reason);
struct trail_place identity_decision_put(struct store_txn *t, const struct link_decision *d);
/* False: there is none, or it could not be read. */
bool identity_decision_get(struct store_txn *t, struct arena *a, const struct trail_place *said,
			   struct link_decision *out);
/* The row of an earlier version, or the row itself. */
bool identity_row_version(struct store_txn *t, struct arena *a, uint64_t number, uint64_t version,
			  struct identity_row *out);

/* store/identity_work.c: the records a change touches: whole persons, and whoever would be one with
 * them if nothing stood against it. */
enum { WORK_BUCKETS = 128 };
struct identity_work {
	struct store_txn *txn;
	struct arena *arena;
	const struct region *region;
	struct identity_row *rows; /* every record of every person concerned */
	struct identity_row **tail;
	size_t count, fed; /* how many there are, and how many of them were fed */
	struct identity_row *buckets[WORK_BUCKETS]; /* by number */
	const struct match_weights *weights;        /* identity_work_weights() */
	/* Of whom somebody takes back that they are one; or NULL. */
	const struct identity_row *undone[2];
};
struct identity_work identity_work_begin(struct store_txn *t, const struct region *r);
struct identity_row *identity_work_held(const struct identity_work *w, uint64_t number);
struct identity_row *identity_work_row(struct identity_work *w,
				       uint64_t number); /* loads it and its person */
/* The same where an id leads to it: then it is there, or the store cannot be read. */
struct identity_row *identity_work_led_to(struct identity_work *w, uint64_t number);
void identity_work_person(struct identity_work *w, uint64_t person);
void identity_work_add(struct identity_work *w, struct identity_row *row); /* a new one */
/* Whom the row's evidence and ties lead to. */
void identity_work_explore(struct identity_work *w, struct identity_row *row);
/* Somebody may have been left out. */
bool identity_work_is_full(const struct identity_work *w);
const struct identity_core *identity_work_core(struct identity_work *w, struct identity_row *row);
/* Of one that cannot be read: of nobody. */
const struct match_features *identity_work_features(struct identity_work *w,
						    struct identity_row *row);
/* What scores are made with: the region's, or those shipped. */
const struct match_weights *identity_work_weights(struct identity_work *w);

/* store/identity_partition.c: divides the rows into persons, lets consents follow, and writes every
 * row that changed. */
bool identity_partition(struct identity_work *w);
/* store/identity_shown.c: what those who want to hear of changes are shown of the persons of these
 * rows, as the store has it; and after the change, a notice where that is another. NULL: nobody
 * does, or there are no persons yet. */
struct shown;
struct shown *identity_shown(struct identity_work *w);
void identity_tell_shown(struct identity_work *w, const struct shown *before);
/* store/identity_join.c: which rows are one person's: `group` of each is the place of its part's
 * oldest in rows (sorted by age, count of them). Notes what could not be joined. */
void identity_join(struct identity_work *w, struct identity_row **rows, size_t count);
/* What the operator is told: the row could not be joined, and whom that is about. */
void identity_note(struct identity_row *row, unsigned reason, const struct identity_row *against);
/* By age: who was created earlier, and of one moment the one with the smaller number. Numbers alone
 * tell nothing of time, for several nodes give them. */
void identity_rows_sort(struct identity_row **rows, size_t count);
/* The same rows by number; and by it the place of a record's (count: it is not among them). */
struct identity_row **identity_rows_numbered(struct arena *a, struct identity_row *const *rows,
					     size_t count);
size_t identity_rows_place(struct identity_row *const *numbered, size_t count, uint64_t number);
/* The place of the row that its part is known by. */
size_t identity_rows_root(struct identity_row *const *rows, size_t i);

/* store/identity_sharing.c: what records of one person say alike stands once from now on. */
void identity_share(struct identity_work *w);

/* store/identity_awaited.c: links of ids that nobody has yet, of one id and of one system: a bound
 * for senders who link what they never feed. */
enum { AWAITED_EACH = 16, AWAITED_MOST = 10000 };
/* What a feed that makes the id known will look at. */
void identity_await_look_ahead(struct store_txn *t, const struct patient_identifier *id);
/* What waits for that id of the domain waits for the other from now on. */
void identity_move_awaited(struct store_txn *t, const char *domain, const char *id,
			   const char *now);
/* Of a row of SPACE_IDENTITY_AWAITED: each link stands at both ids, and one of them is nobody's.
 * False: it cannot be read, or that is not so. */
bool identity_awaited_holds(struct store_txn *t, struct arena *a, struct bytes key,
			    struct bytes octets);
/* What the rows say of the system in this snapshot, against its row of _COUNT. */
bool identity_awaited_counts(struct store_txn *t, struct arena *a, uint64_t system,
			     struct bytes octets);

/* store/identity_retired.c: an id that became another one at that moment. Whether something that
 * happened then (0: nobody said) is of the patient who had it before. */
bool identity_retire(struct store_txn *t, const char *domain, const char *id, instant when);
bool identity_retired_after(struct store_txn *t, const struct patient_identifier *id,
			    instant occurred);
bool identity_retired_no_more(struct store_txn *t, const char *domain, const char *id);
bool identity_retired_read(struct bytes octets, instant *when);

/* store/identity_history.c: that the row's record is another person's now than before the job, for
 * the history of both; nothing where it is of the same, or was made in this job. And what such a
 * row of SPACE_IDENTITY_MOVED says: false: it cannot be read. */
void identity_moved_put(struct store_txn *t, const struct identity_row *row);
bool identity_moved_read(struct bytes value, uint64_t *record, uint64_t *person, bool *came,
			 instant *time);
/* What was decided of these records, by time. */
struct link_decision *identity_decisions_of(struct store_txn *t, struct arena *a,
					    const struct record_numbers *records);

/* store/identity_unsettled.c */
bool identity_unsettled_put(struct store_txn *t, const struct identity_row *row);
/* The list says of the record what its row does; of one that is settled it is not asked. */
bool identity_unsettled_told(struct store_txn *t, struct arena *a, const struct identity_row *row);

/* store/consent_settle.c: it was decided that these others are another person's than the row: what
 * opened it because it was said with one of them opens it no more. What closed it stays, until it
 * is opened for itself. */
void consent_part(struct identity_work *w, const struct identity_row *row,
		  const struct record_numbers *others);
/* The same where it was taken back that they are one person's: nothing stays of what they said. */
void consent_undo(struct identity_work *w, const struct identity_row *row,
		  const struct record_numbers *others);
/* store/consent_settle.c: what holds for each of these records of one person, from what was decided
 * for any of them; sets UNSETTLED_CONSENT. */
void consent_settle(struct identity_work *w, struct identity_row **rows, size_t count);

#endif
