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
#include "schemas/model/values.h"

/* What vouches for a person. */
enum vouching {
	VOUCHED_BY_NOBODY,   /* there is no person, or none we know of */
	VOUCHED_BY_SYSTEM,   /* the kernel: the peer of a local socket */
	VOUCHED_BY_ASSERTION /* a signed assertion (ITI TF-2: 3.40) */
};

/* What is demanded of who asks, before anything of the kind is done. */
enum demand {
	DEMAND_SYSTEM,    /* to be a registered system, a facility's */
	DEMAND_COMMUNITY, /* to be another region's gateway (registered_system.community) */
	/* the same, and that the configuration lists it: what changes something here is nobody's
	 * from elsewhere by default */
	DEMAND_LISTED_COMMUNITY,
	DEMAND_OPERATOR, /* to be the region's operator */
	/* the same, and one whom the region lets look at patients: whose data is shown, brought out
	 * or decided about */
	DEMAND_PATIENTS_OPERATOR,
	DEMAND_NOBODY /* nothing: whoever comes to the door may have it */
};

bool demand_is_operators(enum demand demand);

/* Who acts for somebody: an assistant, a technical user, as the assertion names him (the NameID of
 * its SubjectConfirmation). */
struct requesting_delegate {
	const char *id, *display; /* display: NULL where none was said */
	const struct requesting_delegate *next;
};

/* Who sits at the system, as what vouches for him says it. Texts are NULL where nothing was said;
 * they live as long as the exchange. Codes are compared by code and scheme (an OID), never by
 * display. */
struct requesting_person {
	enum vouching vouched;
	const char *name; /* what the audit log calls him: "uid 0"; NULL: VOUCHED_BY_NOBODY */
	/* What follows is an assertion's (ITI TF-2: 3.40.4.1.2). */
	const char *issuer, *id;     /* who vouches (Issuer), and for whom (NameID) */
	const char *display;         /* subject-id: a name to be read, no id */
	const char *organization;    /* a name to be read */
	const char *organization_id; /* "urn:oid:..." */
	const char *home_community;  /* "urn:oid:..." */
	const char *provider_id;     /* NPI, or root^extension of provider-identifier */
	const struct coded_value *roles;
	const char *alias;      /* SPProvidedID: what we call him; NULL: nothing */
	const char *patient_id; /* resource-id, CX: of this patient only; NULL: of any */
	const char *reason;     /* why this is an emergency (region emergency-reason); or NULL */
	const struct requesting_delegate *delegates;
};

struct requester {
	const struct region *region;
	const struct registered_system *system; /* NULL: no facility's */
	bool certified; /* a certificate was shown, somebody's or nobody's */
	/* The operator has locked this system, or its facility, out (store/lockouts.h). */
	bool locked_out;
	struct requesting_person person;
	/* The region's operator: may administer it, and see all, by calls of their own only. */
	bool operates;
	bool kept_from_patients; /* an operator whom the region does not let look at them */
	const struct coded_value *purposes; /* of use; NULL: none was told */
	bool emergency;                     /* one of the purposes is an emergency's */
	int64_t time;                       /* microseconds since 1970, UTC */
};

/* Roles that the region's rules know, by their bits (region_policy.h): of a person an assertion
 * vouches for what it says, else the system's. The region has rules. */
uint64_t requester_roles(const struct requester *who);

uint64_t requester_purposes(const struct requester *who);

/* He asks in an emergency and may break the glass: an assertion vouches for all of it (a purpose of
 * use that is an emergency's, a role that the region's rules permit it, a reason), and the system
 * is one that may. */
bool requester_breaks_glass(const struct requester *who);

/* By what the audit log calls it: the facility's system, else the person; NULL: nobody known. */
const char *requester_name(const struct requester *who);

#endif
