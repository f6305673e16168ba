/* profiles/ssmix2/walk_place.h: how far a walk through a storage came: to a patient's folder.
 *
 * A walk meets folders by name, root after root, so a place divides those that were met from those
 * that are to be. It need not be there any more. Pure functions. */
#ifndef PROFILES_SSMIX2_WALK_PLACE_H
#define PROFILES_SSMIX2_WALK_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum { WALK_PLACE_PATH = 1024 }; /* four names of 255 octets */

struct walk_place {
	unsigned root; /* which of them, in their order */
	char path[WALK_PLACE_PATH];
};

/* What is behind one place (NULL: all from the beginning), through another (NULL: to the end). */
struct walk_stretch {
	const struct walk_place *behind, *through;
};

/* False: the path is longer than any patient's. */
bool walk_place_set(struct walk_place *p, unsigned root, const char *path);

/* A patient's folder, by the names that lead to it, is of the stretch. Of two stretches that one
 * place divides it is of one. */
bool walk_stretch_holds(const struct walk_stretch *s, unsigned root, const char *const *names,
			size_t count);
/* Such folders may stand below that one. */
bool walk_stretch_leads(const struct walk_stretch *s, unsigned root, const char *const *names,
			size_t count);

#endif
