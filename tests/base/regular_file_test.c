/* tests/base/regular_file_test.c: what is opened as a file is one, and nothing is waited for;
 * and all is written, in however many pieces. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

static int make_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	int bound = bind(fd, (struct sockaddr *)&a, sizeof a);
	close(fd);
	return bound;
}

static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	ssize_t wrote = write(fd, "x", 1);
	close(fd);
	return wrote == 1 ? 0 : -1;
}

static int make_fifo(const char *path)
{
	return mkfifo(path, 0600);
}
static int make_directory(const char *path)
{
	return mkdir(path, 0700);
}
static int make_device(const char *path)
{
	return symlink("/dev/null", path);
}
static int make_link(const char *path)
{
	return symlink("/etc/passwd", path);
}
static int make_nothing(const char *path)
{
	(void)path;
	return 0;
}

static const struct {
	const char *why;
	int (*make)(const char *path);
	int flags, error; /* 0: it opens */
} cases[] = {
	{ "a file", make_file, O_RDONLY, 0 },
	{ "a file, to write", make_file, O_WRONLY, 0 },
	{ "a link to a file", make_link, O_RDONLY, 0 },
	{ "a link that may not be followed", make_link, O_RDONLY | O_NOFOLLOW, ELOOP },
	{ "a FIFO", make_fifo, O_RDONLY, EMEDIUMTYPE },
	{ "a FIFO, to write", make_fifo, O_WRONLY, EMEDIUMTYPE },
	{ "a FIFO, for both", make_fifo, O_RDWR, EMEDIUMTYPE },
	{ "a directory", make_directory, O_RDONLY, EMEDIUMTYPE },
	{ "a directory, to write", make_directory, O_WRONLY, EMEDIUMTYPE },
	{ "a device", make_device, O_RDONLY, EMEDIUMTYPE },
	{ "a socket", make_socket, O_RDONLY, EMEDIUMTYPE },
	{ "nothing", make_nothing, O_RDONLY, ENOENT },
	{ "nothing, to be made", make_nothing, O_WRONLY | O_CREAT, 0 },
};

static void only_files(void)
{
	char directory[] = "/tmp/minato-file-XXXXXX", path[64];
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/x", directory);
	alarm(240); /* a test that hangs is killed */
	for (size_t i = 0; i < COUNT(cases); i++) {
		CU_ASSERT_EQUAL(cases[i].make(path), 0);
		errno = 0;
		int fd = regular_open(path, cases[i].flags);
		int error = fd < 0 ? errno : 0;
		CU_ASSERT_EQUAL(error, cases[i].error);
		if (error != cases[i].error)
			printf("%s: %s\n", cases[i].why, strerror(error));
		if (fd >= 0)
			close(fd);
		FILE *f = cases[i].flags == O_RDONLY ? regular_stream(path) : NULL;
		CU_ASSERT_EQUAL(f != NULL, cases[i].flags == O_RDONLY && cases[i].error == 0);
		if (f != NULL)
			fclose(f);
		remove(path);
	}
	alarm(0);
	rmdir(directory);
	CU_ASSERT_STRING_EQUAL(regular_why(EMEDIUMTYPE), "it is not a regular file");
	CU_ASSERT_STRING_EQUAL(regular_why(ENOENT), strerror(ENOENT));
}

/* ---- Writing all of it ---- */

enum { WRITINGS = 4, FAILS = -1, INTERRUPTED = -2 };

/* What write(2) does, time after time: so many octets at most, or a failure. */
static struct {
	int does[WRITINGS];
	size_t at, length;
	char octets[16];
} disk;

ssize_t __wrap_write(int fd, const void *from, size_t length);
ssize_t __real_write(int fd, const void *from, size_t length);
ssize_t __wrap_write(int fd, const void *from, size_t length)
{
	if (fd != -7)
		return __real_write(fd, from, length);
	int does = disk.at < WRITINGS ? disk.does[disk.at++] : FAILS;
	errno = does == INTERRUPTED ? EINTR : ENOSPC;
	if (does < 0)
		return -1;
	size_t taken = (size_t)does < length ? (size_t)does : length;
	memcpy(disk.octets + disk.length, from, taken);
	disk.length += taken;
	return (ssize_t)taken;
}

static void all_is_written(void)
{
	static const struct {
		int does[WRITINGS];
		const char *octets, *arrives;
		bool written;
	} rows[] = {
		{ { 9 }, "letter", "letter", true },
		{ { 9 }, "", "", true },
		{ { 2, 1, 9 }, "letter", "letter", true },
		{ { INTERRUPTED, 2, INTERRUPTED, 9 }, "letter", "letter", true },
		{ { FAILS }, "letter", "", false },
		{ { 4, FAILS }, "letter", "lett", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(&disk, 0, sizeof disk);
		memcpy(disk.does, rows[i].does, sizeof disk.does);
		bool written = regular_write(-7, bytes_of_text(rows[i].octets));
		CU_ASSERT_EQUAL(written, rows[i].written);
		CU_ASSERT(written || errno == ENOSPC);
		CU_ASSERT_STRING_EQUAL(disk.octets, rows[i].arrives);
	}
}

static const struct test tests[] = { { "only files", only_files },
				     { "all is written", all_is_written },
				     { 0 } };

int main(void)
{
	return suite_run("base: regular files", tests);
}
