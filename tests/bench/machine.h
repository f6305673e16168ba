/* tests/bench/machine.h: what the figures were measured on, and what a process uses of it. */
#ifndef TESTS_BENCH_MACHINE_H
#define TESTS_BENCH_MACHINE_H

#include <stdint.h>
#include <sys/types.h>

/* we and our children run on that many; every descriptor allowed */
void machine_settle(unsigned cores);
/* one line on stdout, with the flush time of its disk */
void machine_describe(const char *directory);
double machine_now(void); /* seconds, monotonic */
double machine_cpu(void); /* seconds all threads of ours have run */
/* Until that process does next to nothing, half a minute at most. */
void machine_await_idle(pid_t pid);
/* octets, of /proc/PID/status: "VmRSS", "VmHWM" */
uint64_t machine_status(pid_t pid, const char *field);
void machine_forget_peak(pid_t pid); /* VmHWM begins anew */

#endif
