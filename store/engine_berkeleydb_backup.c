/* store/engine_berkeleydb_backup.c: copies the files of a running environment, piece by piece, so
 * that it can be stopped. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/base/progress.h"
#include "store/engine_berkeleydb.h"

enum { PATH = 4096, COPIES_MOST = TREES };

/* Berkeley DB gives its callbacks no word of ours but the environment. */
static bool is_stopped(const DB_ENV *env)
{
	const struct environment *v = env->app_private;
	return progress_is_stopped(v->backup);
}

static int open_copy(DB_ENV *env, const char *name, const char *target, void **handle)
{
	char path[PATH];
	if (is_stopped(env))
		return ECANCELED;
	snprintf(path, sizeof path, "%s/%s", target, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	*handle = (void *)(intptr_t)fd;
	return fd < 0 ? errno : 0;
}

static int write_copy(DB_ENV *env, u_int32_t gibibytes, u_int32_t octets, u_int32_t size,
		      u_int8_t *data, void *handle)
{
	const struct environment *v = env->app_private;
	off_t at = ((off_t)gibibytes << 30) + octets;
	while (size > 0) {
		if (is_stopped(env))
			return ECANCELED;
		ssize_t n = pwrite((int)(intptr_t)handle, data, size, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		at += n;
		data += n;
		size -= (u_int32_t)n;
		progress_add(v->backup, (uint64_t)n);
	}
	return 0;
}

static int close_copy(DB_ENV *env, const char *name, void *handle)
{
	int fd = (int)(intptr_t)handle;
	(void)env, (void)name;
	if (fd < 0)
		return 0;
	int code = fsync(fd) == 0 ? 0 : errno;
	return close(fd) == 0 ? code : errno;
}

/* What a copy that was not whole left there. */
static int empty(const char *home)
{
	char path[PATH];
	DIR *files = opendir(home);
	int code = 0;
	if (files == NULL)
		return errno;
	for (const struct dirent *f; code == 0 && (f = readdir(files)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s", home, f->d_name);
		if (f->d_name[0] != '.' && unlink(path) != 0)
			code = errno;
	}
	closedir(files);
	return code;
}

/* Berkeley DB cannot go on when a tree is made while it copies the others: that is begun anew. A
 * store's trees are made once, nearly all of them in its first seconds. */
int environment_copy(struct environment *v, const char *home, struct progress *progress)
{
	v->backup = progress;
	int code = v->env->set_backup_callbacks(v->env, open_copy, write_copy, close_copy);
	for (unsigned copies = 0; code == 0 && copies < COPIES_MOST; copies++) {
		unsigned making = atomic_load(&v->making);
		code = v->env->backup(v->env, home, DB_EXCL);
		bool met = making % 2 != 0 || making != atomic_load(&v->making);
		if (code != DB_NOTFOUND || !met)
			break;
		code = copies + 1 < COPIES_MOST ? empty(home) : code;
	}
	v->backup = NULL;
	return code;
}
