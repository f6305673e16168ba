/* store/consent.c: participation. What was decided stays in the history; what holds follows from
 * the events that still decide something. */
#include "store/consent_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"
#include "store/numbers.h"

static bool about_facility(enum consent_action action)
{
	return action == CONSENT_EXCLUDE || action == CONSENT_INCLUDE;
}

static bool is_complete(const struct consent_event *e, struct problem *p)
{
	if (text_empty(e->reason) || text_empty(e->by))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "a change of participation needs a reason and who says so");
	if (about_facility(e->action) != text_empty(e->facility))
		return true;
	return problem_set(p, PROBLEM_REQUEST_INVALID,
			   about_facility(e->action)
				   ? "which facility is to be excluded or included?"
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
	struct kept_events list;
	if (!consent_events_get(w->txn, w->arena, row->record.number, &list))
		return; /* the store has failed */
	consent_events_add(w->arena, &list, e);
	consent_events_bound(&list);
	consent_events_put(w->txn, row->record.number, &list);
	consent_history_put(w->txn, row->record.number, e);
	if (row->base != row->record.version)
		row->dirty = true;
	row->base = row->record.version;
}

/* After all that was ever decided of the person's records, by whichever node: what is said last is
 * what holds. */
static uint64_t next_sequence(struct identity_work *w, uint64_t person)
{
	uint64_t least = 0;
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next) {
		uint64_t last = row->made || row->record.person != person
					? 0
					: consent_last_sequence(w->txn, row->record.number);
		if (last > least)
			least = last;
	}
	return number_next_after(w->txn, NUMBER_CONSENT_EVENT, least);
}

/* The record that was named, and all of the person's that bear its identity. */
static void keep_with_all(struct identity_work *w, struct identity_row *named,
			  const struct consent_event *e, struct consent_coverage *out)
{
	uint64_t person = named->record.person;
	struct kept_event kept = { .event = *e,
				   .sequence = next_sequence(w, person),
				   .origin = named->record.number,
				   .version = named->record.version };
	const struct identity_core *who = identity_work_core(w, named);
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
	if (named != NULL)
		keep_with_all(&w, named, e, out);
	if (!store_failed(t) && identity_partition(&w))
		return true;
	*p = *store_problem(t);
	return false;
}

/* The newest of them, each once. */
struct page {
	struct kept_events events;
	size_t most;
};

static bool has_number(const struct page *p, uint64_t sequence)
{
	for (size_t i = 0; i < p->events.count; i++)
		if (p->events.all[i]->sequence == sequence)
			return true;
	return false;
}

/* False: there is no room, for it and for what comes after it, which is older. */
static bool put_on_page(struct arena *a, struct page *p, const struct kept_event *e)
{
	struct kept_events *l = &p->events;
	bool full = l->count == p->most;
	if (has_number(p, e->sequence))
		return true;
	if (full && e->sequence < l->all[0]->sequence)
		return false;
	if (full)
		memmove(l->all, l->all + 1, --l->count * sizeof *l->all);
	consent_events_add(a, l, e);
	return true;
}

static void read_history(struct store_txn *t, struct arena *a, uint64_t subject, uint64_t before,
			 struct page *p)
{
	struct store_cursor *c = consent_history_before(t, subject, before);
	struct kept_event e;
	struct bytes key, row;
	bool more = true;
	while (more && store_next(c, &key, &row))
		more = consent_history_read(a, key, row, &e)
			       ? put_on_page(a, p, &e)
			       : store_damaged(t, "the history of consent cannot be read");
	store_scan_end(c);
}

struct consent_event *consent_history(struct store_txn *t, struct arena *a,
				      const struct record_numbers *subjects, uint64_t before,
				      unsigned limit)
{
	struct page page = { .most = limit };
	struct consent_event *first = NULL;
	for (size_t i = 0; limit != 0 && i < subjects->count; i++)
		read_history(t, a, subjects->numbers[i], before != 0 ? before : UINT64_MAX, &page);
	for (size_t i = 0; i < page.events.count; i++) {
		struct consent_event *e = &page.events.all[i]->event;
		e->number = page.events.all[i]->sequence;
		e->next = first;
		first = e;
	}
	return first;
}
