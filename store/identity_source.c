/* store/identity_source.c: what sources say beside feeds and merges: an id was wrong and is another
 * one, two ids are one patient's, or are not. ITI TF-2: 3.30.6.5, 3.30.6.6, 3.30.6.7.
 *
 * A link is a tie of one message: it joins nobody who contradicts anybody, and so no source can
 * make strangers one person by it. Who unlinks knows his own patients: where they stay one by
 * evidence they are decided to be apart, in his name, as a person would have it. */
#include "store/identity_match.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

/* ---- An id ---- */

static bool may_change(const struct identity_row *row, struct problem *p)
{
	if (row->made)
		return problem_set(p, PROBLEM_DUPLICATE_KEY,
				   "the id is one the region gave itself");
	return row->record.status == RECORD_ACTIVE
	       || problem_set(p, PROBLEM_UNKNOWN_KEY,
			      "the id was merged into another one and is no patient's any more");
}

/* When it became another one: not before what was heard of it last. */
static void retire_id(struct feed *f, const struct identity_row *row)
{
	instant when = row->occurred > f->occurred ? row->occurred : f->occurred;
	if (when != 0)
		identity_retire(f->work.txn, row->record.domain, row->record.id, when);
}

static void rename_row(struct feed *f, struct identity_row *row, const char *now)
{
	struct patient_record *r = &row->record;
	struct key k;
	feed_keep_history(f, row);
	retire_id(f, row);
	store_delete(f->work.txn, identity_id_key(f->work.txn, &k, r->domain, r->id));
	identity_id_put(f->work.txn, r->domain, now, r->number);
	identity_retired_no_more(f->work.txn, r->domain, now);
	identity_move_awaited(f->work.txn, r->domain, r->id, now);
	r->id = now;
	r->updated = f->now;
	feed_next_version(f, row);
	row->dirty = f->changed = true;
	feed_decide(f, r->number, 0, true, "id changed");
	feed_settle_awaited(f, row);
}

bool identity_change_id(struct store_txn *t, const struct region *r, const char *domain,
			const char *id, const char *now, int64_t occurred, struct feed_outcome *out,
			struct problem *p)
{
	struct feed f = feed_begin(t, r, "", out);
	const struct patient_identifier to = { .universal_id = domain, .id = now };
	uint64_t number;
	f.occurred = occurred > f.now ? f.now : occurred;
	bool known = identity_id_get(t, f.work.arena, domain, id, &number);
	struct identity_row *row = known ? identity_work_led_to(&f.work, number) : NULL;
	if (row == NULL)
		problem_set(p, PROBLEM_UNKNOWN_KEY, "the id is not known");
	if (row == NULL || !may_change(row, p))
		return feed_finish(t, false, p);
	if (identity_id_get(t, f.work.arena, domain, now, &number))
		return problem_set(p, PROBLEM_DUPLICATE_KEY,
				   "the new id is a patient's already: these are to be merged");
	out->older = identity_retired_after(t, &to, f.occurred);
	if (out->older)
		return feed_finish(t, true, p);
	rename_row(&f, row, now);
	return feed_finish(t, feed_end(&f, row), p);
}

/* ---- Two of them ---- */

static const char source[] = "system ";

/* Decisions of a former release bear no name, and were a person's. */
static bool by_source(struct feed *f, const struct tie *tie)
{
	struct link_decision d = { .by = NULL };
	return identity_decision_get(f->work.txn, f->work.arena, &tie->said, &d) && d.by != NULL
	       && strncmp(d.by, source, strlen(source)) == 0;
}

static bool was_fed(const struct identity_row *row, struct problem *p)
{
	return (row != NULL && !row->made && row->record.status == RECORD_ACTIVE)
	       || problem_set(p, PROBLEM_UNKNOWN_KEY, "there is no such record of a facility");
}

/* Both, with their persons; false with the problem. */
static bool find_pair(struct feed *f, uint64_t record, uint64_t other, struct identity_row **x,
		      struct identity_row **y, struct problem *p)
{
	*x = identity_work_row(&f->work, record);
	*y = identity_work_row(&f->work, other);
	if (!was_fed(*x, p) || !was_fed(*y, p))
		return false;
	return *x != *y
	       || problem_set(p, PROBLEM_REQUEST_INVALID,
			      "both ids are of one and the same record");
}

static void explore_pair(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	identity_work_explore(&f->work, x);
	identity_work_explore(&f->work, y);
}

static bool too_many(struct problem *p)
{
	return problem_set(p, PROBLEM_TOO_MANY_RELATED,
			   "more than %d links or decisions about one record", TIES_MOST);
}

/* What its source decided is its source's to take back. */
static bool take_back_apart(struct feed *f, struct identity_row *x, struct identity_row *y,
			    struct problem *p)
{
	const struct tie *apart = feed_tie_with(x, y->record.number, 1u << TIE_APART);
	if (apart == NULL)
		return true;
	if (!by_source(f, apart))
		return problem_set(p, PROBLEM_CONFLICT,
				   "the region's operator decided that these are two patients");
	feed_untie(f, x, y, TIE_APART);
	feed_pair_anew(f, x, y);
	feed_decide(f, x->record.number, y->record.number, true, "undone");
	return true;
}

static bool link_pair(struct feed *f, struct identity_row *x, struct identity_row *y,
		      struct problem *p)
{
	enum { ONE = 1u << TIE_SAME_MESSAGE | 1u << TIE_TOGETHER };
	uint64_t number = x->record.number, other = y->record.number;
	if (!take_back_apart(f, x, y, p))
		return false;
	explore_pair(f, x, y);
	if (feed_tie_with(x, other, ONE) != NULL)
		return true;
	if (!feed_may_tie(x, y, TIE_SAME_MESSAGE))
		return too_many(p);
	feed_tie(f, x, y, TIE_SAME_MESSAGE, (struct trail_place){ 0 });
	explore_pair(f, x, y);
	feed_decide(f, number, other, true, tie_text(TIE_SAME_MESSAGE));
	return true;
}

bool identity_link(struct store_txn *t, const struct region *r, const char *system, uint64_t record,
		   uint64_t other, struct feed_outcome *out, struct problem *p)
{
	struct feed f = feed_begin(t, r, system, out);
	struct identity_row *x, *y;
	bool done = find_pair(&f, record, other, &x, &y, p) && link_pair(&f, x, y, p)
		    && feed_end(&f, x);
	out->apart = done && x->record.person != y->record.person;
	return feed_finish(t, done, p);
}

/* What was linked by a message is as it was before; out->apart: they are two now. */
static bool take_back_link(struct store_txn *t, const struct region *r, const char *system,
			   uint64_t record, uint64_t other, struct feed_outcome *out,
			   struct problem *p)
{
	struct feed f = feed_begin(t, r, system, out);
	struct identity_row *x, *y;
	if (!find_pair(&f, record, other, &x, &y, p))
		return false;
	if (feed_tie_with(x, other, 1u << TIE_TOGETHER) != NULL)
		return problem_set(p, PROBLEM_CONFLICT,
				   "the region's operator decided that these are one patient");
	if (feed_tie_with(x, other, 1u << TIE_SAME_MESSAGE) != NULL) {
		explore_pair(&f, x, y);
		feed_untie(&f, x, y, TIE_SAME_MESSAGE);
		feed_decide(&f, record, other, false, "unlinked");
	}
	bool done = feed_end(&f, x);
	out->apart = x->record.person != y->record.person;
	return done;
}

static bool part(struct store_txn *t, const struct region *r, const char *system, uint64_t record,
		 uint64_t other, struct feed_outcome *out, struct problem *p)
{
	struct feed f = feed_begin(t, r, system, out);
	struct identity_row *x, *y;
	f.said = (struct person_decision){ text_joined(f.work.arena, source, system, NULL),
					   "its source unlinked the two" };
	if (!find_pair(&f, record, other, &x, &y, p))
		return false;
	if (!feed_may_tie(x, y, TIE_APART))
		return too_many(p);
	explore_pair(&f, x, y);
	struct trail_place said = feed_decide(&f, record, other, false, tie_text(TIE_APART));
	feed_tie(&f, x, y, TIE_APART, said);
	feed_pair_anew(&f, x, y);
	out->apart = feed_end(&f, x) && x->record.person != y->record.person;
	return out->apart;
}

bool identity_unlink(struct store_txn *t, const struct region *r, const char *system,
		     uint64_t record, uint64_t other, struct feed_outcome *out, struct problem *p)
{
	bool done = take_back_link(t, r, system, record, other, out, p);
	if (done && !out->apart)
		done = part(t, r, system, record, other, out, p);
	return feed_finish(t, done, p);
}
