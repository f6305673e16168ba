/* store/store_bereft.c: whether documents lie where a store is about to begin. */
#include "store/store_bereft.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL: it is not there. */
static DIR *folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL && fd >= 0)
		close(fd);
	return d;
}

static bool is_file(int at, const char *name)
{
	struct stat st;
	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static bool has_file(int at, const char *name)
{
	bool found = false;
	DIR *d = folder(at, name);
	for (const struct dirent *e; d != NULL && !found && (e = readdir(d)) != NULL;)
		found = is_file(dirfd(d), e->d_name);
	if (d != NULL)
		closedir(d);
	return found;
}

/* What is in tmp was never anybody's. */
static bool has_blob(int at)
{
	bool found = false;
	DIR *d = folder(at, "blobs");
	for (const struct dirent *e; d != NULL && !found && (e = readdir(d)) != NULL;)
		found = e->d_name[0] != '.' && strcmp(e->d_name, "tmp") != 0
			&& has_file(dirfd(d), e->d_name);
	if (d != NULL)
		closedir(d);
	return found;
}

static bool refuse(const char *directory, struct problem *p)
{
	return problem_at(p, PROBLEM_CONFIGURATION, directory,
			  "documents lie in %s, and the keys that say whose they are (%s/keys) are "
			  "gone: mount what was there, restore a backup (minato restore), or name "
			  "another directory",
			  directory, directory);
}

bool store_may_begin(const char *directory, struct problem *p)
{
	int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool documents = at >= 0 && (has_file(at, "packs") || has_blob(at));
	if (at >= 0)
		close(at);
	return !documents || refuse(directory, p);
}

bool store_would_begin(const char *directory, struct problem *p)
{
	int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool keys = at >= 0 && has_file(at, "keys");
	if (at >= 0)
		close(at);
	return keys || store_may_begin(directory, p);
}
