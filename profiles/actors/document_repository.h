/* profiles/actors/document_repository.h: what a Document Repository does, whatever the dialect.
 * ITI TF-1: 10.1.1.4; ITI TF-2: 3.41, 3.43. */
#ifndef PROFILES_ACTORS_DOCUMENT_REPOSITORY_H
#define PROFILES_ACTORS_DOCUMENT_REPOSITORY_H

#include <stdbool.h>

#include "profiles/actors/document_registry.h"
#include "profiles/actors/on_demand_source.h"
#include "store/blobs.h"

/* A document as it came with its submission. */
struct provided_document {
	const char *entry_id; /* xds:Document/@id: the DocumentEntry's id */
	const struct blob *blob;
	struct provided_document *next;
};

/* The one with that id; NULL: none has. */
const struct provided_document *provided_document_of(const struct provided_document *list,
						     const char *entry_id);
/* Matches documents and entries, verifies hash and size or fills them in, sets repositoryUniqueId
 * (ITI TF-2: 3.41.4.1.3). Worker. */
bool provided_documents_match(const struct registry_desk *d, const char *repository_unique_id,
			      struct submission *s, const struct provided_document *documents,
			      struct findings *f);
/* The same, for where the sender's documents are kept. */
bool document_repository_receive(const struct registry_desk *d, struct submission *s,
				 const struct provided_document *documents, struct findings *f);
/* After all checks: gives the set the fingerprint of metadata and documents. Worker. */
void document_repository_fingerprint(const struct registry_desk *d, struct submission *s,
				     const struct provided_document *documents);
/* What providing it will look at, looked at: store_look_ahead(). Worker. */
void document_repository_look_ahead(const struct registry_desk *d, const struct submission *s,
				    const struct provided_document *documents);
/* Keeps the documents and registers them in one step: both or neither. On the committer. Returns
 * what document_registry_register() does. */
struct submission *document_repository_provide(const struct registry_desk *d,
					       const struct submission *s,
					       const struct provided_document *documents,
					       struct findings *f);

/* The same for documents that another's registry describes, when it has: keeps them, each with
 * whose it is and who submitted it. On the committer. */
bool document_repository_keep(const struct registry_desk *d, const struct submission *s,
			      const struct provided_document *documents, struct findings *f);
/* What that would refuse, before the registry is asked. In a snapshot. */
bool document_repository_may_keep(const struct registry_desk *d, const struct submission *s,
				  const struct provided_document *documents, struct findings *f);

/* In a snapshot: all of it still fits into the sender's quota, or was registered before. */
bool document_repository_has_room(const struct registry_desk *d, const struct submission *s,
				  const struct provided_document *documents, struct findings *f);

/* One DocumentRequest answered. */
struct retrieved_document {
	const struct document_request *request;
	bool found;
	/* whose it is, CX of the affinity domain; for audit */
	const char *patient_id;
	uint64_t subject;          /* the patient record it hangs on */
	const char *source_system; /* whose document it is; NULL: the region's, or not known */
	const char *mime_type;
	struct blob_content content;
	bool refused; /* not found, and who asks is told that it is there */
	/* a rule of retention lets it go after acceptance, or it is its addressee's until then */
	bool may_be_accepted;
	/* its entries that the sender, an addressee, has now for the first time */
	const struct text_value *accepted;
	/* It is made on demand (profiles/actors/on_demand_source.h): there are no octets yet. */
	const struct on_demand_document *on_demand;
	const char *new_unique_id;            /* of what was made */
	const char *new_repository_unique_id; /* where it is kept; NULL: it is not */
	const char *pushed; /* id of the push it is in (store/inboxes.h); or NULL */
	struct retrieved_document *next;
};
/* ITI TF-2: 3.43.4.1.3. What is not found is a finding with the uniqueId as its location. Of what
 * is made on demand only that it is to be made is found out. */
struct retrieved_document *document_repository_retrieve(const struct registry_desk *d,
							const struct document_request *requests,
							struct findings *f);
/* That system, or its facility, has withdrawn (store/lockouts.h): what it submitted is given to
 * nobody but the operator. Also where that cannot be read. system NULL: the operator has not. */
bool document_repository_is_withdrawn(const struct registry_desk *d, const char *system);
/* It was made; or could not be, which is a finding. */
bool document_repository_made(const struct registry_desk *d, struct retrieved_document *doc,
			      const char *new_unique_id, struct bytes octets);
bool document_repository_not_made(struct retrieved_document *doc, const struct problem *why,
				  struct findings *f);

#endif
