/* gateway/envelope/mtom_writer.c: the frame around a root and its attachments. ITI TF-2: V.3.2. */
#include "gateway/envelope/mtom.h"

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/envelope/content_type.h"

static const char *random_hex(struct arena *a, const struct random_source *r)
{
	unsigned char octets[16];
	r->fill(r, octets, sizeof octets);
	return bytes_to_hex(a, (struct bytes){ octets, sizeof octets });
}

const char *mtom_content_id(struct arena *a, const struct random_source *r)
{
	return arena_printf(a, "%s@minato", random_hex(a, r));
}

static struct bytes before(struct arena *a, const char *boundary, const struct mtom_attachment *t)
{
	const char *type = content_type_is_plain(t->content_type) ? t->content_type
								  : "application/octet-stream";
	return bytes_of_text(
		arena_printf(a,
			     "\r\n--%s\r\nContent-Type: %s\r\n"
			     "Content-Transfer-Encoding: binary\r\nContent-ID: <%s>\r\n\r\n",
			     boundary, type, t->content_id));
}

void mtom_frame(struct arena *a, const struct random_source *r, struct bytes root,
		const struct mtom_attachment *attachments, size_t count, struct mtom_frame *out)
{
	const char *boundary = arena_printf(a, "MIMEBoundary_%s", random_hex(a, r));
	const char *root_id = arena_printf(a, "root.%s", mtom_content_id(a, r));
	out->content_type = arena_printf(
		a,
		"multipart/related; boundary=\"%s\"; "
		"type=\"application/xop+xml\"; start=\"<%s>\"; start-info=\"application/soap+xml\"",
		boundary, root_id);
	out->opening = bytes_of_text(
		arena_printf(a,
			     "--%s\r\n"
			     "Content-Type: application/xop+xml; charset=UTF-8; "
			     "type=\"application/soap+xml\"\r\n"
			     "Content-Transfer-Encoding: binary\r\nContent-ID: <%s>\r\n\r\n",
			     boundary, root_id));
	out->before = arena_array(a, struct bytes, count);
	out->closing = bytes_of_text(arena_printf(a, "\r\n--%s--\r\n", boundary));
	out->length = out->opening.length + root.length + out->closing.length;
	for (size_t i = 0; i < count; i++) {
		out->before[i] = before(a, boundary, &attachments[i]);
		out->length += out->before[i].length + attachments[i].length;
	}
}
