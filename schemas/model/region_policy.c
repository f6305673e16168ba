/* schemas/model/region_policy.c: codes and names of the region's rules. */
#include "schemas/model/region_policy.h"

#include <string.h>

const char confidentiality_letters[CONFIDENTIALITIES + 1] = "ULMNRV";

/* An OID is also written as a URN. */
static const char *plain(const char *scheme)
{
	static const char urn[] = "urn:oid:";
	if (scheme == NULL)
		return "";
	return strncmp(scheme, urn, sizeof urn - 1) == 0 ? scheme + sizeof urn - 1 : scheme;
}

uint64_t region_policy_names(const struct region_policy *p, enum policy_code_of of,
			     const char *code, const char *scheme)
{
	const struct policy_codes *all = &p->codes[of];
	size_t from = 0, to = all->count;
	scheme = plain(scheme);
	while (code != NULL && from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(code, all->all[middle].code);
		if (order == 0)
			order = strcmp(scheme, all->all[middle].scheme);
		if (order == 0)
			return all->all[middle].names;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return 0;
}

uint64_t region_policy_names_of(const struct region_policy *p, enum policy_code_of of,
				const struct coded_value *codes)
{
	uint64_t names = 0;
	for (; codes != NULL; codes = codes->next)
		names |= region_policy_names(p, of, codes->code, codes->scheme);
	return names;
}

const char *region_policy_first_name(const struct region_policy *p, enum policy_name_of of,
				     const char *name)
{
	for (const char *const *others = p->others[of]; others != NULL && *others != NULL;
	     others += 2)
		if (strcmp(others[0], name) == 0)
			return others[1];
	return name;
}

uint64_t region_policy_named(const struct region_policy *p, enum policy_name_of of,
			     const char *name)
{
	const char *const *names = p->names[of];
	name = region_policy_first_name(p, of, name);
	for (unsigned bit = 0; names != NULL && names[bit] != NULL; bit++)
		if (strcmp(names[bit], name) == 0)
			return UINT64_C(1) << bit;
	return 0;
}

uint64_t region_policy_documents(const struct region_policy *p, const struct document_entry *e)
{
	return region_policy_names_of(p, POLICY_CLASS, e->class_code)
	       | region_policy_names_of(p, POLICY_TYPE, e->type_code)
	       | region_policy_names_of(p, POLICY_FORMAT, e->format_code);
}

bool region_policy_addresses(const struct region_policy *p, const struct document_entry *e)
{
	return p != NULL && p->addressed != 0
	       && (region_policy_documents(p, e) & p->addressed) != 0;
}

enum confidentiality region_policy_confidentiality(const struct region_policy *p,
						   const struct document_entry *e)
{
	enum confidentiality strictest = CONFIDENTIALITY_UNRESTRICTED;
	const struct coded_value *c = e->confidentiality_codes;
	if (c == NULL)
		return CONFIDENTIALITY_VERY_RESTRICTED;
	for (; c != NULL; c = c->next) {
		uint64_t level = region_policy_names(p, POLICY_CONFIDENTIALITY, c->code, c->scheme);
		if (level == 0)
			return CONFIDENTIALITY_VERY_RESTRICTED;
		for (enum confidentiality l = strictest; l < CONFIDENTIALITIES; l++)
			if ((level >> l & 1) != 0)
				strictest = l;
	}
	return strictest;
}

const struct region_rule *region_policy_keeps_from_patient(const struct region_policy *p,
							   const struct document_entry *e)
{
	uint64_t patient = p == NULL ? 0 : region_policy_named(p, POLICY_ROLES, POLICY_PATIENT);
	if (patient == 0)
		return NULL;
	uint64_t named = region_policy_documents(p, e);
	uint64_t kinds = named == 0 ? UINT64_C(1) << POLICY_UNSAID : named;
	unsigned how = 1u << region_policy_confidentiality(p, e);
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct region_rule *rule = &p->rules[i];
		uint64_t roles = rule->names[POLICY_ROLES];
		if (rule->ruling != RULING_PERMIT && roles != UINT64_MAX && (roles & patient) != 0
		    && (rule->names[POLICY_DOCUMENTS] & kinds) != 0
		    && (rule->confidentiality & how) != 0)
			return rule;
	}
	return NULL;
}

const struct acknowledged_policy *region_policy_acknowledged(const struct region_policy *p,
							     const char *code, const char *scheme)
{
	for (size_t i = 0; p != NULL && code != NULL && i < p->acknowledged_count; i++)
		if (strcmp(p->acknowledged[i].code, code) == 0
		    && strcmp(p->acknowledged[i].scheme, plain(scheme)) == 0)
			return &p->acknowledged[i];
	return NULL;
}

bool region_policy_records(const struct region_policy *p, const char *system)
{
	const char *const *one = p == NULL ? NULL : p->recorders;
	if (one == NULL)
		return p != NULL;
	while (*one != NULL && (system == NULL || strcmp(*one, system) != 0))
		one++;
	return *one != NULL;
}
