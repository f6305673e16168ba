/* gateway/operator/demo_neighbour.c: the demo's second region: made, started, and befriended with
 * the first. */
#include "gateway/operator/demo_neighbour.h"

#include <signal.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/demo_watch.h"
#include "gateway/operator/partner_description.h"
#include "gateway/operator/region_partner.h"

static const char hospital[] = "e-hospital";

static const struct configuration *load(const struct demo_region *r, struct problem *p)
{
	const struct config_fault *faults = NULL;
	const char *path = demo_region_file(r, "minato.conf");
	const struct configuration *c = config_load(path, r->arena, &faults);
	if (c == NULL)
		problem_at(p, PROBLEM_CONFIGURATION, path, "%s cannot be read", path);
	return c;
}

/* ---- Its hospital ---- */

static bool know(struct demo_neighbour *n, struct problem *p)
{
	struct arena *a = n->region.arena;
	unsigned https = 0, mllp = 0;
	const struct configuration *c = load(&n->region, p);
	if (c == NULL)
		return false;
	n->admin = (struct demo_admin){ a, arena_text(a, c->service.socket) };
	const struct registered_system *s = region_system(&c->region, hospital);
	const struct assigning_authority *d = region_domain(&c->region, s->domains[0], NULL);
	n->hospital = (struct demo_node){
		.arena = a,
		.clock = n->region.clock,
		.random = &system_random,
		.name = hospital,
		.title = arena_text(a, s->title),
		.institution_code = arena_text(a, s->institution_code),
		.domain = arena_text(a, s->domains[0]),
		.namespace_id = arena_text(a, d->namespace_id),
		.identity = { .ca = demo_region_file(&n->region, "pki/ca.pem"),
			      .certificate = demo_region_file(&n->region,
							      "pki/clients/e-hospital.pem") },
	};
	config_release(c);
	bool found = demo_admin_doors(&n->admin, &https, &mllp, p);
	n->hospital.https_port = https;
	n->hospital.mllp_port = mllp;
	return found;
}

/* ---- Partners ---- */

struct side {
	const struct demo_region *region;
	unsigned https;
	const char *called; /* by the other */
};

/* By its own signed description, and the fingerprint its operator tells on the telephone. */
static bool introduce(const struct side *who, const struct side *to, struct problem *p)
{
	struct arena *a = to->region->arena;
	struct community k = { .name = NULL };
	struct bytes file;
	char sha256[CERTIFICATE_SHA256_TEXT], signer[SIGNED_FILE_SHA256];
	const char *why = NULL, *url = arena_printf(a, "https://localhost:%u", who->https);
	const struct configuration *c = load(who->region, p);
	if (c == NULL)
		return false;
	bool done = partner_description_write(c, url, c->https.tls.ca,
					      who->region->clock->now(who->region->clock), a, &file,
					      p)
		    && (certificate_sha256(c->https.tls.certificate, sha256, &why)
			|| problem_set(p, PROBLEM_CONFIGURATION, "%s", why))
		    && partner_description_read(file, sha256, a, &k, signer, p);
	config_release(c);
	k.name = who->called;
	return done && region_add_community(demo_region_file(to->region, "minato.conf"), &k, a, p);
}

static bool tells_of_reload(void *with, const char *line)
{
	return strstr(line, with) != NULL;
}

static bool reload(const struct demo_region *r, struct problem *p)
{
	char words[] = "configuration reloaded";
	const char *log = demo_region_file(r, "minatod.log");
	return (kill(r->daemon.pid, SIGHUP) == 0 && demo_watch(log, tells_of_reload, words))
	       || problem_at(p, PROBLEM_INTERNAL, log,
			     "the other region was not taken for a partner; read %s", log);
}

bool demo_neighbour_begin(struct demo_neighbour *n, const struct demo_region *here, unsigned https,
			  struct problem *p)
{
	if (!demo_region_make_beside(&n->region, here, p) || !demo_region_start(&n->region, p)
	    || !know(n, p))
		return false;
	const struct side ours = { here, https, DEMO_HERE },
			  theirs = { &n->region, n->hospital.https_port, DEMO_THERE };
	return introduce(&ours, &theirs, p) && introduce(&theirs, &ours, p) && reload(here, p)
	       && reload(&n->region, p);
}
