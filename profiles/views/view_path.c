/* profiles/views/view_path.c: a/b[c=d]/@e. */
#include "profiles/views/view_path.h"

#include <string.h>

bool view_step_next(const char **path, struct view_step *out)
{
	const char *at = *path;
	bool within = false;
	if (*at == '\0')
		return false;
	out->text = at;
	out->name = strcspn(at, "/[#");
	for (; *at != '\0' && (within || *at != '/'); at++)
		within = *at == '[' || (within && *at != ']');
	out->length = (size_t)(at - out->text);
	*path = *at == '/' ? at + 1 : at;
	return true;
}

bool view_constant_next(const struct view_step *s, const char **at, struct view_constant *out)
{
	const char *end = s->text + s->length, *from = *at;
	if (from == NULL) {
		from = memchr(s->text, '[', s->length);
		from = from == NULL ? end : from;
	}
	if (from == end)
		return false;
	out->name = from + 1;
	out->name_length = strcspn(out->name, "=");
	out->value = out->name + out->name_length + 1;
	out->value_length = strcspn(out->value, "]");
	*at = out->value + out->value_length + 1;
	return true;
}
