/* store/identity_check.c: what must be true of identity, for store_check(). */
#include "store/check.h"
#include "store/identity_candidates.h"
#include "store/identity_rows.h"
#include "store/match_blocks.h"
#include "store/match_check.h"
#include "store/names.h"
#include "store/usage.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

enum { CHAIN_MOST = 100000 }; /* merges one after another; more is a circle */

typedef unsigned long long shown;

static void look_at_ties(struct store_check *c, const struct identity_row *row);

/* From one merged record to the next: each is with the same person, and the last is active. What is
 * proved of a record is that it ends so, so that each is walked over once, not once for all that
 * lead to it. */
static void look_at_survivors(struct store_check *c, const struct patient_record *from)
{
	struct patient_record next = *from;
	unsigned steps = 0;
	while (next.status == RECORD_SUBSUMED && !check_proved(c, next.number)) {
		if (steps++ == CHAIN_MOST
		    || !identity_place_get(check_txn(c), check_arena(c), next.survivor, &next)) {
			check_finding(c, "patient record %llu has no survivor",
				      (shown)from->number);
			return;
		}
		if (next.person != from->person) {
			check_finding(c, "patient record %llu is not with its survivor",
				      (shown)from->number);
			return;
		}
	}
	for (next = *from; steps > 0 && !store_failed(check_txn(c)); steps--) {
		check_prove(c, next.number);
		identity_place_get(check_txn(c), check_arena(c), next.survivor, &next);
	}
}

/* An id, and whose it is: of the record and of the index. */
static bool id_matched(struct store_check *c, enum check_side side, struct bytes key,
		       uint64_t number)
{
	struct key of;
	key_begin(&of, SPACE_IDENTITY_RECORD);
	key_number(&of, number);
	return key.length != 0 && check_matched(c, side, key, key_span(&of));
}

/* A record of a person, and whether we made it and it is active: of the record and of the
 * person. */
static bool member_matched(struct store_check *c, enum check_side side, uint64_t person,
			   uint64_t number, bool regional)
{
	const unsigned char made = regional;
	struct key k;
	key_begin(&k, SPACE_IDENTITY_PERSON);
	key_number(&k, person);
	key_number(&k, number);
	return check_matched(c, side, key_span(&k), (struct bytes){ &made, 1 });
}

static bool is_regional(const struct identity_row *row)
{
	return row->made && row->record.status == RECORD_ACTIVE;
}

/* Who looks for a facility's record finds it by all that it says. */
static void look_at_entries(struct store_check *c, const struct identity_row *row)
{
	struct candidate_entries all = candidate_entries(check_arena(c), &row->record.demographics);
	struct key k;
	bool found = true;
	for (size_t i = 0; i < all.count; i++) {
		struct bytes entry = candidate_key(&k, &all.at[i], row->record.number);
		found = (check_matched(c, CHECK_EXPECTED, entry, (struct bytes){ 0 })
			 || store_has(check_txn(c), entry))
			&& found;
	}
	if (!found)
		check_finding(c, "patient record %llu is not found by its names and birth date",
			      (shown)row->record.number);
}

/* And who compares it, by its keys. */
static void look_at_keys(struct store_check *c, const struct identity_row *row)
{
	struct match_entries all = match_entries_of(check_arena(c), &row->record.demographics);
	struct key k;
	bool found = true;
	for (size_t i = 0; i < all.count; i++) {
		struct match_block_entry e = { all.at[i].hash, row->record.number };
		struct bytes entry = match_block_key(&k, &e);
		found = (check_matched(c, CHECK_EXPECTED, entry, (struct bytes){ 0 })
			 || store_has(check_txn(c), entry))
			&& found;
	}
	if (!found)
		check_finding(c, "patient record %llu is not found by its keys for matching",
			      (shown)row->record.number);
}

/* What it says stands with a record of its own person: that this one keeps it itself was seen when
 * the row was read. */
static void look_at_shared(struct store_check *c, const struct identity_row *row)
{
	struct identity_row with;
	if (!identity_row_get_skimmed(check_txn(c), check_arena(c), row->like, &with)
	    || with.record.person != row->record.person)
		check_finding(c,
			      "what patient record %llu says stands with record %llu, which is "
			      "not one of its person that keeps it",
			      (shown)row->record.number, (shown)row->like);
}

/* Whoever fed a record is charged for each version of it; what we made ourselves nobody fed. */
static void count_version(struct store_check *c, const struct identity_row *row)
{
	struct usage one = { .persons = usage_of_version(row->said) };
	if (*row->record.source_system != '\0')
		usage_walked(c, row->record.source_system, &one);
}

/* What it is counted by is what its insurances are. */
static void count_doubts(struct store_check *c, const struct identity_row *row)
{
	bool living = !row->made && row->record.status == RECORD_ACTIVE;
	unsigned doubts = living ? insurance_doubts(check_arena(c),
						    row->record.demographics.insurances)
				 : 0;
	const struct usage one = {
		.no_branch = { .begun = (row->doubts & DOUBT_NO_BRANCH) != 0 },
		.check_digit = { .begun = (row->doubts & DOUBT_CHECK_DIGIT) != 0 },
	};
	if (row->doubts != doubts)
		check_finding(c, "the insurances of patient record %llu are counted wrongly",
			      (shown)row->record.number);
	if (row->doubts != 0)
		usage_walked(c, row->record.source_system, &one);
}

/* All its versions in the snapshot that has the last: the store may be written meanwhile. */
static void count_versions(struct store_check *c, const struct identity_row *row)
{
	struct arena *a = check_arena(c);
	count_version(c, row);
	for (uint64_t v = 1; v < row->record.version; v++) {
		struct identity_row old;
		struct arena_mark before = arena_mark(a);
		if (identity_row_version(check_txn(c), a, row->record.number, v, &old)) {
			count_version(c, &old);
		} else {
			check_finding(c, "version %llu of patient record %llu is not there",
				      (shown)v, (shown)row->record.number);
			usage_unread(c);
		}
		arena_rewind(a, &before);
	}
}

/* Every record is found by its id, listed by its person, told to the operator when it waits for
 * him, and reaches an active record. */
static void look_at_record(struct store_check *c, struct bytes key, struct bytes value)
{
	struct store_txn *t = check_txn(c);
	struct arena *a = check_arena(c);
	struct key_reader k = key_read(key);
	uint64_t number = key_read_short(&k), found = 0;
	struct identity_row row, next;
	struct person_row person;
	struct bytes octets;
	struct key id;
	if (!identity_row_read(t, a, value, &row) || row.record.number != number) {
		check_finding(c, "patient record %llu cannot be read", (shown)number);
		usage_unread(c);
		return;
	}
	count_doubts(c, &row);
	count_versions(c, &row);
	if (!identity_id_is_own(t, &row)
	    && !id_matched(c, CHECK_EXPECTED,
			   identity_id_key(t, &id, row.record.domain, row.record.id), number)
	    && (!identity_id_octets(t, a, row.record.domain, row.record.id, &octets)
		|| !identity_number_read(octets, &found) || found != number))
		check_finding(c, "patient record %llu is not found by its id", (shown)number);
	bool listed = member_matched(c, CHECK_EXPECTED, row.record.person, number,
				     is_regional(&row));
	if (!listed && person_row_get(t, a, row.record.person, &person))
		for (size_t i = 0; i < person.count; i++)
			listed = listed || person.members[i] == number;
	if (!listed)
		check_finding(c, "patient record %llu is not among the records of person %llu",
			      (shown)number, (shown)row.record.person);
	if (row.made
	    && (!identity_row_get(t, a, row.anchor, &next)
		|| next.record.person != row.record.person))
		check_finding(c, "regional record %llu is not with its anchor", (shown)number);
	if (!identity_unsettled_told(t, a, &row))
		check_finding(c, "patient record %llu waits for the operator, who is not told why",
			      (shown)number);
	if (row.like != 0) {
		look_at_shared(c, &row);
	} else if (!row.made) {
		look_at_entries(c, &row);
		look_at_keys(c, &row);
	}
	look_at_ties(c, &row);
	look_at_survivors(c, &row.record);
}

static void look_at_id(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	const char *domain = name_text(check_txn(c), check_arena(c), key_read_short(&k));
	struct patient_record r;
	struct key of;
	uint64_t number;
	bool read = identity_number_read(value, &number);
	if (read && id_matched(c, CHECK_THERE, key, number))
		return;
	if (!read || !identity_record(check_txn(c), check_arena(c), number, &r)
	    || !bytes_equal(identity_id_key(check_txn(c), &of, r.domain, r.id), key))
		check_finding(c, "an id in domain %s leads to no record of it",
			      domain == NULL ? "that has no name" : domain);
}

static void look_at_person(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	uint64_t number = key_read_short(&k), before = 0;
	struct person_row p;
	bool regional = false;
	if (!key_read_end(&k) || !person_row_read(check_arena(c), number, value, &p)) {
		check_finding(c, "person %llu cannot be read", (shown)number);
		return;
	}
	for (size_t i = 0; i < p.count; before = p.members[i++]) {
		struct identity_row row;
		if (p.members[i] <= before)
			check_finding(c, "the records of person %llu are not in order",
				      (shown)number);
		/* Of the regional record the person alone says that it is. */
		if (p.members[i] != p.regional
		    && member_matched(c, CHECK_THERE, number, p.members[i], false))
			continue;
		if (!identity_row_get(check_txn(c), check_arena(c), p.members[i], &row)
		    || row.record.person != number) {
			check_finding(c, "person %llu lists record %llu, which is not its own",
				      (shown)number, (shown)p.members[i]);
			continue;
		}
		if (p.members[i] == p.regional)
			member_matched(c, CHECK_THERE, number, p.regional, is_regional(&row));
		if (is_regional(&row) && row.record.number != p.regional)
			check_finding(c, "person %llu has two regional records", (shown)number);
		regional = regional
			   || (row.record.number == p.regional
			       && row.record.status == RECORD_ACTIVE);
	}
	if (!regional)
		check_finding(c, "person %llu has no regional record", (shown)number);
}

/* Who speaks for it: its survivor, and for a record we made its anchor. Of the row only numbers are
 * left: a circle is walked for long, and must not fill the memory of the check. */
static bool next_speaker(struct store_check *c, struct identity_row *row)
{
	uint64_t next = row->made ? row->anchor : row->record.survivor;
	struct arena_mark before = arena_mark(check_arena(c));
	bool found = identity_row_get_skimmed(check_txn(c), check_arena(c), next, row);
	arena_rewind(check_arena(c), &before);
	return found;
}

/* The record itself rests, or the one that speaks for it. */
static bool rests(struct store_check *c, const struct identity_row *row)
{
	struct identity_row last = *row;
	for (unsigned i = 0; i < CHAIN_MOST && !row_rests(&last); i++)
		if ((last.record.status == RECORD_ACTIVE && !last.made) || !next_speaker(c, &last))
			return false;
	return row_rests(&last);
}

/* Why records of one evidence may be two persons all the same. */
static bool is_kept_apart(struct store_check *c, const struct identity_row *x,
			  const struct identity_row *y)
{
	enum { CONTESTED = UNSETTLED_IDENTITY | UNSETTLED_CONTRADICTION | UNSETTLED_SIZE };
	if (((x->unsettled | y->unsettled) & CONTESTED) != 0 || rests(c, x) || rests(c, y))
		return true;
	for (const struct tie *tie = x->ties; tie != NULL; tie = tie->next)
		if (tie->reason == TIE_APART)
			return true;
	return false;
}

/* Two names that were never divided may both be a family's. */
static bool links(const struct evidence *e, const struct identity_row *other)
{
	const struct evidence *same = evidence_find(other->evidence, e);
	return same != NULL && (e->divided || same->divided);
}

/* A link is one of its record's, and all records of one evidence are one person. */
static void look_at_holder(struct store_check *c, struct evidence *e, const struct holder *h)
{
	struct identity_row row, other;
	e->since = h->since;
	const struct evidence *own = identity_row_get(check_txn(c), check_arena(c), h->number, &row)
					     ? evidence_find(row.evidence, e)
					     : NULL;
	if (own == NULL || own->since != e->since) {
		check_finding(c, "a link of record %llu is not one of its evidence",
			      (shown)h->number);
		return;
	}
	uint64_t first = identity_linked_first(check_txn(c), check_arena(c), e, h->number);
	if (first != 0 && identity_row_get(check_txn(c), check_arena(c), first, &other)
	    && other.record.person != row.record.person && links(own, &other)
	    && !is_kept_apart(c, &row, &other))
		check_finding(c, "records %llu and %llu have the same evidence and are two persons",
			      (shown)h->number, (shown)first);
}

static bool are_in_order(const struct holders *h)
{
	for (size_t i = 1; i < h->count; i++)
		if (h->at[i - 1].since > h->at[i].since
		    || (h->at[i - 1].since == h->at[i].since
			&& h->at[i - 1].number >= h->at[i].number))
			return false;
	return true;
}

static void look_at_link(struct store_check *c, struct bytes key, struct bytes value)
{
	struct evidence e = { .rule = RULE_PHONE };
	struct holder later;
	struct holders all = { .at = &later, .count = 1 };
	if (!holders_later(key, &e, &later)
	    || (later.number == 0 && !holders_read(check_arena(c), value, &all))
	    || !are_in_order(&all)) {
		check_finding(c, "a link cannot be read");
		return;
	}
	for (size_t i = 0; i < all.count; i++)
		look_at_holder(c, &e, &all.at[i]);
}

static bool tied_back(const struct identity_row *row, uint64_t number, enum tie_reason reason)
{
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		if (tie->other == number && tie->reason == reason)
			return true;
	return false;
}

/* A decision bears the name of who made it, and his reason. */
static bool is_said(struct store_check *c, const struct tie *tie)
{
	struct link_decision d;
	return identity_decision_get(check_txn(c), check_arena(c), &tie->said, &d)
	       && text_equal(d.reason, tie_text(tie->reason)) && !text_empty(d.by)
	       && !text_empty(d.why);
}

/* What is said of two records stands at both, and what was decided holds. */
static void look_at_ties(struct store_check *c, const struct identity_row *row)
{
	struct identity_row other;
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next) {
		if (!identity_row_get(check_txn(c), check_arena(c), tie->other, &other)
		    || !tied_back(&other, row->record.number, tie->reason)) {
			check_finding(c, "record %llu is tied to %llu, which does not know it",
				      (shown)row->record.number, (shown)tie->other);
			continue;
		}
		bool both = row->record.status == RECORD_ACTIVE
			    && other.record.status == RECORD_ACTIVE;
		if (tie->said.sequence != 0 && !is_said(c, tie))
			check_finding(
				c,
				"of records %llu and %llu it was decided, and nobody says by whom",
				(shown)row->record.number, (shown)tie->other);
		if (tie->reason == TIE_APART && both && row->record.person == other.record.person)
			check_finding(c,
				      "records %llu and %llu were decided to be apart, and are one",
				      (shown)row->record.number, (shown)tie->other);
		if (tie->reason == TIE_SCORE)
			match_check_tie(c, row, &other);
	}
}

static void look_at_unsettled(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	uint64_t number = key_read_short(&k);
	struct identity_row row;
	(void)value;
	if (!key_read_end(&k) || !identity_row_get(check_txn(c), check_arena(c), number, &row)
	    || row.unsettled == 0)
		check_finding(c, "record %llu is said to wait for the operator, and does not",
			      (shown)number);
}

/* An entry of the index says what its record says. */
static void look_at_candidate(struct store_check *c, struct bytes key, struct bytes value)
{
	struct candidate_entry entry;
	uint64_t number = 0;
	struct identity_row row;
	if (check_matched(c, CHECK_THERE, key, value))
		return;
	bool says = candidate_key_read(check_arena(c), key, &entry, &number)
		    && identity_row_get(check_txn(c), check_arena(c), number, &row) && !row.made
		    && row.like == 0;
	struct candidate_entries all = { .count = 0 };
	if (says)
		all = candidate_entries(check_arena(c), &row.record.demographics);
	if (!candidate_entries_have(&all, &entry))
		check_finding(c, "record %llu is found by what it does not say", (shown)number);
}

static bool has_key(struct store_check *c, const struct match_block_entry *e)
{
	struct identity_row row;
	if (!identity_row_get(check_txn(c), check_arena(c), e->number, &row) || row.made
	    || row.like != 0)
		return false;
	struct match_entries all = match_entries_of(check_arena(c), &row.record.demographics);
	for (size_t i = 0; i < all.count; i++)
		if (all.at[i].hash == e->hash)
			return true;
	return false;
}

/* A key leads to one that has it. */
static void look_at_block(struct store_check *c, struct bytes key, struct bytes value)
{
	struct match_block_entry e;
	if (!match_block_read(key, value, &e))
		check_finding(c, "who has a key for matching cannot be read");
	else if (!check_matched(c, CHECK_THERE, key, value) && !has_key(c, &e))
		check_finding(c, "record %llu is found by a key for matching it has not",
			      (shown)e.number);
}

static void look_at_belonging(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	struct patient_record r;
	uint64_t number = key_read_short(&k);
	key_read_short(&k);
	(void)value;
	if (!key_read_end(&k) || !identity_record(check_txn(c), check_arena(c), number, &r))
		check_finding(c, "history or decision of record %llu, which is not there",
			      (shown)number);
}

static void look_at_awaited(struct store_check *c, struct bytes key, struct bytes value)
{
	if (!identity_awaited_holds(check_txn(c), check_arena(c), key, value))
		check_finding(c, "a link that waits for an id cannot be read, is known at one of "
				 "its ids only, or is of ids that are both somebody's");
}

static void look_at_awaited_count(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	uint64_t system = key_read_short(&k);
	if (!key_read_end(&k)
	    || !identity_awaited_counts(check_txn(c), check_arena(c), system, value))
		check_finding(c, "of system %llu other links wait for ids than it is said",
			      (shown)system);
}

/* Of an id that is somebody's again nobody need know when it was another's. */
static void look_at_retired(struct store_check *c, struct bytes key, struct bytes value)
{
	instant when;
	if (!identity_retired_read(value, &when) || identity_key_is_known(check_txn(c), key))
		check_finding(c, "when an id became another one cannot be read, or it is "
				 "somebody's again");
}

/* Whose history it was may be no person any more. */
static void look_at_moved(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	struct patient_record r;
	uint64_t record = 0, person = 0;
	bool came;
	instant time;
	unsigned long long of = key_read_short(&k);
	key_read_short(&k);
	/* One that was merged away was walked over: each merge moves all that were before. */
	if (!key_read_end(&k) || !identity_moved_read(value, &record, &person, &came, &time)
	    || (!check_proved(c, record)
		&& !identity_place_get(check_txn(c), check_arena(c), record, &r)))
		check_finding(c, "what came to person %llu or went cannot be read, or is not there",
			      of);
}

static const struct check_row rows[] = {
	{ SPACE_IDENTITY_RECORD, "patient record", look_at_record },
	{ SPACE_IDENTITY_ID, "patient id", look_at_id },
	{ SPACE_IDENTITY_PERSON, "person", look_at_person },
	{ SPACE_IDENTITY_LINK, "link", look_at_link },
	{ SPACE_IDENTITY_DECISION, "decision", look_at_belonging },
	{ SPACE_IDENTITY_HISTORY, "history", look_at_belonging },
	{ SPACE_IDENTITY_UNSETTLED, "unsettled record", look_at_unsettled },
	{ SPACE_IDENTITY_CANDIDATE, "candidate", look_at_candidate },
	{ SPACE_MATCH_BLOCK, "keys for matching", look_at_block },
	{ SPACE_MATCH_WAITS, "pair", match_check_pair },
	{ SPACE_IDENTITY_AWAITED, "awaited link", look_at_awaited },
	{ SPACE_IDENTITY_AWAITED_COUNT, "awaited links of a system", look_at_awaited_count },
	{ SPACE_IDENTITY_RETIRED, "retired id", look_at_retired },
	{ SPACE_IDENTITY_MOVED, "move", look_at_moved },
	{ 0 }
};

const struct check_module identity_check = { .name = "identity", .rows = rows };
