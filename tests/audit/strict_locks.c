/* tests/audit/strict_locks.c: linked with --wrap for each function here (tests.mk), so that a lock
 * that is let go without being held, or taken twice, ends the test, and a thread joined twice. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

int __real_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *how);
int __wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *how);
int __real_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __real_pthread_mutex_unlock(pthread_mutex_t *m);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *m);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);

static int must(int result, const char *what)
{
	if (result != 0) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
	return result;
}

int __wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *how)
{
	pthread_mutexattr_t strict;
	if (how != NULL)
		return __real_pthread_mutex_init(m, how);
	pthread_mutexattr_init(&strict);
	pthread_mutexattr_settype(&strict, PTHREAD_MUTEX_ERRORCHECK);
	int result = __real_pthread_mutex_init(m, &strict);
	pthread_mutexattr_destroy(&strict);
	return result;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
	return must(__real_pthread_mutex_lock(m), "a lock cannot be taken");
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *m)
{
	return must(__real_pthread_mutex_unlock(m), "a lock cannot be let go");
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
	return must(__real_pthread_join(thread, result), "a thread cannot be joined");
}
