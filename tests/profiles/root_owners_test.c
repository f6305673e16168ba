/* tests/profiles/root_owners_test.c: a root is one facility's, by whatever path it is reached. */
#include "tests/base/suite.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "profiles/ssmix2/root_owners.h"
#include "tests/operator/place.h"

struct scene {
	struct place place;
	struct root_owners *owners;
	struct problem problem;
};

static const int a = 1, b = 2; /* two storages */

static void begin(struct scene *s)
{
	*s = (struct scene){ .owners = root_owners_create() };
	CU_ASSERT_TRUE_FATAL(place_begin(&s->place) && s->owners != NULL);
	CU_ASSERT_EQUAL(mkdir(place_name(&s->place, "one"), 0700), 0);
	CU_ASSERT_EQUAL(mkdir(place_name(&s->place, "other"), 0700), 0);
	CU_ASSERT_EQUAL(symlink("one", place_name(&s->place, "link")), 0);
}

static void end(struct scene *s)
{
	root_owners_destroy(s->owners);
	place_end(&s->place);
}

static bool claim(struct scene *s, const int *storage, const char *facility, const char *name)
{
	const struct storage_roots roots = {
		.root = { { .directory = place_name(&s->place, name) } }, .count = 1
	};
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	return root_owners_claim(s->owners, storage, facility, &roots, &s->problem);
}

static void a_link_to_anothers_root(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_TRUE(claim(&s, &a, "a-hospital", "one"));
	CU_ASSERT_TRUE(claim(&s, &a, "a-hospital", "one")); /* the next look */
	CU_ASSERT_FALSE(claim(&s, &b, "b-clinic", "link"));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, "a-hospital"));
	CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, "b-clinic"));
	CU_ASSERT_TRUE(claim(&s, &b, "a-hospital", "link")); /* its own, twice */
	end(&s);
}

static void who_is_refused_or_leaves_has_none(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_TRUE(claim(&s, &b, "b-clinic", "other"));
	CU_ASSERT_TRUE(claim(&s, &a, "a-hospital", "one"));
	CU_ASSERT_FALSE(claim(&s, &b, "b-clinic", "link"));
	CU_ASSERT_TRUE(claim(&s, &a, "a-hospital", "other"));
	CU_ASSERT_TRUE(claim(&s, &b, "b-clinic", "link"));
	root_owners_leave(s.owners, &a);
	CU_ASSERT_TRUE(claim(&s, &b, "b-clinic", "other"));
	end(&s);
}

static void what_is_not_there_is_nobodys(void)
{
	struct scene s;
	struct root_id one, again;
	begin(&s);
	CU_ASSERT_TRUE(claim(&s, &a, "a-hospital", "none"));
	CU_ASSERT_TRUE(claim(&s, &b, "b-clinic", "none"));
	CU_ASSERT_FALSE(root_id_of(place_name(&s.place, "none"), &one));
	CU_ASSERT_TRUE(root_id_of(place_name(&s.place, "one"), &one)
		       && root_id_of(place_name(&s.place, "link"), &again));
	CU_ASSERT_TRUE(root_id_equal(&one, &again));
	CU_ASSERT_TRUE(root_owners_claim(NULL, &a, "a-hospital", NULL, &s.problem));
	end(&s);
}

int main(void)
{
	static const struct test tests[] = {
		{ "a link to another's root", a_link_to_anothers_root },
		{ "who is refused, or leaves, has none", who_is_refused_or_leaves_has_none },
		{ "what is not there is nobody's", what_is_not_there_is_nobodys },
		{ NULL, NULL }
	};
	return suite_run("root_owners", tests);
}
