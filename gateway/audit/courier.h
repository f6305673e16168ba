/* gateway/audit/courier.h: delivers the audit log to Audit Record Repositories over syslog-TLS.
 *
 * RFC 5424 messages in RFC 5425 frames (ITI TF-2: 3.20.4.1). RFC 5425 has no acknowledgement, so a
 * batch counts as delivered only when the repository ended its connection in order after we ended
 * ours (syslog_tls.h); after any doubt it is sent again, with the same sequence numbers. Nothing is
 * skipped: each destination has its cursor in the log. Entries marked local are passed over. One
 * thread a destination; it sleeps until the log grows.
 */
#ifndef GATEWAY_AUDIT_COURIER_H
#define GATEWAY_AUDIT_COURIER_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/log.h"

struct clock;
struct store;

struct courier_destination {
	const char *name, *host;
	unsigned port;
	const char *ca, *certificate;	/* PEM files */
};

struct courier;

/* hostname, process_id: of the syslog header. Destinations are copied. */
struct courier *courier_start(struct store *s, const struct courier_destination *to, size_t count,
			      const char *hostname, const char *process_id,
			      const struct clock *clock, const struct log *log);
void courier_wake(struct courier *c);	/* the log has grown; thread-safe, never blocks */
/* Delivers what it can within that time, then ends. NULL is fine. */
void courier_stop(struct courier *c, unsigned seconds);

struct courier_state {
	const char *name;
	uint64_t delivered;		/* the last sequence the destination has for sure */
	int64_t unreachable_since;	/* microseconds, UTC; 0: reachable */
};
/* Fills at most count; returns how many destinations there are. */
size_t courier_look(struct courier *c, struct courier_state *out, size_t count);

#endif
