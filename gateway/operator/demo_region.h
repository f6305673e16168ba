/* gateway/operator/demo_region.h: the demo's region and the processes that serve it.
 *
 * A directory with a region as `minato init --demo` makes it, a real rsyslog as its Audit Record
 * Repository, and minatod. What was started is stopped, and what was made is removed, unless it is
 * to be kept. Readiness and ends are waited for by their events (sd_notify(3), pidfd_open(2)). */
#ifndef GATEWAY_OPERATOR_DEMO_REGION_H
#define GATEWAY_OPERATOR_DEMO_REGION_H

#include <stdbool.h>
#include <sys/types.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;

struct demo_process {
	pid_t pid; /* 0: not running */
	int fd;    /* its pidfd */
};

struct demo_region {
	struct arena *arena;
	const struct clock *clock;
	const char *directory; /* the region */
	bool keep;
	bool made;            /* the directory is ours: it may be removed */
	int signals;          /* signalfd of SIGINT, SIGTERM, SIGHUP; they are blocked */
	bool interrupted;     /* one of them came */
	const char *rsyslogd; /* NULL: not installed */
	struct demo_process syslog, daemon;
};

/* directory NULL: a temporary one. False before anything was made. */
bool demo_region_make(struct demo_region *r, const char *directory, struct problem *p);
/* Another identity, below the directory of one that is there, with which it goes or stays. */
bool demo_region_make_beside(struct demo_region *r, const struct demo_region *there,
			     struct problem *p);
bool demo_region_start(struct demo_region *r,
		       struct problem *p); /* rsyslogd, then minatod; ready */
/* By SIGTERM; false when it did not end with 0 in time. */
bool demo_process_stop(struct demo_process *what);
/* Ends both when they still run, and removes the directory unless it is to be kept. True when both
 * ended as they should. */
bool demo_region_end(struct demo_region *r);
/* Removes it with all that is in it. */
void demo_region_remove(const char *directory);
/* What stands in that file of the region. */
const char *demo_region_file(const struct demo_region *r, const char *name);

/* Waits for the end of a child or a signal; false at a signal or when it ended otherwise than by
 * 0. */
bool demo_process_wait(struct demo_region *r, struct demo_process *child);
struct demo_process demo_process_of(pid_t pid);

#endif
