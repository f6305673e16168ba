/* store/identity_work.c: the records a change touches.
 *
 * Persons are loaded whole. Records whose links could not all be made (they contradict somebody, or
 * there were too many) bring in whoever those links lead to: what stood against them may be
 * gone. */
#include "store/identity_rows.h"

#include "gateway/base/arena.h"
#include "matching/weights.h"
#include "store/identity_core.h"
#include "store/identity_score.h"

/* More than a person can have, several times over: what is not loaded is not moved. */
enum { WORK_MOST = 8 * PERSON_MOST };

struct identity_work identity_work_begin(struct store_txn *t, const struct region *r)
{
	return (struct identity_work){ .txn = t, .arena = store_arena(t), .region = r };
}

struct identity_row *identity_work_held(const struct identity_work *w, uint64_t number)
{
	struct identity_row *row = w->buckets[number % WORK_BUCKETS];
	while (row != NULL && row->record.number != number)
		row = row->beside;
	return row;
}

void identity_work_add(struct identity_work *w, struct identity_row *row)
{
	struct identity_row **at = w->tail == NULL ? &w->rows : w->tail;
	struct identity_row **bucket = &w->buckets[row->record.number % WORK_BUCKETS];
	*at = row;
	w->tail = &row->next;
	row->beside = *bucket;
	*bucket = row;
	w->count++;
	w->fed += !row->made;
}

void identity_work_person(struct identity_work *w, uint64_t person)
{
	struct person_row p;
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->old_person == person)
			return; /* persons are loaded whole */
	if (!person_row_get(w->txn, w->arena, person, &p))
		return;
	for (size_t i = 0; i < p.count; i++) {
		struct identity_row *row = arena_new(w->arena, struct identity_row);
		if (!identity_row_get_skimmed(w->txn, w->arena, p.members[i], row))
			continue;
		row->old_since = p.since;
		identity_work_add(w, row);
	}
}

struct identity_row *identity_work_row(struct identity_work *w, uint64_t number)
{
	struct identity_row *row = identity_work_held(w, number);
	struct patient_record here;
	if (row == NULL && identity_place_get(w->txn, w->arena, number, &here))
		identity_work_person(w, here.person);
	return row != NULL ? row : identity_work_held(w, number);
}

struct identity_row *identity_work_led_to(struct identity_work *w, uint64_t number)
{
	struct identity_row *row = identity_work_row(w, number);
	if (row == NULL)
		identity_row_broken(w->txn, "patient record", number);
	return row;
}

void identity_work_explore(struct identity_work *w, struct identity_row *row)
{
	if (row->explored)
		return;
	row->explored = true;
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next) {
		struct record_numbers others = identity_linked(w->txn, w->arena, e,
							       row->record.number);
		for (size_t i = 0; i < others.count && w->fed < WORK_MOST; i++)
			identity_work_row(w, others.numbers[i]);
	}
	for (const struct tie *tie = row->ties; tie != NULL && w->fed < WORK_MOST; tie = tie->next)
		identity_work_row(w, tie->other);
}

const struct identity_core *identity_work_core(struct identity_work *w, struct identity_row *row)
{
	if (row->core == NULL) {
		row->core = arena_new(w->arena, struct identity_core);
		if (!identity_row_core(w->arena, row, row->core))
			identity_row_broken(w->txn, "patient record", row->record.number);
	}
	return row->core;
}

bool identity_work_is_full(const struct identity_work *w)
{
	return w->fed >= WORK_MOST;
}

const struct match_features *identity_work_features(struct identity_work *w,
						    struct identity_row *row)
{
	static const struct match_features nobody = { .sex = 0 };
	const struct match_features *f = identity_row_features(w->arena, row);
	if (f == NULL)
		identity_row_broken(w->txn, "patient record", row->record.number);
	return f == NULL ? &nobody : f;
}

const struct match_weights *identity_work_weights(struct identity_work *w)
{
	if (w->weights == NULL)
		w->weights = w->region->weights != NULL ? w->region->weights
							: match_weights_default(w->arena);
	return w->weights;
}
