/* tests/profiles/ssmix2_export_test.c: a delegated storage goes home whole or not at all, while
 * others write to it. */
#include "tests/base/suite.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "profiles/ssmix2/export_copy.h"
#include "tests/base/failing.h"
#include "tests/profiles/ssmix2_clinic.h"

static unsigned calls, last_call; /* the process ends before that one; 0: it does not */

static int no_room(void)
{
	errno = ENOSPC;
	return -1;
}

#define CALL(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		if (++calls == last_call)                                                          \
			_exit(0);                                                                  \
		return failing_now(#name) ? no_room() : __real_##name arguments;                   \
	}

/* Nothing is lost that they would keep: who ends here is a process, not the machine. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}

int __wrap_syncfs(int fd);
int __wrap_syncfs(int fd)
{
	(void)fd;
	if (++calls == last_call)
		_exit(0);
	return failing_now("syncfs") ? no_room() : 0;
}

CALL(int, mkdirat, (int d, const char *n, mode_t m), (d, n, m))
CALL(int, futimens, (int fd, const struct timespec t[2]), (fd, t))
CALL(int, renameat2, (int d, const char *n, int e, const char *o, unsigned f), (d, n, e, o, f))
CALL(ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length))
CALL(ssize_t, read, (int fd, void *data, size_t length), (fd, data, length))

struct home {
	struct clinic clinic;
	struct exchange x;
	struct storage_roots roots;
	struct export_copy copy;
	const char *directory;
	unsigned patients, ends;
	atomic_bool stopping;
	unsigned stop_at; /* the patient at whom it is stopped; 0: none */
};

static bool on_patient(void *self, const char *id)
{
	struct home *h = self;
	h->ends += id == NULL;
	h->patients += id != NULL;
	if (h->stop_at != 0 && h->patients == h->stop_at)
		atomic_store(&h->stopping, true);
	return true;
}

static bool never(void *self)
{
	(void)self;
	return false;
}

static bool take_home(struct home *h)
{
	struct clinic *c = &h->clinic;
	const struct import_roots_asker asker = { h, never };
	h->x = (struct exchange){ .arena = c->im.f.arena,
				  .region = &c->im.region,
				  .now = NOW,
				  .stopping = &h->stopping };
	h->directory = arena_printf(c->im.f.arena, "%s/home", c->im.f.directory);
	h->patients = h->ends = 0;
	if (!import_roots_find(c->im.f.arena, &c->im.region, c->source.facility, c->im.root, &asker,
			       &h->roots, &h->x.problem))
		return false;
	h->copy = (struct export_copy){ .x = &h->x,
					.facility = c->source.facility,
					.roots = &h->roots,
					.storage = c->im.root,
					.directory = h->directory,
					.patient = on_patient,
					.self = h };
	return export_copy(&h->copy);
}

static bool is_there(struct home *h, const char *name)
{
	const char *path = arena_printf(h->clinic.im.f.arena, "%s/%s", h->clinic.im.f.directory,
					name);
	return access(path, F_OK) == 0;
}

static const struct event story[] = { { "NW", "20260401", "20260401083000" },
				      { "XO", "20260401", "20260401090000" },
				      { "CA", "20260401", "20260401093000" },
				      { "NW", "20260402", "20260402080000" } };

static void open_home(struct home *h)
{
	struct clinic *c = &h->clinic;
	*h = (struct home){ .patients = 0 };
	open_clinic(c);
	CU_ASSERT_TRUE_FATAL(put(c, message(c, "ADT^A08^ADT_A01", "20260401080000",
					    "EVN||20260401\r" PID(ID) "PV1|1|O\r")));
	CU_ASSERT_TRUE_FATAL(put(c, message(c, "ADT^A08^ADT_A01", "20260401080000",
					    "EVN||20260401\r" PID("7") "PV1|1|O\r")));
	for (size_t i = 0; i < COUNT(story); i++)
		CU_ASSERT_TRUE_FATAL(put(c, order(c, &story[i])));
	put_file(&c->im, CODE_A "/000/123/" ID "/another's", bytes_of_text("x"));
	put_file(&c->im, "transaction/" CODE_A "/2026/another's", bytes_of_text("x"));
	put_file(&c->im, CODE_B "/000/Thumbs.db", bytes_of_text("x"));
}

static struct bytes in_home(struct home *h, const char *name)
{
	return held(&h->clinic, arena_printf(h->clinic.im.f.arena, "../home/%s", name));
}

static void all_goes_home(void)
{
	struct home h;
	open_home(&h);
	CU_ASSERT_TRUE(take_home(&h));
	CU_ASSERT_EQUAL(h.patients, 2);
	CU_ASSERT_EQUAL(h.ends, 1);
	CU_ASSERT_EQUAL(h.copy.copied.messages, 6);
	CU_ASSERT_EQUAL(h.copy.copied.files, 6 + 3); /* Thumbs.db, the log, the index */
	struct bytes before = state(&h.clinic);
	CU_ASSERT_TRUE(before.length > 0);
	for (size_t i = 0; i < all.count; i++) {
		const char *below = all.paths[i] + strlen(h.clinic.im.root) + 1;
		bool mine = strstr(below, CODE_B) != NULL;
		CU_ASSERT_EQUAL(bytes_equal(in_home(&h, below), held(&h.clinic, below)), mine);
	}
	const char *index = buffer_ended(
		&(struct buffer){ .arena = h.clinic.im.f.arena,
				  .data = (unsigned char *)in_home(&h, "index/SSMIXIDX.csv").data,
				  .length = in_home(&h, "index/SSMIXIDX.csv").length });
	CU_ASSERT_PTR_NOT_NULL(strstr(index, "STD01," CODE_B ",7,-,ADT-00,999999999999999,INS,-,"
					     "20260401080000000,7/7/-/ADT-00,7_-_ADT-00_"));
	CU_ASSERT_PTR_NOT_NULL(strstr(index, ",OMP-01,5,DEL,01,20260401093000000,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(index, ",OMP-01,5,INS,01,20260401083000000,"));
	CU_ASSERT_PTR_NULL(strstr(index, CODE_A));
	imports_close(&h.clinic.im);
}

static void nothing_is_left_of_what_fails(void)
{
	static const char *const names[] = { "mkdirat",   "syncfs", "futimens",
					     "renameat2", "write",  "read" };
	for (size_t f = 0; f < COUNT(names); f++)
		for (unsigned n = 0, failed = 1; failed; n++) {
			struct home h;
			open_home(&h);
			struct bytes before = state(&h.clinic);
			failing_arm(names[f], n);
			bool done = take_home(&h);
			failed = failing_disarm();
			CU_ASSERT_EQUAL(is_there(&h, "home"), done);
			CU_ASSERT_FALSE(is_there(&h, ".home.part"));
			CU_ASSERT_TRUE(bytes_equal(before, state(&h.clinic)));
			if (!done)
				CU_ASSERT_NOT_EQUAL(h.x.problem.code, PROBLEM_NONE);
			CU_ASSERT_EQUAL(take_home(&h), !done);
			imports_close(&h.clinic.im);
		}
}

static void it_may_be_killed(void)
{
	bool killed = true;
	for (unsigned n = 1; killed; n++) {
		struct home h;
		int status = 0;
		open_home(&h);
		pid_t child = fork();
		if (child == 0) {
			calls = 0;
			last_call = n;
			take_home(&h);
			_exit(2);
		}
		CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
		killed = WEXITSTATUS(status) == 0;
		/* It has its name when it is whole; what is left otherwise is no hindrance. */
		bool whole = is_there(&h, "home");
		CU_ASSERT_TRUE(!whole || in_home(&h, "SHA256SUMS").length > 0);
		CU_ASSERT_EQUAL(take_home(&h), !whole);
		CU_ASSERT_FALSE(is_there(&h, ".home.part"));
		imports_close(&h.clinic.im);
	}
}

static void it_may_be_stopped(void)
{
	struct home h;
	open_home(&h);
	h.stop_at = 1;
	CU_ASSERT_FALSE(take_home(&h));
	CU_ASSERT_EQUAL(h.x.problem.code, PROBLEM_BUSY);
	CU_ASSERT_FALSE(is_there(&h, "home"));
	CU_ASSERT_FALSE(is_there(&h, ".home.part"));
	imports_close(&h.clinic.im);
}

static void what_is_no_file_is_passed_by(void)
{
	struct home h;
	open_home(&h);
	CU_ASSERT_EQUAL(symlink("/etc", arena_printf(h.clinic.im.f.arena, "%s/" CODE_B "/link",
						     h.clinic.im.root)),
			0);
	CU_ASSERT_EQUAL(
		mkfifo(arena_printf(h.clinic.im.f.arena, "%s/" CODE_B "/fifo", h.clinic.im.root),
		       0600),
		0);
	CU_ASSERT_TRUE(take_home(&h));
	CU_ASSERT_EQUAL(h.copy.copied.passed_by, 2);
	CU_ASSERT_EQUAL(h.copy.copied.files, 6 + 3);
	imports_close(&h.clinic.im);
}

/* ---- Beside each other ---- */

enum { WRITERS = 3, EACH = 12 };

struct writer {
	struct clinic *clinic;
	struct arena *arena;
	struct bytes octets[EACH];
	unsigned written;
	pthread_t thread;
};

static void *write_all_of_it(void *with)
{
	struct writer *w = with;
	for (unsigned i = 0; i < EACH; i++) {
		struct storage_message m;
		struct storage_wrote wrote;
		struct problem p = { .code = PROBLEM_NONE };
		w->written += storage_message_read(w->arena, &w->clinic->source, w->octets[i], NULL,
						   &m, &p)
			      && storage_write(w->arena, w->clinic->im.root, CODE_B, &m, NOW,
					       &wrote, &p);
	}
	return NULL;
}

static unsigned living(struct clinic *c)
{
	unsigned count = 0;
	list_all(c);
	for (size_t i = 0; i < all.count; i++)
		count += strstr(all.paths[i], "_20260402_OMP-01_9_") != NULL
			 && text_equal(all.paths[i] + strlen(all.paths[i]) - 2, "_1");
	return count;
}

/* Of one order, all at the same second, by several at once, while it goes home. */
static void writers_take_turns(void)
{
	struct home h;
	static struct writer writers[WRITERS];
	open_home(&h);
	struct clinic *c = &h.clinic;
	const char *root = c->im.root;
	for (unsigned n = 0; n < WRITERS; n++) {
		writers[n] = (struct writer){ .clinic = c, .arena = arena_create(64 << 20) };
		for (unsigned i = 0; i < EACH; i++)
			writers[n].octets[i] = message(
				c, "RDE^O11^RDE_O11", "20260402080000",
				arena_printf(c->im.f.arena,
					     PID(ID) ORC("NW", "9", "20260402") RXE
					     "NTE|1||%u %u\r",
					     n, i));
	}
	for (unsigned n = 0; n < WRITERS; n++)
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&writers[n].thread, NULL, write_all_of_it, &writers[n]), 0);
	CU_ASSERT_TRUE(take_home(&h));
	for (unsigned n = 0; n < WRITERS; n++) {
		pthread_join(writers[n].thread, NULL);
		CU_ASSERT_EQUAL(writers[n].written, EACH);
		arena_destroy(writers[n].arena);
	}
	CU_ASSERT_EQUAL(living(c), 1);
	CU_ASSERT_EQUAL(all.count, 6 + 4 + WRITERS * EACH);
	/* What went home is of one moment, whichever it was. */
	c->im.root = h.directory;
	CU_ASSERT_TRUE(living(c) <= 1);
	c->im.root = root;
	imports_close(&c->im);
}

static const struct test tests[] = {
	{ "all of it goes home, and nothing of others", all_goes_home },
	{ "nothing is left of what fails", nothing_is_left_of_what_fails },
	{ "it may be killed before any of its calls", it_may_be_killed },
	{ "it may be stopped", it_may_be_stopped },
	{ "what is neither a file nor a folder is passed by", what_is_no_file_is_passed_by },
	{ "writers take turns, and what goes home is of one moment", writers_take_turns },
	{ 0 },
};

int main(void)
{
	/* What is tried are files; a store on the disk would flush beside them. */
	setenv("MINATO_TEST_ENGINE", "memory", 0);
	return suite_run("profiles/ssmix2_export", tests);
}
