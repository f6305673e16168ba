/* profiles/atna/iti20_record_audit_event.c
 *
 * Record Audit Event [ITI-20], ITI TF-2: 3.20. We are the Audit Record Repository: whoever has an
 * audit record sends it, and is answered nothing (RFC 5425 has no acknowledgment).
 *
 * It is kept as it came, whatever it is: what an AuditMessage is found by is read as far as it can
 * be. What we receive leaves no audit record of ours: it is one. */
#include "profiles/atna/iti20_record_audit_event.h"

#include "gateway/envelope/audit_message.h"
#include "gateway/envelope/syslog_message.h"

static const int64_t years = (int64_t)RECEIVED_YEARS * 365 * 24 * 3600 * 1000000;

static bool is_sensible(instant t)
{
	return t > -years && t < years;
}

/* The event's own, else when it was sent, else when it came. */
static instant time_of(const struct audit_message *m, const struct syslog_message *s, instant now)
{
	if (m->timed && is_sensible(m->time))
		return m->time;
	return s->timed && is_sensible(s->time) ? s->time : now;
}

static unsigned odd(const struct audit_message *m, const struct syslog_message *s)
{
	return (s->whole ? 0 : RECEIVED_NO_HEADER) | (m->is_one ? 0 : RECEIVED_NO_MESSAGE)
	       | (m->is_one && !m->whole ? RECEIVED_CUT : 0);
}

void iti20_read(struct arena *a, struct bytes octets, struct received_terms *out)
{
	struct syslog_message s = syslog_message_read(a, octets);
	struct audit_message m = audit_message_read(a, s.message);
	out->time = time_of(&m, &s, out->received);
	out->host = s.host;
	out->application = s.application;
	out->process = s.process;
	out->event = m.event;
	out->type = m.type;
	out->action = m.action;
	out->outcome = m.outcome;
	out->user = m.user;
	out->audit_source = m.source;
	out->patients = m.patients;
	out->objects = m.objects;
	out->participants = m.participants;
	out->odd = odd(&m, &s);
}

static bool read_record(struct exchange *x)
{
	struct received_terms *r = arena_new(x->arena, struct received_terms);
	*r = (struct received_terms){ .received = x->now,
				      .source = x->sender->name,
				      .address = x->peer_address };
	iti20_read(x->arena, x->raw_request, r);
	x->request = r;
	return true;
}

static bool keep_record(struct exchange *x)
{
	return received_append(x->txn, x->request, x->raw_request, x->sender->audit_quota, NULL,
			       &x->problem);
}

static const struct route routes[] = { { .request = "RFC 5424", .detail = "AuditMessage" }, { 0 } };

const struct transaction iti20_record_audit_event = {
	.code = "ITI-20",
	.name = "Record Audit Event",
	.section = "ITI TF-2: 3.20",
	.actor = AUDIT_RECORD_REPOSITORY,
	.dialect = DIALECT_SYSLOG,
	.routes = routes,
	.access = STORE_WRITE,
	.read = read_record,
	.handle = keep_record,
};
