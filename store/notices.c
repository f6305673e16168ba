/* store/notices.c: of which persons a system is still to be told. */
#include "store/notices.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/errands.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	SPACE_NOTICE = SPACE_OUTBOX_FIRST + 8, /* system text, person -> struct notice */
	SPACE_NOTICE_LATE,                     /* system text, person -> nothing: no errand yet */
	SPACE_NOTICE_TOTAL                     /* system text -> how many are late */
};
enum { VERSION = 1, TAG_CHANGE = 1, TAG_ERRAND, TAG_TOLD, TAG_LATE };

/* Each that is concluded makes room for one; a second brings back what a drop took. */
enum { LATE_AT_ONCE = 2 };

static const char subject[] = "person ";

static struct key notice_key(unsigned char space, const char *system, uint64_t person)
{
	struct key k;
	key_begin(&k, space);
	key_text(&k, system);
	key_number(&k, person);
	return k;
}

static bool read_row(struct bytes row, struct notice *out)
{
	struct record_reader r = record_read(row);
	while (record_next(&r))
		switch (r.tag) {
		case TAG_CHANGE: out->change = record_as_number(&r); break;
		case TAG_ERRAND: out->errand = record_as_number(&r); break;
		case TAG_TOLD:
			r.broken = r.broken || r.value.length != NOTICE_DIGEST;
			if (r.broken)
				return false;
			memcpy(out->told, r.value.data, NOTICE_DIGEST);
			out->was_told = true;
			break;
		}
	return !r.broken && r.version == VERSION;
}

bool notice_get(struct store_txn *t, struct arena *a, const char *system, uint64_t person,
		struct notice *out)
{
	struct key k = notice_key(SPACE_NOTICE, system, person);
	struct bytes row;
	*out = (struct notice){ .person = person };
	return store_get(t, key_span(&k), a, &row)
	       && (read_row(row, out) || store_damaged(t, "a notice cannot be read"));
}

static void put_row(struct store_txn *t, const char *system, const struct notice *n)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k = notice_key(SPACE_NOTICE, system, n->person);
	record_number(&w, TAG_CHANGE, n->change);
	record_number(&w, TAG_ERRAND, n->errand);
	if (n->was_told)
		record_bytes(&w, TAG_TOLD, (struct bytes){ n->told, NOTICE_DIGEST });
	store_put(t, key_span(&k), record_end(&w));
}

/* ---- Those that are late ---- */

static struct key total_key(const char *system)
{
	struct key k;
	key_begin(&k, SPACE_NOTICE_TOTAL);
	key_text(&k, system);
	return k;
}

static bool read_total(struct bytes row, uint64_t *out)
{
	struct record_reader r = record_read(row);
	*out = 0;
	while (record_next(&r))
		if (r.tag == TAG_LATE)
			*out = record_as_number(&r);
	return !r.broken && r.version == VERSION;
}

uint64_t notices_late(struct store_txn *t, struct arena *a, const char *system)
{
	struct key k = total_key(system);
	struct bytes row;
	uint64_t late = 0;
	if (store_get(t, key_span(&k), a, &row) && !read_total(row, &late))
		store_damaged(t, "how many notices are late cannot be read");
	return late;
}

static void put_total(struct store_txn *t, const char *system, uint64_t late)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k = total_key(system);
	record_number(&w, TAG_LATE, late);
	if (late == 0)
		store_delete(t, key_span(&k));
	else
		store_put(t, key_span(&k), record_end(&w));
}

static void be_late(struct store_txn *t, const char *system, uint64_t person, bool late)
{
	struct key k = notice_key(SPACE_NOTICE_LATE, system, person);
	if (store_has(t, key_span(&k)) == late)
		return;
	if (late)
		store_put(t, key_span(&k), (struct bytes){ 0 });
	else
		store_delete(t, key_span(&k));
	put_total(t, system, notices_late(t, store_arena(t), system) + (late ? 1 : -1));
}

/* ---- Errands ---- */

uint64_t notice_of(const struct errand *e)
{
	const struct bytes said = e->parts == NULL ? (struct bytes){ 0 } : e->parts->octets;
	uint64_t person = 0;
	char text[32];
	if (!text_equal(e->kind, NOTICE_ERRAND) || said.length >= sizeof text || said.data == NULL)
		return 0;
	memcpy(text, said.data, said.length);
	text[said.length] = '\0';
	return text_starts(text, subject)
			       && text_to_number(text + strlen(subject), INT64_MAX, &person)
		       ? person
		       : 0;
}

/* One that waits; those set aside are the operator's. */
static bool is_waiting(struct store_txn *t, const char *system, const struct notice *n)
{
	struct errand e;
	return n->errand != 0 && errand_get(t, store_arena(t), n->errand, &e) && !e.aside
	       && text_equal(e.partner, system) && notice_of(&e) == n->person;
}

static bool has_room(struct store_txn *t, const char *system, const char *address)
{
	struct errand_queue q;
	errand_queue_get(t, store_arena(t), system, address, &q);
	return q.waiting < NOTICES_WAITING && q.aside < NOTICES_ASIDE;
}

/* The outbox's bounds are for what others cause; these have their own. */
static uint64_t put_errand(struct store_txn *t, const char *system, const char *address,
			   uint64_t person)
{
	static const struct errand_bounds none = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct problem p = { .code = PROBLEM_NONE };
	const char *text = arena_printf(store_arena(t), "%s%" PRIu64, subject, person);
	const struct errand_part part = { .octets = bytes_of_text(text) };
	bool v2 = partner_by_mllp(address);
	struct errand e = { .kind = NOTICE_ERRAND,
			    .partner = system,
			    .address = address,
			    .what = v2 ? "ITI-10" : "ITI-46",
			    .content_type = v2 ? "x-application/hl7-v2+er7"
					       : "application/soap+xml",
			    .parts = &part,
			    .made = store_clock(t)->now(store_clock(t)) };
	return errand_put(t, &e, &none, &p) ? e.number : 0;
}

/* It becomes an errand, or is late. */
static void make_errand(struct store_txn *t, const struct partner *to, const char *system,
			struct notice *n)
{
	n->errand = has_room(t, system, to->url) ? put_errand(t, system, to->url, n->person) : 0;
	be_late(t, system, n->person, n->errand == 0);
	put_row(t, system, n);
}

/* The first of those that are late; 0: none is. */
static uint64_t first_late(struct store_txn *t, const char *system)
{
	struct key prefix;
	struct bytes key, value;
	key_begin(&prefix, SPACE_NOTICE_LATE);
	key_text(&prefix, system);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	uint64_t person = 0;
	if (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		key_read_text(&r);
		person = key_read_number(&r);
		if (!key_read_end(&r) || person == 0)
			store_damaged(t, "a notice that is late cannot be read");
	}
	store_scan_end(c);
	return store_failed(t) ? 0 : person;
}

static void make_late_ones(struct store_txn *t, const struct partner *to, const char *system)
{
	for (unsigned i = 0; i < LATE_AT_ONCE && has_room(t, system, to->url); i++) {
		struct notice n;
		uint64_t person = first_late(t, system);
		if (person == 0)
			return;
		notice_get(t, store_arena(t), system, person, &n);
		make_errand(t, to, system, &n);
	}
}

void notice_put(struct store_txn *t, const struct region *r, const struct registered_system *s,
		uint64_t person)
{
	const struct partner *to = region_notified(r, s);
	struct notice n;
	if (to == NULL)
		return;
	notice_get(t, store_arena(t), s->name, person, &n);
	n.change++;
	if (is_waiting(t, s->name, &n))
		put_row(t, s->name, &n);
	else
		make_errand(t, to, s->name, &n);
	make_late_ones(t, to, s->name);
}

void notice_leaves(struct store_txn *t, const char *system, uint64_t person)
{
	struct notice n;
	if (!notice_get(t, store_arena(t), system, person, &n) || !n.was_told)
		return;
	n.was_told = false;
	put_row(t, system, &n);
}

static void forget(struct store_txn *t, const char *system, uint64_t person)
{
	struct key k = notice_key(SPACE_NOTICE, system, person);
	store_delete(t, key_span(&k));
	be_late(t, system, person, false);
}

void notice_concluded(struct store_txn *t, const struct region *r,
		      const struct registered_system *s, const struct notice *seen,
		      const unsigned char told[NOTICE_DIGEST], bool gone)
{
	const struct partner *to = region_notified(r, s);
	struct notice n;
	if (gone)
		forget(t, s->name, seen->person);
	else if (notice_get(t, store_arena(t), s->name, seen->person, &n)) {
		if (told != NULL) {
			memcpy(n.told, told, NOTICE_DIGEST);
			n.was_told = true;
		}
		if (n.change != seen->change && to != NULL && !is_waiting(t, s->name, &n))
			make_errand(t, to, s->name, &n);
		else
			put_row(t, s->name, &n);
	}
	if (to != NULL)
		make_late_ones(t, to, s->name);
}

/* ---- For `minato check` ---- */

static void look_at_notice(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct notice n = { .person = 0 };
	key_read_text(&r);
	uint64_t person = key_read_number(&r);
	if (!key_read_end(&r) || !read_row(value, &n))
		check_finding(c, "notice of person %" PRIu64 ": it cannot be read", person);
}

static void look_at_late(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct notice n;
	const char *system = arena_text(check_arena(c), key_read_text(&r));
	uint64_t person = key_read_number(&r);
	(void)value;
	if (!key_read_end(&r) || !notice_get(check_txn(c), check_arena(c), system, person, &n)
	    || n.errand != 0)
		check_finding(c, "notice of person %" PRIu64 ": late, and not missing", person);
	else if (notices_late(check_txn(c), check_arena(c), system) == 0)
		check_finding(c, "notice of person %" PRIu64 ": late, and not counted", person);
}

static void look_at_total(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	const char *system = arena_text(check_arena(c), key_read_text(&r));
	struct bytes each, nothing;
	struct key prefix;
	uint64_t said, late = 0;
	key_begin(&prefix, SPACE_NOTICE_LATE);
	key_text(&prefix, system);
	struct store_cursor *cursor = store_scan_prefix(check_txn(c), key_span(&prefix), false);
	while (store_next(cursor, &each, &nothing))
		late++;
	store_scan_end(cursor);
	if (!key_read_end(&r) || !read_total(value, &said) || said != late)
		check_finding(c,
			      "notices for %s: %" PRIu64 " are late, and not as many are counted",
			      system, late);
}

const struct check_module notices_check = {
	.name = "notices",
	.rows =
		(const struct check_row[]){
			{ SPACE_NOTICE, "notice", look_at_notice },
			{ SPACE_NOTICE_LATE, "late notice", look_at_late },
			{ SPACE_NOTICE_TOTAL, "late notices", look_at_total },
			{ 0 },
		},
};
