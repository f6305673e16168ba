/* tests/operator/walls_test.c: who cannot do what behind which wall. Each row is tried in a process
 * of its own, for walls cannot be taken down. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/sanitized.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/region_files.h"
#include "gateway/secrets.h"
#include "gateway/walls.h"
#include "tests/operator/place.h"

/* ---- What is tried: 0, or the errno it failed with ---- */

static int opened(int fd)
{
	int code = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return code;
}

static int read_file(const char *path)
{
	return opened(open(path, O_RDONLY));
}
static int read_and_write(const char *path)
{
	return opened(open(path, O_RDWR));
}
static int make_file(const char *path)
{
	return opened(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
}
/* As a document gets its name. */
static int name_file(const char *path)
{
	char self[64], directory[4096];
	snprintf(directory, sizeof directory, "%s", path);
	*strrchr(directory, '/') = '\0';
	int fd = open(directory, O_TMPFILE | O_RDWR, 0600);
	if (fd < 0)
		return errno == EOPNOTSUPP ? 0 : errno;
	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	int code = linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
	close(fd);
	return code;
}
static int remove_file(const char *path)
{
	return unlink(path) == 0 ? 0 : errno;
}
static int call_others(const char *path)
{
	(void)path;
	return opened(socket(AF_INET, SOCK_STREAM, 0));
}
static int call_raw(const char *path)
{
	(void)path;
	return opened(socket(AF_PACKET, SOCK_RAW, 0));
}
static int listen_to_others(const char *path)
{
	(void)path;
	return listen(-1, 1) == 0 ? 0 : errno;
}
static int run_program(const char *path)
{
	char *const none[] = { NULL };
	(void)path;
	execve("/bin/true", none, none);
	return errno;
}
static int trace_parent(const char *path)
{
	(void)path;
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0 ? 0 : errno;
}
static int become_two(const char *path)
{
	(void)path;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return child < 0 ? errno : 0;
}
static int be_dumpable(const char *path)
{
	(void)path;
	return prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL) == 0 ? 0 : errno;
}
/* A thread made behind a wall stands behind it. */
static void *pass_on(void *path)
{
	return (void *)(intptr_t)read_file(path);
}
static int read_by_child(const char *path)
{
	pthread_t thread;
	void *code = NULL;
	if (pthread_create(&thread, NULL, pass_on, (void *)(uintptr_t)path) != 0)
		return EAGAIN;
	pthread_join(thread, &code);
	return (int)(intptr_t)code;
}

/* ---- The rows ---- */

enum { NO_WALL = WALLS, DIES = -1 };
enum needs { LANDLOCK = 1, SECCOMP = 2 };

static const struct {
	const char *why;
	unsigned wall;
	bool closed; /* reach is given */
	int (*doing)(const char *path);
	const char *path; /* below the test's directory, or absolute */
	int code;         /* 0: it can; DIES: the kernel ends us */
	unsigned needs;   /* either is enough where both are named */
} rows[] = {
	{ "who listens reads no store", WALL_LISTENING, false, read_file, "r/data/store", EACCES,
	  LANDLOCK | SECCOMP },
	{ "nor a thread he makes", WALL_LISTENING, false, read_by_child, "r/data/store", EACCES,
	  LANDLOCK | SECCOMP },
	{ "nor any other file", WALL_LISTENING, false, read_file, "/etc/passwd", EACCES,
	  LANDLOCK | SECCOMP },
	{ "nor makes one", WALL_LISTENING, false, make_file, "new", EACCES, LANDLOCK | SECCOMP },
	{ "nor removes one", WALL_LISTENING, false, remove_file, "r/data/store", EACCES,
	  LANDLOCK | SECCOMP },
	{ "nor calls anybody", WALL_LISTENING, false, call_others, "", EACCES, SECCOMP },
	{ "who calls reads no store", WALL_CALLING, false, read_file, "r/data/store", EACCES,
	  LANDLOCK },
	{ "nor the configuration", WALL_CALLING, false, read_file, "r/minato.conf", EACCES,
	  LANDLOCK },
	{ "he reads certificates", WALL_CALLING, false, read_file, "r/pki/ca.pem", 0, 0 },
	{ "and names of hosts", WALL_CALLING, false, read_file, "/etc/passwd", 0, 0 },
	{ "he writes nothing", WALL_CALLING, false, read_and_write, "r/pki/ca.pem", EACCES,
	  LANDLOCK },
	{ "he calls", WALL_CALLING, false, call_others, "", 0, 0 },
	{ "he does not listen", WALL_CALLING, false, listen_to_others, "", EACCES, SECCOMP },
	{ "who delivers has the store", WALL_DELIVERING, false, read_and_write, "r/data/store", 0,
	  0 },
	{ "he calls, too", WALL_DELIVERING, false, call_others, "", 0, 0 },
	{ "he does not listen either", WALL_DELIVERING, false, listen_to_others, "", EACCES,
	  SECCOMP },
	{ "who keeps has the store", WALL_KEEPING, false, read_and_write, "r/data/store", 0, 0 },
	{ "he gives documents names", WALL_KEEPING, false, name_file, "r/data/document", 0, 0 },
	{ "and removes them", WALL_KEEPING, false, remove_file, "r/data/store", 0, 0 },
	{ "he writes anchors", WALL_KEEPING, false, make_file, "r/audit/anchors", 0, 0 },
	{ "he reads what he is told of", WALL_KEEPING, false, read_file, "there/storage", 0, 0 },
	{ "he writes nowhere else", WALL_KEEPING, false, make_file, "there/new", EACCES, LANDLOCK },
	{ "nor into what is there", WALL_KEEPING, false, read_and_write, "there/storage", EACCES,
	  LANDLOCK },
	{ "he calls nobody", WALL_KEEPING, false, call_others, "", EACCES, SECCOMP },
	{ "he does not listen", WALL_KEEPING, false, listen_to_others, "", EACCES, SECCOMP },
	{ "the operator's work writes where he says", NO_WALL, false, make_file, "there/new", 0,
	  0 },
	{ "with reach: where that says", NO_WALL, true, make_file, "there/new", 0, 0 },
	{ "with reach: nowhere else", NO_WALL, true, make_file, "new", EACCES, LANDLOCK },
	{ "with reach: nor reads there", NO_WALL, true, read_file, "other", EACCES, LANDLOCK },
	{ "with reach: a reload reads its text", NO_WALL, true, read_file, "r/minato.conf", 0, 0 },
	{ "with reach: and certificates", NO_WALL, true, read_file, "r/pki/server.pem", 0, 0 },
	{ "with reach: who keeps has the store", WALL_KEEPING, true, name_file, "r/data/document",
	  0, 0 },
	{ "nobody runs a program", NO_WALL, false, run_program, "", DIES, SECCOMP },
	{ "nobody traces", NO_WALL, false, trace_parent, "", DIES, SECCOMP },
	{ "nobody makes processes", NO_WALL, false, become_two, "", EPERM, SECCOMP },
	{ "nobody has raw sockets", NO_WALL, false, call_raw, "", EPERM, SECCOMP },
	{ "nobody allows dumps again", NO_WALL, false, be_dumpable, "", EPERM, SECCOMP },
};

struct trying {
	size_t row;
	const char *path;
	int code;
};

static bool try_it(void *with)
{
	struct trying *t = with;
	t->code = rows[t->row].doing(t->path);
	return true;
}

/* The process of a row: its exit status is the errno. */
_Noreturn static void try_row(size_t row, const struct configuration *c, const char *path)
{
	char why[WALLS_WORDS];
	struct trying t = { .row = row, .path = path };
	struct walls *w = walls_raise(c, why);
	if (w == NULL)
		_exit(99);
	if (rows[row].wall == NO_WALL)
		try_it(&t);
	else if (!walls_within(w, (enum wall)rows[row].wall, try_it, &t))
		_exit(98);
	_exit(t.code);
}

struct scene {
	struct place place;
	const struct configuration *open, *closed;
};

static const struct configuration *load(struct scene *s, const char *name, const char *service)
{
	const struct config_fault *faults;
	const char *text = place_read(&s->place, "r/minato.conf");
	const char *at = strstr(text, "\nservice {\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	at += strlen("\nservice {\n");
	CU_ASSERT_FATAL(place_write(
		&s->place, name,
		arena_printf(s->place.arena, "%.*s%s%s", (int)(at - text), text, service, at)));
	return config_load(place_name(&s->place, name), s->place.arena, &faults);
}

static void begin(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = place_name(&s->place, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, s->place.arena, system_clock.now(&system_clock), &p));
	CU_ASSERT_FATAL(mkdir(place_name(&s->place, "there"), 0700) == 0);
	CU_ASSERT_FATAL(place_write(&s->place, "there/storage", "x"));
	CU_ASSERT_FATAL(place_write(&s->place, "other", "x"));
	s->open = load(s, "r/open.conf", "");
	s->closed = load(s, "r/closed.conf",
			 arena_printf(s->place.arena, "\treach = {\"%s\"}\n",
				      place_name(&s->place, "there")));
	CU_ASSERT_FATAL(s->open != NULL && s->closed != NULL);
}

static void end(struct scene *s)
{
	config_release(s->open);
	config_release(s->closed);
	place_end(&s->place);
}

/* What is to be there before each row, and what is not. */
static void make_ready(const struct scene *s)
{
	unlink(place_name(&s->place, "new"));
	unlink(place_name(&s->place, "there/new"));
	unlink(place_name(&s->place, "r/data/document"));
	unlink(place_name(&s->place, "r/audit/anchors"));
	CU_ASSERT_FATAL(place_write(&s->place, "r/data/store", "x"));
}

/* Of needs: which walls this kernel has, and this build raises. */
static unsigned walls_here(const struct scene *s)
{
	int pipes[2];
	char words[WALLS_WORDS] = "";
	CU_ASSERT_FATAL(pipe(pipes) == 0);
	pid_t child = fork();
	if (child == 0) {
		char why[WALLS_WORDS];
		struct walls *w = walls_raise(s->open, why);
		const char *said = w == NULL ? why : walls_words(w);
		_exit(write(pipes[1], said, strlen(said)) > 0 ? 0 : 1);
	}
	CU_ASSERT_FATAL(child > 0 && waitpid(child, NULL, 0) == child);
	ssize_t length = read(pipes[0], words, sizeof words - 1);
	words[length > 0 ? length : 0] = '\0';
	close(pipes[0]);
	close(pipes[1]);
	printf("\nwalls here: %s\n", words);
	return (strstr(words, "Landlock (ABI") != NULL ? LANDLOCK : 0U)
	       | (strstr(words, ", seccomp") != NULL ? SECCOMP : 0U);
}

static void expect(size_t i, int status)
{
	bool right = rows[i].code == DIES
			     ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
			     : WIFEXITED(status) && WEXITSTATUS(status) == rows[i].code;
	CU_ASSERT(right);
	if (!right)
		printf("\n%s: status %#x, %s\n", rows[i].why, (unsigned)status,
		       WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "a signal");
}

static void who_cannot_do_what(void)
{
	struct scene s;
	begin(&s);
	unsigned here = walls_here(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path = rows[i].path;
		int status = 0;
		if (rows[i].needs != 0 && (rows[i].needs & here) == 0) {
			printf("\nskipped: %s: no such wall here\n", rows[i].why);
			continue;
		}
		make_ready(&s);
		path = *path == '/' ? path : place_name(&s.place, path);
		pid_t child = fork();
		if (child == 0)
			try_row(i, rows[i].closed ? s.closed : s.open, path);
		CU_ASSERT_FATAL(child > 0 && waitpid(child, &status, 0) == child);
		expect(i, status);
	}
	end(&s);
}

/* Walls that are required and cannot stand keep the daemon from starting: here the keys are not
 * locked, for this program did not ask for that. */
static void required_is_required(void)
{
	struct scene s;
	char why[WALLS_WORDS] = "";
	begin(&s);
	const struct configuration *c = load(&s, "r/required.conf", "\twalls = required\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	pid_t child = fork();
	if (child == 0)
		_exit(walls_raise(c, why) == NULL
				      && strstr(why, "walls are required, and there are:") == why
			      ? 0
			      : 1);
	int status = 1;
	CU_ASSERT(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	config_release(c);
	end(&s);
}

static void off_is_off(void)
{
	struct scene s;
	char why[WALLS_WORDS] = "";
	begin(&s);
	const struct configuration *c = load(&s, "r/off.conf", "\twalls = off\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	struct walls *w = walls_raise(c, why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT_PTR_NOT_NULL(strstr(walls_words(w), "none: "));
	CU_ASSERT_EQUAL(prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL), 0);
	walls_free(w);
	config_release(c);
	end(&s);
}

static void reach_is_absolute(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_PTR_NULL(load(&s, "r/relative.conf", "\treach = {\"backups\"}\n"));
	end(&s);
}

/* In a process of its own: OpenSSL's memory of ours may be in use. */
static void keys_are_locked(void)
{
	pid_t child = fork();
	if (child == 0) {
		struct rlimit core;
		char words[SECRETS_WORDS];
		secrets_protect();
		secrets_describe(words);
		bool held = secrets_are_held() == !SANITIZED
			    && text_equal(words, SANITIZED ? "keys not locked (LimitMEMLOCK), "
							     "no dumps"
							   : "keys locked, no dumps")
			    && prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) == 0
			    && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
		_exit(held ? 0 : 1);
	}
	int status = 1;
	CU_ASSERT(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* Nothing is locked where nothing may be, and that is told. */
static void what_does_not_hold_is_told(void)
{
	pid_t child = fork();
	if (child == 0) {
		const struct rlimit none = { 0 };
		char words[SECRETS_WORDS];
		if (setrlimit(RLIMIT_MEMLOCK, &none) != 0
		    || (geteuid() == 0 && seteuid(65534) != 0))
			_exit(2);
		secrets_protect();
		secrets_describe(words);
		_exit(!secrets_are_held()
				      && text_equal(words, "keys not locked (LimitMEMLOCK), no "
							   "dumps")
			      ? 0
			      : 1);
	}
	int status = 1;
	CU_ASSERT(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static const struct test tests[] = {
	{ "who cannot do what", who_cannot_do_what },
	{ "walls that are required", required_is_required },
	{ "walls that are off", off_is_off },
	{ "reach is absolute", reach_is_absolute },
	{ "keys are locked, and nothing is dumped", keys_are_locked },
	{ "what does not hold is told", what_does_not_hold_is_told },
	{ 0 },
};

int main(void)
{
	return suite_run("walls", tests);
}
