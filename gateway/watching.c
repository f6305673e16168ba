/* gateway/watching.c: storages are watched, each by a thread of its own. */
#include "gateway/watching.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
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
#include "profiles/ssmix2/root_owners.h"
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
	HELD_LEFT = 30,      /* it is renewed when less is left */
	REST_SECONDS = 5,    /* configuration and leases are looked at so often */
	HEAR_EVERY = SECOND, /* transaction storages */
	AT_ONCE = 4,         /* storages, for each takes memory and has lanes of its own */
	SILENT_SECONDS = 60  /* at a patient or a folder; nobody waits for such a share */
};
static const char lease_name[] = "ssmix2-watch";

struct watching;

struct watched {
	char *facility, *directory, *transactions; /* the last may be NULL */
	struct storage_watch *watch;
	struct watching *of;
	pthread_t thread;
	int wake, waits; /* eventfd; epoll: of it, and of what the kernel tells of the storage */
	atomic_bool gone, over; /* it is to end; it has ended */
	struct watched *next;
	/* under the lock */
	bool hurry, released; /* we wrote to it; all is to be looked at */
	bool at_work, silent; /* since `begun`; for so long that this was told */
	uint64_t asked;       /* it waits to be at work, in that order; 0: it does not */
	int64_t begun;
	/* the thread's */
	const struct configuration *configuration;
	const struct watched_storage *row; /* of it */
	int64_t due; /* clock->elapsed(): a look at all, or to go on with one */
	bool again;  /* once more behind the one that is under way */
	bool told;   /* the log knows that it cannot be looked at */
	bool deaf;   /* the same of its transaction storage */
};

struct watching {
	struct gateway *gateway;
	pthread_t thread;     /* begins and ends theirs */
	pthread_mutex_t lock; /* over all and what says so */
	pthread_cond_t fewer; /* are at work */
	int wake;             /* eventfd */
	atomic_bool stopping;
	struct watched *all; /* changed by the thread alone */
	struct root_owners *owners;
	struct watched *leaving; /* the thread's: those that are gone, and may not be over */
	uint64_t asked;
	pthread_mutex_t lease_lock; /* over leased, also while it is asked for */
	instant leased;             /* until then this node has the lease */
};

/* An exchange that nobody asked for. */
struct own_exchange {
	struct exchange x;
	struct gateway *gateway;
};

/* ---- Which storages ---- */

static void *rounds_of(void *self);

static void forget(struct watched *w)
{
	root_owners_leave(w->of->owners, w->watch);
	storage_watch_destroy(w->watch);
	close(w->wake);
	close(w->waits);
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
static void wait_for(const struct watched *w, int fd)
{
	struct epoll_event on = { .events = EPOLLIN };
	if (fd >= 0)
		epoll_ctl(w->waits, EPOLL_CTL_ADD, fd, &on);
}

static struct watched *remembered(struct watching *of, const struct watched_storage *s)
{
	struct watched *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	*w = (struct watched){ .facility = strdup(s->facility),
			       .directory = strdup(s->directory),
			       .watch = storage_watch_create(of->gateway->clock),
			       .of = of,
			       .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
			       .waits = epoll_create1(EPOLL_CLOEXEC) };
	if (s->transactions != NULL)
		w->transactions = strdup(s->transactions);
	bool made = w->facility != NULL && w->directory != NULL && w->watch != NULL && w->wake >= 0
		    && w->waits >= 0 && (w->transactions == NULL) == (s->transactions == NULL);
	if (made) {
		wait_for(w, w->wake);
		wait_for(w, storage_watch_fd(w->watch));
	}
	if (made && pthread_create(&w->thread, NULL, rounds_of, w) == 0)
		return w;
	forget(w);
	return NULL;
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

static void let_go(struct watching *w, struct watched *one)
{
	atomic_store(&one->gone, true);
	eventfd_write(one->wake, 1);
	one->next = w->leaving;
	w->leaving = one;
}

/* One whose share does not answer keeps nobody waiting, but for the process's own end. */
static void forget_those_over(struct watching *w, bool all)
{
	for (struct watched **at = &w->leaving; *at != NULL;) {
		struct watched *one = *at;
		if (!all && !atomic_load(&one->over)) {
			at = &one->next;
			continue;
		}
		*at = one->next;
		pthread_join(one->thread, NULL);
		forget(one);
	}
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
		one->next = NULL;
		*last = one;
		last = &one->next;
	}
	struct watched *gone = w->all;
	w->all = first;
	for (struct watched *next; gone != NULL; gone = next) {
		next = gone->next;
		let_go(w, gone);
	}
	pthread_cond_broadcast(&w->fewer);
	pthread_mutex_unlock(&w->lock);
	forget_those_over(w, false);
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
	pthread_mutex_lock(&w->lease_lock);
	bool has = w->leased - g->clock->now(g->clock) > (instant)HELD_LEFT * SECOND
		   || (store_write(g->store, take_lease, w, &p) && w->leased != 0);
	pthread_mutex_unlock(&w->lease_lock);
	return has;
}

static bool end_lease(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	lease_end(t, lease_name, retention_node(t));
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* ---- Whose turn ---- */

static bool is_to_end(const struct watched *one)
{
	return atomic_load(&one->gone) || atomic_load(&one->of->stopping);
}

/* Who asked before goes first, so that each has a turn after as many as there are. Those that wait
 * for a share that does not answer are in nobody's way. */
static bool may_begin(const struct watched *one)
{
	const struct watching *w = one->of;
	int64_t now = w->gateway->clock->elapsed(w->gateway->clock);
	unsigned before = 0;
	for (const struct watched *each = w->all; each != NULL; each = each->next)
		before += each->at_work ? now - each->begun < (int64_t)SILENT_SECONDS * SECOND
					: each->asked != 0 && each->asked < one->asked;
	return before < AT_ONCE;
}

/* False: it is to end. */
static bool take_turn(struct watched *one)
{
	struct watching *w = one->of;
	pthread_mutex_lock(&w->lock);
	one->asked = ++w->asked;
	while (!is_to_end(one) && !may_begin(one)) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++; /* one may be silent by then */
		pthread_cond_timedwait(&w->fewer, &w->lock, &until);
	}
	one->asked = 0;
	one->at_work = !is_to_end(one);
	one->begun = w->gateway->clock->elapsed(w->gateway->clock);
	pthread_mutex_unlock(&w->lock);
	return one->at_work;
}

static void give_turn(struct watched *one)
{
	struct watching *w = one->of;
	pthread_mutex_lock(&w->lock);
	one->at_work = false;
	if (one->silent)
		log_write(&w->gateway->log, LOG_NOTICE, "the storage of %s answers again",
			  one->facility);
	one->silent = false;
	storage_watch_note_silent(one->watch, false);
	pthread_cond_broadcast(&w->fewer);
	pthread_mutex_unlock(&w->lock);
}

/* By whoever is not at work at it. */
static void tell_silent(struct watching *w)
{
	struct gateway *g = w->gateway;
	int64_t now = g->clock->elapsed(g->clock);
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->all; one != NULL; one = one->next) {
		if (!one->at_work || one->silent
		    || now - one->begun < (int64_t)SILENT_SECONDS * SECOND)
			continue;
		one->silent = true;
		storage_watch_note_silent(one->watch, true);
		log_failure(&g->log, one->facility, "a storage that is watched does not answer",
			    "see whether its share is there; others are looked at meanwhile");
	}
	pthread_mutex_unlock(&w->lock);
}

/* ---- A look ---- */

static bool is_of_this_configuration(const struct watched *one)
{
	const struct configuration *now = gateway_configuration(one->of->gateway);
	bool same = now == one->configuration;
	config_release(now);
	return same;
}

static bool ends(void *self)
{
	struct watched *one = self;
	return is_to_end(one) || !is_of_this_configuration(one) || !has_lease(one->of);
}

/* To other storages, and to what the kernel told of this one meanwhile. */
static bool gives_way(void *self)
{
	const struct watched *one = self;
	const struct clock *clock = one->of->gateway->clock;
	return clock->elapsed(clock) - one->begun > (int64_t)TURN_SECONDS * SECOND;
}

static bool record(struct exchange *x, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	const struct own_exchange *own =
		(const struct own_exchange *)((char *)x - offsetof(struct own_exchange, x));
	return by_ourselves_record(own->gateway, t, a, e);
}

static void tell(struct watched *one, const struct problem *p)
{
	struct gateway *g = one->of->gateway;
	bool failed = p->code != PROBLEM_NONE && p->code != PROBLEM_BUSY;
	if (failed && !one->told)
		log_failure(&g->log, p->what, "a storage that is watched cannot be looked at",
			    problem_row(p->code)->remedy);
	else if (!failed && one->told)
		log_write(&g->log, LOG_NOTICE, "the storage of %s can be looked at again",
			  one->facility);
	one->told = failed;
}

/* It is told meanwhile who changes. */
static bool is_told(const struct watched *w)
{
	return w->transactions != NULL && !w->deaf;
}

/* Who waits, and could not be handed on to those that changed, waits for the next look. */
static int64_t pause_behind(const struct watched *w)
{
	struct storage_watch_seen s;
	storage_watch_seen(w->watch, &s);
	bool seldom = is_told(w) && !w->told && s.waiting == 0;
	return (int64_t)(seldom ? w->row->all_every : w->row->every) * SECOND;
}

struct turn {
	struct watched *watched;
	bool of_changed;
	struct arena *arena;
	bool whole;
	struct problem problem;
};

static void look_within(void *with)
{
	struct turn *turn = with;
	struct watched *w = turn->watched;
	struct gateway *g = w->of->gateway;
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
					   .stopping = &w->of->stopping } };
	const struct storage_watch_look asked = {
		.facility = region_system(region, w->facility),
		.directory = w->directory,
		.owners = w->of->owners,
		.every = w->row->every,
		.whole = w->row->delegated,
		.mark_files = MARK_FILES,
		.transactions = w->transactions,
		.seldom = is_told(w) && w->row->all_every > w->row->every,
		.self = w,
		.ends = ends,
		.gives_way = gives_way,
	};
	by_ourselves_admitted(turn->arena, region, now, &own.x.admission);
	if (asked.facility != NULL)
		turn->whole = (turn->of_changed ? storage_watch_look_at_changed
						: storage_watch_look)(w->watch, &own.x, &asked);
	turn->problem = own.x.problem;
}

/* True: it came to its end, and rests. */
static bool look_at(struct watched *one, bool of_changed)
{
	struct gateway *g = one->of->gateway;
	struct turn turn = { .watched = one,
			     .of_changed = of_changed,
			     .arena = arena_create(LOOK_MEMORY) };
	pthread_mutex_lock(&one->of->lock);
	one->begun = g->clock->elapsed(g->clock);
	pthread_mutex_unlock(&one->of->lock);
	if (turn.arena == NULL || !arena_run(turn.arena, look_within, &turn))
		problem_set(&turn.problem, PROBLEM_OUT_OF_RESOURCES,
			    "there is no memory to look at a storage with");
	arena_destroy(turn.arena);
	if (!of_changed)
		tell(one, &turn.problem);
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

static void look_or_go_on(struct watched *one)
{
	const struct clock *clock = one->of->gateway->clock;
	one->again = one->again && storage_watch_is_amid(one->watch);
	bool rests = look_at(one, false) && !one->again;
	one->due = clock->elapsed(clock) + (rests ? pause_behind(one) : 0);
}

/* Who changed does not wait until a look that takes many turns is over. */
static void look_if_due(struct watched *one)
{
	const struct clock *clock = one->of->gateway->clock;
	int64_t now = clock->elapsed(clock);
	bool all = one->due <= now, changed = storage_watch_due(one->watch) <= now;
	if ((!all && !changed) || !has_lease(one->of))
		return;
	if (changed && (!all || storage_watch_is_amid(one->watch)))
		look_at(one, true);
	if (all)
		look_or_go_on(one);
}

/* Also where another node looks, or what is told would wait for ever. What we wrote ourselves the
 * kernel may not tell. */
static void heed(struct watched *one)
{
	pthread_mutex_lock(&one->of->lock);
	bool all = one->released || (one->hurry && (one->told || storage_watch_fd(one->watch) < 0));
	one->released = one->hurry = false;
	pthread_mutex_unlock(&one->of->lock);
	if (!storage_watch_heed(one->watch) || all)
		ask_for_look(one);
}

static void hear(struct watched *one)
{
	struct gateway *g = one->of->gateway;
	const struct clock *clock = g->clock;
	struct problem p = { .code = PROBLEM_NONE };
	bool deaf = !storage_watch_hear(one->watch, &p);
	if (deaf && !one->deaf)
		log_failure(&g->log, p.what, "a transaction storage cannot be read",
			    "what is written is found by the next look at all of the storage");
	else if (!deaf && one->deaf)
		log_write(&g->log, LOG_NOTICE, "the transaction storage of %s can be read again",
			  one->facility);
	if (deaf && !one->deaf) /* nobody tells until then */
		one->due = sooner(one->due,
				  clock->elapsed(clock) + (int64_t)one->row->every * SECOND);
	one->deaf = deaf;
}

static bool is_due(const struct watched *one)
{
	const struct clock *clock = one->of->gateway->clock;
	return one->transactions != NULL
	       || sooner(one->due, storage_watch_due(one->watch)) <= clock->elapsed(clock);
}

/* Its transaction storage may be on the share, too. */
static void take_one_turn(struct watched *one)
{
	if (!is_due(one) || !has_lease(one->of) || !take_turn(one))
		return;
	if (one->transactions != NULL)
		hear(one);
	look_if_due(one);
	give_turn(one);
}

/* When there is something to do next; what is due and was not done waits for the lease. */
static int64_t next_of(const struct watched *one)
{
	const struct clock *clock = one->of->gateway->clock;
	int64_t now = clock->elapsed(clock), rest = now + (int64_t)REST_SECONDS * SECOND;
	if (one->row == NULL || !has_lease(one->of))
		return rest;
	if (one->transactions != NULL)
		rest = now + HEAR_EVERY;
	return sooner(rest, sooner(one->due, storage_watch_due(one->watch)));
}

static void rest_until(const struct watched *one, int64_t until)
{
	const struct clock *clock = one->of->gateway->clock;
	int64_t us = until - clock->elapsed(clock);
	struct epoll_event first;
	eventfd_t wakings;
	/* What is told of the storage is read by who looks; the waking here. */
	if (us > 0)
		epoll_wait(one->waits, &first, 1, (int)((us + MILLISECOND - 1) / MILLISECOND));
	eventfd_read(one->wake, &wakings);
}

/* As it is configured now; NULL: it is not, and will be let go. */
static const struct watched_storage *row_of(const struct watched *one)
{
	const struct configuration *c = one->configuration;
	for (size_t i = 0; i < c->ssmix2.count; i++)
		if (is_same(one, &c->ssmix2.storages[i]))
			return &c->ssmix2.storages[i];
	return NULL;
}

static void *rounds_of(void *self)
{
	struct watched *one = self;
	thread_give_way(); /* to whoever is at a clinic, with the lanes a look begins */
	while (!is_to_end(one)) {
		one->configuration = gateway_configuration(one->of->gateway);
		one->row = row_of(one);
		heed(one);
		if (one->row != NULL)
			take_one_turn(one);
		int64_t next = next_of(one);
		one->row = NULL;
		config_release(one->configuration);
		rest_until(one, next);
	}
	atomic_store(&one->over, true);
	return NULL;
}

/* ---- All of them ---- */

static void wait_for_waking(const struct watching *w)
{
	struct pollfd on = { .fd = w->wake, .events = POLLIN };
	eventfd_t wakings;
	poll(&on, 1, REST_SECONDS * MILLISECOND);
	eventfd_read(w->wake, &wakings);
}

static void end_all(struct watching *w)
{
	struct problem p = { .code = PROBLEM_NONE };
	pthread_mutex_lock(&w->lock);
	for (struct watched *next; w->all != NULL; w->all = next) {
		next = w->all->next;
		let_go(w, w->all);
	}
	pthread_cond_broadcast(&w->fewer);
	pthread_mutex_unlock(&w->lock);
	forget_those_over(w, true);
	if (w->leased != 0)
		store_write(w->gateway->store, end_lease, w, &p);
}

static void *rounds(void *self)
{
	struct watching *w = self;
	sigset_t signals;
	sigfillset(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL); /* they are the process's first thread's */
	while (!atomic_load(&w->stopping)) {
		const struct configuration *c = gateway_configuration(w->gateway);
		agree(w, c);
		config_release(c);
		tell_silent(w);
		wait_for_waking(w);
	}
	end_all(w);
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

long watching_release(struct watching *w, const char *facility, const char *path)
{
	long count = -1;
	if (w == NULL)
		return -1;
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->all; one != NULL; one = one->next) {
		if (!text_equal(one->facility, facility))
			continue;
		count = (long)storage_watch_release(one->watch, path);
		one->released = count > 0;
		eventfd_write(one->wake, 1);
	}
	pthread_mutex_unlock(&w->lock);
	return count;
}

void watching_wake(struct watching *w, const char *facility)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	for (struct watched *one = w->all; one != NULL; one = one->next)
		if (text_equal(one->facility, facility)) {
			one->hurry = true;
			eventfd_write(one->wake, 1);
		}
	pthread_mutex_unlock(&w->lock);
}

/* ---- Start and stop ---- */

static void close_all(struct watching *w)
{
	root_owners_destroy(w->owners);
	close(w->wake);
	pthread_cond_destroy(&w->fewer);
	pthread_mutex_destroy(&w->lease_lock);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static void begin_locks(struct watching *w)
{
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->fewer, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&w->lock, NULL);
	pthread_mutex_init(&w->lease_lock, NULL);
}

struct watching *watching_start(struct gateway *g)
{
	struct watching *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->gateway = g;
	w->owners = root_owners_create();
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	begin_locks(w);
	if (w->wake >= 0 && w->owners != NULL && pthread_create(&w->thread, NULL, rounds, w) == 0)
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
	close_all(w);
}
