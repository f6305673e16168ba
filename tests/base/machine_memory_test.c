/* tests/base/machine_memory_test.c: what a control group may take, of files as the kernel writes
 * them. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/machine_memory.h"

static char place[64];

static void write_file(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", place, name);
	FILE *f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fputs(text, f) >= 0 && fclose(f) == 0);
}

static void make_directory(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", place, name);
	CU_ASSERT_FATAL(mkdir(path, 0700) == 0);
}

static const struct limit_case {
	const char *told, *root, *above, *own; /* /proc/self/cgroup; memory.max, NULL: no file */
	uint64_t limit;
} limits[] = {
	{ "0::/a/b\n", NULL, NULL, NULL, UINT64_MAX },
	{ "0::/a/b\n", NULL, "max\n", "max\n", UINT64_MAX },
	{ "0::/a/b\n", NULL, "max\n", "1073741824\n", 1073741824 },
	{ "0::/a/b\n", NULL, "536870912\n", "1073741824\n", 536870912 },
	{ "0::/a/b\n", "2048\n", "4096\n", "1024\n", 1024 },
	{ "0::/a/b\n", "100\n", "4096\n", "1024\n", 100 },
	{ "0::/\n", "268435456\n", "1\n", "1\n", 268435456 },
	{ "12:memory:/x\n0::/a\n", NULL, "4096\n", "1\n", 4096 },
	{ "12:memory:/a/b\n", "1\n", "1\n", "1\n", 1 },
	{ "", NULL, "1\n", "1\n", UINT64_MAX },
	{ "0::/a/b\n", NULL, "nonsense\n", NULL, UINT64_MAX },
	{ 0 },
};

static void put_or_remove(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", place, name);
	remove(path);
	if (text != NULL)
		write_file(name, text);
}

static void limit_of_group(void)
{
	char told[256], command[128];
	snprintf(place, sizeof place, "/tmp/minato-memory-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	make_directory("a");
	make_directory("a/b");
	snprintf(told, sizeof told, "%s/cgroup", place);
	for (const struct limit_case *c = limits; c->told != NULL; c++) {
		write_file("cgroup", c->told);
		put_or_remove("memory.max", c->root);
		put_or_remove("a/memory.max", c->above);
		put_or_remove("a/b/memory.max", c->own);
		CU_ASSERT_EQUAL(control_group_memory(told, place), c->limit);
	}
	snprintf(command, sizeof command, "rm -r %s", place);
	CU_ASSERT(system(command) == 0);
	CU_ASSERT_EQUAL(control_group_memory(told, place), UINT64_MAX);
}

static void part(void)
{
	CU_ASSERT_EQUAL(memory_part(800, 8, 10, 200), 100);
	CU_ASSERT_EQUAL(memory_part(8, 8, 10, 200), 10);
	CU_ASSERT_EQUAL(memory_part(UINT64_MAX, 8, 10, 200), 200);
	CU_ASSERT(machine_memory() >= 64 << 20);
}

static const struct test tests[] = { { "the least limit of a control group and those above",
				       limit_of_group },
				     { "a part of it, within bounds", part },
				     { 0 } };

int main(void)
{
	return suite_run("machine memory", tests);
}
