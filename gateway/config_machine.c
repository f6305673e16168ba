/* gateway/config_machine.c: what of a configuration only this machine can say. */
#include "gateway/config_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/grammars.h"
#include "gateway/rehearsal.h"
#include "gateway/secrets.h"
#include "gateway/starting.h"
#include "gateway/walls.h"
#include "store/region_mark.h"
#include "store/store_bereft.h"
#include "store/store_lock.h"

struct looking {
	const struct configuration *configuration;
	struct arena *arena;
	struct config_fault *first, **end;
	bool runs; /* a daemon by this configuration */
};

static void fault(struct looking *l, const char *what, const char *remedy)
{
	struct config_fault *f = arena_new(l->arena, struct config_fault);
	*f = (struct config_fault){ .place.file = l->configuration->path,
				    .what = what,
				    .remedy = remedy };
	*l->end = f;
	l->end = &f->next;
}

bool config_is_strict(const struct configuration *c)
{
	for (size_t i = 0; i < c->region.system_count; i++)
		if (c->region.systems[i].strict_input)
			return true;
	return false;
}

static void look_for_grammars(struct looking *l)
{
	const struct configuration *c = l->configuration;
	struct problem p = { .code = PROBLEM_NONE };
	struct grammars *g = config_is_strict(c) ? grammars_load(c->service.grammars, &p) : NULL;
	if (p.code != PROBLEM_NONE)
		fault(l, arena_printf(l->arena, "strict-input needs grammars: %s", p.what),
		      "install the grammars (make install), or switch strict-input off");
	grammars_free(g);
}

/* ---- Directories ---- */

static const char *parent_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return ".";
	return slash == path ? "/" : arena_printf(a, "%.*s", (int)(slash - path), path);
}

/* Why nothing can be made in it; NULL: it can. */
static const char *why_not_in(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return strerror(errno);
	if (!S_ISDIR(st.st_mode))
		return strerror(ENOTDIR);
	return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0 ? NULL : strerror(errno);
}

/* It is made by the start, where it is not there: itself, not what it is in. */
static void look_at_directory(struct looking *l, const char *key, const char *path)
{
	struct stat st;
	bool there = stat(path, &st) == 0 || errno != ENOENT;
	const char *at = there ? path : parent_of(l->arena, path), *why = why_not_in(at);
	if (why != NULL)
		fault(l,
		      arena_printf(l->arena, "%s %s: nothing can be kept in %s: %s", key, path, at,
				   why),
		      "name another, or make it and give it to the daemon's user");
}

static void look_at_directories(struct looking *l)
{
	const struct configuration *c = l->configuration;
	look_at_directory(l, "store directory", c->store.directory);
	for (size_t i = 0; i < c->region.repository_count; i++)
		if (c->region.repositories[i].directory != NULL)
			look_at_directory(l, "repository directory",
					  c->region.repositories[i].directory);
}

/* ---- The store ---- */

/* Which its next start opens; one that runs has it, and tells itself (config_running.c). */
static void look_at_store(struct looking *l)
{
	const struct configuration *c = l->configuration;
	const char *migrate = arena_printf(l->arena, "minato -c %s migrate", c->path);
	struct problem p = { .code = PROBLEM_NONE };
	if (!l->runs && !store_is_free(c->store.directory, &p))
		fault(l, arena_text(l->arena, p.what), problem_row(p.code)->remedy);
	else if (!l->runs
		 && (!store_would_begin(c->store.directory, &p)
		     || !region_mark_would_agree(c->store.directory, &c->region, migrate, l->arena,
						 &p)))
		fault(l, arena_text(l->arena, p.what), problem_row(p.code)->remedy);
	else if (!l->runs && !rehearsal_passes(c, &p))
		fault(l, arena_text(l->arena, p.what),
		      "restore a backup (minato restore), and keep what is there for who looks "
		      "into it");
}

/* False: there is nothing to be read. */
static bool look_at_encryption(struct looking *l)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (starting_would_encrypt(l->configuration, &p))
		return true;
	const char *of = p.where[0] == '\0' ? "" : arena_printf(l->arena, "%s: ", p.where);
	fault(l, arena_printf(l->arena, "%s%s", of, p.what), AT_REST_REMEDY);
	return false;
}

/* ---- Walls ---- */

/* They would stand around who asks, so they are raised in a process of their own. False: they are
 * not all there, and why says so. */
static bool walls_would_stand(const struct configuration *c, char why[WALLS_WORDS])
{
	int ends[2];
	why[0] = '\0';
	if (pipe(ends) != 0)
		return true;
	pid_t child = fork();
	if (child == 0) {
		secrets_protect(); /* as a start does first */
		bool stand = walls_raise(c, why) != NULL;
		_exit(!stand && write(ends[1], why, WALLS_WORDS) == WALLS_WORDS);
	}
	close(ends[1]);
	bool told = read(ends[0], why, WALLS_WORDS) == WALLS_WORDS;
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return !told;
}

static void look_at_walls(struct looking *l)
{
	char why[WALLS_WORDS];
	if (l->configuration->service.walls == WALLS_REQUIRED
	    && !walls_would_stand(l->configuration, why))
		fault(l, arena_text(l->arena, why), WALLS_REMEDY);
}

/* ---- Doors ---- */

static bool listens(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (strlen(path) < sizeof name.sun_path)
		memcpy(name.sun_path, path, strlen(path));
	bool live = fd >= 0 && connect(fd, (const struct sockaddr *)&name, sizeof name) == 0;
	if (fd >= 0)
		close(fd);
	return live;
}

/* The socket is in the store's directory, which the start makes, or in one that has to be there. */
static void look_at_socket(struct looking *l, const char *path)
{
	const char *in = parent_of(l->arena, path), *why = why_not_in(in);
	if (why == NULL || text_equal(in, l->configuration->store.directory))
		return;
	fault(l,
	      arena_printf(l->arena, "the operator's socket %s cannot be made in %s: %s", path, in,
			   why),
	      "name another in service socket, or make the directory");
}

/* 0: it can be bound, as the door would (gateway/transport/door.c); else errno. */
static int bind_error(const struct addrinfo *at, int kind)
{
	int fd = socket(at->ai_family, kind | SOCK_CLOEXEC, 0);
	int error = errno;
	if (fd < 0)
		return error;
	if (kind == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (at->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
	error = bind(fd, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
	close(fd);
	return error;
}

static void look_at_address(struct looking *l, const char *name, const char *address, unsigned port,
			    int kind)
{
	const struct addrinfo wanted = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
					 .ai_socktype = kind };
	struct addrinfo *at = NULL;
	if (getaddrinfo(address, arena_printf(l->arena, "%u", port), &wanted, &at) != 0)
		return; /* the configuration's own fault, and told */
	int error = bind_error(at, kind);
	freeaddrinfo(at);
	if (error == 0 || (error == EADDRINUSE && l->runs))
		return;
	fault(l,
	      arena_printf(l->arena, "the %s door cannot open %s port %u: %s", name, address, port,
			   strerror(error)),
	      error == EADDRINUSE      ? "end what listens there, or name another port"
	      : error == EADDRNOTAVAIL ? "name an address that this machine has; ip address "
					 "shows them"
				       : "start it as a user who may, or name another port");
}

static void look_at_doors(struct looking *l)
{
	const struct configuration *c = l->configuration;
	look_at_socket(l, c->service.socket);
	for (const struct config_door *const *d = c->doors; *d != NULL; d++)
		if ((*d)->kind != DOOR_LOCAL)
			look_at_address(l, (*d)->name, (*d)->address, (*d)->port, SOCK_STREAM);
	if (c->syslog_udp.sources != NULL)
		look_at_address(l, "syslog-udp", c->syslog_udp.address, c->syslog_udp.port,
				SOCK_DGRAM);
}

const struct config_fault *config_machine_faults(const struct configuration *c, struct arena *a)
{
	struct looking l = { .configuration = c, .arena = a, .runs = listens(c->service.socket) };
	l.end = &l.first;
	look_for_grammars(&l);
	look_at_directories(&l);
	look_at_walls(&l);
	if (look_at_encryption(&l))
		look_at_store(&l);
	look_at_doors(&l);
	return l.first;
}
