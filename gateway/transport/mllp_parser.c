/* gateway/transport/mllp_parser.c: octets of an MLLP connection -> events. */
#include "gateway/transport/mllp_parser.h"

#include <string.h>

enum { VT = 0x0b, FS = 0x1c, CR = 0x0d };
enum { JUNK = 1024 };	/* octets between frames: a peer that speaks something else is let go */

enum state { BETWEEN, INSIDE, AFTER_FS, BROKEN };

static enum mllp_event broken(struct mllp_parser *p, const char *why)
{
	p->state = BROKEN;
	p->why = why;
	return MLLP_BROKEN;
}

void mllp_parser_begin(struct mllp_parser *p, size_t limit)
{
	*p = (struct mllp_parser){ .limit = limit, .state = BETWEEN };
}

bool mllp_parser_begun(const struct mllp_parser *p)
{
	return p->state != BETWEEN;
}

static void advance(struct bytes *input, size_t length)
{
	input->data += length;
	input->length -= length;
}

static enum mllp_event skip(struct mllp_parser *p, struct bytes *input)
{
	while (input->length > 0) {
		unsigned char c = input->data[0];
		advance(input, 1);
		if (c == VT) {
			p->state = INSIDE;
			p->seen = p->junk = 0;
			return MLLP_MORE;
		}
		if (c != '\r' && c != '\n' && c != ' ' && ++p->junk > JUNK)
			return broken(p, "octets outside of a frame");
	}
	return MLLP_MORE;
}

static enum mllp_event give(struct mllp_parser *p, struct bytes octets, struct bytes *data)
{
	if (octets.length > p->limit || p->seen > p->limit - octets.length)
		return broken(p, "a frame longer than this door takes");
	p->seen += octets.length;
	*data = octets;
	return MLLP_DATA;
}

static enum mllp_event read_frame(struct mllp_parser *p, struct bytes *input, struct bytes *data)
{
	size_t run = 0;
	while (run < input->length && input->data[run] != VT && input->data[run] != FS)
		run++;
	if (run > 0) {
		struct bytes octets = { input->data, run };
		advance(input, run);
		return give(p, octets, data);
	}
	if (input->data[0] == VT)
		return broken(p, "a start block inside a frame");
	advance(input, 1);
	p->state = AFTER_FS;
	return MLLP_MORE;
}

static enum mllp_event after_fs(struct mllp_parser *p, struct bytes *input, struct bytes *data)
{
	static const unsigned char fs = FS;
	if (input->data[0] != CR) {
		p->state = INSIDE;
		return give(p, (struct bytes){ &fs, 1 }, data);
	}
	advance(input, 1);
	p->state = BETWEEN;
	return p->seen > 0 ? MLLP_END : MLLP_MORE;
}

enum mllp_event mllp_parser_next(struct mllp_parser *p, struct bytes *input, struct bytes *data)
{
	*data = (struct bytes){ NULL, 0 };
	if (p->state == BROKEN)
		return MLLP_BROKEN;
	while (input->length > 0) {
		enum mllp_event e = p->state == BETWEEN ? skip(p, input) :
			p->state == INSIDE ? read_frame(p, input, data) : after_fs(p, input, data);
		if (e != MLLP_MORE)
			return e;
	}
	return MLLP_MORE;
}
