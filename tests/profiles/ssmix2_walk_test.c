/* tests/profiles/ssmix2_walk_test.c: a walk ends where it is when nobody waits for it any more,
 * whatever it is just looking at. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/storage_walk.h"
#include "tests/profiles/ssmix2_storage.h"

enum { MANY = 30 };
#define PATIENT "/101/101/101/"
#define ORDER "20240401/OMP-01/101_20240401_OMP-01_0000000000000%02u_20240401101500123_01_1"

/* Files, MANY of each; of how many entries each is looked at, and how many things are told. */
static const struct {
	const char *why, *files[2];
	unsigned looks, told;
} storages[] = {
	{ "no messages, beside the folders", { "a/%02u.tmp" }, 2 * MANY, MANY },
	{ "messages outside of folders", { "a/%02u/" ORDER }, 2 * MANY, MANY },
	{ "folders without a patient", { "a/%02u/Thumbs.db" }, 4 * MANY, MANY },
	{ "one patient with all the files", { "a" PATIENT ORDER }, 2 * MANY, 1 },
	{ "a patient with files that are none",
	  { "a" PATIENT "20240401/OMP-01/%02u.tmp" },
	  2 * MANY,
	  MANY },
	{ "a patient in the second root too",
	  { "a" PATIENT ORDER, "b" PATIENT ORDER },
	  4 * MANY,
	  1 },
	{ "no patient where the second root has one",
	  { "a" PATIENT "%02u.tmp", "b" PATIENT ORDER },
	  5 * MANY,
	  MANY + 1 },
};

struct watch {
	unsigned looks, most;      /* at which of its looks the walk ends; 0: it does not */
	unsigned told, told_after; /* in all, and after it was ended */
	bool ended;
};

static bool ends(void *self)
{
	struct watch *w = self;
	w->ended = ++w->looks == w->most || w->ended;
	return w->ended;
}

static void tell(struct watch *w)
{
	w->told++;
	w->told_after += w->ended;
}

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	(void)a;
	(void)files;
	tell(self);
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	(void)root;
	(void)path;
	(void)what;
	tell(self);
}

static void on_ignored(void *self)
{
	tell(self);
}

static struct watch walk(struct imports *im, unsigned most)
{
	const struct storage_root roots[] = {
		{ .directory = arena_printf(im->f.arena, "%s/a", im->root), .shown = "" },
		{ .directory = arena_printf(im->f.arena, "%s/b", im->root), .shown = "b/" },
	};
	struct watch w = { .most = most };
	const struct storage_visitor v = { .self = &w,
					   .patient = on_patient,
					   .fault = on_fault,
					   .ignored = on_ignored,
					   .ends = ends };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(storage_walk(roots, COUNT(roots), &v, &p));
	return w;
}

static void make(struct imports *im, const char *pattern)
{
	for (unsigned n = 0; pattern != NULL && n < MANY; n++) {
		const char *number = strstr(pattern, "%02u");
		put_file(im,
			 arena_printf(im->f.arena, "%.*s%02u%s", (int)(number - pattern), pattern,
				      n, number + strlen("%02u")),
			 bytes_of_text("x"));
	}
}

static void ends_at_whatever_it_looks(void)
{
	for (size_t i = 0; i < COUNT(storages); i++) {
		struct imports im;
		imports_open(&im);
		put_file(&im, "a/x.tmp", bytes_of_text("x"));
		put_file(&im, "b/x.tmp", bytes_of_text("x"));
		make(&im, storages[i].files[0]);
		make(&im, storages[i].files[1]);
		struct watch whole = walk(&im, 0);
		if (whole.looks < storages[i].looks || whole.told != storages[i].told + 2) {
			printf("\n%s: looked %u times, told %u\n", storages[i].why, whole.looks,
			       whole.told);
			CU_FAIL("not each entry was looked at");
		}
		for (unsigned n = 1; n <= whole.looks; n++) {
			struct watch w = walk(&im, n);
			if (w.looks != n || w.told_after != 0 || w.told > whole.told) {
				printf("\n%s, look %u: looked %u times, told %u after it\n",
				       storages[i].why, n, w.looks, w.told_after);
				CU_FAIL("the walk went on");
				break;
			}
		}
		imports_close(&im);
	}
}

/* The same of an import: no patient is there for whom it would notice. */
static void an_import_without_patients_ends(void)
{
	struct imports im;
	imports_open(&im);
	make(&im, CODE_A "/%02u/Thumbs.db");
	atomic_store(&im.stopping, true);
	CU_ASSERT_FALSE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_BUSY);
	atomic_store(&im.stopping, false);
	CU_ASSERT_TRUE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(done(&im, "ignored"), MANY);
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "a walk ends at whatever it looks", ends_at_whatever_it_looks },
		{ "an import without patients ends", an_import_without_patients_ends },
		{ NULL, NULL }
	};
	return suite_run("ssmix2 walk", tests);
}
