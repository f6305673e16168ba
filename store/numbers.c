/* store/numbers.c: numbers in blocks, taken by a node from a row. */
#include "store/numbers.h"

#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_NEXT = 1 };

/* Past this nothing is given: it is no number a row of ours ever says. */
static const uint64_t most = INT64_MAX;

static struct key row_key(enum number_kind kind)
{
	struct key k;
	key_begin(&k, SPACE_NUMBERS);
	key_octet(&k, (unsigned char)kind);
	return k;
}

static bool read_row(struct bytes row, uint64_t *next)
{
	struct record_reader r = record_read(row);
	*next = 0;
	while (record_next(&r))
		if (r.tag == TAG_NEXT)
			*next = record_as_number(&r);
	return !r.broken && *next != 0 && *next <= most - NUMBERS_MOST;
}

/* The next number that nobody has; 1 where there was none. 0: the store failed. */
static uint64_t look(struct store_txn *t, enum number_kind kind)
{
	struct key k = row_key(kind);
	struct bytes row;
	uint64_t next = 1;
	if (store_get(t, key_span(&k), store_arena(t), &row) && !read_row(row, &next))
		store_damaged(t, "the row of numbers of kind %d cannot be read", (int)kind);
	return store_failed(t) ? 0 : next;
}

static uint64_t size_after(uint64_t size)
{
	return size == 0 ? NUMBERS_FIRST : size < NUMBERS_MOST ? 2 * size : size;
}

static bool take(struct store_txn *t, enum number_kind kind, struct number_block *b)
{
	struct key k = row_key(kind);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	uint64_t next = look(t, kind), size = size_after(b->size);
	if (next == 0)
		return false;
	record_number(&w, TAG_NEXT, next + size);
	if (!store_put(t, key_span(&k), record_end(&w)))
		return false;
	*b = (struct number_block){ .next = next, .end = next + size, .size = size };
	return true;
}

uint64_t number_next_after(struct store_txn *t, enum number_kind kind, uint64_t least)
{
	struct numbers *n = store_numbers(t);
	if (n == NULL)
		problem_set(store_problem(t), PROBLEM_INTERNAL,
			    "a number was asked for and there is no job");
	if (n == NULL || store_failed(t))
		return 0;
	struct number_block *b = &n->of[kind];
	if (b->next <= least)
		b->next = least < b->end ? least + 1 : b->end;
	if (b->next >= b->end && !take(t, kind, b))
		return 0;
	if (b->next <= least) {
		store_damaged(t, "a number of kind %d is kept that was never given", (int)kind);
		return 0;
	}
	return b->next++;
}

uint64_t number_next(struct store_txn *t, enum number_kind kind)
{
	return number_next_after(t, kind, 0);
}

static void look_at_row(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	unsigned kind = key_read_octet(&r);
	uint64_t next;
	if (!key_read_end(&r) || kind == 0 || kind >= NUMBER_KINDS || !read_row(value, &next))
		check_finding(c, "numbers: the row of kind %u cannot be read", kind);
}

const struct check_module numbers_check = {
	.name = "numbers",
	.rows = (const struct check_row[]){ { SPACE_NUMBERS, "numbers", look_at_row }, { 0 } },
};
