/* profiles/national/national_arrived.h: national documents (JP-CLINS, HS037, HS038, HS039) among
 * those that come by Provide and Register Document Set-b [ITI-41]. japan.md E6 to E9. */
#ifndef PROFILES_NATIONAL_NATIONAL_ARRIVED_H
#define PROFILES_NATIONAL_NATIONAL_ARRIVED_H

#include <stdbool.h>

#include "profiles/actors/document_repository.h"

struct findings;

/* What one was found to be. */
struct national_arrived {
	const struct document_entry *entry;
	const char *says; /* name and version of its profile, for who audits */
	const struct national_arrived *next;
};

/* Some of them are to be read, or may be. Pure. */
bool national_arrive(const struct submission *s, const struct provided_document *documents);
/* Each is read, one after the other, in memory that is given back, and held against its
 * DocumentEntry. In a snapshot; worker. False: some is refused, as f says. */
bool national_arrived_read(const struct registry_desk *d, const struct submission *s,
			   const struct provided_document *documents, enum submission_rules rules,
			   const struct national_arrived **out, struct findings *f);

#endif
