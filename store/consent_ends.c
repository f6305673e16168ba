/* store/consent_ends.c: what is to be done when a decision begins or ends: it is noted with what
 * holds that a clock has been there (C8), and told.
 *
 * Told is whoever listens to changes of ids (ITI-10, ITI-46), and only of what he may be shown and
 * was not told last: that is asked when the notice is sent (store/notices.h). So it is no harm to
 * put one too many, and one a person is put whatever ended. */
#include "gateway/base/arena.h"
#include "store/consent_rows.h"
#include "store/notices.h"

enum { AT_ONCE = 100 }; /* in one job, before which others wait */

/* The first that is due. False: none is, or the store failed. */
static bool next_due(struct store_txn *t, instant now, instant *at, uint64_t *subject)
{
	struct key from, end;
	struct bytes key, value;
	key_begin(&from, SPACE_CONSENT_ENDS);
	key_begin(&end, SPACE_CONSENT_ENDS);
	key_instant(&end, now + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&end), false);
	bool due = store_next(c, &key, &value);
	if (due) {
		struct key_reader r = key_read(key);
		*at = key_read_instant(&r);
		*subject = key_read_short(&r);
	}
	store_scan_end(c);
	return due;
}

bool consent_ends_due(struct store_txn *t, instant now)
{
	instant at;
	uint64_t subject;
	return next_due(t, now, &at, &subject);
}

/* So that it stays so when the clock goes back. A made record has no ends of its own, and turns as
 * its anchor has: so it is done for all of the person's. */
static void note_seen(struct store_txn *t, uint64_t person, instant at)
{
	struct record_numbers all = { .count = 0 };
	identity_subjects(t, store_arena(t), person, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct consent_row row;
		if (!consent_row_get(t, store_arena(t), all.numbers[i], &row) || row.turn_count == 0
		    || row.seen >= at)
			continue;
		row.seen = at;
		consent_row_put(t, all.numbers[i], &row);
	}
}

/* Of a record that is gone nobody is told. */
static void tell_of(struct store_txn *t, const struct region *r, uint64_t subject, instant at)
{
	struct patient_record place;
	if (!identity_place(t, store_arena(t), subject, &place))
		return;
	note_seen(t, place.person, at);
	for (size_t i = 0; i < r->system_count; i++)
		notice_put(t, r, &r->systems[i], place.person);
}

bool consent_ends_tell(struct store_txn *t, const struct region *r, instant now, bool *more)
{
	instant at;
	uint64_t subject;
	unsigned told = 0;
	for (*more = false; next_due(t, now, &at, &subject); told++) {
		struct key k;
		if (told == AT_ONCE) {
			*more = true;
			break;
		}
		key_begin(&k, SPACE_CONSENT_ENDS);
		key_instant(&k, at);
		key_short(&k, subject);
		tell_of(t, r, subject, at);
		store_delete(t, key_span(&k));
	}
	return !store_failed(t);
}
