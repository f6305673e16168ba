/* store/engine_rows.c: values read lately, in sets of a few places. */
#include "store/engine_rows.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LOCKS = 64 };

struct row_kept {
	atomic_uint holders; /* its place, and who borrowed it */
	size_t key_length, value_length;
	bool absent;
	bool asked; /* since the hand last passed */
	unsigned char octets[];
};

/* The tags, of the keys' hashes, stand together: most places are passed over without a look at
 * them. */
struct row_set {
	uint32_t tags[ROWS_WAYS]; /* 0: free */
	struct row_kept *places[ROWS_WAYS];
	size_t octets;
	unsigned hand;
};

struct rows {
	struct rows_bounds bounds;
	size_t mask;
	pthread_mutex_t locks[LOCKS]; /* of set n: the n-th, modulo */
	struct row_set sets[];
};

struct rows *rows_create(const struct rows_bounds *bounds)
{
	size_t sets = 1;
	while (2 * sets * (bounds->set + sizeof(struct row_set)) <= bounds->octets)
		sets *= 2;
	struct rows *r = calloc(1, sizeof *r + sets * sizeof r->sets[0]);
	if (r == NULL)
		return NULL;
	r->bounds = *bounds;
	r->mask = sets - 1;
	for (unsigned i = 0; i < LOCKS; i++)
		pthread_mutex_init(&r->locks[i], NULL);
	return r;
}

void rows_give_back(const struct row_kept *kept)
{
	struct row_kept *k = (struct row_kept *)kept;
	if (k != NULL && atomic_fetch_sub_explicit(&k->holders, 1, memory_order_acq_rel) == 1)
		free(k);
}

void rows_destroy(struct rows *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i <= r->mask; i++)
		for (unsigned way = 0; way < ROWS_WAYS; way++)
			rows_give_back(r->sets[i].places[way]);
	for (unsigned i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&r->locks[i]);
	free(r);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32) | 1;
}

static size_t size_of(const struct row_kept *k)
{
	return sizeof *k + k->key_length + k->value_length;
}

/* The set of a key, locked. */
static struct row_set *enter(struct rows *r, uint64_t hash)
{
	size_t set = (size_t)hash & r->mask;
	pthread_mutex_lock(&r->locks[set % LOCKS]);
	return &r->sets[set];
}

static void leave(struct rows *r, uint64_t hash)
{
	pthread_mutex_unlock(&r->locks[((size_t)hash & r->mask) % LOCKS]);
}

/* The place of a key; ROWS_WAYS: it has none. */
static unsigned place_of(const struct row_set *s, uint32_t tag, struct bytes key)
{
	unsigned way = 0;
	for (; way < ROWS_WAYS; way++) {
		const struct row_kept *k = s->places[way];
		if (s->tags[way] == tag && k->key_length == key.length
		    && memcmp(k->octets, key.data, key.length) == 0)
			break;
	}
	return way;
}

enum row rows_get(struct rows *r, struct bytes key, unsigned char *into, size_t *length)
{
	enum row found = ROW_UNKNOWN;
	if (r == NULL)
		return found;
	uint64_t hash = bytes_hash(key);
	struct row_set *s = enter(r, hash);
	unsigned way = place_of(s, tag_of(hash), key);
	if (way < ROWS_WAYS) {
		struct row_kept *k = s->places[way];
		found = k->absent ? ROW_ABSENT : ROW_PRESENT;
		k->asked = true;
		if (into != NULL) {
			memcpy(into, k->octets + k->key_length, k->value_length);
			*length = k->value_length;
		}
	}
	leave(r, hash);
	return found;
}

const struct row_kept *rows_borrow(struct rows *r, struct bytes key)
{
	struct row_kept *k = NULL;
	if (r == NULL)
		return NULL;
	uint64_t hash = bytes_hash(key);
	struct row_set *s = enter(r, hash);
	unsigned way = place_of(s, tag_of(hash), key);
	if (way < ROWS_WAYS) {
		k = s->places[way];
		k->asked = true;
		atomic_fetch_add_explicit(&k->holders, 1, memory_order_relaxed);
	}
	leave(r, hash);
	return k;
}

struct bytes rows_value(const struct row_kept *k)
{
	return (struct bytes){ k->octets + k->key_length, k->value_length };
}

static void give_up(struct row_set *s, unsigned way)
{
	if (way == ROWS_WAYS)
		return;
	s->octets -= size_of(s->places[way]);
	rows_give_back(s->places[way]);
	s->places[way] = NULL;
	s->tags[way] = 0;
}

/* The hand passes over those asked for since it last came by, once. */
static void give_up_one(struct row_set *s)
{
	for (;; s->hand = (s->hand + 1) % ROWS_WAYS) {
		struct row_kept *k = s->places[s->hand];
		if (k != NULL && !k->asked)
			break;
		if (k != NULL)
			k->asked = false;
	}
	give_up(s, s->hand);
}

static unsigned free_place(const struct row_set *s)
{
	unsigned way = 0;
	while (way < ROWS_WAYS && s->tags[way] != 0)
		way++;
	return way;
}

void rows_keep(struct rows *r, struct bytes key, struct bytes value, bool absent)
{
	if (r == NULL || key.length + value.length > r->bounds.longest)
		return;
	struct row_kept *k = malloc(sizeof *k + key.length + value.length);
	if (k == NULL)
		return;
	*k = (struct row_kept){ .holders = 1,
				.key_length = key.length,
				.value_length = value.length,
				.absent = absent };
	memcpy(k->octets, key.data, key.length);
	if (value.length != 0)
		memcpy(k->octets + key.length, value.data, value.length);
	uint64_t hash = bytes_hash(key);
	struct row_set *s = enter(r, hash);
	give_up(s, place_of(s, tag_of(hash), key));
	while (free_place(s) == ROWS_WAYS || s->octets + size_of(k) > r->bounds.set)
		give_up_one(s);
	unsigned way = free_place(s);
	s->tags[way] = tag_of(hash);
	s->places[way] = k;
	s->octets += size_of(k);
	leave(r, hash);
}

void rows_drop(struct rows *r, struct bytes key)
{
	if (r == NULL)
		return;
	uint64_t hash = bytes_hash(key);
	struct row_set *s = enter(r, hash);
	give_up(s, place_of(s, tag_of(hash), key));
	leave(r, hash);
}
