/* gateway/envelope/content_type.h: the value of a Content-Type header field.
 *
 * RFC 2045 5.1, RFC 2387 3: type "/" subtype *(";" attribute "=" value), value a token or a quoted
 * string. Strict, except that white space around ";" and "=", comments and an empty parameter (a
 * stray ";", which several toolkits send) are skipped, and that a value without the quotes it
 * should have is taken and told. A parameter given twice is refused: two readers might
 * choose different ones. */
#ifndef GATEWAY_ENVELOPE_CONTENT_TYPE_H
#define GATEWAY_ENVELOPE_CONTENT_TYPE_H

#include <stdbool.h>

struct arena;

struct content_parameter {
	const char *name;  /* lower case */
	const char *value; /* unquoted */
	struct content_parameter *next;
};

struct content_type {
	const char *media; /* lower case, "multipart/related" */
	struct content_parameter *parameters;
	bool unquoted; /* a value lacks the quotes it needs */
};

/* False when text is NULL or not of that form; out is then empty. */
bool content_type_read(struct arena *a, const char *text, struct content_type *out);
/* name in lower case; NULL when absent. */
const char *content_type_parameter(const struct content_type *c, const char *name);
/* type "/" subtype of tokens and nothing else: fit to be written into a header. */
bool content_type_is_plain(const char *text);

#endif
