/* gateway/base/giving_way.c: threads that give way to others. */
#include "gateway/base/giving_way.h"

#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICER = 10 }; /* nice(2): a tenth of what another thread gets */

/* Since Linux 6.12 a thread may say how long it would run at a time, and one that says less goes
 * before it when it wakes up; elsewhere it would first run for what is usual, some milliseconds.
 * Nanoseconds. */
static const uint64_t slice = 20000000;

/* The first version of the kernel's struct sched_attr, which the C library does not know yet. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Each of Linux's threads has a priority of its own. */
void thread_give_way(void)
{
	id_t self = (id_t)gettid();
	int nice = getpriority(PRIO_PROCESS, self) + NICER;
	struct attributes a = { .size = sizeof a, .nice = nice < 19 ? nice : 19, .runtime = slice };
	setpriority(PRIO_PROCESS, self, nice);
	syscall(SYS_sched_setattr, 0, &a, 0U); /* where it is refused the priority must do */
}
