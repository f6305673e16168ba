/* gateway/receiving.c: audit records of others that come as datagrams. */
#include "gateway/receiving.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/process.h"
#include "gateway/refusals.h"
#include "gateway/walls.h"
#include "profiles/atna/iti20_record_audit_event.h"
#include "store/store.h"

/* Datagrams kept by one job, and octets of one: no datagram has more. */
enum { AT_ONCE = 32, DATAGRAM = 64 * 1024 };
/* Of what is read of so many: the octets stand in the store's own memory. */
enum { MEMORY = 16 << 20 };
/* Octets that may wait in the kernel, where it allows so many. */
enum { WAITING = 4 << 20 };
enum { SOURCE = sizeof "udp " + INET6_ADDRSTRLEN };

struct taken {
	char source[SOURCE]; /* "udp ADDRESS" */
	struct bytes octets;
	struct received_terms terms;
	struct problem problem; /* why it was not kept */
};

struct receiving {
	struct gateway *gateway;
	const struct config_syslog_udp *set; /* the gateway's named configuration's */
	pthread_t thread;
	int fd, ending_fd;
	struct arena *arena;
	struct taken taken[AT_ONCE];
	size_t count;
	bool failing; /* told already */
	unsigned char octets[AT_ONCE][DATAGRAM];
};

/* ---- From the socket ---- */

static void name_source(const struct sockaddr_storage *from, char out[SOURCE])
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *four = (const struct sockaddr_in *)from;
	size_t at = (size_t)snprintf(out, SOURCE, "udp ");
	if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], out + at, INET6_ADDRSTRLEN);
	else if (from->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, out + at, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET, &four->sin_addr, out + at, INET6_ADDRSTRLEN);
}

static const char *address_of(const struct taken *t)
{
	return t->source + strlen("udp ");
}

static bool is_heard(const struct receiving *r, const char *address)
{
	for (const char *const *s = r->set->sources; s != NULL && *s != NULL; s++)
		if (text_equal(*s, address))
			return true;
	return false;
}

static void refuse(struct receiving *r, const char *address, enum problem_code problem,
		   const char *why)
{
	struct refusal_notice n = { .problem = problem, .exchange = true };
	snprintf(n.address, sizeof n.address, "%s", address);
	snprintf(n.why, sizeof n.why, "%s", why);
	refusals_tell(r->gateway, &n);
}

/* One datagram, where it waits; an empty one is none. False: none waits. */
static bool take_one(struct receiving *r)
{
	struct taken *t = &r->taken[r->count];
	struct sockaddr_storage from = { 0 };
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(r->fd, r->octets[r->count], DATAGRAM, MSG_DONTWAIT,
			     (struct sockaddr *)&from, &size);
	if (n < 0)
		return errno == EINTR;
	*t = (struct taken){ .octets = { r->octets[r->count], (size_t)n } };
	name_source(&from, t->source);
	if (!is_heard(r, address_of(t)))
		refuse(r, address_of(t), PROBLEM_NODE_UNKNOWN,
		       "a datagram of an address that is not among the sources of syslog-udp");
	else if (n > 0)
		r->count++;
	return true;
}

/* ---- Into the store ---- */

static void read_all(void *with)
{
	struct receiving *r = with;
	for (size_t i = 0; i < r->count; i++) {
		struct taken *t = &r->taken[i];
		t->terms.received = r->gateway->clock->now(r->gateway->clock);
		t->terms.source = t->source;
		t->terms.address = address_of(t);
		iti20_read(r->arena, t->octets, &t->terms);
	}
}

struct keeping {
	struct receiving *receiving;
	struct taken *taken;
};

static bool keep_one(void *with, struct store_txn *t, struct problem *p)
{
	const struct keeping *k = with;
	return received_append(t, &k->taken->terms, k->taken->octets, k->receiving->set->quota,
			       NULL, p);
}

/* A source past its quota keeps none of the others from being kept. */
static bool keep_all(void *with, struct store_txn *t, struct problem *p)
{
	struct receiving *r = with;
	(void)p;
	for (size_t i = 0; i < r->count; i++) {
		struct keeping k = { r, &r->taken[i] };
		k.taken->problem = (struct problem){ .code = PROBLEM_NONE };
		store_savepoint(t, keep_one, &k, &k.taken->problem);
	}
	return !store_failed(t);
}

static void tell_failure(struct receiving *r, bool kept, const struct problem *p)
{
	if (!kept && !r->failing)
		log_failure(&r->gateway->log, p->what,
			    "audit records that come as datagrams are lost",
			    problem_row(p->code)->remedy);
	if (kept && r->failing)
		log_write(&r->gateway->log, LOG_NOTICE,
			  "audit records that come as datagrams are kept again");
	r->failing = !kept;
}

static void keep(struct receiving *r)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool kept = arena_run(r->arena, read_all, r)
		    || problem_set(&p, PROBLEM_OUT_OF_RESOURCES,
				   "no memory to read audit records that came as datagrams");
	kept = kept && store_write(r->gateway->store, keep_all, r, &p);
	tell_failure(r, kept, &p);
	for (size_t i = 0; i < r->count; i++) {
		if (kept && r->taken[i].problem.code == PROBLEM_NONE)
			continue;
		metrics_count_refused_record(r->gateway->metrics, r->taken[i].source);
		if (kept)
			refuse(r, address_of(&r->taken[i]), r->taken[i].problem.code,
			       "it was not kept");
	}
	arena_reset(r->arena);
	r->count = 0;
}

static void *go(void *self)
{
	struct receiving *r = self;
	struct pollfd fds[] = { { .fd = r->ending_fd, .events = POLLIN },
				{ .fd = r->fd, .events = POLLIN } };
	pthread_setname_np(pthread_self(), "receiving");
	while (fds[0].revents == 0) {
		if (poll(fds, COUNT(fds), -1) < 0)
			continue;
		while (r->count < AT_ONCE && take_one(r))
			continue;
		if (r->count > 0)
			keep(r);
	}
	return NULL;
}

/* ---- Its life ---- */

/* -1, and errno says why. */
static int listen_at(const struct config_syslog_udp *set)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
				  .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *at = NULL;
	char port[8];
	snprintf(port, sizeof port, "%u", set->port);
	if (getaddrinfo(set->address, port, &hints, &at) != 0)
		return -1;
	int fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd != -1) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ WAITING }, sizeof(int));
		if (bind(fd, at->ai_addr, at->ai_addrlen) != 0) {
			int kept = errno;
			close(fd);
			errno = kept;
			fd = -1;
		}
	}
	freeaddrinfo(at);
	return fd;
}

static void receiving_free(struct receiving *r)
{
	if (r->fd != -1)
		close(r->fd);
	if (r->ending_fd != -1)
		close(r->ending_fd);
	arena_destroy(r->arena);
	free(r);
}

static bool begin(void *self)
{
	struct receiving *r = self;
	return pthread_create(&r->thread, NULL, go, r) == 0;
}

bool receiving_start(struct gateway *g, struct receiving **out)
{
	const struct config_syslog_udp *set = &g->named->syslog_udp;
	*out = NULL;
	if (set->sources == NULL)
		return true;
	struct receiving *r = calloc(1, sizeof *r);
	if (r == NULL)
		return false;
	r->gateway = g;
	r->set = set;
	r->fd = listen_at(set);
	r->ending_fd = eventfd(0, EFD_CLOEXEC);
	r->arena = arena_create(MEMORY);
	if (r->fd != -1 && r->ending_fd != -1 && r->arena != NULL
	    && walls_within(g->walls, WALL_KEEPING, begin, r)) {
		*out = r;
		return true;
	}
	log_write(&g->log, LOG_ERROR, "syslog-udp (%s port %u) cannot open: %s", set->address,
		  set->port, strerror(errno));
	receiving_free(r);
	return false;
}

void receiving_stop(struct receiving *r)
{
	uint64_t one = 1;
	if (r == NULL)
		return;
	while (write(r->ending_fd, &one, sizeof one) == -1 && errno == EINTR)
		continue;
	pthread_join(r->thread, NULL);
	receiving_free(r);
}
