/* tests/bench/beside.c: what clinics feel of the operator's long work: the 99th percentile of
 * ITI-45 with six `minato check` and an import asked for, over the same with nothing beside it, by
 * turns. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/machine.h"

enum {
	PERSONS = 200,
	FILES = 8000, /* so many that one import lasts for all turns */
	CHECKS = 6,
	CLINICS = 2, /* as many as cores: clinics ask, they do not flood */
	ROUNDS = 3,
	PATH = 256,
};

/* ---- A storage to be taken in ---- */

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		give_up(path);
}

/* CODE/100/001/10000123/-/ADT-00/NAME */
static void make_file(const char *root, unsigned number)
{
	char id[16], path[PATH], name[128];
	snprintf(id, sizeof id, "%u", 10000000 + number);
	const int ends[] = { 3, 6, 8 };
	int length = snprintf(path, sizeof path, "%s", root);
	for (int i = 0, from = 0; i < 3; i++) {
		length += snprintf(path + length, sizeof path - (size_t)length, "/%.*s",
				   i == 2 ? 8 : ends[i] - from, i == 2 ? id : id + from);
		from = ends[i];
		make_folder(path);
	}
	length += snprintf(path + length, sizeof path - (size_t)length, "/-");
	make_folder(path);
	length += snprintf(path + length, sizeof path - (size_t)length, "/ADT-00");
	make_folder(path);
	snprintf(name, sizeof name, "/%s_-_ADT-00_999999999999999_20240401101500123_-_1", id);
	snprintf(path + length, sizeof path - (size_t)length, "%s", name);
	FILE *f = fopen(path, "w");
	if (f == NULL)
		give_up(path);
	fprintf(f,
		"MSH|^~\\&|HIS|1319951013|GW|1319951013|20240401101500.123||ADT^A08^ADT_A01|"
		"20240401101500123|P|2.5||||||~ISO IR87||ISO 2022-1994|SS-MIX2_1.20^^1.2.392.200250"
		".2.1.100.1.2.120^ISO\rEVN||20240401101500\rPID|0001||%s^^^^PI||SHIKEN^TARO%s^^^^^"
		"L^A"
		"||19600101|M\r",
		id, id);
	fclose(f);
}

static void make_storage(const struct place *p, char root[PATH])
{
	snprintf(root, PATH, "%s/storage", p->directory);
	make_folder(root);
	snprintf(root, PATH, "%s/storage/1319951013", p->directory);
	make_folder(root);
	for (unsigned i = 0; i < FILES; i++)
		make_file(root, i);
}

/* ---- The operators ---- */

/* Asks for it again and again, in a process group of its own. */
static pid_t keep_asking(const struct place *p, const char *what)
{
	char script[1024];
	const char *build = getenv("MINATO_BUILD");
	snprintf(script, sizeof script, "while '%s/minato' -c '%s' %s >/dev/null 2>&1; do :; done",
		 build == NULL ? "." : build, p->configuration, what);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	setpgid(pid, pid);
	return pid;
}

/* They are asked for, and a moment later at work. */
static void begin_work(const struct place *p, const char *root, pid_t all[CHECKS + 1])
{
	char import[2 * PATH];
	snprintf(import, sizeof import, "ssmix2 import '%s' --facility a-hospital", root);
	all[0] = keep_asking(p, import);
	for (unsigned i = 1; i <= CHECKS; i++)
		all[i] = keep_asking(p, "check");
	nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
}

static void end_work(pid_t all[CHECKS + 1])
{
	for (unsigned i = 0; i <= CHECKS; i++)
		kill(-all[i], SIGTERM);
	for (unsigned i = 0; i <= CHECKS; i++)
		waitpid(all[i], NULL, 0);
	nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
}

/* ---- By turns ---- */

static struct load_result ask(struct bench *b, const struct place *p, struct asking *w)
{
	struct load_result result;
	struct load_plan plan = { .target = place_target(p, p->b_clinic),
				  .clients = CLINICS,
				  .seconds = b->rounds.seconds * 2,
				  .next = people_next,
				  .with = w };
	load_run(&plan, &result);
	return result;
}

void bench_beside(struct bench *b)
{
	struct place p;
	char root[PATH];
	pid_t work[CHECKS + 1];
	double idle[ROUNDS], loaded[ROUNDS], ratios[ROUNDS];
	uint64_t failed = 0;
	place_make(&p);
	place_start(&p);
	people_feed(b->arena, &p, PERSONS);
	make_storage(&p, root);
	struct asking w = people_pix(b->arena, B_DOMAIN, PERSONS);
	w.clients = CLINICS;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct load_result quiet = ask(b, &p, &w);
		begin_work(&p, root, work);
		struct load_result beside = ask(b, &p, &w);
		end_work(work);
		idle[i] = quiet.p99_us;
		loaded[i] = beside.p99_us;
		ratios[i] = beside.p99_us / quiet.p99_us;
		failed += quiet.failed + beside.failed;
	}
	struct spread q = spread_of(idle, ROUNDS), l = spread_of(loaded, ROUNDS);
	struct spread r = spread_of(ratios, ROUNDS);
	printf("%-22s p99 %.0f us [%.0f..%.0f] idle, %.0f us [%.0f..%.0f] beside %u checks and an "
	       "import, %.2f [%.2f..%.2f]",
	       "ITI-45 beside work", q.median, q.least, q.most, l.median, l.least, l.most, CHECKS,
	       r.median, r.least, r.most);
	bench_goal(b, failed == 0 && r.median <= 1.5, "ratio 1.5");
	printf("\n");
	place_stop(&p);
	place_remove(&p);
}
