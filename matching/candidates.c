/* matching/candidates.c: which records are worth comparing at all. */
#include "matching/candidates.h"

#include <string.h>

#include "gateway/base/text.h"

/* FNV-1a over parts, each with an end of its own. */
struct hash {
	uint64_t value;
};

static void add_octets(struct hash *h, const void *octets, size_t length)
{
	const unsigned char *at = octets;
	for (size_t i = 0; i < length; i++)
		h->value = (h->value ^ at[i]) * 0x100000001b3u;
}

static void add_text(struct hash *h, const char *text)
{
	add_octets(h, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
}

/* The same on every machine: keys may be kept. */
static void add_number(struct hash *h, unsigned number)
{
	const unsigned char octets[] = { (unsigned char)number, (unsigned char)(number >> 8),
					 (unsigned char)(number >> 16),
					 (unsigned char)(number >> 24) };
	add_octets(h, octets, sizeof octets);
}

static void add_runes(struct hash *h, struct runes r)
{
	for (size_t i = 0; i < r.count; i++)
		add_number(h, r.at[i]);
	add_number(h, 0);
}

static struct hash begin(enum match_key_kind kind)
{
	struct hash h = { 0xcbf29ce484222325u };
	add_number(&h, kind);
	return h;
}

struct keys {
	struct match_key *at;
	size_t count;
	/* Only those that are indexed, of scripts (1 << enum match_script); 0: all. */
	unsigned indexed;
};

/* What only letters say: who has a name in another script is found by that; and keys that are
 * there for an index alone, parts of wider ones. */
enum { LETTERS_ALONE = 1 << 7, ONLY_INDEXED = 1 << 8 };

static void keep(struct keys *k, enum match_key_kind kind, struct hash h)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->at[i].hash == h.value)
			return;
	if (k->count < MATCH_KEYS_MOST)
		k->at[k->count++] = (struct match_key){ kind, h.value };
}

static void keep_numbers(struct keys *k, const struct match_features *f)
{
	if (f->personal != NULL) {
		struct hash h = begin(KEY_PERSONAL);
		add_text(&h, f->personal);
		keep(k, KEY_PERSONAL, h);
	}
	for (size_t i = 0; i < f->insurance_count; i++) {
		struct hash h = begin(KEY_INSURANCE);
		add_text(&h, f->insurances[i].insurer);
		add_text(&h, f->insurances[i].symbol);
		add_text(&h, f->insurances[i].number);
		keep(k, KEY_INSURANCE, h);
	}
	for (size_t i = 0; i < f->phone_count; i++) {
		struct hash h = begin(KEY_PHONE);
		add_text(&h, f->phones[i]);
		keep(k, KEY_PHONE, h);
	}
}

/* Parts of a name that a key is made of. */
enum piece { PIECE_WHOLE, PIECE_BEGINNING, PIECE_END };

static struct runes piece_of(struct runes r, enum piece piece, size_t length)
{
	if (piece == PIECE_WHOLE || r.count <= length)
		return r;
	return (struct runes){ piece == PIECE_END ? r.at + (r.count - length) : r.at, length };
}

enum { BY_YEAR = 1, BY_DAY = 2, BY_PLACE = 4 };

enum { READING = 1 << MATCH_READING, KANJI = 1 << MATCH_KANJI };

/* Which keys are made of a name: script, which piece (else all of it), how long, with what. Letters
 * are read and written at once. indexed: of which scripts it is. */
static const struct name_key {
	enum match_key_kind kind;
	bool kanji;
	enum piece piece;
	unsigned length, with, indexed;
} name_keys[] = {
	{ .kind = KEY_NAME_YEAR, .with = BY_YEAR, .indexed = READING },
	{ .kind = KEY_NAME_DAY, .with = BY_DAY, .indexed = READING },
	{ .kind = KEY_WRITTEN_YEAR, .kanji = true, .with = BY_YEAR },
	{ .kind = KEY_WRITTEN_DAY, .kanji = true, .with = BY_DAY },
	{ .kind = KEY_BIRTH_READING,
	  .piece = PIECE_END,
	  .length = 2,
	  .with = BY_YEAR | BY_DAY,
	  .indexed = READING },
	{ .kind = KEY_BIRTH_FAMILY,
	  .piece = PIECE_BEGINNING,
	  .length = 2,
	  .with = BY_YEAR | BY_DAY },
	{ .kind = KEY_BIRTH_WRITTEN,
	  .kanji = true,
	  .piece = PIECE_END,
	  .length = 1,
	  .with = BY_YEAR | BY_DAY },
	{ .kind = KEY_PLACE_GIVEN,
	  .piece = PIECE_END,
	  .length = 3,
	  .with = BY_PLACE,
	  .indexed = READING | LETTERS_ALONE },
	{ .kind = KEY_PLACE_FAMILY,
	  .piece = PIECE_BEGINNING,
	  .length = 3,
	  .with = BY_PLACE,
	  .indexed = LETTERS_ALONE },
	{ .kind = KEY_NAME },
	{ .kind = KEY_WRITTEN, .kanji = true },
	{ .kind = KEY_BIRTH_KANJI,
	  .kanji = true,
	  .piece = PIECE_END,
	  .length = 2,
	  .with = BY_YEAR | BY_DAY,
	  .indexed = KANJI | ONLY_INDEXED },
};

static bool can_have(const struct match_features *f, unsigned with)
{
	return ((with & BY_YEAR) == 0 || f->birth.year != 0)
	       && ((with & BY_DAY) == 0 || f->birth.day != 0);
}

static void keep_name(struct keys *k, const struct match_features *f, const struct name_key *key,
		      struct runes text, const char *postcode)
{
	struct hash h = begin(key->kind);
	add_runes(&h, piece_of(text, key->piece, key->length));
	if ((key->with & BY_YEAR) != 0)
		add_number(&h, f->birth.year);
	if ((key->with & BY_DAY) != 0)
		add_number(&h, f->birth.month * 100 + f->birth.day);
	add_text(&h, postcode);
	keep(k, key->kind, h);
}

static bool is_left_out(const struct keys *k, const struct match_name *n, unsigned indexed)
{
	unsigned script = n->script == MATCH_LATIN ? LETTERS_ALONE : 1u << n->script;
	return k->indexed != 0 ? (k->indexed & indexed & script) == 0
			       : (indexed & ONLY_INDEXED) != 0;
}

static void keep_names(struct keys *k, const struct match_features *f, const struct name_key *key)
{
	for (const struct match_name *n = f->names; n != NULL; n = n->next) {
		if ((n->script == MATCH_KANJI) != key->kanji || !can_have(f, key->with)
		    || is_left_out(k, n, key->indexed))
			continue;
		if ((key->with & BY_PLACE) == 0)
			keep_name(k, f, key, n->whole.loose, NULL);
		for (size_t i = 0; (key->with & BY_PLACE) != 0 && i < f->address_count; i++)
			if (f->addresses[i].postcode != NULL)
				keep_name(k, f, key, n->whole.loose, f->addresses[i].postcode);
	}
}

/* ---- Places ---- */

static void keep_birth_place(struct keys *k, const struct match_features *f,
			     const struct match_address *ad)
{
	struct hash h = begin(KEY_BIRTH_PLACE);
	if (ad->postcode == NULL || f->birth.day == 0)
		return;
	add_text(&h, ad->postcode);
	add_number(&h, f->birth.year);
	add_number(&h, f->birth.month * 100 + f->birth.day);
	keep(k, KEY_BIRTH_PLACE, h);
}

static void keep_house(struct keys *k, const struct match_address *ad)
{
	struct hash h = begin(KEY_HOUSE);
	if (ad->postcode == NULL || ad->numbers.count == 0)
		return;
	add_text(&h, ad->postcode);
	add_runes(&h, ad->numbers);
	keep(k, KEY_HOUSE, h);
}

/* A street in letters says less than a town in kanji: it goes with a name, or with the postcode. */
static void keep_street(struct keys *k, const struct match_features *f,
			const struct match_address *ad)
{
	enum { STREET = 12, LETTERS = 6, HEAD = 3 };
	char32_t letters[LETTERS];
	struct hash h = begin(KEY_STREET);
	struct runes street = { letters, 0 };
	for (size_t i = 0; i < ad->text.count && street.count < LETTERS; i++)
		if (ad->text.at[i] >= U'A' && ad->text.at[i] <= U'Z')
			letters[street.count++] = ad->text.at[i];
	if (street.count < LETTERS) {
		if (ad->text.count < STREET || k->indexed != 0)
			return;
		add_runes(&h, (struct runes){ ad->text.at, STREET });
		keep(k, KEY_STREET, h);
		return;
	}
	add_runes(&h, street);
	struct hash numbered = h;
	add_runes(&numbered, ad->numbers);
	if (k->indexed == 0 || (k->indexed & LETTERS_ALONE) != 0)
		keep(k, KEY_STREET, numbered);
	for (const struct match_name *n = f->names; n != NULL && k->indexed == 0; n = n->next) {
		const struct runes parts[] = { n->family.form, n->given.form };
		for (size_t i = 0; i < COUNT(parts); i++) {
			struct hash with = h;
			add_runes(&with, piece_of(parts[i], PIECE_BEGINNING, HEAD));
			keep(k, KEY_STREET, with);
		}
	}
	add_text(&h, ad->postcode);
	if (k->indexed == 0)
		keep(k, KEY_STREET, h);
}

static void keep_places(struct keys *k, const struct match_features *f)
{
	for (size_t i = 0; i < f->address_count; i++) {
		keep_birth_place(k, f, &f->addresses[i]);
		if (k->indexed == 0)
			keep_house(k, &f->addresses[i]);
		keep_street(k, f, &f->addresses[i]);
	}
}

/* ---- Wide ones ---- */

static void keep_birth(struct keys *k, const struct match_features *f)
{
	struct hash h = begin(KEY_BIRTH);
	if (f->birth.day == 0)
		return;
	add_number(&h, f->birth.year);
	add_number(&h, f->birth.month * 100 + f->birth.day);
	keep(k, KEY_BIRTH, h);
}

static void keep_birth_head(struct keys *k, const struct match_features *f, struct hash head)
{
	struct hash h = begin(KEY_BIRTH_HEADS);
	if (f->birth.day == 0 || k->indexed == 0)
		return;
	add_number(&h, (unsigned)(head.value >> 32));
	add_number(&h, (unsigned)head.value);
	add_number(&h, f->birth.year);
	add_number(&h, f->birth.month * 100 + f->birth.day);
	keep(k, KEY_BIRTH_HEADS, h);
}

/* How a name, or a part of one, begins. */
static struct hash head_of(struct runes name)
{
	enum { HEAD = 3 };
	struct hash h = begin(KEY_HEADS);
	add_runes(&h, piece_of(name, PIECE_BEGINNING, HEAD));
	return h;
}

/* The same whichever of both comes first. */
static void keep_heads(struct keys *k, const struct match_features *f)
{
	for (const struct match_name *n = f->names; n != NULL; n = n->next) {
		bool divided = n->family.form.count != 0;
		struct hash h = begin(KEY_HEADS),
			    family = head_of(divided ? n->family.form : n->whole.form),
			    given = head_of(divided ? n->given.form : n->whole.form);
		if (n->script != MATCH_LATIN)
			continue;
		h.value = family.value + given.value;
		if (divided && (k->indexed == 0 || (k->indexed & LETTERS_ALONE) != 0))
			keep(k, KEY_HEADS, h);
		keep_birth_head(k, f, family);
		keep_birth_head(k, f, given);
	}
}

static size_t keep_all(struct keys *k, const struct match_features *f)
{
	keep_numbers(k, f);
	for (size_t i = 0; i < COUNT(name_keys); i++)
		keep_names(k, f, &name_keys[i]);
	keep_places(k, f);
	if (k->indexed == 0)
		keep_birth(k, f);
	keep_heads(k, f);
	return k->count;
}

size_t match_keys(const struct match_features *f, struct match_key out[MATCH_KEYS_MOST])
{
	struct keys k = { .at = out };
	return keep_all(&k, f);
}

size_t match_indexed_keys(const struct match_features *f, struct match_key out[MATCH_KEYS_MOST])
{
	struct keys k = { .at = out, .indexed = READING | KANJI | LETTERS_ALONE };
	for (const struct match_name *n = f->names; n != NULL; n = n->next)
		if (n->script != MATCH_LATIN)
			k.indexed = READING | KANJI;
	return keep_all(&k, f);
}

const char *match_key_name(enum match_key_kind kind)
{
	static const char *const names[KEY_KINDS] = {
		[KEY_INSURANCE] = "insurance",
		[KEY_PHONE] = "phone",
		[KEY_PERSONAL] = "personal",
		[KEY_BIRTH_READING] = "birth-reading",
		[KEY_BIRTH_FAMILY] = "birth-family",
		[KEY_BIRTH_WRITTEN] = "birth-written",
		[KEY_NAME_YEAR] = "name-year",
		[KEY_NAME_DAY] = "name-day",
		[KEY_WRITTEN_YEAR] = "written-year",
		[KEY_WRITTEN_DAY] = "written-day",
		[KEY_PLACE_GIVEN] = "place-given",
		[KEY_PLACE_FAMILY] = "place-family",
		[KEY_BIRTH_PLACE] = "birth-place",
		[KEY_HOUSE] = "house",
		[KEY_NAME] = "name",
		[KEY_WRITTEN] = "written",
		[KEY_BIRTH] = "birth",
		[KEY_STREET] = "street",
		[KEY_HEADS] = "heads",
		[KEY_BIRTH_KANJI] = "birth-kanji",
		[KEY_BIRTH_HEADS] = "birth-heads",
	};
	return names[kind];
}
