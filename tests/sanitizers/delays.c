/* tests/sanitizers/delays.c: preloaded, threads are held up at random where they meet.
 *
 * What is right only as long as threads come in the usual order is wrong in one run of thousands.
 * Here every order is usual: before and after a lock is taken or let go, somebody is woken, a
 * thread begins, octets come, go or are flushed, and after a rest, a thread may be held for a
 * while; a wait for a condition may end without a reason, as POSIX allows. Some threads are held
 * oftener than others. It costs no processor. A test that fails so either found a fault or
 * depends on how quick the machine is: neither may stay.
 *
 *	make delayed-check              every test that runs what was built; each log begins with
 *	                                its seed (tests/sanitizers/delayed, also for one program)
 *	make delayed-check TESTS=... DELAYS=SEED:RARE:LONGEST
 *
 * MINATO_DELAYS is SEED, or SEED:RARE:LONGEST: one in RARE (2000) of the locks is held, of what is
 * rarer more; most for less than a millisecond, one in sixteen for up to LONGEST (20) of them.
 * Without it, and in what is not ours (a test may start what it likes), nobody is held. */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* How often, as a part of RARE: locks are taken all the time, threads hardly ever begin. */
enum often { AT_LOCK = 1, AT_OCTETS = 8, AT_WAKING = 32, AT_FLUSH = 128, AT_START = 256 };

enum { USUAL_US = 1000, LONG_ONES = 16, SLOW_THREADS = 4, HOW_SLOW = 8, NO_REASON = 50 };

static bool on;
static unsigned rare = 2000, longest_ms = 20;
static uint64_t seed;
static uintptr_t engine_from, engine_to; /* where Berkeley DB is */
static atomic_uint_fast64_t threads;
static _Thread_local uint64_t drawn __attribute__((tls_model("initial-exec"))); /* 0: not begun */
static _Thread_local unsigned haste __attribute__((tls_model("initial-exec")));

static bool ours(const char *name)
{
	size_t length = strlen(name);
	return strcmp(name, "minatod") == 0 || strcmp(name, "minato") == 0
	       || (length > 5 && strcmp(name + length - 5, "_test") == 0);
}

static int find_engine(struct dl_phdr_info *of, size_t size, void *unused)
{
	(void)size, (void)unused;
	for (unsigned i = 0; strstr(of->dlpi_name, "/libdb-") != NULL && i < of->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &of->dlpi_phdr[i];
		if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
			engine_from = of->dlpi_addr + part->p_vaddr;
			engine_to = engine_from + part->p_memsz;
		}
	}
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *how = getenv("MINATO_DELAYS");
	unsigned long long given = 0;
	if (how == NULL || !ours(program_invocation_short_name))
		return;
	on = sscanf(how, "%llu:%u:%u", &given, &rare, &longest_ms) > 0 && rare > 0;
	seed = given;
	dl_iterate_phdr(find_engine, NULL);
}

/* splitmix64, one stream a thread, in the order in which threads first come here. */
static uint64_t draw(void)
{
	const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);
	bool first = drawn == 0;
	if (first)
		drawn = (seed + 1) * UINT64_C(0xd1342543de82ef95)
			+ atomic_fetch_add(&threads, 1) * UINT64_C(0xda942042e4dd58b5);
	drawn += step;
	uint64_t z = drawn;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	if (first)
		haste = z % SLOW_THREADS == 0 ? HOW_SLOW : 1;
	return z;
}

static void stay(uint64_t us)
{
	int before = errno;
	struct timespec left = { (time_t)(us / 1000000), (long)(us % 1000000 * 1000) };
	while (syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &left, &left) != 0
	       && errno == EINTR)
		continue;
	errno = before;
}

static void hold(enum often often)
{
	if (!on)
		return;
	uint64_t z = draw();
	unsigned one_in = rare / ((unsigned)often * haste);
	if (one_in > 1 && z % one_in != 0)
		return;
	z = draw();
	stay(z % LONG_ONES != 0 || longest_ms == 0 ? z / LONG_ONES % USUAL_US
						   : z / LONG_ONES % (longest_ms * 1000));
}

/* Of a function that the C library has in two versions dlsym() may find the older; a sanitizer's,
 * which has none, stands before both. */
static void *newest(void *from, const char *name)
{
	Dl_info here, there;
	void *found = dlsym(from, name), *newer = dlvsym(from, name, "GLIBC_2.3.2");
	if (newer != NULL && found != NULL && dladdr(found, &here) != 0
	    && dladdr(newer, &there) != 0 && here.dli_fbase == there.dli_fbase)
		found = newer;
	if (found == NULL)
		abort();
	return found;
}

/* A sanitizer looks away (tests/sanitizers/threads) where Berkeley DB calls, and cannot see behind
 * us that it does: such a call is led past it. */
static bool is_engine(const void *caller)
{
	return (uintptr_t)caller >= engine_from && (uintptr_t)caller < engine_to;
}

static bool is_sanitizers(const void *function)
{
	Dl_info where;
	return dladdr(function, &where) != 0 && strstr(where.dli_fname, "san.so") != NULL;
}

/* What would have been called without us; caller: where that returns to. */
static void *next_of(void *_Atomic known[2], const char *name, const void *caller)
{
	bool engine = is_engine(caller);
	void *found = atomic_load(&known[engine]);
	if (found != NULL)
		return found;
	found = newest(RTLD_NEXT, name);
	if (engine && is_sanitizers(found))
		found = newest(dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), name);
	atomic_store(&known[engine], found);
	return found;
}

/* A function whose callers are held before and after it: its type, name, how often, parameters,
 * arguments. */
#define HELD(type, name, often, parameters, arguments)                                             \
	type name parameters;                                                                      \
	type name parameters                                                                       \
	{                                                                                          \
		static void *_Atomic known[2];                                                     \
		type(*next) parameters = (type(*) parameters)next_of(known, #name,                 \
								     __builtin_return_address(0)); \
		hold(often);                                                                       \
		type result = next arguments;                                                      \
		hold(often);                                                                       \
		return result;                                                                     \
	}

HELD(int, pthread_mutex_lock, AT_LOCK, (pthread_mutex_t * m), (m))
HELD(int, pthread_mutex_unlock, AT_LOCK, (pthread_mutex_t * m), (m))
HELD(int, pthread_rwlock_rdlock, AT_LOCK, (pthread_rwlock_t * l), (l))
HELD(int, pthread_rwlock_wrlock, AT_LOCK, (pthread_rwlock_t * l), (l))
HELD(int, pthread_rwlock_unlock, AT_LOCK, (pthread_rwlock_t * l), (l))
HELD(int, pthread_cond_signal, AT_WAKING, (pthread_cond_t * c), (c))
HELD(int, pthread_cond_broadcast, AT_WAKING, (pthread_cond_t * c), (c))
HELD(int, epoll_wait, AT_OCTETS, (int fd, struct epoll_event *into, int most, int limit),
     (fd, into, most, limit))
HELD(int, poll, AT_OCTETS, (struct pollfd * fds, nfds_t n, int limit), (fds, n, limit))
HELD(ssize_t, read, AT_OCTETS, (int fd, void *into, size_t size), (fd, into, size))
HELD(ssize_t, write, AT_OCTETS, (int fd, const void *from, size_t size), (fd, from, size))
HELD(ssize_t, readv, AT_OCTETS, (int fd, const struct iovec *into, int n), (fd, into, n))
HELD(ssize_t, writev, AT_OCTETS, (int fd, const struct iovec *from, int n), (fd, from, n))
HELD(ssize_t, recv, AT_OCTETS, (int fd, void *into, size_t size, int flags),
     (fd, into, size, flags))
HELD(ssize_t, send, AT_OCTETS, (int fd, const void *from, size_t size, int flags),
     (fd, from, size, flags))
HELD(ssize_t, recvmsg, AT_OCTETS, (int fd, struct msghdr *into, int flags), (fd, into, flags))
HELD(ssize_t, sendmsg, AT_OCTETS, (int fd, const struct msghdr *from, int flags), (fd, from, flags))
HELD(int, accept4, AT_WAKING,
     (int fd, struct sockaddr *restrict who, socklen_t *restrict length, int flags),
     (fd, who, length, flags))
HELD(int, connect, AT_WAKING, (int fd, const struct sockaddr *to, socklen_t length),
     (fd, to, length))
HELD(int, fsync, AT_FLUSH, (int fd), (fd))
HELD(int, fdatasync, AT_FLUSH, (int fd), (fd))
HELD(int, nanosleep, AT_WAKING, (const struct timespec *asked, struct timespec *left),
     (asked, left))
/* read() and recv() as gcc calls them where it knows how large the place is. */
HELD(ssize_t, __read_chk, AT_OCTETS, (int fd, void *into, size_t size, size_t place),
     (fd, into, size, place))
HELD(ssize_t, __recv_chk, AT_OCTETS, (int fd, void *into, size_t size, size_t place, int flags),
     (fd, into, size, place, flags))

/* A wait for a condition that ends without a reason: others may have the lock meanwhile. */
static bool ends_without_a_reason(pthread_mutex_t *with)
{
	if (!on || draw() % NO_REASON != 0)
		return false;
	pthread_mutex_unlock(with);
	stay(draw() % USUAL_US);
	pthread_mutex_lock(with);
	return true;
}

int pthread_cond_wait(pthread_cond_t *restrict wake, pthread_mutex_t *restrict with)
{
	typedef int wait(pthread_cond_t *, pthread_mutex_t *);
	static void *_Atomic known[2];
	wait *next = (wait *)next_of(known, __func__, __builtin_return_address(0));
	if (!is_engine(__builtin_return_address(0)) && ends_without_a_reason(with))
		return 0;
	int result = next(wake, with);
	hold(AT_WAKING);
	return result;
}

int pthread_cond_timedwait(pthread_cond_t *restrict wake, pthread_mutex_t *restrict with,
			   const struct timespec *restrict until)
{
	typedef int wait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
	static void *_Atomic known[2];
	wait *next = (wait *)next_of(known, __func__, __builtin_return_address(0));
	if (!is_engine(__builtin_return_address(0)) && ends_without_a_reason(with))
		return 0;
	int result = next(wake, with, until);
	hold(AT_WAKING);
	return result;
}

struct beginning {
	void *(*run)(void *);
	void *with;
};

static void *begin_late(void *given)
{
	struct beginning what = *(struct beginning *)given;
	free(given);
	hold(AT_START);
	return what.run(what.with);
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict how,
		   void *(*run)(void *), void *restrict with)
{
	typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	static void *_Atomic known[2];
	create *next = (create *)next_of(known, __func__, __builtin_return_address(0));
	struct beginning *what = on ? malloc(sizeof *what) : NULL;
	if (what == NULL)
		return next(thread, how, run, with);
	*what = (struct beginning){ run, with };
	int result = next(thread, how, begin_late, what);
	if (result != 0)
		free(what);
	hold(AT_START);
	return result;
}
