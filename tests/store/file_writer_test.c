/* tests/store/file_writer_test.c: pieces of large files are written in order by a thread, a bounded
 * number waits, and what fails is told. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "store/file_writer.h"

enum { PIECE = 1000, MANY = 40 };

/* Whoever writes waits here while it is shut. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint passed;
static atomic_int fails_with; /* once, instead of writing */

ssize_t __real_pwrite(int fd, const void *data, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t length, off_t at)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	atomic_fetch_add(&passed, 1);
	int error = atomic_exchange(&fails_with, 0);
	if (error == 0)
		return __real_pwrite(fd, data, length < 600 ? length : 600, at); /* not all */
	errno = error;
	return -1;
}

static int new_file(void)
{
	const char *root = getenv("TMPDIR");
	int fd = open(root != NULL ? root : "/tmp", O_TMPFILE | O_RDWR, 0600);
	CU_ASSERT_FATAL(fd >= 0);
	return fd;
}

static void fill(unsigned char piece[PIECE], unsigned file, unsigned number)
{
	memset(piece, (int)(file * 100 + number), PIECE);
}

static bool is_whole(int fd, unsigned file, unsigned pieces)
{
	unsigned char piece[PIECE], wanted[PIECE];
	struct stat st;
	bool whole = fstat(fd, &st) == 0 && st.st_size == (off_t)pieces * PIECE;
	for (unsigned i = 0; whole && i < pieces; i++) {
		fill(wanted, file, i);
		whole = pread(fd, piece, PIECE, (off_t)i * PIECE) == PIECE
			&& memcmp(piece, wanted, PIECE) == 0;
	}
	return whole;
}

static void all_is_written_when_it_is_settled(void)
{
	struct file_writer *w = file_writer_create();
	struct file_pieces of[3] = { { 0 } };
	int fds[3];
	unsigned char piece[PIECE];
	for (unsigned i = 0; i < 3; i++)
		fds[i] = new_file();
	for (unsigned number = 0; number < MANY; number++)
		for (unsigned i = 0; i < 3; i++) {
			fill(piece, i, number);
			CU_ASSERT_EQUAL(file_writer_give(w, &of[i], fds[i], piece, PIECE,
							 (uint64_t)number * PIECE),
					0);
			memset(piece, 0xff, PIECE); /* it was copied */
		}
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(file_writer_settle(w, &of[i]), 0);
		CU_ASSERT_EQUAL(of[i].waiting, 0);
		CU_ASSERT_TRUE(is_whole(fds[i], i, MANY));
		close(fds[i]);
	}
	file_writer_destroy(w);
}

struct giving {
	struct file_writer *w;
	struct file_pieces of;
	int fd;
	atomic_uint given;
};

static void *gives(void *with)
{
	struct giving *g = with;
	unsigned char piece[PIECE];
	for (unsigned i = 0; i < MANY; i++) {
		fill(piece, 0, i);
		CU_ASSERT_EQUAL(
			file_writer_give(g->w, &g->of, g->fd, piece, PIECE, (uint64_t)i * PIECE),
			0);
		atomic_fetch_add(&g->given, 1);
	}
	return NULL;
}

/* A disk that takes nothing holds up who brings more, and nothing is lost of it. */
static void so_many_wait_and_no_more(void)
{
	struct giving g = { .w = file_writer_create(), .fd = new_file() };
	pthread_t thread;
	pthread_mutex_lock(&gate);
	pthread_create(&thread, NULL, gives, &g);
	while (atomic_load(&g.given) < FILE_PIECES)
		sched_yield();
	for (unsigned i = 0; i < 1000; i++)
		sched_yield();
	CU_ASSERT_EQUAL(atomic_load(&g.given), FILE_PIECES);
	pthread_mutex_unlock(&gate);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(file_writer_settle(g.w, &g.of), 0);
	CU_ASSERT_TRUE(is_whole(g.fd, 0, MANY));
	close(g.fd);
	file_writer_destroy(g.w);
}

/* Once failed it stays so; another file knows nothing of it. */
static void what_fails_is_told(void)
{
	struct file_writer *w = file_writer_create();
	struct file_pieces bad = { 0 }, good = { 0 };
	int bad_fd = new_file(), good_fd = new_file();
	unsigned char piece[PIECE];
	fill(piece, 0, 0);
	atomic_store(&fails_with, ENOSPC);
	CU_ASSERT_EQUAL(file_writer_give(w, &bad, bad_fd, piece, PIECE, 0), 0);
	CU_ASSERT_EQUAL(file_writer_settle(w, &bad), ENOSPC);
	atomic_store(&passed, 0);
	CU_ASSERT_EQUAL(file_writer_give(w, &bad, bad_fd, piece, PIECE, PIECE), ENOSPC);
	CU_ASSERT_EQUAL(file_writer_settle(w, &bad), ENOSPC);
	CU_ASSERT_EQUAL(atomic_load(&passed), 0);
	CU_ASSERT_EQUAL(file_writer_give(w, &good, good_fd, piece, PIECE, 0), 0);
	CU_ASSERT_EQUAL(file_writer_settle(w, &good), 0);
	CU_ASSERT_TRUE(is_whole(good_fd, 0, 1));
	atomic_store(&fails_with, EINTR); /* is tried again */
	CU_ASSERT_EQUAL(file_writer_write(good_fd, piece, PIECE, 0), 0);
	atomic_store(&fails_with, EIO);
	CU_ASSERT_EQUAL(file_writer_write(good_fd, piece, PIECE, 0), EIO);
	close(bad_fd);
	close(good_fd);
	file_writer_destroy(w);
	file_writer_destroy(NULL);
}

static const struct test tests[] = { { "all is written when it is settled",
				       all_is_written_when_it_is_settled },
				     { "so many wait and no more", so_many_wait_and_no_more },
				     { "what fails is told", what_fails_is_told },
				     { 0 } };

int main(void)
{
	return suite_run("store: large documents are written behind", tests);
}
