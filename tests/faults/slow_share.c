/* tests/faults/slow_share.c: preloaded into minatod, a share so slow that each folder takes longer
 * to list than a turn of the watch is (gateway/watching.c): by the clock of the thread that lists
 * it; nobody waits for that. */
#include <dirent.h>
#include <dlfcn.h>
#include <time.h>

enum { FOLDER_SECONDS = 21 };

static _Thread_local time_t passed;

DIR *fdopendir(int fd)
{
	DIR *(*next)(int) = (DIR * (*)(int)) dlsym(RTLD_NEXT, "fdopendir");
	passed += FOLDER_SECONDS;
	return next(fd);
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int (*next)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(
		RTLD_NEXT, "clock_gettime");
	int done = next(clock, t);
	if (done == 0 && clock == CLOCK_MONOTONIC)
		t->tv_sec += passed;
	return done;
}
