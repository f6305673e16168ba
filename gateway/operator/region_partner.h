/* gateway/operator/region_partner.h: another region becomes a partner of this one, in its files.
 *
 * What is said of it comes from its own description (partner_description.h) or from the operator.
 * Certificates are copied to pki/partners; the configuration is replaced when the result is valid,
 * and otherwise nothing has changed. */
#ifndef GATEWAY_OPERATOR_REGION_PARTNER_H
#define GATEWAY_OPERATOR_REGION_PARTNER_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;

/* PEM texts: certificates, and nothing else. Of ca and server one; length 0: none. */
struct community_trust {
	struct bytes ca;     /* authorities, of its servers and of its gateways */
	struct bytes server; /* its server's own certificate */
	struct bytes client; /* its gateway's, by which it asks us; none: it does not ask yet */
};

struct community {
	const char *name;  /* of the partner; its system is NAME-gateway */
	const char *title; /* of the region, for people */
	const char *home_community_id;
	const char *url, *query_url, *retrieve_url, *submit_url; /* all but url may be NULL */
	struct community_trust trust;
};

bool region_add_community(const char *configuration, const struct community *c, struct arena *a,
			  struct problem *p);
/* What a partner is known by from now on: what is given takes the place of what was. */
bool region_trust_partner(const char *configuration, const char *name,
			  const struct community_trust *trust, struct arena *a, struct problem *p);
/* The certificates of a PEM file, and nothing else that is in it. */
bool region_read_certificates(const char *path, struct arena *a, struct bytes *out,
			      struct problem *p);

#endif
