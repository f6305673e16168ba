/* store/expiries.c: what was told of certificates and revocation lists that run out. */
#include "store/expiries.h"

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_STEP = 1, TAG_UNTIL };
enum { FORGOTTEN_AT_ONCE = 256 }; /* rows a job: it is to be short */

struct told {
	unsigned step;
	instant until;
};

static struct key row_key(const unsigned char *sha256)
{
	struct key k;
	key_begin(&k, SPACE_EXPIRY);
	if (sha256 != NULL)
		key_bytes(&k, sha256, EXPIRY_SHA256);
	return k;
}

static bool read_row(struct bytes row, struct told *out)
{
	struct record_reader r = record_read(row);
	*out = (struct told){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_STEP: out->step = (unsigned)record_as_number(&r); break;
		case TAG_UNTIL: out->until = record_as_instant(&r); break;
		}
	return !r.broken && out->step != 0;
}

unsigned expiry_told(struct store_txn *t, const unsigned char sha256[EXPIRY_SHA256])
{
	struct key k = row_key(sha256);
	struct told is = { 0 };
	struct bytes row;
	if (store_get(t, key_span(&k), store_arena(t), &row) && !read_row(row, &is))
		store_damaged(t, "what was told of a certificate cannot be read");
	return is.step;
}

bool expiry_tell(struct store_txn *t, const unsigned char sha256[EXPIRY_SHA256], unsigned step,
		 instant until)
{
	struct key k = row_key(sha256);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	if (step == 0)
		return store_delete(t, key_span(&k));
	record_number(&w, TAG_STEP, step);
	record_instant(&w, TAG_UNTIL, until);
	return !store_failed(t) && store_put(t, key_span(&k), record_end(&w));
}

/* ---- What has long run out ---- */

struct over {
	struct key key;
	struct over *next;
};

/* None is deleted while the cursor stands there. */
static struct over *find(struct store_txn *t, instant before)
{
	struct over *first = NULL, **last = &first;
	struct key space = row_key(NULL);
	struct bytes key, row;
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (unsigned count = 0; count < FORGOTTEN_AT_ONCE && store_next(c, &key, &row);) {
		struct told is;
		if (!read_row(row, &is)) {
			store_damaged(t, "what was told of a certificate cannot be read");
		} else if (is.until < before) {
			*last = arena_new(store_arena(t), struct over);
			key_begin(&(*last)->key, SPACE_EXPIRY);
			key_bytes(&(*last)->key, key.data + 1, key.length - 1);
			last = &(*last)->next;
			count++;
		}
	}
	store_scan_end(c);
	return first;
}

bool expiries_forget(struct store_txn *t, instant before, bool *more)
{
	unsigned count = 0;
	for (const struct over *o = find(t, before); o != NULL; o = o->next) {
		store_delete(t, key_span(&o->key));
		count++;
	}
	*more = count == FORGOTTEN_AT_ONCE;
	return !store_failed(t);
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct told is;
	if (key.length != 1 + EXPIRY_SHA256 || !read_row(value, &is))
		check_finding(c, "what was told of a certificate cannot be read");
}

const struct check_module expiries_check = {
	.name = "expiries",
	.rows = (const struct check_row[]){ { SPACE_EXPIRY, "expiry", look }, { 0 } },
};
