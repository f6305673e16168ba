/* tests/bench/dedup.c: who is whom among the records of a whole region, in memory. */
#include "tests/bench/dedup.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "matching/candidates.h"
#include "matching/score.h"
#include "tests/bench/dedup_kept.h"
#include "tests/bench/machine.h"

enum {
	THREADS_MOST = 16,
	BUCKETS = 256, /* of keys, by the first octet of their hashes */
	AT_ONCE = 512, /* records a thread takes */
	/* Records that share a key, at most. */
	SHARED_MOST = 100,
	WIDE_MOST = 12,
	NO_BLOCK = UINT32_MAX,
	KEYS_GUESS = 20, /* a record */
};

struct key_entry {
	uint64_t hash;
	uint32_t record;
	uint32_t slot; /* where the record's key stands among all, record by record */
};

struct linked_pair {
	uint32_t x, y; /* y is less */
};

/* What one thread does; its records are a range, but pairs are taken by turns. */
struct worker {
	struct dedup *dedup;
	unsigned number;
	size_t first, end; /* records */
	struct arena *kept, *passing;
	double making_up;
	struct key_entry *keys; /* of its records in their order */
	uint8_t *kinds;
	size_t key_count, key_room;
	uint64_t large, pairs, review;
	struct linked_pair *links;
	size_t link_count, link_room;
	pthread_t thread;
};

struct dedup {
	const struct dedup_plan *plan;
	struct dedup_result *out;
	const struct match_features **features;
	uint64_t *truth;
	uint32_t *first_slot; /* of each record, and one behind the last */
	uint32_t *block_of;   /* of each slot: where its block begins, or NO_BLOCK */
	uint8_t *kinds;
	struct key_entry *sorted;
	size_t key_count, bucket[BUCKETS + 1];
	atomic_size_t next; /* record to be compared */
	struct worker workers[THREADS_MOST];
	unsigned threads;
};

static void *reserve(size_t count, size_t size)
{
	void *p = calloc(count == 0 ? 1 : count, size);
	if (p == NULL) {
		fprintf(stderr, "bench: no memory for %zu records of %zu octets\n", count, size);
		exit(1);
	}
	return p;
}

static void *grown(void *p, size_t *room, size_t size, size_t least)
{
	*room = *room * 2 > least ? *room * 2 : least;
	void *more = realloc(p, *room * size);
	if (more == NULL) {
		perror("bench");
		exit(1);
	}
	return more;
}

/* Each of them at once; how long the whole took. */
static double all_do(struct dedup *d, void *(*work)(void *worker))
{
	double begun = machine_now();
	for (unsigned i = 0; i < d->threads; i++)
		if (pthread_create(&d->workers[i].thread, NULL, work, &d->workers[i]) != 0) {
			perror("bench");
			exit(1);
		}
	for (unsigned i = 0; i < d->threads; i++)
		pthread_join(d->workers[i].thread, NULL);
	return machine_now() - begun;
}

/* ---- Records made comparable ---- */

static void take_keys(struct worker *w, const struct match_features *f, size_t record)
{
	struct match_key keys[MATCH_KEYS_MOST];
	size_t count = match_keys(f, keys);
	if (w->key_count + count > w->key_room) {
		size_t room = w->key_room;
		w->keys = grown(w->keys, &w->key_room, sizeof *w->keys, w->key_count + count);
		w->kinds = grown(w->kinds, &room, sizeof *w->kinds, w->key_count + count);
	}
	for (size_t i = 0; i < count; i++) {
		w->keys[w->key_count] = (struct key_entry){ .hash = keys[i].hash,
							    .record = (uint32_t)record };
		w->kinds[w->key_count++] = (uint8_t)keys[i].kind;
	}
	w->dedup->first_slot[record] = (uint32_t)count; /* summed up afterwards */
}

static void take_records(struct worker *w, size_t first, size_t end)
{
	struct dedup *d = w->dedup;
	struct dedup_record records[AT_ONCE];
	double begun = machine_now();
	for (size_t i = first; i < end; i++)
		records[i - first] = d->plan->record(d->plan->with, w->passing, i);
	w->making_up += machine_now() - begun;
	for (size_t i = first; i < end; i++) {
		const struct dedup_record *r = &records[i - first];
		struct arena_mark mark = arena_mark(w->passing);
		const struct match_features *f = match_features(w->passing, &r->subject);
		take_keys(w, f, i);
		d->features[i] = dedup_kept(w->kept, f, r->subject.domain);
		d->truth[i] = r->truth;
		arena_rewind(w->passing, &mark);
	}
	arena_reset(w->passing);
}

static void *make_comparable(void *worker)
{
	struct worker *w = worker;
	for (size_t i = w->first; i < w->end; i += AT_ONCE)
		take_records(w, i, i + AT_ONCE < w->end ? i + AT_ONCE : w->end);
	return NULL;
}

/* ---- Keys sorted into blocks ---- */

static unsigned bucket_of(uint64_t hash)
{
	return (unsigned)(hash >> 56);
}

/* Where each bucket begins, and each record's keys. */
static void lay_out(struct dedup *d)
{
	size_t counts[BUCKETS] = { 0 }, slot = 0;
	for (unsigned i = 0; i < d->threads; i++)
		for (size_t k = 0; k < d->workers[i].key_count; k++)
			counts[bucket_of(d->workers[i].keys[k].hash)]++;
	for (unsigned b = 0; b < BUCKETS; b++)
		d->bucket[b + 1] = d->bucket[b] + counts[b];
	d->key_count = d->bucket[BUCKETS];
	for (size_t i = 0; i <= d->plan->records; i++) {
		uint32_t count = d->first_slot[i];
		d->first_slot[i] = (uint32_t)slot;
		slot += count;
	}
	d->sorted = reserve(d->key_count, sizeof *d->sorted);
	d->block_of = reserve(d->key_count, sizeof *d->block_of);
	d->kinds = reserve(d->key_count, sizeof *d->kinds);
}

static bool is_its_own(const struct worker *w, unsigned bucket)
{
	return bucket % w->dedup->threads == w->number;
}

/* Its buckets' keys out of everybody's. */
static void gather(struct worker *w)
{
	struct dedup *d = w->dedup;
	size_t at[BUCKETS], slot = 0;
	memcpy(at, d->bucket, sizeof at);
	for (unsigned i = 0; i < d->threads; i++)
		for (size_t k = 0; k < d->workers[i].key_count; k++, slot++) {
			struct key_entry e = d->workers[i].keys[k];
			unsigned bucket = bucket_of(e.hash);
			if (!is_its_own(w, bucket))
				continue;
			e.slot = (uint32_t)slot;
			d->kinds[slot] = d->workers[i].kinds[k];
			d->sorted[at[bucket]++] = e;
		}
}

static int by_hash(const void *x, const void *y)
{
	const struct key_entry *a = x, *b = y;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->record > b->record) - (a->record < b->record);
}

static size_t shared_most(enum match_key_kind kind)
{
	return kind >= KEY_NAME ? WIDE_MOST : SHARED_MOST;
}

static void make_blocks(struct worker *w, size_t first, size_t end)
{
	struct dedup *d = w->dedup;
	const struct key_entry *e = d->sorted;
	for (size_t i = first, next; i < end; i = next) {
		for (next = i; next < end && e[next].hash == e[i].hash;)
			next++;
		bool large = next - i > shared_most((enum match_key_kind)d->kinds[e[i].slot]);
		w->large += large;
		for (size_t k = i; k < next; k++)
			d->block_of[e[k].slot] = large || next - i == 1 ? NO_BLOCK : (uint32_t)i;
	}
}

static void *block(void *worker)
{
	struct worker *w = worker;
	struct dedup *d = w->dedup;
	gather(w);
	for (unsigned b = 0; b < BUCKETS; b++) {
		size_t count = d->bucket[b + 1] - d->bucket[b];
		if (!is_its_own(w, b) || count == 0)
			continue;
		qsort(d->sorted + d->bucket[b], count, sizeof *d->sorted, by_hash);
		make_blocks(w, d->bucket[b], d->bucket[b + 1]);
	}
	return NULL;
}

/* ---- Pairs ---- */

static struct match_score scored(const struct dedup *d, size_t x, size_t y)
{
	struct match_comparison c = match_compare(d->features[x], d->features[y]);
	return match_score(&c, d->plan->weights);
}

static void compare_pair(struct worker *w, uint32_t x, uint32_t y)
{
	struct match_score s = scored(w->dedup, x, y);
	w->pairs++;
	w->review += s.outcome == MATCH_REVIEW;
	if (s.outcome != MATCH_LINK)
		return;
	if (w->link_count == w->link_room)
		w->links = grown(w->links, &w->link_room, sizeof *w->links, AT_ONCE);
	w->links[w->link_count++] = (struct linked_pair){ x, y };
}

/* With those before it that share a key with it, each once. met[y]: with whom it was compared
 * last, one more. */
static void compare_record(struct worker *w, uint32_t x, uint32_t *met)
{
	const struct dedup *d = w->dedup;
	for (uint32_t slot = d->first_slot[x]; slot < d->first_slot[x + 1]; slot++) {
		if (d->block_of[slot] == NO_BLOCK)
			continue;
		const struct key_entry *e = d->sorted + d->block_of[slot];
		for (; e->record < x; e++) {
			if (met[e->record] == x + 1)
				continue;
			met[e->record] = x + 1;
			compare_pair(w, x, e->record);
		}
	}
}

static void *compare(void *worker)
{
	struct worker *w = worker;
	struct dedup *d = w->dedup;
	uint32_t *met = reserve(d->plan->records, sizeof *met);
	size_t from;
	while ((from = atomic_fetch_add(&d->next, AT_ONCE)) < d->plan->records)
		for (size_t x = from; x < from + AT_ONCE && x < d->plan->records; x++)
			compare_record(w, (uint32_t)x, met);
	free(met);
	return NULL;
}

/* ---- Persons ---- */

static uint32_t root(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/* One of whom two records are apart is no person. */
static bool is_person(const struct dedup *d, const uint32_t *next, uint32_t first,
		      struct dedup_quality *found)
{
	for (uint32_t i = first; i != 0; i = next[i - 1])
		for (uint32_t k = next[i - 1]; k != 0; k = next[k - 1]) {
			if (scored(d, i - 1, k - 1).outcome == MATCH_APART)
				return false;
			bool right = d->truth[i - 1] == d->truth[k - 1];
			found->right += right;
			found->wrong += !right;
		}
	return true;
}

static void count_persons(struct dedup *d, uint32_t *parent)
{
	size_t records = d->plan->records;
	uint32_t *first = reserve(records, sizeof *first), *next = reserve(records, sizeof *next);
	for (size_t i = records; i-- > 0;) {
		uint32_t r = root(parent, (uint32_t)i);
		next[i] = first[r];
		first[r] = (uint32_t)i + 1;
	}
	for (size_t r = 0; r < records; r++) {
		struct dedup_quality found = { 0 };
		if (first[r] == 0)
			continue;
		if (!is_person(d, next, first[r], &found)) {
			d->out->parted++;
			continue;
		}
		d->out->persons++;
		d->out->joined.right += found.right;
		d->out->joined.wrong += found.wrong;
	}
	free(first);
	free(next);
}

static void join(struct dedup *d)
{
	uint32_t *parent = reserve(d->plan->records, sizeof *parent);
	for (size_t i = 0; i < d->plan->records; i++)
		parent[i] = (uint32_t)i;
	for (unsigned i = 0; i < d->threads; i++)
		for (size_t k = 0; k < d->workers[i].link_count; k++) {
			struct linked_pair l = d->workers[i].links[k];
			parent[root(parent, l.x)] = root(parent, l.y);
		}
	count_persons(d, parent);
	free(parent);
}

/* ---- Counting, which is no part of the work ---- */

static int by_number(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return (a > b) - (a < b);
}

static uint64_t true_pairs(const struct dedup *d)
{
	uint64_t *sorted = reserve(d->plan->records, sizeof *sorted), pairs = 0;
	memcpy(sorted, d->truth, d->plan->records * sizeof *sorted);
	qsort(sorted, d->plan->records, sizeof *sorted, by_number);
	for (size_t i = 1, same = 0; i < d->plan->records; i++) {
		same = sorted[i] == sorted[i - 1] ? same + 1 : 0;
		pairs += same;
	}
	free(sorted);
	return pairs;
}

static void count(struct dedup *d)
{
	struct dedup_result *out = d->out;
	for (unsigned i = 0; i < d->threads; i++) {
		const struct worker *w = &d->workers[i];
		out->large += w->large;
		out->pairs += w->pairs;
		out->review += w->review;
		out->links += w->link_count;
		out->octets += arena_used(w->kept);
		for (size_t k = 0; k < w->link_count; k++) {
			bool right = d->truth[w->links[k].x] == d->truth[w->links[k].y];
			out->linked.right += right;
			out->linked.wrong += !right;
		}
	}
	out->keys = d->key_count;
	uint64_t all = true_pairs(d);
	out->linked.missed = all - out->linked.right;
	out->joined.missed = all - out->joined.right;
}

double dedup_precision(const struct dedup_quality *q)
{
	uint64_t all = q->right + q->wrong;
	return all == 0 ? 1 : (double)q->right / (double)all;
}

double dedup_recall(const struct dedup_quality *q)
{
	uint64_t all = q->right + q->missed;
	return all == 0 ? 1 : (double)q->right / (double)all;
}

double dedup_f1(const struct dedup_quality *q)
{
	double all = (double)(2 * q->right + q->wrong + q->missed);
	return all > 0 ? 2.0 * (double)q->right / all : 1;
}

/* ---- All ---- */

static void begin(struct dedup *d)
{
	size_t records = d->plan->records;
	d->threads = d->plan->threads < THREADS_MOST ? d->plan->threads : THREADS_MOST;
	d->features = reserve(records, sizeof *d->features);
	d->truth = reserve(records, sizeof *d->truth);
	d->first_slot = reserve(records + 1, sizeof *d->first_slot);
	for (unsigned i = 0; i < d->threads; i++) {
		struct worker *w = &d->workers[i];
		*w = (struct worker){ .dedup = d,
				      .number = i,
				      .first = records * i / d->threads,
				      .end = records * (i + 1) / d->threads,
				      .kept = arena_create(SIZE_MAX),
				      .passing = arena_create(SIZE_MAX) };
		w->key_room = (w->end - w->first) * KEYS_GUESS + 1;
		w->keys = reserve(w->key_room, sizeof *w->keys);
		w->kinds = reserve(w->key_room, sizeof *w->kinds);
	}
}

static void forget_keys(struct dedup *d)
{
	for (unsigned i = 0; i < d->threads; i++) {
		free(d->workers[i].keys);
		free(d->workers[i].kinds);
	}
}

static void end(struct dedup *d)
{
	for (unsigned i = 0; i < d->threads; i++) {
		free(d->workers[i].links);
		arena_destroy(d->workers[i].kept);
		arena_destroy(d->workers[i].passing);
	}
	free(d->features);
	free(d->truth);
	free(d->first_slot);
	free(d->block_of);
	free(d->kinds);
	free(d->sorted);
}

void dedup_run(const struct dedup_plan *plan, struct dedup_result *out)
{
	struct dedup d = { .plan = plan, .out = out };
	*out = (struct dedup_result){ 0 };
	begin(&d);
	double cpu = machine_cpu();
	double all = all_do(&d, make_comparable), begun = machine_now();
	for (unsigned i = 0; i < d.threads; i++)
		out->making_up += d.workers[i].making_up / d.threads;
	out->features = all - out->making_up;
	lay_out(&d);
	all_do(&d, block);
	forget_keys(&d);
	out->blocking = machine_now() - begun;
	out->comparing = all_do(&d, compare);
	begun = machine_now();
	join(&d);
	out->joining = machine_now() - begun;
	out->cpu = machine_cpu() - cpu - out->making_up * d.threads;
	count(&d);
	end(&d);
}
