/* schemas/tables/rim.h: what ebRIM 3.0 lets the parts of an object be (its schema, rim.xsd).
 *
 * Whatever is taken in is answered in this form some day, so these are the limits of input too: one
 * value beyond them would make every consumer's answer that holds it invalid. */
#ifndef SCHEMAS_TABLES_RIM_H
#define SCHEMAS_TABLES_RIM_H

#include <stdbool.h>
#include <stddef.h>

/* The simple types of rim.xsd, in characters. ITI TF-3: 4.2.3.2.4 and its like set no bound on
 * comments, which takes precedence over FreeFormText. */
enum { RIM_LONG_NAME = 256, RIM_FREE_FORM_TEXT = 1024, RIM_UNBOUNDED = 0 };

/* Where a text stands in an object. */
enum rim_part {
	RIM_SLOT_NAME,
	RIM_VALUE,
	RIM_NODE_REPRESENTATION,
	RIM_IDENTIFIER,
	RIM_NAME,
	RIM_DESCRIPTION,
	RIM_LANGUAGE,
	RIM_MIME_TYPE,
	RIM_HOME,
	RIM_PARTS
};

struct rim_part_row {
	const char *part; /* for people: "Slot/@name" */
	size_t most;      /* characters */
};
const struct rim_part_row *rim_part(enum rim_part part);

/* All characters of this UTF-8 text are such as XML 1.0 has (2.2): what came by another dialect,
 * such as HL7 v2 with its escape sequences, may hold others, and could only be answered as
 * something else. */
bool rim_can_hold(const char *text);

/* xs:language (RFC 3066): letters, then subtags of letters and digits, each of 1 to 8. */
bool rim_is_language(const char *text);

#endif
