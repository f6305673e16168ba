/* store/compact_text.h: texts of digits and dots (OIDs, times, sizes) in half an octet a character.
 *
 * An octet holds two characters, the first one high: digits as they are, a dot as 10; 15 ends the
 * text, once or twice, so that no such text begins with another one. Pure functions. */
#ifndef STORE_COMPACT_TEXT_H
#define STORE_COMPACT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Octets it takes so; 0: it has other characters. NULL has. */
size_t compact_text_octets(const char *text);
void compact_text_write(const char *text, unsigned char *out); /* so many octets */
/* The text, at most 2 * length characters with its NUL. False: it is none. */
bool compact_text_read(const unsigned char *octets, size_t length, char *out);

#endif
