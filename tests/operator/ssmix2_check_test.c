/* tests/operator/ssmix2_check_test.c: `minato ssmix2 check` as an operator sees it: forms of
 * output, exit codes, how far it is, and Ctrl-C. What is found is tests/profiles/
 * ssmix2_validate_test.c's. */
#include "tests/base/suite.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "tests/operator/place.h"

#define A "1319951013"
#define B "1319952029"
#define AT "101/101/101/20240402/OMP-01/101_20240402_OMP-01_7_20240402090000000_01_"
#define IDENTITY "101/101/101/-/ADT-00/101_-_ADT-00_999999999999999_20240401101500123_-_1"
#define ADT_00                                                                                     \
	"MSH|^~\\&|H|S|G|R|20240401101500||ADT^A08^ADT_A01|1|P|2.5||||||~ISO IR87\r"               \
	"EVN||20240401101500\rPID|1||101||a^b||19410503|M\rPV1|1|O\r"
#define HEAD "{\"finding\":{\"severity\":"
#define EMPTY                                                                                      \
	"\"error\",\"rule\":\"empty\",\"type\":\"OMP-01\",\"path\":\"" A "/" AT                    \
	"1\",\"where\":\"\","                                                                      \
	"\"what\":\"the file is empty\",\"do\":\"have it written again\","                         \
	"\"section\":\"HS026: messages\"}}\n"

static const struct {
	const char *path, *text;
} files[] = {
	{ "bad/" A "/" AT "1", "" },
	{ "bad/" A "/" AT "2", "" },
	{ "bad/" A "/101/101/101/-/ADT-00/Thumbs.db", "x" },
	{ "both/" A "/" AT "1", "" },
	{ "both/" A "_2/" AT "0", "" },
	{ "both/" B "/x.tmp", "" },
	{ "good/" A "/x.tmp", "" },
	{ "sound/" IDENTITY, ADT_00 },
	{ "bad/" A "/" IDENTITY, ADT_00 },
	{ "both/" A "_2/" IDENTITY, ADT_00 },
};

/* DIR stands for the test's directory; a run prints this and no more. */
static const struct {
	const char *line;
	int outcome;
	const char *out, *talk;
} runs[] = {
	{ "check DIR/good", 0, "",
	  "files: 0, errors: 0, warnings: 0, notes: 0, passed by: 1\nvalid: yes\n" },
	{ "check DIR/good --output csv", 0, "severity,rule,path,where,what,do\r\n", NULL },
	{ "check DIR/good --output ndjson", 0,
	  "{\"done\":{\"valid\":true,\"interrupted\":false,\"files\":0,\"ignored\":1,\"errors\":0,"
	  "\"warnings\":0,\"notes\":0}}\n",
	  NULL },
	{ "check DIR/sound --output csv", 0,
	  "severity,rule,path,where,what,do\r\nnote,root-name,sound,,the root is not named by an "
	  "institution code of ten digits,\"name it by the code, a suffix may follow: 1319999999 "
	  "or 1319999999_2015\"\r\n",
	  "files: 1, errors: 0, warnings: 0, notes: 1, passed by: 0\nvalid: yes\n" },
	{ "check DIR/bad/" A, 1,
	  "SEVERITY  RULE   PATH                                       "
	  "                               WHERE  WHAT               DO\n"
	  "error     empty  " AT "1         the file is empty  have it written again\n"
	  "error     empty  " AT "2         the file is empty  have it written again\n"
	  "\nTYPE    FILES  ERRORS  WARNINGS  NOTES\nADT-00      1       0         0      "
	  "0\nOMP-01      2       2         0      0\n",
	  "files: 3, errors: 2, warnings: 0, notes: 0, passed by: 1\nvalid: no\n" },
	{ "check DIR/bad --output csv", 1,
	  "severity,rule,path,where,what,do\r\n"
	  "error,empty," A "/" AT "1,,the file is empty,have it written again\r\n"
	  "error,empty," A "/" AT "2,,the file is empty,have it written again\r\n",
	  NULL },
	{ "check DIR/both --facility-code " A " --output csv", 1,
	  "severity,rule,path,where,what,do\r\n"
	  "error,empty," A "/" AT "1,,the file is empty,have it written again\r\n"
	  "warning,empty," A "_2/" AT "0,,the file is empty,have it written again\r\n",
	  "files: 3, errors: 1, warnings: 1, notes: 0, passed by: 0\nvalid: no\n" },
	{ "check DIR/both --facility-code " B, 0, "", "passed by: 1\nvalid: yes\n" },
	{ "check DIR/both --output ndjson --twelve-digit-ids", 1, NULL,
	  "files: 3, errors: 1, warnings: 1, notes: 0, passed by: 1\nvalid: no\n" },
	{ "check DIR/both --facility-code 1319953035", 2, "",
	  "neither is nor holds a folder named 1319953035" },
	{ "check DIR/both --facility-code 13199", 2, "", "is no institution code\ndo: " },
	{ "check DIR/nowhere", 2, "", "No such file or directory" },
	{ "check DIR/good/" A "/x.tmp", 2, "", "cannot be opened: Not a directory" },
	{ "check", 2, "", "this command takes DIR" },
	{ "check DIR/good --progress=1", 2, "", "--progress takes no value" },
};

/* A second later whenever it is asked. */
static int64_t fast(const struct clock *c)
{
	static int64_t now;
	(void)c;
	return now += 1000000;
}

static instant same_day(const struct clock *c)
{
	(void)c;
	return INT64_C(1768437000000000);
}

static const struct clock fast_clock = { .now = same_day, .elapsed = fast };

struct ran {
	int outcome;
	char *talk;
};

static struct ran run(struct place *p, const char *line, FILE *out)
{
	struct ran r = { 0 };
	char *argv[16] = { (char *)"minato", (char *)"ssmix2" }, *save, *word;
	size_t size;
	int argc = 2;
	FILE *talk = open_memstream(&r.talk, &size);
	for (char *text = arena_text(p->arena, line);
	     argc < 15 && (word = strtok_r(text, " ", &save)) != NULL; text = NULL)
		argv[argc++] = text_starts(word, "DIR")
				       ? arena_printf(p->arena, "%s%s", p->directory, word + 3)
				       : word;
	r.outcome = command_line_run(argc, argv, out, talk, &fast_clock);
	fclose(talk);
	return r;
}

static void begin(struct place *p)
{
	CU_ASSERT_FATAL(place_begin(p));
	for (size_t i = 0; i < COUNT(files); i++) {
		char *whole = arena_text(p->arena, place_name(p, files[i].path));
		for (char *slash = whole + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
			*slash = '\0';
			CU_ASSERT_FATAL(mkdir(whole, 0700) == 0 || errno == EEXIST);
			*slash = '/';
		}
		CU_ASSERT_FATAL(place_write(p, files[i].path, files[i].text));
	}
}

static void a_storage_is_checked(void)
{
	struct place p;
	begin(&p);
	for (size_t i = 0; i < COUNT(runs); i++) {
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);
		struct ran r = run(&p, runs[i].line, out);
		fclose(out);
		if (r.outcome != runs[i].outcome
		    || (runs[i].out != NULL && !text_equal(text, runs[i].out))
		    || (runs[i].talk != NULL && strstr(r.talk, runs[i].talk) == NULL)) {
			printf("\nminato ssmix2 %s: %d\n%s%s", runs[i].line, r.outcome, text,
			       r.talk);
			CU_FAIL("not as expected");
		}
		free(text);
		free(r.talk);
	}
	place_end(&p);
}

static void it_is_told_how_far_it_is(void)
{
	struct place p;
	char *text = NULL;
	size_t size;
	begin(&p);
	FILE *out = open_memstream(&text, &size);
	struct ran r = run(&p, "check DIR/both --progress --output ndjson", out);
	fclose(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.talk, "ssmix2 check: 0 files found\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.talk, "ssmix2 check: 3 files found, "));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.talk, "ssmix2 check: 1 of 3 files, "));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.talk, " a second, "));
	free(r.talk);
	free(text);
	out = open_memstream(&text, &size);
	r = run(&p, "check DIR/bad --output ndjson", out);
	fclose(out);
	CU_ASSERT_PTR_NULL(strstr(r.talk, "ssmix2 check"));
	free(r.talk);
	free(text);
	place_end(&p);
}

/* Ctrl-C as soon as something is told. */
static ssize_t interrupt(void *with, const char *text, size_t length)
{
	struct buffer *told = with;
	if (told->length == 0)
		raise(SIGINT);
	buffer_append(told, text, length);
	return (ssize_t)length;
}

static void an_interrupt_ends_it_with_what_was_found(void)
{
	struct place p;
	begin(&p);
	signal(SIGINT, SIG_DFL); /* whoever runs tests in the background has it ignored */
	struct buffer told = buffer_in(p.arena);
	FILE *out = fopencookie(&told, "w", (cookie_io_functions_t){ .write = interrupt });
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	setvbuf(out, NULL, _IONBF, 0);
	struct ran r = run(&p, "check DIR/bad --output ndjson", out);
	fclose(out);
	CU_ASSERT_EQUAL(r.outcome, OUTCOME_NEGATIVE);
	CU_ASSERT_STRING_EQUAL(
		buffer_ended(&told),
		HEAD EMPTY "{\"type\":{\"type\":\"ADT-00\",\"files\":1,\"errors\":0,\"warnings\":0,"
			   "\"notes\":0}}\n"
			   "{\"type\":{\"type\":\"OMP-01\",\"files\":1,\"errors\":1,\"warnings\":0,"
			   "\"notes\":0}}\n{\"done\":{\"valid\":false,\"interrupted\":true,"
			   "\"files\":2,\"ignored\":1,\"errors\":1,\"warnings\":0,\"notes\":0}}\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(r.talk, "interrupted; this is what was found so far\n"));
	free(r.talk);
	place_end(&p);
}

int main(void)
{
	static const struct test tests[] = { { "a storage is checked", a_storage_is_checked },
					     { "it is told how far it is",
					       it_is_told_how_far_it_is },
					     { "an interrupt ends it with what was found",
					       an_interrupt_ends_it_with_what_was_found },
					     { NULL, NULL } };
	return suite_run("ssmix2 check", tests);
}
