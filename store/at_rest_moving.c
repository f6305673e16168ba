/* store/at_rest_moving.c: what was kept without a key moves into a directory that is encrypted. */
#include "store/at_rest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/at_rest_copy.h"

static bool failed(const char *path, struct problem *p)
{
	return problem_at(p, PROBLEM_CONFIGURATION, path, "could not name it: %s", strerror(errno));
}

static bool copy_all(const struct at_rest *r, const char *from, const char *to, struct problem *p)
{
	struct at_rest_copy c = { .from = from, .to = to, .r = r };
	int held = -1;
	bool copied = at_rest_hold(from, &held, p) && at_rest_remove(to, p) /* was broken off */
		      && at_rest_copy(&c, p);
	if (held >= 0)
		close(held);
	return copied;
}

bool at_rest_move(const struct at_rest *r, const char *directory, struct problem *p)
{
	char own[PATH_MAX], plain[PATH_MAX], fresh[PATH_MAX];
	if (!at_rest_beside(directory, "", own) || !at_rest_beside(directory, ".plain", plain)
	    || !at_rest_beside(directory, ".encrypted", fresh))
		return problem_at(p, PROBLEM_CONFIGURATION, directory, "its name is too long");
	if (!at_rest_is_there(own) && at_rest_is_there(plain) && at_rest_is_there(fresh))
		return rename(fresh, own) == 0 || failed(own, p);
	if (!at_rest_is_there(own) || at_rest_is_encrypted(own))
		return true;
	if (at_rest_is_there(plain))
		return problem_at(
			p, PROBLEM_CONFLICT, plain,
			"is there already: take it away first, it may be of another time");
	if (!copy_all(r, own, fresh, p))
		return false;
	return (rename(own, plain) == 0 && rename(fresh, own) == 0) || failed(own, p);
}
