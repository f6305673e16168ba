/* store/errands.c: the durable outbox: taking errands, and what becomes of them. */
#include "store/errands.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/errands_room.h"
#include "store/errands_rows.h"
#include "store/numbers.h"
#include "store/store.h"

/* ---- Reading ---- */

static bool damaged(struct store_txn *t, const char *what)
{
	return store_damaged(t, "%s in the outbox cannot be read", what);
}

bool errand_get(struct store_txn *t, struct arena *a, uint64_t number, struct errand *out)
{
	struct key k = errand_key(number);
	struct bytes row;
	*out = (struct errand){ 0 };
	return store_get(t, key_span(&k), a, &row)
	       && (errand_row_read(a, row, out) || damaged(t, "an errand"));
}

bool errand_queue_get(struct store_txn *t, struct arena *a, const char *partner,
		      const char *address, struct errand_queue *out)
{
	struct key k = errand_queue_key(partner, address);
	struct bytes row;
	*out = (struct errand_queue){ .partner = partner, .address = address };
	return store_get(t, key_span(&k), a, &row)
	       && (errand_queue_read(row, out) || damaged(t, "a queue"));
}

bool errand_first(struct store_txn *t, struct arena *a, const char *partner, const char *address,
		  struct errand *out)
{
	struct key prefix = errand_waiting_key(partner, address);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	struct bytes key, value;
	bool waits = store_next(c, &key, &value);
	uint64_t number = waits ? errand_of_place(value) : 0;
	store_scan_end(c);
	return waits && (errand_get(t, a, number, out) || damaged(t, "a place"));
}

struct errand_queue *errand_queues_of_space(struct store_txn *t, struct arena *a,
					    unsigned char space, size_t most, size_t *count)
{
	struct key prefix;
	struct bytes key, value;
	struct errand_queue *list = NULL;
	size_t room = 0;
	key_begin(&prefix, space);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	for (*count = 0; *count < most && store_next(c, &key, &value); ++*count) {
		if (*count == room) {
			size_t wider = room == 0 ? 8 : 2 * room;
			list = arena_resize(a, list, room * sizeof *list, wider * sizeof *list);
			room = wider;
		}
		if (!errand_queue_of_key(a, key, &list[*count])) {
			damaged(t, "a queue");
			break;
		}
	}
	store_scan_end(c);
	return list;
}

struct errand_queue *errand_queues(struct store_txn *t, struct arena *a, size_t *count)
{
	struct errand_queue *list = errand_queues_of_space(t, a, SPACE_ERRAND_QUEUE, SIZE_MAX,
							   count);
	for (size_t i = 0; i < *count; i++)
		if (!errand_queue_get(t, a, list[i].partner, list[i].address, &list[i]))
			damaged(t, "a queue");
	return list;
}

struct errand_queue *errand_queues_by_due(struct store_txn *t, struct arena *a, size_t most,
					  size_t *count)
{
	struct errand_queue *list = errand_queues_of_space(t, a, SPACE_ERRAND_DUE, most, count);
	for (size_t i = 0; i < *count; i++)
		if (!errand_queue_get(t, a, list[i].partner, list[i].address, &list[i]))
			damaged(t, "a queue");
	return list;
}

struct errand *errand_list(struct store_txn *t, struct arena *a, uint64_t after,
			   const char *partner, size_t most, size_t *count)
{
	struct key from = errand_key(after + 1), to;
	struct bytes key, value;
	struct errand *list = arena_array(a, struct errand, most);
	key_begin(&to, SPACE_ERRAND + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	for (*count = 0; *count < most && store_next(c, &key, &value);) {
		unsigned char *row = arena_alloc(a, value.length);
		memcpy(row, value.data, value.length);
		if (!errand_row_read(a, (struct bytes){ row, value.length }, &list[*count])) {
			damaged(t, "an errand");
			break;
		}
		*count += partner == NULL || text_equal(list[*count].partner, partner);
	}
	store_scan_end(c);
	return list;
}

/* ---- Taking one ---- */

static bool well_formed(const struct errand *e, struct problem *p)
{
	size_t parts = 0;
	bool literals_fit = true;
	for (const struct errand_part *part = e->parts; part != NULL; part = part->next, parts++)
		literals_fit = literals_fit && part->octets.length <= ERRAND_LITERAL_MOST;
	if (strlen(e->partner) > ERRAND_PARTNER_MOST || strlen(e->address) > ERRAND_ADDRESS_MOST)
		return problem_set(
			p, PROBLEM_OUTBOX_FULL,
			"the partner's name has more than %d octets, or its address more "
			"than %d: the outbox cannot hold it",
			ERRAND_PARTNER_MOST, ERRAND_ADDRESS_MOST);
	if (parts == 0 || parts > ERRAND_PARTS_MOST || !literals_fit)
		return problem_set(p, PROBLEM_INTERNAL, "an errand of %zu parts", parts);
	return true;
}

static uint64_t octets_of(const struct errand *e)
{
	uint64_t octets = 0;
	for (const struct errand_part *part = e->parts; part != NULL; part = part->next)
		octets += part->octets.data != NULL ? part->octets.length
			  : part->own               ? part->blob.size
						    : 0;
	return octets;
}

static bool keep_parts(struct store_txn *t, const struct errand *e)
{
	bool kept = true;
	for (const struct errand_part *part = e->parts; kept && part != NULL; part = part->next)
		kept = part->octets.data != NULL
		       || (part->own ? blob_keep_for_now(t, &part->blob)
				     : blob_keep_known(t, part->blob.sha256));
	return kept;
}

static struct key place_of(const struct errand *e)
{
	struct key k = errand_waiting_key(e->partner, e->address);
	key_number(&k, e->place);
	return k;
}

static void put_waiting(struct store_txn *t, const struct errand *e)
{
	struct key k = place_of(e);
	unsigned char octets[ERRAND_PLACE];
	store_put(t, key_span(&k), errand_place_octets(octets, e->number));
}

/* The queue rests as it did when it failed before. */
static void enqueue(struct store_txn *t, struct errand *e)
{
	struct errand_queue was, q;
	errand_queue_get(t, store_arena(t), e->partner, e->address, &was);
	q = was;
	if (q.waiting == 0 && q.failures == 0)
		q.due = e->made;
	q.waiting++;
	q.octets += e->octets;
	e->place = ++q.last;
	put_waiting(t, e);
	errand_queue_put(t, &was, &q);
}

bool errand_put(struct store_txn *t, struct errand *e, const struct errand_bounds *b,
		struct problem *p)
{
	e->octets = octets_of(e);
	if (!well_formed(e, p) || (!errand_room_take(t, e, b, p) && !store_failed(t)))
		return false;
	e->number = number_next(t, NUMBER_ERRAND);
	if (!keep_parts(t, e) && !store_failed(t))
		return problem_set(p, PROBLEM_NOT_FOUND, "a document that was to be sent is gone");
	enqueue(t, e);
	errand_row_put(t, e);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* ---- What becomes of one ---- */

/* An errand and its queue, as they are. */
struct place {
	struct errand errand;
	struct errand_queue was, queue;
};

static bool find(struct store_txn *t, uint64_t number, struct place *at)
{
	if (!errand_get(t, store_arena(t), number, &at->errand))
		return false;
	errand_queue_get(t, store_arena(t), at->errand.partner, at->errand.address, &at->was);
	at->queue = at->was;
	return !store_failed(t);
}

static void take_from_line(struct store_txn *t, struct place *at)
{
	struct key k = place_of(&at->errand);
	store_delete(t, key_span(&k));
	at->queue.waiting--;
}

/* The next is due at once: whoever took or refused one in its own words is there. */
static void be_well(struct place *at, instant now)
{
	at->queue.due = now;
	at->queue.failures = 0;
	at->queue.failing_since = 0;
	at->queue.why = NULL;
}

static bool put_place(struct store_txn *t, struct place *at)
{
	return errand_row_put(t, &at->errand) && errand_queue_put(t, &at->was, &at->queue);
}

static void note_try(struct place *at, const struct errand_try *what)
{
	at->errand.tried = what->now;
	at->errand.attempts++;
	at->errand.refusals += what->answered;
	at->errand.why = what->why;
}

/* All of it but its queue's row. */
static bool take_away(struct store_txn *t, uint64_t number, struct place *at)
{
	struct key row = errand_key(number);
	if (!find(t, number, at))
		return false;
	for (const struct errand_part *part = at->errand.parts; part != NULL; part = part->next)
		if (part->octets.data == NULL)
			blob_release(t, part->blob.sha256);
	if (at->errand.aside)
		at->queue.aside--;
	else
		take_from_line(t, at);
	at->queue.octets -= at->errand.octets;
	return store_delete(t, key_span(&row)) && errand_room_give(t, &at->errand);
}

bool errand_done(struct store_txn *t, uint64_t number, instant now)
{
	struct place at;
	if (!take_away(t, number, &at))
		return false;
	be_well(&at, now);
	return errand_queue_put(t, &at.was, &at.queue);
}

bool errand_drop(struct store_txn *t, uint64_t number)
{
	struct place at;
	return take_away(t, number, &at) && errand_queue_put(t, &at.was, &at.queue);
}

static void be_ill(struct place *at, const struct errand_try *what)
{
	at->queue.due = what->due;
	at->queue.failures++;
	at->queue.why = what->why;
	if (at->queue.failing_since == 0)
		at->queue.failing_since = what->now;
}

bool errand_later(struct store_txn *t, uint64_t number, const struct errand_try *what)
{
	struct place at;
	if (!find(t, number, &at) || at.errand.aside)
		return false;
	note_try(&at, what);
	be_ill(&at, what);
	return put_place(t, &at);
}

bool errand_aside(struct store_txn *t, uint64_t number, const struct errand_try *what)
{
	struct place at;
	if (!find(t, number, &at) || at.errand.aside)
		return false;
	note_try(&at, what);
	take_from_line(t, &at);
	at.errand.aside = true;
	at.queue.aside++;
	if (what->answered)
		be_well(&at, what->now);
	else
		be_ill(&at, what);
	return put_place(t, &at);
}

bool errand_again(struct store_txn *t, uint64_t number, instant now)
{
	struct place at;
	if (!find(t, number, &at))
		return false;
	if (at.errand.aside) {
		at.errand.aside = false;
		at.queue.aside--;
		at.queue.waiting++;
		put_waiting(t, &at.errand);
	}
	at.errand.attempts = at.errand.refusals = 0;
	at.errand.again = now;
	be_well(&at, now);
	return put_place(t, &at);
}
