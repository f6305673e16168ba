/* gateway/transport/mllp_parser.c: octets of an MLLP connection -> events. */
#include "gateway/transport/mllp_parser.h"

#include <string.h>

enum { VT = 0x0b, FS = 0x1c, CR = 0x0d, LF = 0x0a };
enum { JUNK = 1024 }; /* octets between frames: a peer that speaks something else is let go */

static const unsigned char message_start[] = { 'M', 'S', 'H' };

enum state { BETWEEN, INSIDE, AFTER_FS, BROKEN };

static enum mllp_event broken(struct mllp_parser *p, int status, const char *why)
{
	p->state = BROKEN;
	p->fault = (struct door_fault){ .status = status, .why = why };
	return MLLP_BROKEN;
}

void mllp_parser_begin(struct mllp_parser *p, size_t limit)
{
	*p = (struct mllp_parser){ .limit = limit, .state = BETWEEN };
}

bool mllp_parser_begun(const struct mllp_parser *p)
{
	return p->state != BETWEEN || p->junk > 0 || p->begun > 0;
}

bool mllp_parser_awaits_cr(const struct mllp_parser *p)
{
	return p->state == AFTER_FS && !p->wide;
}

static void advance(struct bytes *input, size_t length)
{
	input->data += length;
	input->length -= length;
}

static enum mllp_event give(struct mllp_parser *p, struct bytes octets, struct bytes *data)
{
	if (octets.length > p->limit || p->seen > p->limit - octets.length) {
		broken(p, 413, "a frame longer than this door takes");
		p->fault.key = "frame";
		p->fault.unit = "octets";
		p->fault.limit = p->limit;
		return MLLP_BROKEN;
	}
	/* A byte order mark, or the NUL beside an ASCII character: HL7 v2 in UTF-16. */
	for (size_t i = 0; i < octets.length && p->seen + i < 2; i++) {
		unsigned char c = octets.data[i];
		p->wide = p->wide || c == 0
			  || (p->seen + i == 1 && (p->first ^ c) == 1 && (p->first & 0xfe) == 0xfe);
		p->first = c;
	}
	p->seen += octets.length;
	*data = octets;
	return MLLP_DATA;
}

static void enter(struct mllp_parser *p, const char *oddity)
{
	p->state = INSIDE;
	p->seen = p->junk = p->begun = 0;
	p->wide = false;
	p->oddity = oddity;
}

static bool blank(unsigned char c)
{
	return c == CR || c == LF || c == ' ';
}

static enum mllp_event junk(struct mllp_parser *p, size_t count)
{
	p->junk += count;
	p->begun = 0;
	return p->junk > JUNK ? broken(p, 400, "octets outside of a frame: no start block (VT)")
			      : MLLP_MORE;
}

/* One octet between frames. */
static enum mllp_event skip(struct mllp_parser *p, struct bytes *input, struct bytes *data)
{
	unsigned char c = input->data[0];
	advance(input, 1);
	if (c == VT) {
		bool before = p->junk > 0 || p->begun > 0;
		enter(p, before ? "octets before the start block" : NULL);
		return MLLP_MORE;
	}
	if (p->junk == 0 && c == message_start[p->begun]) {
		if (++p->begun < sizeof message_start)
			return MLLP_MORE;
		enter(p, "no start block (VT) before the message");
		return give(p, (struct bytes){ message_start, sizeof message_start }, data);
	}
	if (p->begun > 0)
		return junk(p, p->begun + 1);
	return c == 0 || blank(c) ? MLLP_MORE : junk(p, 1);
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
	if (input->data[0] == VT && p->seen > 0)
		return broken(p, 400, "a start block (VT) inside a frame: its end was lost");
	if (input->data[0] == VT)
		p->oddity = "two start blocks (VT)";
	else
		p->state = AFTER_FS;
	advance(input, 1);
	return MLLP_MORE;
}

static enum mllp_event frame_ended(struct mllp_parser *p)
{
	p->state = BETWEEN;
	return p->seen > 0 ? MLLP_END : MLLP_MORE;
}

static enum mllp_event ended_oddly(struct mllp_parser *p, const char *how)
{
	if (p->oddity == NULL)
		p->oddity = how;
	return frame_ended(p);
}

static enum mllp_event after_fs(struct mllp_parser *p, struct bytes *input, struct bytes *data)
{
	static const unsigned char fs = FS;
	unsigned char c = input->data[0];
	if (!p->wide && c == VT)
		return ended_oddly(p, "no CR behind the end block (FS)");
	if (c != CR && (p->wide || c != LF)) {
		p->state = INSIDE;
		return give(p, (struct bytes){ &fs, 1 }, data);
	}
	advance(input, 1);
	return c == CR ? frame_ended(p) : ended_oddly(p, "LF, not CR, behind the end block (FS)");
}

enum mllp_event mllp_parser_silence(struct mllp_parser *p)
{
	return mllp_parser_awaits_cr(p) ? ended_oddly(p, "no CR behind the end block (FS)")
					: MLLP_MORE;
}

enum mllp_event mllp_parser_next(struct mllp_parser *p, struct bytes *input, struct bytes *data)
{
	*data = (struct bytes){ NULL, 0 };
	if (p->state == BROKEN)
		return MLLP_BROKEN;
	while (input->length > 0) {
		enum mllp_event e = p->state == BETWEEN  ? skip(p, input, data)
				    : p->state == INSIDE ? read_frame(p, input, data)
							 : after_fs(p, input, data);
		if (e != MLLP_MORE)
			return e;
	}
	return MLLP_MORE;
}
