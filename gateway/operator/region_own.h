/* gateway/operator/region_own.h: the certificate that the region itself shows: the file of https
 * certificate, and whoever else names that file.
 *
 * Certificate and key are one file, so that whoever reads it has a pair, whatever moment it is: the
 * next one grows beside it as FILE.next, is proved there, and takes its name in one step. What was
 * stays as FILE.before. A file of a renewal that was broken off is nobody's, and the next renewal
 * takes it away. */
#ifndef GATEWAY_OPERATOR_REGION_OWN_H
#define GATEWAY_OPERATOR_REGION_OWN_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;

struct own_renewal {
	const char *configuration;
	const char *names;  /* as OpenSSL writes them; NULL: those of the present certificate */
	const char *answer; /* PEM: what an authority made; NULL: the region's own makes it */
	instant now;
};

/* Texts live in the arena. */
struct own_renewed {
	const char *file, *before;    /* what is shown from a reload on, and what was */
	const char *key, *request;    /* of a request */
	const char *prepared;         /* the certificate made of it, to be taken later */
	const char *const *dropped;   /* names the former had and this has not, NULL-ended */
	const char *subject, *issuer; /* RFC 2253 */
	const char *names, *serial, *sha256;
	instant ends;
	bool authority_ends_first;
};

/* Refused, with nothing changed: what the region's own authority did not issue, or what it cannot
 * sign here; an answer that is of another key, weak, out of date, for no server, or whose chain is
 * not whole. */
bool region_renew_own(const struct own_renewal *r, struct arena *a, struct own_renewed *out,
		      struct problem *p);
/* A new key in FILE.key, and in FILE.csr the request for its certificate (PKCS #10). What is shown
 * does not change. Refused while there is one already. */
bool region_request_own(const struct own_renewal *r, struct arena *a, struct own_renewed *out,
			struct problem *p);
/* The same, and the region's own authority answers it: FILE.crt, for those who have to know it
 * before it is shown. */
bool region_prepare_own(const struct own_renewal *r, struct arena *a, struct own_renewed *out,
			struct problem *p);

#endif
