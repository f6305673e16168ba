/* profiles/actors/authority.c: which domain of the region an id is of. ITI TF-2: Appendix E.1. */
#include "profiles/actors/authority.h"

#include "gateway/base/text.h"

bool authority_is_named(struct arena *a, const struct patient_identifier *id)
{
	return !text_empty(text_trimmed(a, id->universal_id))
	       || !text_empty(text_trimmed(a, id->namespace_id));
}

static struct authority unknown(const char *why)
{
	return (struct authority){ .why = why };
}

static struct authority by_namespace(const struct region *r, const char *name)
{
	const struct assigning_authority *d = region_domain(r, NULL, name);
	if (d != NULL)
		return (struct authority){ .domain = d };
	d = text_is_oid(name) ? region_domain(r, name, NULL) : NULL;
	return d != NULL ? (struct authority){ .domain = d, .loose = true }
			 : unknown("the assigning authority is no domain of this region");
}

/* HD.3 of an OID is ISO; not said, it is meant. */
static bool is_iso(struct arena *a, const struct patient_identifier *id)
{
	const char *type = text_trimmed(a, id->universal_id_type);
	return text_empty(type) || text_equal_nocase(type, "ISO");
}

struct authority authority_of(struct arena *a, const struct region *r,
			      const struct patient_identifier *id)
{
	const char *oid = text_trimmed(a, id->universal_id);
	const char *name = text_trimmed(a, id->namespace_id);
	if (text_empty(oid))
		return by_namespace(r, name);
	const struct assigning_authority *d = region_domain(r, oid, NULL);
	if (d == NULL)
		return unknown("the assigning authority is no domain of this region");
	struct authority found = { .domain = d, .loose = !is_iso(a, id) };
	if (text_empty(name) || region_domain(r, oid, name) != NULL)
		return found;
	if (region_domain(r, NULL, name) != NULL)
		return unknown("the assigning authority names two domains of this region");
	/* A name for people is nothing that departs from a rule. */
	found.loose = found.loose || !id->label;
	return found;
}
