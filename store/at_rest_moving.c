/* store/at_rest_moving.c: what was kept without a key moves into a directory that is encrypted. */
#include "store/at_rest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "store/blob_files.h"

enum { DEPTH = 8, OPEN_AT_ONCE = 16 };

static bool failed(const char *doing, const char *path, struct problem *p)
{
	return problem_at(p, PROBLEM_CONFIGURATION, path, "could not %s it: %s", doing,
			  strerror(errno));
}

static bool is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static bool copy_below(int from, int to, int depth, struct problem *p);

static bool copy_directory(int from, int to, const char *name, int depth, struct problem *p)
{
	int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int out = mkdirat(to, name, 0700) == 0
			  ? openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			  : -1;
	bool copied = in >= 0 && out >= 0 ? copy_below(in, out, depth + 1, p)
					  : failed("copy", name, p);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return copied;
}

/* Sockets are made anew, and so is Berkeley DB's memory (__db.*). */
static bool copy_one(int from, int to, const char *name, int depth, struct problem *p)
{
	struct stat st;
	if (name[0] == '.' || strncmp(name, "__db.", 5) == 0)
		return true;
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return failed("read", name, p);
	if (S_ISDIR(st.st_mode) && depth < DEPTH)
		return copy_directory(from, to, name, depth, p);
	return !S_ISREG(st.st_mode) || blob_file_copy(from, name, to, st.st_mode & 0777, NULL, p);
}

static bool copy_below(int from, int to, int depth, struct problem *p)
{
	int own = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	bool copied = d != NULL || failed("read", ".", p);
	for (const struct dirent *e; copied && (e = readdir(d)) != NULL;)
		copied = copy_one(from, to, e->d_name, depth, p);
	copied = copied && (fsync(to) == 0 || failed("make durable", ".", p));
	if (d != NULL)
		closedir(d);
	else if (own >= 0)
		close(own);
	return copied;
}

/* Whoever has the store open holds its lock. */
static bool is_in_use(int directory)
{
	int lock = regular_open_at(directory, "lock", O_RDWR | O_NOFOLLOW, 0);
	bool used = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0;
	if (lock >= 0)
		close(lock);
	return used;
}

static bool copy_all(const struct at_rest *r, const char *from, const char *to, struct problem *p)
{
	if (is_there(to))
		nftw(to, forget, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS); /* one that was broken off */
	if (mkdir(to, 0700) != 0)
		return failed("make", to, p);
	if (!at_rest_encrypt(r, to, p))
		return false;
	int in = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    out = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool copied = in >= 0 && out >= 0 ? true : failed("open", from, p);
	if (copied && is_in_use(in))
		copied = problem_at(p, PROBLEM_CONFLICT, from, "the store is in use: stop minatod");
	copied = copied && copy_below(in, out, 0, p);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return copied;
}

bool at_rest_move(const struct at_rest *r, const char *directory, struct problem *p)
{
	char plain[PATH_MAX], fresh[PATH_MAX];
	snprintf(plain, sizeof plain, "%s.plain", directory);
	snprintf(fresh, sizeof fresh, "%s.encrypted", directory);
	if (!is_there(directory) && is_there(plain) && is_there(fresh))
		return rename(fresh, directory) == 0 || failed("name", directory, p);
	if (!is_there(directory) || at_rest_is_encrypted(directory))
		return true;
	if (is_there(plain))
		return problem_at(
			p, PROBLEM_CONFLICT, plain,
			"is there already: take it away first, it may be of another time");
	if (!copy_all(r, directory, fresh, p))
		return false;
	return (rename(directory, plain) == 0 && rename(fresh, directory) == 0)
	       || failed("name", directory, p);
}
