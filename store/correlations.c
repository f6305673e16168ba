/* store/correlations.c: what another community answered, when it was asked whom it knows. */
#include "store/correlations.h"

#include <string.h>

#include <openssl/evp.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "store/check.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_WHAT = 1, TAG_ASKED, TAG_UNTIL, TAG_PRINT };
enum { FORGOTTEN_AT_ONCE = 256 }; /* rows a job: it is to be short */

static const char *const names[CORRELATED_KINDS] = {
	[CORRELATED_NOT_ASKED] = "not asked", [CORRELATED_KNOWN] = "known",
	[CORRELATED_UNKNOWN] = "unknown",     [CORRELATED_SEVERAL] = "several",
	[CORRELATED_MORE] = "more wanted",    [CORRELATED_DOUBTFUL] = "doubtful",
	[CORRELATED_CONFLICT] = "conflict",
};

const char *correlated_name(enum correlated what)
{
	return names[what];
}

/* ---- Rows ---- */

static struct key record_key(uint64_t record)
{
	struct key k;
	key_begin(&k, SPACE_CORRELATION);
	key_short(&k, record);
	return k;
}

static struct key row_key(uint64_t record, uint64_t partner)
{
	struct key k = record_key(record);
	key_short(&k, partner);
	return k;
}

static bool is_kept(uint64_t what)
{
	return what > CORRELATED_NOT_ASKED && what < CORRELATED_KINDS;
}

static bool read_row(struct bytes row, struct correlation *out)
{
	struct record_reader r = record_read(row);
	struct bytes print = { 0 };
	uint64_t what = 0;
	*out = (struct correlation){ .asked = 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_WHAT: what = record_as_number(&r); break;
		case TAG_ASKED: out->asked = record_as_instant(&r); break;
		case TAG_UNTIL: out->until = record_as_instant(&r); break;
		case TAG_PRINT: print = r.value; break;
		}
	if (r.broken || !is_kept(what) || print.length != CORRELATION_PRINT || out->asked == 0
	    || out->until < out->asked)
		return false;
	out->what = (enum correlated)what;
	memcpy(out->print, print.data, CORRELATION_PRINT);
	return true;
}

/* ---- Of whom it was asked ---- */

/* What he decided and what his facilities say; numbers and versions stand for that. */
static void write_print(struct record_writer *w, const struct patient_record *r,
			const struct participation *p)
{
	enum { OF_RECORD = 1, OF_VERSION, OF_STATUS, OF_DECIDED, OF_JOINED, OF_RESTS, OF_EXCLUDED };
	record_number(w, OF_RECORD, r->number);
	record_number(w, OF_VERSION, r->version);
	record_number(w, OF_STATUS, r->status);
	record_flag(w, OF_DECIDED, p->decided);
	record_flag(w, OF_JOINED, p->joined);
	record_flag(w, OF_RESTS, p->rests || p->disputed);
	for (size_t i = 0; i < p->excluded_count; i++)
		record_text(w, OF_EXCLUDED, p->excluded[i]);
}

bool correlation_begin(struct store_txn *t, struct arena *a, uint64_t person, instant now,
		       struct correlation *c)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct record_writer w = record_begin(a, VERSION);
	struct person is;
	if (!identity_person(t, a, person, &is))
		return false;
	for (const struct patient_record *r = is.records; r != NULL; r = r->next) {
		struct participation p = { .decided = false };
		if (!consent_participation(t, a, r->number, now, &p) && store_failed(t))
			return false;
		write_print(&w, r, &p);
	}
	struct bytes octets = record_end(&w);
	if (store_failed(t)
	    || EVP_Digest(octets.data, octets.length, hash, NULL, EVP_sha256(), NULL) != 1)
		return false;
	memcpy(c->print, hash, CORRELATION_PRINT);
	c->record = is.regional_record;
	return true;
}

/* ---- Keeping and finding ---- */

/* Asked of somebody who has become somebody else's since: the answer is nobody's. */
static bool is_regional(struct store_txn *t, struct arena *a, uint64_t record)
{
	struct patient_record place;
	struct person person;
	return identity_place(t, a, record, &place)
	       && identity_person_places(t, a, place.person, &person)
	       && person.regional_record == record;
}

bool correlation_keep(struct store_txn *t, const struct correlation *c)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	if (!is_regional(t, store_arena(t), c->record))
		return !store_failed(t);
	uint64_t partner = name_number(t, c->partner);
	struct key k = row_key(c->record, partner);
	record_number(&w, TAG_WHAT, c->what);
	record_instant(&w, TAG_ASKED, c->asked);
	record_instant(&w, TAG_UNTIL, c->until);
	record_bytes(&w, TAG_PRINT, (struct bytes){ c->print, CORRELATION_PRINT });
	return partner != 0 && store_put(t, key_span(&k), record_end(&w));
}

static bool settle(struct store_txn *t, struct bytes row, const struct correlation *is, instant now,
		   struct correlation *out)
{
	if (!read_row(row, out))
		return store_damaged(t, "what a community answered of a person cannot be read");
	out->record = is->record;
	out->holds = out->until > now && out->asked <= now
		     && memcmp(out->print, is->print, CORRELATION_PRINT) == 0;
	return true;
}

bool correlation_of(struct store_txn *t, struct arena *a, const char *partner, uint64_t person,
		    instant now, struct correlation *out)
{
	struct correlation is = { .asked = 0 };
	struct bytes row;
	uint64_t number;
	if (!name_find(t, partner, &number) || !correlation_begin(t, a, person, now, &is))
		return false;
	struct key k = row_key(is.record, number);
	if (!store_get(t, key_span(&k), a, &row) || !settle(t, row, &is, now, out))
		return false;
	out->partner = partner;
	return true;
}

struct correlation *correlations_of(struct store_txn *t, struct arena *a, uint64_t person,
				    instant now)
{
	struct correlation *first = NULL, **last = &first, is = { .asked = 0 };
	struct bytes key, value;
	if (!correlation_begin(t, a, person, now, &is))
		return NULL;
	struct key k = record_key(is.record);
	struct store_cursor *cursor = store_scan_prefix(t, key_span(&k), false);
	while (!store_failed(t) && store_next(cursor, &key, &value)) {
		struct correlation *one = arena_new(a, struct correlation);
		struct key_reader r = key_read(key);
		key_read_short(&r);
		uint64_t partner = key_read_short(&r);
		if (!settle(t, value, &is, now, one))
			break;
		one->partner = name_text(t, a, partner);
		*last = one;
		last = &one->next;
	}
	store_scan_end(cursor);
	return store_failed(t) ? NULL : first;
}

/* ---- What has had its time ---- */

struct found {
	struct key key;
	struct found *next;
};

/* The first of them, up to so many: none is deleted while the cursor stands there. */
static struct found *find(struct store_txn *t, instant before)
{
	struct found *first = NULL, **last = &first;
	struct key space;
	struct bytes key, row;
	key_begin(&space, SPACE_CORRELATION);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (unsigned count = 0; count < FORGOTTEN_AT_ONCE && store_next(c, &key, &row);) {
		struct correlation is;
		if (!read_row(row, &is))
			store_damaged(t, "what a community answered of a person cannot be read");
		else if (is.until < before) {
			*last = arena_new(store_arena(t), struct found);
			key_begin(&(*last)->key, SPACE_CORRELATION);
			key_bytes(&(*last)->key, key.data + 1, key.length - 1);
			last = &(*last)->next;
			count++;
		}
	}
	store_scan_end(c);
	return first;
}

bool correlations_forget(struct store_txn *t, instant before, bool *more)
{
	unsigned count = 0;
	for (const struct found *f = find(t, before); f != NULL; f = f->next) {
		store_delete(t, key_span(&f->key));
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
	struct correlation is;
	struct patient_record place;
	uint64_t record = key_read_short(&r), partner = key_read_short(&r);
	if (!key_read_end(&r) || !read_row(value, &is))
		check_finding(c, "record %llu: what a community answered of it cannot be read",
			      (unsigned long long)record);
	else if (!identity_place(check_txn(c), check_arena(c), record, &place)
		 || name_text(check_txn(c), check_arena(c), partner) == NULL)
		check_finding(c,
			      "record %llu: a community answered of it, and one of them is not "
			      "there",
			      (unsigned long long)record);
	else if (is.until - is.asked > (instant)CORRELATION_SECONDS_MOST * 1000000)
		check_finding(c, "record %llu: what a community answered of it holds too long",
			      (unsigned long long)record);
}

const struct check_module correlations_check = {
	.name = "correlations",
	.rows = (const struct check_row[]){ { SPACE_CORRELATION, "correlation", look }, { 0 } },
};
