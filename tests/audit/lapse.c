/* tests/audit/lapse.c: time that passes when a test says so. */
#include "tests/audit/lapse.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

enum { PATIENCE_S = 120, THREAD_NAME = 16, CONDITIONS = 64 };

/* Taken after the lock of whoever waits. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const char *held;
static bool resting;                        /* it waits without a limit */
static bool waiting, over;                  /* over: the wait is to end as if its time had come */
static long seconds;                        /* it was to last */
static _Thread_local struct timespec asked; /* what the clock said last */
static _Thread_local const pthread_condattr_t *begun;
/* Those made last that go by the clock that nobody sets. */
static const pthread_cond_t *steady[CONDITIONS];
static size_t steady_count;
static pthread_cond_t *its_wake;
static pthread_mutex_t *its_lock;

int __real_pthread_cond_wait(pthread_cond_t *wake, pthread_mutex_t *with);
int __wrap_pthread_cond_wait(pthread_cond_t *wake, pthread_mutex_t *with);
int __real_pthread_cond_timedwait(pthread_cond_t *wake, pthread_mutex_t *with,
				  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *wake, pthread_mutex_t *with,
				  const struct timespec *until);
int __real_clock_gettime(clockid_t which, struct timespec *out);
int __wrap_clock_gettime(clockid_t which, struct timespec *out);
int __real_pthread_condattr_init(pthread_condattr_t *how);
int __wrap_pthread_condattr_init(pthread_condattr_t *how);
int __real_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *how);
int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *how);

static bool is_held(void)
{
	char name[THREAD_NAME] = "";
	pthread_getname_np(pthread_self(), name, sizeof name);
	return held != NULL && strcmp(name, held) == 0;
}

int __wrap_clock_gettime(clockid_t which, struct timespec *out)
{
	int result = __real_clock_gettime(which, out);
	if (which == CLOCK_MONOTONIC)
		asked = *out;
	return result;
}

int __wrap_pthread_condattr_init(pthread_condattr_t *how)
{
	begun = how;
	return __real_pthread_condattr_init(how);
}

int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *how)
{
	clockid_t which = CLOCK_REALTIME;
	if (how != NULL && how == begun)
		pthread_condattr_getclock(how, &which);
	pthread_mutex_lock(&lock);
	steady[steady_count++ % CONDITIONS] = which == CLOCK_MONOTONIC ? c : NULL;
	pthread_mutex_unlock(&lock);
	return __real_pthread_cond_init(c, how);
}

static bool is_steady(const pthread_cond_t *c)
{
	bool found = false;
	for (size_t i = 0; i < CONDITIONS; i++)
		found |= steady[i] == c;
	return found;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *wake, pthread_mutex_t *with,
				  const struct timespec *until)
{
	pthread_mutex_lock(&lock);
	bool ours = is_held();
	if (ours) {
		waiting = true;
		seconds = is_steady(wake) && until->tv_nsec == asked.tv_nsec
				  ? until->tv_sec - asked.tv_sec
				  : -1;
		its_wake = wake;
		its_lock = with;
		pthread_cond_broadcast(&changed);
	}
	pthread_mutex_unlock(&lock);
	if (!ours)
		return __real_pthread_cond_timedwait(wake, with, until);
	int woken = __real_pthread_cond_wait(wake, with);
	pthread_mutex_lock(&lock);
	int result = over ? ETIMEDOUT : woken;
	waiting = over = false;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return result;
}

int __wrap_pthread_cond_wait(pthread_cond_t *wake, pthread_mutex_t *with)
{
	pthread_mutex_lock(&lock);
	bool ours = is_held() && is_steady(wake); /* else it waits for the store */
	if (ours) {
		resting = true;
		pthread_cond_broadcast(&changed);
	}
	pthread_mutex_unlock(&lock);
	int woken = __real_pthread_cond_wait(wake, with);
	pthread_mutex_lock(&lock);
	resting = resting && !ours;
	pthread_mutex_unlock(&lock);
	return woken;
}

void lapse_hold(const char *thread)
{
	pthread_mutex_lock(&lock);
	held = thread;
	resting = waiting = over = false;
	pthread_mutex_unlock(&lock);
}

static struct timespec patience(void)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	return until;
}

bool lapse_rests(void)
{
	struct timespec until = patience();
	int late = 0;
	pthread_mutex_lock(&lock);
	while (!resting && !waiting && late == 0)
		late = __real_pthread_cond_timedwait(&changed, &lock, &until);
	bool found = resting;
	pthread_mutex_unlock(&lock);
	return found;
}

long lapse_awaited(void)
{
	struct timespec until = patience();
	int late = 0;
	pthread_mutex_lock(&lock);
	while ((over || !waiting) && late == 0)
		late = __real_pthread_cond_timedwait(&changed, &lock, &until);
	long found = late == 0 ? seconds : -1;
	pthread_mutex_unlock(&lock);
	return found;
}

bool lapse_over(void)
{
	if (lapse_awaited() == -1)
		return false;
	pthread_mutex_lock(&lock);
	pthread_mutex_t *theirs = its_lock;
	pthread_cond_t *wake = its_wake;
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(theirs); /* free only when it does wait */
	pthread_mutex_lock(&lock);
	over = true;
	pthread_mutex_unlock(&lock);
	pthread_cond_broadcast(wake);
	pthread_mutex_unlock(theirs);
	return true;
}

long lapse_pass(void)
{
	return lapse_over() ? lapse_awaited() : -1;
}
