/* tests/base/shares_test.c: each has its share, and takes nobody's. */
#include "tests/base/suite.h"

#include <stdio.h>

#include "gateway/base/shares.h"
#include "gateway/base/text.h"

static struct shares_counts counts_of(struct shares *s)
{
	struct shares_counts n;
	shares_count(s, &n);
	return n;
}

static void each_has_its_share(void)
{
	enum { MOST = 3 };
	struct shares *s = shares_create();
	struct share *a[MOST], *b;
	for (unsigned i = 0; i < MOST; i++)
		CU_ASSERT_PTR_NOT_NULL(a[i] = shares_take(s, "a", MOST));
	CU_ASSERT_PTR_NULL(shares_take(s, "a", MOST));
	CU_ASSERT_PTR_NOT_NULL(b = shares_take(s, "b", MOST));
	CU_ASSERT_EQUAL(counts_of(s).held, MOST + 1);
	CU_ASSERT_EQUAL(counts_of(s).refused, 1);
	shares_give(s, a[0]);
	CU_ASSERT_PTR_NOT_NULL(a[0] = shares_take(s, "a", MOST));
	/* What may be taken is said each time: a reload changes it. */
	CU_ASSERT_PTR_NULL(shares_take(s, "a", 1));
	CU_ASSERT_PTR_NULL(shares_take(s, "c", 0));
	for (unsigned i = 0; i < MOST; i++)
		shares_give(s, a[i]);
	shares_give(s, b);
	shares_give(s, NULL);
	CU_ASSERT_EQUAL(counts_of(s).held, 0);
	CU_ASSERT_EQUAL(counts_of(s).refused, 3);
	shares_destroy(s);
	shares_destroy(NULL);
}

/* So many that some share a place in the table, which must not be seen. */
static void many_have_theirs(void)
{
	enum { MANY = 5000 };
	struct shares *s = shares_create();
	static struct share *held[MANY];
	char name[16];
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "%u", i);
		CU_ASSERT_PTR_NOT_NULL(held[i] = shares_take(s, name, 1));
	}
	for (unsigned i = 0; i < MANY; i += 2)
		shares_give(s, held[i]);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "%u", i);
		struct share *again = shares_take(s, name, 1);
		CU_ASSERT_EQUAL(again != NULL, i % 2 == 0);
		shares_give(s, again);
	}
	for (unsigned i = 1; i < MANY; i += 2)
		shares_give(s, held[i]);
	CU_ASSERT_EQUAL(counts_of(s).held, 0);
	shares_destroy(s);
}

static void what_is_in_use_is_counted(void)
{
	struct shares *s = shares_create();
	struct share *a = shares_take(s, "a", 2), *again = shares_take(s, "a", 2),
		     *b = shares_take(s, "b", 2);
	CU_ASSERT_EQUAL(share_in_use(a), 0);
	share_begin_use(a);
	share_begin_use(again);
	CU_ASSERT_EQUAL(share_in_use(a), 2);
	CU_ASSERT_EQUAL(share_in_use(b), 0);
	share_end_use(a);
	shares_give(s, a);
	CU_ASSERT_EQUAL(share_in_use(again), 1);
	share_end_use(again);
	shares_give(s, again);
	shares_give(s, b);
	shares_destroy(s);
}

static void use(struct share *s, unsigned times)
{
	for (; times > 0; times--)
		share_begin_use(s);
}

static void leave(struct share *s, unsigned times)
{
	for (; times > 0; times--)
		share_end_use(s);
}

/* Once is forgotten when it is over, again and again is not: not before as many were within. */
static void who_is_loud_is_remembered(void)
{
	struct shares *all = shares_create();
	struct share *s = shares_take(all, "a", 1);
	use(s, SHARE_QUIET);
	CU_ASSERT_FALSE(share_is_loud(s));
	use(s, 1);
	CU_ASSERT_TRUE(share_is_loud(s));
	leave(s, 1);
	CU_ASSERT_FALSE(share_is_loud(s));
	use(s, SHARE_LOUD_FROM - 2); /* one is remembered already */
	leave(s, SHARE_QUIET + SHARE_LOUD_FROM - 2);
	CU_ASSERT_FALSE(share_is_loud(s));
	use(s, SHARE_QUIET + 1);
	leave(s, SHARE_QUIET + 1);
	CU_ASSERT_FALSE(share_is_loud(s)); /* four were within, one beyond */
	use(s, SHARE_QUIET + 1000);
	leave(s, SHARE_QUIET + 1000);
	for (unsigned i = SHARE_LOUD_MOST; i > SHARE_LOUD_FROM; i--) {
		CU_ASSERT_TRUE(share_is_loud(s));
		use(s, 1);
		CU_ASSERT_TRUE(i == SHARE_LOUD_FROM + 1 || share_is_loud(s));
		leave(s, 1);
	}
	CU_ASSERT_TRUE(share_is_loud(s));
	use(s, 1);
	leave(s, 1);
	CU_ASSERT_FALSE(share_is_loud(s));
	for (unsigned i = 0; i < SHARE_LOUD_MOST; i++) { /* there is no less than nothing */
		use(s, 1);
		leave(s, 1);
	}
	use(s, SHARE_QUIET + SHARE_LOUD_FROM);
	leave(s, SHARE_QUIET + SHARE_LOUD_FROM);
	CU_ASSERT_TRUE(share_is_loud(s));
	shares_give(all, s);
	shares_destroy(all);
}

static const struct test tests[] = { { "each has its share", each_has_its_share },
				     { "many have theirs", many_have_theirs },
				     { "what is in use is counted", what_is_in_use_is_counted },
				     { "who is loud is remembered", who_is_loud_is_remembered },
				     { 0 } };

int main(void)
{
	return suite_run("base shares", tests);
}
