/* gateway/signature/base64url.c: libjose's base64url, piece by piece. */
#include "gateway/signature/base64url.h"

#include <jose/b64.h>
#include <string.h>

/* Three octets become four digits: no piece but the last needs its end looked at. */
enum { AT_ONCE = 3 * 1024 };

static void give(struct base64url *e, const unsigned char *octets, size_t length)
{
	unsigned char text[4 * AT_ONCE / 3];
	size_t n = jose_b64_enc_buf(octets, length, text, sizeof text);
	if (n != SIZE_MAX)
		e->to.take(e->to.with, (struct bytes){ text, n });
}

void base64url_take(void *with, struct bytes piece)
{
	struct base64url *e = with;
	while (e->held > 0 && e->held < 3 && piece.length > 0) {
		e->rest[e->held++] = *piece.data++;
		piece.length--;
	}
	if (e->held == 3) {
		give(e, e->rest, 3);
		e->held = 0;
	}
	while (piece.length >= 3) {
		size_t whole = piece.length - piece.length % 3;
		size_t now = whole < AT_ONCE ? whole : AT_ONCE;
		give(e, piece.data, now);
		piece.data += now;
		piece.length -= now;
	}
	if (piece.length > 0)
		memcpy(e->rest, piece.data, piece.length);
	e->held = e->held + (unsigned)piece.length;
}

void base64url_end(struct base64url *e)
{
	if (e->held > 0)
		give(e, e->rest, e->held);
	e->held = 0;
}
