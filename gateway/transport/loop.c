/* gateway/transport/loop.c: one thread, its connections, and the mail it gets from other
 * threads. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/giving_way.h"
#include "gateway/transport/inside.h"

enum { TICK_MILLISECONDS = 250 }; /* how exactly time limits are kept */
/* Of connections' turns, between two looks at who else has something: about what one takes with a
 * message. Most of it is one long turn's, such as a handshake, or several short ones'. */
enum { TURNS_US = 100 };
enum { RECHECKS = 32 }; /* certificates checked again in one tick, about 5 ms */

void loop_post(struct loop *l, struct mail *m)
{
	struct mail *first = atomic_load(&l->mailbox);
	do
		m->next = first;
	while (!atomic_compare_exchange_weak(&l->mailbox, &first, m));
	if (first == NULL && eventfd_write(l->wake_fd, 1) != 0)
		return; /* its counter is full: it is awake */
}

static void woken(evutil_socket_t fd, short what, void *self)
{
	struct loop *l = self;
	eventfd_t count;
	(void)what;
	if (eventfd_read(fd, &count) != 0)
		return;
	struct mail *newest = atomic_exchange(&l->mailbox, NULL), *oldest = NULL;
	while (newest != NULL) {
		struct mail *next = newest->next;
		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	while (oldest != NULL) {
		struct mail *next = oldest->next;
		oldest->deliver(oldest);
		oldest = next;
	}
}

void loop_finish(struct loop *l, struct message *m)
{
	if (l->ended == NULL)
		l->first_ended = m;
	m->next = l->ended;
	l->ended = m;
}

/* Releases are gathered, or each would wake a worker: one job takes all that were finished in a
 * turn, and until it runs. */
static void hand_over_ended(struct loop *l)
{
	if (l->ended == NULL)
		return;
	struct message *first = atomic_load(&l->finished);
	do
		l->first_ended->next = first;
	while (!atomic_compare_exchange_weak(&l->finished, &first, l->ended));
	l->ended = NULL;
	if (first == NULL)
		loop_queue(l, l->front->workers, &l->finish);
}

/* Who wakes up goes first, so one called at once would end the turn for one message of many. */
void loop_queue(struct loop *l, struct workers *w, struct job *j)
{
	if (w != l->front->workers) {
		workers_queue(w, j);
		return;
	}
	workers_put(w, j);
	l->has_put = true;
}

static void end_turn(struct loop *l)
{
	hand_over_ended(l);
	if (!l->has_put)
		return;
	l->has_put = false;
	workers_call(l->front->workers);
}

static void release_finished(struct job *j)
{
	struct loop *l = (struct loop *)((char *)j - offsetof(struct loop, finish));
	struct message *m = atomic_exchange(&l->finished, NULL);
	while (m != NULL) {
		struct message *next = m->next;
		message_release(m); /* the last one may end the front */
		m = next;
	}
}

static void ticked(evutil_socket_t fd, short what, void *self)
{
	struct loop *l = self;
	struct front *f = l->front;
	int64_t now = system_clock.elapsed(&system_clock);
	bool over = atomic_load(&f->stopping) && now >= atomic_load(&f->deadline);
	unsigned rechecks = RECHECKS;
	(void)fd, (void)what;
	if (l->kind == LOOP_GATE)
		for (struct door *d = atomic_load(&f->doors); d != NULL; d = d->next)
			door_resume(d);
	for (struct connection *c = l->connections, *next; c != NULL; c = next) {
		next = c->next;
		if (over)
			connection_close(c, "the service is stopping");
		else
			connection_sweep(c, now, &rechecks);
	}
}

static void stop(struct mail *mail)
{
	struct loop *l = (struct loop *)((char *)mail - offsetof(struct loop, stop));
	struct front *f = l->front;
	if (l->kind == LOOP_GATE)
		for (struct door *d = atomic_load(&f->doors); d != NULL; d = d->next)
			door_end(d);
	for (struct connection *c = l->connections, *next; c != NULL; c = next) {
		next = c->next;
		connection_stop(c);
	}
	pthread_mutex_lock(&f->lock);
	f->loops_stopped++;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

static void end(struct mail *mail)
{
	struct loop *l = (struct loop *)((char *)mail - offsetof(struct loop, end));
	event_base_loopbreak(l->base);
}

const char *loop_date(struct loop *l)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = (time_t)(system_clock.now(&system_clock) / SECOND);
	struct tm t;
	if (now != l->date_of && gmtime_r(&now, &t) != NULL) {
		l->date_of = now;
		snprintf(l->date, sizeof l->date, "%s, %02d %s %04d %02d:%02d:%02d GMT",
			 days[t.tm_wday % 7], t.tm_mday % 100, months[t.tm_mon % 12],
			 (t.tm_year + 1900) % 10000, t.tm_hour % 100, t.tm_min % 100,
			 t.tm_sec % 100);
	}
	return l->date;
}

static struct event_base *base_create(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;
	if (config == NULL)
		return NULL;
	if (event_config_require_features(config, EV_FEATURE_ET) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

struct loop *loop_create(struct front *f, enum loop_kind kind)
{
	struct loop *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	l->front = f;
	l->kind = kind;
	l->finish.behind = kind != LOOP_KNOWN;
	l->finish.run = release_finished;
	l->stop.deliver = stop;
	l->end.deliver = end;
	l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	l->base = base_create();
	struct timeval tick = { 0, TICK_MILLISECONDS * 1000 };
	if (l->wake_fd < 0 || l->base == NULL
	    || event_assign(&l->wake, l->base, l->wake_fd, EV_READ | EV_PERSIST, woken, l) != 0
	    || event_add(&l->wake, NULL) != 0
	    || event_assign(&l->tick, l->base, -1, EV_PERSIST, ticked, l) != 0
	    || event_add(&l->tick, &tick) != 0) {
		loop_destroy(l);
		return NULL;
	}
	return l;
}

/* True: others may wait. */
static bool take_turns(struct loop *l)
{
	int64_t until = system_clock.elapsed(&system_clock) + TURNS_US;
	struct job *j;
	while ((j = turns_take(&l->turns)) != NULL) {
		j->run(j);
		if (system_clock.elapsed(&system_clock) >= until)
			return true;
	}
	return false;
}

/* Whoever has something to be read or written is queued; peers take turns. So neither a flood of
 * small messages nor a connection that could write for ever is in anybody's way. */
static void *turn(void *self)
{
	static const char *const names[] = { "loop", "lane", "gate" };
	struct loop *l = self;
	bool waiting = false;
	pthread_setname_np(pthread_self(), names[l->kind]);
	if (l->kind != LOOP_KNOWN)
		thread_give_way();
	else
		thread_go_first();
	while (!event_base_got_break(l->base)) {
		event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY | EVLOOP_ONCE
						 | (waiting ? EVLOOP_NONBLOCK : 0));
		waiting = take_turns(l);
		end_turn(l);
	}
	return NULL;
}

/* Signals are the business of the process: a loop takes none, so a broken pipe is an error code. */
bool loop_start(struct loop *l)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	bool started = pthread_create(&l->thread, NULL, turn, l) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

void loop_end(struct loop *l)
{
	loop_post(l, &l->end);
	pthread_join(l->thread, NULL);
}

void loop_destroy(struct loop *l)
{
	if (l == NULL)
		return;
	if (event_initialized(&l->wake))
		event_del(&l->wake);
	if (event_initialized(&l->tick))
		event_del(&l->tick);
	if (l->base != NULL)
		event_base_free(l->base);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	free(l);
}
