/* tests/client/circuits_test.c: when a partner is asked, by what it did, as a table; and a clock
 * that stands still. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/circuits.h"

enum { SECOND = 1000000 };

struct standing {
	struct clock clock; /* first */
	int64_t elapsed;
};

static int64_t elapsed(const struct clock *c)
{
	return ((const struct standing *)c)->elapsed;
}

/* a: it is asked, and answers; f: and fails; g: and is given up; n: is asked, and nothing is ever
 * told; x: it is not to be asked; .: half the time passes. */
static const struct {
	const char *why, *story;
} stories[] = {
	{ "who answers is asked", "aaaaaaaa" },
	{ "one failure too few", "ffffaffffaa" },
	{ "five in a row open it", "fffffxxx" },
	{ "not before the time is over", "fffff.xx" },
	{ "then one may ask", "fffff..nxx" },
	{ "who answers it closes it", "fffff..aaaffffa" },
	{ "who fails opens it again", "fffff..fx.x.fx" },
	{ "who never tells does not keep it open", "fffff..nx..nx..aa" },
	{ "what we give up says nothing", "ffffggggggfx" },
	{ "... of one that is tried, either", "fffff..gx..aa" },
	{ "failures that were under way with the fifth", "fffff..fx..a" },
};

static bool holds(struct circuits *all, struct standing *s, char step)
{
	switch (step) {
	case '.': s->elapsed += (int64_t)CIRCUIT_SECONDS * SECOND / 2; return true;
	case 'x': return !circuits_ask(all, "west");
	case 'n': return circuits_ask(all, "west");
	default: break;
	}
	if (!circuits_ask(all, "west"))
		return false;
	circuits_told(all, "west",
		      step == 'a'   ? CIRCUIT_ANSWERED
		      : step == 'f' ? CIRCUIT_FAILED
				    : CIRCUIT_GIVEN_UP,
		      7);
	return true;
}

static void by_what_it_did(void)
{
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct standing s = { .clock = { .elapsed = elapsed }, .elapsed = SECOND };
		struct circuits *all = circuits_create(&s.clock);
		for (const char *step = stories[i].story; *step != '\0'; step++) {
			bool as_told = holds(all, &s, *step);
			if (!as_told)
				fprintf(stderr, "%s: %s\n", stories[i].why, step);
			CU_ASSERT_TRUE(as_told);
			CU_ASSERT_TRUE(circuits_ask(all, "east"));
		}
		circuits_destroy(all);
	}
}

static void it_is_counted(void)
{
	struct standing s = { .clock = { .elapsed = elapsed } };
	struct circuits *all = circuits_create(&s.clock);
	struct circuit_counts n;
	CU_ASSERT_FALSE(circuits_count(all, 0, &n));
	for (const char *step = "aafgffffxx"; *step != '\0'; step++)
		CU_ASSERT_TRUE(holds(all, &s, *step));
	CU_ASSERT_TRUE(circuits_ask(all, "east"));
	CU_ASSERT_TRUE(circuits_count(all, 0, &n));
	CU_ASSERT_STRING_EQUAL(n.partner, "west");
	CU_ASSERT_EQUAL(n.answered, 2);
	CU_ASSERT_EQUAL(n.took, 14);
	CU_ASSERT_EQUAL(n.failed, 5);
	CU_ASSERT_EQUAL(n.given_up, 1);
	CU_ASSERT_EQUAL(n.spared, 2);
	CU_ASSERT_TRUE(n.open);
	CU_ASSERT_TRUE(circuits_count(all, 1, &n));
	CU_ASSERT_STRING_EQUAL(n.partner, "east");
	CU_ASSERT_FALSE(n.open);
	CU_ASSERT_FALSE(circuits_count(all, 2, &n));
	circuits_destroy(all);
}

/* Where nobody keeps account of them all are asked. */
static void without_account(void)
{
	struct circuit_counts n;
	CU_ASSERT_TRUE(circuits_ask(NULL, "west"));
	circuits_told(NULL, "west", CIRCUIT_FAILED, 1);
	CU_ASSERT_FALSE(circuits_count(NULL, 0, &n));
	circuits_destroy(NULL);
}

static const struct test tests[] = { { "it is asked by what it did", by_what_it_did },
				     { "it is counted", it_is_counted },
				     { "without account all are asked", without_account },
				     { 0 } };

int main(void)
{
	return suite_run("circuits", tests);
}
