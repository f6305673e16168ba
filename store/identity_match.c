/* store/identity_match.c: what scores make of the records a change touches.
 *
 * A row that says another thing is weighed against all that share a key with it. Pairs that are
 * likely enough are tied, and what ties make is decided where all links are, in identity_join.c;
 * the others wait for a person, as do those that are likely and are not one person all the same.
 * All that is known of a pair is made anew by each change of either, so that it is a function of
 * what both say: what was tied and is likely no more is no tie (I4). Two who share exact evidence
 * need none. */
#include "store/identity_match.h"

#include "gateway/base/arena.h"
#include "store/identity_closure.h"
#include "store/identity_score.h"
#include "store/match_rows.h"

/* A pair as it is weighed now. */
struct weighed {
	struct identity_row *row;
	uint64_t other;
	struct match_score score;
	struct weighed *next;
};

/* Two whose tie was taken away and who were one person; or of whom somebody has decided. */
struct two_rows {
	struct identity_row *x, *y;
	struct two_rows *next;
};

enum { DECIDED = 1u << TIE_APART | 1u << TIE_TOGETHER, BY_SCORE = 1u << TIE_SCORE };

static bool may_be_somebody(const struct identity_row *row)
{
	return identity_row_speaks(row) && !row_rests(row);
}

static void add_weighed(struct feed *f, struct identity_row *row, uint64_t other,
			const struct match_score *score)
{
	struct weighed *w = arena_new(f->work.arena, struct weighed);
	*w = (struct weighed){ row, other, *score, f->weighed };
	f->weighed = w;
}

static void add_two(struct feed *f, struct two_rows **list, struct identity_row *x,
		    struct identity_row *y)
{
	struct two_rows *two = arena_new(f->work.arena, struct two_rows);
	*two = (struct two_rows){ x, y, *list };
	*list = two;
}

static struct weighed *find_weighed(const struct feed *f, uint64_t x, uint64_t y)
{
	struct weighed *w = f->weighed;
	while (w != NULL
	       && !((w->row->record.number == x && w->other == y)
		    || (w->row->record.number == y && w->other == x)))
		w = w->next;
	return w;
}

/* ---- Scores ---- */

static struct match_score score_of(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	return identity_work_score(&f->work, x, y);
}

static bool share_a_key(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	struct match_entries of_x = match_entries(identity_work_features(&f->work, x)),
			     of_y = match_entries(identity_work_features(&f->work, y));
	for (size_t i = 0; i < of_x.count; i++)
		for (size_t k = 0; k < of_y.count; k++)
			if (of_x.at[i].kind == of_y.at[k].kind
			    && of_x.at[i].hash == of_y.at[k].hash)
				return true;
	return false;
}

static void weigh_with(struct feed *f, struct identity_row *row, struct identity_row *other)
{
	if (!may_be_somebody(other) || !share_a_key(f, row, other))
		return;
	struct match_score s = score_of(f, row, other);
	if (s.outcome != MATCH_APART)
		add_weighed(f, row, other->record.number, &s);
}

/* Whom no key leads to yet: those that the same job changes stand where they stood before it, and
 * those that said the same as this one are found by what it said then. */
static void weigh_beside(struct feed *f, struct identity_row *row)
{
	bool before = true;
	for (struct identity_row *y = f->work.rows; y != NULL; y = y->next) {
		before = before && y != row;
		if (y->weighs ? before : y->old_like == row->record.number)
			weigh_with(f, row, y);
	}
}

static void weigh(struct feed *f, struct identity_row *row)
{
	if (!may_be_somebody(row))
		return;
	const struct identity_scored *s = identity_scored_now(&f->work, row, row->foreseen);
	for (const struct match_pair *p = s == NULL ? NULL : s->pairs; p != NULL; p = p->next) {
		const struct identity_row *held = identity_work_held(&f->work, p->other);
		if (held == NULL || !held->weighs)
			add_weighed(f, row, p->other, &p->score);
	}
	weigh_beside(f, row);
}

/* ---- Ties ---- */

/* The rule says already that they are one. Two names that were never divided may both be a
 * family's. */
static bool share_evidence(const struct identity_row *x, const struct identity_row *y)
{
	for (const struct evidence *e = x->evidence; e != NULL; e = e->next) {
		const struct evidence *same = evidence_find(y->evidence, e);
		if (same != NULL && (e->divided || same->divided))
			return true;
	}
	return false;
}

/* The other one of a pair whose score ties the two; NULL: it does not. */
static struct identity_row *tied_to(struct feed *f, const struct weighed *w)
{
	struct identity_row *other = w->score.outcome == MATCH_LINK
						     && f->work.region->matching == MATCHING_LINK
					     ? identity_work_row(&f->work, w->other)
					     : NULL;
	return other != NULL && may_be_somebody(other) && !share_evidence(w->row, other) ? other
											 : NULL;
}

static void loosen(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	if (x->old_person != 0 && x->old_person == y->old_person)
		add_two(f, &f->loosened, x, y);
	feed_untie(f, x, y, TIE_SCORE);
}

static void untie_unlikely(struct feed *f, struct identity_row *row)
{
	for (const struct tie *tie = row->ties, *next; tie != NULL; tie = next) {
		next = tie->next;
		if (tie->reason != TIE_SCORE)
			continue;
		const struct weighed *w = find_weighed(f, row->record.number, tie->other);
		struct identity_row *other = identity_work_led_to(&f->work, tie->other);
		if (other != NULL && (w == NULL || tied_to(f, w) == NULL))
			loosen(f, row, other);
	}
}

static void tie_likely(struct feed *f)
{
	for (const struct weighed *w = f->weighed; w != NULL; w = w->next) {
		struct identity_row *other = tied_to(f, w);
		if (other != NULL && feed_may_tie(w->row, other, TIE_SCORE))
			feed_tie(f, w->row, other, TIE_SCORE, (struct trail_place){ 0 });
	}
}

void feed_weigh(struct feed *f)
{
	struct identity_row *const rows = f->work.rows;
	if (f->work.region->matching != MATCHING_OFF)
		for (struct identity_row *row = rows; row != NULL; row = row->next)
			if (row->weighs)
				weigh(f, row);
	for (struct identity_row *row = rows; row != NULL; row = row->next)
		if (row->weighs)
			untie_unlikely(f, row);
	tie_likely(f);
}

/* ---- Which pairs wait ---- */

static bool is_settled(const struct identity_row *row, uint64_t other)
{
	return feed_tie_with(row, other, DECIDED) != NULL;
}

static void take_decision(struct feed *f, const struct tie *tie, struct match_row *row)
{
	struct link_decision d = { .by = NULL };
	identity_decision_get(f->work.txn, f->work.arena, &tie->said, &d);
	row->is.by = d.by == NULL ? "" : d.by;
	row->is.why = d.why == NULL ? "" : d.why;
	row->is.together = tie->reason == TIE_TOGETHER;
}

/* What is kept of the pair: `known` is what was, or NULL. False: nothing. */
static bool row_of(struct feed *f, const struct weighed *w, const struct identity_row *other,
		   const struct match_row *known, struct match_row *out)
{
	const struct identity_row *x = w->row->record.number < other->record.number ? w->row
										    : other,
				  *y = x == other ? w->row : other;
	const struct tie *tie = feed_tie_with(x, y->record.number, DECIDED);
	bool awake = may_be_somebody(x) && may_be_somebody(y);
	*out = (struct match_row){ .is = { .record = x->record.number,
					   .other = y->record.number,
					   .version = x->record.version,
					   .other_version = y->record.version,
					   .since = known == NULL ? f->now : known->is.since },
				   .decided = tie != NULL };
	out->is.verdict = match_verdict_of(&w->score,
					   match_weights_id(identity_work_weights(&f->work)));
	out->is.verdict.contested = w->score.outcome == MATCH_LINK && tie == NULL
				    && f->work.region->matching == MATCHING_LINK;
	bool same = known != NULL
		    && match_same_levels(known->is.verdict.level, out->is.verdict.level);
	for (enum match_field i = 0; i < MATCH_FIELDS; i++)
		out->rests_on[i] = known != NULL && known->decided ? known->rests_on[i]
								   : out->is.verdict.level[i];
	if (tie != NULL) {
		take_decision(f, tie, out);
		out->is.waiting = MATCH_CHANGED;
		out->waits = awake && match_speaks_otherwise(out);
		if (out->waits && !known->waits)
			out->is.since = f->now;
	} else {
		out->waits = awake && w->score.outcome != MATCH_APART
			     && x->record.person != y->record.person;
	}
	if (same && awake && match_is_proposed(known, x->record.person == y->record.person)) {
		out->is.waiting = MATCH_PROPOSED;
		out->is.by = known->is.by;
		out->is.why = known->is.why;
		out->is.together = known->is.together;
		out->waits = true;
	}
	return out->waits || out->decided;
}

/* The other row of a pair: of the work, or as it stands in the store. */
static struct identity_row *other_row(struct feed *f, uint64_t number)
{
	struct identity_row *row = identity_work_held(&f->work, number);
	if (row != NULL)
		return row;
	row = arena_new(f->work.arena, struct identity_row);
	return identity_row_get(f->work.txn, f->work.arena, number, row) ? row : NULL;
}

static void settle(struct feed *f, const struct weighed *w, const struct match_row *known)
{
	struct match_row now;
	const struct identity_row *other = other_row(f, w->other);
	if (other != NULL && row_of(f, w, other, known, &now))
		match_row_put(f->work.txn, &now);
	else if (known != NULL)
		match_row_delete(f->work.txn, known->is.record, known->is.other);
}

static uint64_t other_of(const struct match_row *row, uint64_t number)
{
	return row->is.record == number ? row->is.other : row->is.record;
}

static const struct match_row *find_row(const struct match_row *list, uint64_t number,
					uint64_t other)
{
	while (list != NULL && other_of(list, number) != other)
		list = list->next;
	return list;
}

/* What a person decided is weighed by itself, whether or not a key leads there. */
static void weigh_decided(struct feed *f, struct identity_row *row)
{
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next) {
		struct identity_row *other = (1u << tie->reason & DECIDED) != 0
							     && find_weighed(f, row->record.number,
									     tie->other)
									== NULL
						     ? other_row(f, tie->other)
						     : NULL;
		if (other == NULL)
			continue;
		struct match_score s = score_of(f, row, other);
		add_weighed(f, row, tie->other, &s);
	}
}

/* What no key leads to any more waits no more, but for what somebody proposed. */
static void forget_unless_proposed(struct feed *f, struct identity_row *row,
				   const struct match_row *known)
{
	uint64_t number = other_of(known, row->record.number);
	struct identity_row *other = known->is.waiting == MATCH_PROPOSED ? other_row(f, number)
									 : NULL;
	if (other == NULL) {
		match_row_delete(f->work.txn, known->is.record, known->is.other);
		return;
	}
	const struct weighed w = { .row = row, .other = number, .score = score_of(f, row, other) };
	settle(f, &w, known);
}

/* All pairs of a row that was weighed; of a new one nothing is known. */
static void settle_row(struct feed *f, struct identity_row *row)
{
	uint64_t number = row->record.number;
	const struct match_row *known = row->old_person == 0
						? NULL
						: match_rows_of(f->work.txn, f->work.arena, number);
	for (const struct match_row *k = known; k != NULL; k = k->next)
		if (find_weighed(f, number, other_of(k, number)) == NULL)
			forget_unless_proposed(f, row, k);
	for (const struct weighed *w = f->weighed; w != NULL; w = w->next)
		if (w->row == row || (w->other == number && w->row->weighs))
			settle(f, w,
			       find_row(known, number,
					w->row == row ? w->other : w->row->record.number));
}

/* ---- Of those who were moved ---- */

static bool has_moved(const struct identity_row *row)
{
	return !row->made && row->old_person != 0 && row->record.person != row->old_person;
}

/* Who have become one person wait no more. */
static void forget_joined(struct feed *f, const struct identity_row *row)
{
	uint64_t number = row->record.number;
	for (const struct match_row *k = match_rows_of(f->work.txn, f->work.arena, number);
	     k != NULL; k = k->next) {
		const struct identity_row *other = identity_work_held(&f->work,
								      other_of(k, number));
		if (other != NULL && !k->decided && !match_is_proposed(k, true)
		    && other->record.person == row->record.person)
			match_row_delete(f->work.txn, k->is.record, k->is.other);
	}
}

static bool were_one(const struct identity_row *x, const struct identity_row *y)
{
	return x->old_person != 0 && x->old_person == y->old_person
	       && x->record.person != y->record.person;
}

/* Of two of whom nothing is kept, as if they had been told just now. */
static void ask_about(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	uint64_t other = y->record.number;
	if (is_settled(x, other) || feed_tie_with(x, other, BY_SCORE) != NULL
	    || share_a_key(f, x, y)) {
		const struct weighed w = { .row = x, .other = other, .score = score_of(f, x, y) };
		settle(f, &w, NULL);
	}
}

static void ask_about_parted(struct feed *f, struct identity_row *x)
{
	for (struct identity_row *y = x->next; y != NULL; y = y->next)
		if (were_one(x, y) && !y->weighs && may_be_somebody(y)
		    && !is_settled(x, y->record.number))
			ask_about(f, x, y);
}

static void follow_persons(struct feed *f)
{
	bool any = false, off = f->work.region->matching == MATCHING_OFF;
	for (const struct identity_row *row = f->work.rows; row != NULL; row = row->next) {
		any = any || has_moved(row);
		if (has_moved(row) && !row->weighs)
			forget_joined(f, row);
	}
	for (struct identity_row *row = f->work.rows; any && !off && row != NULL; row = row->next)
		if (!row->weighs && may_be_somebody(row))
			ask_about_parted(f, row);
}

/* ---- The trail ---- */

/* The numbers, and nothing of anybody. */
static const char *numbers_of(struct feed *f, const struct match_score *s)
{
	const struct match_weights *w = identity_work_weights(&f->work);
	struct buffer b = buffer_in(f->work.arena);
	buffer_printf(&b, "total %.2f, link from %.2f, weights %08x:", s->total, w->link_at,
		      (unsigned)match_weights_id(w));
	for (enum match_field i = 0; i < MATCH_FIELDS; i++)
		if (s->steps[i].level != NOT_SAID)
			buffer_printf(&b, " %s=%s", match_field_name(i),
				      match_level_name(i, s->steps[i].level));
	return buffer_ended(&b);
}

/* Told of the one that was fed, or else of the younger. */
static void tell(struct feed *f, struct identity_row *x, struct identity_row *y, bool linked)
{
	const struct weighed *w = find_weighed(f, x->record.number, y->record.number);
	struct match_score s = w != NULL ? w->score : score_of(f, x, y);
	bool of_x = x->weighs != y->weighs ? x->weighs : x->record.created > y->record.created;
	struct link_decision d = { .record = (of_x ? x : y)->record.number,
				   .other = (of_x ? y : x)->record.number,
				   .linked = linked,
				   .reason = tie_text(TIE_SCORE),
				   .why = numbers_of(f, &s),
				   .time = f->now };
	*(linked ? &f->out->linked : &f->out->unlinked) += 1;
	f->out->scored += linked;
	identity_decision_put(f->work.txn, &d);
}

static void tell_ties_of(struct feed *f, struct identity_row *x)
{
	for (const struct tie *tie = x->ties; tie != NULL; tie = tie->next) {
		struct identity_row *y = tie->reason == TIE_SCORE && tie->other > x->record.number
						 ? identity_work_held(&f->work, tie->other)
						 : NULL;
		if (y == NULL)
			continue;
		bool was = !tie->is_new && x->old_person == y->old_person && x->old_person != 0;
		bool is = x->record.person == y->record.person;
		if (was != is)
			tell(f, x, y, is);
	}
}

static void tell_scores(struct feed *f)
{
	for (const struct two_rows *l = f->loosened; l != NULL; l = l->next)
		tell(f, l->x, l->y, false);
	for (struct identity_row *row = f->work.rows; row != NULL; row = row->next)
		tell_ties_of(f, row);
}

/* ---- All of it ---- */

void feed_pair_anew(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	if (x != y)
		add_two(f, &f->decided, x, y);
}

/* What was kept of a pair is of no interest once somebody has decided. */
static void settle_decided(struct feed *f)
{
	for (const struct two_rows *two = f->decided; two != NULL; two = two->next) {
		match_row_delete(f->work.txn, two->x->record.number, two->y->record.number);
		if (f->work.region->matching != MATCHING_OFF)
			ask_about(f, two->x, two->y);
	}
}

void feed_settle_pairs(struct feed *f)
{
	bool off = f->work.region->matching == MATCHING_OFF;
	for (struct identity_row *row = f->work.rows; !off && row != NULL; row = row->next)
		if (row->weighs)
			weigh_decided(f, row);
	for (struct identity_row *row = f->work.rows; row != NULL; row = row->next)
		if (row->weighs)
			settle_row(f, row);
	settle_decided(f);
	follow_persons(f);
	tell_scores(f);
}

struct match_verdict identity_verdict(struct identity_work *w, struct identity_row *x,
				      struct identity_row *y)
{
	struct match_score s = identity_work_score(w, x, y);
	return match_verdict_of(&s, match_weights_id(w->weights));
}
