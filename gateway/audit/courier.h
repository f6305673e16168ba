/* gateway/audit/courier.h: delivers the audit log to Audit Record Repositories over syslog-TLS.
 *
 * RFC 5424 messages in RFC 5425 frames (ITI TF-2: 3.20.4.1). RFC 5425 has no acknowledgement, so a
 * batch counts as delivered only when the repository ended its connection in order after we ended
 * ours (syslog_tls.h); after any doubt it is sent again, with the same sequence numbers. Nothing is
 * skipped: each destination has its cursor in each chain of the log. Entries marked local are
 * passed over. One thread a destination; it sleeps until the log grows.
 *
 * All chains are delivered, each in its own order. An entry is told by HOSTNAME and sequenceId, the
 * node whose chain it is in and its number there, so that a repository knows it again whichever
 * node sent it, and misses none of a node's unseen. Between chains there is no order but the
 * records' own times.
 *
 * Of several nodes one delivers at a time: who has the destination's lease (store/lease.h), "audit"
 * and its name. It is taken for a batch, renewed while that lasts, and given back when everything
 * is there. After a failure it is kept for the pause: that is everybody's, and then who comes first
 * tries. Who finds it another's looks again at its end, and when his own log has grown.
 */
#ifndef GATEWAY_AUDIT_COURIER_H
#define GATEWAY_AUDIT_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/log.h"

struct arena;
struct clock;
struct store;

struct courier_destination {
	const char *name, *host;
	unsigned port;
	const char *ca, *certificate; /* PEM files */
};

struct courier;

/* hostname, process_id: of the syslog header; the first is also the node that has the leases, the
 * same after a restart. Destinations are copied. */
struct courier *courier_start(struct store *s, const struct courier_destination *to, size_t count,
			      const char *hostname, const char *process_id,
			      const struct clock *clock, const struct log *log);
void courier_wake(struct courier *c); /* the log has grown; thread-safe, never blocks */
/* Goes on with these destinations in the place of the ones before: what was being sent is given up
 * and sent again. One caller at a time. False: no memory or threads; some may then have no
 * courier. */
bool courier_renew(struct courier *c, const struct courier_destination *to, size_t count);
/* Delivers what it can within that time, then ends. NULL is fine. */
void courier_stop(struct courier *c, unsigned seconds);

struct courier_state {
	const char *name;          /* NULL: no memory for it */
	uint64_t delivered;        /* so many entries the destination has for sure */
	int64_t unreachable_since; /* microseconds, UTC; 0: reachable */
};
/* All destinations, in the arena. */
struct courier_state *courier_look(struct courier *c, struct arena *a, size_t *count);

#endif
