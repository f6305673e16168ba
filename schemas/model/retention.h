/* schemas/model/retention.h: how long documents are kept, as the region's configuration says. */
#ifndef SCHEMAS_MODEL_RETENTION_H
#define SCHEMAS_MODEL_RETENTION_H

#include <stdbool.h>

/* So many calendar months and days; 0 of both: not said. */
struct calendar_span {
	unsigned months, days;
};

/* Which documents, and when they go. Lists are NULL-ended; NULL: any. */
struct retention_rule {
	const char *name;
	const char *const *classes, *const *types; /* CODE^SCHEME */
	const char *const *facilities;             /* names of systems that submitted */
	struct calendar_span after_creation, after_acceptance;
	/* Of each patient and type the newest so many stay; 0: not said. */
	unsigned keep_last;
	bool keep; /* what it names stays, whatever other rules say */
};

#endif
