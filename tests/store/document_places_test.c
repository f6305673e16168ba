/* tests/store/document_places_test.c: large documents that stand below directories of their own. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "store/blobs.h"
#include "store/check.h"
#include "tests/store/fixture.h"

enum { LARGE = 200000, SMALL = 1000 };

/* A store with two further places, beside it. */
struct region {
	struct fixture f;
	char one[280], two[280];
	const char *places[3];
};

static void begin(struct region *r)
{
	fixture_open(&r->f);
	store_close(r->f.store);
	snprintf(r->one, sizeof r->one, "%s-one", r->f.directory);
	snprintf(r->two, sizeof r->two, "%s-two", r->f.directory);
	r->places[0] = r->one;
	r->places[1] = r->two;
	r->places[2] = NULL;
	r->f.settings.document_directories = r->places;
	r->f.store = store_open(&r->f.settings, &r->f.problem);
	fixture_must(&r->f, r->f.store != NULL);
}

static void end(struct region *r)
{
	fixture_close(&r->f);
	nftw(r->one, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
	nftw(r->two, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
}

static void reopen(struct region *r, const char *const *places)
{
	r->f.settings.document_directories = places;
	fixture_reopen(&r->f);
}

static struct bytes document(struct fixture *f, size_t length, unsigned char seed)
{
	unsigned char *d = arena_alloc(f->arena, length);
	memset(d, seed, length);
	return (struct bytes){ d, length };
}

static const char *path_below(struct region *r, const char *directory, const struct blob *b)
{
	const char *hex = bytes_to_hex(r->f.arena, (struct bytes){ b->sha256, BLOB_SHA256 });
	return arena_printf(r->f.arena, "%s/%.2s/%s", directory, hex, hex);
}

static const char *own_path(struct region *r, const struct blob *b)
{
	return path_below(r, arena_printf(r->f.arena, "%s/blobs", r->f.directory), b);
}

static bool is_there(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, with);
}

static void put(struct region *r, const char *below, struct bytes d, struct blob *b)
{
	CU_ASSERT_TRUE(blob_of_bytes_below(r->f.store, r->f.arena, below, d, b, &r->f.problem));
	CU_ASSERT_TRUE(store_write(r->f.store, keep, b, &r->f.problem));
}

static enum problem_code reads_as(struct fixture *f, const struct blob *b, struct bytes d)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content c;
	struct arena *a = arena_create(1 << 20);
	struct store_txn *t = store_begin_read(f->store, &p);
	if (blob_open(t, b->sha256, a, &c, &p)) {
		unsigned char back[LARGE + 1];
		ssize_t n = c.octets.data != NULL ? (ssize_t)c.octets.length
						  : read(c.fd, back, sizeof back);
		const unsigned char *said = c.octets.data != NULL ? c.octets.data : back;
		if (n != (ssize_t)d.length || memcmp(said, d.data, d.length) != 0)
			problem_set(&p, PROBLEM_CONFLICT, "differs");
	}
	store_end(t);
	arena_destroy(a);
	return p.code;
}

static void a_large_one_stands_where_it_is_to(void)
{
	struct region r;
	struct blob b;
	begin(&r);
	const struct {
		const char *below;
		size_t length;
		const char *stands; /* NULL: in no file; "": in the store's own place */
	} rows[] = {
		{ r.one, LARGE, r.one },
		{ r.two, LARGE, r.two },
		{ NULL, LARGE, "" },
		{ "/nowhere", LARGE, "" },
		{ r.one, SMALL, NULL },
		{ r.two, BLOB_SMALL, NULL },
		{ r.two, BLOB_SMALL + 1, r.two },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes d = document(&r.f, rows[i].length, (unsigned char)(i + 1));
		put(&r, rows[i].below, d, &b);
		const char *stands = rows[i].stands;
		CU_ASSERT_EQUAL(is_there(path_below(&r, r.one, &b)), stands == r.one);
		CU_ASSERT_EQUAL(is_there(path_below(&r, r.two, &b)), stands == r.two);
		CU_ASSERT_EQUAL(is_there(own_path(&r, &b)), stands != NULL && *stands == '\0');
		CU_ASSERT_EQUAL(reads_as(&r.f, &b, d), PROBLEM_NONE);
	}
	end(&r);
}

/* Whichever place it is written for next. */
static void the_same_octets_stand_once(void)
{
	struct region r;
	struct blob b, again;
	begin(&r);
	struct bytes d = document(&r.f, LARGE, 1);
	put(&r, r.two, d, &b);
	const char *const others[] = { NULL, r.one, r.two };
	for (size_t i = 0; i < COUNT(others); i++) {
		put(&r, others[i], d, &again);
		CU_ASSERT(is_there(path_below(&r, r.two, &b)));
		CU_ASSERT(!is_there(path_below(&r, r.one, &b)) && !is_there(own_path(&r, &b)));
	}
	end(&r);
}

/* A damaged one is in nobody's way, wherever it stands. */
static void a_whole_one_counts(void)
{
	struct region r;
	struct blob b;
	begin(&r);
	struct bytes d = document(&r.f, LARGE, 1);
	put(&r, NULL, d, &b);
	CU_ASSERT_EQUAL(truncate(own_path(&r, &b), 100), 0);
	CU_ASSERT_EQUAL(reads_as(&r.f, &b, d), PROBLEM_INTERNAL);
	put(&r, r.one, d, &b);
	CU_ASSERT(is_there(path_below(&r, r.one, &b)) && is_there(own_path(&r, &b)));
	CU_ASSERT_EQUAL(reads_as(&r.f, &b, d), PROBLEM_NONE);
	end(&r);
}

/* The operator has moved files, or says no more where they are. */
static void a_file_may_be_moved(void)
{
	struct region r;
	struct blob b;
	begin(&r);
	struct bytes d = document(&r.f, LARGE, 1);
	put(&r, r.one, d, &b);
	const char *own = own_path(&r, &b), *there = path_below(&r, r.one, &b);
	reopen(&r, NULL);
	CU_ASSERT_EQUAL(reads_as(&r.f, &b, d), PROBLEM_INTERNAL);
	const char *shelf = arena_printf(r.f.arena, "%.*s", (int)(strrchr(own, '/') - own), own);
	CU_ASSERT_EQUAL(mkdir(shelf, 0700), 0);
	CU_ASSERT_EQUAL(rename(there, own), 0);
	CU_ASSERT_EQUAL(reads_as(&r.f, &b, d), PROBLEM_NONE);
	reopen(&r, r.places);
	CU_ASSERT_EQUAL(reads_as(&r.f, &b, d), PROBLEM_NONE);
	end(&r);
}

static void orphans_are_collected_everywhere(void)
{
	static const struct timespec long_ago[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000000 } };
	struct region r;
	struct blob kept, orphan;
	struct blobs_collected counts;
	begin(&r);
	put(&r, r.one, document(&r.f, LARGE, 1), &kept);
	CU_ASSERT_TRUE(blob_of_bytes_below(r.f.store, r.f.arena, r.one, document(&r.f, LARGE, 2),
					   &orphan, &r.f.problem));
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path_below(&r, r.one, &kept), long_ago, 0), 0);
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path_below(&r, r.one, &orphan), long_ago, 0), 0);
	CU_ASSERT_TRUE(
		blobs_collect(r.f.store, 3600 * INT64_C(1000000), NULL, &counts, &r.f.problem));
	CU_ASSERT(counts.files == 1 && counts.octets == LARGE);
	CU_ASSERT(is_there(path_below(&r, r.one, &kept)));
	CU_ASSERT(!is_there(path_below(&r, r.one, &orphan)));
	end(&r);
}

/* A copy is whole, and has one place. */
static void a_backup_has_all(void)
{
	struct region r;
	struct fixture copy = { 0 };
	struct blob b[3];
	struct bytes d[3];
	begin(&r);
	const char *const below[] = { NULL, r.one, r.two };
	for (unsigned i = 0; i < COUNT(below); i++) {
		d[i] = document(&r.f, LARGE, (unsigned char)(i + 1));
		put(&r, below[i], d[i], &b[i]);
	}
	/* One stands twice: it came for two repositories at the same moment. */
	CU_ASSERT_EQUAL(link(own_path(&r, &b[0]), arena_printf(r.f.arena, "%s/tmp/x", r.one)), 0);
	const char *twice = path_below(&r, r.one, &b[0]);
	mkdir(arena_printf(r.f.arena, "%.*s", (int)(strrchr(twice, '/') - twice), twice), 0700);
	CU_ASSERT_EQUAL(rename(arena_printf(r.f.arena, "%s/tmp/x", r.one), twice), 0);
	snprintf(copy.directory, sizeof copy.directory, "%.200s-copy", r.f.directory);
	CU_ASSERT_TRUE(store_backup(r.f.store, copy.directory, &r.f.problem));
	fixture_settle(&copy);
	copy.arena = arena_create(64 << 20);
	copy.store = store_open(&copy.settings, &copy.problem);
	fixture_must(&copy, copy.store != NULL);
	for (unsigned i = 0; i < COUNT(below); i++)
		CU_ASSERT_EQUAL(reads_as(&copy, &b[i], d[i]), PROBLEM_NONE);
	fixture_close(&copy);
	end(&r);
}

/* Whoever else collects there would take our documents for orphans of his. */
static void a_place_is_one_stores(void)
{
	struct region r;
	struct fixture other = { 0 };
	begin(&r);
	snprintf(other.directory, sizeof other.directory, "%.200s-other", r.f.directory);
	fixture_settle(&other);
	other.settings.document_directories = r.places;
	CU_ASSERT_PTR_NULL(store_open(&other.settings, &other.problem));
	CU_ASSERT_PTR_NOT_NULL(strstr(other.problem.what, "another store has it"));
	CU_ASSERT_STRING_EQUAL(other.problem.where, r.one);
	fixture_close(&other);
	end(&r);
}

static void a_place_that_cannot_be(void)
{
	struct region r;
	begin(&r);
	store_close(r.f.store);
	const char *const places[] = { "/dev/null/x", NULL };
	r.f.settings.document_directories = places;
	r.f.store = store_open(&r.f.settings, &r.f.problem);
	CU_ASSERT_PTR_NULL(r.f.store);
	CU_ASSERT_EQUAL(r.f.problem.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_STRING_EQUAL(r.f.problem.where, "/dev/null/x");
	end(&r);
}

static const struct test tests[] = {
	{ "a large one stands where it is to", a_large_one_stands_where_it_is_to },
	{ "the same octets stand once", the_same_octets_stand_once },
	{ "a whole one counts", a_whole_one_counts },
	{ "a file may be moved", a_file_may_be_moved },
	{ "orphans are collected everywhere", orphans_are_collected_everywhere },
	{ "a backup has all", a_backup_has_all },
	{ "a place is one store's", a_place_is_one_stores },
	{ "a place that cannot be", a_place_that_cannot_be },
	{ 0 }
};

int main(void)
{
	return suite_run("store: places of documents", tests);
}
