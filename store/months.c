/* store/months.c: what came and went in each month, by system.
 *
 *	0x08  system text, month, node -> struct month_count
 *	      "" -> from when on they are counted */
#include "store/months.h"

#include <string.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/node.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

static const int64_t japan = INT64_C(9) * 3600;
enum { SECOND = 1000000, YEAR_MONTHS = 12, TM_YEARS = 1900 };

uint32_t month_of(instant at)
{
	struct tm parts;
	time_t seconds = (time_t)(at / SECOND + japan);
	gmtime_r(&seconds, &parts);
	return (uint32_t)((parts.tm_year + TM_YEARS) * YEAR_MONTHS + parts.tm_mon);
}

instant month_begins(uint32_t month)
{
	struct tm parts = { .tm_year = (int)(month / YEAR_MONTHS) - TM_YEARS,
			    .tm_mon = (int)(month % YEAR_MONTHS),
			    .tm_mday = 1 };
	return ((instant)timegm(&parts) - japan) * SECOND;
}

/* ---- Rows ---- */

enum { VERSION = 1 };
enum tag {
	TAG_DOCUMENTS = 1,
	TAG_DOCUMENTS_ENDED,
	TAG_SHARED,
	TAG_NO_BRANCH,
	TAG_NO_BRANCH_ENDED,
	TAG_OPENED,
	TAG_GIVEN
};
enum { TAG_SINCE = 1 }; /* of the row of no system */

static void put_number(struct record_writer *w, unsigned tag, uint64_t number)
{
	if (number != 0)
		record_number(w, tag, number);
}

static struct bytes month_row(struct arena *a, const struct month_count *m)
{
	struct record_writer w = record_begin(a, VERSION);
	put_number(&w, TAG_DOCUMENTS, m->documents.begun);
	put_number(&w, TAG_DOCUMENTS_ENDED, m->documents.ended);
	put_number(&w, TAG_SHARED, m->shared);
	put_number(&w, TAG_NO_BRANCH, m->no_branch.begun);
	put_number(&w, TAG_NO_BRANCH_ENDED, m->no_branch.ended);
	put_number(&w, TAG_OPENED, m->opened);
	put_number(&w, TAG_GIVEN, m->given);
	return record_end(&w);
}

static bool row_read(struct bytes row, struct month_count *out)
{
	struct record_reader r = record_read(row);
	*out = (struct month_count){ .shared = 0 };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_DOCUMENTS: out->documents.begun = record_as_number(&r); break;
		case TAG_DOCUMENTS_ENDED: out->documents.ended = record_as_number(&r); break;
		case TAG_SHARED: out->shared = record_as_number(&r); break;
		case TAG_NO_BRANCH: out->no_branch.begun = record_as_number(&r); break;
		case TAG_NO_BRANCH_ENDED: out->no_branch.ended = record_as_number(&r); break;
		case TAG_OPENED: out->opened = record_as_number(&r); break;
		case TAG_GIVEN: out->given = record_as_number(&r); break;
		}
	return !r.broken;
}

static void add_up(struct month_count *sum, const struct month_count *one)
{
	sum->documents.begun += one->documents.begun;
	sum->documents.ended += one->documents.ended;
	sum->shared += one->shared;
	sum->no_branch.begun += one->no_branch.begun;
	sum->no_branch.ended += one->no_branch.ended;
	sum->opened += one->opened;
	sum->given += one->given;
}

static struct key month_key(const char *system, uint32_t month)
{
	struct key k;
	key_begin(&k, SPACE_MONTHS);
	key_text(&k, system);
	key_number(&k, month);
	return k;
}

/* What cannot be read is none, and the store has failed. */
static struct month_count read_row(struct store_txn *t, struct bytes row)
{
	struct month_count one;
	if (!row_read(row, &one))
		store_damaged(t, "what a system did in a month cannot be read; run minato check");
	return one;
}

static bool is_nothing(const struct month_count *m)
{
	static const struct month_count none = { .shared = 0 };
	return memcmp(m, &none, sizeof none) == 0;
}

bool months_add(struct store_txn *t, const char *system, const struct month_count *more)
{
	if (text_empty(system) || is_nothing(more))
		return !store_failed(t);
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	struct key k = month_key(system, month_of(store_clock(t)->now(store_clock(t))));
	struct month_count own = { .shared = 0 };
	struct bytes row;
	key_number(&k, store_node(t));
	if (store_get(t, key_span(&k), a, &row))
		own = read_row(t, row);
	add_up(&own, more);
	bool kept = !store_failed(t) && store_put(t, key_span(&k), month_row(a, &own));
	arena_rewind(a, &before);
	return kept;
}

struct month_count months_of(struct store_txn *t, const char *system, uint32_t from, uint32_t to)
{
	struct key first = month_key(system, from), end = month_key(system, to);
	struct month_count sum = { .shared = 0 };
	struct bytes key, row;
	struct store_cursor *c = store_scan(t, key_span(&first), key_span(&end), false);
	while (store_next(c, &key, &row)) {
		struct month_count one = read_row(t, row);
		add_up(&sum, &one);
	}
	store_scan_end(c);
	return sum;
}

/* ---- Since when ---- */

static struct key since_key(void)
{
	struct key k;
	key_begin(&k, SPACE_MONTHS);
	key_text(&k, "");
	return k;
}

static bool since_read(struct bytes row, instant *since)
{
	struct record_reader r = record_read(row);
	*since = 0;
	while (record_next(&r))
		if (r.tag == TAG_SINCE)
			*since = record_as_instant(&r);
	return !r.broken;
}

bool months_since(struct store_txn *t, instant *since)
{
	struct key k = since_key();
	struct bytes row;
	return store_get(t, key_span(&k), store_arena(t), &row)
	       && (since_read(row, since)
		   || store_damaged(t, "since when months are counted cannot be read"));
}

/* Nobody has sent anything yet. */
static bool is_new(struct store_txn *t)
{
	return usage_next(t, store_arena(t), NULL) == NULL;
}

static bool begin(void *with, struct store_txn *t, struct problem *p)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k = since_key();
	(void)with;
	if (!is_new(t))
		record_instant(&w, TAG_SINCE, store_clock(t)->now(store_clock(t)));
	if (!store_has(t, key_span(&k)))
		store_put(t, key_span(&k), record_end(&w));
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool months_ready(struct store *s, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	instant since;
	if (t == NULL)
		return false;
	bool known = months_since(t, &since);
	bool fine = !store_failed(t)
		    || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	store_end(t);
	return fine && (known || store_write(s, begin, NULL, p));
}

/* ---- The check ---- */

static bool is_row(struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct month_count one;
	instant since;
	if (text_empty(key_read_text(&r)))
		return key_read_end(&r) && since_read(value, &since);
	key_read_number(&r);
	uint64_t node = key_read_number(&r);
	return key_read_end(&r) && node < NODES_MOST && row_read(value, &one);
}

static void look_row(struct store_check *c, struct bytes key, struct bytes value)
{
	if (!is_row(key, value))
		check_finding(c, "months: what a system did in a month cannot be read");
}

const struct check_module months_check = {
	.name = "months",
	.rows = (const struct check_row[]){ { SPACE_MONTHS, "month", look_row }, { 0 } },
};
