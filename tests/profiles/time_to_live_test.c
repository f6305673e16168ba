/* tests/profiles/time_to_live_test.c: durations of CorrelationTimeToLive (XML Schema Part 2:
 * 3.2.6). */
#include "tests/base/suite.h"

#include <string.h>

#include "profiles/xcpd/time_to_live.h"

enum { DAY = 86400 };

static const struct {
	const char *text;
	int64_t seconds; /* -1: it is none */
} rows[] = {
	{ "P0Y0M7D", 7 * DAY },
	{ "P1Y", (int64_t)365 * DAY },
	{ "P2M", (int64_t)60 * DAY },
	{ "PT1H30M", 5400 },
	{ "P1DT1S", DAY + 1 },
	{ "PT0.5S", 0 },
	{ "PT1.5S", 1 },
	{ "P0D", 0 },
	{ "-P1D", 0 },
	{ "P100Y", (int64_t)36500 * DAY },
	{ "P101Y", (int64_t)36500 * DAY },
	{ "P99999999999999999999Y", (int64_t)36500 * DAY },
	{ "P99Y99999999M", (int64_t)36500 * DAY },
	{ NULL, -1 },
	{ "", -1 },
	{ "P", -1 },
	{ "PT", -1 },
	{ "P1DT", -1 },
	{ "1D", -1 },
	{ "P1", -1 },
	{ "PD", -1 },
	{ "P1S", -1 },
	{ "PT1D", -1 },
	{ "P1D1Y", -1 },
	{ "P1D1D", -1 },
	{ "P1.5D", -1 },
	{ "PT1.S", -1 },
	{ "PT1TH", -1 },
	{ "P-1D", -1 },
	{ "p1d", -1 },
	{ "P1D ", -1 },
};

static void durations(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t seconds = -2;
		bool read = duration_seconds(rows[i].text, &seconds);
		if (read != (rows[i].seconds >= 0) || (read && seconds != rows[i].seconds))
			printf("%s: %d %lld\n", rows[i].text, read, (long long)seconds);
		CU_ASSERT_EQUAL(read, rows[i].seconds >= 0);
		CU_ASSERT_TRUE(!read || seconds == rows[i].seconds);
	}
}

static void one_that_is_too_long(void)
{
	char text[80];
	int64_t seconds;
	memset(text, '0', sizeof text);
	text[0] = 'P';
	memcpy(text + 63, "1D", 3);
	CU_ASSERT_TRUE(duration_seconds(text, &seconds) || strlen(text) > 64);
	memcpy(text + 64, "1D", 3);
	CU_ASSERT_FALSE(duration_seconds(text, &seconds));
}

static const struct test tests[] = { { "durations", durations },
				     { "one that is too long", one_that_is_too_long },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: how long a correlation lives", tests);
}
