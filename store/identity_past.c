/* store/identity_past.c: whose a patient record was at an instant that is over. */
#include "store/identity_past.h"

#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_rows.h"

/* A record that went since, and from whom it went first. */
struct moved {
	uint64_t record, from, sequence;
	instant time;
};

struct identity_past {
	instant at;
	struct moved *moved; /* by record, each once */
	size_t count, room;
	uint64_t *parted; /* persons they went from, ascending */
};

static void add_moved(struct identity_past *p, struct arena *a, const struct moved *m)
{
	if (p->count == p->room) {
		size_t room = p->room == 0 ? 64 : 2 * p->room;
		p->moved = arena_resize(a, p->moved, p->room * sizeof *m, room * sizeof *m);
		p->room = room;
	}
	p->moved[p->count++] = *m;
}

static bool read_moved(struct identity_past *p, struct store_txn *t, struct arena *a)
{
	struct key k;
	struct bytes key, value;
	key_begin(&k, SPACE_IDENTITY_MOVED);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (store_next(c, &key, &value)) {
		struct moved m;
		uint64_t other;
		bool came;
		struct key_reader r = key_read(key);
		m.from = key_read_short(&r);
		m.sequence = key_read_short(&r);
		if (!identity_moved_read(value, &m.record, &other, &came, &m.time))
			store_damaged(t, "where a record went cannot be read");
		else if (!came && m.time > p->at)
			add_moved(p, a, &m);
	}
	store_scan_end(c);
	return !store_failed(t);
}

static int by_record(const void *x, const void *y)
{
	const struct moved *a = x, *b = y;
	if (a->record != b->record)
		return a->record < b->record ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static int by_number(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return a < b ? -1 : a > b;
}

/* Where it went first it came from where it was then. */
static void keep_first(struct identity_past *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->count; i++)
		if (kept == 0 || p->moved[kept - 1].record != p->moved[i].record)
			p->moved[kept++] = p->moved[i];
	p->count = kept;
}

struct identity_past *identity_past(struct store_txn *t, struct arena *a, instant at)
{
	struct identity_past *p = arena_new(a, struct identity_past);
	p->at = at;
	if (!read_moved(p, t, a))
		return NULL;
	if (p->count > 1)
		qsort(p->moved, p->count, sizeof *p->moved, by_record);
	keep_first(p);
	p->parted = arena_array(a, uint64_t, p->count + 1);
	for (size_t i = 0; i < p->count; i++)
		p->parted[i] = p->moved[i].from;
	if (p->count > 1)
		qsort(p->parted, p->count, sizeof *p->parted, by_number);
	return p;
}

instant identity_past_instant(const struct identity_past *p)
{
	return p->at;
}

static const struct moved *find_moved(const struct identity_past *p, uint64_t record)
{
	size_t low = 0, high = p->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->moved[middle].record < record)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->count && p->moved[low].record == record ? &p->moved[low] : NULL;
}

uint64_t identity_past_person(const struct identity_past *p, uint64_t record, uint64_t person)
{
	const struct moved *m = find_moved(p, record);
	return m == NULL ? person : m->from;
}

bool identity_past_moved(const struct identity_past *p, uint64_t record)
{
	return find_moved(p, record) != NULL;
}

bool identity_past_parted(const struct identity_past *p, uint64_t person)
{
	return p->count != 0
	       && bsearch(&person, p->parted, p->count, sizeof person, by_number) != NULL;
}

/* One that was merged says nothing new since. */
bool identity_past_lived(const struct identity_past *p, const struct patient_record *r)
{
	return r->created <= p->at && (r->status == RECORD_ACTIVE || r->updated > p->at);
}

bool identity_past_rested(const struct identity_past *p, struct store_txn *t, struct arena *a,
			  uint64_t record)
{
	const struct record_numbers one = { &record, 1 };
	bool rested = false;
	for (const struct link_decision *d = identity_decisions_of(t, a, &one);
	     d != NULL && d->time <= p->at; d = d->next) {
		if (d->record != record)
			continue;
		if (text_equal(d->reason, "identity changed"))
			rested = true;
		else if (text_equal(d->reason, "identity came back")
			 || text_equal(d->reason, "confirmed"))
			rested = false;
	}
	return rested;
}
