/* gateway/watching.c: storages are watched, each in its turn. */
#include "gateway/watching.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/audit/courier.h"
#include "gateway/base/arena.h"
#include "gateway/base/giving_way.h"
#include "gateway/base/text.h"
#include "gateway/by_ourselves.h"
#include "gateway/config.h"
#include "gateway/errands/outbox.h"
#include "gateway/process.h"
#include "profiles/actors/retention_run.h"
#include "profiles/ssmix2/watch_refused.h"
#include "profiles/transaction.h"
#include "store/lease.h"
#include "store/store.h"

enum {
	SECOND = 1000000,
	MILLISECOND = 1000,
	LOOK_MEMORY = 64 << 20,
	TURN_SECONDS = 20, /* then others have theirs */
	MARK_FILES = 2000, /* a second's, of a first look */
	HELD_SECONDS = 60,
	HELD_LEFT = 30,     /* it is renewed when less is left */
	REST_SECONDS = 5,   /* configuration and leases are looked at so often */
	HEAR_EVERY = SECOND /* transaction storages */
};
static const char lease_name[] = "ssmix2-watch";

struct watched {
	char *facility, *directory, *transactions; /* the last may be NULL */
	unsigned every;
	struct storage_watch *watch;
	int64_t due;           /* clock->elapsed(): a look at all of it, or to go on with one */
	bool again;            /* once more behind the one that is under way */
	bool told;             /* the log knows that it cannot be looked at */
	bool deaf;             /* the same of its transaction storage */
	bool delegated, hurry; /* hurry, under the lock: we wrote to it */
	struct watched *next;
};

struct watching {
	struct gateway *gateway;
	pthread_t thread;
	pthread_mutex_t lock; /* over all and hurry */
	int wake, waits;      /* eventfd; epoll: of it, and of what the kernel tells of storages */
	bool hurry;
	atomic_bool stopping;
	struct watched *all; /* changed by the thread alone */
	instant leased;      /* until then this node has the lease */
	/* of a look */
	struct watched *at;
	const struct configuration *configuration;
	int64_t begun;
};

/* An exchange that nobody asked for. */
struct own_exchange {
	struct exchange x;
	struct gateway *gateway;
};

/* ---- Which storages ---- */

static void forget(struct watched *w)
{
	storage_watch_destroy(w->watch);
	free(w->facility);
	free(w->directory);
	free(w->transactions);
	free(w);
}

static bool is_same(const struct watched *w, const struct watched_storage *s)
{
	return text_equal(w->facility, s->facility) && text_equal(w->directory, s->directory)
	       && text_equal(w->transactions, s->transactions);
}

/* One that cannot be waited for is looked at all the same. */
static void wait_for(const struct watching *w, int fd)
{
	struct epoll_event on = { .events = EPOLLIN };
	if (fd >= 0)
		epoll_ctl(w->waits, EPOLL_CTL_ADD, fd, &on);
}

static struct watched *remembered(const struct watching *of, const struct watched_storage *s)
{
	struct watched *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	*w = (struct watched){ .facility = strdup(s->facility),
			       .directory = strdup(s->directory),
			       .watch = storage_watch_create(of->gateway->clock) };
	if (s->transactions != NULL)
		w->transactions = strdup(s->transactions);
	if (w->facility == NULL || w->directory == NULL || w->watch == NULL
	    || (w->transactions == NULL) != (s->transactions == NULL)) {
		forget(w);
		return NULL;
	}
	wait_for(of, storage_watch_fd(w->watch));
	return w;
}

/* The one that is known already, out of the list; else a new one. */
static struct watched *take_out(struct watching *w, const struct watched_storage *s)
{
	struct watched **at = &w->all;
	while (*at != NULL && !is_same(*at, s))
		at = &(*at)->next;
	struct watched *found = *at;
	if (found == NULL)
		return remembered(w, s);
	*at = found->next;
	return found;
}

/* Those that are configured now, in that order; what was seen of them before is known. */
static void agree(struct watching *w, const struct configuration *c)
{
	struct watched *first = NULL, **last = &first;
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < c->ssmix2.count; i++) {
		struct watched *one = take_out(w, &c->ssmix2.storages[i]);
		if (one == NULL)
			continue; /* with the next round there may be memory */
		one->every = c->ssmix2.storages[i].every;
		one->delegated = c->ssmix2.storages[i].delegated;
		one->next = NULL;
		*last = one;
		last = &one->next;
	}
	struct watched *gone = w->all;
	w->all = first;
	for (struct watched *next; gone != NULL; gone = next) {
		next = gone->next;
		forget(gone);
	}
	pthread_mutex_unlock(&w->lock);
}

/* ---- Which node ---- */

static bool take_lease(void *with, struct store_txn *t, struct problem *p)
{
	struct watching *w = with;
	instant now = store_clock(t)->now(store_clock(t));
	instant end = now + (instant)HELD_SECONDS * SECOND, until = 0;
	w->leased = 0;
	if (lease_take(t, lease_name, retention_node(t), now, end, &until))
		w->leased = end;
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static bool has_lease(struct watching *w)
{
	struct gateway *g = w->gateway;
	struct problem p = { .code = PROBLEM_NONE };
	if (w->leased - g->clock->now(g->clock) > (instant)HELD_LEFT * SECOND)
		return true;
	return store_write(g->store, take_lease, w, &p) && w->leased != 0;
}

static bool end_lease(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	lease_end(t, lease_name, retention_node(t));
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* ---- A look ---- */

static bool is_of_this_configuration(struct watching *w)
{
	const struct configuration *now = gateway_configuration(w->gateway);
	bool same = now == w->configuration;
	config_release(now);
	return same;
}

static bool ends(void *self)
{
	struct watching *w = self;
	return atomic_load(&w->stopping) || !is_of_this_configuration(w) || !has_lease(w);
}

/* To other storages, and to what the kernel told of this one meanwhile. */
static bool gives_way(void *self)
{
	const struct watching *w = self;
	const struct clock *clock = w->gateway->clock;
	return clock->elapsed(clock) - w->begun > (int64_t)TURN_SECONDS * SECOND;
}

static bool record(struct exchange *x, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	const struct own_exchange *own =
		(const struct own_exchange *)((char *)x - offsetof(struct own_exchange, x));
	return by_ourselves_record(own->gateway, t, a, e);
}

static void tell(struct watching *w, struct watched *one, const struct problem *p)
{
	struct gateway *g = w->gateway;
	bool failed = p->code != PROBLEM_NONE && p->code != PROBLEM_BUSY;
	if (failed && !one->told)
		log_failure(&g->log, p->what, "a storage that is watched cannot be looked at",
			    problem_row(p->code)->remedy);
	else if (!failed && one->told)
		log_write(&g->log, LOG_NOTICE, "the storage of %s can be looked at again",
			  one->facility);
	one->told = failed;
}

struct turn {
	struct watching *watching;
	bool of_changed;
	struct arena *arena;
	bool whole;
	struct problem problem;
};

static void look_within(void *with)
{
	struct turn *turn = with;
	struct watching *w = turn->watching;
	struct gateway *g = w->gateway;
	const struct region *region = &w->configuration->region;
	instant now = g->clock->now(g->clock);
	struct own_exchange own = { .gateway = g,
				    .x = { .arena = turn->arena,
					   .id = "ssmix2-watch",
					   .now = now,
					   .random = g->random,
					   .region = region,
					   .store = g->store,
					   .spools = g->spools,
					   .record = record,
					   .stopping = &w->stopping } };
	const struct storage_watch_look asked = {
		.facility = region_system(region, w->at->facility),
		.directory = w->at->directory,
		.every = w->at->every,
		.whole = w->at->delegated,
		.mark_files = MARK_FILES,
		.transactions = w->at->transactions,
		.self = w,
		.ends = ends,
		.gives_way = gives_way,
	};
	by_ourselves_admitted(turn->arena, region, now, &own.x.admission);
	if (asked.facility != NULL)
		turn->whole = (turn->of_changed ? storage_watch_look_at_changed
						: storage_watch_look)(w->at->watch, &own.x, &asked);
	turn->problem = own.x.problem;
}

/* True: it came to its end, and rests. */
static bool look_at(struct watching *w, struct watched *one, bool of_changed)
{
	struct gateway *g = w->gateway;
	struct turn turn = { .watching = w,
			     .of_changed = of_changed,
			     .arena = arena_create(LOOK_MEMORY) };
	w->at = one;
	w->begun = g->clock->elapsed(g->clock);
	if (turn.arena == NULL || !arena_run(turn.arena, look_within, &turn))
		problem_set(&turn.problem, PROBLEM_OUT_OF_RESOURCES,
			    "there is no memory to look at a storage with");
	arena_destroy(turn.arena);
	if (!of_changed)
		tell(w, one, &turn.problem);
	courier_wake(g->courier);
	outbox_wake(g->outbox); /* who is told of ids, or of documents */
	return turn.whole || one->told;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Of what a look that is under way has met it knows no more. */
static void ask_for_look(struct watched *one)
{
	one->due = 0;
	one->again = true;
}

static void look_or_go_on(struct watching *w, struct watched *one)
{
	const struct clock *clock = w->gateway->clock;
	one->again = one->again && storage_watch_is_amid(one->watch);
	bool rests = look_at(w, one, false) && !one->again;
	one->due = clock->elapsed(clock) + (rests ? (int64_t)one->every * SECOND : 0);
}

/* Who changed does not wait until a look that takes many turns is over. */
static void look_if_due(struct watching *w, struct watched *one)
{
	const struct clock *clock = w->gateway->clock;
	int64_t now = clock->elapsed(clock);
	bool all = one->due <= now, changed = storage_watch_due(one->watch) <= now;
	if ((!all && !changed) || !has_lease(w))
		return;
	if (changed && (!all || storage_watch_is_amid(one->watch)))
		look_at(w, one, true);
	if (all)
		look_or_go_on(w, one);
}

/* Also where another node looks, or what is told would wait for ever. */
static void heed(struct watching *w)
{
	for (struct watched *one = w->all; one != NULL; one = one->next)
		if (!storage_watch_heed(one->watch))
			ask_for_look(one);
}

/* What we wrote ourselves, where the kernel would not tell of it. */
static void heed_hurry(struct watching *w)
{
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->all; one != NULL; one = one->next) {
		if (one->hurry && (one->told || storage_watch_fd(one->watch) < 0))
			ask_for_look(one);
		one->hurry = false;
	}
	pthread_mutex_unlock(&w->lock);
}

static void hear(struct watching *w, struct watched *one)
{
	struct gateway *g = w->gateway;
	struct problem p = { .code = PROBLEM_NONE };
	bool deaf = !storage_watch_hear(one->watch, &p);
	if (deaf && !one->deaf)
		log_failure(&g->log, p.what, "a transaction storage cannot be read",
			    "what is written is found by the next look at all of the storage");
	else if (!deaf && one->deaf)
		log_write(&g->log, LOG_NOTICE, "the transaction storage of %s can be read again",
			  one->facility);
	one->deaf = deaf;
}

static int64_t look_at_those_due(struct watching *w)
{
	const struct clock *clock = w->gateway->clock;
	int64_t next = clock->elapsed(clock) + (int64_t)REST_SECONDS * SECOND;
	for (struct watched *one = w->all; one != NULL && !atomic_load(&w->stopping);
	     one = one->next) {
		if (one->transactions != NULL)
			hear(w, one);
		look_if_due(w, one);
		next = sooner(next, sooner(one->due, storage_watch_due(one->watch)));
		if (one->transactions != NULL)
			next = sooner(next, clock->elapsed(clock) + HEAR_EVERY);
	}
	return next;
}

static void rest_until(struct watching *w, int64_t until)
{
	const struct clock *clock = w->gateway->clock;
	int64_t us = until - clock->elapsed(clock);
	struct epoll_event first;
	eventfd_t wakings;
	/* What is told of storages is read by who looks; the waking here. */
	if (us > 0)
		epoll_wait(w->waits, &first, 1, (int)((us + MILLISECOND - 1) / MILLISECOND));
	eventfd_read(w->wake, &wakings);
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->hurry ? w->all : NULL; one != NULL; one = one->next)
		ask_for_look(one);
	w->hurry = false;
	pthread_mutex_unlock(&w->lock);
}

static void *rounds(void *self)
{
	struct watching *w = self;
	const struct clock *clock = w->gateway->clock;
	thread_give_way(); /* to whoever is at a clinic, with the lanes a look begins */
	while (!atomic_load(&w->stopping)) {
		int64_t next = clock->elapsed(clock) + (int64_t)REST_SECONDS * SECOND;
		w->configuration = gateway_configuration(w->gateway);
		agree(w, w->configuration);
		heed(w);
		heed_hurry(w);
		if (w->all != NULL && has_lease(w))
			next = look_at_those_due(w);
		config_release(w->configuration);
		rest_until(w, next);
	}
	struct problem p = { .code = PROBLEM_NONE };
	if (w->leased != 0)
		store_write(w->gateway->store, end_lease, w, &p);
	return NULL;
}

/* ---- Who asks ---- */

void watching_each(struct watching *w,
		   void (*look)(void *with, const char *facility, const char *directory,
				struct storage_watch *watch),
		   void *with)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->all; one != NULL; one = one->next)
		look(with, one->facility, one->directory, one->watch);
	pthread_mutex_unlock(&w->lock);
}

struct listing {
	const char *facility;
	json_t *lines;
	bool found;
};

static void list_one(void *with, const char *facility, const char *directory,
		     struct storage_watch *watch)
{
	struct listing *l = with;
	(void)directory;
	if (l->facility != NULL && !text_equal(l->facility, facility))
		return;
	l->found = true;
	json_t *lines = refused_list(storage_watch_refused(watch));
	for (size_t i = 0; i < json_array_size(lines); i++)
		json_object_set_new(json_array_get(lines, i), "facility", json_string(facility));
	json_array_extend(l->lines, lines);
	json_decref(lines);
}

json_t *watching_quarantine(struct watching *w, const char *facility)
{
	struct listing l = { .facility = facility, .lines = json_array() };
	watching_each(w, list_one, &l);
	if (l.found || facility == NULL)
		return l.lines;
	json_decref(l.lines);
	return NULL;
}

struct releasing {
	const char *facility, *path;
	long count;
};

static void release_one(void *with, const char *facility, const char *directory,
			struct storage_watch *watch)
{
	struct releasing *r = with;
	(void)directory;
	if (text_equal(r->facility, facility))
		r->count = (long)storage_watch_release(watch, r->path);
}

long watching_release(struct watching *w, const char *facility, const char *path)
{
	struct releasing r = { .facility = facility, .path = path, .count = -1 };
	if (w == NULL)
		return -1;
	watching_each(w, release_one, &r);
	pthread_mutex_lock(&w->lock);
	w->hurry = w->hurry || r.count > 0;
	pthread_mutex_unlock(&w->lock);
	eventfd_write(w->wake, 1);
	return r.count;
}

void watching_wake(struct watching *w, const char *facility)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->all; one != NULL; one = one->next)
		one->hurry = one->hurry || text_equal(one->facility, facility);
	pthread_mutex_unlock(&w->lock);
	eventfd_write(w->wake, 1);
}

/* ---- Start and stop ---- */

static void close_all(struct watching *w)
{
	close(w->wake);
	close(w->waits);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

struct watching *watching_start(struct gateway *g)
{
	struct watching *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->gateway = g;
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->waits = epoll_create1(EPOLL_CLOEXEC);
	pthread_mutex_init(&w->lock, NULL);
	wait_for(w, w->wake);
	if (w->wake >= 0 && w->waits >= 0 && pthread_create(&w->thread, NULL, rounds, w) == 0)
		return w;
	close_all(w);
	return NULL;
}

void watching_stop(struct watching *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->stopping, true);
	eventfd_write(w->wake, 1);
	pthread_join(w->thread, NULL);
	for (struct watched *next; w->all != NULL; w->all = next) {
		next = w->all->next;
		forget(w->all);
	}
	close_all(w);
}
