/* gateway/base/shares.c: how much of something that is scarce each peer holds. */
#include "gateway/base/shares.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

enum { BUCKETS = 1024 }; /* peers at one time: hundreds */

struct share {
	struct share *next;
	unsigned count, bucket;
	atomic_uint in_use;
	atomic_uint beyond; /* uses begun beyond SHARE_QUIET, less those within it */
	char name[];
};

struct shares {
	pthread_mutex_t lock;
	struct shares_counts counts;
	struct share *buckets[BUCKETS];
};

struct shares *shares_create(void)
{
	struct shares *s = calloc(1, sizeof *s);
	if (s != NULL)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

void shares_destroy(struct shares *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s); /* the last of each took its entry with it */
}

static struct share *find_or_add(struct shares *s, const char *name)
{
	unsigned bucket = text_hash(name) % BUCKETS;
	struct share *found = s->buckets[bucket];
	while (found != NULL && strcmp(found->name, name) != 0)
		found = found->next;
	if (found != NULL)
		return found;
	size_t length = strlen(name) + 1;
	found = malloc(sizeof *found + length);
	if (found == NULL)
		return NULL;
	*found = (struct share){ .next = s->buckets[bucket], .bucket = bucket };
	memcpy(found->name, name, length);
	s->buckets[bucket] = found;
	return found;
}

static void remove_if_empty(struct shares *s, struct share *share)
{
	if (share->count > 0)
		return;
	struct share **link = &s->buckets[share->bucket];
	while (*link != share)
		link = &(*link)->next;
	*link = share->next;
	free(share);
}

struct share *shares_take(struct shares *s, const char *name, unsigned most)
{
	pthread_mutex_lock(&s->lock);
	struct share *share = find_or_add(s, name);
	if (share != NULL && share->count >= most) {
		s->counts.refused++;
		remove_if_empty(s, share);
		share = NULL;
	}
	if (share != NULL) {
		s->counts.held++;
		share->count++;
	}
	pthread_mutex_unlock(&s->lock);
	return share;
}

void shares_give(struct shares *s, struct share *share)
{
	if (share == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->counts.held--;
	share->count--;
	remove_if_empty(s, share);
	pthread_mutex_unlock(&s->lock);
}

/* Where two come at once one of them is not remembered. */
static void remember(struct share *share, bool beyond)
{
	unsigned was = atomic_load_explicit(&share->beyond, memory_order_relaxed);
	unsigned now = beyond ? was + (was < SHARE_LOUD_MOST) : was - (was > 0);
	if (now != was)
		atomic_compare_exchange_strong_explicit(&share->beyond, &was, now,
							memory_order_relaxed, memory_order_relaxed);
}

void share_begin_use(struct share *share)
{
	unsigned before = atomic_fetch_add_explicit(&share->in_use, 1, memory_order_relaxed);
	remember(share, before >= SHARE_QUIET);
}

void share_end_use(struct share *share)
{
	atomic_fetch_sub_explicit(&share->in_use, 1, memory_order_relaxed);
}

unsigned share_in_use(const struct share *share)
{
	return atomic_load_explicit(&share->in_use, memory_order_relaxed);
}

bool share_is_loud(const struct share *share)
{
	return share_in_use(share) > SHARE_QUIET
	       || atomic_load_explicit(&share->beyond, memory_order_relaxed) >= SHARE_LOUD_FROM;
}

void shares_count(struct shares *s, struct shares_counts *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->counts;
	pthread_mutex_unlock(&s->lock);
}
