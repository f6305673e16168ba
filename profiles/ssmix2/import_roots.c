/* profiles/ssmix2/import_roots.c: which folders are one facility's storage. */
#include "profiles/ssmix2/import_roots.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "schemas/model/region.h"

/* 1319951013, 1319951013_2015, 1319951013-dental; but no longer number. */
static bool is_root_of(const char *name, const char *code)
{
	size_t length = strlen(code);
	return strncmp(name, code, length) == 0 && (name[length] < '0' || name[length] > '9');
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The roots of one facility that stand side by side; sorted. Beside them may stand any number of
 * others. Counts one more than there may be at most: which of them were left out would be the
 * directory's whim. */
static size_t list_roots(struct arena *a, const struct import_roots_asker *asker,
			 const char *directory, const char *code, const char *out[ROOTS_MOST])
{
	size_t count = 0;
	DIR *d = opendir(directory);
	for (const struct dirent *e; d != NULL && count <= ROOTS_MOST && !asker->ends(asker->self)
				     && (e = readdir(d)) != NULL;) {
		struct stat st;
		if (!is_root_of(e->d_name, code)
		    || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0
		    || !S_ISDIR(st.st_mode))
			continue;
		if (count < ROOTS_MOST)
			out[count] = arena_text(a, e->d_name);
		count++;
	}
	if (d != NULL)
		closedir(d);
	if (count > 1 && count <= ROOTS_MOST)
		qsort(out, count, sizeof out[0], by_name);
	return count;
}

static bool refuse_roots(const struct registered_system *f, const char *directory, size_t count,
			 struct problem *p)
{
	if (count == 0)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "directory",
				  "%s neither is nor holds a folder named %s, the institution-code "
				  "of %s",
				  directory, f->institution_code, f->name);
	return problem_at(p, PROBLEM_REQUEST_INVALID, "directory",
			  "%s holds more than %d folders whose names begin with %s, the "
			  "institution-code of %s: they are read side by side, as one storage",
			  directory, ROOTS_MOST, f->institution_code, f->name);
}

static const char *base_of(const char *directory)
{
	const char *slash = strrchr(directory, '/');
	return slash == NULL ? directory : slash + 1;
}

bool import_roots_is_one(const struct registered_system *f, const char *directory)
{
	return f->institution_code == NULL || is_root_of(base_of(directory), f->institution_code);
}

const struct registered_system *
import_roots_named(const struct region *r, const struct registered_system *f, const char *directory)
{
	const char *base = base_of(directory);
	if (f->institution_code != NULL && is_root_of(base, f->institution_code))
		return NULL;
	for (size_t i = 0; i < r->system_count; i++) {
		const struct registered_system *s = &r->systems[i];
		if (s->institution_code != NULL && is_root_of(base, s->institution_code))
			return s;
	}
	return NULL;
}

bool import_roots_find(struct arena *a, const struct region *r, const struct registered_system *f,
		       const char *directory, const struct import_roots_asker *asker,
		       struct storage_roots *out, struct problem *p)
{
	const char *code = f->institution_code;
	const struct registered_system *other = r == NULL ? NULL
							  : import_roots_named(r, f, directory);
	const char *names[ROOTS_MOST];
	out->root[0] = (struct storage_root){ .directory = directory, .shown = "" };
	out->count = 1;
	if (other != NULL)
		return problem_at(
			p, PROBLEM_REQUEST_INVALID, "directory",
			"%s is named by the institution-code of %s, and not of %s: a root "
			"is one facility's",
			directory, other->name, f->name);
	if (import_roots_is_one(f, directory))
		return true;
	out->count = list_roots(a, asker, directory, code, names);
	if (asker->ends(asker->self))
		return false;
	if (out->count == 0 || out->count > ROOTS_MOST)
		return refuse_roots(f, directory, out->count, p);
	for (size_t i = 0; i < out->count; i++)
		out->root[i] = (struct storage_root){
			.directory = arena_printf(a, "%s/%s", directory, names[i]),
			.shown = arena_printf(a, "%s/", names[i]),
		};
	return true;
}
