/* tests/profiles/watch_folders_test.c: what the kernel tells of a storage's folders. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/watch_folders.h"

enum { MOST = 10, A_MOMENT = 200000 };

/* Below a directory of its own: "p" is a patient's, with "p/d" in it; "up" holds patients'. */
struct told {
	struct arena *arena;
	struct watched_folders *folders;
	char top[32];
	int writing; /* the file that is being written */
};

static int64_t now;

static int64_t elapsed(const struct clock *c)
{
	(void)c;
	return now;
}

static const struct clock still = { .elapsed = elapsed };

static const char *below(struct told *t, const char *name)
{
	return arena_printf(t->arena, "%s/%s", t->top, name);
}

static bool watch(struct told *t, const char *path, const char *patient)
{
	int fd = open(below(t, path), O_RDONLY | O_DIRECTORY);
	bool told = watched_folders_add(t->folders, fd, path, patient);
	close(fd);
	return told;
}

static void begin(struct told *t)
{
	static const char *const folders[] = { "p", "p/d", "up" };
	*t = (struct told){ .arena = arena_create(1 << 20),
			    .folders = watched_folders_create(&still),
			    .top = "/tmp/minato-told-XXXXXX",
			    .writing = -1 };
	now = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->folders);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(t->top));
	for (size_t i = 0; i < COUNT(folders); i++)
		CU_ASSERT_EQUAL_FATAL(mkdir(below(t, folders[i]), 0700), 0);
	CU_ASSERT_FALSE(watch(t, "p", NULL)); /* met before it is known for a patient's */
	CU_ASSERT_FALSE(watch(t, "p", "p"));
	CU_ASSERT_TRUE(watch(t, "p", NULL));
	CU_ASSERT_TRUE(watch(t, "p", "p"));
	CU_ASSERT_FALSE(watch(t, "p/d", "p"));
	CU_ASSERT_FALSE(watch(t, "up", NULL));
}

static void end(struct told *t)
{
	if (t->writing >= 0)
		close(t->writing);
	watched_folders_destroy(t->folders);
	CU_ASSERT_EQUAL(system(arena_printf(t->arena, "rm -r '%s'", t->top)), 0);
	arena_destroy(t->arena);
}

static void open_it(struct told *t, const char *name)
{
	t->writing = open(below(t, name), O_WRONLY | O_CREAT, 0600);
	CU_ASSERT_EQUAL(write(t->writing, "x", 1), 1);
}

static void close_it(struct told *t, const char *name)
{
	(void)name;
	close(t->writing);
	t->writing = -1;
}

static void put(struct told *t, const char *name)
{
	open_it(t, name);
	close_it(t, name);
}

/* Beside the watched ones, and then by a rename. */
static void bring(struct told *t, const char *name)
{
	put(t, "new");
	CU_ASSERT_EQUAL(rename(below(t, "new"), below(t, name)), 0);
}

static void take(struct told *t, const char *name)
{
	CU_ASSERT_EQUAL(rename(below(t, name), below(t, "away")), 0);
}

static void make(struct told *t, const char *name)
{
	CU_ASSERT_EQUAL(mkdir(below(t, name), 0700), 0);
}

static void drop(struct told *t, const char *name)
{
	CU_ASSERT_EQUAL(remove(below(t, name)), 0);
}

static void heed(struct told *t, const char *name)
{
	(void)name;
	CU_ASSERT_TRUE(watched_folders_heed(t->folders));
}

static void wait_a_moment(struct told *t, const char *name)
{
	heed(t, name);
	now += A_MOMENT;
}

static void pass_written(struct told *t, const char *name)
{
	heed(t, name);
	watched_folders_pass_written(t->folders);
}

struct deed {
	void (*it)(struct told *t, const char *name);
	const char *name;
};

/* What is done, and who is to be looked at then. */
static const struct {
	const char *why;
	struct deed deeds[MOST];
	const char *due[3];
} cases[] = {
	{ "nothing happened", { { wait_a_moment, NULL } }, { NULL } },
	{ "a moment is not over", { { put, "p/d/f" }, { heed, NULL } }, { NULL } },
	{ "a file was written", { { put, "p/d/f" }, { wait_a_moment, NULL } }, { "p" } },
	{ "a file is being written", { { open_it, "p/d/f" }, { wait_a_moment, NULL } }, { NULL } },
	{ "it was, and is over",
	  { { open_it, "p/d/f" }, { wait_a_moment, NULL }, { close_it, NULL }, { heed, NULL } },
	  { "p" } },
	{ "one is over, another is not",
	  { { open_it, "p/d/f" }, { bring, "p/d/g" }, { wait_a_moment, NULL } },
	  { NULL } },
	{ "a look at all goes first, and it is never closed",
	  { { open_it, "p/d/f" }, { pass_written, NULL }, { wait_a_moment, NULL } },
	  { NULL } },
	{ "a look at all goes first, and then it is closed",
	  { { open_it, "p/d/f" },
	    { pass_written, NULL },
	    { close_it, NULL },
	    { wait_a_moment, NULL } },
	  { "p" } },
	{ "a look at all keeps what is whole",
	  { { put, "p/d/f" }, { pass_written, NULL }, { wait_a_moment, NULL } },
	  { "p" } },
	{ "what was being written is gone",
	  { { open_it, "p/d/f" }, { drop, "p/d/f" }, { wait_a_moment, NULL } },
	  { "p" } },
	{ "it was renamed when it was whole",
	  { { bring, "p/d/f" }, { wait_a_moment, NULL } },
	  { "p" } },
	{ "a flag was changed",
	  { { put, "p/d/f" }, { take, "p/d/f" }, { wait_a_moment, NULL } },
	  { "p" } },
	{ "a folder of a day came", { { make, "p/e" }, { wait_a_moment, NULL } }, { "p" } },
	{ "two files of one patient",
	  { { put, "p/d/f" }, { put, "p/d/g" }, { wait_a_moment, NULL } },
	  { "p" } },
	{ "a patient came", { { make, "up/q" }, { wait_a_moment, NULL } }, { "up/q" } },
	{ "two patients",
	  { { make, "up/q" }, { put, "p/d/f" }, { wait_a_moment, NULL } },
	  { "up/q", "p" } },
	{ "a file above patients is nobody's",
	  { { put, "up/f" }, { wait_a_moment, NULL } },
	  { NULL } },
	{ "a patient went",
	  { { make, "up/q" }, { drop, "up/q" }, { wait_a_moment, NULL } },
	  { "up/q" } },
	{ "the folder has another name now: what comes is told by nobody",
	  { { take, "p/d" }, { wait_a_moment, NULL }, { put, "away/f" }, { wait_a_moment, NULL } },
	  { "p" } },
};

static void check(const char *why, const char *due, const char *found)
{
	bool same = due == NULL ? found == NULL : found != NULL && text_equal(due, found);
	if (!same)
		fprintf(stderr, "%s: %s instead of %s\n", why, found == NULL ? "nobody" : found,
			due == NULL ? "nobody" : due);
	CU_ASSERT_TRUE(same);
}

static const char *take_due(struct told *t)
{
	struct folder_change c;
	return watched_folders_take(t->folders, t->arena, &c) ? c.path : NULL;
}

static void who_is_to_be_looked_at(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct told t;
		begin(&t);
		for (const struct deed *d = cases[i].deeds; d->it != NULL; d++)
			d->it(&t, d->name);
		int64_t due = watched_folders_due(t.folders);
		CU_ASSERT_EQUAL(cases[i].due[0] != NULL, due <= now);
		for (size_t n = 0; n < COUNT(cases[i].due); n++)
			check(cases[i].why, cases[i].due[n], take_due(&t));
		end(&t);
	}
}

static void due_again(void)
{
	struct told t;
	begin(&t);
	watched_folders_again(t.folders, &(struct folder_change){ .path = "p" }, 5);
	CU_ASSERT_PTR_NULL(take_due(&t));
	CU_ASSERT_EQUAL(watched_folders_due(t.folders), 5);
	watched_folders_again(t.folders, &(struct folder_change){ .path = "p" }, 9);
	now = 5;
	CU_ASSERT_STRING_EQUAL(take_due(&t), "p");
	CU_ASSERT_EQUAL(watched_folders_due(t.folders), INT64_MAX);
	end(&t);
}

/* What was told from elsewhere, too, is as doubtful as if nobody else had told it. */
static void told_from_elsewhere(void)
{
	struct told t;
	struct folder_change c;
	begin(&t);
	put(&t, "p/d/f");
	heed(&t, NULL);
	watched_folders_again(
		t.folders, &(struct folder_change){ .path = "p", .elsewhere = true, .seen = 7 }, 0);
	wait_a_moment(&t, NULL);
	CU_ASSERT_TRUE(watched_folders_take(t.folders, t.arena, &c));
	CU_ASSERT_TRUE(c.elsewhere && c.seen == 7);
	put(&t, "p/d/g");
	wait_a_moment(&t, NULL);
	CU_ASSERT_TRUE(watched_folders_take(t.folders, t.arena, &c));
	CU_ASSERT_TRUE(!c.elsewhere && c.seen == 0);
	end(&t);
}

/* Deleted, its number goes too; another folder of that name is told of once it is met. */
static void a_folder_that_went(void)
{
	struct told t;
	begin(&t);
	drop(&t, "p/d");
	heed(&t, NULL);
	make(&t, "p/d");
	put(&t, "p/d/f");
	wait_a_moment(&t, NULL);
	CU_ASSERT_STRING_EQUAL(take_due(&t), "p");
	CU_ASSERT_FALSE(watch(&t, "p/d", "p"));
	put(&t, "p/d/g");
	wait_a_moment(&t, NULL);
	CU_ASSERT_STRING_EQUAL(take_due(&t), "p");
	end(&t);
}

static int kernels_queue(void)
{
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	int events = 0;
	CU_ASSERT_EQUAL_FATAL(fscanf(f, "%d", &events), 1);
	fclose(f);
	return events;
}

/* More than are kept, and more than the kernel keeps: all must be looked at, once. */
static void too_much_is_lost(void)
{
	struct told t;
	begin(&t);
	for (int i = 0; i <= CHANGES_MOST; i++)
		make(&t, arena_printf(t.arena, "up/%d", i));
	CU_ASSERT_FALSE(watched_folders_heed(t.folders));
	CU_ASSERT_TRUE(watched_folders_heed(t.folders));
	end(&t);
	begin(&t);
	for (int i = kernels_queue(); i >= 0; i--)
		put(&t, i % 2 == 0 ? "p/d/f" : "p/d/g");
	CU_ASSERT_FALSE(watched_folders_heed(t.folders));
	CU_ASSERT_TRUE(watched_folders_heed(t.folders));
	end(&t);
}

int main(void)
{
	static const struct test tests[] = { { "who is to be looked at", who_is_to_be_looked_at },
					     { "who was too early is due again", due_again },
					     { "what is told from elsewhere", told_from_elsewhere },
					     { "a folder that went", a_folder_that_went },
					     { "what is too much is lost, and that is told",
					       too_much_is_lost },
					     { NULL, NULL } };
	return suite_run("watched folders", tests);
}
