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
#include "gateway/operator/daemon_follow.h"

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

/* What is waited for. */
struct awaited {
	const char *path; /* of the question that tells it */
	bool (*is_there)(const struct awaited *w, struct arena *a, const json_t *answer);
	const struct configuration *file;
	const char *system, *certificate, *sha256; /* certificate: its file */
	const char *done, *undone;                 /* what is said then, and when it is not so */
};

struct looking {
	struct invocation invocation; /* of one question: its memory */
	const struct awaited *awaited;
	bool followed;
};

static const char *text_in(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

/* What the daemon has of that system, in the answer's rows. */
static bool has_value(const json_t *rows, const char *section, const struct config_value *v)
{
	const json_t *row;
	size_t n;
	json_array_foreach (rows, n, row)
		if (text_equal(text_in(row, "section"), section)
		    && text_equal(text_in(row, "key"), v->key))
			return text_equal(text_in(row, "value"), v->value);
	return false;
}

static bool has_system(const struct awaited *w, struct arena *a, const json_t *answer)
{
	const char *section = arena_printf(a, "system %s", w->system);
	const json_t *rows = json_object_get(answer, "values");
	for (const struct config_value *v = w->file->values; v != NULL; v = v->next)
		if (text_equal(v->section, "system") && text_equal(v->title, w->system)
		    && !has_value(rows, section, v))
			return false;
	return true;
}

/* One that the next start opens shows nothing yet. */
static bool is_shown(const struct awaited *w, struct arena *a, const json_t *answer)
{
	const json_t *row;
	size_t n;
	(void)a;
	json_array_foreach (json_object_get(answer, "doors"), n, row) {
		const struct config_door *d = config_door_named(w->file, text_in(row, "door"));
		if (d != NULL && text_equal(d->tls.certificate, w->certificate)
		    && json_is_true(json_object_get(row, "listens"))
		    && !text_equal(text_in(row, "certificate_sha256"), w->sha256))
			return false;
	}
	return true;
}

static void look(void *with)
{
	struct looking *l = with;
	const struct request question = { .method = "GET", .path = l->awaited->path };
	enum outcome outcome;
	json_t *answer = command_asked(&l->invocation, &question, &outcome);
	l->followed = answer != NULL
		      && l->awaited->is_there(l->awaited, l->invocation.arena, answer);
	json_decref(answer);
}

static bool has_followed(const struct invocation *i, const struct awaited *w)
{
	static const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
	struct looking l = { .invocation = *i, .awaited = w };
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

static enum outcome reload(struct invocation *i, const struct awaited *w)
{
	if (!send_hup(w->file->service.socket)) {
		bool away = errno == ENOENT || errno == ECONNREFUSED;
		fprintf(i->talk, "minato: the daemon was not told to reload: %s\ndo: %s\n",
			away ? "none runs" : strerror(errno),
			away ? "start it: it reads its configuration then"
			     : "systemctl reload minatod, or kill -HUP its process, as its user");
		return away ? OUTCOME_UNREACHABLE : OUTCOME_REFUSED;
	}
	if (has_followed(i, w)) {
		fprintf(i->talk, "The daemon has reloaded, and %s.\n", w->done);
		return OUTCOME_DONE;
	}
	fprintf(i->talk,
		"minato: the daemon was told to reload, and %s within %d s\n"
		"do: its log says why (journalctl -u minatod)\n",
		w->undone, (int)WAIT_SECONDS);
	return OUTCOME_REFUSED;
}

static enum outcome follow(struct invocation *i, struct awaited *w)
{
	if (invocation_option(i, "reload") == NULL) {
		fputs("Let the daemon read its configuration again (--reload does):\n"
		      "  systemctl reload minatod     or: kill -HUP its process\n",
		      i->talk);
		return OUTCOME_DONE;
	}
	w->file = invocation_configuration(i);
	enum outcome o = w->file == NULL ? OUTCOME_CONFIGURATION : reload(i, w);
	config_release(w->file);
	return o;
}

enum outcome daemon_follow(struct invocation *i, const char *system)
{
	struct awaited w = {
		.path = "/admin/configuration",
		.is_there = has_system,
		.system = system,
		.done = arena_printf(i->arena, "knows %s so", system),
		.undone = arena_printf(i->arena, "has not taken %s", system),
	};
	return follow(i, &w);
}

enum outcome daemon_shows(struct invocation *i, const char *file, const char *sha256)
{
	struct awaited w = {
		.path = "/admin/status",
		.is_there = is_shown,
		.certificate = file,
		.sha256 = sha256,
		.done = "shows the new certificate",
		.undone = "does not show the new certificate",
	};
	return follow(i, &w);
}
