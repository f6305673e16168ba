/* store/at_rest_changing.c: what was encrypted with one key is encrypted with another.
 *
 * The kernel gives a tree one key, for ever. So a tree is copied whole beside itself, compared, and
 * the two exchange their names in one step. No journal is kept: which key a tree has, it says
 * itself, and by that a change that was broken off is understood wherever that was. */
#include "store/at_rest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "store/at_rest_copy.h"

bool at_rest_hold(const char *directory, int *held, struct problem *p)
{
	char lock[PATH_MAX];
	snprintf(lock, sizeof lock, "%s/lock", directory);
	*held = regular_open(lock, O_RDWR | O_NOFOLLOW);
	if (*held < 0 && errno == ENOENT)
		return true; /* of documents alone, or never opened */
	if (*held >= 0 && flock(*held, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (*held >= 0)
		close(*held);
	*held = -1;
	return problem_at(p, PROBLEM_CONFLICT, directory, "the store is in use: stop minatod");
}

enum at_rest_stage at_rest_stage(const struct at_rest_change *c, const char *directory)
{
	char other[PATH_MAX];
	bool has_other = at_rest_beside(directory, ".rekeyed", other) && at_rest_is_there(other);
	if (c->fresh == NULL || !at_rest_is_there(directory))
		return AT_REST_SETTLED;
	if (at_rest_has(c->fresh, directory))
		return has_other ? AT_REST_LEFT : AT_REST_SETTLED;
	if (c->before == NULL || !at_rest_has(c->before, directory))
		return AT_REST_STRANGE;
	return has_other ? AT_REST_BROKEN_OFF : AT_REST_BEFORE;
}

const char *at_rest_stage_words(enum at_rest_stage s)
{
	static const char *const words[] = {
		[AT_REST_SETTLED] = "it is encrypted with data-key",
		[AT_REST_BEFORE] = "it is still encrypted with data-key-before",
		[AT_REST_BROKEN_OFF] = "it is still encrypted with data-key-before, and the change "
				       "to data-key was broken off",
		[AT_REST_LEFT] = "it is encrypted with data-key, and what it was with the key "
				 "before is left in .rekeyed beside it",
		[AT_REST_STRANGE] = "it is encrypted with neither data-key nor data-key-before",
	};
	return words[s];
}

/* One of ours that was broken off goes; another's stays. Before it has its key it is empty. */
static bool clear(const struct at_rest *of, const char *other, struct problem *p)
{
	if (!at_rest_is_there(other) || rmdir(other) == 0)
		return true;
	if (!at_rest_has(of, other))
		return problem_at(p, PROBLEM_CONFLICT, other,
				  "%s is there already, and is not of a change of the key: take "
				  "it away",
				  other);
	return at_rest_remove(other, p);
}

/* A name that is a link would exchange the link. */
static bool is_directory(const char *path, struct problem *p)
{
	struct stat st;
	return (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
	       || problem_at(p, PROBLEM_CONFIGURATION, path,
			     "%s is a link: name the directory itself", path);
}

static bool exchange(const char *own, const char *other, struct problem *p)
{
	if (renameat2(AT_FDCWD, other, AT_FDCWD, own, RENAME_EXCHANGE) != 0)
		return problem_at(p, PROBLEM_CONFIGURATION, own,
				  "it and its copy could not exchange names: %s", strerror(errno));
	return at_rest_settle(own, p);
}

bool at_rest_rekey(const struct at_rest_change *change, const char *directory, struct problem *p)
{
	char own[PATH_MAX], other[PATH_MAX];
	struct at_rest_copy c = {
		.from = own, .to = other, .r = change->fresh, .watch = &change->watch
	};
	enum at_rest_stage stage = at_rest_stage(change, directory);
	if (stage == AT_REST_SETTLED || stage == AT_REST_LEFT)
		return true;
	if (stage == AT_REST_STRANGE)
		return problem_at(p, PROBLEM_CONFIGURATION, directory, "%s",
				  at_rest_stage_words(stage));
	if (!at_rest_beside(directory, "", own) || !at_rest_beside(directory, ".rekeyed", other))
		return problem_at(p, PROBLEM_CONFIGURATION, directory, "its name is too long");
	return is_directory(own, p) && at_rest_encrypt(change->before, own, p)
	       && clear(change->fresh, other, p) && at_rest_copy(&c, p) && at_rest_compare(&c, p)
	       && exchange(own, other, p);
}

bool at_rest_forget(const struct at_rest_change *change, const char *directory, struct problem *p)
{
	char other[PATH_MAX];
	if (at_rest_stage(change, directory) != AT_REST_LEFT
	    || !at_rest_beside(directory, ".rekeyed", other))
		return true;
	return clear(change->before, other, p);
}
