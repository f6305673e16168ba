/* schemas/model/exclusion.h: whom, or what, a patient excludes.
 *
 * An exclusion is kept as one text (store/consent.h): a facility by its system's name, everything
 * else with its kind before it: "role/clerk", "person/ID@ISSUER", "purpose/research",
 * "documents/note" (a kind of the region's rules), "document/UNIQUE-ID", "period/2019-202003" (two
 * DTM, with all that is of them; ITI TF-3: 4.2.3.1.7). No system's name has a slash. What an
 * exclusion names and the rules no longer do cannot be told from others any more: it then closes to
 * everybody. */
#ifndef SCHEMAS_MODEL_EXCLUSION_H
#define SCHEMAS_MODEL_EXCLUSION_H

#include <stdbool.h>

#include "schemas/model/document.h"
#include "schemas/model/requester.h"

enum exclusion {
	EXCLUSION_FACILITY,
	EXCLUSION_ROLE,
	EXCLUSION_PERSON,
	EXCLUSION_PURPOSE,
	EXCLUSION_DOCUMENTS,
	EXCLUSION_DOCUMENT,
	EXCLUSION_PERIOD,
	EXCLUSIONS
};
extern const char *const exclusion_names[EXCLUSIONS]; /* "facility", "role" ... */

/* Its kind; *what: the rest. */
enum exclusion exclusion_kind(const char *target, const char **what);
/* It closes the whole record to who asks: of documents it never does. */
bool exclusion_meets(const char *target, const struct requester *who);
/* It is about documents, and closes the one of this entry; to everybody. */
bool exclusion_closes(const char *target, const struct region *r, const struct document_entry *e);
/* Of one document: that one. */
bool exclusion_closes_one(const char *target, const char *unique_id);
bool exclusion_is_of_documents(const char *target);
/* Such a period: digits of a DTM each, and not from after to. */
bool exclusion_is_period(const char *what);

#endif
