/* store/identity_decide.c: what a person decides of records: apart, together, undone, confirmed. */
#include "store/identity_match.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static bool needs_reason(const struct person_decision *d, struct problem *p)
{
	if (!text_empty(d->by) && !text_empty(d->why))
		return true;
	return problem_set(p, PROBLEM_REQUEST_INVALID, "a decision needs a reason and who says so");
}

static bool was_fed(const struct identity_row *row, struct problem *p)
{
	if (row != NULL && !row->made)
		return true;
	return problem_set(p, PROBLEM_UNKNOWN_PATIENT, "there is no such record of a facility");
}

static bool has_tie(const struct identity_row *row, uint64_t other, enum tie_reason reason)
{
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		if (tie->other == other && tie->reason == reason)
			return true;
	return false;
}

/* A later decision takes the place of the one before; the decisions themselves stay in the
 * trail. */
static bool decide_pair(struct feed *f, struct identity_row *x, struct identity_row *y,
			enum pair_decision what, struct problem *p)
{
	enum tie_reason reason = what == PAIR_APART ? TIE_APART : TIE_TOGETHER;
	uint64_t number = x->record.number, other = y->record.number;
	bool apart = has_tie(x, other, TIE_APART), together = has_tie(x, other, TIE_TOGETHER);
	if (what == PAIR_UNDO && !apart && !together)
		return problem_set(p, PROBLEM_CONFLICT,
				   "nothing was decided about these two records");
	if (what != PAIR_UNDO && has_tie(x, other, reason))
		return true;
	feed_untie(f, x, y, TIE_APART);
	feed_untie(f, x, y, TIE_TOGETHER);
	if (what == PAIR_UNDO && together) {
		f->work.undone[0] = x;
		f->work.undone[1] = y;
	}
	if (what != PAIR_UNDO && !feed_may_tie(x, y, reason))
		return problem_set(p, PROBLEM_CONFLICT, "more than %d decisions about one record",
				   TIES_MOST);
	struct trail_place said = feed_decide(f, number, other, what == PAIR_TOGETHER,
					      what == PAIR_UNDO ? "undone" : tie_text(reason));
	if (what != PAIR_UNDO)
		feed_tie(f, x, y, reason, said);
	feed_pair_anew(f, x, y);
	identity_work_explore(&f->work, x);
	identity_work_explore(&f->work, y);
	return true;
}

/* Of a record that was merged away: the one that speaks for it. False with the problem. */
static bool find_pair(struct feed *f, uint64_t record, uint64_t other, struct identity_row **x,
		      struct identity_row **y, struct problem *p)
{
	*x = feed_speaker(f, identity_work_row(&f->work, record));
	*y = feed_speaker(f, identity_work_row(&f->work, other));
	if (!was_fed(*x, p) || !was_fed(*y, p))
		return false;
	return *x != *y
	       || problem_set(p, PROBLEM_REQUEST_INVALID,
			      "both ids are of one and the same record");
}

bool identity_pair_of(struct store_txn *t, const struct region *r, uint64_t *record,
		      uint64_t *other, const struct person_decision *d, struct problem *p)
{
	struct feed_outcome out;
	struct feed f = feed_begin(t, r, "", &out);
	struct identity_row *x, *y;
	if (!needs_reason(d, p))
		return false;
	if (!find_pair(&f, *record, *other, &x, &y, p))
		return feed_finish(t, false, p);
	*record = x->record.number;
	*other = y->record.number;
	return true;
}

bool identity_decide_pair(struct store_txn *t, const struct region *r, uint64_t record,
			  uint64_t other, enum pair_decision what, const struct person_decision *d,
			  struct feed_outcome *out, struct problem *p)
{
	struct feed f = feed_begin(t, r, "", out);
	f.said = *d;
	if (!needs_reason(d, p))
		return false;
	struct identity_row *x, *y;
	if (!find_pair(&f, record, other, &x, &y, p))
		return feed_finish(t, false, p);
	return feed_finish(t, decide_pair(&f, x, y, what, p) && feed_end(&f, x), p);
}

struct pair_decided *identity_pairs_decided(struct store_txn *t, struct arena *a, uint64_t record)
{
	struct identity_row row;
	struct pair_decided *first = NULL, **last = &first;
	if (!identity_row_get(t, a, record, &row))
		return NULL;
	for (const struct tie *tie = row.ties; tie != NULL; tie = tie->next) {
		struct link_decision d = { .by = NULL };
		if (tie->reason != TIE_APART && tie->reason != TIE_TOGETHER)
			continue;
		identity_decision_get(t, a, &tie->said, &d);
		*last = arena_new(a, struct pair_decided);
		**last = (struct pair_decided){ .other = tie->other,
						.by = d.by,
						.why = d.why,
						.together = tie->reason == TIE_TOGETHER,
						.time = tie->time };
		last = &(*last)->next;
	}
	return first;
}

bool identity_confirm(struct store_txn *t, const struct region *r, uint64_t record,
		      const struct person_decision *d, struct feed_outcome *out, struct problem *p)
{
	struct feed f = feed_begin(t, r, "", out);
	f.said = *d;
	if (!needs_reason(d, p))
		return false;
	struct identity_row *row = identity_work_row(&f.work, record);
	if (!was_fed(row, p))
		return feed_finish(t, false, p);
	if (!row_rests(row))
		return problem_set(p, PROBLEM_CONFLICT,
				   "the record does not rest: there is nothing to confirm");
	row->unsettled &= ~(unsigned)UNSETTLED_IDENTITY;
	row->base = row->record.version;
	row->dirty = row->weighs = f.changed = true;
	identity_work_explore(&f.work, row);
	feed_decide(&f, record, 0, true, "confirmed");
	return feed_finish(t, feed_end(&f, row), p);
}
