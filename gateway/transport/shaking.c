/* gateway/transport/shaking.c: connections before the end of their handshake.
 *
 * Nobody knows yet who they are, and to open one costs its peer nothing. So they have a share of
 * their own and take no place of those who have shown a certificate. Where it is full the oldest
 * gives way to who comes: an honest handshake takes a few round trips, a silent one all the time it
 * is given. The same within one address, for a whole hospital may stand behind it. Each door has a
 * share of its own, so that a door open to strangers takes nothing from the others. All of them are
 * the gate's. */
#include <string.h>

#include "gateway/transport/inside.h"

static void give_way(struct connection *c, const char *why, const char *key, unsigned limit)
{
	atomic_fetch_add(&c->loop->front->displaced, 1);
	refuse_silently(c, &(struct door_fault){ .status = 503,
						 .why = why,
						 .key = key,
						 .unit = "connections",
						 .limit = limit });
	connection_close(c, why);
}

/* An address is counted over all doors. */
static struct connection *oldest_of(const struct loop *l, const char *address)
{
	for (struct door *d = atomic_load(&l->front->doors); d != NULL; d = d->next)
		for (struct connection *c = d->shaking.oldest; c != NULL; c = c->newer)
			if (strcmp(c->address, address) == 0)
				return c;
	return NULL;
}

/* The place is handed over: nobody else gets in between. */
static void count_by_address(struct connection *c)
{
	struct connection *oldest = c->counted == NULL ? oldest_of(c->loop, c->address) : NULL;
	if (oldest == NULL)
		return;
	c->counted = oldest->counted;
	oldest->counted = NULL;
	give_way(oldest, "the handshake gave way to a newer one of its address",
		 "connections-per-peer", c->terms->limits.connections_per_peer);
}

void shaking_enter(struct connection *c)
{
	struct shaking *all = &c->door->shaking;
	const unsigned share = c->terms->limits.handshakes;
	count_by_address(c);
	if (c->counted == NULL)
		return;
	while (all->oldest != NULL && all->count >= (share > 0 ? share : 1))
		give_way(all->oldest, "the handshake gave way to a newer one", "handshakes", share);
	c->older = all->newest;
	*(all->newest != NULL ? &all->newest->newer : &all->oldest) = c;
	all->newest = c;
	all->count++;
	c->shaking = true;
}

void shaking_leave(struct connection *c)
{
	struct shaking *all = &c->door->shaking;
	if (!c->shaking)
		return;
	*(c->older != NULL ? &c->older->newer : &all->oldest) = c->newer;
	*(c->newer != NULL ? &c->newer->older : &all->newest) = c->older;
	c->older = c->newer = NULL;
	all->count--;
	c->shaking = false;
}
