/* gateway/operator/init.c: a new region: its directory, authority, certificates and
 * configuration. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/conf_writer.h"
#include "gateway/operator/owned_file.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_files.h"

/* The picture in the founding documents; 2.999 is the arc for examples (ITU-T X.660). */
const struct facility demo_facilities[] = { { .name = "a-hospital",
					      .title = "A病院",
					      .institution_code = "1319951013",
					      .domain = "1.2.392.100495.20.3.51.11319951013",
					      .namespace_id = "A-HOSPITAL" },
					    { .name = "b-clinic",
					      .title = "B診療所",
					      .institution_code = "1319952024",
					      .domain = "1.2.392.100495.20.3.51.11319952024",
					      .namespace_id = "B-CLINIC" },
					    { .name = "c-hospital",
					      .title = "C病院",
					      .institution_code = "1319953035",
					      .domain = "1.2.392.100495.20.3.51.11319953035",
					      .namespace_id = "C-HOSPITAL" },
					    { .name = "d-pharmacy",
					      .title = "D薬局",
					      .institution_code = "1349954046",
					      .domain = "1.2.392.100495.20.3.51.11349954046",
					      .namespace_id = "D-PHARMACY" },
					    { 0 } };
/* Where 山田健一 moves to, in a trial of two regions. */
static const struct facility other_facilities[] = {
	{ .name = "e-hospital",
	  .title = "E病院",
	  .institution_code = "1419951012",
	  .domain = "1.2.392.100495.20.3.51.11419951012",
	  .namespace_id = "E-HOSPITAL" },
	{ .name = "f-clinic",
	  .title = "F診療所",
	  .institution_code = "1419952023",
	  .domain = "1.2.392.100495.20.3.51.11419952023",
	  .namespace_id = "F-CLINIC" },
	{ 0 }
};
static const struct facility no_facilities[] = { { 0 } };

enum kind { PLAIN, DEMO, NEIGHBOUR };

/* By what a region is known. */
static const struct identity {
	const char *name, *affinity_domain, *home_community_id, *repository_unique_id;
	const char *community_domain;
	const struct facility *facilities;
} identities[] = {
	[PLAIN] = { .facilities = no_facilities }, /* all else is the plan's */
	[DEMO] = { .name = "みなと地域 (demo)",
		   .affinity_domain = "2.999.1",
		   .home_community_id = "urn:oid:2.999.10",
		   .repository_unique_id = "2.999.20",
		   .community_domain = "2.999.11",
		   .facilities = demo_facilities },
	[NEIGHBOUR] = { .name = "となり地域 (demo)",
			.affinity_domain = "2.999.2.1",
			.home_community_id = "urn:oid:2.999.2.10",
			.repository_unique_id = "2.999.2.20",
			.community_domain = "2.999.2.11",
			.facilities = other_facilities },
};

static enum kind kind_of(const struct region_plan *plan)
{
	return plan->neighbour ? NEIGHBOUR : plan->demo ? DEMO : PLAIN;
}

const struct facility *region_facilities(const struct region_plan *plan)
{
	return identities[kind_of(plan)].facilities;
}

static const char anchor_key[] = "pki/private/audit-anchor.key";

struct making {
	const struct region_plan *plan;
	struct arena *arena;
	instant now;
	struct problem *problem;
};

static const char *inside(const struct making *m, const char *name)
{
	return arena_printf(m->arena, "%s/%s", m->plan->directory, name);
}

static bool refuse(const struct making *m, const char *path, int error)
{
	return problem_at(m->problem, PROBLEM_INTERNAL, path, "could not make %s: %s", path,
			  strerror(error));
}

/* Missing or empty; anything else is somebody's. */
static bool is_free(const struct making *m)
{
	const char *path = m->plan->directory;
	DIR *d = opendir(path);
	if (d == NULL)
		return errno == ENOENT
		       || problem_at(m->problem, PROBLEM_CONFLICT, path, "%s: %s", path,
				     strerror(errno));
	const char *found = NULL;
	for (struct dirent *e; found == NULL && (e = readdir(d)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			found = arena_text(m->arena, e->d_name);
	closedir(d);
	if (found == NULL)
		return true;
	if (access(inside(m, "minato.conf"), F_OK) == 0)
		return problem_at(m->problem, PROBLEM_CONFLICT, path,
				  "%s holds a region already; it has not been touched", path);
	return problem_at(m->problem, PROBLEM_CONFLICT, path,
			  "%s is not empty (%s); a region needs a directory of its own", path,
			  found);
}

static bool make_directories(const struct making *m)
{
	static const struct {
		const char *name;
		mode_t mode;
	} rows[] = {
		{ "pki", 0755 },  { "pki/private", 0700 }, { "pki/clients", 0700 },
		{ "data", 0700 }, { "audit", 0700 },
	};
	if (!owned_directory_make(m->plan->directory, 0755) && errno != EEXIST)
		return refuse(m, m->plan->directory, errno);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!owned_directory_make(inside(m, rows[i].name), rows[i].mode))
			return refuse(m, inside(m, rows[i].name), errno);
	return true;
}

static bool plain_host(const char *host)
{
	size_t length = strspn(host,
			       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	return length > 0 && host[length] == '\0' && !text_equal(host, "localhost");
}

static const char *server_names(const struct making *m)
{
	char host[256] = "";
	const char *said = m->plan->said[REGION_HOSTS];
	if (said == NULL && gethostname(host, sizeof host - 1) == 0 && plain_host(host))
		said = host;
	return region_server_names(m->arena, said);
}

static bool make_certificates(const struct making *m)
{
	struct pki_authority ca = { inside(m, "pki/ca.pem"), inside(m, "pki/private/ca.key") };
	struct pki_subject server = {
		.common_name = "Minato",
		.alternative_names = server_names(m),
		.use = PKI_SERVER,
	};
	if (!pki_signing_key_make(inside(m, anchor_key), m->problem))
		return false;
	if (!pki_authority_make(&ca,
				m->plan->neighbour ? "Minato neighbour CA" : "Minato region CA",
				m->now, m->problem)
	    || !pki_certificate_make(&ca, &server, inside(m, "pki/server.pem"), m->now, m->problem))
		return false;
	for (const struct facility *f = region_facilities(m->plan); f->name != NULL; f++) {
		struct pki_subject client = {
			.common_name = f->name,
			.organization = f->title,
			.use = PKI_CLIENT,
			.alternative_names = arena_printf(m->arena, "DNS:%s", f->name),
		};
		const char *file = arena_printf(m->arena, "%s/pki/clients/%s.pem",
						m->plan->directory, f->name);
		if (!pki_certificate_make(&ca, &client, file, m->now, m->problem))
			return false;
	}
	return true;
}

static const char *number(const struct making *m, unsigned n)
{
	return arena_printf(m->arena, "%u", n);
}

/* Made by root, where nobody else has anything: then nobody else could start it. */
static bool is_roots(const struct making *m)
{
	struct stat s;
	return geteuid() == 0
	       && (kind_of(m->plan) != PLAIN
		   || (stat(m->plan->directory, &s) == 0 && s.st_uid == 0));
}

static const char *said(const struct region_plan *plan, enum region_word w)
{
	return plan->said[w] != NULL ? plan->said[w] : region_word(w)->preset;
}

static struct identity identity_of(const struct region_plan *plan)
{
	struct identity id = identities[kind_of(plan)];
	if (kind_of(plan) != PLAIN)
		return id;
	id.name = said(plan, REGION_NAME);
	id.affinity_domain = said(plan, REGION_AFFINITY_DOMAIN);
	id.home_community_id = said(plan, REGION_HOME_COMMUNITY);
	id.repository_unique_id = said(plan, REGION_REPOSITORY);
	id.community_domain = said(plan, REGION_COMMUNITY_DOMAIN);
	return id;
}

static bool make_configuration(const struct making *m)
{
	const struct region_plan *plan = m->plan;
	const struct identity id = identity_of(plan);
	bool demo = kind_of(plan) != PLAIN;
	const struct conf_value values[] = {
		{ "region", "name", id.name },
		{ "region", "affinity-domain", id.affinity_domain },
		{ "region", "home-community-id", id.home_community_id },
		{ "region", "repository-unique-id", id.repository_unique_id },
		{ "region", "community-domain", id.community_domain },
		{ "region", "resolve-own-ids", demo ? "yes" : "no" },
		{ demo ? "" : "region", "consent-default", said(plan, REGION_CONSENT) },
		{ "https", "address", demo ? "127.0.0.1" : said(plan, REGION_ADDRESS) },
		{ "https", "port", number(m, plan->https_port) },
		{ "mllp", "address", demo ? "127.0.0.1" : said(plan, REGION_ADDRESS) },
		{ "mllp", "port", number(m, plan->mllp_port) },
		{ "admin", "port", number(m, plan->admin_port) },
		{ "audit", "anchor-key", anchor_key },
		/* A demo is one of many things on somebody's desk; a region has a machine. */
		{ demo ? "store" : "", "cache", "64MiB" },
		{ is_roots(m) ? "service" : "", "allow-root", "yes" },
		{ NULL, NULL, NULL },
	};
	struct buffer b = buffer_in(m->arena);
	conf_write(&b, values);
	for (const struct facility *f = id.facilities; f->name != NULL; f++) {
		buffer_text(&b, "\n");
		conf_write_facility(&b, f, arena_printf(m->arena, "pki/clients/%s.pem", f->name));
	}
	return conf_write_file(inside(m, "minato.conf"), buffer_bytes(&b), 0644, m->problem);
}

bool region_init(const struct region_plan *plan, struct arena *a, instant now, struct problem *p)
{
	struct making m = { plan, a, now, p };
	return is_free(&m) && make_directories(&m) && make_certificates(&m)
	       && make_configuration(&m);
}

bool region_is_free(const struct region_plan *plan, struct arena *a, struct problem *p)
{
	const struct making m = { .plan = plan, .arena = a, .problem = p };
	return is_free(&m);
}
