/* gateway/audit/sending.h: a batch of audit records on its way to a repository, and which of them
 * it does not take.
 *
 * RFC 5425 knows no refusal: a repository that does not like a record ends the connection, as one
 * does that is being stopped. Which of a batch it was is found by sending parts of it, down to
 * single records, each over a connection of its own; what comes twice a repository knows by its
 * sequenceId. A record counts as refused only while the repository takes others: it must take again
 * what it took last (`known`), or at least one record of the batch, and must refuse the record
 * once more afterwards. A repository that takes nothing at all is away, whatever it is asked.
 *
 * Blocking; one thread. */
#ifndef GATEWAY_AUDIT_SENDING_H
#define GATEWAY_AUDIT_SENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/audit/syslog_tls.h"
#include "gateway/base/bytes.h"

/* A record, framed. */
struct parcel {
	struct bytes frame;
	uint64_t sequence;
	bool again;   /* it was set aside before */
	bool refused; /* of sending_apart() */
	struct parcel *next;
};

enum sent {
	SENT,
	NOT_REACHED, /* no connection, or may_go_on() said no */
	NOT_TAKEN    /* a connection, which did not end in order */
};

struct sending {
	struct syslog_tls_peer peer;
	int cancel_fd;
	/* Before each record. False: it is over, and why is set. */
	bool (*may_go_on)(void *with);
	void *with;
	char *why; /* SYSLOG_WHY: of what was not sent */
};

/* All over one connection. NULL is sent by saying nothing. */
enum sent sending_whole(const struct sending *s, const struct parcel *first);
/* What was not taken as a whole, in parts. SENT: all has been taken but what is marked as refused.
 * known: a frame the repository took before; without octets: there is none. */
enum sent sending_apart(const struct sending *s, struct parcel *first, struct bytes known);

#endif
