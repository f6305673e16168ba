/* gateway/config_partner.c: sections become partners: where each is, and by what it is known. */
#include "gateway/config_partner.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"
#include "gateway/config_community.h"
#include "gateway/config_region.h"
#include "gateway/config_vouching.h"
#include "gateway/nearest.h"
#include "store/errands.h"

enum { TOLD = 1u << PARTNER_PIX_NOTIFICATIONS };

/* Digits behind a colon, as a port there is. */
static bool is_port(const char *digits, size_t length)
{
	unsigned port = 0;
	for (size_t i = 0; i < length; i++) {
		if (digits[i] < '0' || digits[i] > '9' || port > 65535)
			return false;
		port = port * 10 + (unsigned)(digits[i] - '0');
	}
	return port > 0 && port <= 65535;
}

/* HOST or HOST:PORT, where HOST may be [ADDRESS]; nobody is named before an @ (RFC 3986 3.2). */
static bool is_authority(const char *text, size_t length)
{
	const char *end = text + length, *colon = text;
	if (length > 0 && *text == '[') {
		const char *close = memchr(text, ']', length);
		if (close == NULL || close == text + 1)
			return false;
		colon = close + 1;
	} else {
		while (colon < end && *colon != ':')
			colon++;
	}
	if (colon == text || memchr(text, '@', length) != NULL)
		return false;
	return colon == end || (*colon == ':' && is_port(colon + 1, (size_t)(end - colon - 1)));
}

/* A whole URL that is written one way only: no user, no fragment, nothing to be escaped. */
static bool is_url(const char *url, const char *scheme)
{
	if (!text_starts(url, scheme) || strlen(url) > ERRAND_ADDRESS_MOST)
		return false;
	for (const char *c = url; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr("#\"<>\\^`{|}", *c) != NULL)
			return false;
	const char *host = url + strlen(scheme);
	return is_authority(host, strcspn(host, "/?"));
}

bool config_is_https(const char *url)
{
	return is_url(url, "https://");
}

/* MLLP has no port that everybody knows, and no path. */
static bool is_mllps(const char *url)
{
	const char *colon = strrchr(url, ':');
	return is_url(url, "mllps://") && strpbrk(url + strlen("mllps://"), "/?") == NULL
	       && is_port(colon + 1, strlen(colon + 1));
}

/* Who is told of changes is told by either dialect; everything else goes by https. What waits for
 * it is counted as its notices (gateway/metrics.c), so that it is for nothing else. */
static void check_notified(struct config_making *m, const struct config_section *s,
			   const struct partner *p)
{
	bool by_mllp = p->url != NULL && partner_by_mllp(p->url);
	if ((p->purposes & ~TOLD) != 0)
		config_fault_add(m->faults, config_place_of(s, "for", s->place),
				 "make another partner for pix-notifications",
				 "partner %s is for pix-notifications and for something else",
				 p->name);
	else if (p->url != NULL && !is_mllps(p->url) && !config_is_https(p->url))
		config_fault_add(m->faults, config_place_of(s, "url", s->place),
				 "write https://HOST:PORT/PATH, for HL7 v3, or mllps://HOST:PORT, "
				 "for HL7 v2, of at most 360 octets, without user or fragment",
				 "url \"%s\" of partner %s is not one", p->url, p->name);
	else if (p->url != NULL && !by_mllp && p->device_id == NULL)
		config_fault_add(m->faults, s->place,
				 "write device-id, the OID of the application that is told",
				 "partner %s is told by HL7 v3, and has no device-id", p->name);
	else if (by_mllp && p->device_id != NULL)
		config_fault_add(m->faults, config_place_of(s, "device-id", s->place),
				 "leave it away, or write a url of https",
				 "partner %s has a device-id, and is told by HL7 v2", p->name);
}

static void check_url(struct config_making *m, const struct config_section *s,
		      const struct partner *p)
{
	if (p->url != NULL && !config_is_https(p->url))
		config_fault_add(
			m->faults, config_place_of(s, "url", s->place),
			"write a whole URL, https://HOST:PORT/PATH, of at most 360 octets, "
			"without user or fragment",
			"url \"%s\" of partner %s is not one", p->url, p->name);
	if (p->device_id != NULL)
		config_fault_add(m->faults, config_place_of(s, "device-id", s->place),
				 "leave it away, or write it for pix-notifications",
				 "partner %s has a device-id, and is not for pix-notifications",
				 p->name);
}

static void check_words(struct config_making *m, const struct config_section *s,
			const struct partner *p)
{
	const char *server = p->identity.server_name;
	if (!config_plain_name(p->name))
		config_fault_add(m->faults, s->place,
				 "name it with a-z, 0-9 and -, such as b-clinic-answers",
				 "\"%s\" cannot be the name of a partner", p->name);
	if ((p->purposes & TOLD) != 0)
		check_notified(m, s, p);
	else
		check_url(m, s, p);
	if (server != NULL
	    && server[strspn(server, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")]
		       != '\0')
		config_fault_add(m->faults, config_place_of(s, "server-name", s->place),
				 "write the host's name as its certificate bears it",
				 "server-name \"%s\" of partner %s is not one", server, p->name);
}

static void set_purposes(struct partner *p, const char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		for (unsigned n = 0; n < PARTNER_PURPOSES; n++)
			if (text_equal(*words, partner_purpose_name((enum partner_purpose)n)))
				p->purposes |= 1u << n;
}

static void tell_file(struct config_making *m, const struct config_section *s, const char *key,
		      const char *path, const char *why)
{
	config_fault_add(m->faults, config_place_of(s, key, s->place),
			 "name a PEM file that fits, or mend that file", "partner %s, %s %s: %s",
			 s->title, key, path, why);
}

static void check_server_certificate(struct config_making *m, const struct config_section *s,
				     const char *path)
{
	const char *why;
	if (!certificate_of_partner(path, &why)) {
		tell_file(m, s, "server-certificate", path, why);
	} else if (!certificate_holds_today(path, false, &why)) {
		tell_file(m, s, "server-certificate", path, why);
		config_fault_tolerate(m->faults);
	}
}

/* The one that is named is taken out of its file when it is revoked. */
static void check_revocations(struct config_making *m, const struct config_section *s,
			      const struct partner_keys *k, const struct configuration *c,
			      const char *crl)
{
	const char *why;
	if (crl == NULL)
		return;
	if (k->server_certificate != NULL)
		config_fault_add(m->faults, config_place_of(s, "crl", s->place),
				 "leave it with ca, or take it out",
				 "partner %s has both crl and server-certificate", s->title);
	else if (!certificate_revocations(crl, k->ca != NULL ? k->ca : c->https.tls.ca, &why)
		 || !certificate_list_is_pem(crl, &why))
		tell_file(m, s, "crl", crl, why);
}

/* Whom we trust to be the partner, and who we are there: by default as at the https door. */
static void set_files(struct config_making *m, const struct config_section *s,
		      const struct partner_keys *k, const struct configuration *c,
		      struct partner *p)
{
	struct client_identity *i = &p->identity;
	const char *why;
	if (k->ca != NULL && k->server_certificate != NULL)
		config_fault_add(m->faults, config_place_of(s, "server-certificate", s->place),
				 "leave it with one of them",
				 "partner %s has both ca and server-certificate", p->name);
	if (k->ca != NULL && !certificate_authorities(k->ca, &why))
		tell_file(m, s, "ca", k->ca, why);
	if (k->server_certificate != NULL)
		check_server_certificate(m, s, k->server_certificate);
	check_revocations(m, s, k, c, i->crl);
	i->staple = k->ocsp != 0;
	if (i->staple && k->server_certificate != NULL)
		config_fault_add(m->faults, config_place_of(s, "ocsp", s->place),
				 "leave it with ca, or take it out",
				 "partner %s has both ocsp and server-certificate", p->name);
	i->ca = k->server_certificate != NULL ? k->server_certificate
		: k->ca != NULL               ? k->ca
					      : c->https.tls.ca;
	if (i->certificate == NULL)
		i->certificate = c->https.tls.certificate;
	if (i->certificate != NULL
	    && !certificate_with_key(i->certificate, NULL, CERTIFICATE_OF_CLIENT, &why))
		tell_file(m, s, "certificate", i->certificate, why);
}

/* An answer's address is its partner: one URL is one partner. */
static void refuse_same_url(struct config_making *m, const struct config_section *s,
			    const struct partner *all, size_t count)
{
	const struct partner *last = &all[count - 1];
	for (size_t i = 0; i + 1 < count; i++)
		if (last->url != NULL && text_equal(all[i].url, last->url))
			config_fault_add(m->faults, config_place_of(s, "url", s->place),
					 "make one partner of the two",
					 "partners %s and %s have the same url", all[i].name,
					 last->name);
}

/* A document is registered once, and a patient told once. */
static void set_only(struct config_making *m, const struct config_section *s,
		     const struct partner *p, enum partner_purpose purpose,
		     const struct partner **only)
{
	const char *name = partner_purpose_name(purpose);
	if ((p->purposes & 1u << purpose) == 0)
		return;
	if (*only != NULL)
		config_fault_add(m->faults, config_place_of(s, "for", s->place),
				 arena_printf(m->faults->arena, "leave %s with one of them", name),
				 "partners %s and %s are both for %s", (*only)->name, p->name,
				 name);
	*only = p;
}

/* A system's key names one that is not there. purpose: what it would be for. */
static void refuse_name(struct config_making *m, struct config_place place, const struct region *r,
			const char *what, const char *name, enum partner_purpose purpose)
{
	const char **names = arena_array(m->arena, const char *, r->partner_count + 1);
	for (size_t i = 0; i < r->partner_count; i++)
		names[i] = r->partners[i].name;
	const char *nearest = nearest_name(name, names, r->partner_count);
	if (strstr(name, "://") != NULL)
		config_fault_add(m->faults, place,
				 arena_printf(m->faults->arena,
					      "write partner NAME { url = \"%s\" for = {%s} }, and "
					      "here its NAME",
					      name, partner_purpose_name(purpose)),
				 "%s: \"%s\" is an address, not a partner's name", what, name);
	else
		config_fault_add(m->faults, place,
				 nearest == NULL
					 ? "add a section: partner NAME { ... }"
					 : arena_printf(m->faults->arena,
							"write %s, if that is what you "
							"mean, or add a partner of that name",
							nearest),
				 "%s: there is no partner %s", what, name);
}

/* A partner that a system's key names is there, and is for that. */
static void check_name(struct config_making *m, const struct config_section *s, const char *key,
		       const struct region *r, const char *name, enum partner_purpose purpose)
{
	struct config_place place = config_place_of(s, key, s->place);
	const char *what = arena_printf(m->faults->arena, "%s of %s", key, s->title);
	const struct partner *p = region_partner(r, name);
	if (p == NULL)
		refuse_name(m, place, r, what, name, purpose);
	else if ((p->purposes & 1u << purpose) == 0)
		config_fault_add(m->faults, place,
				 arena_printf(m->faults->arena,
					      "add %s to what it is for, or name another",
					      partner_purpose_name(purpose)),
				 "%s: partner %s is not for %s", what, p->name,
				 partner_purpose_name(purpose));
}

static void check_named(struct config_making *m, const struct config_section *s,
			const struct region *r)
{
	const struct registered_system *asker = region_system(r, s->title);
	for (const char *const *n = asker->reply_to; n != NULL && *n != NULL; n++)
		check_name(m, s, "reply-to", r, *n, PARTNER_ANSWERS);
	for (const char *const *n = asker->consumers; n != NULL && *n != NULL; n++)
		check_name(m, s, "consumers", r, *n, PARTNER_SUBSCRIPTIONS);
	if (asker->notify != NULL)
		check_name(m, s, "notify", r, asker->notify, PARTNER_PIX_NOTIFICATIONS);
	if (asker->community != NULL) {
		check_name(m, s, "community", r, asker->community, PARTNER_COMMUNITY);
		config_community_check_system(m, s, asker);
	}
}

/* Whoever its gateway's certificate is from is believed at the doors it comes to. */
static void trust_gateway(struct config_making *m, const struct partner *p,
			  const struct partner_keys *k, struct configuration *c)
{
	if (k->ca == NULL || p->home_community_id == NULL)
		return;
	struct tls_more_authorities *more = arena_new(m->arena, struct tls_more_authorities);
	*more = (struct tls_more_authorities){ .ca = k->ca,
					       .crl = p->identity.crl,
					       .next = c->gateways };
	c->gateways = more;
}

void config_partners_set(struct config_making *m, const struct config_section *sections,
			 struct configuration *c)
{
	struct region *r = &c->region;
	struct partner *all = arena_array(m->arena, struct partner,
					  config_section_count(sections, SECTION_PARTNER) + 1);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_PARTNER)) != NULL; s = s->next) {
		struct partner_keys keys = { .partner = {
						     .name = arena_text(m->arena, s->title) } };
		struct partner *p = &all[r->partner_count++];
		config_section_set(m, s->kind, s, s->place, &keys);
		*p = keys.partner;
		p->consent_assumed = keys.consent == CONSENT_ASSUMED;
		set_purposes(p, keys.purposes);
		check_words(m, s, p);
		set_files(m, s, &keys, c, p);
		refuse_same_url(m, s, all, r->partner_count);
		set_only(m, s, p, PARTNER_REGISTRY, &r->registry);
		set_only(m, s, p, PARTNER_PATIENT_NOTICES, &r->patient_notices);
		config_vouching_partner(m, s, &keys, r, p);
		config_community_check(m, s, r, all, r->partner_count);
		trust_gateway(m, p, &keys, c);
	}
	r->partners = all;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SYSTEM)) != NULL; s = s->next)
		check_named(m, s, r);
}
