/* store/consent_groups.c: which groups of documents a patient opens to one facility. */
#include "store/consent_groups.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "schemas/model/region_policy.h"

/* The next name; false: there is none. */
static bool next_name(const char **at, const char **name, size_t *length)
{
	if (*at == NULL)
		return false;
	const char *comma = strchr(*at, ',');
	*name = *at;
	*length = comma == NULL ? strlen(*at) : (size_t)(comma - *at);
	*at = comma == NULL ? NULL : comma + 1;
	return true;
}

/* The kind of documents of that name; 0: the rules have none. */
static uint64_t kind_of(const struct region_policy *p, const char *name, size_t length)
{
	char text[CONSENT_GROUP_OCTETS + 1];
	if (length > CONSENT_GROUP_OCTETS)
		return 0;
	memcpy(text, name, length);
	text[length] = '\0';
	return region_policy_named(p, POLICY_DOCUMENTS, text);
}

bool consent_groups_known(struct arena *a, const struct region *r, const char *groups,
			  const char **what)
{
	const char *name;
	size_t length, count = 0;
	*what = "";
	while (next_name(&groups, &name, &length)) {
		*what = arena_text_n(a, name, length);
		if (++count > CONSENT_GROUPS_MOST || r->policy == NULL
		    || kind_of(r->policy, name, length) == 0)
			return false;
	}
	return count != 0;
}

bool consent_groups_have(const struct region *r, const char *groups, const struct document_entry *e)
{
	const struct region_policy *p = r->policy;
	uint64_t of = p == NULL ? 0 : region_policy_documents(p, e);
	const char *name;
	size_t length;
	while (of != 0 && next_name(&groups, &name, &length))
		if ((of & kind_of(p, name, length)) != 0)
			return true;
	return false;
}

const char *consent_groups_common(struct arena *a, const char *x, const char *y)
{
	struct buffer b = buffer_in(a);
	const char *name, *other;
	size_t length, also;
	while (y != NULL && next_name(&x, &name, &length)) {
		bool both = false;
		for (const char *at = y; next_name(&at, &other, &also);)
			both = both || (also == length && memcmp(other, name, length) == 0);
		if (both)
			buffer_printf(&b, "%s%.*s", b.length == 0 ? "" : ",", (int)length, name);
	}
	return b.length == 0 ? NULL : buffer_ended(&b);
}
