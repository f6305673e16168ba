/* gateway/config_region.c: sections become the region: its systems, domains and codes, and what
 * must hold between them. One domain has one owner, one certificate is one system. */
#include "gateway/config_region.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_assertions.h"
#include "gateway/config_certificate.h"
#include "gateway/config_codes.h"
#include "gateway/config_doors.h"
#include "gateway/config_inbox.h"
#include "gateway/config_keys.h"
#include "gateway/config_policy.h"
#include "gateway/config_retention.h"
#include "gateway/config_signatures.h"
#include "gateway/config_weights.h"
#include "schemas/tables/view_kinds.h"

enum { INSTITUTION_CODE_DIGITS = 10, NAME_MOST = 64 };

/* A system and the section that says so, side by side. */
struct system_at {
	struct system_keys keys;
	const struct config_section *section;
};

bool config_plain_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return length > 0 && length <= NAME_MOST && name[length] == '\0' && name[0] != '-';
}

/* MSH-18, HL7 table 0211; repetitions by '~', the first may be empty. */
static bool known_charset(const char *text)
{
	static const char *const names[] = {
		"",         "ASCII",     "8859/1",  "ISO IR6",       "ISO IR14",
		"ISO IR87", "ISO IR159", "UNICODE", "UNICODE UTF-8",
	};
	for (;;) {
		size_t length = strcspn(text, "~"), i = 0;
		while (i < COUNT(names)
		       && (strlen(names[i]) != length || memcmp(names[i], text, length) != 0))
			i++;
		if (i == COUNT(names))
			return false;
		if (text[length] == '\0')
			return true;
		text += length + 1;
	}
}

static void check_words(struct config_making *m, const struct system_at *s)
{
	const struct registered_system *it = &s->keys.system;
	const char *code = it->institution_code;
	if (!config_plain_name(it->name))
		config_fault_add(m->faults, s->section->place,
				 "name it with a-z, 0-9 and -, such as a-hospital",
				 "\"%s\" cannot be the name of a system", it->name);
	if (code != NULL
	    && (strlen(code) != INSTITUTION_CODE_DIGITS
		|| strspn(code, "0123456789") != INSTITUTION_CODE_DIGITS))
		config_fault_add(m->faults,
				 config_place_of(s->section, "institution-code", s->section->place),
				 "write its ten digits", "institution-code \"%s\" is not one",
				 code);
	if (it->charset != NULL && !known_charset(it->charset))
		config_fault_add(m->faults,
				 config_place_of(s->section, "charset", s->section->place),
				 "write the names of HL7 table 0211 that MSH-18 would have, such "
				 "as ~ISO IR87",
				 "charset \"%s\" is not known", it->charset);
}

/* The fingerprint of the file that the section's key names. NULL: none, or a fault. */
static const char *fingerprint(struct config_making *m, const struct system_at *s, const char *key,
			       const char *path)
{
	char sha256[CERTIFICATE_SHA256_TEXT];
	const char *why;
	if (path == NULL)
		return NULL;
	if (certificate_sha256(path, sha256, &why))
		return arena_text(m->arena, sha256);
	config_fault_add(m->faults, config_place_of(s->section, key, s->section->place),
			 "give the PEM file of that system's certificate", "%s %s of system %s: %s",
			 key, path, s->section->title, why);
	return NULL;
}

static void set_certificate(struct config_making *m, struct system_at *s)
{
	const struct config_entry *file = config_entry_of(s->section, "certificate");
	const struct config_entry *digits = config_entry_of(s->section, "certificate-sha256");
	if ((file == NULL) == (digits == NULL)) {
		config_fault_add(m->faults, s->section->place,
				 "say certificate = FILE or certificate-sha256 = DIGITS",
				 "system %s has %s", s->section->title,
				 file == NULL ? "no certificate" : "two: a file and a fingerprint");
		return;
	}
	if (file != NULL)
		s->keys.system.certificate_sha256 = fingerprint(m, s, "certificate",
								s->keys.certificate);
	s->keys.system.next_certificate_sha256 = fingerprint(m, s, "next-certificate",
							     s->keys.next_certificate);
}

/* A day as people write it: 2026-03-01. */
static bool day_of(const char *text, instant *out)
{
	char digits[9];
	size_t n = 0;
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (*c != '-')
			digits[n++] = *c;
	digits[n] = '\0';
	return n == 8 && instant_from_dtm(digits, 0, out);
}

static void set_certificate_until(struct config_making *m, struct system_at *s)
{
	const struct config_entry *e = config_entry_of(s->section, "certificate-until");
	if (e == NULL || s->keys.certificate_until == NULL)
		return;
	if (!day_of(s->keys.certificate_until, &s->keys.system.certificate_until))
		config_fault_add(m->faults, e->place, "write a day, such as 2026-03-01",
				 "certificate-until = \"%s\" of system %s is no day", e->value,
				 s->keys.system.name);
	else if (s->keys.system.next_certificate_sha256 == NULL)
		config_fault_add(m->faults, e->place,
				 "name its next-certificate, or take the line out",
				 "certificate-until of system %s would leave it no certificate",
				 s->keys.system.name);
}

static bool same_certificate(const struct registered_system *a, const struct registered_system *b)
{
	const char *const of_b[] = { b->certificate_sha256, b->next_certificate_sha256 };
	for (size_t i = 0; i < COUNT(of_b); i++)
		if (of_b[i] != NULL
		    && (text_equal(of_b[i], a->certificate_sha256)
			|| text_equal(of_b[i], a->next_certificate_sha256)))
			return true;
	return false;
}

static struct system_at *set_systems(struct config_making *m, const struct config_section *sections,
				     const struct region_keys *r, size_t *count)
{
	/* In the order of the key's choices. */
	static const enum assertion_need needs[] = { ASSERTION_OPTIONAL, ASSERTION_REQUIRED,
						     ASSERTION_FORBIDDEN };
	const struct config_section_kind *kind = &config_sections[SECTION_SYSTEM];
	struct system_at *all = arena_array(m->arena, struct system_at,
					    config_section_count(sections, SECTION_SYSTEM) + 1);
	size_t n = 0;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SYSTEM)) != NULL; s = s->next) {
		struct system_at *at = &all[n++];
		at->section = s;
		at->keys.system.name = arena_text(m->arena, s->title);
		at->keys.system.lenient.resolve_own_ids = r->resolve_own_ids;
		at->keys.system.disk_quota = r->disk_quota;
		config_section_set(m, kind, s, s->place, &at->keys);
		at->keys.system.assertions = needs[at->keys.assertions];
		check_words(m, at);
		set_certificate(m, at);
		set_certificate_until(m, at);
	}
	*count = n;
	return all;
}

static void refuse_same(struct config_making *m, const struct system_at *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct registered_system *a = &all[j].keys.system,
						       *b = &all[i].keys.system;
			if (same_certificate(a, b))
				config_fault_add(m->faults, all[i].section->place,
						 "give each system a certificate of its own",
						 "systems %s and %s have the same certificate",
						 a->name, b->name);
			for (const char *const *d = b->domains; d != NULL && *d != NULL; d++)
				if (system_owns(a, *d))
					config_fault_add(
						m->faults,
						config_place_of(all[i].section, "domains",
								all[i].section->place),
						"leave it with the system that issues its ids",
						"domain %s is owned by %s already", *d, a->name);
		}
}

static struct assigning_authority *domain_of(struct region *r, const char *universal_id)
{
	for (size_t i = 0; i < r->domain_count; i++)
		if (text_equal(r->domains[i].universal_id, universal_id))
			return (struct assigning_authority *)&r->domains[i];
	return NULL;
}

/* The domain of that id, made if it is new; the array has room. */
static struct assigning_authority *domain_made(struct region *r, const char *universal_id)
{
	struct assigning_authority *d = domain_of(r, universal_id);
	if (d == NULL) {
		d = (struct assigning_authority *)&r->domains[r->domain_count++];
		*d = (struct assigning_authority){ .namespace_id = "",
						   .universal_id = universal_id };
	}
	return d;
}

static void set_namespaces(struct config_making *m, const struct config_section *sections,
			   struct region *r)
{
	const struct config_section_kind *kind = &config_sections[SECTION_DOMAIN];
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_DOMAIN)) != NULL; s = s->next) {
		struct domain_keys keys = { 0 };
		config_section_set(m, kind, s, s->place, &keys);
		if (!text_is_oid(s->title)) {
			config_fault_add(m->faults, s->place,
					 "write domain \"OID\" { namespace = \"NAME\" }",
					 "\"%s\" is not an OID", s->title);
			continue;
		}
		const struct assigning_authority *same = keys.namespace_id == NULL
								 ? NULL
								 : region_domain(r, NULL,
										 keys.namespace_id);
		if (same != NULL && !text_equal(same->universal_id, s->title))
			config_fault_add(m->faults, s->place,
					 "give each domain a namespace of its own",
					 "namespace %s names domain %s already", keys.namespace_id,
					 same->universal_id);
		struct assigning_authority *d = domain_made(r, arena_text(m->arena, s->title));
		if (keys.namespace_id != NULL)
			d->namespace_id = keys.namespace_id;
	}
}

static void set_domains(struct config_making *m, const struct config_section *sections,
			const struct system_at *all, size_t count, struct region *r)
{
	size_t most = 1 + config_section_count(sections, SECTION_DOMAIN);
	for (size_t i = 0; i < count; i++)
		for (const char *const *d = all[i].keys.system.domains; d != NULL && *d != NULL;
		     d++)
			most++;
	r->domains = arena_array(m->arena, struct assigning_authority, most);
	if (r->affinity_domain != NULL)
		domain_made(r, r->affinity_domain)->namespace_id = r->affinity_namespace;
	set_namespaces(m, sections, r);
	for (size_t i = 0; i < count; i++) {
		const struct registered_system *s = &all[i].keys.system;
		for (const char *const *d = s->domains; d != NULL && *d != NULL; d++)
			domain_made(r, *d)->owner = s->name;
		if (s->feeds_affinity_domain && r->affinity_domain != NULL)
			domain_made(r, r->affinity_domain)->owner = s->name;
	}
}

/* What systems say about domains, now that all are known. */
static void check_domains(struct config_making *m, const struct system_at *all, size_t count,
			  struct region *r)
{
	const char *feeder = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct registered_system *s = &all[i].keys.system;
		struct config_place domains = config_place_of(all[i].section, "domains",
							      all[i].section->place);
		if (system_owns(s, r->affinity_domain))
			config_fault_add(m->faults, domains,
					 "if it issues the region's ids, say feeds-affinity-domain "
					 "= yes instead",
					 "system %s cannot own the affinity domain", s->name);
		if (s->feeds_affinity_domain && feeder != NULL)
			config_fault_add(m->faults,
					 config_place_of(all[i].section, "feeds-affinity-domain",
							 all[i].section->place),
					 "leave it with one of them",
					 "systems %s and %s both feed the affinity domain", feeder,
					 s->name);
		if (s->feeds_affinity_domain)
			feeder = s->name;
		for (const char *const *d = s->pix_domains; d != NULL && *d != NULL; d++)
			if (!text_equal(*d, "*") && domain_of(r, *d) == NULL)
				config_fault_add(m->faults,
						 config_place_of(all[i].section, "pix-domains",
								 all[i].section->place),
						 "name a domain that a system owns or a domain "
						 "section makes known, or \"*\"",
						 "pix-domains of %s: domain %s is not known",
						 s->name, *d);
	}
}

/* One OID is one repository, one system's documents go to one. */
static void check_repository(struct config_making *m, const struct config_section *s,
			     const struct region *r, const struct own_repository *it)
{
	struct config_place systems = config_place_of(s, "systems", s->place);
	if (!text_is_oid(it->unique_id))
		config_fault_add(m->faults, s->place, "write repository \"OID\" { ... }",
				 "\"%s\" is not an OID", it->unique_id);
	if (text_equal(it->unique_id, r->repository_unique_id))
		config_fault_add(m->faults, s->place,
				 "remove it: what no other repository takes is that one's",
				 "repository %s is region repository-unique-id already",
				 it->unique_id);
	for (const char *const *n = it->systems; n != NULL && *n != NULL; n++) {
		const char *taken = region_repository_of(r, *n);
		if (region_system(r, *n) == NULL)
			config_fault_add(m->faults, systems, "name a system that has a section",
					 "repository %s: there is no system %s", it->unique_id, *n);
		else if (!text_equal(taken, r->repository_unique_id))
			config_fault_add(m->faults, systems, "leave it with one of them",
					 "repositories %s and %s both take the documents of %s",
					 taken, it->unique_id, *n);
	}
}

static bool is_within(const char *path, const char *directory)
{
	size_t length = directory == NULL ? 0 : strlen(directory);
	return length != 0 && strncmp(path, directory, length) == 0
	       && (path[length] == '/' || path[length] == '\0');
}

void config_region_check_directories(struct config_making *m, const struct config_section *sections,
				     const struct configuration *c)
{
	const struct region *r = &c->region;
	const struct own_repository *it = r->repositories;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_REPOSITORY)) != NULL; s = s->next, it++) {
		struct config_place place = config_place_of(s, "directory", s->place);
		if (it->directory == NULL)
			continue;
		if (is_within(it->directory, c->store.directory)
		    || is_within(c->store.directory, it->directory))
			config_fault_add(m->faults, place,
					 "name a directory beside store directory, or none",
					 "the directory of repository %s and store directory lie "
					 "one within the other",
					 it->unique_id);
		for (const struct own_repository *o = r->repositories; o < it; o++)
			if (o->directory != NULL
			    && (is_within(it->directory, o->directory)
				|| is_within(o->directory, it->directory)))
				config_fault_add(
					m->faults, place,
					"give each repository a directory of its own",
					"the directories of repositories %s and %s lie one "
					"within the other",
					o->unique_id, it->unique_id);
	}
}

/* The systems are known. */
static void set_repositories(struct config_making *m, const struct config_section *sections,
			     struct region *r)
{
	struct own_repository *all = arena_array(m->arena, struct own_repository,
						 config_section_count(sections, SECTION_REPOSITORY)
							 + 1);
	r->repositories = all;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_REPOSITORY)) != NULL; s = s->next) {
		struct repository_keys keys = { .systems = NULL };
		config_section_set(m, s->kind, s, s->place, &keys);
		struct own_repository *it = &all[r->repository_count];
		*it = (struct own_repository){ .unique_id = arena_text(m->arena, s->title),
					       .systems = keys.systems,
					       .directory = keys.directory };
		check_repository(m, s, r, it);
		r->repository_count++;
	}
}

/* What our own entries say must be allowed where the region allows only some. */
static void check_own_codes(struct config_making *m, const struct config_section *s,
			    const struct region *r, enum view_kind kind)
{
	struct view_entry_code codes[VIEW_ENTRY_CODES];
	view_entry_codes(kind, codes);
	for (size_t i = 0; i < VIEW_ENTRY_CODES; i++)
		if (!code_sets_allow(&r->codes, codes[i].attribute, codes[i].code, codes[i].scheme))
			config_fault_add(m->faults, s->place,
					 "allow it there, or remove this section",
					 "its entries have the %s %s^%s, which the region's codes "
					 "do not allow",
					 codes[i].attribute, codes[i].code, codes[i].scheme);
}

static void set_one_on_demand(struct config_making *m, const struct config_section *s,
			      struct region *r)
{
	struct on_demand_keys keys = { 0 };
	enum view_kind kind = view_kind_named(s->title);
	config_section_set(m, s->kind, s, s->place, &keys);
	if (kind == VIEW_KINDS)
		config_fault_add(m->faults, s->place,
				 "write medication-list, laboratory-results, allergies, "
				 "diagnoses or visits",
				 "nothing of the kind \"%s\" is made on demand", s->title);
	if (keys.repository_unique_id == NULL)
		keys.repository_unique_id = r->repository_unique_id;
	if (!region_has_repository(r, keys.repository_unique_id))
		config_fault_add(m->faults, config_place_of(s, "repository", s->place),
				 "name region repository-unique-id, or add a section for it",
				 "%s is no repository of this gateway", keys.repository_unique_id);
	if (!keys.forms[VIEW_CDA] && !keys.forms[VIEW_FHIR])
		config_fault_add(m->faults, s->place, "say cda = yes, or fhir = yes, or both",
				 "on-demand %s has no form to be made in", s->title);
	if (kind == VIEW_KINDS)
		return;
	check_own_codes(m, s, r, kind);
	struct on_demand_list *made = &r->on_demand[kind];
	made->repository_unique_id = keys.repository_unique_id;
	for (enum view_form f = 0; f < VIEW_FORMS; f++)
		made->forms[f] = keys.forms[f];
	made->persists = keys.persists;
	made->each = keys.each;
}

/* The repositories and codes are known. */
static void set_on_demand(struct config_making *m, const struct config_section *sections,
			  struct region *r)
{
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_ON_DEMAND)) != NULL; s = s->next)
		set_one_on_demand(m, s, r);
}

static void set_identifiers(struct config_making *m, const struct region_keys *k, struct region *r)
{
	*r = (struct region){
		.name = k->name,
		.affinity_domain = k->affinity_domain,
		.affinity_namespace = k->affinity_namespace,
		.home_community_id = k->home_community_id,
		.repository_unique_id = k->repository_unique_id,
		.device_id = k->device_id,
		.community_domain = k->community_domain,
		.opt_in = k->consent_default == 0,
		.hide_source_ids = k->hide_source_ids,
		.most_results = k->most_results,
		.submission_objects = k->submission_objects,
		.metadata_object = k->metadata_object,
		.emergency = { .window = k->emergency_window,
			       .review = k->review_within,
			       .disaster = k->disaster_most },
	};
	if (r->device_id == NULL && r->home_community_id != NULL)
		r->device_id = arena_printf(m->arena, "%s.1",
					    r->home_community_id + strlen("urn:oid:"));
}

/* In the order of the key's choices. */
static void set_matching(struct config_making *m, const struct config_section *s,
			 struct config_place file, const struct region_keys *k, struct region *r)
{
	static const enum matching said[] = { MATCHING_LINK, MATCHING_REVIEW, MATCHING_OFF };
	r->matching = said[k->matching];
	r->weights = config_weights(m, config_place_of(s, "match-weights", file), k->match_weights);
	r->four_eyes = k->match_four_eyes;
	r->without_insurances = k->insurance == INSURANCE_OFF;
	r->unasked_insurances = k->insurance == INSURANCE_MATCH_ONLY;
}

static void set_signatures(struct config_making *m, const struct config_section *s,
			   struct config_place file, const struct region_keys *k, struct region *r)
{
	r->signatures = (struct signature_policy){
		.anchors = config_signature_anchors(
			m, config_place_of(s, "signature-anchors", file), k->signature_anchors),
		.revocations = config_signature_revocations(
			m, config_place_of(s, "signature-revocations", file),
			k->signature_revocations, k->signature_anchors),
		.refuse_invalid = k->invalid_signatures == 1,
		.takes_sha1 = k->signature_sha1,
	};
}

void config_region_set(struct config_making *m, const struct config_section *sections,
		       struct config_place file, struct configuration *c)
{
	struct region_keys keys = { 0 };
	size_t count;
	const struct config_section *s = config_section_next(sections, SECTION_REGION);
	config_section_set(m, &config_sections[SECTION_REGION], s, file, &keys);
	set_identifiers(m, &keys, &c->region);
	set_matching(m, s, file, &keys, &c->region);
	set_signatures(m, s, file, &keys, &c->region);
	struct system_at *all = set_systems(m, sections, &keys, &count);
	refuse_same(m, all, count);
	set_domains(m, sections, all, count, &c->region);
	check_domains(m, all, count, &c->region);
	c->code_sets = keys.code_sets;
	c->region.codes = config_codes(m, sections, config_place_of(s, "code-sets", file),
				       keys.code_sets);
	struct registered_system *systems = arena_array(m->arena, struct registered_system,
							count + 1);
	c->region.policy = config_policy(m, config_place_of(s, "policy", file), keys.policy);
	for (size_t i = 0; i < count; i++) {
		systems[i] = all[i].keys.system;
		systems[i].role = config_policy_role(m, all[i].section, c->region.policy,
						     &systems[i]);
	}
	c->region.systems = systems;
	c->region.system_count = count;
	config_policy_systems(m, &c->region);
	config_assertions_set(m, sections, &keys, &c->region);
	set_repositories(m, sections, &c->region);
	config_inboxes_set(m, sections, &c->region);
	config_retention_set(m, sections, config_place_of(s, "retention-at", file),
			     keys.retention_at, &c->region);
	set_on_demand(m, sections, &c->region);
}

/* trust: whom all systems' certificates come from. */
static void check_certificate(struct config_making *m, const struct config_section *s,
			      const char *key, const struct x509_store_st *trust)
{
	const struct config_entry *e = config_entry_of(s, key);
	const char *why;
	if (e == NULL || text_empty(e->value))
		return;
	const char *path = e->value[0] == '/'
				   ? e->value
				   : arena_printf(m->arena, "%s/%s", m->directory, e->value);
	enum certificate_fit fit = certificate_of_system(path, trust,
							 text_equal(key, "next-certificate"), &why);
	if (fit == CERTIFICATE_FITS || fit == CERTIFICATE_UNREAD) /* the second is told already */
		return;
	config_fault_add(
		m->faults, e->place,
		fit == CERTIFICATE_UNFIT
			? "give the PEM file of that system's own certificate"
			: "until that system has a new certificate, leave it as it is: it cannot "
			  "connect, all others can",
		"%s %s of system %s: %s", key, path, s->title, why);
	if (fit == CERTIFICATE_OUT_OF_DATE)
		config_fault_tolerate(m->faults);
}

void config_region_check_certificates(struct config_making *m,
				      const struct config_section *sections,
				      const struct configuration *c)
{
	size_t count = 0;
	const char *const *authorities = config_authorities(m->arena, c, &count);
	struct x509_store_st *trust = certificate_trust(authorities, count);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SYSTEM)) != NULL; s = s->next) {
		check_certificate(m, s, "certificate", trust);
		check_certificate(m, s, "next-certificate", trust);
	}
	certificate_trust_free(trust);
}
