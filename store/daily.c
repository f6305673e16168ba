/* store/daily.c: up to which moment what is to be done once a day was done. */
#include "store/daily.h"

#include <string.h>

#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_DONE = 1, TAG_MINUTE, MINUTES = 24 * 60 };

static const char rows[] = "daily"; /* and a name */

static struct key row_key(const char *name)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, rows);
	if (name != NULL)
		key_text(&k, name);
	return k;
}

static bool read_row(struct bytes row, struct daily *out)
{
	struct record_reader r = record_read(row);
	uint64_t minute = 0;
	*out = (struct daily){ 0 };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_DONE: out->done = record_as_instant(&r); break;
		case TAG_MINUTE: minute = record_as_number(&r); break;
		}
	out->minute = (unsigned)(minute % MINUTES);
	return !r.broken && minute < MINUTES;
}

bool daily_look(struct store_txn *t, const char *name, struct daily *out)
{
	struct key k = row_key(name);
	struct bytes row;
	return store_get(t, key_span(&k), store_arena(t), &row)
	       && (read_row(row, out)
		   || store_damaged(t, "what was done last of a day's work cannot be read"));
}

bool daily_put(struct store_txn *t, const char *name, const struct daily *d)
{
	struct key k = row_key(name);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_instant(&w, TAG_DONE, d->done);
	record_number(&w, TAG_MINUTE, d->minute);
	return store_put(t, key_span(&k), record_end(&w));
}

void daily_forget(struct store_txn *t, const char *name)
{
	struct key k = row_key(name);
	store_delete(t, key_span(&k));
}

void daily_check(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key prefix = row_key(NULL);
	struct daily d;
	if (key.length >= prefix.length && memcmp(key.data, prefix.data, prefix.length) == 0
	    && !read_row(value, &d))
		check_finding(c, "store: what was done last of a day's work cannot be read");
}
