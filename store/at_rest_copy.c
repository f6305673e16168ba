/* store/at_rest_copy.c: a directory copied whole beside itself, and compared. */
#include "store/at_rest_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "store/blob_files.h"

enum { DEPTH = 8, OPEN_AT_ONCE = 16, PIECE = 1 << 15 };

static bool failed(const char *doing, const char *path, struct problem *p)
{
	return problem_at(p, PROBLEM_CONFIGURATION, path, "could not %s it: %s", doing,
			  strerror(errno));
}

bool at_rest_beside(const char *directory, const char *suffix, char path[PATH_MAX])
{
	int length = (int)strlen(directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return snprintf(path, PATH_MAX, "%.*s%s", length, directory, suffix) < PATH_MAX;
}

bool at_rest_is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

bool at_rest_remove(const char *path, struct problem *p)
{
	return !at_rest_is_there(path)
	       || nftw(path, forget, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS) == 0
	       || failed("remove", path, p);
}

bool at_rest_settle(const char *path, struct problem *p)
{
	char above[PATH_MAX];
	snprintf(above, sizeof above, "%s/..", path);
	int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool settled = fd >= 0 && fsync(fd) == 0;
	if (!settled)
		failed("make durable", above, p);
	if (fd >= 0)
		close(fd);
	return settled;
}

/* Sockets are made anew, and so is Berkeley DB's memory (__db.*). */
static bool is_kept(const char *name, mode_t mode)
{
	return strncmp(name, "__db.", 5) != 0 && !S_ISSOCK(mode);
}

static bool measure(struct at_rest_copy *c, struct problem *p)
{
	char *const paths[] = { (char *)c->from, NULL };
	struct statvfs disk;
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	c->done = c->of = 0;
	for (const FTSENT *e; walk != NULL && (e = fts_read(walk)) != NULL;)
		if (e->fts_info == FTS_F && is_kept(e->fts_name, e->fts_statp->st_mode))
			c->of += (uint64_t)e->fts_statp->st_size;
	if (walk == NULL || statvfs(c->to, &disk) != 0) {
		failed("measure", c->from, p);
	} else if ((uint64_t)disk.f_bavail * disk.f_frsize < c->of) {
		problem_at(p, PROBLEM_STORE_FULL, c->to,
			   "a copy of %llu MiB has no room: %llu MiB are free",
			   (unsigned long long)(c->of >> 20),
			   (unsigned long long)(disk.f_bavail * disk.f_frsize >> 20));
	}
	if (walk != NULL)
		fts_close(walk);
	return p->code == PROBLEM_NONE;
}

static bool is_same(int from, int to)
{
	unsigned char one[PIECE], other[PIECE];
	ssize_t n, m;
	do {
		n = read(from, one, sizeof one);
		m = n < 0 ? -1 : read(to, other, sizeof other);
	} while (n > 0 && n == m && memcmp(one, other, (size_t)n) == 0);
	return n == 0 && m == 0;
}

/* What is on the disk, not what is still in memory. */
static bool compare_file(int from, int to, const char *name, struct problem *p)
{
	int in = regular_open_at(from, name, O_RDONLY | O_NOFOLLOW, 0);
	int out = regular_open_at(to, name, O_RDONLY | O_NOFOLLOW, 0);
	if (out >= 0)
		posix_fadvise(out, 0, 0, POSIX_FADV_DONTNEED);
	bool same = in >= 0 && out >= 0 ? is_same(in, out) : failed("compare", name, p);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return same || problem_at(p, PROBLEM_CONFLICT, name, "%s and its copy differ", name);
}

static bool walk_below(struct at_rest_copy *c, int from, int to, int depth, struct problem *p);

static bool walk_directory(struct at_rest_copy *c, int from, int to, const char *name, int depth,
			   struct problem *p)
{
	int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int out = c->comparing || mkdirat(to, name, 0700) == 0
			  ? openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			  : -1;
	bool walked = in >= 0 && out >= 0 ? walk_below(c, in, out, depth + 1, p)
					  : failed(c->doing, name, p);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return walked;
}

static bool walk_file(struct at_rest_copy *c, int from, int to, const char *name,
		      const struct stat *st, struct problem *p)
{
	bool walked = c->comparing ? compare_file(from, to, name, p)
				   : blob_file_copy(from, name, to, st->st_mode & 0777, NULL, p);
	c->done += (uint64_t)st->st_size;
	if (walked && c->watch != NULL && c->watch->tell != NULL)
		c->watch->tell(c->watch->with, c->from, c->doing, c->done, c->of);
	return walked;
}

static bool walk_one(struct at_rest_copy *c, int from, int to, const char *name, int depth,
		     struct problem *p)
{
	struct stat st;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return failed("read", name, p);
	if (!is_kept(name, st.st_mode))
		return true;
	if (S_ISDIR(st.st_mode) && depth < DEPTH)
		return walk_directory(c, from, to, name, depth, p);
	return S_ISREG(st.st_mode) ? walk_file(c, from, to, name, &st, p)
				   : problem_at(p, PROBLEM_CONFLICT, name,
						"%s is no file of the store's: take it out of %s",
						name, c->from);
}

static bool walk_below(struct at_rest_copy *c, int from, int to, int depth, struct problem *p)
{
	int own = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	bool walked = d != NULL || failed("read", ".", p);
	for (const struct dirent *e; walked && (e = readdir(d)) != NULL;)
		walked = walk_one(c, from, to, e->d_name, depth, p);
	walked = walked && (c->comparing || fsync(to) == 0 || failed("make durable", ".", p));
	if (d != NULL)
		closedir(d);
	else if (own >= 0)
		close(own);
	return walked;
}

static bool walk(struct at_rest_copy *c, struct problem *p)
{
	int in = open(c->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    out = open(c->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool walked = in >= 0 && out >= 0 ? walk_below(c, in, out, 0, p)
					  : failed("open", c->from, p);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return walked;
}

bool at_rest_copy(struct at_rest_copy *c, struct problem *p)
{
	c->doing = "copy";
	c->comparing = false;
	if (mkdir(c->to, 0700) != 0)
		return failed("make", c->to, p);
	return at_rest_encrypt(c->r, c->to, p) && measure(c, p) && walk(c, p)
	       && at_rest_settle(c->to, p);
}

bool at_rest_compare(struct at_rest_copy *c, struct problem *p)
{
	c->doing = "compare";
	c->comparing = true;
	c->done = 0;
	return walk(c, p);
}
