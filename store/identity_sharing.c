/* store/identity_sharing.c: what several records of a person say alike stands once.
 *
 * Facilities say the same of a patient, most of the time: their records are linked because they do.
 * So a record whose demographics are, octet by octet, those of another of its person keeps that
 * one's number in their place, and who looks for either finds it by the other's entries (index of
 * candidates). The other one keeps its own: there is one step, never a chain. Nothing is removed of
 * it that somebody needs: whenever one of the two says something new, or they part, those that
 * borrowed have their own again, in the same job (a person is loaded whole). History is written
 * out. */
#include "store/identity_rows.h"

static bool still_holds(const struct identity_row *row, const struct identity_row *with)
{
	return with != NULL && row->change == NULL && with->change == NULL
	       && with->record.person == row->record.person;
}

/* What was borrowed before, and is no longer. */
static void look_at_borrowed(const struct identity_work *w, struct identity_row *row)
{
	struct identity_row *with = identity_work_held(w, row->like);
	if (still_holds(row, with)) {
		with->lent++;
		row->like_evidence = with->evidence;
		row->dirty = row->dirty || with->evidence_moved;
	} else {
		row->like = 0;
		row->dirty = true;
	}
}

/* Nobody has its demographics, and it, or its person, is another than before. */
static bool may_borrow(const struct identity_row *row)
{
	return !row->made && row->like == 0 && row->lent == 0
	       && (row->change != NULL || row->old_like != 0
		   || row->old_person != row->record.person);
}

static bool says_the_same(struct arena *a, const struct identity_row *row, struct bytes kept,
			  struct identity_row *other)
{
	return other != row && !other->made && other->like == 0
	       && other->record.person == row->record.person
	       && bytes_equal(kept, identity_row_kept(a, other));
}

static void borrow(const struct identity_work *w, struct identity_row *row)
{
	struct bytes kept = identity_row_kept(w->arena, row);
	struct identity_row *other = w->rows;
	while (other != NULL && !says_the_same(w->arena, row, kept, other))
		other = other->next;
	if (other == NULL || kept.length == 0)
		return;
	other->lent++;
	row->like = other->record.number;
	row->like_evidence = other->evidence;
	row->dirty = true;
}

void identity_share(struct identity_work *w)
{
	for (struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->like != 0)
			look_at_borrowed(w, row);
	for (struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (may_borrow(row))
			borrow(w, row);
}
