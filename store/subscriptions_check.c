/* store/subscriptions_check.c: what `minato check` looks at of subscriptions: each leads to its
 * indices, and they to it. Ids are secrets of who subscribed, and are not told. Where they are told
 * by being fetched: pull_points_check.c, whose rows stand here. */
#include <inttypes.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/identity.h"
#include "store/pull_points_rows.h"
#include "store/store.h"
#include "store/subscriptions_rows.h"

static void expect_index(struct store_check *c, const struct subscription *s, struct key k,
			 const char *which)
{
	if (!store_has(check_txn(c), key_span(&k)))
		check_finding(c, "a subscription of %s is not in the index of %s", s->system,
			      which);
}

static void look_at_subscription(struct store_check *c, struct bytes key, struct bytes value)
{
	struct subscription s = { .id = "" };
	struct key_reader r = key_read(key);
	struct patient_record place;
	struct bytes id = key_read_bytes(&r, SUBSCRIPTION_ID);
	if (!key_read_end(&r) || !subscription_row_read(check_arena(c), value, &s)) {
		check_finding(c, "a subscription cannot be read");
		return;
	}
	expect_index(c, &s, subscription_of_record_key(s.subject, id.data), "records");
	expect_index(c, &s, subscription_of_system_key(s.system, id.data), "systems");
	expect_index(c, &s, subscription_ends_key(s.ends, id.data), "ends");
	if (s.subject != 0 && !identity_place(check_txn(c), check_arena(c), s.subject, &place))
		check_finding(c, "a subscription of %s is of no patient record", s.system);
}

/* An entry of an index is there because of a subscription that says the same. */
static void expect_subscription(struct store_check *c, struct bytes key, const char *which,
				struct key (*again)(const struct subscription *s,
						    const unsigned char *id))
{
	struct subscription s;
	const unsigned char *id = key.data + key.length - SUBSCRIPTION_ID;
	bool there = key.length > SUBSCRIPTION_ID
		     && subscription_get(
			     check_txn(c), check_arena(c),
			     bytes_to_hex(check_arena(c), (struct bytes){ id, SUBSCRIPTION_ID }),
			     &s);
	struct key same;
	if (there)
		same = again(&s, id);
	if (!there || !bytes_equal(key_span(&same), key))
		check_finding(c, "the index of %s leads to no subscription", which);
}

static struct key of_record(const struct subscription *s, const unsigned char *id)
{
	return subscription_of_record_key(s->subject, id);
}

static struct key of_system(const struct subscription *s, const unsigned char *id)
{
	return subscription_of_system_key(s->system, id);
}

static struct key of_end(const struct subscription *s, const unsigned char *id)
{
	return subscription_ends_key(s->ends, id);
}

static void look_at_record(struct store_check *c, struct bytes key, struct bytes value)
{
	(void)value;
	expect_subscription(c, key, "subscriptions of records", of_record);
}

static void look_at_system(struct store_check *c, struct bytes key, struct bytes value)
{
	(void)value;
	expect_subscription(c, key, "subscriptions of systems", of_system);
}

static void look_at_end(struct store_check *c, struct bytes key, struct bytes value)
{
	(void)value;
	expect_subscription(c, key, "ends of subscriptions", of_end);
}

const struct check_module subscriptions_check = {
	.name = "subscriptions",
	.rows =
		(const struct check_row[]){
			{ SPACE_SUBSCRIPTION, "subscription", look_at_subscription },
			{ SPACE_SUBSCRIPTION_OF_RECORD, "subscription of a record",
			  look_at_record },
			{ SPACE_SUBSCRIPTION_OF_SYSTEM, "subscription of a system",
			  look_at_system },
			{ SPACE_SUBSCRIPTION_ENDS, "end of a subscription", look_at_end },
			{ SPACE_PULL_POINT, "pull point", pull_point_check_point },
			{ SPACE_PULL_POINT_OF_SYSTEM, "pull point of a system",
			  pull_point_check_system },
			{ SPACE_PULL_POINT_WAITING, "what waits at a pull point",
			  pull_point_check_waiting },
			{ 0 },
		},
};
