/* tests/faults/gate.c: preloaded into minatod, gates that a test holds shut.
 *
 * MINATO_GATES is a folder. Where a file of it is called CALL-NAME (read-, sync-), whoever reads
 * the file NAME, or flushes it, passes through that gate first:
 *
 *	a FIFO		waits until somebody opens its other end, and until that is closed: so a
 *			test that could open it knows that somebody stands there, and lets him go
 *			when it likes
 *	a file "EIO"	the call fails */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH = 4096, WORD = 8 };

/* 0, or the errno the call is to fail with. */
static int pass(const char *call, int fd)
{
	char link[32], path[PATH], gate[2 * PATH], word[WORD] = "";
	const char *gates = getenv("MINATO_GATES");
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = gates == NULL ? -1 : readlink(link, path, sizeof path - 1);
	if (length <= 0)
		return 0;
	path[length] = '\0';
	const char *slash = strrchr(path, '/');
	snprintf(gate, sizeof gate, "%s/%s-%s", gates, call, slash == NULL ? path : slash + 1);
	int at = open(gate, O_RDONLY | O_CLOEXEC);
	if (at < 0)
		return 0;
	while (syscall(SYS_read, at, word, sizeof word - 1) < 0 && errno == EINTR)
		continue;
	close(at);
	return strncmp(word, "EIO", 3) == 0 ? EIO : 0;
}

static long fails(int code)
{
	errno = code;
	return -1;
}

/* What was loaded behind this one reads and flushes in its own way (tests/faults/disk.c). */
ssize_t read(int fd, void *into, size_t length)
{
	ssize_t (*next)(int, void *, size_t) = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT,
										      "read");
	int code = pass("read", fd);
	return code != 0 ? fails(code) : next(fd, into, length);
}

ssize_t pread(int fd, void *into, size_t length, off_t at)
{
	ssize_t (*next)(int, void *, size_t,
			off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
	int code = pass("read", fd);
	return code != 0 ? fails(code) : next(fd, into, length, at);
}

ssize_t pread64(int fd, void *into, size_t length, off64_t at)
{
	return pread(fd, into, length, at);
}

static int flush(const char *name, int fd)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	int code = pass("sync", fd);
	return code != 0 ? (int)fails(code) : next(fd);
}

int fsync(int fd)
{
	return flush("fsync", fd);
}

int fdatasync(int fd)
{
	return flush("fdatasync", fd);
}
