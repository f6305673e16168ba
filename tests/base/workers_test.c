/* tests/base/workers_test.c: of the threads of a pool one is kept for who has not had his turn. */
#include "tests/base/suite.h"

#include <semaphore.h>

#include "gateway/base/text.h"
#include "gateway/base/workers.h"

enum { THREADS = 3, JOBS = 8, ROUNDS = 20 };

struct held {
	struct job job;
	sem_t *begun, *over; /* over NULL: it does not wait */
};

static void await(sem_t *s)
{
	while (sem_wait(s) != 0)
		continue;
}

static void hold(struct job *j)
{
	const struct held *h = (struct held *)j;
	sem_t *over = h->over;
	sem_post(h->begun);
	if (over != NULL)
		await(over);
}

static int value_of(sem_t *s)
{
	int value = 0;
	sem_getvalue(s, &value);
	return value;
}

struct scene {
	struct workers *workers;
	sem_t loud, quiet, over;
	struct held jobs[JOBS];
};

static void scene_begin(struct scene *s, struct workers *w)
{
	*s = (struct scene){ .workers = w };
	sem_init(&s->loud, 0, 0);
	sem_init(&s->quiet, 0, 0);
	sem_init(&s->over, 0, 0);
}

/* Of one peer, all of which stand behind. */
static void flood(struct scene *s)
{
	for (unsigned i = 0; i < JOBS; i++) {
		s->jobs[i] = (struct held){
			.job = { .run = hold, .peer = 1, .behind = true },
			.begun = &s->loud,
			.over = &s->over,
		};
		workers_queue(s->workers, &s->jobs[i].job);
	}
}

/* So many of them are not over. */
static void scene_end(struct scene *s, unsigned left)
{
	for (unsigned i = 0; i < left; i++)
		sem_post(&s->over);
	workers_destroy(s->workers);
	CU_ASSERT_EQUAL(value_of(&s->over), 0);
	sem_destroy(&s->loud);
	sem_destroy(&s->quiet);
	sem_destroy(&s->over);
}

static void one_is_kept(void)
{
	struct scene s;
	struct held single = { .job = { .run = hold, .peer = 2 }, .begun = &s.quiet };
	scene_begin(&s, workers_create(THREADS));
	flood(&s);
	for (unsigned i = 0; i < THREADS - 1; i++)
		await(&s.loud);
	workers_queue(s.workers, &single.job);
	await(&s.quiet);
	CU_ASSERT_EQUAL(value_of(&s.loud), 0);
	/* As one ends the next begins. */
	for (unsigned i = THREADS - 1; i < JOBS; i++) {
		sem_post(&s.over);
		await(&s.loud);
	}
	scene_end(&s, THREADS - 1);
}

/* Who comes first and holds up all: those who stand behind have their places as soon as one is
 * free, whichever thread that is. */
static void the_others_are_not_forgotten(void)
{
	struct scene s;
	struct held first[THREADS];
	scene_begin(&s, workers_create(THREADS));
	sem_t over;
	sem_init(&over, 0, 0);
	for (unsigned i = 0; i < THREADS; i++) {
		first[i] = (struct held){ .job = { .run = hold, .peer = 2 + i },
					  .begun = &s.quiet,
					  .over = &over };
		workers_queue(s.workers, &first[i].job);
	}
	for (unsigned i = 0; i < THREADS; i++)
		await(&s.quiet);
	flood(&s);
	CU_ASSERT_EQUAL(value_of(&s.loud), 0);
	for (unsigned i = 0; i < THREADS; i++)
		sem_post(&over);
	for (unsigned i = 0; i < THREADS - 1; i++)
		await(&s.loud);
	scene_end(&s, JOBS);
	sem_destroy(&over);
}

/* Those that give way have no queries to keep a thread for; nor has a single one. */
static void some_keep_none(void)
{
	struct workers *pools[] = { workers_create_behind(THREADS), workers_create(1) };
	static const unsigned threads[] = { THREADS, 1 };
	for (size_t i = 0; i < COUNT(pools); i++) {
		struct scene s;
		scene_begin(&s, pools[i]);
		flood(&s);
		for (unsigned n = 0; n < threads[i]; n++)
			await(&s.loud);
		scene_end(&s, JOBS);
	}
}

static void somebody_else_comes(struct scene *s)
{
	struct held one = { .job = { .run = hold, .peer = 2 }, .begun = &s->quiet };
	workers_queue(s->workers, &one.job);
	await(&s->quiet);
}

/* Those who do what stands behind do nothing else, and the others none of it: neither waits for
 * the other. */
static void some_are_apart(void)
{
	struct scene s;
	struct held single[THREADS + 1];
	sem_t over;
	scene_begin(&s, workers_create_apart(THREADS, 1));
	sem_init(&over, 0, 0);
	somebody_else_comes(&s);
	flood(&s);
	await(&s.loud);
	for (unsigned i = 0; i < COUNT(single); i++) {
		single[i] = (struct held){ .job = { .run = hold, .peer = 2 + i },
					   .begun = &s.quiet,
					   .over = &over };
		workers_queue(s.workers, &single[i].job);
	}
	for (unsigned i = 0; i < THREADS; i++)
		await(&s.quiet);
	CU_ASSERT_TRUE(workers_take_back(s.workers, &s.jobs[JOBS - 1].job));
	CU_ASSERT_TRUE(workers_take_back(s.workers, &single[THREADS].job));
	CU_ASSERT_FALSE(workers_take_back(s.workers, &single[THREADS].job));
	for (unsigned i = 1; i < JOBS - 1; i++) {
		CU_ASSERT_EQUAL(value_of(&s.loud), 0);
		sem_post(&s.over);
		await(&s.loud);
	}
	CU_ASSERT_EQUAL(value_of(&s.quiet), 0);
	for (unsigned i = 0; i < THREADS; i++)
		sem_post(&over);
	scene_end(&s, 1);
	sem_destroy(&over);
}

/* Nobody else is there, or nobody was for long: who is loud has the threads of all, but for the one
 * that is kept. */
static void who_is_alone_is_not_apart(void)
{
	enum { LONG = 256 };
	struct scene s;
	struct held one;
	scene_begin(&s, workers_create_apart(THREADS, 1));
	for (unsigned round = 0; round < 2; round++) {
		flood(&s);
		for (unsigned i = 0; i < THREADS - 1; i++)
			await(&s.loud);
		for (unsigned i = 0; i < JOBS; i++)
			sem_post(&s.over);
		for (unsigned i = THREADS - 1; i < JOBS; i++)
			await(&s.loud);
		somebody_else_comes(&s);
		for (unsigned i = 0; i < LONG; i++) {
			one = (struct held){ .job = { .run = hold, .peer = 1, .behind = true },
					     .begun = &s.loud };
			workers_queue(s.workers, &one.job);
			await(&s.loud);
		}
	}
	scene_end(&s, 0);
}

/* Several are put, one call for all: as many begin at once as there are threads, those apart, too;
 * and an end does what nobody was called for. */
static void one_call_for_several(void)
{
	struct scene s;
	struct held several[ROUNDS][THREADS + 1], last;
	sem_t done, over[ROUNDS]; /* or one of the next round could go on instead of one of this */
	sem_init(&done, 0, 0);
	scene_begin(&s, workers_create_apart(THREADS, 1));
	for (unsigned round = 0; round < ROUNDS; round++) {
		sem_init(&over[round], 0, 0);
		for (unsigned i = 0; i <= THREADS; i++) {
			struct held *h = &several[round][i];
			*h = (struct held){
				.job = { .run = hold, .peer = 1 + i, .behind = i == THREADS },
				.begun = &s.quiet,
				.over = &over[round],
			};
			workers_put(s.workers, &h->job);
		}
		workers_call(s.workers);
		for (unsigned i = 0; i <= THREADS; i++)
			await(&s.quiet);
		for (unsigned i = 0; i <= THREADS; i++)
			sem_post(&over[round]);
	}
	last = (struct held){ .job = { .run = hold, .peer = 2 }, .begun = &done };
	workers_put(s.workers, &last.job);
	scene_end(&s, 0);
	CU_ASSERT_EQUAL(value_of(&done), 1);
	sem_destroy(&done);
	for (unsigned round = 0; round < ROUNDS; round++)
		sem_destroy(&over[round]);
}

static const struct test tests[] = { { "one is kept for who has not had his turn", one_is_kept },
				     { "the others are not forgotten",
				       the_others_are_not_forgotten },
				     { "one call for several", one_call_for_several },
				     { "some keep none", some_keep_none },
				     { "some are apart", some_are_apart },
				     { "who is alone is not apart", who_is_alone_is_not_apart },
				     { 0 } };

int main(void)
{
	return suite_run("base workers", tests);
}
