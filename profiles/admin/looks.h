/* profiles/admin/looks.h: a record of the audit log in words for the person it is about: who, and
 * what he did. Pure. */
#ifndef PROFILES_ADMIN_LOOKS_H
#define PROFILES_ADMIN_LOOKS_H

#include "profiles/transaction.h"
#include "schemas/tables/look_words.h"

struct audit_entry;
struct kept_event;

/* NULL: what happened has no words yet. kept may be NULL (damaged). */
const struct look_words *look_words_for(const struct audit_entry *e, const struct kept_event *kept);
/* By the name on its door; of who administers the region, and of ourselves, by what they do. */
const char *look_who(const struct exchange *x, enum look_language language, const char *system);
/* The transaction where there are no words. */
const char *look_what(enum look_language language, const struct audit_entry *e,
		      const struct kept_event *kept);

#endif
