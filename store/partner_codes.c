/* store/partner_codes.c: what a partner knows a person by instead of the regional id. */
#include "store/partner_codes.h"

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

enum { VERSION = 1, TAG_RECORD = 1, TAG_PURPOSE, TAG_MADE, TAG_REVOKED };

static const char *const purposes[CODE_PURPOSES] = {
	[CODE_NO_PURPOSE] = NULL,
	[CODE_CARE] = "care",
	[CODE_RESEARCH] = "research",
};

const char *code_purpose_name(enum code_purpose purpose)
{
	return purposes[purpose];
}

enum code_purpose code_purpose_named(const char *name)
{
	for (unsigned i = CODE_NO_PURPOSE + 1; i < CODE_PURPOSES; i++)
		if (text_equal(purposes[i], name))
			return (enum code_purpose)i;
	return CODE_NO_PURPOSE;
}

/* ---- RFC 4648: 6. 160 bits are 32 characters, without padding ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
enum { BITS = 5, OCTET = 8 };

static void write_text(const unsigned char octets[PARTNER_CODE], char out[PARTNER_CODE_TEXT])
{
	unsigned held = 0, bits = 0;
	for (size_t i = 0, at = 0; i < PARTNER_CODE_TEXT - 1; i++, bits -= BITS) {
		if (bits < BITS) {
			held = held << OCTET | octets[at++];
			bits += OCTET;
		}
		out[i] = alphabet[held >> (bits - BITS) & 31];
	}
	out[PARTNER_CODE_TEXT - 1] = '\0';
}

static bool read_text(const char *text, unsigned char out[PARTNER_CODE])
{
	unsigned held = 0, bits = 0;
	if (strlen(text) != PARTNER_CODE_TEXT - 1)
		return false;
	for (size_t at = 0; *text != '\0'; text++) {
		char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
		const char *place = strchr(alphabet, c);
		if (place == NULL)
			return false;
		held = held << BITS | (unsigned)(place - alphabet);
		bits += BITS;
		if (bits >= OCTET) {
			bits -= OCTET;
			out[at++] = (unsigned char)(held >> bits);
		}
	}
	return true;
}

/* ---- Rows ---- */

static struct key code_key(uint64_t partner, const unsigned char octets[PARTNER_CODE])
{
	struct key k;
	key_begin(&k, SPACE_PARTNER_CODE);
	key_short(&k, partner);
	key_bytes(&k, octets, PARTNER_CODE);
	return k;
}

static struct key record_key(uint64_t record)
{
	struct key k;
	key_begin(&k, SPACE_PARTNER_CODE_OF);
	key_short(&k, record);
	return k;
}

static struct key code_of_key(uint64_t record, uint64_t partner, enum code_purpose purpose)
{
	struct key k = record_key(record);
	key_short(&k, partner);
	key_octet(&k, (unsigned char)purpose);
	return k;
}

static bool is_purpose(uint64_t number)
{
	return number > CODE_NO_PURPOSE && number < CODE_PURPOSES;
}

/* It is of a record, or was revoked. */
static bool read_row(struct bytes row, struct partner_code *out)
{
	struct record_reader r = record_read(row);
	uint64_t purpose = 0;
	*out = (struct partner_code){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_RECORD: out->record = record_as_number(&r); break;
		case TAG_PURPOSE: purpose = record_as_number(&r); break;
		case TAG_MADE: out->made = record_as_instant(&r); break;
		case TAG_REVOKED: out->revoked = record_as_instant(&r); break;
		}
	out->purpose = is_purpose(purpose) ? (enum code_purpose)purpose : CODE_NO_PURPOSE;
	return !r.broken && is_purpose(purpose) && (out->record == 0) == (out->revoked != 0);
}

static bool put_row(struct store_txn *t, uint64_t partner, const unsigned char octets[PARTNER_CODE],
		    const struct partner_code *c)
{
	struct key k = code_key(partner, octets);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	if (c->record != 0)
		record_number(&w, TAG_RECORD, c->record);
	record_number(&w, TAG_PURPOSE, c->purpose);
	record_instant(&w, TAG_MADE, c->made);
	if (c->revoked != 0)
		record_instant(&w, TAG_REVOKED, c->revoked);
	return store_put(t, key_span(&k), record_end(&w));
}

/* The row a code leads to, and whom. False: that partner was never given it, or the store
 * failed. */
static bool look_up(struct store_txn *t, struct arena *a, uint64_t partner,
		    const unsigned char octets[PARTNER_CODE], struct partner_code *out)
{
	struct key k = code_key(partner, octets);
	struct patient_record place;
	struct bytes row;
	if (!store_get(t, key_span(&k), a, &row))
		return false;
	if (!read_row(row, out))
		return store_damaged(t, "whose the code of a partner is cannot be read");
	write_text(octets, out->text);
	if (out->record == 0)
		return true;
	if (!identity_place(t, a, out->record, &place))
		return store_damaged(t, "the code of a partner leads to nobody");
	out->person = place.person;
	return true;
}

/* ---- Those of a person ---- */

/* Of one that hangs on a record; key and value of SPACE_PARTNER_CODE_OF. */
static struct partner_code *hung(struct store_txn *t, struct arena *a, struct bytes key,
				 struct bytes value)
{
	struct partner_code *c = arena_new(a, struct partner_code);
	struct key_reader r = key_read(key);
	key_read_short(&r);
	uint64_t partner = key_read_short(&r);
	if (value.length != PARTNER_CODE || !look_up(t, a, partner, value.data, c)
	    || (c->partner = name_text(t, a, partner)) == NULL) {
		store_damaged(t, "the code of a person cannot be read");
		return NULL;
	}
	return c;
}

/* Which of two that lead to one person is told: his regional record's, then the older. */
static bool goes_before(const struct partner_code *x, const struct partner_code *y,
			uint64_t regional)
{
	if (x->record == regional || y->record == regional)
		return x->record == regional;
	return x->made != y->made ? x->made < y->made : x->record < y->record;
}

static void mark_told(struct partner_code *list, uint64_t regional)
{
	for (struct partner_code *c = list; c != NULL; c = c->next) {
		c->told = true;
		for (const struct partner_code *o = list; o != NULL && c->told; o = o->next)
			c->told = o == c || o->purpose != c->purpose
				  || !text_equal(o->partner, c->partner)
				  || goes_before(c, o, regional);
	}
}

static struct partner_code **gather(struct store_txn *t, struct arena *a, uint64_t record,
				    struct partner_code **last)
{
	struct key k = record_key(record);
	struct store_cursor *cursor = store_scan_prefix(t, key_span(&k), false);
	struct bytes key, value;
	while (!store_failed(t) && store_next(cursor, &key, &value)) {
		*last = hung(t, a, key, value);
		last = *last == NULL ? last : &(*last)->next;
	}
	store_scan_end(cursor);
	return last;
}

struct partner_code *partner_codes_of(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct partner_code *first = NULL, **last = &first;
	struct person p;
	if (!identity_person_places(t, a, person, &p))
		return NULL;
	for (const struct patient_record *r = p.records; r != NULL; r = r->next)
		last = gather(t, a, r->number, last);
	mark_told(first, p.regional_record);
	return store_failed(t) ? NULL : first;
}

bool partner_code_hangs_on(struct store_txn *t, uint64_t record)
{
	struct key k = record_key(record);
	struct store_cursor *cursor = store_scan_prefix(t, key_span(&k), false);
	struct bytes key, value;
	bool some = store_next(cursor, &key, &value);
	store_scan_end(cursor);
	return some;
}

/* ---- Asking, finding, revoking ---- */

static bool is_given(struct store_txn *t, uint64_t partner,
		     const unsigned char octets[PARTNER_CODE])
{
	struct key k = code_key(partner, octets);
	return store_has(t, key_span(&k));
}

/* Hangs on the person's regional record. */
static bool make(struct store_txn *t, const char *partner, struct partner_code *c)
{
	unsigned char octets[PARTNER_CODE];
	uint64_t number = name_number(t, partner);
	struct key of = code_of_key(c->record, number, c->purpose);
	do
		store_random(t)->fill(store_random(t), octets, sizeof octets);
	while (is_given(t, number, octets));
	write_text(octets, c->text);
	return put_row(t, number, octets, c)
	       && store_put(t, key_span(&of), (struct bytes){ octets, sizeof octets });
}

bool partner_code_ask(struct store_txn *t, const char *partner, enum code_purpose purpose,
		      uint64_t person, instant now, struct partner_code *out, bool *made)
{
	struct arena *a = store_arena(t);
	struct person p;
	*made = false;
	if (!identity_person_places(t, a, person, &p))
		return false;
	for (const struct partner_code *c = partner_codes_of(t, a, person); c != NULL; c = c->next)
		if (c->told && c->purpose == purpose && text_equal(c->partner, partner)) {
			*out = *c;
			return true;
		}
	if (store_failed(t))
		return false;
	*out = (struct partner_code){ .partner = partner,
				      .purpose = purpose,
				      .made = now,
				      .record = p.regional_record,
				      .person = person,
				      .told = true };
	*made = make(t, partner, out);
	return *made;
}

/* False: nobody was ever given anything there; or the store failed. */
static bool read_given(struct store_txn *t, const char *partner, const char *text, uint64_t *number,
		       unsigned char octets[PARTNER_CODE])
{
	return read_text(text, octets) && name_find(t, partner, number);
}

static bool is_told(struct store_txn *t, struct arena *a, const struct partner_code *of)
{
	for (const struct partner_code *c = partner_codes_of(t, a, of->person); c != NULL;
	     c = c->next)
		if (text_equal(c->text, of->text))
			return c->told;
	return false;
}

bool partner_code_find(struct store_txn *t, struct arena *a, const char *partner, const char *text,
		       struct partner_code *out)
{
	unsigned char octets[PARTNER_CODE];
	uint64_t number;
	if (!read_given(t, partner, text, &number, octets) || !look_up(t, a, number, octets, out))
		return false;
	out->partner = partner;
	out->told = out->person != 0 && is_told(t, a, out);
	return !store_failed(t);
}

bool partner_code_revoke(struct store_txn *t, const char *partner, const char *text, instant now)
{
	unsigned char octets[PARTNER_CODE];
	struct partner_code c;
	uint64_t number;
	if (!read_given(t, partner, text, &number, octets)
	    || !look_up(t, store_arena(t), number, octets, &c))
		return false;
	if (c.revoked != 0)
		return true;
	struct key of = code_of_key(c.record, number, c.purpose);
	c.record = 0;
	c.revoked = now;
	put_row(t, number, octets, &c);
	store_delete(t, key_span(&of));
	return !store_failed(t);
}

/* ---- For `minato check` ---- */

static bool is_there(struct store_check *c, uint64_t record)
{
	struct patient_record place;
	struct person p;
	return identity_place(check_txn(c), check_arena(c), record, &place)
	       && identity_person_places(check_txn(c), check_arena(c), place.person, &p);
}

static void look_at_code(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct partner_code is;
	struct bytes back = { 0 };
	uint64_t partner = key_read_short(&r);
	struct bytes octets = key_read_bytes(&r, PARTNER_CODE);
	if (!key_read_end(&r) || !read_row(value, &is)) {
		check_finding(c, "code of a partner: it cannot be read");
		return;
	}
	struct key of = code_of_key(is.record, partner, is.purpose);
	if (is.record == 0)
		return;
	if (!is_there(c, is.record))
		check_finding(c, "code of a partner: it leads to record %llu, which is nobody's",
			      (unsigned long long)is.record);
	else if (!store_get(check_txn(c), key_span(&of), check_arena(c), &back)
		 || !bytes_equal(back, octets))
		check_finding(c, "code of a partner: record %llu does not have it",
			      (unsigned long long)is.record);
}

static void look_at_hung(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct partner_code is;
	struct bytes row;
	uint64_t record = key_read_short(&r), partner = key_read_short(&r);
	unsigned purpose = key_read_octet(&r);
	struct key k = { .overflow = true };
	if (key_read_end(&r) && value.length == PARTNER_CODE)
		k = code_key(partner, value.data);
	if (k.overflow || !store_get(check_txn(c), key_span(&k), check_arena(c), &row)
	    || !read_row(row, &is) || is.record != record || is.purpose != purpose)
		check_finding(c,
			      "record %llu: it has the code of a partner that does not lead to it",
			      (unsigned long long)record);
}

const struct check_module partner_codes_check = {
	.name = "partner codes",
	.rows = (const struct check_row[]){ { SPACE_PARTNER_CODE, "partner's code", look_at_code },
					    { SPACE_PARTNER_CODE_OF, "code of a record",
					      look_at_hung },
					    { 0 } },
};
