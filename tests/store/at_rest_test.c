/* tests/store/at_rest_test.c: what is taken as a key, and what is said where it cannot be. What
 * it hides is tests/operator/at_rest's, on a disk of its own. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/text.h"
#include "store/at_rest.h"

static const struct {
	const char *why;
	size_t octets;
	mode_t mode;
	const char *said; /* NULL: it is a key */
} rows[] = {
	{ "a key", 64, 0600, NULL },
	{ "one nobody can write", 64, 0400, NULL },
	{ "an octet less", 63, 0600, "64 octets" },
	{ "an octet more", 65, 0600, "64 octets" },
	{ "none at all", 0, 0600, "64 octets" },
	{ "its group may read it", 64, 0640, "chmod 600" },
	{ "all may write it", 64, 0602, "chmod 600" },
};

static bool write_key(const char *path, size_t octets, mode_t mode)
{
	const char all[128] = "a key that is no key of anybody, for it is told here to everybody";
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	bool written = fd >= 0 && write(fd, all, octets) == (ssize_t)octets
		       && fchmod(fd, mode) == 0;
	if (fd >= 0)
		close(fd);
	return written;
}

static void which_files_are_keys(void)
{
	char directory[] = "/tmp/minato-key-XXXXXX", path[64], link[64];
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/key", directory);
	snprintf(link, sizeof link, "%s/link", directory);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = NULL;
		CU_ASSERT_FATAL(write_key(path, rows[i].octets, rows[i].mode));
		struct at_rest *r = at_rest_read(path, &why);
		bool right = rows[i].said == NULL ? r != NULL && why == NULL
						  : r == NULL && strstr(why, rows[i].said) != NULL;
		CU_ASSERT(right);
		if (!right)
			printf("\n%s: %s\n", rows[i].why, why);
		at_rest_free(r);
		unlink(path);
	}
	const char *why = NULL;
	CU_ASSERT_PTR_NULL(at_rest_read(path, &why));
	CU_ASSERT_STRING_EQUAL(why, "it cannot be read");
	CU_ASSERT_FATAL(write_key(path, 64, 0600) && symlink(path, link) == 0);
	CU_ASSERT_PTR_NULL(at_rest_read(link, &why));
	unlink(link);
	unlink(path);
	rmdir(directory);
}

/* What was there stays, and nothing is left beside it. */
static void where_it_cannot_be(void)
{
	char directory[] = "/tmp/minato-key-XXXXXX", path[64], inside[64], plain[64], fresh[64];
	const char *why = NULL;
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/key", directory);
	snprintf(inside, sizeof inside, "%s/data", directory);
	snprintf(plain, sizeof plain, "%s/data.plain", directory);
	snprintf(fresh, sizeof fresh, "%s/data.encrypted", directory);
	CU_ASSERT_FATAL(write_key(path, 64, 0600));
	struct at_rest *r = at_rest_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_FALSE(at_rest_encrypt(r, inside, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "could not be encrypted: "));
	CU_ASSERT_TRUE(at_rest_move(r, inside, &p)); /* there is nothing */
	/* one that holds something is never encrypted as it is, whatever the file system can */
	CU_ASSERT_FATAL(mkdir(inside, 0700) == 0 && mkdir(plain, 0700) == 0);
	CU_ASSERT_FALSE(at_rest_encrypt(r, directory, &p));
	CU_ASSERT_FALSE(at_rest_is_encrypted(directory));
	p = (struct problem){ .code = PROBLEM_NONE }; /* it keeps the first */
	CU_ASSERT_FALSE(at_rest_move(r, inside, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "is there already"));
	CU_ASSERT(access(inside, F_OK) == 0 && access(fresh, F_OK) != 0);
	at_rest_free(r);
	rmdir(plain);
	rmdir(inside);
	unlink(path);
	rmdir(directory);
}

/* How far a change is: what can be told where nothing is encrypted. What it does is
 * tests/operator/rekeying's. */
static void what_a_change_needs(void)
{
	char directory[] = "/tmp/minato-key-XXXXXX", one[64], other[64], inside[64], copy[64];
	const char *why = NULL;
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(one, sizeof one, "%s/one", directory);
	snprintf(other, sizeof other, "%s/other", directory);
	snprintf(inside, sizeof inside, "%s/data", directory);
	snprintf(copy, sizeof copy, "%s/data.rekeyed", directory);
	CU_ASSERT_FATAL(write_key(one, 64, 0600) && write_key(other, 64, 0600));
	int fd = open(other, O_WRONLY);
	CU_ASSERT_FATAL(fd >= 0 && pwrite(fd, "B", 1, 63) == 1 && close(fd) == 0);
	struct at_rest *fresh = at_rest_read(one, &why), *before = at_rest_read(other, &why);
	CU_ASSERT_FATAL(fresh != NULL && before != NULL);
	CU_ASSERT_TRUE(at_rest_is_same(fresh, fresh));
	CU_ASSERT_FALSE(at_rest_is_same(fresh, before));
	const struct at_rest_change change = { .fresh = fresh, .before = before };
	CU_ASSERT_EQUAL(at_rest_stage(&change, inside), AT_REST_SETTLED); /* nothing there */
	CU_ASSERT_TRUE(at_rest_rekey(&change, inside, &p));
	CU_ASSERT_FATAL(mkdir(inside, 0700) == 0 && mkdir(copy, 0700) == 0);
	CU_ASSERT_FALSE(at_rest_has(fresh, inside));
	CU_ASSERT_EQUAL(at_rest_stage(&change, inside), AT_REST_STRANGE);
	CU_ASSERT_EQUAL(at_rest_stage(&(struct at_rest_change){ .fresh = NULL }, inside),
			AT_REST_SETTLED); /* no key, no change */
	CU_ASSERT_FALSE(at_rest_rekey(&change, inside, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "neither data-key nor data-key-before"));
	CU_ASSERT_TRUE(at_rest_forget(&change, inside, &p));
	CU_ASSERT_EQUAL(access(copy, F_OK), 0); /* not of a change: it stays */
	at_rest_free(fresh);
	at_rest_free(before);
	rmdir(copy);
	rmdir(inside);
	unlink(one);
	unlink(other);
	rmdir(directory);
}

static const struct test tests[] = {
	{ "which files are keys", which_files_are_keys },
	{ "where it cannot be", where_it_cannot_be },
	{ "what a change needs", what_a_change_needs },
	{ 0 },
};

int main(void)
{
	return suite_run("at rest", tests);
}
