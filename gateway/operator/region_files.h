/* gateway/operator/region_files.h: a region as a directory: minato.conf, pki/, data/. */
#ifndef GATEWAY_OPERATOR_REGION_FILES_H
#define GATEWAY_OPERATOR_REGION_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "gateway/operator/init_words.h"
#include "schemas/tables/problem.h"

struct arena;

/* A system to register. */
struct facility {
	const char *name;             /* "a-hospital" */
	const char *title;            /* "A病院" */
	const char *institution_code; /* NULL: none */
	const char *domain;           /* OID of the ids it issues; NULL: none */
	const char *namespace_id;     /* its HL7 v2 name; NULL: none */
	/* At most one of the three; none: key and certificate are made for it. */
	const char *certificate_sha256; /* of a certificate it has already, lower-case hex */
	const char *certificate;        /* PEM file: that certificate, and what lies behind it */
	const char *request;            /* PEM file: PKCS #10; the region's own authority signs */
};

struct region_plan {
	const char *directory;
	bool demo;      /* with the four systems of the example region */
	bool neighbour; /* or that region's neighbour, with two */
	unsigned https_port, mllp_port, admin_port; /* 0: the system chooses */
	const char *said[REGION_WORDS]; /* of a plain region; NULL: as init_words.h presets it */
};

enum { HTTPS_PORT = 8443, MLLP_PORT = 2575, ADMIN_PORT = 8480 };

/* The systems of the example region, ended by a row without a name. */
extern const struct facility demo_facilities[];
/* Of a region of that plan; the plain one has none. */
const struct facility *region_facilities(const struct region_plan *plan);

/* Makes the directory. It must be missing or empty: PROBLEM_CONFLICT otherwise, nothing is
 * touched. */
bool region_init(const struct region_plan *plan, struct arena *a, instant now, struct problem *p);
/* ... which is so. */
bool region_is_free(const struct region_plan *plan, struct arena *a, struct problem *p);

/* Makes pki/clients/NAME.pem beside the configuration (but of a fingerprint) and adds the system to
 * it, if the result is valid; otherwise nothing has changed. The authority's key is needed only
 * where something is to be signed: PROBLEM_CONFIGURATION without it. A certificate of others is
 * refused as by region_renew_facility(). */
bool region_add_facility(const char *configuration, const struct facility *f, struct arena *a,
			 instant now, struct problem *p);

/* A certificate that is to take the place of a system's own. */
struct renewal {
	const char *name; /* the system's */
	/* PEM: the certificate, and what lies between it and its root; or a request for one
	 * (PKCS #10), which the region's own authority signs */
	const char *file;
	uint64_t overlap_seconds; /* until when both are taken: days, rounded up; 0: until the
				   * configuration is changed again */
	instant now;
};

/* Copies the certificate to pki/clients/NAME-FINGERPRINT.pem and names it in the system's section
 * as next-certificate. Refused, with nothing changed: one that is not for a client, that no
 * authority of a door issued, is weak, has run out, or is a system's already. */
bool region_renew_facility(const char *configuration, const struct renewal *renewal,
			   struct arena *a, struct problem *p);
/* Makes NAME.key and NAME.csr in that directory: a new key, and the request for a certificate of
 * that system. */
bool region_request_certificate(const char *configuration, const char *name, const char *directory,
				struct arena *a, struct problem *p);

#endif
