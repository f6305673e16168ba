/* profiles/views/view_path.h: the paths of schemas/tables/views.h, step by step. */
#ifndef PROFILES_VIEWS_VIEW_PATH_H
#define PROFILES_VIEWS_VIEW_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* One name and its constants; the path's own text. */
struct view_step {
	const char *text; /* as a whole: what tells it from a sibling */
	size_t length;
	size_t name; /* how much of it is the name */
};
/* The next step; false: there is none. */
bool view_step_next(const char **path, struct view_step *out);

/* [name=value]; *at begins as NULL. False: there are no more. */
struct view_constant {
	const char *name, *value;
	size_t name_length, value_length;
};
bool view_constant_next(const struct view_step *s, const char **at, struct view_constant *out);

#endif
