/* profiles/ssmix2/walk_place.c: how far a walk through a storage came. */
#include "profiles/ssmix2/walk_place.h"

#include <string.h>

bool walk_place_set(struct walk_place *p, unsigned root, const char *path)
{
	size_t length = strlen(path);
	if (length >= sizeof p->path)
		return false;
	p->root = root;
	memcpy(p->path, path, length + 1);
	return true;
}

/* As a walk sorts: name by name. */
enum side { BEFORE = -2, LEADS = -1, WITHIN = 0, BEHIND = 1 };

static enum side side_of(const char *const *names, size_t count, const char *path)
{
	for (size_t i = 0; *path != '\0'; i++) {
		if (i == count)
			return LEADS;
		size_t length = strcspn(path, "/");
		int c = strncmp(names[i], path, length);
		if (c == 0)
			c = names[i][length] != '\0';
		if (c != 0)
			return c < 0 ? BEFORE : BEHIND;
		path += length + (path[length] == '/');
	}
	return WITHIN;
}

static enum side side(const struct walk_place *p, unsigned root, const char *const *names,
		      size_t count)
{
	if (root != p->root)
		return root < p->root ? BEFORE : BEHIND;
	return side_of(names, count, p->path);
}

bool walk_stretch_holds(const struct walk_stretch *s, unsigned root, const char *const *names,
			size_t count)
{
	return (s->behind == NULL || side(s->behind, root, names, count) == BEHIND)
	       && (s->through == NULL || side(s->through, root, names, count) != BEHIND);
}

bool walk_stretch_leads(const struct walk_stretch *s, unsigned root, const char *const *names,
			size_t count)
{
	enum side behind = s->behind == NULL ? BEHIND : side(s->behind, root, names, count);
	return (behind == BEHIND || behind == LEADS)
	       && (s->through == NULL || side(s->through, root, names, count) != BEHIND);
}
