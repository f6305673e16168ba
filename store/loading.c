/* store/loading.c: how far the first load of a storage came. */
#include "store/loading.h"

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_ROOTS = 1, TAG_ROOT, TAG_PATH };

static struct key loading_key(const char *facility)
{
	struct key k;
	key_begin(&k, SPACE_LOADING);
	key_text(&k, facility);
	return k;
}

static bool read_row(struct bytes row, struct load_reached *out)
{
	struct record_reader r = record_read(row);
	*out = (struct load_reached){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_ROOTS: out->roots = record_as_text(&r); break;
		case TAG_ROOT: out->root = record_as_number(&r); break;
		case TAG_PATH: out->path = record_as_text(&r); break;
		}
	return !r.broken && out->roots != NULL && out->path != NULL;
}

bool loading_note(struct store_txn *t, const char *facility, const struct load_reached *reached)
{
	struct key k = loading_key(facility);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_text(&w, TAG_ROOTS, reached->roots);
	record_number(&w, TAG_ROOT, reached->root);
	record_text(&w, TAG_PATH, reached->path);
	return !store_failed(t) && store_put(t, key_span(&k), record_end(&w));
}

bool loading_end(struct store_txn *t, const char *facility)
{
	struct key k = loading_key(facility);
	return store_delete(t, key_span(&k));
}

bool loading_look(struct store_txn *t, struct arena *a, const char *facility,
		  struct load_reached *out)
{
	struct key k = loading_key(facility);
	struct bytes row;
	return store_get(t, key_span(&k), a, &row)
	       && (read_row(row, out)
		   || store_damaged(t, "how far a storage was loaded cannot be read"));
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct load_reached is;
	key_read_text(&r);
	if (!key_read_end(&r) || !read_row(value, &is))
		check_finding(c, "how far a storage was loaded: a row that cannot be read");
}

const struct check_module loading_check = {
	.name = "loading",
	.rows = (const struct check_row[]){ { SPACE_LOADING, "how far a storage was loaded", look },
					    { 0 } },
};
