/* gateway/envelope/quoted_printable.c: the transfer encoding quoted-printable. RFC 2045 6.7. */
#include "gateway/envelope/quoted_printable.h"

#include <string.h>

/* Behind what we are: nothing, "=", "=" and a digit, "=" and blanks or CR, CR. */
enum state { PLAIN, EQUALS, DIGIT, SOFT, SOFT_CR, RETURN };

static int digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

static unsigned char *release(struct quoted_reader *r, unsigned char *out)
{
	memcpy(out, r->blanks, r->held);
	out += r->held;
	r->held = 0;
	return out;
}

/* After "=": two digits, or the end of the line. */
static bool escaped(struct quoted_reader *r, unsigned char c, unsigned char **out)
{
	int value = digit(c);
	if (r->state == EQUALS && value >= 0) {
		r->high = (unsigned char)value;
		r->state = DIGIT;
	} else if (r->state == DIGIT && value >= 0) {
		*(*out)++ = (unsigned char)(r->high << 4 | value);
		r->state = PLAIN;
	} else if (r->state == DIGIT
		   || (c != '\n' && (r->state == SOFT_CR || (c != '\r' && !blank(c))))) {
		return false;
	} else if (c == '\n') {
		r->state = PLAIN;
	} else {
		r->state = c == '\r' ? SOFT_CR : SOFT;
	}
	return true;
}

static bool plain(struct quoted_reader *r, unsigned char c, unsigned char **out)
{
	if (r->state == RETURN) { /* CR: the end of a line before LF, else an octet */
		if (c == '\n')
			r->held = 0;
		*out = release(r, *out);
		*(*out)++ = '\r';
		r->state = PLAIN;
	}
	if (blank(c)) {
		if (r->held == QUOTED_BLANKS)
			return false;
		r->blanks[r->held++] = c;
		return true;
	}
	if (c == '\r') {
		r->state = RETURN;
		return true;
	}
	if (c == '\n')
		r->held = 0;
	*out = release(r, *out);
	if (c == '=')
		r->state = EQUALS;
	else
		*(*out)++ = c;
	return true;
}

bool quoted_feed(struct quoted_reader *r, struct bytes text, unsigned char *out, size_t *written)
{
	unsigned char *at = out;
	bool good = true;
	for (size_t i = 0; i < text.length && good; i++)
		good = r->state == PLAIN || r->state == RETURN ? plain(r, text.data[i], &at)
							       : escaped(r, text.data[i], &at);
	*written = (size_t)(at - out);
	return good;
}

bool quoted_finish(struct quoted_reader *r, unsigned char *out, size_t *written)
{
	*written = 0;
	if (r->state == RETURN) {
		*written = (size_t)(release(r, out) - out);
		out[(*written)++] = '\r';
		return true;
	}
	return r->state == PLAIN || r->state == SOFT || r->state == SOFT_CR || r->state == EQUALS;
}
