/* store/lease.c: which node does what only one may do at a time. */
#include "store/lease.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SPACE_LEASE = SPACE_OUTBOX_LAST }; /* name text -> struct lease */
enum { VERSION = 1, TAG_NODE = 1, TAG_UNTIL };

static struct key lease_key(const char *name)
{
	struct key k;
	key_begin(&k, SPACE_LEASE);
	key_text(&k, name);
	return k;
}

static bool read_row(struct bytes row, struct lease *out)
{
	struct record_reader r = record_read(row);
	*out = (struct lease){ 0 };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_NODE: out->node = record_as_text(&r); break;
		case TAG_UNTIL: out->until = record_as_instant(&r); break;
		}
	return !r.broken && out->node != NULL;
}

bool lease_look(struct store_txn *t, struct arena *a, const char *name, struct lease *out)
{
	struct key k = lease_key(name);
	struct bytes row;
	return store_get(t, key_span(&k), a, &row)
	       && (read_row(row, out) || store_damaged(t, "a lease cannot be read"));
}

/* The row under the cursor, its texts in the arena. */
static bool take_along(struct store_txn *t, struct arena *a, struct bytes key, struct bytes row,
		       const char **name, struct lease *out)
{
	struct key_reader r = key_read(key);
	const char *text = key_read_text(&r);
	if (!key_read_end(&r) || !read_row(row, out))
		return store_damaged(t, "a lease cannot be read");
	*name = arena_text(a, text);
	out->node = arena_text(a, out->node);
	return true;
}

bool lease_next(struct store_txn *t, struct arena *a, const char **name, struct lease *out)
{
	struct key from = lease_key(*name), to;
	struct bytes key, row;
	key_begin(&to, SPACE_LEASE + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	bool found = store_next(c, &key, &row);
	if (found && *name != NULL && bytes_equal(key, key_span(&from)))
		found = store_next(c, &key, &row);
	found = found && take_along(t, a, key, row, name, out);
	store_scan_end(c);
	return found;
}

bool lease_take(struct store_txn *t, const char *name, const char *node, instant now, instant end,
		instant *until)
{
	struct key k = lease_key(name);
	struct lease is = { 0 };
	if (lease_look(t, store_arena(t), name, &is) && !text_equal(is.node, node)
	    && is.until > now) {
		*until = is.until;
		return false;
	}
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_text(&w, TAG_NODE, node);
	record_instant(&w, TAG_UNTIL, end);
	*until = end;
	return !store_failed(t) && store_put(t, key_span(&k), record_end(&w));
}

bool lease_holds(struct store_txn *t, const char *name, const char *node, instant now)
{
	struct lease is;
	return lease_look(t, store_arena(t), name, &is) && text_equal(is.node, node)
	       && is.until > now;
}

void lease_end(struct store_txn *t, const char *name, const char *node)
{
	struct key k = lease_key(name);
	struct lease is;
	if (lease_look(t, store_arena(t), name, &is) && text_equal(is.node, node))
		store_delete(t, key_span(&k));
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct lease is;
	(void)key;
	if (!read_row(value, &is))
		check_finding(c, "lease: a row that cannot be read");
}

const struct check_module lease_check = {
	.name = "leases",
	.rows = (const struct check_row[]){ { SPACE_LEASE, "lease", look }, { 0 } },
};
