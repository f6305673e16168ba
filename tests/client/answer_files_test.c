/* tests/client/answer_files_test.c: octets on their way to files: bounded, in order, and nobody
 * waits for a disk. The disk is a gate that the test opens and shuts. */
#include "tests/base/suite.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/spool.h"
#include "gateway/client/answer_files.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool shut;
static unsigned at_gate, tellings;
static int disk_error;

ssize_t __real_pwrite(int fd, const void *octets, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t length, off_t at)
{
	pthread_mutex_lock(&lock);
	at_gate++;
	pthread_cond_broadcast(&changed);
	while (shut)
		pthread_cond_wait(&changed, &lock);
	at_gate--;
	int error = disk_error;
	pthread_mutex_unlock(&lock);
	if (error == 0)
		return __real_pwrite(fd, octets, length, at);
	errno = error;
	return -1;
}

static void set_gate(bool is_shut)
{
	pthread_mutex_lock(&lock);
	shut = is_shut;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void somebody_at_gate(void)
{
	pthread_mutex_lock(&lock);
	while (at_gate == 0)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void wrote(void *with)
{
	pthread_mutex_lock(&lock);
	(*(unsigned *)with)++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

struct bed {
	struct spools *spools;
	struct answer_files *all;
	struct spool_file *file;
	struct answer_file *f;
};

static void bed_make(struct bed *b)
{
	struct problem p = { .code = PROBLEM_NONE };
	tellings = 0;
	disk_error = 0;
	b->spools = spools_create("/tmp");
	b->all = answer_files_start(wrote, &tellings);
	b->file = spool_file_begin(b->spools, &p);
	CU_ASSERT_TRUE_FATAL(b->all != NULL && b->file != NULL);
	b->f = answer_file_begin(b->all, b->file);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->f);
}

/* Nothing of the budget is held by anybody any more. */
static void bed_end(struct bed *b)
{
	struct spools_counts n;
	answer_file_forget(b->f);
	answer_files_stop(b->all);
	spool_file_let_go(b->file);
	spools_count(b->spools, &n);
	CU_ASSERT_EQUAL(n.disk, 0);
	spools_destroy(b->spools);
}

static enum answer_taken add(struct answer_file *f, size_t from, size_t length)
{
	static unsigned char octets[4 * ANSWER_PIECE];
	for (size_t i = 0; i < length; i++)
		octets[i] = (unsigned char)((from + i) * 7 + (from + i) / 251);
	return answer_file_add(f, (struct bytes){ octets, length });
}

/* A telling that came between the look and the wait is not missed: it is counted. */
static void settle(struct answer_file *f)
{
	for (;;) {
		pthread_mutex_lock(&lock);
		unsigned before = tellings;
		pthread_mutex_unlock(&lock);
		if (answer_file_is_settled(f))
			return;
		pthread_mutex_lock(&lock);
		while (before == tellings)
			pthread_cond_wait(&changed, &lock);
		pthread_mutex_unlock(&lock);
	}
}

static bool holds(const struct spool_file *file, size_t length)
{
	bool same = spool_file_length(file) == length;
	unsigned char octets[4096];
	for (size_t at = 0; same && at < length;) {
		ssize_t n = pread(spool_file_descriptor(file), octets, sizeof octets, (off_t)at);
		same = n > 0;
		for (ssize_t i = 0; same && i < n; i++, at++)
			same = octets[i] == (unsigned char)(at * 7 + at / 251);
	}
	return same;
}

/* Whatever it comes in, it is there in order. */
static void comes_in_any_pieces(void)
{
	static const size_t pieces[] = {
		1, 100, 16384, ANSWER_PIECE - 1, ANSWER_PIECE, ANSWER_PIECE + 1, 4 * ANSWER_PIECE
	};
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct bed b;
		size_t length = 0;
		bed_make(&b);
		for (unsigned n = 0; n < 5; n++) {
			enum answer_taken taken;
			while ((taken = add(b.f, length, pieces[i])) == ANSWER_WAITS)
				sched_yield();
			CU_ASSERT_EQUAL(taken, ANSWER_TAKEN);
			length += pieces[i];
		}
		answer_file_end(b.f);
		settle(b.f);
		CU_ASSERT_TRUE(holds(b.file, length));
		bed_end(&b);
	}
}

/* While the disk stands so much is taken and no more, and who waits is told when it goes on. */
static void a_disk_that_stands(void)
{
	struct bed b;
	size_t length = 0;
	set_gate(true);
	bed_make(&b);
	while (add(b.f, length, ANSWER_PIECE / 4) == ANSWER_TAKEN)
		length += ANSWER_PIECE / 4;
	CU_ASSERT_EQUAL(length, ANSWER_PIECES * ANSWER_PIECE);
	CU_ASSERT_FALSE(answer_file_has_room(b.f, ANSWER_PIECE));
	CU_ASSERT_EQUAL(tellings, 0);
	set_gate(false);
	pthread_mutex_lock(&lock);
	while (tellings == 0)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	answer_file_end(b.f);
	settle(b.f);
	CU_ASSERT_TRUE(holds(b.file, length));
	CU_ASSERT_TRUE(answer_file_has_room(b.f, ANSWER_PIECE));
	bed_end(&b);
}

/* All together have a bound as well, and whoever has nothing of it is told when there is room. */
static void many_files(void)
{
	enum { MANY = ANSWER_PIECES_ALL / ANSWER_PIECES + 2 };
	struct bed b;
	struct answer_file *others[MANY];
	struct spool_file *files[MANY];
	struct problem p = { .code = PROBLEM_NONE };
	size_t taken = 0;
	set_gate(true);
	bed_make(&b);
	for (unsigned i = 0; i < MANY; i++) {
		files[i] = spool_file_begin(b.spools, &p);
		others[i] = answer_file_begin(b.all, files[i]);
		for (size_t n = 0; add(others[i], n, ANSWER_PIECE) == ANSWER_TAKEN;)
			taken += ANSWER_PIECE, n += ANSWER_PIECE;
	}
	CU_ASSERT_EQUAL(taken, (size_t)ANSWER_PIECES_ALL * ANSWER_PIECE);
	CU_ASSERT_EQUAL(add(b.f, 0, ANSWER_PIECE), ANSWER_WAITS);
	set_gate(false);
	while (add(b.f, 0, ANSWER_PIECE) == ANSWER_WAITS)
		sched_yield();
	answer_file_end(b.f);
	settle(b.f);
	CU_ASSERT_TRUE(holds(b.file, ANSWER_PIECE));
	CU_ASSERT_TRUE(tellings > 0);
	for (unsigned i = 0; i < MANY; i++) {
		answer_file_forget(others[i]);
		spool_file_let_go(files[i]);
	}
	bed_end(&b);
}

/* Nobody wants it any more while pieces of it wait: they are dropped, and the thread frees it. */
static void is_forgotten(void)
{
	struct bed b;
	set_gate(true);
	bed_make(&b);
	CU_ASSERT_EQUAL(add(b.f, 0, 2 * ANSWER_PIECE + 5), ANSWER_TAKEN);
	somebody_at_gate();
	answer_file_forget(b.f);
	b.f = NULL;
	set_gate(false);
	bed_end(&b);
}

/* What the disk refuses ends this one: it takes no more, and its file says why. */
static void a_disk_that_is_full(void)
{
	struct bed b, other;
	struct problem p = { .code = PROBLEM_NONE };
	bed_make(&b);
	disk_error = ENOSPC;
	CU_ASSERT_EQUAL(add(b.f, 0, ANSWER_PIECE), ANSWER_TAKEN);
	answer_file_end(b.f);
	settle(b.f);
	CU_ASSERT_EQUAL(add(b.f, 0, 1), ANSWER_FAILED);
	CU_ASSERT_TRUE(answer_file_has_room(b.f, 1)); /* nothing is to wait for it */
	CU_ASSERT_PTR_NOT_NULL_FATAL(spool_file_problem(b.file));
	CU_ASSERT_EQUAL(spool_file_problem(b.file)->code, PROBLEM_STORE_FULL);
	disk_error = 0;
	other = b;
	other.file = spool_file_begin(b.spools, &p);
	other.f = answer_file_begin(b.all, other.file);
	CU_ASSERT_EQUAL(add(other.f, 0, 100), ANSWER_TAKEN);
	answer_file_end(other.f);
	settle(other.f);
	CU_ASSERT_TRUE(holds(other.file, 100));
	answer_file_forget(other.f);
	spool_file_let_go(other.file);
	answer_file_forget(NULL);
	bed_end(&b);
	answer_files_stop(NULL);
}

static const struct test tests[] = { { "comes in any pieces", comes_in_any_pieces },
				     { "a disk that stands holds up its own", a_disk_that_stands },
				     { "many files have one bound", many_files },
				     { "a file that is forgotten", is_forgotten },
				     { "a disk that is full", a_disk_that_is_full },
				     { 0 } };

int main(void)
{
	return suite_run("answer files", tests);
}
