/* profiles/ssmix2/import_lanes.c: patients of one storage are taken in side by side. */
#include "profiles/ssmix2/import_lanes.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import.h"
#include "schemas/tables/leniency.h"

enum { LANE_MEMORY = 1 << 20 }; /* for whoever sees entries on behalf of who asks */

struct given {
	struct importing importing;
	struct lane_patient patient;
	size_t octets; /* his files' names and what they mean */
	bool done;
};

/* Those from `told` to `given` are known; of them those from `begun` on wait for a lane. */
struct import_lanes {
	struct importing *whole;
	struct lane_teller teller;
	pthread_mutex_t lock;
	pthread_cond_t more, fewer;
	struct given window[LANES_WINDOW];
	size_t told, begun, given;
	size_t octets; /* of those that are known */
	bool ending;
	struct lane {
		struct import_lanes *all;
		struct arena *arena;
		struct admission admission;
		pthread_t thread;
	} lane[LANES];
	unsigned lanes; /* that run */
};

static struct given *at(struct import_lanes *l, size_t i)
{
	return &l->window[i % LANES_WINDOW];
}

/* ---- On a lane ---- */

static void take_in(void *with)
{
	struct given *g = with;
	import_patient(&g->importing, g->patient.arena, g->patient.files);
}

static void run(void *with)
{
	struct given *g = with;
	if (!arena_run(g->patient.arena, take_in, g))
		import_fault(&g->importing, g->patient.files,
			     "the patient has more files than one can have");
}

/* What is remembered of who asks is remembered on his behalf. */
static void run_on(struct lane *lane, struct given *g)
{
	g->importing.admission = lane->admission;
	if (!arena_run(lane->arena, run, g))
		problem_set(&g->importing.problem, PROBLEM_OUT_OF_RESOURCES,
			    "there is no memory to import with");
	g->importing.stopped = g->importing.stopped || g->importing.problem.code != PROBLEM_NONE;
}

static void *work(void *self)
{
	struct lane *lane = self;
	struct import_lanes *l = lane->all;
	pthread_mutex_lock(&l->lock);
	for (;;) {
		while (l->begun == l->given && !l->ending)
			pthread_cond_wait(&l->more, &l->lock);
		if (l->begun == l->given)
			break;
		struct given *g = at(l, l->begun++);
		pthread_mutex_unlock(&l->lock);
		run_on(lane, g);
		pthread_mutex_lock(&l->lock);
		g->done = true;
		pthread_cond_signal(&l->fewer);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* ---- Who gives ---- */

static void add_counts(struct import_counts *all, const struct import_counts *more)
{
	all->patients += more->patients;
	all->documents += more->documents;
	all->replaced += more->replaced;
	all->withdrawn += more->withdrawn;
	all->restored += more->restored;
	all->unchanged += more->unchanged;
	all->ignored += more->ignored;
	all->faults += more->faults;
	all->warnings += more->warnings;
}

static void add_to_whole(struct importing *whole, struct importing *more)
{
	add_counts(&whole->counts, &more->counts);
	leniencies_add(&whole->needed, &more->needed);
	whole->young += more->young;
	if (whole->lines != NULL)
		import_add_lines(whole, more->lines);
	if (more->stopped && !whole->stopped) {
		whole->stopped = true;
		whole->problem = more->problem;
	}
}

/* The first that was not told yet, which is done. */
static void tell_first(struct import_lanes *l)
{
	struct given *g = at(l, l->told++);
	add_to_whole(l->whole, &g->importing);
	l->teller.concluded(l->teller.self, &g->patient);
	json_decref(g->importing.lines);
	arena_destroy(g->patient.arena);
	l->octets -= g->octets;
}

static void wait_for_first(struct import_lanes *l)
{
	pthread_mutex_lock(&l->lock);
	while (!at(l, l->told)->done)
		pthread_cond_wait(&l->fewer, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

static bool is_first_done(struct import_lanes *l)
{
	pthread_mutex_lock(&l->lock);
	bool done = l->told != l->given && at(l, l->told)->done;
	pthread_mutex_unlock(&l->lock);
	return done;
}

static bool is_at_work(struct import_lanes *l, const char *patient_id)
{
	for (size_t i = l->told; i != l->given; i++)
		if (text_equal(at(l, i)->patient.files->patient_id, patient_id))
			return true;
	return false;
}

void import_lanes_wait(struct import_lanes *l)
{
	for (; l->told != l->given; tell_first(l))
		wait_for_first(l);
}

static bool is_full(const struct import_lanes *l, size_t octets)
{
	return l->told != l->given
	       && (l->given - l->told == LANES_WINDOW || l->octets + octets > LANES_MEMORY);
}

static void make_room(struct import_lanes *l, const char *patient_id, size_t octets)
{
	while (is_first_done(l))
		tell_first(l);
	if (is_at_work(l, patient_id))
		import_lanes_wait(l);
	for (; is_full(l, octets); tell_first(l))
		wait_for_first(l);
}

void import_lanes_give(struct import_lanes *l, struct arena *a, struct storage_name *files,
		       void *with)
{
	const struct importing *whole = l->whole;
	size_t octets = arena_used(a);
	make_room(l, files->patient_id, octets);
	struct given *g = at(l, l->given);
	g->importing = (struct importing){ .x = whole->x,
					   .source = whole->source,
					   .copy = whole->copy,
					   .tells_until = whole->tells_until,
					   .lines = json_array() };
	g->patient = (struct lane_patient){
		.arena = a, .files = files, .importing = &g->importing, .with = with
	};
	g->octets = octets;
	l->octets += octets;
	g->done = l->lanes == 0;
	if (g->done) {
		g->importing.admission = whole->x->admission;
		run(g);
	}
	pthread_mutex_lock(&l->lock);
	l->begun += l->lanes == 0;
	l->given++;
	pthread_cond_signal(&l->more);
	pthread_mutex_unlock(&l->lock);
}

/* ---- Begin and end ---- */

static void know_asker(void *with)
{
	struct lane *lane = with;
	const struct admission *asker = &lane->all->whole->x->admission;
	asker->another(asker->self, lane->arena, &lane->admission);
}

static bool start(struct import_lanes *l, struct lane *lane)
{
	sigset_t all, before;
	*lane = (struct lane){ .all = l, .arena = arena_create(LANE_MEMORY) };
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before); /* they are the process's first thread's */
	bool started = lane->arena != NULL && arena_run(lane->arena, know_asker, lane)
		       && pthread_create(&lane->thread, NULL, work, lane) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!started)
		arena_destroy(lane->arena);
	return started;
}

struct import_lanes *import_lanes_begin(struct importing *whole, const struct lane_teller *teller)
{
	struct import_lanes *l = calloc(1, sizeof *l);
	if (l == NULL) {
		problem_set(&whole->problem, PROBLEM_OUT_OF_RESOURCES,
			    "there is no memory to import with");
		return NULL;
	}
	l->whole = whole;
	l->teller = *teller;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->more, NULL);
	pthread_cond_init(&l->fewer, NULL);
	while (whole->x->admission.another != NULL && l->lanes < LANES
	       && start(l, &l->lane[l->lanes]))
		l->lanes++;
	return l;
}

void import_lanes_end(struct import_lanes *l)
{
	if (l == NULL)
		return;
	import_lanes_wait(l);
	pthread_mutex_lock(&l->lock);
	l->ending = true;
	pthread_cond_broadcast(&l->more);
	pthread_mutex_unlock(&l->lock);
	for (unsigned i = 0; i < l->lanes; i++) {
		pthread_join(l->lane[i].thread, NULL);
		arena_destroy(l->lane[i].arena);
	}
	pthread_cond_destroy(&l->fewer);
	pthread_cond_destroy(&l->more);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
