/* tests/store/job_queue_test.c: whose jobs are next, in what order; and that the store keeps to
 * it. */
#include "tests/base/suite.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "store/job_queue.h"
#include "tests/store/fixture.h"

enum { MOST = 1000 };
enum { PLENTY = 1000000000 }; /* microseconds: as long as they take */

/* Names of one letter: each on a place of its own, as the first test shows. */
static const char *const names[] = { "a", "b", "c", "d" };

/* Jobs of these submitters, numbered from 0 each; what is taken is written down as a1 b1 ... */
struct line {
	struct store_job jobs[MOST];
	unsigned count, numbers[128];
	struct job_queue queue;
	char out[MOST * 8];
};

/* A capital letter's job stands behind. */
static void come(struct line *l, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		struct store_job *j = &l->jobs[l->count++];
		j->submitter = NULL;
		for (size_t i = 0; i < COUNT(names); i++)
			if (*names[i] == tolower(*letters))
				j->submitter = names[i];
		j->behind = isupper(*letters) != 0;
		j->generation = l->numbers[tolower((unsigned char)*letters)]++;
		job_queue_add(&l->queue, j);
	}
}

static const char *written(struct line *l, const struct store_job *j)
{
	l->out[0] = '\0';
	for (; j != NULL; j = j->next)
		snprintf(l->out + strlen(l->out), 8, "%s%u ",
			 j->submitter == NULL ? "-" : j->submitter, (unsigned)j->generation);
	return l->out;
}

static const char *take(struct line *l, unsigned most)
{
	return written(l, job_queue_take(&l->queue, most, PLENTY));
}

static bool is_order(const char *is, const char *begins, const char *same)
{
	bool fine = strcmp(is, same) == 0;
	if (!fine)
		printf("\n%s: %s\n", begins, is);
	return fine;
}

static void one_submitter_keeps_his_order(void)
{
	struct line *l = calloc(1, sizeof *l);
	come(l, "aaaa");
	CU_ASSERT_TRUE(is_order(take(l, 3), "some", "a0 a1 a2 "));
	come(l, "a");
	CU_ASSERT_TRUE(is_order(take(l, 99), "the rest", "a3 a4 "));
	CU_ASSERT(l->queue.count == 0);
	CU_ASSERT_PTR_NULL(job_queue_take(&l->queue, 99, PLENTY));
	free(l);
}

/* How often somebody comes before the last of the others' first jobs. */
static void they_take_turns(void)
{
	struct line *l = calloc(1, sizeof *l);
	come(l, "aaaaaaaaaabc");
	take(l, 4);
	/* Each of the three has had one, and one of them a second. */
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "a0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "b0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "c0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "a1"));
	/* Who has come meanwhile has his turn next, for the others had theirs. */
	come(l, "d-");
	take(l, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "d0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "-0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "a2"));
	CU_ASSERT_TRUE(is_order(take(l, 99), "the rest", "a3 a4 a5 a6 a7 a8 a9 "));
	free(l);
}

/* What was not run comes first again, and in its order. */
static void what_is_given_back_is_first(void)
{
	struct line *l = calloc(1, sizeof *l);
	come(l, "aabbcc");
	struct store_job *taken = job_queue_take(&l->queue, 5, PLENTY);
	struct store_job *rest = taken->next->next;
	char before[sizeof l->out];
	snprintf(before, sizeof before, "%s", written(l, rest));
	job_queue_give_back(&l->queue, rest);
	CU_ASSERT_EQUAL(l->queue.count, 4);
	struct store_job *again = job_queue_take(&l->queue, 3, PLENTY);
	CU_ASSERT_TRUE(is_order(written(l, again), "again", before));
	job_queue_give_back(&l->queue, again);
	job_queue_give_back(&l->queue, NULL);
	come(l, "a");
	take(l, 99);
	CU_ASSERT(l->queue.count == 0);
	for (const char *each = "abc"; *each != '\0'; each++) {
		char second[] = { *each, '1', ' ', '\0' };
		CU_ASSERT_PTR_NOT_NULL(strstr(l->out, second));
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(l->out, "a2 "));
	free(l);
}

/* Each comes once, whoever comes when. */
static void nobody_is_lost(void)
{
	struct line *l = calloc(1, sizeof *l);
	unsigned seed = 7, taken = 0;
	while (l->count < MOST || l->queue.count != 0) {
		seed = seed * 1664525 + 1013904223;
		unsigned choice = seed >> 16;
		char letter[] = { "abcd-"[choice % 5], '\0' };
		if (l->count < MOST && choice % 3 != 0)
			come(l, letter);
		struct store_job *batch = choice % 3 == 0 ? job_queue_take(&l->queue,
									   choice / 8 % 7, PLENTY)
							  : NULL;
		struct store_job **half = &batch;
		for (unsigned n = choice / 64 % 4; *half != NULL && n > 0; n--, taken++)
			half = &(*half)->next;
		job_queue_give_back(&l->queue, *half);
		if (l->count == MOST && choice % 3 != 0)
			for (struct store_job *j = job_queue_take(&l->queue, 1, PLENTY); j != NULL;
			     j = NULL)
				taken++;
	}
	CU_ASSERT_EQUAL(taken, MOST);
	free(l);
}

/* Each job of a submitter took so long so often. */
static void spend(struct line *l, const char *submitter, unsigned us, unsigned times)
{
	const struct store_job j = { .submitter = submitter };
	for (unsigned i = 0; i < times; i++)
		job_queue_spent(&l->queue, &j, us);
}

/* So many jobs of a submitter are taken at once when there are so many microseconds for them. */
static unsigned fit(struct line *l, const char *submitter, unsigned us)
{
	char one[] = { *submitter, '\0' };
	unsigned count = 0;
	for (unsigned i = 0; i < 100; i++)
		come(l, one);
	for (const struct store_job *j = job_queue_take(&l->queue, MOST, us); j != NULL;
	     j = j->next)
		count++;
	job_queue_take(&l->queue, MOST, PLENTY);
	l->count = 0;
	return count;
}

static void what_jobs_take_is_guessed(void)
{
	struct line *l = calloc(1, sizeof *l);
	CU_ASSERT_EQUAL(fit(l, "a", 10 * JOB_USUAL), 10);
	spend(l, "a", 10, 40);
	CU_ASSERT(fit(l, "a", 500) >= 35);
	CU_ASSERT_EQUAL(fit(l, "b", 10 * JOB_USUAL), 10);
	/* One that took long, because the thread was not let run, tells little. */
	unsigned before = fit(l, "a", 500);
	spend(l, "a", 1000000, 1);
	CU_ASSERT(fit(l, "a", 500) >= before / 2);
	spend(l, "a", 1000000, 1);
	spend(l, "a", 10, 40);
	CU_ASSERT(fit(l, "a", 500) >= 35);
	/* When all do it is believed; one is taken whatever it takes. */
	spend(l, "a", 30000, 40);
	CU_ASSERT_EQUAL(fit(l, "a", 500), 1);
	CU_ASSERT_EQUAL(fit(l, "a", 100000), 3);
	free(l);
}

static void whose_jobs_are_dear_stands_behind(void)
{
	struct line *l = calloc(1, sizeof *l);
	spend(l, "a", 10 * JOB_USUAL, 40);
	spend(l, "b", JOB_USUAL, 40);
	come(l, "abcd");
	CU_ASSERT_TRUE(is_order(take(l, 99), "the dear one", "b0 c0 d0 a0 "));
	/* Not at once with others who would wait for it. */
	come(l, "ab");
	CU_ASSERT_TRUE(
		is_order(written(l, job_queue_take(&l->queue, 99, 5 * JOB_USUAL)), "alone", "b1 "));
	CU_ASSERT_TRUE(is_order(take(l, 99), "then it", "a1 "));
	/* He is dear no more. */
	spend(l, "a", JOB_USUAL, 40);
	come(l, "abcd");
	CU_ASSERT_TRUE(is_order(take(l, 99), "as others", "a2 b2 c1 d1 "));
	free(l);
}

static void who_has_many_stands_behind(void)
{
	struct line *l = calloc(1, sizeof *l);
	come(l, "Abc");
	CU_ASSERT_TRUE(is_order(take(l, 99), "the one behind", "b0 c0 a0 "));
	come(l, "Aab"); /* what is his stays in its order */
	CU_ASSERT_TRUE(is_order(take(l, 99), "his", "b1 a1 a2 "));
	come(l, "acA");
	CU_ASSERT_TRUE(is_order(take(l, 99), "and is quiet again", "a3 c1 a4 "));
	free(l);
}

/* Others come all the time, and have four fifths of it. */
static void nobody_waits_for_ever(void)
{
	struct line *l = calloc(1, sizeof *l);
	unsigned dear = 0, others = 0;
	spend(l, "a", 10 * JOB_USUAL, 60);
	come(l, "aaaaab");
	while (dear < 5 && others <= 50) {
		const struct store_job *j = job_queue_take(&l->queue, 1, PLENTY);
		if (j->submitter != names[0]) {
			others++;
			come(l, others % 2 == 0 ? "b" : "c");
			continue;
		}
		dear++;
		CU_ASSERT(others >= 30 && others <= 50);
		others = 0;
	}
	CU_ASSERT_EQUAL(dear, 5);
	free(l);
}

/* ---- In the store ---- */

/* The committer stands in the first job until all have come. */
struct flood {
	struct fixture f;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool open;
	unsigned ran, told;
	struct store_job jobs[120];
	unsigned when[120]; /* in which place a job was run */
	unsigned brings;    /* the job that brings the last one with it */
};

static struct flood *flood;
enum { HEAVY = 300 << 10 }; /* octets: a group of its own */

static unsigned number_of(const struct store_job *j)
{
	return (unsigned)(j - flood->jobs);
}

static bool run(struct store_job *j, struct store_txn *t, struct problem *p)
{
	static const unsigned char octets[HEAVY];
	struct key k;
	(void)p;
	pthread_mutex_lock(&flood->lock);
	while (!flood->open)
		pthread_cond_wait(&flood->changed, &flood->lock);
	flood->when[number_of(j)] = ++flood->ran;
	pthread_mutex_unlock(&flood->lock);
	if (number_of(j) == flood->brings)
		store_submit(store_of(t), &flood->jobs[COUNT(flood->jobs) - 1]);
	key_begin(&k, SPACE_STORE);
	key_number(&k, number_of(j));
	return store_put(t, key_span(&k), (struct bytes){ octets, sizeof octets });
}

static void done(struct store_job *j, bool kept)
{
	CU_ASSERT_TRUE(kept);
	(void)j;
	pthread_mutex_lock(&flood->lock);
	flood->told++;
	pthread_cond_signal(&flood->changed);
	pthread_mutex_unlock(&flood->lock);
}

/* A hundred heavy jobs of one, and others with one each: they wait for one of his, or two; so does
 * who comes when his are under way. */
static void a_flood_delays_who_makes_it(void)
{
	enum { LAST = COUNT(flood->jobs) - 1, OTHERS = 3 };
	flood = calloc(1, sizeof *flood);
	fixture_open(&flood->f);
	pthread_mutex_init(&flood->lock, NULL);
	pthread_cond_init(&flood->changed, NULL);
	flood->brings = 20;
	for (unsigned i = 0; i <= LAST; i++) {
		bool other = i >= LAST - OTHERS;
		flood->jobs[i] = (struct store_job){
			.run = run, .done = done, .submitter = other ? names[LAST - i] : "flood"
		};
		if (i != LAST)
			store_submit(flood->f.store, &flood->jobs[i]);
	}
	pthread_mutex_lock(&flood->lock);
	flood->open = true;
	pthread_cond_broadcast(&flood->changed);
	while (flood->told <= LAST)
		pthread_cond_wait(&flood->changed, &flood->lock);
	pthread_mutex_unlock(&flood->lock);
	for (unsigned i = LAST - OTHERS; i < LAST; i++)
		CU_ASSERT(flood->when[i] <= 2 * (OTHERS + 1));
	CU_ASSERT(flood->when[LAST] <= flood->when[flood->brings] + 2);
	for (unsigned i = 1; i < LAST - OTHERS; i++)
		CU_ASSERT(flood->when[i - 1] < flood->when[i]);
	fixture_close(&flood->f);
	free(flood);
}

static const struct test tests[] = {
	{ "one submitter keeps his order", one_submitter_keeps_his_order },
	{ "they take turns", they_take_turns },
	{ "what is given back is first", what_is_given_back_is_first },
	{ "nobody is lost", nobody_is_lost },
	{ "what jobs take is guessed", what_jobs_take_is_guessed },
	{ "whose jobs are dear stands behind", whose_jobs_are_dear_stands_behind },
	{ "who has many stands behind", who_has_many_stands_behind },
	{ "nobody waits for ever", nobody_waits_for_ever },
	{ "a flood delays who makes it", a_flood_delays_who_makes_it },
	{ 0 }
};

int main(void)
{
	return suite_run("store: queue of jobs", tests);
}
