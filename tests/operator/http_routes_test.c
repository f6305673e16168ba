/* tests/operator/http_routes_test.c: which route a method and a path take, and what is allowed
 * where none does. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/http_routes.h"
#include "profiles/transaction.h"

static const struct route routes[] = {
	{ .request = "GET", .detail = "/" },
	{ .request = "GET", .detail = "/things" },
	{ .request = "POST", .detail = "/things", .media = "application/json" },
	{ .request = "GET", .detail = "/things/new" },
	{ .request = "GET", .detail = "/things/{thing}" },
	{ .request = "DELETE", .detail = "/things/{thing}" },
	{ .request = "GET", .detail = "/things/{thing}/parts/{part}" },
	{ .request = "GET", .detail = "/{a}/{b}/{c}/{d}" },
};

/* found: its row, or -1; values "name=value" by blanks. */
static const struct {
	const char *method, *path;
	int found;
	const char *values, *allow;
} cases[] = {
	{ "GET", "/", 0, "", "" },
	{ "GET", "/things", 1, "", "" },
	{ "HEAD", "/things", 1, "", "" },
	{ "POST", "/things", 2, "", "GET, HEAD" },
	{ "PUT", "/things", -1, "", "GET, HEAD, POST" },
	{ "get", "/things", -1, "", "GET, HEAD, POST" },
	{ "HEAD", "/things/7", 4, "thing=7", "" },
	{ "GET", "/things/", -1, "", "" },
	{ "GET", "/thing", -1, "", "" },
	{ "GET", "/thingsx", -1, "", "" },
	{ "GET", "/things/new", 3, "", "" },
	{ "DELETE", "/things/new", 5, "thing=new", "GET, HEAD" },
	{ "PUT", "/things/new", -1, "", "GET, HEAD, DELETE" },
	{ "GET", "/things/newer", 4, "thing=newer", "" },
	{ "GET", "/things/{thing}", 4, "thing={thing}", "" },
	{ "GET", "/things/7/", -1, "", "" },
	{ "GET", "/things/7/parts", -1, "", "" },
	{ "GET", "/things/7/parts/", -1, "", "" },
	{ "GET", "/things//parts/2", -1, "", "" },
	{ "GET", "/things/7/parts/2", 6, "thing=7 part=2", "" },
	{ "GET", "/w/x/y/z", 7, "a=w b=x c=y d=z", "" },
	{ "GET", "/w/x/y/z/", -1, "", "" },
	{ "GET", "", -1, "", "" },
};

static const struct route *search(struct http_search *s, struct arena *a, const char *method,
				  const char *path)
{
	http_search_begin(s, a, method, path);
	for (size_t i = 0; i < COUNT(routes); i++)
		if (http_search_try(s, &routes[i]))
			break;
	return s->found;
}

static void each_finds_its_route(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_search s;
		struct problem p = { .code = PROBLEM_NONE };
		struct buffer values = buffer_in(a);
		const struct route *found = search(&s, a, cases[i].method, cases[i].path);
		for (size_t n = 0; found != NULL && n < s.value_count; n++)
			buffer_printf(&values, "%s%s=%s", n == 0 ? "" : " ", s.values[n].name,
				      s.values[n].value);
		if ((found == NULL ? -1 : (int)(found - routes)) != cases[i].found
		    || !text_equal(buffer_ended(&values), cases[i].values)
		    || !text_equal(s.allow, cases[i].allow)) {
			fprintf(stderr, "%s %s: %s, allowed: %s\n", cases[i].method, cases[i].path,
				found == NULL ? "none" : found->detail, s.allow);
			CU_FAIL("another route");
		}
		CU_ASSERT_EQUAL(http_search_end(&s, &p), cases[i].found >= 0);
		CU_ASSERT_EQUAL(p.code, cases[i].found >= 0       ? PROBLEM_NONE
					: *cases[i].allow == '\0' ? PROBLEM_PATH_UNKNOWN
								  : PROBLEM_METHOD);
	}
	arena_destroy(a);
}

static void a_body_is_of_its_media_type(void)
{
	static const struct {
		const char *type;
		bool fits;
	} rows[] = {
		{ "application/json", true },
		{ "APPLICATION/json; charset=\"utf-8\"", true },
		{ "application/json;", true },
		{ NULL, false },
		{ "", false },
		{ "json", false },
		{ "application/fhir+json", false },
		{ "application/json, text/plain", false },
		{ "application/json; a=1; a=2", false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_EQUAL(http_media_fits(a, &routes[2], rows[i].type, &p), rows[i].fits);
		CU_ASSERT_EQUAL(p.code, rows[i].fits ? PROBLEM_NONE : PROBLEM_MEDIA_TYPE);
	}
	arena_destroy(a);
}

static const struct test tests[] = { { "each path and method its route", each_finds_its_route },
				     { "a body is of its media type", a_body_is_of_its_media_type },
				     { 0 } };

int main(void)
{
	return suite_run("operator: routes of HTTP", tests);
}
