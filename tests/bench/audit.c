/* tests/bench/audit.c: `make bench-audit`: audit records by the thousand while their repository is
 * away.
 *
 * A gateway as it is installed answers clinics' questions and submissions at a steady rate, each of
 * which leaves an audit record; an Audit Record Repository of ours takes them, is away for the
 * middle half of the time, and comes back. Afterwards it is shown, by the log itself: its numbers
 * are without a hole and as many as exchanges at least, every record that is for repositories is
 * there (no gap) and nothing else, what came twice came with the same number and octets
 * (no repeat that is not marked), on no connection anything came out of order; the daemon's memory
 * was bounded, and what it took of the disk is told.
 *
 *	BENCH_SECONDS=240	how long; an hour is 3600
 *	BENCH_RATE=2000		exchanges a second
 *	BENCH_PERSONS=10000	who is asked about
 *	BENCH_LOSES=0		the number of a record that is lost where it arrives: a gap that
 *				must be found; 0: none
 *	MINATO_BUILD=.		where minatod and minato were built
 *
 * The rate is kept by a timetable: what a busy machine was late with is made up for, until the time
 * is over. Exit 1 when a goal was missed. */
#include "tests/bench/bench.h"

#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/audit_log.h"
#include "store/store.h"
#include "tests/bench/arr.h"
#include "tests/bench/machine.h"

enum {
	CORES = 2,
	MEMORY = 1 << 30,
	MIB = 1 << 20,
	CLIENTS = 16,
	CACHE = 256,     /* MiB: the store's, which is filled as it grows, and is no leak */
	GROWS_MOST = 64, /* MiB beyond what was there at a quarter, and the cache */
	EVERY = 50,      /* of so many requests one is a submission, one a registration */
	DOCUMENT = 1 << 10,
	LATENCIES = 40,    /* steps of a quarter of a doubling, from 64 us */
	CATCHES_UP = 3600, /* seconds: the longest anybody waits for it */
};

enum phase { WITH_IT, WITHOUT_IT, CATCHING_UP, PHASES };
static const char *const phases[] = { "there", "away", "back" };

/* The timetable, and what became of it. */
struct service {
	struct place *place;
	struct load_plan ids, documents, entries;
	double rate, begun, seconds;
	struct client_time {
		double asked, latest; /* when it was sent; how much behind the timetable, at most */
		uint64_t answers[LATENCIES];
	} clients[CLIENTS];
};

/* What a look each second shows, until `over`. */
struct watching {
	struct service *service;
	struct arr *repository;
	pthread_t thread;
	atomic_int phase;
	atomic_bool over;
	uint64_t at_first, most[PHASES]; /* resident octets */
};

/* ---- Exchanges by a timetable ---- */

static void sleep_until(double when)
{
	struct timespec t = { .tv_sec = (time_t)when };
	t.tv_nsec = (long)((when - (double)t.tv_sec) * 1e9);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static struct load_request next(void *with, unsigned client, uint64_t number)
{
	struct service *s = with;
	struct client_time *c = &s->clients[client];
	double due = s->begun + ((double)number * CLIENTS + client) / s->rate;
	struct load_plan *p = number % EVERY == 1   ? &s->documents
			      : number % EVERY == 2 ? &s->entries
						    : &s->ids;
	struct load_request r = p->next(p->with, client, number);
	sleep_until(due);
	c->asked = machine_now();
	c->latest = c->asked - due > c->latest ? c->asked - due : c->latest;
	return r;
}

static bool look(void *with, unsigned client, int status, const unsigned char *body, size_t length)
{
	struct service *s = with;
	struct client_time *c = &s->clients[client];
	double step = 64e-6, took = machine_now() - c->asked;
	unsigned i = 0;
	for (; i + 1 < LATENCIES && took > step; step *= 1.189207115)
		i++;
	c->answers[i]++;
	return people_accepted(status, body, length);
}

static double latency_us(const struct service *s, double share)
{
	uint64_t all = 0, so_far = 0;
	double step = 64;
	for (unsigned c = 0; c < CLIENTS; c++)
		for (unsigned i = 0; i < LATENCIES; i++)
			all += s->clients[c].answers[i];
	for (unsigned i = 0; i < LATENCIES; i++, step *= 1.189207115) {
		for (unsigned c = 0; c < CLIENTS; c++)
			so_far += s->clients[c].answers[i];
		if ((double)so_far >= share * (double)all)
			break;
	}
	return step;
}

static void connected(void *to)
{
	struct service *s = to;
	s->begun = machine_now();
}

/* ---- What is seen of the daemon ---- */

static uint64_t weighed;

static int weighs(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)path, (void)at;
	if (kind == FTW_F)
		weighed += (uint64_t)s->st_blocks * 512;
	return 0;
}

static uint64_t disk_of(const struct place *p)
{
	char path[128];
	snprintf(path, sizeof path, "%s/region/data", p->directory);
	weighed = 0;
	nftw(path, weighs, 16, FTW_PHYS);
	return weighed;
}

static void *watch(void *self)
{
	struct watching *w = self;
	unsigned minute = 0;
	pthread_setname_np(pthread_self(), "watch");
	for (double at = machine_now(); !atomic_load(&w->over); at += 1) {
		int phase = atomic_load(&w->phase);
		uint64_t resident = machine_status(w->service->place->daemon, "VmRSS");
		w->at_first = w->at_first == 0 ? resident : w->at_first;
		w->most[phase] = resident > w->most[phase] ? resident : w->most[phase];
		if (minute++ % 60 == 0) {
			struct arr_figures f = arr_look(w->repository);
			printf("%6.0f s, repository %-5s: resident %4.0f MiB, it has %llu "
			       "records\n",
			       machine_now() - w->service->begun, phases[phase],
			       (double)resident / MIB, (unsigned long long)f.last);
		}
		sleep_until(at + 1);
	}
	return NULL;
}

/* Away for the middle half, by the clock. */
static void *come_and_go(void *self)
{
	struct watching *w = self;
	struct service *s = w->service;
	sleep_until(s->begun + s->seconds / 4);
	arr_go_away(w->repository);
	atomic_store(&w->phase, WITHOUT_IT);
	sleep_until(s->begun + s->seconds * 3 / 4);
	arr_come_back(w->repository);
	atomic_store(&w->phase, CATCHING_UP);
	return NULL;
}

/* ---- What the log says there was ---- */

struct compared {
	uint64_t entries, local, missing, first_missing;
	uint64_t holes; /* numbers the log itself does not have */
};

static void compare(const struct place *p, struct arr *repository, struct compared *out)
{
	static const struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct problem problem = { .code = PROBLEM_NONE };
	char directory[128];
	snprintf(directory, sizeof directory, "%s/region/data", p->directory);
	struct store_settings settings = { .directory = directory,
					   .log = &log,
					   .clock = &system_clock,
					   .random = &system_random };
	struct store *store = store_open(&settings, &problem);
	struct store_txn *t = store == NULL ? NULL : store_begin_read(store, &problem);
	struct arena *a = arena_create(SIZE_MAX);
	const struct audit_entry *e;
	if (t == NULL) {
		fprintf(stderr, "bench: %s\n", problem.what);
		exit(1);
	}
	for (uint64_t from = 1, before = 0, last = 0; from != before;) {
		enum { AT_ONCE = 4096 };
		before = from;
		arena_reset(a);
		struct audit_cursor *c = audit_log_from(t, from, AT_ONCE, a);
		for (; (e = audit_log_next(c)) != NULL; from = e->sequence + 1) {
			bool has = arr_has(repository, e->sequence);
			out->entries++;
			out->holes += e->sequence - last - 1;
			last = e->sequence;
			out->local += e->terms.local_only;
			if (e->terms.local_only || has)
				continue;
			if (out->missing++ == 0)
				out->first_missing = e->sequence;
		}
	}
	arena_destroy(a);
	store_end(t);
	store_close(store);
}

/* Nothing more comes. */
static double await_quiet(struct arr *repository)
{
	enum { QUIET = 10 };
	double begun = machine_now(), changed = begun;
	for (uint64_t last = 0; machine_now() < begun + CATCHES_UP;
	     sleep_until(machine_now() + 0.2)) {
		struct arr_figures f = arr_look(repository);
		if (f.records != last)
			changed = machine_now();
		else if (machine_now() - changed > QUIET)
			break;
		last = f.records;
	}
	return changed - begun;
}

/* ---- All of it ---- */

static void settle(struct bench *b, unsigned port)
{
	struct bulk_result loaded;
	char cache[16];
	struct crowd_loading people = {
		.population = { .seed = 10, .documents_least = 1, .documents_most = 1 },
		.persons = (uint64_t)bench_number("BENCH_PERSONS", 10000),
		.first = DOCUMENT,
		.octets = DOCUMENT,
		.cache = (size_t)CACHE * MIB,
	};
	bench_settle(b, &people, &loaded);
	snprintf(cache, sizeof cache, "%dMiB", CACHE);
	place_configure(&b->place, "cache", cache);
	FILE *f = fopen(b->place.configuration, "a");
	fprintf(f, "\naudit-repository \"bench\" {\n\thost = \"127.0.0.1\"\n\tport = \"%u\"\n}\n",
		port);
	fclose(f);
}

static void tell_load(struct bench *b, const struct service *s, const struct load_result *r)
{
	double rate = (double)r->done / r->seconds, latest = 0;
	for (unsigned i = 0; i < CLIENTS; i++)
		latest = s->clients[i].latest > latest ? s->clients[i].latest : latest;
	printf("%llu exchanges in %.0f s, %.0f/s, %llu refused%s%s; answered after %.1f ms, 99 of "
	       "100 within %.1f; at most %.1f s behind the timetable",
	       (unsigned long long)r->done, r->seconds, rate, (unsigned long long)r->failed,
	       r->failed == 0 ? "" : ": ", r->why, latency_us(s, 0.5) / 1e3,
	       latency_us(s, 0.99) / 1e3, latest);
	bench_goal(b, r->failed == 0 && rate >= 0.99 * s->rate, "%.0f/s, none refused", s->rate);
}

static void tell_records(struct bench *b, const struct compared *c, const struct arr_figures *f,
			 uint64_t exchanges)
{
	printf("\n%llu records in the log, %llu of them for nobody outside; holes %llu, missing "
	       "%llu (first %llu)",
	       (unsigned long long)c->entries, (unsigned long long)c->local,
	       (unsigned long long)c->holes, (unsigned long long)c->missing,
	       (unsigned long long)c->first_missing);
	bench_goal(b, c->missing + c->holes == 0 && c->entries - c->local >= exchanges,
		   "no gap, a record of each exchange");
	printf("\n%llu came, %llu of them again and the same, %llu otherwise, %llu out of order, "
	       "%llu odd; %llu connections, %.0f MiB",
	       (unsigned long long)f->records, (unsigned long long)f->repeats,
	       (unsigned long long)f->changed, (unsigned long long)f->back,
	       (unsigned long long)f->odd, (unsigned long long)f->connections,
	       (double)f->octets / MIB);
	bench_goal(b,
		   f->changed + f->back + f->odd == 0
			   && f->records - f->repeats == c->entries - c->local,
		   "no repeat unmarked, all in order");
}

static void tell_memory(struct bench *b, const struct watching *w, uint64_t before, uint64_t after,
			uint64_t records)
{
	uint64_t most = 0;
	printf("\nresident at first %.0f MiB; at most", (double)w->at_first / MIB);
	for (int i = 0; i < PHASES; i++) {
		printf(" %s%.0f while it was %s", i == 0 ? "" : ", ", (double)w->most[i] / MIB,
		       phases[i]);
		most = w->most[i] > most ? w->most[i] : most;
	}
	double grown = ((double)most - (double)w->at_first) / MIB - CACHE;
	printf(" (cache %d)", CACHE);
	bench_goal(b, grown < GROWS_MOST, "at first, the cache, and %d MiB", GROWS_MOST);
	printf("\ndisk %.0f MiB before, %.0f after, %.0f octets a record, documents included\n",
	       (double)before / MIB, (double)after / MIB,
	       ((double)after - (double)before) / (double)(records == 0 ? 1 : records));
}

static void plan(struct bench *b, struct service *s, struct load_plan *all)
{
	crowd_plan(b->arena, &b->crowd, &b->place, ASK_IDS, CLIENTS, 0, &s->ids);
	crowd_plan(b->arena, &b->crowd, &b->place, GIVE_DOCUMENT, CLIENTS, DOCUMENT, &s->documents);
	crowd_plan(b->arena, &b->crowd, &b->place, GIVE_ENTRY, CLIENTS, DOCUMENT, &s->entries);
	*all = (struct load_plan){ .target = s->ids.target,
				   .clients = CLIENTS,
				   .seconds = s->seconds,
				   .next = next,
				   .look = look,
				   .with = s,
				   .connected = connected,
				   .to = s };
}

static void measure(struct bench *b, struct arr *repository)
{
	static struct service s;
	struct watching w = { .service = &s, .repository = repository };
	struct load_plan all;
	struct load_result result;
	struct compared c = { 0 };
	pthread_t coming;
	s = (struct service){ .place = &b->place,
			      .rate = bench_number("BENCH_RATE", 2000),
			      .seconds = bench_number("BENCH_SECONDS", 240) };
	plan(b, &s, &all);
	uint64_t before = disk_of(&b->place);
	s.begun = machine_now();
	if (pthread_create(&w.thread, NULL, watch, &w) != 0
	    || pthread_create(&coming, NULL, come_and_go, &w) != 0)
		exit(1);
	load_run(&all, &result);
	pthread_join(coming, NULL);
	uint64_t behind = arr_look(repository).last;
	double seconds = await_quiet(repository);
	struct arr_figures f = arr_look(repository);
	atomic_store(&w.over, true);
	pthread_join(w.thread, NULL);
	tell_load(b, &s, &result);
	printf("\nall was delivered %.0f s after the last exchange, %.0f records/s then", seconds,
	       (double)(f.last - behind) / (seconds < 1 ? 1 : seconds));
	place_stop(&b->place);
	uint64_t after = disk_of(&b->place);
	compare(&b->place, repository, &c);
	f = arr_look(repository);
	tell_records(b, &c, &f, result.done);
	fflush(stdout);
	tell_memory(b, &w, before, after, c.entries);
}

int main(void)
{
	struct bench b = { .arena = arena_create(MEMORY) };
	char certificate[128];
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	machine_settle(CORES);
	machine_describe(".");
	unsigned port = place_free_port();
	settle(&b, port);
	snprintf(certificate, sizeof certificate, "%s/region/pki/server.pem", b.place.directory);
	struct arr *repository = arr_start(port, certificate);
	arr_lose(repository, (uint64_t)bench_number("BENCH_LOSES", 0));
	place_start(&b.place);
	measure(&b, repository);
	arr_end(repository);
	place_remove(&b.place);
	arena_destroy(b.arena);
	printf("%u goals missed\n", b.missed);
	return b.missed != 0;
}
