/* tests/store/loading_test.c: how far the first load of a storage came; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/loading.h"
#include "tests/store/fixture.h"

struct step {
	const char *facility;
	const struct load_reached *reached; /* NULL: the load is whole */
};

static bool step_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct step *s = with;
	(void)p;
	return s->reached != NULL ? loading_note(t, s->facility, s->reached)
				  : loading_end(t, s->facility);
}

static bool put_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct bytes *row = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE_LOADING);
	key_text(&k, "a-hospital");
	return store_put(t, key_span(&k), *row);
}

static void note(struct fixture *f, const char *facility, const struct load_reached *reached)
{
	struct step s = { facility, reached };
	CU_ASSERT_TRUE(store_write(f->store, step_run, &s, &f->problem));
}

static bool look(struct fixture *f, const char *facility, struct load_reached *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool is = loading_look(t, f->arena, facility, out);
	store_end(t);
	return is;
}

static void check(struct fixture *f, const char *facility, const struct load_reached *expected)
{
	struct load_reached is;
	CU_ASSERT_TRUE_FATAL(look(f, facility, &is));
	CU_ASSERT_STRING_EQUAL(is.roots, expected->roots);
	CU_ASSERT_EQUAL(is.root, expected->root);
	CU_ASSERT_STRING_EQUAL(is.path, expected->path);
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &loading_check, text);
}

/* The newest place of each; that one's load is whole is nothing to the other. */
static void each_its_own(void)
{
	static const struct load_reached first = { "/a\n", 0, "771/111/7711111" },
					 second = { "/a\n/b\n", 1, "" };
	struct fixture f;
	struct load_reached is;
	char text[FIXTURE_FINDING] = "";
	fixture_open(&f);
	CU_ASSERT_FALSE(look(&f, "a-hospital", &is));
	note(&f, "a-hospital", &first);
	check(&f, "a-hospital", &first);
	CU_ASSERT_FALSE(look(&f, "a-hospita", &is));
	note(&f, "b-clinic", &first);
	note(&f, "b-clinic", &second);
	check(&f, "b-clinic", &second);
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	note(&f, "a-hospital", NULL);
	CU_ASSERT_FALSE(look(&f, "a-hospital", &is));
	check(&f, "b-clinic", &second);
	note(&f, "a-hospital", NULL); /* there is none */
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NONE);
	fixture_close(&f);
}

static void damaged(void)
{
	static const struct {
		const char *why, *octets;
		size_t length;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "another version", "\2\1\2r\0\3\2p\0", 9 },
		{ "no roots", "\1\3\2p\0", 5 },
		{ "no place", "\1\1\2r\0", 5 },
		{ "broken off", "\1\1\2r\0\3\7p\0", 9 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char text[FIXTURE_FINDING] = "";
		struct load_reached is;
		struct bytes row = { (const unsigned char *)rows[i].octets, rows[i].length };
		fixture_open(&f);
		CU_ASSERT_TRUE(store_write(f.store, put_run, &row, &f.problem));
		if (look(&f, "a-hospital", &is) || findings(&f, text) != 1
		    || strstr(text, "a row that cannot be read") == NULL) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("a row that is none was taken for one");
		}
		note(&f, "a-hospital", NULL); /* and is in nobody's way */
		CU_ASSERT_EQUAL(findings(&f, text), 0);
		fixture_close(&f);
	}
}

int main(void)
{
	static const struct test tests[] = { { "each storage its own", each_its_own },
					     { "rows that are none", damaged },
					     { NULL, NULL } };
	return suite_run("loading", tests);
}
