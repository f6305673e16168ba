/* tests/profiles/late_clock.h: the clock of who watches storages, put forward by the test. */
#ifndef TESTS_PROFILES_LATE_CLOCK_H
#define TESTS_PROFILES_LATE_CLOCK_H

#include "gateway/base/clock.h"

static int64_t passed; /* since the test began; both clocks' */

static instant late_now(const struct clock *c)
{
	(void)c;
	return system_clock.now(&system_clock) + passed;
}

static int64_t late_elapsed(const struct clock *c)
{
	(void)c;
	return passed;
}

#endif
