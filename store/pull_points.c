/* store/pull_points.c: pull points, whose they are, and how many there may be. */
#include "store/pull_points.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/pull_points_rows.h"
#include "store/store.h"

static const int64_t day = INT64_C(24) * 3600 * 1000000;

static bool has_room(struct store_txn *t, const char *system, struct problem *problem)
{
	struct key prefix;
	struct bytes key, value;
	unsigned count = 0;
	key_begin(&prefix, SPACE_PULL_POINT_OF_SYSTEM);
	key_text(&prefix, system);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	while (count < PULL_POINTS_OF_SYSTEM && store_next(c, &key, &value))
		count++;
	store_scan_end(c);
	return count < PULL_POINTS_OF_SYSTEM
	       || problem_set(problem, PROBLEM_PULL_POINTS_FULL,
			      "%s has %d pull points, and no more are made", system,
			      PULL_POINTS_OF_SYSTEM);
}

bool pull_point_put(struct store_txn *t, struct pull_point *p, struct problem *problem)
{
	unsigned char id[SUBSCRIPTION_ID];
	if (!has_room(t, p->system, problem))
		return false;
	p->created = store_clock(t)->now(store_clock(t));
	store_random(t)->fill(store_random(t), id, sizeof id);
	p->id = bytes_to_hex(store_arena(t), (struct bytes){ id, sizeof id });
	struct key of_system = pull_point_of_system_key(p->system, id);
	pull_point_row_put(t, p);
	store_put(t, key_span(&of_system), (struct bytes){ 0 });
	return !store_failed(t)
	       || problem_set(problem, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool pull_point_get(struct store_txn *t, struct arena *a, const char *id, struct pull_point *out)
{
	unsigned char octets[SUBSCRIPTION_ID];
	struct bytes row;
	*out = (struct pull_point){ .id = arena_text(a, id) };
	if (!subscription_id_octets(id, octets))
		return false;
	struct key k = pull_point_key(octets);
	return store_get(t, key_span(&k), a, &row)
	       && (pull_point_row_read(a, row, out)
		   || store_damaged(t, "a pull point cannot be read"));
}

bool pull_point_remove(struct store_txn *t, const struct pull_point *p)
{
	unsigned char id[SUBSCRIPTION_ID];
	if (!subscription_id_octets(p->id, id))
		return false;
	struct key row = pull_point_key(id);
	struct key of_system = pull_point_of_system_key(p->system, id);
	store_delete(t, key_span(&row));
	return store_delete(t, key_span(&of_system));
}

bool pull_point_asked(struct store_txn *t, struct pull_point *p, instant now)
{
	if (p->pulled != 0 && now - p->pulled < day)
		return !store_failed(t);
	p->pulled = now;
	return pull_point_row_put(t, p);
}

void pull_points_count(struct store_txn *t, struct arena *a, struct pull_points_sum *out)
{
	struct key space;
	struct bytes key, row;
	*out = (struct pull_points_sum){ 0 };
	key_begin(&space, SPACE_PULL_POINT);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	while (store_next(c, &key, &row)) {
		struct pull_point p = { .id = "" };
		out->points++;
		if (!pull_point_row_read(a, row, &p))
			continue;
		out->waiting += p.waiting;
		out->lost += p.lost;
	}
	store_scan_end(c);
}
