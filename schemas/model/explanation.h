/* schemas/model/explanation.h: why somebody may have a document, or may not: each rule that was
 * looked at, in its order. It lives in the arena it was made in. */
#ifndef SCHEMAS_MODEL_EXPLANATION_H
#define SCHEMAS_MODEL_EXPLANATION_H

#include "schemas/model/region_policy.h"

struct explained_rule {
	const char *rule; /* its name ("joined"), or as it stands in the file */
	const char *file; /* NULL: it stands in none */
	unsigned line;
	enum ruling ruling;
	/* what it asks for and does not find: "role", "purpose", "documents", "confidentiality",
	 * "others" (the default: another rule applies); NULL: it applies */
	const char *misses;
	bool decides;
	const struct explained_rule *next;
};

struct explanation {
	enum ruling ruling;
	const char *rule; /* as the audit log calls it: "region-hides" */
	const struct explained_rule *rules;
};

#endif
