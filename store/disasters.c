/* store/disasters.c: disaster mode: for which municipalities, until when, by whom and why. */
#include "store/disasters.h"

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum {
	TAG_MUNICIPALITIES = 1,
	TAG_REASON,
	TAG_BY,
	TAG_SINCE,
	TAG_UNTIL,
	TAG_APPROVED,
	TAG_APPROVED_BY,
	TAG_ENDED,
	TAG_ENDED_BY,
	TAG_END_REASON,
};

/* ---- Rows ---- */

static struct key key_of(uint64_t number)
{
	struct key k;
	key_begin(&k, SPACE_DISASTER);
	key_number(&k, number);
	return k;
}

static struct bytes row_of(struct arena *a, const struct disaster *d)
{
	struct record_writer w = record_begin(a, VERSION);
	record_text(&w, TAG_MUNICIPALITIES, d->municipalities);
	record_text(&w, TAG_REASON, d->reason);
	record_text(&w, TAG_BY, d->by);
	record_instant(&w, TAG_SINCE, d->since);
	record_instant(&w, TAG_UNTIL, d->until);
	record_instant(&w, TAG_APPROVED, d->approved);
	record_text(&w, TAG_APPROVED_BY, d->approved_by);
	record_instant(&w, TAG_ENDED, d->ended);
	record_text(&w, TAG_ENDED_BY, d->ended_by);
	record_text(&w, TAG_END_REASON, d->end_reason);
	return record_end(&w);
}

static void read_field(struct record_reader *r, struct disaster *out)
{
	switch (r->tag) {
	case TAG_MUNICIPALITIES: out->municipalities = record_as_text(r); break;
	case TAG_REASON: out->reason = record_as_text(r); break;
	case TAG_BY: out->by = record_as_text(r); break;
	case TAG_SINCE: out->since = record_as_instant(r); break;
	case TAG_UNTIL: out->until = record_as_instant(r); break;
	case TAG_APPROVED: out->approved = record_as_instant(r); break;
	case TAG_APPROVED_BY: out->approved_by = record_as_text(r); break;
	case TAG_ENDED: out->ended = record_as_instant(r); break;
	case TAG_ENDED_BY: out->ended_by = record_as_text(r); break;
	case TAG_END_REASON: out->end_reason = record_as_text(r); break;
	}
}

static bool read_row(struct bytes key, struct bytes row, struct disaster *out)
{
	struct key_reader k = key_read(key);
	struct record_reader r = record_read(row);
	*out = (struct disaster){ .number = key_read_number(&k) };
	while (r.version == VERSION && record_next(&r))
		read_field(&r, out);
	return key_read_end(&k) && !r.broken && out->municipalities != NULL && out->reason != NULL
	       && out->by != NULL && out->until != 0;
}

/* ---- Reading ---- */

bool disaster_is_on(const struct disaster *d, instant now)
{
	return d->approved != 0 && d->ended == 0 && now < d->until;
}

static bool damaged(struct store_txn *t)
{
	return store_damaged(t, "a disaster cannot be read; run minato check");
}

bool disaster_get(struct store_txn *t, struct arena *a, uint64_t number, struct disaster *out)
{
	struct key k = key_of(number);
	struct bytes row;
	return store_get(t, key_span(&k), a, &row)
	       && (read_row(key_span(&k), row, out) || damaged(t));
}

static struct store_cursor *latest_first(struct store_txn *t)
{
	static const unsigned char space = SPACE_DISASTER;
	return store_scan_prefix(t, (struct bytes){ &space, 1 }, true);
}

struct disaster *disasters_list(struct store_txn *t, struct arena *a)
{
	struct disaster *first = NULL, **last = &first;
	struct bytes key, value;
	struct store_cursor *c = latest_first(t);
	while (store_next(c, &key, &value)) {
		struct disaster *d = arena_new(a, struct disaster);
		struct key_reader k = key_read(key);
		if (!disaster_get(t, a, key_read_number(&k), d))
			break;
		*last = d;
		last = &d->next;
	}
	store_scan_end(c);
	return first;
}

static bool is_due(const struct disaster *d, instant now)
{
	return d->ended == 0 && d->until <= now;
}

bool disasters_are_due(struct store_txn *t, instant now)
{
	struct disaster d;
	struct bytes key, value;
	bool due = false;
	struct store_cursor *c = latest_first(t);
	while (!due && store_next(c, &key, &value))
		due = read_row(key, value, &d) && is_due(&d, now);
	store_scan_end(c);
	return due;
}

/* ---- Writing ---- */

bool disaster_put(struct store_txn *t, const struct disaster *d)
{
	struct key k = key_of(d->number);
	return store_put(t, key_span(&k), row_of(store_arena(t), d));
}

bool disaster_propose(struct store_txn *t, struct disaster *d)
{
	const struct disaster *last = disasters_list(t, store_arena(t));
	uint64_t number = last == NULL ? 1 : last->number + 1;
	if (store_failed(t) || number > DISASTERS_MOST)
		return false;
	d->number = number;
	return disaster_put(t, d);
}

bool disasters_end(struct store_txn *t, struct arena *a, instant now, struct disaster **ended)
{
	struct disaster **last = ended;
	*ended = NULL;
	for (struct disaster *d = disasters_list(t, a), *next; d != NULL; d = next) {
		next = d->next;
		d->next = NULL;
		if (!is_due(d, now))
			continue;
		d->ended = d->until;
		disaster_put(t, d);
		if (d->approved == 0)
			continue;
		*last = d;
		last = &d->next;
	}
	return !store_failed(t);
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct disaster d;
	if (!read_row(key, value, &d))
		check_finding(c, "disaster: a row that cannot be read");
}

const struct check_module disasters_check = {
	.name = "disasters",
	.rows = (const struct check_row[]){ { SPACE_DISASTER, "disaster", look }, { 0 } },
};
