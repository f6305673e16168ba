/* tests/faults/hung_share.c: preloaded into minatod, a share that does not answer: whoever lists
 * the folder MINATO_HUNG waits, as in the kernel, for as long as the test holds the other end of
 * the pipe MINATO_HUNG_GATE; where there is no pipe, nobody waits. */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_hung(int fd)
{
	const char *hung = getenv("MINATO_HUNG");
	char link[sizeof "/proc/self/fd/-2147483648"], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (hung == NULL || length <= 0)
		return 0;
	path[length] = '\0';
	return strcmp(path, hung) == 0;
}

DIR *fdopendir(int fd)
{
	DIR *(*next)(int) = (DIR * (*)(int)) dlsym(RTLD_NEXT, "fdopendir");
	const char *gate = getenv("MINATO_HUNG_GATE");
	char octet;
	int waits = gate != NULL && is_hung(fd) ? open(gate, O_RDONLY | O_CLOEXEC) : -1;
	while (waits >= 0 && read(waits, &octet, 1) > 0)
		continue;
	if (waits >= 0)
		close(waits);
	return next(fd);
}
