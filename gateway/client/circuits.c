/* gateway/client/circuits.c: whether a partner is worth asking. */
#include "gateway/client/circuits.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"

enum { SECOND = 1000000 };

struct circuit {
	struct circuit_counts counts;
	char *partner;
	int64_t until; /* clock->elapsed(): not asked before, once it has failed often enough */
	struct circuit *next;
};

struct circuits {
	const struct clock *clock;
	pthread_mutex_t lock;
	struct circuit *first;
};

struct circuits *circuits_create(const struct clock *c)
{
	struct circuits *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	all->clock = c;
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

void circuits_destroy(struct circuits *all)
{
	if (all == NULL)
		return;
	for (struct circuit *c = all->first, *next; c != NULL; c = next) {
		next = c->next;
		free(c->partner);
		free(c);
	}
	pthread_mutex_destroy(&all->lock);
	free(all);
}

/* Partners are few, and of the configuration. NULL: no memory. */
static struct circuit *circuit_of(struct circuits *all, const char *partner)
{
	struct circuit **at = &all->first;
	while (*at != NULL && strcmp((*at)->partner, partner) != 0)
		at = &(*at)->next;
	if (*at != NULL)
		return *at;
	struct circuit *c = calloc(1, sizeof *c);
	char *name = c == NULL ? NULL : strdup(partner);
	if (name == NULL) {
		free(c);
		return NULL;
	}
	c->counts.partner = c->partner = name;
	return *at = c;
}

static bool is_open(const struct circuit *c, int64_t now)
{
	return c->counts.failures >= CIRCUIT_FAILURES && now < c->until;
}

bool circuits_ask(struct circuits *all, const char *partner)
{
	if (all == NULL)
		return true;
	int64_t now = all->clock->elapsed(all->clock);
	pthread_mutex_lock(&all->lock);
	struct circuit *c = circuit_of(all, partner);
	bool asks = c == NULL || !is_open(c, now);
	if (!asks)
		c->counts.spared++;
	else if (c != NULL && c->counts.failures >= CIRCUIT_FAILURES)
		c->until = now + (int64_t)CIRCUIT_SECONDS * SECOND; /* others wait for this one */
	pthread_mutex_unlock(&all->lock);
	return asks;
}

static void note(struct circuit *c, enum circuit_end end, int64_t took, int64_t now)
{
	switch (end) {
	case CIRCUIT_ANSWERED:
		c->counts.answered++;
		c->counts.took += (uint64_t)took;
		c->counts.failures = 0;
		break;
	case CIRCUIT_FAILED:
		c->counts.failed++;
		c->counts.failures++;
		c->until = now + (int64_t)CIRCUIT_SECONDS * SECOND;
		break;
	case CIRCUIT_GIVEN_UP: c->counts.given_up++; break;
	}
}

void circuits_told(struct circuits *all, const char *partner, enum circuit_end end, int64_t took)
{
	if (all == NULL)
		return;
	int64_t now = all->clock->elapsed(all->clock);
	pthread_mutex_lock(&all->lock);
	struct circuit *c = circuit_of(all, partner);
	if (c != NULL)
		note(c, end, took, now);
	pthread_mutex_unlock(&all->lock);
}

bool circuits_count(struct circuits *all, size_t i, struct circuit_counts *out)
{
	if (all == NULL)
		return false;
	int64_t now = all->clock->elapsed(all->clock);
	pthread_mutex_lock(&all->lock);
	const struct circuit *c = all->first;
	while (c != NULL && i-- > 0)
		c = c->next;
	if (c != NULL) {
		*out = c->counts;
		out->open = is_open(c, now);
	}
	pthread_mutex_unlock(&all->lock);
	return c != NULL;
}
