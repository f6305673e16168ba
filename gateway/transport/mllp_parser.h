/* gateway/transport/mllp_parser.h: octets of an MLLP connection -> events, one frame at a time.
 *
 * HL7 Minimal Lower Layer Protocol, release 1: <VT> octets <FS> <CR>. Between frames CR, LF and
 * SP are skipped; other octets are skipped until the next VT, up to a bound. A frame without octets
 * is no message and gets no answer: some peers send one to see whether the link is alive. A VT
 * inside a frame means that its end was lost, so the frame cannot be trusted: MLLP_BROKEN, as a
 * frame past its limit.
 *
 * What relays and engines write instead, and can mean one thing only, is taken and told in
 * p->oddity, for the house to grant or refuse: FS alone, with the next frame behind it; FS LF; FS
 * and then silence (mllp_parser_silence()); a message that begins with MSH where VT should be;
 * other octets before VT, or a second VT. Any other FS belongs to the frame, as it may in UTF-16,
 * where no FS without CR ever ends one.
 *
 *	MLLP_MORE    all of the input is used
 *	MLLP_DATA    *data borrows octets of the frame, or of the parser
 *	MLLP_END     a frame with octets is complete; go on with what is left of the input
 *	MLLP_BROKEN  close; p->fault says why */
#ifndef GATEWAY_TRANSPORT_MLLP_PARSER_H
#define GATEWAY_TRANSPORT_MLLP_PARSER_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/transport/fault.h"

enum mllp_event { MLLP_MORE, MLLP_DATA, MLLP_END, MLLP_BROKEN };

struct mllp_parser {
	size_t limit; /* octets of one frame */
	size_t seen, junk;
	size_t begun; /* octets of "MSH" that came without a VT */
	int state;
	unsigned char first; /* octet of the frame */
	bool wide;           /* UTF-16 */
	const char *oddity;  /* of the frame that is read or was; NULL: none */
	struct door_fault fault;
};

void mllp_parser_begin(struct mllp_parser *p, size_t limit);
enum mllp_event mllp_parser_next(struct mllp_parser *p, struct bytes *input, struct bytes *data);
/* Something came that is not over: a frame, or octets outside of one. */
bool mllp_parser_begun(const struct mllp_parser *p);
/* Nothing came for a while. MLLP_END: what was last was FS, and the frame is complete. */
enum mllp_event mllp_parser_silence(struct mllp_parser *p);
bool mllp_parser_awaits_cr(const struct mllp_parser *p);

#endif
