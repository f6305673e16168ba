/* gateway/locked_out.c: who is locked out, held against what is under way. */
#include "gateway/locked_out.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/journey.h"
#include "gateway/process.h"
#include "store/lockouts.h"

enum { LOOKING_MEMORY = 16 << 20 };

/* A name and what it is of; both in one block. */
struct known {
	struct known *next;
	bool institution;
	char name[];
};

struct locked_out {
	pthread_mutex_t lock; /* over what follows */
	struct known *known;
	bool unread; /* and that was told */
};

struct locked_out *locked_out_create(void)
{
	struct locked_out *l = calloc(1, sizeof *l);
	if (l != NULL)
		pthread_mutex_init(&l->lock, NULL);
	return l;
}

static void forget(struct known *k)
{
	for (struct known *next; k != NULL; k = next) {
		next = k->next;
		free(k);
	}
}

void locked_out_destroy(struct locked_out *l)
{
	if (l == NULL)
		return;
	forget(l->known);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static bool knows(const struct known *k, bool institution, const char *name)
{
	while (k != NULL && !(k->institution == institution && text_equal(k->name, name)))
		k = k->next;
	return k != NULL;
}

bool locked_out_has(struct locked_out *l, const struct registered_system *s)
{
	if (l == NULL || s == NULL)
		return false;
	pthread_mutex_lock(&l->lock);
	bool has = knows(l->known, false, s->name)
		   || (s->institution_code != NULL && knows(l->known, true, s->institution_code));
	pthread_mutex_unlock(&l->lock);
	return has;
}

/* ---- Reading what is kept ---- */

struct looking {
	struct store_txn *txn;
	struct arena *arena;
	struct known *found;
	bool whole;
};

static bool note(struct looking *k, const struct lockout *l)
{
	const char *name = l->institution != NULL ? l->institution : l->system;
	size_t length = strlen(name) + 1;
	struct known *one = malloc(sizeof *one + length);
	if (one == NULL)
		return false;
	one->institution = l->institution != NULL;
	memcpy(one->name, name, length);
	one->next = k->found;
	k->found = one;
	return true;
}

static void read_all(void *with)
{
	struct looking *k = with;
	size_t count = 0;
	const struct lockout *all = lockouts_all(k->txn, k->arena, &count);
	k->whole = !store_failed(k->txn);
	for (size_t i = 0; k->whole && i < count; i++)
		k->whole = note(k, &all[i]);
}

/* Somebody is among those found who was not known. */
static bool is_anybody_new(const struct known *found, const struct known *before)
{
	while (found != NULL && knows(before, found->institution, found->name))
		found = found->next;
	return found != NULL;
}

static void replace(struct gateway *g, struct known *found)
{
	struct locked_out *l = g->locked_out;
	pthread_mutex_lock(&l->lock);
	struct known *before = l->known;
	l->known = found;
	l->unread = false;
	bool new = is_anybody_new(found, before);
	pthread_mutex_unlock(&l->lock);
	forget(before);
	if (new && g->front != NULL)
		front_look_at_peers(g->front);
}

/* Once, however often it is tried. */
static void tell_unread(struct gateway *g)
{
	struct locked_out *l = g->locked_out;
	pthread_mutex_lock(&l->lock);
	bool told = l->unread;
	l->unread = true;
	pthread_mutex_unlock(&l->lock);
	if (!told)
		log_failure(&g->log, "it could not be read who is locked out",
			    "what was known of it stays in force; answers are held against the "
			    "store as ever",
			    "look at the disk of the data directory");
}

bool locked_out_look(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct looking k = { .arena = arena_create(LOOKING_MEMORY),
			     .txn = store_begin_read(g->store, &p) };
	if (k.arena != NULL && k.txn != NULL)
		k.whole = arena_run(k.arena, read_all, &k) && k.whole;
	store_end(k.txn);
	arena_destroy(k.arena);
	if (k.whole) {
		replace(g, k.found);
		return true;
	}
	forget(k.found);
	tell_unread(g);
	return false;
}

/* ---- What is under way ---- */

bool house_barred(void *self, const char *certificate_sha256)
{
	struct gateway *g = self;
	const struct configuration *c = gateway_configuration(g);
	bool barred = locked_out_has(g->locked_out,
				     region_system_by_certificate(&c->region, certificate_sha256));
	config_release(c);
	return barred;
}

bool journey_is_locked_out(struct journey *j, struct store_txn *t)
{
	struct exchange *x = &j->x;
	struct lockout is;
	if (x->sender == NULL || j->refused || !lockout_of(t, store_arena(t), x->sender, &is))
		return false;
	x->problem.code = PROBLEM_NONE;
	problem_set(&x->problem, PROBLEM_LOCKED_OUT,
		    "this system has been locked out by the region's operator");
	x->who.locked_out = true;
	j->refused = true;
	j->sealed = false;
	j->errand = NULL;
	j->events = NULL;
	return true;
}
