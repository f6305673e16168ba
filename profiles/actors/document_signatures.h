/* profiles/actors/document_signatures.h: signatures among a region's documents, verified (DSG, ITI
 * TF-3: 5.5.5). Whoever the signature is for verifies it himself; what is said here is what this
 * gateway found, for the submitter and the operator.
 *
 * Documents are looked for as whoever asks sees them: of what is hidden from him, a signature is as
 * if it were not here. */
#ifndef PROFILES_ACTORS_DOCUMENT_SIGNATURES_H
#define PROFILES_ACTORS_DOCUMENT_SIGNATURES_H

#include <stdbool.h>

#include "profiles/actors/document_repository.h"
#include "schemas/model/signature.h"

struct progress;

struct document_signature {
	const struct document_entry *entry; /* the signature's own */
	const struct signature *says;       /* NULL: it cannot be read */
	struct signature_verdict verdict;
	struct document_signature *next;
};

/* formatCode and mimeType are those of a signature (ITI TF-3: 5.5.6.1, 5.10.6.1). */
bool document_is_signature(const struct document_entry *e);

/* Those of a submission, verified with what came and what the registry shows its sender. In a
 * snapshot; worker. Documents of the repository beyond what is small are not read now. */
struct document_signature *document_signatures_arrived(const struct registry_desk *d,
						       const struct submission *s,
						       const struct provided_document *documents);
/* An invalid one is a warning, or an error where the region refuses them. */
void document_signatures_tell(const struct registry_desk *d, const struct document_signature *all,
			      struct findings *f);
/* On the committer: keeps each verdict with its entry, as it was registered. False: the store
 * failed. */
bool document_signatures_keep(const struct registry_desk *d, const struct document_signature *all,
			      const struct submission *registered);

/* One that is kept, verified with what holds now. Of what is long all is read, as progress lets
 * it. */
struct document_signature *document_signature_verify(const struct registry_desk *d,
						     const struct document_entry *e,
						     struct progress *progress);
/* What that says of one document: a signature that does not name it says nothing of it. */
struct signature_verdict document_signature_of(const struct document_signature *s,
					       const struct document_entry *e);

#endif
