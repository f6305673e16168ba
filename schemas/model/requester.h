/* schemas/model/requester.h: who asks: a system, a person behind it or none, for what, and when.
 *
 * Filled by the road, in its stage `identify`, between open and admit (gateway/exchange.c): the
 * system from the certificate of the connection, never from what a message says of itself; the
 * person from what vouches for him. Read by policy, audit, and whoever must know on whose
 * behalf. */
#ifndef SCHEMAS_MODEL_REQUESTER_H
#define SCHEMAS_MODEL_REQUESTER_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/region.h"

/* What vouches for a person. */
enum vouching {
	VOUCHED_BY_NOBODY,   /* there is no person, or none we know of */
	VOUCHED_BY_SYSTEM,   /* the kernel: the peer of a local socket */
	VOUCHED_BY_ASSERTION /* a signed assertion (ITI TF-2: 3.40) */
};

/* What is demanded of who asks, before anything of the kind is done. */
enum demand {
	DEMAND_SYSTEM,   /* to be a registered system */
	DEMAND_OPERATOR, /* to be the region's operator */
	DEMAND_NOBODY    /* nothing: whoever comes to the door may have it */
};

struct requester {
	const struct region *region;
	const struct registered_system *system; /* NULL: no facility's */
	bool certified; /* a certificate was shown, somebody's or nobody's */
	struct {
		enum vouching vouched;
		const char *name; /* "uid 0"; NULL: VOUCHED_BY_NOBODY */
	} person;
	/* The region's operator: may administer it, and see all, by calls of their own only. */
	bool operates;
	const char *purpose; /* of use, a code; NULL: none was told */
	bool emergency;
	int64_t time; /* microseconds since 1970, UTC */
};

/* By what the audit log calls it: the facility's system, else the person; NULL: nobody known. */
const char *requester_name(const struct requester *who);

#endif
