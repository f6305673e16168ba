/* tests/base/trace_test.c: a traceparent is what W3C Trace Context says, or there is none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/base/trace.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define FROM "00f067aa0ba902b7"
#define WHOLE "00-" ID "-" FROM "-01"
#define ZEROS "00000000000000000000000000000000"

static void what_is_one(void)
{
	static const struct {
		const char *text;
		bool sampled;
	} rows[] = {
		{ WHOLE, true },
		{ "00-" ID "-" FROM "-00", false },
		{ "00-" ID "-" FROM "-fe", false },
		{ "00-" ID "-" FROM "-0b", true }, /* flags to come are not ours to judge */
		{ "01-" ID "-" FROM "-01", true },
		{ "cc-" ID "-" FROM "-01-what-may-come", true },
		{ "cc-" ID "-" FROM "-01-", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct trace t = { .sampled = !rows[i].sampled };
		if (!trace_read(rows[i].text, &t) || !text_equal(t.id, ID)
		    || t.sampled != rows[i].sampled)
			CU_FAIL_FATAL(rows[i].text);
	}
}

static void what_is_none(void)
{
	static const char *const rows[] = {
		"",
		"0",
		"00",
		"00-",
		"00-" ID,
		"00-" ID "-" FROM,
		"00-" ID "-" FROM "-",
		"00-" ID "-" FROM "-0",
		WHOLE "-",
		WHOLE " ",
		WHOLE "0",
		" " WHOLE,
		"01-" ID "-" FROM "-010",
		"01-" ID "-" FROM "-01x",
		"ff-" ID "-" FROM "-01",
		"0g-" ID "-" FROM "-01",
		"00-" ZEROS "-" FROM "-01",
		"00-" ID "-0000000000000000-01",
		"00-4BF92f3577b34da6a3ce929d0e0e4736-" FROM "-01",
		"00-" ID "-00F067aa0ba902b7-01",
		"00-" ID "-" FROM "-0A",
		"00-" ID "_" FROM "-01",
		"00_" ID "-" FROM "-01",
		"00-" ID "-" FROM "_01",
		"00-4bf92f3577b34da6a3ce929d0e0e473\n-" FROM "-01",
		"00-4bf92f3577b34da6a3ce929d0e0e473\xe3-" FROM "-01",
		"00-4bf92f3577b34da6a3ce929d0e0e473/-" FROM "-01",
		"00-4bf92f3577b34da6a3ce929d0e0e473:-" FROM "-01",
		"00-4bf92f3577b34da6a3ce929d0e0e473`-" FROM "-01",
		WHOLE "," WHOLE,
	};
	struct trace t = { .id = "before" };
	CU_ASSERT_FALSE(trace_read(NULL, &t));
	for (size_t i = 0; i < COUNT(rows); i++)
		if (trace_read(rows[i], &t) || !text_equal(t.id, "before"))
			CU_FAIL_FATAL(rows[i]);
}

static void fill_with(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	memset(out, 0x5a, length);
}

static void fill_zeros(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	memset(out, 0, length);
}

/* It is one again, of the same trace and another parent. */
static void what_is_passed_on(void)
{
	static const struct random_source some = { .fill = fill_with },
					  none = { .fill = fill_zeros };
	struct trace t = { .sampled = false }, again;
	char out[TRACE_PARENT];
	CU_ASSERT_FATAL(trace_read(WHOLE, &t));
	trace_write(&t, &some, out);
	CU_ASSERT_STRING_EQUAL(out, "00-" ID "-5a5a5a5a5a5a5a5a-01");
	t.sampled = false;
	trace_write(&t, &none, out);
	CU_ASSERT_STRING_EQUAL(out, "00-" ID "-0000000000000001-00");
	CU_ASSERT(trace_read(out, &again) && !again.sampled && text_equal(again.id, ID));
}

int main(void)
{
	static const struct test tests[] = { { "what is one", what_is_one },
					     { "what is none", what_is_none },
					     { "what is passed on", what_is_passed_on },
					     { 0 } };
	return suite_run("trace", tests);
}
