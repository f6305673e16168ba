/* profiles/xcpd/discovery_message.h: Cross Gateway Patient Discovery [ITI-55], ITI TF-2: 3.55, as
 * the Initiating Gateway says it and hears it. Pure: nothing is looked up, nothing is kept.
 *
 * What is written and read lives in the arena given. Thread-safety: as the arena. */
#ifndef PROFILES_XCPD_DISCOVERY_MESSAGE_H
#define PROFILES_XCPD_DISCOVERY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/model/patient.h"
#include "schemas/tables/problem.h"

struct arena;
struct soap_message;
struct xml_writer;

#define DISCOVERY_ACTION "urn:hl7-org:v3:PRPA_IN201305UV02:CrossGatewayPatientDiscovery"
#define DISCOVERY_ANSWER "urn:hl7-org:v3:PRPA_IN201306UV02:CrossGatewayPatientDiscovery"
/* The same where the answer comes later, as a request (3.55.6.2); at once there is only this. */
#define DISCOVERY_DEFERRED "urn:hl7-org:v3:PRPA_IN201305UV02:Deferred:CrossGatewayPatientDiscovery"
#define DISCOVERY_DEFERRED_ANSWER                                                                  \
	"urn:hl7-org:v3:PRPA_IN201306UV02:Deferred:CrossGatewayPatientDiscovery"
#define DISCOVERY_ACKNOWLEDGED "urn:hl7-org:v3:MCCI_IN000002UV01"

/* Who is asked for. Demographics, ours, or both (3.55.1): at least a name and a birth date, or an
 * id. */
struct discovery_question {
	const char *id, *query_id;     /* UUIDs, without urn:uuid: */
	const char *device;            /* ours, an OID */
	const char *home, *their_home; /* homeCommunityIds, OIDs without urn:oid: */
	const char *domain;            /* of our code, and of whatever id a reverse query names */
	const char *code;              /* by which they may ask us back; NULL: they may not */
	const struct patient_identifier *shared; /* ids both sides know: national ones */
	const struct patient_demographics *who;  /* NULL: by an id alone */
	const char *respond_to; /* URL of ours where it is answered later; NULL: at once */
	unsigned keep_seconds;  /* how long we would keep such a correlation; 0: not said */
	instant now;
};

/* The child of the body, and the header that says how long. q: struct discovery_question. */
void discovery_write(struct xml_writer *w, const void *q);
void discovery_write_headers(struct xml_writer *w, const void *q);
/* The parameters as they are recorded: our code is in no record, for whoever reads those would know
 * everybody behind his. */
struct bytes discovery_recorded(struct arena *a, const struct discovery_question *q);

enum discovery_said {
	DISCOVERY_KNOWN,   /* one person of theirs */
	DISCOVERY_SEVERAL, /* more than one may be meant: none is chosen */
	DISCOVERY_MORE,    /* too little was said of him: `wants` would help (3.55.4.2.3, case 3) */
	DISCOVERY_UNKNOWN, /* nobody (case 4) */
	DISCOVERY_CANNOT,  /* they could not answer: `reason` (case 5) */
	DISCOVERY_SAIDS
};
/* "known"; for people and for the store. */
const char *discovery_said_name(enum discovery_said said);

/* What would help, one bit each (1.3.6.1.4.1.19376.1.2.27.1). */
enum { DISCOVERY_WANTS = 6 };
extern const char *const discovery_wanted[DISCOVERY_WANTS]; /* "sex", "address" ... */

enum {
	DISCOVERY_EVENTS_MOST = 16,     /* persons of one answer that are read */
	DISCOVERY_ANSWER_MOST = 1 << 20 /* octets: a person has a hundred names at most */
};

struct discovery_answer {
	enum discovery_said said;
	/* KNOWN: who it is there, and what they say of him; names NULL: they do not say who. */
	const struct patient_identifier *id;
	struct patient_demographics who;
	unsigned persons;   /* that they named, each once */
	unsigned foreign;   /* left out: of another community than theirs */
	bool locator;       /* KNOWN: it knows where else he is known (ITI TF-2: 3.56) */
	unsigned wants;     /* bits of discovery_wanted[] */
	const char *reason; /* CANNOT: ResponderBusy ..., of those there are; "" */
	/* Until when they would have it kept; 0: not at all (3.55.4.2.2). */
	instant until;
};

/* False: it is no answer to that, as p says, which repeats nothing of it; it is at the place in
 * it. */
bool discovery_read(struct arena *a, const struct soap_message *m,
		    const struct discovery_question *q, struct discovery_answer *out,
		    struct problem *p);

#endif
