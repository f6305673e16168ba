/* schemas/model/region.c: looking things up in the region as configured. */
#include "schemas/model/region.h"

#include <string.h>

static bool equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool listed(const char *const *list, const char *value)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcmp(*list, value) == 0)
			return true;
	return false;
}

const struct registered_system *region_system(const struct region *r, const char *name)
{
	for (size_t i = 0; i < r->system_count; i++)
		if (equal(r->systems[i].name, name))
			return &r->systems[i];
	return NULL;
}

const struct delegated_storage *region_delegated(const struct region *r,
						 const struct registered_system *s)
{
	for (size_t i = 0; s != NULL && i < r->delegated_count; i++)
		if (equal(r->delegated[i].system, s->name))
			return &r->delegated[i];
	return NULL;
}

const struct registered_system *region_system_by_certificate(const struct region *r,
							     const char *sha256)
{
	for (size_t i = 0; i < r->system_count; i++)
		if (equal(r->systems[i].certificate_sha256, sha256)
		    || equal(r->systems[i].next_certificate_sha256, sha256))
			return &r->systems[i];
	return NULL;
}

const struct registered_system *region_system_at(const struct region *r, const char *sha256,
						 int64_t now)
{
	const struct registered_system *s = region_system_by_certificate(r, sha256);
	bool over = s != NULL && s->certificate_until != 0 && now >= s->certificate_until
		    && !equal(s->next_certificate_sha256, sha256);
	return over ? NULL : s;
}

/* NULL: the region's own. */
static const struct own_repository *repository_of(const struct region *r, const char *system)
{
	for (size_t i = 0; system != NULL && i < r->repository_count; i++)
		if (listed(r->repositories[i].systems, system))
			return &r->repositories[i];
	return NULL;
}

const char *region_repository_of(const struct region *r, const char *system)
{
	const struct own_repository *it = repository_of(r, system);
	return it == NULL ? r->repository_unique_id : it->unique_id;
}

const char *region_documents_of(const struct region *r, const char *system)
{
	const struct own_repository *it = repository_of(r, system);
	return it == NULL ? NULL : it->directory;
}

bool region_has_repository(const struct region *r, const char *unique_id)
{
	bool has = equal(r->repository_unique_id, unique_id);
	for (size_t i = 0; !has && i < r->repository_count; i++)
		has = equal(r->repositories[i].unique_id, unique_id);
	return has;
}

bool region_makes_on_demand(const struct region *r)
{
	enum view_kind kind = 0;
	while (kind < VIEW_KINDS && r->on_demand[kind].repository_unique_id == NULL)
		kind++;
	return kind < VIEW_KINDS;
}

const struct facility_inbox *region_inbox(const struct region *r, const char *name)
{
	for (size_t i = 0; i < r->inbox_count; i++)
		if (equal(r->inboxes[i].name, name))
			return &r->inboxes[i];
	return NULL;
}

const struct facility_inbox *region_inbox_of_repository(const struct region *r,
							const char *unique_id)
{
	for (size_t i = 0; i < r->inbox_count; i++)
		if (equal(r->inboxes[i].repository_unique_id, unique_id))
			return &r->inboxes[i];
	return NULL;
}

bool inbox_takes_from(const struct facility_inbox *i, const char *system)
{
	return listed(i->from, system) || listed(i->from, "*");
}

bool inbox_is_of(const struct region *r, const struct facility_inbox *i,
		 const struct registered_system *s)
{
	return s != NULL && system_same_facility(r, s, i->facility);
}

const struct partner *region_partner(const struct region *r, const char *name)
{
	for (size_t i = 0; i < r->partner_count; i++)
		if (equal(r->partners[i].name, name))
			return &r->partners[i];
	return NULL;
}

const struct partner *region_community(const struct region *r, const char *home_community_id)
{
	for (size_t i = 0; i < r->partner_count; i++)
		if (equal(r->partners[i].home_community_id, home_community_id))
			return &r->partners[i];
	return NULL;
}

bool region_has_community(const struct region *r)
{
	for (size_t i = 0; i < r->partner_count; i++)
		if (r->partners[i].home_community_id != NULL)
			return true;
	return false;
}

const struct partner *region_community_of(const struct region *r, const struct registered_system *s)
{
	return s == NULL || s->community == NULL ? NULL : region_partner(r, s->community);
}

/* No two have the same. */
static const struct partner *partner_at(const struct region *r, const char *const *names,
					const char *url)
{
	for (size_t i = 0; i < r->partner_count; i++) {
		const struct partner *p = &r->partners[i];
		if (equal(p->url, url) && listed(names, p->name))
			return p;
	}
	return NULL;
}

const struct partner *region_answers_at(const struct region *r, const struct registered_system *s,
					const char *url)
{
	return partner_at(r, s->reply_to, url);
}

const struct partner *region_consumer(const struct region *r, const struct registered_system *s,
				      const char *url)
{
	const struct partner *p = s == NULL ? NULL : partner_at(r, s->consumers, url);
	return p != NULL && (p->purposes & 1u << PARTNER_SUBSCRIPTIONS) != 0 ? p : NULL;
}

const struct partner *region_notified(const struct region *r, const struct registered_system *s)
{
	const struct partner *p = s == NULL || s->notify == NULL ? NULL
								 : region_partner(r, s->notify);
	return p != NULL && (p->purposes & 1u << PARTNER_PIX_NOTIFICATIONS) != 0 ? p : NULL;
}

const struct assigning_authority *region_domain(const struct region *r, const char *universal_id,
						const char *namespace_id)
{
	bool by_id = universal_id != NULL && *universal_id != '\0';
	bool by_name = namespace_id != NULL && *namespace_id != '\0';
	if (by_id && strncmp(universal_id, "urn:oid:", 8) == 0)
		universal_id += 8;
	for (size_t i = 0; i < r->domain_count && (by_id || by_name); i++) {
		const struct assigning_authority *d = &r->domains[i];
		if (by_id && !equal(d->universal_id, universal_id))
			continue;
		if (by_name && !(by_id && d->namespace_id[0] == '\0')
		    && !equal(d->namespace_id, namespace_id))
			continue;
		return d;
	}
	return NULL;
}

bool system_same_facility(const struct region *r, const struct registered_system *s,
			  const char *name)
{
	if (equal(s->name, name))
		return true;
	const struct registered_system *other = name == NULL ? NULL : region_system(r, name);
	return other != NULL && s->institution_code != NULL
	       && equal(s->institution_code, other->institution_code);
}

bool system_owns(const struct registered_system *s, const char *universal_id)
{
	return s != NULL && universal_id != NULL && listed(s->domains, universal_id);
}

bool system_sees(const struct region *r, const struct registered_system *s,
		 const char *universal_id)
{
	return equal(r->affinity_domain, universal_id) || system_owns(s, universal_id)
	       || (s != NULL && universal_id != NULL
		   && (listed(s->pix_domains, "*") || listed(s->pix_domains, universal_id)));
}

static bool component_is(const char *value, unsigned number, const char *wanted)
{
	for (; number > 1 && *value != '\0' && *value != '|'; number--) {
		value += strcspn(value, "^|");
		value += *value == '^';
	}
	size_t length = number > 1 ? 0 : strcspn(value, "^|");
	return wanted != NULL && strlen(wanted) == length && strncmp(value, wanted, length) == 0;
}

bool system_is_institution(const struct registered_system *s, const char *xon)
{
	enum { XON_NAME = 1, XON_ID = 10 };
	return component_is(xon, XON_ID, s->institution_code)
	       || component_is(xon, XON_NAME, s->title);
}

bool recipient_institution(const char *recipient)
{
	return *recipient != '\0' && *recipient != '|';
}
