/* store/errands_check.c: the invariants of the outbox, for `minato check`.
 *
 * Each errand has its place in a line unless it is aside, and what it refers to is kept; each place
 * and each due time leads to what it is of; a queue counts what it has, and the sum all of them. */
#include <inttypes.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/errands_rows.h"
#include "store/store.h"

static uint64_t number_at_end(struct bytes key)
{
	uint64_t number = 0;
	for (size_t i = key.length < 8 ? key.length : key.length - 8; i < key.length; i++)
		number = number << 8 | key.data[i];
	return number;
}

static void look_at_errand(struct store_check *c, struct bytes key, struct bytes value)
{
	struct errand e;
	struct blob known;
	uint64_t number = number_at_end(key);
	if (!errand_row_read(check_arena(c), value, &e) || e.number != number) {
		check_finding(c, "errand %" PRIu64 ": it cannot be read", number);
		return;
	}
	struct key place = errand_waiting_key(e.partner, e.address);
	struct bytes there = { 0 };
	key_number(&place, e.place);
	store_get(check_txn(c), key_span(&place), check_arena(c), &there);
	if ((errand_of_place(there) == number) == e.aside)
		check_finding(c, "errand %" PRIu64 ": %s", number,
			      e.aside ? "it is aside and waits as well" : "it waits in no line");
	for (const struct errand_part *part = e.parts; part != NULL; part = part->next)
		if (part->octets.data == NULL
		    && !blob_known(check_txn(c), part->blob.sha256, &known))
			check_finding(c, "errand %" PRIu64 ": what it sends is not kept", number);
}

/* A row that cannot be read is told where the walk comes to it. */
static void look_at_place(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key errand = errand_key(errand_of_place(value));
	if (!store_has(check_txn(c), key_span(&errand)))
		check_finding(c, "errands: place %" PRIu64 " in a line, and no errand",
			      number_at_end(key));
}

/* In one snapshot with its line: nobody comes or goes meanwhile. */
static void look_at_queue(struct store_check *c, struct bytes key, struct bytes value)
{
	struct errand_queue q;
	struct bytes each, nothing;
	uint64_t waiting = 0, last = 0;
	if (!errand_queue_of_key(check_arena(c), key, &q) || !errand_queue_read(value, &q)) {
		check_finding(c, "errands: a queue cannot be read");
		return;
	}
	struct key line = errand_waiting_key(q.partner, q.address), due = errand_due_key(&q);
	struct key sum = errand_sum_key(q.partner);
	if (!store_has(check_txn(c), key_span(&sum)))
		check_finding(c, "errands for %s: they are in no sum", q.partner);
	struct store_cursor *cursor = store_scan_prefix(check_txn(c), key_span(&line), false);
	while (store_next(cursor, &each, &nothing)) {
		waiting++;
		last = number_at_end(each);
	}
	store_scan_end(cursor);
	if (waiting != q.waiting)
		check_finding(c, "errands for %s: %" PRIu64 " wait, the queue says %" PRIu64,
			      q.partner, waiting, q.waiting);
	if (last > q.last)
		check_finding(c, "errands for %s: one waits behind the last", q.partner);
	if (store_has(check_txn(c), key_span(&due)) != (q.waiting != 0))
		check_finding(c, "errands for %s: they would %s", q.partner,
			      q.waiting != 0 ? "never be tried" : "be tried without being there");
}

static void look_at_due(struct store_check *c, struct bytes key, struct bytes value)
{
	struct errand_queue at, q = { 0 };
	struct bytes row;
	(void)value;
	if (!errand_queue_of_key(check_arena(c), key, &at)) {
		check_finding(c, "errands: a due time of nothing");
		return;
	}
	struct key queue = errand_queue_key(at.partner, at.address);
	if (!store_get(check_txn(c), key_span(&queue), check_arena(c), &row)
	    || (errand_queue_read(row, &q) && (q.due != at.due || q.waiting == 0)))
		check_finding(c, "errands for %s: a due time that is not its queue's", at.partner);
}

/* Of all addresses of the partner, in one snapshot with them. */
static void look_at_sum(struct store_check *c, struct bytes key, struct bytes value)
{
	struct errand_sum sum, is = { 0 };
	struct key queues;
	struct bytes each, row;
	struct key_reader r = key_read(key);
	const char *partner = key_read_text(&r);
	if (!key_read_end(&r) || !errand_sum_read(value, &sum)) {
		check_finding(c, "errands: a partner's sum cannot be read");
		return;
	}
	key_begin(&queues, SPACE_ERRAND_QUEUE);
	key_text(&queues, partner);
	struct store_cursor *cursor = store_scan_prefix(check_txn(c), key_span(&queues), false);
	while (store_next(cursor, &each, &row)) {
		struct errand_queue q = { 0 };
		errand_queue_read(row, &q); /* told where the walk comes to it */
		is.count += q.waiting + q.aside;
		is.octets += q.octets;
	}
	store_scan_end(cursor);
	if (is.count != sum.count || is.octets != sum.octets)
		check_finding(c,
			      "errands for %s: the queues have %" PRIu64 " of %" PRIu64
			      " octets, the sum says %" PRIu64 " of %" PRIu64,
			      partner, is.count, is.octets, sum.count, sum.octets);
}

static void look_at_try(struct store_check *c, struct bytes key, struct bytes value)
{
	struct errand_queue q;
	if (!errand_queue_of_key(check_arena(c), key, &q)
	    || !errand_sent_row_read(check_arena(c), value))
		check_finding(c, "errands: a try cannot be read");
}

const struct check_module errands_check = {
	.name = "errands",
	.rows =
		(const struct check_row[]){
			{ SPACE_ERRAND, "errand", look_at_errand },
			{ SPACE_ERRAND_WAITING, "place in a line", look_at_place },
			{ SPACE_ERRAND_QUEUE, "queue", look_at_queue },
			{ SPACE_ERRAND_DUE, "due time", look_at_due },
			{ SPACE_ERRAND_SUM, "sum", look_at_sum },
			{ SPACE_ERRAND_SENT, "try of an errand", look_at_try },
			{ 0 },
		},
};
