/* gateway/client/https_client.h: one request to another gateway or registry, over mutual TLS.
 *
 * libcurl underneath. Nothing is followed or guessed: no redirects, no proxies, only https, the
 * peer's certificate must chain to the CA given and carry the host's name or address. The answer is
 * bounded. A client keeps its connection between requests. One thread at a time per client. */
#ifndef GATEWAY_CLIENT_HTTPS_CLIENT_H
#define GATEWAY_CLIENT_HTTPS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "schemas/model/partner.h"
#include "schemas/tables/problem.h"

struct arena;
struct https_client;

/* answer_most: octets an answer may have. Lives in the arena. */
struct https_client *https_client_open(struct arena *a, const struct client_identity *us,
				       size_t answer_most, struct problem *p);

struct https_answer {
	int status;
	const char *content_type; /* "" if none */
	struct bytes body;        /* in the arena given to the request */
};

bool https_client_post(struct https_client *c, struct arena *a, const char *url,
		       const char *content_type, struct bytes body, struct https_answer *out,
		       struct problem *p);

#endif
