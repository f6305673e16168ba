/* tests/profiles/walk_place_test.c: a place divides a walk, wherever it is: each patient and
 * each fault stands on one side of it. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/storage_walk.h"

enum { ROOTS = 2, MET_MOST = 4096 };

/* By root; the folder of a patient, who has a file in each. */
static const struct {
	unsigned root;
	const char *patient;
} patients[] = {
	{ 0, "7/7" },
	{ 0, "7/78" },
	{ 0, "771/111/7711111" },
	{ 0, "771/111/7711119" },
	{ 0, "771/112/7711121" },
	{ 0, "772/111/7721111" },
	{ 1, "771/111/7711111" }, /* of both roots: met in the first */
	{ 1, "771/111/7711115" },
	{ 1, "001/001/0010011" },
};

/* Places where nobody is, or who is nobody. */
static const char *const elsewhere[] = {
	"", "0", "771", "771/111", "zzz", "771/1110", "771/111/7711111/-", "7/7/7"
};

struct storage {
	struct arena *arena;
	char top[32];
	struct storage_root root[ROOTS];
};

static void make_folders(const char *path)
{
	char part[512];
	for (const char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
		mkdir(part, 0700);
	}
}

static void put(const char *path)
{
	make_folders(path);
	FILE *f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fclose(f);
}

static void begin(struct storage *s)
{
	s->arena = arena_create(64 << 20);
	snprintf(s->top, sizeof s->top, "/tmp/minato-place-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->top));
	for (unsigned i = 0; i < ROOTS; i++)
		s->root[i] = (struct storage_root){
			.directory = arena_printf(s->arena, "%s/%u", s->top, i), .shown = ""
		};
	for (size_t i = 0; i < COUNT(patients); i++) {
		const char *path = patients[i].patient, *id = strrchr(path, '/') + 1;
		put(arena_printf(s->arena,
				 "%s/%s/-/ADT-00/%s_-_ADT-00_999999999999999_20240401101500123_-_1",
				 s->root[patients[i].root].directory, path, id));
	}
	CU_ASSERT_EQUAL(symlink("/", arena_printf(s->arena, "%s/0/771/link", s->top)), 0);
	put(arena_printf(s->arena, "%s/0/771/x_-_ADT-00_1_20240401101500123_-_1", s->top));
}

static void end(struct storage *s)
{
	CU_ASSERT_EQUAL(system(arena_printf(s->arena, "rm -r '%s'", s->top)), 0);
	arena_destroy(s->arena);
}

struct met {
	char all[MET_MOST];        /* files of patients, a line each */
	unsigned links, misplaced; /* faults: of which a walk tells as it lists, not in order */
};

static void add(struct met *m, const struct storage_root *root, const char *what)
{
	size_t length = strlen(m->all);
	CU_ASSERT_TRUE_FATAL(length + strlen(what) + 8 < sizeof m->all);
	snprintf(m->all + length, sizeof m->all - length, "%c %s\n",
		 root->directory[strlen(root->directory) - 1], what);
}

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	(void)a;
	for (; files != NULL; files = files->next)
		add(self, files->root, files->path);
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct met *m = self;
	(void)root, (void)what;
	m->links += text_equal(path, "771/link");
	m->misplaced += text_starts(path, "771/x_");
}

static void on_ignored(void *self)
{
	(void)self;
}

static bool never(void *self)
{
	(void)self;
	return false;
}

static void walk(const struct storage *s, const struct walk_place *behind,
		 const struct walk_place *through, struct met *m)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct walk_stretch stretch = { behind, through };
	const struct storage_visitor v = { .self = m,
					   .patient = on_patient,
					   .fault = on_fault,
					   .ignored = on_ignored,
					   .ends = never };
	CU_ASSERT_TRUE(storage_walk_stretch(s->root, ROOTS, &stretch, &v, &p));
}

/* Through the place, and then behind it, is what an undivided walk meets, in its order. */
static void divide(const struct storage *s, const struct met *all, unsigned root, const char *path)
{
	struct walk_place place;
	struct met parts = { .links = 0 };
	CU_ASSERT_TRUE(walk_place_set(&place, root, path));
	walk(s, NULL, &place, &parts);
	size_t before = strlen(parts.all);
	walk(s, &place, NULL, &parts);
	if (!text_equal(parts.all, all->all))
		fprintf(stderr, "at %u %s (%zu octets before):\n%sinstead of\n%s", root, path,
			before, parts.all, all->all);
	CU_ASSERT_STRING_EQUAL(parts.all, all->all);
	CU_ASSERT_TRUE(parts.links == 1 && parts.misplaced == 1);
}

static void wherever_it_is(void)
{
	struct storage s;
	struct met all = { .links = 0 };
	begin(&s);
	walk(&s, NULL, NULL, &all);
	CU_ASSERT_TRUE(all.links == 1 && all.misplaced == 1);
	for (size_t i = 0; i < COUNT(patients); i++)
		divide(&s, &all, patients[i].root, patients[i].patient);
	for (size_t i = 0; i < COUNT(elsewhere); i++)
		for (unsigned root = 0; root <= ROOTS; root++)
			divide(&s, &all, root, elsewhere[i]);
	end(&s);
}

/* Who is met through his own place is the last one. */
static void his_own(void)
{
	struct storage s;
	struct walk_place place;
	struct met through = { .links = 0 }, behind = { .links = 0 };
	begin(&s);
	CU_ASSERT_TRUE(walk_place_set(&place, 0, "771/111/7711119"));
	walk(&s, NULL, &place, &through);
	walk(&s, &place, NULL, &behind);
	CU_ASSERT_PTR_NOT_NULL(strstr(through.all, "/7711119/"));
	CU_ASSERT_PTR_NULL(strstr(behind.all, "/7711119/"));
	CU_ASSERT_PTR_NULL(strstr(through.all, "/7711121/"));
	CU_ASSERT_PTR_NOT_NULL(strstr(behind.all, "/7711121/"));
	end(&s);
}

static void a_path_that_is_no_patients(void)
{
	struct walk_place place = { .root = 3, .path = "7/7" };
	char path[WALK_PLACE_PATH + 1];
	memset(path, '7', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	CU_ASSERT_FALSE(walk_place_set(&place, 0, path));
	CU_ASSERT_STRING_EQUAL(place.path, "7/7");
	CU_ASSERT_EQUAL(place.root, 3);
	path[WALK_PLACE_PATH - 1] = '\0';
	CU_ASSERT_TRUE(walk_place_set(&place, 0, path));
}

int main(void)
{
	static const struct test tests[] = {
		{ "a place divides a walk, wherever it is", wherever_it_is },
		{ "who stands at it is before it", his_own },
		{ "a path that is longer than any patient's", a_path_that_is_no_patients },
		{ NULL, NULL }
	};
	return suite_run("walk_place", tests);
}
