/* store/pull_points_waiting.c: what waits at pull points: kept by the job it happened in, given
 * once, and swept away where nobody fetches it. */
#include <string.h>

#include "gateway/base/arena.h"
#include "store/blobs.h"
#include "store/pull_points_rows.h"
#include "store/store.h"

enum { SWEPT_AT_ONCE = 256 }; /* a job: it is to be short */
static const int64_t longest = (int64_t)PULL_POINT_DAYS * 24 * 3600 * 1000000;

/* ---- Keeping ---- */

static bool put(struct store_txn *t, const struct pull_point *p, const struct pulled *one)
{
	unsigned char id[SUBSCRIPTION_ID];
	if (!subscription_id_octets(p->id, id)
	    || (one->event.published != NULL && !blob_keep_for_now(t, one->event.published)))
		return false;
	struct key k = pull_point_waiting_key(id, one->place);
	return store_put(t, key_span(&k), pulled_row(store_arena(t), one));
}

bool pull_point_keep(struct store_txn *t, const struct subscription *s,
		     const struct subscription_event *e)
{
	struct pull_point p;
	if (!pull_point_get(t, store_arena(t), s->pull_point, &p))
		return false;
	bool room = p.waiting < PULL_POINT_WAITING;
	const struct pulled one = { .place = ++p.last,
				    .made = store_clock(t)->now(store_clock(t)),
				    .subscription = *s,
				    .event = *e };
	p.waiting += room;
	p.lost += !room;
	return (!room || put(t, &p, &one)) && pull_point_row_put(t, &p) && room;
}

/* ---- Giving ---- */

bool pull_point_first(struct store_txn *t, struct arena *a, const struct pull_point *p,
		      struct pulled *out)
{
	unsigned char id[SUBSCRIPTION_ID];
	struct bytes key, row;
	if (!subscription_id_octets(p->id, id))
		return false;
	struct key from = pull_point_waiting_key(id, 0),
		   to = pull_point_waiting_key(id, UINT64_MAX);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	bool found = store_next(c, &key, &row) && pull_point_waiting_key_read(key, id, &out->place);
	bool read = found && pulled_row_read(a, row, out);
	store_scan_end(c);
	return read || (found && store_damaged(t, "what waits at a pull point cannot be read"));
}

static bool forget(struct store_txn *t, const unsigned char *id, const struct pulled *one)
{
	struct key k = pull_point_waiting_key(id, one->place);
	if (one->event.published != NULL)
		blob_release(t, one->event.published->sha256);
	return store_delete(t, key_span(&k));
}

bool pull_point_take(struct store_txn *t, struct pull_point *p, const struct pulled *one, bool lost)
{
	unsigned char id[SUBSCRIPTION_ID];
	if (!subscription_id_octets(p->id, id))
		return false;
	p->waiting -= p->waiting != 0;
	p->lost += lost;
	return forget(t, id, one) && pull_point_row_put(t, p);
}

/* ---- Sweeping ---- */

/* From one pull point to the next, by the keys of what waits. */
struct sweep {
	struct store_txn *txn;
	instant before; /* what was made then, or earlier, goes */
	unsigned char id[SUBSCRIPTION_ID];
	struct pull_point point;
	bool there; /* the pull point is */
	unsigned swept;
};

/* The next pull point that something waits at, after s->id (or the first). */
static bool next_point(struct sweep *s, bool first)
{
	struct key space, from, to;
	struct bytes key, row;
	uint64_t place;
	key_begin(&space, SPACE_PULL_POINT_WAITING);
	from = space;
	to = space;
	if (!first)
		from = pull_point_waiting_key(s->id, UINT64_MAX);
	for (size_t i = 0; i < SUBSCRIPTION_ID + 9; i++)
		key_octet(&to, 0xff);
	struct store_cursor *c = store_scan(s->txn, key_span(&from), key_span(&to), false);
	bool found = store_next(c, &key, &row) && pull_point_waiting_key_read(key, s->id, &place);
	store_scan_end(c);
	return found;
}

static bool goes(const struct sweep *s, const struct pulled *one)
{
	return !s->there || one->made <= s->before;
}

/* What waits at one. */
static void sweep_point(struct sweep *s)
{
	struct arena *a = store_arena(s->txn);
	const char *id = bytes_to_hex(a, (struct bytes){ s->id, SUBSCRIPTION_ID });
	struct pulled one;
	s->there = pull_point_get(s->txn, a, id, &s->point);
	while (s->swept < SWEPT_AT_ONCE && pull_point_first(s->txn, a, &s->point, &one)
	       && goes(s, &one)) {
		s->swept++;
		if (!(s->there ? pull_point_take(s->txn, &s->point, &one, true)
			       : forget(s->txn, s->id, &one)))
			return;
	}
}

bool pull_points_sweep(struct store_txn *t, instant now, bool *more)
{
	struct sweep s = { .txn = t, .before = now - longest };
	for (bool first = true; s.swept < SWEPT_AT_ONCE && next_point(&s, first); first = false)
		sweep_point(&s);
	*more = s.swept == SWEPT_AT_ONCE;
	return !store_failed(t);
}
