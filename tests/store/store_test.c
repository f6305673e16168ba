/* tests/store/store_test.c: the store's promises, each a test of its name. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "tests/store/fixture.h"

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static bool there(struct store *s, const char *key)
{
	struct problem p = { 0 };
	struct store_txn *t = store_begin_read(s, &p);
	bool found = t != NULL && store_has(t, text(key));
	store_end(t);
	return found;
}

/* A job that puts its name in each tree, and then does as it was told. */
enum behaviour { SUCCEEDS, FAILS, EXHAUSTS, FORGETS_A_PROBLEM, LEAVES_A_SAVEPOINT };

struct named_job {
	struct store_job job;
	const char *name;
	enum behaviour behaviour;
	atomic_int told; /* 0 not yet, 1 kept, 2 not kept */
};

static bool put_name(struct store_txn *t, const char *name)
{
	static const char spaces[] = "\x20\x80\xc0";
	for (size_t i = 0; spaces[i] != '\0'; i++) {
		struct key k;
		key_begin(&k, (unsigned char)spaces[i]);
		key_bytes(&k, name, strlen(name));
		store_put(t, key_span(&k), text(name));
	}
	return !store_failed(t);
}

static bool leave_by_jump(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	put_name(t, "jumped");
	for (;;)
		arena_alloc(store_arena(t), 1 << 20);
	return true;
}

static void savepoint_left(void *with)
{
	struct problem p = { 0 };
	store_savepoint(with, leave_by_jump, NULL, &p);
}

static bool run_named(struct store_job *job, struct store_txn *t, struct problem *p)
{
	struct named_job *j = (struct named_job *)job;
	put_name(t, j->name);
	switch (j->behaviour) {
	case SUCCEEDS: return true;
	case FAILS: return problem_set(p, PROBLEM_DUPLICATE_KEY, "as told");
	case FORGETS_A_PROBLEM: store_put(t, (struct bytes){ 0 }, text("")); return true;
	case LEAVES_A_SAVEPOINT: arena_run(store_arena(t), savepoint_left, t); return true;
	case EXHAUSTS: break;
	}
	for (;;)
		arena_alloc(store_arena(t), 1 << 20);
}

static void tell_named(struct store_job *job, bool kept)
{
	atomic_store(&((struct named_job *)job)->told, kept ? 1 : 2);
}

static void await_told(const struct named_job *jobs, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		while (atomic_load(&jobs[i].told) == 0)
			sched_yield();
}

/* The committer works in order: a later job told means the earlier ones of its submitter were. */
static bool nothing(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)t;
	(void)p;
	return true;
}

static void settle(struct store *s)
{
	struct problem p = { 0 };
	CU_ASSERT_TRUE(store_write(s, nothing, NULL, &p));
}

static void S3(void)
{
	static const struct {
		const char *name;
		enum behaviour behaviour;
		enum problem_code code;
	} rows[] = {
		{ "one", SUCCEEDS, PROBLEM_NONE },
		{ "two", FAILS, PROBLEM_DUPLICATE_KEY },
		{ "three", SUCCEEDS, PROBLEM_NONE },
		{ "four", EXHAUSTS, PROBLEM_OUT_OF_RESOURCES },
		{ "five", FORGETS_A_PROBLEM, PROBLEM_REQUEST_INVALID },
		{ "six", SUCCEEDS, PROBLEM_NONE },
		{ "seven", LEAVES_A_SAVEPOINT, PROBLEM_INTERNAL },
		{ "eight", SUCCEEDS, PROBLEM_NONE },
	};
	struct fixture f;
	struct named_job jobs[COUNT(rows)] = { 0 };
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		jobs[i].job = (struct store_job){ .run = run_named, .done = tell_named };
		jobs[i].name = rows[i].name;
		jobs[i].behaviour = rows[i].behaviour;
		store_submit(f.store, &jobs[i].job);
	}
	settle(f.store);
	for (unsigned opened = 0; opened < 2; opened++) {
		for (size_t i = 0; i < COUNT(rows); i++) {
			static const char spaces[] = "\x20\x80\xc0";
			bool kept = rows[i].code == PROBLEM_NONE;
			CU_ASSERT_EQUAL(atomic_load(&jobs[i].told), kept ? 1 : 2);
			CU_ASSERT_EQUAL(jobs[i].job.problem.code, rows[i].code);
			for (size_t k = 0; spaces[k] != '\0'; k++) {
				char key[16] = { spaces[k] };
				snprintf(key + 1, sizeof key - 1, "%s", rows[i].name);
				CU_ASSERT_EQUAL(there(f.store, key), kept);
			}
		}
		CU_ASSERT_FALSE(there(f.store, "\x20jumped"));
		fixture_reopen(&f);
	}
	fixture_close(&f);
}

static bool refused_part(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	put_name(t, "refused");
	return problem_set(p, PROBLEM_NOT_PERMITTED, "no");
}

static bool kept_part(void *with, struct store_txn *t, struct problem *p)
{
	struct problem inner = { 0 };
	(void)p;
	put_name(t, with);
	return !store_savepoint(t, refused_part, NULL, &inner)
	       && inner.code == PROBLEM_NOT_PERMITTED;
}

static bool in_parts(void *with, struct store_txn *t, struct problem *p)
{
	struct problem refusal = { 0 };
	(void)with;
	CU_ASSERT_FALSE(store_savepoint(t, refused_part, NULL, &refusal));
	CU_ASSERT_EQUAL(refusal.code, PROBLEM_NOT_PERMITTED);
	CU_ASSERT_FALSE(store_has(t, text("\x20refused")));
	CU_ASSERT_TRUE(store_savepoint(t, kept_part, "part", p));
	return put_name(t, "audit");
}

static void a_refused_part_leaves_the_rest(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, in_parts, NULL, &f.problem));
	CU_ASSERT_TRUE(there(f.store, "\x80"
				      "audit")
		       && there(f.store, "\xc0"
					 "part"));
	CU_ASSERT_FALSE(there(f.store, "\x20refused"));
	fixture_close(&f);
}

/* S1, S2: a child writes and prints what was acknowledged, until it is killed at some instant. */

enum { CHILD_THREADS = 4 };

struct child {
	struct store *store;
	unsigned thread, from;
	int out;
};

static bool put_number(void *with, struct store_txn *t, struct problem *p)
{
	struct child *c = with;
	char name[32];
	(void)p;
	snprintf(name, sizeof name, "%u.%08u", c->thread, c->from);
	return put_name(t, name);
}

static void *write_and_tell(void *with)
{
	struct child *c = with;
	for (;; c->from++) {
		struct problem p = { 0 };
		unsigned told[2] = { c->thread, c->from };
		if (!store_write(c->store, put_number, c, &p)
		    || write(c->out, told, sizeof told) < 0)
			_exit(3);
	}
}

static _Noreturn void be_child(const struct store_settings *settings, const unsigned *from, int out)
{
	struct problem p = { 0 };
	struct store *s = store_open(settings, &p);
	struct child c[CHILD_THREADS];
	pthread_t thread;
	if (s == NULL)
		_exit(2);
	for (unsigned i = 0; i < CHILD_THREADS; i++) {
		c[i] = (struct child){ .store = s, .thread = i, .from = from[i], .out = out };
		pthread_create(&thread, NULL, write_and_tell, &c[i]);
	}
	for (;;)
		pause();
}

/* Lets it write for a while, kills it, and takes in what it said. */
static bool live_and_die(struct fixture *f, unsigned next[CHILD_THREADS], unsigned us)
{
	int pipes[2], status;
	unsigned told[2];
	if (pipe(pipes) != 0)
		return false;
	pid_t child = fork();
	if (child == 0) {
		close(pipes[0]);
		be_child(&f->settings, next, pipes[1]);
	}
	close(pipes[1]);
	/* The first acknowledgement says that it is at work; how long after it dies is chance. */
	bool spoke = read(pipes[0], told, sizeof told) == sizeof told;
	if (spoke)
		next[told[0]] = told[1] + 1;
	usleep(us);
	kill(child, SIGKILL);
	while (read(pipes[0], told, sizeof told) == sizeof told)
		next[told[0]] = told[1] + 1;
	close(pipes[0]);
	waitpid(child, &status, 0);
	return spoke && WIFSIGNALED(status);
}

/* Everything acknowledged is in all trees; at most the one job under way besides, and that
 * whole. */
static unsigned count_broken(struct fixture *f, unsigned next[CHILD_THREADS])
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned broken = t == NULL;
	for (unsigned thread = 0; t != NULL && thread < CHILD_THREADS; thread++)
		for (unsigned i = 0; i <= next[thread]; i++) {
			unsigned found = 0;
			for (unsigned k = 0; k < 3; k++) {
				char key[32];
				snprintf(key, sizeof key, "%c%u.%08u", "\x20\x80\xc0"[k], thread,
					 i);
				found += store_has(t, text(key));
			}
			broken += found != 3 && (found != 0 || i < next[thread]);
		}
	store_end(t);
	return broken;
}

static void count_next(struct fixture *f, unsigned next[CHILD_THREADS])
{
	for (unsigned i = 0; i < CHILD_THREADS; i++) {
		char key[32];
		snprintf(key, sizeof key, "\x20%u.%08u", i, next[i]);
		next[i] += there(f->store, key);
	}
}

static void S1_and_S2(void)
{
	const char *asked = getenv("MINATO_TEST_KILLS");
	unsigned kills = asked != NULL ? (unsigned)atoi(asked) : 25, next[CHILD_THREADS] = { 0 };
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < kills; i++) {
		unsigned chance;
		system_random.fill(&system_random, &chance, sizeof chance);
		store_close(f.store);
		f.settings.flush_delay_us = i % 2 * 1000; /* flushed by either thread */
		CU_ASSERT_TRUE(live_and_die(&f, next, chance % 60000));
		f.store = store_open(&f.settings, &f.problem);
		fixture_must(&f, f.store != NULL);
		CU_ASSERT_EQUAL(count_broken(&f, next), 0);
		count_next(&f, next);
	}
	CU_ASSERT(kills == 0 || next[0] + next[1] + next[2] + next[3] > 0);
	fixture_close(&f);
}

/* S4: what was acknowledged before a snapshot began is in it. */
struct four {
	struct store *store;
	struct child number;
	atomic_uint missed;
};

static void *write_then_look(void *with)
{
	struct four *s = with;
	for (unsigned i = 0; i < 200; i++, s->number.from++) {
		struct problem p = { 0 };
		char key[32];
		snprintf(key, sizeof key, "\xc0%u.%08u", s->number.thread, s->number.from);
		if (!store_write(s->store, put_number, &s->number, &p) || !there(s->store, key))
			atomic_fetch_add(&s->missed, 1);
	}
	return NULL;
}

/* Stands before others until they are there: whether threads meet by themselves is chance. */
struct standing {
	struct store_job job;
	sem_t begun, go;
	bool stood; /* it may be run again */
};

static bool stand(struct store_job *job, struct store_txn *t, struct problem *p)
{
	struct standing *j = (struct standing *)job;
	(void)t, (void)p;
	if (!j->stood) {
		sem_post(&j->begun);
		while (sem_wait(&j->go) != 0)
			continue;
	}
	return j->stood = true;
}

static void tell_nobody(struct store_job *job, bool kept)
{
	(void)job, (void)kept;
}

/* The jobs of one batch: of their submitter nobody knows that he takes long, however long the
 * machine took for others' jobs. */
static void write_together(struct store *s, unsigned count)
{
	struct standing first = { .job = { .run = stand, .done = tell_nobody } };
	struct named_job *behind = calloc(count, sizeof *behind);
	sem_init(&first.begun, 0, 0);
	sem_init(&first.go, 0, 0);
	store_submit(s, &first.job);
	while (sem_wait(&first.begun) != 0)
		continue;
	for (unsigned i = 0; i < count; i++) {
		behind[i] = (struct named_job){
			.job = { .run = run_named, .done = tell_named, .submitter = "together" },
			.name = "together",
		};
		store_submit(s, &behind[i].job);
	}
	sem_post(&first.go);
	await_told(behind, count);
	settle(s);
	sem_destroy(&first.begun);
	sem_destroy(&first.go);
	free(behind);
}

static void S4(void)
{
	enum { TOGETHER = 3 };
	struct fixture f;
	struct four s[8] = { 0 };
	pthread_t threads[COUNT(s)];
	struct store_counts counts, before;
	fixture_open(&f);
	store_count(f.store, &before); /* what opening wrote */
	for (unsigned i = 0; i < COUNT(s); i++) {
		s[i].store = f.store;
		s[i].number.thread = i;
		pthread_create(&threads[i], NULL, write_then_look, &s[i]);
	}
	for (unsigned i = 0; i < COUNT(s); i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_EQUAL(atomic_load(&s[i].missed), 0);
	}
	write_together(f.store, TOGETHER);
	store_count(f.store, &counts);
	/* Beside those together the one before them, and one behind. */
	CU_ASSERT_EQUAL(counts.kept, 200 * COUNT(s) + TOGETHER + 2 + before.kept);
	CU_ASSERT(counts.largest_batch >= TOGETHER);
	CU_ASSERT(counts.flushes < counts.kept);
	fixture_close(&f);
}

/* S5. */

struct filling {
	unsigned from, each;
};

static bool put_much(void *with, struct store_txn *t, struct problem *p)
{
	struct filling *n = with;
	unsigned char value[800] = { 0 };
	(void)p;
	for (unsigned i = 0; i < n->each; i++) {
		struct key k;
		key_begin(&k, 0x21);
		key_number(&k, n->from);
		key_number(&k, i);
		store_put(t, key_span(&k), (struct bytes){ value, sizeof value });
	}
	return true;
}

/* Writes until it is refused; the number of jobs kept. */
static unsigned fill(struct store *s, unsigned from, struct problem *p)
{
	struct filling n = { .from = from, .each = 200 };
	while (n.from < from + 2000 && store_write(s, put_much, &n, p))
		n.from++;
	return n.from;
}

static unsigned count_whole(struct store *s, unsigned *halves)
{
	struct problem p = { 0 };
	struct store_txn *t = store_begin_read(s, &p);
	if (t == NULL)
		return 0;
	struct store_cursor *c = store_scan_prefix(t, text("\x21"), false);
	struct bytes key, value;
	unsigned keys = 0;
	while (store_next(c, &key, &value))
		keys++;
	store_end(t);
	*halves = keys % 200;
	return keys / 200;
}

/* No file may grow past this: every way of writing meets EFBIG sooner or later. */
static void limit_files(rlim_t most)
{
	struct rlimit now;
	getrlimit(RLIMIT_FSIZE, &now);
	now.rlim_cur = most;
	setrlimit(RLIMIT_FSIZE, &now);
}

/* Every look at it is minutes later: the store never rests before it tries again. */
static int64_t elapsed_in_haste(const struct clock *c)
{
	static atomic_int_fast64_t later;
	(void)c;
	return 100000000 * atomic_fetch_add(&later, 1);
}

static int64_t now_as_ever(const struct clock *c)
{
	(void)c;
	return system_clock.now(&system_clock);
}

static const struct clock hasty_clock = { .now = now_as_ever, .elapsed = elapsed_in_haste };

static void S5(void)
{
	static const rlim_t limits[] = { 1 << 20, 3 << 20, 5 << 20, (8 << 20) - 4096 };
	struct fixture f;
	unsigned kept = 0, halves = 0;
	signal(SIGXFSZ, SIG_IGN);
	fixture_open(&f);
	f.settings.clock = &hasty_clock;
	fixture_reopen(&f);
	for (size_t i = 0; i < COUNT(limits); i++) {
		struct problem p = { 0 };
		limit_files(limits[i]);
		kept = fill(f.store, kept, &p);
		CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
		limit_files(RLIM_INFINITY);
		settle(f.store);
		CU_ASSERT(count_whole(f.store, &halves) >= kept);
		CU_ASSERT_EQUAL(halves, 0);
		kept = count_whole(f.store, &halves);
	}
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(count_whole(f.store, &halves), kept);
	fixture_close(&f);
}

/* A disk of 48 MiB of our own, where the kernel lets us have one: in a child, in name spaces. */

enum { NO_NAME_SPACE = 77 };

static bool write_ballast(const char *directory, const char *name)
{
	static const unsigned char octets[1 << 16];
	char path[512];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (fd >= 0 && write(fd, octets, sizeof octets) == sizeof octets)
		continue;
	return fd >= 0 && close(fd) == 0;
}

static bool remove_ballast(const char *directory, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return unlink(path) == 0;
}

static bool put_large(void *with, struct store_txn *t, struct problem *p)
{
	struct filling n = { .from = 1000000, .each = 52000 };
	(void)with;
	return put_much(&n, t, p); /* 42 MB of values: no room for them, but room to begin */
}

static bool write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);
	if (fd >= 0)
		close(fd);
	return written;
}

static bool enter_name_space(void)
{
	char map[32];
	unsigned user = getuid();
	if (unshare(CLONE_NEWNS) == 0)
		return true;
	snprintf(map, sizeof map, "0 %u 1", user);
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_line("/proc/self/uid_map", map);
}

/* The number of the first line that is not as it should be; 0: all are. */
static int live_on_a_small_disk(struct fixture *f)
{
	struct problem p = { 0 }, q = { 0 }, r = { 0 };
	unsigned halves;
	f->store = store_open(&f->settings, &f->problem);
	if (f->store == NULL)
		return __LINE__;
	struct filling n = { .from = 0, .each = 200 };
	if (!store_write(f->store, put_much, &n, &p))
		return __LINE__;
	if (store_write(f->store, put_large, NULL, &p) || p.code != PROBLEM_STORE_FULL)
		return __LINE__;
	n.from = 1;
	if (!store_write(f->store, put_much, &n, &f->problem)
	    || count_whole(f->store, &halves) != 2)
		return __LINE__;
	write_ballast(f->directory, "ballast"); /* not an octet left */
	n.from = 2;
	if (store_write(f->store, put_much, &n, &q) || q.code != PROBLEM_STORE_FULL)
		return __LINE__;
	if (count_whole(f->store, &halves) != 2) /* reading goes on */
		return __LINE__;
	store_close(f->store);
	f->store = store_open(&f->settings, &f->problem); /* and so does opening */
	if (f->store == NULL || count_whole(f->store, &halves) != 2)
		return __LINE__;
	if (store_write(f->store, put_much, &n, &r) || !remove_ballast(f->directory, "ballast"))
		return __LINE__;
	if (!store_write(f->store, put_much, &n, &f->problem)
	    || count_whole(f->store, &halves) != 3)
		return __LINE__;
	store_close(f->store);
	return 0;
}

/* As much as a checkpoint may lag behind, of which the trees' files hold nothing yet; then it is
 * killed, and not an octet is left. */
static void write_and_die(struct fixture *f, unsigned jobs)
{
	struct problem p = { 0 };
	struct filling n = { .from = 0, .each = 200 };
	f->store = store_open(&f->settings, &p);
	while (f->store != NULL && n.from < jobs && store_write(f->store, put_much, &n, &p))
		n.from++;
	write_ballast(f->directory, "ballast");
	_exit(n.from != jobs);
}

static int die_on_a_small_disk(struct fixture *f)
{
	enum { JOBS = 60 };
	unsigned halves;
	int status;
	f->settings.cache_bytes = 64 << 20;
	pid_t child = fork();
	if (child == 0)
		write_and_die(f, JOBS);
	waitpid(child, &status, 0);
	if (status != 0)
		return __LINE__;
	f->store = store_open(&f->settings, &f->problem);
	if (f->store == NULL || count_whole(f->store, &halves) != JOBS)
		return __LINE__;
	store_close(f->store);
	return 0;
}

static void on_a_small_disk(int (*live)(struct fixture *f))
{
	struct fixture f;
	int status;
	fixture_open(&f);
	f.settings.clock = &hasty_clock;
	store_close(f.store);
	f.store = NULL;
	pid_t child = fork();
	if (child == 0) {
		if (!enter_name_space() || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
		    || mount("none", f.directory, "tmpfs", 0, "size=80m,mode=0700") != 0)
			_exit(NO_NAME_SPACE);
		int line = live(&f);
		if (line != 0)
			fprintf(stderr, "line %d: %s\n", line, f.problem.what);
		_exit(line != 0);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_NAME_SPACE)
		printf("S5 on a small disk: not tried, no name spaces here\n");
	else
		CU_ASSERT_EQUAL(status, 0);
	fixture_close(&f);
}

static void S5_on_a_small_disk(void)
{
	on_a_small_disk(live_on_a_small_disk);
}

static void killed_on_a_small_disk(void)
{
	on_a_small_disk(die_on_a_small_disk);
}

static void one_process_at_a_time(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_PTR_NULL(store_open(&f.settings, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_CONFLICT);
	char pid[32];
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	CU_ASSERT_PTR_NOT_NULL(strstr(f.problem.what, pid));
	fixture_close(&f);
}

static bool wait_within(void *with, struct store_txn *t, struct problem *p)
{
	(void)t;
	return store_write(with, nothing, NULL, p);
}

static void a_job_cannot_wait_for_another(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(store_write(f.store, wait_within, f.store, &f.problem));
	fixture_close(&f);
}

/* With patience for twenty seconds, and jobs of somebody of whom nobody knows that he takes long,
 * nothing here depends on how fast anybody is. */
static void expected_jobs_share_a_flush(void)
{
	struct fixture f;
	struct named_job jobs[2] = { { .name = "one" }, { .name = "two" } };
	struct store_counts before, after;
	fixture_open(&f);
	f.settings.patience_us = 20 * 1000 * 1000;
	fixture_reopen(&f);
	store_count(f.store, &before);
	store_expect(f.store, false);
	store_expect(f.store, false);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		jobs[i].job = (struct store_job){
			.run = run_named, .done = tell_named, .submitter = "new", .expected = i == 0
		};
		store_submit(f.store, &jobs[i].job);
	}
	for (size_t i = 0; i < COUNT(jobs); i++)
		CU_ASSERT_EQUAL(atomic_load(&jobs[i].told), 0);
	store_expect_no_more(f.store, false);
	await_told(jobs, COUNT(jobs));
	settle(f.store);
	for (size_t i = 0; i < COUNT(jobs); i++)
		CU_ASSERT_EQUAL(atomic_load(&jobs[i].told), 1);
	store_count(f.store, &after);
	CU_ASSERT_TRUE(after.largest_batch >= 2);
	CU_ASSERT_TRUE(after.flushes - before.flushes <= 2); /* theirs, and that of settle() */
	/* Who is not behind waits for nobody who is. */
	store_expect(f.store, true);
	settle(f.store);
	store_expect(f.store, false); /* whom nobody waits for when the store closes */
	fixture_close(&f);
}

static bool put_form(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)p;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "format");
	return store_put(t, key_span(&k), (struct bytes){ with, 1 });
}

/* Refused, with the numbers and what there is to do, and left as it is: of a form that no
 * command brings over, of one that is brought over, and of a later one. */
static void a_store_of_another_form_is_left_alone(void)
{
	static const struct {
		unsigned char form;
		const char *said;
		const char *command;
	} rows[] = { { 0, "form 0", "minato init" },
		     { 9, "form 9", "minato init" },
		     { 10, "form 10", "first: minato migrate" },
		     { 12, "form 12", "first: minato migrate" },
		     { 14, "form 14", "minato backup" },
		     { 255, "form 255", "install that release" } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		unsigned char form = rows[i].form;
		fixture_open(&f);
		CU_ASSERT_TRUE(store_write(f.store, put_form, &form, &f.problem));
		store_close(f.store);
		for (unsigned again = 0; again < 2; again++) {
			struct problem p = { 0 };
			f.store = store_open(&f.settings, &p);
			CU_ASSERT_PTR_NULL(f.store);
			CU_ASSERT_EQUAL(p.code, PROBLEM_CONFIGURATION);
			CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].said));
			CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].command));
		}
		fixture_close(&f);
	}
}

/* Up to form 4 most spaces stood in one tree of Berkeley DB: refused before anything is made. */
static void a_store_of_former_trees_is_left_alone(void)
{
	struct fixture f;
	char path[512];
	if (!engines_are_durable())
		return; /* it has no trees */
	fixture_open(&f);
	store_close(f.store);
	snprintf(path, sizeof path, "%s/keys/main.db", f.directory);
	FILE *former = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(former);
	fclose(former);
	for (unsigned again = 0; again < 2; again++) {
		struct problem p = { 0 };
		f.store = store_open(&f.settings, &p);
		CU_ASSERT_PTR_NULL(f.store);
		CU_ASSERT_EQUAL(p.code, PROBLEM_CONFIGURATION);
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "minato init"));
	}
	fixture_close(&f);
}

static void closing_finishes_what_is_queued(void)
{
	struct fixture f;
	static struct named_job jobs[600];
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		jobs[i] = (struct named_job){ .job = { .run = run_named, .done = tell_named },
					      .name = "x" };
		store_submit(f.store, &jobs[i].job);
	}
	fixture_reopen(&f);
	unsigned kept = 0;
	for (size_t i = 0; i < COUNT(jobs); i++)
		kept += atomic_load(&jobs[i].told) == 1;
	CU_ASSERT_EQUAL(kept, COUNT(jobs));
	fixture_close(&f);
}

/* Each name in one tree is in the two others. */
static unsigned count_halves(struct store *s)
{
	struct problem p = { 0 };
	struct store_txn *t = store_begin_read(s, &p);
	struct store_cursor *c = store_scan_prefix(t, text("\x20"), false);
	struct bytes key;
	unsigned broken = 0, whole = 0, others = 0;
	for (; store_next(c, &key, NULL); whole++)
		for (const char *space = "\x80\xc0"; *space != '\0'; space++) {
			struct key k;
			key_begin(&k, (unsigned char)*space);
			key_bytes(&k, key.data + 1, key.length - 1);
			broken += !store_has(t, key_span(&k));
		}
	c = store_scan(t, text("\x80"), text("\xff"), false);
	while (store_next(c, &key, NULL))
		others++;
	broken += others != 2 * whole || store_failed(t);
	store_end(t);
	return broken;
}

static void look_at_copy(const char *directory)
{
	struct fixture copy = { 0 };
	unsigned halves;
	snprintf(copy.directory, sizeof copy.directory, "%s", directory);
	fixture_settle(&copy);
	copy.store = store_open(&copy.settings, &copy.problem);
	fixture_must(&copy, copy.store != NULL);
	CU_ASSERT_EQUAL(count_whole(copy.store, &halves), 1);
	CU_ASSERT_EQUAL(halves, 0);
	CU_ASSERT_EQUAL(count_halves(copy.store), 0);
	fixture_close(&copy);
}

static void a_backup_opens_by_itself(void)
{
	struct fixture f;
	struct four s[4] = { 0 };
	pthread_t writers[COUNT(s)];
	char directory[256];
	fixture_open(&f);
	struct filling n = { .from = 1, .each = 200 };
	CU_ASSERT_TRUE(store_write(f.store, put_much, &n, &f.problem));
	for (unsigned i = 0; i < COUNT(s); i++) {
		s[i].store = f.store;
		s[i].number.thread = i;
		pthread_create(&writers[i], NULL, write_then_look, &s[i]);
	}
	snprintf(directory, sizeof directory, "%.200s-copy", f.directory);
	for (unsigned i = 0; i < 4; i++) {
		struct problem p = { 0 };
		CU_ASSERT_TRUE(store_backup(f.store, directory, &p));
		CU_ASSERT_FALSE(store_backup(f.store, directory, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
		look_at_copy(directory);
	}
	for (unsigned i = 0; i < COUNT(s); i++)
		pthread_join(writers[i], NULL);
	CU_ASSERT_EQUAL(count_halves(f.store), 0);
	fixture_close(&f);
}

/* Those of the disk first: an engine in memory has none to be pulled from or to be filled. */
enum { OF_THE_DISK = 4 };
static const struct test tests[] = {
	{ "S1 and S2 (killed)", S1_and_S2 },
	{ "S5", S5 },
	{ "S5 on a small disk", S5_on_a_small_disk },
	{ "killed on a small disk", killed_on_a_small_disk },
	{ "S3", S3 },
	{ "a refused part leaves the rest", a_refused_part_leaves_the_rest },
	{ "S4", S4 },
	{ "one process at a time", one_process_at_a_time },
	{ "a job cannot wait for another", a_job_cannot_wait_for_another },
	{ "expected jobs share a flush", expected_jobs_share_a_flush },
	{ "a store of another form is left alone", a_store_of_another_form_is_left_alone },
	{ "a store of former trees is left alone", a_store_of_former_trees_is_left_alone },
	{ "closing finishes what is queued", closing_finishes_what_is_queued },
	{ "a backup opens by itself", a_backup_opens_by_itself },
	{ 0 }
};

/* Berkeley DB keeps what a broken environment held: store/engine_berkeleydb_environment.c. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libdb-5.3.so";
}

int main(void)
{
	return suite_run("store", engines_are_durable() ? tests : tests + OF_THE_DISK);
}
