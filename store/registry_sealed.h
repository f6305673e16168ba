/* store/registry_sealed.h: what breaks a seal of store/registry.h.
 *
 * The store's own work needs it, and the one function of the policy that opens; a lint holds
 * everybody else off (tests/lint/rooms), so that a handler that asks nobody does not compile. The
 * object is the one that was sealed: nothing is copied. NULL gives NULL. */
#ifndef STORE_REGISTRY_SEALED_H
#define STORE_REGISTRY_SEALED_H

#include "schemas/model/document.h"
#include "store/registry.h"

struct document_entry *registry_unseal_entry(struct sealed_entry *e);
/* The whole of it, though only a reference was asked for (registry_refer()). */
struct document_entry *registry_unseal_whole_entry(struct sealed_entry *e);
struct submission_set *registry_unseal_set(struct sealed_set *s);
struct folder *registry_unseal_folder(struct sealed_folder *f);

#endif
