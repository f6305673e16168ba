/* profiles/actors/known_object.c: what of the registry a sender may know. */
#include "profiles/actors/known_object.h"

#include "store/registry.h"

bool known_as_own(const struct registry_desk *d, const char *source_system)
{
	return d->sender == NULL || system_same_facility(d->region, d->sender, source_system);
}

static struct known_object of_facts(bool seen, struct registry_facts facts)
{
	return (struct known_object){ seen, facts.subject, facts.source_system };
}

struct known_object known_object(const struct registry_desk *d, const char *uuid)
{
	struct sealed_entry *e = registry_entry(d->txn, d->arena, uuid);
	if (e != NULL)
		return of_facts(document_registry_entry(d, e) != NULL, registry_entry_facts(e));
	struct sealed_set *s = registry_submission_set(d->txn, d->arena, uuid);
	if (s != NULL)
		return of_facts(document_registry_set(d, s) != NULL, registry_set_facts(s));
	struct sealed_folder *f = registry_folder(d->txn, d->arena, uuid);
	if (f != NULL)
		return of_facts(document_registry_folder(d, f) != NULL, registry_folder_facts(f));
	return (struct known_object){ .seen = false };
}

/* One that says that something belongs to a set may end at an Association. */
static bool end_is_seen(const struct registry_desk *d, const char *uuid)
{
	const struct association *x = registry_association(d->txn, d->arena, uuid);
	return x != NULL ? known_object(d, x->source).seen && known_object(d, x->target).seen
			 : known_object(d, uuid).seen;
}

struct known_object known_association(const struct registry_desk *d, const struct association *x)
{
	bool seen = known_as_own(d, x->source_system)
		    || (end_is_seen(d, x->source) && end_is_seen(d, x->target));
	return (struct known_object){ .seen = seen, .source_system = x->source_system };
}
