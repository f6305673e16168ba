/* store/packing.c: records kept short by what their sender's other records say. */
#include "store/packing.h"

#include <lz4.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/packed.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

/* How a record is kept; the first octet. */
enum form {
	FORM_PLAIN = 0, /* as it is */
	FORM_LZ4 = 1,   /* name, length, LZ4 with that dictionary */
	FORM_PLACE = 2, /* name, where in the dictionary, length: it says just that */
};

enum {
	NAME = 5, /* octets of a dictionary's name */
	REMEMBERED = 256,
	LENGTH_MOST = 1 << 24,
	/* An octet of LZ4 stands for 255 at most (LZ4 Block Format Description). */
	STRETCH_MOST = 255,
	/* LZ4 finds nothing in less. */
	LZ4_LEAST = 32,
	/* Less is no longer than a place in a dictionary. */
	LEARNT_LEAST = 12,
	/* Of what could be learnt so much may stand in the record all the same: one part of. */
	UNKNOWN_SHARE = 4,
	VARINT_MOST = 5,
	ACCELERATION = 1,
};
enum { TAG_NAME = 1, TAG_COUNT = 2 };

struct dictionary {
	unsigned char name[NAME];
	size_t length; /* 0: none */
	unsigned char octets[DICTIONARY_OCTETS];
};

struct dictionaries {
	pthread_rwlock_t lock;
	struct dictionary *of[REMEMBERED];
};

struct dictionaries *dictionaries_create(void)
{
	struct dictionaries *d = calloc(1, sizeof *d);
	if (d != NULL)
		pthread_rwlock_init(&d->lock, NULL);
	return d;
}

void dictionaries_destroy(struct dictionaries *d)
{
	if (d == NULL)
		return;
	for (unsigned i = 0; i < REMEMBERED; i++)
		free(d->of[i]);
	pthread_rwlock_destroy(&d->lock);
	free(d);
}

/* ---- Finding one ---- */

/* Copied while it cannot go: 4 KiB cost less than whoever would wait for one another. */
static bool recall(struct dictionaries *all, const unsigned char name[NAME], struct dictionary *out)
{
	if (all == NULL)
		return false;
	pthread_rwlock_rdlock(&all->lock);
	const struct dictionary *d = all->of[name[0]];
	bool found = d != NULL && memcmp(d->name, name, NAME) == 0;
	if (found) {
		memcpy(out->name, d->name, NAME);
		out->length = d->length;
		memcpy(out->octets, d->octets, d->length);
	}
	pthread_rwlock_unlock(&all->lock);
	return found;
}

static void remember(struct dictionaries *all, const struct dictionary *d)
{
	if (all == NULL)
		return;
	pthread_rwlock_wrlock(&all->lock);
	struct dictionary **place = &all->of[d->name[0]];
	if (*place == NULL)
		*place = malloc(sizeof **place);
	if (*place != NULL)
		**place = *d;
	pthread_rwlock_unlock(&all->lock);
}

static struct key key_of(const unsigned char name[NAME])
{
	struct key k;
	key_begin(&k, SPACE_DICTIONARY);
	key_bytes(&k, name, NAME);
	return k;
}

/* False: there is none of that name, or the store failed. */
static bool find(struct store_txn *t, const unsigned char name[NAME], struct dictionary *out)
{
	struct key k = key_of(name);
	struct bytes octets;
	if (recall(store_dictionaries(t), name, out))
		return true;
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	bool found = store_get(t, key_span(&k), a, &octets) && octets.length != 0
		     && octets.length <= DICTIONARY_OCTETS;
	if (found) {
		memcpy(out->name, name, NAME);
		memcpy(out->octets, octets.data, octets.length);
		out->length = octets.length;
		remember(store_dictionaries(t), out);
	}
	arena_rewind(a, &before);
	return found;
}

/* ---- Learning ---- */

struct latest {
	struct key key;
	unsigned count;
	struct dictionary dictionary;
};

static bool read_latest(struct bytes row, unsigned char name[NAME], unsigned *count)
{
	bool named = false;
	struct record_reader r = record_read(row);
	while (record_next(&r))
		if (r.tag == TAG_NAME && r.value.length == NAME) {
			memcpy(name, r.value.data, NAME);
			named = true;
		} else if (r.tag == TAG_COUNT) {
			*count = (unsigned)record_as_number(&r);
		}
	return named && !r.broken;
}

/* False: the store failed. A sender nobody knows yet has an empty one. */
static bool find_latest(struct store_txn *t, const char *sender, struct latest *l)
{
	unsigned char name[NAME];
	struct bytes row;
	l->count = 0;
	l->dictionary.length = 0;
	key_begin(&l->key, SPACE_DICTIONARY_OF);
	key_text(&l->key, sender);
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	bool known = store_get(t, key_span(&l->key), a, &row);
	bool fine = known ? read_latest(row, name, &l->count) && find(t, name, &l->dictionary)
			  : !store_failed(t);
	arena_rewind(a, &before);
	return fine || store_damaged(t, "a dictionary is not there; run minato check");
}

static bool name_it(struct store_txn *t, struct dictionary *d)
{
	unsigned char secret[STORE_SECRET], sum[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *digest = store_digest(t);
	bool named = digest != NULL && store_secret(t, secret)
		     && EVP_DigestInit_ex(digest, NULL, NULL) == 1
		     && EVP_DigestUpdate(digest, secret, sizeof secret) == 1
		     && EVP_DigestUpdate(digest, d->octets, d->length) == 1
		     && EVP_DigestFinal_ex(digest, sum, NULL) == 1;
	if (named)
		memcpy(d->name, sum, NAME);
	return named
	       || problem_set(store_problem(t), PROBLEM_INTERNAL,
			      "a dictionary could not be named");
}

static bool put_latest(struct store_txn *t, const struct latest *l)
{
	const struct dictionary *d = &l->dictionary;
	struct key k = key_of(d->name);
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	struct record_writer w = record_begin(a, 1);
	record_bytes(&w, TAG_NAME, (struct bytes){ d->name, NAME });
	record_number(&w, TAG_COUNT, l->count);
	bool kept = store_put(t, key_span(&k), (struct bytes){ d->octets, d->length })
		    && store_put(t, key_span(&l->key), record_end(&w));
	arena_rewind(a, &before);
	return kept;
}

/* What was learnt last is worth most. */
static void forget_older(struct dictionary *d, size_t most)
{
	size_t kept = most < DICTIONARY_OCTETS / 2 ? most : DICTIONARY_OCTETS / 2;
	if (kept > d->length)
		kept = d->length;
	memmove(d->octets, d->octets + d->length - kept, kept);
	d->length = kept;
}

/* One that says that, too. False: the store failed. */
static bool learn(struct store_txn *t, struct latest *l, struct bytes text)
{
	struct dictionary *d = &l->dictionary;
	if (text.length < LEARNT_LEAST || text.length > DICTIONARY_OCTETS
	    || l->count == DICTIONARIES_MOST)
		return true;
	if (d->length + text.length > DICTIONARY_OCTETS)
		forget_older(d, DICTIONARY_OCTETS - text.length);
	memcpy(d->octets + d->length, text.data, text.length);
	d->length += text.length;
	l->count++;
	return name_it(t, d) && put_latest(t, l);
}

/* ---- Packing ---- */

static void put_plain(struct buffer *out, struct bytes all)
{
	buffer_byte(out, FORM_PLAIN);
	buffer_append(out, all.data, all.length);
}

static bool put_place(struct buffer *out, const struct dictionary *d, struct bytes all)
{
	const unsigned char *place = d->length == 0 || all.length < LEARNT_LEAST
					     ? NULL
					     : memmem(d->octets, d->length, all.data, all.length);
	if (place == NULL)
		return false;
	buffer_byte(out, FORM_PLACE);
	buffer_append(out, d->name, NAME);
	packed_number(out, (size_t)(place - d->octets));
	packed_number(out, all.length);
	return true;
}

/* False: it would be no shorter. */
static bool put_lz4(struct buffer *out, const struct dictionary *d, struct bytes all)
{
	LZ4_stream_t stream;
	size_t before = out->length;
	if (d->length == 0 || all.length < LZ4_LEAST)
		return false;
	/* makes the stream anew (lz4.h) */
	LZ4_loadDict(&stream, (const char *)d->octets, (int)d->length);
	buffer_byte(out, FORM_LZ4);
	buffer_append(out, d->name, NAME);
	packed_number(out, all.length);
	int length = LZ4_compress_fast_continue(&stream, (const char *)all.data,
						(char *)buffer_reserve(out, all.length),
						(int)all.length, (int)all.length, ACCELERATION);
	if (length <= 0)
		out->length = before;
	else
		out->length += (size_t)length;
	return length > 0;
}

static void put_packed(struct buffer *out, const struct dictionary *d, struct bytes all)
{
	if (!put_place(out, d, all) && !put_lz4(out, d, all))
		put_plain(out, all);
}

/* More of what can be learnt stands in what was packed than would have to. */
static bool is_news(size_t packed, struct bytes learnt, struct bytes rest)
{
	return packed > rest.length + learnt.length / UNKNOWN_SHARE + NAME + VARINT_MOST;
}

bool record_pack(struct store_txn *t, struct buffer *out, const char *sender, struct bytes learnt,
		 struct bytes rest)
{
	struct latest l;
	struct buffer all = buffer_in(store_arena(t));
	size_t before = out->length;
	buffer_append(&all, learnt.data, learnt.length);
	buffer_append(&all, rest.data, rest.length);
	if (all.length >= LENGTH_MOST) {
		put_plain(out, buffer_bytes(&all));
		return true;
	}
	if (!find_latest(t, sender, &l))
		return false;
	put_packed(out, &l.dictionary, buffer_bytes(&all));
	unsigned known = l.count;
	if (is_news(out->length - before, learnt, rest) && !learn(t, &l, learnt))
		return false;
	if (l.count != known) {
		out->length = before;
		put_packed(out, &l.dictionary, buffer_bytes(&all));
	}
	return true;
}

void record_pack_plainly(struct buffer *out, struct bytes learnt, struct bytes rest)
{
	buffer_byte(out, FORM_PLAIN);
	buffer_append(out, learnt.data, learnt.length);
	buffer_append(out, rest.data, rest.length);
}

/* ---- Unpacking ---- */

static bool take_place(struct arena *a, const struct dictionary *d, struct packed_reader *p,
		       struct bytes *octets)
{
	size_t place = (size_t)packed_as_number(p), length = (size_t)packed_as_number(p);
	if (p->broken || p->at != p->end || place > d->length || length > d->length - place)
		return false;
	unsigned char *out = arena_alloc(a, length);
	memcpy(out, d->octets + place, length);
	*octets = (struct bytes){ out, length };
	return true;
}

static bool take_lz4(struct arena *a, const struct dictionary *d, struct packed_reader *p,
		     struct bytes *octets)
{
	size_t length = (size_t)packed_as_number(p), left = (size_t)(p->end - p->at);
	if (p->broken || length >= LENGTH_MOST || length > left * STRETCH_MOST)
		return false;
	unsigned char *out = arena_alloc(a, length);
	int got = LZ4_decompress_safe_usingDict((const char *)p->at, (char *)out, (int)left,
						(int)length, (const char *)d->octets,
						(int)d->length);
	*octets = (struct bytes){ out, length };
	return got == (int)length; /* damaged octets give less than 0 */
}

size_t record_packed_of(struct bytes packed)
{
	struct packed_reader p = packed_read(packed);
	unsigned form = packed_as_octet(&p);
	if (form == FORM_PLAIN)
		return packed.length == 0 ? 0 : packed.length - 1;
	packed_as_octets(&p, NAME);
	if (form == FORM_PLACE)
		packed_as_number(&p);
	uint64_t length = packed_as_number(&p);
	return p.broken || length >= LENGTH_MOST ? 0 : (size_t)length;
}

bool record_unpack(struct store_txn *t, struct arena *a, struct bytes packed, struct bytes *octets)
{
	struct dictionary d;
	struct packed_reader p = packed_read(packed);
	unsigned form = packed_as_octet(&p);
	if (p.broken)
		return false;
	if (form == FORM_PLAIN) {
		*octets = (struct bytes){ p.at, packed.length - 1 };
		return true;
	}
	const unsigned char *name = packed_as_octets(&p, NAME);
	if (name == NULL || !find(t, name, &d))
		return false;
	return form == FORM_LZ4 ? take_lz4(a, &d, &p, octets)
				: form == FORM_PLACE && take_place(a, &d, &p, octets);
}

/* ---- The check ---- */

static void look_at_dictionary(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	key_read_bytes(&r, NAME);
	if (!key_read_end(&r) || value.length == 0 || value.length > DICTIONARY_OCTETS)
		check_finding(c, "packing: a dictionary cannot be read");
}

static void look_at_latest(struct store_check *c, struct bytes key, struct bytes value)
{
	unsigned char name[NAME];
	unsigned count = 0;
	struct key_reader r = key_read(key);
	key_read_text(&r);
	bool read = key_read_end(&r) && read_latest(value, name, &count);
	struct key k = key_of(name);
	if (!read || !store_has(check_txn(c), key_span(&k)))
		check_finding(c, "packing: the latest dictionary of a sender is not there");
}

const struct check_module packing_check = {
	.name = "packing",
	.rows = (const struct check_row[]){ { SPACE_DICTIONARY, "dictionary", look_at_dictionary },
					    { SPACE_DICTIONARY_OF, "latest dictionary",
					      look_at_latest },
					    { 0 } },
};
