/* gateway/envelope/audit_message.h: what an AuditMessage of others is found by, as far as it can be
 * read.
 *
 * DICOM PS3.15 A.5, and RFC 3881 as it was before: coded values have csd-code or code, required
 * attributes may be missing, a datagram may end in the middle (ITI TF-2: 3.20.4.1.2). What was read
 * until then is given; the octets are kept whatever comes of it (store/audit_received.h). Nothing
 * is expanded, fetched or opened: with a DOCTYPE, or past a limit of xml_reader.h, nothing more is
 * read. Pure function; all it gives is in the arena, and UTF-8. */
#ifndef GATEWAY_ENVELOPE_AUDIT_MESSAGE_H
#define GATEWAY_ENVELOPE_AUDIT_MESSAGE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"

struct arena;

/* Of each list no more than so many are told: a record of one event has a few. */
enum { AUDIT_MESSAGE_MOST = 64 };

struct audit_message {
	bool is_one; /* its root is AuditMessage */
	bool whole;  /* it is well-formed to its end */
	bool timed;
	instant time;        /* EventDateTime */
	const char *event;   /* code of EventID; NULL: none */
	const char *type;    /* code of the first EventTypeCode */
	const char *action;  /* C, R, U, D or E */
	const char *outcome; /* EventOutcomeIndicator, as it is written */
	const char *source;  /* AuditSourceID */
	const char *user;    /* UserID of the first who asked, else of the first participant */
	/* UserID of participants; ids of patients (object type 1 of role 1); of other objects. */
	const struct text_list *participants, *patients, *objects;
};

struct audit_message audit_message_read(struct arena *a, struct bytes octets);

#endif
