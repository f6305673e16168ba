/* tests/transport/pace_test.c: who reads is let read, who does not is found; without waiting. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/transport/pace.h"

enum { SPAN = 30, RATE = 1024 };

static bool look(struct pace *p, int64_t seconds, int64_t taken)
{
	return pace_stalled(p, seconds * 1000000, taken, SPAN, RATE);
}

static void finds_who_stops(void)
{
	struct pace p = { 0 };
	/* Four mebioctets at once, as buffers take them, and nothing after. */
	CU_ASSERT(!look(&p, 100, 0));
	CU_ASSERT(!look(&p, 101, 4 << 20));
	CU_ASSERT(!look(&p, 130, 4 << 20));
	CU_ASSERT(!look(&p, 159, 4 << 20));
	CU_ASSERT(look(&p, 160, 4 << 20));
}

static void lets_read_who_reads(void)
{
	struct pace p = { 0 };
	/* What an earlier answer left in the buffers makes the beginning negative. */
	int64_t taken = -5000;
	for (int64_t at = 0; at < 3600; at++, taken += RATE)
		CU_ASSERT(!look(&p, at, taken));
	/* All in one go just before the span ends is as good. */
	CU_ASSERT(!look(&p, 3600, taken));
	CU_ASSERT(!look(&p, 3629, taken));
	CU_ASSERT(!look(&p, 3630, taken + SPAN * RATE));
}

static void one_octet_decides(void)
{
	static const struct {
		int64_t taken;
		bool stalled;
	} rows[] = {
		{ SPAN * RATE - 1, true },
		{ SPAN * RATE, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pace p = { 0 };
		CU_ASSERT(!look(&p, 1, 7));
		CU_ASSERT(!look(&p, SPAN, 7));
		CU_ASSERT_EQUAL(look(&p, 1 + SPAN, 7 + rows[i].taken), rows[i].stalled);
	}
}

static void without_a_rate_nobody_stalls(void)
{
	struct pace p = { 0 };
	CU_ASSERT(!pace_stalled(&p, 0, 0, SPAN, 0));
	CU_ASSERT(!pace_stalled(&p, INT64_C(3600000000), 0, SPAN, 0));
	/* What a socket counts as not read yet is more than its octets: it may seem to go back. */
	CU_ASSERT(!pace_stalled(&p, INT64_C(7200000000), -5000, 0, 0));
	CU_ASSERT(!pace_stalled(&p, INT64_C(7200000001), -9000, 0, 0));
}

static const struct test tests[] = { { "who stops is found within two spans", finds_who_stops },
				     { "who reads is let read", lets_read_who_reads },
				     { "one octet decides", one_octet_decides },
				     { "without a rate nobody stalls",
				       without_a_rate_nobody_stalls },
				     { 0 } };

int main(void)
{
	return suite_run("transport pace", tests);
}
