/* tests/base/spool_test.c: an answer is what was passed on, wherever it was kept; and what cannot
 * be kept fails alone, and holds nothing. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "tests/base/failing.h"
#include "tests/base/open_files.h"

enum { ARENA = 64 << 20, PIECE = 1000, THREADS = 4, ROUNDS = 50 };

static atomic_int failing_errno;      /* what a call that fails says; 0: that it took nothing */
static atomic_bool short_calls;       /* less than was wanted is written and read at a time */
static _Atomic uint64_t left_on_disk; /* what fstatvfs() tells; 0: the truth */

int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...)
{
	if (failing_now("openat")) {
		errno = atomic_load(&failing_errno);
		return -1;
	}
	return __real_openat(directory, path, flags, 0600);
}

static ssize_t failure(void)
{
	errno = atomic_load(&failing_errno);
	return errno == 0 ? 0 : -1;
}

static size_t shortened(size_t length)
{
	return atomic_load(&short_calls) && length > PIECE ? PIECE : length;
}

ssize_t __real_pwrite(int fd, const void *octets, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t length, off_t at)
{
	return failing_now("pwrite") ? failure() : __real_pwrite(fd, octets, shortened(length), at);
}

ssize_t __real_pread(int fd, void *octets, size_t length, off_t at);
ssize_t __wrap_pread(int fd, void *octets, size_t length, off_t at);
ssize_t __wrap_pread(int fd, void *octets, size_t length, off_t at)
{
	return failing_now("pread") ? failure() : __real_pread(fd, octets, shortened(length), at);
}

int __real_fstatvfs(int fd, struct statvfs *fs);
int __wrap_fstatvfs(int fd, struct statvfs *fs);
int __wrap_fstatvfs(int fd, struct statvfs *fs)
{
	int said = __real_fstatvfs(fd, fs);
	fs->f_frsize = 1;
	fs->f_bavail = atomic_load(&left_on_disk) == 0 ? UINT64_MAX : atomic_load(&left_on_disk);
	return said;
}

struct place {
	char directory[32];
	struct spools *all;
	struct arena *arena;
	unsigned files;
};

static void place_open(struct place *p)
{
	*p = (struct place){ .directory = "/tmp/minato-spool-XXXXXX" };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->directory));
	p->files = open_files();
	p->all = spools_create(p->directory);
	p->arena = arena_create(ARENA);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->all);
}

static struct spools_counts counted(const struct place *p)
{
	struct spools_counts n;
	spools_count(p->all, &n);
	return n;
}

/* The directory is empty, every share is back, no file is open. */
static void place_close(struct place *p)
{
	arena_destroy(p->arena);
	CU_ASSERT_EQUAL(counted(p).memory, 0);
	CU_ASSERT_EQUAL(counted(p).disk, 0);
	spools_destroy(p->all);
	CU_ASSERT_EQUAL(open_files(), p->files);
	CU_ASSERT_EQUAL(rmdir(p->directory), 0);
}

/* Octets by their place, so that one that is lost, or stands elsewhere, shows. */
static unsigned char octet_at(size_t place)
{
	return (unsigned char)(place * 7 + place / 251);
}

static void write_some(struct spool *s, struct arena *a, size_t length)
{
	struct buffer b = buffer_in(a);
	buffer_grow(&b, SPOOL_WINDOW);
	for (size_t i = 0; i < length; i++) {
		if (b.length == SPOOL_WINDOW)
			spool_pass(s, &b);
		b.data[b.length++] = octet_at(i);
	}
	spool_end(s, buffer_bytes(&b));
}

static bool is_whole(struct spool *s, size_t length)
{
	struct bytes all;
	if (!spool_read(s, &all) || all.length != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (all.data[i] != octet_at(i))
			return false;
	return true;
}

static unsigned count_parts(const struct spool *s)
{
	unsigned count = 0;
	for (const struct spool_part *part = spool_parts(s); part != NULL; part = part->next)
		count++;
	return count;
}

static const struct {
	const char *why;
	size_t length;
	unsigned parts;
	uint64_t memory, disk;
} lengths[] = {
	{ "nothing", 0, 0, 0, 0 },
	{ "one octet", 1, 1, 0, 0 },
	{ "a window", SPOOL_WINDOW, 1, 0, 0 },
	{ "a window and one octet", SPOOL_WINDOW + 1, 2, SPOOL_WINDOW, 0 },
	{ "all of its memory, and a window", SPOOL_MEMORY + SPOOL_WINDOW,
	  SPOOL_MEMORY / SPOOL_WINDOW + 1, SPOOL_MEMORY, 0 },
	{ "one octet more", SPOOL_MEMORY + SPOOL_WINDOW + 1, SPOOL_MEMORY / SPOOL_WINDOW + 2,
	  SPOOL_MEMORY, SPOOL_WINDOW },
	{ "much more", 20 * SPOOL_MEMORY + 77, SPOOL_MEMORY / SPOOL_WINDOW + 2, SPOOL_MEMORY,
	  19 * SPOOL_MEMORY },
};

static void what_was_written_is_there(void)
{
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct place p;
		place_open(&p);
		struct spool *s = spool_begin(p.all, p.arena);
		write_some(s, p.arena, lengths[i].length);
		if (spool_length(s) != lengths[i].length || count_parts(s) != lengths[i].parts
		    || counted(&p).memory != lengths[i].memory
		    || counted(&p).disk != lengths[i].disk)
			CU_FAIL(lengths[i].why);
		CU_ASSERT_EQUAL(counted(&p).files, lengths[i].disk != 0);
		CU_ASSERT_TRUE(is_whole(s, lengths[i].length));
		CU_ASSERT_PTR_NULL(spool_problem(s));
		place_close(&p);
	}
}

static void few_octets_at_a_time(void)
{
	struct place p;
	place_open(&p);
	struct spool *s = spool_begin(p.all, p.arena);
	atomic_store(&short_calls, true);
	write_some(s, p.arena, 3 * SPOOL_MEMORY);
	CU_ASSERT_TRUE(is_whole(s, 3 * SPOOL_MEMORY));
	atomic_store(&short_calls, false);
	place_close(&p);
}

static void without_a_service_it_stays_in_memory(void)
{
	struct arena *a = arena_create(ARENA);
	struct spool *s = spool_begin(NULL, a);
	write_some(s, a, 3 * SPOOL_MEMORY);
	CU_ASSERT_TRUE(is_whole(s, 3 * SPOOL_MEMORY));
	arena_destroy(a);
}

/* Each call, each way it fails, early and late. EINTR is no failure; nor is a file system that does
 * not know files without a name. */
static const struct {
	const char *call;
	unsigned passing;
	int error;
	enum problem_code problem;
} failures[] = {
	{ "openat", 0, EMFILE, PROBLEM_INTERNAL },   { "openat", 0, ENOSPC, PROBLEM_STORE_FULL },
	{ "openat", 0, EDQUOT, PROBLEM_STORE_FULL }, { "openat", 0, EACCES, PROBLEM_INTERNAL },
	{ "openat", 0, EOPNOTSUPP, PROBLEM_NONE },   { "openat", 0, EISDIR, PROBLEM_NONE },
	{ "pwrite", 0, ENOSPC, PROBLEM_STORE_FULL }, { "pwrite", 9, ENOSPC, PROBLEM_STORE_FULL },
	{ "pwrite", 1, EDQUOT, PROBLEM_STORE_FULL }, { "pwrite", 1, EFBIG, PROBLEM_STORE_FULL },
	{ "pwrite", 0, EIO, PROBLEM_INTERNAL },      { "pwrite", 9, EIO, PROBLEM_INTERNAL },
	{ "pwrite", 3, 0, PROBLEM_STORE_FULL },      { "pwrite", 0, EINTR, PROBLEM_NONE },
	{ "pwrite", 5, EINTR, PROBLEM_NONE },        { "pread", 0, EINTR, PROBLEM_NONE },
	{ "pread", 0, EIO, PROBLEM_INTERNAL },       { "pread", 0, 0, PROBLEM_INTERNAL },
};

static void what_fails_fails_alone(void)
{
	for (size_t i = 0; i < COUNT(failures); i++) {
		const size_t length = 3 * SPOOL_MEMORY + 5;
		struct place p;
		place_open(&p);
		struct spool *s = spool_begin(p.all, p.arena), *other = spool_begin(p.all, p.arena);
		atomic_store(&failing_errno, failures[i].error);
		failing_arm(failures[i].call, failures[i].passing);
		write_some(s, p.arena, length);
		bool whole = is_whole(s, length);
		CU_ASSERT_TRUE(failing_disarm());
		const struct problem *why = spool_problem(s);
		enum problem_code code = why == NULL ? PROBLEM_NONE : why->code;
		if (code != failures[i].problem || whole != (code == PROBLEM_NONE)) {
			printf("\n%s: %s: %s\n", failures[i].call, strerror(failures[i].error),
			       why == NULL ? "no problem" : why->what);
			CU_FAIL("another end was expected");
		}
		CU_ASSERT_EQUAL(counted(&p).failed, code != PROBLEM_NONE);
		CU_ASSERT_EQUAL(counted(&p).disk == 0, code != PROBLEM_NONE);
		write_some(other, p.arena, length);
		CU_ASSERT_TRUE(is_whole(other, length));
		place_close(&p);
	}
}

/* The disk is the store's: an answer leaves some of it. */
static void the_stores_room_is_left_alone(void)
{
	struct place p;
	place_open(&p);
	struct spool *s = spool_begin(p.all, p.arena);
	atomic_store(&left_on_disk, 1 << 20);
	write_some(s, p.arena, 2 * SPOOL_MEMORY);
	CU_ASSERT_EQUAL(spool_problem(s)->code, PROBLEM_STORE_FULL);
	atomic_store(&left_on_disk, 0);
	place_close(&p);
}

static void memory_is_of_all(void)
{
	struct place p;
	place_open(&p);
	spools_allow(p.all, 3 * SPOOL_WINDOW, UINT64_MAX);
	struct spool *first = spool_begin(p.all, p.arena), *second = spool_begin(p.all, p.arena);
	write_some(first, p.arena, 3 * SPOOL_WINDOW);
	write_some(second, p.arena, 3 * SPOOL_WINDOW);
	CU_ASSERT_EQUAL(counted(&p).memory, 3 * SPOOL_WINDOW);
	CU_ASSERT_EQUAL(counted(&p).disk, SPOOL_WINDOW);
	CU_ASSERT_TRUE(is_whole(first, 3 * SPOOL_WINDOW) && is_whole(second, 3 * SPOOL_WINDOW));
	place_close(&p);
}

static void so_is_the_disk(void)
{
	struct place p;
	place_open(&p);
	spools_allow(p.all, 0, 4 * SPOOL_WINDOW);
	struct arena *a = arena_create(ARENA);
	struct spool *first = spool_begin(p.all, a);
	write_some(first, a, 4 * SPOOL_WINDOW);
	CU_ASSERT_EQUAL(counted(&p).disk, 3 * SPOOL_WINDOW);
	struct spool *second = spool_begin(p.all, p.arena);
	write_some(second, p.arena, 4 * SPOOL_WINDOW);
	CU_ASSERT_EQUAL(spool_problem(second)->code, PROBLEM_ANSWERS_FULL);
	CU_ASSERT_EQUAL(spool_length(second), 0);
	CU_ASSERT_EQUAL(counted(&p).disk, 3 * SPOOL_WINDOW);
	CU_ASSERT_TRUE(is_whole(first, 4 * SPOOL_WINDOW));
	arena_destroy(a); /* it is sent: there is room again */
	struct spool *third = spool_begin(p.all, p.arena);
	write_some(third, p.arena, 4 * SPOOL_WINDOW);
	CU_ASSERT_TRUE(is_whole(third, 4 * SPOOL_WINDOW));
	place_close(&p);
}

static void what_is_not_wanted_is_given_back(void)
{
	struct place p;
	struct bytes none;
	place_open(&p);
	struct spool *s = spool_begin(p.all, p.arena);
	write_some(s, p.arena, 2 * SPOOL_MEMORY);
	CU_ASSERT(counted(&p).memory != 0 && counted(&p).disk != 0);
	spool_discard(s);
	CU_ASSERT(counted(&p).memory == 0 && counted(&p).disk == 0);
	CU_ASSERT_EQUAL(open_files(), p.files + 1); /* the directory */
	write_some(s, p.arena, 2 * SPOOL_MEMORY);
	CU_ASSERT_EQUAL(spool_length(s), 0);
	CU_ASSERT_FALSE(spool_read(s, &none));
	CU_ASSERT_PTR_NULL(spool_problem(s));
	CU_ASSERT_EQUAL(counted(&p).failed, 0);
	place_close(&p);
}

static void *keep_writing(void *with)
{
	struct place *p = with;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct arena *a = arena_create(ARENA);
		struct spool *s = spool_begin(p->all, a);
		write_some(s, a, 2 * SPOOL_MEMORY);
		const struct problem *why = spool_problem(s);
		if (why == NULL ? !is_whole(s, 2 * SPOOL_MEMORY)
				: why->code != PROBLEM_ANSWERS_FULL)
			abort();
		arena_destroy(a);
	}
	return NULL;
}

/* More than there is room for at once: each is whole, or was refused; in the end nothing is
 * held. */
static void threads_share_the_budget(void)
{
	pthread_t threads[THREADS];
	struct place p;
	place_open(&p);
	spools_allow(p.all, SPOOL_MEMORY, 4 * SPOOL_MEMORY);
	for (unsigned i = 0; i < THREADS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, keep_writing, &p), 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(counted(&p).memory, 0);
	CU_ASSERT_EQUAL(counted(&p).disk, 0);
	place_close(&p);
}

static bool add_octets(struct spool_file *f, size_t from, size_t length)
{
	unsigned char octets[SPOOL_WINDOW];
	for (size_t i = 0; i < length; i++)
		octets[i] = octet_at(from + i);
	return spool_file_write(f, (struct bytes){ octets, length });
}

static bool file_holds(const struct spool_file *f, size_t length)
{
	static unsigned char octets[4 * SPOOL_WINDOW];
	if (spool_file_length(f) != length
	    || __real_pread(spool_file_descriptor(f), octets, sizeof octets, 0) != (ssize_t)length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (octets[i] != octet_at(i))
			return false;
	return true;
}

/* It is there as long as one of its holders is, and takes of the budget as long. */
static void a_file_has_holders(void)
{
	struct place p;
	struct problem why = { .code = PROBLEM_NONE };
	place_open(&p);
	struct spool_file *f = spool_file_begin(p.all, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	atomic_store(&short_calls, true);
	CU_ASSERT_TRUE(add_octets(f, 0, SPOOL_WINDOW));
	CU_ASSERT_TRUE(add_octets(f, SPOOL_WINDOW, 10));
	atomic_store(&short_calls, false);
	CU_ASSERT_PTR_NULL(spool_file_problem(f));
	CU_ASSERT_TRUE(file_holds(f, SPOOL_WINDOW + 10));
	spool_file_let_go(spool_file_hold(f));
	CU_ASSERT_TRUE(file_holds(f, SPOOL_WINDOW + 10));
	CU_ASSERT_EQUAL(counted(&p).disk, SPOOL_WINDOW + 10);
	CU_ASSERT_EQUAL(counted(&p).files, 1);
	spool_file_let_go(f);
	spool_file_let_go(NULL);
	place_close(&p);
}

/* Each failure is that file's, at once gives back what it held, and stays. */
static void a_file_fails_alone(void)
{
	static const struct {
		const char *call;
		int error;
		uint64_t disk, left;
		enum problem_code code;
	} rows[] = {
		{ "pwrite", ENOSPC, UINT64_MAX, 0, PROBLEM_STORE_FULL },
		{ "pwrite", EDQUOT, UINT64_MAX, 0, PROBLEM_STORE_FULL },
		{ "pwrite", EIO, UINT64_MAX, 0, PROBLEM_INTERNAL },
		{ "pwrite", 0, UINT64_MAX, 0, PROBLEM_STORE_FULL },
		{ NULL, 0, SPOOL_WINDOW - 1, 0, PROBLEM_ANSWERS_FULL },
		{ NULL, 0, UINT64_MAX, 1, PROBLEM_STORE_FULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct place p;
		struct problem why = { .code = PROBLEM_NONE };
		place_open(&p);
		spools_allow(p.all, UINT64_MAX, rows[i].disk);
		struct spool_file *f = spool_file_begin(p.all, &why);
		struct spool_file *other = spool_file_begin(p.all, &why);
		CU_ASSERT_TRUE_FATAL(f != NULL && other != NULL);
		atomic_store(&failing_errno, rows[i].error);
		atomic_store(&left_on_disk, rows[i].left);
		if (rows[i].call != NULL)
			failing_arm(rows[i].call, 0);
		CU_ASSERT_FALSE(add_octets(f, 0, SPOOL_WINDOW));
		failing_disarm();
		atomic_store(&left_on_disk, 0);
		CU_ASSERT_FALSE(add_octets(f, 0, 1));
		CU_ASSERT_PTR_NOT_NULL_FATAL(spool_file_problem(f));
		CU_ASSERT_EQUAL(spool_file_problem(f)->code, rows[i].code);
		CU_ASSERT_EQUAL(spool_file_descriptor(f), -1);
		CU_ASSERT_EQUAL(counted(&p).disk, 0);
		CU_ASSERT_EQUAL(counted(&p).failed, 1);
		CU_ASSERT_TRUE(add_octets(other, 0, 10));
		CU_ASSERT_TRUE(file_holds(other, 10));
		spool_file_let_go(f);
		spool_file_let_go(other);
		place_close(&p);
	}
}

static void a_file_that_cannot_be_begun(void)
{
	struct place p;
	struct problem why = { .code = PROBLEM_NONE };
	place_open(&p);
	atomic_store(&failing_errno, EMFILE);
	failing_arm("openat", 0);
	CU_ASSERT_PTR_NULL(spool_file_begin(p.all, &why));
	failing_disarm();
	CU_ASSERT_EQUAL(why.code, PROBLEM_INTERNAL);
	place_close(&p);
}

static void no_directory_no_spools(void)
{
	CU_ASSERT_PTR_NULL(spools_create("/nonexistent/minato"));
	spools_destroy(NULL);
}

static const struct test tests[] = {
	{ "what was written is there", what_was_written_is_there },
	{ "few octets at a time", few_octets_at_a_time },
	{ "without a service it stays in memory", without_a_service_it_stays_in_memory },
	{ "what fails fails alone", what_fails_fails_alone },
	{ "the store's room is left alone", the_stores_room_is_left_alone },
	{ "memory is of all", memory_is_of_all },
	{ "so is the disk", so_is_the_disk },
	{ "what is not wanted is given back", what_is_not_wanted_is_given_back },
	{ "threads share the budget", threads_share_the_budget },
	{ "a file has holders", a_file_has_holders },
	{ "a file fails alone", a_file_fails_alone },
	{ "a file that cannot be begun", a_file_that_cannot_be_begun },
	{ "no directory, no spools", no_directory_no_spools },
	{ 0 }
};

int main(void)
{
	return suite_run("base: spool", tests);
}
