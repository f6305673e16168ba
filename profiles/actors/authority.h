/* profiles/actors/authority.h: which domain of the region an id is of, whoever names it: ITI-8, 9,
 * 44, 45 and the operator. ITI TF-2: Appendix E.1.
 *
 * An authority is named by its universal id (HD.2, an II's root), by its namespace (HD.1), or by
 * both, which must then agree. Blanks around are not meant, an urn:oid: prefix is accepted. */
#ifndef PROFILES_ACTORS_AUTHORITY_H
#define PROFILES_ACTORS_AUTHORITY_H

#include <stdbool.h>

#include "schemas/model/patient.h"
#include "schemas/model/region.h"

struct arena;

/* How it came out. */
struct authority {
	const struct assigning_authority *domain; /* NULL: unknown, or two at once */
	const char *why;                          /* a sentence, then */
	/* The leniency loose-authority is needed: a namespace that nobody configured beside the
	 * right universal id, the universal id in the place of the namespace, or a type that is not
	 * ISO. */
	bool loose;
};

struct authority authority_of(struct arena *a, const struct region *r,
			      const struct patient_identifier *id);
/* Does the id name an authority at all? */
bool authority_is_named(struct arena *a, const struct patient_identifier *id);

#endif
