/* store/dense_text.h: Japanese texts in fewer octets than UTF-8 has.
 *
 * Katakana take one octet, hiragana, full width forms and ideographs (U+4E00 to U+9FFF) two, ASCII
 * one, whatever else is in a text two for each of its octets: no text is refused, and each
 * comes back octet by octet. Pure functions. */
#ifndef STORE_DENSE_TEXT_H
#define STORE_DENSE_TEXT_H

#include "store/packed.h"

void dense_text_write(struct buffer *b, const char *text);
/* The text with its NUL, three octets at most for each that is read: behind it is returned. */
unsigned char *dense_text_read(struct packed_reader *r, unsigned char *out);

#endif
