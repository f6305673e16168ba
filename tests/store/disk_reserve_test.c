/* tests/store/disk_reserve_test.c: room that is kept, given back piece by piece, and taken
 * again. */
#include "tests/base/suite.h"

#include <string.h>
#include <sys/stat.h>

#include "store/disk_reserve.h"
#include "tests/store/fixture.h"

enum { MIB = 1 << 20, WHOLE = 5 * MIB, BESIDE = 12 * MIB };

static const char *file_in(struct fixture *f)
{
	return arena_printf(f->arena, "%s/reserve-of-a-test", f->directory);
}

/* Octets that are really allotted. */
static uint64_t allotted(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

static void given_and_taken_again(void)
{
	struct fixture f;
	struct disk_reserve r, later;
	fixture_open(&f);
	const char *path = file_in(&f);
	disk_reserve_open(&r, path, WHOLE);
	CU_ASSERT_EQUAL(r.lacks, WHOLE);
	CU_ASSERT_FALSE(disk_reserve_give(&r));
	/* Not of what others need. */
	disk_reserve_fill(&r, BESIDE - 1, BESIDE);
	disk_reserve_fill(&r, BESIDE + WHOLE - 1, BESIDE);
	CU_ASSERT_EQUAL(r.lacks, WHOLE);
	CU_ASSERT_EQUAL(allotted(path), 0);
	disk_reserve_fill(&r, BESIDE + WHOLE, BESIDE);
	CU_ASSERT_EQUAL(r.lacks, 0);
	CU_ASSERT(allotted(path) >= WHOLE);
	/* In pieces, the last as large as what is left. */
	CU_ASSERT_TRUE(disk_reserve_give(&r));
	CU_ASSERT_EQUAL(r.lacks, 2 * MIB);
	CU_ASSERT_TRUE(disk_reserve_give(&r));
	CU_ASSERT(allotted(path) <= MIB + 4096);
	disk_reserve_open(&later, path, WHOLE); /* a start meanwhile */
	CU_ASSERT_EQUAL(later.lacks, 4 * MIB);
	CU_ASSERT_TRUE(disk_reserve_give(&later));
	CU_ASSERT_EQUAL(later.lacks, WHOLE);
	CU_ASSERT_FALSE(disk_reserve_give(&later));
	disk_reserve_fill(&later, UINT64_MAX, BESIDE);
	CU_ASSERT_EQUAL(later.lacks, 0);
	disk_reserve_fill(&later, UINT64_MAX, BESIDE); /* nothing is lacking */
	CU_ASSERT(allotted(path) >= WHOLE);
	fixture_close(&f);
}

static void none_and_what_cannot_be(void)
{
	struct fixture f;
	struct disk_reserve r;
	fixture_open(&f);
	const char *path = file_in(&f);
	disk_reserve_open(&r, path, 0);
	disk_reserve_fill(&r, UINT64_MAX, BESIDE);
	CU_ASSERT_FALSE(disk_reserve_give(&r));
	CU_ASSERT_EQUAL(allotted(path), 0);
	/* A larger one of another configuration is none of ours. */
	disk_reserve_open(&r, path, WHOLE);
	disk_reserve_fill(&r, UINT64_MAX, BESIDE);
	disk_reserve_open(&r, path, MIB);
	CU_ASSERT_EQUAL(r.lacks, MIB);
	disk_reserve_fill(&r, UINT64_MAX, BESIDE);
	CU_ASSERT_EQUAL(r.lacks, 0);
	CU_ASSERT(allotted(path) <= MIB + 4096);
	/* The file is gone, or was never possible. */
	CU_ASSERT_EQUAL(remove(path), 0);
	CU_ASSERT_FALSE(disk_reserve_give(&r));
	disk_reserve_open(&r, arena_printf(f.arena, "%s/nowhere/reserve", f.directory), WHOLE);
	disk_reserve_fill(&r, UINT64_MAX, BESIDE);
	CU_ASSERT_EQUAL(r.lacks, WHOLE);
	fixture_close(&f);
}

static const struct test tests[] = { { "given and taken again", given_and_taken_again },
				     { "none, and what cannot be", none_and_what_cannot_be },
				     { 0 } };

int main(void)
{
	return suite_run("store: reserve on the disk", tests);
}
