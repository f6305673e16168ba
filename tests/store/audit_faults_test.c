/* tests/store/audit_faults_test.c: the audit log while it is indexed, merged and packed, killed
 * anywhere and on a disk that fails: whatever that leaves, all that was acknowledged is there as it
 * was written, is found, and is proved; and the next start goes on with the rest. */
#include "tests/base/suite.h"

#include <db.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "tests/store/in_job.h"

enum { AT_ONCE = 256, KILLS = 24, MOST_STEPS = 90 };

static struct {
	atomic_int left;  /* writes until one fails; 0: none will */
	atomic_bool fell; /* it has */
} fault;

static bool fails(void)
{
	int left = atomic_load(&fault.left);
	if (left == 0)
		return false;
	atomic_fetch_sub(&fault.left, 1);
	if (left > 1)
		return false;
	atomic_store(&fault.fell, true);
	errno = ENOSPC;
	return true;
}

static ssize_t write_or_not(int fd, const void *data, size_t length)
{
	return fails() ? -1 : write(fd, data, length);
}

static ssize_t pwrite_or_not(int fd, const void *data, size_t length, off_t at)
{
	return fails() ? -1 : pwrite(fd, data, length, at);
}

/* ---- The log ---- */

static struct text_list lee = { "3^^^&1.2.1&ISO", NULL };

static bool append(struct store_txn *t, const void *with)
{
	struct audit_head head;
	bool kept = audit_log_head(t, &head);
	(void)with;
	for (uint64_t i = head.sequence; kept && i < head.sequence + AT_ONCE; i++) {
		uint64_t record = i % 50;
		struct audit_terms terms = { .time = (instant)i,
					     .transaction = "ITI-45",
					     .system = "a-hospital",
					     .patients = i % 100 == 3 ? &lee : NULL,
					     .subjects = { &record, 1 } };
		const char *text = arena_printf(store_arena(t), "record %llu is what it is",
						(unsigned long long)i);
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text(text), &terms), NULL);
	}
	return kept;
}

/* What the indexer's thread does. */
static bool tidy(struct fixture *f)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return audit_log_index(f->store, NULL, &f->problem)
	       && audit_log_merge(f->store, NULL, &f->problem)
	       && audit_log_fold(f->store, NULL, &f->problem);
}

static void tell(void *with, const char *finding)
{
	(void)with;
	printf("%s\n", finding);
}

/* Each entry says which it is, and lee is found in one of a hundred; how many there are. */
static uint64_t all_is_well(struct fixture *f)
{
	struct check_counts counts;
	struct audit_head head;
	uint64_t broken, sequence, seen = 0, found = 0;
	struct bytes value;
	const struct audit_filter of_lee = { .patient = lee.value };
	CU_ASSERT_TRUE(store_check(f->store, NULL, tell, NULL, &counts, &f->problem));
	CU_ASSERT_EQUAL(counts.findings, 0);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(audit_log_verify(t, &head, &broken, &f->problem));
	struct audit_walk w = audit_walk_from(t, 1, UINT64_MAX);
	while (audit_walk_next(&w, &sequence, &value)) {
		char text[64];
		int length = snprintf(text, sizeof text, "record %llu is what it is",
				      (unsigned long long)seen++);
		CU_ASSERT_EQUAL(sequence, seen);
		CU_ASSERT_PTR_NOT_NULL(memmem(value.data, value.length, text, (size_t)length));
	}
	audit_walk_end(&w);
	CU_ASSERT_EQUAL(seen, head.sequence);
	struct audit_cursor *c = audit_log_search(t, &of_lee, f->arena);
	while (audit_log_next(c) != NULL)
		found++;
	CU_ASSERT_FALSE(store_failed(t));
	CU_ASSERT_EQUAL(found, (head.sequence + 96) / 100);
	store_end(t);
	return head.sequence;
}

/* ---- Killed ---- */

/* In a process of its own: tells each job that was acknowledged, and goes on until it is killed. */
static _Noreturn void go_on(struct fixture *f, int out)
{
	f->store = store_open(&f->settings, &f->problem);
	for (;;) {
		char did = in_job(f, append, NULL) ? 'a' : '!';
		if (f->store == NULL || write(out, &did, 1) != 1)
			break;
		did = tidy(f) ? 't' : '!';
		if (write(out, &did, 1) != 1)
			break;
	}
	_exit(1);
}

/* So many of its messages are awaited, then it is killed in the midst of what comes next. How many
 * entries it had acknowledged. */
static uint64_t killed_after(struct fixture *f, unsigned steps)
{
	int pipes[2];
	uint64_t entries = 0;
	char did = '!';
	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0)
		go_on(f, pipes[1]);
	close(pipes[1]);
	for (unsigned i = 0; i < steps && read(pipes[0], &did, 1) == 1; i++) {
		CU_ASSERT(did != '!');
		entries += did == 'a' ? AT_ONCE : 0;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* What it said before it died counts. */
	while (read(pipes[0], &did, 1) == 1)
		entries += did == 'a' ? AT_ONCE : 0;
	close(pipes[0]);
	return entries;
}

static void killed_anywhere(void)
{
	struct fixture f;
	uint64_t acknowledged = 0;
	fixture_open(&f);
	for (unsigned i = 0; i < KILLS; i++) {
		store_close(f.store);
		f.store = NULL;
		acknowledged += killed_after(&f, 1 + i * 5 % 17);
		f.store = store_open(&f.settings, &f.problem);
		fixture_must(&f, f.store != NULL);
		uint64_t there = all_is_well(&f);
		CU_ASSERT(there >= acknowledged);
		acknowledged = there;
	}
	CU_ASSERT_TRUE(tidy(&f));
	CU_ASSERT_EQUAL(all_is_well(&f), acknowledged);
	fixture_close(&f);
}

/* ---- A full disk ---- */

/* Who comes while the store recovers is told to come again. */
static void append_when_recovered(struct fixture *f)
{
	bool kept = false;
	while (!kept) {
		kept = in_job(f, append, NULL);
		CU_ASSERT_TRUE_FATAL(kept || f->problem.code == PROBLEM_BUSY);
		sched_yield();
	}
}

/* The nth write of what is done beside the committer fails, for each n; entries that fill segment
 * and step come before, so that there is something to do. */
static void each_write_fails(void)
{
	struct fixture f;
	unsigned fallen = 0;
	fixture_open(&f);
	for (int n = 1; n <= MOST_STEPS; n++) {
		for (unsigned i = 0; i < 3; i++)
			append_when_recovered(&f);
		atomic_store(&fault.fell, false);
		atomic_store(&fault.left, 1 + n % 6);
		tidy(&f);
		atomic_store(&fault.left, 0);
		fallen += atomic_load(&fault.fell);
		if (n % 9 == 0) {
			fixture_reopen(&f);
			all_is_well(&f);
		}
	}
	CU_ASSERT(fallen > MOST_STEPS / 3);
	CU_ASSERT_TRUE(tidy(&f));
	CU_ASSERT_EQUAL(all_is_well(&f), (uint64_t)MOST_STEPS * 3 * AT_ONCE);
	fixture_close(&f);
}

static const struct test tests[] = { { "killed anywhere", killed_anywhere },
				     { "each write fails", each_write_fails },
				     { 0 } };

int main(void)
{
	db_env_set_func_write(write_or_not);
	db_env_set_func_pwrite(pwrite_or_not);
	return suite_run("store: audit faults", tests);
}
