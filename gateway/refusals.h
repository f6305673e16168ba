/* gateway/refusals.h: what was refused below the dialects, and by the road, told to the operator.
 *
 * Each is counted (minato_problems_total), has a line in the log and, where the peer's certificate
 * is known or a whole message was refused, a record in the audit log. A flood fills neither: of one
 * peer and one reason a few are told in each stretch of ten seconds, and the others together, as a
 * number, when it is over; of all peers together so many a second. Thread-safe. */
#ifndef GATEWAY_REFUSALS_H
#define GATEWAY_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/trace.h"
#include "schemas/tables/problem.h"

struct gateway;
struct refusals;

enum { REFUSAL_WHO = 128, REFUSAL_WHY = 256 };

struct refusal_notice {
	enum problem_code problem;
	char address[48], id[24];
	char trace[TRACE_ID];  /* which work of others it belongs to; "": nobody said */
	char who[REFUSAL_WHO]; /* system, or subject of the certificate; "": none was shown */
	char why[REFUSAL_WHY]; /* our own words: nothing of what the peer wrote */
	bool node;             /* by node authentication, in the handshake */
	bool exchange;         /* it had become one: recorded although nobody is known */
	bool recorded;         /* the exchange has its own audit record */
	unsigned more;         /* others like it since the last that was told */
};

/* Which of them are told: apart from what telling does, so that a test can ask. */
struct refusals *refusals_create(void);
void refusals_destroy(struct refusals *r);
/* Now, or with others later? now: microseconds, monotonic. */
bool refusals_admit(struct refusals *r, const struct refusal_notice *n, int64_t now);
/* The next that stands for others and is due; all: due or not. */
bool refusals_due(struct refusals *r, int64_t now, bool all, struct refusal_notice *out);

void refusals_tell(struct gateway *g, const struct refusal_notice *n);
void refusals_sweep(struct gateway *g, bool all); /* now and then, and at the end */

#endif
