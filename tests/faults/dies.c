/* tests/faults/dies.c: preloaded, ends the process with SIGKILL before the call of that number that
 * changes what a disk holds: MINATO_DIES_AT counts from 1; without it nobody dies. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static void count(void)
{
	const char *at = getenv("MINATO_DIES_AT");
	if (at != NULL && ++calls == strtol(at, NULL, 10))
		kill(getpid(), SIGKILL);
}

#define BEFORE(type, name, declared, given)                                                        \
	type name declared                                                                         \
	{                                                                                          \
		type(*next) declared = (type(*) declared)dlsym(RTLD_NEXT, #name);                  \
		count();                                                                           \
		return next given;                                                                 \
	}

BEFORE(int, mkdir, (const char *path, mode_t mode), (path, mode))
BEFORE(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
BEFORE(int, rmdir, (const char *path), (path))
BEFORE(int, remove, (const char *path), (path))
BEFORE(int, unlink, (const char *path), (path))
BEFORE(int, link, (const char *path, const char *other), (path, other))
BEFORE(int, rename, (const char *path, const char *other), (path, other))
BEFORE(int, fsync, (int fd), (fd))
BEFORE(int, fdatasync, (int fd), (fd))
BEFORE(int, renameat2, (int from, const char *name, int to, const char *other, unsigned how),
       (from, name, to, other, how))
BEFORE(ssize_t, copy_file_range,
       (int from, off_t *at, int to, off_t *there, size_t length, unsigned how),
       (from, at, to, there, length, how))
