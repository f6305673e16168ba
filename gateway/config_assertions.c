/* gateway/config_assertions.c: who may vouch for persons. Certificates are read here, once: what is
 * verified later is verified with what was looked at now. */
#include "gateway/config_assertions.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"
#include "gateway/config_region.h"
#include "gateway/config_vouching.h"

#define OID "urn:oid:"
enum { SECOND = 1000000 };

static void free_certificates(void *with)
{
	certificates_free(with);
}

static void set_certificates(struct config_making *m, const struct config_section *s,
			     const char *path, struct assertion_issuer *it)
{
	struct config_place place = config_place_of(s, "certificate", s->place);
	const char *why = NULL;
	if (path == NULL)
		return;
	unsigned count = certificates_of_issuer(path, it->certificates, ASSERTION_CERTIFICATES_MOST,
						&why);
	arena_at_end(m->arena, free_certificates, it->certificates);
	if (count == 0)
		config_fault_add(m->faults, place,
				 "give the PEM file of the certificates that issuer signs with, "
				 "RSA of 2048 bits at least or a curve of 256",
				 "assertion-issuer %s, certificate %s: %s", it->name, path, why);
	else if (certificates_hold_today(it->certificates, &why))
		return;
	else {
		config_fault_add(m->faults, place,
				 "until that issuer has a new certificate, leave it as it is: its "
				 "assertions are refused, all else goes on",
				 "assertion-issuer %s, certificate %s: %s", it->name, path, why);
		config_fault_tolerate(m->faults);
	}
}

static void check_issuer(struct config_making *m, const struct config_section *s,
			 const struct assertion_issuer *all, const struct assertion_issuer *it)
{
	if (!config_plain_name(it->name))
		config_fault_add(m->faults, s->place,
				 "name it with a-z, 0-9 and -, such as region-idp",
				 "\"%s\" cannot be the name of an assertion-issuer", it->name);
	for (const struct assertion_issuer *o = all; o < it; o++)
		if (it->entity_id != NULL && text_equal(o->entity_id, it->entity_id))
			config_fault_add(m->faults, config_place_of(s, "entity-id", s->place),
					 "make one section of the two",
					 "assertion-issuers %s and %s have the same entity-id",
					 o->name, it->name);
}

static void set_issuer(struct config_making *m, const struct config_section *s,
		       struct assertion_issuer *all, struct assertion_issuer *it)
{
	struct assertion_issuer_keys keys = { .entity_id = NULL };
	config_section_set(m, s->kind, s, s->place, &keys);
	*it = (struct assertion_issuer){
		.name = arena_text(m->arena, s->title),
		.entity_id = keys.entity_id,
		.most_lifetime = (int64_t)keys.max_lifetime * SECOND,
		.skew = (int64_t)keys.skew * SECOND,
		.contexts = keys.contexts,
		.organizations = keys.organizations,
		.roles = keys.roles,
	};
	set_certificates(m, s, keys.certificate, it);
	check_issuer(m, s, all, it);
}

/* Whose requests have to come with one needs somebody who could have made it. */
static void check_needs(struct config_making *m, const struct config_section *sections,
			const struct region *r)
{
	const struct config_section *s = sections;
	for (; (s = config_section_next(s, SECTION_SYSTEM)) != NULL; s = s->next) {
		const struct registered_system *asker = region_system(r, s->title);
		if (asker != NULL && asker->assertions == ASSERTION_REQUIRED
		    && r->assertions.issuer_count == 0)
			config_fault_add(m->faults, config_place_of(s, "assertions", s->place),
					 "add a section: assertion-issuer NAME { ... }",
					 "system %s needs assertions, and nobody can issue any",
					 asker->name);
	}
}

/* By default the affinity domain itself (ITI TF-2: 3.40.4.1.2). */
static const char *const *audiences(struct config_making *m, const struct region_keys *k,
				    const struct region *r)
{
	if (k->assertion_audiences != NULL && k->assertion_audiences[0] != NULL)
		return k->assertion_audiences;
	const char **own = arena_array(m->arena, const char *, 2);
	if (r->affinity_domain != NULL)
		own[0] = arena_printf(m->arena, OID "%s", r->affinity_domain);
	return own;
}

void config_assertions_set(struct config_making *m, const struct config_section *sections,
			   const struct region_keys *k, struct region *r)
{
	size_t count = config_section_count(sections, SECTION_ASSERTION_ISSUER);
	struct assertion_issuer *all = arena_array(m->arena, struct assertion_issuer, count + 1);
	size_t n = 0;
	const struct config_section *s = sections;
	for (; (s = config_section_next(s, SECTION_ASSERTION_ISSUER)) != NULL; s = s->next, n++)
		set_issuer(m, s, all, &all[n]);
	r->assertions = (struct assertion_policy){ .issuers = all,
						   .issuer_count = n,
						   .audiences = audiences(m, k, r),
						   .remembered = k->assertions_remembered,
						   .reason_attribute = k->emergency_reason };
	config_vouching_set(m, sections, k, r);
	check_needs(m, sections, r);
}
