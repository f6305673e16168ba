/* gateway/envelope/charset_sets.h: the table of character sets, shared by both directions. */
#ifndef GATEWAY_ENVELOPE_CHARSET_SETS_H
#define GATEWAY_ENVELOPE_CHARSET_SETS_H

#include "gateway/envelope/charset.h"

struct charset_row {
	const char *name;          /* ours */
	const char *msh18, *msh20; /* as we write them, tables HL70211 and HL70356 */
	const char *converter;     /* of ICU; NULL where we do it ourselves */
	bool japanese;
};

const struct charset_row *charset_row(enum charset c); /* never NULL */

/* Pairs where JIS X 0208 is read one way by JIS and another by Microsoft (japan.md B1): we keep the
 * JIS reading. 0 if the character has no partner. */
unsigned charset_jis_reading(unsigned microsoft);
unsigned charset_microsoft_reading(unsigned jis);

#endif
