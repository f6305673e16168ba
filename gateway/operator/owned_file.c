/* gateway/operator/owned_file.c: new files and directories of a region, owned as the region is. */
#include "gateway/operator/owned_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The owner of the directory that path stands in; false with errno. */
static bool owner_of_parent(const char *path, struct stat *out)
{
	char *copy = strdup(path);
	bool known = copy != NULL && stat(dirname(copy), out) == 0;
	int error = errno;
	free(copy);
	errno = error;
	return known;
}

/* By the descriptor: what the path names may have been exchanged by the directory's owner. */
static bool give_away(int fd, const char *path)
{
	struct stat parent;
	return geteuid() != 0
	       || (owner_of_parent(path, &parent) && fchown(fd, parent.st_uid, parent.st_gid) == 0);
}

int owned_file_make(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0 || give_away(fd, path))
		return fd;
	int error = errno;
	close(fd);
	unlink(path);
	errno = error;
	return -1;
}

bool owned_directory_make(const char *path, mode_t mode)
{
	if (mkdir(path, mode) != 0)
		return false;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool given = fd >= 0 && give_away(fd, path);
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return given;
}

bool owned_name_settle(const char *path)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	snprintf(parent, sizeof parent, "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
		 slash == NULL ? "." : path);
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool settled = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return settled;
}
