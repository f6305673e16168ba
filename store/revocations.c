/* store/revocations.c: how new the revocation list of each authority was that was used last. */
#include "store/revocations.h"

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_THIS_UPDATE = 1 };

static bool read_row(struct bytes row, instant *out)
{
	struct record_reader r = record_read(row);
	bool there = false;
	while (r.version == VERSION && record_next(&r))
		if (r.tag == TAG_THIS_UPDATE) {
			*out = record_as_instant(&r);
			there = true;
		}
	return !r.broken && there;
}

bool revocation_note(struct store_txn *t, const unsigned char issuer[REVOCATION_ISSUER],
		     instant this_update, bool *older)
{
	struct key k;
	struct bytes row;
	instant noted = this_update;
	key_begin(&k, SPACE_REVOCATION);
	key_bytes(&k, issuer, REVOCATION_ISSUER);
	bool known = store_get(t, key_span(&k), store_arena(t), &row);
	if (known && !read_row(row, &noted))
		return store_damaged(t, "how new a revocation list was cannot be read");
	*older = this_update < noted;
	if (store_failed(t) || (known && this_update <= noted))
		return !store_failed(t);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_instant(&w, TAG_THIS_UPDATE, this_update);
	return store_put(t, key_span(&k), record_end(&w));
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	instant noted;
	if (key.length != 1 + REVOCATION_ISSUER || !read_row(value, &noted))
		check_finding(c, "how new a revocation list was cannot be read");
}

const struct check_module revocations_check = {
	.name = "revocations",
	.rows = (const struct check_row[]){ { SPACE_REVOCATION, "revocation list", look }, { 0 } },
};
