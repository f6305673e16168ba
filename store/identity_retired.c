/* store/identity_retired.c: ids that became other ones (ITI TF-2: 3.30.6.5), and when.
 *
 * A message about the id from before that is of the patient who has another id now: it makes nobody
 * known, however late it comes. Who is fed under it later is somebody else. */
#include "store/identity_feed.h"

#include "gateway/base/arena.h"
#include "store/names.h"
#include "store/packed.h"

static struct bytes retired_key(struct store_txn *t, struct key *k, const char *domain,
				const char *id)
{
	struct bytes key = identity_id_key(t, k, domain, id);
	if (key.length != 0)
		k->data[0] = SPACE_IDENTITY_RETIRED;
	return key;
}

bool identity_retired_read(struct bytes octets, instant *when)
{
	struct packed_reader r = packed_read(octets);
	*when = packed_as_signed(&r);
	return !r.broken && !packed_more(&r);
}

bool identity_retire(struct store_txn *t, const char *domain, const char *id, instant when)
{
	struct key k;
	struct buffer b = buffer_in(store_arena(t));
	packed_signed(&b, when);
	return name_number(t, domain) != 0
	       && store_put(t, retired_key(t, &k, domain, id), buffer_bytes(&b));
}

bool identity_retired_after(struct store_txn *t, const struct patient_identifier *id,
			    instant occurred)
{
	struct key k;
	struct bytes octets, key = retired_key(t, &k, id->universal_id, id->id);
	instant when;
	if (occurred == 0 || key.length == 0 || !store_get(t, key, store_arena(t), &octets))
		return false;
	if (!identity_retired_read(octets, &when))
		return store_damaged(t, "when an id became another one cannot be read");
	return occurred < when;
}

bool identity_retired_no_more(struct store_txn *t, const char *domain, const char *id)
{
	struct key k;
	struct bytes key = retired_key(t, &k, domain, id);
	return key.length == 0 || store_delete(t, key);
}
