/* gateway/config_doors.c: sections become doors: what each serves, to whom, and what must hold
 * between them. One port is one door's; where no certificate is insisted on, something is to be had
 * without one. */
#include "gateway/config_doors.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"
#include "gateway/config_region.h"
#include "gateway/transport/ocsp.h"
#include "profiles/transaction.h"

/* It stands in the door's refusals, beside limit and key (transport: REASON). */
enum { DOOR_NAME_MOST = 32 };

/* The first import of a hospital's storage takes hours; the operator may wait for it. */
enum {
	OPERATOR_WAITS = 7 * 24 * 60 * 60,
	OPERATOR_BRINGS = 8 << 20 /* octets: the longest of his requests, and some */
};

static const struct {
	const char *word;
	enum door_service service;
} services[] = {
	{ "transactions", SERVES_TRANSACTIONS },
	{ "health", SERVES_HEALTH },
	{ "metrics", SERVES_METRICS },
	{ "operator", SERVES_OPERATOR },
};

const char *config_door_services(struct arena *a, const struct config_door *d)
{
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < COUNT(services); i++)
		if ((d->serves & services[i].service) != 0)
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : ", ", services[i].word);
	return buffer_ended(&b);
}

static unsigned services_of(const char *const *words)
{
	unsigned all = 0;
	for (; words != NULL && *words != NULL; words++)
		for (size_t i = 0; i < COUNT(services); i++)
			if (text_equal(*words, services[i].word))
				all |= services[i].service;
	return all;
}

bool config_door_serves_anybody(const struct config_door *d)
{
	enum dialect dialect = d->kind == DOOR_MLLP     ? DIALECT_HL7V2
			       : d->kind == DOOR_SYSLOG ? DIALECT_SYSLOG
							: DIALECT_SOAP;
	if ((d->serves & (SERVES_HEALTH | SERVES_METRICS)) != 0)
		return true;
	for (size_t i = 0; (d->serves & SERVES_TRANSACTIONS) != 0 && transactions[i] != NULL; i++)
		if (transactions[i]->dialect == dialect
		    && transactions[i]->demands == DEMAND_NOBODY)
			return true;
	return false;
}

const struct config_door *config_door_named(const struct configuration *c, const char *name)
{
	const struct config_door *const *d = c->doors;
	while (*d != NULL && !text_equal((*d)->name, name))
		d++;
	return *d;
}

/* ---- From sections to doors ---- */

static const struct {
	enum config_section_number section;
	enum door_kind kind;
} kinds[] = {
	{ SECTION_HTTPS, DOOR_HTTPS },    { SECTION_MLLP, DOOR_MLLP },
	{ SECTION_ADMIN, DOOR_ADMIN },    { SECTION_HTTPS_DOOR, DOOR_HTTPS },
	{ SECTION_MLLP_DOOR, DOOR_MLLP }, { SECTION_SYSLOG_DOOR, DOOR_SYSLOG },
};

/* s NULL: all defaults. */
static void set_door(struct config_making *m, enum config_section_number n, enum door_kind kind,
		     const struct config_section *s, struct config_place file,
		     const struct configuration *c, struct config_door *d)
{
	const char *title = s == NULL ? NULL : s->title;
	config_section_set(m, &config_sections[n], s, file, d);
	d->kind = kind;
	d->name = title == NULL ? door_kind_name(kind) : arena_text(m->arena, title);
	d->section = title == NULL
			     ? config_sections[n].name
			     : arena_printf(m->arena, "%s %s", config_sections[n].name, title);
	d->serves = kind == DOOR_ADMIN                         ? SERVES_HEALTH | SERVES_METRICS
		    : kind == DOOR_MLLP || kind == DOOR_SYSLOG ? SERVES_TRANSACTIONS
							       : services_of(d->served);
	d->tls.clients = (enum client_certificates)d->client_certificates;
	d->tls.more = kind == DOOR_HTTPS ? &c->gateways : NULL;
	d->tls.ocsp_every = d->limits.recheck_seconds;
}

/* HTTP on a local socket: the admin door's limits, and more time; and room for a request that
 * brings a file along, for how long each may be is held by the road (gateway/admin_road.c). */
static void set_local(struct configuration *c)
{
	c->local = (struct config_door){ .kind = DOOR_LOCAL,
					 .name = door_kind_name(DOOR_LOCAL),
					 .section = c->admin.section,
					 .limits = c->admin.limits,
					 .serves = SERVES_OPERATOR };
	c->local.limits.total_seconds = OPERATOR_WAITS;
	if (c->local.limits.body < OPERATOR_BRINGS)
		c->local.limits.body = OPERATOR_BRINGS;
}

void config_doors_set(struct config_making *m, const struct config_section *sections,
		      struct config_place file, struct configuration *c)
{
	struct config_door *const once[] = { &c->https, &c->mllp, &c->admin };
	size_t count = 0, more = config_section_count(sections, SECTION_HTTPS_DOOR)
				 + config_section_count(sections, SECTION_MLLP_DOOR)
				 + config_section_count(sections, SECTION_SYSLOG_DOOR);
	struct config_door *others = arena_array(m->arena, struct config_door, more + 1);
	const struct config_door **all = arena_array(m->arena, const struct config_door *,
						     COUNT(once) + more + 2);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct config_section *s = config_section_next(sections, kinds[i].section);
		if (i < COUNT(once)) {
			set_door(m, kinds[i].section, kinds[i].kind, s, file, c, once[i]);
			all[count++] = once[i];
			continue;
		}
		for (; s != NULL; s = config_section_next(s->next, kinds[i].section)) {
			set_door(m, kinds[i].section, kinds[i].kind, s, file, c, others);
			all[count++] = others++;
		}
	}
	set_local(c);
	all[count] = &c->local;
	c->doors = all;
}

const char *const *config_authorities(struct arena *a, const struct configuration *c, size_t *count)
{
	size_t doors = 0;
	while (c->doors[doors] != NULL)
		doors++;
	const char **files = arena_array(a, const char *, doors + c->region.partner_count);
	*count = 0;
	for (size_t i = 0; i < doors; i++)
		if (c->doors[i]->tls.ca != NULL && c->doors[i]->tls.clients != CERTIFICATES_NONE)
			files[(*count)++] = c->doors[i]->tls.ca;
	for (const struct tls_more_authorities *m = c->gateways; m != NULL; m = m->next)
		files[(*count)++] = m->ca;
	return files;
}

/* ---- What must hold ---- */

struct checking {
	struct config_making *m;
	const struct config_section *sections;
	struct config_place file;
	const struct configuration *configuration;
	const struct config_door *door;
};

static const struct config_section *section_of(const struct checking *k,
					       const struct config_door *d)
{
	for (const struct config_section *s = k->sections; s != NULL; s = s->next)
		for (size_t i = 0; i < COUNT(kinds); i++)
			if (s->kind == &config_sections[kinds[i].section]
			    && kinds[i].kind == d->kind
			    && (s->title == NULL ? text_equal(d->section, s->kind->name)
						 : text_equal(d->name, s->title)))
				return s;
	return NULL;
}

static struct config_place place_of(const struct checking *k, const struct config_door *d,
				    const char *key)
{
	return config_place_of(section_of(k, d), key, k->file);
}

static void tell_file(const struct checking *k, const char *key, const char *path, const char *why)
{
	config_fault_of_file(k->m, place_of(k, k->door, key), k->door->section, key, path, why);
}

static void check_revocations(const struct checking *k)
{
	const struct tls_profile_paths *t = &k->door->tls;
	const char *why;
	if (!certificate_revocations(t->crl, t->ca, &why)) {
		tell_file(k, "crl", t->crl, why);
	} else if (certificate_revocations_are_old(t->crl)) {
		tell_file(k, "crl", t->crl,
			  "a list in it should have been replaced by now; nobody it is about can "
			  "connect");
		config_fault_tolerate(k->m->faults);
	}
}

/* Who is not asked for a certificate is not checked either: a file that says how would only look
 * as if. */
static void refuse_what_is_not_read(const struct checking *k)
{
	static const char *const keys[] = { "ca", "crl", "ocsp" };
	const struct config_section *s = section_of(k, k->door);
	for (size_t i = 0; i < COUNT(keys); i++)
		if (config_entry_of(s, keys[i]) != NULL)
			config_fault_add(k->m->faults, config_entry_of(s, keys[i])->place,
					 "remove it, or say client-certificates = optional",
					 "%s %s: this door asks nobody for a certificate",
					 k->door->section, keys[i]);
}

/* Asked as it stands: nothing is followed, and nobody in between. */
static void check_responder(const struct checking *k)
{
	const char *url = k->door->tls.ocsp_responder;
	if (url != NULL && !ocsp_url_fits(url))
		config_fault_add(k->m->faults, place_of(k, k->door, "ocsp-responder"),
				 "write http://HOST, http://HOST:PORT or http://HOST:PORT/PATH, "
				 "without user or fragment",
				 "%s ocsp-responder: \"%s\" is no address of a responder",
				 k->door->section, url);
}

/* Of what has run out the way is known. */
static void tell_certificate(const struct checking *k, const char *path, const char *why)
{
	const char *ignored;
	if (!text_equal(path, k->configuration->https.tls.certificate)
	    || certificate_holds_today(path, false, &ignored))
		tell_file(k, "certificate", path, why);
	else
		config_fault_add(k->m->faults, place_of(k, k->door, "certificate"),
				 "minato region renew makes the next one; or name a PEM file that "
				 "fits",
				 "%s certificate, %s: %s", k->door->section, path, why);
}

static void check_files(const struct checking *k)
{
	const struct tls_profile_paths *t = &k->door->tls;
	const char *why;
	if (t->certificate != NULL
	    && !certificate_with_key(t->certificate, t->ca, CERTIFICATE_OF_SERVER, &why))
		tell_certificate(k, t->certificate, why);
	check_responder(k);
	if (t->clients == CERTIFICATES_NONE) {
		refuse_what_is_not_read(k);
		return;
	}
	if (t->ca != NULL && !certificate_authorities(t->ca, &why))
		tell_file(k, "ca", t->ca, why);
	if (t->crl != NULL)
		check_revocations(k);
}

/* Whom datagrams are taken of is compared as text. */
static void check_datagram_sources(struct config_making *m, const struct config_section *s,
				   struct config_place file, const struct config_syslog_udp *udp)
{
	for (const char *const *one = udp->sources; one != NULL && *one != NULL; one++) {
		unsigned char address[sizeof(struct in6_addr)];
		char text[INET6_ADDRSTRLEN] = "";
		int family = strchr(*one, ':') == NULL ? AF_INET : AF_INET6;
		if (inet_pton(family, *one, address) == 1)
			inet_ntop(family, address, text, sizeof text);
		if (!text_equal(text, *one))
			config_fault_add(m->faults, config_place_of(s, "sources", file),
					 "write numeric addresses in their usual form, such as "
					 "192.0.2.7 or 2001:db8::7",
					 "syslog-udp sources: '%s' is no such address", *one);
	}
}

/* A door that insists on nothing must have something for who shows nothing. */
static void check_clients(const struct checking *k)
{
	static const char *const words[] = { "required", "optional", "none" };
	const struct config_door *d = k->door;
	if (d->tls.clients == CERTIFICATES_REQUIRED || config_door_serves_anybody(d))
		return;
	config_fault_add(
		k->m->faults, place_of(k, d, "client-certificates"),
		d->kind == DOOR_HTTPS
			? "say client-certificates = required, or let it serve health or "
			  "metrics"
			: "say client-certificates = required",
		"%s client-certificates = %s: whoever shows none could use nothing of what "
		"it serves",
		d->section, words[d->tls.clients]);
}

static bool is_everywhere(const char *address)
{
	return text_equal(address, "0.0.0.0") || text_equal(address, "::");
}

static bool same_place(const struct config_door *a, const struct config_door *b)
{
	return a->port != 0 && a->port == b->port && a->address != NULL && b->address != NULL
	       && (text_equal(a->address, b->address) || is_everywhere(a->address)
		   || is_everywhere(b->address));
}

static void check_beside_others(const struct checking *k)
{
	const struct config_door *d = k->door;
	for (const struct config_door *const *o = k->configuration->doors; *o != d; o++) {
		if (same_place(*o, d))
			config_fault_add(k->m->faults, place_of(k, d, "port"),
					 "give each door a port of its own",
					 "%s and %s have the same port, %u", (*o)->section,
					 d->section, d->port);
		if (text_equal((*o)->name, d->name) && !text_equal((*o)->section, d->section))
			config_fault_add(k->m->faults, place_of(k, d, NULL),
					 "give each door a name of its own",
					 "%s has the name of the door of section %s", d->section,
					 (*o)->section);
	}
}

static void check_name(const struct checking *k)
{
	const struct config_door *d = k->door;
	const struct config_section *s = section_of(k, d);
	if (s == NULL || s->title == NULL)
		return;
	if (!config_plain_name(d->name) || strlen(d->name) > DOOR_NAME_MOST)
		config_fault_add(k->m->faults, s->place,
				 "name it with a-z, 0-9 and -, 32 at most, such as monitoring",
				 "\"%s\" cannot be the name of a door", d->name);
	if (text_equal(d->name, k->configuration->local.name))
		config_fault_add(k->m->faults, s->place, "give it another name",
				 "%s has the name of the operator's socket", d->section);
}

static void check_loopback(const struct checking *k)
{
	const char *address = k->door->address;
	if (k->door->kind == DOOR_ADMIN && address != NULL && !text_starts(address, "127.")
	    && !text_equal(address, "::1"))
		config_fault_add(
			k->m->faults, place_of(k, k->door, "address"),
			"write 127.0.0.1 or ::1; for others open an https-door that serves "
			"health and metrics",
			"the admin door has no authentication, so it cannot listen on %s", address);
}

void config_doors_check(struct config_making *m, const struct config_section *sections,
			struct config_place file, const struct configuration *c)
{
	struct checking k = { m, sections, file, c, NULL };
	check_datagram_sources(m, config_section_next(sections, SECTION_SYSLOG_UDP), file,
			       &c->syslog_udp);
	for (const struct config_door *const *d = c->doors; *d != &c->local; d++) {
		k.door = *d;
		if (k.door->kind != DOOR_ADMIN) {
			check_files(&k);
			check_clients(&k);
		}
		check_name(&k);
		check_beside_others(&k);
		check_loopback(&k);
	}
}
