/* tests/envelope/samples.c: messages from files. */
#include "tests/envelope/samples.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

static const char *source_folder(void)
{
	const char *folder = getenv("srcdir");
	return folder == NULL ? "." : folder;
}

static const char *shared_folder(struct arena *a)
{
	const char *folder = getenv("MINATO_SHARED");
	return folder != NULL ? folder : arena_printf(a, "%s/../shared", source_folder());
}

static bool read_all(struct arena *a, const char *path, struct bytes *out)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	struct buffer all = buffer_in(a);
	size_t got;
	do {
		got = fread(buffer_reserve(&all, 65536), 1, 65536, file);
		all.length += got;
	} while (got > 0);
	fclose(file);
	*out = buffer_bytes(&all);
	return true;
}

struct bytes sample_ours(struct arena *a, const char *path)
{
	struct bytes all;
	const char *whole = arena_printf(a, "%s/tests/cases/%s", source_folder(), path);
	if (!read_all(a, whole, &all)) {
		printf("%s cannot be read\n", whole);
		exit(99);
	}
	return all;
}

bool sample_shared(struct arena *a, const char *path, struct bytes *out)
{
	const char *whole = arena_printf(a, "%s/samples/%s", shared_folder(a), path);
	if (read_all(a, whole, out))
		return true;
	printf("skipped: no shared sample %s\n", path);
	return false;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **sample_names(struct arena *a, const char *folder, const char *suffix)
{
	enum { MOST = 400 };
	DIR *open = opendir(arena_printf(a, "%s/samples/%s", shared_folder(a), folder));
	if (open == NULL) {
		printf("skipped: no shared samples in %s\n", folder);
		return NULL;
	}
	const char **names = arena_array(a, const char *, MOST + 1);
	size_t count = 0, ending = strlen(suffix);
	for (struct dirent *e; count < MOST && (e = readdir(open)) != NULL;) {
		size_t length = strlen(e->d_name);
		if (length > ending && strcmp(e->d_name + length - ending, suffix) == 0)
			names[count++] = arena_text(a, e->d_name);
	}
	closedir(open);
	qsort(names, count, sizeof *names, by_name);
	return names;
}
