/* tests/profiles/watch_refused_test.c: the quarantine of a storage that is watched. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/watch_refused.h"

/* Of a patient these files, "a b c", each refused for that reason. */
static void put(struct refused_files *r, uint64_t patient, const char *files, const char *why,
		instant now)
{
	json_t *lines = json_array();
	char path[32];
	for (int taken; sscanf(files, " %31s%n", path, &taken) == 1; files += taken)
		json_array_append_new(
			lines, json_pack("{s:{s:s, s:s}}", "fault", "path", path, "what", why));
	json_array_append_new(
		lines, json_pack("{s:{s:s, s:s}}", "warning", "path", "w", "what", "no fault"));
	refused_put(r, patient, lines, now, 7);
	json_decref(lines);
}

static json_int_t since(struct refused_files *r, const char *path)
{
	json_t *all = refused_list(r);
	json_int_t found = -1;
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *line = json_array_get(all, i);
		if (strcmp(json_string_value(json_object_get(line, "path")), path) == 0)
			found = json_integer_value(json_object_get(line, "since"));
		json_object_set_new(line, "path", json_string("changed by who reads it"));
	}
	json_decref(all);
	return found;
}

static void what_was_refused_before_keeps_its_time(void)
{
	struct refused_files *r = refused_create();
	put(r, 1, "a b", "broken", 10);
	put(r, 1, "b c", "broken", 20);
	CU_ASSERT_EQUAL(refused_count(r), 2);
	CU_ASSERT_EQUAL(since(r, "a"), -1);
	CU_ASSERT_EQUAL(since(r, "b"), 10);
	CU_ASSERT_EQUAL(since(r, "c"), 20);
	put(r, 1, "b", "another reason", 30);
	CU_ASSERT_EQUAL(since(r, "b"), 30);
	put(r, 1, "", "", 40);
	CU_ASSERT_EQUAL(refused_count(r), 0);
	refused_destroy(r);
}

static void who_is_not_met_is_gone(void)
{
	struct refused_files *r = refused_create();
	int64_t tried = 0;
	refused_begin(r);
	put(r, 1, "a", "broken", 10);
	put(r, 4097, "b", "broken", 10); /* of the same chain */
	refused_end(r);
	CU_ASSERT_EQUAL(refused_count(r), 2);
	refused_begin(r);
	CU_ASSERT_TRUE(refused_met(r, 4097, &tried));
	CU_ASSERT_EQUAL(tried, 7);
	CU_ASSERT_FALSE(refused_met(r, 2, &tried));
	refused_end(r);
	CU_ASSERT_EQUAL(refused_count(r), 1);
	CU_ASSERT_EQUAL(since(r, "b"), 10);
	refused_destroy(r);
}

static void they_are_released_by_path(void)
{
	static const struct {
		const char *path;
		size_t released;
	} rows[] = { { NULL, 3 },    { "", 3 },  { "p/1/x_1", 2 }, { "p/1", 2 },
		     { "p/1/", 2 },  { "p", 3 }, { "p/", 3 },      { "p/10", 0 },
		     { "p/2/y", 1 }, { "q", 0 }, { "p/1/x", 0 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct refused_files *r = refused_create();
		int64_t tried = 0;
		put(r, 1, "p/1/x_1 p/1/z", "broken", 10);
		put(r, 2, "p/2/y", "broken", 10);
		CU_ASSERT_EQUAL(refused_release(r, rows[i].path), rows[i].released);
		CU_ASSERT_TRUE(refused_met(r, 1, &tried));
		CU_ASSERT_EQUAL(tried == INT64_MIN, rows[i].released >= 2);
		refused_destroy(r);
	}
}

static void so_many_are_told(void)
{
	struct refused_files *r = refused_create();
	char path[32];
	for (unsigned i = 0; i < REFUSED_MOST + 5; i++) {
		snprintf(path, sizeof path, "f%u", i);
		put(r, i + 1, path, "broken", 10);
	}
	json_t *all = refused_list(r);
	CU_ASSERT_EQUAL(json_array_size(all), REFUSED_MOST);
	CU_ASSERT_EQUAL(refused_count(r), REFUSED_MOST + 5);
	json_decref(all);
	refused_destroy(r);
}

static const struct test tests[] = {
	{ "what was refused before keeps its time", what_was_refused_before_keeps_its_time },
	{ "who is not met in a look is gone after it", who_is_not_met_is_gone },
	{ "they are released by path", they_are_released_by_path },
	{ "so many are told, and the rest counted", so_many_are_told },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: quarantine of a watched storage", tests);
}
