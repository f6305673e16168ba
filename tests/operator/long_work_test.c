/* tests/operator/long_work_test.c: who has a place, who waits for one, who is told that there is
 * none; and how far something is. Threads meet at gates, never at times. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/progress.h"
#include "gateway/long_work.h"

enum { WORKS = 6 };

/* A work that is at its place until it is let go. */
struct held {
	struct long_work work;
	atomic_bool unwanted;
	sem_t begun, go, over;
	bool unbegun; /* it was given up before */
	int nice;     /* of the thread it has its place on */
};

static void run_held(struct long_work *w)
{
	struct held *h = (struct held *)w;
	h->unbegun = atomic_load(&h->unwanted);
	h->nice = getpriority(PRIO_PROCESS, (id_t)gettid());
	sem_post(&h->begun);
	if (!h->unbegun)
		sem_wait(&h->go);
	long_works_end(w);
	sem_post(&h->over);
}

static void give_up_held(struct long_work *w)
{
	atomic_store(&((struct held *)w)->unwanted, true);
}

static void make(struct held *h, const char *name)
{
	memset(h, 0, sizeof *h);
	h->work = (struct long_work){ .run = run_held,
				      .unwanted = &h->unwanted,
				      .give_up = give_up_held,
				      .what = "check",
				      .by = "uid 0",
				      .name = name };
	sem_init(&h->begun, 0, 0);
	sem_init(&h->go, 0, 0);
	sem_init(&h->over, 0, 0);
}

static void let_go(struct held *h)
{
	sem_post(&h->go);
	sem_wait(&h->over);
}

static void all_see(struct long_works *all, unsigned at_work, unsigned waiting)
{
	struct long_works_counts n;
	long_works_count(all, &n);
	CU_ASSERT_EQUAL(n.at_work, at_work);
	CU_ASSERT_EQUAL(n.waiting, waiting);
}

/* Whoever asks for a clinic goes first: its threads keep the priority of the process. */
static void it_gives_way(void)
{
	struct long_works *all = long_works_create(1);
	struct held h;
	struct problem p = { 0 };
	make(&h, NULL);
	CU_ASSERT_TRUE(long_works_take(all, &h.work, 1, &p));
	sem_wait(&h.begun);
	let_go(&h);
	long_works_destroy(all);
	int own = getpriority(PRIO_PROCESS, (id_t)gettid());
	CU_ASSERT_EQUAL(h.nice, own + 10 < 19 ? own + 10 : 19);
}

/* One place, one who may wait: the third is told how many, and by which key. */
static void as_many_wait_as_may(void)
{
	struct long_works *all = long_works_create(1);
	struct held h[4];
	struct problem p = { 0 };
	for (int i = 0; i < 4; i++)
		make(&h[i], NULL);
	CU_ASSERT_TRUE(long_works_take(all, &h[0].work, 1, &p));
	sem_wait(&h[0].begun);
	CU_ASSERT_TRUE(long_works_take(all, &h[1].work, 1, &p));
	all_see(all, 1, 1);
	CU_ASSERT_FALSE(long_works_take(all, &h[2].work, 1, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NO_PLACE);
	CU_ASSERT_STRING_EQUAL(p.what, "1 are at work and 1 wait for a place already (service "
				       "long-work-waiting)");
	let_go(&h[0]);
	sem_wait(&h[1].begun);
	CU_ASSERT_TRUE(long_works_take(all, &h[3].work, 1, &p));
	let_go(&h[1]);
	let_go(&h[3]);
	all_see(all, 0, 0);
	struct long_works_counts n;
	long_works_count(all, &n);
	CU_ASSERT_EQUAL(n.refused, 1);
	long_works_destroy(all);
}

/* Nobody may wait: what has a place is taken all the same. */
static void none_may_wait(void)
{
	struct long_works *all = long_works_create(2);
	struct held h[3];
	struct problem p = { 0 };
	for (int i = 0; i < 3; i++)
		make(&h[i], NULL);
	CU_ASSERT_TRUE(long_works_take(all, &h[0].work, 0, &p));
	CU_ASSERT_TRUE(long_works_take(all, &h[1].work, 0, &p));
	CU_ASSERT_FALSE(long_works_take(all, &h[2].work, 0, &p));
	let_go(&h[0]);
	let_go(&h[1]);
	long_works_destroy(all);
}

/* Those nobody waits for any more make room for others, and are concluded unbegun. */
static void who_went_makes_room(void)
{
	struct long_works *all = long_works_create(1);
	struct held h[3];
	struct problem p = { 0 };
	for (int i = 0; i < 3; i++)
		make(&h[i], NULL);
	CU_ASSERT_TRUE(long_works_take(all, &h[0].work, 1, &p));
	sem_wait(&h[0].begun);
	CU_ASSERT_TRUE(long_works_take(all, &h[1].work, 1, &p));
	atomic_store(&h[1].unwanted, true);
	all_see(all, 1, 0);
	CU_ASSERT_TRUE(long_works_take(all, &h[2].work, 1, &p));
	sem_wait(&h[1].over);
	CU_ASSERT_TRUE(h[1].unbegun);
	all_see(all, 1, 1);
	let_go(&h[0]);
	let_go(&h[2]);
	CU_ASSERT_FALSE(h[2].unbegun);
	long_works_destroy(all);
}

/* One at work is told to end; one that waits ends at once; one that is over, or never was, is
 * unknown. */
static void by_its_name_it_is_cancelled(void)
{
	struct long_works *all = long_works_create(1);
	struct held h[3];
	struct problem p = { 0 };
	make(&h[0], "first");
	make(&h[1], "second");
	make(&h[2], "first");
	CU_ASSERT_TRUE(long_works_take(all, &h[0].work, 4, &p));
	sem_wait(&h[0].begun);
	CU_ASSERT_TRUE(long_works_take(all, &h[1].work, 4, &p));
	CU_ASSERT_FALSE(long_works_take(all, &h[2].work, 4, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
	p.code = PROBLEM_NONE;
	CU_ASSERT_TRUE(long_works_cancel(all, "second", &p));
	sem_wait(&h[1].over); /* although the place is taken */
	CU_ASSERT_TRUE(h[1].unbegun && atomic_load(&h[1].work.cancelled));
	CU_ASSERT_TRUE(long_works_cancel(all, "first", &p));
	CU_ASSERT_TRUE(long_works_cancel(all, "first", &p)); /* twice is once */
	CU_ASSERT_TRUE(atomic_load(&h[0].unwanted));
	all_see(all, 1, 0);
	let_go(&h[0]);
	CU_ASSERT_FALSE(long_works_cancel(all, "first", &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NOT_FOUND);
	struct long_works_counts n;
	long_works_count(all, &n);
	CU_ASSERT_EQUAL(n.cancelled, 2);
	long_works_destroy(all);
}

static void names_are_names(void)
{
	static const char *const good[] = { "a", "A-9", "0123456789abcdef0123456789abcdef" };
	static const char *const bad[] = {
		"", "a b", "a\"", "a/b", "\xe3\x81\x82", "0123456789abcdef0123456789abcdef0"
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CU_ASSERT_TRUE(long_work_name_is_one(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(long_work_name_is_one(bad[i]));
}

/* ---- How far ---- */

struct hand_clock {
	struct clock clock;
	int64_t elapsed;
};

static int64_t elapsed(const struct clock *c)
{
	return ((const struct hand_clock *)c)->elapsed;
}

static void a_count_has_rate_and_rest(void)
{
	static const struct {
		const char *why;
		uint64_t of, done;
		int64_t micros;
		double rate;
		uint64_t shown_of;
		int64_t left;
	} rows[] = {
		{ "half of it in ten seconds", 200, 100, 10000000, 10, 200, 10 },
		{ "how many there are is not known", 0, 100, 10000000, 10, 0, -1 },
		{ "nothing done says nothing of the rest", 200, 0, 10000000, 0, 200, -1 },
		{ "no time has passed", 200, 5, 0, 0, 200, -1 },
		{ "all of it", 200, 200, 10000000, 20, 200, 0 },
		{ "more than were counted before", 200, 250, 10000000, 25, 250, 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hand_clock c = { .clock = { .elapsed = elapsed }, .elapsed = 7 };
		struct progress p;
		struct progress_seen seen;
		progress_create(&p, &c.clock, NULL);
		progress_look(&p, &seen);
		CU_ASSERT_PTR_NULL(seen.unit);
		progress_begin(&p, "files found", 0);
		progress_add(&p, 3);
		c.elapsed += 5000000;
		progress_begin(&p, "files", rows[i].of);
		progress_add(&p, rows[i].done);
		c.elapsed += rows[i].micros;
		progress_look(&p, &seen);
		if (strcmp(seen.unit, "files") != 0 || seen.done != rows[i].done
		    || seen.of != rows[i].shown_of || seen.rate != rows[i].rate
		    || seen.seconds_left != rows[i].left) {
			printf("\n%s: %d of %d, %g, %d\n", rows[i].why, (int)seen.done,
			       (int)seen.of, seen.rate, (int)seen.seconds_left);
			CU_FAIL("not as expected");
		}
		progress_destroy(&p);
	}
	progress_begin(NULL, "files", 1);
	progress_add(NULL, 1);
	CU_ASSERT_FALSE(progress_is_stopped(NULL));
}

static const struct test tests[] = { { "it gives way", it_gives_way },
				     { "as many wait as may", as_many_wait_as_may },
				     { "none may wait", none_may_wait },
				     { "who went makes room", who_went_makes_room },
				     { "by its name it is cancelled", by_its_name_it_is_cancelled },
				     { "names are names", names_are_names },
				     { "a count has rate and rest", a_count_has_rate_and_rest },
				     { 0 } };

int main(void)
{
	return suite_run("long work", tests);
}
