/* gateway/rehearsal.c: a start over keys that stay as they are, in a process of its own. */
#include "gateway/rehearsal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/config.h"
#include "gateway/process.h"
#include "schemas/tables/problem.h"

enum { FOLDERS = 16, LOG_TEXT = 64 << 10 };

struct told {
	bool passes;
	enum problem_code code;
	char what[sizeof((struct problem *)NULL)->what];
};

/* What stands at the end of the log, where no problem was given: its last error. */
static void take_from_log(int fd, struct problem *p)
{
	static const char mark[] = "error: ";
	char text[LOG_TEXT];
	ssize_t size = pread(fd, text, sizeof text - 1, 0);
	text[size > 0 ? size : 0] = '\0';
	const char *last = NULL;
	for (const char *at = strstr(text, mark); at != NULL; at = strstr(at + 1, mark))
		last = at + strlen(mark);
	problem_set(p, PROBLEM_INTERNAL, "%.*s", last == NULL ? 0 : (int)strcspn(last, "\n"),
		    last == NULL ? "" : last);
}

static _Noreturn void rehearse(const struct configuration *c, const char *directory, int to)
{
	struct problem p = { .code = PROBLEM_NONE };
	int heard = memfd_create("log", MFD_CLOEXEC);
	struct log log = { .fd = heard, .level = LOG_ERROR };
	dup2(heard, STDERR_FILENO); /* faults of the configuration were told */
	struct told t = { .passes = gateway_rehearse(c->path, directory, &log, &p) };
	if (!t.passes && p.code == PROBLEM_NONE)
		take_from_log(heard, &p);
	t.code = p.code;
	memcpy(t.what, p.what, sizeof t.what);
	_exit(write(to, &t, sizeof t) == sizeof t ? 0 : 1);
}

/* One that ended without a word ended of what it read. */
static bool hear(int from, pid_t child, struct problem *p)
{
	struct told t = { .passes = false };
	int status;
	bool whole = read(from, &t, sizeof t) == sizeof t;
	waitpid(child, &status, 0);
	if (!whole)
		return problem_set(p, PROBLEM_INTERNAL,
				   "the store could not be opened: its engine ended of it");
	return t.passes || problem_set(p, t.code, "%s", t.what);
}

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

/* ---- What it is done with ---- */

/* Where the start would be refused because that is no directory, it is none here, too. */
static bool stand_in(const char *store, const char *here, const char *name)
{
	char there[PATH_MAX], path[PATH_MAX];
	struct stat st;
	snprintf(there, sizeof there, "%s/%s", store, name);
	snprintf(path, sizeof path, "%s/%s", here, name);
	if (stat(there, &st) != 0 || S_ISDIR(st.st_mode))
		return mkdir(path, 0700) == 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && close(fd) == 0;
}

/* False: this user may not read them all, or nothing was ever kept. */
static bool link_keys(const char *store, const char *here)
{
	char keys[PATH_MAX], there[2 * PATH_MAX], path[2 * PATH_MAX];
	snprintf(keys, sizeof keys, "%s/keys", store);
	DIR *d = opendir(keys);
	bool linked = d != NULL || (errno == ENOTDIR && access(keys, F_OK) == 0), any = d == NULL;
	for (const struct dirent *e; d != NULL && linked && (e = readdir(d)) != NULL;) {
		snprintf(there, sizeof there, "%s/%s", keys, e->d_name);
		snprintf(path, sizeof path, "%s/keys/%s", here, e->d_name);
		any = any || e->d_name[0] != '.';
		linked = e->d_name[0] == '.'
			 || (faccessat(AT_FDCWD, there, R_OK, AT_EACCESS) == 0
			     && symlink(there, path) == 0);
	}
	if (d != NULL)
		closedir(d);
	return linked && any;
}

static bool prepare(const struct configuration *c, char here[PATH_MAX])
{
	const char *in = getenv("TMPDIR"), *store = c->store.directory;
	if (snprintf(here, PATH_MAX, "%s/minatod-XXXXXX", in == NULL ? "/tmp" : in) >= PATH_MAX
	    || mkdtemp(here) == NULL) {
		here[0] = '\0';
		return false;
	}
	return stand_in(store, here, "keys") && stand_in(store, here, "packs")
	       && stand_in(store, here, "blobs") && link_keys(store, here);
}

/* A machine that has no room for it may still start. */
bool rehearsal_passes(const struct configuration *c, struct problem *p)
{
	char here[PATH_MAX];
	int ends[2];
	bool passes = true;
	if (c->store.data_key != NULL)
		return true;
	if (prepare(c, here) && pipe(ends) == 0) {
		pid_t child = fork();
		if (child == 0)
			rehearse(c, here, ends[1]);
		close(ends[1]);
		passes = child < 0 || hear(ends[0], child, p);
		close(ends[0]);
	}
	if (here[0] != '\0')
		nftw(here, forget, FOLDERS, FTW_DEPTH | FTW_PHYS);
	return passes;
}
