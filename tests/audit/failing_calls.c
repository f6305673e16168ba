/* tests/audit/failing_calls.c: linked with --wrap for each name here (tests.mk). */
#include "tests/audit/failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <lz4.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "store/audit_log.h"
#include "store/store.h"

static _Thread_local unsigned countdown; /* 0: not armed */
static _Thread_local bool failed;
static _Thread_local enum failing_wait how_waits_fail;

static _Thread_local struct {
	void (*waits)(void *self);
	void *self;
} on_wait;

void failing_on_wait(void (*waits)(void *self), void *self)
{
	on_wait.waits = waits;
	on_wait.self = self;
}

void failing_arm(unsigned nth, enum failing_wait waits)
{
	countdown = nth;
	how_waits_fail = waits;
	failed = false;
}

bool failing_failed(void)
{
	return failed;
}

bool failing_disarm(void)
{
	countdown = 0;
	return failed;
}

static const char *_Atomic next; /* the name whose next call fails, after these */
static atomic_uint before_it;

void failing_after(unsigned passing, const char *name)
{
	atomic_store(&before_it, passing);
	atomic_store(&next, name);
}

void failing_next(const char *name)
{
	failing_after(0, name);
}

/* Whether this is the name that was asked for; once. */
static bool named(const char *name)
{
	const char *wanted = atomic_load(&next);
	unsigned passing = atomic_load(&before_it);
	if (wanted == NULL || strcmp(wanted, name) != 0)
		return false;
	while (passing > 0)
		if (atomic_compare_exchange_weak(&before_it, &passing, passing - 1))
			return false;
	return atomic_compare_exchange_strong(&next, &wanted, NULL);
}

static bool now(const char *name)
{
	if (!named(name)) {
		if (countdown == 0 || --countdown != 0)
			return false;
		failed = true;
	}
	/* The end of TCP without a word is no error of the system's. */
	errno = how_waits_fail == WAIT_BREAKS ? EIO : 0;
	return true;
}

/* A wrapped function: its type, name, parameters, arguments, and what a failure returns. */
#define WRAP(type, name, parameters, arguments, failure)                                           \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return now(#name) ? (failure) : __real_##name arguments;                           \
	}

WRAP(int, socket, (int family, int type, int protocol), (family, type, protocol), -1)
int __real_poll(struct pollfd *fds, nfds_t n, int limit);
int __wrap_poll(struct pollfd *fds, nfds_t n, int limit);
int __wrap_poll(struct pollfd *fds, nfds_t n, int limit)
{
	if (on_wait.waits != NULL)
		on_wait.waits(on_wait.self);
	if (!now("poll"))
		return __real_poll(fds, n, limit);
	return how_waits_fail == WAIT_BREAKS ? -1 : 0;
}
WRAP(void *, malloc, (size_t size), (size), NULL)
WRAP(LZ4_stream_t *, LZ4_initStream, (void *at, size_t size), (at, size), NULL)
WRAP(bool, audit_log_append, (struct store_txn * t, struct audit_draft *d, uint64_t *sequence),
     (t, d, sequence), false)
WRAP(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *method), (method), NULL)
WRAP(long, SSL_CTX_ctrl, (SSL_CTX * c, int what, long number, void *more), (c, what, number, more),
     0)
WRAP(int, SSL_CTX_load_verify_locations, (SSL_CTX * c, const char *file, const char *folder),
     (c, file, folder), 0)
WRAP(int, SSL_CTX_use_certificate_chain_file, (SSL_CTX * c, const char *file), (c, file), 0)
WRAP(int, SSL_CTX_use_PrivateKey_file, (SSL_CTX * c, const char *file, int type), (c, file, type),
     0)
WRAP(SSL *, SSL_new, (SSL_CTX * c), (c), NULL)
WRAP(int, SSL_set_fd, (SSL * s, int fd), (s, fd), 0)
WRAP(int, SSL_set1_host, (SSL * s, const char *name), (s, name), 0)
WRAP(long, SSL_ctrl, (SSL * s, int what, long number, void *more), (s, what, number, more), 0)
WRAP(int, X509_VERIFY_PARAM_set1_ip_asc, (X509_VERIFY_PARAM * p, const char *address), (p, address),
     0)
WRAP(int, SSL_write_ex, (SSL * s, const void *from, size_t size, size_t *written),
     (s, from, size, written), 0)

WRAP(char *, strdup, (const char *text), (text), NULL)
WRAP(int, eventfd, (unsigned initial, int flags), (initial, flags), -1)
WRAP(int, eventfd_write, (int fd, eventfd_t value), (fd, value), -1)
WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *with, void *(*run)(void *), void *self),
     (thread, with, run, self), EAGAIN)
WRAP(struct arena *, arena_create, (size_t ceiling), (ceiling), NULL)
WRAP(void *, arena_try, (struct arena * a, size_t size), (a, size), NULL)
WRAP(bool, arena_run, (struct arena * a, void (*work)(void *), void *with), (a, work, with), false)
WRAP(struct store_txn *, store_begin_read, (struct store * s, struct problem *p), (s, p),
     (problem_set(p, PROBLEM_INTERNAL, "failed"), NULL))
WRAP(bool, store_write_on_reserve,
     (struct store * s, const struct store_afresh *afresh,
      bool (*run)(void *, struct store_txn *, struct problem *), void *with, struct problem *p),
     (s, afresh, run, with, p), problem_set(p, PROBLEM_STORE_FULL, "the disk is full"))
WRAP(bool, audit_log_acknowledge,
     (struct store_txn * t, const char *destination, uint64_t sequence), (t, destination, sequence),
     false)

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return now("calloc") || n == 0 ? NULL : __real_calloc(n, size);
}

int __real_SSL_read_ex(SSL *s, void *into, size_t size, size_t *got);
int __wrap_SSL_read_ex(SSL *s, void *into, size_t size, size_t *got);
int __wrap_SSL_read_ex(SSL *s, void *into, size_t size, size_t *got)
{
	if (now("SSL_read_ex"))
		return 0;
	int before = errno, result = __real_SSL_read_ex(s, into, size, got);
	if (errno == 0)
		errno = before;
	return result;
}

int __real_ioctl(int fd, unsigned long request, void *value);
int __wrap_ioctl(int fd, unsigned long request, void *value);
int __wrap_ioctl(int fd, unsigned long request, void *value)
{
	if (now("ioctl"))
		return -1;
	bool two = named("octets without receipt");
	if (two || named("its end without receipt")) {
		*(int *)value = 1 + two;
		return 0;
	}
	return __real_ioctl(fd, request, value);
}

int __real_connect(int fd, const struct sockaddr *to, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t length)
{
	if (now("connect"))
		return -1;
	bool at_once = named("connect at once");
	int flags = fcntl(fd, F_GETFL);
	if (at_once)
		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	int result = __real_connect(fd, to, length);
	if (at_once)
		fcntl(fd, F_SETFL, flags);
	return result;
}

int __real_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		       struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		       struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		       struct addrinfo **list)
{
	if (now("getaddrinfo"))
		return EAI_AGAIN;
	if (named("another address"))
		host = "127.0.0.1";
	/* Without hints each address is there once for each kind of socket. */
	return __real_getaddrinfo(host, port, named("two addresses") ? NULL : hints, list);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	if (fd < 0) {
		fprintf(stderr, "what is not open is closed\n");
		abort();
	}
	int result = __real_close(fd);
	errno = EINTR;
	return result;
}

ssize_t __real_recv(int fd, void *into, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *into, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *into, size_t size, int flags)
{
	if (now("recv"))
		return -1;
	bool for_good = named("nothing yet");
	if (!for_good && !named("a moment nothing"))
		return __real_recv(fd, into, size, flags);
	if (for_good)
		failing_next("poll");
	errno = EAGAIN;
	return -1;
}

int __real_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	if (now("getsockopt"))
		return -1;
	/* The first asks how connecting ended. */
	if (named("pending error")) {
		failing_next("pending error at last");
	} else if (named("pending error at last")) {
		*(int *)value = ECONNRESET;
		return 0;
	}
	return __real_getsockopt(fd, level, name, value, length);
}
