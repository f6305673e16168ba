/* store/store_lock.c: a file of the store's directory, locked by whoever has the store. */
#include "store/store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/regular_file.h"
#include "schemas/tables/problem.h"

enum { PID_TEXT = 24 };

static void lock_of(const char *directory, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/lock", directory);
}

static bool refuse_second(int lock, const char *path, struct problem *p)
{
	char pid[PID_TEXT] = "";
	ssize_t n = pread(lock, pid, sizeof pid - 1, 0);
	pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
	return problem_at(p, PROBLEM_CONFLICT, path, "the store is in use by process %s", pid);
}

/* For people only: a full disk must not keep the store from opening. */
static void sign(int lock, const char *path, const struct log *log)
{
	char pid[PID_TEXT];
	int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (ftruncate(lock, 0) == 0 && pwrite(lock, pid, (size_t)length, 0) != length)
		log_write(log, LOG_WARNING, "store: %s could not be written", path);
}

bool store_lock(const char *directory, const struct log *log, int *held, struct problem *p)
{
	char path[PATH_MAX];
	lock_of(directory, path);
	*held = regular_open(path, O_RDWR | O_CREAT | O_NOFOLLOW);
	if (*held < 0)
		return problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION,
				  path, "could not open it: %s", regular_why(errno));
	if (flock(*held, LOCK_EX | LOCK_NB) != 0)
		return refuse_second(*held, path, p);
	sign(*held, path, log);
	return true;
}

bool store_is_free(const char *directory, struct problem *p)
{
	char path[PATH_MAX];
	lock_of(directory, path);
	int lock = regular_open(path, O_RDONLY | O_NOFOLLOW);
	bool taken = lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	if (taken)
		refuse_second(lock, path, p);
	if (lock >= 0)
		close(lock);
	return !taken;
}
