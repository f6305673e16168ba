/* store/identity_merge.c: what sources say: two ids are one patient's, and one of them is gone. ITI
 * TF-2: 3.8.4.2.3. What held for the subsumed id holds for its survivor: its evidence stays, and
 * links the survivor as long as the two do not contradict (store/identity_join.c). */
#include "store/identity_match.h"

#include "gateway/base/text.h"

static struct identity_row *row_of(struct feed *f, const char *domain, const char *id)
{
	uint64_t number;
	return identity_id_get(f->work.txn, f->work.arena, domain, id, &number)
		       ? identity_work_led_to(&f->work, number)
		       : NULL;
}

/* What a person decided of the subsumed record holds for who speaks for it from now on, and is
 * taken back there, however many decisions that makes. */
static void pass_decisions_on(struct feed *f, struct identity_row *speaker,
			      struct identity_row *subsumed)
{
	for (const struct tie *tie = subsumed->ties; tie != NULL; tie = tie->next) {
		struct identity_row *other = tie->reason == TIE_APART || tie->reason == TIE_TOGETHER
						     ? identity_work_row(&f->work, tie->other)
						     : NULL;
		if (other != NULL) {
			feed_tie(f, speaker, other, tie->reason, tie->said);
			feed_untie(f, subsumed, other, tie->reason);
			feed_pair_anew(f, speaker, other);
		}
	}
}

static void subsume_fed(struct feed *f, struct identity_row *survivor,
			struct identity_row *subsumed, struct identity_row *speaker)
{
	feed_watch_links(f, subsumed, "merge");
	feed_keep_history(f, subsumed);
	feed_next_version(f, subsumed);
	subsumed->record.updated = f->now;
	subsumed->weighs = true;
	feed_decide(f, subsumed->record.number, survivor->record.number, true, "merge");
	identity_move_awaited(f->work.txn, subsumed->record.domain, subsumed->record.id,
			      speaker->record.id);
	pass_decisions_on(f, speaker, subsumed);
}

/* Of a record made by us its anchor, a facility's. NULL: the store is damaged. */
static struct identity_row *fed_row(struct feed *f, struct identity_row *row)
{
	struct identity_row *fed = row->made ? identity_work_row(&f->work, row->anchor) : row;
	if (fed == NULL)
		identity_row_broken(f->work.txn, "patient record", row->anchor);
	return fed;
}

/* A record made by us stands for its whole person: merging two of them makes the persons one. */
static void subsume_made(struct feed *f, struct identity_row *survivor,
			 struct identity_row *subsumed)
{
	struct identity_row *from = fed_row(f, subsumed), *to = fed_row(f, survivor);
	if (from != NULL && to != NULL && feed_may_tie(from, to, TIE_MERGE)
	    && feed_tie(f, from, to, TIE_MERGE, (struct trail_place){ 0 }))
		feed_decide(f, from->record.number, to->record.number, true, "merge");
}

static void subsume(struct feed *f, struct identity_row *survivor, struct identity_row *subsumed,
		    struct identity_row *speaker)
{
	if (subsumed->made)
		subsume_made(f, survivor, subsumed);
	else
		subsume_fed(f, survivor, subsumed, speaker);
	identity_doubts_move(f->work.txn, subsumed, subsumed->record.source_system, 0);
	subsumed->record.status = RECORD_SUBSUMED;
	subsumed->record.survivor = survivor->record.number;
	subsumed->dirty = true;
	f->changed = true;
}

struct identity_row *feed_speaker(struct feed *f, struct identity_row *row)
{
	enum { MERGES_MOST = 1000 };
	for (unsigned i = 0; row != NULL && row->record.status == RECORD_SUBSUMED; i++)
		row = i == MERGES_MOST ? NULL : identity_work_row(&f->work, row->record.survivor);
	return row;
}

/* A record made by us is apart from whom its anchor is apart from. */
static bool are_apart(struct feed *f, struct identity_row *x, struct identity_row *y)
{
	struct identity_row *one = fed_row(f, x), *other = fed_row(f, y);
	return one != NULL && other != NULL
	       && feed_tie_with(one, other->record.number, 1u << TIE_APART) != NULL;
}

static bool may_merge(struct feed *f, struct identity_row *to, struct identity_row *from,
		      struct identity_row *speaker, struct problem *p)
{
	if (to == NULL || from == NULL)
		return problem_set(p, PROBLEM_UNKNOWN_KEY, "the %s id is not known",
				   to == NULL ? "surviving" : "subsumed");
	if (speaker == NULL || speaker == from)
		return problem_set(p, PROBLEM_MERGE_REFUSED,
				   "the surviving id was itself merged into the subsumed one");
	if (from->record.status == RECORD_ACTIVE && are_apart(f, from, speaker))
		return problem_set(p, PROBLEM_MERGE_REFUSED,
				   "the region's operator decided that these are two patients");
	return from->record.status == RECORD_ACTIVE || feed_speaker(f, from) == speaker
	       || problem_set(p, PROBLEM_MERGE_REFUSED,
			      "the subsumed id was merged into another one before");
}

/* How many of the domain were merged into the persons of these two. */
static unsigned merged(const struct feed *f, const char *domain, const struct identity_row *to,
		       const struct identity_row *from)
{
	unsigned count = 0;
	for (const struct identity_row *row = f->work.rows; row != NULL; row = row->next)
		count += !row->made && row->record.status == RECORD_SUBSUMED
			 && (row->old_person == to->old_person
			     || row->old_person == from->old_person)
			 && text_equal(row->record.domain, domain);
	return count;
}

bool identity_merge(struct store_txn *t, const struct region *r, const char *domain,
		    const char *survivor, const char *subsumed, struct feed_outcome *out,
		    struct problem *p)
{
	struct feed f = feed_begin(t, r, "", out);
	if (text_equal(survivor, subsumed))
		return problem_set(p, PROBLEM_MERGE_REFUSED, "an id cannot be merged into itself");
	struct identity_row *to = row_of(&f, domain, survivor),
			    *from = row_of(&f, domain, subsumed), *speaker = feed_speaker(&f, to);
	if (!may_merge(&f, to, from, speaker, p))
		return feed_finish(t, false, p);
	if (from->record.status == RECORD_ACTIVE && !from->made
	    && merged(&f, domain, to, from) >= MERGED_MOST)
		return problem_set(
			p, PROBLEM_TOO_MANY_RELATED,
			"%d ids of this domain were merged into this patient, and that is "
			"as many as there may be (MERGED_MOST)",
			MERGED_MOST);
	if (from->record.status == RECORD_ACTIVE)
		subsume(&f, to, from, speaker);
	return feed_finish(t, feed_end(&f, to), p);
}
