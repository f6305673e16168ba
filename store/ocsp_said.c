/* store/ocsp_said.c: what responders said last of certificates. */
#include "store/ocsp_said.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	VERSION = 1,
	TAG_WORD = 1,
	TAG_THIS_UPDATE,
	TAG_NEXT_UPDATE,
	TAG_REVOKED_AT,
	TAG_LEARNED,
	TAG_UNTIL
};
enum { GOOD = 1, REVOKED = 2, UNKNOWN = 3 };
enum { FORGOTTEN_AT_ONCE = 256 }; /* rows a job: it is to be short */

static const char damaged[] = "what a responder said of a certificate cannot be read";

static struct key row_key(const unsigned char *sha256)
{
	struct key k;
	key_begin(&k, SPACE_OCSP_SAID);
	if (sha256 != NULL)
		key_bytes(&k, sha256, OCSP_SAID_SHA256);
	return k;
}

static bool read_row(struct bytes key, struct bytes row, struct ocsp_kept *out)
{
	struct record_reader r = record_read(row);
	*out = (struct ocsp_kept){ .word = 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_WORD: out->word = (unsigned)record_as_number(&r); break;
		case TAG_THIS_UPDATE: out->this_update = record_as_instant(&r); break;
		case TAG_NEXT_UPDATE: out->next_update = record_as_instant(&r); break;
		case TAG_REVOKED_AT: out->revoked_at = record_as_instant(&r); break;
		case TAG_LEARNED: out->learned = record_as_instant(&r); break;
		case TAG_UNTIL: out->until = record_as_instant(&r); break;
		}
	if (key.length == 1 + OCSP_SAID_SHA256)
		memcpy(out->sha256, key.data + 1, OCSP_SAID_SHA256);
	return !r.broken && key.length == 1 + OCSP_SAID_SHA256 && out->word >= GOOD
	       && out->word <= UNKNOWN && out->this_update != 0 && out->learned != 0
	       && out->until != 0 && (out->word == REVOKED) == (out->revoked_at != 0);
}

static bool is_older(const struct ocsp_kept *k, const struct ocsp_kept *before)
{
	bool worse = k->word == REVOKED && before->word != REVOKED;
	return k->this_update < before->this_update
	       || (k->this_update == before->this_update && k->word != before->word && !worse);
}

static bool put(struct store_txn *t, const struct ocsp_kept *k)
{
	struct key at = row_key(k->sha256);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_WORD, k->word);
	record_instant(&w, TAG_THIS_UPDATE, k->this_update);
	if (k->next_update != 0)
		record_instant(&w, TAG_NEXT_UPDATE, k->next_update);
	if (k->revoked_at != 0)
		record_instant(&w, TAG_REVOKED_AT, k->revoked_at);
	record_instant(&w, TAG_LEARNED, k->learned);
	record_instant(&w, TAG_UNTIL, k->until);
	return store_put(t, key_span(&at), record_end(&w));
}

bool ocsp_said_keep(struct store_txn *t, const struct ocsp_kept *k, unsigned *before, bool *older)
{
	struct key at = row_key(k->sha256);
	struct ocsp_kept was = { .word = 0 };
	struct bytes row;
	*older = false;
	*before = 0;
	bool known = store_get(t, key_span(&at), store_arena(t), &row);
	if (known && !read_row(key_span(&at), row, &was))
		return store_damaged(t, damaged);
	*before = was.word;
	*older = known && is_older(k, &was);
	return !store_failed(t) && (*older || put(t, k));
}

struct ocsp_kept *ocsp_said_all(struct store_txn *t, struct arena *a, size_t *count)
{
	struct key space = row_key(NULL);
	struct bytes key, row;
	struct ocsp_kept *all = NULL;
	size_t room = 0;
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (*count = 0; store_next(c, &key, &row); ++*count) {
		if (*count == room) {
			struct ocsp_kept *wider = arena_array(a, struct ocsp_kept, 2 * room + 64);
			if (room != 0)
				memcpy(wider, all, room * sizeof *all);
			all = wider;
			room = 2 * room + 64;
		}
		if (!read_row(key, row, &all[*count])) {
			store_damaged(t, damaged);
			break;
		}
	}
	store_scan_end(c);
	return all;
}

/* ---- Certificates that are over ---- */

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
		struct ocsp_kept is;
		if (!read_row(key, row, &is)) {
			store_damaged(t, damaged);
		} else if (is.until < before) {
			*last = arena_new(store_arena(t), struct over);
			(*last)->key = row_key(is.sha256);
			last = &(*last)->next;
			count++;
		}
	}
	store_scan_end(c);
	return first;
}

bool ocsp_said_forget(struct store_txn *t, instant before, bool *more)
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
	struct ocsp_kept is;
	if (!read_row(key, value, &is))
		check_finding(c, "%s", damaged);
}

const struct check_module ocsp_said_check = {
	.name = "what responders said",
	.rows = (const struct check_row[]){ { SPACE_OCSP_SAID, "word of a responder", look },
					    { 0 } },
};
