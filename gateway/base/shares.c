/* gateway/transport/peers.c: how many connections each peer holds. */
#include "gateway/transport/peers.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024 }; /* peers at one time: hundreds */

struct peer {
	struct peer *next;
	unsigned count, bucket;
	char name[];
};

struct peers {
	pthread_mutex_t lock;
	struct peer *buckets[BUCKETS];
};

struct peers *peers_create(void)
{
	struct peers *p = calloc(1, sizeof *p);
	if (p != NULL)
		pthread_mutex_init(&p->lock, NULL);
	return p;
}

void peers_destroy(struct peers *p)
{
	if (p == NULL)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p); /* connections took their entries with them */
}

/* FNV-1a. */
static unsigned bucket_of(const char *name)
{
	uint32_t hash = 2166136261u;
	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash % BUCKETS;
}

static struct peer *find_or_add(struct peers *p, const char *name)
{
	unsigned bucket = bucket_of(name);
	struct peer *found = p->buckets[bucket];
	while (found != NULL && strcmp(found->name, name) != 0)
		found = found->next;
	if (found != NULL)
		return found;
	size_t length = strlen(name) + 1;
	found = malloc(sizeof *found + length);
	if (found == NULL)
		return NULL;
	*found = (struct peer){ .next = p->buckets[bucket], .bucket = bucket };
	memcpy(found->name, name, length);
	p->buckets[bucket] = found;
	return found;
}

static void remove_if_empty(struct peers *p, struct peer *peer)
{
	if (peer->count > 0)
		return;
	struct peer **link = &p->buckets[peer->bucket];
	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	free(peer);
}

struct peer *peers_enter(struct peers *p, const char *name, unsigned most)
{
	pthread_mutex_lock(&p->lock);
	struct peer *peer = find_or_add(p, name);
	if (peer != NULL && peer->count >= most) {
		remove_if_empty(p, peer);
		peer = NULL;
	}
	if (peer != NULL)
		peer->count++;
	pthread_mutex_unlock(&p->lock);
	return peer;
}

void peers_leave(struct peers *p, struct peer *peer)
{
	if (peer == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	peer->count--;
	remove_if_empty(p, peer);
	pthread_mutex_unlock(&p->lock);
}
