/* store/identity_feed.c: what sources say: a patient is new or changed, two ids are one patient.
 *
 * A feed works on the rows of all persons it touches: it changes them and their evidence, has the
 * persons divided anew (store/identity_partition.c), and notes each link made or taken away with
 * its reason. Nothing is written for a feed that says what is known already, or what was true
 * before. */
#include "store/identity_match.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/identity_candidates.h"
#include "store/identity_forms.h"
#include "store/identity_score.h"
#include "store/numbers.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "store/subscriptions.h"
#include "store/usage.h"

bool feed_finish(struct store_txn *t, bool done, struct problem *p)
{
	if (store_failed(t))
		*p = *store_problem(t);
	return done && !store_failed(t);
}

struct trail_place feed_decide(struct feed *f, uint64_t record, uint64_t other, bool linked,
			       const char *reason)
{
	struct link_decision d = { .record = record,
				   .other = other,
				   .linked = linked,
				   .reason = reason,
				   .by = f->said.by,
				   .why = f->said.why,
				   .time = f->now };
	if (linked)
		f->out->linked++;
	else
		f->out->unlinked++;
	return identity_decision_put(f->work.txn, &d);
}

/* ---- Links: what they were before, and what they are ---- */

/* A record's direct link to another of its person, and the first rule that makes it. */
struct link {
	uint64_t other;
	enum link_rule rule;
	struct link *next;
};

struct moved {
	struct identity_row *row;
	const struct link *before;
	const char *reason; /* why links went; NULL: as the rule that made them */
	bool contested;     /* some could not be made before */
	struct moved *next;
};

static const struct link *link_to(const struct link *list, uint64_t other)
{
	while (list != NULL && list->other != other)
		list = list->next;
	return list;
}

static const struct link *links_of(struct feed *f, const struct identity_row *row, bool after)
{
	struct link *list = NULL;
	uint64_t person = after ? row->record.person : row->old_person;
	unsigned now = ++f->gathered;
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next) {
		struct record_numbers others = identity_linked(f->work.txn, f->work.arena, e,
							       row->record.number);
		for (size_t i = 0; i < others.count; i++) {
			struct identity_row *other = identity_work_held(&f->work,
									others.numbers[i]);
			uint64_t with = other == NULL ? 0
					: after       ? other->record.person
						      : other->old_person;
			if (with == 0 || with != person || other->met == now)
				continue;
			other->met = now;
			struct link *l = arena_new(f->work.arena, struct link);
			*l = (struct link){ .other = others.numbers[i],
					    .rule = e->rule,
					    .next = list };
			list = l;
		}
	}
	return list;
}

enum { CONTESTED = UNSETTLED_IDENTITY | UNSETTLED_CONTRADICTION | UNSETTLED_TIE | UNSETTLED_SIZE };

void feed_watch_links(struct feed *f, struct identity_row *row, const char *reason)
{
	struct moved *m = arena_new(f->work.arena, struct moved);
	*m = (struct moved){ .row = row,
			     .before = links_of(f, row, false),
			     .reason = reason,
			     .contested = (row->unsettled & CONTESTED) != 0,
			     .next = f->moved };
	f->moved = m;
}

/* A link that could not be made is told once, with what stood against it. */
static void tell_contested(struct feed *f, const struct moved *m)
{
	unsigned unsettled = m->row->unsettled;
	const char *why = unsettled & UNSETTLED_SIZE ? "too many records"
			  : unsettled & (UNSETTLED_CONTRADICTION | UNSETTLED_TIE) ? "contradiction"
										  : NULL;
	if (why != NULL && !m->contested && m->reason == NULL)
		feed_decide(f, m->row->record.number, m->row->against, false, why);
}

static void tell_links(struct feed *f, const struct moved *m)
{
	uint64_t number = m->row->record.number;
	const struct link *after = links_of(f, m->row, true);
	for (const struct link *l = m->before; l != NULL; l = l->next)
		if (link_to(after, l->other) == NULL)
			feed_decide(f, number, l->other, false,
				    m->reason != NULL ? m->reason : rule_reason(l->rule));
	for (const struct link *l = after; l != NULL; l = l->next)
		if (link_to(m->before, l->other) == NULL)
			feed_decide(f, number, l->other, true, rule_reason(l->rule));
	tell_contested(f, m);
}

/* ---- Evidence ---- */

static bool same_evidence(const struct evidence *x, const struct evidence *y)
{
	size_t n = 0;
	for (const struct evidence *e = x; e != NULL; e = e->next, n++) {
		const struct evidence *other = evidence_find((struct evidence *)y, e);
		if (other == NULL || other->divided != e->divided)
			return false;
	}
	for (const struct evidence *e = y; e != NULL; e = e->next)
		n--;
	return n == 0;
}

/* Takes the record from its old evidence to the new; what it said before it has said since then.
 * Whom it could not be one with is no longer contested by it. */
static void move_evidence(struct feed *f, struct identity_row *row, struct evidence *now)
{
	uint64_t number = row->record.number;
	identity_work_explore(&f->work, row);
	for (struct evidence *e = now; e != NULL; e = e->next) {
		const struct evidence *known = evidence_find(row->evidence, e);
		e->since = known != NULL ? known->since : f->now;
		if (known == NULL)
			identity_link_put(f->work.txn, e, number);
	}
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next)
		if (!evidence_has(now, e))
			identity_link_delete(f->work.txn, e, number);
	row->evidence = now;
	row->evidence_moved = true;
	row->explored = false;
	row->dirty = row->weighs = true;
	identity_work_explore(&f->work, row);
}

/* What a feed says over what is known: NULL keeps, "" or a delete flag takes away. */
static const char *merged_text(const char *known, const char *said)
{
	return said == NULL ? known : *said == '\0' ? NULL : said;
}

struct patient_demographics feed_merged(struct arena *a, const struct identity_row *row,
					const struct patient_demographics *said, instant now)
{
	const struct patient_demographics *known = &row->record.demographics;
	instant last_said = row->occurred != 0 ? row->occurred : row->record.updated;
	return (struct patient_demographics){
		.names = said->names != NULL  ? said->names
			 : said->delete_names ? NULL
					      : known->names,
		.birth_date = merged_text(known->birth_date, said->birth_date),
		.sex = merged_text(known->sex, said->sex),
		.addresses = said->addresses != NULL  ? said->addresses
			     : said->delete_addresses ? NULL
						      : known->addresses,
		.telecoms = said->telecoms != NULL  ? said->telecoms
			    : said->delete_telecoms ? NULL
						    : known->telecoms,
		.insurances = said->insurances != NULL  ? said->insurances
			      : said->delete_insurances ? NULL
							: known->insurances,
		.former_insurances = identity_former_insurances(a, known, said, last_said, now),
		.mothers_maiden_name = merged_text(known->mothers_maiden_name,
						   said->mothers_maiden_name),
		.multiple_birth = merged_text(known->multiple_birth, said->multiple_birth),
		.birth_order = merged_text(known->birth_order, said->birth_order),
		.deceased = merged_text(known->deceased, said->deceased),
		.deceased_time = merged_text(known->deceased_time, said->deceased_time),
		.identity_unknown = merged_text(known->identity_unknown, said->identity_unknown),
	};
}

static struct identity_row *new_row(struct feed *f, const struct patient_identifier *id)
{
	struct identity_row *row = arena_new(f->work.arena, struct identity_row);
	row->record = (struct patient_record){
		.number = number_next(f->work.txn, NUMBER_RECORD),
		.domain = id->universal_id,
		.id = id->id,
		.source_system = f->system,
		.created = f->now,
	};
	row->born = true;
	identity_work_add(&f->work, row);
	identity_id_put(f->work.txn, row->record.domain, row->record.id, row->record.number);
	identity_retired_no_more(f->work.txn, row->record.domain, row->record.id);
	f->created = true;
	return row;
}

/* The row as it was, kept for ever beside the new one. */
void feed_keep_history(struct feed *f, const struct identity_row *row)
{
	struct key k;
	key_begin(&k, SPACE_IDENTITY_HISTORY);
	key_short(&k, row->record.number);
	key_short(&k, row->record.version);
	struct identity_row alone = *row; /* whatever becomes of the one that says the same */
	alone.like = 0;
	store_put(f->work.txn, key_span(&k),
		  identity_row_octets(f->work.txn, f->work.arena, &alone));
}

void feed_next_version(struct feed *f, struct identity_row *row)
{
	/* Of one that is merged away nobody may have looked at what was said yet. */
	if (!identity_row_said(f->work.arena, row))
		identity_row_broken(f->work.txn, "patient record", row->record.number);
	const struct usage one = { .persons = usage_of_version(row->said) };
	row->record.version++;
	usage_add(f->work.txn, row->record.source_system, &one);
}

static bool says_nothing_new(const struct feed *f, const struct identity_row *row, struct bytes now)
{
	enum { NOTHING = 1 }; /* a version, and nothing said */
	return row->record.version != 0 && text_equal(row->record.source_system, f->system)
	       && (row->said.length == 0 ? now.length == NOTHING : bytes_equal(row->said, now));
}

/* ---- Whose record it is ---- */

/* A partner knows the person by a code or an id that hangs on that record, or somebody subscribed
 * to what is registered of it. */
static bool partner_knows(struct feed *f, const struct identity_row *row)
{
	return partner_code_hangs_on(f->work.txn, row->record.number)
	       || partner_id_hangs_on(f->work.txn, row->record.number)
	       || subscriptions_hang_on(f->work.txn, row->record.number);
}

/* A score that made no link is no reason by itself. */
static bool is_tied(const struct identity_row *row)
{
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		if (tie->reason != TIE_SCORE)
			return true;
	return false;
}

/* Others' records, a message, a decision about consent or what partners know depend on whose it is.
 * Of one that was known before, and so has a person. */
static bool anything_hangs_on(struct feed *f, const struct identity_row *row)
{
	if (is_tied(row) || consent_is_decided(f->work.txn, row->record.number))
		return true;
	for (const struct identity_row *other = f->work.rows; other != NULL; other = other->next)
		if (other->old_person == row->old_person
		    && ((other != row && !other->made) || partner_knows(f, other)))
			return true;
	return false;
}

/* What a change is measured by: the identity of the version that is certain; of none: nothing. */
static struct identity_core base_of(struct feed *f, const struct identity_row *row)
{
	struct identity_row base;
	struct identity_core core;
	struct arena *a = f->work.arena;
	return row->base != 0
			       && identity_row_version(f->work.txn, a, row->record.number,
						       row->base, &base)
			       && identity_row_core(a, &base, &core)
		       ? core
		       : (struct identity_core){ 0 };
}

/* After the row's demographics changed (I7). A change nothing hangs on is just another patient; and
 * the first description that has a name is the one that counts. */
static void judge_identity(struct feed *f, struct identity_row *row)
{
	struct identity_core was = base_of(f, row);
	bool far = f->forgets || core_far(&was, identity_work_core(&f->work, row));
	if (row_rests(row) && !far) {
		row->unsettled &= ~(unsigned)UNSETTLED_IDENTITY;
		feed_decide(f, row->record.number, 0, true, "identity came back");
	} else if (!row_rests(row) && far && anything_hangs_on(f, row)) {
		row->unsettled |= UNSETTLED_IDENTITY;
		feed_decide(f, row->record.number, 0, false, "identity changed");
		f->out->somebody_else = true;
	} else if (!row_rests(row) && (far || was.names == NULL)) {
		row->base = row->record.version;
	}
}

/* What it is found by follows when it is settled whose demographics stand where. */
static void note_change(struct feed *f, struct identity_row *row,
			const struct identity_forms *forms)
{
	struct candidate_change *c = arena_new(f->work.arena, struct candidate_change);
	const struct candidate_change kept = { .known = row->record.demographics,
					       .known_birth = row->core->birth };
	/* A second one in the same job. */
	const struct candidate_change *was = row->change != NULL ? row->change : &kept;
	*c = (struct candidate_change){ .known = was->known,
					.known_birth = was->known_birth,
					.names = forms->names,
					.birth = forms->core.birth };
	row->change = c;
}

static void take_demographics(struct feed *f, struct identity_row *row,
			      const struct patient_demographics *now, struct bytes said,
			      const struct identity_forms *forms)
{
	struct patient_record *r = &row->record;
	struct arena *a = f->work.arena;
	if (r->version != 0)
		feed_keep_history(f, row);
	note_change(f, row, forms);
	r->demographics = *now;
	row->features = NULL;
	row->said = said;
	row->packed = (struct bytes){ 0 };
	row->said_read = true;
	row->kept_core = core_octets(a, &forms->core, now);
	row->core = arena_new(a, struct identity_core);
	*row->core = forms->core;
	identity_doubts_move(f->work.txn, row, f->system, forms->doubts);
	r->source_system = f->system;
	r->updated = f->now;
	feed_next_version(f, row);
	row->dirty = row->weighs = true;
	f->changed = true;
	judge_identity(f, row);
}

/* What is beyond the bounds (store/identity_forms.h): to the sender each time, to the operator as
 * long as it is so. */
static void tell_left_out(struct feed *f, struct identity_row *row, bool left_out)
{
	unsigned now = left_out ? UNSETTLED_LEFT_OUT : 0;
	f->out->left_out = f->out->left_out || left_out;
	if ((row->unsettled & UNSETTLED_LEFT_OUT) == now)
		return;
	row->unsettled ^= UNSETTLED_LEFT_OUT;
	row->dirty = f->changed = true;
}

/* Evidence is looked at even when nothing new was said: its form may be a newer one than that of
 * the hashes in the store. */
static void put_demographics(struct feed *f, struct identity_row *row,
			     const struct patient_demographics *said)
{
	struct arena *a = f->work.arena;
	if (!identity_row_said(a, row)) {
		identity_row_broken(f->work.txn, "patient record", row->record.number);
		return;
	}
	struct patient_demographics now = feed_merged(a, row, said,
						      f->occurred != 0 ? f->occurred : f->now);
	struct bytes octets = identity_demographics_octets(a, &now);
	struct identity_forms forms = identity_forms_merged(
		a, said, &row->record.demographics, identity_work_core(&f->work, row), &now);
	if (said->insurances == NULL && !said->delete_insurances)
		forms.doubts = row->doubts;
	bool same = says_nothing_new(f, row, octets), left_out;
	if (!same)
		feed_watch_links(f, row, NULL);
	if (!same)
		take_demographics(f, row, &now, octets, &forms);
	struct evidence *evidence = identity_evidence_of(a, &forms, &left_out);
	tell_left_out(f, row, left_out);
	if (same_evidence(row->evidence, evidence))
		return;
	if (same)
		feed_watch_links(f, row, NULL);
	move_evidence(f, row, evidence);
	f->changed = true;
}

/* A clock that runs ahead must not shut out what comes after it is put right. */
static bool is_older(const struct feed *f, const struct identity_row *row)
{
	return f->occurred != 0 && f->occurred < row->occurred && row->record.version != 0;
}

static void note_occurrence(struct feed *f, struct identity_row *row)
{
	if (f->occurred <= row->occurred)
		return;
	row->occurred = f->occurred;
	row->dirty = true;
}

/* ---- Ties ---- */

struct tie *feed_tie_with(const struct identity_row *row, uint64_t other, unsigned reasons)
{
	for (struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		if (tie->other == other && (1u << tie->reason & reasons) != 0)
			return tie;
	return NULL;
}

static void add_tie(struct feed *f, struct identity_row *row, uint64_t other,
		    enum tie_reason reason, struct trail_place said)
{
	struct tie *new = arena_new(f->work.arena, struct tie);
	*new = (struct tie){ .other = other,
			     .reason = reason,
			     .time = f->now,
			     .said = said,
			     .is_new = true,
			     .next = row->ties };
	row->ties = new;
	row->dirty = true;
}

static size_t tie_count(const struct identity_row *row, enum tie_reason reason)
{
	size_t count = 0;
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		count += tie->reason == reason;
	return count;
}

bool feed_may_tie(const struct identity_row *x, const struct identity_row *y,
		  enum tie_reason reason)
{
	return tie_count(x, reason) < TIES_MOST && tie_count(y, reason) < TIES_MOST;
}

bool feed_tie(struct feed *f, struct identity_row *x, struct identity_row *y,
	      enum tie_reason reason, struct trail_place said)
{
	if (x == y || feed_tie_with(x, y->record.number, 1u << reason) != NULL)
		return false;
	add_tie(f, x, y->record.number, reason, said);
	add_tie(f, y, x->record.number, reason, said);
	f->changed = true;
	return true;
}

void feed_untie(struct feed *f, struct identity_row *x, struct identity_row *y,
		enum tie_reason reason)
{
	struct identity_row *const rows[] = { x, y };
	const uint64_t others[] = { y->record.number, x->record.number };
	for (size_t i = 0; i < COUNT(rows); i++)
		for (struct tie **at = &rows[i]->ties; *at != NULL;)
			if ((*at)->other == others[i] && (*at)->reason == reason) {
				*at = (*at)->next;
				rows[i]->dirty = f->changed = true;
			} else {
				at = &(*at)->next;
			}
}

/* One person decided otherwise: what a message says does not go before that. */
void feed_tie_of_message(struct feed *f, struct identity_row *row, struct identity_row *first)
{
	enum { SETTLED = 1u << TIE_MERGE | 1u << TIE_APART };
	if (feed_tie_with(row, first->record.number, SETTLED) == NULL
	    && feed_may_tie(row, first, TIE_SAME_MESSAGE)
	    && feed_tie(f, row, first, TIE_SAME_MESSAGE, (struct trail_place){ 0 }))
		feed_decide(f, row->record.number, first->record.number, true,
			    tie_text(TIE_SAME_MESSAGE));
}

/* ---- A feed ---- */

struct feed feed_begin(struct store_txn *t, const struct region *r, const char *system,
		       struct feed_outcome *out)
{
	*out = (struct feed_outcome){ .effect = FEED_UNCHANGED };
	return (struct feed){ .work = identity_work_begin(t, r),
			      .system = system,
			      .out = out,
			      .now = store_clock(t)->now(store_clock(t)) };
}

bool feed_end(struct feed *f, const struct identity_row *first)
{
	feed_weigh(f);
	if ((f->created || f->changed) && !identity_partition(&f->work))
		return false;
	/* Else at most when it happened is new. */
	for (const struct identity_row *row = f->work.rows;
	     row != NULL && !f->created && !f->changed; row = row->next)
		if (row->dirty)
			identity_row_put(f->work.txn, row);
	for (const struct moved *m = f->moved; m != NULL; m = m->next)
		tell_links(f, m);
	feed_settle_pairs(f);
	f->out->effect = f->created ? FEED_CREATED : f->changed ? FEED_UPDATED : FEED_UNCHANGED;
	f->out->record = first->record.number;
	f->out->person = first->record.person;
	return true;
}

static bool is_usable(const struct patient_identifier *id, struct problem *p)
{
	return (!text_empty(id->id) && strlen(id->id) <= ID_MOST && !text_empty(id->universal_id)
		&& strlen(id->universal_id) <= DOMAIN_MOST)
	       || problem_set(p, PROBLEM_DATA_TYPE,
			      "an id must have 1 to %d octets and its domain a universal id",
			      ID_MOST);
}

/* The id's record; NULL: the store failed, or what is fed is of a patient who has another id now,
 * which the outcome tells. */
static struct identity_row *fed_row(struct feed *f, const struct patient_identifier *id, bool *made)
{
	uint64_t number;
	*made = !identity_id_get(f->work.txn, f->work.arena, id->universal_id, id->id, &number);
	if (!*made)
		return identity_work_led_to(&f->work, number);
	if (!identity_retired_after(f->work.txn, id, f->occurred))
		return new_row(f, id);
	f->out->older = true;
	return NULL;
}

static bool put_one(struct feed *f, const struct patient_identifier *id,
		    const struct patient_demographics *d, struct identity_row **first,
		    struct problem *p)
{
	bool made;
	if (!is_usable(id, p))
		return false;
	struct identity_row *row = fed_row(f, id, &made);
	if (row == NULL)
		return f->out->older;
	if (row->record.status == RECORD_SUBSUMED)
		return problem_set(p, PROBLEM_UNKNOWN_KEY,
				   "the id was merged into another one and is no patient's any "
				   "more; feed the survivor");
	if (row->made)
		return problem_set(p, PROBLEM_DUPLICATE_KEY,
				   "the id is one the region gave itself");
	if (is_older(f, row)) {
		f->out->older = true;
	} else {
		row->foreseen = identity_scored_of(d->scored, row);
		put_demographics(f, row, d);
		note_occurrence(f, row);
	}
	if (made)
		feed_settle_awaited(f, row);
	if (*first == NULL)
		*first = row;
	else if (!f->out->older && !f->forgets)
		feed_tie_of_message(f, row, *first);
	return true;
}

static size_t id_count(const struct patient_identifier *ids)
{
	size_t count = 0;
	for (; ids != NULL; ids = ids->next)
		count++;
	return count;
}

bool identity_put(struct store_txn *t, const struct region *r, const char *system,
		  const struct patient_identifier *ids,
		  const struct patient_demographics *demographics, int64_t occurred,
		  struct feed_outcome *out, struct problem *p)
{
	struct feed f = feed_begin(t, r, system, out);
	struct identity_row *first = NULL;
	f.occurred = occurred > f.now ? f.now : occurred;
	f.forgets = demographics->delete_all;
	if (id_count(ids) > IDS_MOST)
		return problem_set(p, PROBLEM_DATA_TYPE,
				   "a patient cannot have more than %d ids of one sender",
				   IDS_MOST);
	for (const struct patient_identifier *id = ids; id != NULL; id = id->next)
		if (!put_one(&f, id, demographics, &first, p))
			return feed_finish(t, false, p);
	if (first == NULL && f.out->older)
		return feed_finish(t, true, p);
	if (first == NULL)
		return problem_set(p, PROBLEM_FIELD_MISSING, "a feed without an id");
	return feed_finish(t, feed_end(&f, first), p);
}
