/* profiles/admin/bundle_json.c: JSON of an export, which may be anybody's. */
#include "profiles/admin/bundle.h"

#include "gateway/base/json_arena.h"

json_t *bundle_json(struct bytes text, struct problem *p)
{
	json_error_t error;
	if (!json_is_shallow(text, BUNDLE_JSON_DEPTH)) {
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
