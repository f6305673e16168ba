/* tests/accuracy/pairs.c: the candidate pairs of a sample, each once. */
#include "tests/accuracy/pairs.h"

#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "matching/candidates.h"

struct entry {
	uint64_t hash;
	uint32_t record;
};

static int by_hash(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->record < b->record ? -1 : a->record > b->record;
}

static int by_records(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return a->y < b->y ? -1 : a->y > b->y;
}

static struct buffer entries_of(struct arena *a, const struct sample *s)
{
	struct buffer b = buffer_in(a);
	struct match_key keys[MATCH_KEYS_MOST];
	for (size_t i = 0; i < s->count; i++) {
		size_t count = match_keys(s->at[i].features, keys);
		for (size_t k = 0; k < count; k++) {
			struct entry e = { keys[k].hash, (uint32_t)i };
			buffer_append(&b, &e, sizeof e);
		}
	}
	return b;
}

static void pair_up(struct buffer *out, const struct entry *block, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++) {
			struct pair p = { block[i].record, block[k].record };
			buffer_append(out, &p, sizeof p);
		}
}

static size_t each_once(struct pair *at, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || by_records(&at[kept - 1], &at[i]) != 0)
			at[kept++] = at[i];
	return kept;
}

struct pairs pairs_of(struct arena *a, const struct sample *s)
{
	struct buffer entries = entries_of(a, s), found = buffer_in(a);
	struct entry *e = (struct entry *)(void *)entries.data;
	struct pairs p = { .keys = entries.length / sizeof *e };
	if (p.keys != 0)
		qsort(e, p.keys, sizeof *e, by_hash);
	for (size_t i = 0, end; i < p.keys; i = end) {
		for (end = i; end < p.keys && e[end].hash == e[i].hash;)
			end++;
		if (end - i > BLOCK_MOST)
			p.large++;
		else
			pair_up(&found, e + i, end - i);
	}
	p.at = (struct pair *)(void *)found.data;
	p.count = found.length / sizeof *p.at;
	if (p.count != 0)
		qsort(p.at, p.count, sizeof *p.at, by_records);
	p.count = each_once(p.at, p.count);
	return p;
}

bool pairs_have(const struct pairs *p, uint32_t x, uint32_t y)
{
	struct pair wanted = { x < y ? x : y, x < y ? y : x };
	return p->count != 0
	       && bsearch(&wanted, p->at, p->count, sizeof *p->at, by_records) != NULL;
}
