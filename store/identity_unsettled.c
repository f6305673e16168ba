/* store/identity_unsettled.c: the list of records that wait for the operator. */
#include "store/identity_rows.h"

#include "gateway/base/arena.h"
#include "store/record.h"

enum { UNSETTLED_VERSION = 1, UNSETTLED_REASONS = 1, UNSETTLED_AGAINST };

static struct bytes unsettled_key(struct key *k, uint64_t number)
{
	key_begin(k, SPACE_IDENTITY_UNSETTLED);
	key_short(k, number);
	return key_span(k);
}

bool identity_unsettled_put(struct store_txn *t, const struct identity_row *row)
{
	struct key k;
	if (row->unsettled == 0)
		return store_delete(t, unsettled_key(&k, row->record.number));
	struct record_writer w = record_begin(store_arena(t), UNSETTLED_VERSION);
	record_number(&w, UNSETTLED_REASONS, row->unsettled);
	record_number(&w, UNSETTLED_AGAINST, row->against);
	return store_put(t, unsettled_key(&k, row->record.number), record_end(&w));
}

bool identity_unsettled_told(struct store_txn *t, struct arena *a, const struct identity_row *row)
{
	struct key k;
	struct bytes octets;
	unsigned reasons = 0;
	uint64_t against = 0;
	if (row->unsettled == 0)
		return true;
	if (!store_get(t, unsettled_key(&k, row->record.number), a, &octets))
		return false;
	struct record_reader r = record_read(octets);
	while (record_next(&r))
		if (r.tag == UNSETTLED_REASONS)
			reasons = (unsigned)record_as_number(&r);
		else if (r.tag == UNSETTLED_AGAINST)
			against = record_as_number(&r);
	return !r.broken && reasons == row->unsettled && against == row->against;
}

struct unsettled_record *identity_unsettled(struct store_txn *t, struct arena *a, uint64_t after,
					    unsigned limit, unsigned *count)
{
	struct key from, to;
	struct bytes key, value;
	struct unsettled_record *list = arena_array(a, struct unsettled_record, limit);
	*count = 0;
	if (after == UINT64_MAX)
		return list;
	unsettled_key(&from, after + 1);
	key_begin(&to, SPACE_IDENTITY_UNSETTLED + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	while (*count < limit && store_next(c, &key, &value)) {
		struct key_reader k = key_read(key);
		uint64_t number = key_read_short(&k);
		struct identity_row row;
		if (!identity_row_get(t, a, number, &row)) {
			identity_row_broken(t, "patient record", number);
			break;
		}
		list[(*count)++] = (struct unsettled_record){ row.record, row.against };
	}
	store_scan_end(c);
	return list;
}
