/* profiles/actor.c: the actors we can be, and where each one listens (contract: Doors). */
#include "profiles/transaction.h"

static const struct {
	const char *name, *path, *key;
} actors[ACTOR_COUNT] = {
	[PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER] = { .name = "Patient Identifier "
								 "Cross-reference Manager",
							 .path = "/pix",
							 .key = "cross-reference-manager" },
	[PATIENT_DEMOGRAPHICS_SUPPLIER] = { .name = "Patient Demographics Supplier",
					    .path = "/pdq",
					    .key = "demographics-supplier" },
	[DOCUMENT_REGISTRY] = { .name = "Document Registry",
				.path = "/xds/registry",
				.key = "document-registry" },
	[DOCUMENT_REPOSITORY] = { .name = "Document Repository",
				  .path = "/xds/repository",
				  .key = "document-repository" },
	[DOCUMENT_RECIPIENT] = { .name = "Document Recipient",
				 .path = "/xdr",
				 .key = "document-recipient" },
	[DOCUMENT_METADATA_NOTIFICATION_BROKER] = { .name = "Document Metadata Notification Broker",
						    .path = "/dsub",
						    .key = "notification-broker" },
	[NOTIFICATION_PULL_POINT] = { .name = "Notification Pull Point",
				      .path = "/pullpoint",
				      .key = "notification-pull-point" },
	[AUDIT_RECORD_REPOSITORY] = { .name = "Audit Record Repository",
				      .path = "/",
				      .key = "audit-record-repository" },
	[DISCOVERY_GATEWAY] = { .name = "Responding Gateway (XCPD)",
				.path = "/xcpd",
				.key = "patient-discovery" },
	[RESPONDING_GATEWAY] = { .name = "Responding Gateway",
				 .path = "/xca/responding",
				 .key = "responding-gateway" },
	[INITIATING_GATEWAY] = { .name = "Initiating Gateway",
				 .path = "/xca/initiating",
				 .key = "initiating-gateway" },
	[REGION_OPERATOR] = { .name = "Region Operator", .path = "/admin", .key = "operator" },
};

const char *actor_name(enum actor a)
{
	return actors[a].name;
}

const char *actor_path(enum actor a)
{
	return actors[a].path;
}

const char *actor_key(enum actor a)
{
	return actors[a].key;
}

bool actor_is_across_the_border(enum actor a)
{
	return a == DISCOVERY_GATEWAY || a == RESPONDING_GATEWAY;
}

enum demand transaction_demands(const struct transaction *t)
{
	return t->demands == DEMAND_SYSTEM && actor_is_across_the_border(t->actor)
		       ? DEMAND_COMMUNITY
		       : t->demands;
}

bool transaction_is_on(const struct transaction *t, const struct actors *which)
{
	bool on = which->on[t->actor];
	for (unsigned a = 0; on && a < ACTOR_COUNT; a++)
		on = (t->works_with & 1U << a) == 0 || which->on[a];
	return on;
}
