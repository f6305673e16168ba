/* store/errands_room.c: how much waits, and whether there is room for more.
 *
 * A row a partner says what waits for him, and how much room is set aside for him: so who has
 * something sent to one partner reads and writes nothing that is another's. The room set aside is a
 * part of what is allowed in all (outbox errands, octets), never more of it together than is
 * allowed. Only who needs more than his own part looks at all rows: what nobody set aside is
 * divided anew, a SHARE of what is allowed at a time; and when nothing is left the others' parts
 * are cut down to what they use, so that no room is refused that is there. A partner for whom
 * nothing waits keeps his row, and his part: the next errand for him asks nobody. */
#include "store/errands_room.h"

#include <inttypes.h>

#include "gateway/base/text.h"
#include "store/errands_rows.h"
#include "store/store.h"

/* Of what is allowed in all. */
enum { SHARE = 64 };

static bool damaged(struct store_txn *t)
{
	return store_damaged(t, "a partner's sum in the outbox cannot be read");
}

static struct errand_sum sum_of(struct store_txn *t, const char *partner)
{
	struct key k = errand_sum_key(partner);
	struct errand_sum sum = { 0 };
	struct bytes row;
	if (store_get(t, key_span(&k), store_arena(t), &row) && !errand_sum_read(row, &sum))
		damaged(t);
	return sum;
}

void errand_count(struct store_txn *t, struct errand_totals *out)
{
	struct key prefix;
	struct bytes key, row;
	key_begin(&prefix, SPACE_ERRAND_SUM);
	*out = (struct errand_totals){ 0 };
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	while (store_next(c, &key, &row)) {
		struct errand_sum sum;
		if (!errand_sum_read(row, &sum))
			damaged(t);
		out->count += sum.count;
		out->octets += sum.octets;
	}
	store_scan_end(c);
}

static bool within(uint64_t now, uint64_t more, uint64_t most, const char *what, const char *key,
		   struct problem *p)
{
	return (now <= most && more <= most - now)
	       || problem_at(p, PROBLEM_OUTBOX_FULL, key,
			     "%s: %" PRIu64 " and %" PRIu64 " more, %s allows %" PRIu64, what, now,
			     more, key, most);
}

/* ---- The rows of all others ---- */

struct others {
	struct errand_totals used, kept; /* what waits for them, and what is set aside for them */
};

/* What was put without a bound is in no room. */
static uint64_t greater(uint64_t room, uint64_t used)
{
	return room > used ? room : used;
}

/* cut: each is left with what it uses. */
static struct others look_at_others(struct store_txn *t, const char *partner, bool cut)
{
	struct others all = { .used = { 0 } };
	struct key prefix, one;
	struct bytes key, row;
	key_begin(&prefix, SPACE_ERRAND_SUM);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	while (store_next(c, &key, &row)) {
		struct errand_sum sum;
		struct key_reader r = key_read(key);
		if (!errand_sum_read(row, &sum))
			damaged(t);
		if (text_equal(key_read_text(&r), partner))
			continue;
		if (cut && (sum.room_count != sum.count || sum.room_octets != sum.octets)) {
			key_begin(&one, SPACE_ERRAND_SUM);
			key_bytes(&one, key.data + 1, key.length - 1);
			sum.room_count = sum.count;
			sum.room_octets = sum.octets;
			errand_sum_put(t, &one, &sum);
		}
		all.used.count += sum.count;
		all.used.octets += sum.octets;
		all.kept.count += greater(sum.room_count, sum.count);
		all.kept.octets += greater(sum.room_octets, sum.octets);
	}
	store_scan_end(c);
	return all;
}

static uint64_t left_of(uint64_t most, uint64_t kept)
{
	return kept < most ? most - kept : 0;
}

/* What it uses and a share, if there is that much. */
static uint64_t part(uint64_t used, uint64_t left, uint64_t most)
{
	return used + most / SHARE < left ? used + most / SHARE : left;
}

static bool fits(const struct errand_sum *sum, const struct errand_totals *kept,
		 const struct errand_bounds *b)
{
	return sum->count <= left_of(b->count, kept->count)
	       && sum->octets <= left_of(b->octets, kept->octets);
}

/* sum: with what is to come. */
static bool divide(struct store_txn *t, const char *partner, struct errand_sum *sum, uint64_t more,
		   const struct errand_bounds *b, struct problem *p)
{
	struct others all = look_at_others(t, partner, false);
	if (!within(all.used.count + sum->count - 1, 1, b->count, "errands that wait",
		    "outbox errands", p)
	    || !within(all.used.octets + sum->octets - more, more, b->octets, "octets that wait",
		       "outbox octets", p))
		return false;
	if (!fits(sum, &all.kept, b))
		all = look_at_others(t, partner, true);
	sum->room_count = part(sum->count, left_of(b->count, all.kept.count), b->count);
	sum->room_octets = part(sum->octets, left_of(b->octets, all.kept.octets), b->octets);
	sum->of_count = b->count;
	sum->of_octets = b->octets;
	return true;
}

/* What has bounds of its own (store/notices.h) needs no room here. */
static bool is_unbounded(const struct errand_bounds *b)
{
	return b->count == UINT64_MAX && b->octets == UINT64_MAX;
}

/* Of what is allowed now: who allows less is not bound by what was set aside before. */
static bool has_part(const struct errand_sum *sum, const struct errand_bounds *b)
{
	return sum->of_count == b->count && sum->of_octets == b->octets
	       && sum->count <= sum->room_count && sum->octets <= sum->room_octets;
}

bool errand_room_take(struct store_txn *t, const struct errand *e, const struct errand_bounds *b,
		      struct problem *p)
{
	struct key k = errand_sum_key(e->partner);
	struct errand_sum sum = sum_of(t, e->partner);
	if (!within(sum.count, 1, b->partner_count, "errands that wait for this partner",
		    "outbox errands-per-partner", p)
	    || !within(sum.octets, e->octets, b->partner_octets,
		       "octets that wait for this partner", "outbox octets-per-partner", p))
		return false;
	sum.count++;
	sum.octets += e->octets;
	return (is_unbounded(b) || has_part(&sum, b)
		|| divide(t, e->partner, &sum, e->octets, b, p))
	       && errand_sum_put(t, &k, &sum);
}

bool errand_room_give(struct store_txn *t, const struct errand *e)
{
	struct key k = errand_sum_key(e->partner);
	struct errand_sum sum = sum_of(t, e->partner);
	sum.count--;
	sum.octets -= e->octets;
	return errand_sum_put(t, &k, &sum);
}
