/* profiles/actors/registry_match.h: does an object match a query? ITI TF-2: 3.18.4.1.2.3.
 * Pure functions, thread-safe; work is bounded by the product of what they are given. */
#ifndef PROFILES_ACTORS_REGISTRY_MATCH_H
#define PROFILES_ACTORS_REGISTRY_MATCH_H

#include <stdbool.h>

#include "schemas/model/document.h"
#include "schemas/model/registry_query.h"

/* SQL LIKE: % any text, _ one character (not octet), nothing else is special. */
bool registry_match_like(const char *text, const char *pattern);

/* Status and type are not looked at: the store's glance did. */
bool registry_match_entry(const struct registry_query *q, const struct document_entry *e);
bool registry_match_submission_set(const struct registry_query *q, const struct submission_set *s);
bool registry_match_folder(const struct registry_query *q, const struct folder *f);
/* GetAll, Get...AndContents: type, format and confidentiality only. */
bool registry_match_content(const struct registry_query *q, const struct document_entry *e);

/* Whether an entry's content decides whether it matches; else its type does, and its status. */
bool registry_match_reads_entry(const struct registry_query *q);

#endif
