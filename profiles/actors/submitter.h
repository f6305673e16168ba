/* profiles/actors/submitter.h: who submitted a document, and who may replace it.
 *
 * A document's author is what its metadata says; its submitter is the system whose certificate the
 * submission came with. A replacement (ITI TF-3: 4.2.2.2.3) stands in the place of another
 * document, so that the two are compared there: whoever reads it must see whose word it is. */
#ifndef PROFILES_ACTORS_SUBMITTER_H
#define PROFILES_ACTORS_SUBMITTER_H

#include <stdbool.h>

#include "profiles/actors/document_registry.h"

/* The slot that names the submitter of a replacement whose author's institution is another. Names
 * under this prefix are ours: a sender's are not kept. */
#define SUBMITTER_SLOT REGISTRY_SLOTS "submitted-by"

/* The sender's facility submitted this entry, or the sender has the right to replace others'
 * (replace-others). The region's operator may. */
bool submitter_may_replace(const struct registry_desk *d, const struct document_entry *e);

/* The sender is shown the region's id in the place of that system's own ids of its patients
 * (region->hide_source_ids). */
bool submitter_is_hidden(const struct registry_desk *d, const char *source_system);

/* One of the authors' institutions is the facility of that system: by its institution code (XON.10)
 * or its title (XON.1). */
bool submitter_is_author(const struct registered_system *s, const struct document_entry *e);

/* Gives the sender's replacement its slot, where the author does not tell already. */
void submitter_show(const struct registry_desk *d, struct document_entry *e);

#endif
