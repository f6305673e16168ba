/* tests/store/partner_faults_test.c: what partners know, killed anywhere and on a disk that fails:
 * whatever that leaves, both directions agree, and each code that was told leads to the person or
 * was revoked. */
#include "tests/base/suite.h"

#include <db.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "tests/store/partners_scene.h"

enum { KILLS = 16, ROUNDS = 60 };

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

/* ---- Jobs ---- */

/* A code is asked for and the one of the round before revoked; Tarou and Hanako are mapped, become
 * one or part, what that raises is settled, and both are unmapped, by turns. */
struct round {
	unsigned number;
	char *told; /* the code, once it is kept */
};

/* Within the job; 0: it cannot be read. */
static uint64_t person_in(struct store_txn *t, const struct who *w)
{
	struct patient_record r;
	return identity_find_place(t, store_arena(t), w->domain, w->id, &r) ? r.person : 0;
}

static bool ask_anew(struct store_txn *t, const struct round *r)
{
	struct partner_code code, next;
	bool made;
	if (!partner_code_ask(t, "nw2", CODE_CARE, person_in(t, &tarou), NOON, &code, &made)
	    || !partner_code_revoke(t, "nw2", code.text, NOON + 1)
	    || !partner_code_ask(t, "nw2", CODE_CARE, person_in(t, &tarou), NOON, &next, &made))
		return false;
	memcpy(r->told, next.text, PARTNER_CODE_TEXT);
	return true;
}

static bool map_one(struct store_txn *t, uint64_t person, const char *id)
{
	struct partner_id theirs = { .partner = "nw2",
				     .domain = "2.999.2.1",
				     .id = id,
				     .person = person,
				     .by = "tester",
				     .since = NOON };
	struct mapped told;
	struct problem p = { .code = PROBLEM_NONE };
	return partner_id_map(t, &theirs, &told, &p);
}

static bool settle_first(struct store_txn *t, unsigned what)
{
	const struct partner_conflict *c = partner_conflicts(t, store_arena(t), "nw2", 0, 1);
	return c == NULL || partner_conflict_settle(t, c, (enum settlement)(what % 3), "t", NOON);
}

static bool round_run(struct store_txn *t, const void *with)
{
	const struct round *r = with;
	switch (r->number % 4) {
	case 0: return ask_anew(t, r);
	case 1:
		return map_one(t, person_in(t, &tarou), "X")
		       && map_one(t, person_in(t, &hanako), "Y");
	case 2: return map_one(t, person_in(t, &hanako), "X") && settle_first(t, r->number / 4);
	default: partner_id_unmap(t, "nw2", person_in(t, &hanako)); return true;
	}
}

static bool join_or_part(struct fixture *f, unsigned number)
{
	const struct pairing q = { &tarou, &hanako, number % 8 == 1 ? PAIR_TOGETHER : PAIR_UNDO };
	return in_job(f, pair_run, &q) || q.what == PAIR_UNDO; /* nothing to undo */
}

/* False: it was not kept. told: the code that was told; "" none was. */
static bool go_round(struct fixture *f, unsigned number, char told[PARTNER_CODE_TEXT])
{
	char code[PARTNER_CODE_TEXT] = "";
	const struct round r = { number, code };
	bool kept = in_job(f, round_run, &r);
	snprintf(told, PARTNER_CODE_TEXT, "%s", kept ? code : "");
	return kept && (number % 4 != 1 || join_or_part(f, number));
}

static void is_known(struct fixture *f, const char *text, const char *latest)
{
	struct partner_code out;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	for (; t == NULL; sched_yield()) /* the store recovers */
		t = store_begin_read(f->store, &f->problem);
	bool known = partner_code_find(t, f->arena, "nw2", text, &out);
	CU_ASSERT_TRUE(known);
	CU_ASSERT_TRUE(!known || strcmp(text, latest) == 0
		       || (out.revoked != 0 && out.person == 0));
	store_end(t);
}

static void all_is_well(struct fixture *f)
{
	CU_ASSERT_EQUAL(scene_findings(f), 0);
	if (scene_finding[0] != '\0')
		fprintf(stderr, "%s", scene_finding);
}

/* ---- Killed ---- */

static _Noreturn void go_on(struct fixture *f, int out, unsigned from)
{
	f->store = store_open(&f->settings, &f->problem);
	for (unsigned i = from; f->store != NULL; i++) {
		char told[PARTNER_CODE_TEXT];
		if (!go_round(f, i, told) || write(out, told, sizeof told) != sizeof told)
			break;
	}
	_exit(1);
}

/* So many of its messages are awaited, then it is killed in the midst of what comes next. Whatever
 * it said before it died counts; the last code it told may have been revoked since. */
static void killed_after(struct fixture *f, unsigned steps, unsigned from)
{
	int pipes[2];
	char told[PARTNER_CODE_TEXT], codes[512][PARTNER_CODE_TEXT];
	size_t count = 0;
	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0)
		go_on(f, pipes[1], from);
	close(pipes[1]);
	for (unsigned i = 0; count < 512 && read(pipes[0], told, sizeof told) == sizeof told; i++) {
		if (told[0] != '\0')
			memcpy(codes[count++], told, sizeof told);
		if (i == steps)
			kill(child, SIGKILL);
	}
	waitpid(child, NULL, 0);
	close(pipes[0]);
	CU_ASSERT_TRUE(count != 0);
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
	for (size_t i = 0; i < count; i++)
		is_known(f, codes[i], codes[count - 1]);
}

static void killed_anywhere(void)
{
	struct fixture f;
	scene_open(&f);
	for (unsigned i = 0; i < KILLS; i++) {
		store_close(f.store);
		f.store = NULL;
		killed_after(&f, 5 + i * 5 % 17, i * 4);
		all_is_well(&f);
	}
	fixture_close(&f);
}

/* ---- A full disk ---- */

/* The nth write fails, for each n of a few: what was refused is not there, and what was told is. */
static void each_write_fails(void)
{
	struct fixture f;
	unsigned fallen = 0;
	char told[PARTNER_CODE_TEXT], latest[PARTNER_CODE_TEXT] = "";
	scene_open(&f);
	for (unsigned n = 0; n < ROUNDS; n++) {
		atomic_store(&fault.fell, false);
		atomic_store(&fault.left, (int)(1 + n % 5));
		bool kept = go_round(&f, n, told);
		atomic_store(&fault.left, 0);
		fallen += atomic_load(&fault.fell);
		/* Who comes while the store recovers is told to come again. */
		for (; !kept && f.problem.code == PROBLEM_BUSY; sched_yield())
			kept = go_round(&f, n, told);
		if (told[0] != '\0')
			memcpy(latest, told, sizeof told);
		if (latest[0] != '\0')
			is_known(&f, latest, latest);
		if (n % 9 == 0) {
			fixture_reopen(&f);
			all_is_well(&f);
		}
	}
	CU_ASSERT_TRUE(fallen > ROUNDS / 4);
	all_is_well(&f);
	fixture_close(&f);
}

static const struct test tests[] = { { "killed anywhere", killed_anywhere },
				     { "each write fails", each_write_fails },
				     { 0 } };

int main(void)
{
	db_env_set_func_write(write_or_not);
	db_env_set_func_pwrite(pwrite_or_not);
	return suite_run("store: partners' faults", tests);
}
