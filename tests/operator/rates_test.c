/* tests/operator/rates_test.c: how much a system may ask for, on each side of each limit; the clock
 * is the test's. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/rates.h"

#define SECONDS INT64_C(1000000)

/* How many of so many tries are within. */
static unsigned within(struct rates *r, const struct registered_system *s, unsigned tries,
		       int64_t now)
{
	unsigned count = 0;
	for (unsigned i = 0; i < tries; i++)
		if (rates_take(r, s, now) == RATE_WITHIN) {
			rates_give(r, s);
			count++;
		}
	return count;
}

static void by_the_second(void)
{
	const struct registered_system ten = { .name = "a",
					       .requests_per_second = 10,
					       .requests_burst = 25 },
				       plain = { .name = "b", .requests_per_second = 10 };
	struct rates *r = rates_create();
	CU_ASSERT_EQUAL(within(r, &ten, 100, 0), 25);
	CU_ASSERT_EQUAL(rates_take(r, &ten, 0), RATE_TOO_FAST);
	CU_ASSERT_EQUAL(within(r, &ten, 100, SECONDS / 10 - 1), 0);
	CU_ASSERT_EQUAL(within(r, &ten, 100, SECONDS / 10), 1);
	CU_ASSERT_EQUAL(within(r, &ten, 100, SECONDS), 9);
	/* What flows in stops at the rim; a day changes nothing. */
	CU_ASSERT_EQUAL(within(r, &ten, 100, 86400 * SECONDS), 25);
	CU_ASSERT_EQUAL(within(r, &ten, 100, 86400 * SECONDS), 0);
	/* Without a burst a second's worth; another's bucket is its own. */
	CU_ASSERT_EQUAL(within(r, &plain, 100, 86400 * SECONDS), 10);
	/* Nothing flows in while a clock goes back, and nothing is lost by it. */
	CU_ASSERT_EQUAL(within(r, &ten, 100, 86401 * SECONDS), 10);
	CU_ASSERT_EQUAL(within(r, &ten, 100, 86400 * SECONDS), 0);
	CU_ASSERT_EQUAL(within(r, &ten, 100, 86401 * SECONDS), 10);
	rates_destroy(r);
}

static void at_once(void)
{
	const struct registered_system two = { .name = "a", .exchanges_at_once = 2 },
				       any = { .name = "b" };
	struct rates *r = rates_create();
	for (unsigned round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL(rates_take(r, &two, 0), RATE_WITHIN);
		CU_ASSERT_EQUAL(rates_take(r, &two, 0), RATE_WITHIN);
		CU_ASSERT_EQUAL(rates_take(r, &two, 0), RATE_TOO_MANY);
		rates_give(r, &two);
		CU_ASSERT_EQUAL(rates_take(r, &two, 0), RATE_WITHIN);
		rates_give(r, &two);
		rates_give(r, &two);
	}
	for (unsigned i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(rates_take(r, &any, 0), RATE_WITHIN);
	CU_ASSERT_EQUAL(rates_take(NULL, &two, 0), RATE_WITHIN);
	rates_give(NULL, &two);
	rates_destroy(r);
	rates_destroy(NULL);
}

/* A reload gives another rate: what is held is cut to what may be. */
static void another_rate(void)
{
	struct registered_system s = { .name = "a", .requests_per_second = 100 };
	struct rates *r = rates_create();
	CU_ASSERT_EQUAL(within(r, &s, 1, 0), 1);
	s.requests_per_second = 5;
	CU_ASSERT_EQUAL(within(r, &s, 100, 0), 5);
	s.requests_per_second = 0;
	CU_ASSERT_EQUAL(within(r, &s, 100, 0), 100);
	rates_destroy(r);
}

static void counted(void)
{
	const struct registered_system one = { .name = "a-hospital", .requests_per_second = 1 };
	struct arena *a = arena_create(1 << 20);
	struct buffer b = buffer_in(a);
	struct rates *r = rates_create();
	within(r, &one, 4, 0);
	rates_put(r, &b);
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_ended(&b),
				      "minato_requests_limited_total{system=\"a-hospital\"} 3\n"));
	rates_destroy(r);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = { { "by the second", by_the_second },
					     { "at once", at_once },
					     { "another rate", another_rate },
					     { "counted", counted },
					     { 0 } };
	return suite_run("rates", tests);
}
