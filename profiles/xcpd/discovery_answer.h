/* profiles/xcpd/discovery_answer.h: Cross Gateway Patient Discovery [ITI-55] as the Responding
 * Gateway answers it, at once or later (ITI TF-2: 3.55.4.2, 3.55.6.2). Pure: nothing is looked up,
 * nothing is kept. Thread-safety: as the writer's arena. */
#ifndef PROFILES_XCPD_DISCOVERY_ANSWER_H
#define PROFILES_XCPD_DISCOVERY_ANSWER_H

#include "gateway/base/clock.h"
#include "profiles/actors/patient_discovery.h"
#include "schemas/tables/problem.h"

struct finding;
struct hl7v3_message;
struct random_source;
struct region;
struct xml_node;
struct xml_writer;

/* Of what answers later, as a request. */
#define DISCOVERY_LATER_ACTION                                                                     \
	"urn:hl7-org:v3:PRPA_IN201306UV02:Deferred:CrossGatewayPatientDiscovery"
/* How long we recommend to keep a code. It holds longer, but who may be seen changes. */
#define DISCOVERY_CODE_KEPT "P1D"

struct discovery_reply {
	const struct region *region;
	const struct hl7v3_message *request;
	const struct xml_node *query; /* queryByParameter, which is repeated */
	enum discovery_outcome outcome;
	unsigned wants; /* MORE_WANTED: discovery_wants() */
	/* ONE */
	const struct patient_record *record;
	const char *code;
	unsigned degree;
	/* Else why there is none; and by which code of its own that is told. */
	struct problem problem;
	const char *problem_code, *problem_name;
	const struct finding *findings;
	const char *id; /* a UUID, where it is a message of its own; NULL: drawn of random */
	const struct random_source *random;
	instant now;
};

/* What our rules go by and was not said, a bit each. */
unsigned discovery_wants(const struct demographics_sought *s);

/* The child of the body. */
void discovery_reply_write(struct xml_writer *w, const struct discovery_reply *r);

#endif
