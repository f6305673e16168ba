/* profiles/ssmix2/watch_roots.c: the roots of one storage that is watched. */
#include "profiles/ssmix2/watch_roots.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

static bool holds_something(const char *directory)
{
	DIR *d = opendir(directory);
	bool holds = false;
	for (const struct dirent *e; d != NULL && !holds && (e = readdir(d)) != NULL;)
		holds = !text_equal(e->d_name, ".") && !text_equal(e->d_name, "..");
	if (d != NULL)
		closedir(d);
	return holds;
}

static bool is_among(const char *directory, char *const *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(directory, all[i]))
			return true;
	return false;
}

/* One there is no memory for is not missed. */
static void know(struct known_roots *known, const char *directory)
{
	if (known->count == ROOTS_MOST || is_among(directory, known->directory, known->count))
		return;
	known->directory[known->count] = strdup(directory);
	known->count += known->directory[known->count] != NULL;
}

bool known_roots_are_there(struct known_roots *known, const struct storage_roots *now,
			   struct problem *p)
{
	char *holding[ROOTS_MOST];
	size_t count = 0;
	for (size_t i = 0; i < now->count; i++)
		if (holds_something(now->root[i].directory))
			holding[count++] = (char *)now->root[i].directory;
	for (size_t i = 0; i < known->count; i++)
		if (!is_among(known->directory[i], holding, count))
			return problem_set(p, PROBLEM_NOT_FOUND,
					   "%s was there, and is gone or empty: is it mounted? "
					   "What was taken in stays as it is; where it was taken "
					   "away for good, say so by minato ssmix2 release",
					   known->directory[i]);
	for (size_t i = 0; i < count; i++)
		know(known, holding[i]);
	return true;
}

void known_roots_forget(struct known_roots *known)
{
	while (known->count != 0)
		free(known->directory[--known->count]);
}
