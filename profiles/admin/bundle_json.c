/* profiles/admin/bundle_json.c: JSON of an export, which may be anybody's. */
#include "profiles/admin/bundle.h"

#include <string.h>

/* Before it is parsed, for a parser goes as deep as it is led. */
static bool is_shallow(struct bytes text)
{
	unsigned depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > BUNDLE_JSON_DEPTH)
			return false;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return true;
}

json_t *bundle_json(struct bytes text, struct problem *p)
{
	json_error_t error;
	if (!is_shallow(text)) {
		problem_set(p, PROBLEM_MALFORMED, "its JSON is deeper than %d", BUNDLE_JSON_DEPTH);
		return NULL;
	}
	json_t *value = json_loadb((const char *)text.data, text.length, JSON_REJECT_DUPLICATES,
				   &error);
	if (json_is_object(value))
		return value;
	if (value == NULL)
		problem_set(p, PROBLEM_MALFORMED, "it is no JSON: %s, at octet %d", error.text,
			    error.position);
	else
		problem_set(p, PROBLEM_MALFORMED, "its JSON is no object");
	json_decref(value);
	return NULL;
}

const char *bundle_text(const json_t *object, const char *member, size_t most)
{
	const json_t *value = json_object_get(object, member);
	return json_is_string(value) && json_string_length(value) <= most ? json_string_value(value)
									  : NULL;
}
