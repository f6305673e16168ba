/* schemas/model/code_sets.h: which codes the affinity domain allows, by attribute. ITI TF-3: 4.1.5,
 * 4.2.3.
 *
 * A set belongs to an attribute of the metadata model by its name. Two attributes have no coding
 * scheme: mimeType (RFC 2045 5.1) and languageCode (RFC 5646 2.1.1), and of these case does not
 * count; of all others it does. An attribute of which the sets have no code takes every code. A
 * code that ends with * stands for every code of its scheme that begins so: "*" for all of them,
 * "08*" for a department and its parts.
 *
 * Immutable once indexed: threads may share it. */
#ifndef SCHEMAS_MODEL_CODE_SETS_H
#define SCHEMAS_MODEL_CODE_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the sets may be about, in alphabetical order. */
enum { CODE_ATTRIBUTES = 12 };
extern const char *const code_attributes[CODE_ATTRIBUTES];

/* Its place in that list; -1: it is no coded attribute. */
int code_attribute(const char *name);
/* It has no coding scheme. */
bool code_attribute_is_plain(const char *name);

struct affinity_code {
	const char *attribute, *code;
	const char *scheme;             /* "" of those that have none */
	const char *japanese, *english; /* for people; NULL: not said */
	const char *extension;          /* of a media type's files: "pdf"; NULL: not said */
};

struct code_sets {
	const struct affinity_code *codes;
	size_t count;
	const uint32_t *places; /* number of a code and one, by its hash; 0: free */
	size_t place_count;
	bool limited[CODE_ATTRIBUTES];
	bool beginnings; /* some code ends with * */
};

/* How many places the index of so many codes has. */
size_t code_sets_places(size_t count);
/* From the codes; places: so many, which live as long as the sets. Attributes are of the list. */
void code_sets_index(struct code_sets *s, uint32_t *places, size_t place_count);

/* This very code; NULL: it is not there. scheme: NULL is as "". */
const struct affinity_code *code_sets_find(const struct code_sets *s, const char *attribute,
					   const char *code, const char *scheme);
/* The code of the sets that this one is, or the longest beginning it has; NULL: neither. */
const struct affinity_code *code_sets_stands_for(const struct code_sets *s, const char *attribute,
						 const char *code, const char *scheme);
/* The attribute takes every code, or this one is in its set, or how it begins is (its first
 * CODE_BEGINNING_MOST octets at most). */
enum { CODE_BEGINNING_MOST = 64 };
bool code_sets_allow(const struct code_sets *s, const char *attribute, const char *code,
		     const char *scheme);

#endif
