/* gateway/base/regular_file.c: opening what must be a file, whatever stands there. */
#include "gateway/base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(int fd, int error)
{
	close(fd);
	errno = error;
	return -1;
}

/* O_NONBLOCK does nothing to a regular file; ENXIO is what a FIFO without reader says to a writer,
 * and a socket to everybody. */
int regular_open_at(int directory, const char *path, int flags, unsigned mode)
{
	struct stat s;
	int fd = openat(directory, path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, (mode_t)mode);
	if (fd < 0) {
		errno = errno == ENXIO || errno == EISDIR ? EMEDIUMTYPE : errno;
		return -1;
	}
	if (fstat(fd, &s) != 0)
		return refuse(fd, errno);
	return S_ISREG(s.st_mode) ? fd : refuse(fd, EMEDIUMTYPE);
}

int regular_open(const char *path, int flags)
{
	return regular_open_at(AT_FDCWD, path, flags, 0600);
}

FILE *regular_stream(const char *path)
{
	int fd = regular_open(path, O_RDONLY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	if (f == NULL && fd >= 0)
		close(fd);
	return f;
}

const char *regular_why(int error)
{
	return error == EMEDIUMTYPE ? "it is not a regular file" : strerror(error);
}

bool regular_read(struct arena *a, const char *path, size_t most, struct bytes *out,
		  const char **why)
{
	enum { PIECE = 1 << 16 };
	int fd = regular_open(path, O_RDONLY);
	struct buffer b = buffer_in(a);
	ssize_t got = fd < 0 ? -1 : 1;
	while (got > 0 && b.length <= most) {
		got = read(fd, buffer_reserve(&b, PIECE), PIECE);
		b.length += got > 0 ? (size_t)got : 0;
	}
	*why = got < 0 ? regular_why(errno) : "it is longer than it may be";
	if (fd >= 0)
		close(fd);
	*out = buffer_bytes(&b);
	return got == 0;
}

bool regular_write(int fd, struct bytes octets)
{
	while (octets.length > 0) {
		ssize_t n = write(fd, octets.data, octets.length);
		if (n < 0 && errno != EINTR)
			return false;
		octets.data += n < 0 ? 0 : n;
		octets.length -= n < 0 ? 0 : (size_t)n;
	}
	return true;
}
