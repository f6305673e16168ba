/* tests/base/failing.h: calls that can fail, made to fail one at a time.
 *
 * The linker (--wrap=NAME for each FAILING() of a program) leads the library's calls here. The call
 * that was armed fails as its room would have it fail, once; all others pass, on whatever
 * thread. */
#ifndef TESTS_BASE_FAILING_H
#define TESTS_BASE_FAILING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

static const char *_Atomic failing_name;
static atomic_uint failing_before; /* so many calls pass first */

static inline void failing_arm(const char *name, unsigned passing)
{
	atomic_store(&failing_before, passing);
	atomic_store(&failing_name, name);
}

/* Whether the call that was armed has failed since. */
static inline bool failing_disarm(void)
{
	return atomic_exchange(&failing_name, NULL) == NULL;
}

static inline bool failing_now(const char *name)
{
	const char *wanted = atomic_load(&failing_name);
	unsigned passing = atomic_load(&failing_before);
	if (wanted == NULL || strcmp(wanted, name) != 0)
		return false;
	while (passing > 0)
		if (atomic_compare_exchange_weak(&failing_before, &passing, passing - 1))
			return false;
	return atomic_compare_exchange_strong(&failing_name, &wanted, NULL);
}

/* Its type, name, parameters, arguments, and what a failure returns. */
#define FAILING(type, name, parameters, arguments, failure)                                        \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return failing_now(#name) ? (failure) : __real_##name arguments;                   \
	}

#endif
