/* store/packed.h: values one after another, without tags: what a field of a record holds when it is
 * a list, and rows that are many and short.
 *
 * Numbers are varints (seven bits an octet, least first), so that small ones are short. The reader
 * never looks outside the octets it was given and borrows everything from them; past what is there,
 * or where a value is none, it is broken and everything reads as 0 and "". Thread-safety: as the
 * arena's. */
#ifndef STORE_PACKED_H
#define STORE_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

void packed_number(struct buffer *b, uint64_t number);
/* The sign in the lowest bit, so that small negative numbers stay short. */
void packed_signed(struct buffer *b, int64_t number);
void packed_text(struct buffer *b, const char *text); /* with its NUL */

struct packed_reader {
	const unsigned char *at, *end;
	bool broken;
};

struct packed_reader packed_read(struct bytes octets);
/* There is another one. */
static inline bool packed_more(const struct packed_reader *r)
{
	return !r->broken && r->at != r->end;
}
unsigned char packed_as_octet(struct packed_reader *r);
uint64_t packed_as_number(struct packed_reader *r);
int64_t packed_as_signed(struct packed_reader *r);
const char *packed_as_text(struct packed_reader *r);
/* NULL: there are not so many. */
const unsigned char *packed_as_octets(struct packed_reader *r, size_t length);

#endif
