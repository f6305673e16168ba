/* tests/profiles/reply_test.c: what may stand in a header of an answer, and what may not. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "profiles/reply.h"

static void values_are_checked(void)
{
	static const struct {
		const char *value;
		bool said;
	} rows[] = {
		{ "5", true },      { "GET, HEAD", true },  { "\"a-tag\"", true },
		{ "~", true },      { "", false },          { " ", false },
		{ " a", false },    { "a ", false },        { "a\r\nSet-Cookie: b", false },
		{ "a\nb", false },  { "a\rb", false },      { "a\tb", false },
		{ "a\x7f", false }, { "a\x1b[31m", false }, { "山田", false },
		{ "a\x80", false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reply r = { .values = { [REPLY_ETAG] = "before" } };
		CU_ASSERT_EQUAL(reply_say(&r, a, REPLY_ETAG, rows[i].value), rows[i].said);
		CU_ASSERT_STRING_EQUAL(r.values[REPLY_ETAG],
				       rows[i].said ? rows[i].value : "before");
		for (int f = 0; f < REPLY_FIELDS; f++)
			CU_ASSERT_EQUAL(r.values[f] != NULL, f == REPLY_ETAG);
	}
	arena_destroy(a);
}

static void values_have_a_limit(void)
{
	static char value[REPLY_VALUE_MOST + 2];
	struct arena *a = arena_create(1 << 20);
	struct reply r = { 0 };
	memset(value, 'a', REPLY_VALUE_MOST + 1);
	CU_ASSERT(!reply_say(&r, a, REPLY_ETAG, value) && r.values[REPLY_ETAG] == NULL);
	value[REPLY_VALUE_MOST] = '\0';
	CU_ASSERT(reply_say(&r, a, REPLY_ETAG, value));
	/* It is a copy. */
	value[0] = 'b';
	CU_ASSERT_EQUAL(r.values[REPLY_ETAG][0], 'a');
	arena_destroy(a);
}

static void locations_are_encoded(void)
{
	static const struct {
		const char *value, *location;
	} rows[] = {
		{ "101", "/things?id=101" },
		{ "101@a-hospital", "/things?id=101%40a-hospital" },
		{ "1^^^&2.999.1&ISO", "/things?id=1%5E%5E%5E%262.999.1%26ISO" },
		{ "a b+c%", "/things?id=a%20b%2Bc%25" },
		{ "\r\nSet-Cookie: x", "/things?id=%0D%0ASet-Cookie%3A%20x" },
		{ "山", "/things?id=%E5%B1%B1" },
		{ "-._~", "/things?id=-._~" },
		{ "", "/things?id=" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reply r = { 0 };
		CU_ASSERT(reply_location(&r, a, "/things", "id", rows[i].value));
		CU_ASSERT_STRING_EQUAL(r.values[REPLY_LOCATION], rows[i].location);
	}
	arena_destroy(a);
}

static void fields_have_names(void)
{
	unsigned of_refusals = 0;
	for (int f = 0; f < REPLY_FIELDS; f++) {
		CU_ASSERT(!text_empty(reply_field_name(f)));
		of_refusals += reply_is_of_refusals(f);
	}
	CU_ASSERT_EQUAL(of_refusals, 4);
	CU_ASSERT(!reply_is_of_refusals(REPLY_LOCATION) && !reply_is_of_refusals(REPLY_ETAG));
}

static const struct test tests[] = { { "values are checked", values_are_checked },
				     { "values have a limit", values_have_a_limit },
				     { "locations are encoded", locations_are_encoded },
				     { "fields have names", fields_have_names },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: reply", tests);
}
