/* store/errands_rows.c: how errands are laid out in keys. */
#include "store/errands_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/record.h"
#include "store/store.h"

enum { ERRAND_VERSION = 1, QUEUE_VERSION = 1, SUM_VERSION = 1 };
enum {
	TAG_KIND = 1,
	TAG_PARTNER,
	TAG_ADDRESS,
	TAG_WHAT,
	TAG_EXCHANGE,
	TAG_CONTENT_TYPE,
	TAG_PART,
	TAG_MADE,
	TAG_TRIED,
	TAG_ATTEMPTS,
	TAG_REFUSALS,
	TAG_ASIDE,
	TAG_WHY,
	TAG_OCTETS,
	TAG_NUMBER,
	TAG_AGAIN,
	TAG_PLACE,
};
enum { PART_OCTETS = 1, PART_SHA256, PART_SIZE, PART_OWN };
enum {
	QUEUE_WAITING = 1,
	QUEUE_ASIDE,
	QUEUE_OCTETS,
	QUEUE_DUE,
	QUEUE_FAILURES,
	QUEUE_SINCE,
	QUEUE_WHY,
	QUEUE_LAST,
};
enum {
	SUM_COUNT = 1,
	SUM_OCTETS,
	SUM_ROOM_COUNT,
	SUM_ROOM_OCTETS,
	SUM_OF_COUNT,
	SUM_OF_OCTETS,
};

struct key errand_key(uint64_t number)
{
	struct key k;
	key_begin(&k, SPACE_ERRAND);
	key_number(&k, number);
	return k;
}

struct key errand_waiting_key(const char *partner, const char *address)
{
	struct key k;
	key_begin(&k, SPACE_ERRAND_WAITING);
	key_text(&k, partner);
	key_text(&k, address);
	return k;
}

struct key errand_queue_key(const char *partner, const char *address)
{
	struct key k;
	key_begin(&k, SPACE_ERRAND_QUEUE);
	key_text(&k, partner);
	key_text(&k, address);
	return k;
}

struct key errand_due_key(const struct errand_queue *q)
{
	struct key k;
	key_begin(&k, SPACE_ERRAND_DUE);
	key_instant(&k, q->due);
	key_text(&k, q->partner);
	key_text(&k, q->address);
	return k;
}

struct key errand_sum_key(const char *partner)
{
	struct key k;
	key_begin(&k, SPACE_ERRAND_SUM);
	key_text(&k, partner);
	return k;
}

struct bytes errand_place_octets(unsigned char octets[ERRAND_PLACE], uint64_t number)
{
	for (unsigned i = 0; i < ERRAND_PLACE; i++)
		octets[i] = (unsigned char)(number >> (8 * (ERRAND_PLACE - 1 - i)));
	return (struct bytes){ octets, ERRAND_PLACE };
}

uint64_t errand_of_place(struct bytes value)
{
	uint64_t number = 0;
	for (size_t i = 0; value.length == ERRAND_PLACE && i < value.length; i++)
		number = number << 8 | value.data[i];
	return number;
}

bool errand_queue_of_key(struct arena *a, struct bytes key, struct errand_queue *q)
{
	struct key_reader r = key_read(key);
	*q = (struct errand_queue){ 0 };
	if (key.length != 0 && key.data[0] == SPACE_ERRAND_DUE)
		q->due = key_read_instant(&r);
	q->partner = arena_text(a, key_read_text(&r));
	q->address = arena_text(a, key_read_text(&r));
	return key_read_end(&r);
}

/* ---- An errand ---- */

static bool read_part(struct record_reader r, struct errand_part *out)
{
	bool named = false;
	while (record_next(&r))
		switch (r.tag) {
		case PART_OCTETS: out->octets = r.value; break;
		case PART_SIZE: out->blob.size = record_as_number(&r); break;
		case PART_OWN: out->own = record_as_flag(&r); break;
		case PART_SHA256:
			named = r.value.length == BLOB_SHA256;
			if (named)
				memcpy(out->blob.sha256, r.value.data, BLOB_SHA256);
			break;
		}
	return !r.broken && named == (out->octets.data == NULL);
}

static bool read_fields(struct arena *a, struct record_reader *r, struct errand *out)
{
	struct errand_part *last = NULL;
	while (record_next(r))
		switch (r->tag) {
		case TAG_NUMBER: out->number = record_as_number(r); break;
		case TAG_PLACE: out->place = record_as_number(r); break;
		case TAG_KIND: out->kind = record_as_text(r); break;
		case TAG_PARTNER: out->partner = record_as_text(r); break;
		case TAG_ADDRESS: out->address = record_as_text(r); break;
		case TAG_WHAT: out->what = record_as_text(r); break;
		case TAG_EXCHANGE: out->exchange = record_as_text(r); break;
		case TAG_CONTENT_TYPE: out->content_type = record_as_text(r); break;
		case TAG_MADE: out->made = record_as_instant(r); break;
		case TAG_TRIED: out->tried = record_as_instant(r); break;
		case TAG_AGAIN: out->again = record_as_instant(r); break;
		case TAG_ATTEMPTS: out->attempts = (unsigned)record_as_number(r); break;
		case TAG_REFUSALS: out->refusals = (unsigned)record_as_number(r); break;
		case TAG_ASIDE: out->aside = record_as_flag(r); break;
		case TAG_WHY: out->why = record_as_text(r); break;
		case TAG_OCTETS: out->octets = record_as_number(r); break;
		case TAG_PART: {
			struct errand_part *part = arena_new(a, struct errand_part);
			if (!read_part(record_within(r), part))
				return false;
			if (last == NULL)
				out->parts = part;
			else
				last->next = part;
			last = part;
			break;
		}
		}
	return !r->broken;
}

bool errand_row_read(struct arena *a, struct bytes row, struct errand *out)
{
	struct record_reader r = record_read(row);
	*out = (struct errand){ 0 };
	return read_fields(a, &r, out) && out->number != 0 && out->place != 0 && out->kind != NULL
	       && out->partner != NULL && out->address != NULL && out->content_type != NULL
	       && out->parts != NULL;
}

static void write_part(struct record_writer *w, const struct errand_part *part)
{
	record_open(w, TAG_PART);
	if (part->octets.data != NULL) {
		record_bytes(w, PART_OCTETS, part->octets);
	} else {
		record_bytes(w, PART_SHA256, (struct bytes){ part->blob.sha256, BLOB_SHA256 });
		record_number(w, PART_SIZE, part->blob.size);
		record_flag(w, PART_OWN, part->own);
	}
	record_close(w);
}

bool errand_row_put(struct store_txn *t, const struct errand *e)
{
	struct key k = errand_key(e->number);
	struct record_writer w = record_begin(store_arena(t), ERRAND_VERSION);
	record_number(&w, TAG_NUMBER, e->number);
	record_number(&w, TAG_PLACE, e->place);
	record_text(&w, TAG_KIND, e->kind);
	record_text(&w, TAG_PARTNER, e->partner);
	record_text(&w, TAG_ADDRESS, e->address);
	record_text(&w, TAG_WHAT, e->what);
	record_text(&w, TAG_EXCHANGE, e->exchange);
	record_text(&w, TAG_CONTENT_TYPE, e->content_type);
	for (const struct errand_part *part = e->parts; part != NULL; part = part->next)
		write_part(&w, part);
	record_instant(&w, TAG_MADE, e->made);
	record_instant(&w, TAG_TRIED, e->tried);
	record_instant(&w, TAG_AGAIN, e->again);
	record_number(&w, TAG_ATTEMPTS, e->attempts);
	record_number(&w, TAG_REFUSALS, e->refusals);
	record_flag(&w, TAG_ASIDE, e->aside);
	record_text(&w, TAG_WHY, e->why);
	record_number(&w, TAG_OCTETS, e->octets);
	return store_put(t, key_span(&k), record_end(&w));
}

/* ---- A queue ---- */

bool errand_queue_read(struct bytes row, struct errand_queue *q)
{
	struct record_reader r = record_read(row);
	while (record_next(&r))
		switch (r.tag) {
		case QUEUE_WAITING: q->waiting = record_as_number(&r); break;
		case QUEUE_ASIDE: q->aside = record_as_number(&r); break;
		case QUEUE_OCTETS: q->octets = record_as_number(&r); break;
		case QUEUE_DUE: q->due = record_as_instant(&r); break;
		case QUEUE_FAILURES: q->failures = (unsigned)record_as_number(&r); break;
		case QUEUE_SINCE: q->failing_since = record_as_instant(&r); break;
		case QUEUE_WHY: q->why = record_as_text(&r); break;
		case QUEUE_LAST: q->last = record_as_number(&r); break;
		}
	return !r.broken && q->waiting + q->aside != 0;
}

static bool put_row(struct store_txn *t, struct key *k, const struct errand_queue *q)
{
	struct record_writer w = record_begin(store_arena(t), QUEUE_VERSION);
	record_number(&w, QUEUE_WAITING, q->waiting);
	record_number(&w, QUEUE_ASIDE, q->aside);
	record_number(&w, QUEUE_OCTETS, q->octets);
	record_instant(&w, QUEUE_DUE, q->due);
	record_number(&w, QUEUE_FAILURES, q->failures);
	record_instant(&w, QUEUE_SINCE, q->failing_since);
	record_text(&w, QUEUE_WHY, q->why);
	record_number(&w, QUEUE_LAST, q->last);
	return store_put(t, key_span(k), record_end(&w));
}

bool errand_queue_put(struct store_txn *t, const struct errand_queue *was,
		      const struct errand_queue *q)
{
	struct key row = errand_queue_key(q->partner, q->address);
	struct key before = errand_due_key(was), after = errand_due_key(q);
	bool stays = was->waiting != 0 && q->waiting != 0 && was->due == q->due;
	if (was->waiting != 0 && !stays)
		store_delete(t, key_span(&before));
	if (q->waiting != 0 && !stays)
		store_put(t, key_span(&after), (struct bytes){ 0 });
	return q->waiting + q->aside == 0 ? store_delete(t, key_span(&row)) : put_row(t, &row, q);
}

/* ---- A sum ---- */

bool errand_sum_read(struct bytes row, struct errand_sum *out)
{
	struct record_reader r = record_read(row);
	*out = (struct errand_sum){ 0 };
	while (record_next(&r))
		switch (r.tag) {
		case SUM_COUNT: out->count = record_as_number(&r); break;
		case SUM_OCTETS: out->octets = record_as_number(&r); break;
		case SUM_ROOM_COUNT: out->room_count = record_as_number(&r); break;
		case SUM_ROOM_OCTETS: out->room_octets = record_as_number(&r); break;
		case SUM_OF_COUNT: out->of_count = record_as_number(&r); break;
		case SUM_OF_OCTETS: out->of_octets = record_as_number(&r); break;
		}
	return !r.broken;
}

bool errand_sum_put(struct store_txn *t, const struct key *k, const struct errand_sum *sum)
{
	struct record_writer w = record_begin(store_arena(t), SUM_VERSION);
	record_number(&w, SUM_COUNT, sum->count);
	record_number(&w, SUM_OCTETS, sum->octets);
	record_number(&w, SUM_ROOM_COUNT, sum->room_count);
	record_number(&w, SUM_ROOM_OCTETS, sum->room_octets);
	record_number(&w, SUM_OF_COUNT, sum->of_count);
	record_number(&w, SUM_OF_OCTETS, sum->of_octets);
	return store_put(t, key_span(k), record_end(&w));
}
