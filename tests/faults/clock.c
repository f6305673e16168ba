/* tests/faults/clock.c: preloaded into minatod, a civil clock that a test sets.
 *
 * MINATO_CLOCK is a file of eight octets: microseconds, in the host's order, by which civil time is
 * other than it is. Who writes them has set the clock, at once and for every thread; monotonic time
 * is left alone, as it is where somebody sets a clock. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000, NANO = 1000 };

static const _Atomic int64_t *other;

/* Before anything else: later on no file may be opened any more. */
__attribute__((constructor)) static void begin(void)
{
	const char *file = getenv("MINATO_CLOCK");
	int fd = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *other, PROT_READ, MAP_SHARED, fd, 0);
	other = at == MAP_FAILED ? NULL : at;
	if (fd >= 0)
		close(fd);
}

static void move(struct timespec *t)
{
	int64_t by = other == NULL ? 0 : atomic_load(other);
	t->tv_sec += by / SECOND;
	t->tv_nsec += by % SECOND * NANO;
	if (t->tv_nsec >= (int64_t)SECOND * NANO || t->tv_nsec < 0) {
		int64_t carry = t->tv_nsec < 0 ? -1 : 1;
		t->tv_sec += carry;
		t->tv_nsec -= carry * SECOND * NANO;
	}
}

int clock_gettime(clockid_t id, struct timespec *out)
{
	static int (*_Atomic next)(clockid_t, struct timespec *);
	int (*real)(clockid_t, struct timespec *) = atomic_load(&next);
	if (real == NULL) {
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
		atomic_store(&next, real);
	}
	int got = real(id, out);
	if (got == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		move(out);
	return got;
}

time_t time(time_t *out)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	if (out != NULL)
		*out = t.tv_sec;
	return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec t;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	out->tv_sec = t.tv_sec;
	out->tv_usec = t.tv_nsec / NANO;
	return 0;
}
