/* tests/operator/refusals_test.c: which refusals are told one by one, and that none is lost. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <string.h>

#include "gateway/refusals.h"

enum { SECOND = 1000000 };

static struct refusal_notice notice(const char *who, const char *why)
{
	struct refusal_notice n = { .problem = PROBLEM_MALFORMED };
	snprintf(n.who, sizeof n.who, "%s", who);
	snprintf(n.why, sizeof n.why, "%s", why);
	return n;
}

struct sum {
	unsigned told, lines;
};

static void admit(struct refusals *r, const struct refusal_notice *n, int64_t now, struct sum *s)
{
	if (refusals_admit(r, n, now))
		s->told++, s->lines++;
}

static void sweep(struct refusals *r, int64_t now, bool all, struct sum *s)
{
	struct refusal_notice n;
	while (refusals_due(r, now, all, &n))
		s->told += 1 + n.more, s->lines++;
}

/* A thousand in ten seconds of one peer: a few lines, then one that stands for the others. */
static void a_flood_is_a_number(void)
{
	struct refusals *r = refusals_create();
	struct refusal_notice n = notice("a-hospital", "no Host header");
	struct sum s = { 0, 0 };
	for (int64_t i = 0; i < 1000; i++)
		admit(r, &n, SECOND + i * SECOND / 100, &s);
	CU_ASSERT_EQUAL(s.lines, 5);
	sweep(r, 10 * SECOND, false, &s);
	CU_ASSERT_EQUAL(s.lines, 5);
	sweep(r, 12 * SECOND, false, &s);
	CU_ASSERT_EQUAL(s.lines, 6);
	CU_ASSERT_EQUAL(s.told, 1000);
	/* Who goes on is told as a number again; who has been quiet, one by one. */
	for (int64_t i = 0; i < 10; i++)
		admit(r, &n, 13 * SECOND, &s);
	CU_ASSERT_EQUAL(s.lines, 6);
	sweep(r, 13 * SECOND, true, &s);
	CU_ASSERT_EQUAL(s.told, 1010);
	admit(r, &n, 40 * SECOND, &s);
	CU_ASSERT_EQUAL(s.lines, 8);
	refusals_destroy(r);
}

/* Another peer, another reason: each is told, whatever floods beside it. */
static void others_are_told_meanwhile(void)
{
	struct refusals *r = refusals_create();
	struct refusal_notice flood = notice("a-hospital", "no Host header");
	struct refusal_notice other = notice("b-clinic", "no Host header");
	struct refusal_notice reason = notice("a-hospital", "two Host headers");
	struct sum s = { 0, 0 };
	for (int i = 0; i < 100; i++)
		admit(r, &flood, SECOND, &s);
	CU_ASSERT_TRUE(refusals_admit(r, &other, SECOND));
	CU_ASSERT_TRUE(refusals_admit(r, &reason, SECOND));
	refusals_destroy(r);
}

/* What exchanges leave, which are recorded already, takes no other's place; nor the other way. */
static void exchanges_take_no_place(void)
{
	struct refusals *r = refusals_create();
	struct sum s = { 0, 0 };
	char who[32];
	for (int i = 0; i < 100; i++) {
		snprintf(who, sizeof who, "peer %d", i);
		struct refusal_notice n = notice(who, "");
		n.recorded = i < 50;
		admit(r, &n, SECOND, &s);
	}
	CU_ASSERT_EQUAL(s.lines, 40);
	refusals_destroy(r);
}

/* From more peers than there are rows: so many lines a second, and none lost. */
static void many_peers_are_bounded(void)
{
	struct refusals *r = refusals_create();
	struct sum s = { 0, 0 };
	char who[32];
	for (int i = 0; i < 5000; i++) {
		snprintf(who, sizeof who, "peer %d", i);
		struct refusal_notice n = notice(who, "no Host header");
		admit(r, &n, SECOND, &s);
	}
	CU_ASSERT_EQUAL(s.lines, 20);
	sweep(r, 12 * SECOND, false, &s);
	CU_ASSERT_EQUAL(s.lines, 40);
	sweep(r, 12 * SECOND, true, &s);
	CU_ASSERT_EQUAL(s.told, 5000);
	refusals_destroy(r);
}

static const struct test tests[] = { { "a flood is told as a number", a_flood_is_a_number },
				     { "others are told meanwhile", others_are_told_meanwhile },
				     { "exchanges take no place", exchanges_take_no_place },
				     { "many peers are bounded, none is lost",
				       many_peers_are_bounded },
				     { 0 } };

int main(void)
{
	return suite_run("refusals", tests);
}
