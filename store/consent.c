/* store/consent.c: participation. What holds follows from the events that still decide something;
 * those that do not any more are history. */
#include "store/consent_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent_papers.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"
#include "store/numbers.h"

static bool about_facility(enum consent_action action)
{
	return action >= CONSENT_EXCLUDE;
}

static bool times_are_right(const struct consent_event *e, struct problem *p)
{
	if (e->until == 0 || (e->until > e->time && e->until > e->from))
		return true;
	return problem_at(p, PROBLEM_REQUEST_INVALID, "until",
			  "a decision ends after it was made, and after it begins");
}

static bool is_complete(const struct consent_event *e, struct problem *p)
{
	if (text_empty(e->reason) || text_empty(e->by))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "a change of participation needs a reason and who says so");
	if (e->action == CONSENT_GRANT && text_empty(e->groups))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "which groups of documents are to be opened?");
	if (about_facility(e->action) != text_empty(e->facility))
		return times_are_right(e, p);
	return problem_set(p, PROBLEM_REQUEST_INVALID,
			   about_facility(e->action)
				   ? "which facility is the decision about?"
				   : "joining and leaving are not about one facility");
}

static void add_number(struct arena *a, struct record_numbers *list, uint64_t number)
{
	list->numbers = arena_resize(a, list->numbers, list->count * sizeof(uint64_t),
				     (list->count + 1) * sizeof(uint64_t));
	list->numbers[list->count++] = number;
}

/* A person who decides has been seen: what the record says now is certainly his. */
static void keep(struct identity_work *w, struct identity_row *row, const struct kept_event *e)
{
	struct consent_row kept;
	uint64_t number = row->record.number;
	if (!consent_row_get(w->txn, w->arena, number, &kept))
		return; /* the store has failed */
	consent_events_add(w->arena, &kept.events, e);
	struct kept_events before = consent_events_copy(w->arena, &kept.events);
	consent_events_bound(&kept.events);
	consent_history_follow(w->txn, number, &before, &kept.events);
	consent_row_put(w->txn, number, &kept);
	if (row->base != row->record.version)
		row->dirty = true;
	row->base = row->record.version;
}

static void come_after(struct kept_event *e, uint64_t *least, const struct kept_event *before)
{
	if (before->sequence > *least)
		*least = before->sequence;
	if (before->event.time >= e->event.time)
		e->event.time = before->event.time + 1;
}

/* After all that was decided of the person's records before, in number and in time, whichever node
 * decided it and whatever its clock said: the last word is what holds. */
static void come_last(struct identity_work *w, uint64_t person, struct kept_event *e)
{
	uint64_t least = 0;
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next) {
		struct consent_row decides;
		struct kept_event last;
		if (row->made || row->record.person != person)
			continue;
		consent_row_get(w->txn, w->arena, row->record.number, &decides);
		for (size_t i = 0; i < decides.events.count; i++)
			come_after(e, &least, decides.events.all[i]);
		if (consent_history_last(w->txn, w->arena, row->record.number, &last))
			come_after(e, &least, &last);
	}
	e->sequence = number_next_after(w->txn, NUMBER_CONSENT_EVENT, least);
}

/* Each feed of the person reads them all, and nobody visits so many at once. */
enum { TIMED_MOST = 32 };

static bool has_room(struct identity_work *w, const struct identity_row *named,
		     const struct consent_event *e, struct problem *p)
{
	struct consent_row row;
	size_t timed = 0;
	if (!consent_event_is_timed(e)
	    || !consent_row_get(w->txn, w->arena, named->record.number, &row))
		return true; /* or the store has failed */
	for (size_t i = 0; i < row.events.count; i++) {
		const struct consent_event *kept = &row.events.all[i]->event;
		timed += consent_event_is_timed(kept)
			 && (kept->until == 0 || kept->until > e->time);
	}
	if (timed < TIMED_MOST)
		return true;
	return problem_set(p, PROBLEM_CONFLICT,
			   "%d decisions of the patient have a beginning or an end and are not "
			   "over: no more are taken",
			   TIMED_MOST);
}

/* The record that was named, and all of the person's that bear its identity. */
static void keep_with_all(struct identity_work *w, struct identity_row *named,
			  const struct consent_event *e, struct consent_coverage *out)
{
	uint64_t person = named->record.person;
	struct kept_event kept = { .event = *e,
				   .origin = named->record.number,
				   .version = named->record.version };
	const struct identity_core *who = identity_work_core(w, named);
	come_last(w, person, &kept);
	if (e->paper.kind != PAPER_NONE)
		consent_paper_keep(w->txn, kept.sequence, kept.origin, &e->paper);
	for (struct identity_row *row = w->rows; row != NULL; row = row->next) {
		if (row->made || row->record.person != person)
			continue;
		bool covered = row == named
			       || (!row_rests(row)
				   && core_speaks_for(who, identity_work_core(w, row)));
		if (covered)
			keep(w, row, &kept);
		add_number(w->arena, covered ? &out->covered : &out->others, row->record.number);
	}
}

/* A record we made speaks by its anchor. */
static struct identity_row *named_row(struct identity_work *w, uint64_t subject)
{
	struct identity_row *row = identity_work_row(w, subject);
	return row != NULL && row->made ? identity_work_row(w, row->anchor) : row;
}

bool consent_record(struct store_txn *t, const struct region *r, uint64_t subject,
		    const struct consent_event *e, struct consent_coverage *out, struct problem *p)
{
	struct identity_work w = identity_work_begin(t, r);
	*out = (struct consent_coverage){ .covered = { .count = 0 } };
	if (!is_complete(e, p))
		return false;
	struct identity_row *named = named_row(&w, subject);
	if (named == NULL && !store_failed(t))
		return problem_set(p, PROBLEM_UNKNOWN_PATIENT, "there is no such patient record");
	if (named != NULL && row_rests(named))
		return problem_set(p, PROBLEM_CONFLICT,
				   "the record has become somebody else's and rests; confirm first "
				   "that it is the same person");
	if (named != NULL && !has_room(&w, named, e, p))
		return false;
	if (named != NULL)
		keep_with_all(&w, named, e, out);
	if (!store_failed(t) && identity_partition(&w))
		return true;
	*p = *store_problem(t);
	return false;
}

/* Those with the highest numbers, each once; the lowest first. */
struct page {
	struct kept_event **all;
	size_t count, most;
};

static bool has_number(const struct page *p, uint64_t sequence)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->all[i]->sequence == sequence)
			return true;
	return false;
}

static void insert(struct arena *a, struct page *p, const struct kept_event *e)
{
	size_t at = p->count++;
	for (; at > 0 && p->all[at - 1]->sequence > e->sequence; at--)
		p->all[at] = p->all[at - 1];
	p->all[at] = arena_new(a, struct kept_event);
	*p->all[at] = *e;
}

/* False: there is no room, for it and for what comes after it, which is older. */
static bool put_on_page(struct arena *a, struct page *p, const struct kept_event *e)
{
	bool full = p->count == p->most;
	if (has_number(p, e->sequence))
		return true;
	if (full && e->sequence < p->all[0]->sequence)
		return false;
	if (full)
		memmove(p->all, p->all + 1, --p->count * sizeof *p->all);
	insert(a, p, e);
	return true;
}

/* What decides, and what is history. */
static void read_all(struct store_txn *t, struct arena *a, uint64_t subject, uint64_t before,
		     struct page *p)
{
	struct consent_row row;
	struct kept_event e;
	struct bytes key, value;
	bool more = consent_row_get(t, a, subject, &row);
	for (size_t i = 0; i < row.events.count; i++)
		if (row.events.all[i]->sequence < before)
			put_on_page(a, p, row.events.all[i]);
	struct store_cursor *c = consent_history_before(t, subject, before);
	while (more && store_next(c, &key, &value))
		more = consent_history_read(a, key, value, &e)
			       ? put_on_page(a, p, &e)
			       : store_damaged(t, "the history of consent cannot be read");
	store_scan_end(c);
}

struct consent_event *consent_history(struct store_txn *t, struct arena *a,
				      const struct record_numbers *subjects, uint64_t before,
				      unsigned limit)
{
	struct page page = { .all = arena_array(a, struct kept_event *, limit), .most = limit };
	struct consent_event *first = NULL;
	for (size_t i = 0; limit != 0 && i < subjects->count; i++)
		read_all(t, a, subjects->numbers[i], before != 0 ? before : UINT64_MAX, &page);
	for (size_t i = 0; i < page.count; i++) {
		struct consent_event *e = &page.all[i]->event;
		e->number = page.all[i]->sequence;
		e->next = first;
		first = e;
	}
	return first;
}
