/* profiles/actors/known_object.h: what of the registry a sender may know, by entryUUID. Within the
 * actors only. */
#ifndef PROFILES_ACTORS_KNOWN_OBJECT_H
#define PROFILES_ACTORS_KNOWN_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/document_registry.h"

struct known_object {
	bool seen;        /* false: it is not there, or hidden */
	uint64_t subject; /* 0: an Association, whose ends say it */
	const char *source_system;
};

/* Not an Association. */
struct known_object known_object(const struct registry_desk *d, const char *uuid);
/* Who made an Association knows it, whoever's its ends are; others, who see both of them. */
struct known_object known_association(const struct registry_desk *d, const struct association *x);
/* The sender's facility submitted it; the region's operator is everybody's. */
bool known_as_own(const struct registry_desk *d, const char *source_system);

#endif
