/* gateway/syslog_road.c: audit records of others, over TLS (RFC 5425; ITI TF-2: 3.20.4).
 *
 * Nothing is answered: who sends learns only that his octets were read. So the door reads no frame
 * of a connection before the one before it is kept, which is all that slows a source down; and what
 * could not be kept ends the connection, which is all that tells it. */
#include "gateway/journey.h"

#include "gateway/base/text.h"
#include "profiles/atna/iti20_record_audit_event.h"

static bool syslog_head(struct journey *j)
{
	struct buffer *frame = arena_new(j->x.arena, struct buffer);
	*frame = buffer_in(j->x.arena);
	j->reading = frame;
	return true;
}

static bool syslog_take(struct journey *j, struct bytes octets)
{
	buffer_append(j->reading, octets.data, octets.length);
	return true;
}

static bool syslog_open(struct journey *j)
{
	struct exchange *x = &j->x;
	const struct transaction *t = &iti20_record_audit_event;
	if (!journey_serves(j, t))
		return problem_set(&x->problem, PROBLEM_PATH_UNKNOWN,
				   "this gateway is no Audit Record Repository");
	x->raw_request = buffer_bytes(j->reading);
	x->transaction = t;
	j->route = t->routes;
	return true;
}

/* What was refused by a handler leaves no record, but is told. */
static void syslog_seal(struct journey *j, bool fault)
{
	static const struct answer silence = { .status = 200 };
	j->answer = silence;
	j->answer.close = j->x.problem.code != PROBLEM_NONE;
	if (j->answer.close && !fault)
		journey_tell_refused(j);
}

const struct dialect_road syslog_road = {
	.begin = syslog_head,
	.take = syslog_take,
	.open = syslog_open,
	.seal = syslog_seal,
};
