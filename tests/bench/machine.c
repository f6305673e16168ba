/* tests/bench/machine.c: the machine, as Linux tells of it. */
#include "tests/bench/machine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { FLUSHES = 51, BLOCK = 4096 };

double machine_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double machine_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void machine_settle(unsigned cores)
{
	cpu_set_t ours, few;
	struct rlimit files;
	CPU_ZERO(&few);
	if (sched_getaffinity(0, sizeof ours, &ours) == 0) {
		for (unsigned i = 0; i < CPU_SETSIZE && (unsigned)CPU_COUNT(&few) < cores; i++)
			if (CPU_ISSET(i, &ours))
				CPU_SET(i, &few);
		sched_setaffinity(0, sizeof few, &few);
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double flush_ms(const char *directory)
{
	char path[4096], block[BLOCK] = "minato";
	double took[FLUSHES];
	snprintf(path, sizeof path, "%s/flush", directory);
	int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	for (unsigned i = 0; i < FLUSHES; i++) {
		double begun = machine_now();
		if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0)
			perror(path);
		took[i] = (machine_now() - begun) * 1e3;
	}
	close(fd);
	unlink(path);
	qsort(took, FLUSHES, sizeof took[0], ascending);
	return took[FLUSHES / 2];
}

static void processor(char name[static 128])
{
	char line[256];
	FILE *f = fopen("/proc/cpuinfo", "r");
	snprintf(name, 128, "unknown processor");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "model name : %127[^\n]", name) == 1)
			break;
	if (f != NULL)
		fclose(f);
}

void machine_describe(const char *directory)
{
	char name[128];
	struct utsname kernel;
	cpu_set_t ours;
	double load[1] = { 0 };
	processor(name);
	uname(&kernel);
	sched_getaffinity(0, sizeof ours, &ours);
	getloadavg(load, 1);
	printf("machine: %s, %d cores, %s %s, a flush of 4 KiB takes %.2f ms, load before %.1f\n",
	       name, CPU_COUNT(&ours), kernel.sysname, kernel.release, flush_ms(directory),
	       load[0]);
}

void machine_await_idle(pid_t pid)
{
	enum { LOOKS = 150, EVERY_MS = 200 };
	clockid_t its;
	double before = 0, busy = 1;
	if (clock_getcpuclockid(pid, &its) != 0)
		return;
	for (unsigned i = 0; i < LOOKS && busy > 0.02 * EVERY_MS / 1e3; i++) {
		struct timespec t;
		nanosleep(&(struct timespec){ .tv_nsec = EVERY_MS * 1000000L }, NULL);
		if (clock_gettime(its, &t) != 0)
			return;
		double now = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
		busy = now - before;
		before = now;
	}
}

uint64_t machine_status(pid_t pid, const char *field)
{
	char path[64], line[256];
	unsigned long long kib = 0;
	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0 && line[strlen(field)] == ':')
			kib = strtoull(line + strlen(field) + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib * 1024;
}

void machine_forget_peak(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%ld/clear_refs", (long)pid);
	FILE *f = fopen(path, "w");
	if (f == NULL || fputs("5", f) < 0 || fclose(f) != 0)
		perror(path);
}
