/* tests/audit/anchors_test.c: what somebody with the disk may do to the audit log or its anchors,
 * and what is then told. Also the line's form. */
#include "tests/audit/anchor_scene.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "gateway/base/text.h"

enum { LINES = 16 };

/* The log is another one from its first entry on, with chain and head as they should be. */
static void new_log(struct scene *s)
{
	store_close(s->f.store);
	CU_ASSERT_EQUAL_FATAL(mkdir(arena_printf(s->f.arena, "%s/new", s->f.directory), 0700), 0);
	s->f.settings.directory = arena_printf(s->f.arena, "%s/new", s->f.directory);
	s->f.store = store_open(&s->f.settings, &s->f.problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->f.store);
}

static size_t read_lines(struct scene *s, char lines[LINES][ANCHOR_LINE + 3])
{
	size_t n = 0;
	FILE *f = fopen(s->name, "re");
	while (f != NULL && n < LINES && fgets(lines[n], ANCHOR_LINE + 3, f) != NULL)
		n++;
	if (f != NULL)
		fclose(f);
	return n;
}

/* Writes the lines again; those the text has a '-' for are left out. */
static void keep_lines(struct scene *s, const char *which)
{
	char lines[LINES][ANCHOR_LINE + 3];
	size_t n = read_lines(s, lines);
	FILE *f = fopen(s->name, "we");
	CU_ASSERT_EQUAL(n, strlen(which));
	for (size_t i = 0; i < n; i++)
		if (which[i] != '-')
			fputs(lines[i], f);
	fclose(f);
}

static void change_line(struct scene *s, size_t which, size_t at, char to)
{
	char lines[LINES][ANCHOR_LINE + 3];
	size_t n = read_lines(s, lines);
	CU_ASSERT_FATAL(which < n && at < strlen(lines[which]));
	CU_ASSERT_NOT_EQUAL(lines[which][at], to);
	lines[which][at] = to;
	FILE *f = fopen(s->name, "we");
	for (size_t i = 0; i < n; i++)
		fputs(lines[i], f);
	fclose(f);
}

/* What is done to a log of 3 entries, anchored; 2 more, anchored; 1 more. */

static void nothing(struct scene *s)
{
	(void)s;
}
static void one_more(struct scene *s)
{
	scene_anchor(s);
}
static void not_noted(struct scene *s)
{
	scene_anchor_as(s, s->key, false);
}
static void clock_back(struct scene *s)
{
	s->now = 1;
	scene_anchor(s);
}

static void cut(struct scene *s)
{
	new_log(s);
	scene_entries(s, 4);
}

static void cut_before_all(struct scene *s)
{
	new_log(s);
}

static void rewritten(struct scene *s)
{
	new_log(s);
	s->seed = "second";
	scene_entries(s, 9);
}

static void rewritten_from_the_last(struct scene *s)
{
	new_log(s);
	scene_entries(s, 4);
	s->seed = "second";
	scene_entries(s, 5);
}

static void put_back_and_on(struct scene *s)
{
	new_log(s);
	scene_entries(s, 3);
	s->seed = "second";
	scene_entries(s, 1);
	scene_anchor(s);
	scene_entries(s, 4);
}

static void younger_cut(struct scene *s)
{
	new_log(s);
	scene_entries(s, 5);
}

static void last_out(struct scene *s)
{
	keep_lines(s, "1-");
}
static void first_out(struct scene *s)
{
	keep_lines(s, "-2");
}
static void all_out(struct scene *s)
{
	keep_lines(s, "--");
}
static void away(struct scene *s)
{
	remove(s->name);
}

static void middle_out(struct scene *s)
{
	scene_anchor(s);
	scene_anchor(s);
	keep_lines(s, "1--4");
}

static void twice(struct scene *s)
{
	char lines[LINES][ANCHOR_LINE + 3];
	read_lines(s, lines);
	scene_add_text(s, lines[1]);
}

/* Signed, with what goes before, and the number that one has. */
static void number_again(struct scene *s)
{
	char line[ANCHOR_LINE + 1];
	struct problem p = { 0 };
	scene_compare(s, true);
	struct anchor a = { .number = s->v.last.number, .time = s->now, .head = s->v.own.head };
	memcpy(a.before, s->v.last_digest, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s->key, line) && anchors_append(&s->at, line, &p));
}

static void signature_changed(struct scene *s)
{
	char lines[LINES][ANCHOR_LINE + 3];
	read_lines(s, lines);
	size_t at = strlen(lines[1]) - 2;
	change_line(s, 1, at, lines[1][at] == '0' ? '1' : '0');
}

static void time_changed(struct scene *s)
{
	change_line(s, 0, strlen("minato-anchor-2 1 "), '2');
}
static void last_time_changed(struct scene *s)
{
	change_line(s, 1, strlen("minato-anchor-2 2 "), '3');
}
static void line_spoilt(struct scene *s)
{
	change_line(s, 1, 3, 'X');
}
static void garbage(struct scene *s)
{
	scene_add_text(s, "something else\n");
}

static void foreign_in_between(struct scene *s)
{
	scene_foreign_anchor(s);
	scene_anchor(s);
}

static void broken_off_and_on(struct scene *s)
{
	scene_broken_line(s);
	scene_anchor(s);
}

static void endless(struct scene *s)
{
	for (unsigned i = 0; i < ANCHOR_LINE; i++)
		scene_add_text(s, "many");
	scene_add_text(s, "\n");
}

static void no_key(struct scene *s)
{
	s->at.key = NULL;
}

static void no_key_and_no_anchors(struct scene *s)
{
	new_log(s);
	s->at.key = NULL;
}

static void no_file(struct scene *s)
{
	remove(s->name);
	CU_ASSERT_EQUAL(mkfifo(s->name, 0600), 0);
}

static void acknowledged_all(struct scene *s)
{
	scene_acknowledge(s, 6);
}
static void acknowledged_more(struct scene *s)
{
	scene_acknowledge(s, 7);
}

static void acknowledged_more_by_the_first(struct scene *s)
{
	s->repositories[0] = "other";
	s->repositories[1] = "arr";
	scene_acknowledge(s, 7);
}

static const struct {
	const char *why;
	void (*done)(struct scene *s);
	const char *fault, *remark; /* NULL: none */
	uint64_t covered;
	bool unreadable;
} cases[] = {
	{ "as it was left", nothing, NULL, NULL, 5, false },
	{ "anchored again", one_more, NULL, NULL, 6, false },
	{ "a crash between anchor and log", not_noted, NULL, NULL, 6, false },
	{ "the clock goes back", clock_back, NULL, "the clock had gone back", 6, false },
	{ "a broken line", scene_broken_line, NULL, "broke off", 5, false },
	{ "a broken line, and on", broken_off_and_on, NULL, "a line broke off", 6, false },
	{ "cut", cut, "anchor 2 signed entry 5, but the log ends at 4", NULL, 3, false },
	{ "cut to nothing", cut_before_all, "but the log ends at 0", NULL, 0, false },
	{ "rewritten", rewritten, "another entry 3", NULL, 0, false },
	{ "rewritten from the last", rewritten_from_the_last, "another entry 5", NULL, 3, false },
	{ "put back and grown beyond", put_back_and_on, "the log was put back in between", NULL, 4,
	  false },
	{ "only what no anchor has is cut", younger_cut, NULL, NULL, 5, false },
	{ "the last anchor out", last_out, "the log had 2 anchors", NULL, 3, false },
	{ "the first anchors moved away", first_out, NULL, "anchors before 2 are not in", 5,
	  false },
	{ "anchors out of the middle", middle_out, "anchors 2 to 3 are missing", NULL, 6, false },
	{ "all anchors out", all_out, NULL, "none of them is in", 0, false },
	{ "the file away", away, NULL, "none of them is in", 0, false },
	{ "an anchor twice", twice, "anchor 2 does not follow", NULL, 5, false },
	{ "a number again", number_again, "anchor 2 does not follow", NULL, 6, false },
	{ "a signature changed", signature_changed, "anchor 2 is not signed", NULL, 5, false },
	{ "an anchor changed", time_changed, "anchor 2 does not follow", NULL, 5, false },
	{ "and it is seen to be unsigned", time_changed, "anchor 1 is not signed", NULL, 5, false },
	{ "the last changed", last_time_changed, "anchor 2 is not signed", NULL, 5, false },
	{ "the last spoilt", line_spoilt, "ends with 1 lines that are no anchors", NULL, 3, false },
	{ "spoilt, and one less", line_spoilt, "the log had 2 anchors", NULL, 3, false },
	{ "something else at the end", garbage, "ends with 1 lines", NULL, 5, false },
	{ "a line without end", endless, "ends with 1 lines", NULL, 5, false },
	{ "another's key", scene_foreign_anchor, "anchor 3 is not signed with the key configured",
	  NULL, 6, false },
	{ "no key", no_key, "no anchor-key is configured", NULL, 0, false },
	{ "no key, and no anchors", no_key_and_no_anchors, NULL, NULL, 0, false },
	{ "a FIFO in its place", no_file, NULL, NULL, 0, true },
	{ "a repository has all", acknowledged_all, NULL, NULL, 5, false },
	{ "a repository has more", acknowledged_more, "other has acknowledged entry 7", NULL, 5,
	  false },
	{ "the first repository has more", acknowledged_more_by_the_first,
	  "other has acknowledged entry 7", NULL, 5, false },
};

static void judge(struct scene *s, size_t i, bool whole)
{
	bool well = scene_compare(s, whole);
	bool right = well == (cases[i].fault == NULL && !cases[i].unreadable)
		     && (cases[i].fault == NULL || scene_says(&s->v, cases[i].fault))
		     && (cases[i].remark == NULL ? s->v.notes == NULL
						 : scene_remarks(&s->v, cases[i].remark))
		     && s->v.own.covered == cases[i].covered
		     && (!cases[i].unreadable
			 || strstr(s->p.what, "it is not a regular file") != NULL);
	CU_ASSERT_TRUE(right);
	if (right)
		return;
	printf("%s (%s): covered %llu\n", cases[i].why, whole ? "whole" : "start",
	       (unsigned long long)s->v.own.covered);
	for (const struct anchors_fault *f = s->v.faults; f != NULL; f = f->next)
		printf("  fault: %s\n", f->what);
	for (const struct text_list *l = s->v.notes; l != NULL; l = l->next)
		printf("  note: %s\n", l->value);
}

static void what_is_told(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene s;
		scene_begin(&s);
		scene_entries(&s, 3);
		scene_anchor(&s);
		scene_entries(&s, 2);
		scene_anchor(&s);
		scene_entries(&s, 1);
		cases[i].done(&s);
		judge(&s, i, true);
		judge(&s, i, false);
		scene_end(&s);
	}
}

/* The key that should have signed is named. */
static void key_is_named(void)
{
	struct scene s;
	char name[ANCHOR_KEY_NAME];
	scene_begin(&s);
	scene_entries(&s, 1);
	scene_foreign_anchor(&s);
	anchor_key_name(s.key, name);
	CU_ASSERT_FALSE(scene_compare(&s, true));
	CU_ASSERT_TRUE(scene_says(&s.v, name));
	scene_end(&s);
}

/* The last signature speaks for those before it only when it is right itself. */
static void foreign_in_the_middle(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 3);
	scene_anchor(&s);
	foreign_in_between(&s);
	CU_ASSERT_TRUE(scene_compare(&s, true)); /* ours vouched for it: the anchoring does not */
	scene_end(&s);
}

static void many_faults(void)
{
	struct scene s;
	size_t told = 0;
	scene_begin(&s);
	for (unsigned i = 0; i < 25; i++) {
		scene_entries(&s, 1);
		scene_anchor(&s);
	}
	new_log(&s);
	CU_ASSERT_FALSE(scene_compare(&s, true));
	for (const struct anchors_fault *f = s.v.faults; f != NULL; f = f->next)
		told++;
	CU_ASSERT_EQUAL(told, ANCHOR_FAULTS);
	CU_ASSERT_EQUAL(s.v.fault_count, 25);
	CU_ASSERT_EQUAL(s.v.count, 25);
	scene_end(&s);
}

/* A start looks at the last 64 KiB; all of it is looked at by verifying. */
static void long_file(void)
{
	enum { ANCHORS = 300 };
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 1);
	struct anchor a = { .number = 1, .time = 1 };
	CU_ASSERT_TRUE(scene_compare(&s, true));
	a.head = s.v.own.head;
	for (; a.number <= ANCHORS; a.number++) {
		char line[ANCHOR_LINE + 1];
		struct problem p = { 0 };
		CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
		CU_ASSERT_TRUE_FATAL(anchors_append(&s.at, line, &p));
		anchor_digest(bytes_of_text(line), a.before);
	}
	CU_ASSERT_TRUE(scene_compare(&s, true));
	CU_ASSERT_EQUAL(s.v.count, ANCHORS);
	CU_ASSERT_EQUAL(s.v.first, 1);
	CU_ASSERT_TRUE(scene_compare(&s, false));
	CU_ASSERT(s.v.count < ANCHORS && s.v.count > ANCHORS / 2);
	CU_ASSERT_EQUAL(s.v.last.number, ANCHORS);
	CU_ASSERT_PTR_NULL(s.v.notes);
	scene_end(&s);
}

/* A start looks at 64 KiB: what is shorter, wholly; the line that begins before them is left
 * out. */
static void tail_of_file(void)
{
	enum { LINE = 64, TAIL = 64 << 10 };
	static const struct {
		const char *first;
		unsigned lines, whole, start;
	} rows[] = {
		{ "", TAIL / LINE - 1, 1023, 1023 },   { "", TAIL / LINE, 1024, 1024 },
		{ "\n", TAIL / LINE, 1025, 1024 },     { "a\n", TAIL / LINE, 1025, 1024 },
		{ "\n", TAIL / LINE + 1, 1026, 1024 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_begin(&s);
		scene_add_text(&s, rows[i].first);
		FILE *f = fopen(s.name, "ae");
		for (unsigned n = 0; n < rows[i].lines; n++)
			fprintf(f, "%0*u\n", LINE - 1, n);
		fclose(f);
		for (int whole = 0; whole < 2; whole++) {
			unsigned lines = whole ? rows[i].whole : rows[i].start;
			CU_ASSERT_FALSE(scene_compare(&s, whole));
			const char *said = arena_printf(
				s.f.arena, "ends with %u lines that are no anchors", lines);
			if (!scene_says(&s.v, said))
				printf("row %zu: %s, not %u\n", i, s.v.faults->what, lines);
			CU_ASSERT_TRUE(scene_says(&s.v, said));
		}
		scene_end(&s);
	}
}

/* As many others as there is room for, each with a long number, and empty. */
static void name_all(struct anchor *a)
{
	for (a->other_count = 0; a->other_count < ANCHOR_OTHERS; a->other_count++) {
		struct audit_head *head = &a->others[a->other_count];
		head->sequence = (UINT64_MAX & ~AUDIT_PLACE_MASK)
				 - audit_number(a->other_count + 1, 0);
		memset(head->hash, (int)a->other_count, AUDIT_HASH);
	}
}

/* The longest anchor there is fits, behind a line that broke off as well; one octet more is
 * none. */
static void longest_line(void)
{
	struct scene s;
	char line[ANCHOR_LINE + 1];
	struct problem p = { 0 };
	struct anchor a = { .number = UINT64_MAX,
			    .time = INT64_MAX,
			    .head = { .sequence = UINT64_MAX } };
	scene_begin(&s);
	name_all(&a);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
	CU_ASSERT_EQUAL(strlen(line), ANCHOR_LINE);
	scene_add_text(&s, "m"); /* an only octet */
	CU_ASSERT_TRUE(anchors_append(&s.at, line, &p));
	scene_add_text(&s, line);
	scene_add_text(&s, "0\n");
	scene_compare(&s, true);
	CU_ASSERT_EQUAL(s.v.count, 1);
	CU_ASSERT_EQUAL(s.v.last.number, UINT64_MAX);
	CU_ASSERT_TRUE(scene_says(&s.v, "ends with 1 lines"));
	CU_ASSERT_FALSE(scene_says(&s.v, "is not signed"));
	scene_end(&s);
}

/* Octets behind which nothing may be read: a look too far ends the program. */
struct cliff {
	unsigned char *pages;
	size_t page;
};

static struct cliff cliff_make(void)
{
	struct cliff c = { .page = (size_t)sysconf(_SC_PAGESIZE) };
	c.pages = mmap(NULL, 2 * c.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	CU_ASSERT_FATAL(c.pages != MAP_FAILED
			&& mprotect(c.pages + c.page, c.page, PROT_NONE) == 0);
	return c;
}

static struct bytes at_the_cliff(const struct cliff *c, const void *octets, size_t length)
{
	return (struct bytes){ memcpy(c->pages + c->page - length, octets, length), length };
}

static void line_form(void)
{
	struct scene s;
	struct cliff cliff = cliff_make();
	char line[ANCHOR_LINE + 1];
	struct anchor in = { .number = UINT64_MAX,
			     .time = INT64_MAX,
			     .head = { .sequence = UINT64_MAX } },
		      out;
	scene_begin(&s);
	memset(in.head.hash, 0xab, AUDIT_HASH);
	memset(in.before, 0x0f, AUDIT_HASH);
	in.other_count = 2;
	in.others[1].sequence = 7;
	memset(in.others[1].hash, 0x70, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&in, s.key, line));
	struct bytes whole = bytes_of_text(line);
	CU_ASSERT_TRUE(anchor_read(whole, &out));
	CU_ASSERT_TRUE(anchor_signed(whole, s.key));
	CU_ASSERT_FALSE(anchor_signed(whole, s.other));
	CU_ASSERT(out.number == in.number && out.time == in.time
		  && out.head.sequence == in.head.sequence
		  && memcmp(out.head.hash, in.head.hash, AUDIT_HASH) == 0
		  && memcmp(out.before, in.before, AUDIT_HASH) == 0
		  && out.other_count == in.other_count
		  && memcmp(out.others, in.others, 2 * sizeof *in.others) == 0);
	for (size_t i = 0; i < whole.length; i++) {
		struct bytes shorter = at_the_cliff(&cliff, line, i);
		CU_ASSERT_FALSE(anchor_read(shorter, &out));
		CU_ASSERT_FALSE(anchor_signed(shorter, s.key));
		char was = line[i];
		line[i] = was == 'x' ? 'y' : 'x';
		CU_ASSERT_FALSE(anchor_read(whole, &out));
		CU_ASSERT_FALSE(anchor_signed(whole, s.key));
		line[i] = was;
	}
	munmap(cliff.pages, 2 * cliff.page);
	scene_end(&s);
}

/* One form of each number, or two lines could say the same. */
static void line_numbers(void)
{
	static const struct {
		const char *begins;
		bool read;
	} rows[] = {
		{ "minato-anchor-2 1 1 1", true },
		{ "minato-anchor-2 10 20 30", true },
		{ "minato-anchor-2 1 0 0", true },
		{ "minato-anchor-2 18446744073709551615 9223372036854775807 18446744073709551615",
		  true },
		{ "minato-anchor-2 0 1 1", false },
		{ "minato-anchor-2 -1 1 1", false },
		{ "minato-anchor-2 1  1 1", false },
		{ "minato-anchor-1 1 1 1", false },
		{ "minato-anchor-2 1 1 ", false },
		{ "minato-anchor-2  1 1", false },
		{ "minato-anchor-2 1 9223372036854775808 1", false },
		{ "minato-anchor-2 18446744073709551616 1 1", false },
		{ "minato-anchor-2 1 1 184467440737095516150", false },
		{ "minato-anchor-2 01 1 1", false },
		{ "minato-anchor-2 1 00 1", false },
		{ "minato-anchor-2 1 1 01", false },
		{ "minato-anchor-2 1 1 00000000000000000001", false },
		{ "minato-anchor-2 1 1 000000000000000000001", false },
	};
	struct scene s;
	char line[ANCHOR_LINE + 1];
	struct anchor a = { .number = 1 };
	scene_begin(&s);
	memset(a.head.hash, 0xab, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
	const char *tail = strstr(line, " abab");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = arena_printf(s.f.arena, "%s%s", rows[i].begins, tail);
		bool read = anchor_read(bytes_of_text(text), &a);
		if (read != rows[i].read)
			printf("%s: %s\n", rows[i].begins, read ? "read" : "not read");
		CU_ASSERT_EQUAL(read, rows[i].read);
	}
	CU_ASSERT_FALSE(anchor_read(bytes_of_text(arena_printf(s.f.arena, "%s0", line)), &a));
	/* One chain more than there is room for. */
	name_all(&a);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
	CU_ASSERT_TRUE(anchor_read(bytes_of_text(line), &a));
	CU_ASSERT_EQUAL(a.other_count, ANCHOR_OTHERS);
	size_t heads = strlen(line) - 2 * AUDIT_HASH - 1 - 2 * ANCHOR_SIGNATURE;
	const char *more = arena_printf(s.f.arena, "%.*s7 %064d %s", (int)heads, line, 0,
					line + heads);
	CU_ASSERT_FALSE(anchor_read(bytes_of_text(more), &a));
	a.other_count--;
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
	heads = strlen(line) - 2 * AUDIT_HASH - 1 - 2 * ANCHOR_SIGNATURE;
	more = arena_printf(s.f.arena, "%.*s7 %064d %s", (int)heads, line, 0, line + heads);
	CU_ASSERT_TRUE(anchor_read(bytes_of_text(more), &a));
	CU_ASSERT_EQUAL(a.other_count, ANCHOR_OTHERS);
	CU_ASSERT_EQUAL(a.others[ANCHOR_OTHERS - 1].sequence, 7);
	scene_end(&s);
}

/* A signature of nothing, by the very key, is none of a line. */
static void signature_of_nothing(void)
{
	struct scene s;
	unsigned char signature[ANCHOR_SIGNATURE];
	size_t length = sizeof signature;
	char line[1 + 2 * ANCHOR_SIGNATURE + 1] = " ";
	scene_begin(&s);
	FILE *f = fopen(arena_printf(s.f.arena, "%s/key", s.f.directory), "re");
	EVP_PKEY *pair = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	CU_ASSERT_FATAL(EVP_DigestSignInit(c, NULL, NULL, NULL, pair) == 1
			&& EVP_DigestSign(c, signature, &length, (const unsigned char *)"", 0)
				   == 1);
	for (size_t i = 0; i < length; i++)
		snprintf(line + 1 + 2 * i, 3, "%02x", signature[i]);
	CU_ASSERT_FALSE(anchor_signed(bytes_of_text(line), s.key));
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(pair);
	fclose(f);
	scene_end(&s);
}

static void keys(void)
{
	struct scene s;
	const char *why = NULL;
	char a[ANCHOR_KEY_NAME], b[ANCHOR_KEY_NAME];
	scene_begin(&s);
	anchor_key_name(s.key, a);
	anchor_key_name(s.other, b);
	CU_ASSERT_EQUAL(strlen(a), ANCHOR_KEY_NAME - 1);
	CU_ASSERT_STRING_NOT_EQUAL(a, b);
	CU_ASSERT_PTR_NULL(anchor_key_read("/nowhere/at/all", &why));
	CU_ASSERT_STRING_EQUAL(why, "it cannot be read");
	CU_ASSERT_PTR_NULL(anchor_key_read(s.f.directory, &why));
	CU_ASSERT_STRING_EQUAL(why, "it is not a regular file");
	const char *path = arena_printf(s.f.arena, "%s/wrong", s.f.directory);
	FILE *f = fopen(path, "we");
	fputs("nothing\n", f);
	fclose(f);
	CU_ASSERT_PTR_NULL(anchor_key_read(path, &why));
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "no private key"));
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	f = fopen(path, "we");
	PEM_write_PrivateKey(f, pair, EVP_aes_128_cbc(), NULL, 0, NULL, (void *)"a passphrase");
	fclose(f);
	EVP_PKEY_free(pair);
	CU_ASSERT_PTR_NULL(anchor_key_read(path, &why));
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "without a passphrase"));
	pair = EVP_EC_gen("P-256");
	f = fopen(path, "we");
	PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	EVP_PKEY_free(pair);
	CU_ASSERT_PTR_NULL(anchor_key_read(path, &why));
	CU_ASSERT_STRING_EQUAL(why, "its key is not an Ed25519 key");
	anchor_key_free(NULL);
	scene_end(&s);
}

/* Nothing more may be written than so many octets: what a full disk is like. */
static void limit_files(rlim_t most)
{
	struct rlimit r;
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = most < r.rlim_max ? most : r.rlim_max;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* A line that found no room is told, and spoils itself only. */
static void full_disk(void)
{
	struct scene s;
	struct problem p = { 0 }, q = { 0 }, r = { 0 };
	struct stat st;
	scene_begin(&s);
	scene_entries(&s, 1);
	scene_anchor(&s);
	CU_ASSERT_EQUAL(stat(s.name, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	signal(SIGXFSZ, SIG_IGN);
	store_close(s.f.store); /* its checkpoints would meet the limit as well */
	limit_files((rlim_t)st.st_size + 9);
	CU_ASSERT_FALSE(anchors_append(&s.at, "minato-anchor-2 something", &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
	CU_ASSERT_FALSE(anchors_append(&s.at, "minato-anchor-2 something", &q));
	CU_ASSERT_EQUAL(q.code, PROBLEM_STORE_FULL);
	limit_files(RLIM_INFINITY);
	s.f.store = store_open(&s.f.settings, &s.f.problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.f.store);
	CU_ASSERT_TRUE(scene_compare(&s, true));
	CU_ASSERT_TRUE(scene_remarks(&s.v, "broke off"));
	scene_anchor(&s);
	CU_ASSERT_TRUE(scene_compare(&s, true));
	CU_ASSERT_EQUAL(s.v.last.number, 2);
	s.at.file = "/nowhere/at/all";
	CU_ASSERT_FALSE(anchors_append(&s.at, "x", &r));
	CU_ASSERT_EQUAL(r.code, PROBLEM_CONFIGURATION);
	scene_end(&s);
}

/* The fault about a repository is about the first entry that is missing. */
static void where_faults_are(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 3);
	scene_acknowledge(&s, 9);
	CU_ASSERT_FALSE(scene_compare(&s, true));
	CU_ASSERT(s.v.faults != NULL && s.v.faults->sequence == 4);
	scene_anchor(&s);
	new_log(&s);
	s.seed = "second";
	scene_entries(&s, 1);
	CU_ASSERT_FALSE(scene_compare(&s, true));
	CU_ASSERT(s.v.faults != NULL && s.v.faults->sequence == 2);
	scene_entries(&s, 5);
	CU_ASSERT_FALSE(scene_compare(&s, true));
	CU_ASSERT(s.v.faults != NULL && s.v.faults->sequence == 3);
	scene_end(&s);
}

/* Entries, an anchor and an acknowledgement that come after the snapshot was begun: nothing is
 * missing. */
static void meanwhile(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 3);
	scene_anchor(&s);
	struct store_txn *t = store_begin_read(s.f.store, &s.p);
	scene_entries(&s, 2);
	scene_anchor(&s);
	scene_acknowledge(&s, 5);
	CU_ASSERT_TRUE(anchors_compare(&s.at, t, s.f.arena, true, &s.v, &s.p));
	CU_ASSERT_EQUAL(s.v.fault_count, 0);
	CU_ASSERT_EQUAL(s.v.own.covered, 5);
	store_end(t);
	scene_end(&s);
}

static const struct test tests[] = { { "what comes meanwhile is not missing", meanwhile },
				     { "what is told", what_is_told },
				     { "key is named", key_is_named },
				     { "foreign in the middle", foreign_in_the_middle },
				     { "many faults", many_faults },
				     { "long file", long_file },
				     { "tail of the file", tail_of_file },
				     { "longest line", longest_line },
				     { "line form", line_form },
				     { "line numbers", line_numbers },
				     { "signature of nothing", signature_of_nothing },
				     { "keys", keys },
				     { "full disk", full_disk },
				     { "where faults are", where_faults_are },
				     { 0 } };

int main(void)
{
	return suite_run("audit: anchors", tests);
}
