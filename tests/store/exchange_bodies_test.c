/* tests/store/exchange_bodies_test.c: what was said in exchanges is found by who has the key, as it
 * was said or not at all; and what becomes of it over restarts, kills, full disks, hands and
 * time. */
#include "tests/base/suite.h"

#include <dirent.h>
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
#include "store/exchange_bodies.h"
#include "tests/base/failing.h"

enum { FILE_HEAD = 40, TAG = 16, ROOM = EXCHANGE_BODIES_ROOM_LEAST, NAMES = 64 };
enum { WRITERS = 4, EACH = 200 };
static const int64_t day = INT64_C(86400) * 1000000;
static const instant begin = INT64_C(1768435200) * 1000000;
static const char one[] = "00000000000000a1", two[] = "00000000000000a2";

FAILING(ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length),
	((void)!__real_write(fd, data, length / 2), errno = ENOSPC, -1))
FAILING(int, fdatasync, (int fd), (fd), (errno = EIO, -1))
FAILING(int, fsync, (int fd), (fd), (errno = EIO, -1))
FAILING(int, unlinkat, (int at, const char *name, int how), (at, name, how), (errno = EIO, -1))
FAILING(ssize_t, pread, (int fd, void *data, size_t length, off_t at), (fd, data, length, at),
	(errno = EIO, -1))

struct scene {
	char directory[256], folder[300], key[300];
	struct arena *arena;
	struct exchange_bodies *bodies;
	struct problem problem;
	int64_t keep;
};

static void write_file(const char *path, mode_t mode, const void *octets, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	CU_ASSERT_EQUAL_FATAL(write(fd, octets, length), (ssize_t)length);
	CU_ASSERT_EQUAL(fchmod(fd, mode), 0);
	close(fd);
}

static void write_key(const struct scene *s, unsigned char octet)
{
	unsigned char key[EXCHANGE_BODIES_KEY];
	memset(key, octet, sizeof key);
	write_file(s->key, 0600, key, sizeof key);
}

static struct exchange_bodies *opened(struct scene *s)
{
	const struct exchange_bodies_settings settings = { .directory = s->directory,
							   .key = s->key,
							   .room = ROOM,
							   .keep = s->keep,
							   .random = &system_random };
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	return exchange_bodies_open(&settings, &s->problem);
}

static void open_again(struct scene *s)
{
	exchange_bodies_close(s->bodies);
	s->bodies = opened(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->bodies);
}

static void scene_open(struct scene *s)
{
	const char *root = getenv("TMPDIR");
	*s = (struct scene){ .arena = arena_create(64 << 20), .keep = 16 * day };
	snprintf(s->directory, sizeof s->directory, "%s/minato-bodies-XXXXXX",
		 root != NULL ? root : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->directory));
	snprintf(s->folder, sizeof s->folder, "%s/exchange-bodies", s->directory);
	snprintf(s->key, sizeof s->key, "%s/key", s->directory);
	write_key(s, 'k');
	open_again(s);
}

static void scene_close(struct scene *s)
{
	exchange_bodies_close(s->bodies);
	exchange_bodies_forget(s->directory);
	CU_ASSERT_EQUAL(unlink(s->key), 0);
	CU_ASSERT_EQUAL(rmdir(s->directory), 0);
	arena_destroy(s->arena);
}

static bool add(struct scene *s, const char *id, const char *text, instant at)
{
	return exchange_bodies_add(s->bodies, id, at, bytes_of_text(text));
}

static bool written(struct scene *s, instant now)
{
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	return exchange_bodies_write(s->bodies, now, &s->problem);
}

/* Its text; "-": absent, "?": unreadable, "!": failed. */
static const char *found(struct scene *s, const char *id, instant now)
{
	static const char *const otherwise[] = { "", "-", "?", "!" };
	struct bytes out = { NULL, 0 };
	enum exchange_body_found is = exchange_bodies_find(s->bodies, s->arena, id, now, &out,
							   &s->problem);
	if (is != BODY_FOUND)
		return otherwise[is];
	return arena_printf(s->arena, "%.*s", (int)out.length, (const char *)out.data);
}

/* Names of the folder, in their order. */
static size_t names_of(const struct scene *s, char names[NAMES][17])
{
	struct dirent **list = NULL;
	size_t count = 0;
	int n = scandir(s->folder, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (strlen(list[i]->d_name) == 16 && count < NAMES)
			memcpy(names[count++], list[i]->d_name, 17);
		free(list[i]);
	}
	free(list);
	return count;
}

static const char *file(struct scene *s, size_t number)
{
	char names[NAMES][17];
	size_t count = names_of(s, names);
	CU_ASSERT_FATAL(number < count);
	return arena_printf(s->arena, "%s/%s", s->folder, names[number]);
}

static struct bytes octets_of(struct scene *s, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	CU_ASSERT_FATAL(fd >= 0 && fstat(fd, &st) == 0);
	unsigned char *data = arena_alloc(s->arena, (size_t)st.st_size + 1);
	CU_ASSERT_EQUAL(read(fd, data, (size_t)st.st_size), st.st_size);
	close(fd);
	return (struct bytes){ data, (size_t)st.st_size };
}

static void kept_and_found(void)
{
	struct scene s;
	struct stat st;
	scene_open(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "-");
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(add(&s, two, "", begin));
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first"); /* before anything is written */
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first");
	CU_ASSERT_STRING_EQUAL(found(&s, "00000000000000A1", begin), "first");
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "");
	CU_ASSERT_STRING_EQUAL(found(&s, "00000000000000a3", begin), "-");
	CU_ASSERT_STRING_EQUAL(found(&s, "a1", begin), "-");
	open_again(&s);
	CU_ASSERT_TRUE(add(&s, one, "again", begin + 1));
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "again");
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_TRUE(add(&s, two, "lost by a kill", begin));
	open_again(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "again"); /* the latest */
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "");
	CU_ASSERT(stat(s.folder, &st) == 0 && (st.st_mode & 0777) == 0700);
	CU_ASSERT(stat(file(&s, 1), &st) == 0 && (st.st_mode & 0777) == 0600);
	scene_close(&s);
}

static void never_in_plain(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "PID|||S1^^^||YAMADA", begin));
	CU_ASSERT_TRUE(add(&s, two, "PID|||S1^^^||YAMADA", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	struct bytes b = octets_of(&s, file(&s, 0));
	size_t frame = EXCHANGE_BODY_HEAD + strlen("PID|||S1^^^||YAMADA") + TAG;
	CU_ASSERT_EQUAL_FATAL(b.length, FILE_HEAD + 2 * frame);
	CU_ASSERT_PTR_NULL(memmem(b.data, b.length, "YAMADA", 6));
	CU_ASSERT_PTR_NULL(memmem(b.data, b.length, "kkkk", 4));
	/* nor can it be seen that the two are the same */
	CU_ASSERT_NOT_EQUAL(memcmp(b.data + FILE_HEAD + EXCHANGE_BODY_HEAD,
				   b.data + FILE_HEAD + frame + EXCHANGE_BODY_HEAD, 19),
			    0);
	scene_close(&s);
}

static void another_key(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	write_key(&s, 'x');
	open_again(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "?");
	CU_ASSERT_TRUE(add(&s, two, "second", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "second");
	write_key(&s, 'k');
	open_again(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first");
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "?");
	scene_close(&s);
}

static void what_is_no_key(void)
{
	struct scene s;
	unsigned char octets[EXCHANGE_BODIES_KEY + 1] = { 1 };
	scene_open(&s);
	CU_ASSERT_PTR_NULL(exchange_bodies_key_fault(s.key));
	const struct {
		mode_t mode;
		size_t length;
	} rows[] = { { 0600, sizeof octets },
		     { 0600, sizeof octets - 2 },
		     { 0600, 0 },
		     { 0640, sizeof octets - 1 },
		     { 0604, sizeof octets - 1 } };
	exchange_bodies_close(s.bodies);
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_file(s.key, rows[i].mode, octets, rows[i].length);
		CU_ASSERT_PTR_NOT_NULL(exchange_bodies_key_fault(s.key));
		CU_ASSERT_PTR_NULL(opened(&s));
		CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFIGURATION);
		CU_ASSERT_STRING_EQUAL(s.problem.where, s.key);
	}
	CU_ASSERT_PTR_NOT_NULL(exchange_bodies_key_fault("/nowhere/key"));
	write_key(&s, 'k');
	s.bodies = opened(&s);
	CU_ASSERT_PTR_NOT_NULL(s.bodies);
	scene_close(&s);
}

/* As a kill, or a disk, leaves it: every length of a file of two. */
static void cut_files(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(add(&s, two, "second", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	const char *path = file(&s, 0);
	struct bytes whole = octets_of(&s, path);
	size_t first = FILE_HEAD + EXCHANGE_BODY_HEAD + 5 + TAG;
	for (size_t length = whole.length + 1; length-- > 0;) {
		CU_ASSERT_EQUAL_FATAL(truncate(path, (off_t)length), 0);
		open_again(&s);
		CU_ASSERT_STRING_EQUAL(found(&s, one, begin),
				       length >= first                            ? "first"
				       : length >= FILE_HEAD + EXCHANGE_BODY_HEAD ? "?"
										  : "-");
		CU_ASSERT_STRING_EQUAL(found(&s, two, begin), length == whole.length ? "second"
							      : length >= first + EXCHANGE_BODY_HEAD
								      ? "?"
								      : "-");
	}
	CU_ASSERT_TRUE(add(&s, one, "anew", begin)); /* it goes on in a file of its own */
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "anew");
	write_file(path, 0600, whole.data, whole.length);
	open_again(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "second");
	scene_close(&s);
}

/* No octet of it can be another: it is what was said, or it is nothing. */
static void altered_octets(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	const char *path = file(&s, 0);
	struct bytes whole = octets_of(&s, path);
	for (size_t i = 0; i < whole.length; i++)
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			unsigned char *other = arena_alloc(s.arena, whole.length);
			memcpy(other, whole.data, whole.length);
			other[i] ^= (unsigned char)bit;
			write_file(path, 0600, other, whole.length);
			const char *is = found(&s, one, begin);
			CU_ASSERT(strcmp(is, "?") == 0 || strcmp(is, "-") == 0);
		}
	write_file(path, 0600, whole.data, whole.length);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first");
	scene_close(&s);
}

/* Two files of two frames, all of one length. */
static void four_frames(struct scene *s, const char *paths[2], struct bytes whole[2])
{
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(add(s, one, i == 0 ? "1-one" : "2-one", begin));
		CU_ASSERT_TRUE(add(s, two, i == 0 ? "1-two" : "2-two", begin));
		CU_ASSERT_TRUE(written(s, begin));
		paths[i] = file(s, i);
		whole[i] = octets_of(s, paths[i]);
		open_again(s);
	}
	CU_ASSERT_EQUAL_FATAL(whole[0].length, whole[1].length);
}

/* No frame, and no file, can stand in the place of another. */
static void swapped_frames(void)
{
	struct scene s;
	const char *paths[2];
	struct bytes whole[2];
	scene_open(&s);
	four_frames(&s, paths, whole);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "2-one");
	size_t frame = (whole[1].length - FILE_HEAD) / 2;
	unsigned char *other = arena_alloc(s.arena, whole[1].length);
	memcpy(other, whole[1].data, FILE_HEAD); /* within the file */
	memcpy(other + FILE_HEAD, whole[1].data + FILE_HEAD + frame, frame);
	memcpy(other + FILE_HEAD + frame, whole[1].data + FILE_HEAD, frame);
	write_file(paths[1], 0600, other, whole[1].length);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "?");
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "?");
	memcpy(other, whole[1].data, whole[1].length); /* the one of the same place of another */
	memcpy(other + FILE_HEAD, whole[0].data + FILE_HEAD, frame);
	write_file(paths[1], 0600, other, whole[1].length);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "?");
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "2-two");
	write_file(paths[1], 0600, whole[0].data,
		   whole[0].length); /* a whole file, with its salt */
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "?");
	memcpy(other, whole[0].data, whole[0].length); /* of both the last part alone */
	memcpy(other + FILE_HEAD, whole[0].data + FILE_HEAD + frame, frame);
	write_file(paths[1], 0600, other, FILE_HEAD + frame);
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "?");
	write_file(paths[1], 0600, whole[1].data, whole[1].length);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "2-one");
	scene_close(&s);
}

static uint64_t used(const struct scene *s)
{
	char names[NAMES][17], path[400];
	struct stat st;
	uint64_t octets = 0;
	for (size_t n = names_of(s, names); n-- > 0;) {
		snprintf(path, sizeof path, "%s/%s", s->folder, names[n]);
		CU_ASSERT_EQUAL(stat(path, &st), 0);
		octets += ((uint64_t)st.st_size + 4095) / 4096 * 4096;
	}
	return octets;
}

/* The oldest go, and never more than a sixteenth of it too early. */
static void no_more_room(void)
{
	struct scene s;
	char id[24];
	enum { ALL = 400, LENGTH = 9000, LEAST_KEPT = ROOM / 16 * 14 / (LENGTH + 100) };
	scene_open(&s);
	char *text = arena_alloc(s.arena, LENGTH + 1);
	for (unsigned i = 0; i < ALL; i++) {
		snprintf(id, sizeof id, "%016x", i + 1);
		memset(text, 'a' + (int)(i % 26), LENGTH);
		text[LENGTH] = '\0';
		CU_ASSERT_TRUE_FATAL(add(&s, id, text, begin + i));
		CU_ASSERT_TRUE_FATAL(written(&s, begin + i));
		CU_ASSERT(used(&s) <= ROOM);
		if (i % 50 == 49)
			open_again(&s);
	}
	unsigned kept = 0;
	for (unsigned i = ALL; i-- > 0; kept++) {
		snprintf(id, sizeof id, "%016x", i + 1);
		if (found(&s, id, begin + ALL)[0] != 'a' + (int)(i % 26))
			break;
	}
	CU_ASSERT(kept >= LEAST_KEPT);
	CU_ASSERT_STRING_EQUAL(found(&s, "0000000000000001", begin + ALL), "-");
	CU_ASSERT_EQUAL(exchange_bodies_lost(s.bodies), 0);
	scene_close(&s);
}

/* What has no room even alone, what is too long, what has no id: not kept, and counted. */
static void what_cannot_be_kept(void)
{
	struct scene s;
	scene_open(&s);
	unsigned char *data = arena_alloc(s.arena, EXCHANGE_BODY_MOST + 1);
	memset(data, 'x', EXCHANGE_BODY_MOST + 1);
	CU_ASSERT_FALSE(exchange_bodies_add(s.bodies, one, begin,
					    (struct bytes){ data, EXCHANGE_BODY_MOST + 1 }));
	CU_ASSERT_FALSE(exchange_bodies_add(s.bodies, one, begin, (struct bytes){ data, ROOM }));
	CU_ASSERT_FALSE(add(&s, "a1", "x", begin));
	CU_ASSERT_FALSE(add(&s, "00000000000000g1", "x", begin));
	CU_ASSERT_FALSE(add(&s, one, "x", 0));
	CU_ASSERT_EQUAL(exchange_bodies_lost(s.bodies), 5);
	exchange_bodies_lose(s.bodies);
	CU_ASSERT_EQUAL(exchange_bodies_lost(s.bodies), 6);
	struct bytes half = { data, ROOM / 2 };
	unsigned taken = 0;
	while (taken < 100 && exchange_bodies_add(s.bodies, one, begin, half))
		taken++;
	CU_ASSERT_EQUAL(taken, EXCHANGE_BODIES_QUEUE / half.length - 1);
	CU_ASSERT_EQUAL(exchange_bodies_lost(s.bodies), 7);
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_TRUE(add(&s, two, "there is room again", begin));
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "there is room again");
	scene_close(&s);
}

static void days_end(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_TRUE(add(&s, two, "second", begin + 2 * day));
	CU_ASSERT_TRUE(written(&s, begin + 2 * day));
	char names[NAMES][17];
	CU_ASSERT_EQUAL(names_of(&s, names), 2); /* a sixteenth of the days is past */
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin + s.keep), "first");
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin + s.keep + 1), "-");
	CU_ASSERT_TRUE(exchange_bodies_drop_old(s.bodies, begin + s.keep + 1, &s.problem));
	CU_ASSERT_EQUAL(names_of(&s, names), 1);
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin + s.keep + 1), "second");
	CU_ASSERT_TRUE(add(&s, one, "waits", begin)); /* nor is what waits kept for longer */
	CU_ASSERT_TRUE(exchange_bodies_drop_old(s.bodies, begin + s.keep + 1, &s.problem));
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "-");
	open_again(&s);
	CU_ASSERT_TRUE(written(&s, begin + 3 * day + s.keep)); /* as if it went on for its time */
	CU_ASSERT_EQUAL(names_of(&s, names), 1);
	CU_ASSERT_TRUE(written(&s, begin + 3 * day + s.keep + 1));
	CU_ASSERT_EQUAL(names_of(&s, names), 0);
	scene_close(&s);
}

/* A clock that was ahead keeps nothing for ever. */
static void moments_to_come(void)
{
	struct scene s;
	char names[NAMES][17];
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "later", begin + 1000 * day));
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_TRUE(written(&s, begin)); /* now it is seen */
	CU_ASSERT_EQUAL(names_of(&s, names), 1);
	CU_ASSERT_TRUE(written(&s, begin + s.keep));
	CU_ASSERT_EQUAL(names_of(&s, names), 1);
	CU_ASSERT_TRUE(written(&s, begin + s.keep + 1));
	CU_ASSERT_EQUAL(names_of(&s, names), 0);
	scene_close(&s);
}

/* Nothing is lost, and what was written by halves stands in nothing's way. */
static void full_disk(void)
{
	static const char *const calls[] = { "write", "fdatasync", "fsync" };
	struct scene s;
	char names[NAMES][17];
	scene_open(&s);
	for (size_t i = 0; i < COUNT(calls); i++) {
		open_again(&s);
		CU_ASSERT_TRUE(add(&s, one, calls[i], begin));
		failing_arm(calls[i], 0);
		CU_ASSERT_FALSE(written(&s, begin));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(s.problem.code, PROBLEM_STORE_FULL);
		CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, "exchange-bodies"));
		CU_ASSERT_EQUAL(names_of(&s, names), i);
		CU_ASSERT_STRING_EQUAL(found(&s, one, begin), calls[i]);
		CU_ASSERT_TRUE(written(&s, begin));
		CU_ASSERT_STRING_EQUAL(found(&s, one, begin), calls[i]);
	}
	struct bytes before = octets_of(&s, file(&s, 2)), after;
	for (unsigned passing = 0; passing < 2; passing++) { /* a frame, and what begins anew */
		CU_ASSERT_TRUE(add(&s, two, passing == 0 ? "half" : "halves", begin));
		failing_arm("write", passing);
		CU_ASSERT_FALSE(written(&s, begin));
		CU_ASSERT_TRUE(failing_disarm());
		after = octets_of(&s, file(&s, 2));
		CU_ASSERT_TRUE(bytes_equal(before, after)); /* what was written of it is gone */
	}
	CU_ASSERT_TRUE(written(&s, begin));
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "halves");
	open_again(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "halves");
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "fsync");
	CU_ASSERT_EQUAL(exchange_bodies_lost(s.bodies), 0);
	scene_close(&s);
}

static void a_disk_that_cannot(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	for (unsigned passing = 0; passing < 3; passing++) {
		failing_arm("pread", passing);
		CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "!");
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, "could not be read"));
		s.problem = (struct problem){ .code = PROBLEM_NONE };
	}
	failing_arm("unlinkat", 0);
	CU_ASSERT_FALSE(written(&s, begin + 2 * s.keep));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first");
	failing_arm("fsync",
		    0); /* it is gone, and may come again by a crash: that is tried again */
	CU_ASSERT_FALSE(written(&s, begin + 2 * s.keep));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "-");
	CU_ASSERT_TRUE(written(&s, begin + 2 * s.keep));
	scene_close(&s);
}

/* What a kill leaves between the making of a file and its first frame; what others put there. */
static void what_lies_there(void)
{
	struct scene s;
	char path[400], names[NAMES][17];
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "first", begin));
	CU_ASSERT_TRUE(written(&s, begin));
	struct bytes whole = octets_of(&s, file(&s, 0));
	snprintf(path, sizeof path, "%s/0000000000000002", s.folder);
	for (size_t length = 0; length <= FILE_HEAD + 3; length++) {
		write_file(path, 0600, whole.data, length);
		open_again(&s);
		CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first");
	}
	snprintf(path, sizeof path, "%s/0000000000000003", s.folder);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0); /* nobody waits for who writes */
	snprintf(path, sizeof path, "%s/0000000000000004", s.folder);
	CU_ASSERT_EQUAL(symlink(s.key, path), 0);
	snprintf(path, sizeof path, "%s/0000000000000005", s.folder);
	CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
	write_file(arena_printf(s.arena, "%s/others", s.folder), 0600, "x", 1);
	open_again(&s);
	CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "first");
	CU_ASSERT_TRUE(add(&s, two, "second", begin));
	CU_ASSERT_TRUE(written(&s, begin)); /* never over what is there */
	CU_ASSERT_EQUAL(names_of(&s, names), 6);
	CU_ASSERT_STRING_EQUAL(names[5], "0000000000000006");
	CU_ASSERT_STRING_EQUAL(found(&s, two, begin), "second");
	exchange_bodies_forget(s.directory);
	CU_ASSERT_EQUAL(names_of(&s, names),
			3); /* what is nobody's here stays, and so its folder */
	CU_ASSERT_EQUAL(octets_of(&s, s.key).length, EXCHANGE_BODIES_KEY);
	CU_ASSERT_EQUAL(system(arena_printf(s.arena, "rm -r '%s'", s.folder)), 0);
	scene_close(&s);
}

static void none_at_all(void)
{
	struct scene s;
	struct bytes out;
	scene_open(&s);
	exchange_bodies_forget("/nowhere/at/all");
	CU_ASSERT_FALSE(exchange_bodies_add(NULL, one, begin, bytes_of_text("x")));
	CU_ASSERT_EQUAL(exchange_bodies_find(NULL, s.arena, one, begin, &out, &s.problem),
			BODY_ABSENT);
	CU_ASSERT_TRUE(exchange_bodies_write(NULL, begin, &s.problem));
	CU_ASSERT_TRUE(exchange_bodies_drop_old(NULL, begin, &s.problem));
	CU_ASSERT_EQUAL(exchange_bodies_lost(NULL), 0);
	exchange_bodies_lose(NULL);
	exchange_bodies_close(NULL);
	exchange_bodies_close(s.bodies);
	exchange_bodies_forget(s.directory);
	write_file(s.folder, 0600, "", 0); /* a file stands there */
	CU_ASSERT_PTR_NULL(opened(&s));
	CU_ASSERT_STRING_EQUAL(s.problem.where, s.folder);
	CU_ASSERT_EQUAL(unlink(s.folder), 0);
	s.bodies = NULL;
	scene_close(&s);
}

struct adding {
	struct scene *s;
	unsigned whose;
	_Atomic unsigned *left;
};

static void *add_some(void *with)
{
	struct adding *w = with;
	char id[24];
	for (unsigned i = 0; i < EACH; i++) {
		snprintf(id, sizeof id, "%08x%08x", w->whose + 1, i);
		CU_ASSERT_TRUE(exchange_bodies_add(w->s->bodies, id, begin, bytes_of_text(id)));
	}
	atomic_fetch_sub(w->left, 1);
	return NULL;
}

/* Workers add, upkeep writes, an operator asks: it is always in the queue, or on the disk. */
static void several_threads(void)
{
	struct scene s;
	pthread_t threads[WRITERS];
	struct adding w[WRITERS];
	_Atomic unsigned left = WRITERS;
	char id[24];
	scene_open(&s);
	CU_ASSERT_TRUE(add(&s, one, "there", begin));
	for (unsigned i = 0; i < WRITERS; i++) {
		w[i] = (struct adding){ &s, i, &left };
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, add_some, &w[i]), 0);
	}
	while (atomic_load(&left) > 0) {
		CU_ASSERT_TRUE(written(&s, begin));
		CU_ASSERT_STRING_EQUAL(found(&s, one, begin), "there");
	}
	for (unsigned i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_TRUE(written(&s, begin));
	open_again(&s);
	for (unsigned i = 0; i < WRITERS * EACH; i++) {
		snprintf(id, sizeof id, "%08x%08x", i / EACH + 1, i % EACH);
		CU_ASSERT_STRING_EQUAL(found(&s, id, begin), id);
	}
	scene_close(&s);
}

static const struct test tests[] = { { "kept and found", kept_and_found },
				     { "never in plain", never_in_plain },
				     { "another key", another_key },
				     { "what is no key", what_is_no_key },
				     { "cut files", cut_files },
				     { "altered octets", altered_octets },
				     { "swapped frames", swapped_frames },
				     { "no more room", no_more_room },
				     { "what cannot be kept", what_cannot_be_kept },
				     { "days end", days_end },
				     { "moments to come", moments_to_come },
				     { "full disk", full_disk },
				     { "a disk that cannot", a_disk_that_cannot },
				     { "what lies there", what_lies_there },
				     { "none at all", none_at_all },
				     { "several threads", several_threads },
				     { 0 } };

int main(void)
{
	return suite_run("store: bodies of exchanges", tests);
}
