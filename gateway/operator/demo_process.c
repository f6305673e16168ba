/* gateway/operator/demo_process.c: starting and ending what the demo needs to run beside it.
 *
 * Each in a process group of its own, so that Ctrl-C is for the demo alone, which then ends them in
 * order; unless it is to be kept, a process also ends with the demo, whatever kills that. */
#include "gateway/operator/demo_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

enum { STOP_WITHIN_MS = 60000, NOTICE = 256, PATH_LENGTH = 4096 };

/* ---- Where programs are ---- */

static const char *existing(struct arena *a, const char *directory, size_t length, const char *name)
{
	char path[PATH_LENGTH], whole[PATH_MAX];
	int written = snprintf(path, sizeof path, "%.*s/%s", (int)length, directory, name);
	return written > 0 && (size_t)written < sizeof path && access(path, X_OK) == 0
		       ? arena_text(a, realpath(path, whole))
		       : NULL;
}

static const char *in_path(struct arena *a, const char *path, const char *name)
{
	const char *found = NULL;
	while (path != NULL && found == NULL) {
		size_t length = strcspn(path, ":");
		found = length > 0 ? existing(a, path, length, name) : NULL;
		path = path[length] == ':' ? path + length + 1 : NULL;
	}
	return found;
}

const char *demo_process_find(struct arena *a, const char *name)
{
	char self[PATH_LENGTH];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - sizeof "/../sbin");
	const char *found = NULL;
	while (length > 0 && self[length - 1] != '/')
		length--;
	if (length > 0) {
		self[length] = '\0';
		found = existing(a, self, strlen(self), name);
		strcat(self, "../sbin");
		found = found != NULL ? found : existing(a, self, strlen(self), name);
	}
	found = found != NULL ? found : in_path(a, getenv("PATH"), name);
	return found != NULL ? found : in_path(a, "/usr/sbin:/sbin", name);
}

/* ---- Waiting ---- */

struct demo_process demo_process_of(pid_t pid)
{
	return (struct demo_process){ .pid = pid, .fd = pidfd_open(pid, 0) };
}

static void forget(struct demo_process *p)
{
	if (p->fd >= 0)
		close(p->fd);
	*p = (struct demo_process){ .pid = 0, .fd = -1 };
}

/* Its exit status is 0; it has ended. */
static bool ended_well(struct demo_process *p)
{
	int status = -1;
	pid_t pid;
	do
		pid = waitpid(p->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	forget(p);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool demo_process_wait(struct demo_region *r, struct demo_process *child)
{
	struct pollfd on[] = { { .fd = child->fd, .events = POLLIN },
			       { .fd = r->signals, .events = POLLIN } };
	while (poll(on, COUNT(on), -1) < 0)
		if (errno != EINTR)
			return false;
	if (on[0].revents != 0)
		return ended_well(child);
	r->interrupted = true;
	kill(child->pid, SIGKILL);
	ended_well(child);
	return false;
}

bool demo_process_stop(struct demo_process *what)
{
	struct pollfd on = { .fd = what->fd, .events = POLLIN };
	if (what->pid <= 0)
		return true;
	kill(what->pid, SIGTERM);
	bool in_time = poll(&on, 1, STOP_WITHIN_MS) == 1;
	if (!in_time)
		kill(what->pid, SIGKILL);
	return ended_well(what) && in_time;
}

/* ---- Starting ---- */

/* A socket of the region for READY=1; abstract, so that the length of the directory does not
 * matter. */
static int notice_socket(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "%s", name);
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, length) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

_Noreturn static void become(const struct demo_region *r, const struct demo_start *start,
			     const char *notice, int log, pid_t demo)
{
	sigset_t none;
	int input = open("/dev/null", O_RDONLY);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	if (!r->keep && (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != demo))
		_exit(127);
	if (setenv("NOTIFY_SOCKET", notice, 1) != 0 || dup2(input, STDIN_FILENO) < 0
	    || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(127);
	execv(start->argv[0], (char *const *)(uintptr_t)start->argv);
	_exit(127);
}

static bool is_ready(int notices)
{
	char text[NOTICE];
	ssize_t length = recv(notices, text, sizeof text - 1, MSG_DONTWAIT);
	text[length > 0 ? length : 0] = '\0';
	return strstr(text, "READY=1") != NULL;
}

static bool await_ready(struct demo_region *r, const struct demo_start *start,
			struct demo_process *out, int notices, struct problem *p)
{
	const char *log = demo_region_file(r, start->log);
	struct pollfd on[] = { { .fd = notices, .events = POLLIN },
			       { .fd = out->fd, .events = POLLIN },
			       { .fd = r->signals, .events = POLLIN } };
	for (;;) {
		int ready = poll(on, COUNT(on), start->within_ms);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready > 0 && on[0].revents != 0) {
			if (is_ready(notices))
				return true;
			continue;
		}
		if (ready > 0 && on[2].revents != 0) {
			r->interrupted = true;
			return problem_set(p, PROBLEM_CONFLICT, "interrupted");
		}
		return problem_at(p, PROBLEM_INTERNAL, log, "%s did not become ready%s; read %s",
				  start->argv[0], ready > 0 ? ": it ended" : " in time", log);
	}
}

bool demo_process_start(struct demo_region *r, const struct demo_start *start,
			struct demo_process *out, struct problem *p)
{
	char name[UUID_URN_TEXT];
	random_uuid(&system_random, name);
	int notices = notice_socket(name);
	int log = open(demo_region_file(r, start->log), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		       0644);
	const char *notice = arena_printf(r->arena, "@%s", name);
	pid_t demo = getpid();
	pid_t pid = notices >= 0 && log >= 0 ? fork() : -1;
	if (pid == 0)
		become(r, start, notice, log, demo);
	if (pid > 0)
		*out = demo_process_of(pid);
	else
		problem_at(p, PROBLEM_INTERNAL, start->argv[0], "could not start %s: %s",
			   start->argv[0], strerror(errno));
	bool ready = pid > 0 && await_ready(r, start, out, notices, p);
	if (pid > 0 && !ready)
		demo_process_stop(out);
	if (notices >= 0)
		close(notices);
	if (log >= 0)
		close(log);
	return ready;
}
