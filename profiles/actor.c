/* profiles/actor.c: the actors we are, and where each one listens (contract: Doors). */
#include "profiles/transaction.h"

static const struct { const char *name, *path; } actors[ACTOR_COUNT] = {
	[PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER] = {
		"Patient Identifier Cross-reference Manager", "/pix" },
	[DOCUMENT_REGISTRY] = { "Document Registry", "/xds/registry" },
	[DOCUMENT_REPOSITORY] = { "Document Repository", "/xds/repository" },
	[REGION_OPERATOR] = { "Region Operator", "/admin" },
};

const char *actor_name(enum actor a)
{
	return actors[a].name;
}

const char *actor_path(enum actor a)
{
	return actors[a].path;
}
