/* tests/operator/retaining_test.c: the minute of a day at which rules of retention are carried out,
 * in the host's zone, whatever that does to its days. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <time.h>

#include "gateway/retaining.h"

static instant at(const char *dtm)
{
	instant t = 0;
	CU_ASSERT_FATAL(instant_from_dtm(dtm, 0, &t));
	return t;
}

static void days_have_one_such_minute(void)
{
	static const struct {
		const char *zone, *now; /* UTC */
		unsigned minute;
		const char *last, *next;
	} rows[] = {
		{ "UTC0", "20260115030000", 180, "20260115030000", "20260116030000" },
		{ "UTC0", "20260115025959", 180, "20260114030000", "20260115030000" },
		{ "UTC0", "20260301000000", 0, "20260301000000", "20260302000000" },
		{ "UTC0", "20260228235959", 1439, "20260228235900", "20260301235900" },
		{ "JST-9", "20260114175959", 180, "20260113180000", "20260114180000" },
		{ "JST-9", "20260114180000", 180, "20260114180000", "20260115180000" },
		{ "JST-9", "20251231180100", 180, "20251231180000", "20260101180000" },
		/* Summer begins on 2026-03-29 at 01:00Z: 03:00 is an hour earlier. */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "20260328120000", 180, "20260328020000",
		  "20260329010000" },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "20260329013000", 180, "20260329010000",
		  "20260330010000" },
		/* And ends on 2026-10-25. */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "20261024120000", 180, "20261024010000",
		  "20261025020000" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		setenv("TZ", rows[i].zone, 1);
		tzset();
		CU_ASSERT_EQUAL(retaining_last(at(rows[i].now), rows[i].minute), at(rows[i].last));
		CU_ASSERT_EQUAL(retaining_next(at(rows[i].now), rows[i].minute), at(rows[i].next));
	}
}

static const struct test tests[] = { { "days have one such minute", days_have_one_such_minute },
				     { 0 } };

int main(void)
{
	return suite_run("retaining", tests);
}
