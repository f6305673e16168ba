/* profiles/ssmix2/extended_media.h: what a file of an extended storage is: by what it holds where
 * that is certain, else by how its name ends. Pure functions, thread-safe. */
#ifndef PROFILES_SSMIX2_EXTENDED_MEDIA_H
#define PROFILES_SSMIX2_EXTENDED_MEDIA_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/model/values.h"

struct extended_media {
	const char *mime_type;
	const char *endings; /* between blanks; "": none */
	const struct coded_value *format_code;
};

enum { EXTENDED_HEAD = 4096 }; /* octets that are looked at, or all where there are less */

/* head: how the file begins. *doubted: the name says something else. */
const struct extended_media *extended_media_of(struct bytes head, const char *path, bool *doubted);
/* It is a message of HL7 v2, which says whose it is. */
bool extended_is_hl7(const struct extended_media *m);

#endif
