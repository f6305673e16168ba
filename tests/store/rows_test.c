/* tests/store/rows_test.c: values kept beside the trees: what is bounded, and what is found. */
#include "tests/base/suite.h"

#include <string.h>

#include "store/engine_rows.h"

enum {
	OCTETS = 1 << 20,
	SET = 8192,
	LONGEST = 2048,
	PLACES = OCTETS / SET * ROWS_WAYS,
	KEYS = 8 * PLACES,
};

static struct rows *some_rows(void)
{
	return rows_create(&(struct rows_bounds){ OCTETS, SET, LONGEST });
}

static struct bytes key_of(unsigned char out[4], unsigned number)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (unsigned char)(number >> (8 * i));
	return (struct bytes){ out, 4 };
}

static bool present(struct rows *r, struct bytes key, struct bytes value)
{
	unsigned char found[LONGEST];
	size_t length = 0;
	return rows_get(r, key, found, &length) == ROW_PRESENT
	       && bytes_equal((struct bytes){ found, length }, value);
}

static void what_is_kept_is_found_until_dropped(void)
{
	struct rows *r = some_rows();
	struct bytes a = bytes_of_text("a"), b = bytes_of_text("b"), empty = { 0 };
	CU_ASSERT_EQUAL(rows_get(r, a, NULL, NULL), ROW_UNKNOWN);
	rows_keep(r, a, bytes_of_text("first"), false);
	rows_keep(r, a, bytes_of_text("second"), false);
	rows_keep(r, b, empty, true);
	CU_ASSERT_TRUE(present(r, a, bytes_of_text("second")));
	CU_ASSERT_EQUAL(rows_get(r, a, NULL, NULL), ROW_PRESENT);
	CU_ASSERT_EQUAL(rows_get(r, b, NULL, NULL), ROW_ABSENT);
	rows_drop(r, a);
	rows_drop(r, a);
	CU_ASSERT_EQUAL(rows_get(r, a, NULL, NULL), ROW_UNKNOWN);
	rows_keep(r, b, empty, false);
	CU_ASSERT_TRUE(present(r, b, empty));
	rows_destroy(r);
}

static void what_is_borrowed_outlives_its_place(void)
{
	struct rows *r = some_rows();
	struct bytes key = bytes_of_text("k");
	CU_ASSERT_PTR_NULL(rows_borrow(r, key));
	rows_keep(r, key, bytes_of_text("first"), false);
	const struct row_kept *one = rows_borrow(r, key), *two = rows_borrow(r, key);
	rows_keep(r, key, bytes_of_text("second"), false);
	const struct row_kept *other = rows_borrow(r, key);
	rows_destroy(r);
	CU_ASSERT_TRUE(bytes_equal(rows_value(one), bytes_of_text("first")));
	rows_give_back(one);
	CU_ASSERT_TRUE(bytes_equal(rows_value(two), bytes_of_text("first")));
	rows_give_back(two);
	CU_ASSERT_TRUE(bytes_equal(rows_value(other), bytes_of_text("second")));
	rows_give_back(other);
	rows_give_back(NULL);
}

static void a_long_row_is_not_kept(void)
{
	static const unsigned char octets[LONGEST];
	struct rows *r = some_rows();
	struct bytes key = bytes_of_text("k");
	rows_keep(r, key, (struct bytes){ octets, LONGEST - 1 }, false);
	CU_ASSERT_TRUE(present(r, key, (struct bytes){ octets, LONGEST - 1 }));
	rows_drop(r, key);
	rows_keep(r, key, (struct bytes){ octets, LONGEST }, false);
	CU_ASSERT_EQUAL(rows_get(r, key, NULL, NULL), ROW_UNKNOWN);
	rows_destroy(r);
}

/* Eight times as many as there are places: the places stay as many, and what is asked for again and
 * again stays. */
static void the_places_are_bounded(void)
{
	struct rows *r = some_rows();
	struct bytes hot = bytes_of_text("asked for all the time");
	unsigned char octets[4];
	unsigned left = 0, lost = 0;
	rows_keep(r, hot, hot, false);
	for (unsigned i = 0; i < KEYS; i++) {
		struct bytes key = key_of(octets, i);
		rows_keep(r, key, key, false);
		lost += !present(r, hot, hot);
	}
	for (unsigned i = 0; i < KEYS; i++) {
		struct bytes key = key_of(octets, i);
		left += present(r, key, key);
	}
	CU_ASSERT_EQUAL(lost, 0);
	CU_ASSERT_TRUE(left <= PLACES);
	CU_ASSERT_TRUE(left >= PLACES / 4);
	rows_destroy(r);
}

/* Long rows take the octets of a set before its places. */
static void the_octets_are_bounded(void)
{
	static const unsigned char octets[LONGEST - 4];
	struct rows *r = some_rows();
	unsigned char name[4];
	unsigned left = 0;
	for (unsigned i = 0; i < KEYS; i++)
		rows_keep(r, key_of(name, i), (struct bytes){ octets, sizeof octets }, false);
	for (unsigned i = 0; i < KEYS; i++)
		left += rows_get(r, key_of(name, i), NULL, NULL) == ROW_PRESENT;
	CU_ASSERT_TRUE(left * sizeof octets <= OCTETS);
	CU_ASSERT_TRUE(left >= OCTETS / SET);
	rows_destroy(r);
}

static void without_memory_nothing_is_known(void)
{
	struct bytes key = bytes_of_text("k");
	rows_keep(NULL, key, key, false);
	rows_drop(NULL, key);
	CU_ASSERT_EQUAL(rows_get(NULL, key, NULL, NULL), ROW_UNKNOWN);
	CU_ASSERT_PTR_NULL(rows_borrow(NULL, key));
	rows_destroy(NULL);
}

static const struct test tests[] = {
	{ "what is kept is found until dropped", what_is_kept_is_found_until_dropped },
	{ "what is borrowed outlives its place", what_is_borrowed_outlives_its_place },
	{ "a long row is not kept", a_long_row_is_not_kept },
	{ "the places are bounded", the_places_are_bounded },
	{ "the octets are bounded", the_octets_are_bounded },
	{ "without memory nothing is known", without_memory_nothing_is_known },
	{ 0 }
};

int main(void)
{
	return suite_run("store: rows", tests);
}
