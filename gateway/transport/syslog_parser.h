/* gateway/transport/syslog_parser.h: octets of a syslog-TLS connection -> events, one frame at a
 * time.
 *
 * RFC 5425 4.3: MSG-LEN SP SYSLOG-MSG, where MSG-LEN is the octets of SYSLOG-MSG in decimal digits
 * without a leading zero; nothing stands between frames. Where a length cannot be read nobody knows
 * where the next frame begins, so that nothing behind it can be trusted: SYSLOG_BROKEN, as a frame
 * past its limit. What was complete before it stays what it is.
 *
 *	SYSLOG_MORE    all of the input is used
 *	SYSLOG_DATA    *data borrows octets of the frame from the input
 *	SYSLOG_END     a frame is complete; go on with what is left of the input
 *	SYSLOG_BROKEN  close; p->fault says why */
#ifndef GATEWAY_TRANSPORT_SYSLOG_PARSER_H
#define GATEWAY_TRANSPORT_SYSLOG_PARSER_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/transport/fault.h"

/* In the order of enum mllp_event, which is the same for another framing. */
enum syslog_event { SYSLOG_MORE, SYSLOG_DATA, SYSLOG_END, SYSLOG_BROKEN };

struct syslog_parser {
	size_t limit;    /* octets of one frame */
	size_t length;   /* as far as its digits were read */
	size_t left;     /* octets of the frame to come */
	unsigned digits; /* of its length, read */
	int state;
	struct door_fault fault;
};

void syslog_parser_begin(struct syslog_parser *p, size_t limit);
enum syslog_event syslog_parser_next(struct syslog_parser *p, struct bytes *input,
				     struct bytes *data);
/* Something came that is not over. */
bool syslog_parser_begun(const struct syslog_parser *p);

#endif
