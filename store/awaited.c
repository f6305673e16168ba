/* store/awaited.c: answers of other communities that are still to come. */
#include "store/awaited.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/identity.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_MESSAGE = 1, TAG_QUESTION, TAG_QUERY, TAG_ASKED, TAG_UNTIL, TAG_PRINT };
enum { FORGOTTEN_AT_ONCE = 256 }; /* a job is to be short */

/* ---- Rows ---- */

static struct key record_key(uint64_t record)
{
	struct key k;
	key_begin(&k, SPACE_AWAITED);
	key_short(&k, record);
	return k;
}

static struct key row_key(uint64_t record, uint64_t partner)
{
	struct key k = record_key(record);
	key_short(&k, partner);
	return k;
}

static struct key name_key(uint64_t partner, const char *message_id)
{
	struct key k;
	key_begin(&k, SPACE_AWAITED_NAME);
	key_short(&k, partner);
	key_text(&k, message_id);
	return k;
}

static bool is_name(const char *text)
{
	return !text_empty(text) && strlen(text) <= AWAITED_NAME_MOST;
}

static bool read_row(struct bytes row, struct awaited *out)
{
	struct record_reader r = record_read(row);
	struct bytes print = { 0 };
	*out = (struct awaited){ .asked = 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_MESSAGE: out->message_id = record_as_text(&r); break;
		case TAG_QUESTION: out->question = record_as_text(&r); break;
		case TAG_QUERY: out->query = record_as_text(&r); break;
		case TAG_ASKED: out->asked = record_as_instant(&r); break;
		case TAG_UNTIL: out->until = record_as_instant(&r); break;
		case TAG_PRINT: print = r.value; break;
		}
	if (r.broken || !is_name(out->message_id) || !is_name(out->question) || !is_name(out->query)
	    || print.length != CORRELATION_PRINT || out->until < out->asked)
		return false;
	memcpy(out->print, print.data, CORRELATION_PRINT);
	return true;
}

/* Whatever its time. */
static bool get(struct store_txn *t, struct arena *a, uint64_t partner, uint64_t record,
		struct awaited *out)
{
	struct key k = row_key(record, partner);
	struct bytes row;
	if (!store_get(t, key_span(&k), a, &row))
		return false;
	if (!read_row(row, out))
		return store_damaged(t, "what a community is to answer cannot be read");
	out->record = record;
	out->partner = name_text(t, a, partner);
	return !store_failed(t);
}

static struct bytes record_value(struct store_txn *t, uint64_t record)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_MESSAGE, record);
	return record_end(&w);
}

/* 0: it cannot be read. */
static uint64_t read_record(struct bytes row)
{
	struct record_reader r = record_read(row);
	uint64_t record = 0;
	while (r.version == VERSION && record_next(&r))
		if (r.tag == TAG_MESSAGE)
			record = record_as_number(&r);
	return r.broken ? 0 : record;
}

/* ---- What is awaited ---- */

static void take_away(struct store_txn *t, uint64_t partner, const struct awaited *a)
{
	struct key row = row_key(a->record, partner), name = name_key(partner, a->message_id);
	store_delete(t, key_span(&row));
	store_delete(t, key_span(&name));
}

bool awaited_put(struct store_txn *t, const struct awaited *a)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	uint64_t partner = name_number(t, a->partner);
	struct key row = row_key(a->record, partner), name = name_key(partner, a->message_id);
	struct awaited before;
	if (partner == 0)
		return false;
	if (get(t, store_arena(t), partner, a->record, &before))
		take_away(t, partner, &before);
	record_text(&w, TAG_MESSAGE, a->message_id);
	record_text(&w, TAG_QUESTION, a->question);
	record_text(&w, TAG_QUERY, a->query);
	record_instant(&w, TAG_ASKED, a->asked);
	record_instant(&w, TAG_UNTIL, a->until);
	record_bytes(&w, TAG_PRINT, (struct bytes){ a->print, CORRELATION_PRINT });
	return !store_failed(t) && store_put(t, key_span(&row), record_end(&w))
	       && store_put(t, key_span(&name), record_value(t, a->record));
}

static bool is_in_time(const struct awaited *a, instant now)
{
	return now < a->until;
}

static bool find(struct store_txn *t, struct arena *a, const char *partner, const char *message_id,
		 struct awaited *out, uint64_t *number)
{
	struct bytes row;
	if (!is_name(message_id) || !name_find(t, partner, number))
		return false;
	struct key k = name_key(*number, message_id);
	return store_get(t, key_span(&k), a, &row) && get(t, a, *number, read_record(row), out)
	       && text_equal(out->message_id, message_id);
}

bool awaited_find(struct store_txn *t, struct arena *a, const char *partner, const char *message_id,
		  instant now, struct awaited *out)
{
	uint64_t number;
	return find(t, a, partner, message_id, out, &number) && is_in_time(out, now);
}

bool awaited_of(struct store_txn *t, struct arena *a, const char *partner, uint64_t record,
		instant now, struct awaited *out)
{
	uint64_t number;
	return name_find(t, partner, &number) && get(t, a, number, record, out)
	       && is_in_time(out, now);
}

struct awaited_list *awaited_list_of(struct store_txn *t, struct arena *a, uint64_t record)
{
	struct awaited_list *first = NULL, **last = &first;
	struct key k = record_key(record);
	struct bytes key, value;
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (!store_failed(t) && store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		key_read_short(&r);
		uint64_t partner = key_read_short(&r);
		struct awaited_list *one = arena_new(a, struct awaited_list);
		if (get(t, a, partner, record, &one->is)) {
			*last = one;
			last = &one->next;
		}
	}
	store_scan_end(c);
	return store_failed(t) ? NULL : first;
}

bool awaited_end(struct store_txn *t, const char *partner, const char *message_id)
{
	struct awaited is;
	uint64_t number;
	if (find(t, store_arena(t), partner, message_id, &is, &number))
		take_away(t, number, &is);
	return !store_failed(t);
}

/* ---- What has had its time ---- */

struct over {
	struct awaited is;
	uint64_t partner;
	struct over *next;
};

/* The first of them, up to so many: none is deleted while the cursor stands there. */
static struct over *find_over(struct store_txn *t, instant before)
{
	struct over *first = NULL, **last = &first;
	struct arena *a = store_arena(t);
	struct key space;
	struct bytes key, row;
	key_begin(&space, SPACE_AWAITED);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (unsigned count = 0; count < FORGOTTEN_AT_ONCE && store_next(c, &key, &row);) {
		struct key_reader r = key_read(key);
		struct awaited is;
		uint64_t record = key_read_short(&r), partner = key_read_short(&r);
		if (!read_row(row, &is)) {
			store_damaged(t, "what a community is to answer cannot be read");
		} else if (is.until < before) {
			*last = arena_new(a, struct over);
			is.message_id = arena_text(a, is.message_id);
			is.record = record;
			**last = (struct over){ .is = is, .partner = partner };
			last = &(*last)->next;
			count++;
		}
	}
	store_scan_end(c);
	return first;
}

bool awaited_forget(struct store_txn *t, instant before, bool *more)
{
	unsigned count = 0;
	for (const struct over *o = find_over(t, before); o != NULL; o = o->next) {
		take_away(t, o->partner, &o->is);
		count++;
	}
	*more = count == FORGOTTEN_AT_ONCE;
	return !store_failed(t);
}

/* ---- For `minato check` ---- */

/* A record that was subsumed keeps what was asked of it until that is forgotten. */
static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct awaited is;
	struct patient_record place;
	struct bytes named;
	uint64_t record = key_read_short(&r), partner = key_read_short(&r);
	if (!key_read_end(&r) || !read_row(value, &is)) {
		check_finding(c, "record %llu: what a community is to answer of it cannot be read",
			      (unsigned long long)record);
		return;
	}
	struct key name = name_key(partner, is.message_id);
	if (!identity_place(check_txn(c), check_arena(c), record, &place)
	    || name_text(check_txn(c), check_arena(c), partner) == NULL)
		check_finding(c,
			      "record %llu: a community is to answer of it, and one of them is not "
			      "there",
			      (unsigned long long)record);
	else if (!store_get(check_txn(c), key_span(&name), check_arena(c), &named)
		 || read_record(named) != record)
		check_finding(c,
			      "record %llu: a community is to answer of it, and the answer would "
			      "not be found",
			      (unsigned long long)record);
}

static void look_at_name(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	uint64_t partner = key_read_short(&r), record = read_record(value);
	const char *name = key_read_text(&r);
	struct key row = row_key(record, partner);
	struct awaited is;
	struct bytes there;
	if (!key_read_end(&r) || record == 0)
		check_finding(c, "an answer that is awaited: a row that cannot be read");
	else if (!store_get(check_txn(c), key_span(&row), check_arena(c), &there)
		 || !read_row(there, &is) || !text_equal(is.message_id, name))
		check_finding(c, "record %llu: an answer is awaited that nobody was asked for",
			      (unsigned long long)record);
}

const struct check_module awaited_check = {
	.name = "awaited",
	.rows = (const struct check_row[]){ { SPACE_AWAITED, "answer to come", look },
					    { SPACE_AWAITED_NAME, "answer to come by its name",
					      look_at_name },
					    { 0 } },
};
