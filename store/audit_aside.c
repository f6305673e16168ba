/* store/audit_aside.c: entries of the audit log that a destination does not take. */
#include "store/audit_aside.h"

#include <inttypes.h>

#include "gateway/base/arena.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum { TAG_SINCE = 1, TAG_REFUSALS = 2 };

static struct key key_of(const char *destination, bool again)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_ASIDE);
	key_text(&k, destination);
	key_octet(&k, again);
	return k;
}

static struct key key_of_entry(const char *destination, bool again, uint64_t sequence)
{
	struct key k = key_of(destination, again);
	key_number(&k, sequence);
	return k;
}

static bool read_key(struct bytes key, struct audit_aside *out)
{
	struct key_reader r = key_read(key);
	out->destination = key_read_text(&r);
	out->again = key_read_octet(&r) != 0;
	out->sequence = key_read_number(&r);
	return key_read_end(&r);
}

static bool read_row(struct bytes value, struct audit_aside *out)
{
	struct record_reader r = record_read(value);
	while (record_next(&r)) {
		switch (r.tag) {
		case TAG_SINCE: out->since = record_as_instant(&r); break;
		case TAG_REFUSALS: out->refusals = (unsigned)record_as_number(&r); break;
		}
	}
	return !r.broken;
}

static bool write_row(struct store_txn *t, const char *destination, const struct audit_aside *e)
{
	struct key k = key_of_entry(destination, e->again, e->sequence);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_instant(&w, TAG_SINCE, e->since);
	record_number(&w, TAG_REFUSALS, e->refusals);
	return store_put(t, key_span(&k), record_end(&w));
}

/* Whether it stays or is to be tried again. False: neither. */
static bool find(struct store_txn *t, const char *destination, uint64_t sequence,
		 struct audit_aside *out)
{
	for (unsigned again = 0; again < 2; again++) {
		struct key k = key_of_entry(destination, again != 0, sequence);
		struct bytes value;
		*out = (struct audit_aside){ .sequence = sequence, .again = again != 0 };
		if (store_get(t, key_span(&k), store_arena(t), &value) && read_row(value, out))
			return true;
	}
	return false;
}

bool audit_aside_put(struct store_txn *t, const char *destination, uint64_t sequence, instant now)
{
	struct audit_aside e;
	if (!find(t, destination, sequence, &e))
		e = (struct audit_aside){ .sequence = sequence, .since = now };
	audit_aside_taken(t, destination, sequence);
	e.again = false;
	e.refusals++;
	return write_row(t, destination, &e);
}

bool audit_aside_taken(struct store_txn *t, const char *destination, uint64_t sequence)
{
	struct key stays = key_of_entry(destination, false, sequence);
	struct key again = key_of_entry(destination, true, sequence);
	store_delete(t, key_span(&stays)); /* errors are sticky */
	return store_delete(t, key_span(&again));
}

size_t audit_aside_try_again(struct store_txn *t, const char *destination)
{
	size_t count;
	struct audit_aside *list = audit_aside_list(t, store_arena(t), destination, false, 0,
						    AUDIT_AGAIN_MOST, &count);
	for (size_t i = 0; i < count; i++) {
		list[i].again = true;
		audit_aside_taken(t, destination, list[i].sequence);
		write_row(t, destination, &list[i]);
	}
	return count;
}

/* Ends the scan. */
static struct audit_aside *read_list(struct store_txn *t, struct arena *a, struct store_cursor *c,
				     size_t most, size_t *count)
{
	struct audit_aside *list = arena_array(a, struct audit_aside, most);
	struct bytes key, value;
	size_t n = 0;
	for (; n < most && store_next(c, &key, &value); n++) {
		list[n] = (struct audit_aside){ .since = 0 };
		if (!read_key(key, &list[n]) || !read_row(value, &list[n])) {
			store_damaged(t, "a row of what was set aside cannot be read");
			break;
		}
		list[n].destination = arena_text(a, list[n].destination);
	}
	store_scan_end(c);
	*count = n;
	return list;
}

struct audit_aside *audit_aside_list(struct store_txn *t, struct arena *a, const char *destination,
				     bool again, uint64_t after, size_t most, size_t *count)
{
	struct key from = key_of_entry(destination, again, after + 1);
	struct key to = key_of_entry(destination, again, UINT64_MAX);
	return read_list(t, a, store_scan(t, key_span(&from), key_span(&to), false), most, count);
}

/* Of all destinations, or of one. */
static struct store_cursor *scan_all(struct store_txn *t, const char *destination)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_ASIDE);
	if (destination != NULL)
		key_text(&k, destination);
	return store_scan_prefix(t, key_span(&k), false);
}

struct audit_aside *audit_aside_all(struct store_txn *t, struct arena *a, size_t most,
				    size_t *count)
{
	return read_list(t, a, scan_all(t, NULL), most, count);
}

uint64_t audit_aside_count(struct store_txn *t, const char *destination)
{
	struct store_cursor *c = scan_all(t, destination);
	struct bytes key, value;
	uint64_t count = 0;
	while (store_next(c, &key, &value))
		count++;
	store_scan_end(c);
	return count;
}

/* Of a destination that is none any more: its row is swept away (store/audit_sweeping.c). */
static bool has_gone(struct store_txn *t, uint64_t sequence)
{
	return sequence <= audit_floor(t, AUDIT_OWN, audit_chain(sequence));
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	unsigned char hash[AUDIT_HASH];
	struct audit_aside e = { 0 };
	if (!read_key(key, &e) || !read_row(value, &e))
		check_finding(c, "audit: a row of what was set aside cannot be read");
	else if (!has_gone(check_txn(c), e.sequence)
		 && !audit_log_hash(check_txn(c), e.sequence, hash))
		check_finding(c, "audit: entry %" PRIu64 " was set aside, and is not there",
			      e.sequence);
}

const struct check_module audit_aside_check = {
	.name = "audit records set aside",
	.rows = (const struct check_row[]){ { SPACE_AUDIT_ASIDE, "audit record aside", look },
					    { 0 } },
};
