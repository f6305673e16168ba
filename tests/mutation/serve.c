/* tests/mutation/serve.c: linked into a test program with all mutants of a file (tests/mutation/
 * mutate), so that each costs a fork and not a compilation and a link.
 *
 * Before main() it reads, line by line, which mutant is to be, how many seconds of a processor it
 * may take, and where its files go; forks; writes the child's number, and when it ended how, and
 * the milliseconds of a processor it took. The child goes on into main(). Or MINATO_MUTANT says
 * which one, for a program that a case starts. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 4096, NAME_ROOM = 4000 };

extern int minato_mutant;
int minato_mutant; /* 0: the program as it is */

struct order {
	int mutant;
	unsigned seconds;
	char directory[NAME_ROOM];
};

static void limit(int what, rlim_t most)
{
	const struct rlimit l = { most, most };
	setrlimit(what, &l);
}

static void become(const struct order *o)
{
	setsid();
	limit(RLIMIT_AS, (rlim_t)6 << 30);
	limit(RLIMIT_FSIZE, (rlim_t)1 << 30);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, o->seconds);
	setenv("TMPDIR", o->directory, 1);
	minato_mutant = o->mutant;
}

static long milliseconds(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000
	       + (u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1000;
}

__attribute__((constructor)) static void serve(void)
{
	const char *ways = getenv("MINATO_SERVE"), *one = getenv("MINATO_MUTANT");
	int in, out, status;
	char line[LINE];
	struct order o;
	struct rusage used = { 0 };
	if (one != NULL)
		minato_mutant = atoi(one);
	if (ways == NULL || sscanf(ways, "%d %d", &in, &out) != 2)
		return;
	unsetenv("MINATO_SERVE");
	FILE *orders = fdopen(in, "r");
	while (orders != NULL && fgets(line, sizeof line, orders) != NULL
	       && sscanf(line, "%d %u %3999s", &o.mutant, &o.seconds, o.directory) == 3) {
		pid_t child = fork();
		if (child == 0) {
			fclose(orders);
			close(out);
			become(&o);
			return;
		}
		dprintf(out, "%d\n", (int)child);
		wait4(child, &status, 0, &used);
		dprintf(out, "%d\n%ld\n", status, milliseconds(&used));
	}
	_exit(0);
}
