/* gateway/envelope/xop.c: xop:Include, which stands where octets are meant. W3C XOP 1.0 4. */
#include <string.h>
#include <strings.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

/* The %xx of a URI, decoded once (RFC 2392, RFC 3986 2.1). NULL for half ones and for control
 * characters, which no Content-ID holds; a blank may stand in a quoted one. */
static const char *percent_decoded(struct arena *a, const char *text)
{
	struct buffer b = buffer_in(a);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '%') {
			if (text[1] == '\0' || text[2] == '\0' || !bytes_from_hex(text + 1, 2, &c))
				return NULL;
			text += 2;
		}
		if (c < ' ' || c == 0x7f)
			return NULL;
		buffer_byte(&b, c);
	}
	return buffer_ended(&b);
}

/* Decoded again and again until nothing is left to decode, so that %2540, %40 and @ are one; what
 * is no escape stays. Three times, for nobody encodes more often. Encoders of forms write + for a
 * blank, and decoders of forms a blank for +. */
const char *content_id_key(struct arena *a, const char *content_id)
{
	enum { ROUNDS = 3 };
	const char *key = strncasecmp(content_id, "cid:", strlen("cid:")) == 0
				  ? content_id + strlen("cid:")
				  : content_id;
	for (int i = 0; i < ROUNDS && strchr(key, '%') != NULL; i++) {
		const char *decoded = percent_decoded(a, key);
		if (decoded == NULL)
			break;
		key = decoded;
	}
	char *plain = arena_text(a, key);
	for (char *c = plain; *c != '\0'; c++)
		*c = *c == ' ' ? '+' : *c;
	return plain;
}

static bool refuse(struct arena *a, const struct xml_node *n, struct problem *p, const char *what)
{
	return problem_at(p, PROBLEM_MALFORMED, xml_path(a, n), "%s", what);
}

bool xop_reference(struct arena *a, const struct xml_node *element, const char **content_id,
		   struct problem *p)
{
	*content_id = NULL;
	const struct xml_node *include = xml_child(element, XOP_NAMESPACE, "Include");
	if (include == NULL)
		return true;
	if (xml_first_element(element) != include || xml_next_element(include) != NULL
	    || xml_has_text(element))
		return refuse(a, element, p, "xop:Include is not alone in its element");
	if (xml_first_element(include) != NULL || xml_has_text(include))
		return refuse(a, include, p, "xop:Include is not empty");
	const char *href = xml_attribute(include, "href");
	if (href == NULL || strncasecmp(href, "cid:", strlen("cid:")) != 0)
		return refuse(a, include, p,
			      "xop:Include names something that is not a part (cid:)");
	*content_id = percent_decoded(a, href + strlen("cid:"));
	if (text_empty(*content_id)) {
		*content_id = NULL;
		return refuse(a, include, p, "the href of xop:Include cannot be read");
	}
	return true;
}
