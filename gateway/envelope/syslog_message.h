/* gateway/envelope/syslog_message.h: the header of a syslog message, as far as it is one.
 *
 * RFC 5424 6: <PRI>VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP
 * STRUCTURED-DATA [SP MSG]. What an Audit Record Repository is sent it keeps whatever it is (ITI
 * TF-2: 3.20.4.1.3): nothing here refuses, what could be read is told. Pure function; what it gives
 * is in the arena, but for the message, which is borrowed from the octets. */
#ifndef GATEWAY_ENVELOPE_SYSLOG_MESSAGE_H
#define GATEWAY_ENVELOPE_SYSLOG_MESSAGE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

struct arena;

struct syslog_message {
	bool whole;        /* the header is one of RFC 5424; otherwise only what follows is set */
	unsigned priority; /* facility and severity: 85 is (10, 5) */
	bool timed;
	instant time; /* TIMESTAMP, where it says one */
	/* NULL: said to be unknown, by "-" */
	const char *host, *application, *process, *kind;
	struct bytes message; /* MSG without its byte order mark; of no header: all octets */
};

struct syslog_message syslog_message_read(struct arena *a, struct bytes octets);

#endif
