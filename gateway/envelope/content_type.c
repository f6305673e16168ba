/* gateway/envelope/content_type.c: the value of a Content-Type header field. RFC 2045 5.1. */
#include "gateway/envelope/content_type.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

/* Asked of each octet of each header field: a test of bits, not a search. */
static bool is_token(char c)
{
	switch (c) {
	case '(':
	case ')':
	case '<':
	case '>':
	case '@':
	case ',':
	case ';':
	case ':':
	case '\\':
	case '"':
	case '/':
	case '[':
	case ']':
	case '?':
	case '=': return false;
	default: return c > ' ' && c < 0x7f;
	}
}

/* RFC 822 3.4.3: (a comment (in a comment), with \) quoted); NULL when it does not end. */
static const char *after_comment(const char *at)
{
	unsigned depth = 0;
	do {
		if (*at == '\\' && at[1] != '\0')
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')')
			depth--;
		else if (*at == '\0')
			return NULL;
		at++;
	} while (depth > 0);
	return at;
}

/* White space and comments; a comment that does not end is left to be stumbled over. */
static const char *skip_white(const char *at)
{
	for (;;) {
		at += strspn(at, " \t\r\n");
		const char *end = *at == '(' ? after_comment(at) : NULL;
		if (end == NULL)
			return at;
		at = end;
	}
}

static const char *after_token(const char *at)
{
	while (is_token(*at))
		at++;
	return at;
}

static char *lower(struct arena *a, const char *from, size_t length)
{
	char *copy = arena_text_n(a, from, length);
	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return copy;
}

/* "..." with \ before what would end it; NULL when it does not end. */
static const char *read_quoted(struct arena *a, const char *at, const char **value)
{
	struct buffer b = buffer_in(a);
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if (*at == '\0' || (unsigned char)*at < ' ' || *at == 0x7f)
			return NULL;
		buffer_byte(&b, (unsigned char)*at);
	}
	*value = buffer_ended(&b);
	return at + 1;
}

/* A value that should stand in quotes, for it has a character no token has: up to the next ";"
 * there is one meaning, unless something in it asks for another: a quote, a comma, a comment, a
 * blank. */
static const char *read_unquoted(struct arena *a, const char *at, const char **value,
				 bool *unquoted)
{
	static const char fit[] = ":/@<>?=[]";
	const char *end = at;
	while (is_token(*end) || (*end != '\0' && strchr(fit, *end) != NULL))
		end++;
	const char *next = skip_white(end);
	if (end == at || (*next != ';' && *next != '\0'))
		return NULL;
	*unquoted = *unquoted || end != after_token(at);
	*value = arena_text_n(a, at, (size_t)(end - at));
	return end;
}

static const char *read_value(struct arena *a, const char *at, const char **value, bool *unquoted)
{
	return *at == '"' ? read_quoted(a, at, value) : read_unquoted(a, at, value, unquoted);
}

/* attribute "=" value; NULL when it is not one, or was there before. */
static const char *read_parameter(struct arena *a, const char *at, struct content_type *out,
				  struct content_parameter ***tail)
{
	const char *end = after_token(at);
	const char *equals = skip_white(end);
	if (end == at || *equals != '=')
		return NULL;
	struct content_parameter *p = arena_new(a, struct content_parameter);
	p->name = lower(a, at, (size_t)(end - at));
	at = read_value(a, skip_white(equals + 1), &p->value, &out->unquoted);
	if (at == NULL || content_type_parameter(out, p->name) != NULL)
		return NULL;
	**tail = p;
	*tail = &p->next;
	return at;
}

static bool read(struct arena *a, const char *text, struct content_type *out)
{
	struct content_parameter **tail = &out->parameters;
	const char *start = skip_white(text), *slash = after_token(start);
	if (slash == start || *slash != '/')
		return false;
	const char *at = after_token(slash + 1);
	if (at == slash + 1)
		return false;
	out->media = lower(a, start, (size_t)(at - start));
	for (at = skip_white(at); *at != '\0'; at = skip_white(at)) {
		if (*at != ';')
			return false;
		at = skip_white(at + 1);
		if (*at == ';' || *at == '\0')
			continue; /* an empty parameter */
		at = read_parameter(a, at, out, &tail);
		if (at == NULL)
			return false;
	}
	return true;
}

bool content_type_read(struct arena *a, const char *text, struct content_type *out)
{
	*out = (struct content_type){ .media = NULL };
	if (text != NULL && read(a, text, out))
		return true;
	*out = (struct content_type){ .media = NULL };
	return false;
}

const char *content_type_parameter(const struct content_type *c, const char *name)
{
	for (const struct content_parameter *p = c->parameters; p != NULL; p = p->next)
		if (strcmp(p->name, name) == 0)
			return p->value;
	return NULL;
}

bool content_type_is_plain(const char *text)
{
	if (text == NULL)
		return false;
	const char *slash = after_token(text);
	if (slash == text || *slash != '/')
		return false;
	const char *end = after_token(slash + 1);
	return end != slash + 1 && *end == '\0';
}
