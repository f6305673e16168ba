/* gateway/config_vouching.c: what other regions are told of who asks. The key is read here, once: a
 * reload reads it again. */
#include "gateway/config_vouching.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"

static void free_key(void *with)
{
	certificate_key_free(with);
}

static void free_certificates(void *with)
{
	certificates_free(with);
}

static void check_term(struct config_making *m, struct config_place place, const char *path,
		       struct x509_st *const *all)
{
	const char *why = NULL;
	if (certificates_hold_today(all, &why))
		return;
	config_fault_add(m->faults, place,
			 "give the other regions a new certificate, and put it there",
			 "region assertion-certificate %s: %s", path, why);
	config_fault_tolerate(m->faults);
}

void config_vouching_set(struct config_making *m, const struct config_section *sections,
			 const struct region_keys *k, struct region *r)
{
	const struct config_section *s = config_section_next(sections, SECTION_REGION);
	struct config_place none = { 0 };
	struct config_place place = s == NULL
					    ? none
					    : config_place_of(s, "assertion-certificate", s->place);
	struct assertion_signer *ours = &r->assertions.ours;
	struct x509_st **all = arena_array(m->arena, struct x509_st *, 2);
	struct evp_pkey_st *key = NULL;
	const char *why = NULL;
	ours->entity_id = k->assertion_entity_id != NULL ? k->assertion_entity_id
							 : k->home_community_id;
	ours->home_community = k->home_community_id;
	if (k->assertion_certificate == NULL)
		return;
	if (!certificate_of_signer(k->assertion_certificate, &all[0], &key, &why)) {
		config_fault_of_file(m, place, "region", "assertion-certificate",
				     k->assertion_certificate, why);
		ours->certificate = ""; /* it was told */
		return;
	}
	arena_at_end(m->arena, free_key, key);
	arena_at_end(m->arena, free_certificates, all);
	ours->key = key;
	ours->certificate = certificate_text(m->arena, k->assertion_certificate);
	check_term(m, place, k->assertion_certificate, all);
}

/* ---- Of a partner ---- */

static const char *without_blanks(struct arena *a, const char *from, const char *to)
{
	return text_trimmed(a, arena_text_n(a, from, (size_t)(to - from)));
}

/* CODE^OID */
static bool read_code(struct arena *a, const char *text, const char **code, const char **scheme)
{
	const char *caret = strchr(text, '^');
	if (caret == NULL || caret == text || !text_is_oid(caret + 1))
		return false;
	*code = arena_text_n(a, text, (size_t)(caret - text));
	*scheme = caret + 1;
	return true;
}

static bool read_row(struct arena *a, const char *text, struct purpose_row *out)
{
	const char *arrow = strchr(text, '>');
	return arrow != NULL
	       && read_code(a, without_blanks(a, text, arrow), &out->code, &out->scheme)
	       && read_code(a, without_blanks(a, arrow + 1, arrow + strlen(arrow)), &out->becomes,
			    &out->becomes_scheme);
}

/* What was read of a row that is none ends nothing. */
static const struct purpose_row *set_purposes(struct config_making *m,
					      const struct config_section *s, const char *key,
					      const char *const *words)
{
	struct config_place place = config_place_of(s, key, s->place);
	size_t count = 0, n = 0;
	while (words != NULL && words[count] != NULL)
		count++;
	if (words == NULL)
		return NULL;
	struct purpose_row *rows = arena_array(m->arena, struct purpose_row, count + 1);
	for (const char *const *word = words; *word != NULL; word++) {
		struct purpose_row row = { .code = NULL };
		if (!read_row(m->arena, *word, &row))
			config_fault_add(m->faults, place,
					 "write CODE^OID > CODE^OID, such as "
					 "TREAT^2.16.840.1.113883.5.8 > "
					 "TREATMENT^2.16.840.1.113883.3.18.7.1",
					 "%s of partner %s: \"%s\" is no row", key, s->title,
					 *word);
		else if (purpose_row_of(rows, row.code, row.scheme) != NULL)
			config_fault_add(m->faults, place, "leave one of them",
					 "%s of partner %s: %s^%s has two rows", key, s->title,
					 row.code, row.scheme);
		else
			rows[n++] = row;
	}
	return rows;
}

static void refuse_for_others(struct config_making *m, const struct config_section *s)
{
	static const char *const keys[] = { "assertion-audience", "assertion-confirmation",
					    "emergency-reason", "purposes-out", "purposes-in" };
	for (size_t i = 0; i < COUNT(keys); i++)
		if (config_entry_of(s, keys[i]) != NULL)
			config_fault_add(m->faults, config_place_of(s, keys[i], s->place),
					 "leave it away, or add community to what it is for",
					 "partner %s has %s, and is not for community", s->title,
					 keys[i]);
}

/* Who is told of nobody is told of nothing about him. */
static void refuse_unsigned(struct config_making *m, const struct config_section *s)
{
	static const char *const keys[] = { "assertion-confirmation", "emergency-reason",
					    "purposes-out" };
	for (size_t i = 0; i < COUNT(keys); i++)
		if (config_entry_of(s, keys[i]) != NULL)
			config_fault_add(m->faults, config_place_of(s, keys[i], s->place),
					 "leave it away, or write assertion-audience",
					 "partner %s has %s, and is sent no assertion", s->title,
					 keys[i]);
}

void config_vouching_partner(struct config_making *m, const struct config_section *s,
			     const struct partner_keys *k, const struct region *r,
			     struct partner *p)
{
	p->purposes_out = set_purposes(m, s, "purposes-out", k->purposes_out);
	p->purposes_in = set_purposes(m, s, "purposes-in", k->purposes_in);
	if (p->emergency_reason == NULL)
		p->emergency_reason = r->assertions.reason_attribute;
	if (k->confirmation == CONFIRMATION_HOLDER_OF_KEY && p->identity.certificate != NULL)
		p->assertion_holder = certificate_text(m->arena, p->identity.certificate);
	if ((p->purposes & 1u << PARTNER_COMMUNITY) == 0)
		refuse_for_others(m, s);
	else if (p->assertion_audience == NULL)
		refuse_unsigned(m, s);
	else if (r->assertions.ours.certificate == NULL)
		config_fault_add(m->faults, config_place_of(s, "assertion-audience", s->place),
				 "write region assertion-certificate, or leave it away",
				 "partner %s is to be sent assertions, and the region has no "
				 "assertion-certificate that can sign them",
				 p->name);
}
