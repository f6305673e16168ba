/* store/consent_past.c: who took part at an instant that is over, as it was decided and of whom. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent_rows.h"
#include "store/consent_settling.h"
#include "store/identity_past.h"
#include "store/identity_rows.h"

struct then {
	struct settling settling;
	const struct identity_past *past;
	bool *joined; /* by place in the person's list */
	size_t *places;
};

/* The latest version that was said by then. */
static bool get_version(const struct then *h, uint64_t record, struct identity_row *out)
{
	struct identity_work *w = h->settling.work;
	instant at = identity_past_instant(h->past);
	uint64_t version;
	if (!identity_row_get(w->txn, w->arena, record, out))
		return false;
	for (version = out->record.version; out->record.updated > at && version > 1; version--)
		if (!identity_row_version(w->txn, w->arena, record, version - 1, out))
			return false;
	return true;
}

/* What was said with another record, which was another person's then, came to this one later. */
static bool came_later(const struct then *h, const struct kept_event *e,
		       const struct patient_record *r)
{
	struct patient_record origin;
	struct identity_work *w = h->settling.work;
	if (!e->inherited
	    || (!identity_past_moved(h->past, r->number)
		&& !identity_past_moved(h->past, e->origin)))
		return false;
	return identity_place(w->txn, w->arena, e->origin, &origin)
	       && identity_past_person(h->past, e->origin, origin.person)
			  != identity_past_person(h->past, r->number, r->person);
}

static void hear_then(const struct then *h, struct word *w, const struct kept_event *e,
		      const struct patient_record *r)
{
	if (e->event.time <= identity_past_instant(h->past) && !came_later(h, e, r))
		consent_events_add(h->settling.work->arena, &w->kept.events, e);
}

/* What decides now, and what decided once. False: it cannot be read. */
static bool get_then(const struct then *h, struct word *w, const struct patient_record *r)
{
	struct identity_work *work = h->settling.work;
	struct consent_row now;
	struct kept_event e;
	struct bytes key, value;
	bool fine = consent_row_get(work->txn, work->arena, r->number, &now);
	for (size_t i = 0; fine && i < now.events.count; i++)
		hear_then(h, w, now.events.all[i], r);
	if (!fine || now.events.count == 0)
		return fine; /* where nothing decides nothing did */
	struct store_cursor *c = consent_history_before(work->txn, r->number, UINT64_MAX);
	while (fine && store_next(c, &key, &value)) {
		fine = consent_history_read(work->arena, key, value, &e)
		       || store_damaged(work->txn, "the history of consent cannot be read");
		if (fine)
			hear_then(h, w, &e, r);
	}
	store_scan_end(c);
	return fine;
}

/* The record as it was. One of which nothing had been decided may be spoken for. */
static bool add_then(struct then *h, const struct patient_record *r, size_t place)
{
	struct settling *s = &h->settling;
	struct word *w = &s->words[s->count];
	*w = (struct word){ .row = arena_new(s->work->arena, struct identity_row) };
	if (!get_then(h, w, r) || !get_version(h, r->number, w->row))
		return !store_failed(s->work->txn);
	w->row->unsettled = 0;
	if (identity_past_rested(h->past, s->work->txn, s->work->arena, r->number))
		w->row->unsettled = UNSETTLED_IDENTITY;
	h->places[s->count++] = place;
	consent_read_word(s, w);
	return true;
}

static bool is_fed(const struct person *who, const struct patient_record *r)
{
	return r->number != who->regional_record && !text_empty(r->source_system);
}

/* Those of the person's records that were one person's with that one, from its place on. */
static bool settle_then(struct then *h, const struct person *who, const struct patient_record *from)
{
	struct settling *s = &h->settling;
	uint64_t person = identity_past_person(h->past, from->number, from->person);
	size_t place = 0;
	s->count = 0;
	s->givers = NULL;
	for (const struct patient_record *r = who->records; r != NULL; r = r->next, place++)
		if (is_fed(who, r) && identity_past_lived(h->past, r)
		    && identity_past_person(h->past, r->number, r->person) == person
		    && !add_then(h, r, place))
			return false;
	for (size_t i = 0; i < s->count; i++) {
		struct participation p = consent_settled(s, &s->words[i],
							 identity_past_instant(h->past));
		h->joined[h->places[i]] = p.decided && p.joined && !p.rests;
	}
	return true;
}

static bool is_first_of_its_person(const struct identity_past *past, const struct person *who,
				   const struct patient_record *one)
{
	uint64_t person = identity_past_person(past, one->number, one->person);
	const struct patient_record *r = who->records;
	while (r != one
	       && (!is_fed(who, r) || !identity_past_lived(past, r)
		   || identity_past_person(past, r->number, r->person) != person))
		r = r->next;
	return r == one;
}

static bool anything_decided(struct store_txn *t, struct arena *a, const struct person *who)
{
	bool any = false;
	for (const struct patient_record *r = who->records; !any && r != NULL; r = r->next) {
		struct consent_row row;
		any = consent_row_get(t, a, r->number, &row) && row.events.count != 0;
	}
	return any;
}

bool consent_past(struct store_txn *t, struct arena *a, const struct region *r,
		  const struct identity_past *past, const struct person *who, bool *joined)
{
	size_t count = 0;
	struct identity_work w = identity_work_begin(t, r);
	w.arena = a;
	for (const struct patient_record *one = who->records; one != NULL; one = one->next)
		joined[count++] = false;
	if (!anything_decided(t, a, who))
		return !store_failed(t);
	struct then h = { .settling = { .work = &w,
					.words = arena_array(a, struct word, count + 1),
					.now = identity_past_instant(past) },
			  .past = past,
			  .joined = joined,
			  .places = arena_array(a, size_t, count + 1) };
	for (const struct patient_record *one = who->records; one != NULL; one = one->next)
		if (is_fed(who, one) && identity_past_lived(past, one)
		    && is_first_of_its_person(past, who, one) && !settle_then(&h, who, one))
			return false;
	return !store_failed(t);
}
