/* store/store_form.c: in which form the store is, and what is its own: its secret. */
#include "store/store_form.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "store/keys.h"
#include "store/node.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"
#include <config.h>

enum {
	/* 1: audit entries and consent events one by one; 2: one audit chain; 3: numbers one by
	 * one; 4: several spaces in one tree of Berkeley DB; 5: who shares evidence one by one;
	 * 6: no audit entries packed together; 7: all small documents among the keys, metadata
	 * as it was sent; 8: patient records as they were sent; 9: consent events twice, audit
	 * segments of 2,048 entries; 10: rows of persons that this form reads as well, and
	 * writes shorter; 11: the same of rows of consent and of documents, and no keys for
	 * matching (store/match_blocks.h); 12: nothing of which releases it has met. What brings
	 * a store over from one to the next is in store/store_migration.c */
	FORMAT = 13,
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

static bool put_format(struct store_txn *t, unsigned to)
{
	unsigned char format = (unsigned char)to;
	struct key k = own_key("format");
	return store_put(t, key_span(&k), (struct bytes){ &format, 1 });
}

/* ---- Which releases it has met ---- */

enum { LIFE_VERSION = 1 };
enum { LIFE_RELEASE = 1, LIFE_TIME, LIFE_FORM };

/* By this one, now. */
static bool put_life(struct store_txn *t, const char *what, unsigned form)
{
	struct key k = own_key(what);
	struct record_writer w = record_begin(store_arena(t), LIFE_VERSION);
	record_text(&w, LIFE_RELEASE, PACKAGE_VERSION);
	record_instant(&w, LIFE_TIME, store_clock(t)->now(store_clock(t)));
	record_number(&w, LIFE_FORM, form);
	return store_put(t, key_span(&k), record_end(&w));
}

static bool read_life(struct store_txn *t, const char *what, const char **by, instant *at,
		      unsigned *form)
{
	struct key k = own_key(what);
	struct bytes found;
	if (!store_get(t, key_span(&k), store_arena(t), &found))
		return !store_failed(t);
	struct record_reader r = record_read(found);
	while (record_next(&r))
		switch (r.tag) {
		case LIFE_RELEASE: *by = arena_text(store_arena(t), record_as_text(&r)); break;
		case LIFE_TIME: *at = record_as_instant(&r); break;
		case LIFE_FORM: *form = (unsigned)record_as_number(&r); break;
		}
	return (!r.broken && r.version == LIFE_VERSION && *by != NULL)
	       || store_damaged(t, "which release %s the store cannot be read", what);
}

bool store_life_read(struct store_txn *t, struct store_life *out)
{
	*out = (struct store_life){ .made_by = NULL };
	return read_life(t, "made", &out->made_by, &out->made, &out->made_form)
	       && read_life(t, "brought", &out->brought_by, &out->brought, &out->brought_from);
}

/* ---- Whether it is opened ---- */

static bool refuse_later(unsigned form, struct problem *p)
{
	return problem_set(
		p, PROBLEM_CONFIGURATION,
		"the store was written by a later release (form %u, this one, " PACKAGE_VERSION
		", reads %u to %u): install that release again, or put a backup back "
		"that was made before it (minatod(8), minato backup)",
		form, (unsigned)FORMAT_READ, (unsigned)FORMAT);
}

static bool refuse_former(unsigned form, struct problem *p)
{
	return problem_set(p, PROBLEM_CONFIGURATION,
			   "the store was written by a former release (form %u, this one "
			   "reads %u to %u), and no command brings it over: start that "
			   "release, or begin anew (minato init) and have everything "
			   "sent again (minato ssmix2 import reads a facility's storage)",
			   form, (unsigned)FORMAT_READ, (unsigned)FORMAT);
}

static bool refuse_until_brought(unsigned form, const char *by, struct problem *p)
{
	return problem_set(p, PROBLEM_CONFIGURATION,
			   "the store was written by a former release (form %u, this one writes "
			   "%u): bring it over, which makes a backup first: %s",
			   form, (unsigned)FORMAT, by == NULL ? "minato migrate" : by);
}

static bool admits(unsigned form, const struct store_settings *s, struct problem *p)
{
	if (form > FORMAT)
		return refuse_later(form, p);
	if (!store_form_is_read(form))
		return refuse_former(form, p);
	return form == FORMAT || s->as_it_is || refuse_until_brought(form, s->brought_by, p);
}

static unsigned form_said(struct bytes found)
{
	return found.length == 1 ? found.data[0] : 0;
}

struct key store_form_key(void)
{
	return own_key("format");
}

bool store_form_admits(struct bytes found, const struct store_settings *s, struct problem *p)
{
	return admits(form_said(found), s, p);
}

unsigned store_form_of(struct store_txn *t)
{
	struct key k = own_key("format");
	struct bytes found;
	return store_get(t, key_span(&k), store_arena(t), &found) ? form_said(found) : 0;
}

bool store_form_is_ours(struct store_txn *t)
{
	struct key secret = own_key("secret");
	return store_form_of(t) == FORMAT && store_has(t, key_span(&secret));
}

bool store_form_agree(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	if (store_form_of(t) == 0)
		return put_format(t, FORMAT) && put_life(t, "made", FORMAT) && make_secret(t);
	return make_secret(t);
}

bool store_form_move(struct store_txn *t, unsigned to, unsigned was)
{
	return put_format(t, to) && make_secret(t) && (to != FORMAT || put_life(t, "brought", was));
}
