/* tests/store/verified_files_test.c: which files are remembered as verified, which forgotten. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/verified_files.h"

/* Files whose hashes differ in their last octets only: neighbours, wherever one looks from. */
struct file {
	unsigned char sha256[BLOB_SHA256];
	struct stat st;
};

static struct file file(unsigned number)
{
	struct file f = { .st = { .st_dev = 1,
				  .st_ino = 100 + number,
				  .st_ctim = { 1000, 5 },
				  .st_mtim = { 900, 5 } } };
	memset(f.sha256, 0xAB, sizeof f.sha256);
	f.sha256[BLOB_SHA256 - 2] = (unsigned char)(number >> 8);
	f.sha256[BLOB_SHA256 - 1] = (unsigned char)number;
	return f;
}

static bool know(struct verified_files *v, unsigned number)
{
	struct file f = file(number);
	return verified_files_know(v, f.sha256, &f.st, false);
}

static void add(struct verified_files *v, unsigned number)
{
	struct file f = file(number);
	verified_files_add(v, f.sha256, &f.st, false);
}

static void only_the_very_file_is_known(void)
{
	const struct file same = file(0);
	struct file rows[] = { same, same, same, same, same, same, same, file(1) };
	rows[1].st.st_dev++;
	rows[2].st.st_ino++;
	rows[3].st.st_ctim.tv_sec++;
	rows[4].st.st_ctim.tv_nsec++;
	rows[5].st.st_mtim.tv_sec--;
	rows[6].st.st_mtim.tv_nsec--;
	rows[7].st = same.st;
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct verified_files *v = verified_files_create();
		CU_ASSERT_FALSE(verified_files_know(v, rows[i].sha256, &rows[i].st, false));
		add(v, 0);
		CU_ASSERT_EQUAL(verified_files_know(v, rows[i].sha256, &rows[i].st, false), i == 0);
		CU_ASSERT_TRUE(know(v, 0));
		verified_files_add(v, rows[i].sha256, &rows[i].st, false);
		CU_ASSERT_TRUE(verified_files_know(v, rows[i].sha256, &rows[i].st, false));
		/* What it was before it changed is not known any more. */
		CU_ASSERT_EQUAL(know(v, 0), i == 0 || i == 7);
		verified_files_destroy(v);
	}
	verified_files_destroy(NULL);
}

/* Where nothing stands, nothing is known: not even what looks like it. */
static void nothing_is_known_at_first(void)
{
	struct verified_files *v = verified_files_create();
	const struct file none = { .st = { .st_dev = 0 } };
	CU_ASSERT_FALSE(verified_files_know(v, none.sha256, &none.st, false));
	verified_files_destroy(v);
}

static void neighbours_leave_each_other_alone(void)
{
	struct verified_files *v = verified_files_create();
	unsigned known = 0;
	for (unsigned i = 0; i < VERIFIED_FILES; i++)
		add(v, i);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < VERIFIED_FILES; i++)
			known += know(v, i);
	CU_ASSERT_EQUAL(known, 2 * VERIFIED_FILES);
	verified_files_destroy(v);
}

static void whom_nobody_asked_for_longest_is_forgotten(void)
{
	struct verified_files *v = verified_files_create();
	unsigned known = 0;
	for (unsigned i = 0; i < VERIFIED_FILES; i++)
		add(v, i);
	add(v, 1);                                /* again: in its own place */
	CU_ASSERT_TRUE(know(v, 0));               /* so the oldest are 2 and 3 */
	CU_ASSERT_FALSE(know(v, VERIFIED_FILES)); /* who asks in vain pushes nobody out */
	add(v, VERIFIED_FILES);
	add(v, VERIFIED_FILES + 1);
	CU_ASSERT_FALSE(know(v, 2));
	CU_ASSERT_FALSE(know(v, 3));
	for (unsigned i = 0; i < VERIFIED_FILES + 2; i++)
		known += know(v, i);
	CU_ASSERT_EQUAL(known, VERIFIED_FILES);
	verified_files_destroy(v);
}

/* A check looks at every file there is. */
static void who_passes_by_pushes_nothing_out(void)
{
	struct verified_files *v = verified_files_create();
	struct file beyond = file(VERIFIED_FILES), first = file(0), last;
	for (unsigned i = 0; i < VERIFIED_FILES - 1; i++)
		add(v, i);
	/* What is free it may have, and it is known then, */
	last = file(VERIFIED_FILES - 1);
	verified_files_add(v, last.sha256, &last.st, true);
	CU_ASSERT_TRUE(verified_files_know(v, last.sha256, &last.st, true));
	/* but nobody's place, */
	verified_files_add(v, beyond.sha256, &beyond.st, true);
	CU_ASSERT_FALSE(verified_files_know(v, beyond.sha256, &beyond.st, true));
	/* and it is forgotten first. */
	add(v, VERIFIED_FILES + 1);
	CU_ASSERT_FALSE(know(v, VERIFIED_FILES - 1));
	/* What it finds known is no younger for that; what changed is known anew. */
	first.st.st_ino++;
	verified_files_add(v, first.sha256, &first.st, true);
	CU_ASSERT_TRUE(verified_files_know(v, first.sha256, &first.st, true));
	add(v, VERIFIED_FILES + 2);
	CU_ASSERT_FALSE(verified_files_know(v, first.sha256, &first.st, false));
	for (unsigned i = 1; i < VERIFIED_FILES - 1; i++)
		CU_ASSERT_TRUE(know(v, i));
	verified_files_destroy(v);
}

static const struct test tests[] = {
	{ "only the very file is known", only_the_very_file_is_known },
	{ "nothing is known at first", nothing_is_known_at_first },
	{ "neighbours leave each other alone", neighbours_leave_each_other_alone },
	{ "whom nobody asked for longest is forgotten",
	  whom_nobody_asked_for_longest_is_forgotten },
	{ "who passes by pushes nothing out", who_passes_by_pushes_nothing_out },
	{ 0 }
};

int main(void)
{
	return suite_run("store: verified files", tests);
}
