/* profiles/reply.h: what is said of an answer besides its body: status, media type and header
 * fields of HTTP (RFC 9110).
 *
 * A transaction says it in handle() or call(), by x->reply; what it leaves unsaid the dialect says:
 * SOAP's status is always the dialect's own, and MLLP has none of this. Where an exchange is
 * refused, what the transaction said of its success does not leave: of its fields only those that
 * are of refusals.
 *
 * A value is of the sender's own making or was encoded: printable ASCII, blanks within. Anything
 * else is not said, and the caller is told, so that nothing from outside ends a header line. */
#ifndef PROFILES_REPLY_H
#define PROFILES_REPLY_H

#include <stdbool.h>

struct arena;

/* A media type: a JSON text a line. */
#define REPLY_JSON_LINES "application/x-ndjson"

enum reply_field {
	REPLY_ALLOW,         /* 10.2.1 */
	REPLY_CACHE_CONTROL, /* RFC 9111 5.2; unsaid: no-store, for answers hold patients' data */
	REPLY_ETAG,          /* 8.8.3 */
	REPLY_LOCATION,      /* 10.2.2 */
	REPLY_RETRY_AFTER,   /* 10.2.3, in seconds */
	REPLY_WWW_AUTHENTICATE, /* 11.6.1 */
	REPLY_FIELDS
};

/* Octets of a value: a URL of ours with a patient's id, three octets for each of its own. */
enum { REPLY_VALUE_MOST = 2048 };

struct reply {
	int status;                       /* 0: the dialect's own */
	const char *media_type;           /* of the body; NULL: the dialect's own */
	const char *values[REPLY_FIELDS]; /* NULL: unsaid; of the exchange's arena, or static */
};

const char *reply_field_name(enum reply_field f);
bool reply_is_of_refusals(enum reply_field f);
/* Copies value into the arena. What was said of that field before is replaced. False: it cannot
 * stand in a header, and nothing has changed. */
bool reply_say(struct reply *r, struct arena *a, enum reply_field f, const char *value);
/* Location: path?name=value, the value percent-encoded (RFC 3986 2.1), whatever octets it has.
 * path and name are of ours and need no encoding. */
bool reply_location(struct reply *r, struct arena *a, const char *path, const char *name,
		    const char *value);

#endif
