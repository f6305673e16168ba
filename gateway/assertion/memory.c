/* gateway/assertion/memory.c: which assertions were presented: chains of a table of hashes, which
 * are random already. What has ended is dropped as its chain is walked, and all of it when there is
 * no more room. */
#include "gateway/assertion/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"

/* All chains are walked once in so long, at most: whoever fills it does not hold up others. */
enum { CHAINS = 4096, SWEPT_EVERY = 1000000 };

struct remembered {
	struct assertion_claim claim;
	int64_t ends; /* clock->elapsed() */
	/* The same as clock->now(): it has ended when it has by both. One that was forgotten while
	 * a clock that went back makes it hold once more could be replayed. */
	instant ends_at;
	struct remembered *next;
};

struct assertion_memory {
	const struct clock *clock;
	pthread_mutex_t lock;
	unsigned count;
	int64_t swept;
	struct remembered *chains[CHAINS];
};

struct assertion_memory *assertion_memory_create(const struct clock *clock)
{
	struct assertion_memory *m = calloc(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->clock = clock;
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

static void drop(struct assertion_memory *m, struct remembered **at)
{
	struct remembered *gone = *at;
	*at = gone->next;
	free(gone);
	m->count--;
}

void assertion_memory_destroy(struct assertion_memory *m)
{
	if (m == NULL)
		return;
	for (unsigned i = 0; i < CHAINS; i++)
		while (m->chains[i] != NULL)
			drop(m, &m->chains[i]);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

/* The one of that key; NULL: none. Those that have ended go. */
static struct remembered *find(struct assertion_memory *m, struct remembered **at,
			       const unsigned char *key, int64_t now)
{
	struct remembered *found = NULL;
	while (*at != NULL) {
		if ((*at)->ends <= now && (*at)->ends_at <= m->clock->now(m->clock)) {
			drop(m, at);
			continue;
		}
		if (key != NULL && memcmp((*at)->claim.key, key, ASSERTION_KEY) == 0)
			found = *at;
		at = &(*at)->next;
	}
	return found;
}

static struct remembered **chain_of(struct assertion_memory *m, const unsigned char *key)
{
	return &m->chains[(key[0] << 8 | key[1]) % CHAINS];
}

static enum claim against(const struct remembered *known, const struct assertion_claim *c)
{
	if (memcmp(known->claim.peer, c->peer, ASSERTION_KEY) != 0)
		return CLAIM_ANOTHERS;
	return known->claim.once || c->once ? CLAIM_SPENT : CLAIM_GRANTED;
}

enum claim assertion_memory_look(struct assertion_memory *m, const struct assertion_claim *c)
{
	pthread_mutex_lock(&m->lock);
	const struct remembered *known = find(m, chain_of(m, c->key), c->key,
					      m->clock->elapsed(m->clock));
	enum claim claim = known == NULL ? CLAIM_GRANTED : against(known, c);
	pthread_mutex_unlock(&m->lock);
	return claim;
}

static bool has_room(struct assertion_memory *m, unsigned most, int64_t now)
{
	if (m->count < most || now - m->swept < SWEPT_EVERY)
		return m->count < most;
	for (unsigned i = 0; i < CHAINS; i++)
		find(m, &m->chains[i], NULL, now);
	m->swept = now;
	return m->count < most;
}

static enum claim remember(struct assertion_memory *m, const struct assertion_claim *c,
			   unsigned most, int64_t now)
{
	struct remembered **at = chain_of(m, c->key), *known = find(m, at, c->key, now);
	if (known != NULL)
		return against(known, c);
	struct remembered *made = has_room(m, most, now) ? malloc(sizeof *made) : NULL;
	if (made == NULL)
		return CLAIM_FULL;
	*made = (struct remembered){ .claim = *c,
				     .ends = now + c->lives,
				     .ends_at = m->clock->now(m->clock) + c->lives,
				     .next = *at };
	*at = made;
	m->count++;
	return CLAIM_GRANTED;
}

enum claim assertion_memory_claim(struct assertion_memory *m, const struct assertion_claim *c,
				  unsigned most)
{
	pthread_mutex_lock(&m->lock);
	enum claim claim = remember(m, c, most, m->clock->elapsed(m->clock));
	pthread_mutex_unlock(&m->lock);
	return claim;
}

unsigned assertion_memory_count(struct assertion_memory *m)
{
	pthread_mutex_lock(&m->lock);
	unsigned count = m->count;
	pthread_mutex_unlock(&m->lock);
	return count;
}
