/* gateway/doors.c: which dialect is spoken: a door and the beginning of a path choose it. */
#include "gateway/doors.h"

#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/journey.h"

enum {
	AT_HTTPS = 1 << DOOR_HTTPS,
	AT_MLLP = 1 << DOOR_MLLP,
	AT_ADMIN = 1 << DOOR_ADMIN,
	AT_LOCAL = 1 << DOOR_LOCAL,
	AT_SYSLOG = 1 << DOOR_SYSLOG
};

/* In the order they are tried. A prefix ends where a segment does; "/" is that of every path. A
 * path that no actor has is refused in the dialect of its door: SOAP where it serves
 * transactions. */
static const struct {
	unsigned doors, service; /* service 0: whatever it serves */
	const char *prefix;
	const struct dialect_road *road;
} rows[] = {
	{ AT_LOCAL, SERVES_OPERATOR, "/", &admin_road },
	{ AT_MLLP, 0, "/", &hl7_road },
	{ AT_SYSLOG, 0, "/", &syslog_road },
	{ AT_HTTPS | AT_ADMIN, SERVES_HEALTH, "/health", &watch_road },
	{ AT_HTTPS | AT_ADMIN, SERVES_METRICS, "/metrics", &watch_road },
	{ AT_HTTPS, SERVES_TRANSACTIONS, "/", &soap_road },
	{ AT_HTTPS | AT_ADMIN, 0, "/", &watch_road },
};

static bool begins(const char *path, const char *prefix)
{
	size_t length = strlen(prefix);
	return text_starts(path, prefix)
	       && (prefix[length - 1] == '/' || path[length] == '/' || path[length] == '\0');
}

const struct dialect_road *road_of(const struct config_door *d, const struct head *head)
{
	unsigned serves = d == NULL ? 0 : d->serves;
	for (size_t i = 0; i < COUNT(rows); i++)
		if ((rows[i].doors & 1U << head->door) != 0
		    && (rows[i].service == 0 || (serves & rows[i].service) != 0)
		    && begins(head->path, rows[i].prefix))
			return rows[i].road;
	return &watch_road; /* of a door without services: nothing is there */
}
