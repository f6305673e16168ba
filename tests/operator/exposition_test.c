/* tests/operator/exposition_test.c: lines become Prometheus' text and OpenMetrics, for who asks for
 * it; durations fall into buckets, on each side of each bound. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/durations.h"
#include "gateway/exposition.h"
#include "gateway/metrics.h"
#include "profiles/transaction.h"

#define OPEN "application/openmetrics-text"

static void who_asks_for_what(void)
{
	static const struct {
		const char *accept;
		enum exposition as;
	} rows[] = {
		{ NULL, EXPOSITION_PROMETHEUS },
		{ "", EXPOSITION_PROMETHEUS },
		{ "*/*", EXPOSITION_PROMETHEUS },
		{ "application/*", EXPOSITION_PROMETHEUS },
		{ OPEN, EXPOSITION_OPENMETRICS },
		{ " \t" OPEN " \t", EXPOSITION_OPENMETRICS },
		{ OPEN "x", EXPOSITION_PROMETHEUS },
		{ OPEN ";version=1.0.0", EXPOSITION_OPENMETRICS },
		{ OPEN " ; Version = 1.0.0", EXPOSITION_OPENMETRICS },
		{ OPEN ";version=0.0.1", EXPOSITION_PROMETHEUS },
		{ OPEN ";version=1.0.0;q=0.5, text/plain;q=0.5", EXPOSITION_OPENMETRICS },
		{ OPEN ";version=1.0.0;q=0.499, text/plain;q=0.5", EXPOSITION_PROMETHEUS },
		{ "text/plain;q=0.2," OPEN ";q=0.1," OPEN ";q=0.3", EXPOSITION_OPENMETRICS },
		{ OPEN ";q=0", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=0.000", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=0.001", EXPOSITION_OPENMETRICS },
		{ OPEN ";q=1.000", EXPOSITION_OPENMETRICS },
		{ OPEN ";q=1.001", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=0.0001", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=2", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=0,5", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=0x5", EXPOSITION_PROMETHEUS },
		{ OPEN ";q=0.x", EXPOSITION_PROMETHEUS },
		{ OPEN ";=;;version", EXPOSITION_OPENMETRICS },
		{ ",,;,=", EXPOSITION_PROMETHEUS },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (exposition_asked(rows[i].accept) != rows[i].as)
			CU_FAIL_FATAL(rows[i].accept == NULL ? "NULL" : rows[i].accept);
}

/* Families mixed, a histogram, an info, and a sample nobody declared. */
static const char lines[] = "# HELP a_total Of a.\n# TYPE a_total counter\n"
			    "# HELP b_seconds Of b.\n# TYPE b_seconds gauge\n"
			    "a_total{x=\"1 2\"} 1\n"
			    "b_seconds 2\n"
			    "a_total{x=\"{\"} 3\n"
			    "lost 4\n"
			    "# HELP m_info Me.\n# TYPE m_info info\nm_info{v=\"1\"} 1\n"
			    "# HELP h_bytes Of h.\n# TYPE h_bytes histogram\n"
			    "h_bytes_bucket{le=\"+Inf\"} 1\nb_seconds_sum 1\n"
			    "h_bytes_sum 1\nh_bytes_count 1\n";

static const char *written(struct arena *a, enum exposition as)
{
	struct bytes b = exposition_write(a, as, bytes_of_text(lines));
	char *text = arena_alloc(a, b.length + 1);
	memcpy(text, b.data, b.length);
	text[b.length] = '\0';
	return text;
}

static void families_stand_together(void)
{
	struct arena *a = arena_create(1 << 20);
	CU_ASSERT_FATAL(a != NULL);
	CU_ASSERT_STRING_EQUAL(
		written(a, EXPOSITION_PROMETHEUS),
		"# HELP a_total Of a.\n# TYPE a_total counter\na_total{x=\"1 2\"} 1\n"
		"a_total{x=\"{\"} 3\n"
		"# HELP b_seconds Of b.\n# TYPE b_seconds gauge\nb_seconds 2\n"
		"# HELP m_info Me.\n# TYPE m_info gauge\nm_info{v=\"1\"} 1\n"
		"# HELP h_bytes Of h.\n# TYPE h_bytes histogram\n"
		"h_bytes_bucket{le=\"+Inf\"} 1\nh_bytes_sum 1\nh_bytes_count 1\n");
	CU_ASSERT_STRING_EQUAL(
		written(a, EXPOSITION_OPENMETRICS),
		"# HELP a Of a.\n# TYPE a counter\na_total{x=\"1 2\"} 1\na_total{x=\"{\"} 3\n"
		"# HELP b_seconds Of b.\n# TYPE b_seconds gauge\n# UNIT b_seconds seconds\n"
		"b_seconds 2\n"
		"# HELP m Me.\n# TYPE m info\nm_info{v=\"1\"} 1\n"
		"# HELP h_bytes Of h.\n# TYPE h_bytes histogram\n# UNIT h_bytes bytes\n"
		"h_bytes_bucket{le=\"+Inf\"} 1\nh_bytes_sum 1\nh_bytes_count 1\n# EOF\n");
	arena_destroy(a);
}

static void each_side_of_a_bound(void)
{
	struct arena *a = arena_create(1 << 20);
	CU_ASSERT_FATAL(a != NULL);
	struct durations d = { .micros = 0 };
	struct buffer b = buffer_in(a);
	durations_put(&d, &b, "d", "x=\"y\"");
	CU_ASSERT_EQUAL(b.length, 0);
	static const int64_t took[] = { -5, 0, 1000, 1001, 2500, 30000000, 30000001, 3600000000 };
	for (size_t i = 0; i < COUNT(took); i++)
		durations_count(&d, took[i]);
	durations_put(&d, &b, "d", "x=\"y\"");
	const char *text = buffer_ended(&b);
	CU_ASSERT_PTR_EQUAL(strstr(text, "d_bucket{x=\"y\",le=\"0.001\"} 3\n"
					 "d_bucket{x=\"y\",le=\"0.0025\"} 5\n"
					 "d_bucket{x=\"y\",le=\"0.005\"} 5\n"),
			    text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "d_bucket{x=\"y\",le=\"10.0\"} 5\n"
					    "d_bucket{x=\"y\",le=\"30.0\"} 6\n"
					    "d_bucket{x=\"y\",le=\"+Inf\"} 8\n"
					    "d_sum{x=\"y\"} 3660.004502\n"
					    "d_count{x=\"y\"} 8\n"));
	arena_destroy(a);
}

/* Only what came has a histogram: there are a hundred transactions, and few regions offer all. */
static void of_what_came(void)
{
	struct arena *a = arena_create(1 << 20);
	struct metrics *m = metrics_create();
	CU_ASSERT_FATAL(a != NULL && m != NULL);
	metrics_count(m, transactions[0], PROBLEM_NONE, 1500);
	metrics_count(m, transactions[0], PROBLEM_BUSY, 1500);
	metrics_count(m, NULL, PROBLEM_BUSY, 0);
	struct buffer b = buffer_in(a);
	metrics_put_exchanges(m, &b);
	const char *text = buffer_ended(&b), *at = text;
	unsigned counts = 0;
	for (; (at = strstr(at, "minato_exchange_duration_seconds_count{")) != NULL; at++)
		counts++;
	CU_ASSERT_EQUAL(counts, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "transaction=\"none\",actor=\"\",le=\"0.001\"} 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		text, arena_printf(a, "minato_exchange_duration_seconds_count{transaction=\"%s\"",
				   transactions[0]->code)));
	metrics_destroy(m);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = { { "who asks for what", who_asks_for_what },
					     { "families stand together", families_stand_together },
					     { "each side of a bound", each_side_of_a_bound },
					     { "of what came", of_what_came },
					     { 0 } };
	return suite_run("exposition", tests);
}
