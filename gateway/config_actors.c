/* gateway/config_actors.c: whether the actors that are on can work. */
#include "gateway/config_actors.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_keys.h"
#include "gateway/nearest.h"
#include "profiles/transaction.h"

static bool has_syslog_door(const struct configuration *c)
{
	for (const struct config_door *const *d = c->doors; *d != NULL; d++)
		if ((*d)->kind == DOOR_SYSLOG)
			return true;
	return c->syslog_udp.sources != NULL;
}

/* An Audit Record Repository is nobody without a door of its own, a gateway between communities
 * nobody without another one. */
static bool has_somebody(const struct configuration *c, enum actor a)
{
	if (a == AUDIT_RECORD_REPOSITORY)
		return has_syslog_door(c);
	if (a == DISCOVERY_GATEWAY || a == RESPONDING_GATEWAY || a == INITIATING_GATEWAY)
		return region_has_community(&c->region);
	return a != REGION_OPERATOR;
}

static bool any_is_on(const struct configuration *c)
{
	for (unsigned n = 0; n < ACTOR_COUNT; n++)
		if (c->actors.on[n] && has_somebody(c, (enum actor)n))
			return true;
	return false;
}

static bool has_affinity_source(const struct region *r)
{
	for (size_t i = 0; i < r->system_count; i++)
		if (r->systems[i].feeds_affinity_domain)
			return true;
	return false;
}

/* A Document Repository registers each document it takes (ITI TF-1: 10.1.1.3): with our own
 * registry, or a partner's. A registry refuses documents of patients
 * nobody has told it of (ITI TF-2: 3.42.4.1.4): the cross-reference manager makes the region's
 * ids, or their source does. */
void config_actors_check(struct config_making *m, const struct config_section *s,
			 struct config_place file, const struct configuration *c)
{
	const bool *on = c->actors.on;
	if (!any_is_on(c))
		config_fault_add(m->faults, config_place_of(s, NULL, file),
				 "switch on the actors this gateway is to be",
				 "every actor is off; the gateway would serve nobody");
	if (on[DOCUMENT_REPOSITORY] && !on[DOCUMENT_REGISTRY] && c->region.registry == NULL)
		config_fault_add(
			m->faults, config_place_of(s, "document-registry", file),
			"switch document-registry on, name a partner that is for registry, or "
			"switch document-repository off as well",
			"document-repository would have no registry to register documents "
			"with");
	if (on[DOCUMENT_REGISTRY] && !on[PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER]
	    && !has_affinity_source(&c->region))
		config_fault_add(m->faults, config_place_of(s, "cross-reference-manager", file),
				 "switch cross-reference-manager on, or say "
				 "feeds-affinity-domain = yes of the system that issues "
				 "the region's ids",
				 "document-registry would know no patient: nobody tells it of one");
}

/* What a system may use at all: the operator's is none of it. Each code once. */
static size_t codes_for_systems(const char **out)
{
	size_t count = 0;
	for (size_t i = 0; transactions[i] != NULL; i++) {
		bool seen = demand_is_operators(transactions[i]->demands);
		for (size_t n = 0; n < count && !seen; n++)
			seen = text_equal(out[n], transactions[i]->code);
		if (!seen)
			out[count++] = transactions[i]->code;
	}
	return count;
}

static bool is_among(const char *code, const char *const *codes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(codes[i], code))
			return true;
	return false;
}

void config_transactions_check(struct config_making *m, const struct config_section *sections,
			       const struct region *r)
{
	size_t all = 0;
	while (transactions[all] != NULL)
		all++;
	const char **codes = arena_array(m->arena, const char *, all + 1);
	size_t count = codes_for_systems(codes);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SYSTEM)) != NULL; s = s->next) {
		const char *const *listed = region_system(r, s->title)->transactions;
		for (; listed != NULL && *listed != NULL; listed++) {
			if (is_among(*listed, codes, count))
				continue;
			const char *nearest = nearest_name(*listed, codes, count);
			config_fault_add(
				m->faults, config_place_of(s, "transactions", s->place),
				arena_printf(m->faults->arena,
					     "write a code that minato transactions lists%s%s",
					     nearest == NULL ? "" : ", such as ",
					     nearest == NULL ? "" : nearest),
				"transactions of %s: no system has a transaction '%s'", s->title,
				*listed);
		}
	}
}
