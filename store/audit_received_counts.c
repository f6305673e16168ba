/* store/audit_received_counts.c: what each source of received audit records has here, node by
 * node. */
#include "gateway/base/arena.h"
#include "store/audit_received_rows.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum { TAG_OCTETS = 1, TAG_RECORDS, TAG_AGAIN, TAG_ODD };

struct key received_source_key(unsigned char space, const char *source)
{
	struct key k;
	key_begin(&k, space);
	key_text(&k, source);
	return k;
}

static struct key key_of(const char *source, uint64_t node)
{
	struct key k = received_source_key(SPACE_USED, source);
	key_number(&k, node);
	return k;
}

static struct received_usage read_row(struct bytes value)
{
	struct received_usage u = { 0 };
	struct record_reader r = record_read(value);
	while (record_next(&r)) {
		switch (r.tag) {
		case TAG_OCTETS: u.octets = record_as_number(&r); break;
		case TAG_RECORDS: u.records = record_as_number(&r); break;
		case TAG_AGAIN: u.again = record_as_number(&r); break;
		case TAG_ODD: u.odd = record_as_number(&r); break;
		}
	}
	return u;
}

struct received_usage received_counted(struct store_txn *t, const char *source, uint64_t node)
{
	struct key k = key_of(source, node);
	struct bytes value;
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return (struct received_usage){ 0 };
	return read_row(value);
}

bool received_count_put(struct store_txn *t, const char *source, uint64_t node,
			const struct received_usage *u)
{
	struct key k = key_of(source, node);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_OCTETS, u->octets);
	record_number(&w, TAG_RECORDS, u->records);
	record_number(&w, TAG_AGAIN, u->again);
	if (u->odd != 0)
		record_number(&w, TAG_ODD, u->odd);
	return store_put(t, key_span(&k), record_end(&w));
}

static void add(struct received_usage *sum, const struct received_usage *one)
{
	sum->octets += one->octets;
	sum->records += one->records;
	sum->again += one->again;
	sum->odd += one->odd;
}

bool received_used(struct store_txn *t, const char *source, struct received_usage *out)
{
	struct key prefix = received_source_key(SPACE_USED, source);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	struct bytes key, value;
	*out = (struct received_usage){ 0 };
	while (store_next(c, &key, &value)) {
		struct received_usage one = read_row(value);
		add(out, &one);
	}
	store_scan_end(c);
	return !store_failed(t);
}

/* The first in the order of the index, which is by time, latest first; or the last. 0: there is
 * none. */
static uint64_t end_of(struct store_txn *t, const char *source, bool latest)
{
	struct key prefix = received_source_key(SPACE_BY_SOURCE, source);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), !latest);
	struct bytes key, value;
	uint64_t sequence = 0;
	if (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		key_read_to_last(&r, sizeof(uint64_t));
		sequence = key_read_number_reversed(&r);
	}
	store_scan_end(c);
	return sequence;
}

/* An index may name what has gone a moment longer than it is there: then nothing is said. */
static void look_at_ends(struct store_txn *t, struct arena *a, struct received_source *s)
{
	const struct received_entry *oldest = received_get(t, end_of(t, s->name, false), a),
				    *newest = received_get(t, end_of(t, s->name, true), a);
	s->oldest = oldest == NULL ? 0 : oldest->terms.received;
	s->newest = newest == NULL ? 0 : newest->terms.received;
}

struct received_source *received_sources(struct store_txn *t, struct arena *a, size_t most,
					 size_t *count)
{
	static const unsigned char space = SPACE_USED;
	struct received_source *list = arena_array(a, struct received_source, most);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	struct bytes key, value;
	*count = 0;
	while (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		const char *name = key_read_text(&r);
		struct received_usage one = read_row(value);
		bool same = *count != 0 && text_equal(list[*count - 1].name, name);
		if (!same && *count == most)
			break;
		if (!same)
			list[(*count)++] = (struct received_source){ .name = arena_text(a, name) };
		add(&list[*count - 1].used, &one);
	}
	store_scan_end(c);
	for (size_t i = 0; i < *count; i++)
		look_at_ends(t, a, &list[i]);
	return list;
}
