/* gateway/base/machine_memory.c: how much memory there is for us. */
#include "gateway/base/machine_memory.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"

/* The line of version 2, "0::/a/b"; empty: there is none. */
static void group_of(const char *file, char group[PATH_MAX])
{
	char line[PATH_MAX + 16];
	FILE *f = regular_stream(file);
	group[0] = '\0';
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "0::/", 4) == 0)
			snprintf(group, PATH_MAX, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
	if (f != NULL)
		fclose(f);
}

/* "max", or octets. */
static uint64_t limit_in(const char *directory)
{
	char path[2 * PATH_MAX + 16];
	uint64_t limit = UINT64_MAX;
	snprintf(path, sizeof path, "%s/memory.max", directory);
	FILE *f = regular_stream(path);
	if (f == NULL || fscanf(f, "%" SCNu64, &limit) != 1)
		limit = UINT64_MAX;
	if (f != NULL)
		fclose(f);
	return limit;
}

uint64_t control_group_memory(const char *file, const char *mount_point)
{
	char group[PATH_MAX], directory[2 * PATH_MAX];
	uint64_t least = UINT64_MAX;
	group_of(file, group);
	for (char *end = group + strlen(group); end != NULL; end = strrchr(group, '/')) {
		*end = '\0';
		snprintf(directory, sizeof directory, "%s%s", mount_point, group);
		uint64_t limit = limit_in(directory);
		least = limit < least ? limit : least;
	}
	return least;
}

uint64_t machine_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	uint64_t all = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX;
	uint64_t ours = control_group_memory("/proc/self/cgroup", "/sys/fs/cgroup");
	return all < ours ? all : ours;
}

uint64_t memory_part(uint64_t memory, unsigned of, uint64_t least, uint64_t most)
{
	uint64_t part = memory / of;
	return part < least ? least : part > most ? most : part;
}
