/* profiles/admin/admin_person.h: how the operator names a person, and how one is shown.
 *
 * ID^^^&OID&ISO, or ID@SYSTEM for an id in a registered system's first domain (contract:
 * minato). */
#ifndef PROFILES_ADMIN_ADMIN_PERSON_H
#define PROFILES_ADMIN_ADMIN_PERSON_H

#include <jansson.h>

#include "profiles/transaction.h"
#include "store/identity.h"

/* PROBLEM_REQUEST_INVALID when it is no such name, PROBLEM_UNKNOWN_KEY when nobody has it. A record
 * that was subsumed is followed to its survivor. */
bool admin_find_person(struct exchange *x, const char *name, struct patient_record *out);
/* The same of the second one that a request names: its problems say that other is where. */
bool admin_find_other(struct exchange *x, const char *name, struct patient_record *out);
/* Only the reading of it, before there is a store: the domain must be one of the region's. */
bool admin_read_name(struct exchange *x, const char *name, struct patient_identifier *out);

/* The member of the body, or NULL; problem when needed and absent or not text. */
const char *admin_text(struct exchange *x, const char *member, bool needed);
/* A member that is yes, or is not there. False: it is something else. */
bool admin_yes(struct exchange *x, const char *member, bool *out);
/* The member limit, from 1 to most; preset: without it. False: it is something else. */
bool admin_limit(struct exchange *x, uint64_t preset, uint64_t most, uint64_t *out);
/* YYYY-MM-DDThh:mm:ss.mmmZ, as the operator's tool reads it. */
const char *admin_time(struct arena *a, instant t);
/* The name of the system whose domain it is; the domain itself when it is nobody's. */
const char *admin_facility(const struct region *r, const char *domain);
/* {"id", "domain", "facility", "name", "kana", "birth_date", "sex", "person"}; a new reference. */
json_t *admin_show_record(struct exchange *x, const struct patient_record *record,
			  const char *regional_id);

#endif
