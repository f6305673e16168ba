/* store/asked_sets.c: submissions that another's registry was asked to register, and may have. */
#include "store/asked_sets.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SPACE_ASKED_SET = SPACE_OUTBOX_LAST - 2 }; /* registry text, uniqueId text -> a question */
enum { VERSION = 1, TAG_SYSTEM = 1, TAG_FINGERPRINT, TAG_ASKED, TAG_MAY };
enum { FORGOTTEN_AT_ONCE = 256 }; /* rows a job: it is to be short */

struct question {
	const char *system, *fingerprint;
	instant asked;
	bool may; /* it may be there since a time before */
};

static struct key set_key(const struct asked_set *s)
{
	struct key k;
	key_begin(&k, SPACE_ASKED_SET);
	key_text(&k, s->registry);
	key_text(&k, s->unique_id);
	return k;
}

static bool read_row(struct bytes row, struct question *out)
{
	struct record_reader r = record_read(row);
	*out = (struct question){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_SYSTEM: out->system = record_as_text(&r); break;
		case TAG_FINGERPRINT: out->fingerprint = record_as_text(&r); break;
		case TAG_ASKED: out->asked = record_as_instant(&r); break;
		case TAG_MAY: out->may = record_as_flag(&r); break;
		}
	return !r.broken && out->system != NULL && out->fingerprint != NULL && out->asked != 0;
}

/* Of the same content, for the same system. False: there is none (or the store failed). */
static bool get(struct store_txn *t, struct arena *a, const struct asked_set *s,
		struct question *out)
{
	struct key k = set_key(s);
	struct bytes row;
	if (!store_get(t, key_span(&k), a, &row))
		return false;
	if (!read_row(row, out))
		return store_damaged(t, "what a registry was asked cannot be read");
	return text_equal(out->system, s->system) && text_equal(out->fingerprint, s->fingerprint);
}

static bool put(struct store_txn *t, const struct asked_set *s, bool may, instant now)
{
	struct key k = set_key(s);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_text(&w, TAG_SYSTEM, s->system);
	record_text(&w, TAG_FINGERPRINT, s->fingerprint);
	record_instant(&w, TAG_ASKED, now);
	record_flag(&w, TAG_MAY, may);
	return !store_failed(t) && store_put(t, key_span(&k), record_end(&w));
}

/* One that is there was cut short, or is asked at this moment by the same source once more. */
bool asked_set_begin(struct store_txn *t, const struct asked_set *s, instant now)
{
	struct question is;
	bool before = get(t, store_arena(t), s, &is);
	return put(t, s, before, now);
}

bool asked_set_end(struct store_txn *t, const struct asked_set *s, bool refused, instant now)
{
	struct key k = set_key(s);
	struct question is;
	if (!refused)
		return put(t, s, true, now);
	if (get(t, store_arena(t), s, &is) && !is.may)
		store_delete(t, key_span(&k));
	return !store_failed(t);
}

bool asked_set_may_be_there(struct store_txn *t, struct arena *a, const struct asked_set *s)
{
	struct question is;
	return get(t, a, s, &is) && is.may;
}

/* ---- What nobody sends again ---- */

struct found {
	struct key key;
	struct found *next;
};

/* The first of them, up to so many: none is deleted while the cursor stands there. */
static struct found *find(struct store_txn *t, instant before)
{
	struct found *first = NULL, **last = &first;
	struct key space;
	struct bytes key, row;
	key_begin(&space, SPACE_ASKED_SET);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (unsigned count = 0; count < FORGOTTEN_AT_ONCE && store_next(c, &key, &row);) {
		struct question is;
		if (!read_row(row, &is))
			store_damaged(t, "what a registry was asked cannot be read");
		else if (is.asked < before) {
			*last = arena_new(store_arena(t), struct found);
			key_begin(&(*last)->key, SPACE_ASKED_SET);
			key_bytes(&(*last)->key, key.data + 1, key.length - 1);
			last = &(*last)->next;
			count++;
		}
	}
	store_scan_end(c);
	return first;
}

bool asked_sets_forget(struct store_txn *t, instant before, bool *more)
{
	unsigned count = 0;
	for (const struct found *f = find(t, before); f != NULL; f = f->next) {
		store_delete(t, key_span(&f->key));
		count++;
	}
	*more = count == FORGOTTEN_AT_ONCE;
	return !store_failed(t);
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct question is;
	key_read_text(&r);
	key_read_text(&r);
	if (!key_read_end(&r) || !read_row(value, &is))
		check_finding(c, "what a registry was asked: a row that cannot be read");
}

const struct check_module asked_sets_check = {
	.name = "asked sets",
	.rows = (const struct check_row[]){ { SPACE_ASKED_SET, "question of a registry", look },
					    { 0 } },
};
