/* gateway/config_community.c: whether what is said of another community can be. */
#include "gateway/config_community.h"

#include "gateway/base/text.h"
#include "gateway/config_partner.h"

static bool is_community(const struct partner *p)
{
	return (p->purposes & 1u << PARTNER_COMMUNITY) != 0;
}

static void check_address(struct config_making *m, const struct config_section *s, const char *key,
			  const char *url, bool is_communitys)
{
	if (url != NULL && !is_communitys)
		config_fault_add(m->faults, config_place_of(s, key, s->place),
				 "leave it away, or add community to what it is for",
				 "partner %s has a %s, and is not for community", s->title, key);
	else if (url != NULL && !config_is_https(url))
		config_fault_add(
			m->faults, config_place_of(s, key, s->place),
			"write a whole URL, https://HOST:PORT/PATH, of at most 360 octets, "
			"without user or fragment",
			"%s \"%s\" of partner %s is not one", key, url, s->title);
}

/* By its id it is known in every message: one partner, and none is us. */
static void check_home(struct config_making *m, const struct config_section *s,
		       const struct region *r, const struct partner *all, size_t count)
{
	const struct partner *p = &all[count - 1];
	struct config_place place = config_place_of(s, "home-community-id", s->place);
	if (p->home_community_id == NULL) {
		config_fault_add(
			m->faults, place, "write home-community-id, as the other region says it",
			"partner %s is for community, and has no home-community-id", p->name);
		return;
	}
	if (text_equal(p->home_community_id, r->home_community_id))
		config_fault_add(m->faults, place, "write the other region's",
				 "partner %s has the home-community-id of this region", p->name);
	for (size_t i = 0; i + 1 < count; i++)
		if (text_equal(all[i].home_community_id, p->home_community_id))
			config_fault_add(m->faults, place, "make one partner of the two",
					 "partners %s and %s have the same home-community-id",
					 all[i].name, p->name);
}

void config_community_check(struct config_making *m, const struct config_section *s,
			    const struct region *r, const struct partner *all, size_t count)
{
	const struct partner *p = &all[count - 1];
	bool is = is_community(p);
	check_address(m, s, "query-url", p->query_url, is);
	check_address(m, s, "retrieve-url", p->retrieve_url, is);
	check_address(m, s, "submit-url", p->submit_url, is);
	check_address(m, s, "respond-to", p->respond_to, is);
	if (!is && p->home_community_id != NULL)
		config_fault_add(m->faults, config_place_of(s, "home-community-id", s->place),
				 "leave it away, or add community to what it is for",
				 "partner %s has a home-community-id, and is not for community",
				 p->name);
	if (!is && p->health_data_locator)
		config_fault_add(m->faults, config_place_of(s, "health-data-locator", s->place),
				 "leave it away, or add community to what it is for",
				 "partner %s has health-data-locator, and is not for community",
				 p->name);
	if (!is)
		return;
	check_home(m, s, r, all, count);
	if (r->community_domain == NULL)
		config_fault_add(m->faults, s->place,
				 "write region community-domain, an OID of this region's for the "
				 "codes by which others know a person",
				 "partner %s is for community, and the region has no "
				 "community-domain",
				 p->name);
}

void config_community_check_system(struct config_making *m, const struct config_section *s,
				   const struct registered_system *system)
{
	if (system->domains != NULL && system->domains[0] != NULL)
		config_fault_add(m->faults, config_place_of(s, "domains", s->place),
				 "leave domains away: other regions' ids are no domain of ours",
				 "system %s is the gateway of community %s, and has domains",
				 system->name, system->community);
	if (system->notify != NULL || (system->consumers != NULL && system->consumers[0] != NULL))
		config_fault_add(m->faults,
				 config_place_of(s, system->notify != NULL ? "notify" : "consumers",
						 s->place),
				 "leave it away: it asks by ITI-38, 39 and 55",
				 "system %s is the gateway of community %s, and is told of nothing",
				 system->name, system->community);
	if (system->feeds_affinity_domain)
		config_fault_add(m->faults, config_place_of(s, "feeds-affinity-domain", s->place),
				 "leave it away",
				 "system %s is the gateway of community %s, and no source of the "
				 "affinity domain",
				 system->name, system->community);
}
