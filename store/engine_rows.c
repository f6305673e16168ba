/* store/engine_rows.c: values read lately, in sets of a few places. */
#include "store/engine_rows.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LOCKS = 64 };

struct row_kept {
	uint64_t hash;
	size_t key_length, value_length;
	bool absent;
	bool asked;		/* since the hand last passed */
	unsigned char octets[];
};

struct row_set {
	struct row_kept *places[ROWS_WAYS];
	unsigned hand;
};

struct rows {
	size_t mask;
	pthread_mutex_t locks[LOCKS];	/* of set n: the n-th, modulo */
	struct row_set sets[];
};

struct rows *rows_create(size_t octets)
{
	size_t sets = 1;
	while (2 * sets * ROWS_WAYS * (ROWS_MOST + sizeof(struct row_kept)) <= octets)
		sets *= 2;
	struct rows *r = calloc(1, sizeof *r + sets * sizeof r->sets[0]);
	if (r == NULL)
		return NULL;
	r->mask = sets - 1;
	for (unsigned i = 0; i < LOCKS; i++)
		pthread_mutex_init(&r->locks[i], NULL);
	return r;
}

void rows_destroy(struct rows *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i <= r->mask; i++)
		for (unsigned way = 0; way < ROWS_WAYS; way++)
			free(r->sets[i].places[way]);
	for (unsigned i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&r->locks[i]);
	free(r);
}

/* FNV-1a, its upper half folded in: the sets are told apart by the lower bits. */
static uint64_t hash_of(struct bytes key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < key.length; i++)
		hash = (hash ^ key.data[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
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

static struct row_kept **place_of(struct row_set *s, uint64_t hash, struct bytes key)
{
	for (unsigned way = 0; way < ROWS_WAYS; way++) {
		const struct row_kept *k = s->places[way];
		if (k != NULL && k->hash == hash && k->key_length == key.length
		    && memcmp(k->octets, key.data, key.length) == 0)
			return &s->places[way];
	}
	return NULL;
}

enum row rows_get(struct rows *r, struct bytes key, unsigned char *into, size_t *length)
{
	enum row found = ROW_UNKNOWN;
	if (r == NULL)
		return found;
	uint64_t hash = hash_of(key);
	struct row_kept **place = place_of(enter(r, hash), hash, key);
	if (place != NULL) {
		struct row_kept *k = *place;
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

/* A free place, or one to be given up. */
static struct row_kept **place_for(struct row_set *s)
{
	for (unsigned way = 0; way < ROWS_WAYS; way++)
		if (s->places[way] == NULL)
			return &s->places[way];
	for (;; s->hand = (s->hand + 1) % ROWS_WAYS) {
		if (!s->places[s->hand]->asked)
			return &s->places[s->hand];
		s->places[s->hand]->asked = false;
	}
}

void rows_keep(struct rows *r, struct bytes key, struct bytes value, bool absent)
{
	if (r == NULL || key.length + value.length > ROWS_MOST)
		return;
	struct row_kept *k = malloc(sizeof *k + key.length + value.length);
	if (k == NULL)
		return;
	*k = (struct row_kept){ .hash = hash_of(key), .key_length = key.length,
				.value_length = value.length, .absent = absent };
	memcpy(k->octets, key.data, key.length);
	if (value.length != 0)
		memcpy(k->octets + key.length, value.data, value.length);
	struct row_set *s = enter(r, k->hash);
	struct row_kept **place = place_of(s, k->hash, key);
	place = place != NULL ? place : place_for(s);
	struct row_kept *before = *place;
	*place = k;
	leave(r, k->hash);
	free(before);
}

void rows_drop(struct rows *r, struct bytes key)
{
	if (r == NULL)
		return;
	uint64_t hash = hash_of(key);
	struct row_kept *gone = NULL;
	struct row_kept **place = place_of(enter(r, hash), hash, key);
	if (place != NULL) {
		gone = *place;
		*place = NULL;
	}
	leave(r, hash);
	free(gone);
}
