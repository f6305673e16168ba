/* gateway/operator/daemon_follow.c: the running daemon reads its configuration again, when the
 * operator asks for it.
 *
 * Whose socket it is the kernel says (SO_PEERCRED), so no file of process ids is needed, and none
 * that is old can lie. A reload that is refused is told in the daemon's log alone: that it was
 * taken is seen by what it has in effect then. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/facility.h"

enum { LOOK_EVERY_MS = 50, WAIT_SECONDS = 10, ASKING_MEMORY = 64 << 20 };

static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof to.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* While the connection stands its process is no other. */
static bool send_hup(const char *path)
{
	struct ucred who = { 0 };
	socklen_t size = sizeof who;
	int fd = connect_to(path);
	bool known = fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0;
	bool sent = false;
	if (known && who.pid > 1)
		sent = kill(who.pid, SIGHUP) == 0;
	else if (known)
		errno = ESRCH; /* it is where we see no processes: in another container */
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return sent;
}

struct looking {
	struct invocation invocation; /* of one question: its memory */
	const struct configuration *file;
	const char *system;
	bool followed;
};

/* What the daemon has of that system, in the answer's rows. */
static bool has_value(const json_t *rows, const char *section, const struct config_value *v)
{
	const json_t *row;
	size_t n;
	json_array_foreach (rows, n, row)
		if (text_equal(json_string_value(json_object_get(row, "section")), section)
		    && text_equal(json_string_value(json_object_get(row, "key")), v->key))
			return text_equal(json_string_value(json_object_get(row, "value")),
					  v->value);
	return false;
}

static void look(void *with)
{
	static const struct request configuration = { .method = "GET",
						      .path = "/admin/configuration" };
	struct looking *l = with;
	enum outcome outcome;
	const char *section = arena_printf(l->invocation.arena, "system %s", l->system);
	json_t *answer = command_asked(&l->invocation, &configuration, &outcome);
	const json_t *rows = json_object_get(answer, "values");
	l->followed = answer != NULL;
	for (const struct config_value *v = l->file->values; v != NULL; v = v->next)
		if (text_equal(v->section, "system") && text_equal(v->title, l->system))
			l->followed = l->followed && has_value(rows, section, v);
	json_decref(answer);
}

static bool has_followed(const struct invocation *i, const struct configuration *file,
			 const char *system)
{
	static const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
	struct looking l = { .invocation = *i, .file = file, .system = system };
	int64_t end = i->clock->elapsed(i->clock) + WAIT_SECONDS * INT64_C(1000000);
	l.invocation.arena = arena_create(ASKING_MEMORY);
	while (l.invocation.arena != NULL && arena_run(l.invocation.arena, look, &l) && !l.followed
	       && i->clock->elapsed(i->clock) < end) {
		arena_reset(l.invocation.arena);
		nanosleep(&pause, NULL);
	}
	arena_destroy(l.invocation.arena);
	return l.followed;
}

static enum outcome reload(struct invocation *i, const struct configuration *c, const char *system)
{
	if (!send_hup(c->service.socket)) {
		bool away = errno == ENOENT || errno == ECONNREFUSED;
		fprintf(i->talk, "minato: the daemon was not told to reload: %s\ndo: %s\n",
			away ? "none runs" : strerror(errno),
			away ? "start it: it reads its configuration then"
			     : "systemctl reload minatod, or kill -HUP its process, as its user");
		return away ? OUTCOME_UNREACHABLE : OUTCOME_REFUSED;
	}
	if (has_followed(i, c, system)) {
		fprintf(i->talk, "The daemon has reloaded, and knows %s so.\n", system);
		return OUTCOME_DONE;
	}
	fprintf(i->talk,
		"minato: the daemon was told to reload, and has not taken %s within %d s\n"
		"do: its log says why (journalctl -u minatod)\n",
		system, (int)WAIT_SECONDS);
	return OUTCOME_REFUSED;
}

enum outcome daemon_follow(struct invocation *i, const char *system)
{
	if (invocation_option(i, "reload") == NULL) {
		fputs("Let the daemon read its configuration again (--reload does):\n"
		      "  systemctl reload minatod     or: kill -HUP its process\n",
		      i->talk);
		return OUTCOME_DONE;
	}
	const struct configuration *c = invocation_configuration(i);
	enum outcome o = c == NULL ? OUTCOME_CONFIGURATION : reload(i, c, system);
	config_release(c);
	return o;
}
