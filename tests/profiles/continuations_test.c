/* tests/profiles/continuations_test.c: answers told part by part: whose they are, how many, and for
 * how long. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "profiles/actors/continuations.h"

enum { NOW = 1000000, END = NOW + CONTINUATION_SECONDS * 1000000 };

static const uint64_t items[] = { 7, 8, 9 };

static bool keep(struct continuations *c, const char *system, const char *name, instant now)
{
	const struct continuation what = { .question = bytes_of_text("question"),
					   .items = items,
					   .count = 3,
					   .told = 1,
					   .quantity = 1 };
	return continuations_keep(c, system, name, now, &what);
}

/* How many were told of it; -1: it is not there. */
static int told(struct continuations *c, const char *system, const char *name, instant now)
{
	struct arena *a = arena_create(1 << 20);
	struct continuation found;
	int told = -1;
	if (continuations_find(c, a, system, name, now, &found)) {
		CU_ASSERT_TRUE(bytes_equal(found.question, bytes_of_text("question")));
		CU_ASSERT_EQUAL(found.count, 3);
		CU_ASSERT_EQUAL(memcmp(found.items, items, sizeof items), 0);
		told = (int)found.told;
	}
	arena_destroy(a);
	return told;
}

static void it_is_who_asked_and_his_questions(void)
{
	struct continuations *c = continuations_create();
	CU_ASSERT_TRUE(keep(c, "a", "q", NOW) && keep(c, "b", "r", NOW));
	CU_ASSERT_EQUAL(told(c, "a", "q", NOW), 1);
	CU_ASSERT_EQUAL(told(c, "b", "q", NOW), -1);
	CU_ASSERT_EQUAL(told(c, "a", "r", NOW), -1);
	continuations_forget(c, "b", "q");
	continuations_told(c, "b", "q", NOW, 3, 3);
	CU_ASSERT_EQUAL(told(c, "a", "q", NOW), 1);
	continuations_told(c, "a", "q", NOW, 2, 5);
	CU_ASSERT_EQUAL(told(c, "a", "q", NOW), 2);
	/* Asked anew under the same name. */
	CU_ASSERT_TRUE(keep(c, "a", "q", NOW));
	CU_ASSERT_EQUAL(told(c, "a", "q", NOW), 1);
	CU_ASSERT_EQUAL(continuations_count(c), 2);
	continuations_forget(c, "a", "q");
	CU_ASSERT_EQUAL(told(c, "a", "q", NOW), -1);
	CU_ASSERT_EQUAL(told(c, "b", "r", NOW), 1);
	continuations_destroy(c);
	continuations_destroy(NULL);
}

static void all_that_begin_alike_are_forgotten(void)
{
	struct continuations *c = continuations_create();
	static const char *const names[] = { "t1\na", "t1\nb", "t1", "t12\na" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		CU_ASSERT_TRUE(keep(c, "a", names[i], NOW) && keep(c, "b", names[i], NOW));
	continuations_forget(c, "a", "t1\n");
	CU_ASSERT_EQUAL(continuations_count(c), 8);
	continuations_forget_all(c, "a", "t1\n");
	CU_ASSERT_EQUAL(told(c, "a", "t1\na", NOW), -1);
	CU_ASSERT_EQUAL(told(c, "a", "t1\nb", NOW), -1);
	CU_ASSERT_EQUAL(told(c, "a", "t1", NOW), 1);
	CU_ASSERT_EQUAL(told(c, "a", "t12\na", NOW), 1);
	CU_ASSERT_EQUAL(told(c, "b", "t1\na", NOW), 1);
	continuations_destroy(c);
}

static void it_ends(void)
{
	struct continuations *c = continuations_create();
	keep(c, "a", "q", NOW);
	CU_ASSERT_EQUAL(told(c, "a", "q", END - 1), 1);
	CU_ASSERT_EQUAL(told(c, "a", "q", END), -1);
	continuations_told(c, "a", "q", END - 1, 2, 1); /* and lives on from there */
	CU_ASSERT_EQUAL(told(c, "a", "q", END), 2);
	keep(c, "b", "r", 2 * (instant)END);
	CU_ASSERT_EQUAL(continuations_count(c), 1);
	continuations_destroy(c);
}

static void each_has_a_few(void)
{
	struct continuations *c = continuations_create();
	char name[] = "0";
	keep(c, "other", "q", NOW);
	for (int i = 0; i <= CONTINUATIONS_OF_SYSTEM; i++) {
		name[0] = (char)('0' + i);
		CU_ASSERT_TRUE(keep(c, "a", name, NOW));
	}
	CU_ASSERT_EQUAL(continuations_count(c), CONTINUATIONS_OF_SYSTEM + 1);
	CU_ASSERT_EQUAL(told(c, "a", "0", NOW), -1);
	CU_ASSERT_EQUAL(told(c, "a", "1", NOW), 1);
	CU_ASSERT_EQUAL(told(c, "other", "q", NOW), 1);
	continuations_destroy(c);
}

static void what_is_too_large_is_not_kept(void)
{
	struct continuations *c = continuations_create();
	static const unsigned char question[CONTINUATION_QUESTION + 1];
	static const uint64_t many[CONTINUATION_ITEMS + 1];
	struct continuation what = { .question = { question, CONTINUATION_QUESTION },
				     .items = many,
				     .count = CONTINUATION_ITEMS };
	CU_ASSERT_TRUE(continuations_keep(c, "a", "q", NOW, &what));
	what.count++;
	CU_ASSERT_FALSE(continuations_keep(c, "a", "q", NOW, &what));
	what.count--;
	what.question.length++;
	CU_ASSERT_FALSE(continuations_keep(c, "a", "q", NOW, &what));
	CU_ASSERT_EQUAL(continuations_count(c), 1);
	continuations_destroy(c);
}

static const struct test tests[] = {
	{ "it is who asked and his questions", it_is_who_asked_and_his_questions },
	{ "all that begin alike are forgotten", all_that_begin_alike_are_forgotten },
	{ "it ends", it_ends },
	{ "each has a few", each_has_a_few },
	{ "what is too large is not kept", what_is_too_large_is_not_kept },
	{ 0 }
};

int main(void)
{
	return suite_run("continuations", tests);
}
