/* gateway/envelope/quoted_printable.h: the transfer encoding quoted-printable, piece by piece. RFC
 * 2045
 * 6.7.
 *
 * Blanks at the end of a line are no part of it (rule 3), "=" before them included; hexadecimal
 * digits may be in lower case. A line may be as long as it likes; only the blanks that may turn out
 * to be its end are held. */
#ifndef GATEWAY_ENVELOPE_QUOTED_PRINTABLE_H
#define GATEWAY_ENVELOPE_QUOTED_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"

enum { QUOTED_BLANKS = 128 }; /* in a row; the lines of RFC 2045 have 76 characters */

struct quoted_reader { /* begins with { 0 } */
	int state;
	unsigned char high; /* the first digit of =XY */
	size_t held;
	unsigned char blanks[QUOTED_BLANKS];
};

/* out takes length + QUOTED_BLANKS octets. False: not quoted-printable. */
bool quoted_feed(struct quoted_reader *r, struct bytes text, unsigned char *out, size_t *written);
/* The end: what was held comes out, blanks at the end of the last line do not; false within
 * "=X". */
bool quoted_finish(struct quoted_reader *r, unsigned char *out, size_t *written);

#endif
