/* tests/operator/metrics_test.c: leniencies are counted by system, whoever counts at the same time,
 * and names do not grow without end; exchanges by transaction. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/metrics.h"
#include "profiles/transaction.h"

#define COUNTER "minato_leniency_used_total{"

static const char *text_of(struct arena *a, const struct metrics *m)
{
	struct buffer b = buffer_in(a);
	metrics_put_needed(m, &b);
	return strstr(buffer_ended(&b), "counter\n") + strlen("counter\n");
}

static void count(struct metrics *m, const char *system, struct leniencies needed)
{
	struct registered_system s = { .name = system };
	metrics_count_needed(m, &s, &needed);
}

static void what_was_needed_is_counted_by_system(void)
{
	struct arena *a = arena_create(16 << 20);
	struct metrics *m = metrics_create();
	CU_ASSERT_FATAL(a != NULL && m != NULL);
	count(m, "a-hospital", (struct leniencies){ .fill_domain = false });
	metrics_count_needed(m, NULL, &(struct leniencies){ .fill_domain = true });
	CU_ASSERT_STRING_EQUAL(text_of(a, m), "");
	count(m, "b-clinic", (struct leniencies){ .fill_domain = true });
	count(m, "a-hospital", (struct leniencies){ .update_creates = true });
	count(m, "b-clinic", (struct leniencies){ .fill_domain = true, .local_sex_codes = true });
	CU_ASSERT_STRING_EQUAL(text_of(a, m), COUNTER
			       "leniency=\"update-creates\",system=\"a-hospital\"} 1\n" COUNTER
			       "leniency=\"fill-domain\",system=\"b-clinic\"} 2\n" COUNTER
			       "leniency=\"local-sex-codes\",system=\"b-clinic\"} 1\n");
	metrics_destroy(m);
	arena_destroy(a);
}

static void refused_records_are_counted_by_source(void)
{
	struct metrics *m = metrics_create();
	CU_ASSERT_EQUAL(metrics_refused_records(m, "a-hospital"), 0);
	metrics_count_refused_record(m, "a-hospital");
	metrics_count_refused_record(m, "udp 192.0.2.1");
	metrics_count_refused_record(m, "a-hospital");
	CU_ASSERT_EQUAL(metrics_refused_records(m, "a-hospital"), 2);
	CU_ASSERT_EQUAL(metrics_refused_records(m, "udp 192.0.2.1"), 1);
	CU_ASSERT_EQUAL(metrics_refused_records(m, "b-clinic"), 0);
	metrics_destroy(m);
}

static unsigned lines_with(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

/* So many names, and what comes after them under the empty one; those that are known go on. */
static void names_are_bounded(void)
{
	struct arena *a = arena_create(16 << 20);
	struct metrics *m = metrics_create();
	CU_ASSERT_FATAL(a != NULL && m != NULL);
	char name[16];
	for (unsigned i = 0; i < METRICS_SYSTEMS_MOST; i++) {
		snprintf(name, sizeof name, "s-%u", i);
		count(m, name, (struct leniencies){ .fill_domain = true });
	}
	CU_ASSERT_EQUAL(lines_with(text_of(a, m), COUNTER), METRICS_SYSTEMS_MOST);
	CU_ASSERT_PTR_NULL(strstr(text_of(a, m), "system=\"\""));
	count(m, "one-more", (struct leniencies){ .fill_domain = true });
	count(m, "two-more", (struct leniencies){ .fill_domain = true });
	count(m, "s-7", (struct leniencies){ .fill_domain = true });
	CU_ASSERT_EQUAL(lines_with(text_of(a, m), COUNTER), METRICS_SYSTEMS_MOST + 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of(a, m), "system=\"\"} 2\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of(a, m), "system=\"s-7\"} 2\n"));
	metrics_destroy(m);
	arena_destroy(a);
}

/* Also where two files have it: what another community asks by ITI-55, and what it answers
 * later. */
static void each_transaction_has_one_row(void)
{
	static const char series[] = "minato_exchanges_total{transaction=\"ITI-55\",actor="
				     "\"Responding Gateway (XCPD)\",outcome=\"done\"} ";
	struct arena *a = arena_create(16 << 20);
	struct metrics *m = metrics_create();
	unsigned files = 0;
	CU_ASSERT_FATAL(a != NULL && m != NULL);
	for (const struct transaction *const *t = transactions; *t != NULL; t++)
		if (strcmp((*t)->code, "ITI-55") == 0) {
			metrics_count(m, *t, PROBLEM_NONE, 1);
			files++;
		}
	struct buffer b = buffer_in(a);
	metrics_put_exchanges(m, &b);
	const char *text = buffer_ended(&b);
	CU_ASSERT_EQUAL(files, 2);
	CU_ASSERT_EQUAL(lines_with(text, series), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, arena_printf(a, "%s%u\n", series, files)));
	metrics_destroy(m);
	arena_destroy(a);
}

enum { THREADS = 4, NAMES = 50, ROUNDS = 200 };

static void *count_all(void *with)
{
	char name[16];
	for (unsigned i = 0; i < NAMES * ROUNDS; i++) {
		snprintf(name, sizeof name, "s-%u", i % NAMES);
		count(with, name, (struct leniencies){ .any_hl7_version = true });
	}
	return NULL;
}

static void threads_lose_nothing(void)
{
	struct arena *a = arena_create(16 << 20);
	struct metrics *m = metrics_create();
	CU_ASSERT_FATAL(a != NULL && m != NULL);
	pthread_t threads[THREADS];
	for (size_t i = 0; i < THREADS; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, count_all, m) == 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	const char *total = arena_printf(a, "\"} %d\n", THREADS * ROUNDS);
	CU_ASSERT_EQUAL(lines_with(text_of(a, m), COUNTER), NAMES);
	CU_ASSERT_EQUAL(lines_with(text_of(a, m), total), NAMES);
	metrics_destroy(m);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "what was needed is counted by system", what_was_needed_is_counted_by_system },
		{ "refused records are counted by source", refused_records_are_counted_by_source },
		{ "names are bounded", names_are_bounded },
		{ "each transaction has one row", each_transaction_has_one_row },
		{ "threads lose nothing", threads_lose_nothing },
		{ 0 }
	};
	return suite_run("metrics", tests);
}
