/* store/store_form.c: in which form the store is, and what is its own: its secret. */
#include "store/store_form.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "store/keys.h"
#include "store/node.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	/* 1: audit entries and consent events one by one; 2: one audit chain; 3: numbers one by
	 * one; 4: several spaces in one tree of Berkeley DB; 5: who shares evidence one by one; 6:
	 * no audit entries packed together; 7: all small documents among the keys, metadata as it
	 * was sent; 8: patient records as they were sent; 9: consent events twice, audit
	 * segments of 2,048 entries; 10: rows of persons that this form reads as well, and writes
	 * shorter; 11: the same of rows of consent and of documents, and no keys for matching
	 * (store/match_blocks.h), which a start makes. A store of either becomes one of this form
	 * when it is opened */
	FORMAT = 12,
	FORMAT_READ = 10, /* and all after it */
};

unsigned store_form_number(void)
{
	return FORMAT;
}

bool store_form_is_read(unsigned form)
{
	return form >= FORMAT_READ && form <= FORMAT;
}

static struct key own_key(const char *name)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, name);
	return k;
}

bool store_secret(struct store_txn *t, unsigned char out[STORE_SECRET])
{
	struct key k = own_key("secret");
	struct bytes found;
	if (!store_get(t, key_span(&k), store_arena(t), &found) || found.length != STORE_SECRET)
		return store_damaged(t, "the store's secret cannot be read");
	memcpy(out, found.data, STORE_SECRET);
	return true;
}

bool store_touch(struct store_txn *t)
{
	struct key k = own_key("touched");
	key_number(&k, store_node(t)); /* no two nodes write one */
	struct record_writer w = record_begin(store_arena(t), 1);
	record_instant(&w, 1, store_clock(t)->now(store_clock(t)));
	return store_put(t, key_span(&k), record_end(&w));
}

static bool make_secret(struct store_txn *t)
{
	struct key k = own_key("secret");
	unsigned char secret[STORE_SECRET];
	if (store_has(t, key_span(&k)))
		return true;
	store_random(t)->fill(store_random(t), secret, sizeof secret);
	return store_put(t, key_span(&k), (struct bytes){ secret, sizeof secret });
}

static bool put_format(struct store_txn *t)
{
	static const unsigned char format = FORMAT;
	struct key k = own_key("format");
	return store_put(t, key_span(&k), (struct bytes){ &format, 1 });
}

/* Read as ours, it would look damaged: it is left alone. */
static bool refuse_format(unsigned form, struct problem *p)
{
	return form > FORMAT
		       ? problem_set(p, PROBLEM_CONFIGURATION,
				     "the store was written by a later release (form %u, this one "
				     "reads %u to %u): start that release, or put a backup back "
				     "that was made before it (minatod(8), minato backup)",
				     form, (unsigned)FORMAT_READ, (unsigned)FORMAT)
		       : problem_set(p, PROBLEM_CONFIGURATION,
				     "the store was written by a former release (form %u, this one "
				     "reads %u to %u), and no command brings it over: start that "
				     "release, or begin anew (minato init) and have everything "
				     "sent again (minato ssmix2 import reads a facility's storage)",
				     form, (unsigned)FORMAT_READ, (unsigned)FORMAT);
}

bool store_form_agree(void *with, struct store_txn *t, struct problem *p)
{
	struct bytes found;
	struct key k = own_key("format");
	(void)with;
	if (!store_get(t, key_span(&k), store_arena(t), &found))
		return put_format(t) && make_secret(t);
	unsigned form = found.length == 1 ? found.data[0] : 0;
	if (!store_form_is_read(form))
		return refuse_format(form, p);
	return (form == FORMAT || put_format(t)) && make_secret(t);
}

bool store_form_is_ours(struct store_txn *t)
{
	struct key format = own_key("format"), secret = own_key("secret");
	struct bytes found;
	return store_get(t, key_span(&format), store_arena(t), &found) && found.length == 1
	       && found.data[0] == FORMAT && store_has(t, key_span(&secret));
}
