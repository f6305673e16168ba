/* store/match_rows.c: how pairs of records that wait, and those decided, stand in keys. */
#include "store/match_rows.h"

#include <math.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_rows.h"
#include "store/packed.h"

/* The first octet of a row; then outcome, these, and what of it there is. */
enum { ROW_FORM = 1 };
enum {
	ROW_CONTESTED = 1,
	ROW_DECIDED = 2,
	ROW_WAITS = 4,
	ROW_PROPOSED = 8,
	ROW_TOGETHER = 16,
	ROW_BITS = 32
};
enum { TOTAL_PARTS = 1000 }; /* of a bit */

struct bytes match_row_key(struct key *k, uint64_t record, uint64_t other)
{
	key_begin(k, SPACE_MATCH_WAITS);
	key_short(k, record);
	key_short(k, other);
	return key_span(k);
}

bool match_row_key_read(struct bytes key, uint64_t *record, uint64_t *other)
{
	struct key_reader k = key_read(key);
	*record = key_read_short(&k);
	*other = key_read_short(&k);
	return key_read_end(&k) && *record != 0 && *other != 0 && *record != *other;
}

/* Somebody's word stands in it. */
static bool is_said(const struct match_row *row)
{
	return row->decided || row->is.waiting == MATCH_PROPOSED;
}

static unsigned bits_of(const struct match_row *row)
{
	return (row->is.verdict.contested ? ROW_CONTESTED : 0u) | (row->decided ? ROW_DECIDED : 0u)
	       | (row->waits ? ROW_WAITS : 0u)
	       | (row->is.waiting == MATCH_PROPOSED ? ROW_PROPOSED : 0u)
	       | (row->is.together ? ROW_TOGETHER : 0u);
}

static struct bytes row_octets(struct arena *a, const struct match_row *row)
{
	const struct match_verdict *v = &row->is.verdict;
	struct buffer b = buffer_in(a);
	buffer_byte(&b, ROW_FORM);
	buffer_byte(&b, (unsigned char)v->outcome);
	buffer_byte(&b, (unsigned char)bits_of(row));
	packed_number(&b, v->rules);
	packed_signed(&b, llrint(v->total * TOTAL_PARTS));
	buffer_append(&b, v->level, sizeof v->level);
	packed_number(&b, v->weights);
	packed_number(&b, row->is.version);
	packed_number(&b, row->is.other_version);
	packed_signed(&b, row->is.since);
	if (is_said(row)) {
		packed_text(&b, row->is.by);
		packed_text(&b, row->is.why);
	}
	if (row->decided)
		buffer_append(&b, row->rests_on, sizeof row->rests_on);
	return buffer_bytes(&b);
}

static void read_levels(struct packed_reader *r, uint8_t out[MATCH_FIELDS])
{
	const unsigned char *at = packed_as_octets(r, MATCH_FIELDS);
	for (enum match_field f = 0; at != NULL && f < MATCH_FIELDS; f++) {
		out[f] = at[f];
		if (at[f] >= match_level_count(f))
			r->broken = true;
	}
}

static void read_verdict(struct packed_reader *r, struct match_verdict *v)
{
	v->rules = (unsigned)packed_as_number(r);
	v->total = (double)packed_as_signed(r) / TOTAL_PARTS;
	read_levels(r, v->level);
	v->weights = (uint32_t)packed_as_number(r);
}

static void read_bits(unsigned bits, struct match_row *row)
{
	row->is.verdict.contested = (bits & ROW_CONTESTED) != 0;
	row->decided = (bits & ROW_DECIDED) != 0;
	row->waits = (bits & ROW_WAITS) != 0;
	row->is.together = (bits & ROW_TOGETHER) != 0;
	row->is.waiting = (bits & ROW_PROPOSED) != 0 ? MATCH_PROPOSED
			  : row->decided             ? MATCH_CHANGED
						     : MATCH_WAITS;
}

bool match_row_read(struct arena *a, struct bytes key, struct bytes value, struct match_row *out)
{
	struct packed_reader r = packed_read(value);
	*out = (struct match_row){ .waits = false };
	bool keyed = match_row_key_read(key, &out->is.record, &out->is.other)
		     && out->is.record < out->is.other;
	unsigned form = packed_as_octet(&r), outcome = packed_as_octet(&r),
		 bits = packed_as_octet(&r);
	out->is.verdict.outcome = (enum match_outcome)outcome;
	read_bits(bits, out);
	read_verdict(&r, &out->is.verdict);
	out->is.version = packed_as_number(&r);
	out->is.other_version = packed_as_number(&r);
	out->is.since = packed_as_signed(&r);
	if (is_said(out)) {
		out->is.by = arena_text(a, packed_as_text(&r));
		out->is.why = arena_text(a, packed_as_text(&r));
	}
	if (out->decided)
		read_levels(&r, out->rests_on);
	return keyed && !r.broken && !packed_more(&r) && form == ROW_FORM && outcome <= MATCH_LINK
	       && bits < ROW_BITS && (out->waits || out->decided);
}

bool match_row_waits(struct bytes value)
{
	enum { BITS_AT = 2 };
	return value.length > BITS_AT && (value.data[BITS_AT] & ROW_WAITS) != 0;
}

static bool cannot_be_read(struct store_txn *t)
{
	return store_damaged(t, "a pair of records that waits or was decided cannot be read");
}

bool match_row_get(struct store_txn *t, struct arena *a, uint64_t record, uint64_t other,
		   struct match_row *out)
{
	struct key k;
	struct bytes value;
	struct bytes key = record < other ? match_row_key(&k, record, other)
					  : match_row_key(&k, other, record);
	return store_get(t, key, a, &value)
	       && (match_row_read(a, key, value, out) || cannot_be_read(t));
}

struct match_row *match_rows_of(struct store_txn *t, struct arena *a, uint64_t record)
{
	struct key k;
	struct bytes key, value;
	struct match_row *first = NULL, **last = &first;
	key_begin(&k, SPACE_MATCH_WAITS);
	key_short(&k, record);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (store_next(c, &key, &value)) {
		uint64_t from, to;
		struct match_row *row = arena_new(a, struct match_row);
		if (!match_row_key_read(key, &from, &to))
			cannot_be_read(t);
		else if (from < to ? match_row_read(a, key, value, row) || cannot_be_read(t)
				   : match_row_get(t, a, from, to, row)) {
			*last = row;
			last = &row->next;
		}
	}
	store_scan_end(c);
	return first;
}

bool match_row_put(struct store_txn *t, const struct match_row *row)
{
	struct key k;
	return store_put(t, match_row_key(&k, row->is.record, row->is.other),
			 row_octets(store_arena(t), row))
	       && store_put(t, match_row_key(&k, row->is.other, row->is.record),
			    (struct bytes){ 0 });
}

bool match_row_delete(struct store_txn *t, uint64_t record, uint64_t other)
{
	struct key k;
	return store_delete(t, match_row_key(&k, record, other))
	       && store_delete(t, match_row_key(&k, other, record));
}

struct match_verdict match_verdict_of(const struct match_score *s, uint32_t weights)
{
	struct match_verdict v = {
		.outcome = s->outcome, .rules = s->rules, .total = s->total, .weights = weights
	};
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		v.level[f] = (uint8_t)s->steps[f].level;
	return v;
}

bool match_same_levels(const uint8_t x[MATCH_FIELDS], const uint8_t y[MATCH_FIELDS])
{
	return memcmp(x, y, MATCH_FIELDS) == 0;
}

bool match_speaks_otherwise(const struct match_row *row)
{
	return !match_same_levels(row->rests_on, row->is.verdict.level)
	       && row->is.verdict.outcome != (row->is.together ? MATCH_LINK : MATCH_APART);
}

bool match_is_proposed(const struct match_row *row, bool one_person)
{
	return row->is.waiting == MATCH_PROPOSED && !(row->is.together && one_person);
}
