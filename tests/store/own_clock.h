/* tests/store/own_clock.h: a store whose time is the test's. */
#ifndef TESTS_STORE_OWN_CLOCK_H
#define TESTS_STORE_OWN_CLOCK_H

#include "tests/store/fixture.h"

#define DAY (INT64_C(24) * 3600 * 1000000)

static instant now = INT64_C(1800000000) * 1000000;

static inline instant own_now(const struct clock *c)
{
	(void)c;
	return now;
}

static inline int64_t own_elapsed(const struct clock *c)
{
	return system_clock.elapsed(c);
}

static inline void open_at(struct fixture *f)
{
	static const struct clock ours = { own_now, own_elapsed };
	fixture_open(f);
	f->settings.clock = &ours;
	fixture_reopen(f);
}

#endif
