/* store/engine_berkeleydb_backup.c: copies the files of a running environment, piece by piece, so
 * that it can be stopped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/base/progress.h"
#include "store/engine_berkeleydb.h"

enum { PATH = 4096 };

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

int environment_copy(struct environment *v, const char *home, struct progress *progress)
{
	v->backup = progress;
	int code = v->env->set_backup_callbacks(v->env, open_copy, write_copy, close_copy);
	if (code == 0)
		code = v->env->backup(v->env, home, DB_EXCL);
	v->backup = NULL;
	return code;
}
