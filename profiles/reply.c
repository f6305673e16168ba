/* profiles/reply.c: what is said of an answer besides its body. */
#include "profiles/reply.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"

static const struct {
	const char *name;
	bool of_refusals;
} fields[REPLY_FIELDS] = {
	[REPLY_ALLOW] = { .name = "Allow", .of_refusals = true },
	[REPLY_CACHE_CONTROL] = { .name = "Cache-Control", .of_refusals = true },
	[REPLY_ETAG] = { .name = "ETag" },
	[REPLY_LOCATION] = { .name = "Location" },
	[REPLY_RETRY_AFTER] = { .name = "Retry-After", .of_refusals = true },
	[REPLY_WWW_AUTHENTICATE] = { .name = "WWW-Authenticate", .of_refusals = true },
};

const char *reply_field_name(enum reply_field f)
{
	return fields[f].name;
}

bool reply_is_of_refusals(enum reply_field f)
{
	return fields[f].of_refusals;
}

/* RFC 9110 5.5, without obs-text and tabs; blanks at the ends would be lost on the way. */
static bool may_stand(const char *value)
{
	size_t length = strnlen(value, REPLY_VALUE_MOST + 1);
	if (length == 0 || length > REPLY_VALUE_MOST || value[0] == ' ' || value[length - 1] == ' ')
		return false;
	for (const char *c = value; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return true;
}

bool reply_say(struct reply *r, struct arena *a, enum reply_field f, const char *value)
{
	if (!may_stand(value))
		return false;
	r->values[f] = arena_text(a, value);
	return true;
}

/* RFC 3986 2.3. */
static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	       || (c != '\0' && strchr("-._~", c) != NULL);
}

bool reply_location(struct reply *r, struct arena *a, const char *path, const char *name,
		    const char *value)
{
	struct buffer b = buffer_in(a);
	buffer_printf(&b, "%s?%s=", path, name);
	for (const char *c = value; *c != '\0'; c++)
		if (is_unreserved(*c))
			buffer_byte(&b, (unsigned char)*c);
		else
			buffer_printf(&b, "%%%02X", (unsigned char)*c);
	return reply_say(r, a, REPLY_LOCATION, buffer_ended(&b));
}
