/* gateway/base/giving_way.c: how long threads run at a time, and how much they get. */
#include "gateway/base/giving_way.h"

#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICER = 10 };  /* nice(2): a tenth of what another thread gets */
enum { NICEST = 19 }; /* there are no more */

/* Since Linux 6.12 a thread may say how long it would run at a time, and one that says less goes
 * before it when it wakes up; elsewhere it would first run for what is usual, some milliseconds.
 * Nanoseconds; the kernel takes none shorter. */
enum { LONG_SLICE = 20000000, SHORT_SLICE = 100000 };

/* The first version of the kernel's struct sched_attr, which the C library does not know yet. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Where it is refused the priority must do. */
static void ask_for(int nice, uint64_t slice)
{
	struct attributes a = { .size = sizeof a, .nice = nice, .runtime = slice };
	syscall(SYS_sched_setattr, 0, &a, 0U);
}

/* Each of Linux's threads has a priority of its own. */
void thread_give_way(void)
{
	id_t self = (id_t)gettid();
	int nice = getpriority(PRIO_PROCESS, self) + NICER;
	setpriority(PRIO_PROCESS, self, nice);
	ask_for(nice < NICEST ? nice : NICEST, LONG_SLICE);
}

void thread_go_first(void)
{
	ask_for(getpriority(PRIO_PROCESS, (id_t)gettid()), SHORT_SLICE);
}
