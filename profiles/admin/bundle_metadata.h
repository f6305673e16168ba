/* profiles/admin/bundle_metadata.h: metadata of documents as JSON: each attribute by the name the
 * standard has for it (ITI TF-3: 4.2.3), each value as the standard codes it. Pure. */
#ifndef PROFILES_ADMIN_BUNDLE_METADATA_H
#define PROFILES_ADMIN_BUNDLE_METADATA_H

#include <jansson.h>

#include "schemas/model/document.h"

/* New references. */
json_t *metadata_set_json(const struct submission_set *s);
json_t *metadata_entry_json(const struct document_entry *e);
json_t *metadata_folder_json(const struct folder *f);
json_t *metadata_association_json(const struct association *x);

#endif
