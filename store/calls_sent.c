/* store/calls_sent.c: calls of exchanges whose audit record is not written yet. */
#include "store/calls_sent.h"

#include "gateway/base/arena.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SPACE_CALL_SENT = SPACE_OUTBOX_LAST - 1 }; /* node, exchange text -> its calls */
enum { VERSION = 1, TAG_UNTIL = 1, TAG_DRAFT };
enum { SETTLED_AT_ONCE = 64 }; /* rows a job: it is to be short */

static struct key all_key(void)
{
	struct key k;
	key_begin(&k, SPACE_CALL_SENT);
	return k;
}

static struct key node_key(unsigned node)
{
	struct key k = all_key();
	key_number(&k, node);
	return k;
}

static struct key row_key(const struct store_txn *t, const char *exchange)
{
	struct key k = node_key(store_node(t));
	key_text(&k, exchange);
	return k;
}

/* Drafts are read to see that they are whole; with t they get their place in the log. */
static bool read_row(struct arena *a, struct bytes row, struct store_txn *t, instant *until)
{
	struct record_reader r = record_read(row);
	bool drafted = false, whole = r.version == VERSION;
	*until = 0;
	while (whole && record_next(&r)) {
		if (r.tag == TAG_UNTIL)
			*until = record_as_instant(&r);
		if (r.tag != TAG_DRAFT)
			continue;
		struct audit_draft *d = audit_draft_read(a, r.value);
		drafted = true;
		whole = d != NULL && (t == NULL || audit_log_append(t, d, NULL));
	}
	return whole && !r.broken && *until != 0 && drafted;
}

bool calls_sent_begin(struct store_txn *t, const struct calls_sent *c)
{
	struct key k = row_key(t, c->exchange);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_instant(&w, TAG_UNTIL, c->until);
	for (const struct audit_event *e = c->records; e != NULL; e = e->next)
		record_bytes(&w, TAG_DRAFT, audit_draft_octets(e->draft));
	return store_put(t, key_span(&k), record_end(&w));
}

bool calls_sent_end(struct store_txn *t, const char *exchange)
{
	struct key k = row_key(t, exchange);
	return store_has(t, key_span(&k)) && store_delete(t, key_span(&k));
}

/* ---- What was cut short ---- */

struct found {
	struct key key;
	struct found *next;
};

/* Whether what was met under the cursor is to be settled. False: it is not, or it cannot be read,
 * which the store is told. */
static bool is_cut_short(struct store_txn *t, struct bytes row, bool starts, instant now)
{
	instant until;
	if (!read_row(store_arena(t), row, NULL, &until))
		return store_damaged(t, "what an exchange asked of others cannot be read");
	return starts || until <= now;
}

/* The first of them, up to so many: none is deleted while the cursor stands there. */
static struct found *find(struct store_txn *t, bool starts, instant now)
{
	struct found *first = NULL, **last = &first;
	struct key prefix = starts ? node_key(store_node(t)) : all_key();
	struct bytes key, row;
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	for (unsigned count = 0; count < SETTLED_AT_ONCE && store_next(c, &key, &row);) {
		if (!is_cut_short(t, row, starts, now))
			continue;
		*last = arena_new(store_arena(t), struct found);
		key_begin(&(*last)->key, SPACE_CALL_SENT);
		key_bytes(&(*last)->key, key.data + 1, key.length - 1);
		last = &(*last)->next;
		count++;
	}
	store_scan_end(c);
	return first;
}

bool calls_sent_settle(struct store_txn *t, bool starts, instant now, bool *more)
{
	unsigned count = 0;
	for (const struct found *f = find(t, starts, now); f != NULL; f = f->next) {
		struct bytes row;
		instant until;
		if (store_get(t, key_span(&f->key), store_arena(t), &row)
		    && read_row(store_arena(t), row, t, &until))
			store_delete(t, key_span(&f->key));
		count++;
	}
	*more = count == SETTLED_AT_ONCE;
	return !store_failed(t);
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	instant until;
	key_read_number(&r);
	key_read_text(&r);
	if (!key_read_end(&r) || !read_row(check_arena(c), value, NULL, &until))
		check_finding(c, "calls of an exchange: a row that cannot be read");
}

const struct check_module calls_sent_check = {
	.name = "calls",
	.rows = (const struct check_row[]){ { SPACE_CALL_SENT, "calls of an exchange", look },
					    { 0 } },
};
