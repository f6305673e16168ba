/* profiles/views/view_document.h: a view of a person's messages, made now, for who asks
 * (ITI TF-2: 3.43.4.2.2). */
#ifndef PROFILES_VIEWS_VIEW_DOCUMENT_H
#define PROFILES_VIEWS_VIEW_DOCUMENT_H

#include "gateway/base/bytes.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/on_demand_snapshot.h"
#include "profiles/actors/on_demand_source.h"

struct findings;
struct store;

/* A document and its own uniqueId, which is made of its octets: the same as long as these are. */
struct view_document {
	const char *unique_id, *mime_type;
	const char *time; /* of the newest source in it: DTM */
	struct bytes octets;
	struct on_demand_sources sources;
};

/* Of all Approved sources of the person that the desk's sender may see. of: uniqueId of the
 * entry. What cannot be read is counted in the document. There is none he may see: no document, as
 * if there were no such one; an empty list would say that the person takes nothing, or has no
 * allergy, and that nobody here knows more. */
bool view_document_make(const struct registry_desk *d, const struct on_demand_document *what,
			const char *of, struct view_document *out, struct problem *p);

/* Of what a repository was asked for: makes it where it is to be made. False: it is not there, or
 * could not be made, and the findings say so. */
bool view_document_fill(const struct registry_desk *d, struct retrieved_document *doc,
			struct findings *f);
/* The same for a facility: what is made is kept where the region says so. keep: what
 * on_demand_snapshot_keep() is to be told of it; NULL: nothing. */
bool view_document_give(const struct registry_desk *d, struct store *store,
			struct retrieved_document *doc, const struct on_demand_snapshot **keep,
			struct findings *f);

#endif
