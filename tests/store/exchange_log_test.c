/* tests/store/exchange_log_test.c: what is kept of exchanges, and what becomes of it over restarts,
 * kills, full disks and time. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/exchange_log.h"
#include "tests/base/failing.h"

enum { MOST = 20, WRITERS = 4, EACH = 500, FRAME_HEAD = 5, FILE_HEAD = 8 };
static const int64_t day = INT64_C(86400) * 1000000;
static const instant begin = INT64_C(1768435200) * 1000000;

FAILING(ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length),
	(errno = ENOSPC, -1))
FAILING(int, fdatasync, (int fd), (fd), (errno = EIO, -1))
FAILING(int, rename, (const char *from, const char *to), (from, to), (errno = ENOSPC, -1))

struct scene {
	char directory[256], path[300], fresh[300];
	struct arena *arena;
	struct exchange_log *log;
	struct problem problem;
};

static void open_again(struct scene *s, instant now)
{
	exchange_log_close(s->log);
	s->log = exchange_log_open(s->directory, MOST, 14 * day, now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->log);
}

static void scene_open(struct scene *s)
{
	const char *root = getenv("TMPDIR");
	*s = (struct scene){ .arena = arena_create(16 << 20) };
	snprintf(s->directory, sizeof s->directory, "%s/minato-exchanges-XXXXXX",
		 root != NULL ? root : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->directory));
	snprintf(s->path, sizeof s->path, "%s/exchanges", s->directory);
	snprintf(s->fresh, sizeof s->fresh, "%s/exchanges.fresh", s->directory);
	open_again(s, begin);
}

static void scene_close(struct scene *s)
{
	exchange_log_close(s->log);
	exchange_log_forget(s->directory);
	CU_ASSERT_EQUAL(rmdir(s->directory), 0);
	arena_destroy(s->arena);
}

/* One that ends with that letter: d it was done, r refused, s a stranger's. */
static void add(struct scene *s, const char *id, instant at)
{
	char kind = id[strlen(id) - 1];
	struct exchange_note n = { .id = id, .at = at, .problem = kind == 'd' ? "" : "malformed" };
	exchange_log_add(s->log, exchange_note_write(s->arena, &n), kind == 's');
}

static void add_many(struct scene *s, unsigned count, char kind, instant at)
{
	for (unsigned i = 0; i < count; i++)
		add(s, arena_printf(s->arena, "%u%c", i, kind), at + i);
}

/* Ids, the latest first, each with a space behind it. */
static const char *kept(struct scene *s, instant now)
{
	unsigned char octets[EXCHANGE_NOTE_MOST];
	struct exchange_note n;
	uint64_t number = 0;
	size_t length = 0;
	const char *ids = "";
	while ((number = exchange_log_before(s->log, number, now, octets, &length)) != 0) {
		CU_ASSERT_TRUE_FATAL(exchange_note_read((struct bytes){ octets, length }, &n));
		ids = arena_printf(s->arena, "%s%s ", ids, n.id);
	}
	return ids;
}

static unsigned count_of(const char *ids, char kind)
{
	unsigned count = 0;
	for (; *ids != '\0'; ids++)
		count += ids[0] == kind && ids[1] == ' ';
	return count;
}

static bool written(struct scene *s, instant now)
{
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	return exchange_log_write(s->log, now, &s->problem);
}

static off_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void all_of_a_note(void)
{
	struct scene s;
	struct exchange_note r,
		n = { .at = begin,
		      .id = "00692d1f2a7b01c3",
		      .transaction = "ITI-41",
		      .system = "a-hospital",
		      .address = "192.0.2.1",
		      .door = "https",
		      .section = "ITI TF-2: 3.41",
		      .problem = "unknown-patient",
		      .what = "\xe6\x82\xa3\xe8\x80\x85",
		      .where = "line 7",
		      .step = "signature",
		      .status = 200,
		      .milliseconds = 12,
		      .findings = { { "malformed", "a", "b", true }, { "", "c", "", false } },
		      .finding_count = 2,
		      .findings_more = 3,
		      .headers = { { "User-Agent", "a\033[2Jb\x7f" }, { "MSH-10", "1" } },
		      .header_count = 2 };
	scene_open(&s);
	CU_ASSERT_TRUE_FATAL(exchange_note_read(exchange_note_write(s.arena, &n), &r));
	CU_ASSERT_EQUAL(r.at, begin);
	CU_ASSERT_STRING_EQUAL(r.id, n.id);
	CU_ASSERT_STRING_EQUAL(r.transaction, n.transaction);
	CU_ASSERT_STRING_EQUAL(r.system, n.system);
	CU_ASSERT_STRING_EQUAL(r.address, n.address);
	CU_ASSERT_STRING_EQUAL(r.door, n.door);
	CU_ASSERT_STRING_EQUAL(r.section, n.section);
	CU_ASSERT_STRING_EQUAL(r.problem, n.problem);
	CU_ASSERT_STRING_EQUAL(r.what, n.what);
	CU_ASSERT_STRING_EQUAL(r.where, n.where);
	CU_ASSERT_STRING_EQUAL(r.step, n.step);
	CU_ASSERT_EQUAL(r.status, 200);
	CU_ASSERT_EQUAL(r.milliseconds, 12);
	CU_ASSERT_EQUAL_FATAL(r.finding_count, 2);
	CU_ASSERT_EQUAL(r.findings_more, 3);
	CU_ASSERT_STRING_EQUAL(r.findings[0].problem, "malformed");
	CU_ASSERT_STRING_EQUAL(r.findings[0].where, "b");
	CU_ASSERT_TRUE(r.findings[0].warning);
	CU_ASSERT_STRING_EQUAL(r.findings[1].what, "c");
	CU_ASSERT_FALSE(r.findings[1].warning);
	CU_ASSERT_EQUAL_FATAL(r.header_count, 2);
	CU_ASSERT_STRING_EQUAL(r.headers[0].name, "User-Agent");
	CU_ASSERT_STRING_EQUAL(r.headers[0].value, "a?[2Jb?");
	CU_ASSERT_STRING_EQUAL(r.headers[1].name, "MSH-10");
	CU_ASSERT_STRING_EQUAL(r.headers[1].value, "1");
	scene_close(&s);
}

/* Whatever it is given, it is kept: its id, and as much of the rest as fits, in whole
 * characters. */
static void long_ones_are_cut(void)
{
	struct scene s;
	scene_open(&s);
	char *text = arena_alloc(s.arena, 6001);
	for (unsigned i = 0; i < 2000; i++)
		memcpy(text + 3 * (size_t)i, "\xe6\xb8\xaf", 3);
	struct exchange_note r, n = { .at = begin,
				      .id = "1r",
				      .transaction = text,
				      .system = text,
				      .address = text,
				      .door = text,
				      .section = text,
				      .problem = text,
				      .what = text,
				      .where = text,
				      .step = text,
				      .status = UINT32_MAX,
				      .milliseconds = UINT32_MAX,
				      .finding_count = EXCHANGE_FINDINGS_MOST,
				      .header_count = EXCHANGE_HEADERS_MOST };
	for (size_t i = 0; i < EXCHANGE_HEADERS_MOST; i++)
		n.headers[i] = (struct exchange_header_note){ "wsa:To", text };
	for (size_t i = 0; i < EXCHANGE_FINDINGS_MOST; i++)
		n.findings[i] = (struct exchange_finding_note){ text, text, text, true };
	struct bytes octets = exchange_note_write(s.arena, &n);
	CU_ASSERT(octets.length <= EXCHANGE_NOTE_MOST);
	CU_ASSERT_TRUE_FATAL(exchange_note_read(octets, &r));
	CU_ASSERT(strlen(r.what) > PROBLEM_TEXT - 4 && strlen(r.what) % 3 == 0);
	CU_ASSERT(text_is_utf8((const unsigned char *)r.system, strlen(r.system)));
	CU_ASSERT(r.finding_count > 0 && r.finding_count < EXCHANGE_FINDINGS_MOST);
	CU_ASSERT_EQUAL(r.finding_count + r.findings_more, EXCHANGE_FINDINGS_MOST);
	CU_ASSERT_EQUAL(r.header_count, 0); /* findings go before */
	n.finding_count = 0;
	octets = exchange_note_write(s.arena, &n);
	CU_ASSERT(octets.length <= EXCHANGE_NOTE_MOST);
	CU_ASSERT_TRUE_FATAL(exchange_note_read(octets, &r));
	CU_ASSERT(r.header_count > 0 && r.header_count < EXCHANGE_HEADERS_MOST);
	exchange_log_add(s.log, octets, false);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "1r ");
	n = (struct exchange_note){ .at = begin,
				    .id = "2r",
				    .problem = "x",
				    .what = "a\xff"
					    "b" };
	CU_ASSERT_TRUE_FATAL(exchange_note_read(exchange_note_write(s.arena, &n), &r));
	CU_ASSERT_STRING_EQUAL(r.what, "a");
	scene_close(&s);
}

static void parts_do_not_drive_out_each_other(void)
{
	struct scene s;
	scene_open(&s);
	add(&s, "oldd", begin);
	add(&s, "oldr", begin);
	add(&s, "olds", begin);
	add_many(&s, 3 * MOST, 'd', begin);
	CU_ASSERT_EQUAL(count_of(kept(&s, begin), 'd'), MOST);
	CU_ASSERT_PTR_NOT_NULL(strstr(kept(&s, begin), "olds oldr "));
	CU_ASSERT_PTR_NULL(strstr(kept(&s, begin), "oldd "));
	add_many(&s, 3 * MOST, 's', begin);
	CU_ASSERT_EQUAL(count_of(kept(&s, begin), 's'), 16); /* an eighth, and this at least */
	CU_ASSERT_PTR_NOT_NULL(strstr(kept(&s, begin), " oldr "));
	CU_ASSERT_EQUAL(count_of(kept(&s, begin), 'd'), MOST);
	add_many(&s, MOST, 'r', begin);
	CU_ASSERT_PTR_NULL(strstr(kept(&s, begin), " oldr "));
	CU_ASSERT_EQUAL(count_of(kept(&s, begin), 'r'), MOST);
	scene_close(&s);
}

static void in_order_over_restarts(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_EQUAL(size_of(s.path), FILE_HEAD);
	for (unsigned i = 0; i < 2; i++) { /* the first write of each is anew, the second goes on */
		add(&s, i == 0 ? "1d" : "4d", begin);
		add(&s, i == 0 ? "2s" : "5s", begin);
		CU_ASSERT_TRUE(written(&s, begin));
		add(&s, i == 0 ? "3r" : "6r", begin);
		CU_ASSERT_TRUE(written(&s, begin));
		open_again(&s, begin);
	}
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "6r 5s 4d 3r 2s 1d ");
	struct stat st;
	CU_ASSERT_EQUAL_FATAL(stat(s.path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	add(&s, "lostd", begin); /* a kill before it is written */
	open_again(&s, begin);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "6r 5s 4d 3r 2s 1d ");
	scene_close(&s);
}

/* As a kill leaves it: every length of a file with three. */
static void torn_ends_are_cut(void)
{
	struct scene s;
	scene_open(&s);
	add(&s, "1d", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	off_t one = size_of(s.path) - FILE_HEAD;
	add(&s, "2d", begin);
	add(&s, "3d", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	off_t whole = size_of(s.path);
	static const char *const left[] = { "", "1d ", "2d 1d ", "3d 2d 1d " };
	for (off_t length = whole; length >= 0; length--) {
		CU_ASSERT_EQUAL_FATAL(truncate(s.path, length), 0);
		open_again(&s, begin);
		size_t frames = length == whole       ? 3
				: length <= FILE_HEAD ? 0
						      : (size_t)((length - FILE_HEAD) / one);
		CU_ASSERT_STRING_EQUAL(kept(&s, begin), left[frames]);
	}
	CU_ASSERT_TRUE(written(&s, begin));
	add(&s, "1d", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	/* What is left of the second is gone once it was written, and what follows is read. */
	int fd = open(s.path, O_WRONLY | O_APPEND);
	CU_ASSERT_EQUAL(write(fd, "\0\0\0\x09\0torn", 9), 9);
	close(fd);
	open_again(&s, begin);
	add(&s, "2d", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_EQUAL(size_of(s.path), FILE_HEAD + 2 * one);
	open_again(&s, begin);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "2d 1d ");
	scene_close(&s);
}

static void what_is_no_log_is_none(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_EQUAL_FATAL(mkfifo(s.path, 0600), 0); /* nobody waits for a writer */
	open_again(&s, begin);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "");
	add(&s, "1d", begin);
	CU_ASSERT_EQUAL_FATAL(mkdir(s.fresh, 0700), 0);
	CU_ASSERT_FALSE(written(&s, begin));
	CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, "exchanges"));
	CU_ASSERT_EQUAL(rmdir(s.fresh), 0);
	CU_ASSERT_TRUE(written(&s, begin));
	open_again(&s, begin);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "1d ");
	int fd = open(s.path, O_WRONLY);
	CU_ASSERT_EQUAL(write(fd, "MINATOX2", 8), 8); /* of a release to come */
	close(fd);
	open_again(&s, begin);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "");
	scene_close(&s);
}

static void days_end(void)
{
	struct scene s;
	scene_open(&s);
	add(&s, "1r", begin);
	add(&s, "2d", begin + day);
	CU_ASSERT_TRUE(written(&s, begin + day));
	off_t both = size_of(s.path);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin + 14 * day), "2d 1r ");
	CU_ASSERT_STRING_EQUAL(kept(&s, begin + 14 * day + 1), "2d ");
	/* The file has it an hour longer at most, although nothing came since. */
	CU_ASSERT_TRUE(written(&s, begin + 14 * day + 1));
	CU_ASSERT_EQUAL(size_of(s.path), both);
	CU_ASSERT_TRUE(written(&s, begin + 14 * day + day / 24 + 1));
	CU_ASSERT(size_of(s.path) < both && size_of(s.path) > FILE_HEAD);
	open_again(&s, begin + 16 * day); /* nor is it read by a later start */
	CU_ASSERT_STRING_EQUAL(kept(&s, begin + 16 * day), "");
	CU_ASSERT_TRUE(written(&s, begin + 16 * day));
	CU_ASSERT_EQUAL(size_of(s.path), FILE_HEAD);
	scene_close(&s);
}

/* However much comes, the file has a bound: twice what is kept, and a MiB. */
static void the_file_has_a_bound(void)
{
	struct scene s;
	scene_open(&s);
	char *text = arena_alloc(s.arena, PROBLEM_TEXT);
	memset(text, 'x', PROBLEM_TEXT - 1);
	struct exchange_note n = { .at = begin, .problem = "malformed", .what = text };
	off_t most = 0;
	for (unsigned i = 0; i < 4000; i++) {
		n.id = arena_printf(s.arena, "%ur", i);
		exchange_log_add(s.log, exchange_note_write(s.arena, &n), false);
		if (i % 10 == 9)
			CU_ASSERT_TRUE_FATAL(written(&s, begin));
		most = size_of(s.path) > most ? size_of(s.path) : most;
	}
	CU_ASSERT(most > 1 << 20 && most < (1 << 20) + 64 * PROBLEM_TEXT);
	open_again(&s, begin);
	CU_ASSERT_EQUAL(count_of(kept(&s, begin), 'r'), MOST);
	CU_ASSERT_EQUAL(strncmp(kept(&s, begin), "3999r 3998r ", 12), 0);
	scene_close(&s);
}

/* Nobody is kept from anything; when there is room again, all of it is there. */
static void full_disk(void)
{
	static const char *const calls[] = { "write", "fdatasync", "rename" };
	struct scene s;
	scene_open(&s);
	add(&s, "1d", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	for (size_t i = 0; i < 3; i++) {
		exchange_log_forget(s.directory);
		open_again(&s, begin);
		add(&s, "1d", begin);
		failing_arm(calls[i], 0);
		CU_ASSERT_FALSE(written(&s, begin));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(s.problem.code, PROBLEM_STORE_FULL);
		CU_ASSERT_EQUAL(size_of(s.fresh), -1);
		CU_ASSERT_STRING_EQUAL(kept(&s, begin), "1d ");
		CU_ASSERT_TRUE(written(&s, begin));
	}
	add(&s, "2d", begin);
	failing_arm("write", 0); /* while it goes on */
	CU_ASSERT_FALSE(written(&s, begin));
	CU_ASSERT_TRUE(failing_disarm());
	add(&s, "3r", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	open_again(&s, begin);
	CU_ASSERT_STRING_EQUAL(kept(&s, begin), "3r 2d 1d ");
	scene_close(&s);
}

static void off_and_forgotten(void)
{
	struct scene s;
	size_t length;
	unsigned char octets[EXCHANGE_NOTE_MOST];
	scene_open(&s);
	add(&s, "1d", begin);
	CU_ASSERT_TRUE(written(&s, begin));
	exchange_log_forget(s.directory);
	CU_ASSERT_EQUAL(size_of(s.path), -1);
	exchange_log_forget("/nowhere/at/all");
	struct exchange_note n = { .id = "1d" };
	exchange_log_add(NULL, exchange_note_write(s.arena, &n), false);
	CU_ASSERT_EQUAL(exchange_log_before(NULL, 0, begin, octets, &length), 0);
	CU_ASSERT_TRUE(exchange_log_write(NULL, begin, &s.problem));
	exchange_log_close(NULL);
	scene_close(&s);
}

struct writing {
	struct scene *s;
	unsigned whose;
	_Atomic unsigned *left;
};

static void *write_some(void *with)
{
	struct writing *w = with;
	struct arena *a = arena_create(16 << 20);
	for (unsigned i = 0; i < EACH; i++) {
		struct exchange_note n = { .id = arena_printf(a, "%u-%ud", w->whose, i),
					   .at = begin };
		exchange_log_add(w->s->log, exchange_note_write(a, &n), false);
	}
	arena_destroy(a);
	atomic_fetch_sub(w->left, 1);
	return NULL;
}

/* Workers and the committer add, an operator lists, upkeep writes. */
static void several_threads(void)
{
	struct scene s;
	pthread_t threads[WRITERS];
	struct writing w[WRITERS];
	_Atomic unsigned left = WRITERS;
	scene_open(&s);
	exchange_log_close(s.log);
	s.log = exchange_log_open(s.directory, WRITERS * EACH, day, begin);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.log);
	for (unsigned i = 0; i < WRITERS; i++) {
		w[i] = (struct writing){ &s, i, &left };
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, write_some, &w[i]), 0);
	}
	unsigned char octets[EXCHANGE_NOTE_MOST];
	size_t length;
	while (atomic_load(&left) > 0) {
		CU_ASSERT_TRUE(written(&s, begin));
		exchange_log_before(s.log, 0, begin, octets, &length);
	}
	for (unsigned i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_TRUE(written(&s, begin));
	exchange_log_close(s.log);
	s.log = exchange_log_open(s.directory, WRITERS * EACH, day, begin);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.log);
	unsigned next[WRITERS] = { 0 }; /* each one's are all there, in its order */
	uint64_t number = 0;
	while ((number = exchange_log_before(s.log, number, begin, octets, &length)) != 0) {
		struct exchange_note n;
		char *end;
		CU_ASSERT_TRUE_FATAL(exchange_note_read((struct bytes){ octets, length }, &n));
		unsigned long whose = strtoul(n.id, &end, 10);
		CU_ASSERT_FATAL(whose < WRITERS);
		CU_ASSERT_EQUAL(strtoul(end + 1, NULL, 10), EACH - ++next[whose]);
	}
	for (unsigned i = 0; i < WRITERS; i++)
		CU_ASSERT_EQUAL(next[i], EACH);
	scene_close(&s);
}

static const struct test tests[] = { { "all of a note", all_of_a_note },
				     { "long ones are cut", long_ones_are_cut },
				     { "parts do not drive out each other",
				       parts_do_not_drive_out_each_other },
				     { "in order over restarts", in_order_over_restarts },
				     { "torn ends are cut", torn_ends_are_cut },
				     { "what is no log is none", what_is_no_log_is_none },
				     { "days end", days_end },
				     { "the file has a bound", the_file_has_a_bound },
				     { "full disk", full_disk },
				     { "off and forgotten", off_and_forgotten },
				     { "several threads", several_threads },
				     { 0 } };

int main(void)
{
	return suite_run("store: exchanges that are kept", tests);
}
