/* gateway/client/mllp_client.h: HL7 v2 messages to another system, MLLP over mutual TLS.
 *
 * One outstanding message a connection (ITI TF-2: C.2.1). Blocking, with time limits. One thread at
 * a time per client. */
#ifndef GATEWAY_CLIENT_MLLP_CLIENT_H
#define GATEWAY_CLIENT_MLLP_CLIENT_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/client/https_client.h"
#include "schemas/tables/problem.h"

struct arena;
struct mllp_client;

/* Connects; the connection ends with the arena. host: numeric or a name. */
struct mllp_client *mllp_client_open(struct arena *a, const char *host, unsigned port,
				     const struct client_identity *us, struct problem *p);
/* The answer's octets, without brackets, in the arena given. */
bool mllp_client_ask(struct mllp_client *c, struct arena *a, struct bytes message,
		     struct bytes *answer, struct problem *p);

#endif
