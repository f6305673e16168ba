/* gateway/operator/demo_process.h: starting and ending what the demo needs to run beside it. */
#ifndef GATEWAY_OPERATOR_DEMO_PROCESS_H
#define GATEWAY_OPERATOR_DEMO_PROCESS_H

#include "gateway/operator/demo_region.h"

struct demo_start {
	const char *const *argv; /* the program's path first; ended by NULL */
	const char *log;         /* file of the region that gets what it prints */
	int within_ms;           /* it must have said READY=1 by then */
};

/* Returns when it is ready (sd_notify(3)); false when it ended, took too long, or a signal came. */
bool demo_process_start(struct demo_region *r, const struct demo_start *start,
			struct demo_process *out, struct problem *p);
/* Beside this program, in ../sbin of it, in PATH or in /usr/sbin; NULL when nowhere. */
const char *demo_process_find(struct arena *a, const char *name);

#endif
