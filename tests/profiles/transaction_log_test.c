/* tests/profiles/transaction_log_test.c: who is named by what was added to a transaction
 * storage. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/transaction_log.h"

#define HEADER(id) "#SSMIX,2.00,1319951013," id ",20240401,OMP-01,1,INS,01,20240401101500123"
#define FIRST "2025/TR_20251231000000000_00001.DAT"
#define SECOND "2026/TR_20260101000000000_00001.DAT"
#define THIRD "2026/TR_20260101000000000_00002.DAT"

enum { ADDED = 3 };

/* Added one after the other, and whom that names; "": nobody; what is there at first is passed. */
static const struct {
	const char *why;
	struct {
		const char *file, *text, *named;
	} added[ADDED];
} cases[] = {
	{ "a record", { { FIRST, HEADER("101") "\rMSH|^~\\&|\r", "101 " } } },
	{ "lines end in any of the ways they do",
	  { { FIRST, HEADER("1") "\nMSH|\n" HEADER("2") "\r\nMSH|\r\n\x1c" HEADER("3") "\rM",
	      "1 2 3 " } } },
	{ "a header alone, of a document of several files",
	  { { FIRST, HEADER("1") "\r" HEADER("2") "\r", "1 2 " } } },
	{ "one is written in two pieces",
	  { { FIRST, "#SSMIX,2.00,1319951013,10", "" },
	    { FIRST, "1,20240401,OMP-01,1,INS,01,2024\r", "101 " },
	    { FIRST, HEADER("102") "\r", "102 " } } },
	{ "its mark is",
	  { { FIRST, HEADER("1") "\rMSH|\r#SS", "1 " },
	    { FIRST, "MIX,2.00,1319951013,2,20240401,OMP-01,1,INS,01,2024\r", "2 " } } },
	{ "the line before it is",
	  { { FIRST, HEADER("1") "\rMSH|", "1 " }, { FIRST, "|x\r" HEADER("2") "\r", "2 " } } },
	{ "within a message it is none",
	  { { FIRST, HEADER("1") "\rNTE|1||" HEADER("2") "\r", "1 " } } },
	{ "a year begins, and a file",
	  { { FIRST, HEADER("1") "\r", "1 " },
	    { SECOND, HEADER("2") "\r", "2 " },
	    { THIRD, HEADER("3") "\r", "3 " } } },
	{ "both at once",
	  { { FIRST, HEADER("1") "\r", "" },
	    { SECOND, HEADER("2") "\r", "" },
	    { THIRD, HEADER("3") "\r", "1 2 3 " } } },
	{ "an id that is a path, or none, names nobody",
	  { { FIRST, HEADER("../7") "\r" HEADER("") "\r" HEADER("1234567890123456") "\r", "" } } },
	{ "too few fields, and a line that does not end",
	  { { FIRST, "#SSMIX,2.00\r#SSMIX,", "" } } },
	{ "other files are not of it",
	  { { "2026/notes.DAT", HEADER("1") "\r", "" },
	    { "2026/TR_1.tmp", HEADER("1") "\r", "" },
	    { "old/TR_20260101000000000_00001.DAT", HEADER("1") "\r", "" } } },
};

static void add(struct arena *a, const char *top, const char *file, const char *text)
{
	const char *path = arena_printf(a, "%s/%s", top, file);
	mkdir(arena_text_n(a, path, (size_t)(strrchr(path, '/') - path)), 0700);
	FILE *f = fopen(path, "ab");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
}

struct named {
	char all[256];
};

static void on_patient(void *with, const char *id)
{
	struct named *n = with;
	size_t length = strlen(n->all);
	snprintf(n->all + length, sizeof n->all - length, "%s ", id);
}

static struct named read_it(struct transaction_log *log, struct arena *a)
{
	struct named n = { "" };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(transaction_log_read(log, a, on_patient, &n, &p));
	return n;
}

static void check(const char *why, const char *expected, const char *found)
{
	if (!text_equal(expected, found))
		fprintf(stderr, "%s: \"%s\" instead of \"%s\"\n", why, found, expected);
	CU_ASSERT_STRING_EQUAL(expected, found);
}

/* Those of one case are read each for itself; of "both at once" together. */
static void run(struct arena *a, struct transaction_log *log, const char *top, size_t i)
{
	bool at_once = text_equal(cases[i].why, "both at once");
	for (size_t k = 0; k < ADDED && cases[i].added[k].file != NULL; k++) {
		add(a, top, cases[i].added[k].file, cases[i].added[k].text);
		if (at_once && k + 1 < ADDED)
			continue;
		check(cases[i].why, cases[i].added[k].named, read_it(log, a).all);
		check("a second time", "", read_it(log, a).all);
	}
}

static void whom_records_name(void)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int passed = 0; passed < 2; passed++) {
			struct arena *a = arena_create(64 << 20);
			struct problem p = { .code = PROBLEM_NONE };
			char top[] = "/tmp/minato-records-XXXXXX";
			CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
			struct transaction_log *log = transaction_log_create(top);
			CU_ASSERT_STRING_EQUAL(transaction_log_directory(log), top);
			if (passed != 0)
				add(a, top, "2024/TR_20240101000000000_00001.DAT",
				    HEADER("999") "\rMSH|\r");
			CU_ASSERT_TRUE(transaction_log_pass(log, a, &p));
			run(a, log, top, i);
			transaction_log_destroy(log);
			CU_ASSERT_EQUAL(system(arena_printf(a, "rm -r '%s'", top)), 0);
			arena_destroy(a);
		}
}

/* A file that is shorter than it was is another one; one that cannot be read is told. */
static void what_is_not_what_it_was(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	char top[] = "/tmp/minato-records-XXXXXX";
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	struct transaction_log *log = transaction_log_create(top);
	add(a, top, FIRST, HEADER("1") "\r" HEADER("2") "\r");
	CU_ASSERT_TRUE(transaction_log_pass(log, a, &p));
	CU_ASSERT_EQUAL(remove(arena_printf(a, "%s/" FIRST, top)), 0);
	add(a, top, FIRST, HEADER("3") "\r");
	check("a shorter one", "3 ", read_it(log, a).all);
	CU_ASSERT_EQUAL(system(arena_printf(a, "rm -r '%s'", top)), 0);
	CU_ASSERT_FALSE(transaction_log_read(log, a, on_patient, &(struct named){ "" }, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NOT_FOUND);
	transaction_log_destroy(log);
	transaction_log_destroy(NULL);
	arena_destroy(a);
}

/* More than is read at once is read the next time. */
static void more_than_at_once(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	char top[] = "/tmp/minato-records-XXXXXX";
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	struct transaction_log *log = transaction_log_create(top);
	char *message = arena_alloc(a, TRANSACTION_READ_MOST + 1);
	memset(message, 'x', TRANSACTION_READ_MOST);
	CU_ASSERT_TRUE(transaction_log_pass(log, a, &p));
	add(a, top, FIRST, HEADER("1") "\r");
	add(a, top, FIRST, message);
	add(a, top, FIRST, "\r" HEADER("2") "\r");
	check("the first", "1 ", read_it(log, a).all);
	check("the second", "2 ", read_it(log, a).all);
	transaction_log_destroy(log);
	CU_ASSERT_EQUAL(system(arena_printf(a, "rm -r '%s'", top)), 0);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = { { "whom records name", whom_records_name },
					     { "what is not what it was", what_is_not_what_it_was },
					     { "more than is read at once", more_than_at_once },
					     { NULL, NULL } };
	return suite_run("transaction log", tests);
}
