/* profiles/actors/document_recipient.h: what a Document Recipient does, whatever the dialect.
 * ITI TF-1: 15; ITI TF-2: 3.41.4.1.3.1.
 *
 * A facility has an inbox (schemas/model/region.h); what is pushed to it is for that facility
 * alone. Nothing here asks the registry or identity, and nothing that is kept (store/inboxes.h) is
 * theirs: whose it is need not be known to the region, and nobody is matched by it. */
#ifndef PROFILES_ACTORS_DOCUMENT_RECIPIENT_H
#define PROFILES_ACTORS_DOCUMENT_RECIPIENT_H

#include <stdbool.h>

#include "profiles/actors/document_repository.h"

struct kept_document;

/* The inbox of that name, when the sender may push to it; else NULL, with the finding: there is
 * none for him. Worker. */
const struct facility_inbox *document_recipient_inbox(const struct registry_desk *d,
						      const char *name, struct findings *f);
/* All that can be said of a push without the store: documents and metadata, as far as ITI TF-2:
 * 3.41.4.1.3 wants and allows it. Relationships and folders that lead out of it, and recipients
 * that are not here, are warnings. readable: as provided_read() says. Worker. */
bool document_recipient_receive(const struct registry_desk *d, const struct facility_inbox *inbox,
				struct submission *s, const struct provided_document *documents,
				bool readable, struct findings *f);
/* Keeps it, whole or not at all; metadata: as they are to be given out. The same once more, by the
 * same sender, changes nothing: again. On the committer. False: refused. */
bool document_recipient_keep(const struct registry_desk *d, const struct facility_inbox *inbox,
			     const struct submission *s, const struct provided_document *documents,
			     const struct blob *metadata, bool *again, struct findings *f);
/* What an inbox has under that uniqueId: octets, type and patient as sent, and in which push.
 * False: nothing. In a snapshot. */
bool document_recipient_finds(const struct registry_desk *d, const struct facility_inbox *inbox,
			      const char *unique_id, struct kept_document *out, const char **push);

#endif
