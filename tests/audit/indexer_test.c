/* tests/audit/indexer_test.c: the thread that has the audit log indexed: when it looks, what it
 * tells, and that it ends. What it has done is tests/store/audit_indexing_test.c. */
#include "tests/base/suite.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "gateway/audit/indexer.h"
#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "tests/audit/lapse.h"
#include "tests/base/failing.h"

enum { A_SECOND = 1 };

static atomic_uint turns, merges, folds;
static atomic_bool fails, waits, fails_to_merge, fails_to_fold;
static char its_octets;
static struct store *const a_store = (struct store *)&its_octets; /* nobody looks into it */

FAILING(void *, calloc, (size_t n, size_t size), (n, size), NULL)
FAILING(int, pthread_create,
	(pthread_t * thread, const pthread_attr_t *with, void *(*run)(void *), void *self),
	(thread, with, run, self), EAGAIN)

/* In place of the real one. One that waits does so until it is told to end. */
bool __wrap_audit_log_index(struct store *s, const atomic_bool *stop, struct problem *p);
bool __wrap_audit_log_index(struct store *s, const atomic_bool *stop, struct problem *p)
{
	struct timespec now;
	/* So that whoever waits until then has to ask himself. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	CU_ASSERT_PTR_EQUAL(s, a_store);
	atomic_fetch_add(&turns, 1);
	while (atomic_load(&waits) && !atomic_load(stop))
		sched_yield();
	return !atomic_load(&fails) || problem_set(p, PROBLEM_STORE_FULL, "made to fail");
}

/* After each that succeeded. */
bool __wrap_audit_log_merge(struct store *s, const atomic_bool *stop, struct problem *p);
bool __wrap_audit_log_merge(struct store *s, const atomic_bool *stop, struct problem *p)
{
	CU_ASSERT_PTR_EQUAL(s, a_store);
	CU_ASSERT_PTR_NOT_NULL(stop);
	atomic_fetch_add(&merges, 1);
	return !atomic_load(&fails_to_merge) || problem_set(p, PROBLEM_STORE_FULL, "made to fail");
}

bool __wrap_audit_log_fold(struct store *s, const atomic_bool *stop, struct problem *p);
bool __wrap_audit_log_fold(struct store *s, const atomic_bool *stop, struct problem *p)
{
	CU_ASSERT_PTR_EQUAL(s, a_store);
	CU_ASSERT_PTR_NOT_NULL(stop);
	atomic_fetch_add(&folds, 1);
	return !atomic_load(&fails_to_fold) || problem_set(p, PROBLEM_STORE_FULL, "made to fail");
}

struct scene {
	FILE *file;
	struct log log;
	char told[4096];
};

static void begin(struct scene *s)
{
	*s = (struct scene){ .file = tmpfile() };
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->file);
	s->log = (struct log){ .fd = fileno(s->file), .level = LOG_NOTICE };
	atomic_store(&turns, 0);
	atomic_store(&merges, 0);
	atomic_store(&folds, 0);
	atomic_store(&fails, false);
	atomic_store(&fails_to_merge, false);
	atomic_store(&fails_to_fold, false);
	atomic_store(&waits, false);
	lapse_hold("indexer");
}

static unsigned told(struct scene *s, const char *what)
{
	unsigned times = 0;
	rewind(s->file);
	s->told[fread(s->told, 1, sizeof s->told - 1, s->file)] = '\0';
	for (const char *at = s->told; (at = strstr(at, what)) != NULL; at++)
		times++;
	return times;
}

static void end(struct scene *s)
{
	lapse_hold(NULL);
	fclose(s->file);
}

/* At the start, then every second. */
static void in_time(void)
{
	struct scene s;
	begin(&s);
	struct indexer *x = indexer_start(a_store, &s.log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x);
	CU_ASSERT_EQUAL(lapse_awaited(), A_SECOND);
	CU_ASSERT_EQUAL(atomic_load(&turns), 1);
	CU_ASSERT_EQUAL(atomic_load(&merges), 1);
	CU_ASSERT_EQUAL(atomic_load(&folds), 1);
	CU_ASSERT_EQUAL(lapse_pass(), A_SECOND);
	CU_ASSERT_EQUAL(atomic_load(&turns), 2);
	CU_ASSERT_EQUAL(atomic_load(&folds), 2);
	indexer_stop(x);
	CU_ASSERT_EQUAL(atomic_load(&turns), 2);
	CU_ASSERT_EQUAL(told(&s, "index"), 0);
	end(&s);
}

/* An outage is told once, and its end. */
static void an_outage_of(atomic_bool *failing)
{
	struct scene s;
	begin(&s);
	atomic_store(failing, true);
	struct indexer *x = indexer_start(a_store, &s.log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x);
	CU_ASSERT_EQUAL(lapse_awaited(), A_SECOND);
	CU_ASSERT_EQUAL(told(&s, "made to fail"), 1);
	CU_ASSERT_EQUAL(told(&s, "takes ever longer"), 1);
	CU_ASSERT_EQUAL(told(&s, "do:"), 1);
	CU_ASSERT_EQUAL(lapse_pass(), A_SECOND);
	CU_ASSERT_EQUAL(told(&s, "made to fail"), 1);
	CU_ASSERT_EQUAL(told(&s, "indexed again"), 0);
	atomic_store(failing, false);
	CU_ASSERT_EQUAL(lapse_pass(), A_SECOND);
	CU_ASSERT_EQUAL(told(&s, "indexed again"), 1);
	CU_ASSERT_EQUAL(lapse_pass(), A_SECOND);
	CU_ASSERT_EQUAL(told(&s, "indexed again"), 1);
	atomic_store(failing, true);
	CU_ASSERT_EQUAL(lapse_pass(), A_SECOND);
	CU_ASSERT_EQUAL(told(&s, "made to fail"), 2);
	indexer_stop(x);
	end(&s);
}

static void an_outage(void)
{
	an_outage_of(&fails);
	CU_ASSERT_EQUAL(atomic_load(&folds), 2);
	an_outage_of(&fails_to_merge);
	CU_ASSERT_EQUAL(atomic_load(&merges), atomic_load(&turns));
	CU_ASSERT_EQUAL(atomic_load(&folds), 2);
	an_outage_of(&fails_to_fold);
	CU_ASSERT_EQUAL(atomic_load(&folds), atomic_load(&turns));
}

/* What is under way ends at once; that it was stopped is no failure, and no recovery. */
static void told_to_end(void)
{
	for (unsigned failing = 0; failing < 2; failing++) {
		struct scene s;
		begin(&s);
		atomic_store(&fails, failing != 0);
		atomic_store(&waits, true);
		struct indexer *x = indexer_start(a_store, &s.log);
		CU_ASSERT_PTR_NOT_NULL_FATAL(x);
		while (atomic_load(&turns) == 0)
			sched_yield();
		indexer_stop(x);
		CU_ASSERT_EQUAL(atomic_load(&turns), 1);
		CU_ASSERT_EQUAL(told(&s, "\n"), 0);
		end(&s);
	}
	indexer_stop(NULL);
}

static void without_a_thread(void)
{
	static const char *const calls[] = { "calloc", "pthread_create" };
	for (size_t i = 0; i < COUNT(calls); i++) {
		failing_arm(calls[i], 0);
		CU_ASSERT_PTR_NULL(indexer_start(NULL, NULL));
		CU_ASSERT_TRUE(failing_disarm());
	}
}

static const struct test tests[] = { { "in time", in_time },
				     { "an outage", an_outage },
				     { "told to end", told_to_end },
				     { "without a thread", without_a_thread },
				     { 0 } };

int main(void)
{
	return suite_run("audit: indexer", tests);
}
