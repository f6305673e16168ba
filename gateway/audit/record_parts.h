/* gateway/audit/record_parts.h: no AuditMessage is longer than every repository takes.
 *
 * Whoever receives syslog over TLS takes messages of 32,768 octets (DICOM PS3.15 A.6); a longer one
 * may be cut or thrown away there, and nobody is told. So an event whose message would be longer
 * is kept otherwise: its query as its beginning, with length and SHA-256 of all of it, and its
 * objects (the documents of a retrieval) in as many records as they need, each of which names
 * the patients again. */
#ifndef GATEWAY_AUDIT_RECORD_PARTS_H
#define GATEWAY_AUDIT_RECORD_PARTS_H

#include <stddef.h>

#include "gateway/audit/record.h"

enum {
	SYSLOG_MESSAGE_MOST = 32768,
	SYSLOG_HEADER_MOST = 512, /* with a hostname of 255 (RFC 5424, 6) */
	SYSLOG_FRAME_MOST = SYSLOG_MESSAGE_MOST + sizeof "32768 " - 1, /* RFC 5425, 4.3 */
	AUDIT_MESSAGE_MOST = SYSLOG_MESSAGE_MOST - SYSLOG_HEADER_MOST,
	/* Of any other text of such an event: longer ones are cut, and say so. */
	AUDIT_TEXT_MOST = 256,
};

/* NULL: it fits, as nearly all do. Else what is kept in its place, chained; e itself stays as it
 * is, and what the parts do not change is borrowed from it. Pure, but for the arena. */
struct audit_event *audit_record_parts(struct arena *a, const struct audit_source *us,
				       const struct audit_event *e);

#endif
