/* profiles/actors/identity_management.c: the Patient Identifier Cross-reference Manager hears that
 * an id was wrong, that two ids are one patient's or are not, that a patient is none, and of
 * visits. ITI TF-2: 3.30.6.5 to 3.30.6.7; HL7 2.5: 3.3.23, 3.3.29.
 *
 * Each id is of a domain the sender feeds: nobody changes, links or parts another's patients. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/feeding.h"

/* Ids that one message may link with others: each with each, and for each persons are divided
 * anew. */
enum { LINKED_MOST = 4 };

/* That an id is not known is no error here, but news for who believes that it is. */
static bool pass_over(struct feeding *f, const struct patient_identifier *id, const char *what)
{
	struct finding *warning = feeding_warning(f);
	warning->location = "id";
	problem_at(&warning->problem, PROBLEM_UNKNOWN_KEY, id->where == NULL ? "" : id->where,
		   "not known: %s", what);
	return true;
}

/* ---- An id was wrong ---- */

/* Of one nobody knows at most a link is kept (ITI TF-2: 3.30.6.5.4). */
static bool change_awaited(struct feeding *f, const struct patient_identifier *now,
			   const struct patient_identifier *prior)
{
	struct feed_outcome done;
	struct problem why = { .code = PROBLEM_NONE };
	if (!identity_change_awaited(f->txn, f->region, prior->universal_id, prior->id, now->id,
				     &done, &why))
		return feeding_refuse(f, why.code, prior, false, why.what);
	return pass_over(f, prior, "no patient was changed");
}

bool feeding_change_id(struct feeding *f, const struct patient_identifier *now,
		       const struct patient_identifier *prior)
{
	struct feed_outcome done;
	struct patient_record r;
	struct problem why = { .code = PROBLEM_NONE };
	if (!feeding_known(f, prior, &r))
		return change_awaited(f, now, prior);
	if (!identity_change_id(f->txn, f->region, prior->universal_id, prior->id, now->id,
				f->feed->occurred, &done, &why))
		return feeding_refuse(f, why.code, why.code == PROBLEM_DUPLICATE_KEY ? now : prior,
				      false, why.what);
	if (done.older)
		return pass_over(f, now, "it has become another id since; nothing was changed");
	f->out->effect = FEED_UPDATED;
	return true;
}

static bool change_ids(struct feeding *f)
{
	if (!feeding_own_ids(f, f->feed->ids, &f->out->ids)
	    || !feeding_own_ids(f, f->feed->subsumed, &f->out->subsumed))
		return false;
	for (const struct patient_identifier *prior = f->out->subsumed; prior != NULL;
	     prior = prior->next) {
		const struct patient_identifier *now = feeding_partner(f->out->ids, prior);
		if (now == NULL)
			return feeding_refuse(f, PROBLEM_MERGE_REFUSED, prior, true,
					      "a change must stay within one assigning authority");
		if (text_equal(now->id, prior->id))
			return feeding_refuse(f, PROBLEM_MERGE_REFUSED, prior, false,
					      "an id cannot be changed into itself");
		if (!feeding_change_id(f, now, prior))
			return false;
	}
	return true;
}

/* ---- Two are one, or are not ---- */

static unsigned count_of(const struct patient_identifier *ids)
{
	unsigned count = 0;
	for (; ids != NULL; ids = ids->next)
		count++;
	return count;
}

static bool may_link(struct feeding *f, const struct patient_identifier *ids)
{
	return count_of(ids) <= LINKED_MOST
	       || feeding_refuse(f, PROBLEM_TOO_LARGE, ids, false,
				 "more than 4 ids of one patient are linked with another's");
}

/* An id that is nobody's any more, and will be nobody's again. */
static bool is_subsumed(const struct patient_record *r)
{
	return r->number != 0 && r->status == RECORD_SUBSUMED;
}

struct said_of {
	const struct patient_identifier *id;
	struct patient_record record; /* number 0: nobody has the id */
};

static void tell_contested(struct feeding *f, const struct patient_identifier *id)
{
	struct finding *warning = feeding_warning(f);
	warning->location = "id";
	problem_at(&warning->problem, PROBLEM_CONFLICT, id->where == NULL ? "" : id->where,
		   "kept, and not linked: what is known of the two contradicts, or one of them "
		   "waits for the region's operator");
}

/* What is said of two records, or of ids of which one has none; false with the problem in why. */
static bool say_of_two(struct feeding *f, const struct said_of *x, const struct said_of *y,
		       struct feed_outcome *done, struct problem *why)
{
	bool links = f->feed->kind == FEED_LINK,
	     known = x->record.number != 0 && y->record.number != 0;
	uint64_t one = x->record.number, other = y->record.number;
	const char *system = f->sender->name;
	if (!known)
		return links ? identity_await(f->txn, system, x->id, y->id, f->feed->occurred, done,
					      why)
			     : identity_await_no_more(f->txn, x->id, y->id, done, why);
	return links ? identity_link(f->txn, f->region, system, one, other, done, why)
		     : identity_unlink(f->txn, f->region, system, one, other, done, why);
}

/* Of the link of ids that nobody has the sender is told: one may be mistyped. */
static void tell_awaited(struct feeding *f, const struct said_of *side,
			 const struct feed_outcome *done)
{
	if (side->record.number != 0)
		return;
	if (f->feed->kind == FEED_UNLINK && done->effect == FEED_UNCHANGED)
		pass_over(f, side->id, "there is no link");
	else if (f->feed->kind == FEED_LINK)
		pass_over(f, side->id,
			  done->older
				  ? "no link is kept, for one of the two became another id since"
				  : "the link is kept, and is made when the id is fed");
}

static bool link_two(struct feeding *f, const struct patient_identifier *one,
		     const struct patient_identifier *other)
{
	bool links = f->feed->kind == FEED_LINK;
	struct said_of x = { .id = one }, y = { .id = other };
	struct feed_outcome done;
	struct problem why = { .code = PROBLEM_NONE };
	const char *const nothing = links ? "no link is kept" : "there is no link";
	feeding_known(f, one, &x.record);
	feeding_known(f, other, &y.record);
	if (is_subsumed(&x.record))
		return pass_over(f, one, nothing);
	if (is_subsumed(&y.record))
		return pass_over(f, other, nothing);
	if (text_equal(one->id, other->id) && text_equal(one->universal_id, other->universal_id))
		return feeding_refuse(f, PROBLEM_MERGE_REFUSED, other, false,
				      "both patients are named by the same id");
	if (!say_of_two(f, &x, &y, &done, &why))
		return feeding_refuse(f, why.code, other, false, why.what);
	if (done.effect != FEED_UNCHANGED)
		f->out->effect = FEED_UPDATED;
	tell_awaited(f, &x, &done);
	tell_awaited(f, &y, &done);
	if (links && done.apart)
		tell_contested(f, other);
	return true;
}

static bool link_ids(struct feeding *f)
{
	if (!feeding_own_ids(f, f->feed->ids, &f->out->ids)
	    || !feeding_own_ids(f, f->feed->subsumed, &f->out->subsumed)
	    || !may_link(f, f->out->ids) || !may_link(f, f->out->subsumed))
		return false;
	for (const struct patient_identifier *one = f->out->ids; one != NULL; one = one->next)
		for (const struct patient_identifier *other = f->out->subsumed; other != NULL;
		     other = other->next)
			if (!link_two(f, one, other))
				return false;
	return true;
}

/* ---- A patient is none; something about a visit ---- */

/* Those of the feed's that are somebody's; of the others the sender is told. */
static bool known_ids(struct feeding *f, const char *nothing)
{
	if (!feeding_own_ids(f, f->feed->ids, &f->out->ids))
		return false;
	struct patient_identifier **at = &f->out->ids;
	for (struct patient_record r; *at != NULL;) {
		bool is_known = feeding_known(f, *at, &r);
		if (is_known && r.status == RECORD_SUBSUMED)
			return feeding_refuse(
				f, PROBLEM_UNKNOWN_KEY, *at, false,
				"the id was merged into another one and is no patient's any more");
		if (is_known) {
			at = &(*at)->next;
			continue;
		}
		pass_over(f, *at, nothing);
		*at = (*at)->next;
	}
	return true;
}

/* The id stays, and what hangs on it; what was said of the patient goes, to the history. */
static bool forget(struct feeding *f)
{
	static const struct patient_demographics nothing = {
		.birth_date = "",
		.sex = "",
		.mothers_maiden_name = "",
		.multiple_birth = "",
		.birth_order = "",
		.deceased = "",
		.deceased_time = "",
		.identity_unknown = "",
		.delete_names = true,
		.delete_addresses = true,
		.delete_telecoms = true,
		.delete_insurances = true,
		.delete_all = true,
	};
	struct identity_feed gone = *f->feed;
	struct feeding forgetting = *f;
	gone.demographics = nothing;
	forgetting.feed = &gone;
	return known_ids(f, "there is nothing to delete")
	       && (f->out->ids == NULL || feeding_put(&forgetting));
}

/* Who is admitted, goes, or did not come after all is the same patient as before: demographics
 * change by A08 and A31. Only a discharge says that he died (ITI TF-2: 3.30.5.3, PID-29, 30). */
static bool hear_of_visit(struct feeding *f)
{
	const struct patient_demographics *said = &f->feed->demographics;
	return known_ids(f, "a visit makes no patient")
	       && (f->out->ids == NULL || (said->deceased == NULL && said->deceased_time == NULL)
		   || feeding_put(f));
}

bool feeding_manage(struct feeding *f)
{
	switch (f->feed->kind) {
	case FEED_CHANGE_ID: return change_ids(f);
	case FEED_LINK:
	case FEED_UNLINK: return link_ids(f);
	case FEED_DELETE: return forget(f);
	default: return hear_of_visit(f);
	}
}
