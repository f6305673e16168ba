/* gateway/transport/syslog_parser.c: octets of a syslog-TLS connection -> events. */
#include "gateway/transport/syslog_parser.h"

/* More than any limit has; a peer that speaks something else is let go before it was read for
 * long. */
enum { DIGITS = 10 };

enum state { LENGTH, FRAME, COMPLETE, BROKEN };

static enum syslog_event broken(struct syslog_parser *p, int status, const char *why)
{
	p->state = BROKEN;
	p->fault = (struct door_fault){ .status = status, .why = why };
	return SYSLOG_BROKEN;
}

void syslog_parser_begin(struct syslog_parser *p, size_t limit)
{
	*p = (struct syslog_parser){ .limit = limit, .state = LENGTH };
}

bool syslog_parser_begun(const struct syslog_parser *p)
{
	return p->state != LENGTH || p->digits > 0;
}

static void advance(struct bytes *input, size_t length)
{
	input->data += length;
	input->length -= length;
}

static enum syslog_event too_long(struct syslog_parser *p)
{
	broken(p, 413, "a frame longer than this door takes");
	p->fault.key = "frame";
	p->fault.unit = "octets";
	p->fault.limit = p->limit;
	return SYSLOG_BROKEN;
}

static enum syslog_event enter(struct syslog_parser *p)
{
	if (p->digits == 0)
		return broken(p, 400, "a frame that begins with no length (RFC 5425: 4.3)");
	if (p->length > p->limit)
		return too_long(p);
	p->state = FRAME;
	p->left = p->length;
	return SYSLOG_MORE;
}

/* One octet of a length. */
static enum syslog_event count(struct syslog_parser *p, unsigned char c)
{
	if (c == ' ')
		return enter(p);
	if (c < '0' || c > '9')
		return broken(p, 400,
			      p->digits == 0
				      ? "a frame that begins with no length (RFC 5425: 4.3)"
				      : "a frame's length that is no number (RFC 5425: 4.3)");
	if (p->digits == 0 && c == '0')
		return broken(p, 400, "a frame's length with a leading zero (RFC 5425: 4.3)");
	if (p->digits == DIGITS)
		return broken(p, 400, "a frame's length without an end (RFC 5425: 4.3)");
	p->length = p->length * 10 + (size_t)(c - '0');
	p->digits++;
	return SYSLOG_MORE;
}

static enum syslog_event read_frame(struct syslog_parser *p, struct bytes *input,
				    struct bytes *data)
{
	size_t run = input->length < p->left ? input->length : p->left;
	*data = (struct bytes){ input->data, run };
	advance(input, run);
	p->left -= run;
	if (p->left == 0)
		p->state = COMPLETE;
	return SYSLOG_DATA;
}

enum syslog_event syslog_parser_next(struct syslog_parser *p, struct bytes *input,
				     struct bytes *data)
{
	*data = (struct bytes){ NULL, 0 };
	if (p->state == BROKEN)
		return SYSLOG_BROKEN;
	if (p->state == COMPLETE) {
		syslog_parser_begin(p, p->limit);
		return SYSLOG_END;
	}
	while (p->state == LENGTH && input->length > 0) {
		unsigned char c = input->data[0];
		advance(input, 1);
		if (count(p, c) == SYSLOG_BROKEN)
			return SYSLOG_BROKEN;
	}
	return input->length == 0 ? SYSLOG_MORE : read_frame(p, input, data);
}
