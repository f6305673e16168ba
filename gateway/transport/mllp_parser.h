/* gateway/transport/mllp_parser.h: octets of an MLLP connection -> events, one frame at a time.
 *
 * HL7 Minimal Lower Layer Protocol, release 1: <VT> octets <FS> <CR>. Between frames CR, LF and
 * SP are skipped; other octets are skipped until the next VT, up to a bound. An FS that no CR
 * follows belongs to the frame. A frame without octets is no message and gets no answer: some
 * peers send one to see whether the link is alive. A VT inside a frame means that its end was lost,
 * so the frame cannot be trusted: MLLP_BROKEN, as a frame past its limit.
 *
 *	MLLP_MORE    all of the input is used
 *	MLLP_DATA    *data borrows octets of the frame
 *	MLLP_END     a frame with octets is complete; go on with what is left of the input
 *	MLLP_BROKEN  close; p->why says why */
#ifndef GATEWAY_TRANSPORT_MLLP_PARSER_H
#define GATEWAY_TRANSPORT_MLLP_PARSER_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

enum mllp_event { MLLP_MORE, MLLP_DATA, MLLP_END, MLLP_BROKEN };

struct mllp_parser {
	size_t limit;			/* octets of one frame */
	size_t seen, junk;
	int state;
	const char *why;
};

void mllp_parser_begin(struct mllp_parser *p, size_t limit);
enum mllp_event mllp_parser_next(struct mllp_parser *p, struct bytes *input, struct bytes *data);
bool mllp_parser_begun(const struct mllp_parser *p);	/* inside a frame */

#endif
