/* gateway/transport/reference.c: how long a connection's memory lives. Its loop holds it until it
 * is closed, each of its messages until released, each word about a refused peer until told, and
 * who may close it while he uses it; the last one frees it, on whatever thread that is. */
#include <stdlib.h>

#include "gateway/transport/inside.h"

void connection_keep(struct connection *c)
{
	atomic_fetch_add(&c->references, 1);
}

void connection_drop(struct connection *c)
{
	if (atomic_fetch_sub(&c->references, 1) != 1)
		return;
	struct front *f = c->loop->front;
	terms_drop(c->terms);
	free(c->peer.subject);
	free(c);
	pthread_mutex_lock(&f->lock);
	f->alive--;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}
