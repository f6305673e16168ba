/* gateway/operator/region_partner.c: another region becomes a partner of this one, in its files. */
#include "gateway/operator/region_partner.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/conf_writer.h"
#include "gateway/operator/owned_file.h"
#include "gateway/operator/region_inside.h"

enum { CERTIFICATES_MOST = 32 };

bool region_read_certificates(const char *path, struct arena *a, struct bytes *out,
			      struct problem *p)
{
	FILE *f = regular_stream(path);
	if (f == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, path, "cannot read %s: %s", path,
				  regular_why(errno));
	BIO *text = BIO_new(BIO_s_mem());
	unsigned count = 0;
	bool whole = text != NULL;
	X509 *x;
	char *data = NULL;
	while (whole && count <= CERTIFICATES_MOST
	       && (x = PEM_read_X509(f, NULL, NULL, (void *)"")) != NULL) {
		whole = PEM_write_bio_X509(text, x) == 1;
		X509_free(x);
		count++;
	}
	ERR_clear_error(); /* the end of the file is one */
	fclose(f);
	long size = whole ? BIO_get_mem_data(text, &data) : 0;
	struct buffer copy = buffer_in(a);
	buffer_append(&copy, data, size > 0 ? (size_t)size : 0);
	*out = buffer_bytes(&copy);
	BIO_free(text);
	return (whole && count > 0 && count <= CERTIFICATES_MOST)
	       || problem_at(p, PROBLEM_REQUEST_INVALID, path, "%s has no certificate, or too many",
			     path);
}

/* ---- Adding ---- */

struct adding {
	struct arena *arena;
	struct problem *problem;
	const char *configuration;
	const struct community *community;
	const char *made[3]; /* files, to be taken away again */
	size_t made_count;
};

static bool is_new(struct adding *g)
{
	const struct community *k = g->community;
	const struct configuration *c = region_load(g->configuration, g->arena, g->problem);
	if (c == NULL)
		return false;
	const struct region *r = &c->region;
	const char *gateway = arena_printf(g->arena, "%s-gateway", k->name);
	const struct partner *same = region_community(r, k->home_community_id);
	bool new = true;
	if (region_partner(r, k->name) != NULL)
		new = problem_set(g->problem, PROBLEM_CONFLICT,
				  "a partner named %s is there already", k->name);
	else if (same != NULL)
		new = problem_set(g->problem, PROBLEM_CONFLICT, "%s is partner %s already",
				  k->home_community_id, same->name);
	else if (k->trust.client.length > 0 && region_system(r, gateway) != NULL)
		new = problem_set(g->problem, PROBLEM_CONFLICT,
				  "a system named %s is registered already", gateway);
	config_release(c);
	return new;
}

/* The key and the file it names; nothing where there are no certificates. */
static bool put_file(struct adding *g, struct buffer *text, const char *key, const char *what,
		     struct bytes certificates)
{
	if (certificates.length == 0)
		return true;
	const char *relative = arena_printf(g->arena, "pki/partners/%s-%s.pem", g->community->name,
					    what);
	const char *file = region_beside(g->arena, g->configuration, relative);
	if (!conf_write_file(file, certificates, 0644, g->problem))
		return false;
	g->made[g->made_count++] = file;
	conf_write_line(text, key, relative);
	return true;
}

static bool write_partner(struct adding *g, struct buffer *text)
{
	const struct community *k = g->community;
	buffer_printf(text, "\npartner \"%s\" {\n", k->name);
	conf_write_line(text, "url", k->url);
	buffer_text(text, "\tfor = {\"community\"}\n");
	conf_write_line(text, "home-community-id", k->home_community_id);
	conf_write_line(text, "query-url", k->query_url);
	conf_write_line(text, "retrieve-url", k->retrieve_url);
	conf_write_line(text, "submit-url", k->submit_url);
	if (!put_file(g, text, "ca", "ca", k->trust.ca)
	    || !put_file(g, text, "server-certificate", "server", k->trust.server))
		return false;
	buffer_text(text, "}\n");
	return true;
}

static bool write_gateway(struct adding *g, struct buffer *text)
{
	const struct community *k = g->community;
	if (k->trust.client.length == 0)
		return true;
	buffer_printf(text, "system \"%s-gateway\" {\n", k->name);
	conf_write_line(text, "title", k->title);
	conf_write_line(text, "community", k->name);
	bool put = put_file(g, text, "certificate", "gateway", k->trust.client);
	buffer_text(text, "}\n");
	return put;
}

bool region_add_community(const char *given, const struct community *k, struct arena *a,
			  struct problem *p)
{
	struct adding g = { .arena = a, .problem = p, .community = k };
	struct buffer text = buffer_in(a);
	g.configuration = config_real_path(a, given);
	const char *directory = region_beside(a, g.configuration, "pki/partners");
	if (!is_new(&g) || !region_read_text(g.configuration, &text, p))
		return false;
	bool done = owned_directory_make(directory, 0755) || errno == EEXIST
		    || problem_at(p, PROBLEM_INTERNAL, directory, "could not make it: %s",
				  strerror(errno));
	done = done && write_partner(&g, &text) && write_gateway(&g, &text)
	       && region_replace(g.configuration, buffer_bytes(&text), a, p);
	while (!done && g.made_count > 0)
		unlink(g.made[--g.made_count]);
	return done;
}

/* ---- Other certificates ---- */

static bool says(const struct configuration *c, const char *name, const char *key)
{
	const struct config_value wanted = { .section = "partner", .title = name, .key = key };
	return config_value_of(c->values, &wanted) != NULL;
}

struct exchanging {
	const char *configuration, *file, *fresh, *before;
	bool (*fits)(const char *path, const char **why);
};

/* What was before takes its place again where the configuration does not hold with it: its gateway
 * may be from who is believed no more. */
static bool take_place(const struct exchanging *e, struct arena *a, struct problem *p)
{
	if (link(e->file, e->before) != 0 || rename(e->fresh, e->file) != 0)
		return problem_at(p, PROBLEM_INTERNAL, e->file, "could not replace it: %s",
				  strerror(errno));
	const struct configuration *c = region_load(e->configuration, a, p);
	config_release(c);
	if (c == NULL && rename(e->before, e->file) != 0)
		problem_at(p, PROBLEM_INTERNAL, e->file, "what it was is in %s", e->before);
	return c != NULL;
}

static bool exchange_file(struct exchanging *e, struct bytes certificates, struct arena *a,
			  struct problem *p)
{
	const char *why = NULL;
	e->fresh = arena_printf(a, "%s.new", e->file);
	e->before = arena_printf(a, "%s.before", e->file);
	if (!conf_write_file(e->fresh, certificates, 0644, p))
		return false;
	bool done = (e->fits(e->fresh, &why)
		     || problem_at(p, PROBLEM_REQUEST_INVALID, e->file,
				   "it cannot take its place: %s", why))
		    && take_place(e, a, p);
	unlink(e->fresh);
	if (p->code != PROBLEM_INTERNAL)
		unlink(e->before);
	return done;
}

bool region_trust_partner(const char *given, const char *name, const struct community_trust *trust,
			  struct arena *a, struct problem *p)
{
	const char *path = config_real_path(a, given);
	const struct configuration *c = region_load(path, a, p);
	if (c == NULL)
		return false;
	bool by_ca = trust->ca.length > 0, done = false;
	const char *key = by_ca ? "ca" : "server-certificate";
	const struct partner *partner = region_partner(&c->region, name);
	struct exchanging e = { .configuration = path,
				.file = partner == NULL ? NULL : partner->identity.ca,
				.fits = by_ca ? certificate_authorities : certificate_of_partner };
	if (partner == NULL)
		problem_at(p, PROBLEM_NOT_FOUND, name, "no partner is called so");
	else if (!says(c, name, key))
		problem_at(p, PROBLEM_CONFLICT, name,
			   "its section says no %s: write one there by hand first", key);
	else
		done = exchange_file(&e, by_ca ? trust->ca : trust->server, a, p);
	config_release(c);
	return done;
}
