/* store/pull_points_check.c: what `minato check` looks at of pull points: whose each is leads to it
 * and back, as many wait as it says, and what waits can be read. What waited at one that was
 * destroyed is swept later. Ids are secrets of whose they are, and are not told. */
#include <inttypes.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/blobs.h"
#include "store/check.h"
#include "store/pull_points_rows.h"
#include "store/store.h"

static uint64_t count_waiting(struct store_check *c, const unsigned char *id)
{
	struct key from = pull_point_waiting_key(id, 0),
		   to = pull_point_waiting_key(id, UINT64_MAX);
	struct store_cursor *at = store_scan(check_txn(c), key_span(&from), key_span(&to), false);
	struct bytes key, row;
	uint64_t count = 0;
	while (store_next(at, &key, &row))
		count++;
	store_scan_end(at);
	return count;
}

void pull_point_check_point(struct store_check *c, struct bytes key, struct bytes value)
{
	struct pull_point p = { .id = "" };
	struct key_reader r = key_read(key);
	struct bytes id = key_read_bytes(&r, SUBSCRIPTION_ID);
	if (!key_read_end(&r) || !pull_point_row_read(check_arena(c), value, &p)) {
		check_finding(c, "a pull point cannot be read");
		return;
	}
	struct key of_system = pull_point_of_system_key(p.system, id.data);
	if (!store_has(check_txn(c), key_span(&of_system)))
		check_finding(c, "a pull point of %s is not in the index of systems", p.system);
	uint64_t waiting = count_waiting(c, id.data);
	if (waiting != p.waiting)
		check_finding(c,
			      "a pull point of %s says that %" PRIu64 " wait, and %" PRIu64 " do",
			      p.system, p.waiting, waiting);
}

void pull_point_check_system(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	const char *system = key_read_text(&r);
	struct bytes id = key_read_bytes(&r, SUBSCRIPTION_ID);
	struct pull_point p;
	(void)value;
	bool whole = key_read_end(&r);
	if (!whole
	    || !pull_point_get(check_txn(c), check_arena(c), bytes_to_hex(check_arena(c), id), &p)
	    || !text_equal(p.system, system))
		check_finding(c, "the index of pull points leads to none");
}

void pull_point_check_waiting(struct store_check *c, struct bytes key, struct bytes value)
{
	unsigned char id[SUBSCRIPTION_ID];
	struct pulled one = { 0 };
	struct blob known;
	if (!pull_point_waiting_key_read(key, id, &one.place)
	    || !pulled_row_read(check_arena(c), value, &one))
		check_finding(c, "what waits at a pull point cannot be read");
	else if (one.event.published != NULL
		 && !blob_known(check_txn(c), one.event.published->sha256, &known))
		check_finding(c, "what was published and waits at a pull point is gone");
}
