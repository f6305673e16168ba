/* gateway/transport/door.c: what every door has: its usual limits, its listening socket, its
 * terms. */
#include "gateway/transport/door.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/descriptors.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/transport/inside.h"

enum { BACKLOG = 1024 };
enum { ACCEPTS = 64 }; /* in one go, before those accepted have their turn */

const struct door_limits door_limits_default = {
	.request_line = 8 * 1024,  /* a long FHIR search; a longer one is sent by POST */
	.header_block = 32 * 1024, /* tokens travel in headers, documents do not */
	.headers = 100,
	.body = (uint64_t)2 << 30, /* some documents of 512 MiB in one submission; streamed */
	.frame = 1024 * 1024,      /* an HL7 v2 message with embedded report stays below */
	/* 5,000 idle ones and room; descriptors are the other bound */
	.connections = 8192,
	.connections_per_peer = 256, /* one hospital's cluster, not one hospital's mistake */
	.handshakes = 1024,          /* round trips at once, when all come back after a stop */
	/* the store's logs, spools, couriers, and all the connections of the operator's doors */
	.descriptors_kept = 256,
	.handshake_seconds = 10,
	.head_seconds = 15,    /* from its first octet, however slowly the rest drips */
	.idle_seconds = 300,   /* an MLLP link is opened anew by its sender at will */
	.total_seconds = 3600, /* 512 MiB over a line of 1.2 Mbit/s */
	.least_rate = 1024,    /* slower than any line a hospital has */
	.begun_seconds = 5,    /* who asks gives up after some tens */
	.stall_seconds = 30,   /* a receiver's disk may take its time */
	/* links stay up for months, revocation must not wait for that */
	.recheck_seconds = 600,
};

const char *head_header(const struct head *h, const char *name)
{
	for (size_t i = 0; i < h->header_count; i++)
		if (text_equal_nocase(h->headers[i].name, name))
			return h->headers[i].value;
	return NULL;
}

struct terms *terms_keep(struct terms *t)
{
	atomic_fetch_add(&t->references, 1);
	return t;
}

void terms_drop(struct terms *t)
{
	if (t == NULL || atomic_fetch_sub(&t->references, 1) != 1)
		return;
	SSL_CTX_free(t->tls);
	free(t);
}

struct terms *door_terms(struct door *d)
{
	pthread_mutex_lock(&d->lock);
	struct terms *t = terms_keep(d->terms);
	pthread_mutex_unlock(&d->lock);
	return t;
}

static int failed(int fd, char why[TLS_WHY], const char *where, const char *what)
{
	snprintf(why, TLS_WHY, "could not open %s: %s", where, what);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A socket nobody listens on any more is left over from a crash; a live one is not ours to take. */
static bool remove_stale(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool live = fd >= 0 && connect(fd, (const struct sockaddr *)name, sizeof *name) == 0;
	if (fd >= 0)
		close(fd);
	return !live && (unlink(name->sun_path) == 0 || errno == ENOENT);
}

static int listen_local(const char *path, char why[TLS_WHY])
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof name.sun_path)
		return failed(-1, why, path, "the path of a socket is limited to 107 characters");
	memcpy(name.sun_path, path, strlen(path));
	if (!remove_stale(&name))
		return failed(-1, why, path, "another process listens there");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The mode of the socket before bind(2) is that of its name: no moment with a wider one. */
	if (fd < 0 || fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&name, sizeof name) != 0
	    || listen(fd, BACKLOG) != 0)
		return failed(fd, why, path, strerror(errno));
	return fd;
}

static bool is_loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

int door_listen(const struct door_settings *s, char why[TLS_WHY])
{
	if (s->kind == DOOR_LOCAL)
		return listen_local(s->address, why);
	struct addrinfo *found = NULL, wanted = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	char where[80], port[8];
	snprintf(port, sizeof port, "%u", s->port % 65536);
	snprintf(where, sizeof where, "%s port %s", s->address, port);
	if (getaddrinfo(s->address, port, &wanted, &found) != 0)
		return failed(-1, why, where, "the address is not numeric");
	if (s->kind == DOOR_ADMIN && !is_loopback(found->ai_addr)) {
		freeaddrinfo(found);
		return failed(-1, why, where, "this door opens on the loopback address only");
	}
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool open = fd >= 0
		    && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0
		    && (found->ai_family != AF_INET6
			|| setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int)) == 0)
		    && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
	int error = errno;
	freeaddrinfo(found);
	return open ? fd : failed(fd, why, where, strerror(error));
}

unsigned door_bound_port(int fd)
{
	struct sockaddr_storage name = { 0 };
	socklen_t length = sizeof name;
	if (getsockname(fd, (struct sockaddr *)&name, &length) != 0)
		return 0;
	return name.ss_family == AF_INET6  ? ntohs(((struct sockaddr_in6 *)&name)->sin6_port)
	       : name.ss_family == AF_INET ? ntohs(((struct sockaddr_in *)&name)->sin_port)
					   : 0;
}

/* Out of descriptors: the waiting connection would wake us for ever, so accepting rests a tick. */
static void pause_accepting(struct door *d, const char *error)
{
	log_failure(d->front->log, error, "no new connection is accepted for a moment",
		    "raise LimitNOFILE of the service, or lower the limits of connections");
	event_del(&d->accepting);
	d->paused = true;
}

void door_resume(struct door *d)
{
	if (d->paused && d->listening && event_add(&d->accepting, NULL) == 0)
		d->paused = false;
}

static bool of_those_kept(struct door *d, int fd)
{
	struct terms *t = door_terms(d);
	bool kept = descriptor_is_kept(fd, t->limits.descriptors_kept);
	terms_drop(t);
	return kept;
}

/* It is let go and not left waiting: elsewhere there may be room. */
static void starve(struct door *d, int fd)
{
	atomic_fetch_add(&d->front->refused, 1);
	atomic_fetch_add(&d->front->starved, 1);
	close(fd);
	pause_accepting(d, "the descriptors that are left are kept for the store and the operator");
}

static void connecting(evutil_socket_t fd, short what, void *self)
{
	struct door *d = self;
	(void)what;
	for (int i = 0; i < ACCEPTS; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t length = sizeof from;
		int accepted = accept4(fd, (struct sockaddr *)&from, &length,
				       SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (accepted >= 0 && of_those_kept(d, accepted)) {
			starve(d, accepted);
			return;
		}
		if (accepted >= 0)
			connection_accept(d, accepted, &from);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			pause_accepting(d, strerror(errno));
		if (accepted < 0 && errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

void door_begin(struct mail *m)
{
	struct door *d = (struct door *)m;
	struct event_base *base = d->front->gate->base;
	if (atomic_load(&d->front->stopping))
		return;
	d->listening = event_assign(&d->accepting, base, d->fd, EV_READ | EV_PERSIST, connecting, d)
			       == 0
		       && event_add(&d->accepting, NULL) == 0;
}

void door_end(struct door *d)
{
	if (d->listening)
		event_del(&d->accepting);
	d->listening = false;
	if (d->path != NULL)
		unlink(d->path);
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}
