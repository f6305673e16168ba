/* tests/envelope/xml_time_test.c: times as XML Schema writes them, one by one. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/envelope/xml_time.h"

/* What it is as we write it; NULL: none. */
static const struct {
	const char *text, *is;
} times[] = {
	{ "2026-01-15T09:30:00Z", "2026-01-15T09:30:00.000000Z" },
	{ "2026-01-15T09:30:00", "2026-01-15T09:30:00.000000Z" },
	{ "2026-01-15T09:30:00.5Z", "2026-01-15T09:30:00.500000Z" },
	{ "2026-01-15T09:30:00.1234567Z", "2026-01-15T09:30:00.123456Z" },
	{ "2026-01-15T09:30:00+09:00", "2026-01-15T00:30:00.000000Z" },
	{ "2026-01-15T09:30:00-14:00", "2026-01-15T23:30:00.000000Z" },
	{ "2026-01-15T24:00:00Z", "2026-01-16T00:00:00.000000Z" },
	{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z" },
	{ "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z" },
	{ "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000000Z" },
	{ "2026-02-29T00:00:00Z", NULL },
	{ "2100-02-29T00:00:00Z", NULL },
	{ "2026-01-15T24:00:01Z", NULL },
	{ "2026-01-15T24:00:00.1Z", NULL },
	{ "2026-01-15T25:00:00Z", NULL },
	{ "2026-01-15T09:60:00Z", NULL },
	{ "2026-01-15T09:30:60Z", NULL },
	{ "2026-13-15T09:30:00Z", NULL },
	{ "2026-00-15T09:30:00Z", NULL },
	{ "2026-01-00T09:30:00Z", NULL },
	{ "0000-01-15T09:30:00Z", NULL },
	{ "-2026-01-15T09:30:00Z", NULL },
	{ "12026-01-15T09:30:00Z", NULL },
	{ "2026-1-15T09:30:00Z", NULL },
	{ "2026-01-15 09:30:00Z", NULL },
	{ "2026-01-15", NULL },
	{ "2026-01-15T09:30", NULL },
	{ "2026-01-15T09:30:00.Z", NULL },
	{ "2026-01-15T09:30:00ZZ", NULL },
	{ "2026-01-15T09:30:00+9", NULL },
	{ "2026-01-15T09:30:00+09", NULL },
	{ "2026-01-15T09:30:00+09:0", NULL },
	{ "2026-01-15T09:30:00+14:01", NULL },
	{ "2026-01-15T09:30:00+15:00", NULL },
	{ "2026-01-15T09:30:00+09:60", NULL },
	{ "2026-01-15T09:30:00*09:00", NULL },
	{ " 2026-01-15T09:30:00Z", NULL },
	{ "", NULL },
};

static void date_times(void)
{
	for (size_t i = 0; i < COUNT(times); i++) {
		char is[XML_TIME_TEXT] = "";
		instant t;
		bool read = xml_date_time_read(times[i].text, &t);
		if (read)
			instant_to_xml(t, is);
		if (read != (times[i].is != NULL) || (read && !text_equal(is, times[i].is))) {
			fprintf(stderr, "\"%s\": %s\n", times[i].text, is);
			CU_FAIL("read otherwise");
		}
	}
}

/* From 2026-01-31T12:00:00Z. */
static const struct {
	const char *text, *is;
} durations[] = {
	{ "P1D", "2026-02-01T12:00:00.000000Z" },
	{ "-P1D", "2026-01-30T12:00:00.000000Z" },
	{ "P0D", "2026-01-31T12:00:00.000000Z" },
	{ "P1M", "2026-02-28T12:00:00.000000Z" },
	{ "P25M", "2028-02-29T12:00:00.000000Z" },
	{ "-P2M", "2025-11-30T12:00:00.000000Z" },
	{ "-P1M", "2025-12-31T12:00:00.000000Z" },
	{ "P1Y2M3DT4H5M6.7S", "2027-04-03T16:05:06.700000Z" },
	{ "PT90M", "2026-01-31T13:30:00.000000Z" },
	{ "PT0.25S", "2026-01-31T12:00:00.250000Z" },
	{ "P1YT1S", "2027-01-31T12:00:01.000000Z" },
	{ "P1000Y", "3026-01-31T12:00:00.000000Z" },
	{ "P1001Y", "3026-01-31T12:00:00.000000Z" },
	{ "P99999999999999999999999999999Y", "3026-01-31T12:00:00.000000Z" },
	{ "-P1000Y", "1026-01-31T12:00:00.000000Z" },
	{ "P", NULL },
	{ "PT", NULL },
	{ "P1DT", NULL },
	{ "P1", NULL },
	{ "1D", NULL },
	{ "P1S", NULL },
	{ "PT1D", NULL },
	{ "P1M1Y", NULL },
	{ "P1Y1Y", NULL },
	{ "PT1S1M", NULL },
	{ "P1.5D", NULL },
	{ "PT1.5M", NULL },
	{ "PT1.S", NULL },
	{ "P-1D", NULL },
	{ "+P1D", NULL },
	{ "P1D ", NULL },
	{ "--P1D", NULL },
	{ "", NULL },
	{ "-", NULL },
};

static void spans(void)
{
	instant from;
	CU_ASSERT_FATAL(xml_date_time_read("2026-01-31T12:00:00Z", &from));
	for (size_t i = 0; i < COUNT(durations); i++) {
		char is[XML_TIME_TEXT] = "";
		instant t;
		bool read = xml_duration_add(durations[i].text, from, &t);
		if (read)
			instant_to_xml(t, is);
		if (read != (durations[i].is != NULL)
		    || (read && !text_equal(is, durations[i].is))) {
			fprintf(stderr, "\"%s\": %s\n", durations[i].text, is);
			CU_FAIL("read otherwise");
		}
	}
}

/* However much is asked for of each, it stays within what an instant can be. */
static void nothing_overflows(void)
{
	static const char *const most[] = {
		"P999999999999Y999999999999M999999999999DT999999999999H999999999999M999999999999S",
		"-P999999999999Y999999999999M999999999999DT999999999999H999999999999M999999999999S",
	};
	const int64_t bound = INT64_C(2100) * 366 * 86400 * 1000000;
	for (size_t i = 0; i < COUNT(most); i++) {
		instant t = 0;
		CU_ASSERT(xml_duration_add(most[i], 0, &t));
		CU_ASSERT(t < bound && t > -bound && (t < 0) == (i == 1));
	}
}

static const struct test tests[] = {
	{ "dateTime", date_times },
	{ "duration", spans },
	{ "nothing overflows", nothing_overflows },
	{ 0 },
};

int main(void)
{
	return suite_run("XML times", tests);
}
