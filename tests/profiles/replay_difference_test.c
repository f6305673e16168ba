/* tests/profiles/replay_difference_test.c: what two answers differ in, and what is none. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "profiles/admin/replay_difference.h"
#include "profiles/transaction.h"

/* 2026-01-15T00:00:00Z */
static const instant began = INT64_C(1768435200) * 1000000;
static const char drawn[] = "00112233445566778899aabbccddeeff 0123456789abcdef ";

/* "-a+b": a line of then is not in now, and another the other way round. */
static const char *difference(struct arena *a, struct bytes then, struct bytes now)
{
	const struct exchange_replayed r = { .answer = now,
					     .whole = true,
					     .drawn = drawn,
					     .began = began,
					     .ended = began + 5000000 };
	json_t *rows = replay_difference(a, then, &r), *row;
	const char *all = "";
	size_t i;
	json_array_foreach (rows, i, row) {
		const char *was = json_string_value(json_object_get(row, "then")),
			   *is = json_string_value(json_object_get(row, "now"));
		json_t *more = json_object_get(row, "more");
		if (more != NULL)
			all = arena_printf(a, "%s...%lld", all,
					   (long long)json_integer_value(more));
		else
			all = arena_printf(a, "%s%c%s", all, was != NULL ? '-' : '+',
					   was != NULL ? was : is);
	}
	json_decref(rows);
	return all;
}

static void rows_of_two(void)
{
	static const struct {
		const char *then, *now, *difference;
	} rows[] = {
		{ "", "", "" },
		{ "a", "a", "" },
		{ "", "a", "+a" },
		{ "a", "", "-a" },
		{ "<a><b>1</b></a>", "<a><b>2</b></a>", "-<b>1</b>+<b>2</b>" },
		{ "<a/><b/><c/>", "<a/><c/>", "-<b/>" },
		{ "<a/><c/>", "<a/><b/><c/>", "+<b/>" },
		{ "MSH|a\rMSA|AE\rERR|x\r", "MSH|a\rMSA|AA\r", "-MSA|AE-ERR|x+MSA|AA" },
		{ "a\nb\nc\nd\n", "a\nx\nc\ny\n", "-b+x-d+y" },
		/* ids that were drawn for it, and moments while it was made */
		{ "urn:uuid:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
		  "urn:uuid:00112233-4455-4677-8899-aabbccddeeff", "" },
		{ "id=FEDCBA9876543210", "id=0123456789ABCDEF", "" },
		{ "at 2025-12-31T23:59:59.5Z", "at 2026-01-15T00:00:03Z", "" },
		{ "20250101120000+0900", "20260115090004+0900", "" },
		/* and what only looks like them */
		{ "urn:uuid:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
		  "urn:uuid:00112233-4455-4677-8899-aabbccddeefe",
		  "-urn:uuid:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
		  "+urn:uuid:00112233-4455-4677-8899-aabbccddeefe" },
		{ "id=short", "id=0123456789abcdef", "-id=short+id=0123456789abcdef" },
		{ "2025-12-31T23:59:59Z", "2026-01-15T00:00:30Z",
		  "-2025-12-31T23:59:59Z+2026-01-15T00:00:30Z" },
		{ "19410503", "20260115000001", "-19410503+20260115000001" },
		{ "99999999999999", "20260115000001", "-99999999999999+20260115000001" },
		{ "a b", "a b c", "-a b+a b c" },
		{ "a,b", "a;b", "-a,b+a;b" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *is = difference(a, bytes_of_text(rows[i].then),
					    bytes_of_text(rows[i].now));
		if (strcmp(is, rows[i].difference) != 0) {
			printf("\n%s\n%s\n%s\n", rows[i].then, rows[i].now, is);
			CU_FAIL("not as expected");
		}
	}
	arena_destroy(a);
}

/* What is no text is shown as such, and what is long is not shown in full. */
static void as_text(void)
{
	struct arena *a = arena_create(64 << 20);
	const unsigned char octets[] = { 'a', 0, 'b', 0xff, 0xe6, 0x82, 0xa3, 0xe6, '\n' };
	CU_ASSERT_STRING_EQUAL(
		difference(a, (struct bytes){ octets, sizeof octets }, bytes_of_text("")),
		"-a?b?\xe6\x82\xa3?");
	char *text = arena_alloc(a, 2 * DIFFERENCE_LINE_MOST);
	memset(text, 'x', 2 * DIFFERENCE_LINE_MOST);
	const char *is = difference(
		a, (struct bytes){ (unsigned char *)text, 2 * DIFFERENCE_LINE_MOST },
		bytes_of_text(""));
	CU_ASSERT_EQUAL(strlen(is), 1 + DIFFERENCE_LINE_MOST + 3);
	CU_ASSERT_STRING_EQUAL(is + 1 + DIFFERENCE_LINE_MOST, "...");
	arena_destroy(a);
}

static struct bytes many(struct arena *a, const char *word, unsigned count)
{
	struct buffer b = buffer_in(a);
	for (unsigned i = 0; i < count; i++)
		buffer_printf(&b, "%s%u\n", word, i);
	return buffer_bytes(&b);
}

/* However long they are, and whatever stands in them. */
static void bounded(void)
{
	struct arena *a = arena_create(64 << 20);
	const char *is = difference(a, many(a, "a", 3000), many(a, "b", 2000));
	const char *more = strstr(is, "...");
	CU_ASSERT_PTR_NOT_NULL_FATAL(more);
	CU_ASSERT_STRING_EQUAL(more, arena_printf(a, "...%d", 5000 - DIFFERENCE_LINES_MOST));
	CU_ASSERT_STRING_EQUAL(difference(a, many(a, "a", 3000), many(a, "a", 3000)), "");
	unsigned char *hex = arena_alloc(a, 2 << 20);
	memset(hex, 'a', 1 << 20);
	memset(hex + (1 << 20), 'b', 1 << 20);
	is = difference(a, (struct bytes){ hex, 1 << 20 },
			(struct bytes){ hex + (1 << 20), 1 << 20 });
	CU_ASSERT_EQUAL(strlen(is), 2 * (1 + DIFFERENCE_LINE_MOST + 3));
	difference(a, many(a, "0123456789abcde", 500), many(a, "fedcba987654321", 500));
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "rows of two", rows_of_two }, { "as text", as_text }, { "bounded", bounded }, { 0 }
};

int main(void)
{
	return suite_run("admin: what two answers differ in", tests);
}
