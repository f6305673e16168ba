/* store/lockouts.c: which systems are locked out of the region. */
#include "store/lockouts.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_SYSTEM = 1, TAG_INSTITUTION, TAG_REASON, TAG_BY, TAG_SINCE, TAG_WITHDRAWN };
/* The first part of a key: what the second one names, locked out or withdrawn. */
static const unsigned char firsts[2][2] = { { 's', 'i' }, { 'x', 'w' } };

static struct key row_key(const char *system, const char *institution, bool withdrawn)
{
	struct key k;
	key_begin(&k, SPACE_LOCKOUT);
	key_octet(&k, firsts[withdrawn][institution != NULL]);
	key_text(&k, institution != NULL ? institution : system);
	return k;
}

static bool read_row(struct bytes row, struct lockout *out)
{
	struct record_reader r = record_read(row);
	*out = (struct lockout){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_SYSTEM: out->system = record_as_text(&r); break;
		case TAG_INSTITUTION: out->institution = record_as_text(&r); break;
		case TAG_REASON: out->reason = record_as_text(&r); break;
		case TAG_BY: out->by = record_as_text(&r); break;
		case TAG_SINCE: out->since = record_as_instant(&r); break;
		case TAG_WITHDRAWN: out->withdrawn = record_as_flag(&r); break;
		}
	return !r.broken && out->system != NULL && out->reason != NULL && out->by != NULL
	       && out->since != 0;
}

static bool get(struct store_txn *t, struct arena *a, const char *system, const char *institution,
		bool withdrawn, struct lockout *out)
{
	struct key k = row_key(system, institution, withdrawn);
	struct bytes row;
	return store_get(t, key_span(&k), a, &row)
	       && (read_row(row, out) || store_damaged(t, "a lock-out cannot be read"));
}

bool lockout_put(struct store_txn *t, const struct lockout *l, bool *changed)
{
	struct key k = row_key(l->system, l->institution, l->withdrawn);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	*changed = !store_has(t, key_span(&k));
	record_text(&w, TAG_SYSTEM, l->system);
	if (l->institution != NULL)
		record_text(&w, TAG_INSTITUTION, l->institution);
	record_text(&w, TAG_REASON, l->reason);
	record_text(&w, TAG_BY, l->by);
	record_instant(&w, TAG_SINCE, l->since);
	record_flag(&w, TAG_WITHDRAWN, l->withdrawn);
	return !store_failed(t) && (!*changed || store_put(t, key_span(&k), record_end(&w)));
}

bool lockout_remove(struct store_txn *t, const struct lockout *l, bool *changed)
{
	struct key k = row_key(l->system, l->institution, l->withdrawn);
	*changed = store_has(t, key_span(&k));
	return !store_failed(t) && (!*changed || store_delete(t, key_span(&k)));
}

/* A row that cannot be read locks nobody in: whoever asks finds that the store failed. */
static bool get_either(struct store_txn *t, struct arena *a, const struct registered_system *s,
		       bool withdrawn, struct lockout *out)
{
	return (s->institution_code != NULL
		&& get(t, a, s->name, s->institution_code, withdrawn, out))
	       || (!store_failed(t) && get(t, a, s->name, NULL, withdrawn, out));
}

bool lockout_of(struct store_txn *t, struct arena *a, const struct registered_system *s,
		struct lockout *out)
{
	return get_either(t, a, s, false, out)
	       || (!store_failed(t) && get_either(t, a, s, true, out));
}

bool lockout_withdrawn(struct store_txn *t, struct arena *a, const struct registered_system *s,
		       struct lockout *out)
{
	return get_either(t, a, s, true, out);
}

static struct lockout copied(struct arena *a, const struct lockout *l)
{
	return (struct lockout){
		.system = arena_text(a, l->system),
		.institution = l->institution == NULL ? NULL : arena_text(a, l->institution),
		.reason = arena_text(a, l->reason),
		.by = arena_text(a, l->by),
		.since = l->since,
		.withdrawn = l->withdrawn,
	};
}

struct lockout *lockouts_all(struct store_txn *t, struct arena *a, size_t *count)
{
	struct key space;
	struct bytes key, row;
	struct lockout *all = NULL;
	size_t room = 0;
	key_begin(&space, SPACE_LOCKOUT);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (*count = 0; store_next(c, &key, &row); ++*count) {
		struct lockout is;
		if (!read_row(row, &is)) {
			store_damaged(t, "a lock-out cannot be read");
			break;
		}
		if (*count == room) {
			struct lockout *wider = arena_array(a, struct lockout, 2 * room + 8);
			for (size_t i = 0; i < room; i++)
				wider[i] = all[i];
			all = wider;
			room = 2 * room + 8;
		}
		all[*count] = copied(a, &is);
	}
	store_scan_end(c);
	return all;
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct lockout is;
	if (!read_row(value, &is)) {
		check_finding(c, "a lock-out cannot be read");
		return;
	}
	struct key k = row_key(is.system, is.institution, is.withdrawn);
	if (!bytes_equal(key, key_span(&k)))
		check_finding(c, "a lock-out stands under another's key");
}

const struct check_module lockouts_check = {
	.name = "lock-outs",
	.rows = (const struct check_row[]){ { SPACE_LOCKOUT, "lock-out", look }, { 0 } },
};
