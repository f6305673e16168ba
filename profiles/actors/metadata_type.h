/* profiles/actors/metadata_type.h: the grammars of metadata values, ITI TF-3: Table 4.2.3.1.7-2.
 * Pure functions, thread-safe. */
#ifndef PROFILES_ACTORS_METADATA_TYPE_H
#define PROFILES_ACTORS_METADATA_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/tables/metadata.h"

struct arena;

/* NULL: the value is of that type. Else what is wrong, to go on after the attribute's name. */
const char *metadata_type_fault(enum metadata_type type, const char *value);

/* id^^^&OID&ISO and nothing else; the parts are borrowed from the text. */
struct cx_parts {
	const char *id, *universal_id;
	size_t id_length, universal_id_length;
};
bool metadata_type_cx(const char *value, struct cx_parts *out);

/* Is the id of this CX, well-formed or not, or of an operator's ID@FACILITY, a Japanese Individual
 * Number by its form? Such a thing is refused and never written, not even into the refusal's
 * text. */
bool metadata_type_my_number(const char *cx);

/* A DTM with what is missing set to its lowest value: 14 digits and a NUL. */
enum { DTM_FULL = 15 };
void metadata_type_dtm_full(const char *dtm, char out[DTM_FULL]);

size_t metadata_type_characters(const char *text); /* not octets */

/* urn:uuid: and hexadecimal digits, in lower case; NULL: it is none. RFC 4122 3: read without
 * regard to case. */
const char *metadata_type_uuid(struct arena *a, const char *text);

#endif
