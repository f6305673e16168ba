/* profiles/actor.h: the actors we can be. Which of them we are is configuration
 * (minato.conf(5), actors): what is off is not routed. The operator is always there. */
#ifndef PROFILES_ACTOR_H
#define PROFILES_ACTOR_H

#include <stdbool.h>

#include "schemas/model/requester.h"

/* Names and spelling of ITI TF-1. */
enum actor {
	PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	PATIENT_DEMOGRAPHICS_SUPPLIER,
	DOCUMENT_REGISTRY,
	DOCUMENT_REPOSITORY,
	DOCUMENT_RECIPIENT,
	DOCUMENT_METADATA_NOTIFICATION_BROKER,
	NOTIFICATION_PULL_POINT,
	AUDIT_RECORD_REPOSITORY,
	DISCOVERY_GATEWAY,  /* XCPD's Responding Gateway */
	RESPONDING_GATEWAY, /* XCA's */
	INITIATING_GATEWAY,
	REGION_OPERATOR,
	ACTOR_COUNT
};

struct actors {
	bool on[ACTOR_COUNT];
};

const char *actor_name(enum actor a); /* "Document Registry" */
const char *actor_path(enum actor a); /* "/xds/registry" (contract: Doors) */
const char *actor_key(enum actor a);  /* "document-registry": its key in the configuration */

/* Other regions' gateways, and they alone, ask it. */
bool actor_is_across_the_border(enum actor a);

struct transaction;
/* Of who asks. */
enum demand transaction_demands(const struct transaction *t);
/* Its actor, and all others it works with, are on. */
bool transaction_is_on(const struct transaction *t, const struct actors *actors);

#endif
