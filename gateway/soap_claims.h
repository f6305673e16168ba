/* gateway/soap_claims.h: what HTTP and MIME say about a SOAP message, held against the message.
 *
 * The action stands in up to five places (Content-Type, start-info, the root part's Content-Type,
 * SOAPAction, wsa:Action; RFC 3902, SOAP 1.2 part 2: 6.5.3, XOP 4.1), the charset in up to three.
 * One reader goes by this one, another by that: so they agree, or the message is refused. */
#ifndef GATEWAY_SOAP_CLAIMS_H
#define GATEWAY_SOAP_CLAIMS_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;
struct problem;
struct soap_message;

struct soap_claims {
	const char *content_type; /* of the HTTP message */
	const char *root_type;    /* of the root part; NULL: no multipart */
	const char *soap_action;  /* HTTP's SOAPAction, or NULL */
};

/* True when every place that names an action names that of the message; else its problem_header and
 * problem_detail are set as well. */
bool claims_agree(struct arena *a, const struct soap_claims *c, struct soap_message *m,
		  struct problem *p);
/* Whether a charset parameter in this Content-Type lets the XML be read as UTF-8: it is UTF-8 (or
 * absent), or one that has the characters of ASCII in their places; then *ascii: only they may
 * come. */
bool claims_charset(struct arena *a, const char *content_type, bool *ascii, struct problem *p);
bool claims_ascii(struct bytes octets, struct problem *p);

#endif
